// Package spool keeps what must be read again for a short while, without leaving
// any of it behind.
//
// It promises that what is written lies on disk only encrypted (AES-256-GCM in
// pieces) under a key that was drawn for it and lives in memory alone; that its
// file has no name from the moment it is made, so that the end of the process,
// however it ends, is the end of the file; that what was changed on disk is an
// error and not other bytes; and that all of them together have a bound.
//
// It is not a store: nothing survives the process.
package spool

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// piece is how many bytes are encrypted at once.
const piece = 64 << 10

// The errors of Write. Nothing of the file can be read afterwards.
var (
	ErrFull = errors.New("there is no more room to keep uploads") // in the Spool
	ErrLong = errors.New("the upload is longer than it may be")   // the file itself
)

// Spool makes files in a folder.
type Spool struct {
	dir    string
	chance io.Reader
	most   int64

	mu   sync.Mutex
	used int64
}

// New returns a Spool that keeps at most so many bytes in all. The folder must
// be there; keys are drawn from chance.
func New(dir string, chance io.Reader, most int64) *Spool {
	return &Spool{dir: dir, chance: chance, most: most}
}

// File is one thing that is kept: written once, then read as often as is needed.
type File struct {
	spool *Spool
	file  *os.File
	aead  cipher.AEAD
	most  int64
	plain []byte
	box   []byte // the piece that was encrypted last

	mu    sync.RWMutex
	size  int64 // bytes written
	ended bool
	gone  bool

	last   sync.Mutex
	lastAt int64 // the piece that ReadAt decrypted last, from 1
	piece  []byte
}

// Create begins a file of at most so many bytes. It must be closed or removed.
func (s *Spool) Create(most int64) (*File, error) {
	var key [32]byte
	if _, err := io.ReadFull(s.chance, key[:]); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("making a cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making a cipher: %w", err)
	}
	f, err := os.CreateTemp(s.dir, "spool-")
	if err != nil {
		return nil, fmt.Errorf("making a file: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("taking the name off a file: %w", err), f.Close())
	}
	return &File{spool: s, file: f, aead: aead, most: most}, nil
}

func (s *Spool) take(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used+n > s.most {
		return false
	}
	s.used += n
	return true
}

// Used returns how many bytes are kept.
func (s *Spool) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Write is io.Writer; ErrFull and ErrLong say that a bound is met.
func (f *File) Write(b []byte) (int, error) {
	if f.ended {
		return 0, errors.New("the file was ended")
	}
	if f.size+int64(len(b)) > f.most {
		return 0, ErrLong
	}
	if !f.spool.take(int64(len(b))) {
		return 0, ErrFull
	}
	f.mu.Lock()
	f.size += int64(len(b))
	f.mu.Unlock()
	for n := 0; n < len(b); {
		room := min(piece-len(f.plain), len(b)-n)
		f.plain = append(f.plain, b[n:n+room]...)
		n += room
		if len(f.plain) == piece {
			if err := f.flush(f.size - int64(len(b)-n)); err != nil {
				return n, err
			}
		}
	}
	return len(b), nil
}

// flush encrypts the piece that ends at a place of the content.
func (f *File) flush(end int64) error {
	at := (end - int64(len(f.plain))) / piece
	f.box = f.aead.Seal(f.box[:0], nonce(at), f.plain, nil)
	f.plain = f.plain[:0]
	if _, err := f.file.WriteAt(f.box, at*int64(piece+f.aead.Overhead())); err != nil {
		return fmt.Errorf("keeping an upload: %w", err)
	}
	return nil
}

// nonce numbers the pieces; each key is used for one file, written once.
func nonce(at int64) []byte {
	var n [12]byte
	binary.BigEndian.PutUint64(n[4:], uint64(at))
	return n[:]
}

// End ends the writing; from here on the file can be read.
func (f *File) End() error {
	if f.ended {
		return nil
	}
	var err error
	if len(f.plain) > 0 {
		err = f.flush(f.size)
	}
	clear(f.plain[:cap(f.plain)])
	f.plain, f.box = nil, nil
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = err == nil
	return err
}

// Size returns how many bytes were written.
func (f *File) Size() int64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.size
}

// Reader returns a reader from the beginning. Several may read at once, none
// after Remove.
func (f *File) Reader() io.Reader { return &reader{of: f} }

// ReadAt is io.ReaderAt. It keeps one piece decrypted, so that reading onwards, and
// again in one place, costs little.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	f.last.Lock()
	defer f.last.Unlock()
	f.mu.RLock()
	defer f.mu.RUnlock()
	for n := 0; n < len(b); {
		at := off + int64(n)
		switch {
		case !f.ended || f.gone:
			return n, errNotNow
		case at >= f.size:
			return n, io.EOF
		}
		if number := at / piece; f.lastAt != number+1 {
			f.lastAt = 0
			plain, err := f.open(number, f.piece)
			if err != nil {
				return n, err
			}
			f.piece, f.lastAt = plain, number+1
		}
		n += copy(b[n:], f.piece[at%piece:])
	}
	return len(b), nil
}

// open decrypts a piece into the room of box.
func (f *File) open(number int64, box []byte) ([]byte, error) {
	whole := int64(piece + f.aead.Overhead())
	if int64(cap(box)) < whole {
		box = make([]byte, whole)
	}
	box = box[:min(whole, f.size-number*piece+int64(f.aead.Overhead()))]
	if _, err := f.file.ReadAt(box, number*whole); err != nil {
		return nil, fmt.Errorf("reading an upload again: %w", err)
	}
	plain, err := f.aead.Open(box[:0], nonce(number), box, nil)
	if err != nil {
		return nil, fmt.Errorf("an upload was changed on disk: %w", err)
	}
	return plain, nil
}

var errNotNow = errors.New("the file is still being written, or was removed")

// Remove gives the room back. Who still reads gets an error. Removing twice is
// none.
func (f *File) Remove() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return nil
	}
	f.gone, f.ended = true, true
	f.spool.mu.Lock()
	defer f.spool.mu.Unlock()
	f.spool.used -= f.size
	return f.file.Close()
}

type reader struct {
	of   *File
	at   int64 // of the next piece
	left []byte
}

// Read is io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	if len(r.left) == 0 {
		r.of.mu.RLock()
		defer r.of.mu.RUnlock()
		if !r.of.ended || r.of.gone {
			return 0, errNotNow
		}
		if r.at*piece >= r.of.size {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.left)
	r.left = r.left[n:]
	return n, nil
}

func (r *reader) next() (err error) {
	r.left, err = r.of.open(r.at, nil)
	r.at++
	return err
}

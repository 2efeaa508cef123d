// Package archive keeps named parts in one file that is sealed as a whole.
//
// It promises that
//   - nothing of what is in a file can be read, or changed unnoticed, without the key
//     under which it lies; only the name of that key is in the clear;
//   - a file has its name only when all of it is on the medium: one that was cut
//     short is never taken for whole, and none is written over;
//   - [Read] gives an error unless every part is there, in order, with the size and
//     hash that the list at the end of the file says.
//
// The format is age (age-encryption.org/v1) over gzip over tar. It does not know what
// the parts are.
package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"recourse/internal/fault"
)

// Lock is the key under which a new file lies. It is kept elsewhere.
type Lock struct {
	Under string                             // its name, without spaces
	Wrap  func(key [32]byte) ([]byte, error) // seals the key of the file
}

// Part is one part of a file.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

// contents is the last part of every file.
type contents struct {
	Format string          `json:"format"`
	About  json.RawMessage `json:"about"`
	Parts  []Part          `json:"parts"`
}

const (
	format   = "recourse/archive@v1"
	listName = "contents.json"
	unready  = ".part"
	piece    = 4 << 20 // a part is kept in pieces, whose sizes need not be known ahead
)

// Writer writes one file.
type Writer struct {
	name   string
	file   *os.File
	sealed io.WriteCloser
	zipped *gzip.Writer
	tar    *tar.Writer
	parts  []Part
	buf    bytes.Buffer
}

// Create begins a file. It has its name when [Writer.Close] returned without error.
func Create(name string, l Lock) (*Writer, error) {
	if _, err := os.Lstat(name); err == nil {
		return nil, fault.Newf(fault.Refused, "E-BACKUP-EXISTS", "%s is there already, and no backup is ever written over. Nothing was changed; name another file.", name)
	}
	file, err := os.OpenFile(name+unready, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, unwritable(name, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fault.Newf(fault.Conflict, "E-BACKUP-HELD", "Another process is writing %s. Nothing was changed; wait for it, or name another file.", name), file.Close())
	}
	w := &Writer{name: name, file: file}
	err = file.Truncate(0) // what a process left that was killed
	if err == nil {
		w.sealed, err = age.Encrypt(file, locked{l})
	}
	if err != nil {
		return nil, errors.Join(unwritable(name, err), w.Abort())
	}
	w.zipped, _ = gzip.NewWriterLevel(w.sealed, gzip.BestSpeed) // the level is one that there is
	w.tar = tar.NewWriter(w.zipped)
	return w, nil
}

// unwritable says why a file cannot be written. A full disk has a code of its own.
func unwritable(name string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fault.Newf(fault.Unavailable, "E-BACKUP-FULL", "There is no room for %s. The registry is as it was, and the unfinished file was removed. Make room, or name another place.", name).Because(err)
	}
	return fault.Newf(fault.Unavailable, "E-BACKUP-WRITE", "%s cannot be written. The registry is as it was. Check that its folder is there and that you may write to it.", name).Because(err)
}

// locked is a Lock as age sees it.
type locked struct{ Lock }

const stanza = "recourse-root"

// Wrap is age.Recipient.Wrap.
func (l locked) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	var key [32]byte
	defer clear(key[:])
	if copy(key[:], fileKey) != fileKeySize || len(fileKey) != fileKeySize {
		return nil, errors.New("a file key of another size")
	}
	body, err := l.Lock.Wrap(key)
	return []*age.Stanza{{Type: stanza, Args: []string{l.Under}, Body: body}}, err
}

const fileKeySize = 16 // of age; the rest of the wrapped key is zero

// Part begins a part. It has to be closed before the next one begins.
func (w *Writer) Part(name string) io.WriteCloser {
	w.parts = append(w.parts, Part{Name: name})
	return &partWriter{w: w, part: &w.parts[len(w.parts)-1], sum: sha256.New()}
}

// Put writes a whole part.
func (w *Writer) Put(name string, r io.Reader) error {
	p := w.Part(name)
	if _, err := io.Copy(p, r); err != nil {
		return err
	}
	return p.Close()
}

// partWriter cuts what is written into pieces.
type partWriter struct {
	w    *Writer
	part *Part
	sum  hash.Hash
}

// Write adds to the part.
func (p *partWriter) Write(b []byte) (int, error) {
	p.sum.Write(b) // never fails, as documented
	p.part.Size += int64(len(b))
	p.w.buf.Write(b)
	if p.w.buf.Len() < piece {
		return len(b), nil
	}
	return len(b), p.flush()
}

func (p *partWriter) flush() error {
	err := p.w.tar.WriteHeader(&tar.Header{Name: p.part.Name, Mode: 0o600, Size: int64(p.w.buf.Len()), Format: tar.FormatPAX})
	if err == nil {
		_, err = p.w.buf.WriteTo(p.w.tar)
	}
	p.w.buf.Reset()
	return unwritable(p.w.name, err)
}

// Close ends the part.
func (p *partWriter) Close() error {
	p.part.SHA256 = hex.EncodeToString(p.sum.Sum(nil))
	return p.flush()
}

// Close writes the list of parts and what there is to say about them, makes the file
// durable and gives it its name.
func (w *Writer) Close(about any) error {
	raw, err := json.Marshal(about)
	if err != nil {
		return errors.Join(fmt.Errorf("writing what the archive is: %w", err), w.Abort())
	}
	list, err := json.Marshal(contents{Format: format, About: raw, Parts: w.parts})
	if err == nil {
		err = w.Put(listName, bytes.NewReader(list))
	}
	if err = errors.Join(err, w.tar.Close(), w.zipped.Close(), w.sealed.Close(), w.file.Sync()); err == nil {
		err = os.Link(w.file.Name(), w.name) // never over another file
	}
	if err != nil {
		return errors.Join(unwritable(w.name, err), w.Abort())
	}
	return errors.Join(w.Abort(), unwritable(w.name, syncDir(filepath.Dir(w.name))))
}

// Abort removes what is not ready.
func (w *Writer) Abort() error {
	return errors.Join(os.Remove(w.file.Name()), w.file.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

package furnishfile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"recourse/internal/fault"
)

// spool is a file without a name, encrypted under a key that is only in this
// process: when it ends, however it ends, nobody can read what is on the disk.
// It is written first, then read; by one goroutine.
type spool struct {
	file  *os.File
	block cipher.Block
	size  int64

	writing cipher.Stream
	reading cipher.Stream
	at      int64 // where reading stands
	buf     []byte
}

func newSpool(dir string) (*spool, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errSpool(err)
	}
	file, err := os.CreateTemp(dir, "delivery-")
	if err != nil {
		return nil, errSpool(err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errSpool(errors.Join(err, file.Close()))
	}
	s := &spool{file: file, block: block, at: -1}
	s.writing = s.stream(0)
	return s, nil
}

func errSpool(err error) error {
	return fault.New(fault.Unavailable, "E-FILE-SPOOL", "The registry could not set the file aside to read it. Nothing was lost. Try again later, or send CSV.").
		Because(fmt.Errorf("spooling a delivery: %w", err))
}

// stream is the key stream from a multiple of the block size on. The key is used
// for this file only, so the counter may begin at zero.
func (s *spool) stream(off int64) cipher.Stream {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[8:], uint64(off/aes.BlockSize))
	return cipher.NewCTR(s.block, iv[:])
}

// Write is io.Writer.
func (s *spool) Write(p []byte) (int, error) {
	s.buf = append(s.buf[:0], p...)
	s.writing.XORKeyStream(s.buf, s.buf)
	n, err := s.file.Write(s.buf)
	s.size += int64(n)
	if err != nil {
		return n, errSpool(err)
	}
	return n, nil
}

// ReadAt is io.ReaderAt.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.file.ReadAt(p, off)
	if off != s.at {
		s.reading = s.stream(off)
		var skip [aes.BlockSize]byte
		s.reading.XORKeyStream(skip[:off%aes.BlockSize], skip[:off%aes.BlockSize])
	}
	s.reading.XORKeyStream(p[:n], p[:n])
	s.at = off + int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errSpool(err)
	}
	return n, err
}

// Close releases the room on the disk.
func (s *spool) Close() error { return s.file.Close() }

package furnishfile

import (
	"context"
	"errors"
	"io"
)

// source is what is sent, with a look ahead. Its errors are faults: a reader
// that fails is a sender who stopped.
type source struct {
	ctx  context.Context
	src  io.Reader
	head []byte
	end  error
}

// peek returns up to n bytes ahead; fewer only where the file is shorter.
func (s *source) peek(n int) ([]byte, error) {
	buf := make([]byte, n)
	got := 0
	for got < n && s.end == nil {
		more, err := s.Read(buf[got:])
		got += more
		if s.end = err; err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	s.head = buf[:got]
	return s.head, nil
}

// skip passes over n bytes of what was peeked.
func (s *source) skip(n int) { s.head = s.head[n:] }

// Read is io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	if s.end != nil {
		return 0, s.end
	}
	if err := s.ctx.Err(); err != nil {
		return 0, errCut(err)
	}
	n, err := s.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errCut(err)
	}
	return n, err
}

package vaultfile

import (
	"bytes"
	"fmt"
	"io"
)

// verdict is what a place in the store turned out to be.
type verdict int

const (
	whole   verdict = iota // a frame that opens
	end                    // nothing more
	torn                   // the last write, cut short by a crash
	damaged                // anything else
)

// scanner reads frames from a store of a known size.
type scanner struct {
	*chain
	r    io.ReaderAt
	size int64
	at   int64 // where the next frame begins
	buf  []byte
}

// damage says where a store is damaged.
type damage struct {
	at    int64
	index uint64
}

func (d damage) Error() string {
	return fmt.Sprintf("the store is damaged at byte %d, entry %d: it was altered, or its medium has failed", d.at, d.index)
}

// scan gives every entry in order and stops behind the last whole frame. cut
// is how many bytes lie behind it that a crash left unfinished.
func (s *scanner) scan(each func(entry []byte) error) (cut int64, err error) {
	for {
		frame, v, err := s.next()
		switch {
		case err != nil:
			return 0, err
		case v == end:
			return 0, nil
		case v == torn:
			return s.size - s.at, nil
		case v == damaged:
			return 0, damage{s.at, s.index}
		}
		entry, ok := s.open(frame)
		if !ok {
			if s.at+int64(len(frame)) == s.size && holes(frame, s.at) {
				return s.size - s.at, nil
			}
			return 0, damage{s.at, s.index}
		}
		if err := each(entry); err != nil {
			return 0, err
		}
		clear(entry)
		s.moved(frame)
		s.at += int64(len(frame))
	}
}

// next reads the frame at s.at; it is not opened yet.
func (s *scanner) next() ([]byte, verdict, error) {
	left := s.size - s.at
	switch {
	case left == 0:
		return nil, end, nil
	case left < leadSize:
		return nil, torn, nil
	}
	start, err := s.read(leadSize)
	if err != nil {
		return nil, damaged, err
	}
	n, index, ok := decodeLead(start)
	switch {
	case !ok && isZero(start):
		return nil, s.unwritten(), nil
	case !ok || index != s.index:
		return nil, damaged, nil
	case int64(total(n)) > left:
		return nil, torn, nil
	}
	frame, err := s.read(total(n))
	if err != nil {
		return nil, damaged, err
	}
	return frame, whole, nil
}

// open returns the entry of a frame, if nothing in it was altered.
func (s *scanner) open(frame []byte) ([]byte, bool) {
	n, _, _ := decodeLead(frame)
	if len(bytes.Trim(frame[leadSize+n:], "\xa5")) != 0 {
		return nil, false
	}
	nonce, sealed := frame[leadSize:leadSize+nonceSize], frame[leadSize+nonceSize:leadSize+n]
	entry, err := s.aead.Open(nil, nonce, sealed, s.associated())
	return entry, err == nil
}

// read returns n bytes at s.at.
func (s *scanner) read(n int) ([]byte, error) {
	if cap(s.buf) < n {
		s.buf = make([]byte, n)
	}
	b := s.buf[:n]
	if _, err := s.r.ReadAt(b, s.at); err != nil {
		return nil, fmt.Errorf("reading the store at byte %d: %w", s.at, err)
	}
	return b, nil
}

// unwritten judges a place where a lead is all zeros: a file can have grown
// before its last write reached the medium. Then no later frame can be there.
func (s *scanner) unwritten() verdict {
	if s.size-s.at > int64(total(maxSealed)) {
		return damaged
	}
	rest := make([]byte, s.size-s.at)
	if _, err := s.r.ReadAt(rest, s.at); err != nil {
		return damaged
	}
	first := int(min(int64(len(rest)), sector-s.at%sector))
	if !isZero(rest[:first]) {
		return damaged
	}
	for i := 0; i+leadSize <= len(rest); i += unit {
		if _, index, ok := decodeLead(rest[i:]); ok && index > s.index {
			return damaged
		}
	}
	return torn
}

// holes reports whether some sector of a frame at an offset was never written.
func holes(frame []byte, at int64) bool {
	for i := 0; i < len(frame); {
		n := min(len(frame)-i, int(sector-(at+int64(i))%sector))
		if isZero(frame[i : i+n]) {
			return true
		}
		i += n
	}
	return false
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

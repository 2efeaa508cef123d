package archive

import (
	"archive/tar"
	"errors"
	"hash"
	"io"
)

// pieces walks over the pieces of a file.
type pieces struct {
	tar  *tar.Reader
	next string // the part that the present piece belongs to
	err  error  // why there is no present piece; io.EOF at the end
}

func (p *pieces) advance() {
	var h *tar.Header
	if h, p.err = p.tar.Next(); p.err == nil {
		p.next = h.Name
	}
}

// partReader reads the pieces of one part as one.
type partReader struct {
	*pieces
	part Part
	sum  hash.Hash
}

// Read reads on in the part.
func (r *partReader) Read(b []byte) (int, error) {
	for r.err == nil && r.next == r.part.Name {
		n, err := r.tar.Read(b)
		if n > 0 {
			r.sum.Write(b[:n]) // never fails, as documented
			r.part.Size += int64(n)
			return n, nil
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) {
			r.err = err
			return 0, err
		}
		r.advance()
	}
	if r.err != nil && !errors.Is(r.err, io.EOF) {
		return 0, r.err
	}
	return 0, io.EOF
}

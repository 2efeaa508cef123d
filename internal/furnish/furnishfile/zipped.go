package furnishfile

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"
)

// zipped is the parts of a workbook.
type zipped struct {
	parts map[string]*zip.File
}

// openZip reads the directory of a ZIP after a look at how long it is: the
// library reads whatever is there.
func openZip(src io.ReaderAt, size int64) (*zipped, error) {
	if err := directory(src, size); err != nil {
		return nil, err
	}
	r, err := zip.NewReader(src, size)
	if err != nil {
		return nil, damaged(err)
	}
	r.RegisterDecompressor(zip.Deflate, func(in io.Reader) io.ReadCloser { return flate.NewReader(bufio.NewReaderSize(in, block)) })
	z := &zipped{parts: make(map[string]*zip.File, len(r.File))}
	for _, f := range r.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		if z.parts[name] != nil || f.Flags&1 != 0 { // doubled: programs would read different ones; or encrypted
			return nil, errDamaged
		}
		z.parts[name] = f
	}
	return z, nil
}

// directory checks the end record of a ZIP: where it says the directory is, the
// directory must be, and end at the end record.
func directory(src io.ReaderAt, size int64) error {
	const length, longest = 22, 22 + 1<<16
	tail := make([]byte, min(size, longest))
	if _, err := src.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return errSpool(err)
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < length {
		return errDamaged
	}
	end := tail[i:]
	parts, long, at := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	if parts > maxParts || long > maxDirectory || long == 0xFFFF || int64(at)+int64(long) != size-int64(len(end)) {
		return errDamaged
	}
	return nil
}

// damaged makes a fault of what the library says.
func damaged(err error) error {
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrInsecurePath) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, new(flate.CorruptInputError)) {
		return errDamaged
	}
	return errSpool(err)
}

// open opens a part. What comes out of it is bounded.
func (z *zipped) open(name string) (*part, error) {
	f := z.parts[strings.ToLower(name)]
	if f == nil {
		return nil, errDamaged
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(err)
	}
	return &part{in: r, packed: int64(f.CompressedSize64)}, nil
}

// part is one part being unpacked.
type part struct {
	in       io.ReadCloser
	packed   int64
	unpacked int64
}

// Read is io.Reader.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.unpacked += int64(n)
	if p.unpacked > maxUnpacked || p.unpacked > maxRatioFrom && p.unpacked > p.packed*maxRatio {
		return n, errBomb
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

// Close is io.Closer.
func (p *part) Close() error { return p.in.Close() }

// relation is one line of a .rels part.
type relation struct{ id, kind, target string }

// relations reads what a part refers to. Targets are made names of parts.
func (z *zipped) relations(of string) ([]relation, error) {
	dir, _ := path.Split(of)
	var out []relation
	err := z.each(relationsOf(of), func(m *markup) error {
		if !m.opens("Relationship") || string(m.attr("TargetMode")) == "External" {
			return nil
		}
		target, err := m.value("Target")
		if err != nil {
			return err
		}
		if !strings.HasPrefix(target, "/") {
			target = "/" + dir + target
		}
		kind := string(m.attr("Type"))
		if out = append(out, relation{string(m.attr("Id")), kind[strings.LastIndexByte(kind, '/')+1:], strings.ToLower(path.Clean(target)[1:])}); len(out) > maxParts {
			return errDamaged
		}
		return nil
	})
	return out, err
}

func relationsOf(name string) string {
	dir, base := path.Split(name)
	return dir + "_rels/" + base + ".rels"
}

// each calls do with every token of a part, to its end.
func (z *zipped) each(name string, do func(*markup) error) (err error) {
	p, err := z.open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	m := newMarkup(newText(p), name)
	for {
		if err := m.next(); err != nil || m.kind == atEnd {
			return err
		}
		if err := do(m); err != nil {
			return err
		}
	}
}

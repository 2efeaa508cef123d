package furnish

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
)

// rows reads a CSV delivery (RFC 4180, UTF-8, with or without a byte order mark)
// row by row in bounded memory.
type rows struct {
	csv    *csv.Reader
	header []string
	at     int64
}

// maxCell is the longest cell in bytes that a row may hold.
const maxCell = 16 << 10

// open reads the header and checks it against the type's columns.
func open(src io.Reader, t *catalogue.Type) (*rows, error) {
	r := csv.NewReader(&bounded{src: src, most: maxRow})
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, broken("The file is empty.")
	}
	if err != nil {
		return nil, unreadable(err)
	}
	out := &rows{csv: r, header: make([]string, len(header))}
	for i, name := range header {
		if i == 0 {
			name = strings.TrimPrefix(name, "\ufeff")
		}
		if !utf8.ValidString(name) {
			return nil, broken("The file is not UTF-8.")
		}
		out.header[i] = strings.TrimSpace(name)
	}
	if findings := t.CheckHeader(out.header); len(findings) > 0 {
		f := findings[0]
		return nil, fault.New(fault.Invalid, f.Code, f.Text+" "+f.Fix+" Nothing was kept.").At(f.Field)
	}
	return out, nil
}

// next returns the next row by column, its number from 1, and false where the row
// itself cannot be read as CSV or UTF-8. io.EOF ends the file; any other error ends
// the delivery.
func (r *rows) next() (row map[string]string, number int64, ok bool, err error) {
	cells, err := r.csv.Read()
	var pe *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, r.at, false, io.EOF
	case errors.As(err, &pe) && errors.Is(pe.Err, csv.ErrFieldCount):
		r.at++
		return nil, r.at, false, nil
	case err != nil:
		return nil, r.at, false, unreadable(err)
	}
	r.at++
	row = make(map[string]string, len(cells))
	for i, c := range cells {
		if len(c) > maxCell || !utf8.ValidString(c) {
			return nil, r.at, false, nil
		}
		row[r.header[i]] = c
	}
	return row, r.at, true, nil
}

func broken(what string) error {
	return fault.New(fault.Invalid, "E-FILE", what+" Nothing was kept. Send a CSV file in UTF-8 with the header of the type.").At("file")
}

func unreadable(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return fault.Newf(fault.Invalid, "E-FILE",
			"The file cannot be read as CSV from line %d on. Rows before it were taken and are counted. Mend the quotes there and send the file again with a new key: rows are matched, not doubled.", pe.Line).At("file")
	}
	return fault.New(fault.Invalid, "E-FILE-CUT",
		"The file ended before it was whole. Rows before that were taken and are counted. Send it again with the same key: it goes on where it stopped.").At("file").Because(err)
}

// maxRow is the longest row in bytes: without a bound a quote that is never
// closed would draw the whole file into memory.
const maxRow = 1 << 20

// bounded fails where more than most bytes come without a line break.
type bounded struct {
	src  io.Reader
	most int
	run  int
}

// Read is io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	for _, c := range p[:n] {
		if b.run++; c == '\n' {
			b.run = 0
		}
		if b.run > b.most {
			return 0, broken("A row is longer than 1 MiB.")
		}
	}
	return n, err
}

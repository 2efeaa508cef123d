package furnishfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"recourse/internal/furnish"
)

// Creator begins files in the formats that are read.
type Creator struct{}

var _ furnish.Creator = Creator{}

// Create is furnish.Creator.
func (Creator) Create(out io.Writer, form furnish.Form, header []string) (furnish.Writer, error) {
	switch form.Format {
	case furnish.XLSX:
		return createXLSX(out, form.Sheet, header)
	case furnish.CSV, furnish.JSONL:
	default:
		return nil, fmt.Errorf("there is no format %q to write", form.Format)
	}
	if form.Encoding == "" && form.Format == furnish.CSV {
		form.Encoding = utf8Marked
	}
	enc, err := encoded(out, form.Encoding)
	if err != nil {
		return nil, err
	}
	if form.Format == furnish.JSONL {
		return createJSONL(enc, header)
	}
	return createCSV(enc, form.Delimiter, header)
}

// encoded writes into out what is written into it in UTF-8. UTF-16 begins with
// its mark, which every program needs.
func encoded(out io.Writer, encoding string) (w io.WriteCloser, err error) {
	mark := "\ufeff"
	switch encoding {
	case "", utf8Plain:
		w, mark = transform.NewWriter(out, transform.Nop), ""
	case utf8Marked:
		w = transform.NewWriter(out, transform.Nop)
	case utf16LE:
		w = transform.NewWriter(out, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder())
	case utf16BE:
		w = transform.NewWriter(out, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder())
	case gb18030:
		w, mark = transform.NewWriter(out, simplifiedchinese.GB18030.NewEncoder()), ""
	default:
		return nil, fmt.Errorf("there is no encoding %q to write", encoding)
	}
	if _, err := io.WriteString(w, mark); err != nil {
		return nil, fmt.Errorf("writing the mark of the encoding: %w", err)
	}
	return w, nil
}

type csvWriter struct {
	out io.WriteCloser
	csv *csv.Writer
}

func createCSV(out io.WriteCloser, delimiter string, header []string) (furnish.Writer, error) {
	w := &csvWriter{out: out, csv: csv.NewWriter(out)}
	if delimiter != "" {
		w.csv.Comma = []rune(delimiter)[0]
	}
	return w, w.Write(header)
}

// Write is furnish.Writer.
func (w *csvWriter) Write(cells []string) error {
	if err := w.csv.Write(cells); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

// End is furnish.Writer.
func (w *csvWriter) End() error {
	w.csv.Flush()
	return errors.Join(w.csv.Error(), w.out.Close())
}

// jsonWriter writes the columns in a first line of nulls where no row has done
// so, so that a file without rows still has its header.
type jsonWriter struct {
	out  io.WriteCloser
	keys [][]byte
	line []byte
	rows bool
}

func createJSONL(out io.WriteCloser, header []string) (furnish.Writer, error) {
	w := &jsonWriter{out: out}
	for _, name := range header {
		key, err := jsontext.AppendQuote(nil, name)
		if err != nil {
			return nil, fmt.Errorf("writing the header: %w", err)
		}
		w.keys = append(w.keys, append(key, ':'))
	}
	return w, nil
}

// Write is furnish.Writer.
func (w *jsonWriter) Write(cells []string) (err error) {
	w.rows, w.line = true, append(w.line[:0], '{')
	for i, key := range w.keys {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = append(w.line, key...)
		if i >= len(cells) || cells[i] == "" {
			w.line = append(w.line, "null"...)
		} else if w.line, err = jsontext.AppendQuote(w.line, cells[i]); err != nil {
			return fmt.Errorf("writing a row: %w", err)
		}
	}
	if _, err = w.out.Write(append(w.line, "}\n"...)); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

// End is furnish.Writer.
func (w *jsonWriter) End() error {
	if !w.rows {
		if err := w.Write(nil); err != nil {
			return err
		}
	}
	return w.out.Close()
}

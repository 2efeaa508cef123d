package furnish

import (
	"context"
	"io"
)

// Format is how a delivery is written.
type Format string

// The formats of deliveries.
const (
	CSV   Format = "csv"   // any delimiter, RFC 4180 quotes
	JSONL Format = "jsonl" // one object a line
	XLSX  Format = "xlsx"  // first sheet of an Office Open XML workbook
)

// Form is what was found about a file: it is reported to the sender, so that a
// wrong guess is seen.
type Form struct {
	Format    Format
	Encoding  string // "UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE" or "GB18030"; empty for XLSX
	Delimiter string // CSV only
	Sheet     string // XLSX only
}

// Line is one row of a file as it was read, before any rule was applied to it.
type Line struct {
	Number int64    // from 1, the first row after the header
	Cells  []string // by position of the header; the slice, not its strings, is reused by Next
	Fault  *Finding // not nil where this row alone cannot be read; then Cells are what could be read of it
}

// Table is an open file whose header was read. Memory does not grow with the
// file. It is used by one goroutine.
type Table interface {
	Form() Form
	Header() []string
	// Next reads the next row into line. io.EOF ends the file; any other error is a
	// fault of the whole file, from here on.
	Next(line *Line) error
	// Close releases what the table holds; nothing of the file is left anywhere.
	Close() error
}

// Opener opens deliveries of any format.
type Opener interface {
	// Open finds format and encoding by content and reads the header. What is
	// wrong with the file is a *fault.Error that says so and how to mend it; what was
	// kept is for the caller to add. E-FILE-CUT is a sender who stopped.
	Open(ctx context.Context, src io.Reader) (Table, error)
}

// Writer writes rows into a file of one of the formats.
type Writer interface {
	// Write writes one row, by position of the header.
	Write(cells []string) error
	// End writes what the format needs at the end. It does not close what is
	// underneath; without it the file is not whole.
	End() error
}

// Creator begins files in the formats that an Opener reads: what is written
// reads back as the same cells.
type Creator interface {
	// Create writes the header. Of the form, format, encoding and delimiter count;
	// an empty encoding is "UTF-8 with BOM" for CSV, so that spreadsheets see it, and
	// UTF-8 for JSON Lines.
	Create(out io.Writer, form Form, header []string) (Writer, error)
}

package furnishfile

import (
	"errors"
	"fmt"

	"recourse/internal/fault"
	"recourse/internal/furnish"
)

// broken is a fault of a whole file: what is wrong and how to mend it. What was
// kept is for the caller to say.
func broken(code, format string, args ...any) *fault.Error {
	return fault.Newf(fault.Invalid, code, format, args...).At("file")
}

var (
	errEmpty    = broken("E-FILE-EMPTY", "The file is empty. Send a file with the header of the type and its rows.")
	errJSON     = broken("E-FILE-JSON", "The first line is not one whole JSON object with the columns as its keys. Write one object a line.")
	errArray    = broken("E-FILE-FORMAT", "The file is one JSON list. Write JSON Lines: one object a line, without brackets and commas around them.")
	errMarkup   = broken("E-FILE-FORMAT", "The file is a web page or XML, whatever its name says. Save it as CSV in UTF-8 or as XLSX.")
	errOLE      = broken("E-FILE-FORMAT", "The file is an old Excel workbook (.xls) or one with a password. Save it as XLSX without a password.")
	errPDF      = broken("E-FILE-FORMAT", "The file is a PDF. Send the table that it was made from as CSV in UTF-8 or as XLSX.")
	errPacked   = broken("E-FILE-FORMAT", "The file is packed. Unpack it and send what is inside: CSV, JSON Lines or XLSX.")
	errNoBook   = broken("E-FILE-FORMAT", "The file is a ZIP but no XLSX workbook. Send CSV, JSON Lines or XLSX, unpacked.")
	errNoSheet  = broken("E-FILE-SHEET", "The workbook shows no worksheet. Unhide the one with the rows, or save it as CSV in UTF-8.")
	errLarge    = broken("E-FILE-LARGE", "The workbook is larger than 512 MiB. Send it as CSV, which may have any length.")
	errDamaged  = broken("E-FILE-DAMAGED", "The workbook is not whole: it was cut off or damaged on its way. Save it again and send it again.")
	errBomb     = broken("E-FILE-BOMB", "The workbook unpacks to far more than a table is. Copy the rows into a new workbook, or save it as CSV in UTF-8.")
	errMerged   = broken("E-FILE-MERGED", "The worksheet has more than %d merged cells. Unmerge them: each row must say all of itself.", maxMerged)
	errEncoding = broken("E-FILE-ENCODING", "The file is neither in UTF-8 nor UTF-16 nor GB18030. Save it as CSV in UTF-8.")
	errHeader   = broken("E-FILE-HEADER", "The first row does not name the columns: a name is empty. Begin the file with the header of the type.")
	errColumns  = broken("E-FILE-COLUMNS", "The header has more than %d columns. Begin the file with the header of the type.", maxColumns)
)

// errCut says that the sender stopped before the file was whole.
func errCut(cause error) error {
	return broken("E-FILE-CUT", "The file ended before it was whole. Send it again with the same key: it goes on where it stopped.").Because(cause)
}

// The number of a row is 0 for the header.
func errRow(number int64) error {
	return broken("E-FILE-ROW", "Row %d (0 is the header) is longer than 1 MiB. Check quotes and line breaks there.", number)
}

func errQuote(number int64) error {
	return broken("E-FILE-QUOTE", "A quote is opened in row %d (0 is the header) and not closed within 1 MiB. Close it, or write a quote inside a cell twice.", number)
}

func errBlank(number int64) error {
	return broken("E-FILE-BLANK", "More than %d empty rows follow row %d (0 is the header). Take them out.", maxBlank, number)
}

func errForeign(encoding string) error {
	return broken("E-FILE-ENCODING", "More than %d rows are not in %s, in which the file begins. Save the whole file as CSV in UTF-8.", maxForeign, encoding)
}

// errSpool makes a fault of what went wrong while something was set aside.
func errSpool(err error) error {
	if f := new(fault.Error); errors.As(err, &f) {
		return err
	}
	return fault.New(fault.Unavailable, "E-FILE-SPOOL", "The registry could not set the file aside to read it. Nothing was lost. Try again later, or send CSV.").
		Because(fmt.Errorf("setting a workbook aside: %w", err))
}

func errXML(part string) error {
	return broken("E-FILE-DAMAGED", "The workbook is not well formed in its part %s. Save it again and send it again.", part)
}

// wrong is a fault of one row.
func wrong(code, field, text, fix string) *furnish.Finding {
	return &furnish.Finding{Outcome: furnish.Refused, Field: field, Code: code, Rule: "form", Text: text, Fix: fix}
}

// Codes that tell that a row is not in the encoding of its file.
const (
	codeEncoding = "E-CELL-ENCODING"
	codeLost     = "E-CELL-LOST"
)

func badWidth(got, want int) *furnish.Finding {
	return wrong("E-ROW-WIDTH", "", fmt.Sprintf("The row has %d cells; the header has %d.", got, want),
		"Add what is missing; put a cell that holds the delimiter or a line break in quotes.")
}

func badQuote() *furnish.Finding {
	return wrong("E-ROW-QUOTE", "", "A quote stands inside a cell.", "Put the whole cell in quotes, and write a quote inside it twice.")
}

func badLength() *furnish.Finding {
	return wrong("E-CELL-LONG", "", "The cell is longer than 16 KiB.", "Shorten it; no field takes that much.")
}

func badEncoding() *furnish.Finding {
	return wrong(codeEncoding, "", "The cell is not in the encoding of the file.", "Save the whole file in one encoding, best UTF-8.")
}

func badLost() *furnish.Finding {
	return wrong(codeLost, "", "A character of the cell was lost when the file was converted.", "Write the cell anew from the source.")
}

func badPrivate() *furnish.Finding {
	return wrong("E-CELL-PRIVATE", "", "The cell holds a private-use character, which other computers show differently or not at all.",
		"Write the character that GB 18030-2022 or Unicode has for it.")
}

func badControl() *furnish.Finding {
	return wrong("E-CELL-CONTROL", "", "The cell holds a character that does not print.", "Take it out.")
}

const codeJSON = "E-ROW-JSON"

func badJSON() *furnish.Finding {
	return wrong(codeJSON, "", "The line is not one whole JSON object.", "Write one object a line, with nothing after it.")
}

func badKey() *furnish.Finding {
	return wrong("E-ROW-KEY", "", "The object has a key that the first object of the file does not have.",
		"Take it out, or name all columns in the first object; null stands for an empty cell.")
}

func badTwice(field string) *furnish.Finding {
	return wrong("E-ROW-TWICE", field, "The object has this key twice.", "Keep one of them.")
}

func badNested(field string) *furnish.Finding {
	return wrong("E-CELL-NESTED", field, "The value is an object or a list.", "Write a string, a number or null.")
}

func badBoolean(field string) *furnish.Finding {
	return wrong("E-CELL-BOOLEAN", field, "The value is true or false, which no field takes.", "Write the value as text, as the type lists it.")
}

func badDigits() *furnish.Finding {
	return wrong("E-CELL-DIGITS", "", "The spreadsheet took the number for a quantity and kept only its first 15 digits.",
		"Set the column to Text, and write the number anew from the source.")
}

func badNumber() *furnish.Finding {
	return wrong("E-CELL-NUMBER", "", "The cell says that it is a number and is none.", "Write the cell anew.")
}

func badDay() *furnish.Finding {
	return wrong("E-CELL-DAY", "", "The cell is shown as a date or time but holds no day that exists.", "Write the day like 2026-03-10.")
}

func badFormula() *furnish.Finding {
	return wrong("E-CELL-FORMULA", "", "The cell is a formula without a result.", "Replace it by its value.")
}

func badError() *furnish.Finding {
	return wrong("E-CELL-ERROR", "", "The cell is an error of the spreadsheet, such as #N/A.", "Replace it by its value.")
}

func badMerged() *furnish.Finding {
	return wrong("E-ROW-MERGED", "", "The row has merged cells, so that it does not say all of itself.", "Unmerge them and fill in every row.")
}

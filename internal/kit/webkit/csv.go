package webkit

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
)

// CSV writes a table as spreadsheets read it: UTF-8 with a byte order mark, CRLF,
// and no cell that a spreadsheet would take for a formula.
func CSV(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = inert(cell)
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("writing a table: %w", err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// inert puts an apostrophe before what spreadsheets would compute. Full-width
// signs count too: some locales read them as ASCII.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

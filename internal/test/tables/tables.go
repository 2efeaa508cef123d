// Package tables reads the tables of a reference page, so that what is published
// there is what the tests try.
//
// It promises that a cell comes back as the text it stands for, with \u and \U
// sequences resolved, and that a heading or table that is not there fails the
// test.
package tables

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// Row is one row by the names of its columns.
type Row map[string]string

// Read returns the rows of the table that follows a heading of the third level
// in a Markdown page; path is relative to the test's folder.
func Read(t testing.TB, path, heading string) []Row {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(b), "\n### "+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", path, heading)
	}
	text, _, _ = strings.Cut(text, "\n#")
	var head []string
	var out []Row
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		switch {
		case !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---"):
			continue
		case head == nil:
			head = cells
			continue
		case len(cells) != len(head):
			t.Fatalf("%s: under %q a row has %d cells and not %d: %s", path, heading, len(cells), len(head), line)
		}
		row := Row{}
		for i, c := range cells {
			row[strings.TrimSpace(head[i])] = stands(t, c)
		}
		out = append(out, row)
	}
	if len(out) == 0 {
		t.Fatalf("%s has no table under %q", path, heading)
	}
	return out
}

// stands returns what a cell stands for. White space that belongs to it stands
// inside back quotes.
func stands(t testing.TB, cell string) string {
	t.Helper()
	cell = strings.TrimSpace(cell)
	if strings.HasPrefix(cell, "`") && strings.HasSuffix(cell, "`") && len(cell) > 1 {
		s, err := strconv.Unquote(`"` + cell[1:len(cell)-1] + `"`)
		if err != nil {
			t.Fatalf("a cell cannot be read: %s", cell)
		}
		return s
	}
	return cell
}

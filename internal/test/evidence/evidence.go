// Package evidence keeps the figures of tests in a page of the docs.
//
// It promises that a figure on a page was produced by the test beside it: a test
// run with -update writes its row, every other run compares. Figures may drift as
// tests grow; zero is zero.
package evidence

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var update = flag.Bool("update", false, "write the figures of docs/evidence anew")

// Updating reports whether a test run writes anew what tests compare: figures, and what
// else a package that keeps figures compares.
func Updating() bool { return *update }

// Keep holds one row of a page in docs/evidence: what was counted, and how often.
// A row that is missing, or that drifted to more than twice or less than half, or
// from or to zero, fails the test; with -update it is written into the part of
// the page between <!-- part --> and <!-- /part -->.
func Keep(t testing.TB, page, part, what string, figures ...int) {
	t.Helper()
	if t.Failed() {
		return // its figures are no evidence
	}
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "../../../docs/evidence", page)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	// Tests of several packages may write the same page.
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !*update {
		if why := compare(string(text), part, what, figures); why != "" {
			t.Errorf("%s: %s. If that is right, run the test with -update", page, why)
		}
		return
	}
	next, err := replaced(string(text), part, what, figures)
	if err != nil {
		t.Fatal(err)
	}
	if next == string(text) {
		return
	}
	if err := os.WriteFile(path, []byte(next), 0o644); err != nil {
		t.Fatal(err)
	}
}

// bounds returns where a part of a page begins and ends.
func bounds(text, part string) (from, to int, err error) {
	from = strings.Index(text, "<!-- "+part+" -->\n")
	to = strings.Index(text, "<!-- /"+part+" -->")
	if from < 0 || to < from {
		return 0, 0, fmt.Errorf("the page has no part %q", part)
	}
	return from + len("<!-- "+part+" -->\n"), to, nil
}

// find returns the cells of a row, without its name.
func find(text, part, what string) (cells []string, line string, err error) {
	from, to, err := bounds(text, part)
	if err != nil {
		return nil, "", err
	}
	for _, l := range strings.SplitAfter(text[from:to], "\n") {
		got := strings.Split(strings.Trim(strings.TrimSpace(l), "|"), "|")
		if strings.TrimSpace(got[0]) == what {
			return got[1:], l, nil
		}
	}
	return nil, "", nil
}

func compare(text, part, what string, figures []int) string {
	cells, line, err := find(text, part, what)
	switch {
	case err != nil:
		return err.Error()
	case line == "":
		return fmt.Sprintf("there is no row %q", what)
	case len(cells) != len(figures):
		return fmt.Sprintf("the row %q has %d figures, not %d", what, len(cells), len(figures))
	}
	for i, is := range figures {
		was, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(cells[i]), ",", ""))
		if err != nil {
			return fmt.Sprintf("the row %q has no figure %d", what, i+1)
		}
		if is != was && (is == 0 || was == 0 || is > 2*was || was > 2*is) {
			return fmt.Sprintf("the row %q says %d, the test counts %d", what, was, is)
		}
	}
	return ""
}

func replaced(text, part, what string, figures []int) (string, error) {
	row := "| " + what + " |"
	for _, n := range figures {
		row += " " + grouped(n) + " |"
	}
	row += "\n"
	_, line, err := find(text, part, what)
	if err != nil {
		return "", err
	}
	if line != "" {
		return strings.Replace(text, line, row, 1), nil
	}
	_, to, err := bounds(text, part)
	return text[:to] + row + text[to:], err
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

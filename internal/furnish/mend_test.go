package furnish

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/catalogue"
)

// rows is a table in memory.
type rows struct {
	header []string
	lines  []Line
	broken error
}

func (r *rows) Form() Form       { return Form{Format: CSV} }
func (r *rows) Header() []string { return r.header }
func (r *rows) Close() error     { return nil }

func (r *rows) Next(line *Line) error {
	if len(r.lines) == 0 {
		if r.broken != nil {
			return r.broken
		}
		return io.EOF
	}
	*line = r.lines[0]
	r.lines = r.lines[1:]
	return nil
}

// sheetOut is a file in memory.
type sheetOut struct {
	rows  []string
	ended int
}

func (s *sheetOut) Write(cells []string) error {
	s.rows = append(s.rows, strings.Join(cells, "|"))
	return nil
}
func (s *sheetOut) End() error { s.ended++; return nil }

func (s *sheetOut) begin(header []string) (Writer, error) { return s, s.Write(header) }

// sample is a type with a date.
func sample(t interface{ Fatal(...any) }) *catalogue.Type {
	return &catalogue.Type{Fields: []catalogue.Field{{Name: "day", Kind: catalogue.Date}}}
}

// TestSheet_passesOverWhatIsSaidBesideRows: a file of rows to be mended can be sent
// as it is.
func TestSheet_passesOverWhatIsSaidBesideRows(t *testing.T) {
	t.Parallel()
	s := sheetOf(mendHeader([]string{"name", ActionColumn, "day"}))
	if diff := cmp.Diff([]string{"name", "day"}, s.columns()); diff != "" || s.action != 1 {
		t.Errorf("the action is column %d, %s", s.action, diff)
	}
}

func TestMend_joinsRowsAndFindings(t *testing.T) {
	t.Parallel()
	in := &rows{header: []string{"name", "day", "recourse_fix"}, lines: []Line{{Number: 1, Cells: []string{"示例甲", "2026-01-01", "old"}},
		{Number: 2, Cells: []string{"示例乙", "yesterday", ""}}, {Number: 3, Cells: []string{"示例丙"}}, {Number: 4, Cells: []string{"示例丁", "2026-01-01", ""}}}}
	all := []Finding{{Row: 2, Field: "day", Code: "E-FIELD-DATE", Rule: "form", Text: "No.", Fix: "Mend."}, {Row: 2, Field: "name", Code: "E-NAME", Rule: "guarantee 7", Text: "Who?", Fix: "Check."},
		{Row: 3, Code: "E-ROW-WIDTH", Text: "Short.", Fix: "Add."}}
	var out sheetOut
	n, err := Mend(in, Mending{Type: sample(t), Begin: out.begin, Findings: pages(all, 1), Say: func(f Finding) (string, string) { return f.Text, f.Fix }})
	want := []string{"name|day|recourse_row|recourse_field|recourse_value|recourse_rule|recourse_fix",
		"示例乙|yesterday|2|day; name|y…y; 示…乙|E-FIELD-DATE form; E-NAME guarantee 7|No. Mend.; Who? Check.",
		"示例丙||3|||E-ROW-WIDTH|Short. Add."}
	if diff := cmp.Diff(want, out.rows); diff != "" || n != 2 || err != nil || out.ended != 1 {
		t.Errorf("%d rows, %v, ended %d times: %s", n, err, out.ended, diff)
	}
}

// pages hands findings out so many rows at a time, as a store would.
func pages(all []Finding, size int) func(after int64) ([]Finding, error) {
	return func(after int64) (page []Finding, err error) {
		seen := map[int64]bool{}
		for _, f := range all {
			if f.Row <= after {
				continue
			}
			if seen[f.Row] = true; len(seen) > size {
				break
			}
			page = append(page, f)
		}
		return page, nil
	}
}

func TestMend_writesEachRowOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, size := &rows{header: []string{"a"}}, rapid.IntRange(1, 5).Draw(t, "size")
		var all []Finding
		var want []string
		for n := range int64(rapid.IntRange(0, 40).Draw(t, "rows")) {
			in.lines = append(in.lines, Line{Number: n + 1, Cells: []string{fmt.Sprint(n + 1)}})
			for range rapid.IntRange(0, 2).Draw(t, "findings") {
				all = append(all, Finding{Row: n + 1, Code: "E"})
			}
			if len(all) > 0 && all[len(all)-1].Row == n+1 {
				want = append(want, fmt.Sprint(n+1))
			}
		}
		var out sheetOut
		if _, err := Mend(in, Mending{Type: sample(t), Begin: out.begin, Findings: pages(all, size)}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range out.rows[1:] {
			first, _, _ := strings.Cut(r, "|")
			got = append(got, first)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestMend_saysWhatFails(t *testing.T) {
	t.Parallel()
	away := errors.New("away")
	var out sheetOut
	_, err := Mend(&rows{header: []string{"a"}, broken: away}, Mending{Type: sample(t), Begin: out.begin, Findings: pages([]Finding{{Row: 1}}, 1)})
	if !errors.Is(err, away) || out.ended != 1 {
		t.Errorf("a table that breaks: %v", err)
	}
	_, err = Mend(&rows{header: []string{"a"}}, Mending{Type: sample(t), Begin: out.begin, Findings: func(int64) ([]Finding, error) { return nil, away }})
	if !errors.Is(err, away) {
		t.Errorf("findings that break: %v", err)
	}
}

package furnishfile_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

// read opens in and reads it to its end: cells of good rows, and codes of bad
// ones as "row code field".
func read(t testing.TB, in io.Reader) (form furnish.Form, rows [][]string, bad []string, err error) {
	t.Helper()
	o := &furnishfile.Opener{}
	table, err := o.Open(t.Context(), in)
	if err != nil {
		return form, nil, nil, err
	}
	defer func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	}()
	form, rows = table.Form(), [][]string{table.Header()}
	var line furnish.Line
	for at := int64(1); ; at++ {
		if err := table.Next(&line); err != nil {
			if errors.Is(err, io.EOF) {
				return form, rows, bad, nil
			}
			return form, rows, bad, err
		}
		if line.Number != at {
			t.Fatalf("row %d has number %d", at, line.Number)
		}
		if f := line.Fault; f != nil {
			if f.Row != at || f.Outcome != furnish.Refused || f.Rule == "" || f.Text == "" || f.Fix == "" {
				t.Errorf("half a finding: %+v", f)
			}
			bad = append(bad, strings.TrimSpace(strings.Join([]string{string(rune('0' + at)), f.Code, f.Field}, " ")))
			continue
		}
		rows = append(rows, append([]string(nil), line.Cells...))
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in, delim string
		rows      [][]string
		bad       []string
	}{
		"comma":            {"a,b\n1,2\n3,4\n", ",", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, nil},
		"semicolon":        {"a;b\n1,5;2\n", ";", [][]string{{"a", "b"}, {"1,5", "2"}}, nil},
		"tab":              {"a\tb\n1\t2\n", "\t", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		"pipe":             {"a|b\n1|2", "|", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		"in quotes":        {"\"a,,,\";b\n1;2\n", ";", [][]string{{"a,,,", "b"}, {"1", "2"}}, nil},
		"one column":       {"a\n1\n", ",", [][]string{{"a"}, {"1"}}, nil},
		"CR LF":            {"a,b\r\n1,2\r\n\"3\",4\r\n", ",", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, nil},
		"CR":               {"a,b\r1,2\r\"3\r\",4", ",", [][]string{{"a", "b"}, {"1", "2"}, {"3\r", "4"}}, nil},
		"CR, then CR LF":   {"a,b\r1,2\r\n3,4\r\n", ",", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, nil},
		"break in quotes":  {"a,b\n\"1\n,\"\"x\"\"\",2\n", ",", [][]string{{"a", "b"}, {"1\n,\"x\"", "2"}}, nil},
		"empty cells":      {"a,b\n,\"\"\n,x\n", ",", [][]string{{"a", "b"}, {"", "x"}}, nil},
		"empty rows":       {"a,b\n\n , \n1,2\n,\n\n", ",", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		"names are spaced": {" a , b\n 1,2 \n", ",", [][]string{{"a", "b"}, {" 1", "2 "}}, nil},
		"empty at the end": {"a,b,,\n1,2,,\n3,4\n5,6,x,\n", ",", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, []string{"3 E-ROW-WIDTH"}},
		"width":            {"a,b\n1\n1,2,3\n4,5\n", ",", [][]string{{"a", "b"}, {"4", "5"}}, []string{"1 E-ROW-WIDTH", "2 E-ROW-WIDTH"}},
		"bare quote":       {"a,b\n1\"2,\n\"1\"2,\n\"3\",4\n", ",", [][]string{{"a", "b"}, {"3", "4"}}, []string{"1 E-ROW-QUOTE", "2 E-ROW-QUOTE"}},
		"long cell":        {"a,b\n1," + strings.Repeat("x", 16<<10+1) + "\n1,2\n", ",", [][]string{{"a", "b"}, {"1", "2"}}, []string{"1 E-CELL-LONG b"}},
		"not UTF-8":        {"a,b\n1,\xff\n1,2\n", ",", [][]string{{"a", "b"}, {"1", "2"}}, []string{"1 E-CELL-ENCODING b"}},
		"replaced":         {"a,b\n1,\ufffd\n1,锟斤拷\n锟,斤拷\n", ",", [][]string{{"a", "b"}, {"锟", "斤拷"}}, []string{"1 E-CELL-LOST b", "2 E-CELL-LOST b"}},
		"private use":      {"a,b\n\ue000,1\n\U000f0000,1\n𠮷,㐂\n", ",", [][]string{{"a", "b"}, {"𠮷", "㐂"}}, []string{"1 E-CELL-PRIVATE a", "2 E-CELL-PRIVATE a"}},
		"control":          {"a,b\n\x00,1\n1,\u0085\n1,\ufffe\n1,\"\t\n\"\n", ",", [][]string{{"a", "b"}, {"1", "\t\n"}}, []string{"1 E-CELL-CONTROL a", "2 E-CELL-CONTROL b", "3 E-CELL-CONTROL b"}},
	} {
		for mark, encoding := range map[string]string{"": "UTF-8", "\ufeff": "UTF-8 with BOM"} {
			if name == "not UTF-8" && mark == "" {
				continue // the whole block is not
			}
			form, rows, bad, err := read(t, strings.NewReader(mark+c.in))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if want := (furnish.Form{Format: furnish.CSV, Encoding: encoding, Delimiter: c.delim}); form != want {
				t.Errorf("%s: %+v", name, form)
			}
			if diff := cmp.Diff(c.rows, rows) + cmp.Diff(c.bad, bad); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func TestCSV_broken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   io.Reader
		code string
		rows int
	}{
		"empty":             {strings.NewReader(""), "E-FILE-EMPTY", 0},
		"spaces":            {strings.NewReader(" \n \n"), "E-FILE-EMPTY", 0},
		"only a mark":       {strings.NewReader("\ufeff"), "E-FILE-EMPTY", 0},
		"10 GB of spaces":   {endless(" "), "E-FILE-ROW", 0},
		"10 GB of breaks":   {io.MultiReader(strings.NewReader("a,b\n1,2\n"), endless("\n")), "E-FILE-BLANK", 2},
		"1 GB cell":         {io.MultiReader(strings.NewReader("a,b\n1,2\n"), endless("x")), "E-FILE-ROW", 2},
		"open quote":        {strings.NewReader("a,b\n1,2\n\"3,4\n"), "E-FILE-QUOTE", 2},
		"endless quote":     {io.MultiReader(strings.NewReader("a,b\n1,2\n\"3,"), endless("x\n")), "E-FILE-QUOTE", 2},
		"quote in header":   {strings.NewReader("a\"b,c\n"), "E-FILE-HEADER", 0},
		"nameless column":   {strings.NewReader("a,,b\n"), "E-FILE-HEADER", 0},
		"million columns":   {endless("a,"), "E-FILE-ROW", 0},
		"many columns":      {strings.NewReader(strings.Repeat("a,", 1001)), "E-FILE-COLUMNS", 0},
		"binary":            {strings.NewReader("\xff\xd8\xff\xe0 JFIF"), "E-FILE-ENCODING", 0},
		"mixed encodings":   {io.MultiReader(strings.NewReader("a,b\n"+strings.Repeat("1,2\n", 20000)), endless("\xc4\xe3,2\n")), "E-FILE-ENCODING", 21001},
		"cut":               {io.MultiReader(strings.NewReader("a,b\n1,2\n"), torn{}), "E-FILE-CUT", 0},
		"cut in the middle": {io.MultiReader(strings.NewReader("a,b\n"+strings.Repeat("1,2\n", 20000)), torn{}), "E-FILE-CUT", 20001},
	} {
		_, rows, bad, err := read(t, c.in)
		if f := fault.Of(err); f.Code != c.code || f.Kind != fault.Invalid || f.Field != "file" {
			t.Errorf("%s: %v", name, err)
		}
		if len(rows)+len(bad) != c.rows {
			t.Errorf("%s: %d rows, %d bad", name, len(rows), len(bad))
		}
	}
}

// endless repeats for ever: what reads it stops by a limit of its own.
func endless(s string) io.Reader { return &repeated{strings.NewReader(strings.Repeat(s, 4096))} }

type repeated struct{ *strings.Reader }

func (r *repeated) Read(p []byte) (int, error) {
	if r.Len() == 0 {
		r.Seek(0, io.SeekStart)
	}
	return r.Reader.Read(p)
}

type torn struct{}

func (torn) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// each calls do with every row of a table, to its end.
func each(table furnish.Table, do func(*furnish.Line)) error {
	var line furnish.Line
	for ; ; do(&line) {
		if err := table.Next(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

package furnishfile_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/furnish"
)

func TestJSONL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		rows [][]string
		bad  []string
	}{
		"plain":            {`{"a":"1","b":"2"}` + "\r\n\n" + ` {"b":"4","a":"3"} `, [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, nil},
		"names first":      {`{"a":null,"b":null}` + "\n" + `{"a":"1"}`, [][]string{{"a", "b"}, {"1", ""}}, nil},
		"numbers":          {`{"a":420106199001011234,"b":1.50e3}` + "\n", [][]string{{"a", "b"}, {"420106199001011234", "1.50e3"}}, nil},
		"escapes":          {`{"a":"\u793a\"\n","\u0062":"\ud842\udfb7"}`, [][]string{{"a", "b"}, {"示\"\n", "𠮷"}}, nil},
		"unknown key":      {`{"a":"1"}` + "\n" + `{"a":"1","b":"2"}`, [][]string{{"a"}, {"1"}}, []string{"2 E-ROW-KEY"}},
		"doubled key":      {`{"a":"1"}` + "\n" + `{"a":"1","\u0061":"2"}`, [][]string{{"a"}, {"1"}}, []string{"2 E-ROW-TWICE a"}},
		"nested":           {`{"a":{"x":[1]},"b":"1"}` + "\n" + `{"a":[],"b":"1"}` + "\n" + `{"a":"1"}`, [][]string{{"a", "b"}, {"1", ""}}, []string{"1 E-CELL-NESTED a", "2 E-CELL-NESTED a"}},
		"truth":            {`{"a":true}` + "\n" + `{"a":"1"}`, [][]string{{"a"}, {"1"}}, []string{"1 E-CELL-BOOLEAN a"}},
		"no object":        {`{"a":"1"}` + "\n1\n[]\n{\"a\":\"1\"\n{\"a\":\"1\"}}\n{\"a\":\"1\"}{}\n{\"a\":01}\nx", [][]string{{"a"}, {"1"}}, []string{"2 E-ROW-JSON", "3 E-ROW-JSON", "4 E-ROW-JSON", "5 E-ROW-JSON", "6 E-ROW-JSON", "7 E-ROW-JSON", "8 E-ROW-JSON"}},
		"not UTF-8":        {`{"a":"示例示例示例"}` + "\n{\"a\":\"\xff\"}", [][]string{{"a"}, {"示例示例示例"}}, []string{"2 E-CELL-ENCODING a"}},
		"half a pair":      {`{"a":"\ud842"}` + "\n" + `{"a":"\ud842x"}`, [][]string{{"a"}}, []string{"1 E-CELL-LOST a", "2 E-CELL-LOST a"}},
		"control":          {`{"a":"\u0000"}`, [][]string{{"a"}}, []string{"1 E-CELL-CONTROL a"}},
		"long cell":        {`{"a":"` + strings.Repeat("x", 16<<10+1) + `"}`, [][]string{{"a"}}, []string{"1 E-CELL-LONG a"}},
		"doubled in first": {`{"a":"1","a":"2"}`, [][]string{{"a", "a"}}, []string{"1 E-ROW-TWICE a"}},
		"deep":             {`{"a":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}\n" + `{"a":"1"}`, nil, nil},
		"deep, in a row":   {`{"a":"1"}` + "\n" + `{"a":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}", [][]string{{"a"}, {"1"}}, []string{"2 E-ROW-JSON"}},
	} {
		form, rows, bad, err := read(t, strings.NewReader(c.in))
		if name == "deep" {
			if fault.Of(err).Code != "E-FILE-JSON" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if want := (furnish.Form{Format: furnish.JSONL, Encoding: "UTF-8"}); form != want || err != nil {
			t.Errorf("%s: %+v, %v", name, form, err)
		}
		if diff := cmp.Diff(c.rows, rows) + cmp.Diff(c.bad, bad); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestJSONL_broken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   io.Reader
		code string
		rows int
	}{
		"no keys":         {strings.NewReader("{}"), "E-FILE-JSON", 0},
		"printed pretty":  {strings.NewReader("{\n  \"a\": \"1\"\n}\n"), "E-FILE-JSON", 0},
		"a list":          {strings.NewReader("[{\"a\":\"1\"}]"), "E-FILE-FORMAT", 0},
		"nameless":        {strings.NewReader(`{"a":"1","":"2"}`), "E-FILE-HEADER", 0},
		"many keys":       {strings.NewReader("{" + strings.Repeat(`"a":1,`, 1001) + `"b":1}`), "E-FILE-COLUMNS", 0},
		"1 GB first line": {io.MultiReader(strings.NewReader(`{"a":"`), endless("x")), "E-FILE-ROW", 0},
		"1 GB cell":       {io.MultiReader(strings.NewReader(`{"a":"1"}`+"\n"+`{"a":"`), endless("x")), "E-FILE-ROW", 2},
		"10 GB of breaks": {io.MultiReader(strings.NewReader(`{"a":"1"}`), endless("\n")), "E-FILE-BLANK", 2},
		"10 GB of braces": {io.MultiReader(strings.NewReader(`{"a":`), endless("[")), "E-FILE-ROW", 0},
		"cut":             {io.MultiReader(strings.NewReader(strings.Repeat(`{"a":"1"}`+"\n", 20000)), torn{}), "E-FILE-CUT", 20001},
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

// TestOpen_otherFormats are told by name.
func TestOpen_otherFormats(t *testing.T) {
	t.Parallel()
	for in, say := range map[string]string{
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ".xls", "%PDF-1.7\n": "PDF", "\x1f\x8b\x08": "packed", "7z\xbc\xaf\x27\x1c": "packed", "Rar!\x1a\x07\x00": "packed", "\xfd7zXZ\x00": "packed",
		"<html><table>": "web page", "\ufeff <?xml version=\"1.0\"?>": "web page", "[1]": "JSON Lines",
	} {
		_, _, _, err := read(t, strings.NewReader(in))
		if f := fault.Of(err); f.Code != "E-FILE-FORMAT" || !strings.Contains(f.Text, say) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

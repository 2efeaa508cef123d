package furnishfile_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

// digest reads a file of any content and holds it against what every table
// promises: rows in order, cells that fit the header and are clean text, faults
// that say what to do.
func digest(t *testing.T, file []byte) (form furnish.Form, rows [][]string, faulty int, err error) {
	t.Helper()
	table, err := (&furnishfile.Opener{}).Open(t.Context(), bytes.NewReader(file))
	if err == nil {
		form, rows = table.Form(), [][]string{table.Header()}
		at := int64(0)
		err = each(table, func(line *furnish.Line) {
			if at++; line.Number != at {
				t.Errorf("row %d has number %d", at, line.Number)
			}
			if f := line.Fault; f != nil {
				if faulty++; f.Row != at || f.Code == "" || f.Text == "" || f.Fix == "" {
					t.Errorf("half a finding: %+v", f)
				}
				return
			}
			if len(line.Cells) != len(rows[0]) {
				t.Errorf("row %d has %d cells", at, len(line.Cells))
			}
			for _, c := range line.Cells {
				if !utf8.ValidString(c) || strings.ContainsRune(c, utf8.RuneError) || len(c) > 16<<10 || strings.ContainsRune(c, 0) {
					t.Errorf("row %d holds %q", at, c)
				}
			}
			rows = append(rows, append([]string(nil), line.Cells...))
		})
		if closed := table.Close(); closed != nil {
			t.Error(closed)
		}
	}
	if f := new(fault.Error); err != nil && (!errors.As(err, &f) || f.Kind != fault.Invalid || f.Code == "E-FILE-CUT" || f.Text == "") {
		t.Errorf("no fault of the file: %v", err)
	}
	return form, rows, faulty, err
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\r\n\"1\";\"2\"\"\n\"\r\n", "a\tb\r1\t2\r", "sep=;\na;b\n1;2", "a,b\n\"1,2\n", "a,b\n1\"2,\"3\"4\n", "\"a\"\n\n,\n", "a,b,,\n1,2,,\n", "名称|日期\n示例|2026-03-10\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		form, rows, faulty, err := digest(t, b)
		if err != nil || faulty > 0 || form.Format != furnish.CSV || form.Encoding != "UTF-8" || bytes.ContainsAny(b, "\r") || bytes.HasPrefix(b, []byte("sep=")) {
			return
		}
		// Where nothing is wrong, the library reads the same rows.
		r := csv.NewReader(bytes.NewReader(b))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = rune(form.Delimiter[0]), -1, false
		all, err := r.ReadAll()
		if err != nil {
			t.Fatalf("the library refuses: %v", err)
		}
		var want [][]string
		for _, row := range all {
			for len(want) > 0 && len(row) > len(want[0]) && strings.Trim(row[len(row)-1], " \t") == "" {
				row = row[:len(row)-1]
			}
			if strings.Trim(strings.Join(row, ""), " \t") == "" {
				continue
			}
			if len(want) == 0 {
				for i := range row {
					row[i] = strings.TrimSpace(row[i])
				}
				for row[len(row)-1] == "" {
					row = row[:len(row)-1]
				}
			}
			want = append(want, row)
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%q: %s", b, diff)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	for _, s := range []string{`{"a":"1","b":null}` + "\n" + `{"b":2.50e3}`, `{"a":{"b":[]}}`, `{"a":"\ud842\udfb7","\u0062":"\n"}`, "{\"a\":1}\r\n\r\n{\"a\":2}", `{"a":1,"a":2}`, `{"a":tru`, "{}", `{"":1}`, `{"a":1}{"a":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { digest(t, append([]byte("{"), b...)) })
}

func FuzzXLSX(f *testing.F) {
	for _, s := range []string{`<row><c><v>1</v></c><c t="s"><v>2</v></c></row>`, `<row r="7"><c r="B7" t="inlineStr"><is><t>x</t></is></c></row>`, `<row><c s="1"><v>46091.5</v></c><c s="3"><v>60</v></c></row>`,
		`<row><c t="e"><f>NA()</f><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells><sheetData>`, `<row><c r="XFD1"/>`, `<![CDATA[`} {
		f.Add(s, "")
	}
	f.Add("", `<si><r><t>示</t></r><rPh><t>x</t></rPh></si>`)
	f.Fuzz(func(t *testing.T, rows, words string) {
		b := sheet(rows + sheetEnd)
		if words != "" {
			b = b.with("xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><t>b</t></si>"+words+"</sst>")
		}
		digest(t, b.zip(t))
	})
}

// FuzzZIP breaks the workbook itself.
func FuzzZIP(f *testing.F) {
	whole := sheet(`<row><c><v>1</v></c></row>` + sheetEnd).zip(f)
	f.Add(whole)
	f.Add(whole[:len(whole)-30])
	f.Add(book{"a": "b"}.zip(f))
	f.Fuzz(func(t *testing.T, b []byte) { digest(t, append([]byte("PK\x03\x04"), b[min(4, len(b)):]...)) })
}

func FuzzEncoding(f *testing.F) {
	for _, form := range forms() {
		if form.Format == furnish.CSV && form.Delimiter == "," {
			f.Add(write(f, form, [][]string{{"a", "b"}, {"示例", "㐂𠮷·é"}}))
		}
	}
	f.Add([]byte("\xff\xfe\x00\x00"))
	f.Add([]byte("a,b\n\xc4\xe3\xba\xc3,\xff\n"))
	f.Add([]byte{0, 'a', 0, ',', 0, 'b', 0, '\n', 0x4e, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		form, rows, faulty, err := digest(t, b)
		if err != nil || faulty > 0 || form.Format != furnish.CSV || len(rows) < 2 {
			return
		}
		// What was read well is written in the encoding that was found and read again.
		again, got, faulty, err := digest(t, write(t, form, rows))
		if strings.HasPrefix(again.Encoding, "UTF-8") && form.Encoding == "GB18030" {
			return // too little of it is left to tell
		}
		if diff := cmp.Diff(rows, got); err != nil || faulty > 0 || diff != "" {
			t.Errorf("%+v, then %+v: %v %s", form, again, err, diff)
		}
	})
}

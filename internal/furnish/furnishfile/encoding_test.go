package furnishfile_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"recourse/internal/fault"
)

// in writes a text in an encoding.
func in(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const csv = "id_type,id_number,name\ncn-id,999999196402290297,示例丙\ncn-id,999999196402290298,\"示例㐂·𠮷\n,\"\n"
	const json = `{"id_type":"cn-id","id_number":"999999196402290297","name":"示例丙"}` + "\n" + `{"id_type":"cn-id","id_number":"999999196402290298","name":"示例㐂·𠮷\n,"}`
	want := [][]string{{"id_type", "id_number", "name"}, {"cn-id", "999999196402290297", "示例丙"}, {"cn-id", "999999196402290298", "示例㐂·𠮷\n,"}}
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for name, c := range map[string]struct {
		file func(string) string
		want string
	}{
		"UTF-8":             {func(s string) string { return s }, "UTF-8"},
		"UTF-8, BOM":        {func(s string) string { return "\ufeff" + s }, "UTF-8 with BOM"},
		"UTF-16LE, BOM":     {func(s string) string { return in(t, le, "\ufeff"+s) }, "UTF-16LE"},
		"UTF-16BE, BOM":     {func(s string) string { return in(t, be, "\ufeff"+s) }, "UTF-16BE"},
		"UTF-16LE":          {func(s string) string { return in(t, le, s) }, "UTF-16LE"},
		"UTF-16BE":          {func(s string) string { return in(t, be, s) }, "UTF-16BE"},
		"GB 18030":          {func(s string) string { return in(t, simplifiedchinese.GB18030, s) }, "GB18030"},
		"GB 18030, BOM":     {func(s string) string { return in(t, simplifiedchinese.GB18030, "\ufeff"+s) }, "GB18030"},
		"GBK, and so on":    {func(s string) string { return in(t, simplifiedchinese.GB18030, strings.Repeat(s, 1)) }, "GB18030"},
		"UTF-8, small bits": {func(s string) string { return s }, "UTF-8"},
	} {
		for kind, text := range map[string]string{"CSV": csv, "JSONL": json} {
			var src io.Reader = strings.NewReader(c.file(text))
			if strings.HasSuffix(name, "bits") {
				src = iotest.OneByteReader(src)
			}
			form, rows, bad, err := read(t, src)
			if err != nil || form.Encoding != c.want || len(bad) > 0 {
				t.Errorf("%s in %s: %+v, %v, %v", kind, name, form, bad, err)
			}
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("%s in %s: %s", kind, name, diff)
			}
		}
	}
}

// TestEncodings_bad: what is not in the encoding of the file never comes out as
// other characters.
func TestEncodings_bad(t *testing.T) {
	t.Parallel()
	gb := func(s string) string { return in(t, simplifiedchinese.GB18030, s) }
	le := func(s string) string { return in(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), s) }
	many := strings.Repeat("示例公司有限责任,武汉\n", 20)
	for name, c := range map[string]struct {
		in   string
		bad  []string // of rows 1 to 3
		code string   // of the file
	}{
		"a GB cell in UTF-8":     {"a,b\n" + gb("示例") + ",1\n" + many, []string{"1 E-CELL-ENCODING a"}, ""},
		"a UTF-8 cell in GB":     {"a,b\n文件,1\n" + gb(many), []string{"1 E-CELL-ENCODING a"}, ""},
		"the same, odd":          {"a,b\n\"示例中\",1\n" + gb(many), []string{"1 E-CELL-LOST a"}, ""},
		"private use in GB":      {"a,b\n" + gb("\ue000") + ",1\n" + gb(many), []string{"1 E-CELL-PRIVATE a"}, ""},
		"U+FFFD in GB":           {"a,b\n\x84\x31\xa4\x37,1\n" + gb(many), []string{"1 E-CELL-LOST a"}, ""},
		"half a surrogate pair":  {"\xff\xfe" + le("a,b\n") + "\x00\xd8" + le(",1\n"+many), []string{"1 E-CELL-LOST a"}, ""},
		"an odd byte at the end": {"\xff\xfe" + le("a,b\n1,2") + "\x33", []string{"1 E-CELL-LOST b"}, ""},
		"half GB, half UTF-8":    {"a,b\n" + gb(many) + many, nil, "E-FILE-ENCODING"},
		"UTF-32":                 {"\xff\xfe\x00\x00a\x00\x00\x00", nil, "E-FILE-ENCODING"},
		"Latin-1":                {in(t, charmap.ISO8859_1, "name,place\nMüller,Köln\nPérez,Málaga\n"), nil, "E-FILE-ENCODING"},
		"Big5":                   {in(t, traditionalchinese.Big5, "name,place\n"+strings.Repeat("示範有限公司,臺北市信義區\n", 9)), nil, "E-FILE-ENCODING"},
		"GB after much ASCII":    {"a,b\n" + strings.Repeat("1,2\n", 20000) + strings.Repeat(gb("示例,1\n"), 1001), nil, "E-FILE-ENCODING"},
	} {
		_, rows, bad, err := read(t, strings.NewReader(c.in))
		if code := fault.Of(err).Code; c.code == "" && err != nil || c.code != "" && code != c.code {
			t.Errorf("%s: %v, rows %d, bad %q", name, err, len(rows), bad)
		}
		if c.code == "" {
			if diff := cmp.Diff(c.bad, bad); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		for _, row := range rows {
			if !strings.Contains(c.in, row[0]) && !strings.Contains(c.in, gb(row[0])) && !strings.Contains(c.in, le(row[0])) {
				t.Errorf("%s: garbled: %q", name, row)
			}
		}
	}
}

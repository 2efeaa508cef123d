package webkit

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/a-h/templ"
)

type sample struct {
	Plain, Full Phrase
	Deep        struct{ Count Phrase }
	Many        map[string]Phrase
}

const goodZH = `{"Plain": "甲", "Full": "{b}和{a}", "Deep": {"Count": "{n} 个"}, "Many": {"x": "乙"}}`

const goodEN = `{"Plain": "A", "Full": "{a} and {b}", "Deep": {"Count": {"one": "{n} thing", "other": "{n} things"}}, "Many": {"x": "B"}}`

func load(zh, en string) (Words[sample], error) {
	return LoadWords[sample](fstest.MapFS{"locales/zh.json": {Data: []byte(zh)}, "locales/en.json": {Data: []byte(en)}})
}

func TestWords(t *testing.T) {
	t.Parallel()
	w, err := load(goodZH, goodEN)
	if err != nil {
		t.Fatal(err)
	}
	en, zh := w.In(EN), w.In(ZH)
	for _, c := range []struct{ got, want string }{
		{en.Plain.String(), "A"}, {zh.Plain.String(), "甲"},
		{en.Full.With("a", "1", "b", "2"), "1 and 2"}, {zh.Full.With("a", "1", "b", "2"), "2和1"},
		{en.Deep.Count.N(1), "1 thing"}, {en.Deep.Count.N(0), "0 things"}, {zh.Deep.Count.N(1), "1 个"},
		{en.Many["x"].String(), "B"}, {Both(w, func(s *sample) Phrase { return s.Plain })[ZH], "甲"},
		{render(t, en.Full.Rich(map[string]templ.Component{"a": Bold("<x>"), "b": Text("&")})), "<b>&lt;x&gt;</b> and &amp;"},
		{render(t, en.Deep.Count.RichN(2, nil)), "<b>2</b> things"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestWords_gapPanics(t *testing.T) {
	t.Parallel()
	w, err := load(goodZH, goodEN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a sentence with a gap is said")
		}
	}()
	w.In(EN).Full.With("a", "1")
}

func TestLoadWords_refuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zh, en, want string }{
		{"missing", goodZH, strings.Replace(goodEN, `"Plain": "A", `, "", 1), ".Plain is missing"},
		{"empty", goodZH, strings.Replace(goodEN, `"A"`, `" "`, 1), ".Plain is missing"},
		{"unknown", strings.Replace(goodZH, `"Plain"`, `"Other": "丙", "Plain"`, 1), goodEN, `unknown field "Other"`},
		{"unknown form", goodZH, strings.Replace(goodEN, `"one"`, `"two"`, 1), `unknown field "two"`},
		{"other places", strings.Replace(goodZH, "{a}", "{c}", 1), goodEN, "has the places"},
		{"missing in a map", goodZH, strings.Replace(goodEN, `"x": "B"`, ``, 1), ".Many.x is not said in en"},
		{"more in a map", goodZH, strings.Replace(goodEN, `"x": "B"`, `"x": "B", "y": "C"`, 1), ".Many.y is not said in zh"},
		{"no json", "{", goodEN, "reading the words"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(c.zh, c.en); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := LoadWords[sample](fstest.MapFS{}); err == nil {
		t.Error("words without files are loaded")
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := c.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"> 甲\n> 乙", "<blockquote>\n<p>甲乙</p>\n</blockquote>\n"},
		{"a <b>x</b> <script>y</script>", "<p>a <!-- raw HTML omitted -->x<!-- raw HTML omitted --> <!-- raw HTML omitted -->y<!-- raw HTML omitted --></p>\n"},
		{"[x](javascript:alert)", "<p><a href=\"\">x</a></p>\n"},
		{"- " + Literal("1. *a* _b_ `c` <d> [e](f) # g\nh https://x.org"), "<ul>\n<li>1. *a* _b_ `c` &lt;d&gt; [e](f) # g h https://x.org</li>\n</ul>\n"},
	} {
		if got := render(t, Markdown(c.text)); got != c.want {
			t.Errorf("%q is %q, want %q", c.text, got, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	got, err := CSV([][]string{{"=1+1", "-2", "+3", "@x", "\t=1", "＝1", "a=1", "", `say "x", y`, "2026-01-01"}})
	if err != nil {
		t.Fatal(err)
	}
	const want = "\ufeff'=1+1,'-2,'+3,'@x,'\t=1,'＝1,a=1,,\"say \"\"x\"\", y\",2026-01-01\r\n"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for long, want := range map[string]string{"R-433X9XHSTF95TVP6YM4KGMETE2-J": "R-433X…J", "x": "x", "R-12345": "R-12345"} {
		if got := Short(long); got != want {
			t.Errorf("%q is %q, want %q", long, got, want)
		}
	}
}

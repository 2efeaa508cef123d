package dossierweb

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/catalogue"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

type oneType struct{ one catalogue.Type }

func (o *oneType) Type(string) (*catalogue.Type, bool)   { return &o.one, true }
func (o *oneType) Types() []*catalogue.Type              { return []*catalogue.Type{&o.one} }
func (o *oneType) BodyName(id ref.Body, _ string) string { return id.String() }
func (o *oneType) UnitName(code, lang string) string     { return code + " " + lang }
func (o *oneType) LawLang() string                       { return webkit.ZH }

func said(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Rules C3: who is named in what has effect at once reads towards whom, that it is
// provisional, and when it ends by itself unless they are heard before.
func TestCard_atOnce(t *testing.T) {
	t.Parallel()
	words, err := webkit.LoadWords[words](localeFiles)
	if err != nil {
		t.Fatal(err)
	}
	rules := &oneType{catalogue.Type{Code: "suspension", Immediate: &catalogue.Immediate{Recipients: []string{"hospital", "clinic"}, Days: 30}}}
	for _, lang := range webkit.Langs() {
		c := card{rules: rules, w: words.In(lang), v: webkit.Visit{Lang: lang, Dates: webkit.Dates{Lang: lang, Zone: time.UTC}}, st: atOnce}
		c.DisplayEnd, c.AtOnce.UnheardUntil = when.Of(2027, 5, 6), when.Of(2026, 12, 24)
		unheard := said(t, c.ends()) + said(t, c.seen())
		if tag, _ := c.tag(); !strings.Contains(unheard, "2026-12-24") || !strings.Contains(unheard, "hospital "+lang+"; clinic "+lang) || tag != words.In(lang).Tags.AtOnce.String() {
			t.Errorf("%s, not heard: %s: %s", lang, tag, unheard)
		}
		c.AtOnce.UnheardUntil = 0
		heard := said(t, c.ends()) + said(t, c.seen())
		if strings.Contains(heard, "2026-12-24") || !strings.Contains(heard, "2027-05-06") || heard == unheard {
			t.Errorf("%s, heard: %s", lang, heard)
		}
	}
}

package lawweb_test

import (
	"context"
	"crypto/rand"
	"html"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/law/lawweb"
	"recourse/internal/test/housetest"
	"recourse/packs"
)

// nobody is signed in.
type nobody struct{}

func (nobody) Caller(context.Context, string, time.Time) (webkit.Caller, error) {
	return webkit.Caller{}, fault.New(fault.Unsigned, "E-SESSION", "You are not signed in.")
}

func (nobody) End(context.Context, string, time.Time) error { return nil }

// open serves the pages of a built-in pack.
func open(t *testing.T, name string) (*law.Pack, func(path string) (int, string)) {
	t.Helper()
	files, err := fs.Sub(packs.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	face, err := lawweb.New(law.One(p), func() []law.Activated { return []law.Activated{{Number: 1, Pack: p}} })
	if err != nil {
		t.Fatal(err)
	}
	site, err := webkit.New(webkit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.DiscardHandler), Origin: "http://127.0.0.1:1",
		Imprint: func(time.Time) webkit.Imprint {
			return webkit.Imprint{Registry: p.Registry, Contact: p.Contact, Version: p.Version}
		},
		Zone: p.Zone, Sessions: nobody{}, Routes: face.Routes(), Foot: face.NavItems()})
	if err != nil {
		t.Fatal(err)
	}
	return p, func(path string) (int, string) {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
}

// TestPages_sayWhatThePackSays compares the pages with the pack, in both
// languages, for each built-in pack.
func TestPages_sayWhatThePackSays(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cn-hubei", "eu-gdpr", "us-fcra"} {
		p, get := open(t, name)
		for _, lang := range webkit.Langs() {
			_, list := get("/" + lang + "/types")
			for _, kind := range p.Types() {
				if !strings.Contains(list, `href="/`+lang+"/types/"+kind.Code+`"`) {
					t.Errorf("%s: the list in %s lacks %s", name, lang, kind.Code)
				}
				code, page := get("/" + lang + "/types/" + kind.Code)
				r, _ := p.Retention(kind.Retention)
				for _, want := range []string{kind.Labels[lang], kind.Sentence[lang], r.Display.Term.In(lang), r.Retain.Term.In(lang)} {
					if code != http.StatusOK || !strings.Contains(page, want) {
						t.Errorf("%s: the page of %s in %s (%d) does not say %q", name, kind.Code, lang, code, want)
					}
				}
				for _, u := range p.Purposes() {
					if sees := len(u.Sees(kind.Code)) > 0; sees != strings.Contains(page, "<b>"+u.Labels[lang]+"</b>") {
						t.Errorf("%s: %s may see %s: %v, and the page in %s says else", name, u.Code, kind.Code, sees, lang)
					}
				}
			}
			if c, ok := p.Deadline(law.ContestClock); ok {
				if _, page := get("/" + lang + "/rights"); !strings.Contains(page, c.Term.In(lang)) {
					t.Errorf("%s: the rights in %s lack the time to decide a contest", name, lang)
				}
			}
			d, _ := p.Deadline(law.AnswerBeforeEffect)
			if _, page := get("/" + lang + "/rights"); !strings.Contains(page, d.Term.In(lang)) || !strings.Contains(page, p.Access().Term.In(lang)) {
				t.Errorf("%s: the rights in %s lack a term of the pack", name, lang)
			}
			if code, _ := get("/" + lang + "/calendar"); code != http.StatusOK {
				t.Errorf("%s: the calendar in %s answers %d", name, lang, code)
			}
			if code, file := get("/" + lang + "/calendar/days.ics"); code != http.StatusOK || len(p.Calendar().Years()) > 0 && !strings.Contains(file, "BEGIN:VEVENT") {
				t.Errorf("%s: the calendar for programs in %s answers %d", name, lang, code)
			}
			if code, _ := get("/" + lang + "/types/none"); code != http.StatusNotFound {
				t.Errorf("%s: a kind of record that does not exist answers %d", name, code)
			}
		}
	}
}

// serveVersions serves the pages of several versions of one pack.
func serveVersions(t *testing.T, list []law.Activated) func(path string) (int, string) {
	t.Helper()
	shelf, err := law.NewTimeline(list)
	if err != nil {
		t.Fatal(err)
	}
	face, err := lawweb.New(shelf, shelf.All)
	if err != nil {
		t.Fatal(err)
	}
	p := shelf.Last().Pack
	site, err := webkit.New(webkit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.DiscardHandler), Origin: "http://127.0.0.1:1",
		Imprint: func(time.Time) webkit.Imprint {
			return webkit.Imprint{Registry: p.Registry, Contact: p.Contact, Version: p.Version}
		}, Zone: p.Zone, Sessions: nobody{}, Routes: face.Routes()})
	if err != nil {
		t.Fatal(err)
	}
	return func(path string) (int, string) {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
}

// TestCompare: what the page says changed is what law.Diff says, of all rules or of one
// kind of record, whichever way round two versions are chosen.
func TestCompare(t *testing.T) {
	t.Parallel()
	old := housetest.Pack(t)
	now := housetest.Pack(t, func(file, text string) string {
		if file == "bodies.yaml" {
			return strings.Replace(text, "Sample Hospital", "Sample Clinic", 1)
		}
		if file == "types/market-penalty.yaml" {
			return strings.Replace(text, "Market regulation penalty", "Penalty by the market regulator", 1)
		}
		return text
	})
	diff := law.Diff(old, now)
	if len(diff) < 2 {
		t.Fatalf("control: %d changes", len(diff))
	}
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	get := serveVersions(t, []law.Activated{{Number: 1, Pack: old, From: day}, {Number: 2, Pack: now, From: day.AddDate(0, 0, 9)}})
	for _, lang := range webkit.Langs() {
		for _, path := range []string{"/types/versions", "/types/versions?from=1&to=2", "/types/versions?from=2&to=1"} {
			code, page := get("/" + lang + path)
			for _, c := range diff {
				if code != http.StatusOK || !strings.Contains(page, html.EscapeString(c.Text[lang])) || !strings.Contains(page, html.EscapeString(c.Reason[lang])) {
					t.Errorf("%s in %s (%d) does not say %q", path, lang, code, c.Text[lang])
				}
			}
		}
		_, of := get("/" + lang + "/types/versions?type=market-penalty")
		for _, c := range diff {
			if is := strings.HasPrefix(c.Path, "types/market-penalty"); strings.Contains(of, html.EscapeString(c.Text[lang])) != is {
				t.Errorf("of one kind, in %s: %s", lang, c.Path)
			}
		}
		if _, same := get("/" + lang + "/types/versions?from=2&to=2"); strings.Contains(same, html.EscapeString(diff[0].Text[lang])) {
			t.Error("a version differs from itself")
		}
	}
	for _, path := range []string{"?from=3", "?to=x", "?from=", "?type=none"} {
		if code, _ := get("/en/types/versions" + path); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
	alone := serveVersions(t, []law.Activated{{Number: 1, Pack: old, From: day}})
	if code, page := alone("/en/types/versions"); code != http.StatusOK || !strings.Contains(page, "one version so far") {
		t.Errorf("with one version: %d", code)
	}
}

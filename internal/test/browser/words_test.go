package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/consent"
	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
)

// banned are words that shame, praise, guess or hurry, or that would certify what
// nobody can know (rules B1). Letters of packs are held to them too.
func banned() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"zh": regexp.MustCompile(`没有记录|无记录|清白|良好|洗白|污点|不良|失信|数据提供|用户|申诉成功|信用分|评级|黑名单|立即|尽快|！|老赖`),
		"en": regexp.MustCompile(`(?i)\bno records?\b|\bclear(ed|ly)?\b|\bgood standing\b|\bclean\b|\bwipe|\badverse\b|\bderogatory\b|\boffenders?\b|\bfurnishers?\b|` +
			`\bdata providers?\b|\busers?\b|\byou won\b|\bblack ?lists?|\bplease\b|\bhurry\b|\bcredit (score|rating)|!`),
	}
}

// texts flattens a file of words into key and text.
func texts(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var walk func(string, any)
	walk = func(key string, node any) {
		switch node := node.(type) {
		case string:
			out[key] = node
		case map[string]any:
			for k, v := range node {
				walk(strings.TrimPrefix(key+"."+k, "."), v)
			}
		}
	}
	walk("", tree)
	return out
}

// localeFiles returns every file of words and every wording of the packs.
func localeFiles(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, top := range []string{"internal", "packs"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(name, "/locales/") && !strings.Contains(name, "/notices/") {
				return err
			}
			raw, err := os.ReadFile(name)
			out[filepath.ToSlash(name)] = raw
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestWords_banned(t *testing.T) {
	t.Parallel()
	files := localeFiles(t)
	if len(files) < 12 {
		t.Fatalf("only %d files of words are seen", len(files))
	}
	for name, raw := range files {
		lang := "en"
		if strings.Contains(filepath.Base(name), "zh") {
			lang = "zh"
		}
		said := map[string]string{"(whole)": string(raw)}
		if strings.HasSuffix(name, ".json") {
			said = texts(t, raw)
		}
		for key, text := range said {
			if found := banned()[lang].FindString(text); found != "" {
				t.Errorf("%s: %s says %q in %q", name, key, found, text)
			}
		}
	}
}

func TestWords_bannedPlanted(t *testing.T) {
	t.Parallel()
	for lang, bad := range map[string][]string{
		"zh": {"你没有记录", "信用良好", "不良信息", "快！"},
		"en": {"You have no record here", "Your file is clear", "in good standing", "Please wait", "Done!"}} {
		for _, text := range bad {
			if !banned()[lang].MatchString(text) {
				t.Errorf("%q passes", text)
			}
		}
	}
	for _, text := range []string{"Nuclear", "3 records others can see", "no recording"} {
		if banned()["en"].MatchString(text) {
			t.Errorf("%q does not pass", text)
		}
	}
}

// TestWords_areSaid renders every state of every page and looks for each phrase
// of each face in it: one that no page says is no longer needed, or is shown in a
// state that no test reaches.
func TestWords_areSaid(t *testing.T) {
	t.Parallel()
	for _, lang := range webkit.Langs() {
		said := strings.Join(append(everyPage(t, lang), everyFault(t, lang)...), "\n")
		for name, raw := range localeFiles(t) {
			if !strings.HasSuffix(name, "/locales/"+lang+".json") || !strings.Contains(name, "web") {
				continue
			}
			for _, key := range unsaid(texts(t, raw), said) {
				if ofDesk(name, key) && used(t, name, key) {
					continue
				}
				t.Errorf("%s: no page says %s", strings.TrimPrefix(name, root+"/"), key)
			}
		}
	}
}

// ofDesk reports whether a phrase is said to clerks: this registry in memory has
// none of their work, whose pages are tried on a whole one.
func ofDesk(name, key string) bool {
	return strings.Contains(name, "/furnishweb/") || strings.Contains(name, "/inquiryweb/ask/") || strings.HasPrefix(key, "Clerk.") || key == "Landing.Desk"
}

// used reports whether the face of a file of words has a place for a phrase.
func used(t *testing.T, name, key string) bool {
	t.Helper()
	last := key[strings.LastIndex(key, ".")+1:]
	for dir := filepath.Dir(filepath.Dir(name)); strings.Contains(dir, "web"); dir = filepath.Dir(dir) {
		for _, ext := range []string{"*.templ", "*.go"} {
			found, err := filepath.Glob(filepath.Join(dir, ext))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range found {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if regexp.MustCompile(`\.` + last + `\b`).Match(text) {
					return true
				}
			}
		}
	}
	return false
}

func TestWords_usedPlanted(t *testing.T) {
	t.Parallel()
	name := filepath.Join(root, "internal/furnish/furnishweb/locales/en.json")
	if !used(t, name, "Trial.Sending") || used(t, name, "Trial.Nowhere") {
		t.Error("a phrase with a place is not found, or one without is")
	}
}

func TestWords_areSaidPlanted(t *testing.T) {
	t.Parallel()
	got := unsaid(map[string]string{"a": "Comes off on {day}", "b.one": "{n} thing", "b.other": "{n} things", "c": "Never said"}, "It comes. Comes off on 3 May. 2 things")
	if !slices.Equal(got, []string{"c"}) {
		t.Errorf("unsaid: %q", got)
	}
}

// unsaid returns the keys whose phrase is nowhere in a text. Of the forms of a
// plural one is enough.
func unsaid(phrases map[string]string, said string) []string {
	found := map[string]bool{}
	for key, phrase := range phrases {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		var pattern strings.Builder
		last := 0
		for _, at := range regexp.MustCompile(`\{[^}]*\}`).FindAllStringIndex(phrase, -1) {
			pattern.WriteString(regexp.QuoteMeta(phrase[last:at[0]]) + `[^\n]+?`)
			last = at[1]
		}
		pattern.WriteString(regexp.QuoteMeta(strings.TrimRight(phrase[last:], " ")))
		found[base] = found[base] || regexp.MustCompile(pattern.String()).MatchString(said)
	}
	var out []string
	for key, ok := range found {
		if !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// text returns all that a page says, also to those who hear it.
func text(page string) string {
	for _, a := range []string{"aria-label", "data-l"} {
		page = regexp.MustCompile(a+`="([^"]*)"`).ReplaceAllString(page, ">$1<i ")
	}
	page = strings.ReplaceAll(page, "<title>", "<title>\n")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
}

// everyPage returns the text of every page in every state, in one language.
func everyPage(t *testing.T, lang string) []string {
	t.Helper()
	s := serve(t, Options{})
	v := map[int]*visitor{-1: s.visitor(t), Lin: s.as(t, Lin), Empty: s.as(t, Empty), Many: s.as(t, Many), Other: s.as(t, Other)}
	odd := s.rarities(t)
	var out []string
	add := func(a answer) { out = append(out, text(a.body)) }
	for _, p := range pages(s) {
		add(v[p.person].get("/" + lang + p.path))
	}
	at := "/" + lang + "/me/"
	add(v[Lin].get("/" + lang + "/"))
	add(v[Lin].get(at + "records/" + odd.String()))
	for _, who := range []int{Many, Other} {
		add(v[who].get("/" + lang + "/me"))
	}
	add(v[Lin].get(at + "lookups/export"))
	add(v[Lin].get(at + "lookups?before=1763000000000000"))
	form := func(path string, pairs ...string) {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		got := v[Lin].post(path, values)
		add(got)
		if to := got.header.Get("Location"); to != "" {
			add(v[Lin].get(to))
		}
	}
	choice := "sample-bank|loan-application"
	for _, until := range []string{"", s.day(-1).String(), "2099-01-01", s.day(3).String()} {
		form(at+"consents/new", "choice", choice, "until", until)
	}
	form(at+"consents/new", "until", s.day(3).String())
	form(at+"consents/new", "choice", choice, "until", s.day(3).String(), "step", "give")
	add(v[Lin].get(at[:len(at)-1]))
	form(at + "consents/" + s.lin.Stands.String())
	form(at+"settings", "do", "mail", "email", "x")
	form(at+"settings", "do", "mail", "email", "a@example.org", "mail-language", "xx")
	form(at+"settings", "do", "mail", "email", "a@example.org", "mail-language", lang)
	form(at+"settings", "do", "remove")
	form(at+"settings", "do", "language", "language", lang)
	form("/"+lang+"/sandbox/sign-in", "person", "x")
	for _, l := range s.letters.of[s.personOf(t, Lin)] {
		form(at + "notices/" + l.ID.String())
	}
	form(at + "notices/" + s.lin.Plain.String())
	form("/" + lang + "/sign-out")
	add(v[Other].get("/" + lang + "/leave"))
	add(s.visitor(t).get("/" + lang + "/"))
	return append(out, production(t, lang)...)
}

// rarities adds what happens seldom, and returns a record of a type of old.
func (s *site) rarities(t *testing.T) ref.Record {
	t.Helper()
	p := s.personOf(t, Lin)
	old := s.Pack.Today(s.Now)
	s.File(p, with(s.penalty(old.AddYears(-3)), func(e *Entry) { e.Shown = old })) // comes off tonight
	odd := s.File(p, with(s.loan(s.day(-20)), func(e *Entry) { e.Type = "of-old" }))
	for _, amount := range []string{"EUR", "GBP", "HKD", "USD", "JPY"} {
		record := s.File(p, with(s.loan(s.day(-20)), func(e *Entry) { e.Fields["amount_owed"] = "5 " + amount }))
		s.Letter(p, law.Filed, record, s.Now)
		s.letters.of[p][0].OpenedAt = s.Now
	}
	at := func(channel, outcome string) notice.Attempt {
		return notice.Attempt{Channel: channel, Nth: 1, MeantAt: s.Now, Outcome: outcome}
	}
	s.Letter(p, law.BeforeEffect, odd, s.Now, at("email", notice.RefusedBy), at("email", notice.NoAddress), at("email", ""), at("post", notice.HandedOver))
	s.Letter(p, law.BeforeEffect, mint[ref.Record](s.Registry), s.Now)
	s.Letter(p, law.BeforeEffect, s.lin.Penalty, s.Now)
	s.letters.of[p][0].OpenedAt, s.letters.of[p][0].AnswerUntil = s.Now.AddDate(0, 0, -9), s.day(1).Start(s.Pack.Zone) // ends tonight
	s.Letter(p, "of-another-kind", s.lin.Penalty, s.Now)
	other := s.personOf(t, Other)
	s.letters.of[other] = []notice.Owed{{ID: mint[ref.Notice](s.Registry), Person: other, Kind: law.Filed, Record: s.other.Licence, Pack: s.Pack.Version, OwedAt: s.Now}}
	s.Consent(p, consent.Given{Body: mint[ref.Body](s.Registry), Purpose: "of-old", GivenAt: s.Now, UsableFrom: s.Now, Until: s.Now.Add(time.Hour)})
	looked := s.Look(p, inquiry.Look{At: s.Now, Purpose: "loan-application", Basis: inquiry.Statute}, "sample-bank", "", "")
	s.looks.of[p][0].ReplayOf = looked
	s.Letter(s.personOf(t, Many), law.BeforeEffect, odd, s.Now)
	return odd
}

// production returns what only a production site says.
func production(t *testing.T, lang string) []string {
	t.Helper()
	s := serve(t, Options{Production: true, Origin: "https://registry.example.org"})
	v := s.visitor(t)
	return []string{text(v.get("/" + lang + "/sign-in").body)}
}

// nobody is sessions of which one belongs to somebody without a file.
type nobody struct{}

func (nobody) Caller(_ context.Context, secret string, _ time.Time) (webkit.Caller, error) {
	if secret == "" {
		return webkit.Caller{}, fault.New(fault.Unsigned, "E", "")
	}
	return webkit.Caller{Signed: true}, nil
}

func (nobody) End(context.Context, string, time.Time) error { return nil }

// everyFault returns the text of the page of every kind of fault.
func everyFault(t *testing.T, lang string) []string {
	t.Helper()
	s, err := NewRegistry(Options{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]fault.Kind{"a": fault.Internal, "b": fault.Invalid, "c": fault.Unsigned, "d": fault.Forbidden, "e": fault.NotFound,
		"f": fault.Conflict, "g": fault.Refused, "h": fault.Unavailable, "i": fault.TooMany}
	c := webkit.Config{Clock: s.Clock, Chance: s.chance, Log: slog.New(slog.DiscardHandler), Origin: "http://127.0.0.1", Imprint: func(time.Time) webkit.Imprint {
		return webkit.Imprint{Registry: s.Pack.Registry, Contact: s.Pack.Contact}
	},
		Zone: s.Pack.Zone, Sessions: nobody{}}
	for name, kind := range kinds {
		c.Routes = append(c.Routes, webkit.Route{Method: http.MethodGet, Path: "/" + name, Why: "a fault", Serve: func(context.Context, webkit.Visit) (webkit.Reply, error) {
			return nil, fault.New(kind, "E-TEST", "of the inside")
		}})
	}
	// A sandbox without sample people.
	face, err := partyweb.New(partyweb.Config{Service: s.service, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Routes = append(c.Routes, face.SandboxRoutes()...)
	site, err := webkit.New(c)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "sandbox/sign-in"} {
		got := httptest.NewRecorder()
		site.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/"+lang+"/"+name, nil))
		if bytes.Contains(got.Body.Bytes(), []byte("of the inside")) {
			t.Errorf("the page of fault %s shows the inside", name)
		}
		out = append(out, text(got.Body.String()))
	}
	return out
}

package browser

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"recourse/internal/consent"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
)

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
	for _, record := range odd {
		add(v[Lin].get(at + "records/" + record.String()))
	}
	for _, look := range s.looks.of[s.personOf(t, Lin)] {
		if look.Used != nil {
			add(v[Lin].get(at + "lookups/" + look.Access.String()))
		}
	}
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
		form(at+"consents/new", "choice", choice, "until", until, "often", "several")
	}
	form(at+"consents/new", "until", s.day(3).String())
	form(at+"consents/new", "choice", choice, "until", s.day(3).String(), "often", "several", "step", "give")
	add(v[Lin].get(at[:len(at)-1]))
	form(at + "consents/" + s.lin.Stands.String())
	form(at+"settings", "do", "mail", "email", "x")
	form(at+"settings", "do", "mail", "email", "a@example.org", "mail-language", "xx")
	form(at+"settings", "do", "mail", "email", "a@example.org", "mail-language", lang)
	form(at+"settings", "do", "mail", "post", "x", "mail-language", lang)
	form(at+"settings", "do", "remove")
	form(at+"settings", "do", "language", "language", lang)
	s.as(t, Lin) // elsewhere too
	add(v[Lin].get(at + "settings/sign-ins"))
	form(at+"settings/sign-ins", "others", "yes")
	form(at+"settings/sign-ins", "others", "yes")
	add(v[Lin].get(at + "settings/sign-ins"))
	add(v[Lin].get("/" + lang + "/sign-in/again"))
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

// rarities adds what happens seldom, and returns records of it.
func (s *site) rarities(t *testing.T) []ref.Record {
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
	s.Letter(p, law.BeforeEffect, odd, s.Now, at("email", notice.RefusedBy), at("email", notice.NoAddress), at("email", ""), at("post", notice.HandedOver), at("post", ""), at("post", notice.Confirmed), at("email", notice.Bounced))
	s.letters.of[p][0].ConfirmedAt, s.letters.of[p][0].HandedAt, s.letters.of[p][0].ServedAt = s.Now, s.Now.AddDate(0, -2, 0), s.Now.AddDate(0, -1, 0)
	s.Letter(p, law.BeforeEffect, mint[ref.Record](s.Registry), s.Now)
	s.Letter(p, law.BeforeEffect, s.lin.Penalty, s.Now)
	s.letters.of[p][0].OpenedAt, s.letters.of[p][0].AnswerUntil = s.Now.AddDate(0, 0, -9), s.day(1).Start(s.Pack.Zone) // ends tonight
	out := []ref.Record{odd}
	for _, once := range []dossier.AtOnce{{There: true, UnheardUntil: s.day(9)}, {There: true}} {
		out = append(out, s.File(p, with(s.loan(s.day(-20)), func(e *Entry) { e.AtOnce = once })))
	}
	s.Letter(p, law.AtOnce, mint[ref.Record](s.Registry), s.Now)
	s.Letter(p, "of-another-kind", s.lin.Penalty, s.Now)
	other := s.personOf(t, Other)
	s.letters.of[other] = []notice.Owed{{ID: mint[ref.Notice](s.Registry), Person: other, Kind: law.Filed, Record: s.other.Licence, Pack: s.Pack.Version, OwedAt: s.Now}}
	s.Consent(p, consent.Given{Body: mint[ref.Body](s.Registry), Purpose: "of-old", Types: []string{"of-old"}, GivenAt: s.Now, UsableFrom: s.Now, Until: s.Now.Add(time.Hour)})
	looked := s.Look(p, inquiry.Look{At: s.Now, Purpose: "loan-application", Basis: inquiry.Statute}, "sample-bank", "", "")
	s.looks.of[p][0].ReplayOf = looked
	for _, use := range []inquiry.Use{{Effect: inquiry.NoEffect}, {Effect: inquiry.Favourable}, {Effect: inquiry.Adverse, CopyBy: s.day(3)},
		{Effect: inquiry.Adverse, CopyBy: s.day(-1)}, {Effect: inquiry.Adverse, CopyBy: s.day(3), Given: s.Now}} {
		use.At = s.Now
		s.Look(p, inquiry.Look{At: s.Now, Purpose: "loan-application", Basis: inquiry.Consent, Outcome: inquiry.NothingToShow, Used: &use}, "sample-bank", "", "")
	}
	s.Letter(s.personOf(t, Many), law.BeforeEffect, odd, s.Now)
	return out
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
	c.Routes = append(c.Routes, webkit.Route{Method: http.MethodGet, Path: "/mandate", Why: "a fault", Serve: func(context.Context, webkit.Visit) (webkit.Reply, error) {
		return nil, fault.New(fault.Forbidden, "E-NO-MANDATE", "of the inside")
	}})
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
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "mandate", "sandbox/sign-in"} {
		got := httptest.NewRecorder()
		site.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/"+lang+"/"+name, nil))
		if bytes.Contains(got.Body.Bytes(), []byte("of the inside")) {
			t.Errorf("the page of fault %s shows the inside", name)
		}
		out = append(out, text(got.Body.String()))
	}
	return out
}

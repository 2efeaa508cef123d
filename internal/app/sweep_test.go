package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/kit/apikit"
	"recourse/internal/kit/webkit"
)

// TestTown tries in one town what changes nothing in it, and last what may.
func TestTown(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	t.Run("taken along", w.takesAlong)
	t.Run("replayed", w.replayed)
	t.Run("mutants", w.mutants)
	t.Run("forms from elsewhere", w.fromElsewhere)
	t.Run("toured", w.toured)
}

// replayed sends everything that one was shown, links and forms, as everybody
// else: what names a thing of theirs is answered as what does not exist is, byte by
// byte, and is as it was.
func (w *town) replayed(t *testing.T) {
	foreign, tried := 0, 0
	for _, owner := range []string{"person", "other", "clerk", "stranger"} {
		a := w.actors[owner]
		before := w.seen(a)
		for _, name := range []string{"nobody", "nobody known", "person", "other", "clerk", "stranger", "decider", "reviewer", "untrained", "revoked", "leaver"} {
			b := w.actors[name]
			if name == owner || slices.Contains([]string{owner, name}, "clerk") && slices.Contains([]string{owner, name}, "head") {
				continue
			}
			for _, at := range w.shown(a) {
				if !number.MatchString(at) || w.theirs(b, at) {
					continue
				}
				tried++
				if code, is := w.foreign(t, b, "GET", at, nil); is {
					foreign++
					t.Errorf("%s of %s as %s is told from what does not exist: %d", at, owner, name, code)
				}
			}
			for _, f := range a.forms {
				if !number.MatchString(f.to) || w.theirs(b, f.to) {
					continue
				}
				tried++
				if code, is := w.foreign(t, b, "POST", f.to, f.fields); is {
					foreign++
					t.Errorf("the form of %s at %s as %s is told from what does not exist: %d", owner, f.to, name, code)
				}
			}
		}
		if diff := cmp.Diff(before, w.seen(a)); diff != "" {
			t.Errorf("what %s has is not as it was: %s", owner, diff)
		}
	}
	if tried < 200 {
		t.Errorf("only %d requests were sent again", tried)
	}
	own := 0 // control: their own are there
	for _, at := range w.actors["person"].found {
		if number.MatchString(at) && w.send(w.actors["person"], "GET", at, nil).Code == http.StatusOK {
			own++
		}
	}
	if own == 0 {
		t.Error("control: the owner has nothing either")
	}
	t.Logf("%d requests sent again, %d foreign things", tried, foreign)
}

// theirs reports whether somebody was shown the way to what an address names too.
func (w *town) theirs(a *actor, at string) bool {
	return !slices.ContainsFunc(number.FindAllString(at, -1), func(n string) bool { return !slices.Contains(a.numbers(), n) })
}

// seen is what the pages say that somebody was shown. A signed copy bears the instant
// at which it was taken.
func (w *town) seen(a *actor) (out []string) {
	for _, at := range a.found {
		if number.MatchString(at) && !strings.HasSuffix(at, "/copy") {
			out = append(out, bare(w.send(a, "GET", at, nil), at))
		}
	}
	return out
}

// elsewhere are the ways in which a browser says that a form is not of the registry.
func elsewhere() map[string]http.Header {
	return map[string]http.Header{
		"another site":            {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"the same site":           {"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://sub.127.0.0.1"}},
		"an origin alone":         {"Origin": {"https://evil.example"}},
		"no origin":               {"Origin": {"null"}},
		"a name that looks alike": {"Origin": {"http://127.0.0.1.evil.example"}},
		"another port":            {"Origin": {"http://127.0.0.1:8081"}},
		"another scheme":          {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://127.0.0.1"}},
	}
}

// fromElsewhere sends every form of the site from other origins, with the
// session of somebody who may send it.
func (w *town) fromElsewhere(t *testing.T) {
	accepted, tried := 0, 0
	for _, l := range w.lines(t) {
		if !strings.HasPrefix(l.pattern, "POST ") {
			continue
		}
		call := strings.Contains(l.pattern, apikit.Prefix)
		a := w.actors["clerk"]
		if l.who == "person" {
			a = w.actors["person"]
		}
		for name, headers := range elsewhere() {
			tried++
			res := w.send(a, "POST", l.at, url.Values{}, func(r *http.Request) {
				for h := range headers {
					r.Header.Set(h, headers.Get(h))
				}
				if call { // a browser has the session and no token
					r.Header.Del("Authorization")
					r.AddCookie(&http.Cookie{Name: "recourse", Value: a.cookie})
				}
			})
			if call && res.Code != http.StatusUnauthorized || !call && (res.Code != http.StatusForbidden || len(res.Result().Cookies()) > 0) {
				accepted++
				t.Errorf("%s from %s: %d", l.pattern, name, res.Code)
			}
		}
		if res := w.send(a, "POST", l.at, url.Values{"sample": {"x"}}); !call && res.Code == http.StatusForbidden {
			t.Errorf("control: %s from the registry itself: %d", l.pattern, res.Code)
		}
	}
	t.Logf("%d forms from elsewhere, %d accepted", tried, accepted)
}

// mutants takes the check of each page away in turn, as if its row said that
// anybody may come, and looks whether the table finds it: nobody gets another status.
// Where the handler asks for itself who has come, it is refused all the same.
func (w *town) mutants(t *testing.T) {
	caught, twice, made := 0, 0, 0
	for _, l := range w.lines(t) {
		if l.who != "person" && l.who != "clerk" {
			continue
		}
		made++
		handler := w.without(t, l.pattern)
		res := httptest.NewRecorder()
		method, _, _ := strings.Cut(l.pattern, " ")
		r := httptest.NewRequest(method, site+l.at, nil)
		r.Header.Set("Origin", site)
		func() {
			defer func() { _ = recover() }()
			handler.ServeHTTP(res, r)
		}()
		if res.Code == http.StatusUnauthorized {
			twice++
			continue
		}
		caught++
	}
	if caught == 0 || made == 0 {
		t.Error("no mutant is caught")
	}
	t.Logf("%d mutants: %d caught, %d refused by a second check", made, caught, twice)
}

// without is the site with one row for anybody.
func (w *town) without(t *testing.T, pattern string) http.Handler {
	t.Helper()
	c := w.site.Config
	c.Routes, c.Over = w.site.Rows(), nil
	for i, r := range c.Routes {
		if r.Method+" /en"+r.Path == pattern {
			c.Routes[i].Role = webkit.Anyone
		}
	}
	s, err := webkit.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

package webkit

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/redact"
)

const (
	sessionCookie = "recourse"
	langCookie    = "lang"
	wayCookie     = "way"
	guideCookie   = "guide"
	sizeCookie    = "size"
	wayKept       = 10 * time.Minute
	langKept      = 365 * 24 * time.Hour
)

// harden sets the headers that every answer has. The referrer stays inside the
// site instead of being dropped: without it browsers send forms with the origin
// "null", which older ones have nothing else to be told apart by.
func (s *Site) harden(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// cookieName binds a cookie to this host where that can be done.
func (s *Site) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (s *Site) setCookie(w http.ResponseWriter, name, value string, maxAge int, same http.SameSite) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure, SameSite: same,
	})
}

// remember gives the visitor their session, and the language they came in. Ages,
// not instants: the clock of a sandbox may be shifted.
func (s *Site) remember(w http.ResponseWriter, in SignIn, v Visit) {
	same := http.SameSiteLaxMode
	if in.Strict {
		same = http.SameSiteStrictMode
	}
	s.setCookie(w, sessionCookie, in.Secret, int(in.Expires.Sub(v.Now)/time.Second), same)
	if v.Way != (Way{}) {
		s.setCookie(w, wayCookie, "", -1, http.SameSiteLaxMode)
	}
	if in.Guide > 0 {
		s.setCookie(w, guideCookie, strconv.Itoa(in.Guide), int(in.Expires.Sub(v.Now)/time.Second), same)
	}
	s.speak(w, v.Lang)
}

// guided is what stands above the pages of who is guided; nil for everybody else.
func (s *Site) guided(r *http.Request) templ.Component {
	if s.Guide == nil {
		return nil
	}
	c, err := r.Cookie(s.cookieName(guideCookie))
	if err != nil {
		return nil
	}
	step, err := strconv.Atoi(c.Value)
	if err != nil {
		return nil
	}
	st := stateOf(r)
	return s.Guide(st.lang, step, st.now)
}

// setOut gives the visitor what to come back with, in their language. It travels with
// the link by which another site leads them back.
func (s *Site) setOut(w http.ResponseWriter, way Way, lang string) {
	s.speak(w, lang)
	value := way.Secret.Reveal() + "~" + base64.RawURLEncoding.EncodeToString([]byte(way.Next))
	s.setCookie(w, wayCookie, value, int(wayKept/time.Second), http.SameSiteLaxMode)
}

// way reads what the visitor came back with.
func (s *Site) way(r *http.Request) Way {
	c, err := r.Cookie(s.cookieName(wayCookie))
	if err != nil {
		return Way{}
	}
	secret, next, _ := strings.Cut(c.Value, "~")
	path, err := base64.RawURLEncoding.DecodeString(next)
	if err != nil {
		return Way{}
	}
	return Way{Secret: redact.Of(secret), Next: LocalPath(string(path), "")}
}

func (s *Site) speak(w http.ResponseWriter, lang string) {
	s.setCookie(w, langCookie, lang, int(langKept/time.Second), http.SameSiteLaxMode)
}

// enlarge keeps the size of text that somebody chose who is signed in; the usual one
// needs no cookie.
func (s *Site) enlarge(w http.ResponseWriter, size int) {
	if size == Sizes()[0] {
		s.setCookie(w, sizeCookie, "", -1, http.SameSiteLaxMode)
		return
	}
	s.setCookie(w, sizeCookie, strconv.Itoa(size), int(langKept/time.Second), http.SameSiteLaxMode)
}

// sizeOf is how large somebody wants text, in percent. Who is not signed in has no
// cookie, and chooses in their browser.
func (s *Site) sizeOf(r *http.Request, c Caller) int {
	if cookie, err := r.Cookie(s.cookieName(sizeCookie)); err == nil && c.Signed {
		if size, err := strconv.Atoi(cookie.Value); err == nil && slices.Contains(Sizes(), size) {
			return size
		}
	}
	return Sizes()[0]
}

// forget takes all cookies away.
func (s *Site) forget(w http.ResponseWriter) {
	s.setCookie(w, sessionCookie, "", -1, http.SameSiteLaxMode)
	s.setCookie(w, langCookie, "", -1, http.SameSiteLaxMode)
	s.setCookie(w, sizeCookie, "", -1, http.SameSiteLaxMode)
	if s.Guide != nil {
		s.setCookie(w, guideCookie, "", -1, http.SameSiteLaxMode)
	}
}

// spoken returns the language that a visitor wants: their own choice, else what
// their browser asks for, else the first of Langs.
func (s *Site) spoken(r *http.Request) string {
	if c, err := r.Cookie(s.cookieName(langCookie)); err == nil && slices.Contains(Langs(), c.Value) {
		return c.Value
	}
	best, most := Langs()[0], 0.0
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		base, _, _ := strings.Cut(strings.ToLower(name), "-")
		q := 1.0
		if w, ok := strings.CutPrefix(strings.TrimSpace(weight), "q="); ok {
			if parsed, err := strconv.ParseFloat(w, 64); err == nil {
				q = parsed
			}
		}
		if q > most && slices.Contains(Langs(), base) {
			best, most = base, q
		}
	}
	return best
}

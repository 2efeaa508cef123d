package webkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/ref"
)

var (
	errNoRoute = fault.New(fault.NotFound, "E-PAGE", "There is nothing at this address.")
	errDesk    = fault.New(fault.Forbidden, noMandate, "You have no mandate for this today. Nothing was done.")
	errSession = fault.New(fault.Unsigned, "E-SESSION", "You are not signed in.")
)

// noMandate is the code of the fault of who is known and works elsewhere.
const noMandate = "E-NO-MANDATE"

// state is what travels with a request through the site.
type state struct {
	lang   string
	number string // for the log and the person, to find one by the other
	now    time.Time
	caller Caller
	role   Role // of the route
	kept   bool // what was sent is kept as a draft
}

type stateKey struct{}

func stateOf(r *http.Request) *state { return r.Context().Value(stateKey{}).(*state) }

// ServeHTTP serves a page, a form, or a static file.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := clock.Stopwatch()
	s.harden(w.Header())
	if strings.HasPrefix(r.URL.Path, staticPath) {
		s.assets.ServeHTTP(w, r)
		return
	}
	lang, rest, ok := split(r.URL)
	if !ok {
		s.toLanguage(w, r)
		return
	}
	st := &state{lang: lang, number: s.number(), now: s.Clock.Now()}
	seen := &status{ResponseWriter: w}
	below := r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
	below.URL = rest
	defer s.finish(seen, below, start)
	if path.Clean(rest.Path) != rest.Path {
		s.fault(seen, below, errNoRoute)
		return
	}
	s.mux.ServeHTTP(seen, below)
}

// finish catches a panic and writes the line of the access log. The path, the
// query and the person are no part of it.
func (s *Site) finish(w *status, r *http.Request, start time.Time) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			panic(p)
		}
		s.Log.Error("a page panicked", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()), "request", stateOf(r).number)
		if w.code == 0 {
			s.fault(w, r, fault.Of(nil))
		}
	}
	method := r.Method
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		method = "other"
	}
	s.Log.Info("page", "route", r.Pattern, "method", method, "status", w.code,
		"duration_ms", clock.Since(start).Milliseconds(), "request", stateOf(r).number)
}

// split parts an address into its language and the rest.
func split(u *url.URL) (string, *url.URL, bool) {
	for _, lang := range Langs() {
		if rest, ok := strings.CutPrefix(u.Path, "/"+lang); ok && strings.HasPrefix(rest, "/") {
			below := *u
			below.Path, below.RawPath = rest, strings.TrimPrefix(u.RawPath, "/"+lang)
			return lang, &below, true
		}
	}
	return "", nil, false
}

// toLanguage sends a page without a language to the same page with one. The
// answer is never kept, since it depends on who asks.
func (s *Site) toLanguage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasPrefix(r.URL.Path, "//") {
		http.NotFound(w, r)
		return
	}
	lang := s.spoken(r)
	if r.URL.Path == "/"+lang || r.URL.Path == "/"+other(lang) {
		http.Redirect(w, r, r.URL.Path+"/", http.StatusSeeOther)
		return
	}
	target := url.URL{Path: "/" + lang + r.URL.Path, RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

// endpoint serves one route.
type endpoint struct {
	site  *Site
	route Route
}

func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.route.Upload == 0 { // the pieces of an upload have a deadline, the whole has none
		ctx, cancel := context.WithTimeout(r.Context(), e.site.Deadline)
		defer cancel()
		r = r.WithContext(ctx)
	}
	visit, err := e.site.visit(w, r, e.route)
	if err != nil {
		e.site.unserved(w, r, e.route, err)
		return
	}
	if e.site.stale(visit, e.route) {
		e.site.again(w, r, visit)
		return
	}
	reply, err := e.route.Serve(r.Context(), visit)
	if err != nil {
		e.site.fault(w, r, err)
		return
	}
	e.site.answer(w, r, visit, reply)
}

// unserved answers who gets no further. What somebody sent whose session has ended
// meanwhile is kept until they have signed in again.
func (s *Site) unserved(w http.ResponseWriter, r *http.Request, route Route, err error) {
	if r.Method == http.MethodPost && route.Upload == 0 && fault.Of(err).Kind == fault.Unsigned {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		stateOf(r).kept = r.ParseForm() == nil && s.keepDraft(w, r, r.PostForm)
	}
	s.fault(w, r, err)
}

// visit reads a request up to the point at which a handler can take it. Who sent
// a form from elsewhere, or needs to sign in first, gets no further.
func (s *Site) visit(w http.ResponseWriter, r *http.Request, route Route) (Visit, error) {
	st := stateOf(r)
	st.role = route.Role
	if err := s.origin.Check(r); err != nil {
		return Visit{}, fault.New(fault.Forbidden, "E-ORIGIN", "The form was sent from elsewhere. Nothing was done.").Because(err)
	}
	caller, err := s.caller(r, st.now)
	if err == nil && !caller.plays(route.Role) {
		err = errSession
	}
	if err != nil && route.Role != Anyone {
		return Visit{}, err
	}
	st.caller = caller
	if !caller.Works(route.Desk) {
		return Visit{}, errDesk
	}
	v := Visit{Caller: caller, Lang: st.lang, Device: device(r.UserAgent()), Way: s.way(r), Size: s.sizeOf(r, caller), Contact: s.Imprint(st.now).Contact[st.lang], Now: st.now, Dates: s.dates(st.lang), Path: r.URL.Path, param: r.PathValue, saved: s.Saved, w: s.words.In(st.lang)}
	if v.Query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return Visit{}, unreadable(err)
	}
	return v, s.form(w, r, route, &v)
}

// form reads the form of a POST, or opens an upload.
func (s *Site) form(w http.ResponseWriter, r *http.Request, route Route, v *Visit) (err error) {
	switch {
	case r.Method != http.MethodPost:
	case route.Upload > 0:
		r.Body = http.MaxBytesReader(w, chunks{r.Body, http.NewResponseController(w), s.Deadline}, route.Upload+maxForm)
		v.Parts, err = r.MultipartReader()
	default:
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err = r.ParseForm()
		v.Form = r.PostForm
	}
	if err != nil {
		return unreadable(err)
	}
	return nil
}

// chunks is a body of which each piece must come in time.
type chunks struct {
	io.ReadCloser
	control *http.ResponseController
	wait    time.Duration
}

// Read is io.Reader.
func (p chunks) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(clock.Stopwatch().Add(p.wait)) // a recorder in a test has none
	n, err := p.ReadCloser.Read(b)
	if err != nil {
		_ = p.control.SetReadDeadline(time.Time{}) // what is left to do has its own time
	}
	return n, err
}

func unreadable(err error) error {
	return fault.New(fault.Invalid, "E-FORM", "The form or the address cannot be read. Nothing was done.").Because(err)
}

// caller returns who holds the session in the cookie. Without one it is nobody,
// and an Unsigned fault for routes that need a person.
func (s *Site) caller(r *http.Request, now time.Time) (Caller, error) {
	cookie, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil || cookie.Value == "" {
		return Caller{}, errSession
	}
	caller, err := s.Sessions.Caller(r.Context(), cookie.Value, now)
	if err != nil {
		return Caller{}, err
	}
	caller.Signed = true
	return caller, nil
}

func (s *Site) dates(lang string) Dates { return Dates{Lang: lang, Zone: s.Zone} }

// number draws the reference number of a request.
func (s *Site) number() string {
	id, err := ref.Mint[ref.Event](s.Chance)
	if err != nil {
		return "0000-0000" // a page is worth more than its number
	}
	text := id.String()
	return text[2:6] + "-" + text[6:10]
}

// leave ends the session and leads elsewhere at once. Who follows a link from
// another site to here keeps the session: only their own click ends it.
func (s *Site) leave(w http.ResponseWriter, r *http.Request) {
	site := r.Header.Get("Sec-Fetch-Site")
	if cookie, err := r.Cookie(s.cookieName(sessionCookie)); err == nil && (site == "" || site == "none" || site == "same-origin") {
		if err := s.Sessions.End(r.Context(), cookie.Value, stateOf(r).now); err != nil {
			s.Log.Error("a session could not be ended", "error", err, "request", stateOf(r).number)
		}
		s.forget(w)
	}
	if s.Leave != "" {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, s.Leave, http.StatusSeeOther)
		return
	}
	st := stateOf(r)
	s.render(w, r, http.StatusOK, leftPage(s.words.In(st.lang), st.lang))
}

// status notes the status that an answer has.
type status struct {
	http.ResponseWriter
	code int
}

// WriteHeader notes the status and passes it on.
func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Write passes bytes on; the first ones mean status 200.
func (s *status) Write(b []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what is inside.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// late reports whether an error is only that the time of the request ran out.
func late(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

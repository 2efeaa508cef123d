package webkit

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"recourse/internal/fault"
)

// answer writes what a handler replied.
func (s *Site) answer(w http.ResponseWriter, r *http.Request, v Visit, reply Reply) {
	switch reply := reply.(type) {
	case Page:
		swap := url.URL{Path: "/" + other(v.Lang) + v.Path}
		if r.Method != http.MethodPost {
			swap.RawQuery = r.URL.RawQuery
		}
		if reply.Way != (Way{}) {
			s.setOut(w, reply.Way, v.Lang)
		}
		s.page(w, r, reply, swap.String())
	case See:
		redirect(w, r, v.Href(reply.Path))
	case File:
		w.Header().Set("Content-Disposition", `attachment; filename="`+reply.Name+`"`)
		s.write(w, r, http.StatusOK, reply.Type, reply.Data)
	case Stream:
		s.stream(w, r, reply)
	case SignIn:
		s.remember(w, reply, v)
		redirect(w, r, LocalPath(reply.Path, v.Href("/")))
	case Away:
		s.setOut(w, reply.Way, v.Lang)
		redirect(w, r, reply.URL)
	case SignOut:
		s.forget(w)
		redirect(w, r, v.Href(reply.Path))
	case Speak:
		s.speak(w, reply.Lang)
		redirect(w, r, "/"+reply.Lang+reply.Path)
	case Enlarge:
		if v.Signed && slices.Contains(Sizes(), reply.Size) {
			s.enlarge(w, reply.Size)
		}
		redirect(w, r, v.Href(reply.Path))
	default:
		s.fault(w, r, fmt.Errorf("a handler of %s replied nothing", r.Pattern))
	}
}

func redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// LocalPath returns path where it leads to a page of this site in one of its
// languages, else instead. It keeps a sign-in from sending people elsewhere.
func LocalPath(path, instead string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsAny(path, "\\\r\n\t") {
		return instead
	}
	if _, _, ok := split(u); !ok {
		return instead
	}
	return path
}

// page renders a page inside the shell.
func (s *Site) page(w http.ResponseWriter, r *http.Request, p Page, swap string) {
	code := http.StatusOK
	if len(p.Mend) > 0 {
		code = http.StatusUnprocessableEntity
	}
	s.render(w, r, code, document(s.shell(r, p, swap)))
}

// shell puts together what stands around a page.
func (s *Site) shell(r *http.Request, p Page, swap string) shell {
	st := stateOf(r)
	d, imprint := s.dates(st.lang), s.Imprint(st.now)
	sh := shell{
		Page: p, w: s.words.In(st.lang), lang: st.lang, swap: swap,
		registry: imprint.Registry[st.lang], contact: imprint.Contact[st.lang], version: imprint.Version,
		css: s.assets.path("rc.css"), js: s.assets.path("rc.js"), icon: s.assets.inline("icon.svg"), script: s.assets.path(p.Script),
		size: s.sizeOf(r, st.caller), signed: st.caller.Signed, door: !strings.Contains(r.URL.Path, "sign-in"), sandbox: s.Sandbox, clerk: !st.caller.Clerk.IsZero(),
		guide: s.guided(r), dates: d, at: d.Instant(st.now), offset: d.Offset(st.now),
	}
	for _, item := range s.navOf(st.caller) {
		sh.nav = append(sh.nav, Link{Path: item.Path, Text: item.Label[st.lang]})
	}
	for _, item := range s.Foot {
		sh.foot = append(sh.foot, Link{Path: item.Path, Text: item.Label[st.lang]})
	}
	if s.Sandbox && s.Clock.Shifted() != 0 {
		today := d.Of(st.now)
		sh.set = &today
	}
	return sh
}

// navOf returns the main navigation of a caller; nobody has none.
func (s *Site) navOf(c Caller) []NavItem {
	switch {
	case c.plays(Clerk):
		return slices.DeleteFunc(slices.Clone(s.Desk), func(i NavItem) bool { return !c.Works(i.Desk) })
	case c.plays(Person):
		return s.Nav
	}
	return nil
}

// render writes a component to its end before the first byte leaves.
func (s *Site) render(w http.ResponseWriter, r *http.Request, code int, c templ.Component) {
	var out bytes.Buffer
	// The deadline is for use cases: a page that says it has passed must still be written.
	if err := c.Render(context.WithoutCancel(r.Context()), &out); err != nil {
		s.Log.Error("a page cannot be rendered", "error", err, "route", r.Pattern, "request", stateOf(r).number)
		http.Error(w, "E-INTERNAL "+stateOf(r).number, http.StatusInternalServerError)
		return
	}
	s.write(w, r, code, "text/html; charset=utf-8", out.Bytes())
}

// write sends bytes, compressed where the visitor's browser takes it.
func (s *Site) write(w http.ResponseWriter, r *http.Request, code int, mediaType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1024 && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = s.zip(body, stateOf(r).caller.Signed)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who has gone away cannot be told
	}
}

// stream sends a download piece by piece.
func (s *Site) stream(w http.ResponseWriter, r *http.Request, d Stream) {
	defer func() { _ = d.Body.Close() }()
	h := w.Header()
	h.Set("Content-Disposition", `attachment; filename="`+d.Name+`"`)
	h.Set("Content-Type", d.Type)
	if d.Size >= 0 {
		h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	}
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(w, d.Body); err != nil {
		s.Log.Warn("a download broke off", "route", r.Pattern, "request", stateOf(r).number)
		panic(http.ErrAbortHandler)
	}
}

func (s *Site) zip(body []byte, signed bool) []byte {
	pool := &s.zippers[0]
	if signed {
		pool = &s.zippers[1]
	}
	z := pool.Get().(*gzip.Writer)
	defer pool.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

func takesGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// fault writes the page for an error. Its kind decides everything, so that what
// is not there and what is not the caller's are the same bytes.
func (s *Site) fault(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.Of(err)
	if late(err) && f.Kind == fault.Internal {
		f = fault.New(fault.Unavailable, "E-LATE", "The time for an answer ran out. Nothing was lost.").Because(err)
	}
	st := stateOf(r)
	if st.caller == (Caller{}) && f.Kind != fault.Unsigned { // what no route claims has not asked yet who is there
		st.caller, _ = s.caller(r, st.now)
	}
	code, word, number := statusOf(f.Kind), s.words.In(st.lang).Faults.of(f.Kind), ""
	if f.Code == noMandate {
		word = s.words.In(st.lang).Faults.Mandate
	}
	if code >= http.StatusInternalServerError {
		number = st.number
		s.Log.Error("a page failed", "code", f.Code, "error", errors.Unwrap(f), "route", r.Pattern, "request", number)
	}
	if f.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", "60")
	}
	sh := s.shell(r, Page{Title: word.Title.String()}, "/"+other(st.lang)+"/")
	sh.Content = faultPage(sh, word, s.wayOut(r, f.Kind), number, st.kept)
	s.render(w, r, code, document(sh))
}

// wayOut is the one link of an error page.
func (s *Site) wayOut(r *http.Request, k fault.Kind) Link {
	st := stateOf(r)
	w := s.words.In(st.lang)
	here := url.URL{Path: "/" + st.lang + r.URL.Path}
	if r.Method != http.MethodPost {
		here.RawQuery = r.URL.RawQuery
	}
	if st.kept {
		here = url.URL{Path: "/" + st.lang + resumePath}
	}
	switch k {
	case fault.Unsigned:
		door := "/sign-in"
		if st.role == Clerk {
			door = "/clerk/sign-in"
		}
		return Link{Path: "/" + st.lang + door + "?next=" + url.QueryEscape(here.String()), Text: w.SignIn.String()}
	case fault.Unavailable, fault.Internal, fault.TooMany, fault.Conflict, fault.Forbidden:
		return Link{Path: here.String(), Text: w.Again.String()}
	}
	if nav := s.navOf(st.caller); len(nav) > 0 {
		return Link{Path: "/" + st.lang + nav[0].Path, Text: w.Home.String()}
	}
	return Link{Path: "/" + st.lang + "/", Text: w.Home.String()}
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.Unsigned:
		return http.StatusUnauthorized
	case fault.Forbidden, fault.Refused:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func (f faultWords) of(k fault.Kind) faultWord {
	switch k {
	case fault.Invalid:
		return f.Invalid
	case fault.Unsigned:
		return f.Unsigned
	case fault.Forbidden:
		return f.Forbidden
	case fault.NotFound:
		return f.NotFound
	case fault.Conflict:
		return f.Conflict
	case fault.Refused:
		return f.Refused
	case fault.TooMany:
		return f.TooMany
	case fault.Unavailable:
		return f.Unavailable
	}
	return f.Internal
}

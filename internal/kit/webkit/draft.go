package webkit

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"recourse/internal/fault"
)

// Drafts keep what somebody wrote into a form when their session had ended, or when
// they were asked to prove anew who they are. What is kept is sealed: the key is in the
// browser alone.
type Drafts interface {
	// Keep keeps a sealed draft of whom a session is or was, for half an hour. False where
	// nobody is known by the session.
	Keep(ctx context.Context, session string, id [32]byte, sealed []byte, now time.Time) (bool, error)
	// Find returns a draft of the caller.
	Find(ctx context.Context, c Caller, id [32]byte, now time.Time) ([]byte, bool, error)
}

const (
	draftCookie = "draft"
	draftKept   = 30 * time.Minute
	resumePath  = "/resume"
)

// Always is a Fresh that asks for a proof whatever the form says.
func Always(url.Values) bool { return true }

// stale reports whether a visit asks for what matters with a proof that is too old.
func (s *Site) stale(v Visit, route Route) bool {
	return s.Fresh > 0 && route.Fresh != nil && v.Signed && v.Now.Sub(v.Proved) > s.Fresh && route.Fresh(v.Form)
}

// again asks the visitor to prove anew who they are, and leads back: to the page, or to
// the form with what was written.
func (s *Site) again(w http.ResponseWriter, r *http.Request, v Visit) {
	next := url.URL{Path: v.Href(v.Path), RawQuery: r.URL.RawQuery}
	if r.Method == http.MethodPost {
		next.RawQuery = ""
		if s.keepDraft(w, r, v.Form) {
			next.Path = v.Href(resumePath)
		}
	}
	redirect(w, r, v.Href("/sign-in/again")+"?next="+url.QueryEscape(next.String()))
}

// draft is a form as it was sent.
type draft struct {
	Path string // with its language
	Form url.Values
}

// keepDraft keeps a form, and gives the browser what opens it. It reports whether it is
// kept; where it cannot be, the visitor is no worse off than before.
func (s *Site) keepDraft(w http.ResponseWriter, r *http.Request, form url.Values) bool {
	session, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil || s.Drafts == nil || len(form) == 0 {
		return false
	}
	st := stateOf(r)
	var key [32]byte
	plain, err := json.Marshal(draft{Path: "/" + st.lang + r.URL.Path, Form: form})
	if err == nil {
		_, err = io.ReadFull(s.Chance, key[:])
	}
	kept := false
	if err == nil {
		kept, err = s.Drafts.Keep(r.Context(), session.Value, draftID(key), sealer(key).Seal(nil, make([]byte, 12), plain, nil), st.now)
	}
	if err != nil {
		s.Log.Error("a draft could not be kept", "error", err, "request", st.number)
		return false
	}
	if kept {
		s.setCookie(w, draftCookie, base64.RawURLEncoding.EncodeToString(key[:]), int(draftKept/time.Second), http.SameSiteLaxMode)
	}
	return kept
}

// draftID is by what a draft is found: it says nothing of the key.
func draftID(key [32]byte) [32]byte { return sha256.Sum256(append([]byte("draft"), key[:]...)) }

// sealer seals one draft: a key is used once, so that the nonce may be zero.
func sealer(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has blocks of 16 bytes
	}
	return gcm
}

// findDraft returns the draft that the visitor's browser opens; false where there is
// none, or it is somebody else's.
func (s *Site) findDraft(r *http.Request, c Caller) (d draft, found bool, err error) {
	cookie, err := r.Cookie(s.cookieName(draftCookie))
	if err != nil || s.Drafts == nil {
		return d, false, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cookie.Value)
	if err != nil || len(raw) != 32 {
		return d, false, nil
	}
	key := [32]byte(raw)
	sealed, found, err := s.Drafts.Find(r.Context(), c, draftID(key), stateOf(r).now)
	if err != nil || !found {
		return d, false, err
	}
	plain, err := sealer(key).Open(nil, make([]byte, 12), sealed, nil)
	if err == nil {
		err = json.Unmarshal(plain, &d)
	}
	return d, err == nil && LocalPath(d.Path, "") != "", err
}

// resume shows what was written before the visitor signed in again, to be sent now.
func (s *Site) resume(w http.ResponseWriter, r *http.Request) {
	st := stateOf(r)
	caller, err := s.caller(r, st.now)
	if err != nil {
		s.fault(w, r, errSession)
		return
	}
	st.caller = caller
	d, found, err := s.findDraft(r, caller)
	if err != nil {
		s.fault(w, r, err)
		return
	}
	if !found {
		s.fault(w, r, errNoDraft)
		return
	}
	words := s.words.In(st.lang)
	s.page(w, r, Page{Title: words.Resume.Title.String(), Content: resumePage(words, d)}, "/"+other(st.lang)+resumePath)
}

var errNoDraft = fault.New(fault.NotFound, "E-DRAFT-GONE", "Nothing that was written is kept any more.")

// names are the fields of a draft, in order.
func (d draft) names() (out []string) {
	for name := range d.Form {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// written are the texts in a draft that somebody wrote, not chose.
func (d draft) written() (out []string) {
	for _, name := range d.names() {
		for _, text := range d.Form[name] {
			if strings.ContainsAny(strings.TrimSpace(text), " \n，。") {
				out = append(out, text)
			}
		}
	}
	return out
}

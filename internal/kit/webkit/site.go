package webkit

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/kit/clock"
	"recourse/internal/ref"
)

// Sessions finds and ends sign-ins.
type Sessions interface {
	// Caller returns who holds a session. An unknown or ended one is a fault of
	// kind Unsigned.
	Caller(ctx context.Context, secret string, now time.Time) (Caller, error)
	// End ends a session; an unknown one is no error.
	End(ctx context.Context, secret string, now time.Time) error
}

// Config is what a site is made of. All fields are needed but Sandbox, Leave,
// Nav, Desk, Foot, Static, Over, Deadline, Fresh, Drafts, Guide and Saved.
type Config struct {
	Clock    *clock.Clock
	Chance   ref.Minter // for the reference numbers of requests
	Log      *slog.Logger
	Origin   string // e.g. "https://registry.example.org"; plain http only on a loopback address
	Sandbox  bool   // says on every page that the people are made up
	Imprint  func(now time.Time) Imprint
	Leave    string // where "leave quickly" leads, an address elsewhere; empty: an empty page of this site
	Zone     *time.Location
	Sessions Sessions
	Nav      []NavItem // for the signed-in person, in order
	Desk     []NavItem // for the signed-in clerk, in order
	Foot     []NavItem // for everybody, below each page
	Static   []fs.FS   // files that pages load besides those of the site, by names that nobody else has
	Routes   []Route
	Over     []Overview    // pages over several rooms
	Deadline time.Duration // of one request; 10 s where it is 0
	Fresh    time.Duration // how long a proof of who somebody is counts for what matters; for ever where it is 0
	Drafts   Drafts        // nil where none are kept

	// Guide is what stands above each page of who signed in with SignIn.Guide, at that
	// step, until they sign out; nil where nobody is guided.
	Guide func(lang string, step int, now time.Time) templ.Component

	// Saved returns what a clerk saved of a list, in the order of its names; nil where
	// nothing is kept.
	Saved func(ctx context.Context, c Caller, list string) ([]Saved, error)
}

// Imprint is what stands around every page, as it holds at an instant.
type Imprint struct {
	Registry map[string]string // name of the registry, by language
	Contact  map[string]string // how to reach a person, by language
	Version  string            // of the pack in force, for prints
}

// whole reports whether an imprint says everything in every language.
func (i Imprint) whole() bool {
	for _, lang := range Langs() {
		if i.Registry[lang] == "" || i.Contact[lang] == "" {
			return false
		}
	}
	return true
}

// Site serves the pages. It is safe for concurrent use.
type Site struct {
	Config
	words   Words[shellWords]
	mux     *http.ServeMux
	origin  *http.CrossOriginProtection
	secure  bool // cookies travel over TLS only
	assets  *assets
	zippers [2]sync.Pool
}

// zipLevels are how hard a page is compressed: those that everybody reads, which are
// long, and those of who is signed in, at a third of the time for each byte.
func zipLevels() [2]int { return [2]int{gzip.DefaultCompression, 2} }

const (
	defaultDeadline = 10 * time.Second
	maxForm         = 64 << 10 // bytes of a form
)

// New checks a Config and returns the site, or says what is missing.
func New(c Config) (*Site, error) {
	if c.Clock == nil || c.Chance == nil || c.Log == nil || c.Zone == nil || c.Sessions == nil || c.Imprint == nil {
		return nil, errors.New("webkit: Clock, Chance, Log, Zone, Sessions and Imprint are needed")
	}
	if !c.Imprint(c.Clock.Now()).whole() {
		return nil, errors.New("webkit: the name of the registry and how to reach a person are needed in every language")
	}
	if c.Deadline == 0 {
		c.Deadline = defaultDeadline
	}
	s := &Site{Config: c, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	var err error
	if s.secure, err = secureOrigin(c.Origin); err != nil {
		return nil, err
	}
	if err := s.origin.AddTrustedOrigin(c.Origin); err != nil {
		return nil, fmt.Errorf("webkit: the origin: %w", err)
	}
	if s.words, err = LoadWords[shellWords](localeFiles); err != nil {
		return nil, err
	}
	if s.assets, err = loadAssets(c.Static); err != nil {
		return nil, err
	}
	for i, level := range zipLevels() {
		s.zippers[i].New = func() any {
			z, _ := gzip.NewWriterLevel(io.Discard, level) // the levels exist
			return z
		}
	}
	return s, s.register()
}

// Rows returns every route, those of overviews too.
func (s *Site) Rows() []Route {
	rows := slices.Clone(s.Routes)
	for _, o := range s.Over {
		rows = append(rows, o.route())
	}
	return rows
}

// register fills the mux. What no row claims is not there.
func (s *Site) register() error {
	seen := map[string]bool{}
	for _, r := range s.Rows() {
		pattern := r.Method + " " + r.Path
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodPost:
			return fmt.Errorf("webkit: route %s is neither GET nor POST", pattern)
		case r.Why == "" || r.Serve == nil:
			return fmt.Errorf("webkit: route %s does not say why, or serves nothing", pattern)
		case seen[pattern]:
			return fmt.Errorf("webkit: route %s stands twice", pattern)
		}
		seen[pattern] = true
		if r.Path == "/" {
			pattern += "{$}"
		}
		s.mux.Handle(pattern, endpoint{s, r})
	}
	s.mux.HandleFunc("GET /leave", s.leave)
	s.mux.HandleFunc("GET "+resumePath, s.resume)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.fault(w, r, errNoRoute) })
	return nil
}

// secureOrigin reports whether the site is reached over TLS. Plain http is
// allowed on a loopback address only, where nobody else listens.
func secureOrigin(origin string) (bool, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return false, fmt.Errorf("webkit: the origin must be like https://registry.example.org, without a path")
	}
	ip := net.ParseIP(u.Hostname())
	switch {
	case u.Scheme == "https":
		return true, nil
	case u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()):
		return false, nil
	}
	return false, fmt.Errorf("webkit: the origin %s is not protected: use https, or a loopback address", u.Scheme+"://"+u.Host)
}

package apikit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
	"recourse/internal/kit/spool"
	"recourse/internal/ref"
)

// Config is what an API is made of. All fields are needed but Origin, Secure,
// Deadline, Chunk, Throttle, Observe, Keys and Aside.
type Config struct {
	Clock    *clock.Clock
	Chance   ref.Minter // for the numbers of requests
	Log      *slog.Logger
	Signer   *signkit.Signer
	Title    string                                         // of the document
	Version  string                                         // of the program, for the document
	Origin   string                                         // scheme and host by which it is reached; empty: as each request says
	Secure   bool                                           // reached over TLS: browsers are told to stay there
	Deadline time.Duration                                  // of one call, and of reading its body; 10 s where it is 0
	Chunk    time.Duration                                  // how long one piece of a stream may take to come; 30 s where it is 0
	Throttle *Throttle                                      // of the calls of holders; nil: as many as come
	Observe  func(route, status string, took time.Duration) // for metrics; route is a pattern, or "none"
	Keys     Keys                                           // that callers sign with; nil: no signature is taken
	Aside    func() (*spool.File, error)                    // where the body of a signed stream is kept until its digest was checked
	Routes   []Route
}

const (
	defaultDeadline = 10 * time.Second
	defaultChunk    = 30 * time.Second
)

// API serves the calls below Prefix, the document at openapi.json there, and the
// keys of its signatures at KeysPath. It is safe for concurrent use.
type API struct {
	Config
	mux      *http.ServeMux
	routes   []Route
	spec     *huma.OpenAPI
	document []byte
}

type limits struct{ whole, chunk time.Duration }

// KeysPath is where the public keys of signatures are.
const KeysPath = "/.well-known/recourse-keys.json"

const documentPath = "/openapi.json"

// New checks a Config and returns the API, or says what is wrong with it.
func New(c Config) (*API, error) {
	if c.Clock == nil || c.Chance == nil || c.Log == nil || c.Signer == nil || c.Title == "" || c.Version == "" {
		return nil, errors.New("apikit: Clock, Chance, Log, Signer, Title and Version are needed")
	}
	if c.Deadline == 0 {
		c.Deadline = defaultDeadline
	}
	if c.Chunk == 0 {
		c.Chunk = defaultChunk
	}
	a := &API{Config: c, mux: http.NewServeMux()}
	a.routes = append(slices.Clone(c.Routes), a.own()...)
	var err error
	if a.spec, err = document(c, a.routes); err != nil {
		return nil, err
	}
	if a.document, err = json.Marshal(a.spec); err != nil {
		return nil, fmt.Errorf("apikit: writing the document: %w", err)
	}
	return a, a.register()
}

// Routes returns every row, those of the kit too.
func (a *API) Routes() []Route { return slices.Clone(a.routes) }

// Document returns the OpenAPI document.
func (a *API) Document() []byte { return slices.Clone(a.document) }

// own are the routes of the kit itself.
func (a *API) own() []Route {
	keys := a.Signer.KeySet()
	return []Route{{
		Method: http.MethodGet, Path: documentPath, Who: Anyone, Why: "This document.",
		Serve: ForAnyone(func(context.Context, *Call) (Reply, error) {
			return Reply{Body: a.document, Tag: tagOf(a.document)}, nil
		}),
		Doc: Doc{ID: "document", Answers: []Answer{{Status: 200, Why: "An OpenAPI 3.1 document.", Of: map[string]any{}}}},
	}, {
		Method: http.MethodGet, Path: KeysPath, Who: Anyone, Why: "The public keys that answers are signed with.", root: true,
		Serve: ForAnyone(func(context.Context, *Call) (Reply, error) { return Kept(keys) }),
		Doc:   Doc{ID: "keys", Answers: []Answer{{Status: 200, Why: "A JSON Web Key Set (RFC 7517, RFC 8037).", Of: signkit.KeySet{}}}},
	}}
}

// register fills the mux. What no row claims is not there.
func (a *API) register() error {
	allowed := map[string][]string{}
	for i := range a.routes {
		r := &a.routes[i]
		_, where, _ := strings.Cut(r.Pattern(), " ")
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodPost:
			return fmt.Errorf("apikit: route %s is neither GET nor POST", r.Pattern())
		case r.Why == "" || r.Serve.serve == nil:
			return fmt.Errorf("apikit: route %s does not say why, or serves nothing", r.Pattern())
		case r.Who != r.Serve.who:
			return fmt.Errorf("apikit: route %s says %s, and its handler is for %s", r.Pattern(), r.Who, r.Serve.who)
		case slices.Contains(allowed[where], r.Method):
			return fmt.Errorf("apikit: route %s stands twice", r.Pattern())
		}
		allowed[where] = append(allowed[where], r.Method)
		a.mux.HandleFunc(r.Pattern(), func(w http.ResponseWriter, req *http.Request) { a.serve(w, req, r, nil) })
	}
	for where, methods := range allowed {
		allow := http.Header{"Allow": {strings.Join(methods, ", ")}}
		a.mux.HandleFunc(where, func(w http.ResponseWriter, req *http.Request) {
			a.serve(w, req, refusal(errMethod), allow)
		})
	}
	a.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { a.serve(w, req, refusal(errNoRoute), nil) })
	return nil
}

// refusal is the route of requests that no row takes.
func refusal(err error) *Route {
	return &Route{Who: Anyone, Serve: Handler{Anyone, func(context.Context, *Call) (Reply, error) { return Reply{}, err }}}
}

// ServeHTTP serves one call; the path is the whole one, with Prefix.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.harden(w.Header())
	if path.Clean(r.URL.Path) != r.URL.Path { // the mux would send it elsewhere, and write no problem
		a.serve(w, r, refusal(errNoRoute), nil)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// Refuse answers a request with the problem for err, before any route: for what
// keeps the whole server from answering.
func (a *API) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	a.harden(w.Header())
	a.serve(w, r, refusal(err), nil)
}

// serve runs one call from its number to the line in the log.
func (a *API) serve(w http.ResponseWriter, r *http.Request, route *Route, header http.Header) {
	start := clock.Stopwatch()
	seen := &status{ResponseWriter: w}
	c := &Call{Now: a.Clock.Now(), Number: a.number(), token: bearer(r.Header), route: route, r: r, w: seen,
		limit: limits{a.Deadline, a.Chunk}, throttle: a.Throttle, api: a}
	defer a.finish(c, seen, start)
	defer c.tidy()
	w.Header().Set("Request-Id", c.Number)
	ctx := r.Context()
	if !route.Stream {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.Deadline)
		defer cancel()
	}
	reply, err := route.Serve.serve(ctx, c)
	if err != nil {
		if header == nil {
			header = reply.Header
		}
		a.fail(c, header, err)
		return
	}
	a.answer(c, reply)
}

// finish catches a panic and writes the line of the access log. The path, the
// query and the caller are no part of it.
func (a *API) finish(c *Call, seen *status, start time.Time) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			panic(p)
		}
		a.Log.Error("a call panicked", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()), "route", c.pattern(), "request", c.Number)
		if seen.code == 0 {
			a.fail(c, nil, errors.New("a call panicked"))
		}
	}
	took := clock.Since(start)
	a.Log.LogAttrs(c.r.Context(), slog.LevelInfo, "call", slog.String("route", c.pattern()), slog.Int("status", seen.code),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000), slog.String("request", c.Number))
	if a.Observe != nil {
		a.Observe(c.pattern(), strconv.Itoa(seen.code), took)
	}
}

// pattern names the route in the log.
func (c *Call) pattern() string {
	if c.route.Method == "" {
		return "none"
	}
	return c.route.Pattern()
}

// number draws a version 4 UUID.
func (a *API) number() string {
	var b [16]byte
	if _, err := io.ReadFull(a.Chance, b[:]); err != nil {
		return "00000000-0000-4000-8000-000000000000" // a call is worth more than its number
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
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

// Unwrap gives http.ResponseController what is inside.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Package ledgerhttp serves the log over HTTP as C2SP tlog-tiles, the labels of its
// days, and a witness of other logs as C2SP tlog-witness.
//
// It promises that what can never change says so, that a checkpoint is served only
// once it is published, and that a partial tile is served only for a size that was.
// Everything here is for everybody: nothing is asked of the caller or kept.
package ledgerhttp

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/ledger"
	"recourse/internal/proof"
)

// Config is what a log is served from.
type Config struct {
	Board  ledger.Board
	Read   func(ctx context.Context, t proof.Tile) ([]byte, error)
	Labels func(ctx context.Context, path string) (text string, err error) // below labels/
	Year   func(ctx context.Context, year int) (ledger.Shard, error)       // ledger.YearEnd
	Key    string                                                          // public key of the log
}

// Prefix is where the log is served.
const Prefix = "/log/"

const (
	forEver  = "public, max-age=31536000, immutable"
	briefly  = "public, max-age=1, must-revalidate"
	longText = "text/plain; charset=utf-8"
)

// Handler serves everything below Prefix.
func Handler(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"checkpoint", c.checkpoint)
	mux.HandleFunc("GET "+Prefix+"key", func(w http.ResponseWriter, _ *http.Request) { answer(w, briefly, longText, []byte(c.Key+"\n")) })
	mux.HandleFunc("GET "+Prefix+"tile/", c.tile)
	mux.HandleFunc("GET "+Prefix+"labels/", c.labels)
	mux.HandleFunc("GET "+Prefix+"shard/{year}", c.shard)
	return mux
}

func answer(w http.ResponseWriter, cache, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", cache)
	h.Set("Access-Control-Allow-Origin", "*") // whoever checks the log may do so from a page of their own
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func refuse(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch fault.Of(err).Kind {
	case fault.NotFound:
		status = http.StatusNotFound
	case fault.Unavailable, fault.Conflict: // of a checkpoint that comes
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, fault.Of(err).Code, status)
}

func (c Config) checkpoint(w http.ResponseWriter, r *http.Request) {
	p, err := c.Board.Published(r.Context())
	if err != nil {
		refuse(w, err)
		return
	}
	if len(p.Note) == 0 {
		refuse(w, errNothing)
		return
	}
	answer(w, briefly, longText, p.Note)
}

var errNothing = fault.New(fault.NotFound, "E-LOG-EMPTY", "Nothing is published yet.")

func (c Config) tile(w http.ResponseWriter, r *http.Request) {
	t, ok := proof.ParseTile(strings.TrimPrefix(r.URL.Path, Prefix))
	if !ok {
		refuse(w, errNothing)
		return
	}
	p, err := c.Board.Published(r.Context())
	if err == nil && !covers(p.Size, t) {
		err = errNothing
	}
	if err != nil {
		refuse(w, err)
		return
	}
	raw, err := c.Read(r.Context(), t)
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, forEver, "application/octet-stream", raw)
}

// covers reports whether a tree of size leaves has the tile, or had it when it was
// smaller.
func covers(size uint64, t proof.Tile) bool {
	full, partial := proof.TilesOf(size, t.Level)
	return t.N < full || t.N == full && t.Width <= partial
}

func (c Config) labels(w http.ResponseWriter, r *http.Request) {
	text, err := c.Labels(r.Context(), strings.TrimPrefix(r.URL.Path, Prefix+"labels/"))
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, briefly, longText, []byte(text))
}

// shard serves the checkpoint at which a year ended.
func (c Config) shard(w http.ResponseWriter, r *http.Request) {
	year, err := strconv.Atoi(r.PathValue("year"))
	if err != nil {
		refuse(w, ledger.ErrYear)
		return
	}
	s, err := c.Year(r.Context(), year)
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, forEver, longText, s.Note)
}

// longestRequest is more than 63 hashes and a checkpoint with many signatures need.
const longestRequest = 64 << 10

// Witness serves add-checkpoint.
func Witness(is *ledger.Witness) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestRequest))
		if err != nil {
			http.Error(w, ledger.ErrRequest.Code, http.StatusBadRequest)
			return
		}
		line, last, err := is.Add(r.Context(), string(body))
		switch {
		case err == nil:
			w.Header().Set("Content-Type", longText)
			_, _ = w.Write(line)
		case fault.Of(err).Code == ledger.ErrOldSize.Code:
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(strconv.FormatUint(last, 10) + "\n"))
		default:
			http.Error(w, fault.Of(err).Code, statusOf(err))
		}
	})
	return mux
}

// statusOf is the status that the protocol has for each refusal.
func statusOf(err error) int {
	switch fault.Of(err).Code {
	case ledger.ErrRequest.Code:
		return http.StatusBadRequest
	case ledger.ErrUnsigned.Code:
		return http.StatusForbidden
	case ledger.ErrUnknownLog.Code:
		return http.StatusNotFound
	case ledger.ErrOtherRoot.Code:
		return http.StatusConflict
	case ledger.ErrWay.Code:
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

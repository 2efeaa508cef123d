package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"recourse/internal/kit/webkit"
)

// Running is what a serving process leaves in its data folder for the commands of
// its operator; readable by its owner alone.
type Running struct {
	PID  int    `json:"pid"`
	URL  string `json:"url"`
	Ops  string `json:"ops,omitempty"` // address of the metrics
	Mode Mode   `json:"mode"`
	URLs urls   `json:"database"`
}

const runningFile = "running.json"

// ReadRunning returns what the serving process of a data folder left.
func ReadRunning(dataDir string) (Running, error) {
	c := Config{DataDir: dataDir}
	raw, err := os.ReadFile(c.path(runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Running{}, fmt.Errorf("nothing is serving from %s: start it with: recourse serve --data-dir %s", dataDir, dataDir)
	}
	if err != nil {
		return Running{}, fmt.Errorf("reading where the server is: %w", err)
	}
	var r Running
	if err := json.Unmarshal(raw, &r); err != nil {
		return Running{}, fmt.Errorf("%s is damaged: restart the server", c.path(runningFile))
	}
	return r, nil
}

// drain is how long requests under way may take to end after a stop was asked for.
const drain = 10 * time.Second

// Calls are what a command does at the two moments of a start.
type Calls struct {
	Prepare func(context.Context, *House) error // opened; nothing is served and no worker runs yet; may be nil
	Pages   func([]webkit.Route)                // every page that is served; may be nil
	Ready   func(Running)                       // requests are answered
}

// Serve opens an installation, serves it until ctx is done, and closes it.
func Serve(ctx context.Context, c Config, log *slog.Logger, calls Calls) error {
	tuneMemory()
	if err := noCore(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	defer func() { _ = listener.Close() }()
	if c.BaseURL == "" {
		c.BaseURL = "http://" + listener.Addr().String()
	}
	h, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	if calls.Prepare != nil {
		err = calls.Prepare(ctx, h)
	}
	if err == nil {
		err = h.serve(ctx, listener, calls)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(err, h.Close(closing))
}

// The collector of memory waits until the heap is nine times what is in use, not
// twice: what serves uses some 10 MiB, and would collect all the time. From
// memoryLimit on, which only a large delivery reaches, it works harder. An operator's GOGC and GOMEMLIMIT go before.
const (
	heapGrowth  = 800
	memoryLimit = 208 << 20
)

func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

func (h *House) serve(ctx context.Context, listener net.Listener, calls Calls) error {
	handler, err := h.handler(ctx)
	if err != nil {
		return err
	}
	if calls.Pages != nil {
		calls.Pages(h.pages)
	}
	run := Running{PID: os.Getpid(), URL: "http://" + listener.Addr().String(), Mode: h.cfg.Mode, URLs: h.db.urls}
	server := newServer(handler)
	failed := make(chan error, 3)
	go func() { failed <- server.Serve(listener) }()
	ops, err := h.serveOps(failed)
	if err != nil {
		return errors.Join(err, server.Close())
	}
	if ops != nil {
		run.Ops = "http://" + ops.Addr
	}
	if err := writeFile(h.cfg.path(runningFile), run); err != nil {
		return errors.Join(err, server.Close())
	}
	defer func() { _ = os.Remove(h.cfg.path(runningFile)) }()
	if err := h.keepConfig(); err != nil {
		return errors.Join(err, server.Close())
	}

	working, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { h.work(working) })
	calls.Ready(run)
	err = h.wait(ctx, failed)
	h.draining.Store(true)
	stop()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err = errors.Join(err, server.Shutdown(ending))
	if ops != nil {
		err = errors.Join(err, ops.Shutdown(ending))
	}
	wg.Wait()
	return err
}

// wait returns when a stop is asked for, or when a part that cannot be done
// without has failed for good.
func (h *House) wait(ctx context.Context, failed <-chan error) error {
	var gone <-chan error
	if h.db.private != nil {
		gone = h.db.private.Done()
	}
	select {
	case <-ctx.Done():
		h.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelInfo, "stopping")
		return nil
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case err := <-gone:
		return fmt.Errorf("the private PostgreSQL does not come back: %w", err)
	}
}

// newServer bounds how long a client may take. Bodies of deliveries have a bound
// of their own, per chunk.
func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
}

func (h *House) serveOps(failed chan<- error) (*http.Server, error) {
	if h.cfg.OpsListen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", h.cfg.OpsListen)
	if err != nil {
		return nil, fmt.Errorf("listening for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h.metrics.Handler())
	mux.HandleFunc("GET /readyz", h.ready)
	mux.HandleFunc("GET "+AuditPath, h.serveAudit)
	s := newServer(mux)
	s.Addr = l.Addr().String()
	go func() { failed <- s.Serve(l) }()
	return s, nil
}

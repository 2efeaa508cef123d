// Package vaultrpc reaches a vault in another process: over a Unix socket that
// only its owner can open, or over TLS 1.3 with certificates on both sides.
//
// It promises the same as the vault itself: the client passes the conformance
// suite of vault.Service. Faults keep kind, code and text. A vault that cannot
// be reached is fault.Unavailable, and the call may be made again: every call of
// the vault can be repeated. Whoever is given a pinned client notices when the
// vault was opened anew, and gets nothing from it until both were compared.
package vaultrpc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/vault"
)

const (
	prefix      = "/vault/v1/"
	bootHeader  = "Vault-Boot"
	contentType = "application/x-recourse-vault"
	maxRequest  = 8 << 20
	maxAnswer   = 64 << 20
	atOnce      = 256 // calls that are served at the same time; more wait
)

// Server is what is served. Vault is required.
type Server struct {
	Vault vault.Service
	// Meter counts by caller: the name in a client's certificate, or the user id at
	// the other end of a socket.
	Meter *vault.Meter
	// Log hears of connections that fail, with their address and why.
	Log *slog.Logger
}

// Serve answers calls to a vault until ctx ends, then lets those under way end
// for at most ten seconds. It closes the listener.
func Serve(ctx context.Context, l net.Listener, s Server) error {
	if ctx.Err() != nil {
		return l.Close()
	}
	st, err := s.Vault.State(ctx)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	h := &http.Server{
		Handler:           &handler{vault: s.Vault, boot: st.Boot, meter: s.Meter, calls: calls(), places: make(chan struct{}, atOnce)},
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      10 * time.Minute, // resealing a large store
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, callerKey{}, peer(c))
		},
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the vault: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return h.Shutdown(grace)
}

type callerKey struct{}

// peer names who is at the other end of a socket.
func peer(c net.Conn) string {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return ""
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return "socket"
	}
	name := "socket"
	if err := raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			name = fmt.Sprint("user ", cred.Uid)
		}
	}); err != nil {
		return "socket"
	}
	return name
}

type handler struct {
	vault  vault.Service
	boot   ref.Vault
	meter  *vault.Meter
	calls  map[string]call
	places chan struct{}
}

// ServeHTTP answers one call.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	case <-r.Context().Done():
		return
	}
	out := &coder{}
	if err := h.answer(w, r, out); err != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(out.b) // a caller that has gone makes the call again
	clear(out.b)
}

func (h *handler) answer(w http.ResponseWriter, r *http.Request, out *coder) error {
	name, ours := strings.CutPrefix(r.URL.Path, prefix)
	do, known := h.calls[name]
	if !ours || !known || r.Method != http.MethodPost {
		return malformed(errMessage)
	}
	if want := r.Header.Get(bootHeader); want != "" && want != h.boot.String() {
		return fault.New(fault.Unavailable, "E-VAULT-RESTARTED",
			"The vault was opened anew. Nothing was done or lost. It serves again once it has been compared with the database.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return malformed(err)
	}
	defer clear(body)
	return do(r.Context(), h.of(r), &coder{b: body, reading: true}, out)
}

// of returns the vault as the caller of a request sees it, counted.
func (h *handler) of(r *http.Request) vault.Service {
	if h.meter == nil {
		return h.vault
	}
	caller, _ := r.Context().Value(callerKey{}).(string)
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		caller = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	return h.meter.For(caller, h.vault)
}

// refuse answers with a fault.
func refuse(w http.ResponseWriter, err error) {
	f := fault.Of(err)
	c := &coder{}
	cause := ""
	if f.Err != nil {
		cause = f.Err.Error()
	}
	c.fault(f, &cause)
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status(f.Kind))
	_, _ = w.Write(c.b) // a caller that has gone makes the call again
}

func (c *coder) fault(f *fault.Error, cause *string) {
	c.u8((*uint8)(&f.Kind))
	for _, s := range []*string{&f.Code, &f.Text, &f.Field, &f.Rule, cause} {
		c.text(s)
	}
}

func status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.Conflict, fault.Refused:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// Files are the files of one side of a TLS connection, in PEM.
type Files struct {
	Certificate string // of this side
	Key         string // of this side, readable by its owner alone
	CA          string // that signs the other side's certificates, and nobody else's
}

// ListenTLS listens on an address. Clients must show a certificate of the CA.
func ListenTLS(address string, f Files) (net.Listener, error) {
	cert, pool, err := f.read()
	if err != nil {
		return nil, err
	}
	l, err := tls.Listen("tcp", address, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{cert},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	if err != nil {
		return nil, fmt.Errorf("listening for the vault: %w", err)
	}
	return l, nil
}

package vaultrpc

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// Client is a vault in another process.
type Client struct {
	http *http.Client
	base string
	boot string // that the vault must have, if not empty
}

var _ vault.Service = (*Client)(nil)

// How long a call may take. Longer ones are Unavailable.
const (
	quick = 5 * time.Second
	slow  = 10 * time.Minute
)

// DialUnix returns the vault behind a socket. It connects when it is first
// asked.
func DialUnix(path string) *Client {
	d := &net.Dialer{Timeout: quick}
	return client("http://vault", &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "unix", path) },
	})
}

// DialTLS returns the vault at host:port, which must show a certificate of the
// CA for that host.
func DialTLS(address string, f Files) (*Client, error) {
	cert, pool, err := f.read()
	if err != nil {
		return nil, err
	}
	return client("https://"+address, &http.Transport{
		DialContext:         (&net.Dialer{Timeout: quick}).DialContext,
		TLSHandshakeTimeout: quick,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{cert}, RootCAs: pool},
	}), nil
}

func client(base string, t *http.Transport) *Client {
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.IdleConnTimeout, t.DisableCompression = 64, 64, time.Minute, true
	return &Client{http: &http.Client{Transport: t}, base: base}
}

// Pinned returns the same vault for whoever must be sure that it was compared
// with the database: once it is opened anew, calls are refused (Unavailable,
// E-VAULT-RESTARTED). boot is what State told when it was compared.
func (c *Client) Pinned(boot ref.Vault) *Client {
	return &Client{http: c.http, base: c.base, boot: boot.String()}
}

// Close lets go of the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call sends a message and reads the answer.
func (c *Client) call(ctx context.Context, name string, within time.Duration, in func(*coder), out func(*coder)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	msg := &coder{}
	if in != nil {
		in(msg)
	}
	if len(msg.b) > maxRequest {
		return fault.New(fault.Invalid, "E-VAULT-BOUNDS", "The vault was asked for too much in one call. Nothing was done. Ask in smaller batches.")
	}
	answer, err := c.send(timed, name, msg.b)
	clear(msg.b)
	if err != nil {
		if e := ctx.Err(); e != nil {
			return e
		}
		return err
	}
	defer clear(answer)
	got := &coder{b: answer, reading: true}
	if out != nil {
		out(got)
	}
	return unclear(got.end())
}

func unclear(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "E-VAULT-MESSAGE",
		"The vault answered something that cannot be understood. Nothing was lost. Both sides must be of the same version.").Because(err)
}

func unreachable(err error) error {
	return fault.New(fault.Unavailable, "E-VAULT-UNREACHABLE",
		"The vault cannot be reached. Nothing was lost. Try again in a minute; the operator sees why in the log.").Because(err)
}

// send returns the body of a good answer, or the fault.
func (c *Client) send(ctx context.Context, name string, msg []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+prefix+name, bytes.NewReader(msg))
	if err != nil {
		return nil, fault.Of(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header["Idempotency-Key"] = nil // not sent: tells net/http that a call on a stale connection may be repeated
	if c.boot != "" {
		r.Header.Set(bootHeader, c.boot)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(err)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, unreachable(err)
	}
	if len(b) > maxAnswer || resp.Header.Get("Content-Type") != contentType {
		return nil, unclear(fmt.Errorf("status %d, %d bytes", resp.StatusCode, len(b)))
	}
	if resp.StatusCode == http.StatusOK {
		return b, nil
	}
	var f fault.Error
	var cause string
	got := &coder{b: b, reading: true}
	if got.fault(&f, &cause); got.end() != nil {
		return nil, unclear(fmt.Errorf("status %d", resp.StatusCode))
	}
	if cause != "" {
		f.Err = errors.New(cause)
	}
	return nil, &f
}

// State is vault.Upkeep.State. It is answered by a vault that was opened anew
// too.
func (c *Client) State(ctx context.Context) (s vault.State, err error) {
	free := &Client{http: c.http, base: c.base}
	err = free.call(ctx, "state", quick, nil, func(c *coder) { c.state(&s) })
	return s, err
}

// Epochs is vault.Upkeep.Epochs.
func (c *Client) Epochs(ctx context.Context) (list []vault.Epoch, err error) {
	err = c.call(ctx, "epochs", slow, nil, func(c *coder) { c.epochs(&list) })
	return list, err
}

// Tokens is vault.Deriver.Tokens.
func (c *Client) Tokens(ctx context.Context, ids [][]byte) (tokens [][]vault.Token, err error) {
	err = c.call(ctx, "tokens", quick, func(c *coder) { c.data(&ids) }, func(c *coder) { c.tokens(&tokens) })
	return tokens, err
}

// Macs is vault.Deriver.Macs.
func (c *Client) Macs(ctx context.Context, scope vault.Scope, body [16]byte, data [][]byte) (macs []vault.Mac, err error) {
	err = c.call(ctx, "macs", quick, func(c *coder) {
		c.u8((*uint8)(&scope))
		c.fixed(body[:])
		c.data(&data)
	}, func(c *coder) { c.macs(&macs) })
	return macs, err
}

// Lease is vault.Deriver.Lease.
func (c *Client) Lease(ctx context.Context, e seal.Epoch, n int) (l vault.Lease, err error) {
	err = c.call(ctx, "lease", quick, func(c *coder) { c.epoch(&e); c.count(&n) }, func(c *coder) { c.lease(&l) })
	return l, err
}

// Derive is vault.Deriver.Derive.
func (c *Client) Derive(ctx context.Context, places []vault.Place) (keys []vault.Derived, err error) {
	err = c.call(ctx, "derive", quick, func(c *coder) { c.places(&places) }, func(c *coder) { c.derived(&keys) })
	if err == nil && len(keys) != len(places) {
		return nil, unclear(errMessage)
	}
	return keys, err
}

// Puncture is vault.Upkeep.Puncture.
func (c *Client) Puncture(ctx context.Context, intents []vault.Intent) (applied int64, err error) {
	err = c.call(ctx, "puncture", slow, func(c *coder) { c.intents(&intents) }, func(c *coder) { c.i64(&applied) })
	return applied, err
}

// Expire is vault.Upkeep.Expire.
func (c *Client) Expire(ctx context.Context, before when.Date) (n int, err error) {
	err = c.call(ctx, "expire", slow, func(c *coder) { c.day(&before) }, func(c *coder) { c.count(&n) })
	return n, err
}

// Extend is vault.Upkeep.Extend.
func (c *Client) Extend(ctx context.Context, today when.Date) (n int, err error) {
	err = c.call(ctx, "extend", slow, func(c *coder) { c.day(&today) }, func(c *coder) { c.count(&n) })
	return n, err
}

// Skip is vault.Upkeep.Skip.
func (c *Client) Skip(ctx context.Context, to vault.Jump) error {
	return c.call(ctx, "skip", slow, func(c *coder) { c.jump(&to) }, nil)
}

// NewGeneration is vault.Upkeep.NewGeneration.
func (c *Client) NewGeneration(ctx context.Context, g uint32) error {
	return c.call(ctx, "new-generation", slow, func(c *coder) { c.u32(&g) }, nil)
}

// DestroyGeneration is vault.Upkeep.DestroyGeneration.
func (c *Client) DestroyGeneration(ctx context.Context, g uint32) error {
	return c.call(ctx, "destroy-generation", slow, func(c *coder) { c.u32(&g) }, nil)
}

// Reseal is vault.Upkeep.Reseal.
func (c *Client) Reseal(ctx context.Context, now time.Time) (r vault.Resealed, err error) {
	err = c.call(ctx, "reseal", slow, func(c *coder) { c.instant(&now) }, func(c *coder) { c.resealed(&r) })
	return r, err
}

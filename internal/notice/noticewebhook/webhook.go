// Package noticewebhook sends changes to the webhooks of bodies, as Standard Webhooks
// 1.0 asks for it.
//
// It promises that
//   - a message goes only to a public address over TLS, whatever a name resolves to at
//     that moment, and follows no redirect; the operator may name hosts that they vouch
//     for, and nobody else can;
//   - each message is signed twice: with the body's secret (v1), and with the registry's
//     key (v1a), so that the body can show to others what it was told;
//   - a try ends within its time, and no more than a few KiB of an answer is read;
//   - no error names the address.
package noticewebhook

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"

	"recourse/internal/fault"
	"recourse/internal/notice"
)

// Config is what a poster is made of. Key is needed.
type Config struct {
	Key   ed25519.PrivateKey // of the registry
	Trust []string           // HOST:PORT of receivers that may be anywhere, and without TLS
	Roots *x509.CertPool     // whose certificates are taken; nil for the system's
	Limit time.Duration      // of one try; 10 s where it is 0
}

// Poster is notice.Poster and notice.Checker. It is safe for concurrent use.
type Poster struct {
	Config
	guarded, trusted *http.Client
}

const (
	mostAnswer  = 4 << 10
	mostURL     = 500
	limitOfOnce = 10 * time.Second
)

// New checks a Config and returns the poster.
func New(c Config) (*Poster, error) {
	if len(c.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("noticewebhook: an Ed25519 key is needed")
	}
	if c.Limit == 0 {
		c.Limit = limitOfOnce
	}
	return &Poster{Config: c, guarded: c.client(publicOnly), trusted: c.client(nil)}, nil
}

// client returns a client that looks at each address before it is dialled, after its
// name was resolved.
func (c Config) client(look func(network, address string, _ syscall.RawConn) error) *http.Client {
	dialer := &net.Dialer{Timeout: c.Limit / 2, Control: look}
	return &http.Client{
		Timeout:       c.Limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: c.Limit / 2, MaxResponseHeaderBytes: mostAnswer, MaxIdleConnsPerHost: 1, MaxIdleConns: 16, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true},
	}
}

var errPrivate = errors.New("the address is not a public one")

// publicOnly refuses to dial what is not a public address.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !Public(at.Addr()) {
		return errPrivate
	}
	return nil
}

// notPublic are the networks that are not reached from everywhere, or mean others
// (IANA's registries of special-purpose addresses), beside those that netip names.
func notPublic() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Public reports whether an address is one of the open network.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(notPublic(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// trusts reports whether the operator vouches for a receiver.
func (p *Poster) trusts(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return slices.Contains(p.Trust, net.JoinHostPort(u.Hostname(), port))
}

// Check is notice.Checker.Check. What a name resolves to is looked at when it is sent to.
func (p *Poster) Check(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > mostURL || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return fault.New(fault.Invalid, "E-HOOK-URL", "This is no address of the form https://host/path, without a name and password in it, of at most 500 characters. Nothing was changed.").At("url")
	}
	if p.trusts(u) {
		return nil
	}
	if a, err := netip.ParseAddr(u.Hostname()); u.Scheme != "https" || err == nil && !Public(a) {
		return fault.New(fault.Refused, "E-HOOK-PRIVATE", "Changes are sent over https to public addresses only. Nothing was changed; name another address, or ask the operator to vouch for this one.").At("url")
	}
	return nil
}

// What is known of a try that failed; none says where it went.
var (
	errGone    = fault.New(fault.Refused, "E-HOOK-GONE", "The receiver says that it is gone.")
	errAnswer  = fault.New(fault.Unavailable, "E-HOOK-STATUS", "The receiver did not take the message.")
	errReach   = fault.New(fault.Unavailable, "E-HOOK-REACH", "The receiver cannot be reached.")
	errSlow    = fault.New(fault.Unavailable, "E-HOOK-SLOW", "The receiver did not answer in time.")
	errAddress = fault.New(fault.Unavailable, "E-HOOK-PRIVATE", "The receiver's name does not lead to a public address.")
)

// Post is notice.Poster.Post.
func (p *Poster) Post(ctx context.Context, m notice.Post) error {
	u, err := url.Parse(m.URL)
	if err != nil {
		return errReach
	}
	client := p.guarded
	if p.trusts(u) {
		client = p.trusted
	} else if u.Scheme != "https" {
		return errAddress
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return errReach
	}
	req.Header = p.header(m)
	res, err := client.Do(req)
	if err != nil {
		var late net.Error
		switch {
		case errors.Is(err, errPrivate):
			return errAddress
		case errors.As(err, &late) && late.Timeout():
			return errSlow
		}
		return errReach
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, mostAnswer)) // so that the connection can be used again
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusGone:
		return errGone
	}
	return errAnswer
}

// header signs a message (Standard Webhooks, "webhook metadata").
func (p *Poster) header(m notice.Post) http.Header {
	id, at := m.Change.String(), strconv.FormatInt(m.At.Unix(), 10)
	signed := append([]byte(id+"."+at+"."), m.Body...)
	mac := hmac.New(sha256.New, m.Secret)
	mac.Write(signed)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Recourse")
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", at)
	h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))+" v1a,"+base64.StdEncoding.EncodeToString(ed25519.Sign(p.Key, signed)))
	return h
}

// Secret writes a secret as receivers are given it.
func Secret(secret []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(secret) }

// PublicKey writes the registry's key as receivers are given it.
func (p *Poster) PublicKey() string {
	return "whpk_" + base64.StdEncoding.EncodeToString(p.Key.Public().(ed25519.PublicKey))
}

// Package client asks a registry and sends records to it, from the programs of a
// body.
//
// It promises that
//   - a request is signed with the body's key (RFC 9421), or carries its token, and
//     goes over TLS or stays on this machine;
//   - no answer is handed on whose signature does not hold, problems of a registry
//     that does not know the caller excepted: nobody signs for nobody;
//   - no answer about a person is handed on that the public log does not hold as it
//     was given: a look without a trace is found by who was to use it;
//   - a write is sent again only with the same idempotency key, and signed anew, so
//     that nothing is done twice;
//   - an error never holds what was sent.
//
// It keeps nothing. It is safe for concurrent use.
package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
)

// KeySet is the public keys by which a registry's answers are checked.
type KeySet = signkit.KeySet

// Config says which registry, and as whom.
type Config struct {
	Server   string             // address of the registry, https:// but on this machine
	Key      ed25519.PrivateKey // that signs; nil where Token is given
	Token    string             // a clerk's bearer token; empty where Key is given
	Answers  *KeySet            // keys of answers that were kept from another day; nil: asked of the registry
	HTTP     *http.Client       // nil: one without a limit of time
	Attempts int                // how often one request is sent at most; 4 where it is 0
	Log      Log                // by which answers are found in the public log
}

// Client calls one registry in the name of one clerk.
type Client struct {
	server   *url.URL
	signer   *signkit.RequestSigner // nil: token
	token    string
	http     *http.Client
	attempts int
	pinned   bool
	log      Log
	answers  atomic.Pointer[KeySet]
	body     atomic.Pointer[string] // as the log names it
}

const (
	prefix   = "/api/v1"
	keysPath = "/.well-known/recourse-keys.json"
	mostBody = 16 << 20 // bytes of an answer
)

// New returns a client. Where no keys of answers are given it asks the registry for
// them.
func New(ctx context.Context, c Config) (*Client, error) {
	server, err := url.Parse(strings.TrimSuffix(c.Server, "/"))
	if err != nil || server.Host == "" || server.Path != "" || server.User != nil || server.Scheme != "https" && (server.Scheme != "http" || !here(server.Hostname())) {
		return nil, errors.New("the address of the registry must be https://host, or http:// on this machine")
	}
	k := &Client{server: server, token: c.Token, http: c.HTTP, attempts: c.Attempts, pinned: c.Answers != nil, log: c.Log}
	switch {
	case (c.Key == nil) == (c.Token == ""):
		return nil, errors.New("either a key or a token is needed")
	case c.Key != nil:
		if k.signer, err = signkit.NewRequestSigner(c.Key); err != nil {
			return nil, errors.New("the key is not one of Ed25519")
		}
	}
	if k.http == nil {
		k.http = &http.Client{}
	}
	if k.attempts == 0 {
		k.attempts = 4
	}
	if k.pinned {
		k.answers.Store(c.Answers)
		return k, nil
	}
	return k, k.fetchKeys(ctx)
}

// here reports whether a host is this machine.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Answers returns the keys by which answers are checked, to keep them for another
// day.
func (k *Client) Answers() KeySet { return *k.answers.Load() }

func (k *Client) fetchKeys(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var set KeySet
	if err := k.Public(ctx, keysPath, &set); err != nil {
		return err
	}
	k.answers.Store(&set)
	return nil
}

// NewKey returns a fresh idempotency key. Keep it until there is an answer: a repeat
// with the same key does nothing twice.
func NewKey() string { return rand.Text() }

// Post sends a JSON body to a path below /api/v1, none where in is nil, and reads
// the answer into out.
func (k *Client) Post(ctx context.Context, path, key string, in, out any) error {
	if in == nil {
		raw, err := k.call(ctx, request{method: http.MethodPost, path: prefix + path, key: key, body: bytes.NewReader(nil)})
		return read(raw, out, err)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	raw, err := k.call(ctx, request{method: http.MethodPost, path: prefix + path, mediaType: "application/json", key: key, body: bytes.NewReader(body)})
	return read(raw, out, err)
}

// Upload is a body that is too long for memory.
type Upload struct {
	Path      string // below /api/v1, with its query
	MediaType string
	Key       string // idempotency key
	Body      io.ReadSeeker
	Progress  io.Writer // gets a copy of what is sent; nil for none
}

// Upload sends it and reads the answer into out.
func (k *Client) Upload(ctx context.Context, u Upload, out any) error {
	raw, err := k.call(ctx, request{method: http.MethodPost, path: prefix + u.Path, mediaType: u.MediaType, key: u.Key, body: u.Body, progress: u.Progress})
	return read(raw, out, err)
}

// Get reads what is at a path of the host, as next and Link name it.
func (k *Client) Get(ctx context.Context, path string, out any) error {
	raw, err := k.Fetch(ctx, path)
	return read(raw, out, err)
}

// Fetch is Get for what is no JSON.
func (k *Client) Fetch(ctx context.Context, path string) ([]byte, error) {
	return k.call(ctx, request{method: http.MethodGet, path: path})
}

// Public reads what anybody may read, which nobody signs.
func (k *Client) Public(ctx context.Context, path string, out any) error {
	raw, err := k.call(ctx, request{method: http.MethodGet, path: path, public: true})
	return read(raw, out, err)
}

func read(raw []byte, out any, err error) error {
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return errors.New("the answer of the registry is not JSON as it is described")
	}
	return nil
}

// request is what is sent, maybe several times.
type request struct {
	method, path, mediaType, key string
	body                         io.ReadSeeker
	progress                     io.Writer
	public                       bool
	digest                       [32]byte
	size                         int64
}

// call sends a request until there is an answer worth having.
func (k *Client) call(ctx context.Context, r request) ([]byte, error) {
	if err := r.measure(); err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		raw, wait, err := k.once(ctx, &r)
		if err == nil || wait < 0 || attempt >= k.attempts {
			return raw, err
		}
		timer := time.NewTimer(wait + 200*time.Millisecond<<min(attempt-1, 6))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		}
	}
}

// measure takes the digest of the body, which is sent before it.
func (r *request) measure() error {
	if r.body == nil {
		return nil
	}
	sum := sha256.New()
	n, err := io.Copy(sum, r.body)
	if err != nil {
		return fmt.Errorf("reading what is to be sent: %w", err)
	}
	r.size, r.digest = n, [32]byte(sum.Sum(nil))
	return nil
}

// once sends a request once. wait is how long to wait before it is worth to send it
// again; negative where it is not.
func (k *Client) once(ctx context.Context, r *request) (raw []byte, wait time.Duration, err error) {
	req, err := k.make(ctx, r)
	if err != nil {
		return nil, -1, err
	}
	res, err := k.http.Do(req)
	if err != nil {
		return nil, 0, &Unreachable{"The registry cannot be reached. Nothing was lost; send it again with the same key.", err}
	}
	defer func() { _ = res.Body.Close() }()
	raw, err = io.ReadAll(io.LimitReader(res.Body, mostBody))
	if err != nil {
		return nil, 0, &Unreachable{"The answer was cut short. Nothing was lost; send it again with the same key.", err}
	}
	if res.StatusCode >= http.StatusBadRequest {
		wait, err := problem(res, raw)
		return nil, wait, err
	}
	if r.public {
		return raw, -1, nil
	}
	if err := k.check(ctx, res, raw); err != nil {
		return nil, -1, fmt.Errorf("the signature of the answer does not verify, so it is not used: %w", err)
	}
	return raw, -1, nil
}

// check checks an answer. A key that is not known may be a new one: the registry is
// asked once more for its keys.
func (k *Client) check(ctx context.Context, res *http.Response, raw []byte) error {
	_, err := signkit.Verify(k.Answers(), res.StatusCode, res.Header, raw)
	if !errors.Is(err, signkit.ErrNoKey) || k.pinned {
		return err
	}
	if err := k.fetchKeys(ctx); err != nil {
		return err
	}
	_, err = signkit.Verify(k.Answers(), res.StatusCode, res.Header, raw)
	return err
}

func (k *Client) make(ctx context.Context, r *request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		if _, err := r.body.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("reading what is to be sent: %w", err)
		}
		body = io.NopCloser(r.body) // who sends it again has not closed it
		if r.progress != nil {
			body = io.TeeReader(r.body, r.progress)
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, k.server.String()+r.path, body)
	if err != nil {
		return nil, errors.New("this is no path of a registry")
	}
	req.ContentLength = r.size
	if r.body != nil && r.size == 0 {
		req.Body = http.NoBody
	}
	if r.mediaType != "" {
		req.Header.Set("Content-Type", r.mediaType)
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	switch {
	case r.public:
	case k.signer != nil:
		var nonce [18]byte
		_, _ = rand.Read(nonce[:]) // never fails
		k.signer.Sign(req, r.digest, base64.RawURLEncoding.EncodeToString(nonce[:]), clock.Stopwatch())
	default:
		req.Header.Set("Authorization", "Bearer "+k.token)
	}
	return req, nil
}

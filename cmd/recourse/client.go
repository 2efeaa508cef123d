package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"recourse/internal/app"
	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
)

// server is how a command of a body reaches a registry.
type server struct {
	Server    string `help:"Address of the registry; empty for the one served from --data-dir on this machine." env:"RECOURSE_SERVER" placeholder:"URL"`
	DataDir   string `help:"Folder of a registry on this machine." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	TokenFile string `help:"File with the clerk's bearer token in its first line." env:"RECOURSE_TOKEN_FILE" placeholder:"FILE" required:""`
}

// client calls the API with a clerk's token.
type client struct {
	http  *http.Client
	base  string
	token string
	keys  apikit.KeySet
}

func (c server) open(ctx context.Context) (*client, error) {
	raw, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("reading the token: %w", err)
	}
	base := strings.TrimSuffix(c.Server, "/")
	if base == "" {
		r, err := app.ReadRunning(c.DataDir)
		if err != nil {
			return nil, err
		}
		base = r.URL
	}
	token, _, _ := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	k := &client{http: &http.Client{}, base: base, token: token}
	return k, k.fetchKeys(ctx)
}

// fetchKeys gets the keys that answers are signed with.
func (k *client) fetchKeys(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	_, body, err := k.send(ctx, http.MethodGet, apikit.KeysPath, "", "", nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, &k.keys)
}

// call sends a request, checks the signature of the answer, and reads it into out.
func (k *client) call(ctx context.Context, path, mediaType, key string, body io.Reader, out any) error {
	res, raw, err := k.send(ctx, http.MethodPost, apikit.Prefix+path, mediaType, key, body)
	if err != nil {
		return err
	}
	if _, err := apikit.Verify(k.keys, res.StatusCode, res.Header, raw); err != nil {
		return fmt.Errorf("the signature of the answer does not verify, so it is not shown: %w", err)
	}
	return json.Unmarshal(raw, out)
}

// get reads what is at a path, and checks the signature where there is one.
func (k *client) get(ctx context.Context, path string, out any) error {
	res, raw, err := k.send(ctx, http.MethodGet, path, "", "", nil)
	if err != nil {
		return err
	}
	if res.Header.Get("Signature") != "" || !strings.HasPrefix(path, apikit.Prefix+"/types") {
		if _, err := apikit.Verify(k.keys, res.StatusCode, res.Header, raw); err != nil {
			return fmt.Errorf("the signature of the answer does not verify, so it is not used: %w", err)
		}
	}
	return json.Unmarshal(raw, out)
}

// isTerminal reports whether somebody watches what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (k *client) send(ctx context.Context, method, path, mediaType, key string, body io.Reader) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, k.base+path, body)
	if err != nil {
		return nil, nil, usageError("--server is not an address")
	}
	if k.token != "" {
		req.Header.Set("Authorization", "Bearer "+k.token)
	}
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := k.http.Do(req)
	if err != nil {
		return nil, nil, fault.New(fault.Unavailable, "E-SERVER", "The registry cannot be reached. Nothing was lost; send it again with the same key.").Because(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return nil, nil, fault.New(fault.Unavailable, "E-SERVER", "The answer was cut short. Nothing was lost; send it again with the same key.").Because(err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		return nil, nil, problem(res.StatusCode, raw)
	}
	return res, raw, nil
}

// problem reads a problem document (RFC 9457) as the fault it tells of.
func problem(status int, raw []byte) error {
	var p apikit.Problem
	if err := json.Unmarshal(raw, &p); err != nil || p.Code == "" {
		return fmt.Errorf("the registry answered with status %d and no reason", status)
	}
	kind := fault.Invalid
	switch status {
	case http.StatusUnauthorized:
		kind = fault.Unsigned
	case http.StatusForbidden:
		kind = fault.Forbidden
	case http.StatusNotFound:
		kind = fault.NotFound
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		kind = fault.Unavailable
	}
	return fault.New(kind, p.Code, p.Detail).At(p.Field)
}

// writeJSON prints v for machines.
func (s *session) writeJSON(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := s.out.Write(b.Bytes())
	return err
}

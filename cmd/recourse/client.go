package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"recourse/client"
	"recourse/internal/app"
	"recourse/internal/fault"
)

// server is how a command of a body reaches a registry, and in whose name.
type server struct {
	Server     string `help:"Address of the registry; empty for the one served from --data-dir on this machine." env:"RECOURSE_SERVER" placeholder:"URL"`
	DataDir    string `help:"Folder of a registry on this machine." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
	SigningKey string `help:"File with the private key that requests are signed with, as recourse key make wrote it. It stands in place of a token." env:"RECOURSE_SIGNING_KEY" placeholder:"FILE"`
	TokenFile  string `help:"File with the clerk's bearer token in its first line." env:"RECOURSE_TOKEN_FILE" placeholder:"FILE"`
}

// tries is how often a command sends a request at most: who sits before it is not
// kept waiting for long.
const tries = 2

func (c server) open(ctx context.Context) (*client.Client, error) {
	return c.openWith(ctx, client.Log{})
}

// openWith is open for who asks about persons.
func (c server) openWith(ctx context.Context, log client.Log) (*client.Client, error) {
	config := client.Config{Server: c.Server, Attempts: tries, Log: log}
	if err := c.present(&config); err != nil {
		return nil, err
	}
	if config.Server == "" {
		r, err := app.ReadRunning(c.DataDir)
		if err != nil {
			return nil, err
		}
		config.Server = r.URL
	}
	k, err := client.New(ctx, config)
	return k, told(err)
}

// present reads the key or the token. Where both are named, by the environment for
// one, the key counts.
func (c server) present(config *client.Config) (err error) {
	if c.SigningKey != "" {
		config.Key, err = readKey(c.SigningKey)
		return err
	}
	if c.TokenFile == "" {
		return usageError("name --signing-key or --token-file")
	}
	raw, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return fmt.Errorf("reading the token: %w", err)
	}
	config.Token, _, _ = strings.Cut(strings.TrimSpace(string(raw)), "\n")
	return nil
}

// told turns what a client says into the fault that decides the exit code.
func told(err error) error {
	var p *client.Problem
	var gone *client.Unreachable
	var unlogged *client.Unlogged
	switch {
	case errors.As(err, &unlogged):
		return fault.New(fault.Refused, "E-ANSWER-UNLOGGED", unlogged.Error()).Because(unlogged.Cause)
	case errors.As(err, &gone):
		return fault.New(fault.Unavailable, "E-SERVER", gone.Text).Because(err)
	case errors.As(err, &p):
		return fault.New(kindOf(p.Status), p.Code, p.Detail).At(p.Field)
	}
	return err
}

func kindOf(status int) fault.Kind {
	switch status {
	case http.StatusUnauthorized:
		return fault.Unsigned
	case http.StatusForbidden:
		return fault.Forbidden
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return fault.Unavailable
	}
	return fault.Invalid
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

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/signkit"
)

// signing lets the clerk's programs sign, as a body would have it: two heads register
// a key through the real commands.
func (s *server) signing(ctx context.Context, o options, clerk string) (*signkit.RequestSigner, error) {
	until := time.Now().AddDate(0, 6, 0).Format(time.DateOnly)
	tokens := make([]string, 2)
	for i := range tokens {
		head, err := s.run(ctx, o, "clerk", "add", "--body", "hubei-health", "--staff", fmt.Sprint("head-", i), "--trained-until", "2099-12-31")
		if err != nil {
			return nil, err
		}
		if _, err := s.run(ctx, o, "clerk", "appoint", head, "--desk", "head", "--until", until); err != nil {
			return nil, err
		}
		token, err := s.run(ctx, o, "clerk", "token", head)
		if err != nil {
			return nil, err
		}
		tokens[i] = filepath.Join(o.dir, fmt.Sprint("head-", i))
		if err := os.WriteFile(tokens[i], []byte(token+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	for err == nil && strings.HasPrefix(signkit.KeyID(public), "-") { // which a command would take for an option
		public, private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	id, err := s.run(ctx, o, "key", "register", "--token-file", tokens[0], "--holder", clerk, "--until", until, "--public-key="+base64.RawURLEncoding.EncodeToString(public))
	if err != nil {
		return nil, err
	}
	if _, err := s.run(ctx, o, "key", "confirm", "--token-file", tokens[1], id); err != nil {
		return nil, err
	}
	return signkit.NewRequestSigner(private)
}

// signs returns an asker of the same questions that signs them, in cases of its own.
func (a *asker) signs(by *signkit.RequestSigner) *asker {
	s := &asker{address: a.address, people: a.people, signer: by, cases: clients}
	for range clients {
		s.workers = append(s.workers, &line{key: "signed-" + rand.Text() + "-"})
	}
	return s
}

// signed writes the head of a signed request for a question.
func (a *asker) signed(out []byte, key, body string) []byte {
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{Scheme: "http", Host: a.address, Path: "/api/v1/inquiries"},
		Header: http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {key}}}
	a.signer.Sign(r, sha256.Sum256([]byte(body)), rand.Text(), time.Now())
	out = fmt.Appendf(out, "POST /api/v1/inquiries HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", a.address, len(body))
	for name, values := range r.Header {
		out = fmt.Appendf(out, "%s: %s\r\n", name, values[0])
	}
	return append(out, "\r\n"...)
}

// signedSides are the asker who signs, and the bare function with an access row as
// wide as that of a signed question.
func signedSides(ctx context.Context, o options, s *server, a *asker, bare *bareSide, owner *pgx.Conn) (*asker, *bareSide, error) {
	clerk, err := s.run(ctx, o, "clerk", "add", "--body", "hubei-health", "--staff", "bench", "--trained-until", "2099-12-31")
	if err != nil {
		return nil, nil, err
	}
	by, err := s.signing(ctx, o, clerk)
	if err != nil {
		return nil, nil, fmt.Errorf("letting a key sign: %w", err)
	}
	signed := a.signs(by)
	if err := signed.once(ctx, 0); err != nil {
		return nil, nil, err
	}
	var more int
	err = owner.QueryRow(ctx, "select max(length(box)) - min(length(box)) from inquiry.access where basis <> 'self' and cardinality(records) = $1", perPerson).Scan(&more)
	return signed, &bareSide{pool: bare.pool, people: bare.people, box: make([]byte, len(bare.box)+more)}, err
}

func signedRows(ours, bare *load) []result {
	main := result{Name: "inquiry.signed.c16", Unit: "per second", Ours: ours.perSecond(), Bare: bare.perSecond(), Ratio: ours.perSecond() / bare.perSecond(),
		P50: ours.ms(0.5), P99: ours.ms(0.99), BareP5: bare.ms(0.5), BareP9: bare.ms(0.99),
		Note: "the same with RFC 9421 in place of the token: on our side also the signature checked, its nonce spent in the database (one statement for those that come together, whose commit waits for nothing), signature and question sealed with the access row; the driver signs each question on the same cores. Bare writes an access row as wide."}
	tail := result{Name: "inquiry.signed.c16.p99", Unit: "ms", Ours: ours.ms(0.99), Bare: bare.ms(0.99), Ratio: ours.ms(0.99) / bare.ms(0.99)}
	return []result{main.held("ratio >= 0.33", main.Ratio >= 0.33), tail.held("ratio <= 4", tail.Ratio <= 4)}
}

// Package ledgerwitness asks witnesses for cosignatures (C2SP tlog-witness).
//
// It promises that a cosignature counts only if it verifies under the policy's key,
// that all witnesses are asked at once, and that what a witness holds against the log
// is told by name. It trusts no witness further than its key.
package ledgerwitness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/fault"
	"recourse/internal/ledger"
	"recourse/internal/proof"
)

// The faults of asking.
var (
	ErrTooFew     = fault.New(fault.Unavailable, "E-LOG-WITNESSES", "Too few witnesses have signed the checkpoint, so it is not published yet. Nothing was lost; they are asked again.")
	ErrRolledBack = fault.New(fault.Refused, "E-LOG-ROLLBACK", "A witness has signed a longer log than this one: an old copy of it was started.")
	ErrDisputed   = fault.New(fault.Refused, "E-LOG-DISPUTED", "A witness has signed another history of this log: it was forked.")
	ErrUnknown    = fault.New(fault.Refused, "E-LOG-UNWATCHED", "A witness does not know this log or its key.")
)

// Asker asks the witnesses of a policy.
type Asker struct {
	Trust  proof.Trust
	Client *http.Client
	Most   time.Duration // how long a witness may take; 0 means 2 s

	mu   sync.Mutex
	seen map[string]uint64 // size that each witness signed last, by URL
}

// Cosign is ledger.Witnesses.Cosign.
func (a *Asker) Cosign(ctx context.Context, signed []byte, way func(uint64) ([]proof.Hash, error)) ([]byte, error) {
	most := a.Most
	if most == 0 {
		most = 2 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	type answer struct {
		lines []byte
		err   error
	}
	answers := make(chan answer, len(a.Trust.Watching))
	for url, key := range a.Trust.Watching {
		go func() {
			lines, err := a.one(ctx, url, key, signed, way)
			if err != nil {
				err = fmt.Errorf("witness %s: %w", key.Name(), err)
			}
			answers <- answer{lines, err}
		}()
	}
	var errs []error
	out := bytes.Clone(signed)
	for range a.Trust.Watching {
		got := <-answers
		if got.err != nil {
			errs = append(errs, got.err)
			continue
		}
		out = append(out, got.lines...)
	}
	if _, err := a.Trust.Check(out); err != nil {
		return nil, ErrTooFew.Because(errors.Join(append(errs, err)...))
	}
	return out, nil
}

// one asks one witness, twice where it last signed another size than was thought.
func (a *Asker) one(ctx context.Context, url string, key note.Verifier, signed []byte, way func(uint64) ([]proof.Hash, error)) ([]byte, error) {
	c, err := proof.ParseCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	for range 2 {
		old := min(a.last(url), c.Size)
		hashes, err := way(old)
		if err != nil {
			return nil, err
		}
		status, body, err := a.post(ctx, url, ledger.Addition{Old: old, Way: hashes, Checkpoint: signed}.Text())
		if err != nil {
			return nil, err
		}
		if status == http.StatusOK {
			a.keep(url, c.Size)
			return own(signed, body, key)
		}
		if err := judge(status, body, old, c.Size); err != nil {
			return nil, err
		}
		size, _ := strconv.ParseUint(strings.TrimSpace(string(body)), 10, 63)
		a.keep(url, size)
	}
	return nil, errors.New("it signs for somebody else at the same time")
}

// judge returns nil where the witness only asks to be given a proof from another size.
func judge(status int, body []byte, old, size uint64) error {
	last, err := strconv.ParseUint(strings.TrimSpace(string(body)), 10, 63)
	switch {
	case status == http.StatusConflict && err == nil && last > size:
		return saying(ErrRolledBack, last, size)
	case status == http.StatusConflict && err == nil && last != old:
		return nil
	case status == http.StatusConflict, status == http.StatusUnprocessableEntity:
		return saying(ErrDisputed, last, size)
	case status == http.StatusNotFound, status == http.StatusForbidden:
		return ErrUnknown
	}
	return fmt.Errorf("it answers with status %d", status)
}

func saying(e *fault.Error, witness, log uint64) error {
	said := *e
	said.Text += fmt.Sprintf(" The witness has %d entries, this log %d.", witness, log)
	return said.Because(e)
}

func (a *Asker) last(url string) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen[url]
}

func (a *Asker) keep(url string, size uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen = map[string]uint64{}
	}
	a.seen[url] = size
}

const longestAnswer = 16 << 10

func (a *Asker) post(ctx context.Context, url, text string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := a.Client.Do(req)
	if err != nil {
		return 0, nil, errors.New("it cannot be reached")
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	return resp.StatusCode, body, err
}

// own returns those of the lines that are the witness's and hold.
func own(signed, lines []byte, key note.Verifier) (out []byte, err error) {
	for line := range bytes.Lines(lines) {
		n, err := note.Open(append(bytes.Clone(signed), line...), note.VerifierList(key))
		if err == nil && len(n.Sigs) == 1 {
			out = append(out, line...)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("its cosignature does not hold")
	}
	return out, nil
}

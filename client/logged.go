package client

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"recourse/internal/kit/clock"
	"recourse/internal/proof"
	"recourse/internal/ref"
)

// Log says whose word about the public log counts, and how long it may take.
type Log struct {
	Key    string        // public key of the log, got by another way than from the registry; empty: asked of the registry
	Policy []byte        // of witnesses that must have seen the log; nil for none
	Body   string        // your body as the log names it (Entry.Body of an answer from another day); empty: as the first receipt does
	Within time.Duration // how long the receipt of an answer may take; 10 s where it is 0
}

const mergeDelay = 10 * time.Second

// Unlogged is the error where the public log does not hold an answer as it was given:
// it may have been given without a trace, and the person would never hear of it. Do not
// use it; ask again with the same idempotency key.
type Unlogged struct{ Cause error }

// Error is the text for who reads it.
func (u *Unlogged) Error() string {
	return "The public log does not hold this answer as it was given: it may have been given without a trace, so it is not handed on. " +
		"Send the inquiry again with the same key, and tell who watches over the registry if it stays so."
}

// Unwrap returns what was found.
func (u *Unlogged) Unwrap() error { return u.Cause }

// Entry is where an answer stands in the public log.
type Entry struct {
	Receipt string // C2SP tlog-proof: keep it, it proves that you asked and how you were answered
	Log     string
	Index   uint64
	Body    string // whose look it says it was, the same in all receipts of one body
}

// trust is whose word counts.
func (k *Client) trust(ctx context.Context) (proof.Trust, error) {
	if k.log.Key == "" {
		key, err := k.call(ctx, request{method: "GET", path: "/log/key", public: true})
		if err != nil {
			return proof.Trust{}, err
		}
		return proof.NewTrust(string(key), k.log.Policy)
	}
	return proof.NewTrust(k.log.Key, k.log.Policy)
}

// logged waits for the receipt of an answer and checks it.
func (k *Client) logged(ctx context.Context, a Answer) (Entry, error) {
	if a.Receipt == "" {
		return Entry{}, &Unlogged{errors.New("the answer names no receipt")}
	}
	trust, err := k.trust(ctx)
	if err != nil {
		return Entry{}, fmt.Errorf("reading the key of the log: %w", err)
	}
	within := k.log.Within
	if within == 0 {
		within = mergeDelay
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		raw, err := k.Fetch(ctx, prefix+"/receipts/"+url.PathEscape(a.Receipt))
		var early *Problem
		switch {
		case err == nil:
			p, err := a.check(trust, string(raw))
			body := p.Event.Facts["body"]
			if err == nil {
				err = k.own(body)
			}
			if err != nil {
				return Entry{}, &Unlogged{err}
			}
			return Entry{Receipt: string(raw), Log: p.Seen.Origin, Index: p.Index, Body: body}, nil
		case !errors.As(err, &early) || early.Code != "E-LOG-EARLY" || clock.Wait(ctx, wait) != nil:
			return Entry{}, &Unlogged{err}
		}
	}
}

// own returns nil where a look was logged for the body that asked: the one that was
// named, or that the first receipt was of.
func (k *Client) own(body string) error {
	if body == "" {
		return errors.New("the receipt names no body")
	}
	if k.log.Body == "" {
		k.body.CompareAndSwap(nil, &body)
	}
	if mine := k.body.Load(); k.log.Body != "" && body != k.log.Body || mine != nil && body != *mine {
		return errors.New("the receipt is of another body's look")
	}
	return nil
}

// outcomes are the numbers that they have in the log.
var outcomes = [...]string{"not answered", "records", "nothing to show", "ask the issuing authority"}

// check returns what a receipt shows if it is of this answer: of its number, instant,
// purpose, basis, pack and outcome.
func (a Answer) check(t proof.Trust, receipt string) (proof.Proven, error) {
	p, err := t.CheckReceipt(receipt)
	if err != nil {
		return p, err
	}
	id, err := ref.Parse[ref.Inquiry](a.Inquiry)
	if err != nil {
		return p, err
	}
	at, err := time.Parse(time.RFC3339Nano, a.At)
	if err != nil {
		return p, err
	}
	facts := p.Event.Facts
	outcome, err := strconv.ParseUint(facts["outcome"], 10, 8)
	if err != nil || outcome >= uint64(len(outcomes)) {
		return p, errors.New("the outcome is none")
	}
	for name, same := range map[string]bool{
		"kind": p.Event.Kind == "inquiry.answered", "number": p.Event.ID == id, "instant": p.Event.At.Equal(at), "outcome": outcomes[outcome] == a.Outcome,
		"purpose": facts["purpose"] == a.Purpose || facts["purpose"] == "none" && outcome == 0, // one that the pack does not have
		"basis":   facts["basis"] == a.Basis, "pack": facts["pack"] == a.Pack,
	} {
		if !same {
			return p, errors.New("the receipt is of another " + name)
		}
	}
	return p, nil
}

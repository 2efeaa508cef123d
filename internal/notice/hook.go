package notice

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
)

// Hook is where a body wants changes to be sent, besides its inbox.
type Hook struct {
	ID      ref.Hook
	Body    ref.Body
	URL     string
	MadeAt  time.Time
	EndedAt time.Time // zero while it stands
	Waiting int64     // changes that are to be sent there
	Dead    int64     // changes that it never took, and that nobody acknowledged
}

// Hooks keeps where bodies want changes to be sent, one place for each body at a time.
type Hooks interface {
	// Put ends the hook that a body has and keeps another; one that was kept before is
	// left as it is.
	Put(ctx context.Context, h Hook) error
	End(ctx context.Context, body ref.Body, now time.Time) (bool, error)
	Of(ctx context.Context, body ref.Body) (Hook, bool, error)
	All(ctx context.Context) ([]Hook, error) // those that stand
	// Again lets what the body's hook never took, and nobody acknowledged, be due at now.
	Again(ctx context.Context, body ref.Body, now time.Time) (int64, error)
}

// Secrets gives what a hook's messages are signed with: the same whenever it is asked
// for, and kept nowhere.
type Secrets interface {
	Secret(h ref.Hook) ([]byte, error)
}

// Checker says whether an address may be sent to; a fault of kind Invalid where not.
type Checker interface {
	Check(url string) error
}

// ErrNoHook is returned where a body wants nothing sent.
var ErrNoHook = fault.New(fault.NotFound, "E-HOOK", "Your body has no webhook. Changes are in its inbox. Nothing was changed.")

// SetHook lets changes be sent to an address, in place of the one before, and returns
// the hook with its secret. The same key gives the same.
func (s *Inbox) SetHook(ctx context.Context, body ref.Body, key, url string, now time.Time) (Hook, []byte, error) {
	if err := s.Checker.Check(url); err != nil {
		return Hook{}, nil, err
	}
	h := Hook{ID: hookOf(body, key), Body: body, URL: url, MadeAt: now}
	secret, err := s.Secrets.Secret(h.ID)
	if err != nil {
		return Hook{}, nil, err
	}
	return h, secret, s.Hooks.Put(ctx, h)
}

// hookOf makes the number of a hook from the key of the call that sets it.
func hookOf(body ref.Body, key string) (id ref.Hook) {
	h := sha256.New()
	h.Write([]byte("recourse/hook/v1"))
	h.Write(body[:])
	h.Write([]byte(key))
	copy(id[:], h.Sum(nil))
	return id
}

// EndHook lets nothing be sent any more. What waits stays in the inbox.
func (s *Inbox) EndHook(ctx context.Context, body ref.Body, now time.Time) error {
	ended, err := s.Hooks.End(ctx, body, now)
	if err == nil && !ended {
		err = ErrNoHook
	}
	return err
}

// HookOf returns a body's webhook, or ErrNoHook.
func (s *Inbox) HookOf(ctx context.Context, body ref.Body) (Hook, error) {
	h, found, err := s.Hooks.Of(ctx, body)
	if err == nil && !found {
		err = ErrNoHook
	}
	return h, err
}

// SendAgain lets what the webhook never took be sent again, and returns how much that is.
func (s *Inbox) SendAgain(ctx context.Context, body ref.Body, now time.Time) (int64, error) {
	if _, err := s.HookOf(ctx, body); err != nil {
		return 0, err
	}
	return s.Hooks.Again(ctx, body, now)
}

// Post is one message to a webhook (Standard Webhooks 1.0).
type Post struct {
	Change ref.Change // webhook-id: a receiver that has seen it drops the message
	URL    string
	Secret []byte
	At     time.Time
	Body   []byte
}

// Poster sends one message. It returns nil where the receiver took it (a status 2xx), a
// fault of kind Refused where it never will (410), and any other error where it may
// later. It ends within a time of its own, however slow the receiver is.
type Poster interface {
	Post(ctx context.Context, p Post) error
}

// Push is a change that is being sent.
type Push struct {
	Change
	URL string
}

// Pushes keeps what is to be sent.
type Pushes interface {
	// Due returns bodies with something due at now, those first that wait longest.
	Due(ctx context.Context, now time.Time, most int) ([]ref.Body, error)
	// Claim counts a try of up to most of a body's changes that are due, and keeps others
	// off them until an instant: it is written before anything leaves the house.
	Claim(ctx context.Context, body ref.Body, now, until time.Time, most int) ([]Push, error)
	// Sent notes that it was taken, and publishes "notice.change-sent".
	Sent(ctx context.Context, p Push, now time.Time) error
	// Failed notes why it was not, and when it is tried next.
	Failed(ctx context.Context, p Push, code string, next time.Time) error
	// Bury gives up what is to be sent since before an instant, was tried and was not taken, and publishes
	// "notice.change-undelivered" for each; it returns how many there were.
	Bury(ctx context.Context, before, now time.Time, most int) (int, error)
	// Gone ends a hook whose receiver says so; what waits for it is given up.
	Gone(ctx context.Context, p Push, now time.Time) error
}

// How long is waited after a try that failed, by how many there were (Standard Webhooks);
// after the last, as long again each time.
func Again(tries int32, now time.Time) time.Time {
	pauses := [...]time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
	return now.Add(pauses[max(0, min(int(tries)-1, len(pauses)-1))])
}

const (
	giveUp   = 4 * 24 * time.Hour // after it a change that no webhook took is a dead letter
	lease    = 2 * time.Minute    // longer than any try takes
	atOnce   = 8                  // bodies that are sent to at the same time
	inARow   = 16                 // changes of one body, one after another
	buryMost = 500
)

// Courier sends changes to webhooks. A receiver that is slow or down holds up nobody
// else: each body is sent to by itself, one message after another, and rests after a
// message that was not taken.
type Courier struct {
	Pushes Pushes
	Poster Poster
	Inbox  *Inbox

	mu   sync.Mutex
	busy map[ref.Body]bool
	rest map[ref.Body]rest
	wg   sync.WaitGroup
}

// rest is a body that is not sent to for a while.
type rest struct {
	until  time.Time
	failed int
}

// Step begins to send what is due and does not wait for it. more reports whether it
// began as much as it may at once. failed gets the errors of what it began.
func (c *Courier) Step(ctx context.Context, now time.Time, failed func(error)) (more bool, err error) {
	buried, err := c.Pushes.Bury(ctx, now.Add(-giveUp), now, buryMost)
	if err != nil {
		return false, err
	}
	due, err := c.Pushes.Due(ctx, now, 4*atOnce)
	if err != nil {
		return false, err
	}
	for _, body := range due {
		if !c.take(body, now) {
			continue
		}
		c.wg.Go(func() {
			ok, err := c.deliver(ctx, body, now)
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
			c.free(body, ok && err == nil, now)
		})
	}
	return buried == buryMost, nil
}

// Wait returns when nothing is being sent.
func (c *Courier) Wait() { c.wg.Wait() }

// take reports whether a body may be sent to now.
func (c *Courier) take(body ref.Body, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy == nil {
		c.busy, c.rest = map[ref.Body]bool{}, map[ref.Body]rest{}
	}
	if len(c.busy) >= atOnce || c.busy[body] || c.rest[body].until.After(now) {
		return false
	}
	c.busy[body] = true
	return true
}

func (c *Courier) free(body ref.Body, ok bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, body)
	if ok {
		delete(c.rest, body)
		return
	}
	failed := c.rest[body].failed + 1
	c.rest[body] = rest{until: now.Add(min(5*time.Second<<min(failed-1, 10), 10*time.Minute)), failed: failed}
}

// deliver sends some of a body's changes; false where one was not taken.
func (c *Courier) deliver(ctx context.Context, body ref.Body, now time.Time) (bool, error) {
	for range inARow {
		claimed, err := c.Pushes.Claim(ctx, body, now, now.Add(lease), 1)
		if err != nil || len(claimed) == 0 {
			return true, err
		}
		ok, err := c.one(ctx, claimed[0], now)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// one sends one change.
func (c *Courier) one(ctx context.Context, p Push, now time.Time) (bool, error) {
	message, err := c.Inbox.message(ctx, p, now)
	if err != nil {
		return false, err
	}
	err = c.Poster.Post(ctx, message)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err() // the lease ends by itself
	case err == nil:
		return true, c.Pushes.Sent(ctx, p, now)
	case fault.Of(err).Kind == fault.Refused:
		return false, c.Pushes.Gone(ctx, p, now)
	}
	return false, c.Pushes.Failed(ctx, p, fault.Of(err).Code, Again(p.Tries, now))
}

// event is the body of a message (Standard Webhooks, "payload structure").
type event struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      Note   `json:"data"`
}

func (s *Inbox) message(ctx context.Context, p Push, now time.Time) (Post, error) {
	note, err := s.Note(ctx, p.Change)
	if err != nil {
		return Post{}, err
	}
	body, err := json.Marshal(event{Type: "record.changed", Timestamp: note.At, Data: note})
	if err != nil {
		return Post{}, fmt.Errorf("writing change %s: %w", p.ID, err)
	}
	secret, err := s.Secrets.Secret(p.Hook)
	return Post{Change: p.ID, URL: p.URL, Secret: secret, At: now, Body: body}, err
}

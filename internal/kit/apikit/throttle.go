package apikit

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
)

// Caller is under whose names a call counts: random ids of a clerk and a body,
// and the purpose of an inquiry, empty for other calls. It never says whom the
// call is about.
type Caller struct {
	Clerk, Body [16]byte
	Purpose     string
}

// Rates are how many calls a minute one clerk, one body, and one body for one
// purpose may make; no limit where one is 0. As many may come at once, after as
// long a pause.
type Rates struct{ Clerk, Body, Purpose int }

// Throttle counts calls against Rates, in memory alone and in a bounded part of
// it. What it does depends on who calls and for which purpose, never on the
// person asked about. It is safe for concurrent use; a nil Throttle lets
// everything pass.
type Throttle struct {
	now     func() time.Time
	rates   [policies]int
	policy  string // the header RateLimit-Policy
	mu      sync.Mutex
	buckets map[bucket]time.Time // when each will be as if nobody had called
}

// The policies, in the order of the header.
const (
	byClerk = iota
	byBody
	byPurpose
	policies
)

// window is the time that Rates are for.
const window = time.Minute

// mostRate is a call each microsecond: more than can come.
const mostRate = int(window / time.Microsecond)

// maxBuckets bounds the memory of a Throttle to a few megabytes.
const maxBuckets = 1 << 16

type bucket struct {
	policy  int
	id      [16]byte
	purpose string
}

func policyName(policy int) string { return [policies]string{"clerk", "body", "purpose"}[policy] }

// NewThrottle returns a Throttle that takes the time from now, which never goes
// back; nil is the machine's own.
func NewThrottle(r Rates, now func() time.Time) *Throttle {
	if now == nil {
		now = clock.Stopwatch
	}
	t := &Throttle{now: now, rates: [policies]int{r.Clerk, r.Body, r.Purpose}, buckets: map[bucket]time.Time{}}
	var all []string
	for policy, rate := range t.rates {
		if t.rates[policy] = min(rate, mostRate); rate > 0 {
			rate = t.rates[policy]
			all = append(all, fmt.Sprintf("%s;q=%d;w=%d", signkit.Quote(policyName(policy)), rate, int(window.Seconds())))
		}
	}
	t.policy = strings.Join(all, ", ")
	return t
}

// ErrTooOften is the answer to a call beyond a rate.
var ErrTooOften = fault.New(fault.TooMany, "E-TOO-OFTEN",
	"Too many calls came within a minute. Nothing was done and nobody was looked up. Wait as long as Retry-After says, then send the call again with the same Idempotency-Key.")

// tooOften is ErrTooOften with what a client needs to know.
type tooOften struct {
	wait     time.Duration
	violated []string
}

func (e *tooOften) Error() string { return ErrTooOften.Error() }
func (e *tooOften) Unwrap() error { return ErrTooOften }

// Take counts one call, or returns ErrTooOften: then nothing was counted.
func (t *Throttle) Take(c Caller) error {
	if t == nil {
		return nil
	}
	_, err := t.take(c)
	return err
}

// standing is what a clerk, a body and a purpose have left.
type standing [policies]struct {
	bucket bucket
	full   time.Time // when the bucket is as if nobody had called
	left   int
	reset  time.Duration
}

// take is the generic cell rate algorithm over each policy; a call counts in all
// or in none.
func (t *Throttle) take(c Caller) (s standing, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	refused := &tooOften{}
	for policy, rate := range t.rates {
		b := bucket{policy, c.Body, ""}
		switch {
		case rate <= 0 || policy == byPurpose && c.Purpose == "":
			continue
		case policy == byClerk:
			b.id = c.Clerk
		case policy == byPurpose:
			b.purpose = c.Purpose
		}
		each := window / time.Duration(rate)
		full := t.buckets[b]
		if full.Before(now) {
			full = now
		}
		full = full.Add(each)
		ahead := full.Sub(now)
		if wait := ahead - each*time.Duration(rate); wait > 0 {
			refused.violated = append(refused.violated, policyName(policy))
			refused.wait = max(refused.wait, wait)
		}
		s[policy].bucket, s[policy].full, s[policy].reset = b, full, ahead
		s[policy].left = rate - int((ahead+each-1)/each)
	}
	for policy := range s {
		switch {
		case s[policy].full.IsZero():
			continue
		case len(refused.violated) > 0: // it was not counted
			s[policy].left = max(0, s[policy].left+1)
			s[policy].reset -= window / time.Duration(t.rates[policy])
			continue
		}
		t.makeRoom(now, s[policy].bucket)
		t.buckets[s[policy].bucket] = s[policy].full
	}
	if len(refused.violated) > 0 {
		return s, refused
	}
	return s, nil
}

// makeRoom forgets the bucket that is nearest to empty among some, where there
// would be too many.
func (t *Throttle) makeRoom(now time.Time, b bucket) {
	if _, known := t.buckets[b]; known || len(t.buckets) < maxBuckets {
		return
	}
	var least bucket
	var at time.Time
	looked := 0
	for other, full := range t.buckets { // begins anywhere
		if at.IsZero() || full.Before(at) {
			least, at = other, full
		}
		if looked++; looked == 16 || !at.After(now) {
			break
		}
	}
	delete(t.buckets, least)
}

// say writes the header fields of draft-ietf-httpapi-ratelimit-headers-10.
func (t *Throttle) say(h http.Header, s standing) {
	out := make([]byte, 0, 80)
	for policy := range s {
		if s[policy].full.IsZero() {
			continue
		}
		if len(out) > 0 {
			out = append(out, ", "...)
		}
		out = append(append(append(out, '"'), policyName(policy)...), `";r=`...)
		out = strconv.AppendInt(out, int64(s[policy].left), 10)
		out = strconv.AppendInt(append(out, ";t="...), seconds(s[policy].reset), 10)
	}
	if len(out) > 0 {
		h.Set(policyHeader, t.policy)
		h.Set(standingHeader, string(out))
	}
}

const (
	policyHeader   = "RateLimit-Policy"
	standingHeader = "RateLimit"
)

func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// spend counts this call for who makes it.
func (c *Call) spend(who Caller) error {
	if c.throttle == nil {
		return nil
	}
	s, err := c.throttle.take(who)
	c.throttle.say(c.w.Header(), s)
	return err
}

package apikit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/fault"
	"recourse/internal/kit/apikit"
)

// hand is a clock that a test turns.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func newHand() *hand { return &hand{at: time.Unix(1000, 0)} }

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) turn(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(by)
}

// count takes calls until one is refused, and returns how many were taken.
func count(t *apikit.Throttle, c apikit.Caller, most int) int {
	for n := range most {
		if t.Take(c) != nil {
			return n
		}
	}
	return most
}

func TestThrottle_countsEachByItself(t *testing.T) {
	t.Parallel()
	h := newHand()
	rates := apikit.NewThrottle(apikit.Rates{Clerk: 10, Body: 25, Purpose: 15}, h.now)
	anna := apikit.Caller{Clerk: [16]byte{1}, Body: [16]byte{9}}
	bo := apikit.Caller{Clerk: [16]byte{2}, Body: [16]byte{9}, Purpose: "a"}
	cy := apikit.Caller{Clerk: [16]byte{3}, Body: [16]byte{9}, Purpose: "a"}
	other := apikit.Caller{Clerk: [16]byte{4}, Body: [16]byte{8}, Purpose: "a"}
	for i, c := range []struct {
		who  apikit.Caller
		want int
	}{{anna, 10}, {bo, 10}, {cy, 5}, {other, 10}, {anna, 0}} {
		if n := count(rates, c.who, 100); n != c.want {
			t.Errorf("caller %d: %d calls were taken, want %d", i, n, c.want)
		}
	}
	h.turn(6 * time.Second) // one call of a clerk comes back
	if n := count(rates, other, 100); n != 1 {
		t.Errorf("after six seconds %d calls were taken, want 1", n)
	}
	h.turn(time.Hour) // no more than a minute's worth is saved up
	if n := count(rates, other, 100); n != 10 {
		t.Errorf("after an hour %d calls were taken, want 10", n)
	}
	for _, free := range []*apikit.Throttle{nil, apikit.NewThrottle(apikit.Rates{}, h.now)} {
		if n := count(free, anna, 10000); n != 10000 {
			t.Errorf("without a rate %d calls were taken", n)
		}
	}
}

// TestThrottle_model compares with the rule itself: in no minute more than twice
// the rate (what was saved up, and what came back), and after any wait that a
// refusal names the call is taken.
func TestThrottle_model(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.IntRange(1, 90).Draw(t, "rate")
		h := newHand()
		rates := apikit.NewThrottle(apikit.Rates{Clerk: rate}, h.now)
		var taken []time.Time
		for range rapid.IntRange(1, 300).Draw(t, "calls") {
			h.turn(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond)
			if rates.Take(apikit.Caller{}) == nil {
				taken = append(taken, h.now())
			}
		}
		for i, first := range taken {
			within := 0
			for _, at := range taken[i:] {
				if at.Sub(first) < time.Minute {
					within++
				}
			}
			if within > 2*rate {
				t.Fatalf("%d calls in a minute at a rate of %d", within, rate)
			}
		}
	})
}

// TestThrottle_isBounded calls as more clerks than there is room for.
func TestThrottle_isBounded(t *testing.T) {
	t.Parallel()
	h := newHand()
	rates := apikit.NewThrottle(apikit.Rates{Clerk: 1, Body: 1000000}, h.now)
	for i := range 200_000 {
		c := apikit.Caller{Clerk: [16]byte{byte(i), byte(i >> 8), byte(i >> 16)}}
		if i > 0 && i%70_000 == 0 {
			h.turn(time.Hour)
		}
		if err := rates.Take(c); err != nil {
			t.Fatalf("clerk %d, who never called: %v", i, err)
		}
	}
	if n := rates.Buckets(); n > 1<<16 {
		t.Errorf("%d are remembered", n)
	}
}

// TestThrottle_refuses follows one holder over HTTP to the end of a rate and
// beyond.
func TestThrottle_refuses(t *testing.T) {
	t.Parallel()
	h := newHand()
	r := newRig(t, func(c *apikit.Config) {
		c.Throttle = apikit.NewThrottle(apikit.Rates{Clerk: 3, Body: 30, Purpose: 30}, h.now)
	})
	const read = "GET /api/v1/notes/{id}"
	for i, want := range []string{`"clerk";r=2;t=20, "body";r=29;t=2`, `"clerk";r=1;t=40, "body";r=28;t=4`, `"clerk";r=0;t=60, "body";r=27;t=6`} {
		w := r.do(t, "GET", "/api/v1/notes/1", nil, holder())
		if got := w.Header().Get("RateLimit"); w.Code != 200 || got != want {
			t.Errorf("call %d: %d, %q, want %q", i, w.Code, got, want)
		}
		if got, want := w.Header().Get("RateLimit-Policy"), `"clerk";q=3;w=60, "body";q=30;w=60, "purpose";q=30;w=60`; got != want {
			t.Errorf("the policy is %q, want %q", got, want)
		}
		if err := r.Conforms(read, w.Code, w.Header(), w.Body.Bytes()); err != nil {
			t.Error(err)
		}
	}
	w := r.do(t, "GET", "/api/v1/notes/1", nil, holder())
	p := problem(t, w)
	if p.Status != 429 || p.Code != "E-TOO-OFTEN" || !cmp.Equal(p.Violated, []string{"clerk"}) || w.Header().Get("Retry-After") != "20" {
		t.Errorf("the fourth call: %+v %v", p, w.Header())
	}
	if got, want := w.Header().Get("RateLimit"), `"clerk";r=0;t=60, "body";r=27;t=6`; got != want {
		t.Errorf("refused: %q, want %q", got, want)
	}
	if err := r.Conforms(read, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Error(err)
	}
	if w := r.do(t, "GET", "/api/v1/rules", nil); w.Code != 200 || w.Header().Get("RateLimit") != "" {
		t.Errorf("who is nobody: %d %q", w.Code, w.Header().Get("RateLimit"))
	}
	if w := r.do(t, "GET", "/api/v1/notes/1", nil); w.Code != 401 || w.Header().Get("RateLimit") != "" {
		t.Errorf("without a token: %d %q", w.Code, w.Header().Get("RateLimit"))
	}
	h.turn(20 * time.Second)
	if w := r.do(t, "GET", "/api/v1/notes/1", nil, holder()); w.Code != 200 {
		t.Errorf("after the wait: %d %s", w.Code, w.Body)
	}
}

// TestThrottle_atOnce lets callers race: exactly the rate passes.
func TestThrottle_atOnce(t *testing.T) {
	t.Parallel()
	rates := apikit.NewThrottle(apikit.Rates{Clerk: 100}, newHand().now)
	var wait sync.WaitGroup
	taken := make([]int, 8)
	for i := range taken {
		wait.Go(func() { taken[i] = count(rates, apikit.Caller{}, 1000) })
	}
	wait.Wait()
	sum := 0
	for _, n := range taken {
		sum += n
	}
	if sum != 100 {
		t.Errorf("%d calls passed, want 100", sum)
	}
}

func TestThrottle_saysTooMany(t *testing.T) {
	t.Parallel()
	rates := apikit.NewThrottle(apikit.Rates{Body: 1}, newHand().now)
	if err := rates.Take(apikit.Caller{}); err != nil {
		t.Fatal(err)
	}
	err := rates.Take(apikit.Caller{})
	if f := fault.Of(err); f.Kind != fault.TooMany || f.Code != "E-TOO-OFTEN" || !strings.Contains(fmt.Sprint(err), f.Text) {
		t.Errorf("%v", err)
	}
}

// TestThrottle_isDocumented looks for the answer in the document, and for its
// absence where nothing is counted.
func TestThrottle_isDocumented(t *testing.T) {
	t.Parallel()
	counted := func(r rig) (out []string) {
		var doc struct {
			Paths map[string]map[string]struct {
				Responses map[string]struct{ Headers map[string]any }
			}
		}
		if err := json.Unmarshal(r.Document(), &doc); err != nil {
			t.Fatal(err)
		}
		for path, item := range doc.Paths {
			for method, op := range item {
				if h := op.Responses["429"].Headers; h["Retry-After"] != nil && h["RateLimit"] != nil && op.Responses["200"].Headers["RateLimit-Policy"] != nil {
					out = append(out, strings.ToUpper(method)+" "+path)
				}
			}
		}
		return out
	}
	limited := newRig(t, func(c *apikit.Config) { c.Throttle = apikit.NewThrottle(apikit.Rates{Clerk: 1}, nil) })
	holders := 0
	for _, route := range limited.Routes() {
		if route.Who == apikit.Holder {
			holders++
		}
	}
	if got := counted(limited); len(got) != holders || holders == 0 {
		t.Errorf("%d calls say that they are counted, %d are: %q", len(got), holders, got)
	}
	CheckDocument(t, limited.Document())
	if got := counted(newRig(t)); len(got) != 0 {
		t.Errorf("%q say that they are counted and are not", got)
	}
}

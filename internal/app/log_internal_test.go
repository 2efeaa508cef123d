package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"recourse/internal/inquiry"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/obskit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/proof"
	"recourse/internal/test/housetest"
)

// asked counts what reaches the wall.
type asked struct {
	inquiry.Store
	n int
}

func (a *asked) Disclose(context.Context, inquiry.Ask) (inquiry.Told, error) {
	a.n++
	return inquiry.Told{}, nil
}

// TestPublished_stopsWhileStuck: while publication is stuck for longer than is allowed
// nothing is disclosed, with the reason, and nothing is looked up. The controls are
// before it and after it.
func TestPublished_stopsWhileStuck(t *testing.T) {
	t.Parallel()
	wall, l := &asked{}, &openLog{most: time.Hour}
	p := published{wall, l}
	for i, c := range []struct {
		ago   time.Duration
		stuck bool
	}{{0, false}, {59 * time.Minute, false}, {61 * time.Minute, true}, {0, false}} {
		l.good(clock.Stopwatch().Add(-c.ago))
		before := wall.n
		_, err := p.Disclose(t.Context(), inquiry.Ask{})
		if c.stuck != errors.Is(err, ErrStuck) || c.stuck != (wall.n == before) {
			t.Errorf("%d, published %s ago: %v, %d look-ups", i, c.ago, err, wall.n-before)
		}
	}
}

// TestLogGauges: how long publication is stuck, how far it went and how old the newest
// cosignature is, are measured.
func TestLogGauges(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	key := func(name string) (secret, public string) {
		secret, public, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			t.Fatal(err)
		}
		return secret, public
	}
	secret, public := key("registry.example/log")
	by, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	witnessed, seenBy := key("witness.example")
	witness, err := cosign.NewSignerForCosignatureV1(witnessed)
	if err != nil {
		t.Fatal(err)
	}
	vkey, err := cosign.VKeyToCosignatureV1(seenBy)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := proof.NewTrust(public, []byte("witness w "+vkey+" https://witness.example/\nquorum w\n"))
	if err != nil {
		t.Fatal(err)
	}
	log := ledgerpg.NewLog(f.Keeper)
	signed, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: "registry.example/log", Size: 42, Root: proof.Hash{1}}.Text()}, by, witness)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Publish(t.Context(), ledger.Published{Size: 42, Note: signed, At: f.Now()}); err != nil {
		t.Fatal(err)
	}
	h := &House{metrics: obskit.New("0"), clock: &clock.Clock{}, public: &openLog{served: log, press: &ledger.Press{Trust: trust}}}
	h.logGauges()
	h.public.good(clock.Stopwatch().Add(-5 * time.Minute))
	h.clock.Shift(72 * time.Hour) // a sandbox's shift makes no cosignature older
	w := httptest.NewRecorder()
	h.metrics.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for name, is := range map[string]func(v float64) bool{
		"recourse_log_lag_seconds":         func(v float64) bool { return v >= 300 },
		"recourse_log_entries":             func(v float64) bool { return v == 42 },
		"recourse_log_witness_age_seconds": func(v float64) bool { return v >= 0 && v < 72*3600 },
	} {
		var v float64
		_, rest, found := strings.Cut(w.Body.String(), "\n"+name+" ")
		if _, err := fmt.Sscan(rest, &v); !found || err != nil || !is(v) {
			t.Errorf("%s is %v (%v)", name, v, found)
		}
	}
}

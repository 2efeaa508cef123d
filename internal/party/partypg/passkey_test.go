package partypg_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recourse/internal/party"
	"recourse/internal/party/partypg"
)

func passkey(n byte) party.Passkey {
	return party.Passkey{ID: [32]byte{n}, Credential: []byte{n}, Key: []byte{n}, Device: "Firefox, Linux"}
}

// TestPasskey_bound binds passkeys of a clerk: only after a sign-in at an identity
// service not long ago, ten at most, none twice, and nobody revokes another's.
func TestPasskey_bound(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, clerk := staffed(t, h, 10)
	s.Passkeys = partypg.NewSessions(h.App)
	if _, err := s.AddClerk(t.Context(), "sample-bank", "sample-2", h.Today().AddDays(1), now); err != nil {
		t.Fatal(err)
	}
	enter := func(number string, way party.Way) (string, party.Holder) {
		secret, in, err := s.SignInStaff(t.Context(), "sample-bank", number, party.Entered{Way: way}, now)
		if err != nil {
			t.Fatal(err)
		}
		return secret, in.Holder()
	}
	in, _ := enter("sample-1", party.ByProvider)
	for _, way := range []party.Way{party.ByToken, party.ByPasskey, party.BySample} {
		if secret, _ := enter("sample-1", way); !errors.Is(s.Bind(t.Context(), secret, passkey(1), now), party.ErrPasskeyWay) {
			t.Errorf("bound by %s", way)
		}
	}
	if err := s.Bind(t.Context(), in, passkey(1), now.Add(s.FreshFor()+time.Second)); !errors.Is(err, party.ErrPasskeyWay) {
		t.Errorf("bound long after the proof: %v", err)
	}
	for n := range byte(11) {
		if err := s.Bind(t.Context(), in, passkey(n), now); (n < 10) != (err == nil) || n >= 10 && !errors.Is(err, party.ErrPasskeyFull) {
			t.Errorf("passkey %d: %v", n+1, err)
		}
	}
	second, other := enter("sample-2", party.ByProvider)
	if err := s.Bind(t.Context(), second, passkey(3), now); !errors.Is(err, party.ErrPasskeyFull) {
		t.Errorf("another's passkey is bound: %v", err)
	}
	own := party.Holder{Clerk: clerk.ID}
	for _, c := range []struct {
		by   party.Holder
		done bool
	}{{other, false}, {party.Holder{}, false}, {own, true}, {own, false}} {
		if done, err := s.RevokePasskey(t.Context(), c.by, [32]byte{3}); err != nil || done != c.done {
			t.Errorf("revoked by %v: %v %v", c.by, done, err)
		}
	}
	if all, err := s.PasskeysOf(t.Context(), own); err != nil || len(all) != 9 {
		t.Errorf("%d left: %v", len(all), err)
	}
	if _, err := s.Bound(t.Context(), [32]byte{3}, now); !errors.Is(err, party.ErrPasskeyUnknown) {
		t.Errorf("revoked: %v", err)
	}
	if _, err := s.Bound(t.Context(), [32]byte{4}, now.AddDate(0, 0, 20)); !errors.Is(err, party.ErrTraining) {
		t.Errorf("without training: %v", err)
	}
	if b, err := s.Bound(t.Context(), [32]byte{4}, now); err != nil || b.Holder != own || b.Clerk.StaffNumber != "sample-1" {
		t.Errorf("control: %+v %v", b, err)
	}
}

// TestPasskey_withoutFile binds nothing to a person of whom nothing is kept.
func TestPasskey_withoutFile(t *testing.T) {
	t.Parallel()
	h := open(t)
	s, in := personOf(t, h, 1)
	s.Passkeys = partypg.NewSessions(h.App)
	if err := s.Bind(t.Context(), in("", h.Now()), passkey(1), h.Now()); !errors.Is(err, party.ErrPasskeyWay) {
		t.Errorf("bound: %v", err)
	}
}

// TestPasskey_counts lets a passkey be used with counters that go on and back, and once
// by eight at a time.
func TestPasskey_counts(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, _ := staffed(t, h, 10)
	s.Passkeys = partypg.NewSessions(h.App)
	in, _, err := s.SignInStaff(t.Context(), "sample-bank", "sample-1", party.Entered{Way: party.ByProvider}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Bind(t.Context(), in, passkey(1), now); err != nil {
		t.Fatal(err)
	}
	b := party.Bound{Passkey: passkey(1)}
	for i, c := range []struct {
		counter uint32
		taken   bool
	}{{0, true}, {0, true}, {5, true}, {5, false}, {4, false}, {0, false}, {6, true}, {1<<32 - 1, true}, {0, false}} {
		if err := s.UsePasskey(t.Context(), b, c.counter, now); (err == nil) != c.taken || err != nil && !errors.Is(err, party.ErrPasskeyCounter) {
			t.Errorf("use %d with %d: %v", i, c.counter, err)
		}
	}
	if err := s.Bind(t.Context(), in, passkey(2), now); err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if s.UsePasskey(t.Context(), party.Bound{Passkey: passkey(2)}, 1, now) == nil {
				taken.Add(1)
			}
		})
	}
	if all.Wait(); taken.Load() != 1 {
		t.Errorf("one counter was taken %d times", taken.Load())
	}
}

package partypg_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/signkit"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// office is a body with two heads and a clerk, and another body's head.
type office struct {
	house
	service           *party.Service
	ring              *party.Keyring
	first, second     party.Clerk // heads
	clerk             party.Clerk
	elsewhere, former party.Clerk // head of another body, head whose mandate is over
}

func openOffice(t *testing.T) office {
	t.Helper()
	h := open(t)
	mandates := partypg.NewMandates(h.App, housetest.Publisher(nil))
	o := office{house: h, service: &party.Service{Store: h.store, Chance: rand.Reader, Zone: h.Location, Sessions: partypg.NewSessions(h.App)},
		ring: &party.Keyring{Store: partypg.NewKeyring(h.App, housetest.Publisher(nil)), Mandates: mandates, Zone: h.Location}}
	for _, c := range []struct {
		who        *party.Clerk
		body, name string
		head       int // days of the mandate from today, 0 for none
	}{{&o.first, "sample-bank", "head-1", 30}, {&o.second, "sample-bank", "head-2", 30}, {&o.clerk, "sample-bank", "clerk-1", 0},
		{&o.elsewhere, "hubei-tax", "head-1", 30}, {&o.former, "sample-bank", "head-3", 1}} {
		var err error
		if *c.who, err = o.service.AddClerk(t.Context(), c.body, c.name, h.Today().AddYears(2), h.Now()); err != nil {
			t.Fatal(err)
		}
		if c.head > 0 {
			m := party.Mandate{Clerk: c.who.ID, Desk: party.Heads, Until: h.Today().AddDays(c.head)}
			if err := party.Appoint(t.Context(), mandates, m, h.Today(), h.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := mandates.End(t.Context(), o.former.ID, party.Heads, h.Now()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o office) key(t *testing.T) party.Key {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return party.Key{ID: signkit.KeyID(public), Public: [32]byte(public), Holder: o.clerk.ID, Until: o.Today().AddDays(30)}
}

// signs reports whether a key opens the calls at an instant.
func (o office) signs(t *testing.T, k party.Key, now time.Time) bool {
	t.Helper()
	who, err := o.service.Authenticate(t.Context(), party.SignedWith(k.ID), now)
	if err != nil && !errors.Is(err, party.ErrToken) {
		t.Fatal(err)
	}
	if err == nil && who.ID != k.Holder {
		t.Fatalf("the key opens as %v", who)
	}
	return err == nil
}

func code(err error) string { return fault.Of(err).Code }

func TestKeyring_needsTwoHeads(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx, now := t.Context(), o.Now()
	k := o.key(t)
	for name, who := range map[string]party.Clerk{"a clerk": o.clerk, "a head of before": o.former} {
		if _, err := o.ring.Ask(ctx, who, k, now); code(err) != "E-HEAD" {
			t.Errorf("%s asks: %v", name, err)
		}
	}
	if _, err := o.ring.Ask(ctx, o.elsewhere, k, now); code(err) != "E-CLERK-NONE" {
		t.Errorf("a head of another body asks: %v", err)
	}
	asked, err := o.ring.Ask(ctx, o.first, k, now)
	if err != nil || asked.AskedBy != o.first.ID || !asked.ConfirmedBy.IsZero() || asked.Body != o.clerk.Body.ID {
		t.Fatalf("asked: %+v, %v", asked, err)
	}
	if again, err := o.ring.Ask(ctx, o.second, k, now); err != nil || again.AskedBy != o.first.ID {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if o.signs(t, k, now) {
		t.Error("a key that waits signs")
	}
	for name, c := range map[string]struct {
		who  party.Clerk
		want string
	}{"who asked": {o.first, "E-SIGN-KEY-ALONE"}, "who holds it": {o.clerk, "E-HEAD"}, "a head of before": {o.former, "E-HEAD"}, "a head of another body": {o.elsewhere, "E-SIGN-KEY-NONE"}} {
		if _, err := o.ring.Confirm(ctx, c.who, k.ID, now); code(err) != c.want {
			t.Errorf("%s confirms: %v", name, err)
		}
	}
	confirmed, err := o.ring.Confirm(ctx, o.second, k.ID, now)
	if err != nil || confirmed.ConfirmedBy != o.second.ID || !o.signs(t, k, now) {
		t.Fatalf("confirmed: %+v, %v", confirmed, err)
	}
	if again, err := o.ring.Confirm(ctx, o.second, k.ID, now); err != nil || !again.ConfirmedAt.Equal(confirmed.ConfirmedAt) {
		t.Errorf("confirmed again: %+v, %v", again, err)
	}
	if over := k.Until.AddDays(1).Start(o.Location); !o.signs(t, k, over.Add(-time.Microsecond)) || o.signs(t, k, over) {
		t.Error("the key does not end with its last day")
	}
	if n := o.count(t, "select count(*) from ledger.journal where kind like 'party.key-%'"); n != 2 {
		t.Errorf("%d events of asking and confirming", n)
	}
}

func TestKeyring_ends(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx, now := t.Context(), o.Now()
	for name, c := range map[string]struct {
		who  party.Clerk
		want string
	}{"who holds it": {o.clerk, ""}, "one head": {o.first, ""}, "a head of before": {o.former, "E-HEAD"}, "a head of another body": {o.elsewhere, "E-SIGN-KEY-NONE"}} {
		k := o.key(t)
		if _, err := o.ring.Ask(ctx, o.first, k, now); err != nil {
			t.Fatal(err)
		}
		if _, err := o.ring.Confirm(ctx, o.second, k.ID, now); err != nil {
			t.Fatal(err)
		}
		_, err := o.ring.End(ctx, c.who, k.ID, now)
		if got := ""; err != nil && code(err) != c.want || err == nil && c.want != got {
			t.Errorf("%s ends it: %v", name, err)
		}
		if o.signs(t, k, now) != (err != nil) {
			t.Errorf("%s ended it, and it signs: %v", name, err == nil)
		}
		if err == nil {
			if _, err := o.ring.Ask(ctx, o.first, k, now); code(err) != "E-SIGN-KEY-KNOWN" {
				t.Errorf("an ended key is taken again: %v", err)
			}
			if _, err := o.ring.Confirm(ctx, o.second, k.ID, now); code(err) != "E-SIGN-KEY-OVER" {
				t.Errorf("an ended key is confirmed: %v", err)
			}
		}
	}
	if list, err := o.ring.List(ctx, o.clerk); err != nil || len(list) != 4 {
		t.Errorf("%d keys of the body, %v", len(list), err)
	}
	if list, err := o.ring.List(ctx, o.elsewhere); err != nil || len(list) != 0 {
		t.Errorf("%d keys of another body, %v", len(list), err)
	}
	k := o.key(t)
	k.Until = o.Today().AddDays(-1)
	if _, err := o.ring.Ask(ctx, o.first, k, now); code(err) != "E-SIGN-KEY-UNTIL" {
		t.Errorf("a key that is over: %v", err)
	}
	k.Until = o.Today().AddDays(401)
	if _, err := o.ring.Ask(ctx, o.first, k, now); code(err) != "E-SIGN-KEY-UNTIL" {
		t.Errorf("a key for longer: %v", err)
	}
	k.Until, k.Holder = o.Today(), housetest.Mint[ref.Clerk](t)
	if _, err := o.ring.Ask(ctx, o.first, k, now); code(err) != "E-CLERK-NONE" {
		t.Errorf("a key of nobody: %v", err)
	}
}

// TestDoors_openForTheirOwn tries what opens one door at every other: the id of a key
// is public, and what a hash is made of must not be sent as a token.
func TestDoors_openForTheirOwn(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx, now := t.Context(), o.Now()
	token, err := o.service.IssueToken(ctx, o.clerk.ID, now, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := o.service.SignInClerk(ctx, token, party.Entered{Way: party.ByToken}, now)
	if err != nil {
		t.Fatal(err)
	}
	k := o.key(t)
	if _, err := o.ring.Ask(ctx, o.first, k, now); err != nil {
		t.Fatal(err)
	}
	if _, err := o.ring.Confirm(ctx, o.second, k.ID, now); err != nil {
		t.Fatal(err)
	}
	jwk := `{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(k.Public[:]) + `"}`
	for _, try := range []string{secret, "rct_" + secret, "rck_" + k.ID, "rct_rck_" + k.ID, "rct_" + k.ID, "rct_" + jwk, "rct_" + token, k.ID, ""} {
		if _, err := o.service.Authenticate(ctx, party.Bearer(try), now); !errors.Is(err, party.ErrToken) {
			t.Errorf("a token of %d characters opens: %v", len(try), err)
		}
		if _, err := o.service.ClerkSession(ctx, try, now); try != secret && !errors.Is(err, party.ErrSession) {
			t.Errorf("a session of %d characters opens: %v", len(try), err)
		}
	}
	for name, p := range map[string]party.Presented{"the token": party.Bearer(token), "the key": party.SignedWith(k.ID)} {
		if _, err := o.service.Authenticate(ctx, p, now); err != nil {
			t.Errorf("control: %s: %v", name, err)
		}
	}
	if _, err := o.service.ClerkSession(ctx, secret, now); err != nil {
		t.Errorf("control: the session: %v", err)
	}
}

// TestNonces_areSpentOnce lets many spend the same ones at once, forgets everything
// that is in memory, and sweeps.
func TestNonces_areSpentOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	s := partypg.NewSignatures(o.App)
	id := o.key(t).ID
	until := time.Now().Add(time.Minute)
	var fresh atomic.Int64
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			nonce := base64.RawURLEncoding.EncodeToString([]byte{byte(i % 16)}) + "-sample-sample-s"
			ok, err := s.Spend(ctx, id, nonce, until)
			if err != nil {
				t.Error(err)
			}
			if ok {
				fresh.Add(1)
			}
		})
	}
	wg.Wait()
	if fresh.Load() != 16 {
		t.Errorf("16 nonces that came four times each were fresh %d times", fresh.Load())
	}
	anew := partypg.NewSignatures(o.App)
	if ok, err := anew.Spend(ctx, id, "AA-sample-sample-s", until); ok || err != nil {
		t.Errorf("after a restart: %v, %v", ok, err)
	}
	if ok, err := anew.Spend(ctx, o.key(t).ID, "AA-sample-sample-s", until); !ok || err != nil {
		t.Errorf("the same of another key: %v, %v", ok, err)
	}
	if ok, err := anew.Spend(ctx, id, "over-sample-sample-s", time.Now().Add(-2*time.Minute)); !ok || err != nil {
		t.Errorf("one that is over: %v, %v", ok, err)
	}
	if n, err := partypg.NewKeeperStore(o.Keeper, housetest.Publisher(nil)).SweepNonces(ctx); n != 1 || err != nil {
		t.Errorf("%d swept, %v", n, err)
	}
	sum := sha256.Sum256([]byte("unknown"))
	if _, known, err := s.Public(ctx, base64.RawURLEncoding.EncodeToString(sum[:])); known || err != nil {
		t.Errorf("an unknown key: %v, %v", known, err)
	}
	if _, known, err := s.Public(ctx, "?"); known || err != nil {
		t.Errorf("what is no key: %v, %v", known, err)
	}
}

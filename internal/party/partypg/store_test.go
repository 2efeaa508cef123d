package partypg_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

func TestBody_knownAndUnknown(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, err := h.store.Body(t.Context(), "sample-bank")
	if err != nil || b != h.Bodies["sample-bank"] {
		t.Errorf("body %v, %v", b, err)
	}
	if _, err := h.store.Body(t.Context(), "no-such-body"); fault.Of(err).Kind != fault.NotFound {
		t.Errorf("an unknown body: %v", err)
	}
}

func TestClerk_actsOnlyWithACurrentToken(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, now := t.Context(), h.Now()
	s := &party.Service{Store: h.store, Chance: rand.Reader, Zone: h.Location}
	clerk, err := s.AddClerk(ctx, "sample-bank", "sample-1", h.Today().AddDays(10), now)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.AddClerk(ctx, "sample-bank", "sample-1", h.Today().AddDays(30), now)
	if err != nil || again.ID != clerk.ID {
		t.Fatalf("the same number is clerk %v, then %v, %v", clerk.ID, again.ID, err)
	}
	secret, err := s.IssueToken(ctx, clerk.ID, now, now.Add(90*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.IssueToken(ctx, clerk.ID, now, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, secret string
		at           time.Time
		want         error
	}{
		{"current", secret, now, nil},
		{"trained until the last day", secret, now.AddDate(0, 0, 30), nil},
		{"training over", secret, now.AddDate(0, 0, 31), party.ErrTraining},
		{"before it was made", secret, now.Add(-time.Second), party.ErrToken},
		{"other, current", other, now.Add(time.Hour - time.Microsecond), nil},
		{"other, expired", other, now.Add(time.Hour), party.ErrToken},
		{"made up", "rct_AAAA", now, party.ErrToken},
	} {
		got, err := s.Authenticate(ctx, party.Bearer(c.secret), c.at)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err == nil && (got.ID != clerk.ID || got.Body != h.Bodies["sample-bank"] || got.TrainedUntil != h.Today().AddDays(30)) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if n, err := s.RevokeTokens(ctx, clerk.ID, now); n != 2 || err != nil {
		t.Errorf("%d tokens revoked, %v", n, err)
	}
	if _, err := s.Authenticate(ctx, party.Bearer(secret), now); !errors.Is(err, party.ErrToken) {
		t.Errorf("a revoked token: %v", err)
	}
	if n := h.count(t, "select count(*) from ledger.journal where kind = 'party.clerk-kept'"); n != 2 {
		t.Errorf("%d events of keeping a clerk twice", n)
	}
}

func TestContact_isSealedAndSaid(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, now := t.Context(), h.Now()
	keys := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	s := &party.Service{Store: h.store, Sealer: keys, Chance: rand.Reader, Zone: h.Location}
	p := h.Register(t, keys, housetest.Sample(t, 4), h.Today().AddYears(1))
	for i, address := range []string{"one@example.org", "two@example.org"} {
		at := now.Add(time.Duration(i) * time.Second)
		if err := s.SetContact(ctx, p, party.Contact{Email: address, Language: "en"}, at); err != nil {
			t.Fatal(err)
		}
		if since, found, err := s.ContactSetAt(ctx, p); !since.Equal(at) || !found || err != nil {
			t.Errorf("set at %v, %v, %v", since, found, err)
		}
		if n := h.count(t, "select count(*) from party.contact where position('example.org'::bytea in box) > 0"); n != 0 {
			t.Error("an address lies open in the database")
		}
	}
	if err := s.SetContact(ctx, p, party.Contact{}, now); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.ContactSetAt(ctx, p); found || err != nil {
		t.Errorf("a removed contact is found: %v, %v", found, err)
	}
	if err := s.SetContact(ctx, p, party.Contact{}, now); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]int{"party.contact-set": 2, "party.contact-removed": 1} {
		if n := h.count(t, "select count(*) from ledger.journal where stream = $1 and kind = $2", p, kind); n != want {
			t.Errorf("%d events %s, want %d", n, kind, want)
		}
	}
	if err := h.store.PutContact(ctx, ref.Person{9}, seal.Box{Epoch: 1, Data: []byte{0}}, now); err != nil || h.count(t, "select count(*) from party.contact") != 0 {
		t.Errorf("a contact without a gate is kept: %v", err)
	}
	if err := s.SetContact(ctx, ref.Person{9}, party.Contact{Email: "a@example.org", Language: "zh"}, now); fault.Of(err).Kind != fault.NotFound {
		t.Errorf("a contact without a file: %v", err)
	}
}

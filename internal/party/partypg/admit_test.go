package partypg_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"recourse/internal/party"
)

// tokens answers every identity with the same tokens.
type tokens []party.Token

// PersonTokens is party.Tokener.PersonTokens.
func (ts tokens) PersonTokens(context.Context, [][]byte) ([][]party.Token, error) {
	return [][]party.Token{ts}, nil
}

// TestAdmit_isAuthenticateAndFind compares the one look-up with the two that it
// stands for: every state of a token, and a person under either generation.
func TestAdmit_isAuthenticateAndFind(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, now := t.Context(), h.Now()
	s := &party.Service{Store: h.store, Chance: rand.Reader, Zone: h.Location}
	clerk, err := s.AddClerk(ctx, "sample-bank", "sample-1", h.Today().AddDays(30), now)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.IssueToken(ctx, clerk.ID, now, now.Add(90*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	known, unknown := token(1, 1), token(2, 2)
	person := h.add(t, known).Person
	h.add(t, token(1, 3))
	same := func(name, secret string, at time.Time, ts tokens) (party.Admitted, error) {
		t.Helper()
		s.Tokener = ts
		got, err := s.Admit(ctx, party.Bearer(secret), at, &party.Identity{Type: "cn-id", Number: "sample"})
		clerk, authErr := s.Authenticate(ctx, party.Bearer(secret), at)
		p, there, findErr := s.Find(ctx, party.Identity{})
		if findErr != nil || !errors.Is(err, authErr) || err == nil && (got.Clerk != clerk || got.About != party.Found{Person: p, There: there}) || err != nil && got != (party.Admitted{}) {
			t.Errorf("%s: %v, %v, want %v with %v %v, %v", name, got, err, clerk, p, there, authErr)
		}
		return got, err
	}
	for name, ts := range map[string]tokens{"one generation": {known}, "the newer": {unknown, known}, "the older": {known, unknown}} {
		if got, err := same(name, secret, now, ts); err != nil || got.About != (party.Found{Person: person, There: true}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, ts := range map[string]tokens{"nobody": {unknown}, "another generation": {{Generation: 2, MAC: known.MAC}}} {
		if got, err := same(name, secret, now, ts); err != nil || got.About.There {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	_, _ = same("training over", secret, now.AddDate(0, 0, 31), tokens{known})
	_, _ = same("before it was made", secret, now.Add(-time.Second), tokens{known})
	_, _ = same("expired", secret, now.AddDate(0, 0, 90), tokens{known})
	_, _ = same("made up", "rct_AAAA", now, tokens{known})
	_, _ = same("no token", "", now, tokens{known})
	if got, err := s.Admit(ctx, party.Bearer(secret), now, nil); err != nil || got.Clerk.ID != clerk.ID || got.About.There {
		t.Errorf("about nobody: %v, %v", got, err)
	}
	if _, err := s.RevokeTokens(ctx, clerk.ID, now); err != nil {
		t.Fatal(err)
	}
	if _, err := same("revoked", secret, now, tokens{known}); !errors.Is(err, party.ErrToken) {
		t.Errorf("a revoked token: %v", err)
	}
}

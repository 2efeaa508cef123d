package partypg_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"recourse/internal/party"
)

// TestPass_endsWithItsToken signs a clerk in to the pages in every way that
// ends a pass, and tries a pass as a token and a token as a pass.
func TestPass_endsWithItsToken(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, now := t.Context(), h.Now()
	s := &party.Service{Store: h.store, Chance: rand.Reader, Zone: h.Location}
	clerk, err := s.AddClerk(ctx, "sample-bank", "sample-1", h.Today().AddDays(10), now)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(life time.Duration) string {
		token, err := s.IssueToken(ctx, clerk.ID, now, now.Add(life))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	long, short := issue(30*24*time.Hour), issue(time.Hour)
	pass := map[string]string{}
	for name, token := range map[string]string{"of a long token": long, "of a short token": short, "signed out": long} {
		in, expires, err := s.SignInClerk(ctx, token, now)
		if err != nil || !party.IsPass(in) {
			t.Fatal(err)
		}
		if want := map[string]time.Time{long: now.Add(2 * time.Hour), short: now.Add(time.Hour)}[token]; !expires.Equal(want) {
			t.Errorf("%s: ends %v, want %v", name, expires, want)
		}
		pass[name] = in
	}
	if err := s.SignOutClerk(ctx, pass["signed out"], now); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, pass string
		at         time.Time
		want       error
	}{
		{"current", pass["of a long token"], now, nil},
		{"after two hours", pass["of a long token"], now.Add(2 * time.Hour), party.ErrSession},
		{"with its token", pass["of a short token"], now.Add(time.Hour), party.ErrSession},
		{"signed out", pass["signed out"], now, party.ErrSession},
		{"a token as a pass", strings.Replace(long, "rct_", "rcp_", 1), now, party.ErrSession},
		{"no prefix", strings.TrimPrefix(pass["of a long token"], "rcp_"), now, party.ErrSession},
	} {
		got, err := s.ClerkSession(ctx, c.pass, c.at)
		if !errors.Is(err, c.want) || err == nil && got.Body != h.Bodies["sample-bank"] {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	for _, token := range []string{pass["of a long token"], strings.Replace(pass["of a long token"], "rcp_", "rct_", 1)} {
		if _, err := s.Authenticate(ctx, token, now); !errors.Is(err, party.ErrToken) {
			t.Errorf("a pass is taken for a token: %v", err)
		}
	}
	if _, err := s.RevokeTokens(ctx, clerk.ID, now); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ClerkSession(ctx, pass["of a long token"], now); !errors.Is(err, party.ErrSession) {
		t.Errorf("a pass outlives its revoked token: %v", err)
	}
	if _, _, err := s.SignInClerk(ctx, long, now); !errors.Is(err, party.ErrToken) {
		t.Errorf("a revoked token gets a pass: %v", err)
	}
}

// TestPass_needsTraining ends a sign-in when the training record is over.
func TestPass_needsTraining(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, now := t.Context(), h.Now()
	s := &party.Service{Store: h.store, Chance: rand.Reader, Zone: h.Location}
	clerk, err := s.AddClerk(ctx, "sample-bank", "sample-1", h.Today(), now)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.IssueToken(ctx, clerk.ID, now, now.AddDate(0, 0, 9))
	if err != nil {
		t.Fatal(err)
	}
	pass, _, err := s.SignInClerk(ctx, token, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddClerk(ctx, "sample-bank", "sample-1", h.Today().AddDays(-1), now); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ClerkSession(ctx, pass, now); !errors.Is(err, party.ErrSession) {
		t.Errorf("without training: %v", err)
	}
	if _, _, err := s.SignInClerk(ctx, token, now); !errors.Is(err, party.ErrTraining) {
		t.Errorf("signing in without training: %v", err)
	}
}

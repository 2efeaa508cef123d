package partypg_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// staffed is a service with one clerk.
func staffed(t *testing.T, h house, trained int) (*party.Service, party.Clerk) {
	t.Helper()
	s := &party.Service{Store: h.store, Chance: rand.Reader, Zone: h.Location, Sessions: partypg.NewSessions(h.App)}
	clerk, err := s.AddClerk(t.Context(), "sample-bank", "sample-1", h.Today().AddDays(trained), h.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s, clerk
}

func issued(t *testing.T, s *party.Service, clerk party.Clerk, now time.Time, life time.Duration) string {
	t.Helper()
	token, err := s.IssueToken(t.Context(), clerk.ID, now, now.Add(life))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// personOf signs in whoever holds a sample's identity.
func personOf(t *testing.T, h house, nth int) (*party.Service, func(device string, now time.Time) string) {
	t.Helper()
	keys := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	s := &party.Service{Store: h.store, Tokener: keys, Chance: rand.Reader, Zone: h.Location, Sessions: partypg.NewSessions(h.App)}
	return s, func(device string, now time.Time) string {
		secret, _, err := s.SignIn(t.Context(), housetest.Sample(t, nth), party.Entered{Way: party.ByProvider, Device: device}, now)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
}

// TestSession_limits uses and leaves sign-ins of persons and staff up to every limit.
func TestSession_limits(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, clerk := staffed(t, h, 10)
	people, in := personOf(t, h, 1)
	long, short := issued(t, s, clerk, now, 30*24*time.Hour), issued(t, s, clerk, now, time.Hour)
	enter := func(token string) string {
		secret, _, err := s.SignInClerk(t.Context(), token, party.Entered{Way: party.ByToken}, now)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	for _, c := range []struct {
		name   string
		s      *party.Service
		secret string
		used   []time.Duration // since the sign-in
		lasts  bool            // at the last of them
	}{
		{"a person, at once", people, in("", now), []time.Duration{0}, true},
		{"a person, just within 20 minutes", people, in("", now), []time.Duration{20*time.Minute - time.Microsecond}, true},
		{"a person, unused for 20 minutes", people, in("", now), []time.Duration{20 * time.Minute}, false},
		{"a person, used meanwhile", people, in("", now), []time.Duration{15 * time.Minute, 30 * time.Minute}, true},
		{"a person, up to 12 hours", people, in("", now), every(15*time.Minute, 12*time.Hour-time.Microsecond), true},
		{"a person, after 12 hours", people, in("", now), every(15*time.Minute, 12*time.Hour), false},
		{"a clerk, unused for 30 minutes", s, enter(long), []time.Duration{30 * time.Minute}, false},
		{"a clerk, up to two hours", s, enter(long), every(25*time.Minute, 2*time.Hour-time.Microsecond), true},
		{"a clerk, after two hours", s, enter(long), every(25*time.Minute, 2*time.Hour), false},
		{"a clerk, with its token", s, enter(short), every(25*time.Minute, time.Hour), false},
		{"before it was made", people, in("", now), []time.Duration{-time.Second}, false},
	} {
		var err error
		for _, since := range c.used {
			_, err = c.s.Session(t.Context(), c.secret, now.Add(since))
		}
		if c.lasts != (err == nil) || err != nil && !errors.Is(err, party.ErrSession) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// every are instants a step apart, and the last.
func every(step, last time.Duration) (out []time.Duration) {
	for d := step; d < last; d += step {
		out = append(out, d)
	}
	return append(out, last)
}

// TestSession_endsWithTheClerk ends a clerk's sign-ins in every way that a body has.
func TestSession_endsWithTheClerk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		end  func(h house, s *party.Service, clerk party.Clerk) error
		anew error // of the token
	}{
		{"control", func(house, *party.Service, party.Clerk) error { return nil }, nil},
		{"tokens revoked", func(h house, s *party.Service, clerk party.Clerk) error {
			_, err := s.RevokeTokens(t.Context(), clerk.ID, h.Now())
			return err
		}, party.ErrToken},
		{"no training", func(h house, s *party.Service, _ party.Clerk) error {
			_, err := s.AddClerk(t.Context(), "sample-bank", "sample-1", h.Today().AddDays(-1), h.Now())
			return err
		}, party.ErrTraining},
		{"left", func(h house, _ *party.Service, clerk party.Clerk) error {
			h.Exec(t, "update party.clerk set ended_at = now() where clerk = $1", [16]byte(clerk.ID))
			return nil
		}, party.ErrToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			now := h.Now()
			s, clerk := staffed(t, h, 10)
			token := issued(t, s, clerk, now, 24*time.Hour)
			secret, _, err := s.SignInClerk(t.Context(), token, party.Entered{Way: party.ByToken}, now)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.end(h, s, clerk); err != nil {
				t.Fatal(err)
			}
			got, err := s.ClerkSession(t.Context(), secret, now)
			if (err == nil) != (c.anew == nil) || err != nil && !errors.Is(err, party.ErrSession) || err == nil && got.Body != h.Bodies["sample-bank"] {
				t.Errorf("the sign-in: %v, %v", got, err)
			}
			if _, _, err := s.SignInClerk(t.Context(), token, party.Entered{Way: party.ByToken}, now); !errors.Is(err, c.anew) {
				t.Errorf("the token: %v, want %v", err, c.anew)
			}
		})
	}
}

// TestSession_revokedMeanwhile signs in with a token while it is revoked: none of the
// sign-ins outlives the revocation.
func TestSession_revokedMeanwhile(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, clerk := staffed(t, h, 10)
	token := issued(t, s, clerk, now, time.Hour)
	var wg sync.WaitGroup
	var in atomic.Int64
	for range 24 {
		wg.Go(func() {
			if _, _, err := s.SignInClerk(t.Context(), token, party.Entered{Way: party.ByToken}, now); err == nil {
				in.Add(1)
			} else if !errors.Is(err, party.ErrToken) {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		if _, err := s.RevokeTokens(t.Context(), clerk.ID, now); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	if n := h.count(t, "select count(*) from party.session"); n != 0 {
		t.Errorf("%d of %d sign-ins outlive their token", n, in.Load())
	}
}

// TestSession_withoutFile signs in somebody of whom nothing is kept: nothing is made,
// and each of their sign-ins stands alone.
func TestSession_withoutFile(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, in := personOf(t, h, 2)
	first := in("Firefox, Linux", now)
	in("Firefox, Linux", now)
	own, all, err := s.SignIns(t.Context(), first, now)
	if err != nil || len(all) != 1 || all[0].ID != own || !all[0].Person.IsZero() {
		t.Fatalf("%v, %v", all, err)
	}
	if done, err := s.EndSignIn(t.Context(), party.Holder{}, own); done || err != nil {
		t.Errorf("nobody ends a sign-in: %v, %v", done, err)
	}
	if n, err := s.EndOtherSignIns(t.Context(), party.Holder{}, ref.Session{}); n != 0 || err != nil {
		t.Errorf("nobody ends %d sign-ins, %v", n, err)
	}
	for _, table := range []string{"person", "token", "gate", "contact"} {
		if n := h.count(t, "select count(*) from party."+table); n != 0 {
			t.Errorf("signing in made %d rows in %s", n, table)
		}
	}
}

// TestSession_own ends one's own sign-ins, and nobody else's.
func TestSession_own(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, clerk := staffed(t, h, 10)
	token := issued(t, s, clerk, now, time.Hour)
	enter := func(token, device string, at time.Time) string {
		secret, _, err := s.SignInClerk(t.Context(), token, party.Entered{Way: party.ByToken, Device: device}, at)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	stranger, err := s.AddClerk(t.Context(), "sample-bank", "sample-2", h.Today().AddDays(9), now)
	if err != nil {
		t.Fatal(err)
	}
	theirs := enter(issued(t, s, stranger, now, time.Hour), "Safari, iPhone", now)
	var secrets []string
	for i, device := range []string{"Firefox, Linux", "Chrome, Windows", ""} {
		secrets = append(secrets, enter(token, device, now.Add(time.Duration(i)*time.Minute)))
	}
	at := now.Add(3 * time.Minute)
	own, all, err := s.SignIns(t.Context(), secrets[0], at)
	var devices []string
	for _, one := range all {
		devices = append(devices, one.Device)
	}
	if want := []string{"Firefox, Linux", "", "Chrome, Windows"}; err != nil || !slices.Equal(devices, want) || all[0].ID != own {
		t.Fatalf("%q, %v, want %q, last used first", devices, err, want)
	}
	foreign, _, err := s.SignIns(t.Context(), theirs, at)
	if err != nil {
		t.Fatal(err)
	}
	holder := party.Holder{Clerk: clerk.ID}
	for _, c := range []struct {
		name string
		id   ref.Session
		want bool
	}{{"another's", foreign, false}, {"nobody's", housetest.Mint[ref.Session](t), false}, {"one's own", all[1].ID, true}, {"again", all[1].ID, false}} {
		if done, err := s.EndSignIn(t.Context(), holder, c.id); done != c.want || err != nil {
			t.Errorf("%s: ended %v, %v", c.name, done, err)
		}
	}
	if n, err := s.EndOtherSignIns(t.Context(), holder, own); n != 1 || err != nil {
		t.Errorf("%d others ended, %v", n, err)
	}
	for name, c := range map[string]struct {
		secret string
		lasts  bool
	}{"this one": {secrets[0], true}, "another": {secrets[1], false}, "the third": {secrets[2], false}, "another's": {theirs, true}} {
		if _, err := s.Session(t.Context(), c.secret, at); (err == nil) != c.lasts {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSession_rotates gives a new secret for each proof: the one before opens nothing,
// and of two proofs at once one holds.
func TestSession_rotates(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, in := personOf(t, h, 3)
	secret := in("", now)
	later := now.Add(15 * time.Minute)
	before, err := s.Session(t.Context(), secret, later)
	if err != nil || !before.Proved.Equal(now) {
		t.Fatalf("proved at %v, %v", before.Proved, err)
	}
	fresh := make([]string, 4)
	var wg sync.WaitGroup
	for i := range fresh {
		wg.Go(func() {
			got, err := s.Prove(t.Context(), secret, party.ByPasskey, later)
			if err != nil && !errors.Is(err, party.ErrSession) {
				t.Error(err)
			}
			fresh[i] = got
		})
	}
	wg.Wait()
	open := 0
	for _, one := range fresh {
		after, err := s.Session(t.Context(), one, later)
		if err != nil {
			continue
		}
		open++
		if after.ID != before.ID || !after.Proved.Equal(later) || after.Way != party.ByPasskey || !after.Expires.Equal(before.Expires) {
			t.Errorf("after a proof: %+v", after)
		}
	}
	if open != 1 {
		t.Errorf("%d secrets open one sign-in", open)
	}
	if _, err := s.Session(t.Context(), secret, later); !errors.Is(err, party.ErrSession) {
		t.Errorf("the secret from before the proof: %v", err)
	}
}

// TestSession_secrets tries what is not the secret of a sign-in.
func TestSession_secrets(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	s, in := personOf(t, h, 4)
	secret, other := in("", now), in("", now)
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	flipped, mixed := slices.Clone(raw), slices.Clone(raw)
	flipped[47] ^= 1
	elsewhere, _ := base64.RawURLEncoding.DecodeString(other)
	copy(mixed, elsewhere[:16])
	for name, try := range map[string]string{"empty": "", "number alone": base64.RawURLEncoding.EncodeToString(raw[:16]), "one bit": base64.RawURLEncoding.EncodeToString(flipped),
		"another's number": base64.RawURLEncoding.EncodeToString(mixed), "longer": secret + "AAAA", "with a line": secret + "\n"} {
		if _, err := s.Session(t.Context(), try, now); !errors.Is(err, party.ErrSession) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.SignOut(t.Context(), try); err != nil {
			t.Errorf("signing out with %s: %v", name, err)
		}
	}
	for _, good := range []string{secret, other} {
		if _, err := s.Session(t.Context(), good, now); err != nil {
			t.Errorf("control: %v", err)
		}
	}
	if err := s.SignOut(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), secret, now); !errors.Is(err, party.ErrSession) {
		t.Errorf("after signing out: %v", err)
	}
	if n := h.count(t, "select count(*) from party.session where position($1::bytea in token_hash) > 0", raw[16:40]); n != 0 {
		t.Error("a secret lies open in the database")
	}
}

package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/law"
)

// TestDecide_bridgesAndSensitive: a sensitive type needs a second person who asks
// (rules G4), an ordinary one does not, and a bridge is not crossed outside its days
// (rules A7).
func TestDecide_bridgesAndSensitive(t *testing.T) {
	t.Parallel()
	pack, err := LoadPack("cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(purpose, ref string, body string, now time.Time) inquiry.Permit {
		t.Helper()
		u, ok := pack.Purpose(purpose)
		if !ok || !u.CaseOK(ref) || !u.Allows(body) {
			t.Fatalf("purpose %s with case %s by %s is not there", purpose, ref, body)
		}
		permit, err := inquiry.Decide(pack, body, inquiry.Request{Key: "k", Purpose: purpose, Basis: inquiry.Basis(u.Basis), Case: ref}, now)
		if err != nil {
			t.Fatal(err)
		}
		return permit
	}
	now := time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC)
	if p := ask("tax-deferral", "TD2026-000001", "hubei-tax", now); !p.Right || !p.Second {
		t.Errorf("one person alone can ask for a sensitive type: %+v", p)
	}
	if p := ask("loan-application", "", "sample-bank", now); !p.Right || p.Second || !slices.Contains(p.Types, "loan-default") {
		t.Errorf("an ordinary purpose: %+v", p)
	}
	for _, u := range pack.Purposes() {
		for _, g := range u.Grants {
			if g.Bridge == nil {
				continue
			}
			for _, day := range []time.Time{g.Bridge.From.Start(pack.Zone).Add(-time.Minute), (g.Bridge.To + 1).Start(pack.Zone)} {
				if slices.ContainsFunc(u.On(pack.Today(day)).Grants, func(g law.Grant) bool { return g.Bridge != nil }) {
					t.Errorf("%s crosses its bridge at %s", u.Code, day)
				}
			}
		}
	}
}

// TestFitForMode_namesEach: production refuses a pack with parameters that nobody
// verified, and the message names each; the sandbox takes it (rules A9).
func TestFitForMode_namesEach(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"cn-hubei", "eu-gdpr", "us-fcra"} {
		pack, err := LoadPack(code)
		if err != nil {
			t.Fatal(err)
		}
		open := pack.Unverified()
		if len(open) == 0 {
			t.Fatalf("%s: every parameter is verified: take another pack", code)
		}
		err = fitForMode(pack, Production)
		if err == nil {
			t.Fatalf("%s: production starts on %d unverified parameters", code, len(open))
		}
		for _, q := range open {
			if !strings.Contains(err.Error(), "  "+q.Name+" (") {
				t.Errorf("%s: the message does not name %s", code, q.Name)
			}
		}
		if err := fitForMode(pack, Sandbox); err != nil {
			t.Errorf("%s: the sandbox refuses: %v", code, err)
		}
	}
}

package housetest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/scheme"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// Publisher writes events as the server's does. consumers says who has something
// to do for each kind of event; nil is nobody.
func Publisher(consumers map[string][]string) pgkit.Publisher {
	return ledgerpg.NewPublisher(consumers, rand.Reader)
}

// Mint returns a new random id.
func Mint[I ref.Any](t testing.TB) I {
	t.Helper()
	id, err := ref.Mint[I](rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Sample returns the n-th made-up person, n from 0 to 999999. Their number has an
// area that was never given out (990000), and their name says that they are a
// sample.
func Sample(t testing.TB, n int) party.Identity {
	t.Helper()
	birth := when.Of(1950, time.January, 1).AddDays(n / 1000)
	digits := "990000" + birth.Time().Format("20060102") + fmt.Sprintf("%03d", n%1000)
	sum := 0
	for _, d := range digits {
		sum = (sum + int(d-'0')) * 2 % 11
	}
	name := "样本" + strings.Map(func(d rune) rune { return []rune("零一二三四五六七八九")[d-'0'] }, fmt.Sprint(n))
	id, faults := party.ParseIdentity(scheme.CNID, digits+"10X98765432"[sum:sum+1], name, "", when.Of(2026, time.January, 1))
	if len(faults) > 0 {
		t.Fatalf("sample %d: %v", n, faults)
	}
	return id
}

// Register writes a person with the file that a delivery would give them, or
// finds the one that is there.
func (f *Fixture) Register(t testing.TB, keys *vault.Sealer, id party.Identity, liveUntil when.Date) ref.Person {
	t.Helper()
	store := partypg.NewStore(f.App, Publisher(nil))
	tokens, err := keys.PersonTokens(t.Context(), [][]byte{id.TokenInput()})
	if err != nil {
		t.Fatal(err)
	}
	held, err := store.Find(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	if p := held[0].Person; !p.IsZero() {
		return p
	}
	fresh := Identify(t, keys, Mint[ref.Person](t), id, liveUntil)
	fresh.Token = tokens[0][0]
	if err := store.Register(t.Context(), []party.NewPerson{fresh}, nil, f.Now()); err != nil {
		t.Fatal(err)
	}
	return fresh.Person
}

// Identify seals an identity as a delivery does.
func Identify(t testing.TB, keys *vault.Sealer, p ref.Person, id party.Identity, liveUntil when.Date) party.NewPerson {
	t.Helper()
	plain, err := json.Marshal(dossier.IdentityPlain{IDType: id.Type, Number: id.Number, Name: id.Name, Birth: id.Birth.String()})
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := keys.Close(t.Context(), []seal.Content{{Subject: party.IdentitySubject(p), Epoch: party.IdentityEpoch(liveUntil), Plain: plain}})
	if err != nil {
		t.Fatal(err)
	}
	marks, err := keys.Fingerprints(t.Context(), []seal.Marking{{Subject: party.IdentitySubject(p),
		Slot: seal.Slot{Epoch: boxes[0].Epoch, Leaf: boxes[0].Leaf}, Content: id.NameKey()}})
	if err != nil || marks[0].Gone {
		t.Fatalf("gone %v, %v", marks[0].Gone, err)
	}
	return party.NewPerson{Person: p, LiveUntil: liveUntil, NameMark: marks[0].Mark, Box: boxes[0]}
}

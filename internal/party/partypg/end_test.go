package partypg_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// kept are the tables in which something of a person is kept.
var kept = []string{"person", "contact", "gate", "token", "session", "draft", "passkey"}

// whole is a person with everything that a file has.
func (h house) whole(t *testing.T, k interface {
	keys
	party.Sealer
}, n int, until when.Date) ref.Person {
	t.Helper()
	id := housetest.Sample(t, n)
	tokens, err := k.PersonTokens(t.Context(), [][]byte{id.TokenInput()})
	if err != nil {
		t.Fatal(err)
	}
	p := mintPerson(t)
	plain := []byte(`{"id_type":"` + id.Type + `","id_number":"` + id.Number + `","name":"` + id.Name + `"}`)
	boxes, err := k.Close(t.Context(), []seal.Content{{Subject: party.IdentitySubject(p), Epoch: party.IdentityEpoch(until), Plain: plain}})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.Register(t.Context(), []party.NewPerson{{Person: p, Token: tokens[0][0], LiveUntil: until, Box: boxes[0]}}, nil, h.Now()); err != nil {
		t.Fatal(err)
	}
	s := &party.Service{Store: h.store, Tokener: k, Sealer: k, Chance: rand.Reader, Zone: h.Location, Sessions: partypg.NewSessions(h.App)}
	if err := s.SetContact(t.Context(), p, party.Contact{Email: "sample@example.org", Language: "zh"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SignIn(t.Context(), id, party.Entered{Way: party.ByProvider}, h.Now()); err != nil {
		t.Fatal(err)
	}
	if err := s.Sessions.(*partypg.Sessions).PutDraft(t.Context(), sha256.Sum256(p[:]), party.Holder{Person: p}, []byte{1}, h.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sessions.(*partypg.Sessions).PutPasskey(t.Context(), party.Holder{Person: p}, party.Passkey{ID: sha256.Sum256(p[:]), Credential: []byte{1}, Key: []byte{1}, Made: h.Now()}, 1); err != nil {
		t.Fatal(err)
	}
	for table, n := range h.left(t, p) {
		if n != 1 {
			t.Fatalf("%d rows in %s of a new person", n, table)
		}
	}
	return p
}

func (h house) left(t *testing.T, p ref.Person) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, table := range kept {
		out[table] = h.count(t, "select count(*) from party."+table+" where person = $1", p)
	}
	return out
}

func TestEnd_whenLiveUntilHasPassed(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := housetest.Vault(t, h.Fixture)
	k := housetest.Keys(t, h.Fixture, v)
	until := h.Today().QuarterEnd() + 30 // its quarter goes on after it
	over, other := h.whole(t, k, 1, until), h.whole(t, k, 2, until+1)
	identity, contact := h.box(t, "person", over), h.box(t, "contact", over)
	keeper := h.keeper(k)
	for _, day := range []struct {
		name  string
		today when.Date
		want  int
	}{{"its last day", until, 1}, {"the day after", until + 1, 0}, {"again", until + 1, 0}} {
		h.MoveTo(t, day.today)
		all(t, func() (bool, error) { return keeper.End(t.Context(), h.Today(), h.Now()) })
		for table, n := range h.left(t, over) {
			if n != day.want {
				t.Errorf("%s: %d rows in %s, want %d", day.name, n, table, day.want)
			}
		}
	}
	for table, n := range h.left(t, other) {
		if n != 1 {
			t.Errorf("%d rows in %s of somebody else", n, table)
		}
	}
	if n := h.count(t, "select count(*) from ledger.journal where stream = $1 and kind = 'party.ended'", over); n != 1 {
		t.Errorf("%d events of one end", n)
	}
	if gone(t, k, party.IdentitySubject(over), identity) {
		t.Error("forgotten before the intent was carried out: the test below proves nothing")
	}
	receipts, err := housetest.VaultKeeper(t, h.Fixture, v).ApplyIntents(t.Context(), h.Now(), h.Today())
	if err != nil || len(receipts) != 2 {
		t.Fatalf("%d receipts of identity and contact, %v", len(receipts), err)
	}
	for _, r := range receipts {
		if r.Person != over || string(r.Reason) != "person ended" {
			t.Errorf("receipt of %v: %s", r.Person, r.Reason)
		}
	}
	if !gone(t, k, party.IdentitySubject(over), identity) || !gone(t, k, party.ContactSubject(over), contact) {
		t.Error("a copy of an ended person's row can still be opened")
	}
	if gone(t, k, party.IdentitySubject(other), h.box(t, "person", other)) {
		t.Error("somebody else was forgotten too")
	}
}

func TestEnd_waitsForWhatLasts(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	until := h.Today().QuarterEnd() + 30
	p, q := h.whole(t, k, 1, until), h.whole(t, k, 2, until)
	keeper := h.keeper(k, lasting{p: until - 5, q: until + 1}, lasting{p: until + 7, q: until - 3})
	h.MoveTo(t, until+1)
	all(t, func() (bool, error) { return keeper.End(t.Context(), h.Today(), h.Now()) })
	for p, want := range map[ref.Person]when.Date{p: until + 7, q: until + 1} {
		if got, found, err := h.store.LiveUntil(t.Context(), p); got != want || !found || err != nil {
			t.Errorf("lives until %s, want %s, %v", got, want, err)
		}
	}
	h.MoveTo(t, until+2)
	all(t, func() (bool, error) { return keeper.End(t.Context(), h.Today(), h.Now()) })
	if _, found, err := h.store.LiveUntil(t.Context(), q); found || err != nil {
		t.Errorf("control: still there when nothing lasts: %v, %v", found, err)
	}
	if n := h.count(t, "select count(*) from vault.intent where person = $1", p); n != 0 {
		t.Errorf("%d leaves of a person who lives on are to be punctured", n)
	}
}

func TestProlong_beforeTheSealEnds(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	today := h.Today()
	far := h.whole(t, k, 1, today.AddYears(2))
	keep, longer := lasting{far: today.AddYears(5)}, today.AddYears(2)
	want := map[ref.Person]when.Date{far: today.AddYears(2)}
	for n := range 220 { // more than one batch
		p := h.Register(t, k, housetest.Sample(t, 100+n), today.AddDays(50))
		if want[p] = today.AddDays(50); n%2 == 0 {
			keep[p], want[p] = longer, longer
		} else {
			keep[p] = today // less than it lives anyway
		}
	}
	if err := h.keeper(k, keep).Prolong(t.Context(), today); err != nil {
		t.Fatal(err)
	}
	for p, until := range want {
		if got, _, err := h.store.LiveUntil(t.Context(), p); got != until || err != nil {
			t.Errorf("lives until %s, want %s, %v", got, until, err)
		}
	}
}

// A delivery lets a person live longer at the moment in which they would end.
func TestEnd_againstProlonging(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		prolong func(ctx context.Context, h house, p ref.Person, until when.Date) error
		left    int
	}{
		{"prolonged", func(ctx context.Context, h house, p ref.Person, until when.Date) error {
			return h.store.Register(ctx, nil, map[ref.Person]when.Date{p: until}, h.Now())
		}, 1},
		{"control: not prolonged", func(context.Context, house, ref.Person, when.Date) error { return nil }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
			until := h.Today().QuarterEnd() + 30
			p := h.whole(t, k, 1, until)
			keeper := h.keeper(k)
			h.MoveTo(t, until+1)
			ended := make(chan error, 1)
			err := pgkit.Unit(t.Context(), h.App, func(ctx context.Context) error {
				if err := c.prolong(ctx, h, p, until.AddYears(1)); err != nil {
					return err
				}
				go func() {
					_, err := keeper.End(t.Context(), until+1, h.Now()) // not within the unit
					ended <- err
				}()
				if c.left == 0 {
					return <-ended
				}
				eventually(t, "the end waits for the delivery", func() bool {
					return h.count(t, "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and usename = 'recourse_keeper' and datname = current_database()") == 1
				})
				return nil
			})
			if c.left == 1 {
				err = <-ended
			}
			if err != nil {
				t.Fatal(err)
			}
			if l := h.left(t, p); l["person"] != c.left || l["token"] != c.left {
				t.Errorf("left %v, want %d", l, c.left)
			}
		})
	}
}

func TestIdentities_eraseWhatTheVaultForgot(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	until := h.Today().AddYears(1)
	ended, lives, moved := h.whole(t, k, 1, until), h.whole(t, k, 2, until), h.whole(t, k, 3, until)
	store := partypg.NewKeeperStore(h.Keeper, housetest.Publisher(nil))
	identities := partypg.Identities{KeeperStore: store, Lasting: []party.Lasting{lasting{lives: until}}}
	var held []seal.Held
	for after := []byte(nil); ; {
		some, next, err := identities.Held(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		held, after = append(held, some...), next
	}
	if len(held) != 3 {
		t.Fatalf("%d identities held, want 3", len(held))
	}
	most, err := identities.MaxLeaves(t.Context())
	if err != nil || len(most) != 1 || most[party.IdentityEpoch(until)] < 2 {
		t.Errorf("highest leaves %v, %v", most, err)
	}
	h.Exec(t, "update party.person set leaf = leaf + 1000 where person = $1", moved)
	for range 2 {
		if err := identities.Erase(t.Context(), held, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for p, want := range map[ref.Person]int{ended: 0, lives: 1, moved: 1} {
		if l := h.left(t, p); l["person"] != want || l["token"] != want || l["gate"] != want {
			t.Errorf("left %v, want %d", l, want)
		}
	}
	contacts := partypg.Contacts{KeeperStore: store}
	boxes, _, err := contacts.Held(t.Context(), nil, 10)
	if err != nil || len(boxes) != 2 {
		t.Fatalf("%d contacts held, %v", len(boxes), err)
	}
	if most, err := contacts.MaxLeaves(t.Context()); err != nil || len(most) != 1 {
		t.Errorf("highest leaves %v, %v", most, err)
	}
	if err := contacts.Erase(t.Context(), boxes[:1], time.Now()); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select count(*) from party.contact"); n != 1 {
		t.Errorf("%d contacts left of two, one erased", n)
	}
}

package partypg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// atOnce is how many deliveries meet in TestRegister_sameIdentityAtOnce.
const atOnce = 16

// race lets all callers look for a person before the first may write to table,
// and returns how many different persons they got.
func race(t *testing.T, h house, table string, register func(ctx context.Context, fresh ref.Person) (ref.Person, error)) int {
	t.Helper()
	super, err := pgx.Connect(t.Context(), h.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = super.Close(context.Background()) }()
	hold, err := super.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Exec(t.Context(), "lock table "+table+" in share mode"); err != nil { // reading goes on, writing waits
		t.Fatal(err)
	}
	type result struct {
		person ref.Person
		err    error
	}
	results := make(chan result)
	for range atOnce {
		fresh := mintPerson(t)
		go func() {
			p, err := register(t.Context(), fresh)
			results <- result{p, err}
		}()
	}
	eventually(t, "all wait to write", func() bool {
		return h.count(t, "select count(*) from pg_locks where relation = '"+table+"'::regclass and not granted") == atOnce
	})
	if err := hold.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	persons := map[ref.Person]bool{}
	for range atOnce {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
		}
		persons[r.person] = true
	}
	return len(persons)
}

func TestRegister_sameIdentityAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	mine := []party.Token{token(1, 7)}
	got := race(t, h, "party.token", func(ctx context.Context, fresh ref.Person) (ref.Person, error) {
		for {
			held, err := h.store.Find(ctx, [][]party.Token{mine})
			if err != nil || !held[0].Person.IsZero() {
				return held[0].Person, err
			}
			n := h.newPerson(t, mine[0])
			n.Person = fresh
			if err := h.store.Register(ctx, []party.NewPerson{n}, nil, h.Now()); !errors.Is(err, party.ErrTaken) {
				return fresh, err
			}
		}
	})
	if got != 1 {
		t.Errorf("%d deliveries made %d files of one person", atOnce, got)
	}
	if n := h.count(t, "select count(*) from party.token"); n != 1 {
		t.Errorf("%d tokens of one identifier", n)
	}
}

// The control: looking first and writing then, where nothing is unique.
func TestRegister_control(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Exec(t, "create table public.bare (mac bytea, person uuid); grant all on public.bare to public")
	got := race(t, h, "public.bare", func(ctx context.Context, fresh ref.Person) (p ref.Person, err error) {
		const look = "select person from public.bare where mac = 'x' limit 1"
		if err = h.App.QueryRow(ctx, look).Scan(&p); err == nil {
			return p, nil
		}
		_, err = h.App.Exec(ctx, "insert into public.bare values ('x', $1)", fresh)
		return fresh, err
	})
	if got != atOnce {
		t.Errorf("without uniqueness %d callers made %d files: the race does not happen, so the test above proves nothing", atOnce, got)
	}
}

func TestFind_underEveryGeneration(t *testing.T) {
	t.Parallel()
	h := open(t)
	old := h.add(t, token(1, 1))
	if got := h.add(t, token(2, 2), token(1, 1)); got.Person != old.Person {
		t.Errorf("got %v, want %v", got, old)
	}
	if n := h.count(t, "select count(*) from party.token where generation = 2"); n != 0 {
		t.Errorf("%d tokens were added under the new generation for a person who is known", n)
	}
	fresh := h.add(t, token(2, 3), token(1, 4))
	if n := h.count(t, "select count(*) from party.token where generation = 2 and person = $1", fresh.Person); n != 1 {
		t.Error("a new person is not under the newest generation")
	}
	if n := h.count(t, "select count(*) from party.gate where person = $1", fresh.Person); n != 1 {
		t.Error("a new person has no gate")
	}
	held, err := h.store.Find(t.Context(), [][]party.Token{{token(1, 9)}, {token(1, 1)}, {}})
	if err != nil || !held[0].Person.IsZero() || held[1].Person != old.Person || !held[2].Person.IsZero() {
		t.Errorf("found %v, %v", held, err)
	}
}

// A second registration of an identifier changes nothing and keeps nothing.
func TestRegister_onceAndProlongs(t *testing.T) {
	t.Parallel()
	h := open(t)
	keys := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	id := housetest.Sample(t, 1)
	until := h.Today().AddYears(2)
	p := h.Register(t, keys, id, until)
	if again := h.Register(t, keys, id, until); again != p {
		t.Fatal("two files of one person")
	}
	tokens, err := keys.PersonTokens(t.Context(), [][]byte{id.TokenInput()})
	if err != nil {
		t.Fatal(err)
	}
	before := h.add(t, tokens[0]...)
	second := housetest.Identify(t, keys, mintPerson(t), housetest.Sample(t, 2), until)
	second.Token = tokens[0][0]
	if err := h.store.Register(t.Context(), []party.NewPerson{second, h.newPerson(t, token(1, 5))}, nil, h.Now()); !errors.Is(err, party.ErrTaken) {
		t.Fatalf("an identifier that has its person was given another: %v", err)
	}
	if after := h.add(t, tokens[0]...); after != before {
		t.Errorf("another delivery changed an identity: %v, was %v", after, before)
	}
	if n := h.count(t, "select count(*) from party.person"); n != 1 {
		t.Errorf("%d persons: what came with one who was taken was kept", n)
	}
	for _, step := range []struct{ years, want int }{{3, 3}, {1, 3}} {
		err := h.store.Register(t.Context(), nil, map[ref.Person]when.Date{p: h.Today().AddYears(step.years)}, h.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := h.store.LiveUntil(t.Context(), p); err != nil || got != h.Today().AddYears(step.want) {
			t.Errorf("prolonged by %d years: lives until %s, %v", step.years, got, err)
		}
	}
	if err := h.store.Register(t.Context(), nil, map[ref.Person]when.Date{p: until, mintPerson(t): until}, h.Now()); !errors.Is(err, party.ErrTaken) {
		t.Errorf("who has ended was prolonged: %v", err)
	}
}

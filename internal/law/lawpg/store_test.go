package lawpg_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/law/lawpg"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func desk(t *testing.T, f *housetest.Fixture, publisher pgkit.Publisher) *lawpg.Desk {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), f.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(context.WithoutCancel(t.Context())) })
	return lawpg.NewDesk(owner, publisher, rand.Reader)
}

func journal() pgkit.Publisher { return housetest.Publisher(nil) }

func officers(t *testing.T, d *lawpg.Desk, now time.Time) []ed25519.PrivateKey {
	t.Helper()
	var keys []ed25519.PrivateKey
	for i, name := range []string{"legal office", "registrar"} {
		key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))
		keys = append(keys, key)
		if err := d.AddOfficer(t.Context(), law.Officer{Name: name, Key: key.Public().(ed25519.PublicKey), MadeAt: now}); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// TestDesk_keepsWhatWasActivated reads an activation back as whoever serves.
func TestDesk_keepsWhatWasActivated(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	d, now := desk(t, f, journal()), f.Now()
	first, second := housetest.Pack(t), housetest.Pack(t, housetest.Reworded)
	keys := officers(t, d, now)
	if err := d.Activate(t.Context(), law.Founding(first, law.BuiltIn, now), []byte("first")); err != nil {
		t.Fatal(err)
	}
	a := law.Activation{Activated: law.Activated{Number: 2, Pack: second, From: now.Add(law.Waiting)}, At: now, Origin: law.Signed,
		Changes: []law.Change{{Path: "contact/en", Verdict: law.Waits, Text: map[string]string{"en": "x", "zh": "y"}, Reason: map[string]string{"en": "x", "zh": "y"}}},
		Signed:  []law.Signature{law.Sign(second, keys[1]), law.Sign(second, keys[0])}} // in order of the keys
	if err := d.Activate(t.Context(), a, []byte("second")); err != nil {
		t.Fatal(err)
	}

	s := lawpg.NewStore(f.App)
	if n, err := s.Newest(t.Context()); n != 2 || err != nil {
		t.Errorf("newest: %d, %v", n, err)
	}
	kept, err := s.Kept(t.Context())
	if err != nil || len(kept) != 2 {
		t.Fatalf("%+v, %v", kept, err)
	}
	want := lawpg.Kept{Number: 2, Version: second.Version, Hash: second.Hash, Archive: []byte("second"), At: a.At, From: a.From, Origin: law.Signed, Changes: a.Changes, Signed: a.Signed}
	got := kept[1]
	got.At, got.From = got.At.UTC(), got.From.UTC()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	known, err := s.Officers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := law.Countersigned(second, got.Signed, known, now); err != nil {
		t.Errorf("what was read back does not count: %v", err)
	}
	if n := housetest.Ask[int64](t, f, `select count(*) from ledger.journal where kind = 'law.activated' and refs->>'founding' = 'true' and refs->>'hash' = encode((select hash from law.version where version = $1), 'hex')`, first.Version); n != 1 {
		t.Errorf("the log has %d founding events", n)
	}
	if n := housetest.Ask[int64](t, f, `select count(*) from ledger.journal where kind = 'law.activated' and refs->>'signed_by' like '% %' and refs->>'favourable' = 'false'`); n != 1 {
		t.Errorf("the log has %d events of the signed one", n)
	}
	if n := housetest.Ask[int64](t, f, `select count(*) from ledger.journal where kind = 'law.changed' and refs @> '{"number": "2", "nth": "1 of 1", "path": "contact/en", "verdict": "waits", "text_en": "x", "text_zh": "y", "reason_zh": "y"}'`); n != 1 {
		t.Errorf("the log has %d events of what it changes", n)
	}
}

// failing is a log that cannot be written.
type failing struct{}

func (failing) Publish(context.Context, pgx.Tx, ...pgkit.Event) error {
	return errors.New("sample fault")
}

// TestDesk_wholeOrNotAtAll: without its event nothing of an activation is kept, and
// of two at the same time one fails.
func TestDesk_wholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	p, now := housetest.Pack(t), f.Now()
	if err := desk(t, f, failing{}).Activate(t.Context(), law.Founding(p, law.BuiltIn, now), []byte("x")); err == nil {
		t.Fatal("activated without an event")
	}
	if n := housetest.Ask[int64](t, f, "select (select count(*) from law.version) + (select count(*) from law.activation)"); n != 0 {
		t.Errorf("%d rows are kept of it", n)
	}
	if err := desk(t, f, failing{}).AddOfficer(t.Context(), law.Officer{Name: "registrar", Key: make([]byte, 32), MadeAt: now}); err == nil {
		t.Error("an officer without an event")
	}

	results := make(chan error, 8)
	for range cap(results) {
		d := desk(t, f, journal())
		go func() { results <- d.Activate(t.Context(), law.Founding(p, law.BuiltIn, now), []byte("x")) }()
	}
	done := 0
	for range cap(results) {
		if err := <-results; err == nil {
			done++
		} else if fault.Of(err).Code != "E-PACK-MEANWHILE" {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d of eight became the first activation", done)
	}
}

func TestDesk_officers(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	d, now := desk(t, f, journal()), f.Now()
	officers(t, d, now)
	again := law.Officer{Name: "registrar", Key: bytes.Repeat([]byte{9}, 32), MadeAt: now}
	if err := d.AddOfficer(t.Context(), again); fault.Of(err).Code != "E-OFFICER-THERE" {
		t.Errorf("a second key for one officer: %v", err)
	}
	if err := d.EndOfficer(t.Context(), "registrar", now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := d.EndOfficer(t.Context(), "registrar", now.Add(time.Minute)); fault.Of(err).Kind != fault.NotFound {
		t.Errorf("ended twice: %v", err)
	}
	if err := d.AddOfficer(t.Context(), again); err != nil {
		t.Errorf("a new key after the old one: %v", err)
	}
	list, err := d.Officers(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	if n := housetest.Ask[int64](t, f, "select count(*) from ledger.journal where kind like 'law.officer-%'"); n != 4 {
		t.Errorf("%d events for four changes", n)
	}
}

// TestStore_nobodyWhoServesWrites tries every way of writing as each role that
// runs; as the owner each of them works.
func TestStore_nobodyWhoServesWrites(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	if err := desk(t, f, journal()).Activate(t.Context(), law.Founding(housetest.Pack(t), law.BuiltIn, f.Now()), []byte("x")); err != nil {
		t.Fatal(err)
	}
	writes := []string{
		"insert into law.version (version, code, hash, archive, kept_at) values ('sample@1', 'sample', decode(repeat('00', 32), 'hex'), '', now())",
		"update law.version set archive = ''",
		"insert into law.officer (public_key, name, made_at) values (decode(repeat('00', 32), 'hex'), 'x', now())",
		"update law.officer set ended_at = null",
		"insert into law.activation (number, version, activated_at, in_force_from, origin, favourable, diff, event) select 2, version, now(), now(), 'signed', true, '[]', gen_random_uuid() from law.version limit 1",
		"update law.activation set in_force_from = now()",
		"insert into law.signature (number, public_key, signature) select 1, public_key, decode(repeat('00', 64), 'hex') from law.officer limit 1",
		"delete from law.signature",
		"delete from law.activation",
		"delete from law.version",
	}
	owner, err := pgx.Connect(t.Context(), f.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	for _, sql := range writes {
		for _, pool := range []interface {
			Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
		}{f.App, f.Keeper, f.Watch} {
			if _, err := pool.Exec(t.Context(), sql); pgkit.Code(err) != "42501" {
				t.Errorf("%s: %v", sql, err)
			}
		}
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Errorf("control: %s: %v", sql, err)
		}
	}
}

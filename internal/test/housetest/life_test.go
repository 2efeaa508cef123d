package housetest_test

import (
	"crypto/rand"
	"testing"

	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/when"
)

// file is one person's whole file in a house that is tended.
type file struct {
	*housetest.Fixture
	vault  *vault.Vault
	keys   *vault.Sealer
	keeper *party.Keeper
	person ref.Person
	record ref.Record
	looked when.Date // until when the look at it is kept
	retain when.Date
}

// open makes a file: a record that is kept for a year, and a look at it that is
// kept for three.
func open(t *testing.T) *file {
	t.Helper()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	k := housetest.Keys(t, f, v)
	x := &file{Fixture: f, vault: v, keys: k, record: housetest.Mint[ref.Record](t), retain: f.Today().AddYears(1), looked: f.Today().AddYears(3)}
	x.keeper = &party.Keeper{Store: partypg.NewKeeperStore(f.Keeper, housetest.Publisher(nil)), Sealer: k, Tokener: k, Forgetter: k,
		Lasting: housetest.Lasting(f), Chance: rand.Reader}
	x.person = f.Register(t, k, housetest.Sample(t, 1), x.retain)
	s := &party.Service{Store: partypg.NewStore(f.App, housetest.Publisher(nil)), Tokener: k, Sealer: k, Chance: rand.Reader, Zone: f.Location}
	if err := s.SetContact(t.Context(), x.person, party.Contact{Email: "sample@example.org", Language: "zh"}, f.Now()); err != nil {
		t.Fatal(err)
	}
	subject := dossier.RecordSubject(x.person, x.record, 1)
	trace := inquiry.TraceSubject(x.person, ref.Inquiry{1})
	boxes, err := k.Close(t.Context(), []seal.Content{
		{Subject: subject, Epoch: seal.NewEpoch(seal.Record, x.retain), Plain: []byte("sample")},
		{Subject: trace, Epoch: seal.NewEpoch(seal.Access, x.looked), Plain: []byte("sample")}})
	if err != nil {
		t.Fatal(err)
	}
	err = dossierpg.NewStore(f.App, housetest.Publisher(nil)).Merge(t.Context(), dossier.Batch{Source: f.Bodies["sample-bank"].ID, Type: "sample",
		Pack: "sample", Now: f.Now(), New: []dossier.Written{{Person: x.person, Record: x.record, Order: 1, Start: f.Today(), DisplayEnd: x.retain, RetainEnd: x.retain, Box: boxes[0]}}})
	if err != nil {
		t.Fatal(err)
	}
	told, err := inquirypg.NewStore(f.App).Disclose(t.Context(), inquiry.Ask{Person: x.person, Access: ref.Inquiry{1}, Spare: housetest.Mint[ref.Inquiry](t),
		Now: f.Now(), Body: f.Bodies["sample-bank"].ID, Purpose: "sample", Basis: inquiry.Statute, Right: true, Pack: "sample", Types: []string{"sample"},
		Matter: inquiry.Matter{Mark: [16]byte{1}, Subject: [16]byte{2}, Persons: 1}, Trace: boxes[1]})
	if err != nil || told.Outcome != inquiry.Records {
		t.Fatalf("%v, %v", told, err)
	}
	return x
}

// tend does what the server's worker does, in its order.
func (x *file) tend(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	records := dossier.Keeper{Store: dossierpg.NewEnder(dossierpg.NewStore(x.Keeper, housetest.Publisher(nil)), housetest.KeeperKeys(t, x.Fixture, x.vault))}
	k := housetest.VaultKeeper(t, x.Fixture, x.vault)
	if err := x.keeper.Prolong(ctx, x.Today()); err != nil {
		t.Fatal(err)
	}
	for _, act := range []func() (bool, error){
		func() (bool, error) { return x.keeper.Reseal(ctx, x.Now()) },
		func() (bool, error) { _, err := k.ExpireEpochs(ctx, x.Today()); return false, err },
		func() (bool, error) { return records.Erase(ctx, x.Today(), x.Now()) },
		func() (bool, error) { return x.keeper.End(ctx, x.Today(), x.Now()) },
	} {
		for more := true; more; {
			var err error
			if more, err = act(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := k.ApplyIntents(ctx, x.Now(), x.Today()); err != nil {
		t.Fatal(err)
	}
}

// sealed reads one box around the wall; false where there is none.
func (x *file) sealed(t *testing.T, table string, s seal.Subject) (seal.Sealed, bool) {
	t.Helper()
	type row struct {
		Epoch, Leaf int64
		Nonce, Box  []byte
	}
	where := " where person = $1 and box is not null"
	if housetest.Ask[int](t, x.Fixture, "select count(*) from "+table+where, x.person) == 0 {
		return seal.Sealed{}, false
	}
	r := housetest.Ask[row](t, x.Fixture, "select (epoch, leaf, nonce, box) from "+table+where, x.person)
	return seal.Sealed{Subject: s, Box: seal.Box{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf), Nonce: [seal.NonceSize]byte(r.Nonce), Data: r.Box}}, true
}

// opens reports whether a table holds something of the person that opens.
func (x *file) opens(t *testing.T, table string, s seal.Subject) bool {
	t.Helper()
	b, there := x.sealed(t, table, s)
	return there && x.stillOpens(t, b)
}

func (x *file) stillOpens(t *testing.T, b seal.Sealed) bool {
	t.Helper()
	got, err := x.keys.Open(t.Context(), []seal.Sealed{b})
	if err != nil {
		t.Fatal(err)
	}
	return !got[0].Gone
}

func (x *file) rows(t *testing.T) (n int) {
	t.Helper()
	for _, table := range []string{"person", "contact", "gate", "token"} {
		n += housetest.Ask[int](t, x.Fixture, "select count(*) from party."+table+" where person = $1", x.person)
	}
	return n
}

// A file from its first day to its last, tended every forty days: each content
// opens as long as it is kept and no day longer, and in the end there is none.
func TestLife_ofAFile(t *testing.T) {
	t.Parallel()
	x := open(t)
	for first := x.Today(); x.Today() < first.AddYears(3)+100; x.MoveTo(t, x.Today()+40) {
		x.tend(t)
		today := x.Today()
		for what, c := range map[string]struct {
			is, want bool
		}{
			"record":   {x.opens(t, "dossier.record", dossier.RecordSubject(x.person, x.record, 1)), today <= x.retain},
			"look":     {x.opens(t, "inquiry.access", inquiry.TraceSubject(x.person, ref.Inquiry{1})), today <= x.looked},
			"identity": {x.opens(t, "party.person", party.IdentitySubject(x.person)), today <= x.looked},
			"contact":  {x.opens(t, "party.contact", party.ContactSubject(x.person)), today <= x.looked},
			"file":     {x.rows(t) == 4, today <= x.looked},
		} {
			if c.is != c.want {
				t.Errorf("on %s: %s is there %v, want %v", today, what, c.is, c.want)
			}
		}
	}
	if n := x.rows(t); n != 0 {
		t.Errorf("%d rows left of a person who has ended", n)
	}
	for kind, want := range map[string]int{"dossier.erased": 1, "party.ended": 1} {
		if n := housetest.Ask[int](t, x.Fixture, "select count(*) from ledger.journal where stream = $1 and kind = $2", x.person, kind); n != want {
			t.Errorf("%d events %s, want %d", n, kind, want)
		}
	}
}

// saved are the tables that a copy of the database brings back.
var saved = []string{"party.person", "party.contact", "party.gate", "party.token", "dossier.record", "inquiry.access", "vault.mark", "vault.intent"}

func (x *file) save(t *testing.T) {
	t.Helper()
	x.Exec(t, "create schema saved")
	for i, table := range saved {
		x.Exec(t, "create table saved."+string(rune('a'+i))+" as table "+table)
	}
}

func (x *file) giveBack(t *testing.T) {
	t.Helper()
	for i, table := range saved {
		x.Exec(t, "delete from "+table)
		x.Exec(t, "insert into "+table+" select * from saved."+string(rune('a'+i)))
	}
}

func (x *file) compare(t *testing.T, holders []vault.Holder) vault.Report {
	t.Helper()
	r, err := vault.Compare(t.Context(), vault.Comparison{Vault: x.vault, Book: vaultpg.NewStore(x.Fixture.Keeper), Holders: holders, Mode: vault.Sandbox,
		Minter: rand.Reader, Now: x.Now(), Today: x.Today()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The database is given back from before a person ended; the vault is not.
func TestHolders_databaseGivenBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		holders func(*housetest.Fixture) []vault.Holder
		rows    int
	}{
		{"with holders", housetest.Holders, 0},
		{"control: without", func(*housetest.Fixture) []vault.Holder { return nil }, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := open(t)
			x.MoveTo(t, x.looked-20)
			x.tend(t) // too late for the identity of this file, which was never sealed anew
			x.save(t)
			x.MoveTo(t, x.looked+3) // past it in every zone
			x.tend(t)
			if n := x.rows(t); n != 0 {
				t.Fatalf("%d rows before the copy is given back", n)
			}
			x.giveBack(t)
			if r := x.compare(t, c.holders(x.Fixture)); !r.DatabaseBehind {
				t.Errorf("%+v", r)
			}
			if n := x.rows(t); n != c.rows {
				t.Errorf("%d rows of a person who had ended, want %d", n, c.rows)
			}
			if x.opens(t, "party.person", party.IdentitySubject(x.person)) {
				t.Error("an identity that had ended opens")
			}
		})
	}
}

// The database is given back from before an identity was sealed anew: it opens,
// because the old seal is left to end on its own day.
func TestReseal_databaseGivenBack(t *testing.T) {
	t.Parallel()
	x := open(t)
	x.MoveTo(t, x.retain-20)
	x.save(t)
	old, _ := x.sealed(t, "party.person", party.IdentitySubject(x.person))
	x.tend(t)
	if anew, _ := x.sealed(t, "party.person", party.IdentitySubject(x.person)); anew.Box.Epoch == old.Box.Epoch {
		t.Fatal("nothing was sealed anew")
	}
	x.giveBack(t)
	x.compare(t, housetest.Holders(x.Fixture))
	if n := x.rows(t); n != 4 || !x.opens(t, "party.person", party.IdentitySubject(x.person)) || !x.opens(t, "party.contact", party.ContactSubject(x.person)) {
		t.Errorf("%d rows; a person was lost with the copy", n)
	}
	x.tend(t)
	x.MoveTo(t, x.retain.QuarterEnd()+1)
	x.tend(t)
	if !x.opens(t, "party.person", party.IdentitySubject(x.person)) || x.stillOpens(t, old) {
		t.Error("the identity is not sealed anew again, or its old seal did not end")
	}
}

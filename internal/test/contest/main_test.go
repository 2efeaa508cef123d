// Package contest_test lives contests against a real database: clocks that run out
// with no worker alive, decisions by two, reviews, repeats, evidence.
//
// It promises that what is said of a record is asked through the read wall, as a
// body asks.
package contest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"testing"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/dispute/disputepg"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/fault"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/vault"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// recordType is of the records that are contested here; its source is filed.
const recordType, source, asker = "market-penalty", "hubei-market", "wuhan-market"

// house is a house with contests, a person with a record in force, and staff.
type house struct {
	*housetest.Fixture
	*dispute.Service
	pack                          *law.Pack
	keys                          *vault.Sealer
	records                       *dossierpg.Store
	keeper                        *dispute.Keeper
	person                        ref.Person
	record                        ref.Record
	first, second, third          party.Clerk // who decide
	reviewA, reviewB, both, filer party.Clerk // of another body; of both desks; of the source
	counter, filing               party.Clerk // who enter complaints, and decide: of the registry; of the source
}

// scan is a scanner that finds malware in what says so.
type scan struct{}

func (scan) Scan(_ context.Context, data []byte) error {
	if bytes.HasSuffix(data, []byte("malware")) {
		return fault.New(fault.Refused, "E-EVIDENCE-MALWARE", "sample")
	}
	return nil
}

func open(t *testing.T) house {
	t.Helper()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	h := house{Fixture: f, pack: housetest.Pack(t), keys: housetest.Keys(t, f, v)}
	publisher := housetest.Publisher(map[string][]string{"dispute.opened": {"sample"}})
	h.records = dossierpg.NewStore(f.App, publisher)
	mandates := partypg.NewMandates(f.App, housetest.Publisher(nil))
	shelf := law.One(h.pack)
	store, err := disputepg.NewStore(disputepg.Config{Pool: f.App, Publisher: publisher, Records: h.records, Ender: dossierpg.NewEnder(h.records, h.keys), Forgetter: h.keys, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	h.Service = &dispute.Service{Store: store, Statements: store, Complaints: store, Finder: refs{h.records}, BodyOf: partypg.NewStore(f.App, publisher).Body, Records: h.records, Sealer: h.keys, Scanner: scan{}, Mandates: mandates,
		Filers: furnishpg.NewStore(f.App, publisher), Shelf: shelf, Chance: rand.Reader}
	tended, forgets := dossierpg.NewStore(f.Keeper, publisher), housetest.KeeperKeys(t, f, v)
	kept, err := disputepg.NewStore(disputepg.Config{Pool: f.Keeper, Publisher: publisher, Records: tended, Ender: dossierpg.NewEnder(tended, forgets), Forgetter: forgets, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	h.keeper = &dispute.Keeper{Store: kept, Shelf: shelf}
	parties := &party.Service{Store: partypg.NewStore(f.App, publisher), Chance: rand.Reader, Zone: h.pack.Zone}
	clerk := func(body, staff string, desks ...party.Desk) party.Clerk {
		c, err := parties.AddClerk(t.Context(), body, staff, f.Today().AddYears(3), f.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range desks {
			if err := party.Appoint(t.Context(), mandates, party.Mandate{Clerk: c.ID, Desk: d, Until: f.Today().AddYears(3)}, f.Today(), f.Now()); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	h.first, h.second, h.third = clerk("hubei-credit-centre", "1", party.Decides), clerk("hubei-credit-centre", "2", party.Decides), clerk("hubei-tax", "3", party.Decides)
	h.reviewA, h.reviewB = clerk("hubei-pbc", "4", party.Reviews), clerk("hubei-pbc", "5", party.Reviews)
	h.both = clerk("hubei-credit-centre", "6", party.Decides, party.Reviews)
	h.filer = clerk(source, "7")
	h.counter, h.filing = clerk("hubei-credit-centre", "8", party.Posts, party.Decides), clerk(source, "9", party.Posts, party.Decides)
	h.person = f.Register(t, h.keys, housetest.Sample(t, 1), f.Today().AddYears(6))
	h.record = h.file(t)
	return h
}

// refs finds records by the numbers under which they are filed here.
type refs struct{ *dossierpg.Store }

func (f refs) Find(ctx context.Context, source ref.Body, _, number string) (dossier.Key, bool, error) {
	r, err := ref.Parse[ref.Record](number)
	if err != nil {
		return dossier.Key{}, false, nil
	}
	heads, err := f.Heads(ctx, source, [][16]byte{r})
	one, known := heads[r]
	return dossier.Key{Person: one.Person, Record: one.Record}, known, err
}

// file puts a record in force.
func (h house) file(t *testing.T) ref.Record {
	t.Helper()
	r := housetest.Mint[ref.Record](t)
	w := dossier.Written{Person: h.person, Record: r, MAC: r, Order: 1, Start: h.Today(), DisplayEnd: h.Today().AddYears(1), RetainEnd: h.Today().AddYears(2)}
	h.merge(t, func(b *dossier.Batch) { b.New = []dossier.Written{h.sealed(t, w)} })
	return r
}

func (h house) sealed(t *testing.T, w dossier.Written) dossier.Written {
	t.Helper()
	boxes, err := h.keys.Close(t.Context(), []seal.Content{{Subject: dossier.RecordSubject(w.Person, w.Record, w.OldVersion+1),
		Epoch: seal.NewEpoch(seal.Record, w.RetainEnd), Plain: []byte(`{"measure":"fine"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	w.Box = boxes[0]
	return w
}

func (h house) merge(t *testing.T, put func(*dossier.Batch)) {
	t.Helper()
	b := dossier.Batch{Delivery: housetest.Mint[ref.Delivery](t), Source: h.Bodies[source].ID, Type: recordType, Pack: h.pack.Version, Now: h.Now()}
	put(&b)
	if err := h.records.Merge(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// told is one record as a body gets it.
type told struct{ Shown, Disputed bool }

// ask asks about the person through the wall, as a body does that may see the type.
func (h house) ask(t *testing.T) told {
	t.Helper()
	got, err := inquirypg.NewStore(h.App).Disclose(t.Context(), inquiry.Ask{Person: h.person, Access: housetest.Mint[ref.Inquiry](t), Spare: housetest.Mint[ref.Inquiry](t),
		Now: h.Now(), Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Basis: inquiry.Statute, Right: true, Pack: h.pack.Version, Types: []string{recordType},
		Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Records {
		if r.Record == h.record {
			return told{true, r.Disputed}
		}
	}
	return told{}
}

// contested sends a contest of the record on grounds.
func (h house) contested(t *testing.T, grounds ...dispute.Ground) dispute.Contest {
	t.Helper()
	c, err := h.Begin(t.Context(), h.person, h.record, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	said := map[dispute.Ground]string{}
	for _, g := range grounds {
		said[g] = "SAMPLE-WORDS on " + string(g)
	}
	if _, err := h.Write(t.Context(), h.person, c.ID, said, h.Now()); err != nil {
		t.Fatal(err)
	}
	if c, err = h.Send(t.Context(), h.person, c.ID, h.Now()); err != nil {
		t.Fatal(err)
	}
	return c
}

// rules lets somebody look at the case and find something on every ground.
func (h house) rules(t *testing.T, by party.Clerk, c dispute.Contest, o dispute.Outcome) (dispute.Contest, error) {
	t.Helper()
	if _, err := h.Case(t.Context(), by, c.ID, h.Now()); err != nil {
		return c, err
	}
	found := map[dispute.Ground]dispute.Written{}
	for _, g := range c.Grounds {
		found[g] = dispute.Written{Outcome: o, Reasons: "SAMPLE-REASONS of " + by.StaffNumber}
	}
	return h.Rule(t.Context(), by, c.ID, found, h.Now())
}

// decided has two people decide alike.
func (h house) decided(t *testing.T, c dispute.Contest, o dispute.Outcome) dispute.Contest {
	t.Helper()
	for _, by := range []party.Clerk{h.first, h.second} {
		var err error
		if c, err = h.rules(t, by, c, o); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

const day = 24 * time.Hour

// mended is a new version of the record from its source.
func (h house) mended(t *testing.T) {
	t.Helper()
	var version int32 = 1
	w := dossier.Written{Person: h.person, Record: h.record, OldVersion: version, Order: 2, Start: h.Today(), DisplayEnd: h.Today().AddYears(1), RetainEnd: h.Today().AddYears(2)}
	h.merge(t, func(b *dossier.Batch) { b.Changed = []dossier.Written{h.sealed(t, w)} })
}

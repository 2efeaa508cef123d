// Package early_test lives applications to end records early against a real database:
// conditions, clocks that run out with no worker alive, decisions by two, reviews, what
// ends by itself and what ends for everybody.
//
// It promises that what is said of a record is asked through the read wall, as a body
// asks.
package early_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

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
	"recourse/internal/repair"
	"recourse/internal/repair/repairpg"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/vault"
	"recourse/internal/when"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The type and route that are lived here; the source decides on it.
const recordType, source, asker, route = "market-penalty", "hubei-market", "wuhan-market", "penalty-performed"

// house is a house with applications, a person with a record in force, and staff.
type house struct {
	*housetest.Fixture
	*repair.Service
	pack                              *law.Pack
	keys                              *vault.Sealer
	records                           *dossierpg.Store
	keeper                            *repair.Keeper
	person                            ref.Person
	record                            ref.Record
	first, second, third              party.Clerk // of the source
	registryA, registryB, other, none party.Clerk // of the registry, of another body, without a mandate
	reviewA, reviewB                  party.Clerk
}

type clean struct{}

func (clean) Scan(context.Context, []byte) error { return nil }

func open(t *testing.T, edits ...func(file, text string) string) *house {
	t.Helper()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	h := &house{Fixture: f, pack: housetest.Pack(t, edits...), keys: housetest.Keys(t, f, v)}
	publisher := housetest.Publisher(nil)
	h.records = dossierpg.NewStore(f.App, publisher)
	mandates, shelf := partypg.NewMandates(f.App, housetest.Publisher(nil)), law.One(h.pack)
	store, err := repairpg.NewStore(repairpg.Config{Pool: f.App, Publisher: publisher, Records: h.records, Ender: dossierpg.NewEnder(h.records, h.keys), Forgetter: h.keys, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	h.Service = &repair.Service{Store: store, Reliefs: store, Records: h.records, Began: h.records, Sealer: h.keys, Scanner: clean{}, Mandates: mandates,
		Filers: furnishpg.NewStore(f.App, publisher), Shelf: shelf, Chance: rand.Reader}
	kept, keys := dossierpg.NewStore(f.Keeper, publisher), housetest.KeeperKeys(t, f, v)
	keep, err := repairpg.NewStore(repairpg.Config{Pool: f.Keeper, Publisher: publisher, Records: kept, Ender: dossierpg.NewEnder(kept, keys), Forgetter: keys, Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	h.keeper = &repair.Keeper{Store: keep, Records: kept, Shelf: shelf}
	h.staff(t, mandates)
	h.person = f.Register(t, h.keys, housetest.Sample(t, 1), f.Today().AddYears(6))
	h.record = h.file(t, recordType, source, f.Today().AddMonths(-4))
	return h
}

func (h *house) staff(t *testing.T, mandates party.MandateStore) {
	t.Helper()
	parties := &party.Service{Store: partypg.NewStore(h.App, housetest.Publisher(nil)), Chance: rand.Reader, Zone: h.pack.Zone}
	clerk := func(body, staff string, desks ...party.Desk) party.Clerk {
		c, err := parties.AddClerk(t.Context(), body, staff, h.Today().AddYears(3), h.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range desks {
			if err := party.Appoint(t.Context(), mandates, party.Mandate{Clerk: c.ID, Desk: d, Until: h.Today().AddYears(3)}, h.Today(), h.Now()); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	h.first, h.second, h.third = clerk(source, "1", party.Repairs), clerk(source, "2", party.Repairs), clerk(source, "3", party.Repairs, party.Reviews)
	h.registryA, h.registryB, h.other = clerk("hubei-credit-centre", "4", party.Repairs), clerk("hubei-credit-centre", "5", party.Repairs), clerk("hubei-tax", "6", party.Repairs)
	h.none = clerk(source, "7")
	h.reviewA, h.reviewB = clerk("hubei-pbc", "8", party.Reviews), clerk("hubei-pbc", "9", party.Reviews)
}

// file puts a record of the person in force that began on a day.
func (h *house) file(t *testing.T, typ, body string, start when.Date) ref.Record {
	t.Helper()
	kind, _ := h.pack.Type(typ)
	display, retain, err := h.pack.Ends(kind, entry(start), h.Today())
	if err != nil {
		t.Fatal(err)
	}
	r := housetest.Mint[ref.Record](t)
	w := dossier.Written{Person: h.person, Record: r, MAC: r, Order: 1, Start: start, DisplayEnd: display, RetainEnd: retain}
	boxes, err := h.keys.Close(t.Context(), []seal.Content{{Subject: dossier.RecordSubject(w.Person, w.Record, 1), Epoch: seal.NewEpoch(seal.Record, w.RetainEnd), Plain: []byte(`{"measure":"fine"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	w.Box = boxes[0]
	b := dossier.Batch{Delivery: housetest.Mint[ref.Delivery](t), Source: h.Bodies[body].ID, Type: typ, Pack: h.pack.Version, Now: h.Now(), New: []dossier.Written{w}}
	if err := h.records.Merge(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	h.Exec(t, "update dossier.record set negative = $2 where record = $1", r, kind.Negative)
	return r
}

// shown asks about the person through the wall, as a body does that may see the type.
func (h *house) shown(t *testing.T, r ref.Record) bool {
	t.Helper()
	typ := housetest.Ask[string](t, h.Fixture, "select type from dossier.record where record = $1", r)
	got, err := inquirypg.NewStore(h.App).Disclose(t.Context(), inquiry.Ask{Person: h.person, Access: housetest.Mint[ref.Inquiry](t), Spare: housetest.Mint[ref.Inquiry](t),
		Now: h.Now(), Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Basis: inquiry.Statute, Right: true, Pack: h.pack.Version, Types: []string{typ},
		Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range got.Records {
		if one.Record == r {
			return true
		}
	}
	return false
}

// written is a draft whose conditions are met.
func (h *house) written(t *testing.T) repair.Application {
	t.Helper()
	a, err := h.Begin(t.Context(), h.person, h.record, route, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Write(t.Context(), h.person, a.ID, map[string]string{"promise": "SAMPLE-PROMISE", "corrected": "SAMPLE-WORDS"}, h.Now()); err != nil {
		t.Fatal(err)
	}
	up := repair.Upload{Condition: "performed", Name: "SAMPLE.pdf", Data: []byte("%PDF-1.7 SAMPLE-RECEIPT")}
	if err := h.Attach(t.Context(), h.person, a.ID, up, h.Now()); err != nil {
		t.Fatal(err)
	}
	return a
}

func (h *house) sent(t *testing.T) repair.Application {
	t.Helper()
	a, err := h.Send(t.Context(), h.person, h.written(t).ID, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// rules lets somebody look at the case and find something.
func (h *house) rules(t *testing.T, by party.Clerk, a repair.Application, o repair.Outcome) (repair.Application, error) {
	t.Helper()
	if _, err := h.Case(t.Context(), by, a.ID, h.Now()); err != nil {
		return a, err
	}
	return h.Rule(t.Context(), by, a.ID, o, "SAMPLE-REASONS of "+by.StaffNumber, h.Now())
}

// decided has two people decide alike.
func (h *house) decided(t *testing.T, a repair.Application, o repair.Outcome, by ...party.Clerk) repair.Application {
	t.Helper()
	for _, who := range by {
		var err error
		if a, err = h.rules(t, who, a, o); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (h *house) events(t *testing.T, kind string) int {
	t.Helper()
	return housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = $1", kind)
}

func (h *house) state(t *testing.T, r ref.Record) string {
	t.Helper()
	return housetest.Ask[string](t, h.Fixture, "select state from dossier.record where record = $1", r)
}

func (h *house) tend(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = h.keeper.Tend(t.Context(), h.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

const day = 24 * time.Hour

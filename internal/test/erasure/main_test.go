// Package erasure_test ends records by every route that there is and tries to read
// them again from every copy that was ever made.
//
// It promises that each route is the product's own, and that who reads has all that an
// operator could keep: the rows of the database as they were, each night's copy of the
// vault, and what the keeper of root keys gives out as its backups.
package erasure_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
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
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/retention"
	"recourse/internal/retention/retentionpg"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/when"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// recordType is of the records here; its source has filed them.
const recordType, source, asker = "market-penalty", "hubei-market", "wuhan-market"

// house is a house whose vault and keeper of root keys are given.
type house struct {
	*housetest.Fixture
	pack     *law.Pack
	dir      string // of the vault
	kms      vault.KMS
	vault    *vault.Vault
	keys     *vault.Sealer // of the server
	forgets  *vault.Sealer // of the keeper
	tends    *vault.Keeper
	records  *dossierpg.Store
	ender    *dossierpg.Ender // of the keeper
	contests *dispute.Service
	lapses   *dispute.Keeper
	shortens *retention.Keeper
	takes    *retention.Service
	parties  *party.Service
	deciders [2]party.Clerk
	person   ref.Person
	looks    *oversight.Service
	began    when.Date // of the house
	longest  when.Date // end of what is to end earlier
}

func open(t *testing.T, kms vault.KMS) *house {
	t.Helper()
	f := housetest.DB(t)
	h := &house{Fixture: f, pack: housetest.Pack(t), dir: filepath.Join(t.TempDir(), "vault"), kms: kms}
	store, err := vaultfile.Open(vaultfile.Config{Dir: h.dir, KMS: kms, Minter: rand.Reader})
	must(t, err)
	h.vault, err = vault.Open(t.Context(), vault.Config{Journal: store, Minter: rand.Reader, Mode: vault.Sandbox, Create: true, Now: f.Now(), Today: f.Today(),
		Ahead: []vault.Ahead{{Class: seal.Identity, Years: 1, Quarters: true}}})
	must(t, err)
	t.Cleanup(func() { _ = h.vault.Close() })
	h.keys, h.forgets, h.tends = housetest.Keys(t, f, h.vault), housetest.KeeperKeys(t, f, h.vault), housetest.VaultKeeper(t, f, h.vault)
	publisher := housetest.Publisher(nil)
	h.records = dossierpg.NewStore(f.App, publisher)
	kept := dossierpg.NewStore(f.Keeper, publisher)
	h.ender = dossierpg.NewEnder(kept, h.forgets)
	h.wireContests(t, kept, publisher)
	h.shortens = &retention.Keeper{Store: retentionpg.NewStore(f.Keeper, publisher), Ends: kept, Shelf: law.One(h.pack), Chance: rand.Reader}
	file := &dossier.Service{Store: h.records, Opener: h.keys, Chance: rand.Reader, Pack: func(time.Time) string { return h.pack.Version }}
	h.takes = &retention.Service{Records: file, Stones: h.records, Vault: vaultpg.NewStore(f.App), Shelf: law.One(h.pack), Notary: plain{},
		Weak:   func(context.Context) (bool, error) { return kms.WeakErasure(), nil },
		Bodies: func(id ref.Body) (string, bool) { return source, id == f.Bodies[source].ID }}
	h.looks = &oversight.Service{Store: oversightpg.NewStore(f.Keeper, publisher), Looks: lookups{inquirypg.NewTraces(f.Keeper)}}
	h.began, h.longest = f.Today(), f.Today().AddYears(5)
	h.person = f.Register(t, h.keys, housetest.Sample(t, 1), f.Today().AddYears(8))
	return h
}

func (h *house) wireContests(t *testing.T, kept *dossierpg.Store, publisher pgkit.Publisher) {
	t.Helper()
	f, shelf := h.Fixture, law.One(h.pack)
	mandates := partypg.NewMandates(f.App, housetest.Publisher(nil))
	store, err := disputepg.NewStore(disputepg.Config{Pool: f.App, Publisher: publisher, Records: h.records, Ender: dossierpg.NewEnder(h.records, h.keys), Forgetter: h.keys, Shelf: shelf})
	must(t, err)
	h.contests = &dispute.Service{Store: store, Statements: store, Records: h.records, Sealer: h.keys, Scanner: unscanned{}, Mandates: mandates, Filers: furnishpg.NewStore(f.App, publisher), Shelf: shelf, Chance: rand.Reader}
	keeper, err := disputepg.NewStore(disputepg.Config{Pool: f.Keeper, Publisher: publisher, Records: kept, Ender: h.ender, Forgetter: h.forgets, Shelf: shelf})
	must(t, err)
	h.lapses = &dispute.Keeper{Store: keeper, Shelf: shelf}
	h.parties = &party.Service{Store: partypg.NewStore(f.App, publisher), Tokener: h.keys, Sealer: h.keys, Chance: rand.Reader, Zone: h.pack.Zone}
	for i := range h.deciders {
		h.deciders[i], err = h.parties.AddClerk(t.Context(), "hubei-credit-centre", string(rune('1'+i)), f.Today().AddYears(5), f.Now())
		must(t, err)
		must(t, party.Appoint(t.Context(), mandates, party.Mandate{Clerk: h.deciders[i].ID, Desk: party.Decides, Until: f.Today().AddYears(5)}, f.Today(), f.Now()))
	}
}

// lookups are the looks that oversight asks for, as the app gives them.
type lookups struct{ *inquirypg.Traces }

func (l lookups) ShownTo(ctx context.Context, p ref.Person, r ref.Record) (list []oversight.Affected, err error) {
	err = l.Traces.ShownTo(ctx, p, r, func(access ref.Inquiry, body ref.Body, at time.Time) {
		list = append(list, oversight.Affected{Access: access, Body: body, At: at})
	})
	return list, err
}

type unscanned struct{}

func (unscanned) Scan(context.Context, []byte) error { return nil }

// plain is a notary that signs nothing: what notes say is looked at here.
type plain struct{}

func (plain) Origin() string                   { return "sample.invalid" }
func (plain) Note(text string) (string, error) { return text, nil }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// file puts a record in force that is kept until a day.
func (h *house) file(t *testing.T, retain when.Date) ref.Record {
	t.Helper()
	r := housetest.Mint[ref.Record](t)
	h.merge(t, func(b *dossier.Batch) {
		b.New = []dossier.Written{h.sealed(t, dossier.Written{Person: h.person, Record: r, MAC: r, Order: 1, Start: h.Today(), DisplayEnd: retain, RetainEnd: retain})}
	})
	return r
}

func (h *house) sealed(t *testing.T, w dossier.Written) dossier.Written {
	t.Helper()
	boxes, err := h.keys.Close(t.Context(), []seal.Content{{Subject: dossier.RecordSubject(w.Person, w.Record, w.OldVersion+1),
		Epoch: seal.NewEpoch(seal.Record, w.RetainEnd), Plain: []byte(`{"measure":"fine","reason":"SAMPLE-` + w.Record.String() + `"}`)}})
	must(t, err)
	w.Box = boxes[0]
	return w
}

func (h *house) merge(t *testing.T, put func(*dossier.Batch)) {
	t.Helper()
	b := dossier.Batch{Delivery: housetest.Mint[ref.Delivery](t), Source: h.Bodies[source].ID, Type: recordType, Pack: h.pack.Version, Now: h.Now()}
	put(&b)
	must(t, h.records.Merge(t.Context(), b))
}

// contested has the record contested on a ground, and decided where there is an
// outcome.
func (h *house) contested(t *testing.T, r ref.Record, ground dispute.Ground, o dispute.Outcome) dispute.Contest {
	t.Helper()
	ctx := t.Context()
	c, err := h.contests.Begin(ctx, h.person, r, h.Now())
	must(t, err)
	_, err = h.contests.Write(ctx, h.person, c.ID, map[dispute.Ground]string{ground: "SAMPLE-WORDS"}, h.Now())
	must(t, err)
	c, err = h.contests.Send(ctx, h.person, c.ID, h.Now())
	must(t, err)
	if o == "" {
		return c
	}
	for _, by := range h.deciders {
		_, err = h.contests.Case(ctx, by, c.ID, h.Now())
		must(t, err)
		c, err = h.contests.Rule(ctx, by, c.ID, map[dispute.Ground]dispute.Written{ground: {Outcome: o, Reasons: "SAMPLE-REASONS"}}, h.Now())
		must(t, err)
	}
	return c
}

// tend does what the server's worker does in a night: copies are offered, keys go,
// rows are cleared, the vault is written anew.
func (h *house) tend(t *testing.T) {
	t.Helper()
	ctx, now, today := t.Context(), h.Now(), h.Today()
	records := dossier.Keeper{Store: h.ender}
	for _, step := range []func() (bool, error){
		func() (bool, error) { return h.lapses.Tend(ctx, now) },
		func() (bool, error) { return h.shortens.Tend(ctx, now) },
		func() (bool, error) { _, err := h.tends.ExpireEpochs(ctx, today); return false, err },
		func() (bool, error) { return records.Erase(ctx, today, now) },
		func() (bool, error) { done, err := h.tends.ApplyIntents(ctx, now, today); return len(done) > 0, err },
		func() (bool, error) { _, err := h.tends.Reseal(ctx, now); return false, err },
	} {
		for more := true; more; {
			var err error
			more, err = step()
			must(t, err)
		}
	}
}

// ask returns the records that a body gets that may see the type.
func (h *house) ask(t *testing.T) map[ref.Record]bool {
	t.Helper()
	got, err := inquirypg.NewStore(h.App).Disclose(t.Context(), inquiry.Ask{Person: h.person, Access: housetest.Mint[ref.Inquiry](t), Spare: housetest.Mint[ref.Inquiry](t),
		Now: h.Now(), Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Basis: inquiry.Statute, Right: true, Pack: h.pack.Version, Types: []string{recordType},
		Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
	must(t, err)
	out := map[ref.Record]bool{}
	for _, r := range got.Records {
		out[r.Record] = true
	}
	return out
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

// copyOf copies the vault's folder as a nightly backup does.
func (h *house) copyOf(t *testing.T) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(to, os.DirFS(h.dir)))
	return to
}

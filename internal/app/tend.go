package app

import (
	"context"
	"crypto/rand"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/dispute"
	"recourse/internal/dispute/disputepg"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/estate"
	"recourse/internal/estate/estatepg"
	"recourse/internal/hold"
	"recourse/internal/hold/holdpg"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/repair"
	"recourse/internal/repair/repairpg"
	"recourse/internal/retention"
	"recourse/internal/retention/retentionpg"
	"recourse/internal/vault"
)

// keepers are what tends the rooms, on the keeper's pool.
type keepers struct {
	party     *party.Keeper
	dossier   *dossier.Keeper
	dispute   *dispute.Keeper
	repair    *repair.Keeper
	inquiry   *inquirypg.Traces
	retention *retention.Keeper
	hold      *hold.Keeper
	estate    *estate.Keeper
	consent   *consent.Keeper
	madeOn    time.Time // when the installation was first started

	resealed time.Time // when the vault's store was last written anew; owned by the tend job
	settled  time.Time // no look-up from before a new index generation is under way after it
}

// openKeepers wires what tends the rooms.
func (h *House) openKeepers(ctx context.Context, publisher *ledgerpg.Publisher) (err error) {
	records := dossierpg.NewStore(h.db.keeper, publisher)
	h.keepers.party = &party.Keeper{Store: partypg.NewKeeperStore(h.db.keeper, publisher), Sealer: h.vault.keys, Tokener: h.vault.keys,
		Forgetter: h.vault.keeperKeys, Lasting: h.lasting(), Chance: rand.Reader}
	ender := dossierpg.NewEnder(records, h.vault.keeperKeys)
	h.keepers.dossier = &dossier.Keeper{Store: ender}
	contests, err := disputepg.NewStore(disputepg.Config{Pool: h.db.keeper, Publisher: publisher, Records: records, Ender: ender, Forgetter: h.vault.keeperKeys, Shelf: h.Shelf})
	if err != nil {
		return err
	}
	h.keepers.dispute = &dispute.Keeper{Store: contests, Shelf: h.Shelf}
	early, err := repairpg.NewStore(repairpg.Config{Pool: h.db.keeper, Publisher: publisher, Records: records, Ender: ender, Forgetter: h.vault.keeperKeys, Shelf: h.Shelf})
	if err != nil {
		return err
	}
	h.keepers.repair = &repair.Keeper{Store: early, Records: records, Shelf: h.Shelf}
	h.keepers.inquiry = inquirypg.NewTraces(h.db.keeper)
	h.keepers.retention = &retention.Keeper{Store: retentionpg.NewStore(h.db.keeper, publisher), Ends: records, Shelf: h.Shelf, Chance: rand.Reader}
	h.keepers.hold = &hold.Keeper{Store: holdpg.NewKeeper(h.db.keeper, publisher, h.vault.keeperKeys)}
	h.keepers.estate = &estate.Keeper{Forgetter: h.vault.keeperKeys,
		Store: estatepg.NewKeeper(estatepg.Config{Pool: h.db.keeper, Publisher: publisher, Forgetter: h.vault.keeperKeys, Files: partypg.NewFiles(h.db.keeper)})}
	for _, room := range h.keeping() {
		h.keepers.estate.Holders = append(h.keepers.estate.Holders, room)
	}
	h.keepers.consent = &consent.Keeper{Store: consentpg.NewKeeperStore(h.db.keeper), Shelf: h.Shelf}
	if h.keepers.madeOn, err = pgkit.MadeAt(ctx, h.db.keeper); err != nil {
		return err
	}
	return h.retoken(ctx)
}

// retoken makes tokens anew where the database was given back from before their
// generation was destroyed: nobody would be found by them.
func (h *House) retoken(ctx context.Context) error {
	for more := h.vault.retoken; more; {
		st, err := h.vault.State(ctx)
		if err != nil {
			return err
		}
		if more, _, err = h.keepers.party.Retoken(ctx, int32(st.Generations[0]), h.clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

// lasting are the rooms that keep something about persons.
func (h *House) lasting() []party.Lasting {
	return []party.Lasting{dossierpg.NewStore(h.db.keeper, nil), inquirypg.NewTraces(h.db.keeper), disputepg.NewPapers(h.db.keeper), repairpg.NewPapers(h.db.keeper), holdpg.NewKeeper(h.db.keeper, nil, nil)}
}

// forget makes unreadable what ended before its day.
func (h *House) forget(ctx context.Context) (bool, error) {
	now := h.clock.Now()
	receipts, err := h.vault.keeper.ApplyIntents(ctx, now, h.pack().Today(now))
	return len(receipts) > 0, err
}

// tend does what time asks for. What must outlive an epoch is sealed anew before
// the vault forgets the epoch; a step that fails stops those after it.
func (h *House) tend(ctx context.Context) (bool, error) {
	now := h.clock.Now()
	today := h.pack().Today(now)
	k := &h.keepers
	for _, step := range []func() (bool, error){
		func() (bool, error) { _, err := h.vault.keeper.Extend(ctx, today); return false, err },
		func() (bool, error) { return false, k.party.Prolong(ctx, today) },
		func() (bool, error) { return k.party.Reseal(ctx, now) },
		func() (bool, error) { return k.retention.Tend(ctx, now) },
		func() (bool, error) { _, err := h.vault.keeper.ExpireEpochs(ctx, today); return false, err },
		func() (bool, error) { return k.dossier.Erase(ctx, today, now) },
		func() (bool, error) { return k.hold.Tend(ctx, today, now) },
		func() (bool, error) { return k.estate.Tend(ctx, today, now) },
		func() (bool, error) { return k.party.End(ctx, today, now) },
		func() (bool, error) { return h.forget(ctx) },
		func() (bool, error) { return k.party.Sweep(ctx, now) },
		func() (bool, error) { return k.inquiry.Sweep(ctx, today, now) },
		func() (bool, error) { return oversightpg.NewReasons(h.db.keeper).Sweep(ctx, today) },
		func() (bool, error) { return oversightpg.NewReports(h.db.keeper, nil).Sweep(ctx, today) },
		func() (bool, error) { return k.consent.Sweep(ctx, now) },
		func() (bool, error) { return h.generations(ctx, now) },
		func() (bool, error) { return false, h.resealStore(ctx, now) },
	} {
		if err := h.paces.tends.Through(ctx, step); err != nil {
			return false, err
		}
	}
	return false, nil
}

// generations begins an index generation each year, moves every token to it, and
// lets the vault forget the one before.
func (h *House) generations(ctx context.Context, now time.Time) (bool, error) {
	st, err := h.vault.State(ctx)
	if err != nil {
		return false, err
	}
	newest := int32(st.Generations[0])
	if len(st.Generations) == 1 {
		if newest < party.GenerationOn(h.pack().Today(h.keepers.madeOn), h.pack().Today(now)) {
			_, err = h.vault.keeper.NewGeneration(ctx)
			h.keepers.settled = now.Add(time.Hour)
		}
		return false, err
	}
	if now.Before(h.keepers.settled) {
		return false, nil // a delivery that asked for tokens before may still be writing them
	}
	more, clear, err := h.keepers.party.Retoken(ctx, newest, now)
	if err != nil || more || !clear {
		return more, err
	}
	return false, h.vault.keeper.DestroyGeneration(ctx, uint32(newest-1))
}

// resealStore writes the vault's store anew once a day, under a new root-key
// version.
func (h *House) resealStore(ctx context.Context, now time.Time) error {
	if now.Sub(h.keepers.resealed).Abs() < 24*time.Hour {
		return nil
	}
	if _, err := h.vault.keeper.Reseal(ctx, now); err != nil {
		return err
	}
	h.keepers.resealed = now
	return nil
}

// keeping are the rooms that keep sealed rows of persons, but for their identities.
func (h *House) keeping() []vault.Holding {
	publisher := ledgerpg.NewPublisher(nil, rand.Reader) // nothing follows from what a comparison erases
	return []vault.Holding{
		dossierpg.NewStore(h.db.keeper, publisher),
		inquirypg.NewTraces(h.db.keeper),
		inquirypg.NewNoted(h.db.keeper),
		disputepg.NewPapers(h.db.keeper),
		repairpg.NewPapers(h.db.keeper),
		holdpg.NewKeeper(h.db.keeper, nil, nil),
		estatepg.NewKeeper(estatepg.Config{Pool: h.db.keeper}),
		oversightpg.NewReasons(h.db.keeper),
		oversightpg.NewReports(h.db.keeper, nil),
	}
}

// holders are the rooms that keep sealed rows, for the comparison of vault and
// database. Identities come last: what else is kept of a person decides whether
// their file stays.
func (h *House) holders() (out []vault.Holder) {
	for _, room := range h.keeping() {
		out = append(out, vault.HolderOf(room))
	}
	persons := partypg.NewKeeperStore(h.db.keeper, ledgerpg.NewPublisher(nil, rand.Reader))
	return append(out, vault.HolderOf(partypg.Contacts{KeeperStore: persons}), vault.HolderOf(partypg.Identities{KeeperStore: persons, Lasting: h.lasting()}))
}

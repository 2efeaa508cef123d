package repair

import (
	"context"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Key names an application.
type Key struct {
	Person      ref.Person
	Application ref.Repair
}

// Due is an application whose clock runs, with its last day.
type Due struct {
	Key
	On when.Date
}

// Ending is a record that ends early by itself or with its class.
type Ending struct {
	dossier.Summary
	Route string // or the relief
	How   How
}

// KeeperStore is what the keeper does with the database.
type KeeperStore interface {
	Change(ctx context.Context, p ref.Person, id ref.Repair, now time.Time, do func(Application) (Change, error)) (Application, error)
	Discard(ctx context.Context, p ref.Person, id ref.Repair, now time.Time) error
	// Twice returns applications that nobody decided within twice their clock.
	Twice(ctx context.Context, today when.Date, limit int) ([]Key, error)
	// DueWithin returns applications whose clock was due within a window, behind one of
	// them in the order of their last days.
	DueWithin(ctx context.Context, from, to when.Date, after Due, limit int) ([]Due, error)
	// TellLate publishes "repair.overdue" for applications whose clock has run out, once
	// for each last day, and returns how many there were.
	TellLate(ctx context.Context, today when.Date, now time.Time, limit int) (int, error)
	// Stale returns drafts that were written last before an instant.
	Stale(ctx context.Context, before time.Time, limit int) ([]Key, error)
	// End ends a record early behind its person's gate: erased, an entry kept,
	// "repair.restored" published; false where nothing was left to end.
	End(ctx context.Context, e Ending, now time.Time) (bool, error)
	// Tell notes that ways to end records early opened and publishes "repair.opened-way"
	// for those that were not told.
	Tell(ctx context.Context, all []Opening, now time.Time) error
	// SweepEntries removes entries and notes of openings whose time is over, and returns
	// how many.
	SweepEntries(ctx context.Context, today when.Date, limit int) (int, error)
	// Confirmed returns the reliefs that two people decided and that are not done.
	Confirmed(ctx context.Context) ([]Carried, error)
	// Done notes that a relief is carried out, and on how many records more.
	Done(ctx context.Context, relief string, ended int, now time.Time) error
}

// Opening is a way that opened for a record.
type Opening struct {
	dossier.Key
	Version int32
	Route   string
}

// Keeper tells and tidies, and carries out what nobody has to decide. Nothing waits for
// it: what is overdue is hidden from the instant that stands on its record, and a
// record that ends by itself is not shown after its day.
type Keeper struct {
	Store   KeeperStore
	Records dossier.Began
	Shelf   law.Shelf

	opened when.Date // the day of which it was told what opened
}

const keeperBatch = 200

// Tend does one round and reports whether more is due.
func (k *Keeper) Tend(ctx context.Context, now time.Time) (more bool, err error) {
	pack := k.Shelf.At(now)
	today := pack.Today(now)
	for _, step := range []func(context.Context, *law.Pack, when.Date, time.Time) (bool, error){k.late, k.lapse, k.stale, k.byTime, k.relieve, k.tell, k.sweep} {
		again, err := step(ctx, pack, today, now)
		if err != nil {
			return false, err
		}
		more = more || again
	}
	return more, nil
}

func (k *Keeper) late(ctx context.Context, _ *law.Pack, today when.Date, now time.Time) (bool, error) {
	n, err := k.Store.TellLate(ctx, today, now, keeperBatch)
	return n == keeperBatch, err
}

// lapse decides for the person what nobody decided within twice the clock.
func (k *Keeper) lapse(ctx context.Context, _ *law.Pack, today when.Date, now time.Time) (bool, error) {
	twice, err := k.Store.Twice(ctx, today, keeperBatch)
	for _, a := range twice {
		if _, err := k.Store.Change(ctx, a.Person, a.Application, now, func(a Application) (Change, error) {
			next, events, err := a.Lapse(today)
			return Change{Application: next, Events: events}, err
		}); err != nil {
			return false, err
		}
	}
	return len(twice) == keeperBatch, err
}

// stale throws drafts away whose time is over.
func (k *Keeper) stale(ctx context.Context, pack *law.Pack, _ when.Date, now time.Time) (bool, error) {
	kept, err := pack.DraftUntil(now)
	if err != nil {
		return false, err
	}
	stale, err := k.Store.Stale(ctx, now.Add(now.Sub(kept)), keeperBatch)
	for _, a := range stale {
		if err := k.Store.Discard(ctx, a.Person, a.Application, now); err != nil {
			return false, err
		}
	}
	return len(stale) == keeperBatch, err
}

// Excuse moves the clocks that were due inside an outage, each once. It is idempotent.
func (k *Keeper) Excuse(ctx context.Context, o law.Outage, now time.Time) error {
	var last Due
	for {
		due, err := k.Store.DueWithin(ctx, o.From, o.To, last, keeperBatch)
		if err != nil {
			return err
		}
		for _, last = range due {
			_, err := k.Store.Change(ctx, last.Person, last.Application, now, func(a Application) (Change, error) {
				if !a.Runs() {
					return Change{}, ErrState
				}
				clock, err := law.Under(k.Shelf, a.Pack, now).Excuse(a.Clock, o)
				a.Clock = clock
				return Change{Application: a, Events: []Event{a.event("excused")}}, err
			})
			if err != nil && fault.Of(err).Kind != fault.Conflict && fault.Of(err).Kind != fault.Refused {
				return err
			}
		}
		if len(due) < keeperBatch {
			return nil
		}
	}
}

// byTime ends what the law ends by itself.
func (k *Keeper) byTime(ctx context.Context, pack *law.Pack, today when.Date, now time.Time) (more bool, err error) {
	for _, r := range pack.Routes() {
		if r.Kind != law.ByTime || !r.HoldsOn(today) {
			continue
		}
		last, found := lastOpen(pack, r, today)
		if !found {
			continue
		}
		due, err := k.Records.Began(ctx, dossier.Span{Types: pack.TypesIn(r.Classes), From: begun, To: last}, dossier.Summary{}, keeperBatch)
		if err != nil {
			return false, err
		}
		for _, s := range due {
			if _, err := k.Store.End(ctx, Ending{Summary: s, Route: r.Code, How: ByTime}, now); err != nil {
				return false, err
			}
		}
		more = more || len(due) == keeperBatch
	}
	return more, nil
}

// lastOpen returns the last start event for which a route is open on a day.
func lastOpen(pack *law.Pack, r law.Route, today when.Date) (when.Date, bool) {
	low, high := begun, today
	if opens, err := pack.Opens(r, low, today); err != nil || opens > today {
		return 0, false
	}
	for low < high { // the later the start, the later it opens
		mid := low + (high-low+1)/2
		if opens, err := pack.Opens(r, mid, today); err == nil && opens <= today {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return low, true
}

// relieve carries out what two people decided for a whole class.
func (k *Keeper) relieve(ctx context.Context, pack *law.Pack, _ when.Date, now time.Time) (bool, error) {
	waiting, err := k.Store.Confirmed(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range waiting {
		r, ok := law.Under(k.Shelf, c.Pack, now).Relief(c.Relief)
		if !ok {
			continue
		}
		span := spanOf(pack, r)
		if bad, err := k.Records.Favourable(ctx, span); err != nil || bad {
			return false, err // refused whole: it stays where it is, and who decides sees that it is not done
		}
		n, err := k.relieved(ctx, pack, r, span, now)
		if err != nil {
			return false, err
		}
		if err := k.Store.Done(ctx, c.Relief, n, now); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (k *Keeper) relieved(ctx context.Context, pack *law.Pack, r law.Relief, span dossier.Span, now time.Time) (n int, err error) {
	for after := (dossier.Summary{}); ; {
		list, err := k.Records.Began(ctx, span, after, keeperBatch)
		if err != nil || len(list) == 0 {
			return n, err
		}
		for _, s := range list {
			after = s
			if r.SettledBy != "" {
				all, err := k.Records.Of(ctx, s.Person)
				if err != nil {
					return n, err
				}
				if !settled(pack, r, s, all) {
					continue
				}
			}
			ended, err := k.Store.End(ctx, Ending{Summary: s, Route: r.Code, How: ByRelief}, now)
			if err != nil {
				return n, err
			}
			if ended {
				n++
			}
		}
	}
}

// openDays is how many days back it is looked for ways that opened: whoever was away
// for less tells of all.
const openDays = 31

// tell tells persons, once a day, that a way to end a record early has opened (rules
// D8).
func (k *Keeper) tell(ctx context.Context, pack *law.Pack, today when.Date, now time.Time) (bool, error) {
	if k.opened == today {
		return false, nil
	}
	for _, r := range pack.Routes() {
		if r.Kind == law.ByTime || !r.HoldsOn(today) || len(r.Wait) == 0 {
			continue // one without a wait stands on the page of the record from its first day on
		}
		last, found := lastOpen(pack, r, today)
		first, before := lastOpen(pack, r, today.AddDays(-openDays))
		if !found || !before {
			continue
		}
		span := dossier.Span{Types: pack.TypesIn(r.Classes), From: first + 1, To: last}
		for after := (dossier.Summary{}); ; {
			list, err := k.Records.Began(ctx, span, after, keeperBatch)
			if err != nil {
				return false, err
			}
			if len(list) == 0 {
				break
			}
			all := make([]Opening, len(list))
			for i, s := range list {
				all[i], after = Opening{Key: s.Key, Version: s.Version, Route: r.Code}, s
			}
			if err := k.Store.Tell(ctx, all, now); err != nil {
				return false, err
			}
		}
	}
	k.opened = today
	return false, nil
}

func (k *Keeper) sweep(ctx context.Context, _ *law.Pack, today when.Date, _ time.Time) (bool, error) {
	n, err := k.Store.SweepEntries(ctx, today, keeperBatch)
	return n == keeperBatch, err
}

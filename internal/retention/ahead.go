package retention

import (
	"context"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Offered is how many days before its erasure a person is offered a copy (rules E2),
// and Waits how many a shortened retention waits (rules E1).
const (
	Offered = 30
	Waits   = 7
)

// Shortening is a retention that ends earlier under a version of the pack: seen, and
// waiting for its day.
type Shortening struct {
	ID      ref.Shortening
	Pack    string
	MadeAt  time.Time
	DueAt   time.Time // not before
	Records int64     // how many ended earlier when it was looked at
	State   string    // one of those below
}

// The states of a shortening.
const (
	Waiting = "waiting"
	Stopped = "stopped"
	Done    = "done"
)

// Store keeps what is ahead. Every write is durable on return.
type Store interface {
	// Put keeps a shortening; fault.Conflict where one waits.
	Put(ctx context.Context, s Shortening) error
	// Change moves a shortening that waits, and publishes "retention.stopped" or
	// "retention.shortened"; false where none of that number waits.
	Change(ctx context.Context, id ref.Shortening, state string, now time.Time) (bool, error)
	// Due returns those that wait and whose day has come.
	Due(ctx context.Context, now time.Time) ([]Shortening, error)
	// OfferedUntil returns the last day whose records were offered; zero at first.
	OfferedUntil(ctx context.Context) (when.Date, error)
	// Offer publishes "retention.offered" for records, one event for all, and keeps the
	// day where it is not zero: all of that day were offered.
	Offer(ctx context.Context, list []dossier.Told, day when.Date, now time.Time) error
}

// Keeper does what time asks for. Nothing waits for it to be true but that an end
// comes forward.
type Keeper struct {
	Store  Store
	Ends   dossier.Shortener
	Shelf  law.Shelf
	Chance ref.Minter
}

// Earlier is a kind of records that would end earlier.
type Earlier struct {
	dossier.Ends
	Display, Retain when.Date // its new ends
}

// Look says which records would end earlier under the pack in force than they were
// given when they came in. It changes nothing.
func (k *Keeper) Look(ctx context.Context, now time.Time) ([]Earlier, error) {
	return k.look(ctx, k.Shelf.At(now), now)
}

func (k *Keeper) look(ctx context.Context, p *law.Pack, now time.Time) ([]Earlier, error) {
	today := p.Today(now)
	all, err := k.Ends.Ends(ctx, today)
	if err != nil {
		return nil, err
	}
	var out []Earlier
	for _, was := range all {
		t, ok := p.Type(was.Type)
		if !ok {
			continue // a type that left the pack keeps the ends that it gave
		}
		display, retain, err := p.Ends(t, catalogue.Entry{Start: was.Start}, today)
		if err != nil {
			return nil, err
		}
		// Whose content goes is offered a copy first, thirty days before.
		if retain = max(retain, today.AddDays(Offered+1)); retain < was.RetainEnd {
			out = append(out, Earlier{was, min(was.DisplayEnd, display), retain})
		}
	}
	return out, nil
}

// Shorten lets the retention of what Look finds come forward, Waits days from now.
func (k *Keeper) Shorten(ctx context.Context, now time.Time) (Shortening, error) {
	p := k.Shelf.At(now)
	list, err := k.look(ctx, p, now)
	if err != nil {
		return Shortening{}, err
	}
	if len(list) == 0 {
		return Shortening{}, fault.New(fault.Conflict, "E-SHORTEN-NONE", "No record would end earlier under the pack in force. Nothing was changed.")
	}
	id, err := ref.Mint[ref.Shortening](k.Chance)
	if err != nil {
		return Shortening{}, err
	}
	s := Shortening{ID: id, Pack: p.Version, MadeAt: now, DueAt: p.Today(now).AddDays(Waits).Start(p.Zone).UTC(), State: Waiting}
	if s.DueAt.Before(now.Add(Waits * 24 * time.Hour)) {
		s.DueAt = now.Add(Waits * 24 * time.Hour)
	}
	for _, e := range list {
		s.Records += e.Records
	}
	return s, k.Store.Put(ctx, s)
}

// Stop ends a shortening that waits.
func (k *Keeper) Stop(ctx context.Context, id ref.Shortening, now time.Time) error {
	if done, err := k.Store.Change(ctx, id, Stopped, now); err != nil || done {
		return err
	}
	return fault.New(fault.NotFound, "E-SHORTEN", "No shortening of this number waits: it was carried out, stopped, or never was. Nothing was changed.")
}

// at is how many records are changed or offered in one transaction.
const at = 500

// Tend offers copies of what ends soon, and lets ends come forward that have waited
// their days. It reports whether more is due.
func (k *Keeper) Tend(ctx context.Context, now time.Time) (bool, error) {
	due, err := k.Store.Due(ctx, now)
	if err != nil {
		return false, err
	}
	for _, s := range due {
		if err := k.forward(ctx, s, now); err != nil {
			return false, err
		}
	}
	return k.offer(ctx, now)
}

func (k *Keeper) forward(ctx context.Context, s Shortening, now time.Time) error {
	list, err := k.look(ctx, law.Under(k.Shelf, s.Pack, now), now)
	if err != nil {
		return err
	}
	for _, e := range list {
		for n := int64(at); n == at; {
			if n, err = k.Ends.Shorten(ctx, e.Ends, e.Display, e.Retain, at); err != nil {
				return err
			}
		}
	}
	_, err = k.Store.Change(ctx, s.ID, Done, now)
	return err
}

// offer goes through the records of one day.
func (k *Keeper) offer(ctx context.Context, now time.Time) (bool, error) {
	today := k.Shelf.At(now).Today(now)
	done, err := k.Store.OfferedUntil(ctx)
	if err != nil {
		return false, err
	}
	day := max(done+1, today)
	if day > today.AddDays(Offered) {
		return false, nil
	}
	for after := (dossier.Key{}); ; {
		list, err := k.Ends.EndingOn(ctx, day, after, at)
		if err != nil {
			return false, err
		}
		if len(list) < at {
			return true, k.Store.Offer(ctx, list, day, now)
		}
		last := list[len(list)-1]
		after = dossier.Key{Person: last.Person, Record: last.Record}
		if err := k.Store.Offer(ctx, list, 0, now); err != nil {
			return false, err
		}
	}
}

package party

import (
	"context"
	"time"

	"recourse/internal/ref"
	"recourse/internal/when"
)

// Prolong looks at the files that end within a hundred days and lets those live
// longer of which something lasts longer: who looked at the last record is kept
// beyond it. It goes through all of them.
func (k *Keeper) Prolong(ctx context.Context, today when.Date) error {
	for after := (ref.Person{}); ; {
		list, err := k.Store.Ending(ctx, today.AddDays(lead), after, keeperBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		persons := make([]ref.Person, len(list))
		for i, e := range list {
			persons[i] = e.Person
		}
		last, err := k.lasting(ctx, persons)
		if err != nil {
			return err
		}
		longer := map[ref.Person]when.Date{}
		for _, e := range list {
			if until, ok := last[e.Person]; ok && until > e.LiveUntil {
				longer[e.Person] = until
			}
		}
		if len(longer) > 0 {
			if err := k.Store.Prolong(ctx, longer); err != nil {
				return err
			}
		}
		after = list[len(list)-1].Person
	}
}

// lasting returns the last day on which any room keeps something of each person. What is
// kept of the dead ends with their file (rules F4).
func (k *Keeper) lasting(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	last := map[ref.Person]when.Date{}
	for _, room := range k.Lasting {
		some, err := room.Until(ctx, persons)
		if err != nil {
			return nil, err
		}
		for p, until := range some {
			if was, ok := last[p]; !ok || until > was {
				last[p] = until
			}
		}
	}
	closed, err := k.Store.ClosedUntil(ctx, persons)
	for p, until := range closed {
		if last[p] > until {
			last[p] = until
		}
	}
	return last, err
}

// End ends the persons whose live_until has passed: what is sealed of them is
// forgotten, and person, contact, gate, tokens and sign-ins are deleted, in one
// transaction each under their gate. The event "party.ended" and the receipts of
// the vault are what is left. A person of whom a room still keeps something is
// prolonged instead.
func (k *Keeper) End(ctx context.Context, today when.Date, now time.Time) (more bool, err error) {
	list, err := k.Store.Ending(ctx, today, ref.Person{}, keeperBatch)
	if err != nil {
		return false, err
	}
	for _, e := range list {
		if err := k.Store.Do(ctx, func(ctx context.Context) error { return k.end(ctx, e.Person, today, now) }); err != nil {
			return false, err
		}
	}
	return len(list) == keeperBatch, nil
}

// end decides anew under the gate: what was read before may have changed.
func (k *Keeper) end(ctx context.Context, p ref.Person, today when.Date, now time.Time) error {
	e, found, err := k.Store.Hold(ctx, p)
	if err != nil || !found || e.LiveUntil >= today {
		return err
	}
	last, err := k.lasting(ctx, []ref.Person{p})
	if err != nil {
		return err
	}
	if until, ok := last[p]; ok && until >= today {
		return k.Store.Prolong(ctx, map[ref.Person]when.Date{p: until})
	}
	if err := k.Forgetter.Forget(ctx, p, e.Identity, personEnded, now); err != nil {
		return err
	}
	if e.Contact != nil {
		if err := k.Forgetter.Forget(ctx, p, *e.Contact, personEnded, now); err != nil {
			return err
		}
	}
	return k.Store.Remove(ctx, e, now)
}

// Sweep removes sign-ins that have ended, and nonces of signatures that are over.
// Clerks' credentials stay for audit.
func (k *Keeper) Sweep(ctx context.Context, now time.Time) (more bool, err error) {
	sessions, err := k.Store.SweepSessions(ctx, now)
	if err != nil {
		return false, err
	}
	nonces, err := k.Store.SweepNonces(ctx)
	return sessions == 1000 || nonces == 10000, err
}

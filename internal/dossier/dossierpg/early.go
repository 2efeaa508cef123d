package dossierpg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/seal"
)

// Forgetter asks, in the transaction of ctx, that what is held be made unreadable
// before its day.
type Forgetter interface {
	ForgetAll(ctx context.Context, held []seal.Held, why string, now time.Time) error
}

// Ender is dossier.Ender and dossier.KeeperStore on the pool of a store.
type Ender struct {
	store     *Store
	forgetter Forgetter // on the same pool
}

// NewEnder returns an Ender.
func NewEnder(s *Store, f Forgetter) *Ender { return &Ender{store: s, forgetter: f} }

// End is dossier.Ender.End.
func (e *Ender) End(ctx context.Context, list []dossier.Early, now time.Time) (ended []dossier.Early, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	arg := EndEarlyParams{Now: now}
	for _, one := range list {
		arg.Persons, arg.Records = append(arg.Persons, pgkit.UUID(one.Person)), append(arg.Records, pgkit.UUID(one.Record))
		arg.States, arg.Whys, arg.Rules = append(arg.States, string(one.Why.State())), append(arg.Whys, string(one.Why)), append(arg.Rules, one.Rule)
		arg.Refuted = append(arg.Refuted, one.Refuted)
	}
	err = pgkit.Unit(ctx, e.store.pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, e.store.pool, func(tx pgx.Tx) error {
			if err := e.store.q.LockGates(ctx, tx, arg.Persons); err != nil {
				return err
			}
			rows, err := e.store.q.EndEarly(ctx, tx, arg)
			if err != nil {
				return err
			}
			ended = make([]dossier.Early, len(rows))
			for i, r := range rows {
				ended[i] = dossier.Early{Key: dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}, Why: dossier.Why(r.Why), Rule: r.Rule}
			}
			if err := e.forget(ctx, rows, now); err != nil {
				return err
			}
			return e.store.publisher.Publish(ctx, tx, endings(rows, ended, now)...)
		})
	})
	return ended, err
}

// forget asks for the leaves of what ended, those of one reason at once.
func (e *Ender) forget(ctx context.Context, rows []EndEarlyRow, now time.Time) error {
	held := map[string][]seal.Held{}
	for _, r := range rows {
		held[r.Why] = append(held[r.Why], seal.Held{Subject: dossier.RecordSubject(r.Person.Bytes, r.Record.Bytes, r.Version),
			Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}})
	}
	for why, list := range held {
		if err := e.forgetter.ForgetAll(ctx, list, why, now); err != nil {
			return err
		}
	}
	return nil
}

// endings are the events of what ended: one for each in its person's journal, and those
// of dossier.changed, of which one stands for many.
func endings(rows []EndEarlyRow, list []dossier.Early, now time.Time) []pgkit.Event {
	out := make([]pgkit.Event, len(list))
	told := map[string][]dossier.Told{}
	for i, one := range list {
		out[i] = pgkit.Event{Stream: one.Person, Kind: "dossier." + string(one.Why.State()), At: now,
			Refs: map[string]string{"record": one.Record.String(), "why": string(one.Why), "rule": one.Rule}}
		if rows[i].Stated {
			out = append(out, silenced(one.Key, now))
		}
		told[one.Why.Change()] = append(told[one.Why.Change()], dossier.Told{Person: one.Person, Record: one.Record, Version: rows[i].Version})
	}
	for what, some := range told {
		out = append(out, given(some, what, now)...)
	}
	return out
}

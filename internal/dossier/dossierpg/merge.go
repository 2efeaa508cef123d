package dossierpg

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Heads is dossier.Merger.Heads.
func (s *Store) Heads(ctx context.Context, source ref.Body, macs [][16]byte) (map[[16]byte]dossier.Head, error) {
	arg := HeadsParams{Source: pgkit.UUID(source), Macs: make([][]byte, len(macs))}
	for i := range macs {
		arg.Macs[i] = macs[i][:]
	}
	rows, err := s.q.Heads(ctx, s.pool, arg)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make(map[[16]byte]dossier.Head, len(rows))
	for _, r := range rows {
		h := dossier.Head{Person: r.Person.Bytes, Record: r.Record.Bytes}
		if r.Version != nil {
			h.Written, h.Version, h.Order, h.State, h.Retain = true, *r.Version, *r.SourceOrder, dossier.State(*r.State), pgkit.Date(r.RetainEnd)
			h.Slot = seal.Slot{Epoch: seal.Epoch(*r.Epoch), Leaf: seal.Leaf(*r.Leaf)}
			copy(h.Mark[:], r.Mark)
		}
		out[[16]byte(r.RefMac)] = h
	}
	return out, nil
}

// Reserve is dossier.Merger.Reserve.
func (s *Store) Reserve(ctx context.Context, source ref.Body, refs []dossier.Reservation) error {
	arg := ReserveRefsParams{Source: pgkit.UUID(source)}
	for _, r := range refs {
		arg.Macs = append(arg.Macs, r.MAC[:])
		arg.Persons = append(arg.Persons, pgkit.UUID(r.Person))
		arg.Records = append(arg.Records, pgkit.UUID(r.Record))
	}
	return pgkit.Clean(s.q.ReserveRefs(ctx, s.pool, arg))
}

// Merge is dossier.Merger.Merge.
func (s *Store) Merge(ctx context.Context, b dossier.Batch) ([]ref.Record, error) {
	var lost []ref.Record
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		lost = nil
		inserted, err := s.insert(ctx, tx, b)
		if err != nil {
			return err
		}
		updated, err := s.update(ctx, tx, b)
		if err != nil {
			return err
		}
		if err := s.advance(ctx, tx, b.Advance); err != nil {
			return err
		}
		var events []pgkit.Event
		for _, part := range []struct {
			meant []dossier.Written
			done  map[ref.Record]bool
		}{{b.New, inserted}, {b.Changed, updated}} {
			for _, w := range part.meant {
				if !part.done[w.Record] {
					lost = append(lost, w.Record)
				} else if b.Negative {
					events = append(events, noticed(b, w))
				}
			}
		}
		return s.publisher.Publish(ctx, tx, events...)
	})
	return lost, err
}

// noticed is covered by the delivery's own journal entry.
func noticed(b dossier.Batch, w dossier.Written) pgkit.Event {
	return pgkit.Event{Stream: w.Person, Kind: "dossier.noticed", At: b.Now, Covered: true,
		Refs: map[string]string{"record": w.Record.String(), "version": strconv.Itoa(int(w.OldVersion) + 1)}}
}

// standing is the state that a new version of a type begins in: what is negative
// waits until the person was told.
func standing(b dossier.Batch) (string, pgtype.Timestamptz) {
	if b.Negative {
		return string(dossier.Noticed), pgtype.Timestamptz{}
	}
	return string(dossier.InForce), pgtype.Timestamptz{Time: b.Now, Valid: true}
}

func (s *Store) insert(ctx context.Context, tx pgx.Tx, b dossier.Batch) (map[ref.Record]bool, error) {
	if len(b.New) == 0 {
		return nil, nil
	}
	state, effect := standing(b)
	arg := InsertRecordsParams{Source: pgkit.UUID(b.Source), Type: b.Type, Pack: b.Pack, Negative: b.Negative, State: state, Now: b.Now}
	if effect.Valid {
		arg.EffectAt = &effect.Time
	}
	for i := range b.New {
		w := &b.New[i]
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Orders = append(arg.Orders, w.Order)
		arg.Starts = append(arg.Starts, pgkit.Day(w.Start))
		arg.DisplayEnds = append(arg.DisplayEnds, pgkit.Day(w.DisplayEnd))
		arg.RetainEnds = append(arg.RetainEnds, pgkit.Day(w.RetainEnd))
		arg.Epochs = append(arg.Epochs, int64(w.Box.Epoch))
		arg.Leaves = append(arg.Leaves, int64(w.Box.Leaf))
		arg.Marks = append(arg.Marks, w.Mark[:])
		arg.Nonces = append(arg.Nonces, w.Box.Nonce[:])
		arg.Boxes = append(arg.Boxes, w.Box.Data)
	}
	rows, err := s.q.InsertRecords(ctx, tx, arg)
	done := make(map[ref.Record]bool, len(rows))
	for _, r := range rows {
		done[r.Record.Bytes] = true
	}
	return done, err
}

func (s *Store) update(ctx context.Context, tx pgx.Tx, b dossier.Batch) (map[ref.Record]bool, error) {
	if len(b.Changed) == 0 {
		return nil, nil
	}
	state, effect := standing(b)
	arg := UpdateRecordsParams{Pack: b.Pack, State: state}
	if effect.Valid {
		arg.EffectAt = &effect.Time
	}
	for i := range b.Changed {
		w := &b.Changed[i]
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Versions = append(arg.Versions, w.OldVersion)
		arg.Orders = append(arg.Orders, w.Order)
		arg.Epochs = append(arg.Epochs, int64(w.Box.Epoch))
		arg.Leaves = append(arg.Leaves, int64(w.Box.Leaf))
		arg.Marks = append(arg.Marks, w.Mark[:])
		arg.Nonces = append(arg.Nonces, w.Box.Nonce[:])
		arg.Boxes = append(arg.Boxes, w.Box.Data)
	}
	rows, err := s.q.UpdateRecords(ctx, tx, arg)
	done := make(map[ref.Record]bool, len(rows))
	for _, r := range rows {
		done[r.Record.Bytes] = true
	}
	return done, err
}

func (s *Store) advance(ctx context.Context, tx pgx.Tx, rows []dossier.Written) error {
	if len(rows) == 0 {
		return nil
	}
	var arg AdvanceOrdersParams
	for _, w := range rows {
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Orders = append(arg.Orders, w.Order)
	}
	return s.q.AdvanceOrders(ctx, tx, arg)
}

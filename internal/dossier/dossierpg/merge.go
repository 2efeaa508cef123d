package dossierpg

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Heads is dossier.Merger.Heads.
func (s *Store) Heads(ctx context.Context, source ref.Body, macs [][16]byte) (map[[16]byte]dossier.Head, error) {
	if len(macs) == 0 {
		return nil, nil
	}
	arg := HeadsParams{Source: pgkit.UUID(source), Macs: make([][]byte, len(macs))}
	for i := range macs {
		arg.Macs[i] = macs[i][:]
	}
	slices.SortFunc(arg.Macs, bytes.Compare) // neighbours lie on one page of the index
	var rows []HeadsRow
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if err = pgkit.ByKey(ctx, tx); err == nil {
			rows, err = s.q.Heads(ctx, tx, arg)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make(map[[16]byte]dossier.Head, len(rows))
	for _, r := range rows {
		h := dossier.Head{Person: r.Person.Bytes, Record: r.Record.Bytes, Version: r.Version, Order: r.SourceOrder, State: dossier.State(r.State), Why: dossier.Why(r.Why),
			Retain: pgkit.Date(r.RetainEnd), Weight: r.Weight, Awaited: r.Awaited, Stated: r.Stated, Refuted: r.Refuted, Readmit: pgkit.Date(r.ReadmitUntil), AtOnce: atOnce(r.AtOnce, r.UnheardUntil, r.Extended), Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
		copy(h.Mark[:], r.Mark)
		out[[16]byte(r.RefMac)] = h
	}
	return out, nil
}

// Elsewhere is dossier.Merger.Elsewhere.
func (s *Store) Elsewhere(ctx context.Context, typ string, ds []dossier.Decided) (map[dossier.Decided][]dossier.Rested, error) {
	if len(ds) == 0 {
		return nil, nil
	}
	arg := ElsewhereParams{Type: typ}
	for i := range ds {
		arg.Persons = append(arg.Persons, pgkit.UUID(ds[i].Person))
		arg.Marks = append(arg.Marks, ds[i].Mark[:])
	}
	var rows []ElsewhereRow
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if err = pgkit.ByKey(ctx, tx); err == nil {
			rows, err = s.q.Elsewhere(ctx, tx, arg)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make(map[dossier.Decided][]dossier.Rested, len(rows))
	for _, r := range rows {
		d := dossier.Decided{Person: r.Person.Bytes, Mark: [16]byte(r.Mark)}
		out[d] = append(out[d], dossier.Rested{Type: r.Type, Record: r.Record.Bytes})
	}
	return out, nil
}

// Merge is dossier.Merger.Merge. Refs are written first and in the order of their
// MACs: a unit that brings one of them too waits there for this one's end.
func (s *Store) Merge(ctx context.Context, b dossier.Batch) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.move(ctx, tx, b); err != nil {
			return err
		}
		if err := insert(ctx, tx, b); err != nil {
			if pgkit.Code(err) == pgkit.UniqueViolation {
				return dossier.ErrTaken
			}
			return err
		}
		if err := s.update(ctx, tx, b); err != nil {
			return err
		}
		if err := s.withdraw(ctx, tx, b); err != nil {
			return err
		}
		if err := s.advance(ctx, tx, b.Advance); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, slices.Concat(noticed(b), withdrawn(b), silencedBy(b), changed(b), refiled(b))...)
	})
}

// together is how many letters one event stands for.
const together = 500

// noticed is covered by the delivery's own journal entry. An event that stands for
// letters to many persons belongs to none of them, and waits for no other: its
// stream is the key of its first record. Each letter is a row with its person when
// it is owed.
func noticed(b dossier.Batch) (out []pgkit.Event) {
	list, atOnce, back := b.Noticed()
	for some := range slices.Chunk(back, together) {
		out = append(out, pgkit.Event{Stream: some[0].Record, Kind: "dossier.readmitted", At: b.Now, Covered: true, Refs: map[string]string{"records": dossier.WriteTold(some)}})
	}
	for some := range slices.Chunk(list, together) {
		out = append(out, pgkit.Event{Stream: some[0].Record, Kind: "dossier.noticed", At: b.Now, Covered: true, Refs: map[string]string{"records": dossier.WriteTold(some)}})
	}
	for some := range slices.Chunk(atOnce, together) {
		out = append(out, pgkit.Event{Stream: some[0].Record, Kind: "dossier.noticed", At: b.Now, Covered: true,
			Refs: map[string]string{"records": dossier.WriteTold(some), "at_once": "true"}})
	}
	return out
}

func withdrawn(b dossier.Batch) []pgkit.Event {
	out := make([]pgkit.Event, len(b.Withdrawn))
	for i, w := range b.Withdrawn {
		out[i] = pgkit.Event{Stream: w.Person, Kind: "dossier.withdrawn", At: b.Now, Refs: map[string]string{"record": w.Record.String(), "delivery": b.Delivery.String()}}
	}
	return out
}

// silenced are the events of records that are gone with which words of their person went.
func silenced(k dossier.Key, now time.Time) pgkit.Event {
	return pgkit.Event{Stream: k.Person, Kind: "dossier.silenced", At: now, Refs: map[string]string{"record": k.Record.String()}}
}

func silencedBy(b dossier.Batch) (out []pgkit.Event) {
	for _, w := range b.Withdrawn {
		if w.Stated {
			out = append(out, silenced(dossier.Key{Person: w.Person, Record: w.Record}, b.Now))
		}
	}
	return out
}

// changed says what became of records that somebody may have been given: what is
// withdrawn or mended. One event stands for many; the delivery is the journal's entry.
func changed(b dossier.Batch) []pgkit.Event {
	mended := make([]dossier.Told, 0, len(b.Changed))
	for i := range b.Changed {
		if w := &b.Changed[i]; w.Mends && !w.Worse {
			mended = append(mended, dossier.Told{Person: w.Person, Record: w.Record, Version: w.OldVersion + 1})
		}
	}
	gone := make([]dossier.Told, len(b.Withdrawn))
	for i, w := range b.Withdrawn {
		gone[i] = dossier.Told{Person: w.Person, Record: w.Record, Version: w.OldVersion}
	}
	return append(given(mended, dossier.ChangeCorrected, b.Now), given(gone, dossier.ChangeWithdrawn, b.Now)...)
}

// given are events for those who were given records.
func given(list []dossier.Told, what string, now time.Time) (out []pgkit.Event) {
	for some := range slices.Chunk(list, together) {
		out = append(out, pgkit.Event{Stream: some[0].Record, Kind: "dossier.changed", At: now, Covered: true,
			Refs: map[string]string{"records": dossier.WriteTold(some), "what": what}})
	}
	return out
}

// move lets refs lead to the persons under whom they are filed now.
func (s *Store) move(ctx context.Context, tx pgx.Tx, b dossier.Batch) error {
	arg := MoveRefsParams{Source: pgkit.UUID(b.Source), Now: b.Now}
	for i := range b.New {
		if w := &b.New[i]; !w.Moved.IsZero() {
			arg.Macs, arg.Persons = append(arg.Macs, w.MAC[:]), append(arg.Persons, pgkit.UUID(w.Person))
			arg.Records, arg.Was = append(arg.Records, pgkit.UUID(w.Record)), append(arg.Was, pgkit.UUID(w.Moved))
		}
	}
	if len(arg.Macs) == 0 {
		return nil
	}
	return taken(len(arg.Macs))(s.q.MoveRefs(ctx, tx, arg))
}

// refiled tells of what was filed under its right person. It names nothing of whom it
// was filed under before but the number of a record that is gone.
func refiled(b dossier.Batch) (out []pgkit.Event) {
	for _, w := range b.New {
		if !w.Moved.IsZero() && !w.Readmitted {
			out = append(out, pgkit.Event{Stream: w.Person, Kind: "dossier.refiled", At: b.Now,
				Refs: map[string]string{"record": w.Record.String(), "was": w.Moved.String(), "delivery": b.Delivery.String()}})
		}
	}
	return out
}

// standing is the state that a new version of a type begins in: what is negative
// waits until the person was told.
func standing(b dossier.Batch) (state string, effect *time.Time, told int32) {
	if b.Negative {
		return string(dossier.Noticed), nil, 1
	}
	return string(dossier.InForce), &b.Now, 0
}

// insert writes what is new. A record's key was minted for it, so only its ref can
// be there already.
func insert(ctx context.Context, tx pgx.Tx, b dossier.Batch) error {
	byMAC := make([]*dossier.Written, 0, len(b.New))
	for i := range b.New {
		if b.New[i].Moved.IsZero() {
			byMAC = append(byMAC, &b.New[i])
		}
	}
	slices.SortFunc(byMAC, func(x, y *dossier.Written) int { return bytes.Compare(x.MAC[:], y.MAC[:]) })
	err := pgkit.Copy(ctx, tx, "copy dossier.source_ref (source, ref_mac, person, record) from stdin (format binary)", len(byMAC), func(r *pgkit.Rows, i int) {
		w := byMAC[i]
		r.Row(4)
		r.UUID(b.Source)
		r.Bytes(w.MAC[:])
		r.UUID(w.Person)
		r.UUID(w.Record)
	})
	if err != nil {
		return err
	}
	return pgkit.Copy(ctx, tx, "copy dossier.record (person, record, version, source, source_order, type, pack, negative, state, received_at, start_on, display_end, retain_end,"+
		" effect_at, epoch, leaf, mark, weight, told, decision, nonce, box, at_once, unheard_until, extended) from stdin (format binary)", len(b.New), func(r *pgkit.Rows, i int) { putRecord(r, &b, &b.New[i]) })
}

func putRecord(r *pgkit.Rows, b *dossier.Batch, w *dossier.Written) {
	state, effect, told := standing(*b)
	r.Row(25)
	r.UUID(w.Person)
	r.UUID(w.Record)
	r.Int(1)
	r.UUID(b.Source)
	r.Big(w.Order)
	r.Text(b.Type)
	r.Text(b.Pack)
	r.Bool(b.Negative)
	r.Text(state)
	r.Instant(b.Now)
	r.Day(w.Start)
	r.Day(w.DisplayEnd)
	r.Day(w.RetainEnd)
	if effect == nil {
		r.Null()
	} else {
		r.Instant(*effect)
	}
	r.Big(int64(w.Box.Epoch))
	r.Big(int64(w.Box.Leaf))
	r.Bytes(w.Mark[:])
	if w.Box.Weight == nil {
		r.Null()
	} else {
		r.Bytes(w.Box.Weight)
	}
	r.Int(told)
	if w.Decision == ([16]byte{}) {
		r.Null()
	} else {
		r.Bytes(w.Decision[:])
	}
	r.Bytes(w.Box.Nonce[:])
	r.Bytes(w.Box.Data)
	r.Bool(w.AtOnce.There)
	if w.AtOnce.UnheardUntil == 0 {
		r.Null()
	} else {
		r.Day(w.AtOnce.UnheardUntil)
	}
	r.Bool(w.AtOnce.Extended)
}

// atOnce reads the effect at once of a record.
func atOnce(there bool, unheard pgtype.Date, extended bool) dossier.AtOnce {
	a := dossier.AtOnce{There: there, Extended: extended}
	if unheard.Valid {
		a.UnheardUntil = pgkit.Date(unheard)
	}
	return a
}

func (s *Store) update(ctx context.Context, tx pgx.Tx, b dossier.Batch) error {
	if len(b.Changed) == 0 {
		return nil
	}
	state, effect, _ := standing(b)
	arg := UpdateRecordsParams{Pack: b.Pack, State: state, EffectAt: effect}
	for i := range b.Changed {
		w := &b.Changed[i]
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Versions = append(arg.Versions, w.OldVersion)
		arg.Orders = append(arg.Orders, w.Order)
		arg.Anew = append(arg.Anew, !b.Negative || w.Worse)
		arg.Epochs = append(arg.Epochs, int64(w.Box.Epoch))
		arg.Leaves = append(arg.Leaves, int64(w.Box.Leaf))
		arg.Marks = append(arg.Marks, w.Mark[:])
		arg.Weights = append(arg.Weights, w.Box.Weight)
		arg.DisplayEnds = append(arg.DisplayEnds, pgtype.Date{Time: w.DisplayEnd.Time(), Valid: w.Removed})
		arg.AtOnce, arg.Extended = append(arg.AtOnce, w.AtOnce.There), append(arg.Extended, w.AtOnce.Extended)
		arg.UnheardUntils = append(arg.UnheardUntils, pgtype.Date{Time: w.AtOnce.UnheardUntil.Time(), Valid: w.AtOnce.UnheardUntil != 0})
		var decision []byte
		if w.Decision != ([16]byte{}) {
			decision = w.Decision[:]
		}
		arg.Decisions = append(arg.Decisions, decision)
		arg.Nonces = append(arg.Nonces, w.Box.Nonce[:])
		arg.Boxes = append(arg.Boxes, w.Box.Data)
	}
	return taken(len(b.Changed))(s.q.UpdateRecords(ctx, tx, arg))
}

// taken compares how many rows were to be written with how many were.
func taken(meant int) func(done int64, err error) error {
	return func(done int64, err error) error {
		if err == nil && done != int64(meant) {
			return dossier.ErrTaken
		}
		return err
	}
}

func (s *Store) withdraw(ctx context.Context, tx pgx.Tx, b dossier.Batch) error {
	if len(b.Withdrawn) == 0 {
		return nil
	}
	arg := WithdrawRecordsParams{Now: b.Now, Rule: b.Delivery.String()}
	for _, w := range b.Withdrawn {
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Versions = append(arg.Versions, w.OldVersion)
		arg.Orders = append(arg.Orders, w.Order)
	}
	return taken(len(b.Withdrawn))(s.q.WithdrawRecords(ctx, tx, arg))
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

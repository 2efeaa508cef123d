package dossierpg

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

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
		h := dossier.Head{Person: r.Person.Bytes, Record: r.Record.Bytes, Version: r.Version, Order: r.SourceOrder, State: dossier.State(r.State),
			Retain: pgkit.Date(r.RetainEnd), Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
		copy(h.Mark[:], r.Mark)
		out[[16]byte(r.RefMac)] = h
	}
	return out, nil
}

// Elsewhere is dossier.Merger.Elsewhere.
func (s *Store) Elsewhere(ctx context.Context, typ string, ds []dossier.Decided) (map[dossier.Decided][]string, error) {
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
	out := make(map[dossier.Decided][]string, len(rows))
	for _, r := range rows {
		d := dossier.Decided{Person: r.Person.Bytes, Mark: [16]byte(r.Mark)}
		out[d] = append(out[d], r.Type)
	}
	return out, nil
}

// Merge is dossier.Merger.Merge. Refs are written first and in the order of their
// MACs: a unit that brings one of them too waits there for this one's end.
func (s *Store) Merge(ctx context.Context, b dossier.Batch) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := insert(ctx, tx, b); err != nil {
			if pgkit.Code(err) == pgkit.UniqueViolation {
				return dossier.ErrTaken
			}
			return err
		}
		if err := s.update(ctx, tx, b); err != nil {
			return err
		}
		if err := s.withdraw(ctx, tx, b.Withdrawn); err != nil {
			return err
		}
		if err := s.advance(ctx, tx, b.Advance); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, append(noticed(b), withdrawn(b)...)...)
	})
}

// together is how many letters one event stands for.
const together = 500

// noticed is covered by the delivery's own journal entry. An event that stands for
// letters to many persons belongs to none of them, and waits for no other: its
// stream is the key of its first record. Each letter is a row with its person when
// it is owed.
func noticed(b dossier.Batch) (out []pgkit.Event) {
	if !b.Negative {
		return nil
	}
	list := make([]dossier.Told, 0, len(b.New)+len(b.Changed))
	for _, part := range [][]dossier.Written{b.New, b.Changed} {
		for i := range part {
			list = append(list, dossier.Told{Person: part[i].Person, Record: part[i].Record, Version: part[i].OldVersion + 1})
		}
	}
	for some := range slices.Chunk(list, together) {
		out = append(out, pgkit.Event{Stream: some[0].Record, Kind: "dossier.noticed", At: b.Now, Covered: true, Refs: map[string]string{"records": dossier.WriteTold(some)}})
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

// standing is the state that a new version of a type begins in: what is negative
// waits until the person was told.
func standing(b dossier.Batch) (string, *time.Time) {
	if b.Negative {
		return string(dossier.Noticed), nil
	}
	return string(dossier.InForce), &b.Now
}

// insert writes what is new. A record's key was minted for it, so only its ref can
// be there already.
func insert(ctx context.Context, tx pgx.Tx, b dossier.Batch) error {
	var refs, records pgkit.Rows
	byMAC := slices.SortedFunc(slices.Values(b.New), func(x, y dossier.Written) int { return bytes.Compare(x.MAC[:], y.MAC[:]) })
	for i := range byMAC {
		w := &byMAC[i]
		refs.Row(4)
		refs.UUID(b.Source)
		refs.Bytes(w.MAC[:])
		refs.UUID(w.Person)
		refs.UUID(w.Record)
	}
	for i := range b.New {
		putRecord(&records, &b, &b.New[i])
	}
	if err := refs.Copy(ctx, tx, "copy dossier.source_ref (source, ref_mac, person, record) from stdin (format binary)"); err != nil {
		return err
	}
	return records.Copy(ctx, tx, "copy dossier.record (person, record, version, source, source_order, type, pack, negative, state, received_at, start_on, display_end, retain_end,"+
		" effect_at, epoch, leaf, mark, decision, nonce, box) from stdin (format binary)")
}

func putRecord(r *pgkit.Rows, b *dossier.Batch, w *dossier.Written) {
	state, effect := standing(*b)
	r.Row(20)
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
	if w.Decision == ([16]byte{}) {
		r.Null()
	} else {
		r.Bytes(w.Decision[:])
	}
	r.Bytes(w.Box.Nonce[:])
	r.Bytes(w.Box.Data)
}

func (s *Store) update(ctx context.Context, tx pgx.Tx, b dossier.Batch) error {
	if len(b.Changed) == 0 {
		return nil
	}
	state, effect := standing(b)
	arg := UpdateRecordsParams{Pack: b.Pack, State: state, EffectAt: effect}
	for i := range b.Changed {
		w := &b.Changed[i]
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Versions = append(arg.Versions, w.OldVersion)
		arg.Orders = append(arg.Orders, w.Order)
		arg.Epochs = append(arg.Epochs, int64(w.Box.Epoch))
		arg.Leaves = append(arg.Leaves, int64(w.Box.Leaf))
		arg.Marks = append(arg.Marks, w.Mark[:])
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

func (s *Store) withdraw(ctx context.Context, tx pgx.Tx, rows []dossier.Written) error {
	if len(rows) == 0 {
		return nil
	}
	var arg WithdrawRecordsParams
	for _, w := range rows {
		arg.Persons = append(arg.Persons, pgkit.UUID(w.Person))
		arg.Records = append(arg.Records, pgkit.UUID(w.Record))
		arg.Versions = append(arg.Versions, w.OldVersion)
		arg.Orders = append(arg.Orders, w.Order)
	}
	return taken(len(rows))(s.q.WithdrawRecords(ctx, tx, arg))
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

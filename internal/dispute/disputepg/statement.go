package disputepg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Put is dispute.Statements.Put.
func (s *Store) Put(ctx context.Context, st dispute.Statement) error {
	return s.gated(ctx, st.Key, func(ctx context.Context, tx pgx.Tx) error {
		moved, err := s.moved(ctx, tx, st.Key, st.Turns)
		if err != nil {
			return err
		}
		if moved {
			return dispute.ErrMoved
		}
		if _, err := s.unsay(ctx, tx, st.Key, st.Cuts, st.At); err != nil {
			return err
		}
		there, err := s.Records.Stated(ctx, st.Key, true)
		if err != nil {
			return err
		}
		if !there {
			return dossier.ErrNotFound
		}
		if err := s.q.PutStatement(ctx, tx, PutStatementParams{Person: pgkit.UUID(st.Key.Person), Record: pgkit.UUID(st.Key.Record), At: st.At, KeepUntil: pgkit.Day(st.Keep),
			Epoch: int64(st.Box.Epoch), Leaf: int64(st.Box.Leaf), Nonce: st.Box.Nonce[:], Box: st.Box.Data}); err != nil {
			return err
		}
		return s.Publisher.Publish(ctx, tx, pgkit.Event{Stream: st.Key.Person, Kind: "dispute.stated", At: st.At, Refs: map[string]string{"record": st.Key.Record.String()}})
	})
}

// Drop is dispute.Statements.Drop.
func (s *Store) Drop(ctx context.Context, k dossier.Key, now time.Time) error {
	return s.gated(ctx, k, func(ctx context.Context, tx pgx.Tx) error {
		was, err := s.unsay(ctx, tx, k, nil, now)
		if err != nil || !was {
			return err
		}
		// The mark stays while there are complaints: they end with the record, as the words do.
		silent, err := s.moved(ctx, tx, k, 0)
		if err != nil {
			return err
		}
		if !silent {
			if _, err := s.Records.Stated(ctx, k, false); err != nil {
				return err
			}
		}
		return s.Publisher.Publish(ctx, tx, pgkit.Event{Stream: k.Person, Kind: "dispute.unstated", At: now, Refs: map[string]string{"record": k.Record.String()}})
	})
}

// gated does something behind the gate of a person.
func (s *Store) gated(ctx context.Context, k dossier.Key, do func(context.Context, pgx.Tx) error) error {
	return pgkit.Unit(ctx, s.Pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.Pool, func(tx pgx.Tx) error {
			if err := s.q.LockGate(ctx, tx, pgkit.UUID(k.Person)); err != nil {
				return err
			}
			return do(ctx, tx)
		})
	})
}

// unsay removes a statement and has its leaf forgotten, and puts other cuts in place of
// its own; false where there was none.
func (s *Store) unsay(ctx context.Context, tx pgx.Tx, k dossier.Key, cuts []dispute.Cut, now time.Time) (bool, error) {
	gone, err := s.unsaid(ctx, tx, k)
	if err != nil {
		return false, err
	}
	if len(gone) > 0 {
		if err := s.Forgetter.ForgetAll(ctx, gone, replaced, now); err != nil {
			return false, err
		}
	}
	return len(gone) > 0, s.recut(ctx, tx, k, cuts, now)
}

// unsaid removes a statement, if there is one, and returns what is to be forgotten of it.
func (s *Store) unsaid(ctx context.Context, tx pgx.Tx, k dossier.Key) ([]seal.Held, error) {
	old, err := s.q.DropStatement(ctx, tx, DropStatementParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return []seal.Held{{Subject: dossier.WordsSubject(k.Person, k.Record), Slot: seal.Slot{Epoch: seal.Epoch(old.Epoch), Leaf: seal.Leaf(old.Leaf)}}}, err
}

// Stated is dispute.Statements.Stated.
func (s *Store) Stated(ctx context.Context, k dossier.Key) (time.Time, error) {
	at, err := s.q.StatedAt(ctx, s.Pool, StatedAtParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	return at, pgkit.Clean(err)
}

// ShowStatement is dispute.Statements.ShowStatement.
func (s *Store) ShowStatement(ctx context.Context, k dossier.Key, access ref.Inquiry, pack string, now time.Time) (dispute.StatementSeen, error) {
	var rows []ShowStatementRow
	err := pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.ShowStatement(ctx, conn, ShowStatementParams{Person: pgkit.UUID(k.Person), Access: pgkit.UUID(access), Now: now, Pack: pack, Record: pgkit.UUID(k.Record)})
		return err
	})
	var seen dispute.StatementSeen
	for _, r := range rows {
		add(&seen, r)
	}
	return seen, pgkit.Guard(err, dispute.ErrNotFound)
}

// add adds a row of the wall to what a look at a statement gives.
func add(seen *dispute.StatementSeen, r ShowStatementRow) {
	b := seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)
	if !r.Paper.Valid {
		seen.At, seen.Box = r.At, b
		return
	}
	seen.Papers = append(seen.Papers, dispute.ComplaintPaper{Complaint: r.Complaint.Bytes, What: dispute.What(r.What), Stage: dispute.Stage(r.Stage), Nth: int(r.Nth),
		Sheet: paper.Sheet{ID: r.Paper.Bytes, Clerk: r.Clerk.Bytes, At: r.At, Box: b}})
}

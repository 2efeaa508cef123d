package disputepg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// EnterComplaint is dispute.ComplaintStore.EnterComplaint.
func (s *Store) EnterComplaint(ctx context.Context, c dispute.Complaint, papers []dispute.ComplaintPaper, e dispute.Event) error {
	k := dossier.Key{Person: c.Person, Record: c.Record}
	return s.gated(ctx, k, func(ctx context.Context, tx pgx.Tx) error {
		there, err := s.Records.Stated(ctx, k, true)
		if err != nil {
			return err
		}
		if !there {
			return dossier.ErrNotFound
		}
		if err := s.q.EnterComplaint(ctx, tx, EnterComplaintParams{Person: pgkit.UUID(c.Person), Complaint: pgkit.UUID(c.ID), Record: pgkit.UUID(c.Record), Source: pgkit.UUID(c.Source), Type: c.Type, Pack: c.Pack,
			Passages: int16(c.Passages), EnteredBy: pgkit.UUID(c.EnteredBy), EnteredAt: c.EnteredAt, Calendar: c.Calendar, DueOn: pgkit.Day(c.Due), DueAt: c.DueAt, KeepUntil: pgkit.Day(c.Keep)}); err != nil {
			return err
		}
		if err := s.q.NumberComplaint(ctx, tx, NumberComplaintParams{Complaint: pgkit.UUID(c.ID), Person: pgkit.UUID(c.Person)}); err != nil {
			return err
		}
		if err := s.addComplaintPapers(ctx, tx, c, papers); err != nil {
			return err
		}
		return s.publish(ctx, tx, c.Person, c.EnteredAt, e)
	})
}

func (s *Store) publish(ctx context.Context, tx pgx.Tx, p ref.Person, now time.Time, events ...dispute.Event) error {
	out := make([]pgkit.Event, len(events))
	for i, e := range events {
		out[i] = pgkit.Event{Stream: p, Kind: e.Kind, At: now, Refs: e.Refs}
	}
	return s.Publisher.Publish(ctx, tx, out...)
}

func (s *Store) addComplaintPapers(ctx context.Context, tx pgx.Tx, c dispute.Complaint, papers []dispute.ComplaintPaper) error {
	for _, p := range papers {
		if err := s.q.AddComplaintPaper(ctx, tx, AddComplaintPaperParams{Person: pgkit.UUID(c.Person), Paper: pgkit.UUID(p.ID), Record: pgkit.UUID(c.Record), Complaint: pgkit.UUID(p.Complaint), What: string(p.What),
			Stage: int16(p.Stage), Nth: int16(p.Nth), Clerk: pgkit.UUID(p.Clerk), At: p.At, Epoch: int64(p.Box.Epoch), Leaf: int64(p.Box.Leaf), Nonce: p.Box.Nonce[:], Box: p.Box.Data}); err != nil {
			return err
		}
	}
	return nil
}

// recut puts what others are given of a statement in place of what they were given before.
func (s *Store) recut(ctx context.Context, tx pgx.Tx, k dossier.Key, cuts []dispute.Cut, now time.Time) error {
	old, err := s.q.DropCuts(ctx, tx, DropCutsParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
	if err != nil {
		return err
	}
	var gone []seal.Held
	for _, r := range old {
		gone = append(gone, heldPaper(k.Person, r.Paper, r.Epoch, r.Leaf))
	}
	if len(gone) > 0 {
		if err := s.Forgetter.ForgetAll(ctx, gone, replaced, now); err != nil {
			return err
		}
	}
	for _, c := range cuts {
		if err := s.q.AddComplaintPaper(ctx, tx, AddComplaintPaperParams{Person: pgkit.UUID(k.Person), Paper: pgkit.UUID(c.ID), Record: pgkit.UUID(k.Record), What: "cut", Stage: int16(dispute.First), At: now,
			CutUntil: pgkit.Given(c.Until), Epoch: int64(c.Box.Epoch), Leaf: int64(c.Box.Leaf), Nonce: c.Box.Nonce[:], Box: c.Box.Data}); err != nil {
			return err
		}
	}
	return nil
}

func heldPaper(p ref.Person, id pgtype.UUID, epoch, leaf int64) seal.Held {
	return seal.Held{Subject: paper.Subject(p, id.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(epoch), Leaf: seal.Leaf(leaf)}}
}

// moved reports, behind the gate, whether what a change was made from is there no more.
func (s *Store) moved(ctx context.Context, tx pgx.Tx, k dossier.Key, turns int64) (bool, error) {
	n, err := s.q.ComplaintTurns(ctx, tx, ComplaintTurnsParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
	return n != turns, err
}

// SaveComplaint is dispute.ComplaintStore.SaveComplaint.
func (s *Store) SaveComplaint(ctx context.Context, ch dispute.ComplaintChange, now time.Time) error {
	c := ch.Complaint
	k := dossier.Key{Person: c.Person, Record: c.Record}
	return s.gated(ctx, k, func(ctx context.Context, tx pgx.Tx) error {
		slot, err := s.q.StatementSlot(ctx, tx, StatementSlotParams{Person: pgkit.UUID(c.Person), Record: pgkit.UUID(c.Record)})
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		moved, err := s.moved(ctx, tx, k, ch.From.Turns)
		if err != nil {
			return err
		}
		if moved || (seal.Slot{Epoch: seal.Epoch(slot.Epoch), Leaf: seal.Leaf(slot.Leaf)}) != ch.From.Slot {
			return dispute.ErrMoved
		}
		if err := s.q.SaveComplaint(ctx, tx, SaveComplaintParams{Person: pgkit.UUID(c.Person), Complaint: pgkit.UUID(c.ID), State: string(c.State), Turn: c.Turn, Calendar: c.Calendar, DecidedAt: pgkit.Given(c.DecidedAt),
			ReviewAt: pgkit.Given(c.ReviewAt), ReviewDueOn: pgkit.GivenDay(c.ReviewDue), ReviewDueAt: pgkit.Given(c.ReviewEnds), ReviewedAt: pgkit.Given(c.ReviewedAt)}); err != nil {
			return err
		}
		for _, f := range c.Found {
			if !f.At.Equal(now) {
				continue // it was there before
			}
			if err := s.q.AddComplaintFinding(ctx, tx, AddComplaintFindingParams{Person: pgkit.UUID(c.Person), Complaint: pgkit.UUID(c.ID), Stage: int16(f.Stage), Nth: int16(f.Nth), Clerk: pgkit.UUID(f.Clerk),
				Body: pgkit.UUID(f.Body), At: f.At, Withhold: f.Withhold}); err != nil {
				return err
			}
		}
		if err := s.addComplaintPapers(ctx, tx, c, ch.Papers); err != nil {
			return err
		}
		if err := s.recut(ctx, tx, k, ch.Cuts, now); err != nil {
			return err
		}
		return s.publish(ctx, tx, c.Person, now, ch.Events...)
	})
}

// ComplaintOf is dispute.ComplaintStore.ComplaintOf.
func (s *Store) ComplaintOf(ctx context.Context, id ref.Complaint) (dossier.Key, error) {
	r, err := s.q.ComplaintOf(ctx, s.Pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return dossier.Key{}, dispute.ErrNoComplaint
	}
	return dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}, pgkit.Clean(err)
}

// ComplaintsAbout is dispute.ComplaintStore.ComplaintsAbout. All of it is of one moment.
func (s *Store) ComplaintsAbout(ctx context.Context, k dossier.Key) ([]dispute.Complaint, error) {
	return s.complaints(ctx, func(db DBTX) ([]DisputeComplaint, error) {
		return s.q.ComplaintsAbout(ctx, db, ComplaintsAboutParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
	})
}

// ComplaintsWaiting is dispute.ComplaintStore.ComplaintsWaiting.
func (s *Store) ComplaintsWaiting(ctx context.Context, q dispute.Sought, now time.Time) ([]dispute.Complaint, error) {
	return s.complaints(ctx, func(db DBTX) ([]DisputeComplaint, error) {
		arg := ComplaintsOpenParams{Now: now, Body: pgkit.UUID(q.By.Body), Clerk: pgkit.UUID(q.By.Clerk), Type: q.Type, DueTo: pgkit.GivenDay(q.To), Skip: int32(q.Skip), Most: int32(q.N)}
		if q.Stage == dispute.Review {
			return s.q.ComplaintsInReview(ctx, db, ComplaintsInReviewParams(arg))
		}
		return s.q.ComplaintsOpen(ctx, db, arg)
	})
}

// ComplaintsEntered is dispute.ComplaintStore.ComplaintsEntered.
func (s *Store) ComplaintsEntered(ctx context.Context, q dispute.Sought) ([]dispute.Complaint, error) {
	return s.complaints(ctx, func(db DBTX) ([]DisputeComplaint, error) {
		return s.q.ComplaintsEntered(ctx, db, ComplaintsEnteredParams{Clerk: pgkit.UUID(q.By.Clerk), Type: q.Type, DueTo: pgkit.GivenDay(q.To), Skip: int32(q.Skip), Most: int32(q.N)})
	})
}

// complaints reads complaints whole.
func (s *Store) complaints(ctx context.Context, list func(DBTX) ([]DisputeComplaint, error)) (out []dispute.Complaint, err error) {
	err = pgx.BeginTxFunc(ctx, s.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := list(tx)
		if err != nil || len(rows) == 0 {
			return err
		}
		out = make([]dispute.Complaint, len(rows))
		at := make(map[pgtype.UUID]*dispute.Complaint, len(rows))
		arg := ComplaintFindingsParams{}
		for i, r := range rows {
			out[i] = complaint(r)
			at[r.Complaint] = &out[i]
			arg.Persons, arg.Complaints = append(arg.Persons, r.Person), append(arg.Complaints, r.Complaint)
		}
		found, err := s.q.ComplaintFindings(ctx, tx, arg)
		for _, f := range found {
			c := at[f.Complaint]
			c.Found = append(c.Found, dispute.PassageFinding{Stage: dispute.Stage(f.Stage), Nth: int(f.Nth), Clerk: f.Clerk.Bytes, Body: f.Body.Bytes, Withhold: f.Withhold, At: f.At})
		}
		return err
	})
	return out, pgkit.Clean(err)
}

func complaint(r DisputeComplaint) dispute.Complaint {
	return dispute.Complaint{ID: r.Complaint.Bytes, Person: r.Person.Bytes, Record: r.Record.Bytes, Source: r.Source.Bytes, Type: r.Type, Pack: r.Pack, State: dispute.ComplaintState(r.State), Turn: r.Turn,
		Passages: int(r.Passages), EnteredBy: r.EnteredBy.Bytes, EnteredAt: r.EnteredAt, Calendar: r.Calendar, Due: pgkit.Date(r.DueOn), DueAt: r.DueAt, DecidedAt: pgkit.Instant(r.DecidedAt),
		ReviewAt: pgkit.Instant(r.ReviewAt), ReviewDue: pgkit.Date(r.ReviewDueOn), ReviewEnds: pgkit.Instant(r.ReviewDueAt), ReviewedAt: pgkit.Instant(r.ReviewedAt), Keep: pgkit.Date(r.KeepUntil)}
}

// ExamineStatement is dispute.ComplaintStore.ExamineStatement.
func (s *Store) ExamineStatement(ctx context.Context, l dispute.StatementLook) (dispute.StatementSeen, error) {
	var rows []ExamineStatementRow
	err := pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.ExamineStatement(ctx, conn, ExamineStatementParams{Person: pgkit.UUID(l.Key.Person), Record: pgkit.UUID(l.Key.Record), Complaint: pgkit.UUID(l.Complaint), Clerk: pgkit.UUID(l.By.Clerk),
			Body: pgkit.UUID(l.By.Body), Access: pgkit.UUID(l.Access), Now: l.Now, Pack: l.Pack,
			TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	var seen dispute.StatementSeen
	for _, r := range rows {
		add(&seen, ShowStatementRow(r))
	}
	return seen, pgkit.Guard(err, dispute.ErrNoComplaint)
}

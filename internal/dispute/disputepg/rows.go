package disputepg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dispute"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// contest reads a row without what was answered and found.
func contest(r DisputeContest) dispute.Contest {
	c := dispute.Contest{ID: r.Contest.Bytes, Person: r.Person.Bytes, Record: r.Record.Bytes, Version: r.Version, Source: r.Source.Bytes, Type: r.Type, Pack: r.Pack,
		State: dispute.State(r.State), Was: dispute.State(r.Was), MadeAt: r.MadeAt, KeepUntil: pgkit.Date(r.KeepUntil), OpenedAt: pgkit.Instant(r.OpenedAt),
		AnswerBy: pgkit.Date(r.AnswerBy), RepeatUntil: pgkit.Instant(r.RepeatUntil), BackAt: pgkit.Instant(r.BackAt), FinalAt: pgkit.Instant(r.FinalAt),
		DecidedAt: pgkit.Instant(r.DecidedAt), LateFrom: pgkit.Instant(r.LateFrom), LetterAt: pgkit.Instant(r.LetterAt),
		ReviewUntil: pgkit.Instant(r.ReviewUntil), ReviewAt: pgkit.Instant(r.ReviewAt)}
	for _, g := range r.Grounds {
		c.Grounds = append(c.Grounds, dispute.Ground(g))
	}
	if r.ClockKind != nil {
		c.Clock = law.Clock{Kind: *r.ClockKind, Start: pgkit.Date(r.ClockStart), Term: law.Term{N: int(*r.ClockN), Unit: law.Unit(*r.ClockUnit)},
			Extension: int(r.ClockExtension), Paused: int(r.ClockPaused), Outage: int(r.ClockOutage), Due: pgkit.Date(r.DueOn),
			Whole: *r.ClockWhole, Calendar: *r.ClockCalendar, Overdue: law.Overdue(*r.ClockOverdue)}
	}
	return c
}

// saved is a contest as it is written.
func saved(c dispute.Contest, now time.Time) SaveParams {
	arg := SaveParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), State: string(c.State), Was: string(c.Was), Grounds: []string{}, Pack: c.Pack, ChangedAt: now,
		OpenedAt: pgkit.Given(c.OpenedAt), RepeatUntil: pgkit.Given(c.RepeatUntil), BackAt: pgkit.Given(c.BackAt), FinalAt: pgkit.Given(c.FinalAt),
		DecidedAt: pgkit.Given(c.DecidedAt), LateFrom: pgkit.Given(c.LateFrom), LetterAt: pgkit.Given(c.LetterAt),
		ReviewUntil: pgkit.Given(c.ReviewUntil), ReviewAt: pgkit.Given(c.ReviewAt)}
	for _, g := range c.Grounds {
		arg.Grounds = append(arg.Grounds, string(g))
	}
	k := c.Clock
	if k.Kind == "" {
		return arg
	}
	n, unit, overdue := int32(k.Term.N), string(k.Term.Unit), string(k.Overdue)
	arg.AnswerBy, arg.ClockKind, arg.ClockStart, arg.ClockN, arg.ClockUnit = pgkit.Day(c.AnswerBy), &k.Kind, pgkit.Day(k.Start), &n, &unit
	arg.ClockExtension, arg.ClockPaused, arg.ClockOutage = int32(k.Extension), int32(k.Paused), int32(k.Outage)
	arg.ClockWhole, arg.ClockCalendar, arg.ClockOverdue, arg.DueOn, arg.TwiceOn = &k.Whole, &k.Calendar, &overdue, pgkit.Day(k.Due), pgkit.Day(k.Twice())
	return arg
}

// Show is dispute.Store.Show.
func (s *Store) Show(ctx context.Context, l dispute.Look) (dispute.Seen, error) {
	var rows []ShowRow
	err := pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Show(ctx, conn, ShowParams{Person: pgkit.UUID(l.Person), Access: pgkit.UUID(l.Access), Now: l.Now, Pack: l.Pack, Contest: pgkit.UUID(l.Contest), File: pgkit.UUID(l.File)})
		return err
	})
	if err != nil {
		return dispute.Seen{}, pgkit.Guard(err, dispute.ErrNotFound)
	}
	var seen dispute.Seen
	for _, r := range rows {
		seen.Papers = append(seen.Papers, dispute.Paper{Ground: dispute.Ground(r.Ground), What: dispute.What(r.What), Stage: dispute.Stage(r.Stage), Aside: r.Aside, Of: r.CopyOf.Bytes,
			Sheet: paper.Sheet{ID: r.Paper.Bytes, Clerk: r.Clerk.Bytes, Media: r.Media, At: r.At, Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)}})
	}
	return seen, nil
}

// Examine is dispute.Store.Examine.
func (s *Store) Examine(ctx context.Context, l dispute.Look) (dispute.Seen, error) {
	var rows []ExamineRow
	err := pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Examine(ctx, conn, ExamineParams{Person: pgkit.UUID(l.Person), Contest: pgkit.UUID(l.Contest), Clerk: pgkit.UUID(l.By.Clerk), Body: pgkit.UUID(l.By.Body),
			Access: pgkit.UUID(l.Access), Now: l.Now, Pack: l.Pack, File: pgkit.UUID(l.File),
			TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	if err != nil {
		return dispute.Seen{}, pgkit.Guard(err, dispute.ErrNotFound)
	}
	var seen dispute.Seen
	for _, r := range rows {
		if !r.Paper.Valid {
			seen.Record, seen.Version = seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box), r.Version
			continue
		}
		seen.Papers = append(seen.Papers, dispute.Paper{Ground: dispute.Ground(r.Ground), What: dispute.What(r.What), Stage: dispute.Stage(r.Stage), Aside: r.Aside, Of: r.CopyOf.Bytes,
			Sheet: paper.Sheet{ID: r.Paper.Bytes, Clerk: r.Clerk.Bytes, Media: r.Media, At: r.At, Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)}})
	}
	return seen, nil
}

// Name is for the vault's reports.
func (s *Store) Name() string { return "dispute.paper" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (s *Store) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := s.q.PaperLeaves(ctx, s.Pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit papers behind a cursor, and the cursor behind them; nil
// begins.
func (s *Store) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := PapersHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterPaper: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterPaper.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := s.q.PapersHeld(ctx, s.Pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = seal.Held{Subject: paper.Subject(r.Person.Bytes, r.Paper.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Paper.Bytes[:]...), nil
}

// Erase clears papers, statements and what is written in complaints about them that the
// vault has forgotten.
func (s *Store) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		err := s.q.ClearPaper(ctx, s.Pool, ClearPaperParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Paper: pgkit.UUID(ref.Paper(b.Subject.Record)),
			Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		if err == nil {
			err = s.q.ClearStatement(ctx, s.Pool, ClearStatementParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Record: pgkit.UUID(ref.Record(b.Subject.Record)),
				Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		}
		if err == nil {
			err = s.q.ClearComplaintPaper(ctx, s.Pool, ClearComplaintPaperParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Paper: pgkit.UUID(ref.Paper(b.Subject.Record)),
				Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		}
		if err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}

// Until is party.Lasting.Until: the last day on which papers are kept.
func (s *Store) Until(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	rows, err := s.q.LastingContests(ctx, s.Pool, pgkit.UUIDs(persons))
	out := map[ref.Person]when.Date{}
	for _, r := range rows {
		out[r.Person.Bytes] = pgkit.Date(r.Until)
	}
	return out, pgkit.Clean(err)
}

package oversightpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/oversight"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Reports is oversight.ReportStore on a pool of recourse_app; Sweep, and what the vault
// needs to know, are for one of recourse_keeper.
type Reports struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

var _ oversight.ReportStore = (*Reports)(nil)

// NewReports returns the reports.
func NewReports(pool *pgxpool.Pool, publisher pgkit.Publisher) *Reports {
	return &Reports{pool: pool, publisher: publisher}
}

// Put is oversight.ReportStore.Put.
func (s *Reports) Put(ctx context.Context, r oversight.Report, papers []oversight.ReportPaper) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.PutReport(ctx, tx, PutReportParams{Person: pgkit.UUID(r.Person), Report: pgkit.UUID(r.ID), Cause: string(r.Cause), FromWhom: string(r.From), Body: pgkit.UUID(r.Body),
			SentAt: r.SentAt, DueOn: pgkit.Day(r.Due), DueAt: r.DueAt, KeepUntil: pgkit.Day(r.KeepUntil), Supervisor: pgkit.UUID(r.Supervisor), Beyond: pgkit.UUID(r.Beyond)}); err != nil {
			return err
		}
		for _, p := range papers {
			if err := s.add(ctx, tx, r, p, r.SentAt); err != nil {
				return err
			}
		}
		return s.publish(ctx, tx, r, "reported", r.SentAt)
	})
}

func (s *Reports) add(ctx context.Context, tx pgx.Tx, r oversight.Report, p oversight.ReportPaper, at time.Time) error {
	return s.q.AddReportPaper(ctx, tx, AddReportPaperParams{Person: pgkit.UUID(r.Person), Paper: pgkit.UUID(p.ID), Report: pgkit.UUID(r.ID), What: p.What, At: at,
		Epoch: int64(p.Box.Epoch), Leaf: int64(p.Box.Leaf), Nonce: p.Box.Nonce[:], Box: p.Box.Data})
}

// publish names what was reported and who answers it, never its number: who knows that
// reads the answer.
func (s *Reports) publish(ctx context.Context, tx pgx.Tx, r oversight.Report, kind string, now time.Time) error {
	refs := map[string]string{"cause": string(r.Cause), "due": r.Due.String(), "supervisor": r.Supervisor.String()}
	if r.Outcome != "" {
		refs["outcome"] = string(r.Outcome)
	}
	return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: r.Person, Kind: "oversight." + kind, At: now, Refs: refs})
}

// Report is oversight.ReportStore.Report.
func (s *Reports) Report(ctx context.Context, id ref.Report) (oversight.Report, bool, error) {
	row, err := s.q.ReportByNumber(ctx, s.pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return oversight.Report{}, false, nil
	}
	return reportOf(row), err == nil, pgkit.Clean(err)
}

// Waiting is oversight.ReportStore.Waiting.
func (s *Reports) Waiting(ctx context.Context, supervisor ref.Body, now time.Time, limit int) ([]oversight.Report, error) {
	rows, err := s.q.WaitingReports(ctx, s.pool, WaitingReportsParams{Supervisor: pgkit.UUID(supervisor), Now: now, Most: int32(limit)})
	out := make([]oversight.Report, len(rows))
	for i, r := range rows {
		out[i] = reportOf(r)
	}
	return out, pgkit.Clean(err)
}

// Answer is oversight.ReportStore.Answer.
func (s *Reports) Answer(ctx context.Context, r oversight.Report, answer oversight.ReportPaper, do func(oversight.Report) (oversight.Report, error)) (out oversight.Report, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		row, err := s.q.LockReport(ctx, tx, LockReportParams{Person: pgkit.UUID(r.Person), Report: pgkit.UUID(r.ID)})
		if errors.Is(err, pgx.ErrNoRows) {
			return oversight.ErrNoReport
		}
		if err != nil {
			return err
		}
		if out, err = do(reportOf(row)); err != nil {
			return err
		}
		if err := s.add(ctx, tx, out, answer, out.AnsweredAt); err != nil {
			return err
		}
		arg := SaveReportParams{Person: pgkit.UUID(out.Person), Report: pgkit.UUID(out.ID), AnsweredAt: pgkit.Given(out.AnsweredAt), ClosedAt: pgkit.Given(out.ClosedAt), ClosedBy: pgkit.UUID(out.ClosedBy), ClosedFor: pgkit.UUID(out.ClosedFor)}
		kind := "report-answered"
		if out.Outcome != "" {
			outcome := string(out.Outcome)
			arg.Outcome, kind = &outcome, "report-closed"
		}
		if err := s.q.SaveReport(ctx, tx, arg); err != nil {
			return err
		}
		return s.publish(ctx, tx, out, kind, out.AnsweredAt)
	})
	return out, err
}

// Read is oversight.ReportStore.Read.
func (s *Reports) Read(ctx context.Context, id ref.Report, supervisor ref.Body, event ref.Event, now time.Time) (out []oversight.ReportPaper, err error) {
	var rows []ReadReportRow
	err = pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.ReadReport(ctx, conn, ReadReportParams{Report: pgkit.UUID(id), Body: pgkit.UUID(supervisor), Event: pgkit.UUID(event), Now: now})
		return err
	})
	for _, r := range rows {
		b := seal.Box{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf), Data: r.Box}
		copy(b.Nonce[:], r.Nonce)
		out = append(out, oversight.ReportPaper{What: r.What, Sheet: paper.Sheet{ID: r.Paper.Bytes, At: r.At, Box: b}})
	}
	return out, pgkit.Guard(err, oversight.ErrNoReport)
}

func reportOf(r OversightReport) oversight.Report {
	out := oversight.Report{ID: r.Report.Bytes, Person: r.Person.Bytes, Cause: oversight.Wrong(r.Cause), From: oversight.Sender(r.FromWhom), Body: r.Body.Bytes, SentAt: r.SentAt, Due: pgkit.Date(r.DueOn), DueAt: r.DueAt,
		KeepUntil: pgkit.Date(r.KeepUntil), Supervisor: r.Supervisor.Bytes, Beyond: r.Beyond.Bytes, AnsweredAt: pgkit.Instant(r.AnsweredAt), ClosedAt: pgkit.Instant(r.ClosedAt), ClosedBy: r.ClosedBy.Bytes, ClosedFor: r.ClosedFor.Bytes}
	if r.Outcome != nil {
		out.Outcome = oversight.Outcome(*r.Outcome)
	}
	return out
}

// Sweep removes up to a thousand reports whose last day is over, and reports whether there
// were any.
func (s *Reports) Sweep(ctx context.Context, today when.Date) (bool, error) {
	if err := s.q.SweepReportPapers(ctx, s.pool, pgkit.Day(today)); err != nil {
		return false, pgkit.Clean(err)
	}
	n, err := s.q.SweepReports(ctx, s.pool, pgkit.Day(today))
	return n > 0, pgkit.Clean(err)
}

// Name is for the vault's reports.
func (s *Reports) Name() string { return "oversight.report_paper" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (s *Reports) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := s.q.ReportLeaves(ctx, s.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit papers behind a cursor, and the cursor behind them; nil
// begins.
func (s *Reports) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := ReportsHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterPaper: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterPaper.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := s.q.ReportsHeld(ctx, s.pool, arg)
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

// Erase removes papers that the vault has forgotten.
func (s *Reports) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		if err := s.q.RemoveReportPaper(ctx, s.pool, RemoveReportPaperParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Paper: pgkit.UUID(ref.Paper(b.Subject.Record)),
			Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)}); err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}

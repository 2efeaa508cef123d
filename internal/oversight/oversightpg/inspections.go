package oversightpg

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/oversight"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Inspections is oversight.InspectionStore on a pool of recourse_app.
type Inspections struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewInspections returns the inspections.
func NewInspections(pool *pgxpool.Pool, publisher pgkit.Publisher) *Inspections {
	return &Inspections{pool: pool, publisher: publisher}
}

// habitYears is how long a purpose stays known.
const habitYears = 1

// Habit is oversight.InspectionStore.Habit.
func (s *Inspections) Habit(ctx context.Context, clerk ref.Clerk, purpose string, today, since when.Date) (bool, error) {
	row, err := s.q.Habit(ctx, s.pool, HabitParams{Clerk: pgkit.UUID(clerk), Purpose: purpose, Today: pgkit.Day(today), Since: pgkit.Day(since), YearAgo: pgkit.Day(today.AddYears(-habitYears))})
	return row.AsksLong && !row.Known, pgkit.Clean(err)
}

// event is about the body that asked, and not about the person: it is nothing of theirs.
func inspected(i oversight.Inspection, kind string, at time.Time, refs map[string]string) pgkit.Event {
	refs["inspection"] = i.ID.String()
	return pgkit.Event{Stream: ref.Person(i.Body), Kind: "oversight.inspection-" + kind, At: at, Refs: refs}
}

// Pick is oversight.InspectionStore.Pick.
func (s *Inspections) Pick(ctx context.Context, i oversight.Inspection) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.PickInspection(ctx, tx, PickInspectionParams{Person: pgkit.UUID(i.Person), Access: pgkit.UUID(i.Access), Inspection: pgkit.UUID(i.ID), Body: pgkit.UUID(i.Body), Clerk: pgkit.UUID(i.Clerk),
			Purpose: i.Purpose, LookedAt: i.LookedAt, Rules: i.Rules, ReasonOn: pgkit.Day(i.ReasonDue), ReasonAt: i.ReasonAt, DueOn: pgkit.Day(i.Due), DueAt: i.DueAt, KeepUntil: pgkit.Day(i.Keep),
			Supervisor: pgkit.UUID(i.Supervisor), Beyond: pgkit.UUID(i.Beyond)})
		if err != nil || n == 0 {
			return err
		}
		return s.publisher.Publish(ctx, tx, inspected(i, "picked", i.LookedAt, map[string]string{"rules": strings.Join(i.Rules, " "), "due": i.Due.String()}))
	})
}

// Inspection is oversight.InspectionStore.Inspection.
func (s *Inspections) Inspection(ctx context.Context, id ref.Inspection) (oversight.Inspection, bool, error) {
	row, err := s.q.InspectionByNumber(ctx, s.pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return oversight.Inspection{}, false, nil
	}
	if err != nil {
		return oversight.Inspection{}, false, pgkit.Clean(err)
	}
	return inspectionOf(row), true, nil
}

// Own is oversight.InspectionStore.Own.
func (s *Inspections) Own(ctx context.Context, clerk ref.Clerk, limit int) ([]oversight.Inspection, error) {
	rows, err := s.q.OwnInspections(ctx, s.pool, OwnInspectionsParams{Clerk: pgkit.UUID(clerk), Most: int32(limit)})
	out := make([]oversight.Inspection, len(rows))
	for n, r := range rows {
		out[n] = inspectionOf(InspectionByNumberRow(r))
	}
	return out, pgkit.Clean(err)
}

// Before is oversight.InspectionStore.Before.
func (s *Inspections) Before(ctx context.Context, supervisor ref.Body, f oversight.InspectionFilter, now time.Time) (out []oversight.Inspection, err error) {
	body := pgtype.UUID{}
	if !f.Body.IsZero() {
		body = pgkit.UUID(f.Body)
	}
	after := pgtype.UUID{Bytes: f.After, Valid: true}
	if f.Done {
		rows, err := s.q.FoundInspections(ctx, s.pool, FoundInspectionsParams{After: after, Supervisor: pgkit.UUID(supervisor), Body: body, Rule: f.Rule, Most: int32(f.Limit)})
		for _, r := range rows {
			out = append(out, inspectionOf(InspectionByNumberRow(r)))
		}
		return out, pgkit.Clean(err)
	}
	rows, err := s.q.WaitingInspections(ctx, s.pool, WaitingInspectionsParams{After: after, Supervisor: pgkit.UUID(supervisor), Now: now, Body: body, Rule: f.Rule, Most: int32(f.Limit)})
	for _, r := range rows {
		out = append(out, inspectionOf(InspectionByNumberRow(r)))
	}
	return out, pgkit.Clean(err)
}

func inspectionOf(r InspectionByNumberRow) oversight.Inspection {
	i := oversight.Inspection{ID: r.Inspection.Bytes, Person: r.Person.Bytes, Access: r.Access.Bytes, Body: r.Body.Bytes, Clerk: r.Clerk.Bytes, Purpose: r.Purpose, LookedAt: r.LookedAt, Rules: r.Rules,
		ReasonDue: pgkit.Date(r.ReasonOn), ReasonAt: r.ReasonAt, Due: pgkit.Date(r.DueOn), DueAt: r.DueAt, Keep: pgkit.Date(r.KeepUntil), Supervisor: r.Supervisor.Bytes, Beyond: r.Beyond.Bytes,
		Given: pgkit.Instant(r.GivenAt), FoundBy: r.FoundBy.Bytes, FoundFor: r.FoundFor.Bytes, FoundAt: pgkit.Instant(r.FoundAt)}
	if r.Finding != nil {
		i.Finding = oversight.Finding(*r.Finding)
	}
	return i
}

// change writes what n says with its event; false where nothing was changed.
func (s *Inspections) change(ctx context.Context, e pgkit.Event, write func(tx pgx.Tx) (int64, error)) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := write(tx)
		if done = n > 0; err != nil || !done {
			return err
		}
		return s.publisher.Publish(ctx, tx, e)
	})
	return done && err == nil, err
}

// Give is oversight.InspectionStore.Give.
func (s *Inspections) Give(ctx context.Context, i oversight.Inspection, reason seal.Box) (bool, error) {
	return s.change(ctx, inspected(i, "reasoned", i.Given, map[string]string{}), func(tx pgx.Tx) (int64, error) {
		return s.q.GiveReason(ctx, tx, GiveReasonParams{Person: pgkit.UUID(i.Person), Access: pgkit.UUID(i.Access), GivenAt: i.Given, Epoch: int64(reason.Epoch), Leaf: int64(reason.Leaf), Nonce: reason.Nonce[:], Box: reason.Data})
	})
}

// Found is oversight.InspectionStore.Found. The event does not say what was found.
func (s *Inspections) Found(ctx context.Context, i oversight.Inspection) (bool, error) {
	return s.change(ctx, inspected(i, "closed", i.FoundAt, map[string]string{"supervisor": i.FoundFor.String()}), func(tx pgx.Tx) (int64, error) {
		return s.q.FindInspection(ctx, tx, FindInspectionParams{Person: pgkit.UUID(i.Person), Access: pgkit.UUID(i.Access), Finding: string(i.Finding), FoundBy: pgkit.UUID(i.FoundBy), FoundFor: pgkit.UUID(i.FoundFor), FoundAt: i.FoundAt})
	})
}

// Examine is oversight.InspectionStore.Examine.
func (s *Inspections) Examine(ctx context.Context, l oversight.ReasonLook) (box seal.Box, err error) {
	var rows []ExamineInspectionRow
	err = pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.ExamineInspection(ctx, conn, ExamineInspectionParams{Person: pgkit.UUID(l.Person), Inspection: pgkit.UUID(l.Inspection), Clerk: pgkit.UUID(l.Clerk), Body: pgkit.UUID(l.Body), Access: pgkit.UUID(l.Access),
			Now: l.Now, Pack: l.Pack, TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	for _, r := range rows {
		box = seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)
	}
	return box, pgkit.Guard(err, oversight.ErrNoInspection)
}

// Reasons shows the vault which inspections hold something sealed and where, and clears
// what it has forgotten. It is for a pool of recourse_keeper.
type Reasons struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewReasons returns Reasons.
func NewReasons(pool *pgxpool.Pool) *Reasons { return &Reasons{pool: pool} }

// Name is for the vault's reports.
func (h *Reasons) Name() string { return "oversight.inspection" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (h *Reasons) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := h.q.ReasonLeaves(ctx, h.pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

// Held returns up to limit reasons behind a cursor, and the cursor behind them; nil
// begins.
func (h *Reasons) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := ReasonsHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterAccess: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterAccess.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := h.q.ReasonsHeld(ctx, h.pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = seal.Held{Subject: seal.Subject{Person: r.Person.Bytes, Record: r.Inspection.Bytes}, Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Access.Bytes[:]...), nil
}

// Erase clears reasons that the vault has forgotten.
func (h *Reasons) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		err := h.q.ClearReason(ctx, h.pool, ClearReasonParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Inspection: pgkit.UUID(ref.Inspection(b.Subject.Record)), Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		if err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}

// Sweep removes inspections whose last day is over and habits of more than a year ago,
// up to a thousand each, and reports whether there were any.
func (h *Reasons) Sweep(ctx context.Context, today when.Date) (bool, error) {
	gone, err := h.q.SweepInspections(ctx, h.pool, pgkit.Day(today))
	if err != nil {
		return false, pgkit.Clean(err)
	}
	old, err := h.q.SweepHabits(ctx, h.pool, pgkit.Day(today.AddYears(-habitYears)))
	return gone+old > 0, pgkit.Clean(err)
}

package oversightpg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/oversight"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Staying hides records. It joins the unit of ctx, in which the caller holds the
// person's gate.
type Staying interface {
	// Stay writes from when to when a record is hidden by the ombudsman; a zero until is
	// for ever.
	Stay(ctx context.Context, k dossier.Key, from, until time.Time) error
}

// Pleas is oversight.PleaStore on a pool of recourse_app.
type Pleas struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	records   Staying // on the same pool
	q         Queries
}

// NewPleas returns the pleas.
func NewPleas(pool *pgxpool.Pool, publisher pgkit.Publisher, records Staying) *Pleas {
	return &Pleas{pool: pool, publisher: publisher, records: records}
}

// behind does something behind a person's gate, in one transaction.
func (s *Pleas) behind(ctx context.Context, p ref.Person, do func(context.Context, pgx.Tx) error) error {
	return pgkit.Unit(ctx, s.pool, func(ctx context.Context) error {
		return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := s.q.LockGate(ctx, tx, pgkit.UUID(p)); err != nil {
				return err
			}
			return do(ctx, tx)
		})
	})
}

func (s *Pleas) publish(ctx context.Context, tx pgx.Tx, p oversight.Plea, kind string, at time.Time) error {
	return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p.Person, Kind: "oversight.plea-" + kind, At: at,
		Refs: map[string]string{"plea": p.ID.String(), "record": p.Record.String(), "ombudsman": p.Ombudsman.String(), "number": p.Number, "outcome": string(p.Outcome)}})
}

// Plead is oversight.PleaStore.Plead.
func (s *Pleas) Plead(ctx context.Context, p oversight.Plea) (kept oversight.Plea, err error) {
	err = s.behind(ctx, p.Person, func(ctx context.Context, tx pgx.Tx) error {
		n, err := s.q.PutPlea(ctx, tx, PutPleaParams{Person: pgkit.UUID(p.Person), Plea: pgkit.UUID(p.ID), Record: pgkit.UUID(p.Record), Source: pgkit.UUID(p.Source), Type: p.Type, Ombudsman: pgkit.UUID(p.Ombudsman),
			Why: string(p.Why), Number: p.Number, OpenedBy: pgkit.UUID(p.OpenedBy), OpenedAt: p.OpenedAt, DueOn: pgkit.Day(p.Due)})
		if err != nil {
			return err
		}
		if n > 0 {
			if err := s.publish(ctx, tx, p, "opened", p.OpenedAt); err != nil {
				return err
			}
		}
		row, err := s.q.OpenPleaAbout(ctx, tx, OpenPleaAboutParams{Person: pgkit.UUID(p.Person), Record: pgkit.UUID(p.Record)})
		kept = pleaOf(row)
		return err
	})
	return kept, err
}

// Change is oversight.PleaStore.Change.
func (s *Pleas) Change(ctx context.Context, id ref.Plea, kind string, do func(oversight.Plea) (oversight.Plea, error)) (out oversight.Plea, err error) {
	before, found, err := s.Plea(ctx, id)
	if err != nil || !found {
		return before, errors.Join(err, oversight.ErrNoPlea)
	}
	err = s.behind(ctx, before.Person, func(ctx context.Context, tx pgx.Tx) error {
		row, err := s.q.PleaByNumber(ctx, tx, pgkit.UUID(id))
		if err != nil {
			return err
		}
		if out, err = do(pleaOf(row)); err != nil {
			return err
		}
		if err := s.q.SavePlea(ctx, tx, savedPlea(out)); err != nil {
			return err
		}
		if !out.StayedAt.IsZero() {
			if err := s.records.Stay(ctx, dossier.Key{Person: out.Person, Record: out.Record}, out.StayedAt, out.Until()); err != nil {
				return err
			}
		}
		return s.publish(ctx, tx, out, kind, last(out))
	})
	return out, err
}

// last is when a plea moved last.
func last(p oversight.Plea) time.Time {
	at := p.OpenedAt
	for _, t := range []time.Time{p.StayedAt, p.Answered, p.ClosedAt} {
		if t.After(at) {
			at = t
		}
	}
	return at
}

// Plea is oversight.PleaStore.Plea.
func (s *Pleas) Plea(ctx context.Context, id ref.Plea) (oversight.Plea, bool, error) {
	row, err := s.q.PleaByNumber(ctx, s.pool, pgkit.UUID(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return oversight.Plea{}, false, nil
	}
	return pleaOf(row), err == nil, pgkit.Clean(err)
}

// About is oversight.PleaStore.About.
func (s *Pleas) About(ctx context.Context, p ref.Person, r ref.Record) ([]oversight.Plea, error) {
	rows, err := s.q.PleasAbout(ctx, s.pool, PleasAboutParams{Person: pgkit.UUID(p), Record: pgkit.UUID(r)})
	return pleasOf(rows), pgkit.Clean(err)
}

// Open is oversight.PleaStore.Open.
func (s *Pleas) Open(ctx context.Context, ombudsman ref.Body, limit int) ([]oversight.Plea, error) {
	rows, err := s.q.OpenPleas(ctx, s.pool, OpenPleasParams{Ombudsman: pgkit.UUID(ombudsman), Most: int32(limit)})
	return pleasOf(rows), pgkit.Clean(err)
}

// Asked is oversight.PleaStore.Asked.
func (s *Pleas) Asked(ctx context.Context, answers ref.Body, limit int) ([]oversight.Plea, error) {
	rows, err := s.q.AskedPleas(ctx, s.pool, AskedPleasParams{Answers: pgkit.UUID(answers), Most: int32(limit)})
	return pleasOf(rows), pgkit.Clean(err)
}

// ReadRecord is oversight.PleaStore.ReadRecord.
func (s *Pleas) ReadRecord(ctx context.Context, l oversight.PleaLook) (box seal.Box, version int32, err error) {
	var rows []ReadRecordRow
	err = pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.ReadRecord(ctx, conn, ReadRecordParams{Person: pgkit.UUID(l.Plea.Person), Plea: pgkit.UUID(l.Plea.ID), Clerk: pgkit.UUID(l.Clerk), Body: pgkit.UUID(l.Body), Access: pgkit.UUID(l.Access),
			Now: l.Now, Pack: l.Pack, TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	for _, r := range rows {
		box, version = seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box), r.Version
	}
	return box, version, pgkit.Guard(err, oversight.ErrNoPlea)
}

func pleasOf(rows []OversightPlea) []oversight.Plea {
	out := make([]oversight.Plea, len(rows))
	for i, r := range rows {
		out[i] = pleaOf(r)
	}
	return out
}

func pleaOf(r OversightPlea) oversight.Plea {
	p := oversight.Plea{ID: r.Plea.Bytes, Person: r.Person.Bytes, Record: r.Record.Bytes, Source: r.Source.Bytes, Type: r.Type, Ombudsman: r.Ombudsman.Bytes, Why: oversight.Cause(r.Why), Number: r.Number,
		OpenedBy: r.OpenedBy.Bytes, OpenedAt: r.OpenedAt, Due: pgkit.Date(r.DueOn), StayedAt: pgkit.Instant(r.StayedAt), StayUntil: pgkit.Date(r.StayUntil), StayEnds: pgkit.Instant(r.StayEnds),
		Answers: r.Answers.Bytes, AnswerBy: pgkit.Date(r.AnswerBy), AnswerEnd: pgkit.Instant(r.AnswerEnd), Answered: pgkit.Instant(r.AnsweredAt), Replied: r.AnsweredBy.Bytes,
		ClosedAt: pgkit.Instant(r.ClosedAt), ClosedBy: r.ClosedBy.Bytes}
	if r.Answer != nil {
		p.Answer = oversight.Reply(*r.Answer)
	}
	if r.Outcome != nil {
		p.Outcome = oversight.Outcome(*r.Outcome)
	}
	return p
}

func savedPlea(p oversight.Plea) SavePleaParams {
	arg := SavePleaParams{Person: pgkit.UUID(p.Person), Plea: pgkit.UUID(p.ID), StayedAt: pgkit.Given(p.StayedAt), StayEnds: pgkit.Given(p.StayEnds), Answers: pgkit.UUID(p.Answers), AnswerEnd: pgkit.Given(p.AnswerEnd),
		AnsweredAt: pgkit.Given(p.Answered), AnsweredBy: pgkit.UUID(p.Replied), ClosedAt: pgkit.Given(p.ClosedAt), ClosedBy: pgkit.UUID(p.ClosedBy), StayUntil: pgkit.GivenDay(p.StayUntil), AnswerBy: pgkit.GivenDay(p.AnswerBy)}
	if p.Answer != "" {
		arg.Answer = (*string)(&p.Answer)
	}
	if p.Outcome != "" {
		arg.Outcome = (*string)(&p.Outcome)
	}
	return arg
}

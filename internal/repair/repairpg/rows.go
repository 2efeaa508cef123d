package repairpg

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// application reads a row without what was found.
func application(r RepairApplication) (repair.Application, error) {
	a := repair.Application{ID: r.Application.Bytes, Person: r.Person.Bytes, Record: r.Record.Bytes, Source: r.Source.Bytes, Type: r.Type, Route: r.Route,
		Decides: law.Decider(r.Decides), Pack: r.Pack, State: repair.State(r.State), Was: repair.State(r.Was), MadeAt: r.MadeAt, KeepUntil: pgkit.Date(r.KeepUntil),
		OpenedAt: pgkit.Instant(r.OpenedAt), BackAt: pgkit.Instant(r.BackAt), FinalAt: pgkit.Instant(r.FinalAt), DecidedAt: pgkit.Instant(r.DecidedAt),
		LateFrom: pgkit.Instant(r.LateFrom), LetterAt: pgkit.Instant(r.LetterAt), ReviewUntil: pgkit.Instant(r.ReviewUntil), ReviewAt: pgkit.Instant(r.ReviewAt)}
	if r.Clock == nil {
		return a, nil
	}
	if err := json.Unmarshal(r.Clock, &a.Clock); err != nil {
		return a, fmt.Errorf("reading the clock of application %s: %w", a.ID, err)
	}
	return a, nil
}

// saved is an application as it is written.
func saved(a repair.Application, now time.Time) (SaveParams, error) {
	arg := SaveParams{Person: pgkit.UUID(a.Person), Application: pgkit.UUID(a.ID), State: string(a.State), Was: string(a.Was), Pack: a.Pack, ChangedAt: now,
		OpenedAt: pgkit.Given(a.OpenedAt), BackAt: pgkit.Given(a.BackAt), FinalAt: pgkit.Given(a.FinalAt), DecidedAt: pgkit.Given(a.DecidedAt),
		LateFrom: pgkit.Given(a.LateFrom), LetterAt: pgkit.Given(a.LetterAt), ReviewUntil: pgkit.Given(a.ReviewUntil), ReviewAt: pgkit.Given(a.ReviewAt)}
	if a.Clock.Kind == "" {
		return arg, nil
	}
	var err error
	arg.Clock, err = json.Marshal(a.Clock)
	arg.DueOn, arg.TwiceOn = pgkit.Day(a.Clock.Due), pgkit.Day(a.Clock.Twice())
	return arg, err
}

// Show is repair.Store.Show.
func (s *Store) Show(ctx context.Context, l repair.Look) (seen repair.Seen, err error) {
	var rows []ShowRow
	err = pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Show(ctx, conn, ShowParams{Person: pgkit.UUID(l.Person), Access: pgkit.UUID(l.Access), Now: l.Now, Pack: l.Pack,
			Application: pgkit.UUID(l.Application), File: pgkit.UUID(l.File)})
		return err
	})
	for _, r := range rows {
		seen.Papers = append(seen.Papers, paperOf(ExamineRow{Paper: r.Paper, Condition: r.Condition, What: r.What, Stage: r.Stage, Clerk: r.Clerk, Media: r.Media, At: r.At,
			Epoch: r.Epoch, Leaf: r.Leaf, Nonce: r.Nonce, Box: r.Box}))
	}
	return seen, pgkit.Guard(err, repair.ErrNotFound)
}

// Examine is repair.Store.Examine.
func (s *Store) Examine(ctx context.Context, l repair.Look) (seen repair.Seen, err error) {
	var rows []ExamineRow
	err = pgkit.Confirmed(ctx, s.Pool, func(conn *pgx.Conn) (err error) {
		rows, err = s.q.Examine(ctx, conn, ExamineParams{Person: pgkit.UUID(l.Person), Application: pgkit.UUID(l.Application), Clerk: pgkit.UUID(l.By.Clerk), Body: pgkit.UUID(l.By.Body),
			Access: pgkit.UUID(l.Access), Now: l.Now, Pack: l.Pack, File: pgkit.UUID(l.File),
			TraceEpoch: int64(l.Trace.Epoch), TraceLeaf: int64(l.Trace.Leaf), TraceNonce: l.Trace.Nonce[:], TraceBox: l.Trace.Data})
		return err
	})
	for _, r := range rows {
		if p := paperOf(r); r.Paper.Valid {
			seen.Papers = append(seen.Papers, p)
		} else {
			seen.Record, seen.Version = p.Box, r.Version
		}
	}
	return seen, pgkit.Guard(err, repair.ErrNotFound)
}

func paperOf(r ExamineRow) repair.Paper {
	return repair.Paper{Condition: r.Condition, What: repair.What(r.What), Stage: repair.Stage(r.Stage),
		Sheet: paper.Sheet{ID: r.Paper.Bytes, Clerk: r.Clerk.Bytes, Media: r.Media, At: r.At, Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box)}}
}

// Papers is what the vault and the end of a person need to know of papers and entries:
// which leaves they hold, how long they last, and how to clear them.
type Papers struct{ Store }

// NewPapers returns the papers on a pool of recourse_keeper.
func NewPapers(pool *pgxpool.Pool) *Papers { return &Papers{Store{Config: Config{Pool: pool}}} }

// Name is for the vault's reports.
func (s *Papers) Name() string { return "repair.paper" }

// MaxLeaves returns the highest leaf in use of each epoch in use.
func (s *Papers) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := s.q.PaperLeaves(ctx, s.Pool)
	out := make(map[seal.Epoch]seal.Leaf, len(rows))
	for _, r := range rows {
		out[seal.Epoch(r.Epoch)] = seal.Leaf(r.Leaf)
	}
	return out, pgkit.Clean(err)
}

func heldOf(p ref.Person, id pgtype.UUID, epoch, leaf int64) seal.Held {
	return seal.Held{Subject: paper.Subject(p, id.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(epoch), Leaf: seal.Leaf(leaf)}}
}

// Held returns up to limit papers behind a cursor, and the cursor behind them; nil
// begins.
func (s *Papers) Held(ctx context.Context, after []byte, limit int) ([]seal.Held, []byte, error) {
	arg := PapersHeldParams{AfterPerson: pgtype.UUID{Valid: true}, AfterPaper: pgtype.UUID{Valid: true}, Most: int32(limit)}
	copy(arg.AfterPaper.Bytes[:], after[copy(arg.AfterPerson.Bytes[:], after):])
	rows, err := s.q.PapersHeld(ctx, s.Pool, arg)
	if err != nil || len(rows) == 0 {
		return nil, after, pgkit.Clean(err)
	}
	out := make([]seal.Held, len(rows))
	for i, r := range rows {
		out[i] = heldOf(r.Person.Bytes, r.Paper, r.Epoch, r.Leaf)
	}
	last := rows[len(rows)-1]
	return out, append(last.Person.Bytes[:], last.Paper.Bytes[:]...), nil
}

// Erase clears papers that the vault has forgotten.
func (s *Papers) Erase(ctx context.Context, boxes []seal.Held, _ time.Time) error {
	for _, b := range boxes {
		err := s.q.ClearPaper(ctx, s.Pool, ClearPaperParams{Person: pgkit.UUID(ref.Person(b.Subject.Person)), Paper: pgkit.UUID(ref.Paper(b.Subject.Record)),
			Epoch: int64(b.Slot.Epoch), Leaf: int64(b.Slot.Leaf)})
		if err != nil {
			return pgkit.Clean(err)
		}
	}
	return nil
}

// Until is party.Lasting.Until: the last day on which papers or entries are kept.
func (s *Papers) Until(ctx context.Context, persons []ref.Person) (map[ref.Person]when.Date, error) {
	rows, err := s.q.LastingRepairs(ctx, s.Pool, pgkit.UUIDs(persons))
	out := map[ref.Person]when.Date{}
	for _, r := range rows {
		out[r.Person.Bytes] = pgkit.Date(r.Until)
	}
	return out, pgkit.Clean(err)
}

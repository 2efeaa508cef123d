package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// sweepAlone measures how deadlines that have run out are told of, beside one bare
// INSERT … SELECT of the same rows.
func sweepAlone(ctx context.Context, o options) ([]result, error) {
	e, err := newEngine(ctx, filepath.Join(o.dir, "sweep"))
	if err != nil {
		return nil, err
	}
	defer e.close(ctx)
	var ours, bare trial
	for turn := range o.turns {
		n := o.due / o.turns
		ours.rows += int64(n)
		if err := overdue(ctx, e.owner, n, turn); err != nil {
			return nil, err
		}
		err := e.measure(ctx, &ours, func() error {
			for more := true; more; {
				var err error
				if more, err = e.sweeps.Tend(ctx, time.Now().UTC()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := e.insertSelect(ctx, &bare, turn); err != nil {
			return nil, err
		}
	}
	r := result{Name: "sweep.alone", Unit: "rows/s", Ours: ours.perSecond(), Bare: float64(ours.rows) / bare.took.Seconds(), Ratio: ours.took.Seconds() / bare.took.Seconds(),
		Note: fmt.Sprintf("%d deadlines that have run out, told of and marked as told; bare is one INSERT … SELECT of the rows that ours wrote to the journal and to the queue, same indexes; the ratio is of time; in %d turns", ours.rows, o.turns)}
	return []result{r.held("ratio <= 4", r.Ratio <= 4)}, nil
}

// insertSelect writes the rows that one turn wrote a second time, beside them.
func (e *engine) insertSelect(ctx context.Context, bare *trial, turn int) error {
	for _, sql := range []string{
		"drop schema if exists bare_sweep cascade", "create schema bare_sweep",
		"create table bare_sweep.journal (like ledger.journal including indexes including storage including defaults)",
		"create table bare_sweep.outbox (like ledger.outbox including indexes including storage including defaults)",
	} {
		if err := e.exec(ctx, sql); err != nil {
			return err
		}
	}
	return e.measure(ctx, bare, func() error {
		return pgx.BeginFunc(ctx, e.owner, func(tx pgx.Tx) error {
			for _, table := range []string{"journal", "outbox"} {
				if _, err := tx.Exec(ctx, "insert into bare_sweep."+table+" select t.* from ledger."+table+" t where t.kind = 'dispute.overdue' and t.refs->>'due' = $1", dueOf(turn)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// dueOf is the day on which the deadlines of a turn were due.
func dueOf(turn int) string { return time.Now().UTC().AddDate(0, 0, turn-30).Format("2006-01-02") }

// overdue puts contests with clocks that have run out beside each other. They are late
// at once, so that what was swept is set back to before their day.
func overdue(ctx context.Context, owner *pgx.Conn, n, turn int) error {
	if _, err := owner.Exec(ctx, `with back as (update dispute.swept set due_on = $2::date, contest = '00000000-0000-0000-0000-000000000000')
		insert into dispute.contest (person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by,
			clock_kind, clock_start, clock_n, clock_unit, clock_whole, clock_calendar, clock_overdue, due_on, twice_on)
		select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, (select min(body::text)::uuid from party.body), 'bench', 'bench', 'open', 'draft', '{wrong-fact}', now() - interval '40 days',
			now() - interval '40 days', current_date + 400, now() - interval '40 days', current_date - 20, 'contest-clock', current_date - 40, 20, 'working days', true, 'bench', 'hide', $2::date, current_date + 40
		from generate_series(1, $1)`, n, dueOf(turn)); err != nil {
		return err
	}
	_, err := owner.Exec(ctx, "vacuum analyze dispute.contest")
	return err
}

// sweepBeside measures inquiries of a running server alone, then while its own workers
// sweep a backlog.
func sweepBeside(ctx context.Context, o options) ([]result, error) {
	s, err := serve(ctx, o, filepath.Join(o.dir, "beside"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	asker, err := fill(ctx, o, s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = asker.close() }()
	owner, err := pgx.Connect(ctx, s.at.URLs.Owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = owner.Close(ctx) }()
	var quiet, busy load
	for range o.turns + 1 {
		l, err := drive(ctx, clients, o.each, asker.once)
		if err != nil {
			return nil, err
		}
		quiet = l // the first turns warm up
	}
	if err := overdue(ctx, owner, o.due, 0); err != nil {
		return nil, err
	}
	var began time.Time
	for {
		var told, left bool
		if err := owner.QueryRow(ctx, "select contest <> '00000000-0000-0000-0000-000000000000', due_on = $1::date from dispute.swept", dueOf(0)).Scan(&told, &left); err != nil {
			return nil, err
		}
		if told && began.IsZero() {
			began = time.Now()
		}
		if !left {
			break
		}
		l, err := drive(ctx, clients, time.Second, asker.once)
		if err != nil {
			return nil, err
		}
		if told {
			busy.add(l)
		}
	}
	took := time.Since(began)
	rate := result{Name: "sweep.beside.inquiries", Unit: "per second", Ours: busy.perSecond(), Bare: quiet.perSecond(), Ratio: busy.perSecond() / quiet.perSecond(),
		Note: fmt.Sprintf("inquiries while the server's workers sweep %d deadlines, and do what follows; bare is inquiries alone", o.due)}
	done := result{Name: "sweep.beside.done", Unit: "s", Ours: took.Seconds(), Note: fmt.Sprintf("until %d deadlines were told of, beside inquiries at full rate", o.due)}
	return []result{rate.held("ratio >= 0.8", rate.Ratio >= 0.8), done.held("<= 900 s", took <= 15*time.Minute)}, nil
}

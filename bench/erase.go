package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// perEnd is how many records end in one transaction, on both sides.
const perEnd = 1000

// erase measures records that end before their day beside a bare delete-and-log, and
// the end of all records of one day.
func erase(ctx context.Context, o options) ([]result, error) {
	e, err := newEngine(ctx, filepath.Join(o.dir, "erase"))
	if err != nil {
		return nil, err
	}
	defer e.close(ctx)
	early, err := e.early(ctx, o)
	if err != nil {
		return nil, err
	}
	day, err := e.day(ctx, o)
	return append(early, day...), err
}

// records puts n records of n persons on file that are kept until a day, each under a
// leaf of its own, and the same into a bare table with the same indexes.
func (e *engine) records(ctx context.Context, n int, retain when.Date) error {
	epoch := seal.NewEpoch(seal.Record, retain)
	first := int64(-1)
	for left := n; left > 0; left -= 1 << 16 {
		l, err := e.vault.Lease(ctx, epoch, min(left, 1<<16))
		if err != nil {
			return err
		}
		if first < 0 {
			first = int64(l.First)
		}
	}
	for _, sql := range []string{
		"drop schema if exists bare_erase cascade", "truncate dossier.record, party.gate cascade", "create schema bare_erase",
		"create table bare_erase.record (like dossier.record including indexes including storage including defaults)",
		"create table bare_erase.journal (like ledger.journal including indexes including storage including defaults)",
	} {
		if err := e.exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := e.exec(ctx, `insert into dossier.record (person, record, version, source, source_order, type, pack, negative, state, received_at, start_on, display_end, retain_end, effect_at, epoch, leaf, mark, nonce, box)
		select gen_random_uuid(), gen_random_uuid(), 1, (select min(body::text)::uuid from party.body), 1, 'market-penalty', 'bench', true, 'in force', now(), $2::date - 700, $2::date - 300, $2::date, now(), $3::bigint, $4::bigint + i - 1,
			decode(md5(i::text), 'hex'), substr(decode(md5(i::text), 'hex'), 1, 12), decode(repeat(md5(i::text), 14), 'hex') from generate_series(1, $1) i`,
		n, pgkit.Day(retain), int64(epoch), first); err != nil {
		return err
	}
	for _, sql := range []string{"insert into bare_erase.record select * from dossier.record", "insert into party.gate (person) select person from dossier.record", "vacuum analyze"} {
		if err := e.exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// keys are the records on file, in the order of their keys.
func (e *engine) keys(ctx context.Context) (list []dossier.Key, err error) {
	rows, err := e.owner.Query(ctx, "select person, record from dossier.record order by person, record")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (k dossier.Key, err error) {
		var p, record pgtype.UUID
		err = r.Scan(&p, &record)
		return dossier.Key{Person: p.Bytes, Record: record.Bytes}, err
	})
}

// early measures records that end one by one, as decisions and routes end them, and
// many at once, as where a class of them ends.
func (e *engine) early(ctx context.Context, o options) (out []result, err error) {
	for _, way := range []struct {
		name, bar      string
		n, at, workers int
	}{{"erase.early", "ratio >= 0.35", o.ends / 10, 1, clients}, {"erase.early.many", "ratio >= 0.35", o.ends, perEnd, 1}} {
		if err := e.records(ctx, way.n, e.pack.Today(time.Now()).AddDays(700)); err != nil {
			return nil, err
		}
		all, err := e.keys(ctx)
		if err != nil {
			return nil, err
		}
		ours, bare := trial{rows: int64(len(all))}, trial{rows: int64(len(all))}
		for turn := range o.turns {
			part := all[len(all)*turn/o.turns : len(all)*(turn+1)/o.turns]
			if err := e.measure(ctx, &ours, func() error {
				return e.endAndForget(ctx, part, way.at, way.workers)
			}); err != nil {
				return nil, err
			}
			if err := e.measure(ctx, &bare, func() error {
				return inParts(part, way.at, way.workers, func(some []dossier.Key) error { return e.deleteAndLog(ctx, some) })
			}); err != nil {
				return nil, err
			}
		}
		r := result{Name: way.name, Unit: "records/s", Ours: ours.perSecond(), Bare: bare.perSecond(), Ratio: ours.perSecond() / bare.perSecond(),
			Note: fmt.Sprintf("%d records ended before their day, %d in a transaction, %d at once, until the vault has forgotten every leaf; bare deletes the same rows from a table with the same indexes and logs each, in the same way; WAL bytes a record: ours %.0f, bare %.0f",
				len(all), way.at, way.workers, ours.wal/float64(ours.rows), bare.wal/float64(bare.rows))}
		if way.bar != "" {
			r = r.held(way.bar, r.Ratio >= 0.35)
		}
		out = append(out, r)
	}
	return out, nil
}

// inParts hands out keys some at a time, to so many workers.
func inParts(all []dossier.Key, at, workers int, do func([]dossier.Key) error) error {
	parts := slices.Collect(slices.Chunk(all, at))
	var next atomic.Int64
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(parts)) && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = do(parts[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (e *engine) endEarly(ctx context.Context, part []dossier.Key) error {
	list := make([]dossier.Early, len(part))
	for i, k := range part {
		list[i] = dossier.Early{Key: k, Why: dossier.Restored, Rule: "bench"}
	}
	ended, err := e.ender.End(ctx, list, time.Now().UTC())
	if err == nil && len(ended) != len(part) {
		err = fmt.Errorf("%d of %d records ended", len(ended), len(part))
	}
	return err
}

// endAndForget ends records while the vault forgets what ended before, as in a server,
// and until it has forgotten all.
func (e *engine) endAndForget(ctx context.Context, part []dossier.Key, at, workers int) error {
	var over atomic.Bool
	forgot := make(chan error, 1)
	go func() {
		var err error
		for err == nil && !over.Load() {
			if err = e.forget(ctx); err == nil {
				time.Sleep(200 * time.Millisecond)
			}
		}
		forgot <- err
	}()
	err := inParts(part, at, workers, func(some []dossier.Key) error { return e.endEarly(ctx, some) })
	over.Store(true)
	return errors.Join(err, <-forgot, e.forget(ctx))
}

// forget carries out what waits.
func (e *engine) forget(ctx context.Context) error {
	for {
		done, err := e.tends.ApplyIntents(ctx, time.Now().UTC(), e.pack.Today(time.Now()))
		if err != nil || len(done) == 0 {
			return err
		}
	}
}

func (e *engine) deleteAndLog(ctx context.Context, part []dossier.Key) error {
	var persons, records []pgtype.UUID
	for _, k := range part {
		persons, records = append(persons, pgkit.UUID(k.Person)), append(records, pgkit.UUID(k.Record))
	}
	_, err := e.bare.Exec(ctx, `with gone as (delete from bare_erase.record r using (select unnest($1::uuid[]) as person, unnest($2::uuid[]) as record) k where r.person = k.person and r.record = k.record returning r.person, r.record)
		insert into bare_erase.journal (stream, event, at, kind, refs) select person, gen_random_uuid(), now(), 'erased', jsonb_build_object('record', record, 'why', 'repaired', 'rule', 'bench') from gone`, persons, records)
	return err
}

// day measures the end of all records of one day: one key goes, then rows are cleared.
func (e *engine) day(ctx context.Context, o options) ([]result, error) {
	now := time.Now().UTC()
	today := e.pack.Today(now)
	if err := e.records(ctx, o.ends, today.AddDays(-1)); err != nil {
		return nil, err
	}
	all, err := e.keys(ctx)
	if err != nil {
		return nil, err
	}
	var key, tidy, bare trial
	if err := e.measure(ctx, &key, func() error {
		n, err := e.tends.ExpireEpochs(ctx, today)
		if err == nil && n != 1 {
			return fmt.Errorf("%d seeds were deleted for the records of one day", n)
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := e.measure(ctx, &tidy, func() error {
		k := dossier.Keeper{Store: e.ender}
		for more := true; more; {
			var err error
			if more, err = k.Erase(ctx, today, now); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if err := e.measure(ctx, &bare, func() error {
		return inParts(all, perEnd, 1, func(some []dossier.Key) error { return e.deleteAndLog(ctx, some) })
	}); err != nil {
		return nil, err
	}
	n := float64(len(all))
	gone := result{Name: "erase.day.key", Unit: "ms", Ours: key.took.Seconds() * 1000, Note: fmt.Sprintf("until %d records of one day can be opened by nobody: one seed is deleted", len(all))}
	rows := result{Name: "erase.day.tidy", Unit: "records/s", Ours: n / tidy.took.Seconds(), Bare: n / bare.took.Seconds(), Ratio: bare.took.Seconds() / tidy.took.Seconds(),
		Note: "rows cleared afterwards, each with its journal row; bare deletes and logs"}
	return []result{gone.held("one deletion", true), rows}, nil
}

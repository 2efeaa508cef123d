package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/ledger"
	"recourse/internal/proof"
	"recourse/internal/seal"
)

// made is a journal of rows that are nowhere but in the log, so that it becomes long
// without as many rows behind it.
type made struct {
	ledger.Journal
	left, n uint64
}

// Next is ledger.Journal.Next.
func (m *made) Next(_ context.Context, from ledger.Place, limit int) (ledger.Window, error) {
	w := ledger.Window{Oldest: from.Low, Whole: m.left == 0}
	for range min(uint64(limit), m.left) {
		m.n++
		m.left--
		r := ledger.Row{Added: from.Low - 1, Kind: "inquiry.answered", Facts: map[string]string{"purpose": "bench"}, Slot: seal.Slot{Epoch: 1, Leaf: seal.Leaf(m.n)}}
		binary.BigEndian.PutUint64(r.Event[8:], m.n)
		w.Rows = append(w.Rows, r)
	}
	return w, nil
}

// flat gives openings without a vault.
type flat struct{ ledger.Nonces }

// Openings is ledger.Nonces.Openings.
func (flat) Openings(_ context.Context, held []seal.Held) ([]seal.Opening, error) {
	out := make([]seal.Opening, len(held))
	for i, h := range held {
		out[i].Key = sha256.Sum256(h.Subject.Record[:])
	}
	return out, nil
}

// asks is how many proofs are asked for.
const asks = 4000

// proofs measures proofs in a long log: the way of any entry, and whole receipts of its
// newest looks.
func (l *benchLog) proofs(ctx context.Context, o options) ([]result, error) {
	head, err := l.press.Sequencer.Head(ctx)
	if err != nil {
		return nil, err
	}
	if uint64(o.log) > head.Size {
		s := &ledger.Sequencer{Journal: &made{Journal: l.log, left: uint64(o.log) - head.Size}, Nonces: flat{}, Ends: l.ends, Most: 1 << 16}
		for more := true; more; {
			if _, more, err = s.Step(ctx, time.Now().UTC()); err != nil {
				return nil, err
			}
		}
	}
	l.press.Sequencer = &ledger.Sequencer{Journal: l.log, Nonces: l.keys, Most: perBatch, Hands: runtime.GOMAXPROCS(0), Ends: l.ends}
	if err := l.looks(ctx, 5*perBatch); err != nil {
		return nil, err
	}
	if _, err := l.drain(ctx); err != nil {
		return nil, err
	}
	if err := l.exec(ctx, "vacuum analyze"); err != nil {
		return nil, err
	}
	p, err := l.log.Published(ctx)
	if err != nil {
		return nil, err
	}
	c, err := proof.ParseCheckpoint(p.Note)
	if err != nil {
		return nil, err
	}
	ways, err := timed(func(int) error {
		_, err := proof.Include(c, rand.Uint64N(c.Size), func(list []proof.Tile) ([][]byte, error) { return l.log.ReadAll(ctx, list) })
		return err
	})
	if err != nil {
		return nil, err
	}
	whole, err := l.receipts(ctx)
	if err != nil {
		return nil, err
	}
	one := result{Name: "ledger.proof", Unit: "ms", Ours: ways.ms(0.99), P50: ways.ms(0.5), P99: ways.ms(0.99), Note: fmt.Sprintf("the way of a random one of %d leaves, out of tiles in PostgreSQL, each checked against the root; nothing is kept between them", c.Size)}
	two := result{Name: "ledger.receipt", Unit: "ms", Ours: whole.ms(0.99), P50: whole.ms(0.5), P99: whole.ms(0.99), Note: "a whole receipt of a look, from its row on: place, opening from the vault, way"}
	return []result{one.held("p99 <= 5", one.P99 <= 5), two}, nil
}

func timed(do func(i int) error) (l load, err error) {
	for i := range asks + asks/10 {
		begin := time.Now()
		if err := do(i); err != nil {
			return l, err
		}
		if i >= asks/10 { // the first warm up
			l.times = append(l.times, time.Since(begin))
		}
	}
	return l, nil
}

func (l *benchLog) receipts(ctx context.Context) (load, error) {
	rows, err := l.owner.Query(ctx, "select person, access from inquiry.access order by added desc, access limit $1", 4*perBatch)
	if err != nil {
		return load{}, err
	}
	keys, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (k ledger.Key, err error) {
		err = r.Scan(&k.Stream, &k.Event)
		return k, err
	})
	if err != nil {
		return load{}, err
	}
	receipts := &ledger.Receipts{Rows: l.log, Board: l.log, Nonces: l.keys, Read: l.log.ReadAll}
	return timed(func(int) error {
		r, err := receipts.Of(ctx, keys[rand.IntN(len(keys))], true)
		if err == nil {
			_, err = l.press.Trust.CheckReceipt(r.Text)
		}
		return err
	})
}

// besideInquiries measures inquiries with and without publishing: a lock on the log's
// head, taken by its owner, keeps the server from it.
func besideInquiries(ctx context.Context, o options) ([]result, error) {
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
	sides := [2]struct {
		all  load
		used usage
	}{}
	for turn := range 2 * (o.turns + 1) {
		side := &sides[turn%2]
		if err := publishedAll(ctx, owner); err != nil {
			return nil, err
		}
		tx, err := owner.Begin(ctx)
		if err != nil {
			return nil, err
		}
		if turn%2 == 1 {
			if _, err := tx.Exec(ctx, "select size from ledger.head for update"); err != nil {
				return nil, err
			}
		}
		began, err := s.usage()
		if err != nil {
			return nil, err
		}
		l, err := drive(ctx, clients, o.each, asker.once)
		if err != nil {
			return nil, err
		}
		ended, err := s.usage()
		if err != nil {
			return nil, err
		}
		if err := tx.Rollback(ctx); err != nil {
			return nil, err
		}
		if turn >= 2 { // the first of each warm up
			side.all.add(l)
			side.used = side.used.plus(ended.minus(began))
		}
	}
	on, off := &sides[0], &sides[1]
	r := result{Name: "ledger.publish.inquiries", Unit: "per second", Ours: on.all.perSecond(), Bare: off.all.perSecond(), Ratio: on.all.perSecond() / off.all.perSecond(),
		P50: on.all.ms(0.5), P99: on.all.ms(0.99), BareP5: off.all.ms(0.5), BareP9: off.all.ms(0.99),
		Note: "inquiries over HTTP while their rows are published; bare is the same server kept from its log by a lock. Processor time of each, " + on.used.per(len(on.all.times)) + "; without, " + off.used.per(len(off.all.times))}
	return []result{r.held("ratio >= 0.9", r.Ratio >= 0.9)}, nil
}

// publishedAll waits until every row is in the log.
func publishedAll(ctx context.Context, owner *pgx.Conn) error {
	for begin := time.Now(); time.Since(begin) < 5*time.Minute; time.Sleep(100 * time.Millisecond) {
		var all bool
		if err := owner.QueryRow(ctx, "select (select count(*) from inquiry.access) + (select count(*) from ledger.journal) <= coalesce((select size from ledger.published), 0)").Scan(&all); err != nil || all {
			return err
		}
	}
	return fmt.Errorf("not everything was published within five minutes")
}

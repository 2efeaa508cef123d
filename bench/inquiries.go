package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// clients is how many ask at once.
const clients = 16

// perPerson is how many records an answer has.
const perPerson = 5

// inquiries measures a whole inquiry over HTTP beside one bare function that
// locks a gate, writes an access row of the same width and returns five records.
func inquiries(ctx context.Context, o options) ([]result, error) {
	s, err := serve(ctx, o, filepath.Join(o.dir, "inquiries"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	asker, err := fill(ctx, o, s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = asker.close() }()
	if err := asker.once(ctx, 0); err != nil {
		return nil, err
	}
	owner, err := pgx.Connect(ctx, s.at.URLs.Owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = owner.Close(ctx) }()
	bare, err := makeBare(ctx, o, s, owner)
	if err != nil {
		return nil, err
	}
	defer bare.pool.Close()
	signed, wide, err := signedSides(ctx, o, s, asker, bare, owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = signed.close() }()
	sides := []struct {
		name string
		do   func(context.Context, int) error
		all  load
		wal  float64
		used usage
	}{{name: "ours", do: asker.once}, {name: "bare", do: bare.once}, {name: "signed", do: signed.once}, {name: "bare, as wide", do: wide.once}}
	for turn := range o.turns + 1 {
		for i := range sides {
			before, err := walBytes(ctx, owner)
			if err != nil {
				return nil, err
			}
			began, err := s.usage()
			if err != nil {
				return nil, err
			}
			l, err := drive(ctx, clients, o.each, sides[i].do)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", sides[i].name, err)
			}
			ended, err := s.usage()
			if err != nil {
				return nil, err
			}
			after, err := walBytes(ctx, owner)
			if err != nil {
				return nil, err
			}
			fmt.Printf("%s: %.0f per second, processor time of each %s\n", sides[i].name, l.perSecond(), ended.minus(began).per(len(l.times)))
			if turn > 0 { // the first turn warms up
				sides[i].all.add(l)
				sides[i].wal += after - before
				sides[i].used = sides[i].used.plus(ended.minus(began))
			}
		}
	}
	rows, err := asker.rows(ctx, owner, &sides[0].all, &sides[1].all, sides[0].wal, sides[1].wal)
	return append(rows, signedRows(&sides[2].all, &sides[3].all)...), err
}

func (a *asker) rows(ctx context.Context, owner *pgx.Conn, ours, bare *load, oursWAL, bareWAL float64) ([]result, error) {
	main := result{Name: "inquiry.unsigned.c16", Unit: "per second", Ours: ours.perSecond(), Bare: bare.perSecond(), Ratio: ours.perSecond() / bare.perSecond(),
		P50: ours.ms(0.5), P99: ours.ms(0.99), BareP5: bare.ms(0.5), BareP9: bare.ms(0.99),
		Note: "over HTTP with token, permit, gate, access row, five boxes opened and reduced, answer signed. Inquiries that wait at the same time share one look-up of clerks and persons and one call of disclose (decision 0004), so PostgreSQL spends less on one of them than on a bare call. What limits it is the processor time of the server, two thirds of the whole: SHA-256 of keys without instructions for it (a seventh), one Ed25519 signature (an eighth), HTTP, and the driver."}
	tail := result{Name: "inquiry.unsigned.c16.p99", Unit: "ms", Ours: ours.ms(0.99), Bare: bare.ms(0.99), Ratio: ours.ms(0.99) / bare.ms(0.99)}
	wal := result{Name: "inquiry.wal", Unit: "bytes", Ours: oursWAL / float64(len(ours.times)), Bare: bareWAL / float64(len(bare.times)),
		Note: "WAL bytes per inquiry; both lock one gate row and insert one row with one index"}
	wal.Ratio = wal.Ours / wal.Bare
	if err := settled(ctx, owner); err != nil {
		return nil, err
	}
	before, err := inserted(ctx, owner)
	if err != nil {
		return nil, err
	}
	const probe = 200
	for i := range probe {
		if err := a.once(ctx, i%clients); err != nil {
			return nil, err
		}
	}
	if err := settled(ctx, owner); err != nil {
		return nil, err
	}
	after, err := inserted(ctx, owner)
	if err != nil {
		return nil, err
	}
	rows := result{Name: "inquiry.rows", Unit: "rows", Ours: float64(after-before) / probe, Bare: 1, Ratio: float64(after-before) / probe,
		Note: "rows inserted per inquiry under a statute, the access row and the one by which its case names the person (rules G3), in all tables of the registry but those of the published log, which takes many at a time afterwards"}
	return []result{main.held("ratio >= 0.45", main.Ratio >= 0.45), tail.held("ratio <= 4", tail.Ratio <= 4), wal, rows.held("exactly 2", rows.Ours == 2)}, nil
}

// fill delivers the people and records through the real command, and returns who
// asks about them.
func fill(ctx context.Context, o options, s *server) (*asker, error) {
	clerk, err := s.run(ctx, o, "clerk", "add", "--body", "hubei-health", "--staff", "bench", "--trained-until", "2099-12-31")
	if err != nil {
		return nil, fmt.Errorf("adding a clerk: %w", err)
	}
	token, err := s.run(ctx, o, "clerk", "token", clerk)
	if err != nil {
		return nil, fmt.Errorf("giving a token: %w", err)
	}
	file, tokenFile := filepath.Join(o.dir, "licences.csv"), filepath.Join(o.dir, "token")
	if err := os.WriteFile(tokenFile, []byte(token+"\n"), 0o600); err != nil {
		return nil, err
	}
	if err := writeLicences(file, o.people); err != nil {
		return nil, err
	}
	begin := time.Now()
	said, err := s.run(ctx, o, "furnish", file, "--commit", "--type", "nurse-licence", "--token-file", tokenFile)
	if err != nil {
		return nil, fmt.Errorf("delivering: %w", err)
	}
	said, _, _ = strings.Cut(said, "\n")
	fmt.Printf("filled in %.1f s: %s\n", time.Since(begin).Seconds(), said)
	return newAsker(s.at.URL, token, o.people)
}

// bareSide is the bare PostgreSQL's function.
type bareSide struct {
	pool   *pgxpool.Pool
	people []([16]byte)
	box    []byte
}

// bareRecord is a row of the function.
type bareRecord struct {
	record, source [16]byte
	version        int32
	kind           string
	start, end     time.Time
	epoch, leaf    int64
	nonce, box     []byte
}

// once calls the function for a random person.
func (b *bareSide) once(ctx context.Context, _ int) error {
	var access [16]byte
	for i := range access {
		access[i] = byte(rand.Uint32())
	}
	rows, err := b.pool.Query(ctx, "select * from bare.inquire($1, $2, $3, $4)", b.people[rand.IntN(len(b.people))], access, time.Now(), b.box)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var r bareRecord
		if err := rows.Scan(&r.record, &r.version, &r.kind, &r.source, &r.start, &r.end, &r.epoch, &r.leaf, &r.nonce, &r.box); err != nil {
			return err
		}
		n++
	}
	if rows.Err() == nil && n != perPerson {
		return fmt.Errorf("bare returned %d records", n)
	}
	return rows.Err()
}

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/proof"
)

// bareLog is the library of trees with its tiles in PostgreSQL, and nothing else: all
// hashes stay in memory. It does the physical work that ours does: it reads rows as wide
// as access rows and hashes them whole, its entries have the same length, it writes the
// same bundles and tiles and what became of which row, and is as durable: the signed head
// in a file outside the database, the published checkpoint in a commit of its own. It
// makes no commitments: an entry is the hash of its row, and tells of it.
type bareLog struct {
	*benchLog
	folder *ledgerfile.Folder
	hashes []tlog.Hash
	bundle []byte // the last, as far as it is filled
	taken  int
	key    ed25519.PrivateKey
	head   []byte // as it is kept outside
}

const bareLogSchema = `
drop schema if exists bare_log cascade;
create schema bare_log;
create table bare_log.row (n bigint primary key, stream uuid not null, event uuid not null, content bytea not null);
create table bare_log.batch (first bigint primary key, rows bytea not null);
alter table bare_log.batch alter rows set storage external;
create table bare_log.tile (level smallint, n bigint, raw bytea not null, primary key (level, n));
alter table bare_log.tile alter raw set storage external;
create table bare_log.head (only_row boolean primary key default true, size bigint, root bytea);
insert into bare_log.head (size) values (0);
create table bare_log.published (only_row boolean primary key default true, size bigint, note text);
insert into bare_log.published (size) values (0);`

func (l *benchLog) bareLog(ctx context.Context, dir string, n int) (*bareLog, error) {
	b := &bareLog{benchLog: l}
	if _, err := l.owner.Exec(ctx, bareLogSchema); err != nil {
		return nil, err
	}
	var width int
	if err := l.owner.QueryRow(ctx, "select pg_column_size(a.*) - pg_column_size(row(1::bigint, a.person, a.access, ''::bytea)) from inquiry.access a limit 1").Scan(&width); err != nil {
		return nil, fmt.Errorf("measuring an access row: %w", err)
	}
	if err := l.exec(ctx, `insert into bare_log.row select i, gen_random_uuid(), gen_random_uuid(), substr(decode(repeat(md5(i::text), $2 / 16 + 1), 'hex'), 1, $2) from generate_series(0, $1 - 1) i`, n, width); err != nil {
		return nil, err
	}
	if err := l.exec(ctx, "analyze bare_log.row"); err != nil {
		return nil, err
	}
	folder, err := ledgerfile.Open(dir)
	if err != nil {
		return nil, err
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	b.folder, b.key = folder, key
	return b, err
}

// ReadHashes is tlog.HashReader.
func (b *bareLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		out[i] = b.hashes[n]
	}
	return out, nil
}

// take takes the leaves up to n.
func (b *bareLog) take(ctx context.Context, n int) error {
	for b.taken < n {
		if err := b.batch(ctx, min(n, b.taken+perBatch)); err != nil {
			return err
		}
	}
	return nil
}

// bareRow is a row that is published.
type bareRow struct {
	Stream, Event [16]byte
	Content       []byte
}

func (b *bareLog) batch(ctx context.Context, until int) error {
	var note string
	if err := pgx.BeginFunc(ctx, b.bare, func(tx pgx.Tx) (err error) {
		rows, err := tx.Query(ctx, "select stream, event, content from bare_log.row where n >= $1 and n < $2 order by n", b.taken, until)
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[bareRow])
		if err != nil {
			return err
		}
		note, err = b.write(ctx, tx, list)
		return err
	}); err != nil {
		return err
	}
	if err := b.folder.Swap(b.head, []byte(note)); err != nil {
		return err
	}
	b.head, b.taken = []byte(note), until
	_, err := b.bare.Exec(ctx, "update bare_log.published set size = $1, note = $2", until, note)
	return err
}

// write adds rows to the log and returns its signed head.
func (b *bareLog) write(ctx context.Context, tx pgx.Tx, list []bareRow) (string, error) {
	until := b.taken + len(list)
	var levels, ns []int64
	var tiles [][]byte
	put := func(level, n int64, raw []byte) {
		levels, ns, tiles = append(levels, level), append(ns, n), append(tiles, raw)
	}
	places := make([]byte, 0, 32*len(list))
	for i, r := range list {
		sum := sha256.Sum256(r.Content)
		entry := append([]byte{1}, sum[:]...)
		more, err := tlog.StoredHashes(int64(b.taken+i), entry, b)
		if err != nil {
			return "", err
		}
		b.hashes = append(b.hashes, more...)
		places = append(append(places, r.Stream[:]...), r.Event[:]...)
		b.bundle = proof.AppendEntry(b.bundle, entry)
		if at := b.taken + i + 1; at%proof.TileWidth == 0 || at == until {
			put(0, int64((at-1)/proof.TileWidth), b.bundle)
			if at%proof.TileWidth == 0 {
				b.bundle = nil
			}
		}
	}
	for _, t := range tlog.NewTiles(8, int64(b.taken), int64(until)) {
		if t.L == 0 {
			continue // follows from the bundle
		}
		raw, err := tlog.ReadTileData(t, b)
		if err != nil {
			return "", err
		}
		put(int64(t.L), t.N, raw)
	}
	root, err := tlog.TreeHash(int64(until), b)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `insert into bare_log.tile select distinct on (l, n) l, n, h from (select unnest($1::bigint[]) l, unnest($2::bigint[]) n, unnest($3::bytea[]) h) x order by l, n, length(h) desc
		on conflict (level, n) do update set raw = excluded.raw`, levels, ns, tiles); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, "insert into bare_log.batch values ($1, $2)", b.taken, places); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, "update bare_log.head set size = $1, root = $2", until, root[:]); err != nil {
		return "", err
	}
	text := fmt.Sprintf("bare\n%d\n%s\n", until, root)
	return fmt.Sprintf("%s\n— bare %x\n", text, ed25519.Sign(b.key, []byte(text))), nil
}

// tesseraTakes returns how long Tessera takes for n leaves in files, until a checkpoint
// covers the last.
func tesseraTakes(ctx context.Context, dir string, n int) (time.Duration, error) {
	secret, _, err := note.GenerateKey(rand.Reader, "tessera.example")
	if err != nil {
		return 0, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithCancel(ctx) // what goes on in it behind its shutdown
	defer stop()
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return 0, err
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().WithCheckpointSigner(signer).
		WithBatching(1024, 100*time.Millisecond).WithCheckpointInterval(200*time.Millisecond).WithPushback(4*perBatch))
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	work := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range perBatch {
		wg.Go(func() {
			for range work {
				leaf := make([]byte, 33)
				_, _ = rand.Read(leaf)
				if _, err := appender.Add(ctx, tessera.NewEntry(leaf))(); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	for failed == nil && ctx.Err() == nil {
		raw, err := reader.ReadCheckpoint(ctx)
		if err == nil {
			if c, err := proof.ParseCheckpoint(raw); err == nil && c.Size >= uint64(n) {
				break
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	took := time.Since(begin)
	return took, errors.Join(failed, ctx.Err(), shutdown(ctx))
}

var _ ledger.Journal = (*watched)(nil)

package vaultpg_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/vault/vaulttest"
	"recourse/internal/when"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// checker is what a world needs of a test, be it the test or one history of it.
type checker interface {
	Helper()
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// box is a sealed row as it was when it was made: what an old backup of the
// database would hold.
type box struct {
	person ref.Person
	sealed seal.Sealed
	plain  string
	seed   vault.SeedMark
}

func (b box) slot() seal.Slot {
	return seal.Slot{Epoch: b.sealed.Box.Epoch, Leaf: b.sealed.Box.Leaf}
}

// base is the model of what the database holds, db of what it knows of
// erasures, and out of what the vault has forgotten.
type base struct {
	live    map[seal.Slot]bool // rows that hold a box
	intents map[seal.Slot]bool // committed
	before  when.Date          // epochs before it were asked to be forgotten
}

type out struct {
	punctured map[seal.Slot]bool
	before    when.Date
	dir       string // where a copy of the store lies
	root      string
}

func (b base) clone() base {
	b.live, b.intents = maps.Clone(b.live), maps.Clone(b.intents)
	return b
}

// world is a vault on files and a real database, with a table of sealed rows,
// and the model of both.
type world struct {
	t       checker
	ctx     context.Context
	house   *housetest.Fixture
	super   *pgxpool.Pool
	dir     string
	kms     *vaultkms.File
	seed    uint64
	today   when.Date
	fuse    *fuse
	skipped bool // the comparison is left out: for controls

	vault  *vault.Vault
	sealer *vault.Sealer
	keeper *vault.Keeper
	report vault.Report

	made  map[seal.Slot]box
	db    base
	out   out
	saves int
	tick  uint64
}

// newHouse makes the database that the worlds of a test share.
func newHouse(t *testing.T) (*housetest.Fixture, *pgxpool.Pool) {
	t.Helper()
	house := housetest.DB(t)
	super, err := pgxpool.New(t.Context(), house.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(super.Close)
	house.Exec(t, `create table vault.sample (person uuid, record uuid, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea, plain text,
		primary key (person, record));
		grant select, insert, update on vault.sample to recourse_app, recourse_keeper`)
	return house, super
}

// newWorld begins with an empty database and no vault.
func newWorld(t checker, ctx context.Context, house *housetest.Fixture, super *pgxpool.Pool) *world {
	t.Helper()
	w := &world{t: t, ctx: ctx, house: house, super: super, today: vaulttest.Today, fuse: &fuse{left: -1}, made: map[seal.Slot]box{}}
	w.db = base{live: map[seal.Slot]bool{}, intents: map[seal.Slot]bool{}, before: w.today}
	w.out = out{punctured: map[seal.Slot]bool{}, before: w.today}
	var err error
	if w.dir, err = os.MkdirTemp(shm(), "vault-test-"); err != nil {
		t.Fatalf("%v", err)
	}
	w.sql("truncate vault.sample, vault.mark, vault.lease, vault.intent")
	w.must(w.start())
	return w
}

// shm is a folder in memory, if there is one: the tests of the store are those
// that need a disk.
func shm() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// end closes the vault and removes its files.
func (w *world) end() {
	if w.vault != nil {
		_ = w.vault.Close() // what counts is on disk
	}
	_ = os.RemoveAll(w.dir)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}

func (w *world) sql(text string, args ...any) {
	w.t.Helper()
	if _, err := w.super.Exec(w.ctx, text, args...); err != nil {
		w.t.Fatalf("%v", err)
	}
}

func (w *world) now() time.Time {
	w.tick++
	return w.today.Time().Add(time.Duration(w.tick) * time.Millisecond)
}

// chance differs for each process that is started: a restored one must not draw
// what the lost one drew.
func (w *world) chance() *vaulttest.Chance {
	w.seed++
	return vaulttest.Seeded(w.seed)
}

// open opens the vault's store as a process that starts does.
func (w *world) open() error {
	if w.vault != nil {
		_ = w.vault.Close() // the process has ended
		w.vault = nil
	}
	var err error
	if w.kms, err = vaultkms.Open(filepath.Join(w.dir, "kms"), w.chance()); err != nil {
		return err
	}
	s, err := vaultfile.Open(vaultfile.Config{Dir: filepath.Join(w.dir, "vault"), KMS: w.kms, Minter: w.chance()})
	if err != nil {
		return err
	}
	v, err := vault.Open(w.ctx, vault.Config{Journal: s, Minter: w.chance(), Mode: vault.Sandbox, Create: true, Now: w.now(), Today: w.today,
		Ahead: []vault.Ahead{{Class: seal.Record, Years: 1}}})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	w.vault = v
	return nil
}

// start opens the vault and compares it with the database.
func (w *world) start() error {
	if err := w.open(); err != nil {
		return err
	}
	book := fusedBook{Book: vaultpg.NewStore(w.house.Keeper), fuse: w.fuse}
	service := fusedVault{Service: w.vault, fuse: w.fuse}
	holder := &fusedHolder{sample{w.house.Keeper}, w.fuse}
	w.report = vault.Report{}
	if !w.skipped {
		r, err := vault.Compare(w.ctx, vault.Comparison{Vault: service, Book: book, Holders: []vault.Holder{holder}, Mode: vault.Sandbox,
			Minter: w.chance(), Now: w.now(), Today: w.today})
		w.report = r
		if err != nil {
			return err
		}
	}
	app := w.app()
	var err error
	if w.sealer, err = vault.NewSealer(vault.SealerConfig{Vault: service, Book: fusedLeases{app, w.fuse}, Intents: app, Minter: w.chance(), First: 2, Most: 8}); err != nil {
		return err
	}
	w.keeper, err = vault.NewKeeper(vault.KeeperConfig{Vault: service, Book: book, MaxLeap: -1})
	return err
}

// app is the book as the serving role has it.
func (w *world) app() *vaultpg.Store { return vaultpg.NewStore(w.house.App) }

// seals makes n rows that end on a day.
func (w *world) seals(n int, end when.Date) error {
	contents := make([]seal.Content, n)
	persons := make([]ref.Person, n)
	for i := range contents {
		chance := w.chance()
		_, _ = chance.Read(persons[i][:])
		s := seal.Subject{Person: persons[i], Version: 1}
		_, _ = chance.Read(s.Record[:])
		contents[i] = seal.Content{Subject: s, Epoch: seal.NewEpoch(seal.Record, end), Plain: fmt.Appendf(nil, "synthetic content %x", s.Record)}
	}
	boxes, err := w.sealer.Close(w.ctx, contents)
	if err != nil {
		return err
	}
	mark := w.mark(contents[0].Epoch)
	rows := make([]box, n)
	for i, b := range boxes {
		rows[i] = box{person: persons[i], sealed: seal.Sealed{Subject: contents[i].Subject, Box: b}, plain: string(contents[i].Plain), seed: mark}
		if _, twice := w.made[rows[i].slot()]; twice {
			w.t.Fatalf("leaf %v was used twice", rows[i].slot())
		}
		w.made[rows[i].slot()] = rows[i]
	}
	return pgx.BeginFunc(w.ctx, w.house.App, func(tx pgx.Tx) error {
		for _, r := range rows {
			b := r.sealed.Box
			if _, err := tx.Exec(w.ctx, "insert into vault.sample values ($1, $2, $3, $4, $5, $6, $7, $8)", pgkit.UUID(r.person), pgkit.UUID(r.sealed.Subject.Record),
				1, int64(b.Epoch), int64(b.Leaf), b.Nonce[:], b.Data, r.plain); err != nil {
				return err
			}
			w.db.live[r.slot()] = true
		}
		return nil
	})
}

func (w *world) mark(e seal.Epoch) vault.SeedMark {
	list, err := w.vault.Epochs(w.ctx)
	w.must(err)
	for _, x := range list {
		if x.Epoch == e {
			return x.Seed
		}
	}
	return 0
}

// erase takes a row's content away and asks that it be forgotten, in one
// transaction.
func (w *world) erase(s seal.Slot) error {
	b := w.made[s]
	return pgkit.Unit(w.ctx, w.house.App, func(ctx context.Context) error {
		if err := pgkit.Tx(ctx, w.house.App, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "update vault.sample set box = null where person = $1 and record = $2", pgkit.UUID(b.person), pgkit.UUID(b.sealed.Subject.Record))
			return err
		}); err != nil {
			return err
		}
		if err := w.sealer.Forget(ctx, b.person, s, string(vault.Repaired), w.now()); err != nil {
			return err
		}
		delete(w.db.live, s)
		w.db.intents[s] = true
		return nil
	})
}

// apply carries out what waits.
func (w *world) apply() error {
	for {
		list, err := w.keeper.ApplyIntents(w.ctx, w.now(), w.today)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if r.Unreadable != w.today.AddDays(8) || !r.Weak || r.Seq == 0 {
				w.t.Fatalf("receipt %+v", r)
			}
			w.out.punctured[r.Slot] = true
		}
	}
}

// sample is the holder of the test's table.
type sample struct{ pool *pgxpool.Pool }

func (sample) Name() string { return "vault.sample" }

func (s sample) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	rows, err := s.pool.Query(ctx, "select epoch, max(leaf) from vault.sample where box is not null group by epoch")
	if err != nil {
		return nil, err
	}
	most := map[seal.Epoch]seal.Leaf{}
	var e, l int64
	_, err = pgx.ForEachRow(rows, []any{&e, &l}, func() error { most[seal.Epoch(e)] = seal.Leaf(l); return nil })
	return most, err
}

func (s sample) Held(ctx context.Context, after []byte, _ int) (list []vault.HeldBox, next []byte, err error) {
	if after == nil {
		after = make([]byte, 32)
	}
	rows, err := s.pool.Query(ctx, "select person, record, version, epoch, leaf from vault.sample where box is not null and (person, record) > ($1, $2) order by person, record limit 3",
		pgkit.UUID([16]byte(after[:16])).Bytes, pgkit.UUID([16]byte(after[16:])).Bytes)
	if err != nil {
		return nil, nil, err
	}
	var b vault.HeldBox
	_, err = pgx.ForEachRow(rows, []any{(*[16]byte)(&b.Person), &b.Record, &b.Version, &b.Slot.Epoch, &b.Slot.Leaf}, func() error { list = append(list, b); return nil })
	if len(list) > 0 {
		last := list[len(list)-1]
		next = append(last.Person[:], last.Record[:]...)
	}
	return list, next, err
}

func (s sample) Erase(ctx context.Context, boxes []vault.HeldBox, _ time.Time) error {
	for _, b := range boxes {
		if _, err := s.pool.Exec(ctx, "update vault.sample set box = null where person = $1 and record = $2", pgkit.UUID(b.Person), pgkit.UUID(b.Record)); err != nil {
			return err
		}
	}
	return nil
}

// refusal is the code of the fault that a start was refused with, or "".
func refusal(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func copyTree(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}

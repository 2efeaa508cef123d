package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/proof"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/when"
)

// perBatch is how many leaves are taken at once, on all sides.
const perBatch = 4096

// published measures the public log: how fast it takes rows, how long a row waits for its
// signed checkpoint, how long a proof takes in a long log, and what it costs inquiries.
func published(ctx context.Context, o options) ([]result, error) {
	e, err := newEngine(ctx, filepath.Join(o.dir, "ledger"))
	if err != nil {
		return nil, err
	}
	defer e.close(ctx)
	l, err := e.openLog(filepath.Join(o.dir, "ledger", "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.folder.Close() }()
	var out []result
	for _, part := range []func(context.Context, options) ([]result, error){l.rate, l.delay, l.proofs} {
		rows, err := part(ctx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	rows, err := besideInquiries(ctx, o)
	return append(out, rows...), err
}

// benchLog is the log of an engine, as the server wires it.
type benchLog struct {
	*engine
	log    *ledgerpg.Log
	keys   *vault.Sealer
	folder *ledgerfile.Folder
	press  *ledger.Press
	chosen watched
}

func (e *engine) openLog(dir string) (l *benchLog, err error) {
	l = &benchLog{engine: e, log: ledgerpg.NewLog(e.keeper)}
	book := vaultpg.NewStore(e.keeper)
	if l.keys, err = vault.NewSealer(vault.SealerConfig{Vault: e.vault, Book: book, Intents: book, Minter: rand.Reader}); err != nil {
		return nil, err
	}
	if l.folder, err = ledgerfile.Open(dir); err != nil {
		return nil, err
	}
	secret, public, err := l.folder.Key("key", "bench.example/log", rand.Reader)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	trust, err := proof.NewTrust(public, nil)
	if err != nil {
		return nil, err
	}
	l.chosen = watched{Log: l.log, at: map[[16]byte]time.Time{}}
	l.press = &ledger.Press{Read: l.log.Read, Heads: l.folder, Board: &l.chosen, Origin: signer.Name(), Trust: trust,
		Ran:       func(time.Time) []string { return []string{"pack bench@1 sha256:00", "binary sha256:00"} },
		Sign:      func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) },
		Sequencer: &ledger.Sequencer{Journal: &l.chosen, Nonces: l.keys, Most: perBatch, Hands: runtime.GOMAXPROCS(0), Ends: l.ends}}
	return l, nil
}

func (l *benchLog) ends(now time.Time) when.Date { return when.In(now, time.UTC).AddDays(700) }

// perLooks is how many access rows a transaction writes: inquiries that wait at the same
// time share one.
const perLooks = 64

// looks writes n access rows, each under a leaf of its own.
func (l *benchLog) looks(ctx context.Context, n int) error {
	epoch := seal.NewEpoch(seal.Access, l.ends(time.Now()))
	for n > 0 {
		some := min(n, 1<<16)
		at, err := l.vault.Lease(ctx, epoch, some)
		if err != nil {
			return err
		}
		for first := 0; first < some; first += perLooks {
			if err := l.exec(ctx, `insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
			select gen_random_uuid(), gen_random_uuid(), now(), 'bench', 'self', 'bench@1', 1, array[gen_random_uuid()], $2::bigint, $3::bigint + i - 1, substr(decode(md5(i::text), 'hex'), 1, 12), decode(repeat(md5(i::text), 14), 'hex')
			from generate_series(1, $1) i`, min(perLooks, some-first), int64(epoch), int64(at.First)+int64(first)); err != nil {
				return err
			}
		}
		n -= some
	}
	return nil
}

// drain publishes all that is there and returns how many entries that made.
func (l *benchLog) drain(ctx context.Context) (total int, err error) {
	for {
		n, more, err := l.press.Step(ctx, time.Now().UTC())
		if total += n; err != nil || n == 0 && !more {
			return total, err
		}
	}
}

// rate measures leaves per second: ours from access rows, with the derivation of each
// nonce, a head on the disk and a signed checkpoint for each batch.
func (l *benchLog) rate(ctx context.Context, o options) ([]result, error) {
	each := o.leaves / o.turns
	var bare *bareLog
	var ours, library, other load
	for turn := range o.turns {
		if err := l.looks(ctx, each); err != nil {
			return nil, err
		}
		if bare == nil {
			var err error
			if bare, err = l.bareLog(ctx, filepath.Join(o.dir, "bare-log"), each*o.turns); err != nil {
				return nil, err
			}
			defer func() { _ = bare.folder.Close() }()
		}
		if err := l.exec(ctx, "analyze inquiry.access"); err != nil {
			return nil, err
		}
		begin := time.Now()
		n, err := l.drain(ctx)
		if err != nil || n != each {
			return nil, fmt.Errorf("%d of %d entries were taken: %w", n, each, err)
		}
		ours.took += time.Since(begin)
		begin = time.Now()
		if err := bare.take(ctx, each*(turn+1)); err != nil {
			return nil, err
		}
		library.took += time.Since(begin)
		took, err := tesseraTakes(ctx, filepath.Join(o.dir, fmt.Sprint("tessera-", turn)), each)
		if err != nil {
			return nil, err
		}
		other.took += took
	}
	n := float64(each * o.turns)
	one := result{Name: "ledger.publish", Unit: "leaves/s", Ours: n / ours.took.Seconds(), Bare: n / library.took.Seconds(), Ratio: library.took.Seconds() / ours.took.Seconds(),
		Note: "access rows into tiles and signed checkpoints, 4096 at once; bare is golang.org/x/mod/sumdb/tlog with the same physical work: rows as wide from a table of the same PostgreSQL, hashed whole, the same bundles and tiles, the signed head in a file and a published checkpoint. Ours derives a key for each leaf from the vault and makes a commitment with it"}
	two := result{Name: "ledger.publish.tessera", Unit: "leaves/s", Ours: n / ours.took.Seconds(), Bare: n / other.took.Seconds(), Ratio: other.took.Seconds() / ours.took.Seconds(),
		Note: "beside Tessera on files, batches of 1024 or 100 ms, a checkpoint each 200 ms, 4096 at once, until a checkpoint covers the last"}
	return []result{one.held("ratio >= 0.7", one.Ratio >= 0.7), two.held("ratio >= 2", two.Ratio >= 2)}, nil
}

// watched notes when each row is under a published checkpoint.
type watched struct {
	*ledgerpg.Log
	mu    sync.Mutex
	at    map[[16]byte]time.Time // of rows that are committed
	taken [][16]byte             // not published yet
	waits []time.Duration
}

// Append is ledger.Journal.Append.
func (w *watched) Append(ctx context.Context, b ledger.Batch) error {
	err := w.Log.Append(ctx, b)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.at) > 0 {
		for _, e := range b.Entered {
			w.taken = append(w.taken, e.Event)
		}
	}
	return err
}

// Publish is ledger.Board.Publish.
func (w *watched) Publish(ctx context.Context, p ledger.Published) error {
	err := w.Log.Publish(ctx, p)
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.taken[:0]
	for _, e := range w.taken {
		if since, known := w.at[e]; known {
			w.waits = append(w.waits, now.Sub(since))
			delete(w.at, e)
		} else {
			left = append(left, e) // its commit is not noted yet
		}
	}
	w.taken = left
	return err
}

// perSecond is how many events are committed a second while their delay is measured, by
// how many connections.
const perSecond, committers = 2000, 8

// delay measures the time from a commit to a signed checkpoint over it.
func (l *benchLog) delay(ctx context.Context, o options) ([]result, error) {
	stop := make(chan struct{})
	failed := make(chan error, 1)
	l.chosen.mu.Lock()
	l.chosen.at[[16]byte{}] = time.Now() // from now on they are noted
	l.chosen.mu.Unlock()
	go func() { failed <- l.pressOn(ctx, stop) }()
	n := int(o.each.Seconds()*float64(o.turns)) * perSecond
	err := l.commit(ctx, n)
	close(stop)
	if bad := <-failed; err == nil {
		err = bad
	}
	if err != nil {
		return nil, err
	}
	all := load{times: l.chosen.waits, took: 1}
	if len(all.times) < n*9/10 {
		return nil, fmt.Errorf("%d of %d commits were followed", len(all.times), n)
	}
	r := result{Name: "ledger.publish.delay", Unit: "ms", Ours: all.ms(0.99), P50: all.ms(0.5), P99: all.ms(0.99),
		Note: fmt.Sprintf("from commit to a published checkpoint, %d rows at %d a second, a transaction each; looked for every 100 ms as the server does", n, perSecond)}
	l.chosen.at = map[[16]byte]time.Time{}
	return []result{r.held("p99 <= 1000", r.P99 <= 1000)}, nil
}

// pressOn publishes as the server does, until stop and once more.
func (l *benchLog) pressOn(ctx context.Context, stop <-chan struct{}) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for over := false; ; {
		n, more, err := l.press.Step(ctx, time.Now().UTC())
		if err != nil || over && n == 0 && !more {
			return err
		}
		if more {
			continue
		}
		select {
		case <-tick.C:
		case <-stop:
			over = true
		}
	}
}

// commit writes n access rows at a steady rate, each in a transaction of its own.
func (l *benchLog) commit(ctx context.Context, n int) error {
	epoch := seal.NewEpoch(seal.Access, l.ends(time.Now()))
	first, left := int64(0), 0
	begin := time.Now()
	work := make(chan int64, n)
	failed := make(chan error, committers)
	for range committers {
		go func() { failed <- l.committer(ctx, int64(epoch), work) }()
	}
	var err error
	for i := range n {
		if left == 0 {
			at, bad := l.vault.Lease(ctx, epoch, 1<<14)
			if bad != nil {
				err = bad
				break
			}
			first, left = int64(at.First), 1<<14
		}
		work <- first
		first, left = first+1, left-1
		if wait := time.Until(begin.Add(time.Duration(i) * time.Second / perSecond)); wait > 0 {
			time.Sleep(wait)
		}
	}
	close(work)
	for range committers {
		if bad := <-failed; err == nil {
			err = bad
		}
	}
	return err
}

func (l *benchLog) committer(ctx context.Context, epoch int64, work <-chan int64) error {
	var failed error
	for leaf := range work {
		var person, access [16]byte
		_, _ = rand.Read(person[:])
		_, _ = rand.Read(access[:])
		if failed != nil {
			continue
		}
		_, failed = l.bare.Exec(ctx, `insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
			values ($1, $2, now(), 'bench', 'self', 'bench@1', 1, '{}', $3, $4, substr(decode(md5('n'), 'hex'), 1, 12), decode(repeat(md5('b'), 14), 'hex'))`, person, access, epoch, leaf)
		now := time.Now()
		l.chosen.mu.Lock()
		l.chosen.at[access] = now
		l.chosen.mu.Unlock()
	}
	return pgkit.Clean(failed)
}

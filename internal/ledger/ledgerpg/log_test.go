package ledgerpg_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/proof"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// logHouse is a house with a log.
type logHouse struct {
	*housetest.Fixture
	log  *ledgerpg.Log
	keys ledger.Nonces
}

func openLog(t testing.TB) logHouse {
	t.Helper()
	f := housetest.DB(t)
	return logHouse{Fixture: f, log: ledgerpg.NewLog(f.Keeper), keys: housetest.Keys(t, f, housetest.Vault(t, f))}
}

func (h logHouse) sequencer(most int) *ledger.Sequencer {
	return &ledger.Sequencer{Journal: h.log, Nonces: h.keys, Most: most, Ends: func(now time.Time) when.Date { return when.In(now, time.UTC).AddDays(30) }}
}

// write puts events into the journal in transactions of their own, and returns their
// streams.
func (h logHouse) write(t testing.TB, n int) (streams [][16]byte) {
	t.Helper()
	for range n {
		p := housetest.Mint[ref.Person](t)
		h.insert(t, p)
		streams = append(streams, p)
	}
	return streams
}

func (h logHouse) insert(t testing.TB, stream [16]byte) {
	t.Helper()
	if err := pgkit.Tx(t.Context(), h.App, func(tx pgx.Tx) error { return publish(t, tx, stream) }); err != nil {
		t.Fatal(err)
	}
}

func publish(t testing.TB, tx pgx.Tx, stream [16]byte) error {
	return housetest.Publisher(nil).Publish(t.Context(), tx, pgkit.Event{Stream: stream, Kind: "consent.given", At: time.Now().UTC().Truncate(time.Microsecond), Refs: map[string]string{"purpose": "loan"}})
}

// looks writes access rows.
func (h logHouse) looks(t testing.TB, n int) {
	t.Helper()
	h.Exec(t, fmt.Sprintf(`insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records, box)
		select gen_random_uuid(), gen_random_uuid(), now(), 'self', 'self', 'p', 2, '{}', sha256(n::text::bytea) from generate_series(1, %d) n`, n))
}

// drain steps until nothing more is new.
func drain(t testing.TB, s *ledger.Sequencer, now time.Time) (total int) {
	t.Helper()
	for {
		n, more, err := s.Step(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		if total += n; n == 0 && !more {
			return total
		}
	}
}

// whole rebuilds the log and returns it; every event of both journals must be in it
// once.
func (h logHouse) whole(t testing.TB) ledger.Head {
	t.Helper()
	head, err := h.sequencer(0).Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read := func(tile proof.Tile) ([]byte, error) { return h.log.Read(t.Context(), tile) }
	if _, err := proof.Rebuild(proof.Checkpoint{Size: head.Size, Root: head.Root}, read, nil); err != nil {
		t.Fatalf("the log of %d entries cannot be rebuilt: %v", head.Size, err)
	}
	seen := map[string]int{}
	entered, err := h.log.Entered(t.Context(), 0, head.Size)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entered {
		seen[fmt.Sprintf("%x%x", e.Stream, e.Event)]++
	}
	for key, n := range seen {
		if n != 1 {
			t.Errorf("%s is in the log %d times", key, n)
		}
	}
	rows := housetest.Ask[int64](t, h.Fixture, "select (select count(*) from ledger.journal) + (select count(*) from inquiry.access)")
	if int64(len(seen)) != rows || head.Size != uint64(rows) {
		t.Errorf("%d rows, %d entries, %d different", rows, head.Size, len(seen))
	}
	return head
}

func TestLog_takesEveryRowOnce(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	s := h.sequencer(97)
	for round := range 5 {
		h.write(t, 20)
		h.looks(t, 400)
		if got := drain(t, s, h.Now()); got != 420 {
			t.Errorf("round %d: %d entries", round, got)
		}
		if round == 2 {
			s = h.sequencer(1000) // a new process
		}
	}
	h.whole(t)
}

// TestLog_lateCommitIsNotLost: a transaction that began before others and commits
// after they are in the log is taken all the same.
func TestLog_lateCommitIsNotLost(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	s := h.sequencer(10)
	late, err := h.App.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stream := [16]byte{7}
	if err := publish(t, late, stream); err != nil {
		t.Fatal(err)
	}
	h.write(t, 35)
	if n := drain(t, s, h.Now()); n != 35 {
		t.Errorf("%d entries while one transaction is open", n)
	}
	again := h.sequencer(10) // knows nothing but what is kept
	if n := drain(t, again, h.Now()); n != 0 {
		t.Errorf("%d entries twice", n)
	}
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := drain(t, again, h.Now()); n != 1 {
		t.Errorf("%d entries of the late one", n)
	}
	h.whole(t)
}

// counting is a journal that counts the rows that are read of it.
type counting struct {
	ledger.Journal
	rows atomic.Int64
}

func (c *counting) Next(ctx context.Context, from ledger.Place, limit int) (ledger.Window, error) {
	w, err := c.Journal.Next(ctx, from, limit)
	c.rows.Add(int64(len(w.Rows)))
	return w, err
}

// TestLog_largeTransactionIsReadOnce: one transaction that writes many batches, then
// others while one stays open and holds back what is known to be over.
func TestLog_largeTransactionIsReadOnce(t *testing.T) {
	t.Parallel()
	const rows, most = 3000, 100
	h := openLog(t)
	h.looks(t, rows)
	c := &counting{Journal: h.log}
	s := h.over(c, most)
	s.Hands = 2
	// The control begins anew at each of some batches, knowing only what is kept.
	for range 5 {
		if n, _, err := h.over(c, most).Step(t.Context(), h.Now()); n != most || err != nil {
			t.Fatalf("%d entries: %v", n, err)
		}
	}
	if read := c.rows.Swap(0); read < (1+2+3+4+5)*most {
		t.Errorf("control: %d rows were read for %d entries", read, 5*most)
	}
	if n := drain(t, s, h.Now()); n != rows-5*most {
		t.Fatalf("%d entries", n)
	}
	late, err := h.App.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := publish(t, late, [16]byte{7}); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		h.write(t, 5)
		if n := drain(t, s, h.Now()); n != 5 {
			t.Errorf("%d entries while one transaction is open", n)
		}
	}
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := drain(t, s, h.Now()); n != 1 {
		t.Errorf("%d entries of the late one", n)
	}
	if read := c.rows.Load(); read > rows+4*most { // what begins anew sees once what is kept
		t.Errorf("%d rows were read for %d entries", read, rows-5*most+51)
	}
	h.whole(t)
}

// over is a sequencer over another journal.
func (h logHouse) over(j ledger.Journal, most int) *ledger.Sequencer {
	s := h.sequencer(most)
	s.Journal = j
	return s
}

// unsure is a journal whose answers are lost.
type unsure struct {
	ledger.Journal
	lose func() bool
}

var errLost = errors.New("the connection was lost")

func (u unsure) Append(ctx context.Context, b ledger.Batch) error {
	err := u.Journal.Append(ctx, b)
	if err == nil && u.lose() {
		return errLost
	}
	return err
}

func TestLog_unsureCommitAndTwoWriters(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	n := 0
	one, two := h.sequencer(7), h.sequencer(11)
	one.Journal = unsure{h.log, func() bool { n++; return n%2 == 0 }}
	lost, moved := 0, 0
	for range 40 {
		h.write(t, 3)
		for _, s := range []*ledger.Sequencer{one, two} {
			_, _, err := s.Step(t.Context(), h.Now())
			switch {
			case errors.Is(err, errLost):
				lost++
			case errors.Is(err, ledger.ErrMoved):
				moved++
			case err != nil:
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		_, _, _ = two.Step(t.Context(), h.Now())
	}
	drain(t, two, h.Now())
	if lost == 0 || moved == 0 {
		t.Errorf("%d answers lost, %d races", lost, moved)
	}
	h.whole(t)
}

// TestLog_openings: what the vault gives for an entry opens it; once its leaf is gone
// nothing does, and the log holds as before.
func TestLog_openings(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	s := h.sequencer(0)
	streams := h.write(t, 300)
	drain(t, s, h.Now())
	head := h.whole(t)
	entered, err := h.log.Entered(t.Context(), 0, head.Size)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entered {
		if !slices.Contains(streams, e.Stream) || e.Public {
			t.Fatalf("entry %d: %+v", i, e)
		}
	}
	rows, err := h.log.Next(t.Context(), ledger.Place{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	read := func(tile proof.Tile) ([]byte, error) { return h.log.Read(t.Context(), tile) }
	bundle, err := read(proof.Tile{Level: proof.Bundles, N: 0, Width: 256})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := proof.SplitBundle(bundle, 256)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.keys.Openings(t.Context(), []seal.Held{entered[7].Held()})
	if err != nil || got[0].Gone {
		t.Fatal(err)
	}
	o := ledger.OpeningOf(rows.Rows[7], got[0])
	if string(o.Entry()) != string(entries[7]) {
		t.Error("the vault's opening does not open the entry")
	}
}

package ledgerpg_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

// workerEnv makes the test binary a worker that takes one task, says so and
// never ends it.
const workerEnv = "LEDGERPG_TEST_WORKER"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerEnv); url != "" {
		os.Exit(workForTest(url))
	}
	if dir := os.Getenv(witnessEnv); dir != "" {
		os.Exit(witnessForTest(dir))
	}
	if url := os.Getenv(pressEnv); url != "" {
		os.Exit(pressForTest(url))
	}
	pgtest.Main(m)
}

func workForTest(url string) int {
	ctx := context.Background()
	pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: url})
	if err != nil {
		fmt.Println("error", err)
		return 2
	}
	_, err = ledgerpg.NewQueue(pool).Take(ctx, 0, ledger.Slots-1, 1, time.Now(), ledger.Each(func(context.Context, ledger.Task) error {
		fmt.Println("in the task")
		select {} // until it is killed
	}))
	fmt.Println("error", err)
	return 3
}

// kill takes a task in a process of its own and kills it in the middle.
func kill(t *testing.T, url string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = append(os.Environ(), workerEnv+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	if !said.Scan() || said.Text() != "in the task" {
		t.Errorf("the worker says %q", said.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // killed, so it fails
}

// house is a house with a queue and two consumers of the kind "sample.done".
type house struct {
	*housetest.Fixture
	queue *ledgerpg.Queue
}

func open(t *testing.T) house {
	t.Helper()
	f := housetest.DB(t)
	return house{f, ledgerpg.NewQueue(f.Keeper)}
}

var consumers = map[string][]string{"sample.done": {"one"}, "sample.both": {"one", "two"}}

// publish writes events in one transaction, as a use case does, and ends it with
// what end returns.
func (h house) publish(t *testing.T, end error, events ...pgkit.Event) error {
	t.Helper()
	p := ledgerpg.NewPublisher(consumers, rand.Reader)
	return pgkit.Tx(t.Context(), h.App, func(tx pgx.Tx) error {
		if err := p.Publish(t.Context(), tx, events...); err != nil {
			t.Fatal(err)
		}
		return end
	})
}

// step is the n-th event of a stream.
func step(t *testing.T, stream [16]byte, n int, at time.Time) pgkit.Event {
	t.Helper()
	return pgkit.Event{ID: housetest.Mint[ref.Event](t), Stream: stream, Kind: "sample.done", At: at, Refs: map[string]string{"n": fmt.Sprint(n)}}
}

// take does what is due at an instant, once.
func (h house) take(t *testing.T, at time.Time, do func(ledger.Task) error) int {
	t.Helper()
	n, err := h.queue.Take(t.Context(), 0, ledger.Slots-1, 100, at, ledger.Each(func(_ context.Context, task ledger.Task) error { return do(task) }))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// drain does everything that is due at an instant.
func (h house) drain(t *testing.T, at time.Time, do func(ledger.Task) error) {
	t.Helper()
	for h.take(t, at, do) > 0 {
	}
}

func (h house) waiting(t *testing.T) int64 {
	t.Helper()
	n, _, err := h.queue.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var errTask = fault.New(fault.Unavailable, "E-SAMPLE", "The task failed.")

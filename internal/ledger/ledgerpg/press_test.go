package ledgerpg_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/ledger/ledgerhttp"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/ledger/ledgerwitness"
	"recourse/internal/proof"
	"recourse/internal/seal"
	"recourse/internal/test/evidence"
	"recourse/internal/when"
)

// origin names the logs of these tests.
const origin = "registry.example/log"

// fixedChance draws the same key every time, for two instances with one key.
type fixedChance byte

func (c fixedChance) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

// derived gives nonces without a vault: keys come from the slot. Crashes of the vault
// are tried where the vault is.
type derived struct{ next *int64 }

func (d derived) Places(_ context.Context, epoch seal.Epoch, n int) ([]seal.Slot, error) {
	out := make([]seal.Slot, n)
	for i := range out {
		*d.next++
		out[i] = seal.Slot{Epoch: epoch, Leaf: seal.Leaf(*d.next)}
	}
	return out, nil
}

func (derived) Openings(_ context.Context, held []seal.Held) ([]seal.Opening, error) {
	out := make([]seal.Opening, len(held))
	for i, h := range held {
		out[i].Key = sha256.Sum256(fmt.Append(nil, "slot", h.Slot))
	}
	return out, nil
}

// newPress returns a press over a log, with the head and key in dir.
func newPress(log *ledgerpg.Log, nonces ledger.Nonces, folder *ledgerfile.Folder, policy string) (*ledger.Press, error) {
	secret, public, err := folder.Key("key", origin, fixedChance(7))
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	trust, err := proof.NewTrust(public, []byte(policy))
	if err != nil {
		return nil, err
	}
	p := &ledger.Press{Read: log.Read, Heads: folder, Board: log, Origin: origin, Trust: trust,
		Ran:       func(time.Time) []string { return []string{"pack sample@1 sha256:00"} },
		Sign:      func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) },
		Sequencer: &ledger.Sequencer{Journal: log, Nonces: nonces, Most: 50, Ends: func(now time.Time) when.Date { return when.In(now, time.UTC).AddDays(30) }}}
	if policy != "" {
		p.Witnesses = &ledgerwitness.Asker{Trust: trust, Client: &http.Client{}, Most: 10 * time.Second}
	}
	return p, nil
}

// pressed is a house with a press.
type pressed struct {
	logHouse
	press *ledger.Press
	dir   string
}

func (h logHouse) pressIn(t testing.TB, dir, policy string) pressed {
	t.Helper()
	folder, err := ledgerfile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	p, err := newPress(h.log, h.keys, folder, policy)
	if err != nil {
		t.Fatal(err)
	}
	return pressed{h, p, dir}
}

// run publishes until nothing is left, and returns what is published.
func (p pressed) run(t testing.TB) ledger.Published {
	t.Helper()
	for {
		n, more, err := p.press.Step(t.Context(), p.Now())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 && !more {
			break
		}
	}
	got, err := p.log.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Witnesses as processes of their own.
const witnessEnv = "LEDGERPG_TEST_WITNESS"

func witnessForTest(dir string) int {
	folder, err := ledgerfile.Open(dir)
	if err != nil {
		fmt.Println("error", err)
		return 2
	}
	secret, public, err := folder.Key("key", "witness.example/"+filepath.Base(dir), fixedChance(dir[len(dir)-1]))
	if err == nil {
		public, err = cosign.VKeyToCosignatureV1(public)
	}
	signer, bad := cosign.NewSignerForCosignatureV1(secret)
	log, worse := note.NewVerifier(os.Getenv(witnessEnv + "_LOG"))
	l, worst := net.Listen("tcp", "127.0.0.1:0")
	if err != nil || bad != nil || worse != nil || worst != nil {
		fmt.Println("error", err, bad, worse, worst)
		return 2
	}
	fmt.Printf("ready %s http://%s\n", public, l.Addr())
	w := &ledger.Witness{Logs: map[string]note.Verifier{log.Name(): log}, Memory: folder, Signer: signer}
	fmt.Println("error", http.Serve(l, ledgerhttp.Witness(w)))
	return 3
}

// witness starts one and returns its public key and address.
func witness(t testing.TB, dir, logKey string) (public, url string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
	cmd.Env = append(os.Environ(), witnessEnv+"="+dir, witnessEnv+"_LOG="+logKey)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	said := bufio.NewScanner(out)
	if !said.Scan() || !strings.HasPrefix(said.Text(), "ready ") {
		t.Fatalf("the witness says %q", said.Text())
	}
	_, rest, _ := strings.Cut(said.Text(), " ")
	public, url, _ = strings.Cut(rest, " ")
	return public, url
}

// keyOf is the public key of the log of these tests.
func keyOf(t testing.TB) string {
	t.Helper()
	_, public, err := note.GenerateKey(fixedChance(7), origin)
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// witnesses starts three and returns the policy that asks for two of them.
func witnesses(t testing.TB) string {
	t.Helper()
	policy := ""
	for i := range 3 {
		public, url := witness(t, filepath.Join(t.TempDir(), "w"+strconv.Itoa(i)), keyOf(t))
		policy += fmt.Sprintf("witness w%d %s %s\n", i, public, url)
	}
	return policy + "group two 2 w0 w1 w2\nquorum two\n"
}

// The press as a process of its own, killed at one of its steps.
const pressEnv = "LEDGERPG_TEST_PRESS"

// killer kills its own process before or after one of the steps of publishing.
type killer string

// The steps are those of four ports.
type (
	journalKiller struct {
		ledger.Journal
		killer
	}
	headKiller struct {
		ledger.HeadStore
		killer
	}
	boardKiller struct {
		ledger.Board
		killer
	}
	daysKiller struct {
		ledger.Days
		killer
	}
)

func (k killer) step(name string, do func() error) error {
	if string(k) == "before "+name {
		die()
	}
	err := do()
	if err == nil && string(k) == "after "+name {
		die()
	}
	return err
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func (k journalKiller) Append(ctx context.Context, b ledger.Batch) error {
	return k.step("append", func() error { return k.Journal.Append(ctx, b) })
}

func (k headKiller) Swap(old, signed []byte) error {
	return k.step("swap", func() error { return k.HeadStore.Swap(old, signed) })
}

func (k boardKiller) Publish(ctx context.Context, p ledger.Published) error {
	return k.step("publish", func() error { return k.Board.Publish(ctx, p) })
}

func (k daysKiller) PutDay(ctx context.Context, d proof.Day, labels proof.Labels, now time.Time) error {
	return k.step("label", func() error { return k.Days.PutDay(ctx, d, labels, now) })
}

// LabelKeys is ledger.LabelKeys.
func (derived) LabelKeys(_ context.Context, streams [][16]byte) ([][16]byte, error) {
	out := make([][16]byte, len(streams))
	for i, s := range streams {
		sum := sha256.Sum256(append([]byte("label"), s[:]...))
		out[i] = [16]byte(sum[:])
	}
	return out, nil
}

func pressForTest(url string) int {
	ctx := context.Background()
	pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: url, MaxSize: 2})
	if err != nil {
		fmt.Println("error", err)
		return 2
	}
	folder, err := ledgerfile.Open(os.Getenv(pressEnv + "_DIR"))
	if err != nil {
		fmt.Println("error", err)
		return 2
	}
	log := ledgerpg.NewLog(pool)
	next := time.Now().UnixNano() // leaves that no other process of this test used
	p, err := newPress(log, derived{&next}, folder, "")
	if err != nil {
		fmt.Println("error", err)
		return 2
	}
	k := killer(os.Getenv(pressEnv + "_AT"))
	p.Sequencer.Journal, p.Heads, p.Board = journalKiller{log, k}, headKiller{folder, k}, boardKiller{log, k}
	day, _ := strconv.Atoi(os.Getenv(pressEnv + "_DAY"))
	now, labeller := midnight.AddDate(0, 0, day), &ledger.Labeller{Days: daysKiller{log, k}, Keys: derived{}}
	for {
		_, err := labeller.Step(ctx, now)
		if err == nil {
			_, _, err = p.Step(ctx, now)
		}
		if err != nil {
			fmt.Println("error", err)
			return 3
		}
	}
}

// TestPress_killed: a process that publishes is killed before and after each of its
// steps, on a day of its own each. Nothing is lost, nothing is twice, and every published checkpoint continues
// the one before.
func TestPress_killed(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	dir := t.TempDir()
	points := []string{"before append", "after append", "before swap", "after swap", "before publish", "after publish", "before label", "after label"}
	last := ledger.Published{}
	rounds := 40
	if os.Getenv("RECOURSE_LONG") != "" {
		rounds = 208
	}
	for round := range rounds {
		h.write(t, 3)
		if round%3 == 0 {
			h.looks(t, 60)
		}
		cmd := exec.CommandContext(t.Context(), "/proc/self/exe")
		cmd.Env = append(os.Environ(), pressEnv+"="+h.Keeper.Config().ConnString(), pressEnv+"_DIR="+dir, pressEnv+"_AT="+points[round%len(points)], fmt.Sprint(pressEnv, "_DAY=", round))
		out, err := cmd.Output()
		state, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ok || !state.Signaled() || state.Signal() != syscall.SIGKILL {
			t.Fatalf("round %d, %s: %v %s", round, points[round%len(points)], err, out)
		}
		last = h.continues(t, last)
	}
	folder, err := ledgerfile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	next := int64(0)
	p, err := newPress(h.log, derived{&next}, folder, "")
	if err != nil {
		t.Fatal(err)
	}
	done := pressed{h, p, dir}
	done.until(t, &ledger.Labeller{Days: h.log, Keys: derived{}}, midnight.AddDate(0, 0, rounds))
	final, days := mustPublished(t, done), done.labelled(t, derived{})
	head := h.whole(t)
	h.continues(t, last)
	if final.Size != head.Size {
		t.Errorf("%d entries, %d published", head.Size, final.Size)
	}
	if len(days) <= rounds/2 { // each checked; on the others a process was killed before it had taken an entry
		t.Errorf("%d of %d days are labelled", len(days), rounds)
	}
	if rounds > 200 {
		evidence.Keep(t, "ledger.md", "kills", "`kill -9` before or after one of four steps: append, head, publish, label", rounds, 0, 0)
	}
	t.Logf("%d kills, %d entries, %d labelled days: none lost, none twice", rounds, head.Size, len(days))
}

// continues returns the published checkpoint if it continues an older one.
func (h logHouse) continues(t testing.TB, older ledger.Published) ledger.Published {
	t.Helper()
	now, err := h.log.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(older.Note) == 0 {
		return now
	}
	a, err := proof.ParseCheckpoint(older.Note)
	if err != nil {
		t.Fatal(err)
	}
	b, err := proof.ParseCheckpoint(now.Note)
	if err != nil {
		t.Fatal(err)
	}
	way, err := proof.Extend(b, a.Size, func(tile proof.Tile) ([]byte, error) { return h.log.Read(t.Context(), tile) })
	if err == nil {
		err = proof.CheckConsistency(a, b, way)
	}
	if err != nil {
		t.Fatalf("from %d to %d: %v", a.Size, b.Size, err)
	}
	return now
}

// super runs SQL past all grants.
func (h logHouse) super(t testing.TB, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), h.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	tag, err := conn.Exec(t.Context(), sql)
	if err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%v, %d rows", err, tag.RowsAffected())
	}
}

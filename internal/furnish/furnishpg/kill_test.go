package furnishpg_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/furnish"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law/lawfile"
	"recourse/internal/merkle"
	"recourse/internal/party"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultfile"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaultpg"
	"recourse/packs"
)

// child is what a sender in a process of its own is told.
type child struct {
	App, Keeper, Vault string
	Clerk              party.Clerk
	Rows               int
	Hold               int // how many rows it sends before it waits for its input to end; 0 is all
	Now                time.Time
	Create             bool
}

const childKey = "RECOURSE_TEST_SENDER"

func TestMain(m *testing.M) {
	if told := os.Getenv(childKey); told != "" {
		if err := sendAsChild(context.Background(), told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	pgtest.Main(m)
}

// sendAsChild delivers the generated file.
func sendAsChild(ctx context.Context, told string) error {
	var c child
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		return err
	}
	app, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: c.App})
	if err != nil {
		return err
	}
	keeper, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: c.Keeper})
	if err != nil {
		return err
	}
	kms, err := vaultkms.Open(filepath.Join(c.Vault, "kms"), rand.Reader)
	if err != nil {
		return err
	}
	store, err := vaultfile.Open(vaultfile.Config{Dir: filepath.Join(c.Vault, "vault"), KMS: kms, Minter: rand.Reader})
	if err != nil {
		return err
	}
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		return err
	}
	pack, err := lawfile.Load(files)
	if err != nil {
		return err
	}
	v, err := vault.Open(ctx, vault.Config{Journal: store, Minter: rand.Reader, Mode: vault.Sandbox, Create: c.Create, Now: c.Now, Today: pack.Today(c.Now)})
	if err != nil {
		return err
	}
	if _, err := vault.Compare(ctx, vault.Comparison{Vault: v, Book: vaultpg.NewStore(keeper), Mode: vault.Sandbox, Minter: rand.Reader, Now: c.Now, Today: pack.Today(c.Now)}); err != nil {
		return err
	}
	keys, err := vault.NewSealer(vault.SealerConfig{Vault: v, Book: vaultpg.NewStore(app), Intents: vaultpg.NewStore(app), Minter: rand.Reader})
	if err != nil {
		return err
	}
	service := serviceOn(app, pack, keys)
	_, err = service.Deliver(ctx, c.Clerk, furnish.Request{Key: "k", Type: "nurse-licence"}, c.generated(), c.Now)
	return err
}

// faultyRow is every eleventh row; its number was misread.
func faultyRow(i int) bool { return i%11 == 7 }

// generated is a file of so many rows about a third as many people.
func (c *child) generated() io.Reader {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, header)
		for i := range c.Rows {
			if c.Hold > 0 && i == c.Hold {
				_, _ = io.Copy(io.Discard, os.Stdin)
			}
			who := sampleNumber(i % (c.Rows/3 + 1))
			if faultyRow(i) {
				who = who[:17] + map[bool]string{true: "1", false: "0"}[who[17] == '0']
			}
			if _, err := io.WriteString(w, row(who, "样本", 1, fmt.Sprintf("2099%08d", i), fmt.Sprintf("示例%d号", i))); err != nil {
				return
			}
		}
		_ = w.Close()
	}()
	return r
}

// sampleNumber is a number of an area that was never given out.
func sampleNumber(n int) string {
	digits := "990000" + time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n/1000).Format("20060102") + fmt.Sprintf("%03d", n%1000)
	sum := 0
	for _, c := range digits {
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return digits + string("10X98765432"[sum])
}

// TestKilled_countsEachRowOnce kills the sender's process, or its connections to
// the database, at random points, sends the file again after each, and finds every
// row counted once.
func TestKilled_countsEachRowOnce(t *testing.T) {
	t.Parallel()
	rows, times := housetest.Long(30_000, 1_000_000), housetest.Long(3, 10)
	d := open(t)
	c := child{App: d.App.Config().ConnString(), Keeper: d.Keeper.Config().ConnString(), Vault: t.TempDir(), Clerk: d.clerk, Rows: rows, Now: d.Now(), Create: true}
	d.Exec(t, "truncate vault.mark, vault.lease") // the sender brings its own vault
	seed := mathrand.Uint64()
	chance := mathrand.New(mathrand.NewPCG(seed, 0))
	var at []int64
	for counted := int64(0); len(at) < times; at = append(at, counted) {
		after := counted + 1 + chance.Int64N((int64(rows)*8/10-counted)/int64(times-len(at)))
		if c.run(t, d, after, len(at)%3 == 2) {
			t.Fatalf("the file was taken to its end before it could be interrupted at row %d", after)
		}
		now := housetest.Ask[int64](t, d.Fixture, countedRows)
		if counted = now; now < after {
			t.Errorf("%d rows are counted, and %d were before", now, after)
		}
	}
	if !c.run(t, d, 0, false) {
		t.Fatal("the last sender was interrupted")
	}
	t.Logf("%d rows, seed %d: interrupted %d times, with so many rows counted by then: %v", rows, seed, len(at), at)
	faulty := 0
	for i := range rows {
		if faultyRow(i) {
			faulty++
		}
	}
	type counts struct{ State, Done, New, Quarantined, Records, Refs, Findings, Twice string }
	got := housetest.Ask[counts](t, d.Fixture, `select (state, rows_done::text, rows_new::text, rows_quarantined::text, (select count(*) from dossier.record)::text,
		(select count(*) from dossier.source_ref)::text, (select count(*) from furnish.finding)::text,
		(select count(*) from (select person from party.token group by generation, mac, person having count(*) > 1) p)::text) from furnish.delivery`)
	n := fmt.Sprint(rows - faulty)
	if diff := cmp.Diff(counts{"done", fmt.Sprint(rows), n, fmt.Sprint(faulty), n, n, fmt.Sprint(faulty), "0"}, got); diff != "" {
		t.Error(diff)
	}
	id := housetest.Ask[[16]byte](t, d.Fixture, "select delivery from furnish.delivery")
	p, err := d.Proof(t.Context(), d.clerk, id, int64(rows/2), "")
	if err != nil || !merkle.Verify(p.Leaf, uint64(rows/2-1), uint64(rows), p.Path, p.Receipt.Root) {
		t.Errorf("the receipt does not stand for each row: %v", err)
	}
}

// countedRows is how far the one delivery is.
const countedRows = "select coalesce(max(rows_done), 0) from furnish.delivery"

// ahead is how many rows after one that shall be counted a sender has to hand over
// at least: those of a batch, and of the chunks that are prepared for the next.
const ahead = 5_900

// run sends the file from a process of its own. When so many rows are counted it is
// killed, or its connections are cut; 0 lets it end. It reports whether the file
// was taken to its end. The sender waits a little after that row, so that it cannot
// be at its end before.
func (c *child) run(t *testing.T, d *desk, after int64, cut bool) bool {
	t.Helper()
	c.Hold = 0
	if after > 0 {
		c.Hold = int(after) + ahead
	}
	told, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childKey+"="+string(told))
	cmd.Stderr = os.Stderr
	goOn, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			return exit == nil
		case <-tick.C:
		}
		if after == 0 || housetest.Ask[int64](t, d.Fixture, countedRows) < after {
			continue
		}
		c.Create = false // its vault is there
		if cut {
			d.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'recourse_app' and pid <> pg_backend_pid()")
			_ = goOn.Close()
			continue
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		after = 0
	}
}

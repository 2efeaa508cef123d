package vaultfile

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultkms"
	"recourse/internal/vault/vaulttest"
)

const (
	childDir  = "RECOURSE_TEST_VAULT_DIR"
	childLate = "RECOURSE_TEST_VAULT_LATE"
)

// TestChild is the process that TestVault_killed kills: it leases one leaf after
// another and writes each down on standard output once it has it.
func TestChild(t *testing.T) {
	dir := os.Getenv(childDir)
	if dir == "" {
		t.Skip("runs inside TestVault_killed")
	}
	v, s := openIn(t, dir, uint64(os.Getpid()))
	if os.Getenv(childLate) != "" {
		s.log = late{s.log}
	}
	for {
		l, err := v.Lease(t.Context(), seal.NewEpoch(seal.Record, vaulttest.Today), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString(strconv.FormatInt(int64(l.First), 10) + "\n"); err != nil {
			t.Fatal(err)
		}
		if l.First%7 == 6 && os.Getenv(childLate) == "" {
			if _, err := v.Reseal(t.Context(), vaulttest.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func openIn(t *testing.T, dir string, seed uint64) (*vault.Vault, *Store) {
	t.Helper()
	k, err := vaultkms.Open(filepath.Join(dir, "kms"), vaulttest.Seeded(seed))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(Config{Dir: filepath.Join(dir, "vault"), KMS: k, Minter: vaulttest.Seeded(seed + 1)})
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), vault.Config{Journal: s, Minter: vaulttest.Seeded(seed + 2), Mode: vault.Sandbox,
		Ahead: vaulttest.Ahead(), Create: true, Now: vaulttest.Now(), Today: vaulttest.Today})
	if err != nil {
		t.Fatal(err)
	}
	return v, s
}

// late is a file that says it is written and is not.
type late struct{ file }

func (late) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// kill starts the child, ends it after n leaves, and returns all the leaves that
// it said it had.
func kill(t *testing.T, n int, env ...string) (leaves []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		leaves = append(leaves, lines.Text())
		if len(leaves) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	if len(leaves) < n {
		t.Fatalf("the child ended by itself: %v", leaves)
	}
	return leaves
}

// A vault is killed many times, between and in the middle of whatever it does:
// no leaf that it gave out is given out again, and none is lost.
func TestVault_killed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seen := map[string]bool{}
	for i := range 20 {
		for _, leaf := range kill(t, 1+3*i%11, childDir+"="+dir) {
			if seen[leaf] {
				t.Fatalf("leaf %s was leased again after kill %d", leaf, i)
			}
			seen[leaf] = true
		}
	}
	v, _ := openIn(t, dir, 1)
	for leaf := range seen {
		n, err := strconv.ParseInt(leaf, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		d, err := v.Derive(t.Context(), []vault.Place{{Slot: seal.Slot{Epoch: seal.NewEpoch(seal.Record, vaulttest.Today), Leaf: seal.Leaf(n)}}})
		if err != nil || d[0].Gone {
			t.Fatalf("leaf %s was leased and is gone, %v", leaf, err)
		}
	}
	t.Logf("20 kills, %d leaves leased, none twice, none lost", len(seen))
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}

// The control: with writes that come too late, the same kills lease leaves
// again.
func TestVault_killedWithLateWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := kill(t, 3, childDir+"="+dir, childLate+"=1")
	b := kill(t, 3, childDir+"="+dir, childLate+"=1")
	if a[0] != b[0] {
		t.Fatalf("leaves %v, then %v: the test of kills proves nothing", a, b)
	}
}

package vaultfile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"recourse/internal/vault/vaulttest"
)

// medium is a file of which only what was synced is sure to outlive a loss of
// power.
type medium struct {
	file
	now, safe []byte
	deaf      bool // a medium that only pretends to sync: the control
}

func (m *medium) WriteAt(p []byte, at int64) (int, error) {
	if end := int(at) + len(p); end > len(m.now) {
		m.now = append(m.now, make([]byte, end-len(m.now))...)
	}
	copy(m.now[at:], p)
	return m.file.WriteAt(p, at)
}

func (m *medium) Truncate(n int64) error {
	m.now = m.now[:n]
	return m.file.Truncate(n)
}

func (m *medium) Sync() error {
	if !m.deaf {
		m.safe = slices.Clone(m.now)
	}
	return m.file.Sync()
}

// lose returns what is on the medium after power was lost: of each sector that
// changed since the last sync, the old or the new bytes; of the file's growth,
// all or none.
func (m *medium) lose(r *rand.Rand) []byte {
	b := slices.Clone(m.safe)
	if r.IntN(2) == 0 {
		b = append(b, make([]byte, max(0, len(m.now)-len(b)))...)
	}
	for at := 0; at < len(b); at += sector {
		if end := min(at+sector, len(b), len(m.now)); at < end && r.IntN(2) == 0 {
			copy(b[at:end], m.now[at:end])
		}
	}
	return b
}

// losses writes entries, loses power in the middle of some of them, and counts
// the acknowledged entries that were not there afterwards.
func losses(t *testing.T, runs int, deaf bool) (lost int) {
	for run := range runs {
		chance := rand.New(rand.NewPCG(7, uint64(run)))
		r := newRoom(t)
		var m *medium
		s := r.open(t)
		s.testingOnlyWrap = func(_ string, f file) file { m = &medium{file: f}; return m }
		if err := s.Replay(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Rewrite(t.Context(), head(), vaulttest.Now(), entries("first")); err != nil {
			t.Fatal(err)
		}
		m.deaf = deaf
		acknowledged := []string{"first"}
		for i := range 1 + chance.IntN(4) {
			e := fmt.Sprint(i, string(make([]byte, chance.IntN(3000))))
			add(t, s, e)
			acknowledged = append(acknowledged, e)
		}
		s.testingOnlyStep = func(step string) {
			if step == "written" {
				panic(crash{})
			}
		}
		if chance.IntN(4) > 0 && !dies(func() { _ = s.Append(make([]byte, chance.IntN(3000))) }) {
			t.Fatal("did not stop")
		}
		shut(t, s)
		if err := os.WriteFile(r.log(), m.lose(chance), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := r.replay(t)
		if err != nil && !deaf {
			t.Fatalf("run %d: %v", run, err)
		}
		if len(got) < len(acknowledged) || !slices.Equal(got[:len(acknowledged)], acknowledged) {
			lost++
		}
	}
	return lost
}

func TestStore_lossOfPower(t *testing.T) {
	t.Parallel()
	if lost := losses(t, 60, false); lost != 0 {
		t.Errorf("in %d of 60 losses of power acknowledged entries went", lost)
	}
	lost := losses(t, 20, true)
	if lost == 0 {
		t.Error("the control: on a medium that does not sync nothing was lost, so this test proves nothing")
	}
	t.Logf("60 losses of power: 0 lost; without sync: %d of 20 lost", lost)
}

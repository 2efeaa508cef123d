package vault

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// constant is a source of chance that runs dry after some bytes.
type constant struct{ left int }

func (c *constant) Read(b []byte) (int, error) {
	if c.left < len(b) {
		return 0, errors.New("no chance left")
	}
	c.left -= len(b)
	for i := range b {
		b[i] = byte(c.left + i)
	}
	return len(b), nil
}

func anyChange() *rapid.Generator[change] {
	return rapid.Custom(func(t *rapid.T) change {
		c := change{kind: kind(rapid.IntRange(1, 10).Draw(t, "kind"))}
		key := func(label string) [32]byte {
			return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, label))
		}
		seq := rapid.Int64().Draw(t, "seq")
		e := seal.Epoch(rapid.Int64().Draw(t, "epoch"))
		next := rapid.Int64().Draw(t, "next")
		switch c.kind {
		case isRoot:
			c.seq = seq
			c.root = &root{id: ref.Vault(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")), mode: Production, applied: next, ended: when.Date(rapid.Int32().Draw(t, "ended")),
				pseudonym: key("pseudonym"), sourceRef: key("source"), prepared: key("prepared")}
			for range rapid.IntRange(1, 2).Draw(t, "generations") {
				c.root.generations = append(c.root.generations, generation{number: rapid.Uint32().Draw(t, "number"), key: key("generation")})
			}
		case isEpoch:
			c.epoch, c.next, c.mark = e, next, SeedMark(seq)
			c.nodes = make([]node, rapid.IntRange(0, 5).Draw(t, "nodes"))
			for i := range c.nodes {
				c.nodes[i] = node{first: rapid.Uint32().Draw(t, "first"), level: rapid.Byte().Draw(t, "level"), key: key("node")}
			}
		case isSeed:
			c.seq, c.epoch, c.key = seq, e, key("seed")
		case isLease, isSkip:
			c.seq, c.epoch, c.next = seq, e, next
		case isPuncture:
			c.seq, c.applied = seq, next
			c.slots = make([]seal.Slot, rapid.IntRange(0, 5).Draw(t, "slots"))
			for i := range c.slots {
				c.slots[i] = seal.Slot{Epoch: e, Leaf: seal.Leaf(rapid.Uint32().Draw(t, "leaf"))}
			}
		case isExpire:
			c.seq, c.day = seq, when.Date(rapid.Int32().Draw(t, "day"))
		case isNewest:
			c.seq, c.gen, c.key = seq, rapid.Uint32().Draw(t, "generation"), key("prepared")
		case isDestroy:
			c.seq, c.gen = seq, rapid.Uint32().Draw(t, "generation")
		}
		return c
	})
}

func TestChange_readsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(anyChange(), 1, 5).Draw(t, "changes")
		var w encoder
		for i := range list {
			w.change(&list[i])
		}
		r := decoder{b: w.b}
		var again encoder
		for range list {
			c, err := r.change()
			if err != nil {
				t.Fatal(err)
			}
			again.change(&c)
		}
		if len(r.b) > 0 || !bytes.Equal(again.b, w.b) {
			t.Fatal("a change does not read back")
		}
		for cut := range w.b { // every shorter entry is refused or is a shorter list
			st := &state{}
			_ = st.replay(w.b[:cut]) // must not panic
		}
	})
}

// FuzzEntry gives arbitrary bytes to the reader of entries: it refuses them, or
// what it read is written the same.
func FuzzEntry(f *testing.F) {
	var w encoder
	st, err := born(&constant{left: 1000}, Sandbox)
	if err != nil {
		f.Fatal(err)
	}
	for entry := range st.dump() {
		w.bytes(entry)
	}
	f.Add(w.b)
	f.Add([]byte{byte(isLast), byte(isLast)})
	f.Add([]byte{byte(isPuncture), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = (&state{}).replay(b) // must not panic
		r := decoder{b: b}
		for len(r.b) > 0 {
			before := r.b
			c, err := r.change()
			if err != nil {
				return
			}
			var w encoder
			if w.change(&c); !bytes.Equal(w.b, before[:len(before)-len(r.b)]) {
				t.Fatalf("a change of kind %d is written differently", c.kind)
			}
		}
	})
}

func TestState_refusesWhatCannotCome(t *testing.T) {
	t.Parallel()
	e := seal.NewEpoch(seal.Record, 100)
	fresh := func() *state {
		st, err := born(&constant{left: 1000}, Sandbox)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.apply(&change{kind: isSeed, seq: 1, epoch: e}); err != nil {
			t.Fatal(err)
		}
		return st
	}
	unread := func() *state { return &state{} }
	begun := func() *state {
		st := &state{}
		if err := st.apply(&change{kind: isRoot, root: &root{generations: make([]generation, 1)}}); err != nil {
			t.Fatal(err)
		}
		return st
	}
	for what, c := range map[string]struct {
		st   *state
		c    change
		want string
	}{
		"a gap":                {fresh(), change{kind: isExpire, seq: 3}, "missing"},
		"a repeat":             {fresh(), change{kind: isExpire, seq: 1}, "missing"},
		"a jump back":          {fresh(), change{kind: isSkip, seq: 1}, "missing"},
		"a seed again":         {fresh(), change{kind: isSeed, seq: 2, epoch: e}, "drawn twice"},
		"a lease of nothing":   {fresh(), change{kind: isLease, seq: 2, epoch: e + 1, next: 1}, "cannot move"},
		"a counter back":       {fresh(), change{kind: isLease, seq: 2, epoch: e, next: -1}, "cannot move"},
		"a counter too far":    {fresh(), change{kind: isSkip, seq: 2, epoch: e, next: 1<<32 + 1}, "cannot move"},
		"a dump inside":        {fresh(), change{kind: isRoot, seq: 2}, "cannot come here"},
		"no beginning":         {unread(), change{kind: isLast}, "does not begin"},
		"two beginnings":       {begun(), change{kind: isRoot, root: &root{}}, "does not begin"},
		"no generations":       {unread(), change{kind: isRoot, root: &root{}}, "generations"},
		"a lease in a dump":    {begun(), change{kind: isLease, seq: 1, epoch: e}, "inside a whole state"},
		"a tree that overlaps": {begun(), change{kind: isEpoch, epoch: e, nodes: []node{{}, {}}}, "overlap"},
	} {
		if err := c.st.apply(&c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	for _, entry := range [][]byte{{77}, {byte(isExpire)}, {0}} {
		if err := fresh().replay(entry); err == nil {
			t.Errorf("entry %x was taken", entry)
		}
	}
	if err := fresh().replay([]byte{byte(isExpire), 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0}); !errors.Is(err, errGap) {
		t.Errorf("a gap in an entry: %v", err)
	}
}

// A dump holds everything, however large the trees, and a dump that is broken
// off is not taken for a whole one.
func TestState_comesBackFromItsDump(t *testing.T) {
	t.Parallel()
	st, err := born(&constant{left: 1000}, Production)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range []seal.Epoch{seal.NewEpoch(seal.Record, 100), seal.NewEpoch(seal.Record, 101), seal.NewEpoch(seal.Access, 100)} {
		st.epochs[e] = &epoch{tree: newTree([32]byte{byte(i)}), mark: SeedMark(i), next: 5000}
		for leaf := range uint32(i * 6000) {
			st.epochs[e].tree.puncture(leaf * 2)
		}
	}
	all := st.epochs[seal.NewEpoch(seal.Access, 100)]
	for leaf := range uint32(1<<below + 5) { // a page that is punctured whole
		all.tree.puncture(leaf)
	}
	if _, there := all.tree.derive(77); there {
		t.Error("a leaf of a page that is punctured whole is there")
	}
	var entries [][]byte
	for entry := range st.dump() {
		entries = append(entries, bytes.Clone(entry))
	}
	if len(entries) < 3 {
		t.Fatalf("%d entries", len(entries))
	}
	got := &state{}
	for i, entry := range entries {
		if got.whole {
			t.Fatalf("whole after %d of %d entries", i, len(entries))
		}
		if err := got.replay(entry); err != nil {
			t.Fatal(err)
		}
	}
	for e, want := range st.epochs {
		g := got.epochs[e]
		if !sameNodes(want.tree.nodes(), g.tree.nodes()) || g.next != want.next || g.mark != want.mark {
			t.Errorf("epoch %s changed", e)
		}
	}
	if !got.whole || got.id != st.id || got.pseudonym != st.pseudonym || got.generations[0] != st.generations[0] || got.prepared != st.prepared {
		t.Error("the root changed")
	}
	for range st.dump() {
		break // a writer that fails stops the dump
	}
}

func TestBorn_withoutChance(t *testing.T) {
	t.Parallel()
	for left := range 16 + 4*32 {
		if _, err := born(&constant{left: left}, Sandbox); err == nil {
			t.Fatalf("born with %d bytes of chance", left)
		}
	}
}

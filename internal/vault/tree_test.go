package vault

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// naive derives by walking all the way from the seed and keeps a list of what
// was punctured: the model of a tree.
type naive struct {
	seed [32]byte
	out  map[uint32]bool
}

func (m *naive) derive(leaf uint32) ([32]byte, bool) {
	key := m.seed
	for bit := 31; bit >= 0; bit-- {
		key = child(&key, byte(leaf>>bit&1))
	}
	return key, !m.out[leaf]
}

func (t *tree) derive(leaf uint32) ([32]byte, bool) {
	n := t.find(leaf)
	if n == nil {
		return [32]byte{}, false
	}
	return n.descend(leaf, levels), true
}

// anyLeaf draws numbers that lie together as well as far apart, so that
// neighbours, whole pages and both ends are met.
func anyLeaf() *rapid.Generator[uint32] {
	return rapid.OneOf(
		rapid.Uint32Range(0, 40),
		rapid.Uint32Range(1<<16-8, 1<<16+8),
		rapid.Uint32Range(1<<32-20, 1<<32-1),
		rapid.Uint32(),
	)
}

func TestTree_isTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var seed [32]byte
		copy(seed[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		real, model := newTree(seed), naive{seed: seed, out: map[uint32]bool{}}
		for _, leaf := range rapid.SliceOf(anyLeaf()).Draw(t, "punctures") {
			if was := real.puncture(leaf); was == model.out[leaf] {
				t.Fatalf("puncture(%d) says there = %v", leaf, was)
			}
			model.out[leaf] = true
		}
		probe := rapid.SliceOfN(anyLeaf(), 1, 60).Draw(t, "probes")
		for leaf := range model.out {
			probe = append(probe, leaf, leaf-1, leaf+1)
		}
		for _, leaf := range probe {
			got, there := real.derive(leaf)
			want, alive := model.derive(leaf)
			if there != alive || there && got != want {
				t.Fatalf("leaf %d: there = %v, want %v; same key = %v", leaf, there, alive, got == want)
			}
		}
		checkLeast(t, &real, len(model.out))
	})
}

// checkLeast: the nodes cover exactly what was not punctured, and no two
// siblings stand where their parent could.
func checkLeast(t *rapid.T, real *tree, punctured int) {
	covered := uint64(0)
	seen := map[[2]uint32]bool{}
	for _, n := range real.nodes() {
		covered += uint64(n.last()-n.first) + 1
		span := n.last() - n.first + 1
		if n.level > 0 && seen[[2]uint32{n.first ^ span, uint32(n.level)}] {
			t.Fatalf("both halves of a subtree at level %d are kept", n.level-1)
		}
		seen[[2]uint32{n.first, uint32(n.level)}] = true
	}
	if covered != 1<<32-uint64(punctured) {
		t.Fatalf("%d leaves are covered, want %d", covered, 1<<32-uint64(punctured))
	}
}

func TestTree_orderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(anyLeaf()).Draw(t, "punctures")
		mixed := rapid.Permutation(append(append([]uint32{}, list...), list...)).Draw(t, "again, mixed")
		a, b := newTree([32]byte{7}), newTree([32]byte{7})
		for _, leaf := range list {
			a.puncture(leaf)
		}
		for _, leaf := range mixed {
			b.puncture(leaf)
		}
		if !sameNodes(a.nodes(), b.nodes()) {
			t.Fatal("another order gives another tree")
		}
	})
}

func TestTree_comesBackFromItsNodes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := newTree([32]byte{9})
		for _, leaf := range rapid.SliceOf(anyLeaf()).Draw(t, "punctures") {
			a.puncture(leaf)
		}
		var b tree
		for _, n := range a.nodes() {
			if err := b.graft(n); err != nil {
				t.Fatal(err)
			}
		}
		if !sameNodes(a.nodes(), b.nodes()) {
			t.Fatal("the tree changed")
		}
		more := rapid.SliceOf(anyLeaf()).Draw(t, "more")
		for _, leaf := range more {
			if a.puncture(leaf) != b.puncture(leaf) {
				t.Fatal("the trees differ after another puncture")
			}
		}
		if !sameNodes(a.nodes(), b.nodes()) {
			t.Fatal("the trees differ after more punctures")
		}
	})
}

func sameNodes(a, b []node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestTree_refusesNodesOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, nodes := range map[string][]node{
		"unaligned": {{first: 1, level: 4}},
		"too deep":  {{level: 33}},
		"twice":     {{level: 1}, {level: 1}},
		"in page":   {{first: 2, level: 31}, {first: 0, level: 31}},
	} {
		var tr tree
		var err error
		for _, n := range nodes {
			if e := tr.graft(n); e != nil {
				err = e
			}
		}
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestTree_growth keeps the figure of docs/reference/vault.md: what one puncture
// costs in the store, where leaves are handed out from 0 upwards.
func TestTree_growth(t *testing.T) {
	t.Parallel()
	const leased = 100_000
	for _, c := range []struct {
		percent int
		most    float64 // bytes a puncture
	}{{1, 350}, {5, 240}} {
		tr := newTree([32]byte{1})
		order := rand.New(rand.NewPCG(1, 2)).Perm(leased)[:leased*c.percent/100]
		for _, leaf := range order {
			tr.puncture(uint32(leaf))
		}
		bytes := float64(tr.size()*nodeBytes) / float64(len(order))
		t.Logf("%d %% of %d leaves punctured: %d nodes, %.0f bytes a puncture", c.percent, leased, tr.size(), bytes)
		if bytes > c.most {
			t.Errorf("%d %%: %.0f bytes a puncture, want at most %.0f", c.percent, bytes, c.most)
		}
	}
}

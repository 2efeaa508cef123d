package merkle_test

import (
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/merkle"
)

// The leaves and roots that implementations of RFC 6962 publish for their tests.
var (
	published = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots     = []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
)

func leaves(t testing.TB) (out []merkle.Hash) {
	t.Helper()
	for _, l := range published {
		raw, err := hex.DecodeString(l)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, merkle.Leaf(raw))
	}
	return out
}

func TestRoot_published(t *testing.T) {
	t.Parallel()
	var r merkle.Range
	all := leaves(t)
	for n, want := range roots {
		if got := r.Root(); hex.EncodeToString(got[:]) != want {
			t.Errorf("root of %d leaves: %x, want %s", n, got, want)
		}
		if n < len(all) {
			r.Append(all[n])
		}
	}
}

// The paths of RFC 6962, 2.1.3, for a tree of seven leaves.
func TestProof_published(t *testing.T) {
	t.Parallel()
	d := leaves(t)[:7]
	g, h := merkle.Inner(d[0], d[1]), merkle.Inner(d[2], d[3])
	i := merkle.Inner(d[4], d[5])
	k := merkle.Inner(g, h)
	l := merkle.Inner(i, d[6])
	for index, want := range map[uint64][]merkle.Hash{0: {d[1], h, l}, 3: {d[2], g, l}, 4: {d[5], d[6], k}, 6: {i, k}} {
		got := prove(t, d, index)
		if len(got) != len(want) {
			t.Fatalf("leaf %d: %d hashes", index, len(got))
		}
		for n := range want {
			if got[n] != want[n] {
				t.Errorf("leaf %d, hash %d: %x", index, n, got[n])
			}
		}
	}
}

type fatal interface{ Fatal(...any) }

func prove(t fatal, all []merkle.Hash, index uint64) []merkle.Hash {
	p, err := merkle.NewProver(uint64(len(all)), index)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		p.Append(l)
	}
	proof, err := p.Proof()
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// whole computes a root as RFC 9162 defines it.
func whole(all []merkle.Hash) merkle.Hash {
	switch len(all) {
	case 0:
		return merkle.Empty()
	case 1:
		return all[0]
	}
	k := 1
	for 2*k < len(all) {
		k *= 2
	}
	return merkle.Inner(whole(all[:k]), whole(all[k:]))
}

// TestProof_holdsForOneLeafOnly: every proof holds for its leaf, place, size and
// root, and for no other.
func TestProof_holdsForOneLeafOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(rt, "leaves")
		all := make([]merkle.Hash, n)
		var r merkle.Range
		for i := range all {
			all[i] = merkle.Leaf([]byte{byte(i), byte(i >> 8)})
			if i == n/2 {
				again, err := merkle.Open(r.Size(), r.Bytes())
				if err != nil {
					rt.Fatal(err)
				}
				r = again
			}
			r.Append(all[i])
		}
		root := r.Root()
		if root != whole(all) {
			rt.Fatal("the tree that grew has another root than the definition")
		}
		i := rapid.IntRange(0, n-1).Draw(rt, "index")
		proof := prove(rt, all, uint64(i))
		size, at := uint64(n), uint64(i)
		if !merkle.Verify(all[i], at, size, proof, root) {
			rt.Fatal("the proof does not hold")
		}
		other := all[i]
		other[rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 1
		bad := map[string]bool{
			"another leaf":  merkle.Verify(other, at, size, proof, root),
			"another root":  merkle.Verify(all[i], at, size, proof, other),
			"beyond":        merkle.Verify(all[i], size, size, proof, root),
			"longer":        merkle.Verify(all[i], at, size, append(proof[:len(proof):len(proof)], other), root),
			"shorter":       len(proof) > 0 && merkle.Verify(all[i], at, size, proof[:len(proof)-1], root),
			"another place": n > 1 && merkle.Verify(all[i], (at+1)%size, size, proof, root),
		}
		for what, held := range bad {
			if held {
				rt.Fatalf("a proof holds with %s", what)
			}
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	if _, err := merkle.NewProver(3, 3); err == nil {
		t.Error("a leaf beyond the end was looked for")
	}
	p, err := merkle.NewProver(3, 1)
	if err != nil {
		t.Fatal(err)
	}
	p.Append(merkle.Leaf(nil))
	if _, err := p.Proof(); err == nil {
		t.Error("a proof was made from a part of the leaves")
	}
	if _, err := merkle.Open(3, make([]byte, 32)); err == nil {
		t.Error("kept hashes of another size were taken")
	}
}

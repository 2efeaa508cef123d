package seal_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/seal"
)

// A weight says which of two loads is worse, and nothing under another key.
func TestWorse(t *testing.T) {
	t.Parallel()
	seen := map[bool]int{}
	rapid.Check(t, func(rt *rapid.T) {
		key := seal.Key(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "key"))
		number := rapid.OneOf(rapid.Uint64Range(0, 3), rapid.Uint64())
		old := seal.Load{Same: []byte(rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "same")), Most: rapid.SliceOfN(number, 0, 3).Draw(rt, "most")}
		now := seal.Load{Same: []byte(rapid.SampledFrom([]string{"a", "a", "a", "b"}).Draw(rt, "same now")), Most: append([]uint64(nil), old.Most...)}
		for i := range now.Most {
			if rapid.Bool().Draw(rt, "moves") {
				now.Most[i] = number.Draw(rt, "now")
			}
		}
		want := !bytes.Equal(old.Same, now.Same)
		for i := range now.Most {
			want = want || now.Most[i] > old.Most[i]
		}
		weight := seal.Weigh(key, old)
		if got := seal.Worse(key, weight, now); got != want {
			rt.Fatalf("%v after %v: worse %v, want %v", now, old, got, want)
		}
		seen[want]++
		if seal.Worse(key, weight, old) {
			rt.Fatal("the same load is worse")
		}
		key[0]++
		if !seal.Worse(key, weight, old) || bytes.Equal(weight, seal.Weigh(key, old)) {
			rt.Fatal("control: a weight can be compared under another key")
		}
	})
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("only one answer was met: %v", seen)
	}
}

func TestWorse_incomparable(t *testing.T) {
	t.Parallel()
	var key seal.Key
	load := seal.Load{Same: []byte("a"), Most: []uint64{5}}
	for name, weight := range map[string][]byte{"none": nil, "cut": seal.Weigh(key, load)[:16], "longer": append(seal.Weigh(key, load), make([]byte, 16)...)} {
		if !seal.Worse(key, weight, load) {
			t.Errorf("%s: is comparable", name)
		}
	}
	if !(seal.Load{}).IsZero() || load.IsZero() {
		t.Error("a load is not told from none")
	}
}

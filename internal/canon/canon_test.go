package canon_test

import (
	"bytes"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/canon"
)

func TestFields_oneContentOneByteString(t *testing.T) {
	t.Parallel()
	fields := rapid.MapOf(rapid.StringN(1, 6, -1), rapid.StringN(0, 6, -1))
	rapid.Check(t, func(t *rapid.T) {
		a, b := fields.Draw(t, "a"), fields.Draw(t, "b")
		empty := func(_, v string) bool { return v == "" }
		maps.DeleteFunc(a, empty)
		maps.DeleteFunc(b, empty)
		if same := bytes.Equal(canon.Fields(a), canon.Fields(b)); same != maps.Equal(a, b) {
			t.Fatalf("bytes equal: %v, contents %q and %q", same, a, b)
		}
		withEmpty := maps.Clone(a)
		withEmpty["an empty one"] = ""
		if !bytes.Equal(canon.Fields(withEmpty), canon.Fields(a)) {
			t.Fatal("an empty field changed the bytes")
		}
	})
}

func TestParts_keepTheirBorders(t *testing.T) {
	t.Parallel()
	if bytes.Equal(canon.Parts([]byte("ab"), []byte("c")), canon.Parts([]byte("a"), []byte("bc"))) {
		t.Error("two lists gave the same bytes")
	}
}

package ref_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/ref"
)

func TestID_printsAndReads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var id ref.Record
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		s := id.String()
		for _, typed := range []string{s, strings.ToLower(s), strings.ReplaceAll(s, "-", ""), " " + strings.ReplaceAll(s, "0", "O") + " ", strings.ReplaceAll(s, "1", "l")} {
			back, err := ref.Parse[ref.Record](typed)
			if err != nil || back != id {
				t.Fatalf("%q read as %v, %v; want %v", typed, back, err, id)
			}
		}
		if _, err := ref.Parse[ref.Notice](s); err == nil {
			t.Fatalf("a record's number was taken for a notice's")
		}
	})
}

func TestParse_noticesOneWrongCharacter(t *testing.T) {
	t.Parallel()
	id, err := ref.Mint[ref.Record](rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := id.String()
	for i := 2; i < len(s); i++ {
		for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			if s[i] == '-' || byte(c) == s[i] {
				continue
			}
			wrong := s[:i] + string(c) + s[i+1:]
			if _, err := ref.Parse[ref.Record](wrong); err == nil {
				t.Errorf("%s was accepted for %s", wrong, s)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("R-00000000000000000000000000-0")
	f.Add("R-7ZZZZZZZZZZZZZZZZZZZZZZZZZ-1")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ref.Parse[ref.Record](s)
		if err != nil {
			return
		}
		if back, err := ref.Parse[ref.Record](id.String()); err != nil || back != id {
			t.Errorf("%q gave %v, which does not read back", s, id)
		}
	})
}

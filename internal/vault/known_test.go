package vault

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// hexed is bytes written as hex in testdata/vectors.json, which
// testdata/vectors.py computes with other code.
type hexed []byte

func (h *hexed) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

type markVector struct{ Seed, Body, Datum, Mark hexed }

type vectors struct {
	Keys []struct {
		Seed, Record, Node, Key hexed
		Leaf                    uint32
		Version                 int32
	}
	SeedMarks  []struct{ Seed, Mark hexed } `json:"seed_marks"`
	Tokens     []struct{ Key, ID, Token hexed }
	Pseudonyms []markVector
	SourceRefs []markVector `json:"source_refs"`
}

func known(t *testing.T) (v vectors) {
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Keys) < 20 || len(v.SeedMarks) < 2 || len(v.Tokens) < 4 || len(v.Pseudonyms) < 6 || len(v.SourceRefs) < 6 {
		t.Fatal("vectors are missing")
	}
	return v
}

func TestKnownAnswers_keys(t *testing.T) {
	t.Parallel()
	for _, c := range known(t).Keys {
		tr := newTree([32]byte(c.Seed))
		node, there := tr.derive(c.Leaf)
		if !there || string(node[:]) != string(c.Node) {
			t.Errorf("leaf %d: node %x, want %x", c.Leaf, node, c.Node)
		}
		got := leafKey(&node, &Place{Record: [16]byte(c.Record), Version: c.Version})
		if string(got[:]) != string(c.Key) {
			t.Errorf("leaf %d, version %d: another key than the known one", c.Leaf, c.Version)
		}
	}
}

func TestKnownAnswers_seedMarks(t *testing.T) {
	t.Parallel()
	for _, c := range known(t).SeedMarks {
		seed := [32]byte(c.Seed)
		if got := seedMark(&seed); got != SeedMark(binary.BigEndian.Uint64(c.Mark)) {
			t.Errorf("mark %x, want %x", got, c.Mark)
		}
	}
}

func TestKnownAnswers_tokens(t *testing.T) {
	t.Parallel()
	for i, c := range known(t).Tokens {
		var got [Size]byte
		key := [32]byte(c.Key)
		tokens(&key, [][]byte{c.ID}, func(int) *[Size]byte { return &got })
		if string(got[:]) != string(c.Token) {
			t.Errorf("token %d: %x, want %x", i, got, c.Token)
		}
	}
}

func TestKnownAnswers_marks(t *testing.T) {
	t.Parallel()
	v := known(t)
	for domain, list := range map[string][]markVector{domainPseudonym: v.Pseudonyms, domainSourceRef: v.SourceRefs} {
		for i, c := range list {
			seed := [32]byte(c.Seed)
			got, err := new(Vault).macs(&seed, domain, [16]byte(c.Body), [][]byte{c.Datum})
			if err != nil || string(got[0][:]) != string(c.Mark) {
				t.Errorf("%s %d: %x, %v, want %x", domain, i, got, err, c.Mark)
			}
		}
	}
}

// The short forms that the hot path uses are the general ones.
func TestShortForms_areTheGeneralOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		data := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "data")
		m := hmac.New(sha256.New, key[:])
		m.Write(data)
		if got := shortMAC(&key, data); string(got[:]) != string(m.Sum(nil)) {
			t.Fatalf("shortMAC(%x, %x) is not HMAC", key, data)
		}
		p := Place{Record: [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "record")), Version: rapid.Int32().Draw(t, "version")}
		v := uint32(p.Version)
		info := domainKey + string(p.Record[:]) + string([]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		want, err := hkdf.Key(sha256.New, key[:], nil, info, 32)
		if got := leafKey(&key, &p); err != nil || string(got[:]) != string(want) {
			t.Fatalf("leafKey is not HKDF (%v)", err)
		}
	})
}

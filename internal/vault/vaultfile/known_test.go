package vaultfile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// The frames of ../testdata/vectors.json are computed by ../testdata/vectors.py
// with other code.
func TestKnownAnswers_frames(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var known struct {
		Frames []struct {
			Header, Key, Nonce, Plain, Frame string
			Index                            uint64
		}
	}
	if err := json.Unmarshal(b, &known); err != nil || len(known.Frames) != 2 {
		t.Fatalf("%d frames, %v", len(known.Frames), err)
	}
	raw := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	c, err := newChain(raw(known.Frames[0].Header), [32]byte(raw(known.Frames[0].Key)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range known.Frames {
		got, err := c.seal(raw(f.Plain), bytes.NewReader(raw(f.Nonce)))
		if err != nil || !bytes.Equal(got, raw(f.Frame)) || c.index != f.Index {
			t.Errorf("frame %d is %x, %v, want %s", f.Index, got, err, f.Frame)
		}
		c.moved(got)
	}
}

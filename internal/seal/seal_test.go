package seal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/seal"
	"recourse/internal/when"
)

func draw(t *rapid.T) (seal.Key, seal.Subject, seal.Slot) {
	var k seal.Key
	var s seal.Subject
	copy(k[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
	copy(s.Person[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "person"))
	copy(s.Record[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "record"))
	s.Version = rapid.Int32Range(0, 1<<30).Draw(t, "version")
	p := seal.Slot{Epoch: seal.NewEpoch(seal.Record, when.Date(rapid.Int32Range(0, 60000).Draw(t, "end"))), Leaf: seal.Leaf(rapid.Int64Range(0, 1<<31).Draw(t, "leaf"))}
	return k, s, p
}

func TestBox_opensOnlyForItsOwnSubject(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k, s, p := draw(t)
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		b, err := seal.Close(k, s, p, [12]byte{1}, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := seal.Open(k, s, b); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %x, %v", got, err)
		}
		other := map[string]func(*seal.Key, *seal.Subject, *seal.Box){
			"key":     func(k *seal.Key, _ *seal.Subject, _ *seal.Box) { k[0] ^= 1 },
			"person":  func(_ *seal.Key, s *seal.Subject, _ *seal.Box) { s.Person[3] ^= 1 },
			"record":  func(_ *seal.Key, s *seal.Subject, _ *seal.Box) { s.Record[3] ^= 1 },
			"version": func(_ *seal.Key, s *seal.Subject, _ *seal.Box) { s.Version++ },
			"epoch":   func(_ *seal.Key, _ *seal.Subject, b *seal.Box) { b.Epoch++ },
			"nonce":   func(_ *seal.Key, _ *seal.Subject, b *seal.Box) { b.Nonce[5] ^= 1 },
			"bytes":   func(_ *seal.Key, _ *seal.Subject, b *seal.Box) { b.Data = append([]byte{b.Data[0] ^ 1}, b.Data[1:]...) },
		}
		for what, change := range other {
			k, s, b := k, s, b
			change(&k, &s, &b)
			if _, err := seal.Open(k, s, b); !errors.Is(err, seal.ErrOpen) {
				t.Fatalf("opened with another %s: %v", what, err)
			}
		}
	})
}

func TestEpoch_roundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := seal.Class(rapid.Uint16Range(1, 1<<15-1).Draw(t, "class"))
		d := when.Date(rapid.Int32().Draw(t, "end"))
		if e := seal.NewEpoch(c, d); e.Class() != c || e.End() != d {
			t.Fatalf("%d %s became %d %s", c, d, e.Class(), e.End())
		}
	})
}

func TestKey_doesNotPrint(t *testing.T) {
	t.Parallel()
	k := seal.Key{0xAB, 0xCD}
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s", k, k, k, k)} {
		if bytes.Contains([]byte(s), []byte("171")) || bytes.Contains([]byte(s), []byte("ab")) {
			t.Errorf("a key printed itself: %s", s)
		}
	}
}

// The vectors were computed with Python's hmac and cryptography modules, which
// share no code with this package.
func TestKnownAnswers(t *testing.T) {
	t.Parallel()
	var k seal.Key
	for i := range k {
		k[i] = byte(i)
	}
	s := seal.Subject{Version: 7}
	for i := range 16 {
		s.Person[i], s.Record[i] = byte(0xA0+i), byte(0xB0+i)
	}
	end, _ := when.Parse("2031-11-22")
	p := seal.Slot{Epoch: seal.NewEpoch(seal.Record, end), Leaf: 42}
	b, err := seal.Close(k, s, p, [12]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, []byte("synthetic content"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := hex.EncodeToString(b.Data), knownBox; got != want {
		t.Errorf("box = %s, want %s", got, want)
	}
	fp, err := seal.Fingerprint(k, []byte("synthetic content"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := hex.EncodeToString(fp[:]), knownFingerprint; got != want {
		t.Errorf("fingerprint = %s, want %s", got, want)
	}
}

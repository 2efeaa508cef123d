package proof_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"recourse/internal/merkle"
	"recourse/internal/proof"
)

var at = time.Date(2026, 11, 23, 4, 5, 6, 789000, time.UTC)

// chance is the same bytes in every run.
type chance struct{ n uint64 }

func (c *chance) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, c.n))
		p[i] = sum[0]
	}
	return len(p), nil
}

// madeLog is a small log in memory.
type madeLog struct {
	entries [][]byte
	signer  note.Signer
	seen    note.Signer
	trust   proof.Trust
}

type tester interface {
	Helper()
	Fatal(...any)
}

func newLog(t tester, r io.Reader) *madeLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(r, "registry.example/log")
	if err != nil {
		t.Fatal(err)
	}
	l := &madeLog{}
	if l.signer, err = note.NewSigner(skey); err != nil {
		t.Fatal(err)
	}
	wkey, wv, err := note.GenerateKey(r, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	w, err := cosign.NewSignerForCosignatureV1(wkey)
	if err != nil {
		t.Fatal(err)
	}
	l.seen = w
	if wv, err = cosign.VKeyToCosignatureV1(wv); err != nil {
		t.Fatal(err)
	}
	policy := "witness w1 " + wv + " https://witness.example/\nquorum w1\n"
	if l.trust, err = proof.NewTrust(vkey, []byte(policy)); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *madeLog) add(entry []byte) uint64 {
	l.entries = append(l.entries, entry)
	return uint64(len(l.entries) - 1)
}

func (l *madeLog) checkpoint(size int) proof.Checkpoint {
	var r merkle.Range
	for _, e := range l.entries[:size] {
		r.Append(proof.EntryHash(e))
	}
	return proof.Checkpoint{Origin: "registry.example/log", Size: uint64(size), Root: r.Root(), Extensions: []string{"pack cn-hubei/1 sha256:00", "binary sha256:01"}}
}

func (l *madeLog) sign(t tester, c proof.Checkpoint, by ...note.Signer) []byte {
	t.Helper()
	out, err := note.Sign(&note.Note{Text: c.Text()}, by...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// read gives the tiles of the whole log.
func (l *madeLog) read(tile proof.Tile) ([]byte, error) {
	if tile.Level == proof.Bundles {
		var out []byte
		for _, e := range l.entries[int(tile.N)*proof.TileWidth:][:tile.Width] {
			out = proof.AppendEntry(out, e)
		}
		return out, nil
	}
	span := 1
	for range tile.Level {
		span *= proof.TileWidth
	}
	var out []byte
	for i := range tile.Width {
		var r merkle.Range
		first := (int(tile.N)*proof.TileWidth + i) * span
		for _, e := range l.entries[first : first+span] {
			r.Append(proof.EntryHash(e))
		}
		h := r.Root()
		out = append(out, h[:]...)
	}
	return out, nil
}

func (l *madeLog) receipt(t tester, index uint64, o proof.Opening, c proof.Checkpoint, signed []byte) string {
	t.Helper()
	way, err := proof.Include(c, index, proof.Read(l.read).All)
	if err != nil {
		t.Fatal(err)
	}
	return proof.Receipt{Index: index, Path: way, Checkpoint: signed, Opening: o}.Text()
}

func fixed(b byte) (out [16]byte) {
	for i := range out {
		out[i] = b + byte(i)
	}
	return out
}

// sealedEvent is an opening of an event about a stream.
func sealedEvent(n int, stream [16]byte) proof.Opening {
	id := sha256.Sum256(fmt.Append(nil, n))
	nonce := proof.NewNonce(sha256.Sum256(fmt.Append(nil, "leaf", n)), [16]byte(id[:16]))
	e := proof.Event{ID: [16]byte(id[:16]), Stream: proof.StreamMark(nonce, stream), Kind: "inquiry.answered", At: at, Facts: map[string]string{"outcome": "1"}}
	return proof.Opening{Event: e.Bytes(), Nonce: &nonce, Stream: &stream}
}

func TestReceipt_holdsAndEachChangeIsFound(t *testing.T) {
	t.Parallel()
	l := newLog(t, &chance{})
	var openings []proof.Opening
	for i := range 300 {
		openings = append(openings, sealedEvent(i, fixed(1)))
		l.add(openings[i].Entry())
	}
	c := l.checkpoint(300)
	signed := l.sign(t, c, l.signer, l.seen)
	text := l.receipt(t, 257, openings[257], c, signed)
	got, err := l.trust.CheckReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	if got.Index != 257 || !got.Sealed || got.Event.Kind != "inquiry.answered" || got.Event.Facts["outcome"] != "1" || !got.Event.At.Equal(at) || len(got.Seen.Witnesses) != 1 || got.Seen.Extensions[1] != "binary sha256:01" {
		t.Errorf("%+v", got)
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		for _, change := range []func(string) string{func(s string) string { return s + "A" }, func(s string) string { return s[:len(s)/2] }} {
			bad := append([]string{}, lines...)
			if bad[i] = change(lines[i]); bad[i] == lines[i] {
				continue
			}
			if _, err := l.trust.CheckReceipt(strings.Join(bad, "\n")); err == nil {
				t.Errorf("holds with line %d as %q", i, bad[i])
			}
		}
	}
	other := openings[257]
	wrong := fixed(9)
	other.Stream = &wrong
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"another stream":      {l.receipt(t, 257, other, c, signed), proof.ErrStream},
		"another place":       {l.receipt(t, 256, openings[257], c, signed), proof.ErrInclusion},
		"another event":       {l.receipt(t, 257, openings[256], c, signed), proof.ErrInclusion},
		"no witness":          {l.receipt(t, 257, openings[257], c, l.sign(t, c, l.signer)), proof.ErrWitness},
		"not the log":         {l.receipt(t, 257, openings[257], c, l.sign(t, c, l.seen)), proof.ErrSignature},
		"another log's":       {l.receipt(t, 257, openings[257], c, newLog(t, &chance{99}).sign(t, c, newLog(t, &chance{99}).signer)), proof.ErrSignature},
		"extension exchanged": {strings.Replace(text, "sha256:01", "sha256:02", 1), proof.ErrSignature},
		"nothing":             {"", proof.ErrForm},
	} {
		if _, err := l.trust.CheckReceipt(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestEntry_tellsNothing: the entry of one event under two nonces has nothing in
// common, and no stream or id shows.
func TestEntry_tellsNothing(t *testing.T) {
	t.Parallel()
	a, b := sealedEvent(1, fixed(1)), sealedEvent(1, fixed(1))
	n := proof.NewNonce([32]byte{1}, [16]byte{})
	b.Nonce = &n
	if bytes.Equal(a.Entry(), b.Entry()) || bytes.Contains(a.Entry(), a.Event[:8]) || bytes.Contains(a.Event, a.Stream[:]) {
		t.Error("an entry or event shows more than it should")
	}
	if _, open, err := proof.ReadEntry(a.Entry()); open || err != nil {
		t.Errorf("a sealed entry reads as public: %v", err)
	}
}

func TestConsistency(t *testing.T) {
	t.Parallel()
	l := newLog(t, &chance{})
	for i := range 700 {
		l.add(sealedEvent(i, fixed(1)).Entry())
	}
	older, newer := l.checkpoint(270), l.checkpoint(700)
	way, err := proof.Extend(newer, 270, l.read)
	if err != nil {
		t.Fatal(err)
	}
	forked := older
	forked.Root[0] ^= 1
	for name, c := range map[string]struct {
		older, newer proof.Checkpoint
		want         error
	}{
		"grown": {older, newer, nil}, "same": {newer, newer, nil}, "back": {newer, older, proof.ErrRollback},
		"forked": {forked, newer, proof.ErrFork}, "two of one size": {older, forked, proof.ErrFork},
	} {
		if err := proof.CheckConsistency(c.older, c.newer, way); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRebuild: every bit of every tile and bundle counts.
func TestRebuild(t *testing.T) {
	t.Parallel()
	l := newLog(t, &chance{})
	for i := range 600 {
		l.add(sealedEvent(i, fixed(1)).Entry())
	}
	c := l.checkpoint(600)
	if got, err := proof.Rebuild(c, l.read, nil); err != nil || got.Entries != 600 {
		t.Fatal(got, err)
	}
	for _, bad := range []proof.Tile{{Level: proof.Bundles, N: 1, Width: 256}, {Level: 0, N: 0, Width: 256}, {Level: 0, N: 2, Width: 88}, {Level: 1, N: 0, Width: 2}} {
		_, err := proof.Rebuild(c, func(tile proof.Tile) ([]byte, error) {
			raw, err := l.read(tile)
			if tile == bad {
				raw[len(raw)-1] ^= 1
			}
			return raw, err
		}, nil)
		if !errors.Is(err, proof.ErrTile) {
			t.Errorf("%s altered: %v", bad.Path(), err)
		}
	}
}

func TestTile_paths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]proof.Tile{
		"tile/0/x001/x234/067":     {Level: 0, N: 1234067, Width: 256},
		"tile/entries/000.p/255":   {Level: proof.Bundles, N: 0, Width: 255},
		"tile/3/x004/001.p/1":      {Level: 3, N: 4001, Width: 1},
		"tile/entries/x001/000":    {Level: proof.Bundles, N: 1000, Width: 256},
		"tile/0/1":                 {},
		"tile/0/000.p/256":         {},
		"tile/0/000.p/0":           {},
		"tile/64/000":              {},
		"tile/00/000":              {},
		"tile/0/x000/001":          {},
		"tile/entries/../x000/001": {},
		"":                         {},
	} {
		got, ok := proof.ParseTile(path)
		if ok != (want.Width > 0) || ok && got != want {
			t.Errorf("%q: %+v %v", path, got, ok)
		}
		lib, err := tlog.ParseTilePath(strings.Replace(path, "tile/", "tile/8/", 1))
		if ok && got.Level >= 0 && (err != nil || lib.L != got.Level || uint64(lib.N) != got.N || lib.W != got.Width) {
			t.Errorf("%q: the library reads %+v, %v", path, lib, err)
		}
	}
}

func TestSeen_fresh(t *testing.T) {
	t.Parallel()
	s := proof.Seen{Witnesses: []proof.Witnessed{{Name: "w", At: at}}}
	if s.Fresh(at) != nil || !errors.Is(s.Fresh(at.Add(time.Second)), proof.ErrStale) {
		t.Error("an old view is not told apart")
	}
}

func FuzzReceipt(f *testing.F) {
	l := newLog(f, &chance{})
	o := sealedEvent(1, fixed(1))
	l.add(o.Entry())
	c := l.checkpoint(1)
	f.Add(l.receipt(f, 0, o, c, l.sign(f, c, l.signer, l.seen)))
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := proof.ParseReceipt(text); err == nil && r.Text() != text {
			t.Error("two texts of one receipt")
		}
		_, _ = l.trust.CheckReceipt(text)
	})
}

package ledgerpg_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"recourse/internal/ledger"
	"recourse/internal/proof"
	"recourse/internal/seal"
)

// TestWitness_answers: each answer of C2SP tlog-witness, by a witness that is a
// process of its own and remembers through a restart.
func TestWitness_answers(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	p := h.pressIn(t, filepath.Join(t.TempDir(), "log"), "")
	h.looks(t, 300)
	p.press.Sequencer.Most = 1000
	small := p.run(t)
	h.looks(t, 400)
	large := p.run(t)
	a, _ := proof.ParseCheckpoint(small.Note)
	b, _ := proof.ParseCheckpoint(large.Note)
	way, err := proof.Extend(b, a.Size, func(tile proof.Tile) ([]byte, error) { return h.log.Read(t.Context(), tile) })
	if err != nil {
		t.Fatal(err)
	}
	sign := func(c proof.Checkpoint) []byte {
		signed, err := p.press.Sign(c.Text())
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	forked, elsewhere := b, b
	forked.Root[3] ^= 1
	elsewhere.Origin = "elsewhere.example/log"
	skey, _, err := note.GenerateKey(fixedChance(99), origin)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	unsigned, err := note.Sign(&note.Note{Text: b.Text()}, stranger)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "w1")
	_, url := witness(t, dir, keyOf(t))
	add := func(old uint64, way []proof.Hash, signed []byte) string {
		return ledger.Addition{Old: old, Way: way, Checkpoint: signed}.Text()
	}
	for _, c := range []struct {
		name, body string
		status     int
		answer     string // how it begins
	}{
		{"not the format", "new 0\n\n" + string(small.Note), 400, ""},
		{"no checkpoint", "old 0\n\nnothing", 400, ""},
		{"too many hashes", add(0, make([]proof.Hash, 64), small.Note), 400, ""},
		{"old size above the checkpoint's", add(999, nil, small.Note), 400, ""},
		{"unknown log", add(0, nil, sign(elsewhere)), 404, ""},
		{"not the log's key", add(0, nil, unsigned), 403, ""},
		{"an old size that was never signed", add(5, nil, small.Note), 409, "0\n"},
		{"a proof from nothing", add(0, way, small.Note), 422, ""},
		{"first", add(0, nil, small.Note), 200, "— witness.example/w1 "},
		{"the same again", add(300, nil, small.Note), 200, "— witness.example/w1 "},
		{"from nothing again", add(0, nil, large.Note), 409, "300\n"},
		{"without a proof", add(300, nil, large.Note), 422, ""},
		{"a proof of something else", add(300, way, sign(forked)), 422, ""},
		{"grown", add(300, way, large.Note), 200, "— witness.example/w1 "},
		{"back", add(300, nil, small.Note), 409, "700\n"},
		{"another root of the same size", add(700, nil, sign(forked)), 409, "E-WITNESS-ROOT"},
		{"grown again", add(700, nil, large.Note), 200, "— witness.example/w1 "},
	} {
		resp, err := http.Post(url+"/add-checkpoint", "text/plain", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.HasPrefix(string(body), c.answer) {
			t.Errorf("%s: %d %q, want %d %q", c.name, resp.StatusCode, body, c.status, c.answer)
		}
		if is := resp.Header.Get("Content-Type"); (is == "text/x.tlog.size") != strings.HasSuffix(c.answer, "\n") {
			t.Errorf("%s: content type %q", c.name, is)
		}
	}
	resp, err := http.Get(url + "/add-checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a GET is answered with %d", resp.StatusCode)
	}
}

// ended gives no opening for some entries: their leaves are punctured.
type ended struct {
	ledger.Nonces
	gone map[[16]byte]bool
}

func (e ended) Openings(ctx context.Context, held []seal.Held) ([]seal.Opening, error) {
	out, err := e.Nonces.Openings(ctx, held)
	for i, h := range held {
		if e.gone[h.Subject.Record] {
			out[i] = seal.Opening{Gone: true}
		}
	}
	return out, err
}

// TestLog_afterErasure: once what opens an entry is gone there is no receipt for it,
// the log and all other receipts hold as before, and one that was kept still does.
func TestLog_afterErasure(t *testing.T) {
	t.Parallel()
	p := filled(t, "")
	rows, err := p.log.Next(t.Context(), ledger.Place{}, 40)
	if err != nil {
		t.Fatal(err)
	}
	receipts := &ledger.Receipts{Rows: p.log, Board: p.log, Nonces: p.keys, Read: p.log.ReadAll}
	var kept []string
	gone := map[[16]byte]bool{}
	for i, r := range rows.Rows {
		got, err := receipts.Of(t.Context(), ledger.Key{Stream: r.Stream, Event: r.Event}, true)
		if err != nil {
			t.Fatal(err)
		}
		if kept = append(kept, got.Text); i%2 == 0 {
			gone[r.Event] = true
		}
	}
	receipts.Nonces = ended{p.keys, gone}
	for i, r := range rows.Rows {
		_, err := receipts.Of(t.Context(), ledger.Key{Stream: r.Stream, Event: r.Event}, true)
		if want := gone[r.Event]; (err != nil) != want {
			t.Errorf("row %d: %v", i, err)
		}
		if _, err := p.press.Trust.CheckReceipt(kept[i]); err != nil {
			t.Errorf("kept receipt %d: %v", i, err)
		}
	}
	a := &ledger.Auditor{Books: p.log, Nonces: receipts.Nonces}
	done, err := a.Audit(t.Context(), func(f ledger.Finding) { t.Errorf("%+v", f) })
	if err != nil || done.Erased != uint64(len(gone)) || done.Entries != 700 {
		t.Errorf("%+v %v", done, err)
	}
	if err := p.again(t); err != nil {
		t.Error(err)
	}
}

// TestLog_tellsNobody: who has the whole public log and the keys of all persons, which
// nobody outside has, finds none of them in it; nor equal entries.
func TestLog_tellsNobody(t *testing.T) {
	t.Parallel()
	p := filled(t, "")
	var whole []byte
	seen := map[string]bool{}
	_, err := proof.Rebuild(mustCheckpoint(t, p), func(tile proof.Tile) ([]byte, error) { return p.log.Read(t.Context(), tile) }, func(_ uint64, entry []byte) error {
		if len(entry) != 33 || entry[0] != 1 || seen[string(entry)] {
			t.Errorf("entry %x shows what it is or is there twice", entry)
		}
		seen[string(entry)] = true
		whole = append(whole, entry[1:]...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := p.log.Next(t.Context(), ledger.Place{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	linked := 0
	for _, r := range rows.Rows {
		bare := proof.Event{ID: r.Event, Stream: r.Stream, Kind: r.Kind, At: r.At, Facts: r.Facts}
		guess := proof.SealedEntry(proof.Nonce{}, bare.Bytes())
		hash := proof.EntryHash(bare.Bytes())
		for _, needle := range []string{string(r.Stream[:]), string(r.Event[:]), string(guess[1:]), string(hash[:])} {
			if strings.Contains(string(whole), needle) {
				linked++
			}
		}
	}
	if linked != 0 || len(whole) != 700*32 {
		t.Errorf("%d of %d rows are linked", linked, len(rows.Rows))
	}
}

func mustCheckpoint(t testing.TB, p pressed) proof.Checkpoint {
	t.Helper()
	c, err := proof.ParseCheckpoint(mustPublished(t, p).Note)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

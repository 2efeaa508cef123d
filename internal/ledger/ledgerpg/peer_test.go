package ledgerpg_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"

	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerhttp"
	ours "recourse/internal/proof"
	"recourse/internal/test/npm"
)

// TestPeer_readsOurTiles: the client of another log (Tessera), which shares no line with
// ours, reads the log over HTTP and agrees on roots, entries, inclusion and growth. The
// control is a tile with one bit turned.
func TestPeer_readsOurTiles(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	p := h.pressIn(t, filepath.Join(t.TempDir(), "log"), "")
	p.press.Sequencer.Most = 2000
	h.looks(t, 300)
	older := p.run(t)
	h.looks(t, 1200)
	newer := p.run(t)
	server, _ := h.served(t)
	at, err := url.Parse(server.URL + "/log/")
	if err != nil {
		t.Fatal(err)
	}
	peer, err := client.NewHTTPFetcher(at, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	seen, raw, _, err := client.FetchCheckpoint(t.Context(), peer.ReadCheckpoint, p.press.Trust.Log, origin)
	if err != nil || !bytes.Equal(raw, newer.Note) || seen.Size != 1500 {
		t.Fatalf("%+v %v", seen, err)
	}
	build, err := client.NewProofBuilder(t.Context(), seen.Size, peer.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	before, err := ours.ParseCheckpoint(older.Note)
	if err != nil {
		t.Fatal(err)
	}
	way, err := build.ConsistencyProof(t.Context(), before.Size, seen.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, before.Size, seen.Size, way, before.Root[:], seen.Hash); err != nil {
		t.Error(err)
	}
	var last []byte // leaf
	for _, i := range []uint64{0, 1, 255, 256, 299, 300, 1279, 1280, 1499} {
		bundle, err := client.GetEntryBundle(t.Context(), peer.ReadEntryBundle, i/256, seen.Size)
		if err != nil {
			t.Fatal(err)
		}
		last = rfc6962.DefaultHasher.HashLeaf(bundle.Entries[i%256])
		in, err := build.InclusionProof(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, i, seen.Size, last, in, seen.Hash); err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	h.tear(t)
	torn, err := client.NewProofBuilder(t.Context(), seen.Size, peer.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	in, err := torn.InclusionProof(t.Context(), seen.Size-1)
	if err != nil {
		t.Fatal(err)
	}
	if proof.VerifyInclusion(rfc6962.DefaultHasher, seen.Size-1, seen.Size, last, in, seen.Hash) == nil {
		t.Error("control: a torn tile holds")
	}
}

// TestPeer_inAnotherLanguage: a library of npm takes every entry, tile and receipt and
// finds the same roots, and that the log grew from what it was. The controls: a torn
// tile, the receipt of another entry, a checkpoint of another history.
func TestPeer_inAnotherLanguage(t *testing.T) {
	t.Parallel()
	h := openLog(t)
	p := h.pressIn(t, filepath.Join(t.TempDir(), "log"), "")
	var given peerInput
	for _, n := range []int{1, 255, 44, 300} {
		h.write(t, n)
		given.Older = append(given.Older, string(p.run(t).Note))
	}
	server, receipts := h.served(t)
	entered, err := h.log.Entered(t.Context(), 0, 600)
	if err != nil || len(entered) != 600 {
		t.Fatalf("%d entries: %v", len(entered), err)
	}
	for _, i := range []int{0, 1, 255, 256, 299, 300, 511, 512, 598, 599} {
		r, err := receipts.Of(t.Context(), ledger.Key{Stream: entered[i].Stream, Event: entered[i].Event}, true)
		if err != nil {
			t.Fatal(err)
		}
		given.Receipts = append(given.Receipts, r.Text)
	}
	h.write(t, 100)
	p.run(t)

	if got, err := given.check(t, server.URL); err != nil || got != "agrees: 700 entries, 4 tiles, 10 receipts, grown from 1, 256, 300, 600\n" {
		t.Errorf("%q %v", got, err)
	}
	other := peerInput{Receipts: []string{strings.Replace(given.Receipts[2], "index 255", "index 254", 1)}}
	if _, err := other.check(t, server.URL); err == nil || !strings.Contains(err.Error(), "the receipt of entry 254") {
		t.Errorf("control, another entry: %v", err)
	}
	forked := peerInput{Older: []string{strings.Replace(given.Older[2], "\n300\n", "\n299\n", 1)}}
	if _, err := forked.check(t, server.URL); err == nil || !strings.Contains(err.Error(), "grown from its first 299 entries") {
		t.Errorf("control, another history: %v", err)
	}
	h.tear(t)
	if _, err := given.check(t, server.URL); err == nil || !strings.Contains(err.Error(), "hash 0 of tile/1/000.p/2") {
		t.Errorf("control, a torn tile: %v", err)
	}
}

// peerInput is what tools/npm/merkle.mjs reads.
type peerInput struct {
	Receipts []string `json:"receipts"`
	Older    []string `json:"older"`
}

func (in peerInput) check(t *testing.T, url string) (string, error) {
	t.Helper()
	raw, err := json.Marshal(peerInput{append([]string{}, in.Receipts...), append([]string{}, in.Older...)})
	if err != nil {
		t.Fatal(err)
	}
	return npm.Run(t.Context(), string(raw), "merkle.mjs", url+"/log/")
}

// served serves the log as the registry does.
func (h logHouse) served(t *testing.T) (*httptest.Server, *ledger.Receipts) {
	t.Helper()
	receipts := &ledger.Receipts{Rows: h.log, Board: h.log, Nonces: h.keys, Read: h.log.ReadAll}
	server := httptest.NewServer(ledgerhttp.Handler(ledgerhttp.Config{Board: h.log, Read: h.log.Read,
		Labels: (&ledger.Labels{Shelves: h.log, Receipts: receipts}).Text, Key: "none"}))
	t.Cleanup(server.Close)
	return server, receipts
}

// tear turns a bit of the tile that holds the roots of the others.
func (h logHouse) tear(t *testing.T) {
	t.Helper()
	h.super(t, "update ledger.tile set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where level = 1")
}

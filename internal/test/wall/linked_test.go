package wall_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"recourse/internal/canon"
	"recourse/internal/inquiry"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/proof"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// listed is how many persons the attacker has a list of.
const listed = 100_000

// suspect is one line of the attacker's list.
type suspect struct{ number, name string }

// secrets are what somebody could make nonces, keys and streams of persons from who has
// no secret: the number and the name, plain and hashed.
func (s suspect) secrets() [][32]byte {
	return [][32]byte{sha256.Sum256([]byte(s.number)), sha256.Sum256([]byte(s.number + s.name)), sha256.Sum256([]byte(s.number + "|" + s.name)), sha256.Sum256([]byte(s.name))}
}

// list is every person of the office among others that nobody is.
func (o *office) list() []suspect {
	out := make([]suspect, 0, listed)
	for _, p := range o.people {
		out = append(out, suspect{p.identity.Number, p.identity.Name})
	}
	for i := len(out); i < listed; i++ {
		out = append(out, suspect{fmt.Sprintf("99999919%08d%02d", i, i%97), fmt.Sprint("示例", i)})
	}
	return out
}

// linked counts the entries that an attacker links to a line of the list. They hold the
// whole public log, and know of each of some rows all that the body that asked knows,
// own facts included: all but who it is about. For every line they try whatever can be
// made from it as the opening and as the stream.
func linked(list []suspect, entries [][]byte, rows []ledger.Row) (found int) {
	public := bytes.Join(entries, nil)
	is := map[string]bool{}
	for _, e := range entries {
		is[string(e)] = true
	}
	for _, s := range list {
		if bytes.Contains(public, []byte(s.number)) || bytes.Contains(public, []byte(s.name)) {
			found++
		}
	}
	windows := map[[16]byte]bool{}
	for i := 0; i+16 <= len(public); i++ {
		windows[[16]byte(public[i:])] = true
	}
	for _, s := range list {
		for _, secret := range s.secrets() {
			if windows[[16]byte(secret[:16])] {
				found++
			}
			for _, row := range rows {
				row.Stream = [16]byte(secret[:16])
				if entry, err := ledger.EntryOf(row, seal.Opening{Key: secret}); err == nil && is[string(entry)] {
					found++
				}
			}
		}
	}
	return found
}

// public is everything that the log shows of its entries and of the labels of a day.
func (o *office) public(t *testing.T, log *ledgerpg.Log, size uint64) [][]byte {
	t.Helper()
	var entries [][]byte
	for n := uint64(0); n*proof.TileWidth < size; n++ {
		width := int(min(proof.TileWidth, size-n*proof.TileWidth))
		raw, err := log.Read(t.Context(), proof.Tile{Level: proof.Bundles, N: n, Width: width})
		if err != nil {
			t.Fatal(err)
		}
		some, err := proof.SplitBundle(raw, width)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, some...)
	}
	return entries
}

// TestLog_linksNobody: with the whole public log, the labels of a day, and the numbers and
// names of 100,000 persons among whom are all that the log is about, no entry is linked
// to anybody. The control is the same log with openings and streams made from the
// numbers: what the attacker knows the rest of is linked.
func TestLog_linksNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 12)
	asks, clerk := o.asking(o.App), o.market(t)
	for i, p := range o.people {
		r := inquiry.Request{Key: fmt.Sprint("linked-", i), Purpose: statutory, Basis: inquiry.Statute, Case: fmt.Sprintf("FL2026-0002%02d", i), Reason: "sample", Person: p.identity}
		if _, err := asks.Ask(t.Context(), clerk, r, o.Now()); err != nil {
			t.Fatal(err)
		}
	}
	receipts, _ := o.publish(t)
	log := receipts.Rows.(*ledgerpg.Log)
	labeller := &ledger.Labeller{Days: log, Keys: o.keys}
	if done, err := labeller.Step(t.Context(), o.Now().Add(24*time.Hour)); err != nil || !done {
		t.Fatalf("the day is not labelled: %v", err)
	}
	w, err := log.Next(t.Context(), ledger.Place{}, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	known, who := o.looks(w.Rows)
	if len(known) != len(o.people) {
		t.Fatalf("%d looks for %d persons", len(known), len(o.people))
	}
	known, who = known[:1], who[:1] // it is tried with every line of the list
	published, err := log.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entries := append(o.public(t, log, published.Size), o.labels(t, log)...)
	list := o.list()
	if n := linked(list, entries, known); n != 0 {
		t.Errorf("%d links to persons", n)
	}
	for i, e := range entries {
		for _, later := range entries[i+1:] {
			if bytes.Equal(e, later) {
				t.Error("two entries are alike")
			}
		}
	}
	var control [][]byte
	for i, row := range known {
		secret := suspect{who[i].Number, who[i].Name}.secrets()[1]
		row.Stream = [16]byte(secret[:16])
		entry, err := ledger.EntryOf(row, seal.Opening{Key: secret})
		if err != nil {
			t.Fatal(err)
		}
		control = append(control, entry)
	}
	if n := linked(list[:1000], control, known); n != len(known) {
		t.Errorf("control: %d of %d entries without a secret are linked", n, len(known))
	}
	if n := linked(list[:1000], [][]byte{canon.Fields(map[string]string{"about": list[0].number})}, nil); n != 1 {
		t.Errorf("control: a number in the clear is linked %d times", n)
	}
}

// looks are the rows of looks, and whom each is about.
func (o *office) looks(rows []ledger.Row) (looks []ledger.Row, who []party.Identity) {
	for _, r := range rows {
		for _, p := range o.people {
			if r.Kind == "inquiry.answered" && r.Stream == p.id {
				looks, who = append(looks, r), append(who, p.identity)
			}
		}
	}
	return looks, who
}

// labels are those of the first day that is labelled.
func (o *office) labels(t *testing.T, log *ledgerpg.Log) (out [][]byte) {
	t.Helper()
	days, err := log.Days(t.Context())
	if err != nil || len(days) != 1 {
		t.Fatalf("%d days, %v", len(days), err)
	}
	for n := range 1 << days[0].Bits {
		b, err := log.Bucket(t.Context(), days[0], n)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range b.Labels {
			out = append(out, l[:])
		}
	}
	if day := when.In(o.Now(), time.UTC); days[0].Day.Day > day || len(out) == 0 {
		t.Errorf("%d labels of %s", len(out), days[0].Day.Day)
	}
	return out
}

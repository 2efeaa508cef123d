package wall_test

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"

	"recourse/internal/inquiry"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/proof"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// publish takes everything into the log and returns who makes receipts of it, and who
// trusts it.
func (o *office) publish(t *testing.T) (*ledger.Receipts, proof.Trust) {
	t.Helper()
	log := ledgerpg.NewLog(o.Keeper)
	s := &ledger.Sequencer{Journal: log, Nonces: o.keys, Ends: func(now time.Time) when.Date { return when.In(now, time.UTC).AddDays(30) }}
	for more := true; more; {
		var err error
		if _, more, err = s.Step(t.Context(), o.Now()); err != nil {
			t.Fatal(err)
		}
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	secret, public, err := note.GenerateKey(rand.Reader, "registry.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := proof.NewTrust(public, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: "registry.example/log", Size: head.Size, Root: head.Root}.Text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Publish(t.Context(), ledger.Published{Size: head.Size, Note: signed, At: o.Now()}); err != nil {
		t.Fatal(err)
	}
	return &ledger.Receipts{Rows: log, Board: log, Nonces: o.keys, Read: log.ReadAll}, trust
}

// told is what the receipt of an answer tells the body that asked, without number,
// instant, place and what is random; and how long what opens it is.
type told struct {
	Kind     string
	Facts    map[string]string
	Stream   bool
	Own      bool
	Length   int
	Unopened error
}

// receiptOf is what the receipt of an answer tells.
func receiptOf(t *testing.T, of *ledger.Receipts, trust proof.Trust, body ref.Body, a inquiry.Answer) told {
	t.Helper()
	key, err := stubs.Read(body, a.Stub, a.At)
	if err != nil {
		t.Fatal(err)
	}
	r, err := of.Of(t.Context(), key, false)
	if err != nil {
		return told{Unopened: err}
	}
	p, err := trust.CheckReceipt(r.Text)
	if err != nil {
		t.Fatal(err)
	}
	if p.Event.ID != a.Inquiry || !p.Event.At.Equal(a.At) {
		t.Errorf("the receipt is of %x at %s, the answer of %x at %s", p.Event.ID, p.Event.At, a.Inquiry, a.At)
	}
	parsed, err := proof.ParseReceipt(r.Text)
	if err != nil {
		t.Fatal(err)
	}
	return told{Kind: p.Event.Kind, Facts: p.Event.Facts, Stream: p.Stream != nil, Own: parsed.Opening.Own != nil, Length: len(parsed.Opening.Bytes())}
}

// TestReceipts_areAlike: the receipts that askers get of the causes of one outcome tell
// the same, and neither whose file it was nor what was shown. The control is the receipt
// of another outcome, and that of the person, which shows what was shown.
func TestReceipts_areAlike(t *testing.T) {
	t.Parallel()
	for outcome, causes := range map[inquiry.Outcome][]cause{inquiry.NothingToShow: nothing, inquiry.NotAnswered: notAnswered} {
		t.Run(outcome.String(), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, len(causes)+1)
			var answers []inquiry.Answer
			for i, c := range append(causes[:len(causes):len(causes)], cause{}) {
				_, answer := c.tell(t, o, o.people[i], i)
				answers = append(answers, answer)
			}
			receipts, trust := o.publish(t)
			market := o.market(t).Body.ID
			var first told
			for i, c := range causes {
				body := o.bank.Body.ID
				if c.ask != nil {
					body = market
				}
				got := receiptOf(t, receipts, trust, body, answers[i])
				if got.Facts["body"] != hex.EncodeToString(body[:]) || got.Stream || got.Own {
					t.Errorf("%s: %+v", c.name, got)
				}
				if c.ask != nil {
					continue // another body and purpose; TestReceipts_ofRepeats compares them
				}
				if first.Kind == "" {
					first = got
				}
				if diff := cmp.Diff(first, got); diff != "" {
					t.Errorf("%s: the receipt tells %s", c.name, diff)
				}
			}
			last := len(causes)
			control := receiptOf(t, receipts, trust, o.bank.Body.ID, answers[last])
			if control.Facts["outcome"] != "1" || first.Facts["outcome"] != fmt.Sprint(int(outcome)) {
				t.Errorf("control: %+v beside %+v", control, first)
			}
			if own := o.own(t, receipts, trust, answers[last]); len(own["records"]) != 32 || len(own["sealed"]) != 64 || own["row"] == "" {
				t.Errorf("control, the receipt of the person: %v", own)
			}
		})
	}
}

// own are the facts that the receipt of the person has of the look that was answered.
func (o *office) own(t *testing.T, of *ledger.Receipts, trust proof.Trust, a inquiry.Answer) map[string]string {
	t.Helper()
	key, err := stubs.Read(o.bank.Body.ID, a.Stub, a.At)
	if err != nil {
		t.Fatal(err)
	}
	r, err := of.Of(t.Context(), key, true)
	if err != nil {
		t.Fatal(err)
	}
	p, err := trust.CheckReceipt(r.Text)
	if err != nil || p.Stream == nil || *p.Stream != key.Stream {
		t.Fatal(err)
	}
	return p.Event.Facts
}

// market is a clerk of a body that asks under a statute.
func (o *office) market(t *testing.T) party.Clerk {
	t.Helper()
	clerk, err := o.party.AddClerk(t.Context(), "hubei-market", "sample-receipts", o.Today().AddYears(1), o.Now())
	if err != nil {
		t.Fatal(err)
	}
	return clerk
}

// TestReceipts_ofRepeats: asked a second time with the same key about somebody who has a
// file and about nobody, the receipts are alike: a repeat does not tell that there was a
// first, and so a file.
func TestReceipts_ofRepeats(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	asks, clerk := o.asking(o.App), o.market(t)
	var answers []inquiry.Answer
	for i, who := range []party.Identity{o.people[0].identity, madeUp(t, 950, o)} {
		r := inquiry.Request{Key: fmt.Sprint("repeat-", i), Purpose: statutory, Basis: inquiry.Statute, Case: fmt.Sprintf("FL2026-00010%d", i), Reason: "sample", Person: who}
		for range 2 {
			a, err := asks.Ask(t.Context(), clerk, r, o.Now())
			if err != nil || a.Outcome != inquiry.NothingToShow {
				t.Fatalf("%v %v", a.Outcome, err)
			}
			answers = append(answers, a)
		}
	}
	if n := housetest.Ask[int](t, o.Fixture, "select count(*)::int from inquiry.access where replay_of is not null"); n != 1 {
		t.Errorf("control: %d rows are repeats", n)
	}
	receipts, trust := o.publish(t)
	for i, a := range answers {
		if diff := cmp.Diff(receiptOf(t, receipts, trust, clerk.Body.ID, answers[0]), receiptOf(t, receipts, trust, clerk.Body.ID, a)); diff != "" {
			t.Errorf("%d: %s", i, diff)
		}
		if _, err := stubs.Read(o.bank.Body.ID, a.Stub, a.At); err == nil {
			t.Error("another body reads the stub")
		}
	}
}

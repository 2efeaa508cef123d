package changes_test

import (
	"context"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

// TestRecipients: those who were given a record within the time are found with the
// numbers that they know, and nobody else is: not who asked before, not who was shown
// nothing, not the person, not who worked on a contest.
func TestRecipients(t *testing.T) {
	t.Parallel()
	h := open(t)
	early := h.asks(t, "hubei-tax")
	h.Exec(t, "update inquiry.access set at = at - interval '4 years' where access = $1", early)
	first, second, other := h.asks(t, "sample-bank"), h.asks(t, "sample-bank"), h.asks(t, "hubei-health")
	repeat := housetest.Mint[ref.Inquiry](t)
	h.Exec(t, `insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, replay_of) select person, $1, at, body, purpose, basis, pack, outcome, records, access
		from inquiry.access where access = $2`, repeat, other)
	for _, not := range []string{"outcome = 3", "basis = 'case'", "basis = 'self'", "records = '{}', outcome = 2"} {
		h.Exec(t, "update inquiry.access set "+not+" where access = $1", h.asks(t, "hubei-pbc"))
	}
	key := dossier.Key{Person: h.person, Record: h.record}
	got, err := inquirypg.NewTraces(h.Keeper).Recipients(t.Context(), []dossier.Key{key, {Person: h.person, Record: ref.Record{9}}}, h.Now().AddDate(-3, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	bank := []ref.Inquiry{first, second}
	slices.SortFunc(bank, ref.Inquiry.Compare)
	want := []inquiry.Recipient{{Key: key, Body: h.Bodies["sample-bank"].ID, Inquiries: bank}, {Key: key, Body: h.Bodies["hubei-health"].ID, Inquiries: []ref.Inquiry{other}}}
	byBody := func(a, b inquiry.Recipient) int { return a.Body.Compare(b.Body) }
	slices.SortFunc(got, byBody)
	slices.SortFunc(want, byBody)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestRecipients_waitsForAnswersUnderWay: an answer that was begun before the change, and
// may show what was, is among them when the list returns. The control without the gate
// misses it.
func TestRecipients_waitsForAnswersUnderWay(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.asks(t, "sample-bank")
	tx, err := h.App.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	// An answer to another body under way: it has the gate, and its row is not committed.
	if _, err := tx.Exec(t.Context(), "select 1 from party.gate where person = $1 for share", h.person); err != nil {
		t.Fatal(err)
	}
	late := housetest.Mint[ref.Inquiry](t)
	under := func(sql string) (n int) {
		t.Helper()
		if err := h.Keeper.QueryRow(t.Context(), sql, h.person, h.record).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const plain = "select count(*) from inquiry.access where person = $1 and $2 = any (records)"
	done := make(chan []inquiry.Recipient, 1)
	go func() {
		got, err := inquirypg.NewTraces(h.Keeper).Recipients(t.Context(), []dossier.Key{{Person: h.person, Record: h.record}}, h.Now().AddDate(-3, 0, 0))
		if err != nil {
			t.Error(err)
		}
		done <- got
	}()
	waiting := func() bool {
		return housetest.Ask[bool](t, h.Fixture, "select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%party.gate%')")
	}
	for deadline := time.Now().Add(time.Minute); !waiting(); {
		if time.Now().After(deadline) {
			t.Fatal("the list did not wait for the gate")
		}
	}
	if n := under(plain); n != 1 {
		t.Fatalf("%d answers are there before the other commits", n) // the control: without the gate the list would be this
	}
	h.Exec(t, `insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records) select person, $1, at, $3, purpose, basis, pack, outcome, records from inquiry.access where access = $2`,
		late, id, h.Bodies["hubei-tax"].ID)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-done; len(got) != 2 {
		t.Errorf("%d bodies, want 2: %v", len(got), got)
	}
}

// TestInbox: a body reads what it was told, once however often it was told, page by
// page; it acknowledges once; what is another's is not there.
func TestInbox(t *testing.T) {
	t.Parallel()
	h := open(t)
	mine, theirs := h.change(t, "sample-bank"), h.change(t, "hubei-tax")
	h.tell(t, mine, theirs)
	h.tell(t, mine, theirs) // as after a worker that died
	list := h.list(t, "sample-bank", true)
	if len(list) != 1 || list[0].ID != mine.ID || !list[0].NextAt.IsZero() {
		t.Fatalf("%+v", list)
	}
	note, err := h.inbox.Note(t.Context(), list[0])
	if err != nil {
		t.Fatal(err)
	}
	name, err := h.keys.Pseudonym(t.Context(), h.Bodies["sample-bank"].ID, h.person)
	want := notice.Note{Change: mine.ID.String(), Became: "withdrawn", Inquiries: []string{mine.Inquiries[0].String()}, Subject: hex.EncodeToString(name[:]), Type: "market-penalty",
		Source: "hubei-market", Start: h.Today().String(), At: mine.At.Format(time.RFC3339Nano)}
	if diff := cmp.Diff(want, note); diff != "" || err != nil {
		t.Error(diff, err)
	}
	clerk := housetest.Mint[ref.Clerk](t)
	for _, by := range []ref.Clerk{clerk, housetest.Mint[ref.Clerk](t)} {
		got, err := h.inbox.Acknowledge(t.Context(), h.Bodies["sample-bank"].ID, mine.ID, by, h.Now())
		if err != nil || got.AckedBy != clerk {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := h.inbox.Acknowledge(t.Context(), h.Bodies["sample-bank"].ID, theirs.ID, clerk, h.Now()); code(err) != "E-CHANGE" {
		t.Errorf("another body's change was acknowledged: %v", err)
	}
	if n := len(h.list(t, "sample-bank", true)) + 10*len(h.list(t, "sample-bank", false)) + 100*len(h.list(t, "hubei-tax", true)); n != 110 {
		t.Errorf("open, all and the other's: %d", n)
	}
	for kind, want := range map[string]int{"notice.recipients-told": 1, "notice.change-acknowledged": 1} {
		if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where stream = $1 and kind = $2", h.person, kind); n != want {
			t.Errorf("%d events %s, want %d", n, kind, want)
		}
	}
	about, err := h.inbox.Changes.About(t.Context(), h.person, h.record)
	if err != nil || len(about) != 2 {
		t.Errorf("the person sees %d, %v", len(about), err)
	}
}

// TestInbox_pages: every change is on one page, also those of one instant.
func TestInbox_pages(t *testing.T) {
	t.Parallel()
	h := open(t)
	want := map[ref.Change]bool{}
	var all []notice.Change
	at := h.Now()
	for range 25 {
		c := h.change(t, "sample-bank")
		c.At = at
		all, want[c.ID] = append(all, c), true
	}
	h.tell(t, all...)
	var after notice.Cursor
	for page := 0; ; page++ {
		list, next, err := h.inbox.List(t.Context(), notice.Listing{Body: h.Bodies["sample-bank"].ID, Open: true, After: after, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if !want[c.ID] {
				t.Errorf("%s is there twice", c.ID)
			}
			delete(want, c.ID)
		}
		if next == (notice.Cursor{}) {
			break
		}
		if after, err = notice.ParseCursor(next.String()); err != nil || page > 3 {
			t.Fatalf("page %d: %v", page, err)
		}
	}
	if len(want) > 0 {
		t.Errorf("%d are on no page", len(want))
	}
	for _, bad := range []string{"x", "1.", "1.X-1", ".", "99999999999999999999.X"} {
		if _, err := notice.ParseCursor(bad); code(err) != "E-CURSOR" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

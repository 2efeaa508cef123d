package changes_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/ref"
)

// TestReplay_theSameMessage: what is sent again is the same body under the same id, signed
// anew with the same secret; the person's view of it does not change.
func TestReplay_theSameMessage(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := receives(t, ok)
	courier := h.courier(t, to)
	h.inbox.Poster = courier.Poster
	h.hook(t, "sample-bank", to)
	c := h.change(t, "sample-bank")
	bank, clerk := h.Bodies["sample-bank"].ID, ref.Clerk{7}
	h.tell(t, c)
	if err := h.inbox.Replay(t.Context(), bank, c.ID, clerk, h.Now()); code(err) != "E-CHANGE-WAITS" {
		t.Errorf("before it was sent: %v", err)
	}
	h.step(t, courier)
	first, before := append([]byte(nil), to.body...), h.list(t, "sample-bank", true)[0]
	h.Move(t, time.Hour)
	if err := h.inbox.Replay(t.Context(), bank, c.ID, clerk, h.Now()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{c.ID.String(), c.ID.String()}, to.came()); diff != "" || !bytes.Equal(first, to.body) {
		t.Errorf("%s\n%s\n%s", diff, first, to.body)
	}
	if diff := cmp.Diff(before, h.list(t, "sample-bank", true)[0]); diff != "" {
		t.Errorf("sending again changed it: %s", diff)
	}
	var n int
	if err := h.App.QueryRow(t.Context(), "select count(*) from ledger.journal where kind = 'notice.change-replayed' and stream = $1", [16]byte(bank)).Scan(&n); err != nil || n != 1 {
		t.Errorf("the journal has %d, %v", n, err)
	}
	h.step(t, courier)
	if got := len(to.came()); got != 2 {
		t.Errorf("it came %d times", got)
	}
}

// TestReplay_ownAlone: another body's change is not there, and without a webhook nothing
// leaves the house.
func TestReplay_ownAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := receives(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(map[bool]int{true: http.StatusNoContent, false: http.StatusInternalServerError}[n == 1])
	})
	courier := h.courier(t, to)
	h.inbox.Poster = courier.Poster
	c := h.change(t, "sample-bank")
	h.tell(t, c)
	bank, market, clerk := h.Bodies["sample-bank"].ID, h.Bodies["wuhan-market"].ID, ref.Clerk{7}
	if err := h.inbox.Replay(t.Context(), bank, c.ID, clerk, h.Now()); code(err) != "E-HOOK" {
		t.Errorf("without a webhook: %v", err)
	}
	h.hook(t, "sample-bank", to)
	h.hook(t, "wuhan-market", to)
	if err := h.inbox.Replay(t.Context(), market, c.ID, clerk, h.Now()); code(err) != "E-CHANGE" {
		t.Errorf("of another body: %v", err)
	}
	if got := to.came(); len(got) != 0 {
		t.Fatalf("%v came", got)
	}
	if latest, err := h.inbox.Latest(t.Context(), market); err != nil || len(latest) != 0 {
		t.Errorf("another body is shown %v, %v", latest, err)
	}
	if err := h.inbox.Replay(t.Context(), bank, c.ID, clerk, h.Now()); err != nil { // it was told before there was a webhook
		t.Errorf("never sent before: %v", err)
	}
	if err := h.inbox.Replay(t.Context(), bank, c.ID, clerk, h.Now()); code(err) != "E-HOOK-STATUS" {
		t.Errorf("a receiver that fails: %v", err)
	}
	h.step(t, courier)
	if got := len(to.came()); got != 2 {
		t.Errorf("it came %d times: nobody tries it again", got)
	}
}

package furnishapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/furnish/furnishapi"
)

const (
	getTrial         = "GET /api/v1/trials/{id}"
	getTrialFindings = "GET /api/v1/trials/{id}/findings"
)

// TestTry_keepsNothing looks at a file, then at what was said of it, and finds
// nothing kept of it.
func TestTry_keepsNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	in := header
	for n := range 450 {
		in += line(n, "fine,500.00", fmt.Sprintf("%s,500.00", map[bool]string{true: "fine", false: "SYNTHETIC"}[n%3 == 0]))
	}
	got := sent(t, d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty&dry_run=true", "wuhan-market", strings.NewReader(in), with{"Idempotency-Key": "k"}))
	if got.Counts.Rows != 450 || got.Counts.Refused != 300 || !got.DryRun || got.Delivery != "" || got.Trial == "" || got.State != "tried" || got.Form == nil || got.Form.Format != "csv" {
		t.Errorf("%+v", got)
	}
	if len(d.books.deliveries)+len(d.books.records)+len(d.books.persons) > 0 {
		t.Error("a dry run left something")
	}
	at := "/api/v1/trials/" + got.Trial
	again := sent(t, d.do(t, getTrial, at, "wuhan-market", nil))
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("looked at again: %s", diff)
	}
	rows := map[int64]bool{}
	for next := at + "/findings?limit=70"; next != ""; {
		w := d.do(t, getTrialFindings, next, "wuhan-market", nil)
		var page furnishapi.Page
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK || page.Trial != got.Trial {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, f := range page.Findings {
			if rows[f.Row] || strings.Contains(f.Text+f.Fix, "SYNTHETIC") {
				t.Errorf("%+v", f)
			}
			rows[f.Row] = true
		}
		next = page.Next
	}
	if len(rows) != 300 {
		t.Errorf("%d rows in the pages", len(rows))
	}
	// The same file for real, with the same key: a dry run does not use it up.
	if got := sent(t, d.deliver(t, "k", strings.NewReader(in))); got.Counts.New != 150 || got.Delivery == "" {
		t.Errorf("sent: %+v", got.Counts)
	}
}

func TestTrial_ofAnotherBodyIsNotThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	got := sent(t, d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty&dry_run=true", "wuhan-market", strings.NewReader(file(2)), with{"Idempotency-Key": "k"}))
	for pattern, rest := range map[string]string{getTrial: "", getTrialFindings: "/findings"} {
		for name, c := range map[string]struct{ id, body string }{"another body's": {got.Trial, "sample-bank"}, "nobody's": {"T-00000000000000000000000000-0", "wuhan-market"}, "no number": {"x", "wuhan-market"}} {
			if p := problem(t, d.do(t, pattern, "/api/v1/trials/"+c.id+rest, c.body, nil)); p.Status != http.StatusNotFound || p.Code != "E-TRIAL" {
				t.Errorf("%s %s: %+v", pattern, name, p)
			}
		}
	}
	if p := problem(t, d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty&dry_run=perhaps", "wuhan-market", strings.NewReader(file(2)), with{"Idempotency-Key": "k"})); p.Code != "E-FLAG" {
		t.Errorf("%+v", p)
	}
}

// TestTrial_ofACutFile: what cannot be read to its end says what became of the
// rows before, which is nothing where it was only tried.
func TestTrial_ofACutFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cut := file(2) + `"never closed`
	for query, want := range map[string]string{"&dry_run=true": "Nothing was kept.", "": "Rows before that were taken"} {
		p := problem(t, d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty"+query, "wuhan-market", strings.NewReader(cut), with{"Idempotency-Key": "k"}))
		if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Detail, want) || query != "" && strings.Contains(p.Detail, "taken") {
			t.Errorf("%q: %+v", query, p)
		}
	}
}

package furnishapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"recourse/internal/furnish/furnishapi"
)

const getDeliveries = "GET /api/v1/deliveries"

func (d *desk) list(t *testing.T, target, body string) furnishapi.DeliveryList {
	t.Helper()
	w := d.do(t, getDeliveries, target, body, nil)
	var out furnishapi.DeliveryList
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	if next := w.Header().Get("Link"); (next == "") != (out.Next == "") {
		t.Errorf("Link %q beside %q", next, out.Next)
	}
	return out
}

// TestList_ofOnesOwn follows the pages of two bodies, narrowed and not.
func TestList_ofOnesOwn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	want := map[string]bool{}
	for i := range 5 {
		want[sent(t, d.deliver(t, fmt.Sprint(i), strings.NewReader(file(1)))).Delivery] = true
	}
	year := time.Now().AddDate(1, 0, 0).UTC().Format(time.RFC3339)
	for query, n := range map[string]int{"": 5, "&type=market-penalty": 5, "&type=loan-default": 0, "&state=done": 5, "&state=running": 0, "&until=" + year: 5, "&since=" + year: 0} {
		seen := map[string]bool{}
		for at := "/api/v1/deliveries?limit=2" + query; at != ""; {
			page := d.list(t, at, "wuhan-market")
			for _, x := range page.Deliveries {
				if seen[x.Delivery] || !want[x.Delivery] || x.Href != "/api/v1/deliveries/"+x.Delivery || x.Counts.Rows != 1 {
					t.Errorf("%s: %+v", query, x)
				}
				seen[x.Delivery] = true
			}
			at = page.Next
		}
		if len(seen) != n {
			t.Errorf("%q: %d deliveries, want %d", query, len(seen), n)
		}
	}
	if got := d.list(t, "/api/v1/deliveries", "sample-bank"); len(got.Deliveries) != 0 || got.Deliveries == nil {
		t.Errorf("another body sees %+v", got)
	}
}

func TestList_refuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for query, code := range map[string]string{"state=ended": "E-STATE", "since=yesterday": "E-INSTANT", "until=2026-03-10": "E-INSTANT", "before=x": "E-CURSOR",
		"limit=0": "E-NUMBER", "limit=201": "E-NUMBER", "body=x": "E-QUERY"} {
		if p := problem(t, d.do(t, getDeliveries, "/api/v1/deliveries?"+query, "wuhan-market", nil)); p.Status != http.StatusUnprocessableEntity || p.Code != code {
			t.Errorf("%s: %+v", query, p)
		}
	}
}

// TestDelivery_hasATag asks for the state again while nothing changed.
func TestDelivery_hasATag(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at := "/api/v1/deliveries/" + sent(t, d.deliver(t, "k", strings.NewReader(file(1)))).Delivery
	tag := d.do(t, getDelivery, at, "wuhan-market", nil).Header().Get("ETag")
	if w := d.do(t, getDelivery, at, "wuhan-market", nil, with{"If-None-Match": tag}); tag == "" || w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("tag %q: %d", tag, w.Code)
	}
}

// TestDeliver_whateverTheHint sends one file under media types that say
// something else.
func TestDeliver_whateverTheHint(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i, hint := range []string{"", "text/csv", "text/csv; charset=gb18030", "application/jsonl", "application/octet-stream", "application/x-www-form-urlencoded", "nonsense"} {
		h := with{"Idempotency-Key": fmt.Sprint(i)}
		if hint != "" {
			h["Content-Type"] = hint
		}
		got := sent(t, d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty", "wuhan-market", strings.NewReader(file(2)), h))
		if got.Counts.Rows != 2 {
			t.Errorf("%q: %+v", hint, got.Counts)
		}
	}
}

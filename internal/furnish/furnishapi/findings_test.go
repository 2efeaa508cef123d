package furnishapi_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/ref"
)

// holding is a desk with a delivery that has these findings.
func holding(t testing.TB, findings []furnish.Finding) (*desk, string) {
	t.Helper()
	d := newDesk(t)
	clerk, err := d.clerk(t.Context(), apikit.Presented{Token: "wuhan-market"}, d.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	id := ref.Delivery{7}
	d.books.deliveries[id] = furnish.Delivery{ID: id, Body: clerk.Body.ID, Key: "k", Type: "market-penalty", Pack: d.pack.Version, State: furnish.Done, BegunAt: d.Clock.Now(), EndedAt: d.Clock.Now()}
	d.books.findings[id] = findings
	return d, "/api/v1/deliveries/" + id.String()
}

func finding(row int64, text string) furnish.Finding {
	return furnish.Finding{Row: row, Outcome: furnish.Refused, Code: "E-FIELD-DATE", Rule: "form", Field: "decided_on", Text: text, Fix: "Mend it."}
}

// TestFindings_pagesHoldAllRowsWhole walks pages of any length over rows with
// any number of findings: nothing is lost, doubled or torn.
func TestFindings_pagesHoldAllRowsWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var all []furnish.Finding
		row := int64(0)
		for range rapid.IntRange(0, 30).Draw(rt, "rows") {
			row += rapid.Int64Range(1, 5).Draw(rt, "gap")
			for i := range rapid.IntRange(1, 9).Draw(rt, "findings") {
				all = append(all, finding(row, fmt.Sprint(i)))
			}
		}
		limit := rapid.IntRange(1, 12).Draw(rt, "limit")
		d, path := holding(t, all)
		var got []string
		next := fmt.Sprintf("%s/findings?limit=%d", path, limit)
		for pages := 0; next != ""; pages++ {
			if pages > len(all)+1 {
				rt.Fatal("the pages do not end")
			}
			w := d.do(t, getFindings, next, "wuhan-market", nil)
			p := pageOf(t, w.Body.Bytes())
			if len(got) > 0 && len(p.Findings) == 0 {
				rt.Fatal("an empty page")
			}
			for _, f := range p.Findings {
				got = append(got, fmt.Sprint(f.Row, " ", f.Text))
			}
			if last := len(p.Findings) - 1; len(p.Findings) > limit && p.Findings[0].Row != p.Findings[last].Row {
				rt.Fatalf("a page of %d with limit %d", len(p.Findings), limit)
			}
			link := ""
			if p.Next != "" {
				link = "<" + p.Next + `>; rel="next"`
			}
			if w.Header().Get("Link") != link {
				rt.Fatalf("Link is %q, next %q", w.Header().Get("Link"), p.Next)
			}
			next = p.Next
		}
		var want []string
		for _, f := range all {
			want = append(want, fmt.Sprint(f.Row, " ", f.Text))
		}
		if !slices.Equal(want, got) {
			rt.Fatal(cmp.Diff(want, got))
		}
	})
}

func pageOf(t testing.TB, body []byte) furnishapi.Page {
	t.Helper()
	var p furnishapi.Page
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return p
}

func TestDelivery_linksToFurtherFindings(t *testing.T) {
	t.Parallel()
	var all []furnish.Finding
	for i := range int64(furnish.MaxFindings + 50) {
		all = append(all, finding(i+1, "x"))
	}
	d, path := holding(t, all)
	w := d.do(t, getDelivery, path, "wuhan-market", nil)
	got := sent(t, w)
	if len(got.Findings) != furnish.MaxFindings || got.Next != path+"/findings?after=200&limit=200" || !strings.Contains(w.Header().Get("Link"), got.Next) {
		t.Errorf("%d findings, next %q", len(got.Findings), got.Next)
	}
	if rest := pageOf(t, d.do(t, getFindings, got.Next, "wuhan-market", nil).Body.Bytes()); len(rest.Findings) != 50 || rest.Next != "" {
		t.Errorf("%d findings, next %q", len(rest.Findings), rest.Next)
	}
}

func TestFindings_asATable(t *testing.T) {
	t.Parallel()
	bad := finding(1, "=HYPERLINK(\"x\")")
	bad.Field, bad.Fix = "@SUM(1)", "-1, and\nmore"
	d, path := holding(t, []furnish.Finding{bad})
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/csv": "text/csv; charset=utf-8; header=present", "text/*": "text/csv; charset=utf-8; header=present",
		"application/json;q=0.5, text/csv": "text/csv; charset=utf-8; header=present", "text/csv;q=0.1, */*": "application/json", "text/csv;q=0, */*": "application/json",
		"image/png": "", "text/csv;q=0": "", "text/csv;q=x": "", ";": "",
	} {
		h := with{"Accept": accept}
		if accept == "" {
			h = with{}
		}
		w := d.do(t, getFindings, path+"/findings", "wuhan-market", nil, h)
		if want == "" {
			if p := problem(t, w); p.Status != 406 || p.Code != "E-ACCEPT" {
				t.Errorf("%q: %+v", accept, p)
			}
			continue
		}
		if w.Header().Get("Content-Type") != want {
			t.Errorf("%q: %d %s", accept, w.Code, w.Header().Get("Content-Type"))
		}
	}
	w := d.do(t, getFindings, path+"/findings", "wuhan-market", nil, with{"Accept": "text/csv"})
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff")))
	rows, err := in.ReadAll()
	want := [][]string{{"row", "outcome", "field", "code", "rule", "text", "fix"},
		{"1", "refused", "'@SUM(1)", "E-FIELD-DATE", "form", "'=HYPERLINK(\"x\")", "'-1, and\nmore"}}
	if diff := cmp.Diff(want, rows); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestFindings_refuses(t *testing.T) {
	t.Parallel()
	d, path := holding(t, nil)
	for query, field := range map[string]string{
		"?after=x": "after", "?after=-1": "after", "?after=1.5": "after", "?after=99999999999999999999": "after",
		"?limit=0": "limit", "?limit=1001": "limit", "?limit=ten": "limit",
	} {
		if p := problem(t, d.do(t, getFindings, path+"/findings"+query, "wuhan-market", nil)); p.Status != 422 || p.Code != "E-NUMBER" || p.Field != field {
			t.Errorf("%s: %+v", query, p)
		}
	}
	d.books.fail = func(string) error { return errors.New("SYNTHETIC-CAUSE") }
	for _, pattern := range []string{getDelivery, getFindings} {
		target := path
		if pattern == getFindings {
			target += "/findings"
		}
		if p := problem(t, d.do(t, pattern, target, "wuhan-market", nil)); p.Status != 500 || p.Code != "E-INTERNAL" {
			t.Errorf("%s: %+v", pattern, p)
		}
	}
	if w := d.do(t, getFindings, path+"/findings", "", nil); w.Code != 401 {
		t.Errorf("without a token: %d", w.Code)
	}
}

func TestTypes_areThePack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	w := d.do(t, getTypes, "/api/v1/types", "", nil)
	var list furnishapi.TypeList
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Types) != len(d.pack.Types()) || list.Pack != d.pack.Version {
		t.Fatalf("%s: %v", w.Body, err)
	}
	for i, typ := range d.pack.Types() {
		if l := list.Types[i]; l.Code != typ.Code || l.Labels["zh"] == "" || l.Sentence["en"] == "" || l.Negative != typ.Negative {
			t.Errorf("%+v", l)
		}
		w := d.do(t, getType, list.Types[i].Href, "", nil)
		var got furnishapi.TypeItem
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		kept, _ := d.pack.Retention(typ.Retention)
		if cmp.Diff(typ.Columns(), got.Columns) != "" || cmp.Diff(typ.Example, got.Example) != "" || len(got.Fields) != len(typ.Fields) || got.Authority.Names["zh"] == "" ||
			got.Display.Term != kept.Display.Term.String() || got.Retain.Term != kept.Retain.Term.String() || got.DeliverIn.Term == "" || got.LegalBasis.Source == "" {
			t.Errorf("%+v", got)
		}
		for j, f := range typ.Fields {
			g := got.Fields[j]
			if g.Name != f.Name || g.Kind != string(f.Kind) || g.Required != f.Required || g.Secret != f.Secret || len(g.Values) != len(f.Values) || g.Labels["en"] == "" {
				t.Errorf("%s: %+v", typ.Code, g)
			}
		}
		if again := d.do(t, getType, list.Types[i].Href, "", nil, with{"If-None-Match": w.Header().Get("ETag")}); again.Code != 304 {
			t.Errorf("%s asked again: %d", typ.Code, again.Code)
		}
	}
	if p := problem(t, d.do(t, getType, "/api/v1/types/SYNTHETIC", "", nil)); p.Status != 404 || p.Code != "E-NO-TYPE" || strings.Contains(p.Detail, "SYNTHETIC") {
		t.Errorf("%+v", p)
	}
}

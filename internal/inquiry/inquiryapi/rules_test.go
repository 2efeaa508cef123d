package inquiryapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// call sends a request of a clerk and checks that the answer is as the document
// says.
func (d *desk) call(t *testing.T, token, pattern, path, key, body string) *httptest.ResponseRecorder {
	t.Helper()
	method, _, _ := strings.Cut(pattern, " ")
	req := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	req.Header.Set("Authorization", "Bearer rct_"+token)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	if err := d.Conforms(pattern, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("%d %s: %v", w.Code, w.Body, err)
	}
	return w
}

// physician is an inquiry of the health authority about a licence on which life
// depends, in a case.
func physician(number string, serial int) string {
	return fmt.Sprintf(`{"purpose":"physician-registration-change","basis":"statute","case":"PC2026-%06d","person":{"id_type":"cn-id","id_number":%q}}`, serial, number)
}

const healthToken, secondToken = "health", "second"

// TestB2_refer: while something that takes a licence away stands and is not shown,
// whatever it is and for whatever reason, the licence is answered with where to
// ask, in the same bytes.
func TestB2_refer(t *testing.T) {
	t.Parallel()
	person := ref.Person{0: 0xa}
	registered := map[string]string{"licence_number": "示例-1", "issued_by": "hubei-health", "registered_on": "2026-03-10"}
	with := func(decision string, change func(*record)) *desk {
		d := newDesk(t, pack(t))
		d.tokens.add(healthToken, "hubei-health")
		d.wall.put(person, "physician-registration", bodyID("hubei-health"), registered)
		if decision != "" {
			d.wall.put(person, decision, bodyID("wuhan-health"), map[string]string{"licence_number": "示例-1"}, change)
		}
		return d
	}
	tomorrow := func(r *record) { r.effectAt = time.Now().Add(24 * time.Hour) }
	first := ""
	for name, d := range map[string]*desk{
		"a suspension waits for its letter":         with("physician-suspension", func(r *record) { r.noticed = true }),
		"a suspension waits for its time to answer": with("physician-suspension", tomorrow),
		"a suspension is contested":                 with("physician-suspension", func(r *record) { r.disputed = true }),
		"a revocation waits for its letter":         with("physician-revocation", func(r *record) { r.noticed = true }),
		"a revocation is for another purpose":       with("physician-revocation", func(*record) {}),
	} {
		w := d.ask(t, healthToken, "k", physician(personA, 1))
		if got := outcome(t, w); got.Outcome != "ask the issuing authority" || got.Subject != "" || got.UseBefore != "" || len(got.Refer) != 1 ||
			got.Refer[0].Type != "physician-registration" || got.Refer[0].Ask != "hubei-health" || strings.Contains(w.Body.String(), "示例-1") {
			t.Errorf("%s: %s", name, w.Body)
		}
		if first == "" {
			first = all(w)
		}
		if diff := cmp.Diff(first, all(w)); diff != "" {
			t.Errorf("%s is told apart: %s", name, diff)
		}
	}
	for name, c := range map[string]struct {
		d    *desk
		want []string
	}{
		"nothing stands against it":  {with("", nil), []string{"physician-registration"}},
		"the suspension is shown":    {with("physician-suspension", func(*record) {}), []string{"physician-registration", "physician-suspension"}},
		"the suspension has ended":   {with("physician-suspension", func(r *record) { r.sealed.DisplayEnd = when.Of(2026, 3, 11) }), []string{"physician-registration"}},
		"it was withdrawn":           {with("physician-suspension", func(r *record) { r.withdrawn = true }), []string{"physician-registration"}},
		"it is of another licence":   {with("nurse-licence", func(r *record) { r.noticed = true }), []string{"physician-registration"}},
		"it is of somebody else":     {with("physician-suspension", func(r *record) { r.person, r.noticed = ref.Person{0: 0xb}, true }), []string{"physician-registration"}},
		"one is shown, one is not":   {with("physician-suspension", func(*record) {}), []string{"physician-suspension"}},
		"the registration is hidden": {with("physician-suspension", func(*record) {}), []string{"physician-suspension"}},
	} {
		switch name {
		case "one is shown, one is not":
			c.d.wall.put(person, "physician-revocation", bodyID("hubei-health"), nil, func(r *record) { r.noticed = true })
		case "the registration is hidden":
			c.d.wall.records[0].noticed = true
		}
		got := outcome(t, c.d.ask(t, healthToken, "k", physician(personA, 1)))
		var types []string
		for _, r := range got.Records {
			types = append(types, r.Type)
		}
		referred := name == "one is shown, one is not"
		if diff := cmp.Diff(c.want, types); diff != "" || got.Outcome != "records" || (len(got.Refer) == 1) != referred || (got.Statement == inquiry.ReferStatement) != referred {
			t.Errorf("%s: %+v %s", name, got, diff)
		}
	}
}

// TestG3_oneCaseOfOnePerson: one case for fifty persons stops at the second, alike
// for those who have a file and those who have none, and a closed case at the first.
func TestG3_oneCaseOfOnePerson(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	d.wall.put(ref.Person{0: 0xa}, "market-penalty", bodyID("wuhan-market"), map[string]string{"measure": "fine"})
	d.wall.put(ref.Person{0: 0xb}, "market-penalty", bodyID("wuhan-market"), map[string]string{"measure": "fine"})
	if got := outcome(t, d.ask(t, marketToken, "k-0", market(personA))); got.Outcome != "records" {
		t.Fatalf("the first: %+v", got)
	}
	first := ""
	for i, number := range []string{personB, nobody, personA} {
		w := d.ask(t, marketToken, fmt.Sprint("k-", i+1), market(number))
		if outcome(t, w).Outcome != "not answered" {
			t.Errorf("asked again in one case: %s", w.Body)
		}
		if first == "" {
			first = all(w)
		}
		if diff := cmp.Diff(first, all(w)); diff != "" {
			t.Errorf("%s is told apart: %s", number, diff)
		}
	}
	if got := outcome(t, d.ask(t, marketToken, "k-0", market(personA))); got.Outcome != "records" || !got.Replayed {
		t.Errorf("a repeat: %+v", got)
	}
	const closing = "POST /api/v1/cases/closing"
	if w := d.call(t, marketToken, closing, "/cases/closing", "c", `{"purpose":"food-licence-application","case":"FL2026-000124"}`); w.Code != http.StatusOK {
		t.Errorf("closing: %d %s", w.Code, w.Body)
	}
	if got := outcome(t, d.ask(t, marketToken, "k-9", strings.Replace(market(personB), "000123", "000124", 1))); got.Outcome != "not answered" {
		t.Errorf("in a closed case: %+v", got)
	}
	if got := outcome(t, d.ask(t, marketToken, "k-10", strings.Replace(market(personB), "000123", "000125", 1))); got.Outcome != "records" {
		t.Errorf("control, in a case of its own: %+v", got)
	}
	for body, code := range map[string]string{`{"purpose":"food-licence-application","case":"FL-1"}`: "E-CASE", `{"purpose":"loan-application","case":"1"}`: "E-CASE-NONE"} {
		if p := problem(t, d.call(t, marketToken, closing, "/cases/closing", "c", body)); p.Code != code {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

// TestB3_oncePerApplication: a consent is answered on once for each application.
func TestB3_oncePerApplication(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	openFor(ref.Person{0: 0xa})(d)
	d.wall.put(ref.Person{0: 0xa}, "loan-default", bodyID("sample-bank"), fields())
	application := func(n int) string {
		return strings.Replace(loan(personA), `"reason"`, fmt.Sprintf(`"case":"示例申请-%d","reason"`, n), 1)
	}
	for i, c := range []struct{ body, key, want string }{
		{loan(personA), "a", "records"}, {loan(personA), "b", "not answered"}, {loan(personA), "a", "records"},
		{application(1), "c", "records"}, {application(1), "d", "not answered"}, {application(2), "e", "records"},
	} {
		if got := outcome(t, d.ask(t, bankToken, c.key, c.body)); got.Outcome != c.want {
			t.Errorf("%d: %+v", i, got)
		}
	}
}

// TestB3_ceiling: what a body may ask in a day ends, whoever it asks about, and
// says so before anybody is looked up.
func TestB3_ceiling(t *testing.T) {
	t.Parallel()
	p := pack(t, func(s string) string { return strings.Replace(s, "daily_ceiling: 300", "daily_ceiling: 3", 1) })
	d := newDesk(t, p)
	in := func(n int, number string) *httptest.ResponseRecorder {
		return d.ask(t, marketToken, fmt.Sprint("k", n), strings.Replace(market(number), "000123", fmt.Sprintf("%06d", n), 1))
	}
	for n, number := range []string{personA, nobody, personB} {
		outcome(t, in(n, number))
	}
	var got []string
	for n, number := range []string{personA, nobody, personB} {
		w := in(10+n, number)
		if p := problem(t, w); p.Status != http.StatusTooManyRequests || p.Code != "E-CEILING" || p.Rule != "B3" {
			t.Errorf("%+v", p)
		}
		got = append(got, instance.ReplaceAllString(all(w), "…"))
	}
	if len(slices.Compact(got)) != 1 || len(d.wall.rows) != 3 {
		t.Errorf("%d access rows, refusals %q", len(d.wall.rows), got)
	}
	if got := outcome(t, d.ask(t, bankToken, "other", loan(personA))); got.Outcome != "not answered" {
		t.Errorf("control, another body and purpose: %+v", got)
	}
}

// TestG4_second: a sensitive type is answered when somebody else of the body has
// entered the same question; not before, not by who asked, not for another body.
func TestG4_second(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	d.tokens.add(secondToken, "hubei-tax")
	d.wall.put(ref.Person{0: 0xa}, "tax-arrears", bodyID("hubei-tax"), map[string]string{"tax": "iit"})
	question := `{"purpose":"tax-deferral","basis":"statute","case":"TD2026-000001","reason":"示例","person":{"id_type":"cn-id","id_number":"` + personA + `"}}`
	w := d.ask(t, taxToken, "k", question)
	waits := problem(t, w)
	if waits.Status != http.StatusConflict || waits.Code != "E-SECOND" || waits.Rule != "G4" || strings.Contains(w.Body.String(), personA) {
		t.Fatalf("%+v", waits)
	}
	if nobodys := problem(t, d.ask(t, taxToken, "other", strings.Replace(question, personA, nobody, 1))); nobodys.Code != "E-SECOND" {
		t.Errorf("an unknown person: %+v", nobodys)
	}
	var list inquiryapi.WaitingList
	if err := json.Unmarshal(d.call(t, secondToken, "GET /api/v1/inquiries/waiting", "/inquiries/waiting", "", "").Body.Bytes(), &list); err != nil || len(list.Waiting) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	number := list.Waiting[0].Inquiry
	if !strings.Contains(waits.Detail, number) {
		number = list.Waiting[1].Inquiry
	}
	const pattern = "POST /api/v1/inquiries/{number}/confirmation"
	confirm := func(token, number, body string) *httptest.ResponseRecorder {
		return d.call(t, token, pattern, "/inquiries/"+number+"/confirmation", "c", body)
	}
	for name, c := range map[string]struct {
		token, number, body string
		status              int
		code                string
	}{
		"who asked":      {taxToken, number, question, 403, "E-SECOND-SELF"},
		"another body":   {bankToken, number, question, 404, "E-SECOND-NONE"},
		"another person": {secondToken, number, strings.Replace(question, personA, personB, 1), 422, "E-SECOND-DIFFERS"},
		"another case":   {secondToken, number, strings.Replace(question, "000001", "000002", 1), 422, "E-SECOND-DIFFERS"},
		"no such number": {secondToken, ref.Inquiry{1}.String(), question, 404, "E-SECOND-NONE"},
		"no number":      {secondToken, "x", question, 404, "E-SECOND-NONE"},
	} {
		if p := problem(t, confirm(c.token, c.number, c.body)); p.Status != c.status || p.Code != c.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := problem(t, d.ask(t, taxToken, "k", question)); p.Code != "E-SECOND" || len(d.wall.rows) != 0 {
		t.Errorf("answered before it was confirmed: %+v, %d access rows", p, len(d.wall.rows))
	}
	for range 2 {
		if w := confirm(secondToken, number, question); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "records") {
			t.Errorf("confirming: %d %s", w.Code, w.Body)
		}
	}
	if got := outcome(t, d.ask(t, taxToken, "k", question)); got.Outcome != "records" || len(got.Records) != 1 || got.Inquiry != number {
		t.Errorf("confirmed: %+v", got)
	}
	if got := string(d.box.closed[d.wall.rows[0].Trace.Leaf].Plain); !strings.Contains(got, `"second":`) {
		t.Errorf("the trace does not name the second person: %s", got)
	}
	if p := problem(t, d.ask(t, taxToken, "k", strings.Replace(question, personA, personB, 1))); p.Code != "E-SECOND-KEY" {
		t.Errorf("a used key for somebody else: %+v", p)
	}
}

// TestG4_endsByItself: a request that nobody confirms in a day is over, and so is
// one that was confirmed and not asked again.
func TestG4_endsByItself(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	question := `{"purpose":"tax-deferral","basis":"statute","case":"TD2026-000001","person":{"id_type":"cn-id","id_number":"` + personA + `"}}`
	d.ask(t, taxToken, "k", question)
	for id, p := range d.desktop.waiting {
		if got := p.Until.Sub(p.At); got != 24*time.Hour {
			t.Errorf("it ends after %s", got)
		}
		p.Until, p.Second = time.Now(), inquiry.Hand{Clerk: ref.Clerk{1}, StaffNumber: "SAMPLE-2"}
		d.desktop.waiting[id] = p
	}
	if p := problem(t, d.ask(t, taxToken, "k", question)); p.Code != "E-SECOND-OVER" || len(d.wall.rows) != 0 {
		t.Errorf("%+v", p)
	}
}

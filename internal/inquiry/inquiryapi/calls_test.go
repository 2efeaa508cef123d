package inquiryapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

func problem(t *testing.T, w *httptest.ResponseRecorder) apikit.Problem {
	t.Helper()
	var p apikit.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return p
}

// TestToken_isRefusedAlike: missing, wrong, expired and revoked are one answer,
// and none of them reaches the wall.
func TestToken_isRefusedAlike(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	var got []string
	for _, token := range []string{"", "wrong", expiredToken, revokedToken} {
		for _, sent := range []struct{ key, body string }{{"k", loan(personA)}, {"k", loan(nobody)}, {"", loan(personA)}, {"k", "{"}, {"k", `{"purpose":"A"}`}} {
			w := d.ask(t, token, sent.key, sent.body)
			if p := problem(t, w); p.Status != 401 || p.Code != "E-TOKEN" || w.Header().Get("WWW-Authenticate") == "" || w.Header().Get("Signature") != "" {
				t.Errorf("token %q, key %q, body %s: %+v", token, sent.key, sent.body, p)
			}
			got = append(got, instance.ReplaceAllString(all(w), "…"))
		}
	}
	d.register.err = errors.New("the vault is away")
	if p := problem(t, d.ask(t, revokedToken, "k", loan(personA))); p.Code != "E-TOKEN" {
		t.Errorf("what is away is told to a revoked token: %+v", p)
	}
	d.register.err = nil
	if got = slices.Compact(got); len(got) != 1 {
		t.Errorf("tokens are told apart: %q", got)
	}
	if p := problem(t, d.ask(t, untrainedToken, "k", loan(personA))); p.Status != 403 || p.Code != "E-TRAINING" {
		t.Errorf("without training: %+v", p)
	}
	if len(d.wall.rows) != 0 {
		t.Errorf("%d access rows", len(d.wall.rows))
	}
}

// TestForm_isRefusedAndNothingRepeated sends what breaks a rule of form. No answer
// may hold a marker, the number or the name.
func TestForm_isRefusedAndNothingRepeated(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	change := func(old, replacement string) string { return strings.Replace(loan(personA), old, replacement, 1) }
	for name, c := range map[string]struct {
		body        string
		status      int
		code, field string
	}{
		"check digit":      {change(personA, "999999195802030079"), 422, "E-ID-CHECK", "person.id_number"},
		"letters":          {change(personA, "SYNTHETIC"), 422, "E-ID-SPREADSHEET", "person.id_number"},
		"no number":        {change(personA, ""), 422, "E-ID-MISSING", "person.id_number"},
		"kind of number":   {change("cn-id", "SYNTHETIC"), 422, "E-ID-TYPE", "person.id_type"},
		"name":             {change(`"cn-id",`, `"cn-id","name":"SYNTHETIC*",`), 422, "E-NAME-MASKED", "person.name"},
		"nobody":           {`{"purpose":"loan-application","basis":"consent"}`, 422, "E-ID-TYPE", "person.id_type"},
		"purpose":          {change("loan-application", "SYNTHETIC 用途"), 422, "E-PURPOSE-FORM", "purpose"},
		"no purpose":       {change("loan-application", ""), 422, "E-PURPOSE-FORM", "purpose"},
		"long purpose":     {change("loan-application", strings.Repeat("a", 61)), 422, "E-PURPOSE-FORM", "purpose"},
		"basis":            {change(`"consent"`, `"SYNTHETIC"`), 422, "E-BASIS", "basis"},
		"self":             {change(`"consent"`, `"self"`), 422, "E-BASIS", "basis"},
		"long application": {change(`"basis"`, `"case":"SYNTHETIC`+strings.Repeat("示", 50)+`","basis"`), 422, "E-CASE", "case"},
		"long reason":      {change("示例", strings.Repeat("示", 501)), 422, "E-LENGTH", "reason"},
		"null":             {change(`"示例"`, `null`), 422, "E-FIELD", ""},
		"number as one":    {change(`"`+personA+`"`, personA), 422, "E-FIELD", "person.id_number"},
		"unknown field":    {change(`"basis"`, `"SYNTHETIC":1,"basis"`), 422, "E-FIELD-UNKNOWN", ""},
		"doubled field":    {change(`"basis"`, `"basis":"statute","basis"`), 400, "E-JSON", ""},
		"cut":              {loan(personA)[:40], 400, "E-JSON", ""},
		"huge":             {change("示例", strings.Repeat("示", 30000)), 413, "E-TOO-LARGE", ""},
	} {
		w := d.ask(t, bankToken, "k", c.body)
		if p := problem(t, w); p.Status != c.status || p.Code != c.code || p.Field != c.field {
			t.Errorf("%s: %+v", name, p)
		}
		for _, s := range []string{"SYNTHETIC", personA, "999999", "示例"} {
			if strings.Contains(w.Body.String(), s) {
				t.Errorf("%s: the answer repeats %s: %s", name, s, w.Body)
			}
		}
	}
	w := d.ask(t, bankToken, "k", `{"purpose":"A","basis":"consent","person":{"id_type":"x","id_number":"","name":"1"}}`)
	var fields []string
	for _, e := range problem(t, w).Errors {
		fields = append(fields, e.Field)
	}
	if diff := cmp.Diff([]string{"purpose", "person.id_type", "person.name"}, fields); diff != "" {
		t.Errorf("all that is wrong at once: %s", diff)
	}
	if len(d.wall.rows) != 0 {
		t.Errorf("%d access rows", len(d.wall.rows))
	}
	if strings.Contains(d.log.String(), "SYNTHETIC") || strings.Contains(d.log.String(), "999999") {
		t.Errorf("the log: %s", d.log)
	}
}

// TestFault_ofThePorts: what cannot be reached is 503, and a failure whose row
// may have been written gives no record away.
func TestFault_ofThePorts(t *testing.T) {
	t.Parallel()
	away := fault.New(fault.Unavailable, "E-TEST-AWAY", "It cannot be reached. Nothing was lost.").Because(errors.New("SYNTHETIC-CAUSE"))
	for name, c := range map[string]struct {
		prepare func(*desk)
		want    int
		rows    int
	}{
		"wall, not applied":     {func(d *desk) { d.wall.fail = func(applied bool) error { return onlyIf(!applied, away) } }, 503, 0},
		"wall, applied":         {func(d *desk) { d.wall.fail = func(applied bool) error { return onlyIf(applied, away) } }, 503, 1},
		"wall, unknown":         {func(d *desk) { d.wall.fail = func(bool) error { return errors.New("SYNTHETIC-CAUSE") } }, 500, 0},
		"finder":                {func(d *desk) { d.register.err = away }, 503, 0},
		"vault, closing":        {func(d *desk) { d.box.down = away }, 503, 0},
		"tokens":                {func(d *desk) { d.tokens.err = away }, 503, 0},
		"another's box":         {func(d *desk) { d.wall.records[0].sealed.Version = 2 }, 500, 1},
		"a source nobody knows": {func(d *desk) { d.wall.records[0].sealed.Source = ref.Body{1} }, 500, 1},
		"too many": {func(d *desk) {
			d.wall.fail = func(bool) error {
				return fault.New(fault.TooMany, "E-TEST-MANY", "The day's ceiling was reached.").By("B3")
			}
		}, 429, 0},
		"refused": {func(d *desk) {
			d.wall.fail = func(bool) error { return fault.New(fault.Refused, "E-TEST-RULE", "A rule forbids it.").By("G3") }
		}, 403, 0},
	} {
		d := newDesk(t, pack(t))
		d.wall.put(ref.Person{0: 0xa}, "market-penalty", bodyID("wuhan-market"), map[string]string{"measure": "SYNTHETIC-RECORD"})
		c.prepare(d)
		w := d.ask(t, marketToken, "k", market(personA))
		if p := problem(t, w); p.Status != c.want || len(d.wall.rows) != c.rows {
			t.Errorf("%s: %+v, %d rows", name, p, len(d.wall.rows))
		}
		if strings.Contains(w.Body.String(), "SYNTHETIC") {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func onlyIf(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

func TestPurposes_areThePack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	w := d.get(t, "/api/v1/purposes", "")
	var list inquiryapi.PurposeList
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != 200 || list.Pack != d.pack.Version {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if err := d.Conforms("GET /api/v1/purposes", w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Error(err)
	}
	for i, u := range d.pack.Purposes() {
		got := list.Purposes[i]
		sees := map[string][]string{}
		for _, s := range got.Sees {
			sees[s.Type] = s.Fields
			if (s.LegalBasis != nil) != (u.Basis == "statute") {
				t.Errorf("%s: %s rests on %v", u.Code, s.Type, s.LegalBasis)
			}
		}
		var bodies []string
		for _, b := range got.Bodies {
			bodies = append(bodies, b.Code)
			if b.Names["zh"] == "" || b.Names["en"] == "" {
				t.Errorf("%s: %s has no name in one of the languages", u.Code, b.Code)
			}
		}
		if got.Code != u.Code || cmp.Diff(u.Types(), sees) != "" || cmp.Diff(u.Bodies, bodies) != "" || got.Labels["zh"] == "" || got.Sentence["en"] == "" ||
			got.Basis != string(u.Basis) || got.CaseFormat != u.CaseFormat || got.LegalBasis.Article == "" || got.DailyCeiling != u.DailyCeiling {
			t.Errorf("%+v is not %+v", got, u)
		}
	}
	if again := d.get(t, "/api/v1/purposes", w.Header().Get("ETag")); again.Code != 304 {
		t.Errorf("asked again with the tag: %d", again.Code)
	}
}

func (d *desk) get(t *testing.T, path, tag string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	return w
}

func TestRoutes_needEverything(t *testing.T) {
	t.Parallel()
	if _, err := inquiryapi.Routes(inquiryapi.Config{}); err == nil {
		t.Error("nothing is enough")
	}
}

// TestRoutes_areAllTested compares the operations of the document with the routes
// that this package's calls below reach, as the log names them.
func TestRoutes_areAllTested(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	d.ask(t, marketToken, "k", market(personA))
	d.get(t, "/api/v1/purposes", "")
	d.get(t, "/api/v1/inquiries/waiting", "")
	d.call(t, marketToken, "POST /api/v1/inquiries/{number}/confirmation", "/inquiries/x/confirmation", "k", market(personA))
	d.call(t, marketToken, "POST /api/v1/cases/closing", "/cases/closing", "k", `{"purpose":"food-licence-application","case":"FL2026-000123"}`)
	d.call(t, marketToken, "POST /api/v1/uses", "/uses", "u", `{"receipt":"`+strings.Repeat("A", 86)+`","effect":"adverse"}`)
	page, err := os.ReadFile("../../../docs/reference/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range d.Routes() {
		if row := fmt.Sprintf("| `%s` | %s | %s |", r.Pattern(), r.Who, r.Why); !strings.Contains(string(page), row) {
			t.Errorf("docs/reference/api.md lacks: %s", row)
		}
	}
	var doc struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(d.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths {
		for method := range item {
			own := path == "/openapi.json" || path == apikit.KeysPath // tested with the kit
			if pattern := strings.ToUpper(method) + " " + apikit.Prefix + path; !own && !strings.Contains(d.log.String(), `"route":"`+pattern+`"`) {
				t.Errorf("no test calls %s", pattern)
			}
		}
	}
}

// TestAsk_manyAtOnce asks with one key from many sides: one first look, the rest
// are repeats, and all have one number.
func TestAsk_manyAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	d.wall.put(ref.Person{0: 0xa}, "market-penalty", bodyID("wuhan-market"), map[string]string{"measure": "fine"})
	var wg sync.WaitGroup
	results := make([]inquiryapi.Result, 20)
	for i := range results {
		wg.Go(func() { results[i] = outcome(t, d.ask(t, marketToken, "k", market(personA))) })
	}
	wg.Wait()
	first := 0
	for _, r := range results {
		if r.Inquiry != results[0].Inquiry || len(r.Records) != 1 {
			t.Errorf("%+v", r)
		}
		if !r.Replayed {
			first++
		}
	}
	if first != 1 || len(d.wall.rows) != 20 {
		t.Errorf("%d first looks, %d rows", first, len(d.wall.rows))
	}
}

// FuzzAsk holds the decoder of inquiries against the schema of the document:
// what it takes, the schema takes; and nothing of a body that is refused comes
// back.
func FuzzAsk(f *testing.F) {
	for _, s := range []string{loan(personA), market(personB), `{}`, `[]`, `{"purpose":"a","basis":"statute","case":"","reason":"","person":{"id_type":"cn-id","id_number":"x"}}`,
		`{"purpose":null}`, `{"person":{"id_number":1}}`, strings.Replace(loan(nobody), "示例", `\u0000`, 1)} {
		f.Add([]byte(s))
	}
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schema := registry.Schema(reflect.TypeFor[inquiryapi.Question](), false, "Question")
	law, now := pack(f), time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		var q inquiryapi.Question
		if err := apikit.Decode(body, &q); err != nil {
			if k := fault.Of(err); k.Kind != fault.Invalid || k.Err != nil {
				t.Fatalf("no plain fault of form: %v", err)
			}
			return
		}
		r, err := q.Request("k", law, now)
		if err != nil {
			var several apikit.Faults
			if !errors.As(err, &several) || len(several) == 0 {
				t.Fatalf("no faults: %v", err)
			}
			return
		}
		if id, faults := party.ParseIdentity(r.Person.Type, r.Person.Number, "示例", "", law.Today(now)); len(faults) > 0 || id.Number != r.Person.Number {
			t.Fatalf("an identity that is not normal: %v", faults)
		}
		if r.Basis != inquiry.Consent && r.Basis != inquiry.Statute || len(q.Case) > 100 || len(q.Reason) > 500 {
			return // the room says so (inquiry.Decide)
		}
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatal(err)
		}
		var found huma.ValidateResult
		huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, v, &found)
		if len(found.Errors) > 0 {
			t.Fatalf("taken, and the schema says %v", found.Errors)
		}
	})
}

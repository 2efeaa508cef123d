package furnishapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/law"
	"recourse/internal/ref"
)

func TestDeliver_saysWhatBecameOfTheRows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	in := header + line(1) + line(2, "fine,500.00", "SYNTHETIC,500.00") + line(3, number(3), "SYNTHETIC-NUMBER") + line(4, "2026-03-10", "2199-01-01")
	w := d.deliver(t, "k", strings.NewReader(in))
	got := sent(t, w)
	if want := (furnishapi.Counts{Rows: 4, New: 1, Quarantined: 1, Refused: 2}); got.Counts != want || got.State != "done" || got.Replayed || got.Type != "market-penalty" ||
		got.Pack != d.pack.Version || len(got.FileHash) != 64 || got.BegunAt == "" || got.EndedAt == "" || got.Next != "" {
		t.Errorf("%+v", got)
	}
	var codes []string
	for _, f := range got.Findings {
		codes = append(codes, fmt.Sprint(f.Row, " ", f.Outcome, " ", f.Field, " ", f.Code))
	}
	want := []string{"2 refused measure E-FIELD-VALUE", "3 quarantined id_number E-ID-SPREADSHEET", "4 refused decided_on E-START-FUTURE"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(w.Body.String(), "SYNTHETIC") || strings.Contains(d.log.String(), "SYNTHETIC") {
		t.Errorf("a value of a row came back: %s %s", w.Body, d.log.String())
	}
	if link := w.Header().Get("Link"); link != "</api/v1/deliveries/"+got.Delivery+`>; rel="status"` {
		t.Errorf("Link is %q", link)
	}
	stands := sent(t, d.do(t, getDelivery, "/api/v1/deliveries/"+got.Delivery, "wuhan-market", nil))
	got.Form = nil // said once
	if diff := cmp.Diff(got, stands); diff != "" {
		t.Errorf("the delivery stands otherwise: %s", diff)
	}
}

func TestDeliver_again(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	in := file(3) + line(4, "fine,500.00", "x,500.00")
	first := sent(t, d.deliver(t, "k", strings.NewReader(in)))
	again := sent(t, d.deliver(t, "k", strings.NewReader(in)))
	if !again.Replayed {
		t.Error("a repeat does not say so")
	}
	again.Replayed = false
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a repeat is answered otherwise: %s", diff)
	}
	if quoted := sent(t, d.deliver(t, `"k"`, strings.NewReader(in))); !quoted.Replayed {
		t.Error("a key with quotes is another key")
	}
	if p := problem(t, d.deliver(t, "k", strings.NewReader(file(2)))); p.Status != 409 || p.Code != "E-KEY-USED" {
		t.Errorf("another file with the same key: %+v", p)
	}
	if other := sent(t, d.deliver(t, "k2", strings.NewReader(in))); other.Counts.Unchanged != 3 || other.Counts.Refused != 1 || other.Replayed {
		t.Errorf("the same rows with another key: %+v", other)
	}
}

func TestDeliver_isRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	csv := with{"Idempotency-Key": "k", "Content-Type": "text/csv"}
	for name, c := range map[string]struct {
		target, body, in string
		headers          with
		status           int
		code, field      string
	}{
		"no token":       {"?type=market-penalty", "", file(1), csv, 401, "E-TEST-TOKEN", ""},
		"no key":         {"?type=market-penalty", "wuhan-market", file(1), with{"Content-Type": "text/csv"}, 400, "E-KEY", "Idempotency-Key"},
		"no type":        {"", "wuhan-market", file(1), csv, 422, "E-QUERY-MISSING", "type"},
		"two types":      {"?type=market-penalty&type=x", "wuhan-market", file(1), csv, 422, "E-QUERY", ""},
		"unknown type":   {"?type=SYNTHETIC", "wuhan-market", file(1), csv, 403, "E-TYPE", "type"},
		"another's type": {"?type=market-penalty", "hubei-health", file(1), csv, 403, "E-TYPE", "type"},
		"a form":         {"?type=market-penalty", "wuhan-market", file(1), with{"Idempotency-Key": "k", "Content-Type": "multipart/form-data; boundary=x"}, 415, "E-MEDIA-TYPE", "Content-Type"},
		"compressed":     {"?type=market-penalty", "wuhan-market", file(1), with{"Idempotency-Key": "k", "Content-Type": "text/csv", "Content-Encoding": "gzip"}, 415, "E-MEDIA-TYPE", "Content-Type"},
		"empty":          {"?type=market-penalty", "wuhan-market", "", csv, 422, "E-FILE-EMPTY", "file"},
		"other columns":  {"?type=market-penalty", "wuhan-market", "SYNTHETIC\n", csv, 422, "E-COL-UNKNOWN", ""},
		"missing column": {"?type=market-penalty", "wuhan-market", strings.Replace(header, ",reason", "", 1), csv, 422, "E-COL-MISSING", "reason"},
		"no line breaks": {"?type=market-penalty", "wuhan-market", header + strings.Repeat("a", 2<<20), csv, 422, "E-FILE-ROW", "file"},
	} {
		w := d.do(t, postDelivery, "/api/v1/deliveries"+c.target, c.body, strings.NewReader(c.in), c.headers)
		if p := problem(t, w); p.Status != c.status || p.Code != c.code || p.Field != c.field || strings.Contains(w.Body.String(), "SYNTHETIC") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if len(d.books.records) != 0 {
		t.Errorf("%d records", len(d.books.records))
	}
}

// TestDeliver_thatWasCut goes on where it stopped.
func TestDeliver_thatWasCut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	whole := file(7500) + line(7501, "fine,500.00", "x,500.00")
	w := d.deliver(t, "k", io.MultiReader(strings.NewReader(whole[:len(whole)*3/4]), torn{}))
	if p := problem(t, w); p.Status != 422 || p.Code != "E-FILE-CUT" {
		t.Errorf("%+v", p)
	}
	id := regexp.MustCompile(`^<(/api/v1/deliveries/B-[^>]+)>; rel="status"$`).FindStringSubmatch(w.Header().Get("Link"))
	if id == nil {
		t.Fatalf("Link is %q", w.Header().Get("Link"))
	}
	if stands := sent(t, d.do(t, getDelivery, id[1], "wuhan-market", nil)); stands.State != "running" || stands.Counts.New < 5000 || stands.EndedAt != "" || stands.FileHash != "" {
		t.Errorf("%+v", stands)
	}
	if done := sent(t, d.deliver(t, "k", strings.NewReader(whole))); done.State != "done" || done.Counts.New != 7500 || done.Counts.Refused != 1 || len(done.Findings) != 1 {
		t.Errorf("%+v", done)
	}
}

type torn struct{}

func (torn) Read([]byte) (int, error) { return 0, errors.New("SYNTHETIC-CAUSE") }

// TestDeliver_thatFailed says so to every repeat, and where it stands.
func TestDeliver_thatFailed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	in := file(2) + "\"never closed\n"
	first := d.deliver(t, "k", strings.NewReader(in))
	if p := problem(t, first); p.Status != 422 || p.Code != "E-FILE-QUOTE" {
		t.Errorf("%+v", p)
	}
	again := d.deliver(t, "k", strings.NewReader(file(2)))
	if p := problem(t, again); p.Status != 409 || p.Code != "E-DELIVERY-FAILED" {
		t.Errorf("%+v", p)
	}
	link := again.Header().Get("Link")
	if link == "" || link != first.Header().Get("Link") {
		t.Errorf("Link is %q, then %q", first.Header().Get("Link"), link)
	}
	stands := sent(t, d.do(t, getDelivery, link[1:strings.Index(link, ">")], "wuhan-market", nil))
	if stands.State != "failed" || stands.Counts.New != 2 {
		t.Errorf("%+v", stands)
	}
}

// TestDeliver_streams waits for the first batch before it sends the rest.
func TestDeliver_streams(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.books.merged = make(chan int)
	r, w := io.Pipe()
	answer := make(chan *httptest.ResponseRecorder)
	go func() { answer <- d.deliver(t, "k", r) }()
	wrote := make(chan error)
	go func() {
		_, err := io.WriteString(w, file(5600))
		wrote <- err
	}()
	if n := <-d.books.merged; n != 5000 {
		t.Errorf("a first batch of %d rows", n)
	}
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, line(5600)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if n := <-d.books.merged; n != 601 {
		t.Errorf("a second batch of %d rows", n)
	}
	if got := sent(t, <-answer); got.Counts.New != 5601 {
		t.Errorf("%+v", got)
	}
}

func TestFault_ofThePorts(t *testing.T) {
	t.Parallel()
	away := fault.New(fault.Unavailable, "E-TEST-AWAY", "It cannot be reached. Nothing was lost.").Because(errors.New("SYNTHETIC-CAUSE"))
	for _, step := range []string{"begin", "vault", "persons", "heads", "elsewhere", "register", "merge", "forget", "progress", "commit", "end", "findings"} {
		d := newDesk(t)
		d.books.fail = func(at string) error {
			if at == step {
				return away
			}
			return nil
		}
		w := d.deliver(t, "k", strings.NewReader(file(3)))
		if p := problem(t, w); p.Status != 503 || p.Code != "E-TEST-AWAY" || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "SYNTHETIC") {
			t.Errorf("%s: %+v", step, p)
		}
		if linked := w.Header().Get("Link") != ""; linked != (step != "begin" && step != "end") {
			t.Errorf("%s: Link is %q", step, w.Header().Get("Link"))
		}
		d.books.fail = nil
		if got := sent(t, d.deliver(t, "k", strings.NewReader(file(3)))); got.Counts.New != 3 || got.Counts.Rows != 3 {
			t.Errorf("%s, sent again: %+v", step, got)
		}
	}
}

// TestDelivery_ofAnotherBodyIsNotThere: another's, none, and a wrong number are
// one answer.
func TestDelivery_ofAnotherBodyIsNotThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	got := sent(t, d.deliver(t, "k", strings.NewReader(file(1))))
	var first apikit.Problem
	for _, target := range []string{got.Delivery, ref.Delivery{1}.String(), ref.Person{1}.String(), got.Delivery[:len(got.Delivery)-1] + "!", "x"} {
		for pattern, path := range map[string]string{getDelivery: "", getFindings: "/findings"} {
			p := problem(t, d.do(t, pattern, "/api/v1/deliveries/"+target+path, "hubei-market", nil))
			if p.Status != 404 || p.Code != "E-DELIVERY" {
				t.Errorf("%s: %+v", target, p)
			}
			p.Instance = ""
			if first.Code == "" {
				first = p
			}
			if diff := cmp.Diff(first, p); diff != "" {
				t.Errorf("%s is told apart: %s", target, diff)
			}
		}
	}
	if w := d.do(t, getDelivery, "/api/v1/deliveries/"+strings.ToLower(got.Delivery), "wuhan-market", nil); w.Code != 200 {
		t.Errorf("control, as a person would type it: %d", w.Code)
	}
}

// TestRoutes_areAllTested compares the operations of the document with the routes
// that calls reach, as the log names them.
func TestRoutes_areAllTested(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := sent(t, d.deliver(t, "k", strings.NewReader(file(1)))).Delivery
	d.do(t, getDelivery, "/api/v1/deliveries/"+id, "wuhan-market", nil)
	d.do(t, getFindings, "/api/v1/deliveries/"+id+"/findings", "wuhan-market", nil)
	d.do(t, getDeliveries, "/api/v1/deliveries", "wuhan-market", nil)
	d.do(t, "GET /api/v1/deliveries/{id}/receipt", "/api/v1/deliveries/"+id+"/receipt", "wuhan-market", nil)
	if w := d.do(t, "GET /api/v1/deliveries/{id}/log", "/api/v1/deliveries/"+id+"/log", "wuhan-market", nil); w.Body.String() != "a receipt of furnish.delivered in "+id+"\n" {
		t.Errorf("the receipt from the log: %s", w.Body)
	}
	d.do(t, "GET /api/v1/deliveries/{id}/proofs/{row}", "/api/v1/deliveries/"+id+"/proofs/1", "wuhan-market", nil)
	trial := sent(t, d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty&dry_run=true", "wuhan-market", strings.NewReader(file(1)), with{"Idempotency-Key": "t"})).Trial
	d.do(t, getTrial, "/api/v1/trials/"+trial, "wuhan-market", nil)
	d.do(t, getTrialFindings, "/api/v1/trials/"+trial+"/findings", "wuhan-market", nil)
	d.do(t, getTypes, "/api/v1/types", "", nil)
	d.do(t, getType, "/api/v1/types/market-penalty", "", nil)
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
	if _, err := furnishapi.Routes(furnishapi.Config{Service: &furnish.Service{Shelf: law.One(d.pack)}}); err == nil {
		t.Error("no authenticator is enough")
	}
}

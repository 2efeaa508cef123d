package inquiryapi_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// apart are what may differ between two answers of one outcome: the number of
// the inquiry, its instant, the number of the request, and the signature.
var apart = regexp.MustCompile(`"inquiry":"Q-[0-9A-Z-]{28}"|,"receipt":"[A-Za-z0-9_-]{86}"|"at":"20[0-9T:.-]{24}Z"|(?m)^(Request-Id|Content-Digest|Signature|Signature-Input): .*$`)

// instance is the number of the request in a problem.
var instance = regexp.MustCompile(`"instance":"urn:uuid:[0-9a-f-]{36}"`)

// all is a whole answer without what may differ.
func all(w *httptest.ResponseRecorder) string {
	var h strings.Builder
	_ = w.Header().Write(&h) // a builder takes everything
	return fmt.Sprint(w.Code) + "\n" + apart.ReplaceAllString(h.String()+w.Body.String(), "…")
}

func fields() map[string]string {
	return map[string]string{"lender": "sample-bank", "defaulted_on": "2026-03-10", "amount_owed": "1200.00 CNY", "notice_number": "示例-1"}
}

// openFor lets the bank see a person for a loan.
func openFor(p ref.Person, change ...func(*consent)) func(*desk) {
	return func(d *desk) {
		c := consent{person: p, purpose: "loan-application", usable: time.Now().Add(-time.Hour), until: time.Now().Add(time.Hour)}
		for _, f := range change {
			f(&c)
		}
		d.wall.consents = append(d.wall.consents, c)
	}
}

// TestNotAnswered_isAlike is rules B1: no right, no valid consent, and nobody
// there, to one request.
func TestNotAnswered_isAlike(t *testing.T) {
	t.Parallel()
	p := pack(t)
	without := pack(t, func(s string) string {
		return strings.Replace(s, "code: loan-application", "code: another-application", 1)
	})
	without.Version = p.Version
	person := ref.Person{0: 0xa}
	withRecord := func(d *desk) { d.wall.put(person, "loan-default", bodyID("sample-bank"), fields()) }
	later := func(c *consent) { c.usable = time.Now().Add(time.Minute) }
	cases := map[string]struct {
		pack    *law.Pack
		token   string
		prepare []func(*desk)
	}{
		"no consent, a record":          {p, bankToken, []func(*desk){withRecord}},
		"no consent, no record":         {p, bankToken, nil},
		"consent of minute nine":        {p, bankToken, []func(*desk){withRecord, openFor(person, later)}},
		"consent that ended":            {p, bankToken, []func(*desk){withRecord, openFor(person, func(c *consent) { c.until = time.Now().Add(-time.Second) })}},
		"consent that was stopped":      {p, bankToken, []func(*desk){withRecord, openFor(person, func(c *consent) { c.stoppedAt = time.Now() })}},
		"consent for another purpose":   {p, bankToken, []func(*desk){withRecord, openFor(person, func(c *consent) { c.purpose = "other" })}},
		"consent of another person":     {p, bankToken, []func(*desk){withRecord, openFor(ref.Person{0: 0xb})}},
		"nobody there":                  {p, bankToken, []func(*desk){func(d *desk) { clear(d.register.known) }}},
		"no right, consent":             {p, taxToken, []func(*desk){withRecord, openFor(person)}},
		"no right, nobody there":        {p, taxToken, []func(*desk){func(d *desk) { clear(d.register.known) }}},
		"unknown purpose, a record":     {without, bankToken, []func(*desk){withRecord, openFor(person)}},
		"unknown purpose, nobody there": {without, bankToken, []func(*desk){func(d *desk) { clear(d.register.known) }}},
	}
	alike(t, cases, loan(personA), inquiry.NotAnswered)
	control := newDesk(t, p)
	withRecord(control)
	openFor(person)(control)
	if got := outcome(t, control.ask(t, bankToken, "k", loan(personA))); got.Outcome != "records" || len(got.Records) != 1 {
		t.Errorf("control: %+v", got)
	}
}

// TestNothingToShow_isAlike is rules B1: unknown person, none, hidden, ended.
func TestNothingToShow_isAlike(t *testing.T) {
	t.Parallel()
	p := pack(t)
	person := ref.Person{0: 0xa}
	with := func(change func(*record)) []func(*desk) {
		return []func(*desk){func(d *desk) {
			d.wall.put(person, "market-penalty", bodyID("wuhan-market"), map[string]string{"measure": "fine"}, change)
		}}
	}
	cases := map[string]struct {
		pack    *law.Pack
		token   string
		prepare []func(*desk)
	}{
		"nobody there":      {p, marketToken, []func(*desk){func(d *desk) { clear(d.register.known) }}},
		"no record":         {p, marketToken, nil},
		"another type":      {p, marketToken, with(func(r *record) { r.sealed.Type = "loan-default" })},
		"another person":    {p, marketToken, with(func(r *record) { r.person = ref.Person{0: 0xb} })},
		"only noticed":      {p, marketToken, with(func(r *record) { r.noticed = true })},
		"not yet in effect": {p, marketToken, with(func(r *record) { r.effectAt = time.Now().Add(time.Minute) })},
		"disputed":          {p, marketToken, with(func(r *record) { r.disputed = true })},
		"withdrawn":         {p, marketToken, with(func(r *record) { r.withdrawn = true })},
		"ended":             {p, marketToken, with(func(r *record) { r.sealed.DisplayEnd = when.Of(2026, 3, 11) })},
		"key destroyed": {p, marketToken, append(with(func(*record) {}),
			func(d *desk) { d.box.gone[d.wall.records[0].sealed.Box.Leaf] = true })},
	}
	alike(t, cases, market(personA), inquiry.NothingToShow)
	control := newDesk(t, p)
	with(func(*record) {})[0](control)
	if got := outcome(t, control.ask(t, marketToken, "k", market(personA))); got.Outcome != "records" {
		t.Errorf("control: %+v", got)
	}
}

// alike asks the same in each case, and once more with the same key: neither the
// first answer nor the repeat may tell the cases apart.
func alike(t *testing.T, cases map[string]struct {
	pack    *law.Pack
	token   string
	prepare []func(*desk)
}, body string, want inquiry.Outcome) {
	t.Helper()
	first := ""
	for name, c := range cases {
		d := newDesk(t, c.pack)
		for _, f := range c.prepare {
			f(d)
		}
		w, again := d.ask(t, c.token, "k-1", body), d.ask(t, c.token, "k-1", body)
		got, repeat := outcome(t, w), outcome(t, again)
		if got.Outcome != want.String() || got.Inquiry != repeat.Inquiry {
			t.Errorf("%s: outcome %q, number %s then %s", name, got.Outcome, got.Inquiry, repeat.Inquiry)
		}
		whole := all(w) + "\n" + all(again)
		if first == "" {
			first = whole
		}
		if diff := cmp.Diff(first, whole); diff != "" {
			t.Errorf("%s is told apart: %s", name, diff)
		}
		rows := 2
		if name == "key destroyed" {
			rows = 4 // what the wall showed is gone: it is asked anew, so that the log says what the answer does
		}
		if len(d.wall.rows) != rows {
			t.Errorf("%s: %d access rows for two answers", name, len(d.wall.rows))
		}
		for _, s := range []string{"no record", "clear", "clean", "good standing", "无记录"} {
			if strings.Contains(strings.ToLower(w.Body.String()), s) {
				t.Errorf("%s: the answer says %q", name, s)
			}
		}
	}
}

func outcome(t *testing.T, w *httptest.ResponseRecorder) inquiryapi.Result {
	t.Helper()
	var r inquiryapi.Result
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || w.Code != 200 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return r
}

// TestRecords_areReduced compares a whole answer.
func TestRecords_areReduced(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	openFor(ref.Person{0: 0xa})(d)
	d.wall.put(ref.Person{0: 0xa}, "loan-default", bodyID("sample-bank"), fields())
	d.wall.put(ref.Person{0: 0xa}, "market-penalty", bodyID("wuhan-market"), fields())
	d.wall.put(ref.Person{0: 0xb}, "loan-default", bodyID("sample-bank"), fields())
	w := d.ask(t, bankToken, "k", loan(personA))
	got := regexp.MustCompile(`"subject":"[0-9a-f]{32}"`).ReplaceAllString(apart.ReplaceAllString(w.Body.String(), "…"), `"subject":"…"`)
	until := d.pack.Today(time.Now()).AddDays(14).String()
	want := `{…,…,"purpose":"loan-application","basis":"consent","pack":"` + d.pack.Version + `","outcome":"records","subject":"…",` +
		`"records":[{"type":"loan-default","label":{"en":"Loan default","zh":"借款违约"},"source":"sample-bank","start":"2026-03-10","display_end":"2226-03-10",` +
		`"fields":{"amount_owed":"1200.00 CNY","defaulted_on":"2026-03-10","lender":"sample-bank"}}],"use_before":"` + until + `"…}`
	label, _ := d.pack.Type("loan-default")
	want = strings.Replace(want, `"en":"Loan default","zh":"借款违约"`, `"en":"`+label.Labels["en"]+`","zh":"`+label.Labels["zh"]+`"`, 1)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	repeat := outcome(t, d.ask(t, bankToken, "k", loan(personA)))
	if first := outcome(t, w); !repeat.Replayed || first.Replayed || repeat.Inquiry != first.Inquiry || repeat.Subject != first.Subject {
		t.Errorf("a repeat: %+v after %+v", repeat, first)
	}
	if rows := d.wall.rows; len(rows) != 2 || rows[1].replayOf != rows[0].Access {
		t.Errorf("the rows of a repeat: %v", rows)
	}
	d.tokens.add("other", "sample-bank")
	if other := outcome(t, d.ask(t, "other", "k", loan(personA))); other.Replayed || other.Inquiry == repeat.Inquiry {
		t.Error("the key of one clerk is taken for that of another")
	}
}

// TestName_isNotPartOfTheAnswer asks with another person's name and with none.
func TestName_isNotPartOfTheAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t, pack(t))
	d.wall.put(ref.Person{0: 0xa}, "market-penalty", bodyID("wuhan-market"), map[string]string{"measure": "fine"})
	var got []string
	for i, body := range []string{market(personA), strings.Replace(market(personA), "示例甲", "某某", 1), strings.Replace(market(personA), `,"name":"示例甲"`, "", 1)} {
		got = append(got, all(d.ask(t, marketToken, fmt.Sprint("k", i), strings.Replace(body, "000123", fmt.Sprintf("%06d", i), 1))))
	}
	if len(slices.Compact(got)) != 1 {
		t.Errorf("answers differ by the name: %q", got)
	}
}

package browser

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/ref"
)

// TestLetter_opensByItsForm reads an unopened letter: nothing of it is shown, and
// no clock runs, before the form is sent.
func TestLetter_opensByItsForm(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	path := "/en/me/notices/" + s.lin.Unopened.String()
	for range 2 {
		page := v.ok(path)
		says(t, page, "Open this letter", "15 days, counted from the day after")
		silent(t, page, "not repaid", "Amount owed", "1,234,567.80")
	}
	says(t, v.ok("/en/me"), "2</b> letters not opened", "A record about you is to take effect")
	got := v.post(path, nil)
	if got.code != http.StatusSeeOther || got.header.Get("Location") != path+"?done=opened" {
		t.Fatalf("opening: %d to %q", got.code, got.header.Get("Location"))
	}
	page := v.ok(path + "?done=opened")
	// Opened on 22 November: 15 days counted from the 23rd end with 7 December.
	says(t, page, "The letter is open.", "On 2 Oct 2026, Sample Bank, Wuhan Branch filed a record about you", "this loan was not repaid",
		"until the end of Mon 7 Dec 2026. 15 days left.", "CNY 1,234,567.80", "No e-mail was sent so far.", "You opened it")
	says(t, v.ok("/en/me"), "1</b> letter not opened")
	v.post(path, nil)
	says(t, v.ok(path), "until the end of Mon 7 Dec 2026")
	zh := v.ok("/zh/me/notices/" + s.lin.Unopened.String())
	says(t, zh, "12月7日（周一）当天结束之前你都可以说明情况，还剩 15 天。", "人民币 1,234,567.80 元")
}

// TestLetter_tellsItsProof shows how the person was told, and what counts.
func TestLetter_tellsItsProof(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	page := s.as(t, Lin).ok("/en/me/notices/" + s.lin.Running.String())
	says(t, page, "E-mail that there is a letter (1)", "could not be reached", "E-mail that there is a letter (2)", "that does not count as delivered")
	if strings.Index(page, "letter (2)") > strings.LastIndex(page, "You opened it") {
		t.Error("the proof is not in order of time")
	}
}

// TestConsent_isCheckedThenGivenThenStopped walks the whole way of a consent.
func TestConsent_isCheckedThenGivenThenStopped(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	const form = "/en/me/consents/new"
	page := v.ok(form)
	says(t, page, "Sample Bank, Wuhan Branch", "Loan application", "Lender, Day on which the default was established, Amount owed")
	silent(t, page, " checked", "Food business") // nothing is ticked in advance, nothing that rests on statute is offered

	choice, until := "sample-bank|loan-application", s.day(30).String()
	for _, bad := range []struct {
		values url.Values
		want   string
	}{
		{url.Values{}, "3 things are still missing"},
		{url.Values{"choice": {"hubei-market|food-licence-application"}, "until": {until}}, "Choose who may see it, and for what"},
		{url.Values{"choice": {choice}, "until": {"tomorrow"}}, "Choose the last day, as a date"},
		{url.Values{"choice": {choice}, "until": {s.day(-1).String()}}, "not in the past"},
		{url.Values{"choice": {choice}, "until": {"2099-01-01"}}, "Choose a last day not later than"},
	} {
		bad.values.Set("step", "give")
		got := v.post(form, bad.values)
		if got.code != http.StatusUnprocessableEntity {
			t.Errorf("%v: status %d", bad.values, got.code)
		}
		says(t, got.body, bad.want, `role="alert"`, "<title>Error: Give")
	}
	values := url.Values{"choice": {choice}, "types": {choice + "|loan-default"}, "until": {until}, "often": {"several"}, "step": {"check"}}
	check := v.post(form, values)
	says(t, check.body, "Check before you give it", "It can be used 10 minutes after you give it.", "Tue 22 Dec 2026")
	if n := strings.Count(v.ok("/en/me/consents"), "Stop now"); n != 1 {
		t.Fatalf("checking gave a consent: %d stand", n)
	}
	values.Set("step", "change")
	says(t, v.post(form, values).body, `value="`+until+`"`, " checked")

	values.Set("step", "give")
	if got := v.post(form, values); got.header.Get("Location") != "/en/me/consents?done=given" {
		t.Fatalf("giving: %d to %q", got.code, got.header.Get("Location"))
	}
	page = v.ok("/en/me/consents?done=given")
	says(t, page, "Done. The consent can be used from 09:4", "Not usable yet")
	says(t, v.ok("/en/me"), "Your consent can be used from 09:4")

	given := s.consents.of[s.personOf(t, Lin)][0]
	if got := v.post("/en/me/consents/"+given.ID.String(), nil); got.header.Get("Location") != "/en/me/consents?done=stopped" {
		t.Errorf("stopping: %d to %q", got.code, got.header.Get("Location"))
	}
	says(t, v.ok("/en/me/consents?done=stopped"), "nobody gets an answer on it any more")
	if got := v.post("/en/me/consents/"+given.ID.String(), nil); got.code != http.StatusNotFound {
		t.Errorf("stopping twice: %d", got.code)
	}
}

// TestSettings keeps an address, mends a wrong one, removes it, chooses a language.
func TestSettings(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	says(t, v.ok("/en/me/settings"), "No address is kept.")
	for _, bad := range []string{"", "name", "Name <a@example.org>", "a@b@c"} {
		got := v.post("/en/me/settings", url.Values{"do": {"mail"}, "email": {bad}, "mail-language": {"en"}})
		if got.code != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", bad, got.code)
		}
		says(t, got.body, "Write the address like name@example.org", `aria-invalid="true"`)
	}
	if got := v.post("/en/me/settings", url.Values{"do": {"mail"}, "email": {"a@example.org"}, "mail-language": {"fr"}}); !strings.Contains(got.body, "Choose a language") {
		t.Errorf("a language that is none: %d", got.code)
	}
	if got := v.post("/en/me/settings", url.Values{"do": {"mail"}, "email": {"a@example.org"}, "mail-language": {"zh"}}); got.code != http.StatusSeeOther {
		t.Errorf("keeping: %d\n%s", got.code, got.body)
	}
	page := v.ok("/en/me/settings?done=mail")
	says(t, page, "An address is kept since Sun 22 Nov 2026", "Done. The address is kept.")
	silent(t, page, "a@example.org")
	v.post("/en/me/settings", url.Values{"do": {"remove"}})
	says(t, v.ok("/en/me/settings"), "No address is kept.")

	if got := v.post("/zh/me/settings", url.Values{"do": {"language"}, "language": {"en"}}); got.header.Get("Location") != "/en/me/settings?done=language" {
		t.Errorf("choosing a language leads to %q", got.header.Get("Location"))
	}
	if got := v.get("/me"); got.header.Get("Location") != "/en/me" {
		t.Errorf("without a language in the address: %q", got.header.Get("Location"))
	}
	if got := v.post("/zh/me/settings", url.Values{"do": {"nothing"}}); got.code != http.StatusBadRequest {
		t.Errorf("a form for nothing: %d", got.code)
	}
	says(t, s.as(t, Empty).ok("/en/me/settings"), "no address can be kept")
}

// TestLookups_areWholeInEveryPart pages through the list, filtered and not, and
// compares with what was put in.
func TestLookups_areWholeInEveryPart(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	p := s.personOf(t, Lin)
	// Ten look-ups of one instant across the end of the first part.
	for i := range 10 {
		s.looks.of[p][45+i].At = s.looks.of[p][45].At
	}
	want := map[string]int{"": 0, "?outcome=answered": 0, "?outcome=refused": 0, "?body=hubei-health": 0}
	for _, l := range s.looks.of[p] {
		want[""]++
		if l.Outcome == inquiry.NotAnswered {
			want["?outcome=refused"]++
		} else {
			want["?outcome=answered"]++
		}
		if l.Body == s.parties.codes["hubei-health"] {
			want["?body=hubei-health"]++
		}
	}
	for filter, n := range want {
		seen, parts := map[string]bool{}, 0
		for path := "/en/me/lookups" + filter; path != ""; parts++ {
			page := v.ok(path)
			for _, l := range s.looks.of[p] {
				if strings.Contains(page, "/me/lookups/"+l.Access.String()) {
					seen[l.Access.String()] = true
				}
			}
			path = after(page, `rel="next" href="`)
		}
		if len(seen) != n || n > 50 && parts < 3 {
			t.Errorf("%q: %d look-ups in %d parts, want %d", filter, len(seen), parts, n)
		}
	}
	for _, bad := range []string{"?outcome=maybe", "?body=nobody", "?before=yesterday"} {
		if got := v.get("/en/me/lookups" + bad); got.code != http.StatusBadRequest {
			t.Errorf("%s: status %d", bad, got.code)
		}
	}
}

// after returns the address that follows a mark in a page.
func after(page, mark string) string {
	_, rest, _ := strings.Cut(page, mark)
	path, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(path, "&amp;", "&")
}

// TestLookups_export reads the table as a spreadsheet would.
func TestLookups_export(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	got := s.as(t, Lin).get("/en/me/lookups/export")
	text, marked := strings.CutPrefix(got.body, "\ufeff")
	if !marked || !strings.Contains(got.header.Get("Content-Disposition"), `filename="look-ups-2026-11-22.csv"`) || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("mark %v, headers %v", marked, got.header)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 135 || strings.Join(rows[0], ",") != "time,body,purpose,basis,case reference,reason,outcome,records seen,number" {
		t.Fatalf("%d rows, head %q", len(rows), rows[0])
	}
	for _, row := range rows[1:] {
		at, err := time.Parse(time.RFC3339, row[0])
		if _, offset := at.Zone(); err != nil || offset != 8*3600 {
			t.Fatalf("time %q: %v", row[0], err)
		}
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
	}
	if row := rows[1]; row[4] != "FL2026-000123" || row[6] != "answered" || row[7] != s.lin.Penalty.String() {
		t.Errorf("the newest row is %q", row)
	}
	if row := rows[3]; row[5] != "'=cmd|' /C calc'!A0" || row[6] != "refused" || row[2] != "A purpose that the rules do not know" {
		t.Errorf("the third row is %q", row)
	}
	refused, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.as(t, Lin).get("/zh/me/lookups/export?outcome=refused").body, "\ufeff"))).ReadAll()
	if err != nil || len(refused) != 15 || refused[1][6] != "已拒绝" {
		t.Errorf("refused ones: %d rows, %v", len(refused), err)
	}
}

// TestLookup_askerCannotWrite keeps what an asker made up off the page: a purpose
// that does not exist could be written to be read.
func TestLookup_askerCannotWrite(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	page := v.ok("/en/me/lookups/" + s.lin.Refused.String())
	says(t, page, "A purpose that the rules do not know", "Refused, saw nothing", "not even whether you have a file")
	silent(t, page, "how-is-this-person")
	says(t, v.ok("/en/me/lookups/"+s.lin.Answered.String()), "FL2026-000123", "By law: Administrative Licensing Law of the PRC, 34(3)",
		"/en/me/records/"+s.lin.Penalty.String())
}

// personOf returns a sample person's key.
func (s *site) personOf(t *testing.T, n int) ref.Person {
	t.Helper()
	name := s.samples[n].Name
	for p, rows := range s.dossiers.files {
		if strings.Contains(string(rows[0].Box.Data), name) {
			return p
		}
	}
	t.Fatalf("sample person %d has no file", n)
	return ref.Person{}
}

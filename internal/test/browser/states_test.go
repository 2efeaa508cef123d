package browser

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"recourse/internal/inquiry"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// TestRecord_everyState says of each record who can see it, until when, and what
// has become of it.
func TestRecord_everyState(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	const law = "those whom the law allows to ask"
	for _, c := range []struct {
		name   string
		record ref.Record
		says   []string
		silent []string
	}{
		{"shown", s.lin.Penalty, []string{"Others can see it", law, "CNY 12,000.00", "Reason (only you and those who decide can read it)",
			"个体工商户年度报告逾期 21 天。", "Nobody has checked this citation", "12345", "Filed with the registry", "Wuhan Bureau for Market Regulation"}, nil},
		{"noticed", s.lin.Loan, []string{"Only you. Nobody else can see it", "There is a letter about this record that you have not opened.", "29(2)", "Read the wording"},
			[]string{law, "Took effect"}},
		{"soon", s.lin.Soon, []string{"Only you for now. From", "Will take effect", "You can answer until the end of Fri 27 Nov 2026"}, []string{"Took effect"}},
		{"licence", s.lin.Licence, []string{"Others can see it", "Renewed", "209942000001", "Read the wording"}, []string{"Nobody has checked"}},
		{"off", s.lin.Off, []string{"Only you. Its time to be shown ended", "Came off", "Will be erased for good"}, []string{law}},
		{"withdrawn", s.lin.Withdrawn, []string{"has withdrawn it", "day not kept"}, []string{law, "Comes off by itself"}},
		{"erased", s.lin.Erased, []string{"The content was erased for good", "13 Oct 2026"}, []string{"Fine", "12,000", "What you can do", "武市监"}},
		{"key gone", s.lin.Gone, []string{"The content was erased for good", "day not kept"}, []string{"Fine", "12,000", "What you can do", "武市监"}},
	} {
		page := v.ok("/en/me/records/" + c.record.String())
		says(t, page, append(c.says, c.record.String(), s.Pack.Version)...)
		silent(t, page, c.silent...)
		if t.Failed() {
			t.Fatalf("record %s", c.name)
		}
	}
}

// TestRecord_agreesWithTheRoom shows that what a page says of visibility is what
// the room says: changed there, it changes here.
func TestRecord_agreesWithTheRoom(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	files := s.dossiers.files[s.personOf(t, Lin)]
	for i := range files {
		if files[i].Record == s.lin.Penalty {
			files[i].Visible = false
		}
	}
	page := v.ok("/en/me/records/" + s.lin.Penalty.String())
	silent(t, page, "Others can see it", "those whom the law allows")
}

// TestMe_picture tells in words all that the bars show.
func TestMe_picture(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	page := plain(v.ok("/en/me"))
	says(t, page, "File of 样例晓雨", "2 records others can see", "4 records only you can see", "Looked at 3 times in 12 months", "1 look-up refused in 12 months",
		"Since 28 Sep 2025. Comes off by itself at the end of 28 Sep 2028, in 1 year 10 months.",
		"Not in effect yet. It comes off at the end of 23 Sep 2031 at the latest.",
		"Others can see it from 28 Nov 2026 until the end of 24 Aug 2031.",
		"Shown until the end of 13 Sep 2029, for 2 years 9 months more.",
		"Withdrawn by the authority that filed it; erased for good at the end of 26 Jan 2030.",
		"Erased for good on 13 Oct 2026.", "You can answer until the end of Fri 27 Nov 2026", "Last day to answer a letter")
	zh := plain(v.ok("/zh/me"))
	says(t, zh, "样例晓雨的档案", "2 条记录对外可见", "2028年9月28日当天结束时自动撤下，还剩 1 年 10 个月。", "11月27日（周五）之前（含当天）你可以说明情况")
}

// TestMe_empty is the same for whoever has no file.
func TestMe_empty(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Empty)
	says(t, plain(v.ok("/en/me")), "There is nothing on your file. That is normal.", "Market regulation penalty (Hubei Administration for Market Regulation)",
		"You have no file, so there are no look-ups to list.", "No dates are set.")
	says(t, v.ok("/en/me/consents/new"), "you cannot give one now")
	if s.dossiers.looks != 0 {
		t.Errorf("a look at no file left %d access rows", s.dossiers.looks)
	}
	says(t, v.ok("/zh/me"), "你的档案里什么也没有，这很正常。")
}

// TestMe_pages shows 200 records in parts of 20, each once.
func TestMe_pages(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Many)
	seen := map[string]bool{}
	for n := range 10 {
		path := "/en/me?page=" + strconv.Itoa(n+1)
		if n == 0 {
			path = "/en/me"
		}
		found := regexp.MustCompile(`class="t" href="/en/me/records/([^"]+)"`).FindAllStringSubmatch(v.ok(path), -1)
		if len(found) != 20 {
			t.Errorf("%s shows %d records", path, len(found))
		}
		for _, m := range found {
			seen[m[1]] = true
		}
	}
	if len(seen) != 200 {
		t.Errorf("all parts show %d records", len(seen))
	}
	for _, bad := range []string{"0", "11", "-1", "x", "99999999999999999999"} {
		if got := v.get("/en/me?page=" + bad); got.code != http.StatusNotFound {
			t.Errorf("page %s: status %d", bad, got.code)
		}
	}
}

// TestLetter_recordIsNotKept shows a letter whose record is gone altogether.
func TestLetter_recordIsNotKept(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	p := s.personOf(t, Lin)
	n := s.Letter(p, law.BeforeEffect, mint[ref.Record](s.Registry), s.Now)
	v.post("/en/me/notices/"+n.String(), nil)
	page := v.ok("/en/me/notices/" + n.String())
	says(t, page, "is not kept any more", "You can answer until the end of")
	silent(t, page, "The record that this letter is about")
}

// TestLetter_showsValuesAsTheyAre keeps signs in the name of a body from becoming
// markup of the letter.
func TestLetter_showsValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	p := s.personOf(t, Lin)
	record := s.File(p, with(s.loan(s.day(-20)), func(e *Entry) { e.Type = "*odd* <b>type</b> [x](https://example.org)" }))
	n := s.Letter(p, law.BeforeEffect, record, s.Now, notice.Attempt{Channel: "post", Nth: 1, MeantAt: s.Now})
	v.post("/en/me/notices/"+n.String(), nil)
	page := v.ok("/en/me/notices/" + n.String())
	says(t, page, "*odd* &lt;b&gt;type&lt;/b&gt; [x](https://example.org)", "Letter by post (1)")
	silent(t, page, "<em>odd", "<b>type", `href="https://example.org`)
	says(t, v.ok("/en/me/records/"+record.String()), "do not know this type of record any more", "1234567.80 CNY")
}

// TestLookup_unknownBody shows a look-up by a body that the pack does not name.
func TestLookup_unknownBody(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := s.as(t, Lin)
	id := s.Look(s.personOf(t, Lin), inquiry.Look{At: s.Now, Purpose: "loan-application", Basis: inquiry.Consent, Outcome: inquiry.NothingToShow}, "nobody", "", "")
	says(t, v.ok("/en/me/lookups/"+id.String()), "Nothing: nothing could be shown", "Your consent")
	v.ok("/en/me")
}

// TestDown asks for every page while stores or vault cannot be reached: the answer
// is 503 with a number and without the inside, and nothing half.
func TestDown(t *testing.T) {
	t.Parallel()
	s := serve(t, Options{})
	v := map[int]*visitor{-1: s.visitor(t), Lin: s.as(t, Lin), Empty: s.as(t, Empty), Many: s.as(t, Many)}
	s.Down(true, false)
	for _, p := range pages(s) {
		got := v[p.person].get("/en" + p.path)
		if p.person < 0 {
			if got.code >= 500 && !strings.HasPrefix(p.path, "/transparency") { // its figures are kept in the database
				t.Errorf("%s needs nothing that is down, and answers %d", p.path, got.code)
			}
			continue
		}
		if got.code != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: status %d", p.path, got.code)
		}
		says(t, got.body, "Nothing was lost", "Reference number:")
		silent(t, got.body, "database", "E-DOWN")
	}
	says(t, v[Lin].get("/en/").body, "Sign in to my file")
	s.Down(false, true)
	for _, path := range []string{"/en/me", "/en/me/records/" + s.lin.Penalty.String(), "/en/me/lookups"} {
		if got := v[Lin].get(path); got.code != http.StatusServiceUnavailable {
			t.Errorf("%s without the vault: status %d", path, got.code)
		}
	}
	s.Down(false, false)
	v[Lin].ok("/en/me")
}

// plain returns the text of a page.
func plain(page string) string {
	text := regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`).ReplaceAllString(page, "")
	return strings.NewReplacer("&#39;", "'", "&amp;", "&").Replace(text)
}

package residue_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
)

// badUploads tries files with errors on the pages and by a call: one is looked at
// and left where it is held, one is downloaded with its errors and forgotten, one
// is broken off, one is sent.
func (st *story) badUploads() {
	m := st.m
	rows := func(what string) string {
		who := m.person("somebody in a file by page, " + what)
		p := penalty{m.word("the source's number by page, " + what), m.document("number by page, " + what), m.chinese("place by page, " + what), m.chinese("reason by page, " + what), m.digits("amount by page, "+what, 9)}
		return penaltyHeader + strings.Replace(p.row(who, 1), ",fine,", ","+m.word("a value that is none, by page, "+what)+",", 1) + p.row(m.wrong("somebody in a file by page, "+what, who), 1)
	}
	b := st.browser()
	b.get("/en/clerk/sign-in").want(http.StatusOK)
	b.post("/en/clerk/sign-in", "token", m.word("a token on a page that is none")).want(http.StatusUnprocessableEntity)
	b.post("/en/clerk/sign-in", "token", st.tokens["wuhan-market"]).want(http.StatusOK, "Deliveries")

	held := b.upload("market-penalty", m.word("the name of a file")+".csv", rows("held")).want(http.StatusOK, "E-FIELD-VALUE").trial()
	b.get("/zh"+held).want(http.StatusOK, "E-FIELD-VALUE")
	forgotten := b.upload("market-penalty", "x.csv", rows("forgotten")).want(http.StatusOK, "E-FIELD-VALUE").trial()
	if b.get("/en" + forgotten + "/errors"); !strings.Contains(b.page, "recourse_fix") {
		st.t.Fatalf("the file of errors: %d %s", b.code, b.page)
	}
	b.post("/en"+forgotten, "do", "forget").want(http.StatusOK)
	b.upload("market-penalty", "x.csv", rows("refused whole")[3:]).want(http.StatusUnprocessableEntity)
	b.upload(m.word("a type by page that is none"), "x.csv", rows("of no type")).want(http.StatusUnprocessableEntity)
	sent := b.upload("market-penalty", "x.csv", rows("sent")).want(http.StatusOK).trial()
	b.post("/en"+sent, "do", "send")
	st.until("a file is sent by page", func() bool { return strings.Contains(b.get("/en"+sent).page, "One delivery") })
	b.get("/en/supply?type=" + m.word("a filter that is none"))
	b.get("/en/supply/trials/" + m.word("a trial that is none"))

	status, answer := st.send(call{"POST", "/api/v1/deliveries?dry_run=true&type=market-penalty", st.tokens["wuhan-market"], csvHeader(), strings.NewReader(rows("tried by a call"))})
	var got struct{ Trial string }
	if err := json.Unmarshal(answer, &got); status != http.StatusOK || err != nil || got.Trial == "" {
		st.t.Fatalf("a dry run: %d %s", status, answer)
	}
	st.send(call{"GET", "/api/v1/trials/" + got.Trial + "/findings", st.tokens["wuhan-market"], nil, nil})
}

// upload sends the form of a new delivery.
func (b *browser) upload(kind, name, file string) *browser {
	b.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("type", kind) // a buffer takes everything
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		b.s.t.Fatal(err)
	}
	_, _ = part.Write([]byte(file))
	_ = w.Close()
	req, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodPost, b.s.running.URL+"/en/supply/new", &body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// trial is the address of the dry run that the page is about.
func (b *browser) trial() string {
	b.s.t.Helper()
	at := regexp.MustCompile(`/supply/trials/T-[0-9A-Z]{26}-[0-9A-Z]`).FindString(b.page)
	if at == "" {
		b.s.t.Fatalf("the page is about no dry run:\n%s", b.page)
	}
	return at
}

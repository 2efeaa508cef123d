package residue_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// badDeliveries sends what cannot be taken: rows, files, headers, addresses.
func (st *story) badDeliveries() {
	m := st.m
	some := func(what string) (someone, penalty) {
		return m.person(what), penalty{m.word("the source's number, " + what), m.document("number, " + what), m.chinese("place, " + what), m.chinese("reason, " + what), m.digits("amount, "+what, 9)}
	}
	rows := penaltyHeader
	for _, what := range []string{"wrong check character", "masked name", "another's name", "too long a reason", "no such day", "unknown value", "unknown authority", "a minor", "wrong currency", "a formula",
		"too few cells", "an unknown kind of identifier", "a day to come", "over long ago"} {
		who, p := some(what)
		row := p.row(who, 1)
		switch what {
		case "wrong check character":
			row = p.row(m.wrong(what, who), 1)
		case "masked name":
			row = strings.Replace(row, who.name, who.name+"*", 1)
		case "another's name":
			row = p.row(someone{st.people[0].number, who.name}, 1)
		case "too long a reason":
			row = strings.Replace(row, p.reason, strings.Repeat(p.reason, 80), 1)
		case "no such day":
			row = strings.Replace(row, day(-30), m.word("a day that is none"), 1)
		case "unknown value":
			row = strings.Replace(row, ",fine,", ","+m.word("a value that is none")+",", 1)
		case "unknown authority":
			row = strings.Replace(row, "wuhan-market", m.chinese("an authority that is none"), 1)
		case "a minor":
			body := "9999992015" + "0102" + "123"
			row = strings.Replace(row, who.number, m.add("number of a minor", body+check(body)), 1)
		case "wrong currency":
			row = strings.Replace(row, "CNY", m.word("a currency that is none"), 1)
		case "a formula":
			row = strings.Replace(row, p.place, `=HYPERLINK(`+m.word("a formula")+`)`, 1)
		case "too few cells":
			row = who.number + "," + who.name + "\n"
		case "an unknown kind of identifier":
			row = strings.Replace(row, "cn-id", m.word("a kind that is none"), 1)
		case "a day to come":
			row = strings.Replace(row, day(-30), day(400), 1)
		case "over long ago":
			row = strings.Replace(row, day(-30), "1999-01-02", 1)
		}
		rows += row
	}
	got := st.delivered("wuhan-market", "market-penalty", []byte(rows))
	if got.Rows != 14 || got.New > 0 || got.Quarantined < 3 || got.Refused < 8 {
		st.t.Fatalf("%+v", got)
	}
	// A number that was another person's before.
	who, _ := some("a wrong person")
	if got := st.delivered("wuhan-market", "market-penalty", []byte(penaltyHeader+st.penalty.row(who, 2))); got.Quarantined != 1 {
		st.t.Fatalf("%+v", got)
	}
	st.badFiles(some)
}

func (st *story) badFiles(some func(string) (someone, penalty)) {
	m := st.m
	who, p := some("a file without a header")
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(penaltyHeader + p.row(who, 1))
	if err != nil {
		st.t.Fatal(err)
	}
	for name, file := range map[string]string{
		"no header": p.row(who, 1) + p.row(who, 2), "a column too many": "id_type," + m.word("a column that is none") + "\n", "two encodings": penaltyHeader + p.row(who, 1) + strings.TrimPrefix(gb, penaltyHeader),
		"an open quote": penaltyHeader + strings.Replace(p.row(who, 1), p.place, `"`+p.place, 1), "a long row": penaltyHeader + strings.Replace(p.row(who, 1), p.reason, strings.Repeat(p.reason, 50000), 1),
		"no text": "\x00\x01" + p.row(who, 1), "no rows": "", "a bare quote": penaltyHeader + strings.Replace(p.row(who, 1), p.place, p.place+`"x"`, 1),
	} {
		status, answer := st.deliver("wuhan-market", "market-penalty", []byte(file))
		if status/100 != 4 && !bytes.Contains(answer, []byte(`"new":0`)) {
			st.t.Fatalf("%s: %d %s", name, status, answer)
		}
		if bytes.Contains(answer, []byte(who.name)) || bytes.Contains(answer, []byte(p.reason)) || bytes.Contains(answer, []byte(who.number)) {
			st.t.Errorf("%s: the answer repeats a value of the file: %s", name, answer)
		}
	}
	good := []byte(penaltyHeader + p.row(who, 1))
	secret := m.word("a token that is none", loudLog)
	for name, c := range map[string]call{
		"no such type":       {"POST", "/api/v1/deliveries?type=" + m.word("a type that is none"), st.tokens["wuhan-market"], csvHeader(), bytes.NewReader(good)},
		"another's type":     {"POST", "/api/v1/deliveries?type=nurse-licence", st.tokens["wuhan-market"], csvHeader(), bytes.NewReader(good)},
		"no such parameter":  {"POST", "/api/v1/deliveries?type=market-penalty&person=" + url.QueryEscape(who.name), st.tokens["wuhan-market"], csvHeader(), bytes.NewReader(good)},
		"a bad query":        {"GET", "/api/v1/types?%zz=" + m.word("a bad query"), "", nil, nil},
		"a bad token":        {"POST", "/api/v1/deliveries?type=market-penalty", "rct_" + secret, csvHeader(), bytes.NewReader(good)},
		"no token":           {"POST", "/api/v1/deliveries?type=market-penalty", "", csvHeader(), bytes.NewReader(good)},
		"another media type": {"POST", "/api/v1/inquiries", st.tokens["wuhan-market"], http.Header{"Content-Type": {m.word("a media type that is none")}}, bytes.NewReader(good)},
		"no such path":       {"GET", "/api/v1/" + m.word("a path that is none"), st.tokens["wuhan-market"], nil, nil},
		"no such delivery":   {"GET", "/api/v1/deliveries/" + m.word("a delivery that is none"), st.tokens["wuhan-market"], nil, nil},
		"another method":     {"DELETE", "/api/v1/deliveries/" + m.word("a delivery to be deleted"), st.tokens["wuhan-market"], nil, nil},
		"a key with a name":  {"POST", "/api/v1/deliveries?type=market-penalty", st.tokens["wuhan-market"], http.Header{"Content-Type": {"text/csv"}, "Idempotency-Key": {who.name}}, bytes.NewReader(good)},
	} {
		if status, answer := st.send(c); status/100 != 4 {
			st.t.Fatalf("%s: %d %s", name, status, answer)
		}
	}
	st.cut(who, p)
}

func csvHeader() http.Header { return http.Header{"Content-Type": {"text/csv"}} }

// cut breaks an upload off in the middle of a row, then in the middle of a chunk.
func (st *story) cut(who someone, p penalty) {
	reader, writer := io.Pipe()
	go func() {
		_, _ = io.WriteString(writer, penaltyHeader+p.row(who, 1)[:60])
		_ = writer.CloseWithError(io.ErrUnexpectedEOF)
	}()
	st.send(call{"POST", "/api/v1/deliveries?type=market-penalty", st.tokens["wuhan-market"], csvHeader(), reader})
	st.raw(fmt.Sprintf("POST /api/v1/deliveries?type=market-penalty HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: cut\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n%s%s",
		st.tokens["wuhan-market"], penaltyHeader, p.row(who, 1)))
	st.raw("GET /" + p.number + " HTTP/1.1\r\nHost: " + who.name + "\r\n" + p.reason + "\r\n\r\n")
	st.raw(who.number + " " + p.reason + "\r\n\r\n")
	st.raw("GET /en/me HTTP/1.1\r\nHost: x\r\nCookie: " + who.name + "=" + p.reason + "; recourse_session=" + who.number + "\r\n\r\n")
}

// badInquiries asks in ways that cannot be answered.
func (st *story) badInquiries() {
	m := st.m
	who := m.person("somebody asked about wrongly")
	change := func(edit func(q map[string]any)) map[string]any {
		q := st.question("food-licence-application", "statute", who)
		edit(q)
		return q
	}
	person := func(q map[string]any) map[string]any { return q["person"].(map[string]any) }
	for name, q := range map[string]map[string]any{
		"no such purpose":        change(func(q map[string]any) { q["purpose"] = strings.ToLower(m.word("a purpose that is none")) }),
		"a number as purpose":    change(func(q map[string]any) { q["purpose"] = m.person("somebody in place of a purpose").number }),
		"a name as purpose":      change(func(q map[string]any) { q["purpose"] = who.name }),
		"no such basis":          change(func(q map[string]any) { q["basis"] = m.word("a basis that is none") }),
		"a case of another form": change(func(q map[string]any) { q["case"] = m.chinese("a case of another form") }),
		"a long case":            change(func(q map[string]any) { q["case"] = strings.Repeat(m.word("a long case"), 20) }),
		"a long reason":          change(func(q map[string]any) { q["reason"] = strings.Repeat(m.chinese("a long reason"), 100) }),
		"wrong check character":  change(func(q map[string]any) { person(q)["id_number"] = m.wrong("somebody asked about wrongly", who).number }),
		"no such kind":           change(func(q map[string]any) { person(q)["id_type"] = m.word("a kind of identifier that is none") }),
		"a masked name":          change(func(q map[string]any) { person(q)["name"] = who.name + "＊" }),
		"a field too many":       change(func(q map[string]any) { q[m.word("a field that is none")] = m.word("its value") }),
		"null":                   change(func(q map[string]any) { q["case"] = nil }),
		"a list":                 change(func(q map[string]any) { q["reason"] = []string{m.word("a list in place of a reason")} }),
		"a long body":            change(func(q map[string]any) { q["reason"] = strings.Repeat(m.word("a long body"), 5000) }),
		"nobody":                 change(func(q map[string]any) { q["person"] = m.word("a word in place of a person") }),
	} {
		got, answer := st.ask("hubei-market", q)
		if !strings.HasPrefix(got, "E-") && got != "not answered" {
			st.t.Fatalf("%s: %s %s", name, got, answer)
		}
		if bytes.Contains(answer, []byte(who.number)) || bytes.Contains(answer, []byte(who.name)) {
			st.t.Errorf("%s: the answer repeats what was sent: %s", name, answer)
		}
	}
	h := http.Header{"Content-Type": {"application/json"}}
	for _, body := range []string{
		`{"purpose":"` + m.word("a body without an end"), `{"` + m.word("a doubled name") + `":1,"` + who.name + `":2}`, `["` + m.word("a list in place of a body") + `"]`,
		`{"person":{"id_number":"` + who.number + `","id_number":"` + who.number + `"}}`, "\xff\xfe" + m.word("a body of bytes"), `{"reason":"\ud800` + m.word("half a character") + `"}`,
	} {
		if status, answer := st.send(call{"POST", "/api/v1/inquiries", st.tokens["hubei-market"], h, strings.NewReader(body)}); status/100 != 4 {
			st.t.Fatalf("%s: %d %s", body, status, answer)
		}
	}
	for _, c := range []call{
		{"POST", "/api/v1/inquiries", m.word("a token of an inquiry that is none"), h, strings.NewReader(`{"person":"` + who.name + `"}`)},
		{"POST", "/api/v1/inquiries/" + m.word("a path below inquiries"), st.tokens["hubei-market"], h, strings.NewReader(`{}`)},
		{"GET", "/api/v1/inquiries?id_number=" + who.number, st.tokens["hubei-market"], nil, nil},
	} {
		if status, answer := st.send(c); status/100 != 4 {
			st.t.Fatalf("%s: %d %s", c.path, status, answer)
		}
	}
	// A key that somebody made from personal data: it is only ever kept as part of a fingerprint.
	if got, answer := st.ask("hubei-market", st.question("food-licence-application", "statute", st.people[0]), "Idempotency-Key", m.word("key of an inquiry")); got != "records" {
		st.t.Fatalf("%s %s", got, answer)
	}
	if status, answer := st.deliver("wuhan-market", "market-penalty", []byte(penaltyHeader), "Idempotency-Key", m.word("key of a delivery", plainKeys)); status != http.StatusOK {
		st.t.Fatalf("%d %s", status, answer)
	}
}

// badPages opens pages and sends forms that cannot be taken.
func (st *story) badPages() {
	m := st.m
	b := st.browser().signIn(0)
	for _, path := range []string{"/en/me/records/", "/en/me/notices/", "/zh/me/lookups/", "/en/me/consents/", "/en/", "/", "/static/", "/en/sandbox/sign-in?next=", "/en/me?", "/en/me/lookups?before=", "/en/me/lookups?purpose=",
		"/zh/me/lookups/export?", "/en/sign-in?next=/en/"} {
		b.get(path + url.QueryEscape(m.chinese("at the end of "+path)))
	}
	b.get("/en/me", "User-Agent", m.word("a browser's name"), "Referer", "http://example.org/"+m.word("where somebody came from"), "X-Forwarded-For", m.word("a forwarded address"),
		"Accept-Language", m.word("a language that is none"), "X-Request-Id", m.word("a number of a request")).want(http.StatusOK)
	for _, form := range [][]string{
		{"/en/me/settings", "do", "mail", "email", m.word("an address that is none"), "mail-language", "zh"},
		{"/en/me/settings", "do", "mail", "email", m.address("an address in no language"), "mail-language", m.word("a language of mail that is none")},
		{"/en/me/settings", "do", m.word("a setting that is none")},
		{"/zh/me/consents/new", "choice", m.word("a choice that is none"), "until", m.word("a day of a consent that is none")},
		{"/zh/me/consents/new", "choice", "sample-bank|loan-application", "until", m.chinese("a last day that is none"), "step", "give"},
		{"/en/sandbox/sign-in", "person", m.word("a sample that is none"), "next", "http://example.org/" + m.word("a next page elsewhere")},
		{"/en/me/notices/" + m.word("a letter that is none"), "x", m.word("a field of a form that is none")},
		{"/en/me/settings", "do", "mail", "email", strings.Repeat(m.word("a long address"), 20000)},
	} {
		if b.post(form[0], form[1:]...); b.code == http.StatusInternalServerError {
			st.t.Fatalf("%s: %s", form[0], b.page)
		}
	}
	b.post("/en/sign-out")
	b.get("/en/me?" + m.word("a page without a sign-in")).want(http.StatusUnauthorized)
}

// badCommands runs commands that fail.
func (st *story) badCommands() {
	m := st.m
	write(st.t, st.at("cwd", "token"), st.tokens["hubei-market"]+"\n")
	inquire := []string{"inquire", "--data-dir", st.data(), "--token-file", "token", "--purpose", "food-licence-application", "--basis", "statute", "--case", "FL2026-000001"}
	for _, stdin := range []string{m.word("standard input that is no person"), `{"id_type":"cn-id","id_number":"` + m.word("a number that is none") + `"}`, `{"` + m.word("a field of a person that is none") + `":1}`} {
		if _, _, code := st.run(stdin, inquire...); code == 0 {
			st.t.Fatalf("taken: %s", stdin)
		}
	}
	for _, args := range [][]string{
		{"furnish", m.word("a file that is none"), "--data-dir", st.data(), "--token-file", "token", "--type", "market-penalty"},
		{"clerk", "token", "--data-dir", st.data(), m.word("a clerk that is none")},
		{"clerk", "add", "--data-dir", st.data(), "--body", "no-such-body", "--staff", m.word("staff number at no body"), "--trained-until", "2030-01-01"},
		{m.word("a command that is none")},
	} {
		if _, _, code := st.run("", args...); code == 0 {
			st.t.Fatalf("taken: %q", args)
		}
	}
	remove(st.t, st.at("cwd", "token"))
}

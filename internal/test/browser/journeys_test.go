package browser

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"recourse/internal/proof"
)

// stage is where the journeys of one person are played: in one language, with scripts,
// without, or with nothing but the keys.
type stage struct {
	*whole
	t            *testing.T
	lang         string
	scripts      bool
	keys         bool
	name, number string // of the person
	nth          int
	dir          string
}

// TestJourneys plays what people come for, from page to page in a browser: a record is
// filed, told, contested, decided and erased; a consent is given and asked on; a file
// with mistakes is mended and sent; a record ends early; a freeze is placed and lifted.
// Each in both languages, with scripts and without, and once with the keys alone.
func TestJourneys(t *testing.T) {
	t.Parallel()
	w := serveWholeLife(t)
	for i, s := range []stage{
		{lang: "zh", scripts: false, name: "样例玉兰", number: "999999198310101179"},
		{lang: "en", scripts: false, name: "样例诸葛", number: "999999199711112164"},
		{lang: "zh", scripts: true, name: "Sample Anna-Maria", number: "999999200010212387"},
		{lang: "en", scripts: true, name: "样例志强", number: "999999200402292603"},
		{lang: "en", scripts: true, keys: true, name: "样例建国", number: "999999198106181060"},
	} {
		t.Run(fmt.Sprintf("%s scripts=%v keys=%v", s.lang, s.scripts, s.keys), func(t *testing.T) {
			t.Parallel()
			s.whole, s.t, s.nth, s.dir = w, t, 900+i, t.TempDir()
			s.play()
		})
	}
}

func (s stage) play() {
	s.batch(s.as(s.newClerk(s.t, "wuhan-market", fmt.Sprintf("SAMPLE-%d", s.nth))))
	person := s.enters()
	record := s.opens(person, "")
	s.contest(person, record)
	s.consent(person)
	s.receipt(person)
	s.freeze(person)
	s.ends(person)
	person.click(`.tools form button`)
	person.at(s.url + "/" + s.lang + "/?done=out")
}

// player is somebody before a page of the stage.
type player struct {
	*Tab
	keys bool
}

func (s stage) tab() player {
	tab := shared(s.t).Tab(s.t)
	tab.Look(View{Width: 1000, NoScripts: !s.scripts})
	return player{tab, s.keys}
}

// as is somebody who has signed in elsewhere.
func (s stage) as(o *office) player {
	p := s.tab()
	p.Cookie(s.url, "recourse", o.session())
	return p
}

func (s stage) open(p player, path string) { s.t.Helper(); p.Open(s.url + "/" + s.lang + path) }

func (s stage) file(name, text string) string {
	at := filepath.Join(s.dir, name)
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return at
}

// enters signs the person in by the pages.
func (s stage) enters() player {
	s.t.Helper()
	page := s.guest(s.t).get("/en/sandbox/sign-in")
	m := regexp.MustCompile(`<label for="(person-[0-9]+)"[^>]*><b[^>]*>` + regexp.QuoteMeta(s.name) + `</b>`).FindStringSubmatch(page)
	if m == nil {
		s.t.Fatalf("there is no sample person %s", s.name)
	}
	p := s.tab()
	s.open(p, "/")
	p.click(".landing .btn")
	p.click(`main a[href$="/sign-in/person"]`)
	p.press("#" + m[1])
	p.click("main form .btn")
	p.at(s.url + "/" + s.lang + "/me")
	return p
}

// about changes a row so that it is about the person of the stage.
func (s stage) about(row string) string {
	return regexp.MustCompile(`^cn-id,[0-9X]+,示例,`).ReplaceAllString(row, "cn-id,"+s.number+","+s.name+",")
}

// batch sends a file of which one row has a mistake, mends it by what the page says, and
// sends it again: nothing is doubled.
func (s stage) batch(p player) {
	s.t.Helper()
	good := s.about(penaltyRow(s.nth))
	bad := strings.Replace(penaltyRow(s.nth+50), ",fine,", ",fein,", 1)
	for i, second := range []string{bad, strings.Replace(bad, ",fein,", ",fine,", 1)} {
		s.open(p, "/supply")
		p.click(`main a.btn`)
		p.press(`input[value="market-penalty"]`)
		p.upload("#file", s.file("rows.csv", penalties+good+second))
		p.click("main form .btn")
		if wrong := strings.Contains(p.Text("main"), "E-FIELD-VALUE"); wrong != (i == 0) {
			s.t.Fatalf("the trial of file %d:\n%s", i+1, p.Text("main"))
		}
		p.click(`button[value="send"]`)
		for limit := time.Now().Add(2 * time.Minute); !strings.Contains(p.At(), "/supply/deliveries/"); p.Open(p.At()) {
			if time.Now().After(limit) {
				s.t.Fatalf("never sent: %s\n%s", p.At(), p.Text("main"))
			}
		}
	}
	says(s.t, p.Text("main"), map[string]string{"zh": "未变", "en": "unchanged"}[s.lang])
}

// opens opens letters until one is about the record on whose page stands what is said,
// and returns the path of that record.
func (s stage) opens(p player, said string) string {
	s.t.Helper()
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); s.open(p, "/me/notices") {
		if p.Number(`document.querySelectorAll('main form[action*="/me/notices/"] button').length`) == 0 {
			continue
		}
		p.click(`main form[action*="/me/notices/"] button`)
		if !strings.HasSuffix(p.At(), "?done=opened") {
			s.t.Fatalf("opening a letter leads to %s", p.At())
		}
		if p.Number(`document.querySelectorAll('main a[href*="/me/records/"]').length`) == 0 {
			continue // another letter came before it
		}
		p.click(`main a[href*="/me/records/"]`)
		if strings.Contains(p.Text("main"), said) {
			return strings.TrimPrefix(p.At(), s.url+"/"+s.lang)
		}
	}
	s.t.Fatalf("no letter came about %s:\n%s", said, p.Text("main"))
	return ""
}

// contest goes through the five steps; the source gives the record up, two people find
// so, and the person reads that the content is gone.
func (s stage) contest(p player, record string) {
	s.t.Helper()
	p.click(`a[href*="/me/contests/new"]`)
	p.click("main form .btn")
	p.press(`input[value="settled"]`)
	p.click("main form .btn")
	p.fill("#settled", "示例：已于上月缴清。")
	p.click("main form .btn")
	p.upload("#file", s.paper())
	p.press("#third")
	p.click("main form button")
	says(s.t, p.Text("main"), "png")
	p.click("main .row a.btn")
	p.click(`button[value="send"]`)
	number := regexp.MustCompile(`D-[0-9A-Z]{26}-[0-9A-Z]`).FindString(p.At())
	says(s.t, p.Text("body"), number)

	source := s.as(s.colleague(s.t, market))
	s.open(source, "/supply/contests")
	source.click(`main a[href$="` + number + `"]`)
	source.fill("#officer", "示例科 示例员")
	source.press("#position-settled-takes-back")
	source.fill("#reason-settled", "示例：确已缴清。")
	source.click("main form .btn")
	centre := "Hubei Credit Information Centre"
	for _, o := range []*office{s.clerkOf(s.t, centre), s.colleague(s.t, centre)} {
		decider := s.as(o)
		s.open(decider, "/work/contests")
		decider.click(`main a[href$="` + number + `"]`)
		decider.press("#outcome-settled-withdrawn")
		decider.fill("#reasons-settled", "示例：凭证齐全。")
		decider.click(`form[action$="` + number + `"] .btn`)
		if !strings.HasSuffix(decider.At(), "?done=found") {
			s.t.Fatalf("deciding leads to %s:\n%s", decider.At(), decider.Text("main"))
		}
	}
	s.open(p, "/me/contests")
	p.click(`main a[href$="` + number + `"]`)
	p.click(`button[value="open"]`)
	says(s.t, p.Text("main"), "示例：凭证齐全。")
	gone := map[string]string{"zh": "内容已彻底删除", "en": "The content was erased for good"}[s.lang]
	s.open(p, record)
	for limit := time.Now().Add(2 * time.Minute); !strings.Contains(p.Text("main"), gone) && time.Now().Before(limit); {
		s.open(p, record)
	}
	says(s.t, p.Text("main"), gone)
	silent(s.t, p.Text("main"), "500.00")
}

// paper is a small picture, as evidence.
func (s stage) paper() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		s.t.Fatal(err)
	}
	return s.file("paper.png", b.String())
}

// consent gives one, lets it be used at once, and finds what a bank asked on it.
func (s stage) consent(p player) {
	s.t.Helper()
	p.click(`.nav a[href$="/me/consents"]`)
	p.click(`main a[href$="/me/consents/new"]`)
	p.press(`input[name="choice"][value="sample-bank|loan-application"]`)
	p.date("#until", s.today(s.t).AddDays(20).String())
	p.press("#often-2")
	p.click("main form .btn")
	p.click(`button[value="give"]`)
	p.click(`main a[href*="/me/consents/C-"]`)
	p.click(`button[value="confirm"]`)

	asker := s.as(s.clerkOf(s.t, bank))
	s.open(asker, "/ask")
	asker.click(`main a[href$="purpose=loan-application"]`)
	asker.fill("#id_number", s.number)
	asker.fill("#reason", "示例：初次贷款")
	asker.click("main form .btn")
	says(s.t, asker.Text("main"), map[string]string{"zh": "今天没有可以为此用途向你提供的内容", "en": "There is nothing that may be shown to you for this purpose today."}[s.lang])

	p.click(`.nav a[href$="/me/lookups"]`)
	p.click(`main table a[href*="/me/lookups/"]`)
	says(s.t, p.Text("main"), "示例：初次贷款")
}

// receipt takes out on paper what proves the newest look, as soon as it is published.
func (s stage) receipt(p player) {
	s.t.Helper()
	for limit := time.Now().Add(2 * time.Minute); p.Number(`document.querySelectorAll('[data-receipt]').length`) == 0; {
		if time.Now().After(limit) {
			s.t.Fatalf("there is no receipt:\n%s", p.Text("main"))
		}
		s.open(p, "/me/receipts")
		p.click(`main a[href*="/receipts/paper/"]`)
	}
	if r, err := proof.ParseReceipt(p.Text("[data-receipt]") + "\n"); err != nil || r.Opening.Stream == nil {
		s.t.Errorf("the text of the receipt: %v", err)
	}
	if wide := p.Number(`document.querySelector('img.qr').naturalWidth`); wide < 100 {
		s.t.Errorf("the code of the receipt is %.0f wide", wide)
	}
}

// freeze places one, lets one body through and takes that back, lifts it and undoes that.
func (s stage) freeze(p player) {
	s.t.Helper()
	p.click(`.nav a[href$="/me/consents"]`)
	p.click(`main a[href$="/me/freeze"]`)
	for _, do := range []string{"placed", "for", "back", "lifted", "again"} {
		p.click(`button[value="` + do + `"]`)
		p.at(s.url + "/" + s.lang + "/me/freeze?done=" + do)
	}
	asker := s.as(s.clerkOf(s.t, bank))
	s.open(asker, "/ask/new?purpose=loan-application")
	asker.fill("#id_number", s.number)
	asker.fill("#case", "示例-2")
	asker.click("main form .btn")
	says(s.t, asker.Text("main"), map[string]string{"zh": "这次查询没有得到答复", "en": "This inquiry was not answered."}[s.lang])
	p.click(`button[value="lifted"]`)
}

const loans = "id_type,id_number,name,source_ref,as_of,lender,notice_number,notified_on,defaulted_on,amount_owed\n"

// ends lets a default of long ago be explained; two of the registry find it enough, and
// the record ends.
func (s stage) ends(p player) {
	s.t.Helper()
	day := s.today(s.t).AddMonths(-14)
	row := fmt.Sprintf("cn-id,%s,%s,示例-J%d,%s,sample-bank,示例催告-J%d,%s,%s,900.00 CNY\n", s.number, s.name, s.nth, time.Now().AddDate(0, 0, -1).Format(time.RFC3339), s.nth, day.AddDays(3), day)
	lender := s.as(s.newClerk(s.t, "sample-bank", fmt.Sprintf("SAMPLE-%d", s.nth)))
	s.open(lender, "/supply/new")
	lender.press(`input[value="loan-default"]`)
	lender.upload("#file", s.file("loans.csv", loans+row))
	lender.click("main form .btn")
	lender.click(`button[value="send"]`)
	s.opens(p, "900.00")
	p.click(`a[href*="/me/repairs/new"]`)
	p.click("main section form .btn")
	p.fill("#explained", "示例：失业半年，已与银行商定分期。")
	p.click(`button[value="next"]`)
	p.click(`button[value="send"]`)
	at := regexp.MustCompile(`/me/repairs/([A-Z]-[0-9A-Z]{26}-[0-9A-Z])`).FindStringSubmatch(p.At())
	if at == nil {
		s.t.Fatalf("sending leads to %s", p.At())
	}
	centre := "Hubei Credit Information Centre"
	for _, o := range []*office{s.clerkOf(s.t, centre), s.colleague(s.t, centre)} {
		decider := s.as(o)
		s.open(decider, "/work/repairs")
		decider.click(`main a[href$="` + at[1] + `"]`)
		decider.press("#outcome-granted")
		decider.fill("#reasons", "示例：说明充分。")
		decider.click("main form .btn")
	}
	s.open(p, "/me/repairs/"+at[1])
	p.click(`button[value="open"]`)
	says(s.t, p.Text("main"), "示例：说明充分。")
	p.click(`.nav a[href$="/me/repairs"]`)
	says(s.t, p.Text("main"), map[string]string{"zh": "凭证", "en": "Receipt"}[s.lang])
}

// upload chooses a file. A dialog of the system cannot be driven, with keys neither.
func (p player) upload(selector, file string) {
	p.t.Helper()
	if p.keys {
		p.reach(selector)
	}
	p.must(chromedp.Do(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file})))
}

func (p player) click(selector string) {
	p.t.Helper()
	if p.keys {
		p.reach(selector)
		if _, err := chromedp.RunResponse(p.ctx, chromedp.KeyEvent("\r")); err != nil {
			p.t.Fatalf("Enter on %s: %v", selector, err)
		}
		return
	}
	p.Click(selector)
}

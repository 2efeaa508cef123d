package browser

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recourse/internal/app"
	"recourse/internal/inquiry"
)

// life goes through what the sample life has not, page by page, and lets see see each.
type life struct {
	*whole
	t    *testing.T
	all  cast
	see  func(string)
	rows int // that were sent
}

// lives fills in forms that nobody filled in, and goes through what bodies and persons
// do only with each other.
func (w *whole) lives(t *testing.T, people cast, see func(string)) {
	t.Helper()
	l := &life{whole: w, t: t, all: people, see: see}
	l.enters()
	l.tours()
	l.asks()
	l.supplies()
	known := l.files("样例志强", "999999200402292603")
	l.posts(known)
	l.contests(known)
	l.reads(known)
	l.repairs()
	l.holds()
	l.deaths()
	l.inspections()
	l.views()
	l.complaints()
	l.pleas()
	l.freezes(people["back"])
	for who, o := range people {
		o.press(w, "en", see, untouched, entrance(who)...)
	}
	for who, o := range people {
		o.walk(w, "en", see, entrance(who)...)
	}
}

func (l *life) get(o *office, path string) string {
	l.t.Helper()
	page := o.get("/en" + path)
	l.see(page)
	return page
}

func (l *life) post(o *office, path string, pairs ...string) string {
	l.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	page := o.post("/en"+path, values)
	l.see(page)
	if strings.Contains(page, `<p class="ref">`) || strings.Contains(page, "Something failed on our side") {
		l.t.Errorf("%s fails:\n%s", path, text(page))
	}
	return page
}

// find returns what an expression finds in a page, below the language.
func (l *life) find(page, expression string) string {
	l.t.Helper()
	m := regexp.MustCompile(expression).FindStringSubmatch(page)
	if m == nil {
		l.t.Fatalf("nothing is like %s:\n%s", expression, text(page))
	}
	return html.UnescapeString(m[1])
}

// tours makes the tour of the sandbox.
func (l *life) tours() {
	o := l.guest(l.t)
	for _, step := range []string{"x", "1", "2", "3", "4", "5"} {
		l.post(o, "/sandbox/tour", "step", step)
	}
}

// enters signs in as one should not.
func (l *life) enters() {
	o := l.guest(l.t)
	l.post(o, "/clerk/sign-in", "token", "")
	l.post(o, "/clerk/sign-in", "token", "nonsense")
	l.post(o, "/sandbox/clerk", "body", "x")
	desk, err := app.OpenDesk(l.t.Context(), l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	defer desk.Close()
	c, err := desk.Party.AddClerk(l.t.Context(), "hubei-tax", "SAMPLE-untrained", l.today(l.t).AddDays(1), desk.Now())
	if err != nil {
		l.t.Fatal(err)
	}
	token, err := desk.Party.IssueToken(l.t.Context(), c.ID, desk.Now(), desk.Now().Add(time.Hour))
	if err == nil {
		_, err = desk.Party.AddClerk(l.t.Context(), "hubei-tax", "SAMPLE-untrained", l.today(l.t).AddDays(-1), desk.Now())
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.post(o, "/clerk/sign-in", "token", token)
	l.get(o, "/sign-in")
	l.get(o, "/sign-in/person/back") // nobody set out
	l.get(o, "/sign-in/person")
	l.get(o, "/sign-in/person/back?state=nonsense&code=nonsense")
	l.get(l.all["person"], "/sign-in/again")
	l.get(l.all["market"], "/sign-in/again")
}

// asks puts questions with each outcome, one that a second person confirms, and one
// that was put before.
func (l *life) asks() {
	ask := func(o *office, purpose, number, file string) string {
		page := l.get(o, "/ask/new?purpose="+purpose)
		key := l.find(page, `name="key" value="([^"]*)"`)
		return l.post(o, "/ask/new", "purpose", purpose, "key", key, "id_type", "cn-id", "id_number", number, "case", file, "reason", "示例")
	}
	for i, number := range []string{"999999195802030078", "999999200402292603", "999999196402290297", "999999197712310841", "999999197209090626", "999999199409301941"} {
		ask(l.all["market"], "food-licence-application", number, fmt.Sprintf("FL2026-9902%02d", i))
		ask(l.all["bank"], "loan-application", number, "")
	}
	for i, effect := range inquiry.Effects() {
		page := ask(l.all["market"], "food-licence-application", "999999195802030078", fmt.Sprintf("FL2026-9903%02d", i))
		use := []string{"receipt", l.find(page, `name="receipt" value="([^"]*)"`), "purpose", "food-licence-application", "effect", string(effect)}
		l.post(l.all["market"], "/ask/use", use...)
		if effect == inquiry.Adverse {
			l.post(l.all["market"], "/ask/use", append(use, "given", "yes")...)
		}
	}
	page := l.get(l.all["bank"], "/ask")
	for _, m := range regexp.MustCompile(`/en(/ask/new\?purpose=[^"]*)"`).FindAllStringSubmatch(page, -1) {
		if page := l.get(l.all["bank"], html.UnescapeString(m[1])); strings.Contains(page, "second person") {
			break
		}
	}
}

// supplies tries files of each form, and sends one.
func (l *life) supplies() {
	o := l.all["market"]
	up := func(name, file string) string {
		_, page := o.upload("en", "market-penalty", name, file)
		l.see(page)
		return page
	}
	_, page := o.upload("en", "", "x.csv", mixed(1))
	l.see(page)
	up("x.csv", penalties)
	up("x.csv", penalties+strings.ReplaceAll(penaltyRow(1), ",fine,", ",nonsense,"))
	page = up("x.csv", penalties+penaltyRow(701)+penaltyRow(702))
	l.post(o, trialOf(l.t, page), "do", "forget")
	l.get(o, trialOf(l.t, page))
	up("x.jsonl", `{"id_type":"cn-id","id_number":"x"}`+"\n")
	page = up("x.csv", mixed(250))
	if at := after(page, `rel="next" href="`); at != "" {
		l.see(o.get(at))
	}
	l.get(o, "/supply?state=failed")
	file := penalties + penaltyRow(703) + penaltyRow(704)
	for range 2 {
		page = l.post(o, trialOf(l.t, up("x.csv", file)), "do", "send")
		for limit := time.Now().Add(time.Minute); !strings.Contains(page, "One delivery") && time.Now().Before(limit); {
			page = l.get(o, l.find(page, `/en(/supply/trials/[^"?#]*)"`))
		}
	}
}

// files lets the market's regulator file two records about a sample person, who then
// has letters.
func (l *life) files(name, number string) *office {
	for range 2 {
		l.rows++
		row := strings.NewReplacer(",示例,示例-", ","+name+",示例-").Replace(penaltyRow(800 + l.rows))
		row = regexp.MustCompile(`^cn-id,[0-9X]+,`).ReplaceAllString(row, "cn-id,"+number+",")
		_, page := l.all["market"].upload("en", "market-penalty", "x.csv", penalties+row)
		trial := trialOf(l.t, page)
		page = l.post(l.all["market"], trial, "do", "send")
		for limit := time.Now().Add(time.Minute); !strings.Contains(page, "One delivery"); page = l.get(l.all["market"], trial) {
			if time.Now().After(limit) {
				l.t.Fatalf("never sent:\n%s", text(page))
			}
		}
		if l.rows == 1 {
			o := l.person(l.t, name)
			l.post(o, "/me/settings", "do", "mail", "post", "武汉市示例路1号\n"+name, "mail-language", "en")
		}
	}
	return l.person(l.t, name)
}

// posts prints what waits, and notes what became of it.
func (l *life) posts(known *office) {
	desk := l.all["decider"]
	page := ""
	for limit := time.Now().Add(time.Minute); !strings.Contains(page, `name="letters"`); page = l.get(desk, "/work/post") {
		if time.Now().After(limit) {
			l.t.Fatalf("no letter waits to be printed:\n%s", text(page))
		}
	}
	number := l.find(page, `name="letters" value="([^"]*)"`)
	l.post(desk, "/work/post", "do", "print")
	l.post(desk, "/work/post", "do", "print", "letters", number)
	l.post(desk, "/work/post", "do", "sent", "letters", number)
	day := l.today(l.t)
	l.post(desk, "/work/post", "do", "arrived", "letter", "nonsense", "on", day.String())
	l.post(desk, "/work/post", "do", "arrived", "letter", number, "on", day.AddDays(9).String())
	l.post(desk, "/work/post", "do", "arrived", "letter", number, "on", day.String())
	l.post(desk, "/work/post", "do", "returned", "letter", number)
	known.walk(l.whole, "en", l.see, "/me/notices")
}

// contests contests a record to its end, and once more.
func (l *life) contests(known *office) {
	record := l.find(l.get(known, "/me"), `/me/records/(R-[0-9A-Z-]+)"`)
	first := l.contest(known, record, true)
	one, two := l.all["decider"], l.colleague(l.t, "Hubei Credit Information Centre")
	answer := []string{"officer", "示例科 示例员", "position-wrong-fact", "stands", "reason-wrong-fact", "示例"}
	l.post(l.all["market"], "/supply/contests/"+first, answer...)
	l.post(l.colleague(l.t, market), "/supply/contests/"+first, answer...)
	l.redacts(one, first)
	l.post(one, "/work/contests/"+first+"/clock", "do", "wait", "days", "2")
	for _, o := range []*office{one, two} {
		l.get(o, "/work/contests/"+first)
		l.post(o, "/work/contests/"+first, "outcome-wrong-fact", "upheld", "reasons-wrong-fact", "示例")
	}
	l.post(known, "/me/contests/"+first, "do", "open")
	second := l.contest(known, record, false) // with nothing new: it may be answered by reference
	l.helped(known, one, second)
	l.get(one, "/work/contests/"+second)
	l.get(known, "/me/contests")
	l.says(known, record)
	known.walk(l.whole, "en", l.see, "/me/notices")
}

// says says something about a record, changes it, and takes it back.
func (l *life) says(o *office, record string) {
	at := "/me/records/" + record + "/statement"
	l.get(o, "/me/records/"+record)
	l.get(o, at)
	for _, text := range []string{"", strings.Repeat("长", 501), "示例：已经付清。"} {
		l.post(o, at, "do", "keep", "text", text)
	}
	l.get(o, "/me/records/"+record)
	l.post(o, at, "do", "drop")
}

// contest sends a contest of a record, with some mistakes on the way, and returns its
// number; with files where the person brings some.
func (l *life) contest(o *office, record string, brings bool) string {
	page := l.post(o, "/me/contests/new", "record", record)
	number := l.find(page, `/me/contests/(D-[0-9A-Z-]+)/grounds`)
	at := "/me/contests/" + number
	l.post(o, at+"/grounds", "ground", "wrong-fact")
	l.post(o, at+"/words", "wrong-fact", strings.Repeat("长", 2001))
	l.post(o, at+"/words", "wrong-fact", "示例：金额不对。")
	page = l.get(o, at+"/evidence")
	third := field{name: "third", value: "yes"}
	l.see(o.submit(o.form(page, "/evidence"), field{}, filed("no document")))
	l.see(o.submit(o.form(page, "/evidence"), third, filed("no document")))
	if brings {
		l.see(o.submit(o.form(page, "/evidence"), third, filed("%PDF-1.7 示例")))
		l.see(o.submit(o.form(page, "/evidence"), third, func(_ form, of field) (string, bool) { return "%PDF-1.7 示例", of.name == "file" }))
	}
	l.get(o, at+"/check")
	l.post(o, at+"/check", "do", "send")
	return number
}

// redacts makes a copy of what somebody brought into a contest.
func (l *life) redacts(desk *office, number string) {
	page := l.get(desk, "/work/contests/"+number)
	for _, data := range []string{"no document", "%PDF-1.7 示例"} {
		l.see(desk.submit(desk.form(page, "/redaction"), field{}, filed(data)))
	}
}

// filed sends a file in each place for one, and what stood chosen.
func filed(data string) filling {
	return func(_ form, of field) (string, bool) {
		if of.kind == "file" {
			return data, true
		}
		return of.value, of.kind == "select"
	}
}

// repairs asks that records end early, decides, and ends a class for everybody.
func (l *life) repairs() {
	o := l.all["ending"]
	for _, m := range regexp.MustCompile(`/en(/me/repairs/[A-Z]-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(o, "/me/repairs"), -1) {
		page := l.get(o, m[1]+"/tasks")
		for _, name := range regexp.MustCompile(`<textarea id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			l.post(o, m[1]+"/tasks", "do", "keep", name[1], strings.Repeat("长", 2001))
			l.post(o, m[1]+"/tasks", "do", "next", name[1], "示例")
		}
		if strings.Contains(l.get(o, m[1]+"/check"), `value="send"`) {
			l.post(o, m[1]+"/check", "do", "send")
		}
	}
	one, two := l.all["decider"], l.colleague(l.t, "Hubei Credit Information Centre")
	for _, by := range []*office{one, two} {
		for _, m := range regexp.MustCompile(`/en(/work/repairs/[A-Z]-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(by, "/work/repairs"), -1) {
			l.get(by, m[1])
			l.post(by, m[1], "outcome", "granted", "reasons", "示例")
		}
	}
	filer := l.clerkOf(l.t, "Hubei Administration for Market Regulation")
	filer.walk(l.whole, "en", l.see, "/work/repairs")
	relief := l.find(l.get(one, "/work/reliefs"), `name="relief" value="([^"]*)"`)
	l.post(one, "/work/reliefs", "relief", relief, "do", "propose")
	l.get(two, "/work/reliefs")
	l.post(two, "/work/reliefs", "relief", relief, "do", "confirm")
	for limit := time.Now().Add(2 * time.Minute); !strings.Contains(l.get(one, "/work/reliefs"), "ended by"); {
		if time.Now().After(limit) {
			l.t.Error("a relief that two confirmed was never carried out")
			break
		}
	}
	for _, code := range []string{"示例甲", "样本四"} { // of a licence there is no way to end it
		for _, m := range regexp.MustCompile(`/me/records/(R-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(l.person(l.t, code), "/me"), -1) {
			l.get(l.person(l.t, code), "/me/repairs/new?record="+m[1])
		}
	}
}

// holds proposes a hold as one should not and as one may, confirms it, opens it as its
// court, and ends it before its day.
func (l *life) holds() {
	const at = "/work/holds"
	one, two, court := l.all["decider"], l.colleague(l.t, "Hubei Credit Information Centre"), l.clerkOf(l.t, "Higher People's Court of Hubei")
	propose := func(reference, court, number, until string) string {
		return l.post(one, at, "ground", "civil-evidence", "court", court, "reference", reference, "source", "hubei-market", "type", "market-penalty", "number", number, "until", until)
	}
	const reference, filed = "（2026）鄂01民初999902号", "示例-SC-0011"
	soon := l.today(l.t).AddDays(30).String()
	propose("x", "hubei-court", filed, soon)
	propose(reference, "hubei-tax", filed, soon)
	propose(reference, "hubei-court", "x", soon)
	propose(reference, "hubei-court", filed, "2099-01-01")
	propose(reference, "hubei-court", filed, soon)
	for _, m := range regexp.MustCompile(`/en(/work/holds/H-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(two, at), -1) {
		l.get(one, m[1])
		l.get(two, m[1])
		l.post(two, m[1], "do", "confirm")
		l.get(court, at)
		l.get(court, m[1])
		l.post(one, m[1], "do", "lift")
		l.get(one, m[1])
		l.get(two, m[1])
	}
	for _, code := range []string{"示例甲", "示例乙"} {
		for _, m := range regexp.MustCompile(`/me/records/(R-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(l.person(l.t, code), "/me"), -1) {
			l.get(l.person(l.t, code), "/me/records/"+m[1])
		}
	}
	l.get(l.all["source"], at)
}

// freezes places a freeze, lifts it for one body and for all, and takes that back.
func (l *life) freezes(o *office) {
	const at = "/me/freeze"
	l.post(o, at, "do", "placed")
	l.post(o, at, "do", "for", "body", "sample-bank", "until", "2099-01-01")
	page := l.post(o, at, "do", "for", "body", "sample-bank", "until", l.today(l.t).AddDays(3).String())
	l.post(o, at, "do", "back", "lift", l.find(page, `name="lift" value="([^"]*)"`))
	l.post(o, at, "do", "lifted")
	l.get(o, at)
	l.post(o, at, "do", "again")
	page = l.get(l.all["bank"], "/ask/new?purpose=loan-application")
	l.post(l.all["bank"], "/ask/new", "purpose", "loan-application", "key", l.find(page, `name="key" value="([^"]*)"`), "id_type", "cn-id",
		"id_number", "999999197712310841", "reason", "示例")
	l.get(o, "/me/lookups/export")
	l.get(o, "/me/lookups")
}

package residue_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// story is what happens to made-up people in one installation.
type story struct {
	*site
	m       *marks
	people  []someone // 0 to 3 have a file, 4 is only asked about, 5 only signs in
	penalty penalty
	loan    loan
	nurse   string // number of the certificate
}

type penalty struct{ ref, number, place, reason, amount string }
type loan struct{ ref, number, amount string }

// who are the people of the story.
var who = []string{"the penalised", "the borrower", "the nurse", "the corrected", "the unknown", "the visitor"}

func newStory(t *testing.T, program string, m *marks, extra ...string) *story {
	t.Helper()
	st := &story{m: m}
	for _, w := range who {
		st.people = append(st.people, m.person(w))
	}
	st.penalty = penalty{m.word("the source's number of a penalty"), m.document("number of a decision"), m.chinese("place of a decision"), m.chinese("reason of a penalty"), m.digits("amount of a fine", 9)}
	st.loan = loan{m.word("the source's number of a loan"), m.document("number of a notice"), m.digits("amount of a loan", 9)}
	st.nurse = m.digits("number of a certificate", 12)
	st.site = newSite(t, program, samplePack(t, st.people), extra...)
	return st
}

// samplePack is the built-in pack with the people of the story as its samples.
func samplePack(t *testing.T, people []someone) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pack")
	if err := os.CopyFS(dir, os.DirFS("../../../packs/cn-hubei")); err != nil {
		t.Fatal(err)
	}
	csv := "id_type,id_number,name,birth_date,note\n"
	for _, p := range people {
		csv += "cn-id," + p.number + "," + p.name + ",,synthetic: no real person\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "samples", "people.csv"), []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	penaltyHeader = "id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n"
	loanHeader    = "id_type,id_number,name,source_ref,as_of,lender,notice_number,notified_on,defaulted_on,amount_owed\n"
	nurseHeader   = "id_type,id_number,name,version,licence_number,issued_by,decision_number,registered_on,valid_until,registration\n"
)

func day(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }

func (p penalty) row(who someone, version int) string {
	return fmt.Sprintf("cn-id,%s,%s,%s,%d,wuhan-market,%s,%s,fine,%s.00 CNY,%s,%s\n", who.number, who.name, p.ref, version, p.number, day(-30), p.amount, p.place, p.reason)
}

func (l loan) row(who someone) string {
	return fmt.Sprintf("cn-id,%s,%s,%s,%s,sample-bank,%s,%s,%s,%s.00 CNY\n", who.number, who.name, l.ref, time.Now().Format(time.RFC3339), l.number, day(-20), day(-40), l.amount)
}

// clerks gets a token for a clerk of every body, by the command.
func (st *story) clerks() {
	for _, body := range []string{"hubei-market", "wuhan-market", "hubei-health", "sample-bank"} {
		st.clerk(body, st.m.word("staff number at "+body, plainStaff))
	}
}

// furnish sends records of three types, by the API and by the command.
func (st *story) furnish() {
	file := st.at("cwd", "delivery.csv")
	write(st.t, file, penaltyHeader+st.penalty.row(st.people[0], 1))
	write(st.t, st.at("cwd", "token"), st.tokens["wuhan-market"]+"\n")
	out := st.must("", "furnish", "delivery.csv", "--commit", "--data-dir", st.data(), "--token-file", "token", "--type", "market-penalty")
	if !strings.Contains(out, "1 new") {
		st.t.Fatal(out)
	}
	remove(st.t, file)
	if got := st.delivered("sample-bank", "loan-default", []byte(loanHeader+st.loan.row(st.people[1]))); got.New != 1 {
		st.t.Fatalf("%+v", got)
	}
	nurse := fmt.Sprintf("cn-id,%s,%s,1,%s,hubei-health,%s,%s,%s,registered\n", st.people[2].number, st.people[2].name, st.nurse, st.m.document("number of a registration"), day(-300), day(1500))
	if got := st.delivered("hubei-health", "nurse-licence", []byte(nurseHeader+nurse)); got.New != 1 {
		st.t.Fatalf("%+v", got)
	}
	st.correct()
}

// correct sends a record, and a newer version of it: the older content is to be
// forgotten.
func (st *story) correct() {
	old := penalty{st.m.word("the source's number of a corrected penalty"), st.m.document("number of a corrected decision"), st.m.chinese("place that was wrong"), st.m.chinese("reason that was wrong"), st.m.digits("amount that was wrong", 9)}
	mended := old
	mended.place, mended.reason = st.m.chinese("place that is right"), st.m.chinese("reason that is right")
	who := st.people[3]
	for _, step := range []struct {
		row  string
		want counts
	}{
		{old.row(who, 1), counts{Rows: 1, New: 1}},
		{old.row(who, 1), counts{Rows: 1, Unchanged: 1}},
		{mended.row(who, 2), counts{Rows: 1, Changed: 1}},
		{old.row(who, 1), counts{Rows: 1, Stale: 1}},
		{old.row(who, 2), counts{Rows: 1, Quarantined: 1}},
	} {
		if got := st.delivered("wuhan-market", "market-penalty", []byte(penaltyHeader+step.row)); got != step.want {
			st.t.Fatalf("%+v, want %+v", got, step.want)
		}
	}
}

// told lets people give addresses, hear of letters and open them.
func (st *story) told() {
	for i := range 4 {
		b := st.browser().signIn(i)
		b.get("/en/me/settings").want(http.StatusOK)
		b.post("/en/me/settings", "do", "mail", "email", st.m.address("address of "+who[i], mailSink), "mail-language", []string{"zh", "en"}[i%2]).want(http.StatusOK)
	}
	// One more delivery, whose announcement goes to an address.
	extra := penalty{st.m.word("the source's number of a second penalty"), st.m.document("number of a second decision"), st.m.chinese("place of a second decision"), st.m.chinese("reason of a second penalty"), st.m.digits("amount of a second fine", 9)}
	if got := st.delivered("wuhan-market", "market-penalty", []byte(penaltyHeader+extra.row(st.people[0], 1))); got.New != 1 {
		st.t.Fatalf("%+v", got)
	}
	st.until("the announcement is in the mail sink", func() bool {
		return len(files(filepath.Join(st.data(), "mail"), func(name string) bool { return strings.HasSuffix(name, ".eml") })) > 0
	})
	for i := range 2 {
		b := st.browser().signIn(i)
		var letters []string
		st.until("letters are in the inbox", func() bool {
			letters = b.get("/zh/me/notices").want(http.StatusOK).links(`/zh/me/notices/N-[0-9A-Z-]+`)
			return len(letters) > 1-i
		})
		for _, letter := range letters {
			b.get(letter).want(http.StatusOK)
			b.post(letter).want(http.StatusOK)
		}
	}
	st.must("", "sandbox", "clock", "--data-dir", st.data(), "+20d")
}

// pages opens every page of everybody, in both languages.
func (st *story) pages() {
	for i := range st.people {
		b := st.browser().signIn(i)
		for _, lang := range []string{"en", "zh"} {
			b.get("/" + lang + "/me").want(http.StatusOK)
			for _, record := range b.links(`/` + lang + `/me/records/R-[0-9A-Z-]+`) {
				b.get(record).want(http.StatusOK)
				if i == 0 && strings.Contains(b.page, st.penalty.number) {
					b.want(http.StatusOK, st.penalty.place, st.penalty.reason)
				}
			}
			for _, page := range []string{"/me/notices", "/me/lookups", "/me/lookups/export", "/me/consents", "/me/consents/new", "/me/settings", "/"} {
				b.get("/" + lang + page).want(http.StatusOK)
			}
			b.get("/" + lang + "/me/lookups")
			for _, look := range b.links(`/` + lang + `/me/lookups/Q-[0-9A-Z-]+`) {
				b.get(look).want(http.StatusOK)
			}
		}
		if i == 0 {
			b.get("/zh/me").want(http.StatusOK, st.people[0].name)
		}
		b.post("/en/sign-out").want(http.StatusOK)
	}
}

// consents lets the borrower allow the bank to ask.
func (st *story) consents() {
	b := st.browser().signIn(1)
	b.get("/en/me/consents/new").want(http.StatusOK, "sample-bank|loan-application")
	until := time.Now().AddDate(0, 0, 60).Format(time.DateOnly)
	b.post("/en/me/consents/new", "choice", "sample-bank|loan-application", "types", "sample-bank|loan-application|loan-default", "until", until, "often", "several").want(http.StatusOK)
	b.post("/en/me/consents/new", "choice", "sample-bank|loan-application", "types", "sample-bank|loan-application|loan-default", "until", until, "often", "several", "step", "give").want(http.StatusOK)
	st.must("", "sandbox", "clock", "--data-dir", st.data(), "+1h")
}

// question is an inquiry about somebody.
func (st *story) question(purpose, basis string, about someone) map[string]any {
	q := map[string]any{"purpose": purpose, "basis": basis, "reason": st.m.chinese("reason of an inquiry"),
		"person": map[string]any{"id_type": "cn-id", "id_number": about.number, "name": about.name}}
	switch purpose {
	case "food-licence-application":
		q["case"] = st.m.reference("case of an inquiry", "FL2026-")
	case "nurse-registration-renewal":
		q["case"] = st.m.reference("case of an inquiry", "NR2026-")
	}
	return q
}

// inquire asks with every outcome, again with the same key, and many times at once.
func (st *story) inquire() {
	for _, c := range []struct {
		body, purpose, basis string
		about                int
		want                 string
	}{
		{"hubei-market", "food-licence-application", "statute", 0, "records"},
		{"hubei-market", "food-licence-application", "statute", 3, "nothing to show"}, // the letter is unopened
		{"hubei-market", "food-licence-application", "statute", 4, "nothing to show"}, // unknown
		{"hubei-market", "loan-application", "consent", 0, "not answered"},
		{"sample-bank", "loan-application", "consent", 1, "records"},
		{"sample-bank", "loan-application", "consent", 2, "not answered"},
		{"sample-bank", "loan-application", "consent", 4, "not answered"},
		{"hubei-health", "nurse-registration-renewal", "statute", 2, "records"},
	} {
		q := st.question(c.purpose, c.basis, st.people[c.about])
		key := fmt.Sprint("inquiry-", st.keys.Add(1))
		for range 2 {
			if got, answer := st.ask(c.body, q, "Idempotency-Key", key); got != c.want {
				st.t.Fatalf("%s about %s: %q, want %q\n%s", c.purpose, who[c.about], got, c.want, answer)
			}
		}
	}
	q, key := st.question("food-licence-application", "statute", st.people[0]), fmt.Sprint("inquiry-", st.keys.Add(1))
	var wg sync.WaitGroup
	for range 12 { // the same inquiry, so that rows meet
		wg.Go(func() { st.ask("hubei-market", q, "Idempotency-Key", key) })
	}
	wg.Wait()
	write(st.t, st.at("cwd", "token"), st.tokens["hubei-market"]+"\n")
	person := fmt.Sprintf(`{"id_type":"cn-id","id_number":%q}`, st.people[0].number)
	out := st.must(person, "inquire", "--data-dir", st.data(), "--token-file", "token", "--purpose", "food-licence-application", "--basis", "statute",
		"--case", st.m.reference("case of a command", "FL2026-"), "--reason", st.m.chinese("reason of a command"))
	if !strings.Contains(out, st.penalty.number) {
		st.t.Fatal(out)
	}
}

// stop ends the borrower's consent.
func (st *story) stop() {
	b := st.browser().signIn(1)
	consents := regexp.MustCompile(`/en/me/consents/C-[0-9A-Z-]+`).FindAllString(b.get("/en/me/consents").want(http.StatusOK).page, -1)
	if len(consents) == 0 {
		st.t.Fatal("there is no consent to stop")
	}
	b.get(consents[0]).want(http.StatusOK)
	b.post(consents[0]).want(http.StatusOK)
	if got, answer := st.ask("sample-bank", st.question("loan-application", "consent", st.people[1])); got != "not answered" {
		st.t.Fatalf("%s %s", got, answer)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

package browser

import (
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"recourse/internal/consent"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/packs"
)

// crossing is the pack of Hubei with a record of another sector that a loan may see.
func crossing(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(packs.FS, "cn-hubei", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(packs.FS, path)
		files[strings.TrimPrefix(path, "cn-hubei/")] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const old = "        fields: [lender, defaulted_on, amount_owed]\n"
	files[law.PurposesFile].Data = []byte(strings.Replace(string(files[law.PurposesFile].Data), old, old+`      - type: tax-arrears
        fields: [tax_office, due_on, tax_owed]
        across:
          basis: {cite: "cn-order-631#18(1)", status: unverified}
          without: {zh: 贷款机构按其他材料审查, en: The lender decides on other papers}
`, 1))
	return files
}

// consentPages returns the text of the pages of consents and requests in the states
// that the sample people are not in.
func consentPages(t *testing.T, lang string) []string {
	t.Helper()
	s := serve(t, Options{Pack: crossing(t)})
	v, p := s.as(t, Lin), s.personOf(t, Lin)
	at := "/" + lang + "/me/"
	var out []string
	get := func(path string) { out = append(out, text(v.get(path).body)) }
	post := func(path string, pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Add(pairs[i], pairs[i+1])
		}
		got := v.post(path, values)
		out = append(out, text(got.body))
		to := got.header.Get("Location")
		if to != "" {
			get(to)
		}
		return to
	}
	const choice = "sample-bank|loan-application"
	day := s.day(3).String()
	get(at + "consents/new")
	post(at+"consents/new", "choice", choice, "until", day)
	post(at+"consents/new", "choice", choice, "types", choice+"|tax-arrears", "until", day, "often", "several")
	post(at+"consents/new", "choice", choice, "types", choice+"|tax-arrears", "until", day, "often", "once", "started", "yes")
	post(at+"consents/new", "choice", choice, "types", choice+"|tax-arrears", "until", day, "often", "once", "started", "yes", "step", "give")

	given := consent.Given{Body: s.parties.codes["sample-bank"], Purpose: "loan-application", Types: []string{"loan-default", "tax-arrears"}, Single: true, Started: true, Crosses: true,
		GivenAt: s.Now.Add(-time.Hour), UsableFrom: s.Now.Add(-time.Minute), Until: s.day(4).Start(s.Pack.Zone)}
	used, undoable := given, given
	used.UsedAt, undoable.UsableFrom = s.Now, s.Now.Add(time.Minute)
	s.consents.uses[s.Consent(p, used)] = []consent.Use{{Inquiry: mint[ref.Inquiry](s.Registry), At: s.Now}}
	s.Consent(p, given)
	one := at + "consents/" + s.Consent(p, undoable).String()
	get(at + "consents")
	get(one)
	post(one, "do", "confirm")
	post(one, "do", "narrow", "types", "loan-default", "until", day)

	service := &consent.Service{Store: s.consents, Requests: s.consents, Freezes: s.consents, Bodies: s.parties, Shelf: law.One(s.Pack), Chance: s.chance}
	bank := party.Clerk{ID: mint[ref.Clerk](s.Registry), Body: party.Body{ID: s.parties.codes["sample-bank"], Code: "sample-bank"}}
	ask := func(key string, single bool, types ...string) string {
		code, _, err := service.Ask(t.Context(), bank, key, consent.Terms{Purpose: "loan-application", Types: types, Single: single, Until: s.day(3)}, s.Now)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	get(at + "consents/code")
	post(at+"consents/code", "code", "x")
	request := post(at+"consents/code", "code", ask("1", true, "loan-default", "tax-arrears"))
	get(at[:len(at)-1])
	post(request, "do", "give", "until", day)
	post(request, "do", "give", "until", "2099-01-01", "types", "tax-arrears")
	post(request, "do", "give", "until", day, "types", "tax-arrears")
	post(request, "do", "give", "until", day, "types", "tax-arrears", "started", "yes")
	for key, do := range map[string]string{"2": "refuse", "3": "no-right"} {
		post(post(at+"consents/code", "code", ask(key, false, "loan-default")), "do", do)
	}
	s.consents.asked[p] = append(s.consents.asked[p], consent.Asked{ID: mint[ref.Request](s.Registry), Person: p, Body: bank.Body.ID, AskedAt: s.Now, OpenedAt: s.Now,
		Terms: consent.Terms{Purpose: "loan-application", Types: []string{"loan-default"}, Until: s.day(-1)}})
	get(at + "consents")
	return append(out, letterPages(t, s, v, lang)...)
}

// letterPages returns the texts of letters that nobody opened.
func letterPages(t *testing.T, s *site, v *visitor, lang string) (out []string) {
	t.Helper()
	p := s.personOf(t, Lin)
	for _, served := range []time.Time{s.Now.AddDate(0, 0, 9), s.Now.AddDate(0, 0, -2)} {
		o := notice.Owed{ID: mint[ref.Notice](s.Registry), Person: p, Kind: law.BeforeEffect, Record: s.lin.Penalty, Pack: s.Pack.Version, OwedAt: s.Now.AddDate(0, -1, 0),
			HandedAt: s.Now.AddDate(0, -1, 0), ServedAt: served, AnswerUntil: s.day(12).Start(s.Pack.Zone)}
		s.letters.of[p] = append(s.letters.of[p], o)
		out = append(out, text(v.get("/"+lang+"/me/notices/"+o.ID.String()).body))
	}
	return out
}

package browser

import (
	"time"

	"recourse/internal/consent"
	"recourse/internal/dossier"
	"recourse/internal/inquiry"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// The sample people, by their place in the list of the sandbox.
const (
	Lin   = 0 // a bit of everything
	Empty = 1 // known to nobody
	Many  = 2 // 200 records
	Other = 3 // whose things nobody else may see
)

func (r *Registry) addSamples() {
	r.samples = []partyweb.SamplePerson{
		{Name: "样例晓雨", IDType: "cn-id", IDNumber: "999999197903080954", Note: map[string]string{
			"zh": "各种情况的记录、信件和查询", "en": "records, letters and look-ups of every kind"}},
		{Name: "示例甲", IDType: "cn-id", IDNumber: "999999195802030078", Note: map[string]string{
			"zh": "档案里什么也没有", "en": "nothing on file"}},
		{Name: "示例·买买提·阿卜杜拉", IDType: "cn-id", IDNumber: "999999198802291503", Note: map[string]string{
			"zh": "200 条记录", "en": "200 records"}},
		{Name: "Sample Anna-Maria", IDType: "cn-id", IDNumber: "999999200010212387"},
	}
}

// clerks are the sandbox's clerks of two bodies.
func (r *Registry) clerks() (out []partyweb.SampleClerk) {
	for _, code := range []string{"wuhan-market", "sample-bank"} {
		b, _ := r.Pack.Body(code) // both are in the pack
		out = append(out, partyweb.SampleClerk{Body: code, Names: b.Names})
	}
	return out
}

// Things are the numbers of what the sample people have.
type Things struct {
	Penalty, Loan, Soon, Licence, Off, Withdrawn, Erased, Gone ref.Record
	Unopened, Plain, Running, Over                             ref.Notice
	Answered, Refused, Nothing                                 ref.Inquiry
	Stands, Undo                                               ref.Consent
}

// Populate fills the registry and returns what Lin and Other have.
func (r *Registry) Populate() (lin, other Things) {
	lin = r.everything(r.Person(Lin))
	many := r.Person(Many)
	for i := range 200 {
		start := r.day(-30 - 5*i)
		r.File(many, r.penalty(start))
	}
	return lin, r.everything(r.Person(Other))
}

// penalty is a penalty in force that began on a day.
func (r *Registry) penalty(start when.Date) Entry {
	return Entry{Type: "market-penalty", Source: "wuhan-market", State: dossier.InForce, Negative: true, Versions: 2,
		Start: start, Shown: start.AddYears(3), Kept: start.AddYears(4), Effect: start.AddDays(40).Start(r.Pack.Zone),
		Fields: map[string]string{"decided_by": "wuhan-market", "decision_number": "武市监示例罚〔2026〕1号", "decided_on": start.String(),
			"measure": "fine", "fine": "12000.00 CNY", "place": "武汉市", "reason": "示例：未按规定公示年报。\n个体工商户年度报告逾期 21 天。"}}
}

func (r *Registry) loan(start when.Date) Entry {
	return Entry{Type: "loan-default", Source: "sample-bank", State: dossier.Noticed, Negative: true,
		Start: start, Shown: start.AddYears(5), Kept: start.AddYears(5),
		Fields: map[string]string{"lender": "sample-bank", "notice_number": "示例催告2026-0001", "notified_on": start.AddDays(5).String(),
			"defaulted_on": start.String(), "amount_owed": "1234567.80 CNY"}}
}

// with returns an entry with some things changed.
func with(e Entry, change func(*Entry)) Entry {
	change(&e)
	return e
}

// everything gives a person one of each state.
func (r *Registry) everything(p ref.Person) Things {
	var t Things
	t.Penalty = r.File(p, r.penalty(r.day(-420)))
	t.Loan = r.File(p, r.loan(r.day(-60)))
	t.Soon = r.File(p, with(r.loan(r.day(-90)), func(e *Entry) {
		e.State, e.Effect = dossier.InForce, r.day(6).Start(r.Pack.Zone)
	}))
	licence := r.day(-800)
	t.Licence = r.File(p, Entry{Type: "nurse-licence", Source: "hubei-health", State: dossier.InForce, Start: licence,
		Shown: licence.AddYears(5), Kept: licence.AddYears(6), Effect: licence.AddDays(9).Start(r.Pack.Zone),
		Fields: map[string]string{"licence_number": "209942000001", "issued_by": "hubei-health", "decision_number": "鄂卫护注示例〔2024〕1号",
			"registered_on": licence.String(), "valid_until": licence.AddYears(5).String(), "registration": "renewed"}})
	t.Off = r.File(p, r.penalty(r.day(-1200)))
	t.Withdrawn = r.File(p, with(r.penalty(r.day(-300)), func(e *Entry) { e.State = dossier.Withdrawn }))
	t.Erased = r.File(p, with(r.penalty(r.day(-1500)), func(e *Entry) {
		e.State, e.Erased = dossier.Erased, r.Now.AddDate(0, 0, -40)
	}))
	t.Gone = r.File(p, with(r.penalty(r.day(-1470)), func(e *Entry) { e.KeyIsGone = true }))
	r.write(p, &t)
	r.asked(p, &t)
	t.Stands = r.Consent(p, consent.Given{Body: r.parties.codes["sample-bank"], Purpose: "loan-application", Types: []string{"loan-default"}, GivenAt: r.Now.AddDate(0, 0, -20),
		UsableFrom: r.Now.AddDate(0, 0, -20).Add(10 * time.Minute), Until: r.day(41).Start(r.Pack.Zone)})
	r.Consent(p, consent.Given{Body: r.parties.codes["sample-bank"], Purpose: "loan-application", Types: []string{"loan-default"}, GivenAt: r.Now.AddDate(0, -9, 0),
		UsableFrom: r.Now.AddDate(0, -9, 0), Until: r.day(-200).Start(r.Pack.Zone)})
	r.Consent(p, consent.Given{Body: r.parties.codes["sample-bank"], Purpose: "loan-application", Types: []string{"loan-default"}, GivenAt: r.Now.AddDate(0, -3, 0),
		UsableFrom: r.Now.AddDate(0, -3, 0), Until: r.day(20).Start(r.Pack.Zone), StoppedAt: r.Now.AddDate(0, -2, 0)})
	return t
}

// write writes the letters of a person.
func (r *Registry) write(p ref.Person, t *Things) {
	t.Over = r.Letter(p, law.BeforeEffect, t.Penalty, r.Now.AddDate(0, 0, -400))
	r.letters.of[p][0].OpenedAt, r.letters.of[p][0].AnswerUntil = r.Now.AddDate(0, 0, -398), r.day(-383).Start(r.Pack.Zone)
	t.Plain = r.Letter(p, law.Filed, t.Licence, r.Now.AddDate(0, 0, -300))
	t.Running = r.Letter(p, law.BeforeEffect, t.Soon, r.Now.AddDate(0, 0, -12),
		notice.Attempt{Channel: "email", Nth: 1, MeantAt: r.Now.AddDate(0, 0, -12), EndedAt: r.Now.AddDate(0, 0, -12), Outcome: notice.Unreachable},
		notice.Attempt{Channel: "email", Nth: 2, MeantAt: r.Now.AddDate(0, 0, -11), EndedAt: r.Now.AddDate(0, 0, -11), Outcome: notice.HandedOver})
	r.letters.of[p][0].OpenedAt, r.letters.of[p][0].AnswerUntil = r.Now.AddDate(0, 0, -9), r.day(6).Start(r.Pack.Zone)
	t.Unopened = r.Letter(p, law.BeforeEffect, t.Loan, r.Now.AddDate(0, 0, -2))
}

// asked fills the list of who looked.
func (r *Registry) asked(p ref.Person, t *Things) {
	t.Answered = r.Look(p, inquiry.Look{At: r.Now.Add(-70 * time.Hour), Purpose: "food-licence-application", Basis: inquiry.Statute,
		Outcome: inquiry.Records, Records: []ref.Record{t.Penalty}}, "wuhan-market", "FL2026-000123", "示例：食品经营许可初次申请审查")
	t.Nothing = r.Look(p, inquiry.Look{At: r.Now.AddDate(0, 0, -15), Purpose: "loan-application", Basis: inquiry.Consent,
		Outcome: inquiry.NothingToShow}, "sample-bank", "", "")
	t.Refused = r.Look(p, inquiry.Look{At: r.Now.AddDate(0, 0, -68), Purpose: "how-is-this-person", Basis: inquiry.Consent,
		Outcome: inquiry.NotAnswered}, "sample-bank", "", "=cmd|' /C calc'!A0")
	r.Look(p, inquiry.Look{At: r.Now.AddDate(0, 0, -120), Purpose: "nurse-registration-renewal", Basis: inquiry.Statute,
		Outcome: inquiry.Records, Records: []ref.Record{t.Licence}}, "hubei-health", "NR2026-004711", "")
	for i := range 130 {
		outcome := inquiry.NothingToShow
		if i%10 == 0 {
			outcome = inquiry.NotAnswered
		}
		r.Look(p, inquiry.Look{At: r.Now.AddDate(-1, 0, -i), Purpose: "loan-application", Basis: inquiry.Consent, Outcome: outcome}, "sample-bank", "", "")
	}
}

package law

import "slices"

// PersonRole is what the person is in a matter. The set is closed and compiled
// in (rules A6).
type PersonRole string

// The roles in which a person may be looked up.
const (
	Applicant PersonRole = "applicant for a licence"
	Holder    PersonRole = "holder of a licence"
	Party     PersonRole = "party to a debt or contract"
	Taxpayer  PersonRole = "taxpayer"
	Litigant  PersonRole = "party to a case"
)

// Decision is what is decided about the person. The set is closed and compiled
// in (rules A6).
type Decision string

// The decisions for which a person may be looked up.
const (
	GrantLicence   Decision = "grant a licence"
	RenewLicence   Decision = "renew a licence"
	ChangeLicence  Decision = "change a licence"
	CheckLicence   Decision = "check the licence that a law requires for a post"
	GrantCredit    Decision = "grant credit"
	ChangeDebt     Decision = "change the terms of a debt"
	EnforceDebt    Decision = "enforce a debt"
	AssessTax      Decision = "assess a tax"
	DeferTax       Decision = "defer a tax"
	DecideCase     Decision = "decide a case"
	ReviewDecision Decision = "review a decision"
)

// PersonRoles lists the closed set.
func PersonRoles() []PersonRole { return []PersonRole{Applicant, Holder, Party, Taxpayer, Litigant} }

// Decisions lists the closed set.
func Decisions() []Decision {
	return []Decision{GrantLicence, RenewLicence, ChangeLicence, CheckLicence, GrantCredit, ChangeDebt, EnforceDebt, AssessTax, DeferTax, DecideCase, ReviewDecision}
}

// pairs says which decisions may be taken about a person in which role. What is
// not in it is refused in every sector, whatever a purpose calls itself.
func pairs(r PersonRole) []Decision {
	switch r {
	case Applicant:
		return []Decision{GrantLicence}
	case Holder:
		return []Decision{RenewLicence, ChangeLicence, CheckLicence, ReviewDecision}
	case Party:
		return []Decision{GrantCredit, ChangeDebt, EnforceDebt}
	case Taxpayer:
		return []Decision{AssessTax, DeferTax}
	case Litigant:
		return []Decision{DecideCase, ReviewDecision}
	}
	return nil
}

// startedDecisions are those of a matter that the person starts: they ask for something.
func startedDecisions() []Decision {
	return []Decision{GrantLicence, RenewLicence, ChangeLicence, GrantCredit, DeferTax, ReviewDecision}
}

func (d Decision) started() bool { return slices.Contains(startedDecisions(), d) }

// Shown is one type that a purpose may see, in words.
type Shown struct {
	Code   string
	Type   string   // label
	Fields []string // labels, in the order of the purpose
}

// Shown returns what a purpose may see in a language, in the order of the purpose.
func (p *Pack) Shown(u Purpose, lang string) []Shown {
	var out []Shown
	for _, g := range u.Grants {
		t, ok := p.Type(g.Type)
		if !ok {
			continue
		}
		s := Shown{Code: t.Code, Type: t.Labels[lang]}
		for _, name := range g.Fields {
			if f, ok := t.Field(name); ok {
				s.Fields = append(s.Fields, f.Labels[lang])
			}
		}
		out = append(out, s)
	}
	return out
}

package law

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

package app

import (
	"slices"
	"time"

	"recourse/internal/app/world"
	"recourse/internal/law"
	"recourse/internal/party/partyweb"
)

// tourStops are the steps of the tour of a sandbox with that pack and those sample people:
// seen, told, asked, contested, decided. None where the pack or the samples lack what one
// of them needs.
func tourStops(p *law.Pack, people []partyweb.SamplePerson) []partyweb.Stop {
	waits := 0
	for waits < len(people) && opens(waits) {
		waits++
	}
	i := slices.IndexFunc(p.Purposes(), func(u law.Purpose) bool {
		return u.Basis == law.Statute && u.CaseFormat != "" && len(u.Bodies) > 0 && !u.Signed
	})
	if waits == len(people) || i < 0 {
		return nil
	}
	purpose := p.Purposes()[i]
	return []partyweb.Stop{
		{Key: "file", Path: "/me"},
		{Key: "letter", Person: waits, Path: "/me/notices"},
		{Key: "ask", Body: purpose.Bodies[0], Path: "/ask/new?purpose=" + purpose.Code, Facts: func(now time.Time) map[string]string {
			return map[string]string{"number": people[0].IDNumber, "person": people[0].Name, "case": tourCase(purpose, now)}
		}},
		{Key: "contest", Path: "/me"},
		{Key: "decide", Body: p.Operator, Path: "/work/contests"},
	}
}

// tourCase is a case that nobody has asked in: a body is answered once about a person in
// each, and the tour is made more than once.
func tourCase(u law.Purpose, now time.Time) string {
	return world.Case(u, now.Year(), int(now.Unix()/60%900000)+100000)
}

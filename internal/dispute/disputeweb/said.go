package disputeweb

import (
	"slices"
	"strconv"
	"strings"

	"recourse/internal/dispute"
	"recourse/internal/kit/webkit"
)

// phrase says a word of the domain; one that is not known is said as it is.
func phrase(words map[string]webkit.Phrase, key string) string {
	if p, ok := words[key]; ok {
		return p.String()
	}
	return key
}

// groundID is the id of a choice; the first has the name of the field, where the
// list of what must be mended leads to.
func groundID(i int) string {
	if i == 0 {
		return "ground"
	}
	return "ground-" + strconv.Itoa(i+1)
}

func dashed(s string) string { return strings.ReplaceAll(s, " ", "-") }

func (m mine) line() line { return line{m.view, m.Contest} }

func (m mine) decided() bool {
	return m.File.State == dispute.Decided || m.File.State == dispute.Reviewed
}

// reviewable reports whether the person may bring the decision before others.
func (m mine) reviewable() bool {
	return m.File.State == dispute.Decided && m.Result(dispute.First) != dispute.Withdrawn && (m.ReviewUntil.IsZero() || m.v.Now.Before(m.ReviewUntil))
}

// reasons are what those wrote on a ground who agreed on it last.
func (m mine) reasons(g dispute.Ground) []dispute.Paper { return m.reasonsOf(m.Stage(), g) }

// reasonsOf are what those wrote on a ground who agreed on it at a stage.
func (m mine) reasonsOf(s dispute.Stage, g dispute.Ground) []dispute.Paper {
	o, _ := m.Outcome(s, g)
	return slices.DeleteFunc(of(m.Papers, dispute.Reasons), func(p dispute.Paper) bool {
		return p.Ground != g || p.Stage != s || foundBy(m.File, p) != string(o)
	})
}

// unread reports whether the letter of the decision has not reached the person.
func (m mine) unread() bool { return m.LetterAt.IsZero() || m.LetterAt.After(m.v.Now) }

// position is what the source said last on a ground.
func position(c dispute.File, g dispute.Ground) string {
	last := ""
	for _, a := range c.Answers {
		if a.Ground == g {
			last = string(a.Position)
		}
	}
	return last
}

func outcome(c dispute.File, g dispute.Ground) string {
	o, _ := c.Outcome(c.Stage(), g)
	return string(o)
}

// foundBy is what somebody found who wrote these reasons.
func foundBy(c dispute.File, p dispute.Paper) string {
	for _, f := range c.Findings {
		if f.Clerk == p.Clerk && f.Ground == p.Ground && f.Stage == p.Stage && f.At.Equal(p.At) {
			return string(f.Outcome)
		}
	}
	return ""
}

package law

import (
	"fmt"
	"regexp"
	"slices"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/when"
)

// holdMost is how many months a hold lasts at most, whatever a pack says (rules E1).
const holdMost = 12

// Hold is a ground of law on which the content of one record is kept for a court
// beyond its erasure (rules E1). There is none for a class of records.
type Hold struct {
	Code      string
	Labels    map[string]string // by language
	Courts    []string          // codes of the bodies for which it may be placed, and which alone open it
	Reference string            // form of the court's or statute's reference, a whole-string RE2 expression
	Longest   Rules             // from the day on which it is proposed

	form *regexp.Regexp
}

// For reports whether a hold on this ground may name a body as its court.
func (h Hold) For(body string) bool { return slices.Contains(h.Courts, body) }

// ReferenceOK reports whether s has the form of a reference of this ground.
func (h Hold) ReferenceOK(s string) bool {
	return s != "" && len(s) <= maxCase && h.form != nil && h.form.MatchString(s)
}

// Holds returns the grounds on which a content may be held, in the order of the pack.
func (p *Pack) Holds() []Hold { return slices.Clone(p.holds) }

// Hold returns the ground of that code.
func (p *Pack) Hold(code string) (Hold, bool) {
	i := slices.IndexFunc(p.holds, func(h Hold) bool { return h.Code == code })
	if i < 0 {
		return Hold{}, false
	}
	return p.holds[i], true
}

// HoldUntil returns the last day on which a hold may end that is proposed on a day.
func (p *Pack) HoldUntil(code string, proposed when.Date) (when.Date, error) {
	h, ok := p.Hold(code)
	if !ok {
		return 0, fault.Newf(fault.Refused, "E-HOLD-GROUND", "Pack %s knows no such ground to hold a content. Nothing was changed.", p.Version).By("E1").At("ground")
	}
	end, err := p.end("holds."+code+".longest", h.Longest, proposed, proposed, earlier)
	return min(end, proposed.AddMonths(holdMost)), err
}

// holds checks on which grounds contents are held (rules E1).
func (c *compiler) holds() {
	seen := map[string]bool{}
	for i, h := range c.d.Holds {
		at := fmt.Sprintf("holds.%d", i)
		c.code(RetentionFile, at+".code", h.Code, seen)
		c.words(RetentionFile, at+".labels", h.Labels)
		c.courts(at+".courts", h.Courts)
		c.rules(spot{RetentionFile, at + ".longest", "holds." + h.Code + ".longest"}, h.Longest, CalendarDays, Months)
		c.unrolled(RetentionFile, at+".longest", h.Longest)
		for _, q := range h.Longest {
			if q.Term.minutes() > (Term{holdMost, Months}).minutes() {
				c.say(RetentionFile, at+".longest", "E1", "A content is held for twelve months at most.", "Write at most value: 12, unit: months.")
			}
			if q.Basis.Status == catalogue.Policy {
				c.say(RetentionFile, at+".longest", "E1", "A hold needs a court or a statute: a policy of the registry is neither.", "Cite the law.")
			}
		}
		form, err := regexp.Compile("^(?:" + h.Reference + ")$")
		if err != nil || h.Reference == "" || form.MatchString("") {
			c.say(RetentionFile, at+".reference", "E1", "It is not said what a reference of the court looks like.", "Write reference: and an RE2 expression for the whole reference.")
		}
		h.form = form
		c.p.holds = append(c.p.holds, h)
	}
}

// courts checks whom holds may name: bodies of the pack, and never who runs the
// registry.
func (c *compiler) courts(at string, list []string) {
	if len(list) == 0 {
		c.say(RetentionFile, at, "E1", "There is no court that may open it.", "Name bodies of bodies.yaml.")
	}
	for i, code := range list {
		switch _, ok := c.p.Body(code); {
		case !ok || slices.Contains(list[:i], code):
			c.say(RetentionFile, at, "name", "This body is not in bodies.yaml, or named twice.", "Name bodies of bodies.yaml, each once.")
		case code == c.d.Operator:
			c.say(RetentionFile, at, "E1", "Who runs the registry holds nothing for itself.", "Name courts.")
		}
	}
}

package law

import (
	"fmt"
	"slices"

	"recourse/internal/catalogue"
)

// statusOf resolves what a status decision cites and names (rules A4, B2, C3),
// and checks that a clock which refers belongs to a licence marked for safety.
func (c *compiler) statusOf(d *DraftType, t *catalogue.Type) {
	if t.Status == nil {
		return
	}
	name := "types." + t.Code
	s := *t.Status
	c.lawful(spot{d.File, "status.article", name + ".status"}, "A4", &s.Article)
	s.Removal = slices.Clone(s.Removal)
	for i := range s.Removal {
		at := fmt.Sprintf("status.removal.conditions.%d.basis", i)
		c.lawful(spot{d.File, at, name + ".removal." + s.Removal[i].Code}, "A4", &s.Removal[i].Basis)
	}
	if s.Of != "" {
		licence, ok := c.draftType(s.Of)
		switch {
		case !ok || licence.Form != catalogue.Licence || licence.Sector != t.Sector:
			c.say(d.File, "status.of", "A4", "This is not a licence of the type's own sector.", "Name the type of the licence that is suspended or revoked.")
		case t.Overdue == catalogue.Refer && !licence.Safety:
			c.say(d.File, "overdue", "B2", "The licence is not marked for safety.", "Write do: hide, or cite under safety: of the licence why life or health depends on it.")
		}
	}
	c.asked(d.File, "status.recipients", "A4", s.Recipients)
	t.Status = &s
	c.immediateOf(d, t)
}

// against finds the decisions that take each licence marked for safety away. What
// refers while its contest is overdue stands against itself.
func against(types []*catalogue.Type) map[string][]string {
	out := map[string][]string{}
	for _, licence := range types {
		if licence.Overdue == catalogue.Refer {
			out[licence.Code] = append(out[licence.Code], licence.Code)
		}
		for _, t := range types {
			if licence.Safety && t.Against(licence) {
				out[licence.Code] = append(out[licence.Code], t.Code)
			}
		}
	}
	return out
}

func (c *compiler) immediateOf(d *DraftType, t *catalogue.Type) {
	if t.Immediate == nil {
		return
	}
	m := *t.Immediate
	c.lawful(spot{d.File, "immediate.basis", "types." + t.Code + ".immediate"}, "C3", &m.Basis)
	c.asked(d.File, "immediate.recipients", "C3", m.Recipients)
	q := d.Within
	c.parameter(spot{d.File, "immediate.within", "types." + t.Code + ".immediate.within"}, &q, CalendarDays)
	if q.Term.Unit == CalendarDays {
		m.Days = q.Term.N
	}
	if m.ExtendField != "" {
		q := d.Extended
		c.parameter(spot{d.File, "immediate.extended.within", "types." + t.Code + ".immediate.extended.within"}, &q, CalendarDays)
		if q.Term.Unit == CalendarDays {
			m.ExtendDays = q.Term.N
		}
	}
	t.Immediate = &m
}

// asked checks a list of bodies that receive a decision.
func (c *compiler) asked(file, path, rule string, codes []string) {
	for i, code := range codes {
		if b, ok := c.p.Body(code); !ok || !b.May(Inquirer) || slices.Contains(codes[:i], code) {
			c.say(file, fmt.Sprintf("%s.%d", path, i), rule, "This is not a body with role inquirer, or it is named twice.", "Name bodies of bodies.yaml that may ask, each once.")
		}
	}
}

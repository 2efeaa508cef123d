package law

import (
	"fmt"
	"slices"

	"recourse/internal/catalogue"
)

func (c *compiler) types() {
	seen := map[string]bool{}
	var whole []catalogue.Type
	for i := range c.d.Types {
		whole = append(whole, c.typ(&c.d.Types[i], seen))
	}
	c.alike(whole)
	if len(c.d.Types) == 0 {
		c.say(PackFile, "", "form", "The pack has no type of record.", "Add a file to types/.")
	}
}

func (c *compiler) typ(d *DraftType, seen map[string]bool) catalogue.Type {
	t := d.Type
	name := "types." + t.Code
	if seen[t.Code] {
		c.say(d.File, "type", "name", "Two types have this code.", "Give each its own code.")
	}
	seen[t.Code] = true
	c.names(d)
	units := c.units(t.Authority)
	if len(units) == 0 {
		c.say(d.File, "authority", "name", "Neither this body nor one under it is a furnisher of bodies.yaml.", "Name the responsible unit.")
	}
	c.lawful(spot{d.File, "legal_basis", name + ".legal_basis"}, "A5", &t.LegalBasis)
	t.SafetyFrom = c.optional(spot{d.File, "safety", name + ".safety"}, "B2", t.SafetyFrom)
	t.SensitiveFrom = c.optional(spot{d.File, "sensitive", name + ".sensitive"}, "G4", t.SensitiveFrom)
	t.OverdueFrom = c.optional(spot{d.File, "overdue.basis", name + ".overdue"}, "B2", t.OverdueFrom)
	c.statusOf(d, &t)
	c.relations(d, &t)
	c.rules(spot{d.File, "deliver_within", name + ".deliver_within"}, d.Deliver, CalendarDays, WorkingDays, Months)
	c.unrolled(d.File, "deliver_within", d.Deliver)
	c.p.deliver[t.Code] = d.Deliver
	t.Fields = c.values(d, name, c.shared(d), units)
	compiled, problems := catalogue.Compile(t, c.d.Languages)
	for _, p := range problems {
		p.File, p.Path = c.place(d, p.Path)
		c.out = append(c.out, p)
	}
	if compiled != nil {
		c.p.types = append(c.p.types, compiled)
	}
	return t
}

// names checks the codes that a type takes from other files.
func (c *compiler) names(d *DraftType) {
	if !has(c.d.Sectors, d.Sector) {
		c.say(d.File, "sector", "name", "This sector is not in pack.yaml.", "Use a sector of pack.yaml, or add it there.")
	}
	if d.Occupation != "" && !has(c.d.Occupations, d.Occupation) {
		c.say(d.File, "occupation", "name", "This occupation is not in pack.yaml.", "Use one of pack.yaml, add it there, or leave it out.")
	}
	if _, ok := c.p.retentions[d.Retention]; !ok {
		c.say(d.File, "retention", "name", "This class is not in retention.yaml.", "Use a class of retention.yaml, or add it there.")
	}
}

// lawful resolves the citation of what makes a record or its effect: under that
// rule it is never a policy of the registry.
func (c *compiler) lawful(at spot, rule string, k *catalogue.Citation) {
	c.cite(at.file, at.path, Parameter{Name: at.name}, k)
	if k.Status == catalogue.Policy {
		c.say(at.file, at.path, rule, "A policy of the registry cannot make a record, its effect or who sees it.", "Cite the law that says so.")
	}
}

// optional resolves a citation that may be missing.
func (c *compiler) optional(at spot, rule string, k *catalogue.Citation) *catalogue.Citation {
	if k == nil {
		return nil
	}
	own := *k
	c.lawful(at, rule, &own)
	return &own
}

// relations checks the other types that a type names (rules A3).
func (c *compiler) relations(d *DraftType, t *catalogue.Type) {
	for i, code := range t.BasedOn {
		if other, ok := c.draftType(code); !ok || other.Sector != t.Sector {
			c.say(d.File, fmt.Sprintf("based_on.%d", i), "A3", "This is not a type of the same sector.", "Name types of the type's own sector only.")
		}
	}
	t.SameDecision = slices.Clone(t.SameDecision)
	for i := range t.SameDecision {
		s := &t.SameDecision[i]
		at := fmt.Sprintf("same_decision.%d", i)
		if _, ok := c.draftType(s.Type); !ok || s.Type == t.Code || c.p.same[[2]string{t.Code, s.Type}] {
			c.say(d.File, at+".type", "A3", "This is not another type of the pack, or it is named twice.", "Name each other type once.")
		}
		c.lawful(spot{d.File, at + ".basis", "types." + t.Code + ".same_decision." + s.Type}, "A3", &s.Basis)
		c.p.same[[2]string{t.Code, s.Type}] = true
	}
}

// units returns the bodies that may decide and file under a responsible unit,
// as values of an authority field.
func (c *compiler) units(authority string) []catalogue.Value {
	var out []catalogue.Value
	for _, b := range c.d.Bodies {
		if b.May(Furnisher) && (b.Code == authority || b.Under == authority) {
			out = append(out, catalogue.Value{Code: b.Code, Labels: b.Names, Aliases: b.Aliases})
		}
	}
	return out
}

// values fills authority fields with the bodies of the pack and resolves the
// citation of each value of a closed field.
func (c *compiler) values(d *DraftType, name string, fields []catalogue.Field, units []catalogue.Value) []catalogue.Field {
	fields = slices.Clone(fields)
	for i := range fields {
		f := &fields[i]
		file, at := c.place(d, fmt.Sprintf("fields.%d.values", i))
		if f.Kind == catalogue.Authority {
			if len(f.Values) > 0 {
				c.say(file, at, "A2", "An authority field lists its own values.", "Take the list out: the bodies of bodies.yaml are the values.")
			}
			f.Values = units
			continue
		}
		f.Values = slices.Clone(f.Values)
		for j := range f.Values {
			at := spot{file, fmt.Sprintf("%s.%d.basis", at, j), name + ".fields." + f.Name + "." + f.Values[j].Code}
			c.lawful(at, "A2", &f.Values[j].Basis)
		}
	}
	return fields
}

package law

import (
	"fmt"
	"slices"

	"recourse/internal/catalogue"
)

func (c *compiler) types() {
	seen := map[string]bool{}
	for i := range c.d.Types {
		c.typ(&c.d.Types[i], seen)
	}
	if len(c.d.Types) == 0 {
		c.say(PackFile, "", "form", "The pack has no type of record.", "Add a file to types/.")
	}
}

func (c *compiler) typ(d *DraftType, seen map[string]bool) {
	t := d.Type
	name := "types." + t.Code
	if seen[t.Code] {
		c.say(d.File, "type", "name", "Two types have this code.", "Give each its own code.")
	}
	seen[t.Code] = true
	if !has(c.d.Sectors, t.Sector) {
		c.say(d.File, "sector", "name", "This sector is not in pack.yaml.", "Use a sector of pack.yaml, or add it there.")
	}
	if t.Occupation != "" && !has(c.d.Occupations, t.Occupation) {
		c.say(d.File, "occupation", "name", "This occupation is not in pack.yaml.", "Use one of pack.yaml, add it there, or leave it out.")
	}
	if _, ok := c.p.retentions[t.Retention]; !ok {
		c.say(d.File, "retention", "name", "This class is not in retention.yaml.", "Use a class of retention.yaml, or add it there.")
	}
	units := c.units(t.Authority)
	if len(units) == 0 {
		c.say(d.File, "authority", "name", "Neither this body nor one under it is a furnisher of bodies.yaml.", "Name the responsible unit.")
	}
	c.cite(d.File, "legal_basis", Parameter{Name: name + ".legal_basis"}, &t.LegalBasis)
	if t.LegalBasis.Status == catalogue.Policy {
		c.say(d.File, "legal_basis", "A5", "A policy of the registry cannot make a record.", "Cite the law that has this recorded.")
	}
	if t.SafetyFrom != nil {
		basis := *t.SafetyFrom
		c.cite(d.File, "safety", Parameter{Name: name + ".safety"}, &basis)
		t.SafetyFrom = &basis
	}
	c.parameter(d.File, "deliver_within", name+".deliver_within", &d.Deliver, CalendarDays, Months)
	c.p.deliver[t.Code] = d.Deliver
	t.Fields = c.values(d.File, name, t.Fields, units)
	compiled, problems := catalogue.Compile(t, c.d.Languages)
	for _, p := range problems {
		p.File = d.File
		c.out = append(c.out, p)
	}
	if compiled != nil {
		c.p.types = append(c.p.types, compiled)
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
func (c *compiler) values(file, name string, fields []catalogue.Field, units []catalogue.Value) []catalogue.Field {
	fields = slices.Clone(fields)
	for i := range fields {
		f := &fields[i]
		at := fmt.Sprintf("fields.%d.values", i)
		if f.Kind == catalogue.Authority {
			if len(f.Values) > 0 {
				c.say(file, at, "A2", "An authority field lists its own values.", "Take the list out: the bodies of bodies.yaml are the values.")
			}
			f.Values = units
			continue
		}
		f.Values = slices.Clone(f.Values)
		for j := range f.Values {
			c.cite(file, fmt.Sprintf("%s.%d.basis", at, j),
				Parameter{Name: name + ".fields." + f.Name + "." + f.Values[j].Code}, &f.Values[j].Basis)
		}
	}
	return fields
}

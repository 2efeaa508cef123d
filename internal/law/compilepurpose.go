package law

import (
	"fmt"
	"regexp"
	"slices"

	"recourse/internal/catalogue"
)

func (c *compiler) purposes() {
	seen := map[string]bool{}
	for i, u := range c.d.Purposes {
		at := fmt.Sprintf("purposes.%d", i)
		c.code(PurposesFile, at+".code", u.Code, seen)
		c.words(PurposesFile, at+".labels", u.Labels)
		c.words(PurposesFile, at+".sentence", u.Sentence)
		c.pair(at, u)
		c.askers(at, u)
		c.cite(PurposesFile, at+".legal_basis", Parameter{Name: "purposes." + u.Code + ".legal_basis"}, &u.LegalBasis)
		c.basis(at, &u)
		u.Post = c.post(at+".post", u)
		if u.Passes != nil && u.Basis != Statute {
			c.say(PurposesFile, at+".passes_freeze", "F2", "What rests on consent does not pass the person's freeze.", "Take passes_freeze: out.")
		}
		u.Passes = c.optional(spot{PurposesFile, at + ".passes_freeze", "purposes." + u.Code + ".passes_freeze"}, "F2", u.Passes)
		u.Grants = slices.Clone(u.Grants)
		granted := map[string]bool{}
		for j := range u.Grants {
			c.grant(fmt.Sprintf("%s.types.%d", at, j), u, &u.Grants[j], granted)
		}
		if len(u.Grants) == 0 {
			c.say(PurposesFile, at+".types", "A6", "The purpose sees nothing.", "Name the types and fields it needs, or take it out.")
		}
		c.p.purposes = append(c.p.purposes, u)
	}
}

// pair applies rules A6: who the person is and what is decided, on structure.
func (c *compiler) pair(at string, u Purpose) {
	decisions := pairs(u.Role)
	switch {
	case decisions == nil:
		c.say(PurposesFile, at+".role", "A6", "Nobody is looked up in this role, in any sector.",
			fmt.Sprintf("Use one of: %s, %s, %s, %s, %s. For any other role there is no purpose.", Applicant, Holder, Party, Taxpayer, Litigant))
	case !slices.Contains(decisions, u.Decision):
		c.say(PurposesFile, at+".decision", "A6", "This decision is not taken about a person in this role.",
			fmt.Sprintf("About %q these are: %q.", u.Role, decisions))
	}
	if !has(c.d.Sectors, u.Sector) {
		c.say(PurposesFile, at+".sector", "name", "This sector is not in pack.yaml.", "Use a sector of pack.yaml, or add it there.")
	}
}

func (c *compiler) askers(at string, u Purpose) {
	seen := map[string]bool{}
	for _, code := range u.Bodies {
		if b, ok := c.p.Body(code); !ok || !b.May(Inquirer) || seen[code] {
			c.say(PurposesFile, at+".bodies", "name", "This is not a body with role inquirer, or it is named twice.", "Name bodies of bodies.yaml that may ask, each once.")
		}
		seen[code] = true
	}
	if len(u.Bodies) == 0 {
		c.say(PurposesFile, at+".bodies", "A6", "Nobody may ask for this purpose.", "Name the bodies that may, or take the purpose out.")
	}
	if u.DailyCeiling < 1 || u.DailyCeiling > 1_000_000 {
		c.say(PurposesFile, at+".daily_ceiling", "B3", "The purpose has no daily ceiling.", "Write a number from 1 to 1000000: answers that one body may get in a day.")
	}
}

// basis applies rules G3 to a statutory purpose, and keeps its machinery away
// from one on consent.
func (c *compiler) basis(at string, u *Purpose) {
	switch u.Basis {
	case Statute:
		c.entitles(at+".legal_basis", u.LegalBasis)
		form, err := regexp.Compile(`\A(?:` + u.CaseFormat + `)\z`)
		if err != nil || u.CaseFormat == "" || len(u.CaseFormat) > 200 || form.MatchString("") {
			c.say(PurposesFile, at+".case_format", "G3", "The form of a case reference is missing or is no expression that a reference can fail.",
				"Write an RE2 expression of at most 200 characters for the whole reference.")
			return
		}
		u.caseForm = form
		if u.PersonsPerCase < 1 || u.PersonsPerCase > 20 {
			c.say(PurposesFile, at+".persons_per_case", "G3", "One case may not name that many persons.", "Write a number from 1 to 20; 1 is usual.")
		}
	case Consent:
		if u.CaseFormat != "" || u.PersonsPerCase != 0 {
			c.say(PurposesFile, at+".case_format", "G3", "A purpose on consent has no case: the consent is its reference.", "Take case_format and persons_per_case out.")
		}
	default:
		c.say(PurposesFile, at+".basis", "G1", "This basis does not exist.", "Use consent or statute.")
	}
}

// entitles checks that a citation can let a body ask without consent.
func (c *compiler) entitles(at string, k catalogue.Citation) {
	if k.Status == catalogue.Policy || slices.Contains(c.d.GeneralPowers, k.Source+"#"+k.Article) {
		c.say(PurposesFile, at, "G3", "A policy or a general power entitles nobody to a record.", "Cite the article that entitles these bodies to this type.")
	}
}

// draftType returns a type as it was drafted, with its shared fields: a purpose is checked though one of
// its types has problems of its own.
func (c *compiler) draftType(code string) (catalogue.Type, bool) {
	for _, d := range c.d.Types {
		if d.Code == code {
			if k := c.set(d.FieldsFrom); k >= 0 {
				d.Fields = slices.Concat(c.d.FieldSets[k].Fields, d.Fields)
			}
			return d.Type, true
		}
	}
	return catalogue.Type{}, false
}

// grant applies rules A7, A8, G1 and G3 to one type that a purpose sees.
func (c *compiler) grant(at string, u Purpose, g *Grant, granted map[string]bool) {
	t, ok := c.draftType(g.Type)
	if !ok || granted[g.Type] {
		c.say(PurposesFile, at+".type", "name", "This is not a type of the pack, or it is named twice.", "Name types of types/, each once.")
		return
	}
	granted[g.Type] = true
	c.bridge(at, u, g, t)
	if u.Decision == CheckLicence && (t.Form != catalogue.Licence || len(u.Grants) != 1) {
		c.say(PurposesFile, at+".type", "A6", "For a post only the one licence that a law requires may be checked.", "Name that licence alone.")
	}
	c.recipients(at, u, t)
	seen := map[string]bool{}
	for _, name := range g.Fields {
		f, there := t.Field(name)
		switch {
		case !there || seen[name]:
			c.say(PurposesFile, at+".fields", "name", "This is not a field of the type, or it is named twice.", "Name fields of the type, each once.")
		case f.Kind == catalogue.Reason:
			c.say(PurposesFile, at+".fields", "A8", "A sealed reason is never in an answer.", "Take the field out.")
		}
		seen[name] = true
	}
	if len(g.Fields) == 0 {
		c.say(PurposesFile, at+".fields", "A6", "No field of the type is named.", "Name the fields that this decision needs.")
	}
	switch {
	case (u.Basis == Statute) != (g.LegalBasis != nil):
		c.say(PurposesFile, at+".legal_basis", "G3", "Under a statute each type has the article that entitles to it; under consent none has.",
			"Add legal_basis to each type, or take it out.")
	case g.LegalBasis != nil:
		basis := *g.LegalBasis
		c.cite(PurposesFile, at+".legal_basis", Parameter{Name: "purposes." + u.Code + ".types." + g.Type}, &basis)
		c.entitles(at+".legal_basis", basis)
		g.LegalBasis = &basis
	}
}

// post applies the one exception that rules A6 make for hiring: the article that
// requires this licence for the post is cited.
func (c *compiler) post(at string, u Purpose) *Post {
	if (u.Decision == CheckLicence) != (u.Post != nil) {
		c.say(PurposesFile, at, "A6", "Checking a licence for a post names the post and the article that requires the licence; no other purpose does.",
			"Add post: with labels and requires, or take it out.")
	}
	if u.Post == nil {
		return nil
	}
	post := *u.Post
	c.words(PurposesFile, at+".labels", post.Labels)
	c.lawful(spot{PurposesFile, at + ".requires", "purposes." + u.Code + ".post"}, "A6", &post.Requires)
	return &post
}

// bridge applies rules A7 to a type of another sector.
func (c *compiler) bridge(at string, u Purpose, g *Grant, t catalogue.Type) {
	if g.Across != nil {
		c.across(at+".across", u, g, t)
		return
	}
	if t.Sector == u.Sector {
		if g.Bridge != nil {
			c.say(PurposesFile, at+".bridge", "A7", "The type is of the purpose's own sector.", "Take bridge: out.")
		}
		return
	}
	if g.Bridge == nil {
		c.say(PurposesFile, at+".type", "A7", "A record of one sector would be used in another.",
			"Take the type out, or write the bridge: one article that names both, a person who applied for credit, an end within five years.")
		return
	}
	// Only an application for credit is both of that role and begun by the person.
	if u.Basis != Statute || u.Role != Party || u.Decision != GrantCredit {
		c.say(PurposesFile, at+".bridge", "A7", "A bridge leads only to a purpose under statute for which the person applied as party to a debt or contract.",
			"Take the type out: for other purposes there is no bridge.")
	}
	if g.Bridge.To < g.Bridge.From || g.Bridge.To >= g.Bridge.From.AddYears(5) {
		c.say(PurposesFile, at+".bridge.to", "A7", "The bridge does not end within five years.", "Write a last day less than five years after from.")
	}
	c.bridges[g.Type]++
	if c.bridges[g.Type] > 2 {
		c.say(PurposesFile, at+".bridge", "A7", "The type has more than two bridges.", "Keep two.")
	}
}

// across applies rules G1 to a type of another sector that is seen on consent.
func (c *compiler) across(at string, u Purpose, g *Grant, t catalogue.Type) {
	across := *g.Across
	switch {
	case t.Sector == u.Sector || g.Bridge != nil:
		c.say(PurposesFile, at, "G1", "The type is of the purpose's own sector, or has a bridge.", "Take across: out.")
	case u.Basis != Consent || !u.Decision.started():
		c.say(PurposesFile, at, "G1", "A record of another sector is seen on consent only, for a matter that the person started.",
			fmt.Sprintf("Take the type out: this is for purposes on consent that decide one of %q.", startedDecisions()))
	}
	c.lawful(spot{PurposesFile, at + ".basis", "purposes." + u.Code + ".types." + g.Type + ".across"}, "G1", &across.Basis)
	c.words(PurposesFile, at+".without", across.Without)
	g.Across = &across
}

// recipients lets only those bodies ask for a status decision that its article
// obliges (rules A4).
func (c *compiler) recipients(at string, u Purpose, t catalogue.Type) {
	if t.Status == nil {
		return
	}
	for _, b := range u.Bodies {
		if !slices.Contains(t.Status.Recipients, b) {
			c.say(PurposesFile, at+".type", "A4", "Body "+b+" may ask for this purpose and is no recipient of the decision.",
				"Name the bodies that the article obliges under recipients, or take the type out of this purpose.")
		}
	}
}

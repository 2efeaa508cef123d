package law

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/scheme"
)

// Compile applies every rule to a draft and returns the pack, or all problems.
func Compile(d Draft) (*Pack, []Problem) {
	c := &compiler{d: d, bridges: map[string]int{}, p: &Pack{
		Code: d.Code, Titles: d.Titles, Registry: d.Registry, Contact: d.Contact, Languages: d.Languages,
		Operator: d.Operator, Zone: d.Zone, Hash: d.Hash, Version: versionOf(d.Code, d.Hash),
		sectors: d.Sectors, occupations: d.Occupations, bodies: slices.Clone(d.Bodies), sources: d.Sources,
		deliver: map[string]Rules{}, deadlines: map[string]Rules{}, retentions: map[string]DraftRetention{},
		wordings: map[wordingKey]Wording{}, days: map[int][]Day{}, same: map[[2]string]bool{},
	}}
	c.pack()
	c.sources()
	c.named("sectors", d.Sectors)
	c.named("occupations", d.Occupations)
	c.bodies()
	c.identifiers()
	c.calendar()
	c.deadlines()
	c.retentions()
	c.holds()
	c.fieldSets()
	c.types()
	c.repair()
	c.purposes()
	c.wordings()
	if len(c.out) > 0 {
		return nil, unique(c.out)
	}
	slices.SortFunc(c.p.types, func(a, b *catalogue.Type) int { return cmp.Compare(a.Code, b.Code) })
	c.p.against = against(c.p.types)
	slices.SortFunc(c.p.parameters, func(a, b Parameter) int { return cmp.Compare(a.Name, b.Name) })
	return c.p, nil
}

// unique drops what is said more than once: a set of fields is checked with each
// type that shares it.
func unique(all []Problem) []Problem {
	seen := make(map[Problem]bool, len(all))
	return slices.DeleteFunc(all, func(p Problem) bool {
		twice := seen[p]
		seen[p] = true
		return twice
	})
}

type compiler struct {
	d       Draft
	p       *Pack
	bridges map[string]int // by type
	out     []Problem
}

func (c *compiler) say(file, path, rule, text, fix string) {
	c.out = append(c.out, Problem{File: file, Path: path, Rule: rule, Text: text, Fix: fix})
}

func (c *compiler) words(file, path string, text map[string]string) {
	for _, p := range catalogue.CheckWords(path, text, c.d.Languages) {
		p.File = file
		c.out = append(c.out, p)
	}
}

// code checks the form of a code and that it was not seen before.
func (c *compiler) code(file, path, code string, seen map[string]bool) {
	switch {
	case !catalogue.IsCode(code):
		c.say(file, path, "form", "This code is not made of lower-case words parted by dashes.", "Write it like wuhan-market.")
	case seen[code]:
		c.say(file, path, "name", "This code is there twice.", "Give each its own code.")
	}
	seen[code] = true
}

func (c *compiler) pack() {
	d := c.d
	c.code(PackFile, "pack", d.Code, map[string]bool{})
	seen := map[string]bool{}
	for _, l := range d.Languages {
		if len(l) != 2 || strings.ToLower(l) != l || seen[l] {
			c.say(PackFile, "languages", "form", "The languages are not different two-letter codes.", "Write languages: [zh, en].")
		}
		seen[l] = true
	}
	if len(d.Languages) == 0 {
		c.say(PackFile, "languages", "words", "The pack has no language.", "Write languages: [zh, en].")
	}
	c.words(PackFile, "title", d.Titles)
	c.words(PackFile, "registry", d.Registry)
	c.words(PackFile, "contact", d.Contact)
	if d.Zone == nil {
		c.say(PackFile, "zone", "form", "The time zone is not known.", "Write a name of the IANA list, e.g. zone: Asia/Shanghai.")
	}
	if b, ok := c.p.Body(d.Operator); !ok || !b.May(Operator) {
		c.say(PackFile, "operator", "name", "The operator is not a body of bodies.yaml with role operator.", "Name the body that runs the registry.")
	}
	if st := d.Statement; st != nil {
		if st.Characters < 1 || st.Characters > MostStatement {
			c.say(PackFile, "statement.characters", "D6", "The length of a person's statement is out of reach.", fmt.Sprintf("Write 1 to %d.", MostStatement))
		}
		c.cite(PackFile, "statement.basis", Parameter{Name: "statement", Scope: []string{"bureau"}}, &st.Basis)
		c.p.statement = st
	}
	for _, g := range d.GeneralPowers {
		if source, article, _ := strings.Cut(g, "#"); !c.resolves(source, article) {
			c.say(PackFile, "general_powers", "cite", "This citation does not resolve.", "Write source#article of a text in sources/.")
		}
	}
}

func (c *compiler) sources() {
	for _, s := range c.d.Sources {
		c.words(sourceFile(s.Name), "", s.Titles)
	}
}

func sourceFile(name string) string { return "sources/" + name + ".txt" }

func (c *compiler) named(path string, list []Named) {
	seen := map[string]bool{}
	for i, n := range list {
		at := fmt.Sprintf("%s.%d", path, i)
		c.code(PackFile, at+".code", n.Code, seen)
		c.words(PackFile, at+".labels", n.Labels)
	}
}

func has(list []Named, code string) bool {
	return slices.ContainsFunc(list, func(n Named) bool { return n.Code == code })
}

func (c *compiler) bodies() {
	seen, spelt := map[string]bool{}, map[string]bool{}
	for i, b := range c.d.Bodies {
		at := fmt.Sprintf("bodies.%d", i)
		c.code(BodiesFile, at+".code", b.Code, seen)
		c.words(BodiesFile, at+".names", b.Names)
		if _, ok := c.p.Body(b.Under); b.Under != "" && (!ok || b.Under == b.Code) {
			c.say(BodiesFile, at+".under", "name", "This is not another body of the pack.", "Name the body it answers to, or leave it out.")
		}
		if len(b.Roles) == 0 {
			c.say(BodiesFile, at+".roles", "form", "The body has no role.", "Give it one of: furnisher, inquirer, operator, supervisor, ombudsman.")
		}
		for _, r := range b.Roles {
			if !slices.Contains([]Role{Furnisher, Inquirer, Operator, Supervisor, Ombudsman}, r) {
				c.say(BodiesFile, at+".roles", "form", "This role does not exist.", "Use furnisher, inquirer, operator, supervisor or ombudsman.")
			}
		}
		if slices.Contains(b.Roles, Ombudsman) && len(b.Roles) > 1 {
			c.say(BodiesFile, at+".roles", "H1", "An ombudsman does something else here too.", "Make the ombudsman a body of its own, with this role alone.")
		}
		c.creditCode(i, at, spelt)
		mine := map[string]bool{}
		for _, s := range b.Names {
			mine[s] = true
		}
		for _, s := range b.Aliases {
			mine[s] = true
		}
		for s := range mine {
			if spelt[s] {
				c.say(BodiesFile, at, "name", "Two bodies share a name or alias.", "Make each name mean one body.")
				break
			}
		}
		for s := range mine {
			spelt[s] = true
		}
	}
}

// creditCode normalises the code under which a body is registered. Nothing is
// found by it; two bodies with one code would be one body.
func (c *compiler) creditCode(i int, at string, spelt map[string]bool) {
	b := &c.p.bodies[i]
	if b.CreditCode.Code == "" {
		return
	}
	code, ok := scheme.ParseCreditCode(b.CreditCode.Code)
	switch {
	case !ok:
		c.say(BodiesFile, at+".credit_code", "form", "This is no code of a body.",
			"Write the 18 characters of GB 32100 in quotes, or the code of before: 15 digits, or 9 characters.")
	case spelt[code.Code]:
		c.say(BodiesFile, at+".credit_code", "name", "Two bodies have this code.", "Make them one body, or correct the code.")
	}
	b.CreditCode, spelt[code.Code] = code, true
}

func (c *compiler) resolves(source, article string) bool {
	_, _, ok := c.article(source, article)
	return ok
}

func (c *compiler) article(source, article string) (Source, Article, bool) {
	for _, s := range c.d.Sources {
		if s.Name == source {
			a, ok := s.Articles[article]
			return s, a, ok
		}
	}
	return Source{}, Article{}, false
}

// cite resolves a citation in place, applies rules A9 to its claim, and keeps
// it as a parameter under its name.
func (c *compiler) cite(file, path string, q Parameter, k *catalogue.Citation) {
	s, a, ok := c.article(k.Source, k.Article)
	if !ok {
		c.say(file, path, "cite", "The citation does not resolve.", "Write cite: source#article of a text in sources/.")
		return
	}
	k.Titles, k.File, k.Line, k.Wording = s.Titles, sourceFile(s.Name), a.Line, a.Wording
	switch k.Status {
	case catalogue.Law:
		if s.Kind != LawText {
			c.say(file, path, "A9", "A policy of the registry is cited as law.", "Write status: policy, or cite the law.")
		}
		if k.Digest != "" && k.Digest != a.Digest() {
			c.say(file, path, "A9", "The wording in sources/ is not the one that was verified: its hash differs.",
				"Compare the wording with the official text; then write sha256: "+a.Digest()+" and who compared it, when.")
		}
		if s.Copy == "" || a.Wording == "" || k.VerifiedBy == "" || k.VerifiedOn == nil || k.Digest == "" {
			k.Status = catalogue.Unverified
		}
	case catalogue.Policy:
		if s.Kind != PolicyText {
			c.say(file, path, "A9", "A law is cited as a policy of the registry.", "Write status: law or unverified, or cite a policy that gives the reasons.")
		}
	case catalogue.Unverified:
	default:
		c.say(file, path, "A9", "This status does not exist.", "Use law, policy or unverified.")
	}
	q.Basis = *k
	c.p.parameters = append(c.p.parameters, q)
}

func (c *compiler) wordings() {
	known, must := slices.Concat(wordingKinds(), repairWordings(), []string{AtOnce, Reinserted, Held}), wordingKinds()
	if len(c.d.Routes)+len(c.d.Reliefs) > 0 {
		must = append(must, repairWordings()...)
	}
	if slices.ContainsFunc(c.d.Types, func(t DraftType) bool { return t.Immediate != nil }) {
		must = append(must, AtOnce)
	}
	if slices.ContainsFunc(c.d.Deadlines, func(d Deadline) bool { return d.Kind == Reinsertion }) {
		must = append(must, Reinserted)
	}
	if len(c.d.Holds) > 0 {
		must = append(must, Held)
	}
	for _, w := range c.d.Wordings {
		file := "notices/" + w.Kind + "." + w.Lang + ".md"
		if !slices.Contains(known, w.Kind) || !slices.Contains(c.d.Languages, w.Lang) {
			c.say(file, "", "words", "There is no wording of this kind in this language.",
				"Name the file after one of "+strings.Join(known, ", ")+" and a language of the pack.")
			continue
		}
		c.out = append(c.out, w.check(file)...)
		c.p.wordings[wordingKey{w.Kind, w.Lang}] = w
	}
	for _, k := range must {
		for _, l := range c.d.Languages {
			if _, ok := c.p.Wording(k, l); !ok {
				c.say("notices/"+k+"."+l+".md", "", "words", "This wording is missing.", "Write it: a person is told in each language of the pack.")
			}
		}
	}
}

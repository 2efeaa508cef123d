package lawfile

import (
	"strings"
	"time"
	_ "time/tzdata" // a machine without zone files must not change what a legal day is

	"go.yaml.in/yaml/v3"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/scheme"
	"recourse/internal/when"
)

// draft reads all files of the pack.
func (r *reader) draft() law.Draft {
	d := law.Draft{Hash: hash(r.files)}
	r.pack(&d)
	r.bodies(&d)
	r.purposes(&d)
	r.deadlines(&d)
	r.retention(&d)
	r.fieldSets(&d)
	r.repair(&d)
	for _, name := range r.in(law.CalendarFolder) {
		d.Days = append(d.Days, r.days(name))
	}
	for _, name := range r.in("types/") {
		if v, ok := r.document(name); ok {
			d.Types = append(d.Types, r.typ(v))
		}
	}
	for _, name := range r.in("sources/") {
		d.Sources = append(d.Sources, r.source(name))
	}
	for _, name := range r.in("notices/") {
		d.Wordings = append(d.Wordings, r.wording(name))
	}
	return d
}

func (r *reader) pack(d *law.Draft) {
	v, ok := r.document(law.PackFile)
	if !ok {
		return
	}
	o := v.object("pack", "title", "registry", "contact", "languages", "operator", "id_types", "zone", "calendar?", "sectors", "occupations", "general_powers", "statement?")
	d.Code, d.Operator = o.text("pack"), o.text("operator")
	d.Titles, d.Registry, d.Contact = o.words("title"), o.words("registry"), o.words("contact")
	d.Languages, d.GeneralPowers = o.texts("languages"), o.texts("general_powers")
	for _, v := range o.list("id_types") {
		d.IDTypes = append(d.IDTypes, idType(v))
	}
	d.Calendar = o.calendar("calendar")
	if v, there := o.keys["statement"]; there {
		o := v.object("characters", "basis")
		d.Statement = &law.Statement{Characters: o.number("characters"), Basis: o.citation("basis")}
	}
	// "Local" and "" are names to LoadLocation, but not places.
	if zone := o.text("zone"); strings.Contains(zone, "/") {
		d.Zone, _ = time.LoadLocation(zone)
	}
	d.Sectors, d.Occupations = named(o.list("sectors")), named(o.list("occupations"))
}

func named(list []value) []law.Named {
	var out []law.Named
	for _, v := range list {
		o := v.object("code", "labels")
		out = append(out, law.Named{Code: o.text("code"), Labels: o.words("labels")})
	}
	return out
}

func (r *reader) bodies(d *law.Draft) {
	v, ok := r.document(law.BodiesFile)
	if !ok {
		return
	}
	for _, v := range v.object("bodies").list("bodies") {
		o := v.object("code", "names", "aliases?", "under?", "credit_code?", "roles")
		b := law.Body{Code: o.text("code"), Names: o.words("names"), Aliases: o.texts("aliases"), Under: o.text("under"),
			CreditCode: scheme.CreditCode{Code: o.text("credit_code")}}
		for _, role := range o.texts("roles") {
			b.Roles = append(b.Roles, law.Role(role))
		}
		d.Bodies = append(d.Bodies, b)
	}
}

func (r *reader) purposes(d *law.Draft) {
	v, ok := r.document(law.PurposesFile)
	if !ok {
		return
	}
	for _, v := range v.object("purposes").list("purposes") {
		o := v.object("code", "role", "decision", "sector", "labels", "sentence", "bodies", "basis", "legal_basis",
			"post?", "passes_freeze?", "case_format?", "persons_per_case?", "daily_ceiling", "signed?", "types")
		u := law.Purpose{Code: o.text("code"), Role: law.PersonRole(o.text("role")), Decision: law.Decision(o.text("decision")),
			Sector: o.text("sector"), Labels: o.words("labels"), Sentence: o.words("sentence"), Bodies: o.texts("bodies"),
			Basis: law.Basis(o.text("basis")), LegalBasis: o.citation("legal_basis"), CaseFormat: o.text("case_format"),
			PersonsPerCase: o.number("persons_per_case"), DailyCeiling: o.number("daily_ceiling"), Signed: o.flag("signed")}
		if v, there := o.keys["post"]; there {
			o := v.object("labels", "requires")
			u.Post = &law.Post{Labels: o.words("labels"), Requires: o.citation("requires")}
		}
		u.Passes = o.maybe("passes_freeze")
		for _, v := range o.list("types") {
			u.Grants = append(u.Grants, grant(v))
		}
		d.Purposes = append(d.Purposes, u)
	}
}

func grant(v value) law.Grant {
	o := v.object("type", "fields", "legal_basis?", "bridge?", "across?")
	g := law.Grant{Type: o.text("type"), Fields: o.texts("fields"), LegalBasis: o.maybe("legal_basis")}
	if v, there := o.keys["bridge"]; there {
		o := v.object("from", "to")
		g.Bridge = &law.Bridge{From: o.day("from"), To: o.day("to")}
	}
	if v, there := o.keys["across"]; there {
		o := v.object("basis", "without")
		g.Across = &law.Across{Basis: o.citation("basis"), Without: o.words("without")}
	}
	return g
}

func (r *reader) deadlines(d *law.Draft) {
	v, ok := r.document(law.DeadlinesFile)
	if !ok {
		return
	}
	for _, v := range v.object("deadlines").list("deadlines") {
		o := v.object(append([]string{"kind", "extension?", "overdue?", "unverifiable?", "pauses?"}, parameterKeys()...)...)
		one := law.Deadline{Kind: o.text("kind"), Parameter: o.parameter()}
		one.Clock = o.levers()
		d.Deadlines = append(d.Deadlines, one)
	}
}

// levers reads what is said of a clock of decision; nil where nothing is.
func (o object) levers() *law.Levers {
	for _, key := range []string{"extension", "overdue", "unverifiable", "pauses"} {
		if _, there := o.keys[key]; there {
			return &law.Levers{Extension: o.number("extension"), Overdue: law.Overdue(o.text("overdue")),
				Unverifiable: law.Unverifiable(o.text("unverifiable")), Pauses: o.texts("pauses")}
		}
	}
	return nil
}

func (r *reader) retention(d *law.Draft) {
	v, ok := r.document(law.RetentionFile)
	if !ok {
		return
	}
	o := v.object("records", "holds?", "access")
	for _, v := range o.list("records") {
		o := v.object("class", "labels", "display", "retain")
		d.Retentions = append(d.Retentions, law.DraftRetention{Class: o.text("class"), Labels: o.words("labels"),
			Display: o.terms("display"), Retain: o.terms("retain")})
	}
	for _, v := range o.list("holds") {
		o := v.object("code", "labels", "courts", "reference", "longest")
		d.Holds = append(d.Holds, law.Hold{Code: o.text("code"), Labels: o.words("labels"), Courts: o.texts("courts"), Reference: o.text("reference"), Longest: o.terms("longest")})
	}
	d.Access = o.terms("access")
}

func parameterKeys() []string {
	return []string{"value", "unit", "rolls?", "start", "scope", "basis", "from", "to?"}
}

// term reads the parameter under a key.
func (o object) term(key string) law.Parameter {
	if v, ok := o.keys[key]; ok {
		return v.object(parameterKeys()...).parameter()
	}
	return law.Parameter{}
}

// terms reads one parameter or a list of them under a key.
func (o object) terms(key string) law.Rules {
	v, ok := o.keys[key]
	if !ok {
		return nil
	}
	if v.n.Kind != yaml.SequenceNode {
		return law.Rules{o.term(key)}
	}
	var out law.Rules
	for _, v := range o.list(key) {
		out = append(out, v.object(parameterKeys()...).parameter())
	}
	return out
}

// parameter reads the parameter that the object is.
func (o object) parameter() law.Parameter {
	return law.Parameter{Term: law.Term{N: o.number("value"), Unit: law.Unit(o.text("unit"))}, Rolls: o.flag("rolls"), Start: o.text("start"),
		Scope: o.texts("scope"), Basis: o.citation("basis"), From: o.day("from"), To: o.date("to")}
}

// maybe reads the citation under a key; nil where the key is missing.
func (o object) maybe(key string) *catalogue.Citation {
	if _, there := o.keys[key]; !there {
		return nil
	}
	k := o.citation(key)
	return &k
}

// citation reads a citation with its claim.
func (o object) citation(key string) catalogue.Citation {
	v, ok := o.keys[key]
	if !ok {
		return catalogue.Citation{}
	}
	c := v.object("cite", "status", "verified_by?", "verified_on?", "sha256?")
	source, article, _ := strings.Cut(c.text("cite"), "#")
	return catalogue.Citation{Source: source, Article: article, Status: catalogue.Status(c.text("status")),
		VerifiedBy: c.text("verified_by"), VerifiedOn: c.date("verified_on"), Digest: c.text("sha256")}
}

// wording reads a notice: a line "# Subject", then the body.
func (r *reader) wording(name string) law.Wording {
	r.lines[name] = map[string]int{"": 1, "subject": 1, "body": 3}
	kind, lang, ok := strings.Cut(stem(name), ".")
	if !ok {
		r.say(name, 1, "The name of the file does not say kind and language.", "Name it like before-effect.zh.md.")
	}
	first, rest, _ := strings.Cut(r.files[name], "\n")
	subject, ok := strings.CutPrefix(first, "# ")
	if !ok {
		r.say(name, 1, "The file does not begin with its subject.", "Begin it with \"# Subject\".")
	}
	return law.Wording{Kind: kind, Lang: lang, Subject: strings.TrimSpace(subject), Body: strings.TrimSpace(rest) + "\n"}
}

// source reads a cited text: lines "key: value", an empty line, then lines
// "[article] wording"; a wording that was not seen is left out.
func (r *reader) source(name string) law.Source {
	s := law.Source{Name: stem(name), Titles: map[string]string{}, Articles: map[string]law.Article{}}
	head, body := true, strings.Split(strings.TrimSuffix(r.files[name], "\n"), "\n")
	for i, line := range body {
		switch {
		case head && line == "":
			head = false
		case head:
			r.head(name, i+1, line, &s)
		case line == "":
		default:
			article, wording, ok := strings.Cut(strings.TrimPrefix(line, "["), "]")
			_, twice := s.Articles[article]
			if !ok || line[0] != '[' || article == "" || twice {
				r.say(name, i+1, "This line is no article, or one that is there already.", "Write [16(1)] and the wording, each article once, on one line.")
				continue
			}
			s.Articles[article] = law.Article{Line: i + 1, Wording: strings.TrimSpace(wording)}
		}
	}
	if s.Kind != law.LawText && s.Kind != law.PolicyText {
		r.say(name, 1, "The source does not say whether it is law.", "Write kind: law or kind: policy.")
	}
	if len(s.Titles) == 0 || s.InForce == 0 {
		r.say(name, 1, "The source has no title or no day on which it came into force.", "Write title-zh:, title-en: and in-force:.")
	}
	return s
}

func (r *reader) head(name string, line int, text string, s *law.Source) {
	key, val, _ := strings.Cut(text, ": ")
	lang, title := strings.CutPrefix(key, "title-")
	switch {
	case title && lang != "":
		s.Titles[lang] = val
	case key == "kind":
		s.Kind = law.SourceKind(val)
	case key == "number":
		s.Number = val
	case key == "copy":
		s.Copy = val
	case key == "in-force":
		d, err := when.Parse(val)
		if err != nil {
			r.say(name, line, "Here should be a date that exists.", "Write in-force: 2013-03-15.")
		}
		s.InForce = d
	default:
		r.say(name, line, "This line of the head is not known.", "Known keys: kind, title-zh, title-en, number, in-force, copy.")
	}
}

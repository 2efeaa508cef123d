package lawfile

import (
	"strings"
	"time"
	_ "time/tzdata" // a machine without zone files must not change what a legal day is

	"recourse/internal/catalogue"
	"recourse/internal/law"
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
	o := v.object("pack", "title", "registry", "contact", "languages", "operator", "id_types", "zone", "sectors", "occupations", "general_powers")
	d.Code, d.Operator = o.text("pack"), o.text("operator")
	d.Titles, d.Registry, d.Contact = o.words("title"), o.words("registry"), o.words("contact")
	d.Languages, d.IDTypes, d.GeneralPowers = o.texts("languages"), o.texts("id_types"), o.texts("general_powers")
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
		o := v.object("code", "names", "aliases?", "under?", "roles")
		b := law.Body{Code: o.text("code"), Names: o.words("names"), Aliases: o.texts("aliases"), Under: o.text("under")}
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
			"case_format?", "persons_per_case?", "daily_ceiling", "types")
		u := law.Purpose{Code: o.text("code"), Role: law.PersonRole(o.text("role")), Decision: law.Decision(o.text("decision")),
			Sector: o.text("sector"), Labels: o.words("labels"), Sentence: o.words("sentence"), Bodies: o.texts("bodies"),
			Basis: law.Basis(o.text("basis")), LegalBasis: o.citation("legal_basis"), CaseFormat: o.text("case_format"),
			PersonsPerCase: o.number("persons_per_case"), DailyCeiling: o.number("daily_ceiling")}
		for _, v := range o.list("types") {
			o := v.object("type", "fields", "legal_basis?")
			g := law.Grant{Type: o.text("type"), Fields: o.texts("fields")}
			if _, there := o.keys["legal_basis"]; there {
				k := o.citation("legal_basis")
				g.LegalBasis = &k
			}
			u.Grants = append(u.Grants, g)
		}
		d.Purposes = append(d.Purposes, u)
	}
}

func (r *reader) deadlines(d *law.Draft) {
	v, ok := r.document(law.DeadlinesFile)
	if !ok {
		return
	}
	for _, v := range v.object("deadlines").list("deadlines") {
		o := v.object(append([]string{"kind"}, parameterKeys()...)...)
		d.Deadlines = append(d.Deadlines, law.Deadline{Kind: o.text("kind"), Parameter: o.parameter()})
	}
}

func (r *reader) retention(d *law.Draft) {
	v, ok := r.document(law.RetentionFile)
	if !ok {
		return
	}
	o := v.object("records", "access")
	for _, v := range o.list("records") {
		o := v.object("class", "labels", "display", "retain")
		d.Retentions = append(d.Retentions, law.Retention{Class: o.text("class"), Labels: o.words("labels"),
			Display: o.term("display"), Retain: o.term("retain")})
	}
	d.Access = o.term("access")
}

func parameterKeys() []string {
	return []string{"value", "unit", "start", "scope", "basis", "from", "to?"}
}

// term reads the parameter under a key.
func (o object) term(key string) law.Parameter {
	if v, ok := o.keys[key]; ok {
		return v.object(parameterKeys()...).parameter()
	}
	return law.Parameter{}
}

// parameter reads the parameter that the object is.
func (o object) parameter() law.Parameter {
	q := law.Parameter{Term: law.Term{N: o.number("value"), Unit: law.Unit(o.text("unit"))}, Start: o.text("start"),
		Scope: o.texts("scope"), Basis: o.citation("basis"), To: o.date("to")}
	if from := o.date("from"); from != nil {
		q.From = *from
	}
	return q
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

func (r *reader) typ(v value) law.DraftType {
	o := v.object("type", "labels", "sentence", "sector", "occupation?", "form", "origin", "negative", "safety?", "authority",
		"legal_basis", "deliver_within", "retention", "ref", "order", "start", "notified?", "decision?", "fields", "example")
	t := catalogue.Type{Code: o.text("type"), Labels: o.words("labels"), Sentence: o.words("sentence"), Sector: o.text("sector"),
		Occupation: o.text("occupation"), Form: catalogue.Form(o.text("form")), Origin: catalogue.Origin(o.text("origin")),
		Negative: o.flag("negative"), Authority: o.text("authority"), LegalBasis: o.citation("legal_basis"),
		Retention: o.text("retention"), RefField: o.text("ref"), StartField: o.text("start"), NotifiedField: o.text("notified"),
		Example: o.words("example")}
	if _, there := o.keys["safety"]; there {
		k := o.citation("safety")
		t.Safety, t.SafetyFrom = true, &k
	}
	if v, there := o.keys["order"]; there {
		o := v.object("column", "by")
		t.OrderField, t.OrderBy = o.text("column"), catalogue.OrderBy(o.text("by"))
	}
	if v, there := o.keys["decision"]; there {
		o := v.object("authority", "document", "date")
		t.Decision = catalogue.Decision{Authority: o.text("authority"), Document: o.text("document"), Date: o.text("date")}
	}
	for _, v := range o.list("fields") {
		t.Fields = append(t.Fields, field(v))
	}
	if t.Code != stem(v.file) {
		v.say("The file does not bear the name of its type.", "Name the file after the code of the type: types/<type>.yaml.")
	}
	return law.DraftType{Type: t, File: v.file, Deliver: o.term("deliver_within")}
}

func field(v value) catalogue.Field {
	o := v.object("name", "kind", "required?", "labels", "values?", "currencies?")
	f := catalogue.Field{Name: o.text("name"), Kind: catalogue.Kind(o.text("kind")), Required: o.flag("required"),
		Labels: o.words("labels"), Currencies: o.texts("currencies")}
	for _, v := range o.list("values") {
		o := v.object("code", "labels", "aliases?", "basis")
		f.Values = append(f.Values, catalogue.Value{Code: o.text("code"), Labels: o.words("labels"), Aliases: o.texts("aliases"),
			Basis: o.citation("basis")})
	}
	return f
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

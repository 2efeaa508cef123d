package lawfile

import (
	"recourse/internal/catalogue"
	"recourse/internal/law"
)

// typ reads one file of types/.
func (r *reader) typ(v value) law.DraftType {
	o := v.object("type", "labels", "sentence", "sector", "occupation?", "form", "origin", "negative", "status?", "immediate?", "safety?",
		"sensitive?", "overdue?", "based_on?", "same_decision?", "worse?", "authority", "legal_basis", "deliver_within", "retention", "ref", "order",
		"start", "notified?", "decision?", "fields_from?", "fields?", "example")
	t := catalogue.Type{Code: o.text("type"), Labels: o.words("labels"), Sentence: o.words("sentence"), Sector: o.text("sector"),
		Occupation: o.text("occupation"), Form: catalogue.Form(o.text("form")), Origin: catalogue.Origin(o.text("origin")),
		Negative: o.flag("negative"), Authority: o.text("authority"), LegalBasis: o.citation("legal_basis"),
		SafetyFrom: o.maybe("safety"), SensitiveFrom: o.maybe("sensitive"), BasedOn: o.texts("based_on"),
		Retention: o.text("retention"), RefField: o.text("ref"), StartField: o.text("start"), NotifiedField: o.text("notified"),
		Example: o.words("example")}
	t.Safety, t.Sensitive = t.SafetyFrom != nil, t.SensitiveFrom != nil
	d := law.DraftType{File: v.file, FieldsFrom: o.text("fields_from"), Deliver: o.terms("deliver_within")}
	if v, there := o.keys["order"]; there {
		o := v.object("column", "by")
		t.OrderField, t.OrderBy = o.text("column"), catalogue.OrderBy(o.text("by"))
	}
	if v, there := o.keys["decision"]; there {
		o := v.object("authority", "document", "date")
		t.Decision = catalogue.Decision{Authority: o.text("authority"), Document: o.text("document"), Date: o.text("date")}
	}
	o.steps(&t)
	if v, there := o.keys["immediate"]; there {
		o := v.object("basis", "recipients", "within", "extended?")
		t.Immediate = &catalogue.Immediate{Basis: o.citation("basis"), Recipients: o.texts("recipients")}
		d.Within = o.term("within")
		if v, there := o.keys["extended"]; there {
			o := v.object("until", "within")
			t.Immediate.ExtendField, d.Extended = o.text("until"), o.term("within")
		}
	}
	t.Fields = fields(o.list("fields"))
	if t.Code != stem(v.file) {
		v.say("The file does not bear the name of its type.", "Name the file after the code of the type: types/<type>.yaml.")
	}
	d.Type = t
	return d
}

// steps reads what a type says of its effect, its clock and other types.
func (o object) steps(t *catalogue.Type) {
	if v, there := o.keys["status"]; there {
		t.Status = status(v)
	}
	if v, there := o.keys["overdue"]; there {
		o := v.object("do", "basis?")
		t.Overdue, t.OverdueFrom = catalogue.Overdue(o.text("do")), o.maybe("basis")
	}
	for _, v := range o.list("worse") {
		o := v.object("field", "when")
		t.Worse = append(t.Worse, catalogue.Worse{Field: o.text("field"), When: catalogue.Turn(o.text("when"))})
	}
	for _, v := range o.list("same_decision") {
		o := v.object("type", "basis")
		t.SameDecision = append(t.SameDecision, catalogue.Same{Type: o.text("type"), Basis: o.citation("basis")})
	}
}

func status(v value) *catalogue.StatusTerms {
	o := v.object("kind", "of?", "article", "effect", "hearing", "remedy", "ends", "removal", "recipients")
	s := &catalogue.StatusTerms{Kind: catalogue.StatusKind(o.text("kind")), Of: o.text("of"), Article: o.citation("article"),
		Effect: o.words("effect"), Remedy: o.words("remedy"), EndField: o.text("ends"), Recipients: o.texts("recipients")}
	if v, there := o.keys["hearing"]; there {
		o := v.object("date", "manner")
		s.HeardField, s.MannerField = o.text("date"), o.text("manner")
	}
	if v, there := o.keys["removal"]; there {
		o := v.object("met", "conditions")
		s.MetField = o.text("met")
		for _, v := range o.list("conditions") {
			o := v.object("code", "labels", "basis")
			s.Removal = append(s.Removal, catalogue.Condition{Code: o.text("code"), Labels: o.words("labels"), Basis: o.citation("basis")})
		}
	}
	return s
}

// fieldSets reads fields.yaml, which a pack may leave out.
func (r *reader) fieldSets(d *law.Draft) {
	if _, there := r.files[law.FieldsFile]; !there {
		return
	}
	v, ok := r.document(law.FieldsFile)
	if !ok {
		return
	}
	for _, v := range v.object("sets").list("sets") {
		o := v.object("set", "fields")
		d.FieldSets = append(d.FieldSets, law.FieldSet{Name: o.text("set"), Fields: fields(o.list("fields"))})
	}
}

func fields(list []value) []catalogue.Field {
	var out []catalogue.Field
	for _, v := range list {
		o := v.object("name", "kind", "required?", "labels", "values?", "currencies?")
		f := catalogue.Field{Name: o.text("name"), Kind: catalogue.Kind(o.text("kind")), Required: o.flag("required"),
			Labels: o.words("labels"), Currencies: o.texts("currencies")}
		for _, v := range o.list("values") {
			o := v.object("code", "labels", "aliases?", "basis")
			f.Values = append(f.Values, catalogue.Value{Code: o.text("code"), Labels: o.words("labels"), Aliases: o.texts("aliases"),
				Basis: o.citation("basis")})
		}
		out = append(out, f)
	}
	return out
}

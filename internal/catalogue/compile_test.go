package catalogue_test

import (
	"slices"
	"testing"

	"recourse/internal/catalogue"
)

func TestCompile_refuses(t *testing.T) {
	t.Parallel()
	type change = func(*catalogue.Type)
	for name, c := range map[string]struct {
		path, rule string
		change     change
	}{
		"code":             {"type", "form", func(s *catalogue.Type) { s.Code = "Sample" }},
		"label":            {"labels", "words", func(s *catalogue.Type) { s.Labels = both("示例", " ") }},
		"foreign sentence": {"sentence", "words", func(s *catalogue.Type) { s.Sentence = map[string]string{"zh": "a", "en": "b", "fr": "c"} }},
		"few fields":       {"fields", "A2", func(s *catalogue.Type) { s.Fields = s.Fields[:2] }},
		"field name":       {"fields.1.name", "form", func(s *catalogue.Type) { s.Fields[1].Name = "Number" }},
		"field twice":      {"fields.5.name", "name", func(s *catalogue.Type) { s.Fields[5].Name = "amount" }},
		"kind":             {"fields.5.kind", "A2", func(s *catalogue.Type) { s.Fields[5].Kind = "level" }},
		"values":           {"fields.3.values", "A2", func(s *catalogue.Type) { s.Fields[3].Values = nil }},
		"value code":       {"fields.3.values.0.code", "form", func(s *catalogue.Type) { s.Fields[3].Values[0].Code = "F" }},
		"value label":      {"fields.3.values.0.labels", "words", func(s *catalogue.Type) { s.Fields[3].Values[0].Labels = nil }},
		"value spelling":   {"fields.3.values.1", "name", func(s *catalogue.Type) { s.Fields[3].Values[1].Aliases = []string{"罚金"} }},
		"currency of text": {"fields.5.currencies", "A2", func(s *catalogue.Type) { s.Fields[5].Currencies = []string{"CNY"} }},
		"currency":         {"fields.4.currencies", "A2", func(s *catalogue.Type) { s.Fields[4].Currencies = []string{"PTS"} }},
		"form":             {"form", "A5", func(s *catalogue.Type) { s.Form = "honour" }},
		"favourable":       {"negative", "A1", func(s *catalogue.Type) { s.Negative = false }},
		"origin":           {"origin", "A5", func(s *catalogue.Type) { s.Origin = "media" }},
		"unnotified":       {"notified", "A5", func(s *catalogue.Type) { s.Origin = catalogue.ContractEvent }},
		"notified":         {"notified", "A5", func(s *catalogue.Type) { s.NotifiedField = "decided_on" }},
		"safety uncited":   {"safety", "B2", func(s *catalogue.Type) { s.Safety, s.Form = true, catalogue.Licence }},
		"safety penalty":   {"safety", "B2", func(s *catalogue.Type) { s.Safety, s.SafetyFrom = true, &catalogue.Citation{} }},
		"sensitive":        {"sensitive", "G4", func(s *catalogue.Type) { s.Sensitive = true }},
		"based on itself":  {"based_on.0", "A3", func(s *catalogue.Type) { s.BasedOn = []string{"sample-penalty"} }},
		"worse unknown":    {"worse.0.field", "C2", func(s *catalogue.Type) { s.Worse = []catalogue.Worse{{Field: "nothing", When: catalogue.Changed}} }},
		"worse never":      {"worse.0.when", "C2", func(s *catalogue.Type) { s.Worse = []catalogue.Worse{{Field: "place", When: "never"}} }},
		"worse later":      {"worse.0.when", "C2", func(s *catalogue.Type) { s.Worse = []catalogue.Worse{{Field: "place", When: catalogue.Later}} }},
		"worse licence": {"worse", "C2", func(s *catalogue.Type) {
			s.Form, s.Negative, s.Worse = catalogue.Licence, false, []catalogue.Worse{{Field: "place", When: catalogue.Changed}}
		}},
		"overdue shows": {"overdue.do", "B2", func(s *catalogue.Type) { s.Overdue = "show" }},
		"status":        {"status", "A4", func(s *catalogue.Type) { s.Form = catalogue.StatusDecision }},
		"list": {"status.kind", "A4", func(s *catalogue.Type) {
			s.Form, s.Status = catalogue.StatusDecision, &catalogue.StatusTerms{Kind: "listed"}
		}},
		"at once":          {"immediate", "C3", func(s *catalogue.Type) { s.Immediate = &catalogue.Immediate{Days: 1} }},
		"score as label":   {"fields.5.labels", "A2", func(s *catalogue.Type) { s.Fields[5].Labels = both("信用分", "Place") }},
		"class of penalty": {"fields.3.kind", "A2", func(s *catalogue.Type) { s.Fields[3].Kind = catalogue.LicenceClass }},
		"two reasons":      {"fields", "A8", func(s *catalogue.Type) { s.Fields[5].Kind = catalogue.Reason }},
		"ref kind":         {"ref", "form", func(s *catalogue.Type) { s.RefField = "place" }},
		"ref":              {"ref", "form", func(s *catalogue.Type) { s.RefField = "id_number" }},
		"order field":      {"order.column", "form", func(s *catalogue.Type) { s.OrderField = "place" }},
		"order is ref":     {"order.column", "form", func(s *catalogue.Type) { s.OrderField = "source_ref" }},
		"order by":         {"order.by", "form", func(s *catalogue.Type) { s.OrderBy = "" }},
		"start":            {"start", "A3", func(s *catalogue.Type) { s.StartField = "" }},
		"decision":         {"decision.authority", "A3", func(s *catalogue.Type) { s.Decision.Authority = "place" }},
		"optional date":    {"decision.date", "A3", func(s *catalogue.Type) { s.Fields[2].Required = false }},
		"no number":        {"decision.document", "A3", func(s *catalogue.Type) { s.Decision.Document = "" }},
		"example":          {"example", "example", func(s *catalogue.Type) { s.Example["decided_on"] = "soon" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sample()
			c.change(&s)
			typ, problems := catalogue.Compile(s, []string{"zh", "en"})
			if typ != nil || !slices.ContainsFunc(problems, func(p catalogue.Problem) bool {
				return p.Path == c.path && p.Rule == c.rule && p.Text != "" && p.Fix != ""
			}) {
				t.Errorf("want %s at %s: %+v", c.rule, c.path, problems)
			}
		})
	}
}

// TestCompile_scores tries twenty disguises of a score: each is a kind that
// does not exist. The lawful kinds are the control.
func TestCompile_scores(t *testing.T) {
	t.Parallel()
	for _, k := range []catalogue.Kind{"score", "rank", "grade", "level", "points", "rating", "integer", "number", "boolean", "ratio", "percent",
		"list", "formula", "stars", "count", "index", "信用分", "等级", "星级", "积分"} {
		s := sample()
		s.Fields[5].Kind = k
		if typ, _ := catalogue.Compile(s, []string{"zh", "en"}); typ != nil {
			t.Errorf("kind %q was compiled", k)
		}
	}
	if len(catalogue.Kinds()) != 10 {
		t.Error("the set of kinds changed: rules A2 lists it")
	}
	for _, k := range catalogue.Kinds() {
		s := sample()
		if k == catalogue.Reason {
			continue // the sample has one already
		}
		s.Fields[5].Kind = k
		if k.Closed() || k == catalogue.Authority {
			s.Fields[5].Values = []catalogue.Value{{Code: "internal-medicine", Labels: both("内科", "Internal medicine")}}
		}
		if k == catalogue.LicenceClass {
			s.Form = catalogue.Licence
			s.Fields = slices.DeleteFunc(s.Fields, func(f catalogue.Field) bool { return f.Kind == catalogue.Money })
			s.Fields[4].Values = []catalogue.Value{{Code: "a", Labels: both("甲级", "Class A")}}
		}
		if k == catalogue.Money {
			s.Fields[5].Currencies = []string{"JPY"}
		}
		if _, problems := catalogue.Compile(s, []string{"zh", "en"}); problems != nil {
			t.Errorf("kind %q: %+v", k, problems)
		}
	}
}

// TestCompile_leavesTheDraft: compiling changes neither the draft nor what two
// compilations share.
func TestCompile_leavesTheDraft(t *testing.T) {
	t.Parallel()
	s := sample()
	a, _ := catalogue.Compile(s, []string{"zh", "en"})
	if s.Fields[6].Secret || !a.Fields[6].Secret {
		t.Error("the sealed reason is marked in the draft, or not in the type")
	}
	a.Columns()[0] = "x"
	if a.Columns()[0] != "id_type" {
		t.Error("the header can be changed from outside")
	}
}

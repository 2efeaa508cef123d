package lawfile_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

func hubei(t *testing.T) *law.Pack {
	t.Helper()
	p, err := lawfile.Load(shipped(t)["cn-hubei"])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// heading is a field or occupation that the paper names, what of the pack stands
// for it, and why it is declined where nothing does.
type heading struct {
	zh, en   string
	codes    []string
	declined string
}

// paperFields are the seventeen fields of section III(2) of the paper.
func paperFields() []heading {
	return []heading{
		{"食品药品", "Food and drugs", []string{"food-drugs"}, ""},
		{"安全生产", "Work safety", []string{"work-safety"}, ""},
		{"消防安全", "Fire safety", []string{"fire"}, ""},
		{"交通安全", "Traffic safety", []string{"traffic"}, ""},
		{"环境保护", "Environment", []string{"environment"}, ""},
		{"生物安全", "Biosafety", []string{"biosafety"}, ""},
		{"产品质量", "Product quality", []string{"product-quality", "market"}, ""},
		{"税收缴纳", "Taxes", []string{"tax"}, ""},
		{"医疗卫生", "Health care", []string{"health"}, ""},
		{"劳动保障", "Labour", []string{"labour"}, ""},
		{"工程建设", "Construction", []string{"construction"}, ""},
		{"金融服务", "Financial services", []string{"finance", "credit"}, ""},
		{"知识产权", "Intellectual property", []string{"ip"}, ""},
		{"司法诉讼", "Courts", []string{"justice"}, ""},
		{"电子商务", "E-commerce", []string{"e-commerce"}, ""},
		{"志愿服务", "Volunteering", nil, "Volunteering is no decision of an authority or court and no record (rules A5)."},
		{"统计", "Statistics", []string{"statistics"}, ""},
	}
}

// paperOccupations are the fourteen groups of section III(2) of the paper.
func paperOccupations() []heading {
	return []heading{
		{"公务员", "Officials", nil, "Discipline of officials stays in the file of the body that employs them: it is an act within employment, and no cited law has it recorded elsewhere."},
		{"企业法定代表人及相关责任人", "Legal representatives and responsible persons", []string{"responsible-person"}, ""},
		{"律师", "Lawyers", []string{"lawyer"}, ""},
		{"教师", "Teachers", []string{"teacher"}, ""},
		{"医师", "Physicians", []string{"physician", "nurse"}, ""},
		{"执业药师", "Pharmacists", []string{"pharmacist"}, ""},
		{"评估师", "Appraisers", []string{"appraiser"}, ""},
		{"税务师", "Tax accountants", []string{"tax-agent"}, ""},
		{"注册消防工程师", "Fire engineers", []string{"fire-engineer"}, ""},
		{"会计审计人员", "Accountants and auditors", []string{"accountant"}, ""},
		{"房地产中介从业人员", "Real estate agents", []string{"real-estate-broker"}, ""},
		{"认证人员", "Certification staff", []string{"certifier"}, ""},
		{"金融从业人员", "Finance staff", []string{"finance-staff"}, ""},
		{"导游", "Tour guides", []string{"tour-guide"}, ""},
	}
}

// covered counts the headings for which the pack has a type; what has none must
// say why, and what has one must not.
func covered(t *testing.T, list []heading, of func(*catalogue.Type) string, p *law.Pack) int {
	t.Helper()
	n := 0
	for _, h := range list {
		has := slices.ContainsFunc(p.Types(), func(typ *catalogue.Type) bool { return slices.Contains(h.codes, of(typ)) })
		if has == (h.declined != "") {
			t.Errorf("%s: a type is %v, declined because %q", h.en, has, h.declined)
		}
		if has {
			n++
		}
	}
	return n
}

func sectorOf(t *catalogue.Type) string     { return t.Sector }
func occupationOf(t *catalogue.Type) string { return t.Occupation }

// TestHubei_covers holds the pack to the paper of 2017.
func TestHubei_covers(t *testing.T) {
	t.Parallel()
	p := hubei(t)
	fields, occupations := covered(t, paperFields(), sectorOf, p), covered(t, paperOccupations(), occupationOf, p)
	status, safety := 0, 0
	for _, typ := range p.Types() {
		if typ.Status != nil {
			status++
		}
		if typ.Safety {
			safety++
		}
	}
	if len(p.Types()) < 30 || fields < 13 || occupations < 12 || len(p.Purposes()) < 10 || status < 3 || safety < 2 ||
		len(paperFields()) != 17 || len(paperOccupations()) != 14 {
		t.Errorf("%d types, %d fields, %d occupations, %d purposes, %d status decisions, %d licences for safety",
			len(p.Types()), fields, occupations, len(p.Purposes()), status, safety)
	}
}

// TestHubei_types tries what each type must have beyond the grammar.
func TestHubei_types(t *testing.T) {
	t.Parallel()
	p := hubei(t)
	seen, told := map[string]bool{}, map[string]string{}
	for _, u := range p.Purposes() {
		for _, g := range u.Grants {
			seen[g.Type] = true
		}
	}
	for _, typ := range p.Types() {
		if !seen[typ.Code] {
			t.Errorf("%s is kept, but no purpose sees it", typ.Code)
		}
		if len(typ.Fields) < 3 || !typ.Negative && typ.Form != catalogue.Licence && typ.Form != catalogue.Qualification && typ.Form != catalogue.ObligationMet {
			t.Errorf("%s has %d fields, negative %v", typ.Code, len(typ.Fields), typ.Negative)
		}
		for lang, s := range typ.Sentence {
			if twice := told[lang+s]; twice != "" {
				t.Errorf("%s is told like %s", typ.Code, twice)
			}
			told[lang+s] = typ.Code
		}
		if b := typ.LegalBasis; b.Status != catalogue.Law && typ.Code != "market-penalty" || b.Status == catalogue.Law && b.Wording == "" {
			t.Errorf("%s rests on %s#%s: %s", typ.Code, b.Source, b.Article, b.Status)
		}
		if !strings.Contains(fmt.Sprint(typ.Example), "示例") && !strings.Contains(fmt.Sprint(typ.Example), "9999") {
			t.Errorf("the example of %s is not marked as made up", typ.Code)
		}
		for lang, s := range typ.Sentence {
			if strings.Count(s, "。")+strings.Count(s, ". ") > 1 || lang == "zh" && !strings.Contains(s, "你") || lang == "en" && !strings.Contains(s, "you") && !strings.Contains(s, "You") {
				t.Errorf("%s: not one plain sentence to the person: %s", typ.Code, s)
			}
		}
	}
}

// TestHubei_sources holds that every statement says where it comes from, and every
// wording of a law in which copy it was read.
func TestHubei_sources(t *testing.T) {
	t.Parallel()
	p := hubei(t)
	n, unread := 0, len(p.Unverified())
	for _, q := range p.Parameters() {
		b := q.Basis
		if b.File == "" || b.Status == catalogue.Law && (b.Digest == "" || b.VerifiedOn == nil || b.VerifiedBy == "" || b.Wording == "") {
			t.Errorf("%s does not say where it comes from: %+v", q.Name, b)
		}
		if b.Status == catalogue.Law {
			n++
		}
	}
	if n < 300 || unread > 20 {
		t.Errorf("%d statements rest on law that was read, %d on none", n, unread)
	}
	for _, s := range p.Sources() {
		for name, a := range s.Articles {
			if a.Wording != "" && s.Copy == "" && s.Kind == law.LawText {
				t.Errorf("%s#%s: nobody knows which copy was read", s.Name, name)
			}
		}
	}
}

// TestHubei_page keeps docs/reference/cn-hubei.md what the pack is.
func TestHubei_page(t *testing.T) {
	t.Parallel()
	const name = "../../../docs/reference/cn-hubei.md"
	samePage(t, name, page(hubei(t)))
}

// samePage compares a page with what it should be, or writes it.
func samePage(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the page is not what the pack is; run go test ./internal/law/lawfile -run _page -update\n%s", diff)
	}
}

package lawfile_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"recourse/internal/catalogue"
	"recourse/internal/law"
)

// page writes the reference page of the pack of Hubei.
func page(p *law.Pack) string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }
	row := func(cells ...string) { line("| %s |", strings.Join(cells, " | ")) }
	line("# The pack of Hubei\n\nWritten by a test from [packs/cn-hubei](../../packs/cn-hubei/); it cannot differ from it. How a pack is written: [pack.md](pack.md).\n")
	line("%d types of record, %d purposes, %d bodies, %d sources. All wording was compared by the author of the pack with the public copy that\nthe source names, not by a lawyer.\n",
		len(p.Types()), len(p.Purposes()), len(p.Bodies()), len(p.Sources()))
	line("## What the paper names, and what stands for it\n\nThe implementation opinions of 30 December 2017 on personal creditworthiness name seventeen fields and fourteen occupations (III(2)).\n")
	headings(row, "Field", paperFields(), sectorOf, p)
	line("")
	headings(row, "Occupation", paperOccupations(), occupationOf, p)
	line("\nTypes of other sectors: %s. They hold occupations of the paper that belong to none of its fields.\n", strings.Join(others(p), ", "))
	declined(line, row)
	types(line, row, p)
	purposes(line, row, p)
	endings(line, row, p)
	unverified(line, row, p)
	sources(line, row, p)
	return b.String()
}

func headings(row func(...string), title string, list []heading, of func(*catalogue.Type) string, p *law.Pack) {
	row(title, "", "Types")
	row("---", "---", "---")
	for _, h := range list {
		var codes []string
		for _, t := range p.Types() {
			if slices.Contains(h.codes, of(t)) {
				codes = append(codes, "`"+t.Code+"`")
			}
		}
		if h.declined != "" {
			codes = []string{"**none.** " + h.declined}
		}
		row(h.zh, h.en, strings.Join(codes, ", "))
	}
}

// others are the sectors of the pack that are no field of the paper.
func others(p *law.Pack) []string {
	var out []string
	for _, s := range p.Sectors() {
		if !slices.ContainsFunc(paperFields(), func(h heading) bool { return slices.Contains(h.codes, s.Code) }) {
			out = append(out, strings.ToLower(s.Labels["en"]))
		}
	}
	return out
}

func declined(line func(string, ...any), row func(...string)) {
	line("## What the paper asks for and the pack does not have\n")
	row("Section", "Asked for", "Instead")
	row("---", "---", "---")
	for _, r := range [][3]string{
		{"I, VI(2)", "discipline across departments", "one record, one statute, one sector; one bridge, from taxes to a mortgage, which the tax law itself names (A7)"},
		{"II(4)", "conduct files on students", "none; a revoked teacher qualification is about the teacher"},
		{"III(1)", "fingerprints, coverage of everybody", "a file exists only where a lawful event made a record"},
		{"IV(3)", "donations and volunteering as a price of repair", "none"},
		{"V(2), VI(1)", "points", "no field can hold one (A2)"},
		{"VI(1)", "honours, better treatment", "records of obligations met, which count nowhere else; having none has no effect"},
		{"VI(1), VI(3)", "tip-offs, media findings, reports of associations", "decisions of authorities and courts, and contract events of which the person was told (A5)"},
		{"VI(2)", "lists of persons, publication of names", "status decisions with a hearing, one effect, an end and named recipients (A4); no list of their holders"},
		{"VI(2)", "consequences for persons by association", "a record names whom the decision names"},
	} {
		row(r[0], r[1], r[2])
	}
	line("")
}

func status(c catalogue.Citation) string {
	return fmt.Sprintf("`%s#%s` %s", c.Source, c.Article, c.Status)
}

func label(lang string, list []law.Named, code string) string {
	for _, n := range list {
		if n.Code == code {
			return n.Labels[lang]
		}
	}
	return "–"
}

func types(line func(string, ...any), row func(...string), p *law.Pack) {
	lead := p.Languages[0]
	line("## Types\n\nA minus marks a negative type, S a licence on which life or health depends (B2), 2 a type for which a second person has to ask (G4).\nShown and kept are counted from the start event; a status decision comes off earlier on its own last day.\n")
	row("Type", "", "", "Sector", "Occupation", "Form", "Unit", "Rests on", "Shown", "Kept")
	row(slices.Repeat([]string{"---"}, 10)...)
	for _, t := range p.Types() {
		marks := ""
		for _, m := range []struct {
			on   bool
			mark string
		}{{t.Negative, "−"}, {t.Safety, "S"}, {t.Sensitive, "2"}} {
			if m.on {
				marks += m.mark
			}
		}
		form := string(t.Form)
		if t.Status != nil {
			form = string(t.Status.Kind)
		}
		unit, _ := p.Body(t.Authority)
		r, _ := p.Retention(t.Retention)
		row("`"+t.Code+"`", t.Labels["zh"]+"<br>"+t.Labels["en"], marks, label(lead, p.Sectors(), t.Sector), label(lead, p.Occupations(), t.Occupation), form,
			unit.Names[lead], status(t.LegalBasis), length(r.Display.Term), length(r.Retain.Term))
	}
	line("")
}

// length writes a term as English does.
func length(t law.Term) string {
	if t.N == 1 {
		return strings.TrimSuffix(t.String(), "s")
	}
	return t.String()
}

func purposes(line func(string, ...any), row func(...string), p *law.Pack) {
	lead := p.Languages[0]
	line("## Purposes\n\nEach is a pair of what the person is and what is decided (A6).\n")
	row("Purpose", "", "The person is", "Decision", "Who asks", "Basis", "Sees")
	row(slices.Repeat([]string{"---"}, 7)...)
	for _, u := range p.Purposes() {
		var who, sees []string
		for _, code := range u.Bodies {
			b, _ := p.Body(code)
			who = append(who, b.Names[lead])
		}
		for _, g := range u.Grants {
			s := "`" + g.Type + "` " + strings.Join(g.Fields, ", ")
			if g.Bridge != nil {
				s += fmt.Sprintf(" (bridge until %s)", g.Bridge.To)
			}
			sees = append(sees, s)
		}
		basis := string(u.Basis) + ": " + status(u.LegalBasis)
		if u.Post != nil {
			basis += "; the post: " + status(u.Post.Requires)
		}
		row("`"+u.Code+"`", u.Labels["zh"]+"<br>"+u.Labels["en"], string(u.Role), string(u.Decision), strings.Join(who, cmp.Or(map[string]string{"zh": "、"}[lead], ", ")), basis, strings.Join(sees, "<br>"))
	}
	line("")
}

func unverified(line func(string, ...any), row func(...string), p *law.Pack) {
	lead := p.Languages[0]
	line("## What nobody verified\n\nThe sandbox shows these as unverified. Production does not start while there is one.\n")
	row("Statement", "Says", "Article to be read")
	row("---", "---", "---")
	for _, q := range p.Unverified() {
		row("`"+q.Name+"`", cmp.Or(length(q.Term), "–"), fmt.Sprintf("%s, %s", q.Basis.Titles[lead], q.Basis.Article))
	}
	line("")
}

func sources(line func(string, ...any), row func(...string), p *law.Pack) {
	line("## Sources\n")
	row("Source", "Title", "Number", "Copy that was read")
	row("---", "---", "---", "---")
	for _, s := range p.Sources() {
		row("`"+s.Name+"`", s.Titles["zh"]+"<br>"+s.Titles["en"], s.Number, cmp.Or(s.Copy, "none"))
	}
}

// endings lists how records end early.
func endings(line func(string, ...any), row func(...string), p *law.Pack) {
	line("## How records end early\n\nThe first day is counted from the start event; overdue, the record is not shown (D1). Nothing of it costs money or labour (D8).\n")
	row("Way", "", "Kind", "Classes", "Opens after", "Asks for", "Decides", "Within", "Rests on")
	row(slices.Repeat([]string{"---"}, 9)...)
	for _, r := range p.Routes() {
		var wait, asks string
		for i, q := range r.Wait {
			wait += map[bool]string{true: "; "}[i > 0] + length(q.Term)
		}
		for i, c := range r.Conditions {
			asks += map[bool]string{true: "; "}[i > 0] + string(c.What)
		}
		clock, _ := p.Deadline(law.RepairClock(r.Code))
		row("`"+r.Code+"`", r.Labels["zh"]+"<br>"+r.Labels["en"], string(r.Kind), strings.Join(r.Classes, ", "), cmp.Or(wait, "–"), cmp.Or(asks, "–"), cmp.Or(string(r.Decides), "–"), cmp.Or(length(clock.Term), "–"), status(r.Basis))
	}
	for _, r := range p.Reliefs() {
		row("`"+r.Code+"`", r.Labels["zh"]+"<br>"+r.Labels["en"], "relief", strings.Join(r.Classes, ", "), "–", cmp.Or(r.SettledBy, "–"), "registry", "–", status(r.Basis))
	}
	line("")
}

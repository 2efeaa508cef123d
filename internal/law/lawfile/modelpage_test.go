package lawfile_test

import (
	"fmt"
	"strings"
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// TestModel_pages keeps the page of each pack of a model jurisdiction what the pack is.
func TestModel_pages(t *testing.T) {
	t.Parallel()
	for code, files := range shipped(t) {
		if code == "cn-hubei" {
			continue // a real one, with a page of its own kind
		}
		p, err := lawfile.Load(files)
		if err != nil {
			t.Fatal(err)
		}
		samePage(t, "../../../docs/reference/"+code+".md", modelPage(p))
	}
}

// modelPage writes the reference page of a model jurisdiction.
func modelPage(p *law.Pack) string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }
	row := func(cells ...string) { line("| %s |", strings.Join(cells, " | ")) }
	line("# %s\n\nWritten by a test from [packs/%s](../../packs/%s/); it cannot differ from it. How a pack is written: [pack.md](pack.md).\n", p.Titles["en"], p.Code, p.Code)
	line("%d types of record, %d purposes, %d bodies, %d sources. It shows that another jurisdiction is data and no program: no line of the program knows of it.\n"+
		"None of its bodies exists. It is not fit for production: %d of its %d statements were not compared with a primary text, and it says which.\n",
		len(p.Types()), len(p.Purposes()), len(p.Bodies()), len(p.Sources()), len(p.Unverified()), len(p.Parameters()))
	line("```sh\nrecourse demo --pack %s\n```\n", p.Code)
	line("## Identifiers\n\nRules and vectors: [identity.md](identity.md).\n")
	row("Code", "What")
	row("---", "---")
	for _, k := range p.Identifiers() {
		row("`"+k.Code+"`", k.Labels["en"])
	}
	line("")
	types(line, row, p)
	deadlines(line, row, p)
	purposes(line, row, p)
	endings(line, row, p)
	unverified(line, row, p)
	sources(line, row, p)
	return b.String()
}

// deadlines lists the terms that run for persons and bodies.
func deadlines(line func(string, ...any), row func(...string), p *law.Pack) {
	line("## Deadlines\n\nThe event's day is not counted. What each is for: [pack.md](pack.md).\n")
	row("Deadline", "Length", "From", "Rests on")
	row("---", "---", "---", "---")
	for _, q := range p.Parameters() {
		if kind, is := strings.CutPrefix(q.Name, "deadlines."); is {
			row("`"+kind+"`", q.Term.In("en"), q.Start, status(q.Basis))
		}
	}
	line("")
}

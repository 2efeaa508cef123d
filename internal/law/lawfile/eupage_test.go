package lawfile_test

import (
	"fmt"
	"strings"
	"testing"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// TestEU_page keeps docs/reference/eu-gdpr.md what the pack is.
func TestEU_page(t *testing.T) {
	t.Parallel()
	p, err := lawfile.Load(shipped(t)["eu-gdpr"])
	if err != nil {
		t.Fatal(err)
	}
	samePage(t, "../../../docs/reference/eu-gdpr.md", euPage(p))
}

// euPage writes the reference page of the model member state.
func euPage(p *law.Pack) string {
	var b strings.Builder
	line := func(format string, a ...any) { _, _ = fmt.Fprintf(&b, format+"\n", a...) }
	row := func(cells ...string) { line("| %s |", strings.Join(cells, " | ")) }
	line("# The pack of a model member state\n\nWritten by a test from [packs/eu-gdpr](../../packs/eu-gdpr/); it cannot differ from it. How a pack is written: [pack.md](pack.md).\n")
	line("%d types of record, %d purposes, %d bodies, %d sources. It shows that a second jurisdiction is data and no program: no line of the program knows of it.\n"+
		"None of its bodies exists. It is not fit for production: %d of its %d statements were not compared with a primary text, and it says which.\n",
		len(p.Types()), len(p.Purposes()), len(p.Bodies()), len(p.Sources()), len(p.Unverified()), len(p.Parameters()))
	line("```sh\nrecourse demo --pack eu-gdpr\n```\n")
	line("## Identifiers\n\nRules and vectors: [identity.md](identity.md).\n")
	row("Code", "What")
	row("---", "---")
	for _, k := range p.Identifiers() {
		row("`"+k.Code+"`", k.Labels["en"])
	}
	line("")
	types(line, row, p)
	purposes(line, row, p)
	unverified(line, row, p)
	sources(line, row, p)
	return b.String()
}

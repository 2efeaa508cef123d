package app_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"recourse/docs"
	"recourse/internal/app"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/test/evidence"
	"recourse/packs"
)

// TestReference_events keeps the page of events what the table of reactions is.
func TestReference_events(t *testing.T) {
	t.Parallel()
	rows := app.Reactions()
	slices.SortStableFunc(rows, func(a, b [3]string) int { return cmp.Compare(a[0], b[0]) })
	var b strings.Builder
	b.WriteString("# Events and what follows from them\n\nWritten by a test from the table of reactions; it cannot differ from it.\n\nWhat is done is written with its event in one transaction. What follows is done " +
		"afterwards, at least once, and comes out the same however often it is done. Every event is also an entry of [the public log](log.md).\n\n| event | what follows | why |\n|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", r[0], r[1], r[2])
	}
	const name = "../../docs/reference/events.md"
	if evidence.Updating() {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != b.String() || len(rows) < 20 {
		t.Errorf("%s is not what the table is (%v): run go test ./internal/app -run TestReference_events -update", name, err)
	}
}

// TestLibrary_leads: each page of the registry to which a guide leads is one.
func TestLibrary_leads(t *testing.T) {
	t.Parallel()
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	p, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	library, err := app.Library(law.One(p), map[string][]webkit.NavItem{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("testdata/authorisation.txt")
	if err != nil {
		t.Fatal(err)
	}
	leads := library.Leads()
	if len(leads) < 10 {
		t.Fatalf("only %d pages are led to", len(leads))
	}
	for to, from := range leads {
		_, isGuide := strings.CutPrefix(to, "/help/")
		if _, err := fs.Stat(docs.FS, strings.TrimPrefix(to, "/")+".md"); isGuide && err == nil {
			continue
		}
		if !strings.Contains(string(table), "GET /en"+to+" ") {
			t.Errorf("%s leads to %s, which is no page", from, to)
		}
	}
}

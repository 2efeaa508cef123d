package app_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"recourse/internal/kit/apikit"
	"recourse/internal/kit/webkit"
	"recourse/internal/test/evidence"
)

// columns are who comes, in the order of the table. Those before the last pair come
// for what belongs to "person" or to the body of "clerk"; whose it is comes last.
var columns = []string{"nobody", "nobody known", "other", "stranger", "decider", "reviewer", "head", "supervisor", "ombudsman", "sender", "asker", "no mandate", "untrained", "revoked", "leaver", "clerk", "person"}

// line is one route as the table knows it.
type line struct {
	pattern string // method and path
	who     string // of the row in the mux
	at      string // where it is asked: with the numbers of an owner where there are some
	owner   string // "person", "clerk", or "" where nobody's thing is named
}

// lines reads the routes from the muxes of the API and of the pages, and finds for
// each whose thing it can be asked about.
func (w *town) lines(t *testing.T) (out []line) {
	t.Helper()
	for _, r := range w.api.Routes() {
		out = append(out, line{pattern: r.Pattern(), who: string(r.Who)})
	}
	roles := map[webkit.Role]string{webkit.Anyone: "anyone", webkit.Person: "person", webkit.Clerk: "clerk"}
	for _, r := range w.site.Rows() {
		out = append(out, line{pattern: r.Method + " /en" + r.Path, who: roles[r.Role]})
	}
	slices.SortFunc(out, func(a, b line) int { return strings.Compare(byPath(a.pattern), byPath(b.pattern)) })
	for i := range out {
		w.place(t, &out[i])
	}
	return out
}

func byPath(pattern string) string {
	method, path, _ := strings.Cut(pattern, " ")
	return path + " " + method
}

var inBraces = regexp.MustCompile(`\{[^}]*\}`)

// place finds an address of a route: one that its owner was shown, or one that names
// what nobody has.
func (w *town) place(t *testing.T, l *line) {
	t.Helper()
	_, path, _ := strings.Cut(l.pattern, " ")
	if l.at = path; !strings.Contains(path, "{") {
		return
	}
	as := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(inBraces.ReplaceAllString(path, "\x00")), "\x00", `[^/?]+`) + `(\?.*)?$`)
	for _, name := range []string{"person", "clerk", "decider", "reviewer", "supervisor", "ombudsman"} {
		for _, at := range w.shown(w.actors[name]) {
			if as.MatchString(at) && number.MatchString(at) {
				l.at, l.owner = at, name
				return
			}
		}
	}
	l.at = inBraces.ReplaceAllStringFunc(path, func(name string) string { return w.made(t, name) })
}

// shown are the addresses of pages and forms that somebody was shown, and those of
// the calls for the same things.
func (w *town) shown(a *actor) (out []string) {
	out = slices.Clone(a.found)
	for _, f := range a.forms {
		out = append(out, f.to)
	}
	for _, n := range a.numbers() {
		switch n[:1] {
		case "B":
			for _, tail := range []string{"", "/findings", "/receipt", "/proofs/1"} {
				out = append(out, apikit.Prefix+"/deliveries/"+n+tail)
			}
		case "T":
			out = append(out, apikit.Prefix+"/trials/"+n, apikit.Prefix+"/trials/"+n+"/findings")
		}
	}
	return out
}

// made is what stands for a name in braces where nobody has such a thing.
func (w *town) made(t *testing.T, name string) string {
	kinds := map[string]string{"{record}": "R", "{notice}": "N", "{consent}": "C", "{look}": "Q", "{number}": "Q", "{delivery}": "B", "{trial}": "T", "{contest}": "D", "{repair}": "M", "{hold}": "H", "{complaint}": "CP",
		"{paper}": "F", "{request}": "A", "{change}": "X", "{clerk}": "S", "{question}": "U", "{inspection}": "K", "{plea}": "PL", "{death}": "DE", "{report}": "RP"}
	if name == "{code}" || name == "{type}" {
		return "market-penalty"
	}
	if kind, ok := kinds[name]; ok {
		return nothing(t, kind)
	}
	return strings.Trim(name, "{}")
}

// TestAuthorisation tries every route of both muxes as everybody, and holds what
// comes against one table. A route without a line in it fails.
func TestAuthorisation(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	const file = "testdata/authorisation.txt"
	got := map[string]string{}
	var text strings.Builder
	cells := 0
	fmt.Fprintf(&text, "# Who gets which status, route by route: read from the muxes, tried in TestAuthorisation. Whose it is: ~ where nobody has one.\n# %s\n", strings.Join(columns, " | "))
	for _, l := range w.lines(t) {
		var row []string
		for _, name := range columns {
			row = append(row, fmt.Sprint(w.try(l, w.actors[name])))
			cells++
		}
		whose := l.owner
		if whose == "" && strings.Contains(l.pattern, "{") {
			whose = "~"
		}
		got[l.pattern] = fmt.Sprintf("%-18s %-9s %s", l.who, whose, strings.Join(row, " "))
		fmt.Fprintf(&text, "%-62s %s\n", l.pattern, got[l.pattern])
		w.mustHold(t, l, row)
	}
	if evidence.Updating() {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		for line := range strings.Lines(text.String()) {
			if !strings.Contains(string(want), line) {
				t.Errorf("not in the table: %s", line)
			}
		}
		for line := range strings.Lines(string(want)) {
			if !strings.Contains(text.String(), line) {
				t.Errorf("in the table alone: %s", line)
			}
		}
	}
	t.Logf("%d cells of %d routes and %d who come", cells, len(got), len(columns))
}

// try asks for a route as somebody. A route that ends a sign-in gets one of its own.
func (w *town) try(l line, a *actor) int {
	method, _, _ := strings.Cut(l.pattern, " ")
	who := *a
	if strings.HasSuffix(l.at, "/sign-out") {
		who.cookie = ""
	}
	return w.send(&who, method, l.at, url.Values{}).Code
}

// mustHold holds what no table may allow.
func (w *town) mustHold(t *testing.T, l line, row []string) {
	t.Helper()
	for i, name := range columns {
		code := row[i]
		call := strings.Contains(l.pattern, apikit.Prefix)
		person := name == "person" || name == "other" || name == "nobody known"
		var may bool
		switch l.who {
		case "anyone":
			may = true
		case "person":
			may = person
		case "clerk", string(apikit.Holder):
			may = !person && !slices.Contains([]string{"nobody", "no mandate", "untrained", "revoked", "leaver"}, name)
		default:
			t.Fatalf("%s is for %q", l.pattern, l.who)
		}
		in := code != "401" && !(call && (name == "untrained" || name == "no mandate") && code == "403")
		if may != in {
			t.Errorf("%s as %s: %s", l.pattern, name, code)
		}
		if l.owner == "" || name == l.owner || w.shares(l, name) {
			continue
		}
		method, _, _ := strings.Cut(l.pattern, " ")
		if code, is := w.foreign(t, w.actors[name], method, l.at, url.Values{}); is {
			t.Errorf("%s of %s as %s is told from what does not exist: %d", l.pattern, l.owner, name, code)
		}
	}
}

// shares reports whether somebody else than the owner may come to a thing: staff of
// the same body, and to a contest or a complaint those who decide it and the staff of its source.
func (w *town) shares(l line, name string) bool {
	staff := []string{"decider", "reviewer", "clerk", "head", "sender"}
	colleagues := []string{"head", "sender", "asker"} // of clerk; what one of them may not do, it says
	return l.owner == "clerk" && slices.Contains(colleagues, name) || (strings.Contains(l.pattern, "/contests/") || strings.Contains(l.pattern, "/complaints/")) && slices.Contains(staff, l.owner) && slices.Contains(staff, name)
}

package browser

import (
	"context"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/client"
	"recourse/internal/app"
	"recourse/internal/app/world"
	"recourse/internal/kit/webkit"
)

// whole is a registry that lived through some months, and every page it serves as
// its own table says.
type whole struct {
	*served
	rows []webkit.Route
	open map[string]bool // rows that are everybody's
	mux  *http.ServeMux  // finds the row of an address
}

// serveWholeLife starts a sandbox that has lived through some months with made-up
// people.
func serveWholeLife(t *testing.T) *whole {
	t.Helper()
	w := &whole{open: map[string]bool{}, mux: http.NewServeMux()}
	w.served = serveFilled(t, app.Calls{
		Prepare: func(ctx context.Context, h *app.House) error {
			return h.LoadDemo(ctx, world.Size{People: 60, Records: 240, Days: 120}, func(app.Step) {})
		},
		Pages: func(rows []webkit.Route) { w.rows = rows },
	})
	for _, r := range w.rows {
		pattern := r.Method + " " + r.Path
		if r.Path == "/" {
			pattern += "{$}"
		}
		w.open[pattern] = r.Role == webkit.Anyone
		w.mux.Handle(pattern, http.NotFoundHandler())
	}
	w.asksSigned(t, "wuhan-market", client.Question{Purpose: "food-licence-application", Basis: "statute", Case: "FL2026-990100", Reason: "示例：许可审查",
		Person: client.Subject{IDType: "cn-id", IDNumber: "999999195802030078"}})
	return w
}

// pattern returns the row of an address below a language, or "".
func (w *whole) pattern(path string) string { return w.row(http.MethodGet, path) }

func (w *whole) row(method, path string) string {
	req, err := http.NewRequest(method, path, nil)
	if err != nil {
		return ""
	}
	_, pattern := w.mux.Handler(req)
	return pattern
}

// guest is somebody before the pages, with cookies of their own.
func (w *whole) guest(t *testing.T) *office {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &office{s: w.served, t: t, client: &http.Client{Jar: jar}}
}

// person signs in as a sample person.
func (w *whole) person(t *testing.T, name string) *office {
	t.Helper()
	o := w.guest(t)
	m := regexp.MustCompile(`<label for="person-([0-9]+)"[^>]*><b[^>]*>` + regexp.QuoteMeta(name) + `</b>`).FindStringSubmatch(o.get("/en/sandbox/sign-in"))
	if m == nil {
		t.Fatalf("there is no sample person %s", name)
	}
	o.post("/en/sandbox/sign-in", url.Values{"person": {m[1]}})
	return o
}

// colleague signs in as the second sample clerk of a body.
func (w *whole) colleague(t *testing.T, body string) *office {
	t.Helper()
	return w.clerk(t, body, url.Values{"second": {"yes"}})
}

// cast are those before the pages.
type cast map[string]*office

// everybody are people and clerks who together meet every page: those who contest
// with a contest in each state, those who answer, decide and review, and those who
// confirm.
func (w *whole) everybody(t *testing.T) cast {
	t.Helper()
	return cast{"nobody": w.guest(t), "person": w.person(t, "示例甲"), "unopened": w.person(t, "样本一"),
		"overdue": w.person(t, "示例丙"), "withdrawn": w.person(t, "示例丁"), "review": w.person(t, "样本二"), "corrected": w.person(t, "样本三"),
		"back": w.person(t, "样本四"), "reviewed": w.person(t, "样例晓雨"), "lapsed": w.person(t, "样例子涵"),
		"market": w.clerkOf(t, market), "source": w.colleague(t, "Hubei Administration for Market Regulation"),
		"bank": w.clerkOf(t, bank), "second": w.colleague(t, bank),
		"decider": w.clerkOf(t, "Hubei Credit Information Centre"), "reviewer": w.clerkOf(t, "People's Bank of China, Hubei Branch"),
		"hospital": w.clerkOf(t, "Sample Hospital"), "ombudsman": w.clerkOf(t, "Sample Ombudsman"),
		"granted": w.person(t, "样本司徒"), "ending": w.person(t, "样例淑芬"), "late": w.person(t, "示例欧阳"), "lasting": w.person(t, "样"),
		"lapsed early": w.person(t, "示例·阿依古丽"), "waiting": w.person(t, "示例·买买提·阿卜杜拉"), "appealed": w.person(t, "SAMPLE JAN")}
}

// entrance is where each of everybody comes in.
func entrance(who string) []string {
	switch who {
	case "nobody":
		return []string{"/"}
	case "market", "source", "bank", "second", "decider", "reviewer", "hospital", "ombudsman":
		return []string{"/supply", "/ask", "/ask/changes", "/work/contests", "/work/contests?desk=review", "/work/repairs", "/work/holds", "/work/deaths", "/work/complaints", "/work/post", "/ask/inspections", "/watch/inspections", "/watch/pleas", "/watch/reports", "/work/stays"}
	}
	return []string{"/me"}
}

var guide = regexp.MustCompile(`^/(docs|help)\b`)

// How many addresses of one row are followed, and of one that is the same for everybody
// by those who have signed in.
const (
	mostOfOne  = 6
	mostOfOpen = 1
)

// walk follows every link of a language from where somebody comes in, lets see see
// each page, and returns the addresses below the language that it met, by row.
// Leaving is not followed.
func (o *office) walk(w *whole, lang string, see func(page string), from ...string) map[string][]string {
	o.t.Helper()
	links := regexp.MustCompile(`(href|action)="(/` + lang + `/[^"#]*)`)                 // a form may want more than its address
	met, waiting, closed := map[string][]string{}, slices.Clone(from), map[string]bool{} // closed: it may let them not in
	for _, at := range from {
		closed[at] = true // not every desk is everybody's
	}
	_, signed := o.cookie()
	for len(waiting) > 0 {
		at := waiting[0]
		waiting = waiting[1:]
		pattern := w.pattern(at)
		most := mostOfOne
		if signed && w.open[pattern] {
			most = mostOfOpen
		}
		if pattern == "" || slices.Contains(met[pattern], at) || len(met[pattern]) >= most {
			continue
		}
		code, page := o.patient("/" + lang + at)
		if code != http.StatusOK {
			if !closed[at] && code != http.StatusUnauthorized { // who has not signed in is asked to
				o.t.Errorf("a link leads to /%s%s, which answers %d", lang, at, code)
			}
			continue
		}
		see(page)
		met[pattern] = append(met[pattern], at)
		for _, m := range links.FindAllStringSubmatch(page, -1) {
			to := strings.TrimPrefix(html.UnescapeString(m[2]), "/"+lang)
			closed[to] = m[1] == "action" || guide.MatchString(at) // guides are for every desk
			waiting = append(waiting, to)
		}
	}
	return met
}

// patient is get for what may not be there yet: the public log is written a moment
// after what it is about.
func (o *office) patient(path string) (code int, page string) {
	o.t.Helper()
	for limit := time.Now().Add(time.Minute); ; {
		code, page = o.do(http.NewRequestWithContext(o.t.Context(), http.MethodGet, o.s.url+path, nil))
		early := code == http.StatusServiceUnavailable || code == http.StatusConflict && (strings.Contains(page, "E-LOG-EARLY") || strings.Contains(path, "/receipts/"))
		if !early || time.Now().After(limit) {
			return code, page
		}
	}
}

// nameOf names a row in the names of pictures.
func nameOf(pattern string) string {
	name := strings.Trim(strings.NewReplacer("GET /", "", "/", "-", "{", "", "}", "", "$", "").Replace(pattern), "-")
	if name == "" {
		return "landing"
	}
	return name
}

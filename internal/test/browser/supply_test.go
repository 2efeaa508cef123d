package browser

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"recourse/internal/app"
	"recourse/internal/kit/webkit"
)

// served is a whole registry, run as the program runs it.
type served struct {
	t   *testing.T
	url string
	dir string // the data folder
	log *locked
}

// serveWhole starts a sandbox with a database of its own and ends it with the test.
func serveWhole(t *testing.T) *served {
	t.Helper()
	return serveFilled(t, app.Calls{})
}

// serveFilled is serveWhole, with what the calls do before. Nobody has to sign in again
// meanwhile, however long the test takes.
func serveFilled(t *testing.T, calls app.Calls) *served {
	t.Helper()
	const day = 24 * time.Hour
	return serveAs(t, app.Config{Session: app.Session{Idle: day, Most: day, ClerkIdle: day, ClerkMost: day, Fresh: day}}, calls)
}

// serveAs is serveFilled, with what a configuration says of signing in.
func serveAs(t *testing.T, c app.Config, calls app.Calls) *served {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data") // before the clean-up below: it goes after the registry has ended
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var out bytes.Buffer
	s := &served{t: t, dir: dir, log: &locked{w: &out}}
	ready, ended := make(chan string, 1), make(chan error, 1)
	calls.Ready = func(r app.Running) { ready <- r.URL }
	c.DataDir, c.Mode, c.Listen, c.Pack, c.MinFreeMiB, c.VaultC = dir, app.Sandbox, cmp.Or(c.Listen, "127.0.0.1:0"), "cn-hubei", 1, app.VaultC{MaxLeap: 45}
	c.Database.NoSync = true
	go func() {
		ended <- app.Serve(ctx, c, slog.New(slog.NewTextHandler(s.log, nil)), calls)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case s.url = <-ready:
		s.url = cmp.Or(c.BaseURL, s.url)
	case err := <-ended:
		ended <- nil
		t.Fatalf("the registry does not start: %v\n%s", err, out.String())
	}
	return s
}

// office is a clerk before the pages, over HTTP.
type office struct {
	s      *served
	t      *testing.T
	client *http.Client
}

// clerkOf signs in as the first sample clerk of a body.
func (s *served) clerkOf(t *testing.T, body string) *office {
	t.Helper()
	return s.clerk(t, body, url.Values{})
}

func (s *served) clerk(t *testing.T, body string, form url.Values) *office {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{s: s, t: t, client: &http.Client{Jar: jar}}
	page := o.get("/en/clerk/sign-in")
	m := regexp.MustCompile(`<label for="body-([0-9]+)"><b>` + regexp.QuoteMeta(html.EscapeString(body)) + `</b>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("there is no sample clerk of %s:\n%s", body, page)
	}
	form.Set("body", m[1])
	says(t, o.post("/en/sandbox/clerk", form), "Send records")
	return o
}

func (o *office) do(req *http.Request, err error) (int, string) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	res, err := o.client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

func (o *office) get(path string) string {
	o.t.Helper()
	_, page := o.do(http.NewRequestWithContext(o.t.Context(), http.MethodGet, o.s.url+path, nil))
	return page
}

func (o *office) post(path string, form url.Values) string {
	o.t.Helper()
	_, page := o.sent(path, form)
	return page
}

// sent is post, with the status.
func (o *office) sent(path string, form url.Values) (int, string) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.s.url+path, strings.NewReader(form.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return o.do(req, err)
}

// upload sends the form of a new delivery as a browser does: fields, then file.
func (o *office) upload(lang, typ, name, file string) (int, string) {
	o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("type", typ) // a buffer takes everything
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		o.t.Fatal(err)
	}
	_, _ = io.WriteString(part, file)
	_ = w.Close()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.s.url+"/"+lang+"/supply/new", &body)
	if err == nil {
		req.Header.Set("Content-Type", w.FormDataContentType())
	}
	return o.do(req, err)
}

// session is the cookie of the clerk.
func (o *office) session() string {
	value, signed := o.cookie()
	if !signed {
		o.t.Fatal("no session")
	}
	return value
}

// cookie is what keeps somebody signed in, if they are.
func (o *office) cookie() (value string, signed bool) {
	at, _ := url.Parse(o.s.url) // it was made by us
	for _, c := range o.client.Jar.Cookies(at) {
		if c.Name == "recourse" {
			return c.Value, true
		}
	}
	return "", false
}

const penalties = "id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n"

// penaltyRow is a row about a made-up person: area 999999 is not assigned. The
// place is a mark that must be shown nowhere.
func penaltyRow(n int, change ...string) string {
	body := fmt.Sprintf("99999919800101%03d", n%1000)
	sum := 0
	for i := range len(body) {
		sum = (sum + int(body[i]-'0')) * 2 % 11
	}
	row := fmt.Sprintf("cn-id,%s%c,示例,示例-%06d,1,wuhan-market,示例罚%06d号,%s,fine,500.00 CNY,武汉,示例\n", body, "10X98765432"[sum], n, n, time.Now().AddDate(0, -1, 0).Format(time.DateOnly))
	return strings.NewReplacer(change...).Replace(row)
}

// mixed is a file of which every fourth row has an error.
func mixed(rows int) string {
	var b strings.Builder
	b.WriteString(penalties)
	for n := range rows {
		if n%4 == 3 {
			b.WriteString(penaltyRow(n, ",fine,", ",MARKER-MEASURE,"))
		} else {
			b.WriteString(penaltyRow(n))
		}
	}
	return b.String()
}

const (
	market = "Wuhan Bureau for Market Regulation"
	bank   = "Sample Bank, Wuhan Branch"
)

// trialOf is the address of the dry run that a page is about.
func trialOf(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`/supply/trials/(T-[0-9A-Z-]+)`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page is about no dry run:\n%s", page)
	}
	return m[0]
}

// TestSupply_triedThenSent walks the whole way of a file over HTTP: try, look,
// download what is wrong, send, see it listed; another body sees none of it.
func TestSupply_triedThenSent(t *testing.T) {
	t.Parallel()
	s := serveWhole(t)
	o := s.clerkOf(t, market)
	says(t, o.get("/en/supply"), "Nothing was sent so far", market)
	code, page := o.upload("en", "market-penalty", "x.csv", mixed(300))
	if code != http.StatusOK {
		t.Fatalf("%d\n%s", code, page)
	}
	says(t, page, "75 of 300 rows would not be taken", "read as CSV in UTF-8, cells parted by ,", "Send 225 rows", "E-FIELD-VALUE", ">measure</code>")
	silent(t, page, "MARKER", "示例罚")
	trial := trialOf(t, page)
	says(t, o.get("/zh"+trial), "300 行中有 75 行不会接收", "报送 225 行", "按 UTF-8 编码的 CSV 读取")
	rows, at := 0, "/en"+trial
	for ; at != ""; at = after(page, `rel="next" href="`) {
		page = o.get(at)
		rows += strings.Count(page, `/E-FIELD-VALUE"`)
	}
	if rows != 75 {
		t.Errorf("%d findings on all pages", rows)
	}
	file := o.get("/en" + trial + "/errors")
	if n := strings.Count(file, "MARKER-MEASURE"); n != 75 || !strings.Contains(file, "recourse_fix") || !strings.Contains(file, "M…E") {
		t.Errorf("the file of errors has %d rows:\n%.600s", n, file)
	}
	says(t, o.get("/en/supply"), "Nothing was sent so far") // it was only tried

	other := s.clerkOf(t, bank)
	for _, path := range []string{trial, trial + "/errors"} {
		if got := other.get("/en" + path); strings.Contains(got, "MARKER") || strings.Contains(got, "market-penalty") || strings.Contains(got, "300") {
			t.Errorf("another body sees %s", path)
		}
	}

	page = o.post("/en"+trial, url.Values{"do": {"send"}})
	for limit := time.Now().Add(time.Minute); !strings.Contains(page, "One delivery"); page = o.get("/en" + trial) {
		if time.Now().After(limit) {
			t.Fatalf("never sent:\n%s", page)
		}
	}
	says(t, page, "Sent. Here is what became of the rows.", "<b>225</b> new", "<b>75</b> refused", "Done")
	silent(t, page, "MARKER")
	delivery := regexp.MustCompile(`B-[0-9A-Z]{26}-[0-9A-Z]`).FindString(page)
	says(t, o.get("/en/supply/deliveries/"+delivery+"/receipt"), "/deliveries/"+delivery+"\n300\n", "new 225 changed 0", "\n— ")
	silent(t, other.get("/en/supply/deliveries/"+delivery+"/receipt"), "225")
	says(t, o.get("/en/supply"), "/supply/deliveries/"+delivery, ">300<", ">225<")
	says(t, o.get("/en/supply?type=market-penalty&state=done&since=2020-01-01"), delivery)
	says(t, o.get("/en/supply?state=failed"), "No delivery fits these filters")
	says(t, other.get("/en/supply"), "Nothing was sent so far")
	if code, got := other.do(http.NewRequest(http.MethodGet, s.url+"/en/supply/deliveries/"+delivery, nil)); code != http.StatusNotFound || strings.Contains(got, "225") {
		t.Errorf("another body sees the delivery: %d", code)
	}

	// The same file once more changes nothing.
	_, page = o.upload("en", "market-penalty", "x.csv", mixed(300))
	trial = trialOf(t, page)
	page = o.post("/en"+trial, url.Values{"do": {"send"}})
	for limit := time.Now().Add(time.Minute); !strings.Contains(page, "One delivery"); page = o.get("/en" + trial) {
		if time.Now().After(limit) {
			t.Fatalf("never sent:\n%s", page)
		}
	}
	says(t, page, "delivered before", delivery)
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if log := s.log.w.(*bytes.Buffer).String(); strings.Contains(log, "MARKER") || strings.Contains(log, delivery) || !strings.Contains(log, `GET /supply/trials/{trial}`) {
		t.Error("the log says what it must not, or not what it must")
	}
}

// TestSupply_mends sends the form in every way that cannot be taken.
func TestSupply_mends(t *testing.T) {
	t.Parallel()
	s := serveWhole(t)
	o := s.clerkOf(t, market)
	for _, c := range []struct{ typ, name, file, want string }{
		{"", "x.csv", mixed(1), "Choose what the rows record"},
		{"nurse-licence", "x.csv", mixed(1), "Choose what the rows record"},
		{"market-penalty", "", "", "Choose a file"},
		{"market-penalty", "x.csv", "", "The file is empty"},
		{"market-penalty", "x.csv", "MARKER,b\n", "not a column of type market-penalty"},
		{"market-penalty", "x.csv", "id_type\n", "id_number: The column is missing"},
	} {
		for _, lang := range webkit.Langs() {
			code, page := o.upload(lang, c.typ, c.name, c.file)
			if code != http.StatusUnprocessableEntity || !strings.Contains(page, `role="alert"`) || strings.Contains(page, "MARKER") {
				t.Errorf("%+v in %s: %d", c, lang, code)
			}
			if lang == webkit.EN {
				says(t, page, c.want)
			}
		}
	}
	code, page := o.upload("en", "market-penalty", "x.csv", penalties)
	says(t, page, "The file has a header and no rows")
	trial := trialOf(t, page)
	says(t, o.post("/en"+trial, url.Values{"do": {"forget"}}), "Try the file")
	says(t, o.get("/en"+trial), "no longer held")
	says(t, o.get("/en/supply/trials/nonsense"), "no longer held")
	if code != http.StatusOK {
		t.Errorf("an empty table: %d", code)
	}
	none := s.clerkOf(t, "Sample Hospital")
	says(t, none.get("/en/supply/new"), "There is no type of record for which")
	for path, want := range map[string]int{"/en/supply?state=x": 400, "/en/supply?since=x": 400, "/en/supply/deliveries/x": 404, "/en/supply/types/none/template?format=csv": 404,
		"/en/supply/types/market-penalty/template?format=pdf": 404, "/en/supply/types/market-penalty/template?format=csv": 200} {
		if code, _ := o.do(http.NewRequest(http.MethodGet, s.url+path, nil)); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	for _, path := range []string{"/en/supply", "/en/supply/new", "/en" + trial} {
		if code, _ := (&office{s: s, t: t, client: &http.Client{}}).do(http.NewRequest(http.MethodGet, s.url+path, nil)); code != http.StatusUnauthorized {
			t.Errorf("%s without a sign-in: %d", path, code)
		}
	}
}

// TestSupply_lookAt walks the way of a file in a real browser, in both languages,
// without scripts too, and looks at each page wide, dark and narrow.
func TestSupply_lookAt(t *testing.T) {
	t.Parallel()
	s := serveWhole(t)
	file := filepath.Join(t.TempDir(), "penalties.csv")
	var once sync.Once
	for i, lang := range webkit.Langs() {
		if err := os.WriteFile(file, []byte(mixed(60+i)), 0o600); err != nil {
			t.Fatal(err)
		}
		tab := shared(t).Tab(t)
		tab.Look(View{Width: 1200, NoScripts: i == 0})
		look := func(name string) { // the rules of accessibility are a script themselves
			t.Helper()
			for _, v := range []View{{Width: 1200}, {Width: 1200, Dark: true}, {Width: 320}} {
				tab.Look(v)
				tab.check(fmt.Sprintf("%s-%s-%s", name, lang, v))
				if !v.Dark {
					tab.Shot(fmt.Sprintf("%s-%s-%s", name, lang, v))
				}
			}
			tab.Look(View{Width: 1200, NoScripts: i == 0})
		}
		tab.Cookie(s.url, "recourse", s.clerkOf(t, market).session())
		tab.Open(s.url + "/" + lang + "/supply")
		once.Do(func() { look("supply-empty") })
		tab.Click(`main a.btn`)
		tab.Click("main form .btn")
		look("supply-mend")
		tab.Press(`input[value="market-penalty"]`)
		tab.must(chromedp.Do(tab.ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file})))
		tab.Click("main form .btn")
		look("supply-trial")
		tab.Click(`button[value="send"]`)
		for limit := time.Now().Add(time.Minute); !strings.Contains(tab.At(), "/supply/deliveries/"); tab.Open(tab.At()) {
			if time.Now().After(limit) {
				t.Fatalf("never sent: %s\n%s", tab.At(), tab.Text("main"))
			}
		}
		look("supply-delivery")
		tab.Open(s.url + "/" + lang + "/supply")
		look("supply-list")
		tab.Open(s.url + "/" + lang + "/supply/trials/nonsense")
		look("supply-gone")
	}
}

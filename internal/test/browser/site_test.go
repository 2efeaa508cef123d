package browser

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// one is the browser of all tests: it takes as long to start as ten pages.
var one struct {
	sync.Once
	browser *Browser
	stop    func()
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if one.stop != nil {
		one.stop()
	}
	os.Exit(code)
}

// shared returns the browser of all tests. Where there is none the test fails.
func shared(t *testing.T) *Browser {
	t.Helper()
	one.Do(func() { one.browser, one.stop, one.err = Start() })
	if one.err != nil {
		t.Fatal(one.err)
	}
	return one.browser
}

// site is a registry that is served.
type site struct {
	*Registry
	url        string
	lin, other Things
}

func serve(t *testing.T, o Options) *site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	if o.Origin == "" {
		o.Origin = "http://" + server.Listener.Addr().String()
	}
	r, err := NewRegistry(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Registry: r, url: "http://" + server.Listener.Addr().String()}
	s.lin, s.other = r.Populate()
	server.Config.Handler = r.Site
	server.Start()
	t.Cleanup(server.Close)
	return s
}

// visitor is somebody with a cookie jar who follows no redirects by themselves.
type visitor struct {
	t      *testing.T
	site   *site
	client *http.Client
	header http.Header // added to each request
}

func (s *site) visitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, site: s, header: http.Header{}, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a visitor who signed in as a sample person.
func (s *site) as(t *testing.T, person int) *visitor {
	t.Helper()
	v := s.visitor(t)
	got := v.post("/zh/sandbox/sign-in", url.Values{"person": {strconv.Itoa(person)}})
	if got.code != http.StatusSeeOther || got.header.Get("Location") != "/zh/me" {
		t.Fatalf("signing in: %d to %q", got.code, got.header.Get("Location"))
	}
	return v
}

// session is the secret of a visitor's sign-in.
func (v *visitor) session() string {
	at, err := url.Parse(v.site.url)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == "recourse" {
			return c.Value
		}
	}
	v.t.Fatal("no session")
	return ""
}

// answer is what a visitor got.
type answer struct {
	code   int
	header http.Header
	body   string
}

func (v *visitor) do(method, path string, body io.Reader) answer {
	v.t.Helper()
	req, err := http.NewRequest(method, v.site.url+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	for name, values := range v.header {
		req.Header[name] = values
	}
	if body != nil && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(raw)}
}

func (v *visitor) get(path string) answer { v.t.Helper(); return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	return v.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

// ok is get for a page that must be there.
func (v *visitor) ok(path string) string {
	v.t.Helper()
	got := v.get(path)
	if got.code != http.StatusOK {
		v.t.Fatalf("%s: status %d\n%s", path, got.code, got.body)
	}
	return got.body
}

// says fails where a page lacks one of the texts.
func says(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q:\n%s", text, page)
		}
	}
}

// silent fails where a page has one of the texts.
func silent(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			t.Errorf("the page says %q", text)
		}
	}
}

// zipped returns the size of a text as it travels.
func zipped(t *testing.T, text string) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// locked lets several requests write to one log.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"recourse/internal/app"
	"recourse/internal/test/npm"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"recourse": func() { os.Exit(run()) }})
}

// TestScript runs every story in testdata/script against the binary.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params())
}

// params is how stories run: against the binary, with a browser of their own.
func params() testscript.Params {
	return testscript.Params{
		Dir:   "testdata/script",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "big": big, "cut": cut, "await": await, "awaitfile": awaitFile, "keep": keep, "visit": visit, "press": press, "signin": signin, "see": see, "follow": follow, "clerkin": clerkin, "receive": receive,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	}
}

// setup gives a story days before today, so that it does not grow stale, and a
// browser of its own.
func setup(env *testscript.Env) error {
	for name, days := range map[string]int{"LAST_MONTH": -30, "NEXT_MONTH": 30, "NEXT_YEAR": 365} {
		env.Setenv(name, time.Now().AddDate(0, 0, days).Format(time.DateOnly))
	}
	env.Setenv("RECOURSE_DATABASE_NO_SYNC", "true") // processes are killed in stories, machines are not
	env.Setenv("THIS_YEAR", time.Now().UTC().Format("2006"))
	checks, err := npm.Folder()
	if err != nil {
		return err
	}
	env.Setenv("NPM_CHECKS", checks)
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	env.Values["browser"] = &browser{client: &http.Client{Jar: jar, Timeout: 15 * time.Second}}
	return nil
}

// patience ends a wait for what never comes; a machine that is busy with all other
// tests takes its time to fill a sandbox.
const patience = 10 * time.Minute

// await waits until a server is ready: await DATADIR.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await DATADIR")
	}
	deadline := time.Now().Add(patience)
	for {
		r, err := app.ReadRunning(ts.MkAbs(args[0]))
		if err == nil {
			if res, err := http.Get(r.URL + "/readyz"); err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					ts.Setenv("SERVER", r.URL)
					return
				}
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("no server in %s after %v", args[0], patience)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// awaitFile waits until a file is there: awaitfile PATH.
func awaitFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: awaitfile PATH")
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("no %s after %v", args[0], patience)
}

// keep stores the last standard output: keep NAME in the environment, keep >FILE in a file.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keep NAME or keep >FILE")
	}
	out := strings.TrimSpace(ts.ReadFile("stdout"))
	if file, ok := strings.CutPrefix(args[0], ">"); ok {
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(out+"\n"), 0o600))
		return
	}
	ts.Setenv(args[0], out)
}

// browser is what a person has before them.
type browser struct {
	client *http.Client
	at     *url.URL
	page   string
}

// show prints the words of a page to standard output.
func (b *browser) show(ts *testscript.TestScript, res *http.Response, err error) {
	ts.Check(err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	ts.Check(err)
	b.at, b.page = res.Request.URL, string(raw)
	_, err = fmt.Fprintf(ts.Stdout(), "%d\n%s\n", res.StatusCode, words(b.page))
	ts.Check(err)
}

// words is what a reader sees of a page.
func words(page string) string {
	for _, hidden := range []string{`(?s)<head.*?</head>`, `(?s)<svg.*?</svg>`, `<[^>]*>`} {
		page = regexp.MustCompile(hidden).ReplaceAllString(page, "\n")
	}
	var out []string
	for line := range strings.Lines(html.UnescapeString(page)) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// visit opens a page: visit /en/me.
func visit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: visit PATH")
	}
	b := ts.Value("browser").(*browser)
	res, err := b.client.Get(ts.Getenv("SERVER") + args[0])
	b.show(ts, res, err)
}

// see opens a page again and again until it says something that a worker does
// soon: see PATH TEXT, or see @LINK TEXT for what a link of the page leads to.
func see(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: see PATH TEXT")
	}
	b := ts.Value("browser").(*browser)
	deadline, address := time.Now().Add(20*time.Second), ts.Getenv("SERVER")+args[0]
	if text, linked := strings.CutPrefix(args[0], "@"); linked {
		address = b.link(ts, text)
	}
	for {
		res, err := b.client.Get(address)
		ts.Check(err)
		raw, err := io.ReadAll(res.Body)
		ts.Check(err)
		ts.Check(res.Body.Close())
		b.at, b.page = res.Request.URL, string(raw)
		if strings.Contains(words(b.page), args[1]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s does not say %q after 20 s:\n%s", args[0], args[1], words(b.page))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// press sends the form of the page that has a button with these words.
func press(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: press BUTTON [NAME=VALUE ...]")
	}
	b := ts.Value("browser").(*browser)
	for _, form := range regexp.MustCompile(`(?s)<form[^>]*>.*?</form>`).FindAllString(b.page, -1) {
		if !strings.Contains(words(form), args[0]) || !strings.Contains(form, "<button") {
			continue
		}
		values := url.Values{}
		for _, in := range regexp.MustCompile(`<(?:input|button)[^>]*>`).FindAllString(form, -1) {
			if name := attr(in, "name"); name != "" && (attr(in, "type") == "hidden" || strings.HasPrefix(in, "<button")) {
				values.Add(name, attr(in, "value"))
			}
		}
		for _, a := range args[1:] {
			name, value, _ := strings.Cut(a, "=")
			values.Set(name, value)
		}
		to, err := b.at.Parse(html.UnescapeString(attr(form, "action")))
		ts.Check(err)
		if attr(form[:strings.Index(form, ">")+1], "enctype") == "multipart/form-data" {
			b.upload(ts, to, values)
			return
		}
		b.post(ts, to, values)
		return
	}
	ts.Fatalf("the page has no button %q", args[0])
}

// upload sends a form with files: of file=@NAME the content of a file of the script.
func (b *browser) upload(ts *testscript.TestScript, to *url.URL, values url.Values) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range values {
		if file, is := strings.CutPrefix(all[0], "@"); is {
			part, err := w.CreateFormFile(name, file)
			ts.Check(err)
			_, err = io.WriteString(part, ts.ReadFile(file))
			ts.Check(err)
			continue
		}
		ts.Check(w.WriteField(name, all[0]))
	}
	ts.Check(w.Close())
	b.send(ts, to, &body, w.FormDataContentType())
}

func (b *browser) post(ts *testscript.TestScript, to *url.URL, values url.Values) {
	b.send(ts, to, strings.NewReader(values.Encode()), "application/x-www-form-urlencoded")
}

func (b *browser) send(ts *testscript.TestScript, to *url.URL, body io.Reader, mediaType string) {
	req, err := http.NewRequest(http.MethodPost, to.String(), body)
	ts.Check(err)
	req.Header.Set("Content-Type", mediaType)
	req.Header.Set("Origin", b.at.Scheme+"://"+b.at.Host)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.client.Do(req)
	b.show(ts, res, err)
}

func attr(tag, name string) string {
	if m := regexp.MustCompile(`\s` + name + `="([^"]*)"`).FindStringSubmatch(tag); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// signin chooses a sample person by name, as one does in a sandbox.
func signin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: signin NAME")
	}
	visit(ts, false, []string{"/en/sandbox/sign-in"})
	m := regexp.MustCompile(`<label for="person-([0-9]+)"><b>` + regexp.QuoteMeta(args[0]) + `</b>`).FindStringSubmatch(ts.Value("browser").(*browser).page)
	if m == nil {
		ts.Fatalf("there is no sample person %s", args[0])
	}
	press(ts, false, []string{"Sign in", "person=" + m[1]})
}

// follow opens the link of the page that has these words: follow TEXT.
func follow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: follow TEXT")
	}
	b := ts.Value("browser").(*browser)
	res, err := b.client.Get(b.link(ts, args[0]))
	b.show(ts, res, err)
}

// link is the address behind the first link of the page that has these words.
func (b *browser) link(ts *testscript.TestScript, text string) string {
	for _, link := range regexp.MustCompile(`(?s)<a [^>]*>.*?</a>`).FindAllString(b.page, -1) {
		if strings.Contains(words(link), text) {
			to, err := b.at.Parse(attr(link[:strings.Index(link, ">")+1], "href"))
			ts.Check(err)
			return to.String()
		}
	}
	ts.Fatalf("the page has no link %q", text)
	return ""
}

// clerkin signs a clerk in with the token in a file: clerkin FILE.
func clerkin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: clerkin FILE")
	}
	visit(ts, false, []string{"/en/clerk/sign-in"})
	press(ts, false, []string{"Sign in", "token=" + strings.TrimSpace(ts.ReadFile(args[0]))})
}

// TestEveryCommandHasAStory finds commands that no story runs.
func TestEveryCommandHasAStory(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for _, command := range []string{"serve", "demo", "demo story", "doctor", "vault serve", "clerk add", "clerk token", "clerk revoke", "clerk appoint", "clerk dismiss", "letter waiting", "letter sent", "letter arrived", "letter returned", "letter bounced", "body list", "furnish", "receipt save", "receipt verify", "inquire", "contest list", "contest show", "contest answer", "contest extend", "contest pause", "changes list", "changes acknowledge", "webhook set", "webhook show", "webhook retry", "webhook end", "sandbox clock", "version",
		"type template", "pack check", "pack show", "pack diff", "pack copy", "pack new-type", "pack sign", "pack activate", "officer key", "officer add", "officer list", "officer revoke"} {
		if !strings.Contains(all.String(), "recourse "+command) {
			t.Errorf("no story runs: recourse %s", command)
		}
	}
}

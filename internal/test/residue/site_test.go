package residue_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/app"
)

// site is one installation, run from the program itself, with everything that it
// writes in one folder.
type site struct {
	t       *testing.T
	program string
	dir     string // all that the processes write
	pack    string // the pack, with the marked people as its samples
	extra   []string
	process *exec.Cmd
	running app.Running
	keys    atomic.Int64
	tokens  map[string]string // by body
}

// at is a path below the folder of the site.
func (s *site) at(parts ...string) string { return filepath.Join(append([]string{s.dir}, parts...)...) }

// data is the installation's folder.
func (s *site) data() string { return s.at("data") }

func newSite(t *testing.T, program, pack string, extra ...string) *site {
	t.Helper()
	s := &site{t: t, program: program, dir: t.TempDir(), pack: pack, extra: extra, tokens: map[string]string{}}
	for _, dir := range []string{"tmp", "cwd", "home"} {
		if err := os.Mkdir(s.at(dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// command is the program with everything it could write to inside the site. Core
// files are allowed as far as the machine allows them.
func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", append([]string{"-c", `ulimit -S -c "$(ulimit -H -c)"; exec "$0" "$@"`, s.program}, args...)...)
	cmd.Dir = s.at("cwd")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.at("home"), "TMPDIR=" + s.at("tmp"), "LANG=C.UTF-8"}
	return cmd
}

// background starts a command whose output goes to a log of the site.
func (s *site) background(name string, args ...string) *exec.Cmd {
	s.t.Helper()
	log, err := os.OpenFile(s.at(name+".log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	cmd := s.command(args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _, _ = cmd.Process.Wait() })
	return cmd
}

// until asks again and again whether something is so.
func (s *site) until(what string, is func() bool) {
	s.t.Helper()
	limit, cancel := context.WithTimeout(s.t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-limit.Done():
			log, _ := os.ReadFile(s.at("serve.log"))
			s.t.Fatalf("waited too long until %s\n%s", what, log[max(0, len(log)-3000):])
		}
	}
}

// serve starts the server and waits until it is ready.
func (s *site) serve(extra ...string) {
	s.t.Helper()
	s.start("/readyz", extra...)
}

// start starts the server and waits until an address answers.
func (s *site) start(well string, extra ...string) {
	s.t.Helper()
	args := append([]string{"serve", "--data-dir", s.data(), "--mode", "sandbox", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--pack", s.pack, "--min-free-mib", "1"}, s.extra...)
	s.process = s.background("serve", append(args, extra...)...)
	s.until("the server answers", func() bool {
		r, err := app.ReadRunning(s.data())
		if err != nil || r.PID != s.process.Process.Pid {
			return false
		}
		s.running = r
		return s.answers(well)
	})
}

// answers says whether an address of the server answers that all is well.
func (s *site) answers(path string) bool {
	res, err := http.Get(s.running.URL + path)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// end ends the server with a signal and waits until it and its PostgreSQL are gone.
func (s *site) end(sig syscall.Signal) {
	s.t.Helper()
	postmaster := s.postmaster()
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	_, _ = s.process.Process.Wait()
	s.until("PostgreSQL is gone", func() bool { return postmaster == 0 || errors.Is(syscall.Kill(postmaster, 0), syscall.ESRCH) })
}

// postmaster is the number of PostgreSQL's first process, or 0.
func (s *site) postmaster() int {
	text, err := os.ReadFile(filepath.Join(s.data(), "postgres", "postmaster.pid"))
	if err != nil {
		return 0
	}
	var pid int
	_, _ = fmt.Sscan(string(text), &pid)
	return pid
}

// super connects around every wall.
func (s *site) super() *pgx.Conn {
	s.t.Helper()
	password, err := os.ReadFile(filepath.Join(s.data(), "postgres.password"))
	if err != nil {
		s.t.Fatal(err)
	}
	u, err := url.Parse(s.running.URLs.App)
	if err != nil {
		s.t.Fatal("the address of the database cannot be read")
	}
	u.User = url.UserPassword("postgres", strings.TrimSpace(string(password)))
	conn, err := pgx.Connect(s.t.Context(), u.String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(s.t.Context())) })
	return conn
}

// run runs one command to its end.
func (s *site) run(stdin string, args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	cmd := s.command(args...)
	var out, talk bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &talk
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return out.String(), talk.String(), cmd.ProcessState.ExitCode()
}

// must runs a command that succeeds.
func (s *site) must(stdin string, args ...string) string {
	s.t.Helper()
	out, talk, code := s.run(stdin, args...)
	if code != 0 {
		s.t.Fatalf("recourse %s: exit %d\n%s%s", strings.Join(args, " "), code, out, talk)
	}
	return strings.TrimSpace(out)
}

// clerk makes a clerk of a body with a token.
func (s *site) clerk(body, staff string) {
	s.t.Helper()
	id := s.must("", "clerk", "add", "--data-dir", s.data(), "--body", body, "--staff", staff, "--trained-until", time.Now().AddDate(3, 0, 0).Format(time.DateOnly))
	s.tokens[body] = s.must("", "clerk", "token", "--data-dir", s.data(), id)
}

// call is one request to the API.
type call struct {
	method, path string
	token        string
	header       http.Header
	body         io.Reader
}

// send sends a request and returns status and body; status 0 where the
// connection broke.
func (s *site) send(c call) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), c.method, s.running.URL+c.path, c.body)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if req.Header.Get("Idempotency-Key") == "" {
		req.Header.Set("Idempotency-Key", fmt.Sprint("sample-", s.keys.Add(1)))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, body
}

// deliver sends a CSV file as a clerk of a body.
func (s *site) deliver(body, kind string, file []byte, header ...string) (int, []byte) {
	s.t.Helper()
	h := http.Header{"Content-Type": {"text/csv"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return s.send(call{"POST", "/api/v1/deliveries?type=" + url.QueryEscape(kind), s.tokens[body], h, bytes.NewReader(file)})
}

// counts are the rows of a delivery by what became of them.
type counts struct{ Rows, New, Changed, Unchanged, Stale, Quarantined, Refused int }

// delivered sends a file and returns its counts.
func (s *site) delivered(body, kind string, file []byte) counts {
	s.t.Helper()
	status, answer := s.deliver(body, kind, file)
	var sent struct{ Counts counts }
	if err := json.Unmarshal(answer, &sent); status != http.StatusOK || err != nil {
		s.t.Fatalf("delivering %s: %d %s", kind, status, answer)
	}
	return sent.Counts
}

// ask sends an inquiry and returns its outcome, or the code of its refusal.
func (s *site) ask(body string, question map[string]any, header ...string) (outcome string, answer []byte) {
	s.t.Helper()
	raw, err := json.Marshal(question)
	if err != nil {
		s.t.Fatal(err)
	}
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	_, answer = s.send(call{"POST", "/api/v1/inquiries", s.tokens[body], h, bytes.NewReader(raw)})
	var out struct{ Outcome, Code string }
	_ = json.Unmarshal(answer, &out)
	return out.Outcome + out.Code, answer
}

// raw sends bytes as they are and reads what comes back.
func (s *site) raw(text string) string {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.running.URL, "http://"))
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(conn, text)
	_ = conn.(*net.TCPConn).CloseWrite()
	out, _ := io.ReadAll(conn)
	return string(out)
}

// browser is a person before the pages.
type browser struct {
	s    *site
	http *http.Client
	page string // what was seen last
	code int
}

func (s *site) browser() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s: s, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

func (b *browser) do(req *http.Request) *browser {
	b.s.t.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.code, b.page = 0, ""
		return b
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	b.code, b.page = res.StatusCode, html.UnescapeString(string(raw))
	return b
}

// get opens a page.
func (b *browser) get(path string, header ...string) *browser {
	b.s.t.Helper()
	req, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodGet, b.s.running.URL+path, nil)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return b.do(req)
}

// post sends a form.
func (b *browser) post(path string, form ...string) *browser {
	b.s.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	req, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodPost, b.s.running.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// want fails where the page does not have the status, or lacks a text.
func (b *browser) want(code int, texts ...string) *browser {
	b.s.t.Helper()
	if b.code != code {
		b.s.t.Fatalf("status %d, want %d\n%s", b.code, code, b.page)
	}
	for _, text := range texts {
		if !strings.Contains(b.page, text) {
			b.s.t.Fatalf("the page lacks %q\n%s", text, b.page)
		}
	}
	return b
}

// links returns the addresses of a kind that the page leads to.
func (b *browser) links(pattern string) []string {
	return regexp.MustCompile(pattern).FindAllString(b.page, -1)
}

// signInAnyway tries to sign in where a part may be away.
func (b *browser) signInAnyway(nth int) *browser {
	b.s.t.Helper()
	return b.post("/en/sandbox/sign-in", "person", fmt.Sprint(nth))
}

// signIn signs in as one of the pack's samples.
func (b *browser) signIn(nth int) *browser {
	b.s.t.Helper()
	return b.post("/en/sandbox/sign-in", "person", fmt.Sprint(nth)).want(http.StatusOK)
}

// files lists files below a folder that a test of names finds.
func files(dir string, is func(name string) bool) (found []string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && is(d.Name()) {
			found = append(found, path)
		}
		return nil
	})
	return found
}

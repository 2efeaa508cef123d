package pgembed

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// helperEnv makes the test binary a server process of its own, which other
// tests start as another user and kill.
const helperEnv = "PGEMBED_TEST_SERVE"

func TestMain(m *testing.M) {
	if order := os.Getenv(helperEnv); order != "" {
		os.Exit(serveForTest(order))
	}
	os.Exit(m.Run())
}

// order is what a server process is told to do.
type order struct {
	Dir        string
	NoSync     bool
	KeepOrphan bool
}

// serveForTest starts a cluster, says "ready" or "error", waits for the end of
// its input and stops.
func serveForTest(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Println("error", err)
		return 2
	}
	cfg := Config{Dir: o.Dir, NoSync: o.NoSync}
	cfg.testingOnly.keepOrphan = o.KeepOrphan
	s, err := Start(context.Background(), cfg)
	if err != nil {
		fmt.Println("error", err)
		return 3
	}
	fmt.Println("ready", s.PID(), s.SuperuserURL("postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println("error", err)
		return 4
	}
	fmt.Println("stopped")
	return 0
}

// process is a running server process.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

// serve starts a server process, as another user if a credential is given.
func serve(t *testing.T, o order, who *syscall.Credential) *process {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe") // its path may be closed to the other user
	cmd.Env = append(os.Environ(), helperEnv+"="+string(text))
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, stdin: in, lines: bufio.NewScanner(out)}
	t.Cleanup(p.kill)
	return p
}

// line returns the next line that the process says.
func (p *process) line() string {
	if !p.lines.Scan() {
		return ""
	}
	return p.lines.Text()
}

// ready waits for the server and returns its PostgreSQL's pid and URL.
func (p *process) ready(t *testing.T) (pid int, url string) {
	t.Helper()
	words := strings.Fields(p.line())
	if len(words) != 3 || words[0] != "ready" {
		t.Fatalf("the server process says %q", words)
	}
	pid, err := strconv.Atoi(words[1])
	if err != nil {
		t.Fatal(err)
	}
	return pid, words[2]
}

// stop ends the process as an operator does.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if got := p.line(); got != "stopped" {
		t.Fatalf("the server process says %q, want stopped", got)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	_ = p.cmd.Wait()
}

// newDir returns a data directory below folders that only their owner may
// enter: in memory if there is room, because files are made faster there.
func newDir(t *testing.T) string {
	t.Helper()
	free, err := FreeBytes("/dev/shm")
	if err != nil || free < 2<<30 || unix.Access("/dev/shm", unix.W_OK) != nil {
		return newDiskDir(t)
	}
	base, err := os.MkdirTemp("/dev/shm", "pgembed-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(base); err != nil {
			t.Error(err)
		}
	})
	return makeData(t, filepath.Join(base, "001"))
}

// newDiskDir is newDir on a disk, for tests that are about the disk and for
// binaries, which memory may refuse to run.
func newDiskDir(t *testing.T) string {
	t.Helper()
	return makeData(t, t.TempDir())
}

func makeData(t *testing.T, above string) string {
	t.Helper()
	dir := filepath.Join(above, "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts a server that is stopped at the end of the test.
func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// must runs statements that must succeed.
func must(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// ask returns the one value that a query yields.
func ask[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) (value T) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// eventually polls until the claim holds.
func eventually(t *testing.T, what string, claim func() bool) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !claim() {
		select {
		case <-tick.C:
		case <-limit.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

// reconnect connects as soon as the server answers again.
func reconnect(t *testing.T, url string) (conn *pgx.Conn) {
	t.Helper()
	eventually(t, "a connection", func() bool {
		var err error
		conn, err = pgx.Connect(t.Context(), url)
		return err == nil
	})
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// alive says whether a process runs (a zombie does not).
func alive(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user and mount")
	}
}

// openAbove lets others through the two folders that hold the test.
func openAbove(t *testing.T, dir string) {
	t.Helper()
	for _, above := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
		if err := os.Chmod(above, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// ordinary returns the credential of an ordinary user who owns dir.
func ordinary(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("there is no user nobody")
	}
	a, err := lookup(u, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, int(a.uid), int(a.gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// smallDisk mounts a file system of a given size and returns its path.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	needRoot(t)
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+size); err != nil {
		t.Skipf("cannot mount here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

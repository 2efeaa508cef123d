package arch

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// machine is a made-up computer: a PATH with nothing but stand-ins, and a root
// folder of its own. Every stand-in that is called leaves a line in calls.
type machine struct {
	t         *testing.T
	bin, root string
	calls     string
}

// programs are the stand-ins of a machine that lacks nothing, by name.
var programs = map[string]string{
	"id":       `echo 1000`,
	"go":       `if [ "$1" = env ]; then echo go1.26.8; fi`,
	"postgres": `echo "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"`,
	"initdb":   `:`,
	"chromium": `:`,
	"fc-list":  `echo "Noto Sans CJK SC"`,
	"npm":      `:`,
	"gcc":      `:`,
}

func newMachine(t *testing.T, without ...string) machine {
	t.Helper()
	dir := t.TempDir()
	m := machine{t, filepath.Join(dir, "bin"), filepath.Join(dir, "root"), filepath.Join(dir, "calls")}
	for _, d := range []string{m.bin, filepath.Join(m.root, "etc/ssl/certs")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/bin/bash", filepath.Join(m.bin, "bash")); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(without, "certificates") {
		m.put(filepath.Join(m.root, "etc/ssl/certs/ca-certificates.crt"), "", 0o644)
	}
	for name, body := range programs {
		if !slices.Contains(without, name) {
			m.program(name, body)
		}
	}
	return m
}

func (m machine) put(name, text string, mode os.FileMode) {
	m.t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		m.t.Fatal(err)
	}
}

// program puts a stand-in into PATH that notes that it was called.
func (m machine) program(name, body string) {
	m.t.Helper()
	m.put(filepath.Join(m.bin, name), "#!/bin/bash\necho \""+name+" $*\" >>'"+m.calls+"'\n"+body+"\n", 0o755)
}

// debian adds an apt-get that installs what it is asked for.
func (m machine) debian() machine {
	m.t.Helper()
	m.program("apt-get", `case "$*" in *install*) ;; *) exit 0;; esac
for word; do
  case $word in
    postgresql) list="postgres initdb";;
    chromium|npm|gcc) list=$word;;
    fonts-noto-cjk) list=fc-list;;
    ca-certificates) : >'`+m.root+`/etc/ssl/certs/ca-certificates.crt'; continue;;
    *) continue;;
  esac
  for name in $list; do
    { echo '#!/bin/bash'; echo 'echo "postgres (PostgreSQL) 15.18"'; } >'`+m.bin+`'/$name
    /bin/chmod +x '`+m.bin+`'/$name
  done
done`)
	return m
}

// called returns the calls of a stand-in so far.
func (m machine) called(name string) (calls []string) {
	m.t.Helper()
	text, err := os.ReadFile(m.calls)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, name+" ") {
			calls = append(calls, strings.TrimSpace(line))
		}
	}
	return calls
}

// run runs a command on the machine and returns its exit code and what it said.
func (m machine) run(dir string, name string, args ...string) (int, string) {
	m.t.Helper()
	c := exec.Command(name, args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + m.bin, "HOME=" + m.root, "PREREQUISITES_ROOT=" + m.root, "RECOURSE_AXE=" + m.root + "/axe.min.js"}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String()
}

func (m machine) prerequisites(target string) (int, string) {
	m.t.Helper()
	return m.run(root, "/bin/bash", "scripts/prerequisites", target)
}

var sudo = regexp.MustCompile(`(?m)^ *sudo .*$`)

func TestPrerequisites_ready(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"build", "demo", "bench", "test", "lint", "gen", "fuzz", "long"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t).debian()
			if code, said := m.prerequisites(target); code != 0 || said != "" {
				t.Errorf("exit %d, said %q", code, said)
			}
			if calls := m.called("apt-get"); len(calls) > 0 {
				t.Errorf("nothing is missing, yet it called %q", calls)
			}
		})
	}
}

// An ordinary user is told one command with all that is missing; nothing is changed.
func TestPrerequisites_ordinaryUser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, target string
		without      []string
		want         string
	}{
		{"no server", "demo", []string{"postgres"}, "postgresql"},
		{"half a server", "demo", []string{"initdb"}, "postgresql"},
		{"demo wants no browser", "demo", []string{"postgres", "chromium", "npm"}, "postgresql"},
		{"all", "test", []string{"postgres", "chromium", "fc-list", "npm", "certificates"},
			"ca-certificates postgresql chromium fonts-noto-cjk npm"},
		{"no compiler", "long", []string{"gcc"}, "gcc libc6-dev"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, c.without...).debian()
			code, said := m.prerequisites(c.target)
			if code != 1 {
				t.Errorf("exit %d, want 1", code)
			}
			want := []string{"    sudo apt-get install -y --no-install-recommends " + c.want}
			if got := sudo.FindAllString(said, -1); !slices.Equal(got, want) {
				t.Errorf("commands named: %q, want %q, in\n%s", got, want, said)
			}
			if !strings.Contains(said, "Nothing was installed, built or changed") {
				t.Errorf("it does not say that nothing was changed:\n%s", said)
			}
			if calls := m.called("apt-get"); len(calls) > 0 {
				t.Errorf("an ordinary user's run called %q", calls)
			}
		})
	}
}

// Root on Debian gets what is missing, in one installation.
func TestPrerequisites_root(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "postgres", "initdb", "chromium", "fc-list", "npm").debian()
	m.program("id", "echo 0")
	if code, said := m.prerequisites("test"); code != 0 {
		t.Fatalf("exit %d: %s", code, said)
	}
	calls := m.called("apt-get")
	if len(calls) != 2 || !strings.HasSuffix(calls[0], " update") ||
		!strings.HasSuffix(calls[1], "install -y --no-install-recommends postgresql chromium fonts-noto-cjk npm") {
		t.Errorf("called %q", calls)
	}
	if code, _ := m.prerequisites("test"); code != 0 || len(m.called("apt-get")) != 2 {
		t.Error("the second run installs again")
	}
}

// An installation that does not bring what it should is said, not passed over.
func TestPrerequisites_rootInVain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, apt, want string }{
		{"nothing came", ":", "still missing"},
		{"it failed", `case "$*" in *install*) echo no space >&2; exit 100;; esac`, "no space"},
		{"no network", `echo no network >&2; exit 100`, "no network"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, "postgres")
			m.program("id", "echo 0")
			m.program("apt-get", c.apt)
			if code, said := m.prerequisites("demo"); code == 0 || !strings.Contains(said, c.want) {
				t.Errorf("exit %d, said %q", code, said)
			}
		})
	}
}

func TestPrerequisites_tooOld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, program, body, want string }{
		{"server", "postgres", `echo "postgres (PostgreSQL) 13.9"`, "the PostgreSQL server, version 15 or later"},
		{"server that does not run", "postgres", `exit 1`, "the PostgreSQL server"},
		{"Go", "go", `echo go1.25.9`, "this is go1.25.9"},
		{"very old Go", "go", `exit 2`, "this is unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t).debian()
			m.program(c.program, c.body)
			if code, said := m.prerequisites("demo"); code != 1 || !strings.Contains(said, c.want) {
				t.Errorf("exit %d, said %q", code, said)
			}
		})
	}
}

func TestPrerequisites_goIsNewEnough(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"go1.26.0", "go1.27rc1", "go1.26.8-X:nocoverage", "go2.0.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.program("go", "echo "+version)
			if code, said := m.prerequisites("demo"); code != 0 {
				t.Errorf("exit %d, said %q", code, said)
			}
		})
	}
}

// A server outside PATH, where Debian puts it, is seen.
func TestPrerequisites_usualPlace(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "postgres", "initdb")
	dir := filepath.Join(m.root, "usr/lib/postgresql/16/bin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	m.put(filepath.Join(dir, "postgres"), "#!/bin/bash\necho 'postgres (PostgreSQL) 16.9'\n", 0o755)
	if code, _ := m.prerequisites("demo"); code != 1 {
		t.Errorf("exit %d for a server without initdb", code)
	}
	m.put(filepath.Join(dir, "initdb"), "#!/bin/bash\n", 0o755)
	if code, said := m.prerequisites("demo"); code != 0 {
		t.Errorf("exit %d, said %q", code, said)
	}
}

// Where there is no apt-get, the packages are named and no command is invented.
func TestPrerequisites_otherSystem(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"0", "1000"} {
		t.Run("uid "+who, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, "postgres")
			m.program("id", "echo "+who)
			code, said := m.prerequisites("demo")
			if code != 1 || sudo.MatchString(said) || !strings.Contains(said, "postgresql") {
				t.Errorf("exit %d, said %q", code, said)
			}
		})
	}
}

func TestPrerequisites_unknownTarget(t *testing.T) {
	t.Parallel()
	if code, said := newMachine(t).prerequisites("tea"); code != 2 || !strings.Contains(said, "usage") {
		t.Errorf("exit %d, said %q", code, said)
	}
}

// TestMake_stopsBeforeAnything shows that an ordinary user who lacks something
// is stopped before a target of the Makefile has built or fetched anything.
func TestMake_stopsBeforeAnything(t *testing.T) {
	t.Parallel()
	make_, err := exec.LookPath("make")
	if err != nil {
		t.Fatal("make is needed to run the house's own tests")
	}
	for _, target := range []string{"demo", "test", "bench", "lint", "gen", "long"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, "postgres").debian()
			code, said := m.run(root, make_, "--no-print-directory", target, "CACHE="+m.root+"/cache")
			if code == 0 || len(sudo.FindAllString(said, -1)) != 1 {
				t.Errorf("exit %d, said %q", code, said)
			}
			for _, call := range slices.Concat(m.called("go"), m.called("npm"), m.called("apt-get")) {
				if call != "go env GOVERSION" {
					t.Errorf("it called %q", call)
				}
			}
			if _, err := os.Stat(m.root + "/cache"); err == nil {
				t.Error("it made a cache")
			}
		})
	}
}

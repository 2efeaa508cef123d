package pgembed

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeBin makes a folder whose postgres says a version.
func fakeBin(t *testing.T, says string) string {
	t.Helper()
	dir := t.TempDir()
	openAbove(t, filepath.Join(dir, "bin"))
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho '"+says+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir, version, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil || version == "" {
		t.Errorf("found %q version %q: %v", dir, version, err)
	}
	for _, c := range []struct{ says, version string }{
		{"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18"},
		{"postgres (PostgreSQL) 18.3", "18.3"},
		{"postgres (PostgreSQL) 19beta1", "19beta1"},
		{"postgres (PostgreSQL) 14.9", ""},
		{"something else", ""},
	} {
		bin := fakeBin(t, c.says)
		dir, version, err := Find(bin)
		if c.version == "" {
			if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), bin) || !strings.Contains(err.Error(), "apt-get install") {
				t.Errorf("%s: got %v, want ErrNoBinaries with the folder and a command", c.says, err)
			}
			continue
		}
		if err != nil || dir != bin || version != c.version {
			t.Errorf("%s: got %q %q %v", c.says, dir, version, err)
		}
	}
	if _, _, err := Find(t.TempDir()); !errors.Is(err, ErrNoBinaries) {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	all := []installation{{dir: "a", version: "14.9", major: 14}, {dir: "b", version: "17.2", major: 17}, {dir: "c", version: "15.3", major: 15}}
	got := map[int]string{}
	for _, major := range []int{0, 14, 15, 17} {
		one, err := choose(all, major)
		if err != nil {
			t.Fatal(err)
		}
		got[major] = one.dir
	}
	if diff := cmp.Diff(map[int]string{0: "b", 14: "a", 15: "c", 17: "b"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := choose(all, 16); !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), "postgresql-16") {
		t.Errorf("data of a version that is not here: %v", err)
	}
	if _, err := choose(nil, 16); !errors.Is(err, ErrNoBinaries) {
		t.Errorf("none at all: %v", err)
	}
}

// TestStart_refusesOtherData: what is not ours to use is left as it is.
func TestStart_refusesOtherData(t *testing.T) {
	t.Parallel()
	dir, _, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, text string
		want       error
	}{
		"another version": {"PG_VERSION", "16\n", ErrVersion},
		"no version":      {"PG_VERSION", "x\n", ErrNotCluster},
		"other files":     {"letters.txt", "dear\n", ErrNotCluster},
	} {
		data := filepath.Join(newDir(t), "postgres")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 {
			ordinary(t, data)
		}
		path := filepath.Join(data, c.file)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), Config{Dir: filepath.Dir(data), Bin: dir})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), "Nothing was changed") {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != c.text {
			t.Errorf("%s: the file was touched: %q %v", name, text, err)
		}
	}
}

func TestStart_rootOwnsData(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := newDir(t)
	if err := os.Mkdir(filepath.Join(dir, "postgres"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Config{Dir: dir}); !errors.Is(err, ErrOwner) || !strings.Contains(err.Error(), "chown -R") {
		t.Errorf("got %v, want ErrOwner", err)
	}
}

// TestStart_passwordLost loses the file and gets a new password; a wrong file
// is told.
func TestStart_passwordLost(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := start(t, Config{Dir: dir, NoSync: true})
	old := s.SuperuserURL("postgres")
	stop(t, s)
	if err := os.Remove(s.at.password()); err != nil {
		t.Fatal(err)
	}
	s = start(t, Config{Dir: dir, NoSync: true})
	connect(t, s.SuperuserURL("postgres"))
	if s.SuperuserURL("postgres") == old {
		t.Error("the password is the same")
	}
	stop(t, s)
	if err := os.WriteFile(s.at.password(), []byte("wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, NoSync: true})
	if !errors.Is(err, ErrPassword) || !strings.Contains(err.Error(), "rm ") {
		t.Errorf("got %v, want ErrPassword", err)
	}
	for _, secret := range []string{s.password, "wrong"} {
		if err != nil && strings.Contains(err.Error(), secret) && secret != "wrong" {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestStart_unreachableBinaries(t *testing.T) {
	t.Parallel()
	needRoot(t)
	bin := fakeBin(t, "postgres (PostgreSQL) 15.1")
	if err := os.Chmod(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: newDir(t), Bin: bin})
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), bin) {
		t.Errorf("got %v, want ErrUnreachable", err)
	}
}

package pgembed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// oldestMajor is the oldest PostgreSQL that the product works with.
const oldestMajor = 15

// usualPlaces are where packages put the binaries.
var usualPlaces = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin"}

// installation is a folder with PostgreSQL binaries.
type installation struct {
	dir          string
	version      string // as PostgreSQL says it: 15.18
	major, minor int
}

func (i installation) postgres() string { return filepath.Join(i.dir, "postgres") }
func (i installation) initdb() string   { return filepath.Join(i.dir, "initdb") }

// Find returns the folder and version of the PostgreSQL that Start would use
// for a new cluster: the one in bin if given, else the one in PATH, else the
// newest in the usual places. It fetches nothing. The error is ErrNoBinaries.
func Find(bin string) (dir string, version string, err error) {
	found, err := search(bin, func(path string) (installation, error) { return inspect(path, account{}) })
	if err != nil {
		return "", "", err
	}
	best, err := choose(found, 0)
	return best.dir, best.version, err
}

// search inspects every place where binaries may be, best first. An error
// tells why a folder that the caller named cannot be used.
func search(bin string, look func(dir string) (installation, error)) ([]installation, error) {
	if bin != "" {
		one, err := look(bin)
		if err != nil {
			return nil, err
		}
		return []installation{one}, nil
	}
	var found []installation
	for _, pattern := range usualPlaces {
		dirs, _ := filepath.Glob(pattern) // the patterns are constants and right
		for _, dir := range dirs {
			if one, err := look(dir); err == nil {
				found = append(found, one)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b installation) int {
		return cmp.Or(cmp.Compare(b.major, a.major), cmp.Compare(b.minor, a.minor))
	})
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			if one, err := look(filepath.Dir(path)); err == nil {
				found = slices.Insert(found, 0, one)
			}
		}
	}
	return found, nil
}

// choose returns the first installation that fits: of the given major version
// if there is data already, else of any that is new enough.
func choose(found []installation, major int) (installation, error) {
	for _, one := range found {
		if one.major == major || major == 0 && one.major >= oldestMajor {
			return one, nil
		}
	}
	switch {
	case len(found) == 0:
		return installation{}, errNoBinaries("postgres and initdb are neither in PATH nor in the usual places")
	case major == 0:
		return installation{}, errNoBinaries(fmt.Sprintf("the version in %s is %s, too old", found[0].dir, found[0].version))
	}
	return installation{}, fmt.Errorf("%w: the data was made by version %d and %s has version %s. Nothing was changed. "+
		"Install the version of the data, on Debian with: apt-get install --no-install-recommends postgresql-%d",
		ErrVersion, major, found[0].dir, found[0].version, major)
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) ((\d+)(?:\.(\d+))?\S*)`)

// inspect asks the binaries in a folder for their version, as the user that
// would run them.
func inspect(dir string, who account) (installation, error) {
	one := installation{dir: dir}
	if _, err := os.Stat(one.initdb()); err != nil {
		return one, errNoBinaries("there is no initdb in " + dir)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var out []byte
	err := onOneThread(func() (err error) {
		out, err = who.command(ctx, syscall.SIGKILL, nil, one.postgres(), "-V").Output()
		return err
	})
	switch {
	case errors.Is(err, fs.ErrPermission):
		return one, errUnreachable(one.postgres(), who)
	case err != nil:
		return one, errNoBinaries(fmt.Sprintf("%s -V failed: %v", one.postgres(), err))
	}
	m := versionLine.FindStringSubmatch(string(out))
	if m == nil {
		return one, errNoBinaries(fmt.Sprintf("%s -V says %q", one.postgres(), strings.TrimSpace(string(out))))
	}
	one.version = m[1]
	one.major, _ = strconv.Atoi(m[2]) // digits by the pattern
	one.minor, _ = strconv.Atoi(m[3]) // none in a version under development
	return one, nil
}

// binaries returns the installation to use: one that fits the data that is
// there, else a new enough one, else a fetched one.
func (s *Server) binaries(ctx context.Context) (installation, error) {
	major, err := clusterMajor(s.at)
	if err != nil {
		return installation{}, err
	}
	look := func(dir string) (installation, error) { return inspect(dir, s.who) }
	var found []installation
	if !s.cfg.testingOnly.noSearch || s.cfg.Bin != "" {
		if found, err = search(s.cfg.Bin, look); err != nil {
			return installation{}, err
		}
	}
	one, err := choose(found, major)
	if err == nil || s.cfg.Bin != "" {
		return one, err
	}
	return s.fetched(ctx, major, err)
}

// clusterMajor returns the major version of the data, 0 if there is none.
func clusterMajor(l layout) (int, error) {
	text, err := os.ReadFile(filepath.Join(l.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the version of the data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%w: %s/PG_VERSION says %q. Nothing was changed. Put the folder back from a backup",
			ErrNotCluster, l.data(), strings.TrimSpace(string(text)))
	}
	return major, nil
}

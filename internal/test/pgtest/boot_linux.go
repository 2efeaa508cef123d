package pgtest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"recourse/internal/kit/pgembed"
)

const prefix = "recourse-pgtest-"

// boot removes what killed processes left and starts the cluster of this one.
func boot() (*cluster, error) {
	bin, version, err := pgembed.Find("")
	if err != nil {
		return nil, err
	}
	temp := place()
	sweep(temp)
	dir, err := os.MkdirTemp(temp, prefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, err
	}
	// Copying a new cluster takes a third of the time of making one.
	if from, err := seed(temp, bin, version); err == nil {
		if exec.Command("cp", "-a", from+"/.", dir).Run() != nil {
			// Half a copy is no cluster; without one it is made anew.
			if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
				return nil, err
			}
		}
	}
	server, err := launch(bin, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &cluster{server: server, dir: dir, admins: make(chan *pgx.Conn, 4), templates: map[string]func() error{}}, nil
}

// memory is a file system in memory on Linux. A clone of thirty tables takes 20
// to 30 ms there and 60 to 300 ms on a disk, for the files that are made.
const (
	memory     = "/dev/shm"
	roomEnough = 2 << 30
)

// place returns where clusters lie: in memory if there is plenty of it.
func place() string {
	free, err := pgembed.FreeBytes(memory)
	if err != nil || free < roomEnough || unix.Access(memory, unix.W_OK) != nil {
		return os.TempDir()
	}
	return memory
}

func launch(bin, dir string) (*pgembed.Server, error) {
	ctx, cancel := patience()
	defer cancel()
	return pgembed.Start(ctx, pgembed.Config{Dir: dir, Bin: bin, NoSync: true, Settings: map[string]string{
		"max_connections": "200", "autovacuum_naptime": "1h", // many short-lived databases
	}})
}

// seed returns a data directory with a stopped, empty cluster, made by the
// first process that needs one and kept beside the clusters.
func seed(temp, bin, version string) (string, error) {
	made, err := recipe()
	if err != nil {
		return "", err
	}
	all := filepath.Join(temp, fmt.Sprintf("%sseed-%d-", prefix, os.Geteuid()))
	path := all + version + "-" + made
	if ours(path) {
		return path, nil
	}
	old, _ := filepath.Glob(all + "*") // of other versions; the pattern is right
	for _, path := range old {
		if ours(path) {
			_ = os.RemoveAll(path) // only takes room
		}
	}
	dir, err := os.MkdirTemp(temp, prefix+strconv.Itoa(os.Getpid())+"-seed-")
	if err != nil {
		return "", err
	}
	server, err := launch(bin, dir)
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	ctx, cancel := patience()
	defer cancel()
	err = server.Stop(ctx)
	for _, name := range []string{"lock", "log", "run"} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
	}
	if err == nil {
		err = os.Rename(dir, path)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if ours(path) { // another process may have been faster
		return path, nil
	}
	return "", err
}

// recipe is a fingerprint of the code that makes clusters: a seed of another
// one is not used. It needs the source, which tests are run from.
func recipe() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "", errors.New("no source")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "../../kit/pgembed/init.go"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:12], nil
}

// ours holds that a path in a folder that is open to all is a folder of ours
// that is closed to others.
func ours(path string) bool {
	var st syscall.Stat_t
	return syscall.Lstat(path, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFDIR &&
		st.Mode&0o077 == 0 && int(st.Uid) == os.Geteuid()
}

// sweep removes the clusters of processes that are gone.
func sweep(temp string) {
	paths, _ := filepath.Glob(filepath.Join(temp, prefix+"*")) // the pattern is right
	for _, path := range paths {
		name := strings.TrimPrefix(filepath.Base(path), prefix)
		number, _, _ := strings.Cut(name, "-")
		pid, err := strconv.Atoi(number)
		if err != nil || !ours(path) || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue
		}
		// The process may live where its number cannot be seen, and its
		// PostgreSQL may still be writing: both hold locks.
		if free(filepath.Join(path, "lock")) && free(filepath.Join(path, "postgres")) && free(filepath.Join(path, "postgres.new")) {
			_ = os.RemoveAll(path) // the next process tries again
		}
	}
}

// free says whether nobody holds the lock of a file or folder, or there is none.
func free(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

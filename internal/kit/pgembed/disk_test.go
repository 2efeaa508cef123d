package pgembed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sys/unix"
)

// checkDiskFull holds that an error says what is full, by how much, and that
// nothing is lost.
func checkDiskFull(t *testing.T, err error, dir string) {
	t.Helper()
	if !errors.Is(err, ErrDiskFull) || !IsDiskFull(err) {
		t.Fatalf("got %v, want ErrDiskFull", err)
	}
	for _, word := range []string{dir, "MiB are free", "is lost", "du -xh"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q lacks %q", err, word)
		}
	}
}

// TestDiskFull_beforeCreation: too little room is seen before anything is
// written, and, with that look left out, when it happens.
func TestDiskFull_beforeCreation(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "20m")
	cfg := Config{Dir: dir}
	_, err := Start(t.Context(), cfg)
	checkDiskFull(t, err, dir)
	if !strings.Contains(err.Error(), "96 MiB are needed") {
		t.Errorf("%q does not say what is needed", err)
	}
	cfg.testingOnly.anySpace = true
	_, err = Start(t.Context(), cfg)
	checkDiskFull(t, err, dir)
	if left, err := filepath.Glob(dir + "/postgres*"); err != nil || len(left) > 1 {
		t.Errorf("more than the password is left: %v %v", left, err)
	}
	free, err := FreeBytes(dir)
	if err != nil || free < 19<<20 || free > 20<<20 {
		t.Errorf("%d bytes are free after all was taken back (%v), want nearly 20 MiB", free, err)
	}
	// The same directory works when there is room.
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=200m"); err != nil {
		t.Fatal(err)
	}
	start(t, cfg)
}

// fill takes all room but the given bytes and returns a way to give it back.
func fill(t *testing.T, dir string, leave uint64) (empty func()) {
	t.Helper()
	free, err := FreeBytes(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(syscall.Fallocate(int(f.Fd()), 0, 0, int64(free-leave)), f.Close()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// TestDiskFull_later fills the disk of a running server: statements fail in a
// way that is recognised, what was committed stays, and it goes on when there
// is room again.
func TestDiskFull_later(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "300m")
	s := start(t, Config{Dir: dir, Settings: map[string]string{"max_wal_size": "48MB"}})
	conn := connect(t, s.SuperuserURL("postgres"))
	must(t, conn, "create table kept as select 1 as n")
	// Unlogged: its pages are the first to find no room, and the log stays.
	must(t, conn, "create unlogged table much (t text)")
	empty := fill(t, dir, 8<<20)
	var err error
	for err == nil {
		_, err = conn.Exec(t.Context(), "insert into much select repeat(md5(n::text), 30) from generate_series(1, 2000) as n")
	}
	var pg *pgconn.PgError
	if !IsDiskFull(err) || !errors.As(err, &pg) || pg.Code != diskFull {
		t.Errorf("got %v, want a statement that failed for the disk", err)
	}
	if IsDiskFull(fmt.Errorf("another error")) || IsDiskFull(nil) {
		t.Error("any error means a full disk")
	}
	empty()
	must(t, conn, "insert into kept select 2 from much having count(*) >= 0")
	if got := ask[int](t, conn, "select count(*) from kept"); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

// TestDiskFull_restart lets PostgreSQL die while the disk is full, and starts
// it on a full disk, with and without the look at the free space.
func TestDiskFull_restart(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, "200m")
	cfg := Config{Dir: dir}
	cfg.testingOnly.restarts = 2
	s := start(t, cfg)
	must(t, connect(t, s.SuperuserURL("postgres")), "create table kept as select 1 as n")
	empty := fill(t, dir, 0)
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err := <-s.Done()
	checkDiskFull(t, err, dir)
	if !errors.Is(err, ErrGaveUp) {
		t.Errorf("got %v, want ErrGaveUp", err)
	}
	stop(t, s)
	empty()
	for _, anySpace := range []bool{false, true} {
		stop(t, start(t, cfg)) // so that no mark is left whose room could be used again
		empty := fill(t, dir, 0)
		full := cfg
		full.testingOnly.anySpace = anySpace
		_, err = Start(t.Context(), full)
		checkDiskFull(t, err, dir)
		empty()
	}
	again := start(t, cfg)
	if got := ask[int](t, connect(t, again.SuperuserURL("postgres")), "select n from kept"); got != 1 {
		t.Errorf("got %d", got)
	}
}

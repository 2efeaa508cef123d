package pgembed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestStart_keepsDataAndIsClosed(t *testing.T) {
	t.Parallel()
	dir := newDiskDir(t)
	s := start(t, Config{Dir: dir})
	conn := connect(t, s.SuperuserURL("postgres"))
	must(t, conn, "create table kept (id int)")
	must(t, conn, "insert into kept values (7)")
	want := map[string]string{
		"listen_addresses": "", "data_checksums": "on", "password_encryption": "scram-sha-256", "fsync": "on",
		"server_encoding": "UTF8", "shared_buffers": "128MB", "TimeZone": "UTC",
		"log_statement": "none", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
		"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
	}
	got := map[string]string{}
	for name := range want {
		got[name] = ask[string](t, conn, "select current_setting($1)", name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if got := ask[string](t, conn, "select current_setting('wal_compression')"); got == "off" {
		t.Error("the write-ahead log is not compressed")
	}
	if got := ask[string](t, conn, "select datcollate || ' ' || datctype from pg_database where datname = 'postgres'"); got != "C C.UTF-8" {
		t.Errorf("order and classes of characters are %s", got)
	}
	checkModes(t, dir)
	checkSockets(t, s.PID())
	stop(t, s)
	if s.PID() != 0 {
		t.Error("a stopped server has a pid")
	}
	again := start(t, Config{Dir: dir})
	if got := ask[int](t, connect(t, again.SuperuserURL("postgres")), "select id from kept"); got != 7 {
		t.Errorf("got %d after a restart, want 7", got)
	}
}

func TestLogAhead(t *testing.T) {
	t.Parallel()
	for free, want := range map[uint64]uint64{0: 1 << 30, 3 << 30: 1 << 30, 12 << 30: 3 << 30, 1 << 40: 8 << 30} {
		if got := logAhead(free); got != want {
			t.Errorf("with %d GiB free %d MiB of log may stand ahead, want %d", free>>30, got>>20, want>>20)
		}
	}
}

// checkModes holds that others can enter nothing and read no secret.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	want := map[string]fs.FileMode{"postgres": 0o700, "run": 0o700, "log": 0o700, "postgres.password": 0o600, "lock": 0o600, "log/postgres.log": 0o600}
	got := map[string]fs.FileMode{}
	for name := range want {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = info.Mode().Perm()
		if st := info.Sys().(*syscall.Stat_t); name == "postgres.password" && int(st.Uid) != os.Geteuid() {
			t.Errorf("the password belongs to user %d", st.Uid)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("modes (-want +got):\n%s", diff)
	}
	left, err := filepath.Glob(dir + "/*.new")
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

// checkSockets holds that a process has no socket of the internet families.
func checkSockets(t *testing.T, pid int) {
	t.Helper()
	var network string
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		text, err := os.ReadFile("/proc/net/" + table)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		network += string(text)
	}
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(links) == 0 {
		t.Fatalf("no open files of %d: %v", pid, err)
	}
	sockets := 0
	for _, link := range links {
		target, _ := os.Readlink(link) // it may have been closed
		inode, ok := strings.CutPrefix(target, "socket:[")
		if !ok {
			continue
		}
		sockets++
		if strings.Contains(network, " "+strings.TrimSuffix(inode, "]")+" ") {
			t.Errorf("socket %s is on the network", target)
		}
	}
	if sockets == 0 {
		t.Error("no socket at all was seen, so nothing was checked")
	}
}

func TestStart_letsNobodyInWithoutPassword(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), NoSync: true})
	for name, url := range map[string]string{
		"wrong password": s.URL("postgres", "postgres", "wrong"),
		"no password":    s.URL("postgres", "postgres", ""),
		"no such role":   s.URL("postgres", "someone", "wrong"),
	} {
		_, err := pgx.Connect(t.Context(), url)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "28P01" {
			t.Errorf("%s: got %v, want a refusal for the password", name, err)
		}
	}
	conn := connect(t, s.SuperuserURL("postgres"))
	if n := ask[int](t, conn, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256' or type <> 'local'"); n != 0 {
		t.Errorf("%d rules let in by another way", n)
	}
	text, err := os.ReadFile(filepath.Join(s.at.data(), "pg_hba.conf"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") && strings.Contains(line, "trust") {
			t.Errorf("a rule that trusts, unused as it is: %q", line)
		}
	}
	// A changed rule file in the cluster changes nothing.
	if err := os.WriteFile(filepath.Join(s.at.data(), "pg_hba.conf"), []byte("local all all trust\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, conn, "select pg_reload_conf()")
	eventually(t, "the settings are read again", func() bool {
		return ask[bool](t, connect(t, s.SuperuserURL("postgres")), "select pg_conf_load_time() > pg_postmaster_start_time()")
	})
	if _, err := pgx.Connect(t.Context(), s.URL("postgres", "postgres", "wrong")); err == nil {
		t.Error("a rule file inside the cluster opened it")
	}
}

func TestStart_asRootGivesUpRoot(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := newDir(t)
	s := start(t, Config{Dir: dir, NoSync: true})
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil {
		t.Fatal(err)
	}
	uid := fmt.Sprint(s.who.uid)
	for _, line := range []string{
		"Uid:\t" + strings.Join([]string{uid, uid, uid, uid}, "\t") + "\n", "Groups:\t \n", "CapEff:\t0000000000000000\n",
	} {
		if !strings.Contains(string(text), line) {
			t.Errorf("the status of PostgreSQL lacks %q:\n%s", line, text)
		}
	}
	if uid == "0" {
		t.Error("PostgreSQL runs as root")
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.PID()))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), "Max core file size 0 0 bytes") {
		t.Errorf("PostgreSQL may write core files:\n%s", limits)
	}
}

// TestStart_belowClosedFolder is a checkout below a home that only root may
// enter.
func TestStart_belowClosedFolder(t *testing.T) {
	t.Parallel()
	needRoot(t)
	closed := filepath.Dir(newDir(t))
	dir := filepath.Join(closed, "checkout", "data")
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, Config{Dir: dir, NoSync: true})
	must(t, connect(t, s.SuperuserURL("postgres")), "create database other")
	must(t, connect(t, s.SuperuserURL("other")), "select pg_reload_conf()")
	control := s.who.command(t.Context(), 0, nil, "/bin/sh", "-c", "cd "+s.at.data())
	if err := control.Run(); err == nil {
		t.Error("the control: PostgreSQL's user can enter the folder by its path, so nothing was shown")
	}
	if info, err := os.Stat(closed); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder above was changed: %v %v", info.Mode(), err)
	}
	old := s.PID()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	reconnect(t, s.SuperuserURL("other"))
	stop(t, s)
	start(t, Config{Dir: dir, NoSync: true})
}

func TestStart_asOrdinaryUser(t *testing.T) {
	t.Parallel()
	needRoot(t) // to become one; the other tests do it when they are run by one
	dir := newDir(t)
	who := ordinary(t, dir)
	openAbove(t, dir)
	for range 2 { // the second start finds the cluster
		p := serve(t, order{Dir: dir, NoSync: true}, who)
		pid, url := p.ready(t)
		var st syscall.Stat_t
		if err := syscall.Stat(fmt.Sprintf("/proc/%d", pid), &st); err != nil || st.Uid != who.Uid {
			t.Errorf("PostgreSQL runs as user %d (%v), want %d", st.Uid, err, who.Uid)
		}
		connect(t, url)
		p.stop(t)
	}
	// Root later on leaves the files with their owner.
	s := start(t, Config{Dir: dir, NoSync: true})
	if s.who.uid != who.Uid || !s.who.drop {
		t.Errorf("root runs the cluster of user %d as %+v", who.Uid, s.who)
	}
}

func TestStart_userWithoutName(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := newDir(t)
	const nameless = 54321
	if err := os.Chown(dir, nameless, nameless); err != nil {
		t.Fatal(err)
	}
	openAbove(t, dir)
	p := serve(t, order{Dir: dir}, &syscall.Credential{Uid: nameless, Gid: nameless})
	got := p.line()
	for _, word := range []string{ErrNoAccount.Error(), "54321", "Nothing was changed", "useradd"} {
		if !strings.Contains(got, word) {
			t.Errorf("%q lacks %q", got, word)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "postgres.new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was half made: %v", err)
	}
}

func TestStart_userWithoutRights(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := newDir(t)
	openAbove(t, dir)
	who := ordinary(t, t.TempDir())
	got := serve(t, order{Dir: filepath.Join(filepath.Dir(dir), "other")}, who).line()
	for _, word := range []string{"permission denied", "Nothing was changed", "install -d"} {
		if !strings.Contains(got, word) {
			t.Errorf("no right to make the directory: %q lacks %q", got, word)
		}
	}
	stop(t, start(t, Config{Dir: dir, NoSync: true}))
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil {
		t.Fatal(err)
	}
	got = serve(t, order{Dir: dir}, who).line()
	for _, word := range []string{ErrOwner.Error(), "Nothing was changed", "chown -R"} {
		if !strings.Contains(got, word) {
			t.Errorf("the cluster of another user: %q lacks %q", got, word)
		}
	}
}

func TestStart_deepDirectory(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	for len(dir) <= longestSocketPath {
		dir = filepath.Join(dir, "a-rather-deep-folder")
	}
	s := start(t, Config{Dir: dir, NoSync: true})
	url := s.SuperuserURL("postgres")
	must(t, connect(t, url), "create table kept as select 1 as id")
	if strings.Contains(url, "a-rather-deep-folder") {
		t.Errorf("the URL leads over the long path: %s", s.socketDir())
	}
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got := ask[int](t, reconnect(t, url), "select id from kept"); got != 1 {
		t.Errorf("got %d after a crash", got)
	}
	stop(t, s)
	start(t, Config{Dir: dir, NoSync: true})
}

// TestStart_links: the directory, and later the cluster in it, may be links to
// other disks.
func TestStart_links(t *testing.T) {
	t.Parallel()
	above := filepath.Dir(newDir(t))
	dir := filepath.Join(above, "link")
	if err := os.Symlink(filepath.Join(above, "data"), dir); err != nil {
		t.Fatal(err)
	}
	s := start(t, Config{Dir: dir})
	must(t, connect(t, s.SuperuserURL("postgres")), "create table kept as select 1 as n")
	stop(t, s)
	if err := os.Rename(s.at.data(), filepath.Join(above, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(above, "elsewhere"), s.at.data()); err != nil {
		t.Fatal(err)
	}
	s = start(t, Config{Dir: dir})
	if got := ask[int](t, connect(t, s.SuperuserURL("postgres")), "select n from kept"); got != 1 {
		t.Errorf("got %d", got)
	}
}

func TestStart_settings(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"listen_addresses", "Unix_Socket_Directories", "hba_file", "data_directory", "log_statement", "log_min_messages"} {
		dir := newDir(t)
		_, err := Start(t.Context(), Config{Dir: dir, Settings: map[string]string{name: "x"}})
		if !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want ErrSetting", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: something was made: %v", name, left)
		}
	}
	s := start(t, Config{Dir: newDir(t), NoSync: true, Settings: map[string]string{"shared_buffers": "20MB", "max_connections": "30"}})
	conn := connect(t, s.SuperuserURL("postgres"))
	if got := ask[string](t, conn, "show shared_buffers"); got != "20MB" {
		t.Errorf("shared_buffers is %s, want 20MB", got)
	}
	if got := ask[string](t, conn, "show fsync"); got != "off" {
		t.Errorf("NoSync: fsync is %s", got)
	}
}

func TestStart_cleanEnvironment(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), NoSync: true})
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", s.PID()))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"PATH": true, "LC_ALL": true, "TZ": true, "PWD": true, "OLDPWD": true, "SHLVL": true, "_": true}
	for _, one := range strings.Split(strings.Trim(string(text), "\x00"), "\x00") {
		if name, _, _ := strings.Cut(one, "="); !want[name] && !strings.HasPrefix(name, "PG_GRANDPARENT") {
			t.Errorf("PostgreSQL was given %s", one)
		}
	}
}

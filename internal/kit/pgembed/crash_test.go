package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// writeUntilBroken commits numbers until the connection breaks and returns the
// last one that was acknowledged.
func writeUntilBroken(t *testing.T, conn *pgx.Conn, committed chan<- int) (last int) {
	t.Helper()
	defer close(committed)
	last = ask[int](t, conn, "select coalesce(max(n), 0) from kept")
	for {
		if _, err := conn.Exec(t.Context(), "insert into kept values ($1)", last+1); err != nil {
			return last
		}
		last++
		select {
		case committed <- last:
		default:
		}
	}
}

// TestKill_postgres kills PostgreSQL under load, with a statement running
// that does not notice, and finds all that was committed. The control is an
// unlogged table, which a crash empties: it shows that there was a crash.
func TestKill_postgres(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDiskDir(t)})
	url := s.SuperuserURL("postgres")
	conn := connect(t, url)
	must(t, conn, "create table kept (n int primary key)")
	must(t, conn, "create unlogged table control (n int)")
	for range 3 {
		busy := connect(t, url)
		writer := connect(t, url)
		committed := make(chan int, 1)
		var last int
		var both sync.WaitGroup
		both.Go(func() { last = writeUntilBroken(t, writer, committed) })
		both.Go(func() { _, _ = busy.Exec(t.Context(), "select count(*) from generate_series(1, 1000000000) as n") })
		must(t, conn, "insert into control values (1)")
		first := <-committed
		for n := range committed {
			if n >= first+20 {
				break
			}
		}
		pid := s.PID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		both.Wait()
		conn = reconnect(t, url)
		if got := ask[int](t, conn, "select max(n) from kept"); got < last {
			t.Errorf("%d was acknowledged, %d is there", last, got)
		}
		if got := ask[int](t, conn, "select count(*) from control"); got != 0 {
			t.Errorf("the control kept %d rows: there was no crash", got)
		}
		if s.PID() == pid {
			t.Error("the same process runs")
		}
	}
	select {
	case err, open := <-s.Done():
		t.Errorf("Done spoke of repaired deaths: %v %v", err, open)
	default:
	}
}

// TestKill_backend kills one backend; PostgreSQL repairs itself.
func TestKill_backend(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), NoSync: true})
	conn := connect(t, s.SuperuserURL("postgres"))
	must(t, conn, "create table kept as select 1 as n")
	pid := s.PID()
	if err := syscall.Kill(int(conn.PgConn().PID()), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitCrash(t, s)
	if got := ask[int](t, reconnect(t, s.SuperuserURL("postgres")), "select n from kept"); got != 1 {
		t.Errorf("got %d", got)
	}
	if s.PID() != pid {
		t.Error("PostgreSQL was started anew")
	}
}

// awaitCrash waits until PostgreSQL has seen the death of a backend and has
// ended the others, so that a connection made afterwards lasts.
func awaitCrash(t *testing.T, s *Server) {
	t.Helper()
	eventually(t, "the crash is told in the log", func() bool {
		text, err := os.ReadFile(filepath.Join(s.at.log(), "postgres.log"))
		return err == nil && strings.Contains(string(text), "all server processes terminated")
	})
}

// TestKill_server kills the process that started PostgreSQL: PostgreSQL ends,
// and the next start finds everything. The control is a PostgreSQL without
// the death signal, which lives on; the next start ends it.
func TestKill_server(t *testing.T) {
	t.Parallel()
	for _, survives := range []bool{false, true} {
		t.Run(fmt.Sprintf("survives=%v", survives), func(t *testing.T) {
			t.Parallel()
			dir := newDir(t)
			p := serve(t, order{Dir: dir, KeepOrphan: survives}, nil)
			pid, url := p.ready(t)
			conn := connect(t, url)
			must(t, conn, "create table kept as select 1 as n")
			p.kill()
			if survives {
				must(t, conn, "insert into kept values (2)") // it does live on
			} else {
				eventually(t, "PostgreSQL ends", func() bool { return !alive(pid) })
			}
			s := start(t, Config{Dir: dir})
			if alive(pid) {
				t.Error("the old PostgreSQL lives beside the new one")
			}
			want := 1
			if survives {
				want = 2
			}
			if got := ask[int](t, connect(t, s.SuperuserURL("postgres")), "select count(*) from kept"); got != want {
				t.Errorf("%d rows, want %d", got, want)
			}
		})
	}
}

// TestKill_both leaves backends without head and without us.
func TestKill_both(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	p := serve(t, order{Dir: dir, NoSync: true, KeepOrphan: true}, nil)
	pid, url := p.ready(t)
	conn := connect(t, url)
	must(t, conn, "create table kept as select 1 as n")
	orphan := int(conn.PgConn().PID())
	go func() { _, _ = conn.Exec(t.Context(), "select count(*) from generate_series(1, 1000000000) as n") }()
	eventually(t, "the statement runs", func() bool {
		return ask[bool](t, connect(t, url), "select state = 'active' from pg_stat_activity where pid = $1", orphan)
	})
	p.kill()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if !alive(orphan) {
		t.Fatal("there is no orphan, so nothing is shown")
	}
	s := start(t, Config{Dir: dir, NoSync: true})
	if alive(orphan) {
		t.Error("an orphan works beside the new PostgreSQL")
	}
	if got := ask[int](t, connect(t, s.SuperuserURL("postgres")), "select n from kept"); got != 1 {
		t.Errorf("got %d", got)
	}
}

// TestStart_staleMarks leaves marks of a dead server that name a living
// process of the same user. The control is PostgreSQL by itself, which takes
// the stranger for a server and refuses.
func TestStart_staleMarks(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := start(t, Config{Dir: dir, NoSync: true})
	stop(t, s)
	stranger := s.who.command(t.Context(), syscall.SIGKILL, nil, "/bin/sh", "-c", "read line")
	hold, err := stranger.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(hold.Close(), stranger.Wait()) }()
	mark := fmt.Sprintf("%d\n/proc/self/fd/3\n1700000000\n5432\n/proc/self/fd/4\n\n 1 1\nready   \n", stranger.Process.Pid)
	for _, path := range []string{s.at.data() + "/postmaster.pid", s.at.run() + "/" + socketName + ".lock"} {
		if err := os.WriteFile(path, []byte(mark), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.who.own(path); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.Open(s.at.data())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	out, err := s.who.command(t.Context(), syscall.SIGKILL, []*os.File{data}, s.bin.postgres(), "-D", childFirst,
		"-c", "listen_addresses=", "-c", "unix_socket_directories=").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "postmaster.pid") {
		t.Fatalf("the control started: %v %s", err, out)
	}
	start(t, Config{Dir: dir, NoSync: true})
	if !alive(stranger.Process.Pid) {
		t.Error("the stranger was ended")
	}
}

// TestStart_unfinishedCreation kills the server in the middle of a creation.
func TestStart_unfinishedCreation(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	p := serve(t, order{Dir: dir, NoSync: true}, nil)
	l := layout{dir}
	eventually(t, "the creation is under way", func() bool {
		_, err := os.Stat(filepath.Join(l.newData(), "global"))
		return err == nil
	})
	p.kill()
	if _, err := os.Stat(l.data()); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the creation was finished, so nothing is shown: %v", err)
	}
	if _, err := os.Stat(l.newData()); err != nil {
		t.Fatalf("nothing was left behind, so nothing is shown: %v", err)
	}
	s := start(t, Config{Dir: dir, NoSync: true})
	must(t, connect(t, s.SuperuserURL("postgres")), "create table whole (n int)")
	checkModes(t, dir)
}

// TestStart_cancelled ends the context in the middle of a creation.
func TestStart_cancelled(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	cfg := Config{Dir: dir, NoSync: true}
	cfg.testingOnly.duringInit = cancel
	if _, err := Start(ctx, cfg); !errors.Is(err, ctx.Err()) {
		t.Errorf("got %v, want the context's error", err)
	}
	if left, err := filepath.Glob(dir + "/postgres*"); err != nil || len(left) > 1 {
		t.Errorf("more than the password is left: %v %v", left, err)
	}
	start(t, Config{Dir: dir, NoSync: true})
}

func TestStart_inUse(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := start(t, Config{Dir: dir, NoSync: true})
	for name, say := range map[string]func() string{
		"same process": func() string {
			_, err := Start(t.Context(), Config{Dir: dir, NoSync: true})
			if !errors.Is(err, ErrInUse) {
				t.Errorf("got %v, want ErrInUse", err)
			}
			return fmt.Sprint(err)
		},
		"another process": func() string { return serve(t, order{Dir: dir, NoSync: true}, nil).line() },
	} {
		got := say()
		for _, word := range []string{ErrInUse.Error(), dir, fmt.Sprintf("process %d", os.Getpid()), "Nothing was changed", fmt.Sprintf("kill %d", os.Getpid())} {
			if !strings.Contains(got, word) {
				t.Errorf("%s: %q lacks %q", name, got, word)
			}
		}
	}
	must(t, connect(t, s.SuperuserURL("postgres")), "select 1") // the first is untouched
	stop(t, s)
	p := serve(t, order{Dir: dir, NoSync: true}, nil)
	p.ready(t)
	p.stop(t)
}

// TestDone_givesUp damages the cluster so that it cannot start again.
func TestDone_givesUp(t *testing.T) {
	t.Parallel()
	// Shared memory in its own folder: nobody will come to clean it up.
	cfg := Config{Dir: newDir(t), NoSync: true, Settings: map[string]string{"dynamic_shared_memory_type": "mmap"}}
	cfg.testingOnly.restarts = 2
	s := start(t, cfg)
	if err := os.Truncate(filepath.Join(s.at.data(), "global", "pg_control"), 0); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err := <-s.Done()
	if !errors.Is(err, ErrGaveUp) || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("got %v, want ErrGaveUp with the reason", err)
	}
	if _, open := <-s.Done(); open {
		t.Error("Done is still open")
	}
	stop(t, s)
}

func TestStop_manyTimes(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), NoSync: true})
	conn := connect(t, s.SuperuserURL("postgres"))
	must(t, conn, "create table kept as select 1 as n")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err, open := <-s.Done(); err != nil || open {
		t.Errorf("Done after Stop: %v %v", err, open)
	}
	if pid, _ := readPID(s.at.data()); pid != 0 {
		t.Error("PostgreSQL was not stopped in order")
	}
	// A context that has ended: the hard way, and nothing is lost.
	again := start(t, Config{Dir: s.at.dir, NoSync: true})
	must(t, connect(t, again.SuperuserURL("postgres")), "insert into kept values (2)")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := again.Stop(ctx); err != nil {
		t.Error(err)
	}
	third := start(t, Config{Dir: s.at.dir, NoSync: true})
	if got := ask[int](t, connect(t, third.SuperuserURL("postgres")), "select count(*) from kept"); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

// TestStop_whileDying stops in every moment around a death.
func TestStop_whileDying(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	for range 4 {
		s := start(t, Config{Dir: dir, NoSync: true})
		if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		stop(t, s)
		f, err := os.Open(s.at.data())
		if err != nil {
			t.Fatal(err)
		}
		if free, err := tryFlock(f); !free || err != nil {
			t.Errorf("processes are left in the folder: %v %v", holders(f), err)
		}
		closeAll(f)
	}
	start(t, Config{Dir: dir, NoSync: true})
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgembed"
)

// starts measures a first start, a second one, and memory at rest.
func starts(ctx context.Context, o options) ([]result, error) {
	var ours, again, bare, memory float64
	const turns = 5
	for i := range turns {
		dir := filepath.Join(o.dir, fmt.Sprintf("start-%d", i))
		s, err := serve(ctx, o, dir)
		if err != nil {
			return nil, err
		}
		ours += s.took.Seconds() * 1000 / turns
		if err := s.stop(); err != nil {
			return nil, err
		}
		if s, err = serve(ctx, o, dir); err != nil {
			return nil, err
		}
		again += s.took.Seconds() * 1000 / turns
		if i == turns-1 {
			time.Sleep(5 * time.Second) // at rest
			if memory, err = s.memory(); err != nil {
				return nil, err
			}
		}
		if err := s.stop(); err != nil {
			return nil, err
		}
		took, err := bareStart(ctx, filepath.Join(o.dir, fmt.Sprintf("bare-%d", i)))
		if err != nil {
			return nil, err
		}
		bare += took.Seconds() * 1000 / turns
	}
	first := result{Name: "start.first", Unit: "ms", Ours: ours, Bare: bare, Ratio: ours / bare,
		Note: "from nothing to ready: initdb, start, roles, 9 migrations, vault with its epochs ahead, comparison; bare is initdb, start, one query. initdb is most of both."}
	second := result{Name: "start.again", Unit: "ms", Ours: again, Bare: bare, Ratio: again / bare, Note: "bare is the same as for the first start"}
	rest := result{Name: "memory.idle", Unit: "MiB", Ours: memory, Note: "proportional set size of server and PostgreSQL with all its processes, 5 s after a start"}
	return []result{first.held("ratio <= 3", first.Ratio <= 3), second, rest.held("<= 150 MiB", memory <= 150)}, nil
}

// bareStart is initdb, a start and one query, with nothing else.
func bareStart(ctx context.Context, dir string) (time.Duration, error) {
	bin, _, err := pgembed.Find("")
	if err != nil {
		return 0, err
	}
	as, err := unprivileged()
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		return 0, err
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return 0, err
		}
	}
	data := filepath.Join(dir, "data")
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.CommandContext(ctx, filepath.Join(bin, name), args...)
		c.Dir, c.Env = "/", []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
		if as != nil {
			c.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		}
		return c
	}
	begin := time.Now()
	if out, err := command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--data-checksums").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("initdb: %w: %s", err, out)
	}
	pg := command("postgres", "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+dir)
	if err := pg.Start(); err != nil {
		return 0, err
	}
	defer func() { _ = pg.Process.Signal(syscall.SIGINT); _ = pg.Wait() }()
	for time.Since(begin) < time.Minute {
		conn, err := pgx.Connect(ctx, "postgres://postgres@/postgres?host="+dir)
		if err == nil {
			_, err = conn.Exec(ctx, "select 1")
			_ = conn.Close(ctx)
			return time.Since(begin), err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0, fmt.Errorf("bare PostgreSQL did not start")
}

// unprivileged is whom a root process runs PostgreSQL as; nil for others.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// superuser is the role that initdb makes.
const superuser = "postgres"

// ensureCluster makes the cluster unless it is there. It is made under another
// name and renamed when it is whole and on the disk, so that a half-made one
// is never taken for a cluster.
func (s *Server) ensureCluster(ctx context.Context) (err error) {
	if s.password, err = readPassword(s.at); err != nil {
		return err
	}
	made, err := clusterExists(s.at)
	switch {
	case err != nil:
		return err
	case made && s.password == "":
		return s.renewPassword(ctx)
	case made:
		return nil
	}
	if err := s.clearUnfinished(ctx); err != nil {
		return err
	}
	if err := s.needSpace(roomForInit); err != nil {
		return err
	}
	if s.password == "" {
		if s.password, err = newPassword(s.at); err != nil {
			return err
		}
	}
	if err := s.create(ctx); err != nil {
		return errors.Join(diskOr(s.at.dir, err), os.RemoveAll(s.at.newData()))
	}
	return nil
}

// clusterExists tells a cluster from nothing and from something else.
func clusterExists(l layout) (bool, error) {
	entries, err := os.ReadDir(l.data())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking at %s: %w", l.data(), err)
	}
	if len(entries) == 0 { // made by hand
		return false, os.Remove(l.data())
	}
	if _, err := os.Stat(filepath.Join(l.data(), "PG_VERSION")); err != nil {
		return false, fmt.Errorf("%w: %s holds files but no cluster. Nothing was changed. "+
			"Put the folder back from a backup, or move it away with: mv %s %s.old", ErrNotCluster, l.data(), l.data(), l.data())
	}
	return true, nil
}

// clearUnfinished removes what a creation that was cut short left behind,
// ending its processes first.
func (s *Server) clearUnfinished(ctx context.Context) error {
	dir := s.at.newData()
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s.cfg.Logger.Warn("creation of the database was cut short; beginning anew", "folder", dir)
	f, err := claim(ctx, dir)
	if err != nil {
		return err
	}
	unlock(f)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing an unfinished database: %w", err)
	}
	return nil
}

func (s *Server) create(ctx context.Context) error {
	dir := s.at.newData()
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("creating the folder of the database: %w", err)
	}
	if err := s.who.own(dir); err != nil {
		return err
	}
	data, err := claim(ctx, dir)
	if err != nil {
		return err
	}
	defer unlock(data)
	secret, err := memory("password", s.password+"\n", s.who)
	if err != nil {
		return err
	}
	defer closeAll(secret)
	// Codepoint order is the same on every machine, and a new C library never
	// reorders an index. Syncing once at the end is twice as fast.
	if err := s.tool(ctx, []*os.File{data, secret}, "", s.bin.initdb(), "-D", childFirst, "--username="+superuser,
		"--auth=scram-sha-256", "--pwfile="+childSecond, "--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C",
		"--lc-messages=C", "--data-checksums", "--no-sync", "--no-instructions"); err != nil {
		return fmt.Errorf("creating the database: %w", err)
	}
	if !s.cfg.NoSync {
		if err := syncTree(dir); err != nil {
			return fmt.Errorf("writing the new database to the disk: %w", err)
		}
	}
	if err := os.Rename(dir, s.at.data()); err != nil {
		return fmt.Errorf("naming the new database: %w", err)
	}
	return syncPath(s.at.dir)
}

// renewPassword sets a new superuser password when the file with the old one
// is gone. It takes no right that the owner of the files does not have.
func (s *Server) renewPassword(ctx context.Context) (err error) {
	s.cfg.Logger.Warn("the file with the superuser's password is gone; setting a new one", "file", s.at.password())
	data, err := claim(ctx, s.at.data())
	if err != nil {
		return err
	}
	defer unlock(data)
	if s.password, err = newPassword(s.at); err != nil {
		return err
	}
	if err := removeStalePID(s.at.data()); err != nil {
		return err
	}
	if err := s.tool(ctx, []*os.File{data}, "ALTER ROLE "+superuser+" PASSWORD '"+s.password+"'\n",
		s.bin.postgres(), "--single", "-D", childFirst, "-c", "log_statement=none", "postgres"); err != nil {
		return errors.Join(fmt.Errorf("setting the superuser's password: %w", err), os.Remove(s.at.password()))
	}
	return nil
}

// tool runs a program of PostgreSQL to its end; the error holds what it said.
func (s *Server) tool(ctx context.Context, files []*os.File, input string, argv ...string) error {
	var said strings.Builder
	err := onOneThread(func() error {
		cmd := s.who.command(ctx, syscall.SIGKILL, files, argv...)
		cmd.Stdout, cmd.Stderr, cmd.Stdin = &said, &said, strings.NewReader(input)
		if hook := s.cfg.testingOnly.duringInit; hook != nil {
			go hook()
		}
		return cmd.Run()
	})
	if errors.Is(err, fs.ErrPermission) {
		return errUnreachable(argv[0], s.who)
	}
	if err == nil {
		return nil
	}
	if saysDiskFull(said.String()) { // seldom among the last words
		err = errors.Join(syscall.ENOSPC, err)
	}
	return fmt.Errorf("%s: %w: %s", filepath.Base(argv[0]), errors.Join(err, ctx.Err()), lastLines(said.String()))
}

// onOneThread keeps the caller on its thread, to which the death signal of a
// child is bound.
func onOneThread(do func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return do()
}

// lastLines returns the end of a program's output on one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], " / ")
}

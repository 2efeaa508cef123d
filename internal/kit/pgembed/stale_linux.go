package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// claim opens a cluster folder and takes its lock, ending what an earlier run
// left in it. The file goes to the PostgreSQL that is to work there.
func claim(ctx context.Context, dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the database folder: %w", err)
	}
	taken, err := tryFlock(f)
	for _, step := range endings(dir, f) {
		if taken || err != nil {
			break
		}
		step.signal(f)
		taken, err = awaitFlock(ctx, f, step.patience)
	}
	if err == nil && !taken {
		err = errStuck(dir, holders(f))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// forkGrace is how long a lock may be held by a process that is just being
// started and has not yet closed what it got from us.
const forkGrace = 200 * time.Millisecond

// ending is one way to end left-over processes.
type ending struct {
	sig      syscall.Signal
	head     int // only this process, 0 for all
	patience time.Duration
}

func (e ending) signal(f *os.File) {
	var pids []int
	switch {
	case e.head != 0:
		pids = []int{e.head}
	case e.sig != 0:
		pids = holders(f)
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, e.sig) // it may be gone already; the lock tells
	}
}

// endings lists the ways in order. A server with its head gets the time to
// write its files; without one, or in the middle of a creation, there is
// nothing to write.
func endings(dir string, f *os.File) []ending {
	steps := []ending{{patience: forkGrace}, {sig: syscall.SIGQUIT, patience: 2 * time.Second}, {sig: syscall.SIGKILL, patience: 10 * time.Second}}
	if pid, _ := readPID(dir); slices.Contains(holders(f), pid) {
		steps = slices.Insert(steps, 1, ending{sig: syscall.SIGINT, head: pid, patience: 30 * time.Second})
	}
	return steps
}

func awaitFlock(ctx context.Context, f *os.File, patience time.Duration) (taken bool, err error) {
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if taken, err = tryFlock(f); taken || err != nil {
			return taken, err
		}
		if limit.Err() != nil {
			return false, ctx.Err()
		}
		pause(limit, 5*time.Millisecond)
	}
}

// holders returns the processes that work in an open cluster folder: those that
// got it as their first file. What still runs our own program is us, or a
// process that we are just starting, whose files are not in their places yet.
func holders(f *os.File) []int {
	info, err := f.Stat()
	if err != nil {
		return nil
	}
	want := info.Sys().(*syscall.Stat_t)
	entries, err := os.ReadDir("/proc")
	var self syscall.Stat_t
	if err := errors.Join(err, syscall.Stat("/proc/self/exe", &self)); err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && sameFile(fmt.Sprintf("/proc/%d/fd/3", pid), want) && !sameFile(fmt.Sprintf("/proc/%d/exe", pid), &self) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// readPID returns the process number and state that PostgreSQL wrote into its
// folder, 0 if there is none.
func readPID(dir string) (pid int, state string) {
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return 0, ""
	}
	lines := strings.Split(string(text), "\n")
	if pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil {
		return 0, ""
	}
	if len(lines) > 7 {
		state = strings.TrimSpace(lines[7])
	}
	return pid, state
}

// removeStalePID removes the mark of a dead server. PostgreSQL judges it by
// the process number, which may have been given to another process since; the
// caller holds the lock of the folder and knows better.
func removeStalePID(dir string) error {
	err := os.Remove(filepath.Join(dir, "postmaster.pid"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the mark of a dead server: %w", err)
	}
	return nil
}

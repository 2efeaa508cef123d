package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// usage is processor time, user and system, since the processes began.
type usage struct{ generator, server, postgres time.Duration }

func (u usage) minus(o usage) usage {
	return usage{u.generator - o.generator, u.server - o.server, u.postgres - o.postgres}
}

func (u usage) plus(o usage) usage {
	return usage{u.generator + o.generator, u.server + o.server, u.postgres + o.postgres}
}

// per says how much that is for each of n.
func (u usage) per(n int) string {
	each := func(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()*1000/float64(max(1, n))) }
	return fmt.Sprintf("%s ms: generator %s, server %s, PostgreSQL %s", each(u.total()), each(u.generator), each(u.server), each(u.postgres))
}

func (u usage) total() time.Duration { return u.generator + u.server + u.postgres }

// usage returns what this process, the server, and the processes below the
// server have used.
func (s *server) usage() (u usage, err error) {
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return u, err
	}
	u.generator = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	for i, pid := range s.processes() {
		used, err := processorTime(pid, i > 0)
		if os.IsNotExist(err) {
			continue // it ended meanwhile; who waited for it has its time
		}
		if err != nil {
			return u, err
		}
		if i == 0 {
			u.server = used
		} else {
			u.postgres += used
		}
	}
	return u, nil
}

// processes returns the server and every process below it.
func (s *server) processes() []string {
	pids := []string{fmt.Sprint(s.cmd.Process.Pid)}
	for i := 0; i < len(pids); i++ {
		tasks, _ := filepath.Glob("/proc/" + pids[i] + "/task/*/children")
		for _, t := range tasks {
			raw, _ := os.ReadFile(t)
			pids = append(pids, strings.Fields(string(raw))...)
		}
	}
	return pids
}

// processorTime reads what a process has used, with the children that ended and
// that it waited for where waited is set. The kernel counts in hundredths of a
// second (USER_HZ).
func processorTime(pid string, waited bool) (time.Duration, error) {
	raw, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, err
	}
	// The second field is a name in parentheses and may hold anything.
	_, rest, _ := strings.Cut(string(raw[strings.LastIndexByte(string(raw), ')'):]), " ")
	var user, system, childUser, childSystem int64
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return 0, fmt.Errorf("/proc/%s/stat has %d fields", pid, len(fields))
	}
	if _, err := fmt.Sscan(strings.Join(fields[11:15], " "), &user, &system, &childUser, &childSystem); err != nil {
		return 0, fmt.Errorf("/proc/%s/stat: %w", pid, err)
	}
	if waited {
		user, system = user+childUser, system+childSystem
	}
	return time.Duration(user+system) * (time.Second / 100), nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"recourse/internal/app"
)

// server is the real program, as a process of its own.
type server struct {
	cmd  *exec.Cmd
	dir  string
	at   app.Running
	took time.Duration // from exec to the first ready answer
}

// most is a rate that no run reaches: what counts the calls runs all the same.
const most = "60000000"

// serve starts the program on a folder and waits until it is ready.
func serve(ctx context.Context, o options, dir string) (*server, error) {
	pack, err := packWithoutCeilings(dir + ".pack")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, cmd: exec.Command(o.binary, "serve", "--data-dir", dir, "--pack", pack, "--mode", "sandbox", "--listen", "127.0.0.1:0", "--min-free-mib", "1",
		"--limit-clerk", most, "--limit-body", most, "--limit-purpose", most)}
	log, err := os.Create(dir + ".log")
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(begin) < time.Minute {
		if s.at, err = app.ReadRunning(dir); err == nil {
			if res, err := http.Get(s.at.URL + "/readyz"); err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					s.took = time.Since(begin)
					return s, nil
				}
			}
		}
		if ctx.Err() != nil {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("the server did not become ready; see %s.log", dir), s.stop())
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// run runs a command of the program and returns what it printed.
func (s *server) run(ctx context.Context, o options, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, o.binary, append(args, "--data-dir", s.dir)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// memory returns the proportional set size of the program and of every process
// below it, in MiB.
func (s *server) memory() (float64, error) {
	total := 0.0
	for _, pid := range s.processes() {
		kib, err := figure("/proc/"+pid+"/smaps_rollup", "Pss: ")
		if err != nil {
			return 0, err
		}
		total += kib / 1024
	}
	return total, nil
}

// peak returns the highest resident set size of the program alone since it began,
// as the kernel kept it, in MiB.
func (s *server) peak() (float64, error) {
	kib, err := figure(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid), "VmHWM: ")
	return kib / 1024, err
}

// figure reads the line of a file that begins with a name, in kB.
func figure(path, name string) (kib float64, err error) {
	raw, err := os.ReadFile(path)
	for line := range strings.Lines(string(raw)) {
		if n, _ := fmt.Sscanf(line, name+"%f kB", &kib); n == 1 {
			break
		}
	}
	return kib, err
}

package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// hbaRules let nobody in without a password; there is no other way in than
// the socket.
const hbaRules = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"

// baseSettings are the defaults of every cluster.
var baseSettings = []string{
	"shared_buffers=128MB", "checkpoint_timeout=15min", "jit=off", "huge_pages=off", "timezone=UTC", "log_timezone=UTC", "cluster_name=recourse",
}

// silentSettings keep values of statements out of the log. Level "log" leaves
// errors out, whose texts quote what was sent; their senders get them anyway.
var silentSettings = []string{
	"log_min_messages=log", "log_min_error_statement=panic", "log_error_verbosity=terse", "log_statement=none",
	"log_min_duration_statement=-1", "log_min_duration_sample=-1", "log_transaction_sample_rate=0",
	"log_parameter_max_length=0", "log_parameter_max_length_on_error=0", "log_duration=off",
	"debug_print_parse=off", "debug_print_rewritten=off", "debug_print_plan=off",
	"logging_collector=off", "log_destination=stderr",
}

// keptSettings close every other way in.
var keptSettings = []string{
	"listen_addresses=", "unix_socket_directories=" + childSecond, "unix_socket_permissions=0700", "port=5432",
	"hba_file=" + childThird,
}

// checkSettings refuses names that would break a promise.
func checkSettings(settings map[string]string) error {
	kept := slices.Concat(silentSettings, keptSettings, []string{"data_directory=", "ident_file=", "config_file="})
	for name := range settings {
		for _, one := range kept {
			if own, _, _ := strings.Cut(one, "="); strings.EqualFold(own, name) {
				return fmt.Errorf("%w: %s. Nothing was changed. Take it out of the settings", ErrSetting, name)
			}
		}
	}
	return nil
}

// logAhead returns how many bytes of log may stand between two checkpoints: a
// quarter of what is free, from PostgreSQL's own 1 GiB to 8 GiB. The page of an
// index that a large delivery touches is logged whole once after each checkpoint.
func logAhead(free uint64) uint64 { return min(max(free/4, 1<<30), 8<<30) }

// settings returns the arguments that set everything, weakest first.
func (s *Server) settings() []string {
	all := slices.Clone(baseSettings)
	free, _ := FreeBytes(s.at.dir) // unknown is little
	all = append(all, "wal_compression="+s.bin.walCompression(), fmt.Sprintf("max_wal_size=%dMB", logAhead(free)>>20))
	if s.cfg.NoSync {
		all = append(all, "fsync=off", "full_page_writes=off")
	}
	for _, name := range slices.Sorted(maps.Keys(s.cfg.Settings)) {
		all = append(all, name+"="+s.cfg.Settings[name])
	}
	if !s.cfg.testingOnly.loudLog {
		all = append(all, silentSettings...)
	}
	var args []string
	for _, one := range append(all, keptSettings...) {
		args = append(args, "-c", one)
	}
	return args
}

// walCompression returns the best method that the binaries were built with.
func (i installation) walCompression() string {
	built, err := exec.Command(filepath.Join(i.dir, "pg_config"), "--configure").Output()
	if err == nil && strings.Contains(string(built), "--with-lz4") {
		return "lz4"
	}
	return "on" // every build has pglz
}

// run is one life of PostgreSQL.
type run struct {
	cmd    *exec.Cmd
	pid    int
	said   *tail
	quiet  chan struct{} // closed when the last process has closed its log
	exited chan struct{} // closed when the head has ended
	ready  atomic.Bool
}

// launch starts PostgreSQL. The caller stays on its thread until it has ended.
func (s *Server) launch(ctx context.Context) (*run, error) {
	if err := s.needSpace(roomForStart); err != nil {
		return nil, err
	}
	data, err := claim(ctx, s.at.data())
	if err != nil {
		return nil, err
	}
	defer closeAll(data)
	if err := errors.Join(removeStalePID(s.at.data()), clearSocket(s.at.run())); err != nil {
		return nil, err
	}
	hba, err := memory("pg_hba.conf", hbaRules, s.who)
	if err != nil {
		return nil, err
	}
	defer closeAll(hba)
	r := &run{said: &tail{}, quiet: make(chan struct{}), exited: make(chan struct{})}
	return r, s.spawn(r, []*os.File{data, s.runDir, hba})
}

func (s *Server) spawn(r *run, files []*os.File) error {
	out, in, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	defer closeAll(in)
	death := syscall.SIGINT
	if s.cfg.testingOnly.keepOrphan {
		death = 0
	}
	// The shell takes away core files, which would hold what was being worked
	// on, and becomes PostgreSQL.
	argv := append([]string{"/bin/sh", "-c", `ulimit -c 0; exec "$0" "$@"`, s.bin.postgres(), "-D", childFirst}, s.settings()...)
	r.cmd = s.who.command(context.Background(), death, files, argv...)
	r.cmd.Stdout, r.cmd.Stderr = in, in
	if err := r.cmd.Start(); err != nil {
		closeAll(out)
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	r.pid = r.cmd.Process.Pid
	go func() {
		defer close(r.quiet)
		defer closeAll(out)
		_, _ = io.Copy(io.MultiWriter(r.said, s.log), out) // ends with the last writer
	}()
	return nil
}

// settle waits until the run answers.
func (s *Server) settle(r *run) {
	for {
		if pid, state := readPID(s.at.data()); pid == r.pid && state == "ready" {
			r.ready.Store(true)
			s.report(nil)
			return
		}
		select {
		case <-r.exited:
			return
		default:
			pause(context.Background(), 2*time.Millisecond)
		}
	}
}

// report tells Start how the first start went; later ones are not its concern.
func (s *Server) report(err error) {
	select {
	case s.first <- err:
	default:
	}
}

// drain waits for the last words of a run. Processes that outlive their head
// hold the pipe for a moment; they do not say what matters.
func (r *run) drain() {
	limit, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	select {
	case <-r.quiet:
	case <-limit.Done():
	}
}

// why says how a run ended, as far as its last words tell.
func (s *Server) why(r *run, err error) error {
	said := r.said.String()
	err = fmt.Errorf("PostgreSQL in %s ended (%w): %s", s.at.data(), err, lastLines(said))
	if saysDiskFull(said) {
		return diskOr(s.at.dir, errors.Join(syscall.ENOSPC, err))
	}
	return fmt.Errorf("%w. Nothing that was committed is lost. To read more, run: tail %s", err, s.log.path)
}

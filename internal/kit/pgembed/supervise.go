package pgembed

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"
)

const (
	firstDelay  = 50 * time.Millisecond // before the second try; doubled from there
	longDelay   = 5 * time.Second
	maxRestarts = 12               // failed starts in a row, half a minute in all
	stopGrace   = 10 * time.Second // to write the files at the end of a failed start
)

// keep starts PostgreSQL, and starts it again when it dies, until Stop or
// until it gives up. It never leaves its thread: PostgreSQL is told to end
// when this thread does.
func (s *Server) keep() {
	runtime.LockOSThread()
	defer close(s.done)
	defer close(s.ended)
	limit := s.cfg.testingOnly.restarts
	if limit == 0 {
		limit = maxRestarts
	}
	for failures, everReady := 0, false; ; {
		r, err := s.live()
		if s.isStopping() {
			return
		}
		if r != nil && r.ready.Load() {
			everReady, failures = true, 0
		}
		if failures++; !everReady || failures > limit {
			s.giveUp(err, everReady, failures)
			return
		}
		s.cfg.Logger.Warn("the database ended; starting it again", "try", failures, "reason", err.Error())
		pause(s.life, min(firstDelay<<(failures-1), longDelay))
		if s.isStopping() {
			return
		}
	}
}

// live is one life of PostgreSQL from start to end; it returns why it ended.
func (s *Server) live() (*run, error) {
	r, err := s.launch(s.life)
	if err != nil {
		return nil, err
	}
	s.setRun(r)
	go s.settle(r)
	err = r.cmd.Wait()
	close(r.exited)
	s.setRun(nil)
	r.drain()
	if err == nil {
		err = errors.New("it was asked to stop")
	}
	if s.isStopping() {
		return r, err
	}
	return r, s.why(r, err)
}

func (s *Server) giveUp(err error, everReady bool, failures int) {
	if !everReady {
		s.report(err)
		return
	}
	err = fmt.Errorf("%w: %d tries: %w", ErrGaveUp, failures, err)
	s.cfg.Logger.Error("the database does not start again", "reason", err.Error())
	s.done <- err
}

// setRun makes a run the current one. A stop that came in between is passed
// on.
func (s *Server) setRun(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = r
	if r != nil && s.stopping {
		_ = r.cmd.Process.Signal(syscall.SIGINT)
	}
}

func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// signal sends to the current run, if there is one.
func (s *Server) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != nil {
		_ = s.now.cmd.Process.Signal(sig) // it may just have ended, which is what is wanted
	}
}

// clear waits for, or ends, processes that outlived their head.
func (s *Server) clear() error {
	f, err := claim(context.Background(), s.at.data())
	unlock(f)
	return err
}

// stop ends the current run: asked first, then hard, then by the kernel.
func (s *Server) stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.end()
	for _, step := range []struct {
		sig   syscall.Signal
		limit context.Context
		after time.Duration
	}{
		{syscall.SIGINT, ctx, 0},
		{syscall.SIGQUIT, context.Background(), 5 * time.Second},
		{syscall.SIGKILL, context.Background(), 10 * time.Second},
	} {
		s.signal(step.sig)
		limit, cancel := step.limit, context.CancelFunc(func() {})
		if step.after > 0 {
			limit, cancel = context.WithTimeout(step.limit, step.after)
		}
		select {
		case <-s.ended:
			cancel()
			return s.clear()
		case <-limit.Done():
			cancel()
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) in %s does not end. Nothing that was committed is lost. To end it, run: kill -9 %d",
		s.PID(), s.at.data(), s.PID())
}

// Package pgembed runs a private PostgreSQL under a data directory.
//
// It promises:
//   - one PostgreSQL per directory, reached over a Unix socket only, with a
//     password, by nobody but the process that started it and its own user;
//   - root is given up: PostgreSQL runs as the owner of its files, else as
//     postgres, else as nobody, wherever the directory lies and whatever the
//     permissions of the folders above it (they are never changed);
//   - when this process dies, however it dies, PostgreSQL stops; when
//     PostgreSQL dies, it is started again; what either left behind is
//     cleared before the next start;
//   - a creation that was cut short is begun anew and never mistaken for a
//     finished one;
//   - no value of a statement reaches the log.
//
// It does not back up, upgrade or tune the database, and nothing outside
// Config.Dir is written.
//
// What lies in the directory:
//
//	lock               held while a Server lives; names its process
//	postgres/          the cluster (PGDATA), owned by the user it runs as
//	postgres.new/      a cluster being created
//	postgres.password  password of the superuser, readable by the starter only
//	run/               the socket
//	log/               postgres.log and one older postgres.log.1
//	pgbin/             binaries, if they had to be fetched
package pgembed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Config says where and how PostgreSQL runs. Only Dir is required.
type Config struct {
	// Dir is the data directory of the product. It is created with mode 0700
	// if missing.
	Dir string
	// Bin is a folder with postgres and initdb of version 15 or later. If it
	// is empty they are looked for in PATH and in the usual places, and at
	// last fetched into Dir/pgbin.
	Bin string
	// RepositoryURL is the Maven repository to fetch binaries from; empty is
	// the public one. It must be https unless it is on this machine.
	RepositoryURL string
	// Settings are further PostgreSQL settings, name to value. They win over
	// the defaults of this package, but what keeps the cluster closed and its
	// log free of values cannot be set (ErrSetting).
	Settings map[string]string
	// NoSync gives up durability for speed. For throw-away clusters only.
	NoSync bool
	// Logger is told of restarts and recoveries; nil is silence.
	Logger *slog.Logger

	testingOnly seams
}

// seams are the places where tests reach in; the zero value is production.
type seams struct {
	noSearch   bool   // as if no binaries were on the machine
	keepOrphan bool   // PostgreSQL survives us, as it would without a death signal
	anySpace   bool   // skip the look at free space before writing
	loudLog    bool   // PostgreSQL's own defaults for its log
	restarts   int    // failed starts in a row until giving up, 0 for the default
	duringInit func() // called when a creation has begun
}

// A Server is a running PostgreSQL. Its methods may be called from several
// goroutines.
type Server struct {
	cfg      Config
	at       layout
	who      account
	bin      installation
	password string
	log      *logFile
	lock     *os.File
	runDir   *os.File

	life  context.Context // ends when Stop is called
	end   context.CancelFunc
	first chan error    // result of the first start
	ended chan struct{} // closed when the keeper has nothing left to watch
	done  chan error

	mu       sync.Mutex
	stopping bool
	now      *run

	stopOnce sync.Once
	stopped  chan struct{}
	stopErr  error
}

// Start creates the cluster on first use, starts it and returns when it
// answers. The context bounds the start only. On error nothing runs and
// nothing is half made; the error is one of this package's Err values or
// wraps what the system said.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if err := checkSettings(cfg.Settings); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil || cfg.Dir == "" {
		return nil, fmt.Errorf("starting PostgreSQL: no data directory given (%q)", cfg.Dir)
	}
	s := &Server{cfg: cfg, at: layout{dir}, first: make(chan error, 1), ended: make(chan struct{}),
		done: make(chan error, 1), stopped: make(chan struct{})}
	s.life, s.end = context.WithCancel(context.Background())
	if err := s.prepare(ctx); err != nil {
		s.end()
		s.release()
		return nil, err
	}
	go s.keep()
	if err := s.awaitFirst(ctx); err != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
		defer cancel()
		return nil, errors.Join(err, s.Stop(stop))
	}
	return s, nil
}

// prepare does all that comes before the first PostgreSQL process.
func (s *Server) prepare(ctx context.Context) (err error) {
	if err = makeDir(s.at.dir); err != nil {
		return err
	}
	if s.lock, err = lockDir(s.at); err != nil {
		return err
	}
	if s.who, err = chooseAccount(s.at); err != nil {
		return err
	}
	if err = makeFolders(s.at, s.who); err != nil {
		return diskOr(s.at.dir, err)
	}
	if s.bin, err = s.binaries(ctx); err != nil {
		return err
	}
	if err = s.ensureCluster(ctx); err != nil {
		return err
	}
	if s.runDir, err = os.Open(s.at.run()); err != nil {
		return fmt.Errorf("opening the socket folder: %w", err)
	}
	s.log, err = openLog(s.at.log())
	return diskOr(s.at.dir, err)
}

// awaitFirst waits until the first start has succeeded and the superuser can
// sign in.
func (s *Server) awaitFirst(ctx context.Context) error {
	select {
	case err := <-s.first:
		if err != nil {
			return err
		}
		return s.ping(ctx)
	case <-ctx.Done():
		return fmt.Errorf("starting PostgreSQL in %s: %w; nothing was lost, start again and allow more time", s.at.data(), ctx.Err())
	}
}

// URL returns the connection URL, for libpq and pgx, of a database for a user
// over the Unix socket. It holds the password, so it must not be logged. It is
// valid until Stop.
func (s *Server) URL(database, user, password string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Path: "/" + database}
	u.RawQuery = url.Values{"host": {s.socketDir()}, "port": {strconv.Itoa(port)}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// SuperuserURL is URL for the superuser of the cluster. A serving process
// should use it for set-up only.
func (s *Server) SuperuserURL(database string) string {
	return s.URL(database, superuser, s.password)
}

// Version returns the version of the binaries in use, such as "15.18".
func (s *Server) Version() string { return s.bin.version }

// PID returns the process id of the running PostgreSQL, or 0 while there is
// none.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return 0
	}
	return s.now.pid
}

// Done yields one error if PostgreSQL ended and could not be started again
// after several tries (ErrGaveUp), and is closed then or after Stop. Single
// deaths are repaired without a word here: connections break and may be
// opened again a moment later.
func (s *Server) Done() <-chan error { return s.done }

// Stop ends PostgreSQL, rolling back what is open and writing all that is
// committed to its files, and gives the directory free. When the context ends
// first PostgreSQL is ended the hard way, which loses nothing that was
// committed and costs time at the next start. Further calls wait for the
// first and return its error.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() {
		defer close(s.stopped)
		s.stopErr = s.stop(ctx)
		s.release()
	})
	<-s.stopped
	return s.stopErr
}

// release gives back what prepare took, the lock last.
func (s *Server) release() {
	if s.log != nil {
		_ = s.log.Close() // the log is an aid; a lost line must not fail a stop
	}
	closeAll(s.runDir)
	unlock(s.lock)
}

// pause waits for d or until the context ends.
func pause(ctx context.Context, d time.Duration) {
	t, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-t.Done()
}

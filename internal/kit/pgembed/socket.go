package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// port only names the socket; nothing listens on the network.
const port = 5432

// longestSocketPath is what the kernel takes.
const longestSocketPath = 107

// socketName is the file that PostgreSQL makes in its socket folder.
var socketName = ".s.PGSQL." + strconv.Itoa(port)

// socketDir returns a path of the socket folder that is short enough for
// every client on this machine. Below a deep directory it leads through the
// folder that this process keeps open: that needs no folder elsewhere, and it
// is open to the same user (and root) only, like the folder itself.
func (s *Server) socketDir() string {
	if path := s.at.run(); len(filepath.Join(path, socketName)) <= longestSocketPath {
		return path
	}
	return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), s.runDir.Fd())
}

// clearSocket removes the socket of a dead server, for the reason given at
// removeStalePID.
func clearSocket(run string) error {
	for _, name := range []string{socketName, socketName + ".lock"} {
		if err := os.Remove(filepath.Join(run, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the socket of a dead server: %w", err)
		}
	}
	return nil
}

// ping signs in as the superuser.
func (s *Server) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.SuperuserURL("postgres"))
	if err == nil {
		return conn.Close(ctx)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "28P01" || pg.Code == "28000") {
		return fmt.Errorf("%w: PostgreSQL does not accept the one in %s. Nothing was changed. "+
			"Put the file back from the backup that the database came from, or have a new one set by starting after: rm %s",
			ErrPassword, s.at.password(), s.at.password())
	}
	// pgx names the URL without its password.
	return fmt.Errorf("signing in to the new PostgreSQL: %w", err)
}

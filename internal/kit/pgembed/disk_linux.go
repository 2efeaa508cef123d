package pgembed

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sys/unix"
)

// Free bytes below which nothing is begun: a new cluster takes 40 MiB and as
// much again as it begins to work; a start may take one WAL segment.
const (
	roomForInit  = 96 << 20
	roomForStart = 24 << 20
)

// diskFull is SQLSTATE disk_full.
const diskFull = "53100"

// FreeBytes returns how many bytes an ordinary user can still write on the
// file system that holds dir.
func FreeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("asking for the free space of %s: %w", dir, err)
	}
	return st.Bavail * uint64(st.Bsize), nil
}

// IsDiskFull says whether an error, of this package, of a statement or of the
// system, means that there is no room on the disk.
func IsDiskFull(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, ErrDiskFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		errors.As(err, &pg) && pg.Code == diskFull
}

// saysDiskFull looks for the two messages of the C library in a program's
// output (in English, by the environment that we give).
func saysDiskFull(text string) bool {
	return strings.Contains(text, "No space left on device") || strings.Contains(text, "Disk quota exceeded")
}

// diskOr returns err, as ErrDiskFull with sizes if that is what it means.
func diskOr(dir string, err error) error {
	if err == nil || errors.Is(err, ErrDiskFull) || !IsDiskFull(err) && !saysDiskFull(err.Error()) {
		return err
	}
	free, _ := FreeBytes(dir) // 0 is what the message means anyway
	return errDiskFull(dir, free, 0, err)
}

// needSpace refuses before anything is written.
func (s *Server) needSpace(need uint64) error {
	if s.cfg.testingOnly.anySpace {
		return nil
	}
	free, err := FreeBytes(s.at.dir)
	if err == nil && free < need {
		err = errDiskFull(s.at.dir, free, need, nil)
	}
	return err
}

func errDiskFull(dir string, free, need uint64, cause error) error {
	text := fmt.Sprintf("%d MiB are free on the file system of %s", free>>20, dir)
	if need > 0 {
		text += fmt.Sprintf(", and %d MiB are needed", need>>20)
	}
	text += ". Nothing that was stored is lost. Free some space and start again. To see what takes it, run: du -xh -d2 " + dir
	if cause != nil {
		return fmt.Errorf("%w: %s (%w)", ErrDiskFull, text, cause)
	}
	return fmt.Errorf("%w: %s", ErrDiskFull, text)
}

package pgembed

import (
	"errors"
	"fmt"
	"strings"
)

// What can go wrong in a way that an operator can mend. Errors of this package
// wrap one of these; their text says what happened to what, that nothing was
// lost, and what to run.
var (
	// ErrInUse: another instance works in the directory.
	ErrInUse = errors.New("the data directory is in use")
	// ErrNoBinaries: PostgreSQL is neither on the machine nor to be fetched.
	ErrNoBinaries = errors.New("no usable PostgreSQL")
	// ErrVersion: the cluster was made by another major version than the
	// binaries found.
	ErrVersion = errors.New("PostgreSQL version does not fit the data")
	// ErrDiskFull: no room on the file system of the directory.
	ErrDiskFull = errors.New("the disk is full")
	// ErrNoAccount: there is no user that PostgreSQL could run as.
	ErrNoAccount = errors.New("no user to run PostgreSQL as")
	// ErrOwner: the files of the cluster belong to someone else.
	ErrOwner = errors.New("the data belongs to another user")
	// ErrUnreachable: the user that PostgreSQL runs as may not execute the
	// binaries.
	ErrUnreachable = errors.New("the PostgreSQL binaries cannot be reached")
	// ErrNotCluster: Dir/postgres holds something else than a cluster.
	ErrNotCluster = errors.New("not a PostgreSQL data directory")
	// ErrPassword: the superuser's password is not the one in the file.
	ErrPassword = errors.New("the superuser's password does not fit")
	// ErrGaveUp: PostgreSQL ended and did not start again.
	ErrGaveUp = errors.New("PostgreSQL does not start again")
	// ErrSetting: a setting that this package keeps for itself.
	ErrSetting = errors.New("setting may not be changed")
)

func errInUse(dir string, pid int) error {
	if pid <= 0 {
		return fmt.Errorf("%w: another process works in %s. Nothing was changed. "+
			"Stop that one first, or give this one another directory. To see it, run: fuser -v %s/lock", ErrInUse, dir, dir)
	}
	return fmt.Errorf("%w: process %d already works in %s. Nothing was changed. "+
		"Stop that one first, or give this one another directory. To stop it, run: kill %d", ErrInUse, pid, dir, pid)
}

func errStuck(dir string, pids []int) error {
	if len(pids) == 0 {
		return fmt.Errorf("%w: a PostgreSQL that cannot be seen from here, perhaps in another container, works in %s. "+
			"Nothing was changed. Stop that container. To see more on the host, run: fuser -v %s", ErrInUse, dir, dir)
	}
	list := strings.Trim(fmt.Sprint(pids), "[]")
	return fmt.Errorf("%w: a PostgreSQL of an earlier run works in %s and does not end. "+
		"Nothing was changed. To end it, run as root: kill -9 %s", ErrInUse, dir, list)
}

func errNoBinaries(why string) error {
	return fmt.Errorf("%w: %s. Nothing was changed. Install version %d or later, on Debian with: "+
		"apt-get install --no-install-recommends postgresql", ErrNoBinaries, why, oldestMajor)
}

func errUnreachable(bin string, who account) error {
	return fmt.Errorf("%w: user %s may not run %s, because of the permissions of that folder or of one above it. "+
		"Nothing was changed. Install PostgreSQL for all users, on Debian with: "+
		"apt-get install --no-install-recommends postgresql", ErrUnreachable, who, bin)
}

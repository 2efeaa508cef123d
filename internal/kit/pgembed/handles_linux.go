package pgembed

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A child sees its files under these names. A path through /proc/self/fd is
// followed to the open file itself, so no folder above it is entered: this is
// how PostgreSQL works below a folder that its user may not enter.
const (
	childFirst  = "/proc/self/fd/3"
	childSecond = "/proc/self/fd/4"
	childThird  = "/proc/self/fd/5"
)

// memory returns an unnamed file with the given text that the account may read
// and nobody can change: secrets and rules for a child, never on a disk.
func memory(name, text string, who account) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("making a file in memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), name)
	if _, err = f.WriteString(text); err == nil {
		err = f.Chmod(0o400)
	}
	if err == nil && who.drop {
		err = f.Chown(int(who.uid), int(who.gid))
	}
	if err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making a file in memory: %w", err), f.Close())
	}
	return f, nil
}

// tryFlock takes the lock of an open folder. The lock belongs to the open file
// that a child inherits, so it lasts until the last process that holds the
// file is gone, whoever its parent is: a lock that can be taken proves that no
// PostgreSQL is left in the folder.
func tryFlock(f *os.File) (taken bool, err error) {
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("locking %s: %w; the data must lie on a local file system", f.Name(), err)
	}
	return true, nil
}

// unlock gives a lock back at once. Closing alone does so when the last copy is
// closed, and a process that we are just starting has copies for a moment.
func unlock(f *os.File) {
	if f != nil {
		_ = unix.Flock(int(f.Fd()), unix.LOCK_UN) // closing does it otherwise
		_ = f.Close()                             // only read or locked: nothing to lose
	}
}

func closeAll(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close() // read, or written in memory: nothing to lose
		}
	}
}

// sameFile says whether two paths lead to one file or folder.
func sameFile(path string, want *syscall.Stat_t) bool {
	var st syscall.Stat_t
	return syscall.Stat(path, &st) == nil && st.Dev == want.Dev && st.Ino == want.Ino
}

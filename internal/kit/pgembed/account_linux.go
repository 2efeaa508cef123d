package pgembed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user that PostgreSQL runs as.
type account struct {
	uid, gid uint32
	name     string
	drop     bool // we are root and become this user for the child
}

func (a account) String() string {
	if a.name != "" {
		return a.name
	}
	return strconv.Itoa(int(a.uid))
}

// own gives a path of ours to the account. It never follows a link.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("giving a folder to user %s: %w", a, err)
	}
	return nil
}

// chooseAccount picks the owner of the existing cluster, so that a user that
// appears later (by installing a package) changes nothing; else ourselves;
// else, for root, which PostgreSQL refuses, postgres or nobody.
func chooseAccount(l layout) (account, error) {
	owner, exists, err := ownerOf(l.data())
	if err != nil {
		return account{}, err
	}
	me := os.Geteuid()
	if me != 0 {
		return chooseOrdinary(l, owner, exists, me)
	}
	if exists {
		if owner.uid == 0 {
			return account{}, fmt.Errorf("%w: %s belongs to root, and PostgreSQL refuses to run as root. "+
				"Nothing was changed. Give it back to its user, for example with: chown -R postgres: %s", ErrOwner, l.data(), l.data())
		}
		owner.drop = true
		return owner, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if a, err := lookup(user.Lookup(name)); err == nil && a.uid != 0 {
			a.drop = true
			return a, nil
		}
	}
	return account{}, fmt.Errorf("%w: this is root, and there is neither a user postgres nor nobody. "+
		"Nothing was changed. Make one with: useradd --system postgres", ErrNoAccount)
}

func chooseOrdinary(l layout, owner account, exists bool, me int) (account, error) {
	if exists && int(owner.uid) != me {
		return account{}, fmt.Errorf("%w: %s belongs to user %s, and this is user %d. Nothing was changed. "+
			"Start as that user or as root, or run once as root: chown -R %d %s", ErrOwner, l.data(), owner, me, me, l.dir)
	}
	a, err := lookup(user.LookupId(strconv.Itoa(me)))
	switch {
	case err == nil:
		return a, nil
	case exists: // only the creation needs a name
		return account{uid: uint32(me), gid: uint32(os.Getegid())}, nil
	}
	return account{}, fmt.Errorf("%w: user id %d has no name on this machine, and creating a database needs one. "+
		"Nothing was changed. Make one as root with: useradd --uid %d recourse", ErrNoAccount, me, me)
}

func ownerOf(path string) (a account, exists bool, err error) {
	info, err := os.Stat(path) // a link to another disk is fine
	if errors.Is(err, fs.ErrNotExist) {
		return account{}, false, nil
	}
	if err != nil {
		return account{}, false, fmt.Errorf("looking at %s: %w", path, err)
	}
	st := info.Sys().(*syscall.Stat_t)
	a = account{uid: st.Uid, gid: st.Gid}
	if u, err := user.LookupId(strconv.Itoa(int(st.Uid))); err == nil {
		a.name = u.Username
	}
	return a, true, nil
}

func lookup(u *user.User, err error) (account, error) {
	if err != nil {
		return account{}, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, err
	}
	return account{uid: uint32(uid), gid: uint32(gid), name: u.Username}, nil
}

// command prepares a PostgreSQL program to run as the account. The files
// become descriptors 3, 4, … of the child, so that it reaches them without a
// way through the folders above. The child gets the signal when the thread
// that started it ends, so the caller must stay on its thread.
func (a account) command(ctx context.Context, death syscall.Signal, files []*os.File, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = "/"
	// Nothing of our environment: PG* variables would change behaviour, and
	// messages must be in English to be understood.
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.ExtraFiles = files
	// A session of its own: the interrupt key of a terminal is for us.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: death, Setsid: true}
	if a.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

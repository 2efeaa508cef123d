package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
)

// Diagnosis is one thing that doctor looked at.
type Diagnosis struct {
	About string // what was looked at
	Found string // what there is
	Fix   string // what to do; empty where all is well
	Warns bool   // Fix is advice: the installation starts without it
}

// Diagnose looks at everything an installation needs, in the order in which an
// operator must mend it: what comes later cannot be judged before. It changes
// nothing and stops at the first that makes the rest meaningless.
func Diagnose(ctx context.Context, c Config) []Diagnosis {
	var out []Diagnosis
	for _, look := range []func(context.Context, *Config) Diagnosis{
		aboutConfig, aboutFolder, aboutRoom, aboutPostgres, aboutPack, aboutVault, aboutMail, aboutAddress,
	} {
		out = append(out, look(ctx, &c))
	}
	return out
}

func aboutConfig(_ context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "configuration", Found: "mode " + string(c.Mode)}
	if err := c.Check(); err != nil {
		d.Fix = err.Error()
	}
	return d
}

func aboutFolder(_ context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "data folder", Found: c.DataDir}
	info, err := os.Stat(c.DataDir)
	if errors.Is(err, os.ErrNotExist) {
		d.Found += " (not there yet; it is made at the first start)"
		if syscall.Access(filepath.Dir(filepath.Clean(c.DataDir)), 2) != nil {
			d.Fix = fmt.Sprintf("make it for the user that will serve: mkdir -m 0700 %s", c.DataDir)
		}
		return d
	}
	switch {
	case err != nil:
		d.Fix = "it cannot be looked at: run doctor as the user that will serve"
	case !info.IsDir():
		d.Fix = "it is a file: choose another --data-dir"
	case syscall.Access(c.DataDir, 2) != nil:
		d.Fix = "this user may not write there: run as its owner"
	case info.Mode().Perm()&0o077 != 0:
		d.Fix, d.Warns = fmt.Sprintf("others on this machine can look into it: chmod 0700 %s", c.DataDir), true
	}
	return d
}

func aboutRoom(_ context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "room on disk"}
	at := c.DataDir
	if _, err := os.Stat(at); err != nil {
		at = filepath.Dir(filepath.Clean(at))
	}
	free, err := pgembed.FreeBytes(at)
	if err != nil {
		d.Found, d.Fix = "not known", "make the data folder's parent first"
		return d
	}
	d.Found = fmt.Sprintf("%d MiB free, writing stops below %d MiB", free>>20, c.MinFreeMiB)
	if free>>20 < 2*c.MinFreeMiB {
		d.Fix = fmt.Sprintf("make room: at least %d MiB are needed to go on writing", 2*c.MinFreeMiB)
	}
	return d
}

func aboutPostgres(ctx context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "PostgreSQL"}
	if c.Database.URL != "" {
		pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: c.Database.URL, MaxSize: 1})
		if err != nil {
			d.Found, d.Fix = "the server of database-url", "it cannot be reached: check the address, and that the login may make roles"
			return d
		}
		pool.Close()
		d.Found = "the server of database-url answers"
		return d
	}
	dir, version, err := pgembed.Find(c.Database.Bin)
	if err != nil {
		d.Found, d.Fix, d.Warns = "none on this machine; it would be fetched at the first start", "to use Debian's: sudo apt-get install -y postgresql", true
		return d
	}
	d.Found = "version " + version + " in " + dir
	return d
}

func aboutPack(ctx context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "jurisdiction pack"}
	pack, err := packInForce(ctx, c)
	if pack == nil && err == nil {
		pack, err = LoadPack(c.Pack) // to begin with
	}
	if err != nil {
		d.Found, d.Fix = c.Pack, err.Error()
		return d
	}
	d.Found = pack.Version
	if err := fitForMode(pack, c.Mode); err != nil {
		d.Fix = err.Error()
	} else if n := len(pack.Unverified()); n > 0 {
		d.Found += fmt.Sprintf(" (%d numbers unverified: sandbox only)", n)
	}
	return d
}

func aboutVault(_ context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "vault", Found: "in this process, root keys in files"}
	if c.VaultC.Socket != "" {
		d.Found = "at " + c.VaultC.Socket
		conn, err := net.DialTimeout("unix", c.VaultC.Socket, 2*time.Second)
		if err != nil {
			d.Fix = "nothing answers there: start it with: recourse vault serve"
			return d
		}
		_ = conn.Close()
		return d
	}
	if c.Mode == Production && !c.VaultC.AcceptWeakErasure {
		d.Fix = "files cannot prove that no backup of a root key exists; set vault-kms-file-accept-weak-erasure to accept that, and every receipt will say so"
	}
	return d
}

func aboutMail(_ context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "e-mail", Found: "a folder of files (sandbox)"}
	if c.SMTP.Host == "" {
		return d
	}
	at := net.JoinHostPort(c.SMTP.Host, fmt.Sprint(c.SMTP.Port))
	d.Found = at
	conn, err := net.DialTimeout("tcp", at, 3*time.Second)
	if err != nil {
		d.Fix, d.Warns = "the mail server does not answer; letters wait in the inbox and announcements are tried again", true
		return d
	}
	_ = conn.Close()
	return d
}

func aboutAddress(_ context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "address", Found: c.Listen}
	if r, err := ReadRunning(c.DataDir); err == nil && syscall.Kill(r.PID, 0) == nil {
		d.Found = "being served at " + r.URL
		return d
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		d.Fix = "another program listens there, or this user may not: choose another --listen"
		return d
	}
	_ = l.Close()
	return d
}

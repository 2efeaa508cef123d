package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"recourse/internal/kit/authkit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
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
		aboutConfig, aboutFolder, aboutRoom, aboutPostgres, aboutPack, aboutCalendar, aboutDesks, aboutVault, aboutSignIn, aboutMail, aboutAddress,
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
	switch half := c.whole(); {
	case half != nil:
		d.Fix = "a restore into it did not come to its end: run the same recourse restore again"
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

// ahead is how many days before a year begins its calendar is missed.
const ahead = 60

func aboutCalendar(ctx context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "calendar"}
	pack, err := packInForce(ctx, c)
	if pack == nil && err == nil {
		pack, err = LoadPack(c.Pack)
	}
	if err != nil {
		d.Found = "not known: there is no pack" // which another line says
		return d
	}
	d.Found = cmp.Or(pack.CalendarVersion(), "none: nothing counts working days")
	if y, missing := pack.Unpublished(pack.Today((&clock.Clock{}).Now()), ahead); missing {
		d.Fix, d.Warns = missingYear(y), true
	}
	return d
}

func missingYear(y int) string {
	return fmt.Sprintf("the working days of %d are not published in the pack: clocks that need them end as early as they can, and letters and deliveries that need them are refused. Add calendar/%d.csv and activate the pack", y, y)
}

// aboutDesks lists the desks that cannot be filled (rules D5): who accepts records
// before they are owes decisions that nobody can take. In a sandbox it is advice.
func aboutDesks(ctx context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "desks", Found: "not known: nothing is being served from this folder"}
	pack, err := packInForce(ctx, c)
	if err != nil || pack == nil {
		return d
	}
	gaps, codes, err := unfilled(ctx, c.DataDir, pack)
	if err != nil {
		d.Fix, d.Warns = "they cannot be looked at now: "+err.Error(), true
		return d
	}
	d.Found = "each can be filled for the records of every source"
	if len(gaps) == 0 {
		return d
	}
	d.Found, d.Warns = fmt.Sprintf("%d cannot be filled", len(gaps)), c.Mode == Sandbox
	var lacks []string
	for _, g := range gaps {
		whose := "of every source"
		if len(g.Sources) > 0 {
			of := make([]string, len(g.Sources))
			for i, s := range g.Sources {
				of[i] = codes[s]
			}
			whose = "of " + strings.Join(of, ", ")
		}
		lacks = append(lacks, fmt.Sprintf("%s lacks %d for records %s", g.Desk, g.Lacks, whose))
	}
	d.Fix = "appoint people before the first record is accepted, of another body by a dated mandate where this one is too small (recourse clerk appoint): " + strings.Join(lacks, "; ")
	return d
}

// unfilled returns the desks of an installation that cannot be filled, and the codes
// of its bodies.
func unfilled(ctx context.Context, dataDir string, pack *law.Pack) ([]party.Gap, map[ref.Body]string, error) {
	desk, err := OpenDesk(ctx, dataDir)
	if err != nil {
		return nil, nil, err
	}
	defer desk.Close()
	codes, err := partypg.NewStore(desk.pool, nil).BodyCodes(ctx)
	if err != nil {
		return nil, nil, err
	}
	seats, err := desk.Mandates.Seats(ctx, desk.Today())
	if err != nil {
		return nil, nil, err
	}
	return gaps(seats, codes, pack), codes, nil
}

// gaps are the desks that some seats cannot fill for the records of every source.
func gaps(seats []party.Seat, codes map[ref.Body]string, pack *law.Pack) []party.Gap {
	var sources []ref.Body
	for id, code := range codes {
		if b, ok := pack.Body(code); ok && b.May(law.Furnisher) {
			sources = append(sources, id)
		}
	}
	slices.SortFunc(sources, func(a, b ref.Body) int { return cmp.Compare(codes[a], codes[b]) })
	desks := []party.Desk{party.Decides, party.Reviews, party.Posts}
	if slices.ContainsFunc(pack.Routes(), func(r law.Route) bool { return r.Kind != law.ByTime && r.Decides != law.BySource }) {
		desks = append(desks, party.Repairs)
	}
	return party.Unfilled(seats, desks, sources)
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

// aboutSignIn asks each provider what it shows. One that is away stops nobody from
// starting, and nobody can sign in there.
func aboutSignIn(ctx context.Context, c *Config) Diagnosis {
	d := Diagnosis{About: "sign-in"}
	s, err := c.readSignIns()
	if err != nil {
		d.Found, d.Fix = c.SignInFile, err.Error()
		return d
	}
	doors, err := c.doors(s, "https://registry.example.org")
	if err != nil {
		d.Found, d.Fix = c.SignInFile, err.Error()
		return d
	}
	d.Found = fmt.Sprintf("%d providers", len(doors))
	if s.Persons == nil && c.Mode == Sandbox {
		d.Found += ", and the sandbox's own for persons"
	}
	if keys, err := authkit.NewPasskeys(cmp.Or(c.BaseURL, "http://"+c.Listen)); err == nil && keys != nil {
		d.Found += "; passkeys for " + keys.Name()
	} else {
		d.Found += "; no passkeys: base-url is not a name"
	}
	for _, door := range doors {
		if err := door.Provider.Look(ctx); err != nil {
			d.Fix, d.Warns = fmt.Sprintf("the provider %s (%s) cannot be used now, and nobody can sign in there: %v", door.Code, door.Provider.Issuer(), errors.Unwrap(err)), true
			return d
		}
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

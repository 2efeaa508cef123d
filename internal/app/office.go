package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/law/lawpg"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/migrations"
)

// Office is where an operator says who may sign packs, and activates what was
// signed. It works as the owner of the database, like migrations do, beside a
// server that runs or without one.
type Office struct {
	desk   *lawpg.Desk
	owner  *pgx.Conn
	mode   Mode
	served string // database of the server that runs; empty where none does
	end    func(context.Context) error
}

// OpenOffice connects as the owner: to the database of the server that runs from
// the data folder, else to that of c.Database, else to the private one, which it
// starts for the time. Where nothing was ever started, mode is that of c.
func OpenOffice(ctx context.Context, c Config, log *slog.Logger) (*Office, error) {
	if err := c.whole(); err != nil {
		return nil, err
	}
	passwords, err := rolePasswords(c.path(rolesFile))
	if err != nil {
		return nil, err
	}
	o := &Office{mode: c.Mode, end: func(context.Context) error { return nil }}
	if r, err := ReadRunning(c.DataDir); err == nil {
		o.mode, o.served = r.Mode, r.URLs.App
		return o, o.beside(ctx, r, passwords)
	}
	super := c.Database.URL
	if super == "" {
		server, err := pgembed.Start(ctx, pgembed.Config{Dir: c.DataDir, Bin: c.Database.Bin, Logger: log})
		if err != nil {
			return nil, err
		}
		super, o.end = server.SuperuserURL("postgres"), server.Stop
	}
	if err := o.alone(ctx, super, c.Database.URL, passwords); err != nil {
		return nil, errors.Join(err, o.Close(context.WithoutCancel(ctx)))
	}
	return o, nil
}

// beside connects where a server is running.
func (o *Office) beside(ctx context.Context, r Running, passwords pgkit.Passwords) error {
	u, err := url.Parse(r.URLs.App)
	if err != nil {
		return fmt.Errorf("the server left no address of its database: restart it")
	}
	owner, err := as(r.URLs.App, strings.TrimPrefix(u.Path, "/"), pgkit.Owner, passwords[pgkit.Owner])
	if err != nil {
		return err
	}
	if err := o.connect(ctx, owner); err != nil {
		return fmt.Errorf("the server that was started from this folder cannot be reached (it may have been killed; start it again): %w", err)
	}
	return nil
}

// alone brings the database to this program's schema first.
func (o *Office) alone(ctx context.Context, super, address string, passwords pgkit.Passwords) error {
	name, err := nameOf(address)
	if err != nil {
		return err
	}
	if err := pgkit.Bootstrap(ctx, super, name, passwords); err != nil {
		return err
	}
	owner, err := as(super, name, pgkit.Owner, passwords[pgkit.Owner])
	if err != nil {
		return err
	}
	if err := pgkit.Migrate(ctx, owner, migrations.FS, migrations.Latest); err != nil {
		return err
	}
	if err := o.connect(ctx, owner); err != nil {
		return err
	}
	mode, err := pgkit.Mode(ctx, o.owner)
	if mode != "" {
		o.mode = Mode(mode)
	}
	return err
}

func (o *Office) connect(ctx context.Context, address string) (err error) {
	if o.owner, err = pgx.Connect(ctx, address); err != nil {
		return pgkit.Clean(err)
	}
	o.desk = desk(o.owner)
	return nil
}

// Close ends the connection, and the database where the office started it.
func (o *Office) Close(ctx context.Context) error {
	var err error
	if o.owner != nil {
		err = o.owner.Close(ctx)
	}
	return errors.Join(err, o.end(ctx))
}

// Now returns the instant that holds in the installation.
func (o *Office) Now(ctx context.Context) (time.Time, error) { return pgkit.Now(ctx, o.owner) }

// Timeline returns what was activated here. ErrNothing where nothing was.
func (o *Office) Timeline(ctx context.Context) (*law.Timeline, error) {
	if n, err := o.desk.Newest(ctx); err != nil {
		return nil, err
	} else if n == 0 {
		return nil, ErrNothing
	}
	return timeline(ctx, &o.desk.Store, o.mode)
}

// ErrNothing is returned where no pack was activated yet.
var ErrNothing = fault.New(fault.NotFound, "E-PACK-NONE", "No pack was activated here yet. Start the server, or activate one with recourse pack activate.")

// Officers returns all officers in the order of their registration.
func (o *Office) Officers(ctx context.Context) ([]law.Officer, error) { return o.desk.Officers(ctx) }

// AddOfficer lets somebody sign packs.
func (o *Office) AddOfficer(ctx context.Context, name, key string) (law.Officer, error) {
	now, err := o.Now(ctx)
	if err != nil {
		return law.Officer{}, err
	}
	officer, err := law.NewOfficer(name, key, now)
	if err != nil {
		return law.Officer{}, err
	}
	return officer, o.desk.AddOfficer(ctx, officer)
}

// EndOfficer lets somebody sign packs no more.
func (o *Office) EndOfficer(ctx context.Context, name string) error {
	now, err := o.Now(ctx)
	if err != nil {
		return err
	}
	return o.desk.EndOfficer(ctx, name, now)
}

// Activate activates a pack, by name or folder, on signatures. In a sandbox it
// takes effect at once unless wait is set.
func (o *Office) Activate(ctx context.Context, name string, signed []law.Signature, wait bool) (law.Activation, error) {
	p, err := readPack(name)
	if err != nil {
		return law.Activation{}, err
	}
	if err := fitForMode(p.Pack, o.mode); err != nil {
		return law.Activation{}, err
	}
	now, err := o.Now(ctx)
	if err != nil {
		return law.Activation{}, err
	}
	officers, err := o.desk.Officers(ctx)
	if err != nil {
		return law.Activation{}, err
	}
	if _, err := law.Countersigned(p.Pack, signed, officers, now); err != nil {
		return law.Activation{}, err
	}
	a, err := o.next(ctx, p.Pack, signed, wait, now)
	if err != nil {
		return law.Activation{}, err
	}
	if err := put(ctx, o.owner, p.Pack); err != nil {
		return law.Activation{}, err
	}
	return a, o.desk.Activate(ctx, a, p.archive)
}

// ErrUnshown is returned where an activation does not reach the public log in time.
var ErrUnshown = fault.New(fault.Unavailable, "E-PACK-UNSHOWN",
	"The version is activated, and the public log does not show it yet: no server publishes, or publishing is stuck. What waits takes effect 30 days and an hour after its activation, so the log must show it within that hour. Start the server or mend its log, and look for it on the page of the log.").By("A9")

// Shown waits until an activation stands under the published checkpoint of the public
// log, for so long, and returns its entry. Where no server runs it is ErrUnshown.
func (o *Office) Shown(ctx context.Context, a law.Activation, most time.Duration) (index uint64, err error) {
	if o.served == "" {
		return 0, ErrUnshown
	}
	pool, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: o.served, MaxSize: 1})
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	event, err := o.desk.Event(ctx, a.Number)
	if err != nil {
		return 0, err
	}
	log := ledgerpg.NewLog(pool)
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		row, err := log.Row(ctx, ledger.Key{Stream: lawpg.Stream(a.Pack.Code), Event: event})
		if err == nil {
			index, _, err = log.Place(ctx, row)
		}
		var p ledger.Published
		if err == nil {
			p, err = log.Published(ctx)
		}
		switch {
		case err == nil && index < p.Size:
			return index, nil
		case err != nil && !errors.Is(err, ledger.ErrEarly) && ctx.Err() == nil:
			return 0, err
		case clock.Wait(ctx, publishEvery) != nil:
			return 0, ErrUnshown
		}
	}
}

// next is the activation that comes after those on the timeline, or founds it.
func (o *Office) next(ctx context.Context, p *law.Pack, signed []law.Signature, wait bool, now time.Time) (law.Activation, error) {
	t, err := o.Timeline(ctx)
	if errors.Is(err, ErrNothing) {
		a := law.Founding(p, law.Signed, now)
		a.Signed = signed
		return a, pgkit.FixMode(ctx, o.owner, string(o.mode), p.Zone.String(), now)
	}
	if err != nil {
		return law.Activation{}, err
	}
	return law.Next(t, p, signed, wait || o.mode == Production, now)
}

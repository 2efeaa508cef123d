// Package housetest gives a test a whole house: a database of its own with the
// roles, schema and grants of production, a vault, and what seals with it.
//
// It promises that nothing in it is made up: the roles are those that the server
// makes, the schema is that of the migrations, the vault is the real one on a
// file store. Each call gives a fresh house; tests may run in parallel. Packages
// that use it call pgtest.Main in their TestMain.
package housetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/test/pgtest"
	"recourse/internal/when"
	"recourse/migrations"
)

// template is the database that every house is cloned from.
const template = "house"

// Zone is the zone of every fixture's legal days.
const Zone = "Asia/Shanghai"

// bodies are codes of the pack of Hubei, so that rooms may use either.
var bodies = []string{"hubei-credit-centre", "hubei-market", "wuhan-market", "hubei-health", "hubei-tax", "hubei-pbc", "sample-bank", "wuhan-court", "sample-ombudsman"}

// Fixture is one house. SuperURL goes around the read wall and OwnerURL around
// its grants: for preparing and looking, never for what is tested.
type Fixture struct {
	App, Keeper, Watch *pgxpool.Pool
	OwnerURL, SuperURL string
	Mode               string // "sandbox" or "production"
	Location           *time.Location
	Bodies             map[string]party.Body // by code

	shift atomic.Int64 // nanoseconds between the machine's clock and the house's
}

// Option changes what DB makes.
type Option func(mode *string)

// Production makes a house in which the clock cannot be moved.
func Production() Option { return func(mode *string) { *mode = "production" } }

// DB returns a house in sandbox mode with an empty database. It is closed and
// dropped at the end of the test.
func DB(t testing.TB, options ...Option) *Fixture {
	t.Helper()
	f := &Fixture{Mode: "sandbox", Bodies: map[string]party.Body{}}
	for _, o := range options {
		o(&f.Mode)
	}
	var err error
	if f.Location, err = time.LoadLocation(Zone); err != nil {
		t.Fatal(err)
	}
	server := pgtest.Cluster(t)
	pw := passwords(t, server.SuperuserURL("postgres"))
	pgtest.Template(t, template, func(superURL string) error {
		return build(t.Context(), superURL, server.URL(template, pgkit.Owner, pw[pgkit.Owner]), pw)
	})
	name := pgtest.Database(t, template)
	f.SuperURL, f.OwnerURL = server.SuperuserURL(name), server.URL(name, pgkit.Owner, pw[pgkit.Owner])
	if err := own(t.Context(), f.SuperURL, name); err != nil {
		t.Fatal(err)
	}
	f.asOwner(t, func(owner *pgx.Conn) error { return pgkit.FixMode(t.Context(), owner, f.Mode, Zone, time.Now()) })
	for role, pool := range map[string]**pgxpool.Pool{pgkit.App: &f.App, pgkit.Keeper: &f.Keeper, pgkit.Watch: &f.Watch} {
		if *pool, err = pgkit.Open(t.Context(), pgkit.PoolConfig{URL: server.URL(name, role, pw[role]), MaxSize: 20}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup((*pool).Close)
	}
	codes, err := partypg.NewStore(f.App, nil).BodyCodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id, code := range codes {
		f.Bodies[code] = party.Body{ID: id, Code: code}
	}
	return f
}

// passwords derives the roles' passwords from the cluster's own random one, so
// that every process that shares a cluster has the same.
func passwords(t testing.TB, superURL string) pgkit.Passwords {
	t.Helper()
	u, err := url.Parse(superURL)
	if err != nil {
		t.Fatal("the superuser's address cannot be read")
	}
	secret, _ := u.User.Password()
	pw := pgkit.Passwords{}
	for _, role := range []string{pgkit.Owner, pgkit.App, pgkit.Keeper, pgkit.Watch} {
		sum := sha256.Sum256([]byte(role + "\x00" + secret))
		pw[role] = hex.EncodeToString(sum[:])
	}
	return pw
}

// build makes the template as the server makes its database at first start, up
// to its mode.
func build(ctx context.Context, superURL, ownerURL string, pw pgkit.Passwords) error {
	if err := pgkit.Bootstrap(ctx, superURL, template, pw); err != nil {
		return err
	}
	if err := own(ctx, superURL, template); err != nil {
		return err
	}
	if err := pgkit.Migrate(ctx, ownerURL, migrations.FS, migrations.Latest); err != nil {
		return err
	}
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = owner.Close(ctx) }()
	list, err := party.MintBodies(rand.Reader, bodies)
	if err != nil {
		return err
	}
	return partypg.PutBodies(ctx, owner, list)
}

// own gives a database the owner and rights that pgkit.Bootstrap gives: a copy
// of a template does not inherit them.
func own(ctx context.Context, superURL, name string) error {
	conn, err := pgx.Connect(ctx, superURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	db := pgx.Identifier{name}.Sanitize()
	_, err = conn.Exec(ctx, "alter database "+db+" owner to "+pgkit.Owner+"; revoke all on database "+db+" from public; grant connect on database "+db+
		" to "+pgkit.App+", "+pgkit.Keeper+", "+pgkit.Watch)
	return err
}

// Now returns the instant that holds in the house, as the server's clock would.
func (f *Fixture) Now() time.Time {
	return time.Now().Add(time.Duration(f.shift.Load())).UTC().Truncate(time.Microsecond)
}

// Today returns the legal day of Now.
func (f *Fixture) Today() when.Date { return when.In(f.Now(), f.Location) }

// Move moves the sandbox's clock by so much from where it is.
func (f *Fixture) Move(t testing.TB, by time.Duration) {
	t.Helper()
	shift := time.Duration(f.shift.Add(int64(by)))
	f.asOwner(t, func(owner *pgx.Conn) error { return pgkit.SetShift(t.Context(), owner, shift) })
}

func (f *Fixture) asOwner(t testing.TB, do func(*pgx.Conn) error) {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), f.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	if err := do(owner); err != nil {
		t.Fatal(err)
	}
}

// MoveTo moves the sandbox's clock so that the legal day is today; the time of
// day stays.
func (f *Fixture) MoveTo(t testing.TB, today when.Date) {
	t.Helper()
	f.Move(t, time.Duration(today-f.Today())*24*time.Hour)
}

// Exec runs one statement as the superuser, around the wall.
func (f *Fixture) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), f.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Ask returns the one value that a query yields to the superuser.
func Ask[T any](t testing.TB, f *Fixture, sql string, args ...any) (value T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), f.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

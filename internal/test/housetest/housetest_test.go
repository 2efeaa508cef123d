package housetest_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestDB_isAWholeHouse(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	if len(f.Bodies) == 0 || f.Bodies["sample-bank"].ID.IsZero() {
		t.Errorf("bodies %v", f.Bodies)
	}
	for want, pool := range map[string]*pgxpool.Pool{pgkit.App: f.App, pgkit.Keeper: f.Keeper, pgkit.Watch: f.Watch} {
		var is string
		if err := pool.QueryRow(t.Context(), "select current_user").Scan(&is); err != nil || is != want {
			t.Errorf("the pool of %s is %s, %v", want, is, err)
		}
		for _, sql := range []string{"select box from party.person", "create temporary table t (a int)"} {
			if _, err := pool.Exec(t.Context(), sql); pgkit.Code(err) != "42501" { // no privilege
				t.Errorf("%s may: %s (%v)", want, sql, err)
			}
		}
	}
	var owner string
	if owner = housetest.Ask[string](t, f, "select tableowner from pg_tables where schemaname = 'party' and tablename = 'person'"); owner != pgkit.Owner {
		t.Errorf("owner %s", owner)
	}
}

func TestMove_movesTheDatabaseToo(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	f.MoveTo(t, f.Today().AddYears(3))
	var off float64
	if err := f.App.QueryRow(t.Context(), "select abs(extract(epoch from house.now() - $1::timestamptz))::float8", f.Now()).Scan(&off); err != nil || off > 2 {
		t.Errorf("the clocks are %v s apart, %v", off, err)
	}
}

func TestProduction_clockCannotBeMoved(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t, housetest.Production())
	conn, err := pgxpool.New(t.Context(), f.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	c, err := conn.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	if err := pgkit.SetShift(t.Context(), c.Conn(), time.Hour); err == nil {
		t.Error("the clock of a production house was moved")
	}
	keys := housetest.Keys(t, f, housetest.Vault(t, f))
	trip(t, keys, f)
}

func TestKeys_sealAndOpen(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	v := housetest.Vault(t, f)
	trip(t, housetest.Keys(t, f, v), f)
	trip(t, housetest.Keys(t, f, v), f) // a second start
}

// keys is what trip needs.
type keys interface {
	Close(ctx context.Context, contents []seal.Content) ([]seal.Box, error)
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

func trip(t *testing.T, k keys, f *housetest.Fixture) {
	t.Helper()
	s := seal.Subject{Person: ref.Person{1}, Record: ref.Record{2}, Version: 1}
	boxes, err := k.Close(t.Context(), []seal.Content{{Subject: s, Epoch: seal.NewEpoch(seal.Record, f.Today().AddYears(2)), Plain: []byte("sample")}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Open(t.Context(), []seal.Sealed{{Subject: s, Box: boxes[0]}})
	if err != nil || got[0].Gone || string(got[0].Plain) != "sample" {
		t.Errorf("%q, gone %v, %v", got[0].Plain, got[0].Gone, err)
	}
}

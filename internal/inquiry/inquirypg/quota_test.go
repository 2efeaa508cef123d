package inquirypg_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/test/housetest"
)

// TestQuota_atOnce lets several servers give out one day's ceiling at the same time:
// together they give all of it and never more, whatever piece each takes at once.
func TestQuota_atOnce(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	for _, ceiling := range []int{1, 7, 1000} { // by one, by one, by 31
		a := inquiry.Allowance{Body: f.Bodies["sample-bank"].ID, Purpose: "sample", Day: f.Today().AddDays(ceiling), Ceiling: ceiling}
		var given atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			server := inquirypg.NewQuota(f.App)
			for range 3 {
				wg.Go(func() {
					for ok := true; ok; {
						var err error
						if ok, err = server.Take(t.Context(), a); err != nil {
							t.Error(err)
						}
						if ok {
							given.Add(1)
						}
					}
				})
			}
		}
		wg.Wait()
		if n := given.Load(); n != int64(ceiling) {
			t.Errorf("%d were given of a ceiling of %d", n, ceiling)
		}
		if n := housetest.Ask[int](t, f, "select taken from inquiry.quota where day = $1", a.Day.Time()); n != ceiling {
			t.Errorf("%d are taken of a ceiling of %d", n, ceiling)
		}
	}
}

// TestQuota_lost gives no more after a server stopped with a piece that it did not use.
func TestQuota_lost(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	a := inquiry.Allowance{Body: f.Bodies["sample-bank"].ID, Purpose: "sample", Day: f.Today(), Ceiling: 64}
	if ok, err := inquirypg.NewQuota(f.App).Take(t.Context(), a); !ok || err != nil { // takes two, and stops
		t.Fatal(ok, err)
	}
	next, n := inquirypg.NewQuota(f.App), 0
	for ok := true; ok; n++ {
		var err error
		if ok, err = next.Take(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if n-1 != 62 {
		t.Errorf("the next server gave %d", n-1)
	}
}

// TestQuota_control reads what is taken and then writes, as two servers without the
// statement's own check would: together they give more than there is.
func TestQuota_control(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	body := f.Bodies["sample-bank"].ID
	f.Exec(t, "insert into inquiry.quota (body, purpose, day, taken) values ($1, 'sample', $2, 0)", body, f.Today().Time())
	give := func(others func()) (given int) {
		err := pgx.BeginFunc(context.Background(), f.App, func(tx pgx.Tx) error {
			var taken int
			if err := tx.QueryRow(t.Context(), "select taken from inquiry.quota where body = $1", body).Scan(&taken); err != nil {
				return err
			}
			others()
			if taken >= 1 {
				return nil
			}
			given = 1
			_, err := tx.Exec(t.Context(), "update inquiry.quota set taken = taken + 1 where body = $1", body)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return given
	}
	second := 0
	first := give(func() { second = give(func() {}) })
	if first+second != 2 {
		t.Errorf("without the check in the statement %d and %d were given of 1", first, second)
	}
}

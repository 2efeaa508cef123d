package furnishpg_test

import (
	"fmt"
	"testing"
	"time"

	"recourse/internal/furnish"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// TestList_isWhole pages through the deliveries of one body, narrowed in every
// way, and compares with what was begun. Several begin at the same instant.
func TestList_isWhole(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx, began := t.Context(), d.Now()
	other, err := (&party.Service{Store: d.Registrar.(party.Store), Chance: d.Chance, Zone: d.Location}).AddClerk(ctx, "wuhan-market", "2", d.Today(), began)
	if err != nil {
		t.Fatal(err)
	}
	var all []furnish.Delivery
	for i := range 23 {
		clerk := d.clerk
		if i%5 == 4 {
			clerk = other
		}
		one := furnish.Delivery{ID: housetest.Mint[ref.Delivery](t), Body: clerk.Body.ID, Clerk: clerk.ID, Key: fmt.Sprint(i), Type: []string{"nurse-licence", "market-penalty"}[i%2],
			Pack: "sample", State: furnish.Running, BegunAt: began.Add(time.Duration(i/3) * time.Minute)}
		if _, _, err := d.Store.Begin(ctx, one); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			one.State, one.EndedAt, one.FileHash = furnish.Done, one.BegunAt, [32]byte{1}
			if err := d.Store.End(ctx, one); err != nil {
				t.Fatal(err)
			}
		}
		if clerk == d.clerk {
			all = append(all, one)
		}
	}
	since, until := began.Add(2*time.Minute), began.Add(5*time.Minute)
	for name, c := range map[string]struct {
		filter furnish.Filter
		is     func(furnish.Delivery) bool
	}{
		"all":     {furnish.Filter{}, func(furnish.Delivery) bool { return true }},
		"type":    {furnish.Filter{Type: "market-penalty"}, func(x furnish.Delivery) bool { return x.Type == "market-penalty" }},
		"state":   {furnish.Filter{State: furnish.Done}, func(x furnish.Delivery) bool { return x.State == furnish.Done }},
		"time":    {furnish.Filter{Since: since, Until: until}, func(x furnish.Delivery) bool { return !x.BegunAt.Before(since) && x.BegunAt.Before(until) }},
		"nothing": {furnish.Filter{Type: "none"}, func(furnish.Delivery) bool { return false }},
	} {
		want := map[ref.Delivery]bool{}
		for _, x := range all {
			if c.is(x) {
				want[x.ID] = true
			}
		}
		f, last, pages := c.filter, time.Time{}, 0
		for more := true; more; pages++ {
			got, next, err := d.List(ctx, d.clerk, f, 4, began)
			if err != nil || len(got) > 4 || pages > 9 {
				t.Fatal(len(got), pages, err)
			}
			for _, x := range got {
				if !want[x.ID] || !last.IsZero() && x.BegunAt.After(last) {
					t.Errorf("%s: %s is twice, not meant, or out of order", name, x.ID)
				}
				delete(want, x.ID)
				last = x.BegunAt
			}
			more = next != furnish.Cursor{}
			if f.Before, err = furnish.ParseCursor(next.String()); more && err != nil {
				t.Fatal(err)
			}
		}
		if len(want) > 0 {
			t.Errorf("%s: %d are never listed", name, len(want))
		}
	}
	for _, bad := range []string{"x", "1", "1.", ".B-0", "99999999999999999999.x", "1.B-0123"} {
		if _, err := furnish.ParseCursor(bad); err == nil {
			t.Errorf("%q passes for a place in a list", bad)
		}
	}
}

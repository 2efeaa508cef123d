package partypg_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
)

const contests = "/work/contests"

// TestViews_ownAlone: a clerk keeps, renames and removes their own views, and never
// somebody else's.
func TestViews_ownAlone(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	ctx, now := t.Context(), o.Now()
	s := &party.Views{Store: partypg.NewViews(o.App), Chance: rand.Reader}
	save := func(who party.Clerk, list, name string) (party.View, error) {
		return s.Save(ctx, party.View{Clerk: who.ID, List: list, Name: name, Filters: "due=late"}, now)
	}
	names := func(who party.Clerk, list string) string {
		all, err := s.Of(ctx, who.ID, list)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, v := range all {
			out = append(out, v.Name)
		}
		return strings.Join(out, ",")
	}
	late, err := save(o.first, contests, "  Late \n ones ")
	if err != nil || late.Name != "Late ones" {
		t.Fatalf("%+v, %v", late, err)
	}
	if _, err := save(o.first, contests, "Late ones"); code(err) != "E-VIEW-TWICE" {
		t.Errorf("a name twice: %v", err)
	}
	for _, bad := range []string{"", " \t", strings.Repeat("字", 41), "a\x00b", "\xff"} {
		if _, err := save(o.first, contests, bad); code(err) != "E-VIEW-NAME" {
			t.Errorf("named %q: %v", bad, err)
		}
	}
	for _, w := range []struct {
		who        party.Clerk
		list, name string
	}{{o.first, "/work/repairs", "Late ones"}, {o.first, contests, strings.Repeat("字", 40)}, {o.second, contests, "Late ones"}} {
		if _, err := save(w.who, w.list, w.name); err != nil {
			t.Errorf("%s of another list or clerk: %v", w.name, err)
		}
	}
	if got := names(o.first, contests); got != "Late ones,"+strings.Repeat("字", 40) {
		t.Errorf("the list has %q", got)
	}
	if got := names(o.second, ""); got != "Late ones" {
		t.Errorf("another has %q", got)
	}
	if err := s.Rename(ctx, o.second.ID, late.ID, "Mine"); code(err) != "E-VIEW-NONE" {
		t.Errorf("another renames: %v", err)
	}
	if err := s.Remove(ctx, o.second.ID, late.ID); code(err) != "E-VIEW-NONE" {
		t.Errorf("another removes: %v", err)
	}
	if err := s.Rename(ctx, o.first.ID, late.ID, strings.Repeat("字", 40)); code(err) != "E-VIEW-TWICE" {
		t.Errorf("renamed as another: %v", err)
	}
	if err := s.Rename(ctx, o.first.ID, late.ID, "Overdue"); err != nil || !strings.HasPrefix(names(o.first, contests), "Overdue,") {
		t.Errorf("renamed: %v, %q", err, names(o.first, contests))
	}
	if err := s.Remove(ctx, o.first.ID, late.ID); err != nil || strings.Contains(names(o.first, contests), "Overdue") {
		t.Errorf("removed: %v, %q", err, names(o.first, contests))
	}
	if err := s.Remove(ctx, o.first.ID, late.ID); code(err) != "E-VIEW-NONE" {
		t.Errorf("removed twice: %v", err)
	}
}

// TestViews_atMostTwenty, and none of somebody who left.
func TestViews_atMostTwenty(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	ctx, now := t.Context(), o.Now()
	s := &party.Views{Store: partypg.NewViews(o.App), Chance: rand.Reader}
	var last ref.View
	for i := range party.MostViews {
		v, err := s.Save(ctx, party.View{Clerk: o.clerk.ID, List: contests, Name: fmt.Sprint(i), Filters: "due=late"}, now)
		if err != nil {
			t.Fatal(err)
		}
		last = v.ID
	}
	one := party.View{Clerk: o.clerk.ID, List: contests, Name: "one more", Filters: "due=late"}
	if _, err := s.Save(ctx, one, now); code(err) != "E-VIEWS-FULL" {
		t.Errorf("one more: %v", err)
	}
	if err := s.Remove(ctx, o.clerk.ID, last); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, one, now); err != nil {
		t.Errorf("in place of another: %v", err)
	}
	if err := o.team.Part(ctx, o.first, o.clerk.ID, ref.Clerk{}, now); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Of(ctx, o.clerk.ID, ""); err != nil || len(all) != 0 {
		t.Errorf("who left has %d views, %v", len(all), err)
	}
}

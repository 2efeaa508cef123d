package dossierpg_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

func TestTakeEffect_onceAndOnlyWhenNoticed(t *testing.T) {
	t.Parallel()
	h := open(t)
	effect := h.Now().Add(time.Hour)
	for _, c := range []struct {
		name, state string
		want        bool
	}{
		{"noticed", "", true},
		{"withdrawn", "state = 'withdrawn', box = null, nonce = null, mark = null", false},
		{"expired", "state = 'expired'", false},
		{"erased", "state = 'erased', erased_at = now(), box = null, nonce = null, mark = null", false},
		{"in force", "state = 'in force', effect_at = now()", false},
	} {
		r := h.add(t, true)
		if c.state != "" {
			h.Exec(t, "update dossier.record set "+c.state+" where record = $1", r)
		}
		before, was := h.row(t, r), h.events(t, "dossier.took-effect")
		for _, want := range []bool{c.want, false} {
			if moved, err := h.keeper.TakeEffect(t.Context(), dossier.Told{Person: h.person, Record: r, Version: 1}, effect, h.Now()); moved != want || err != nil {
				t.Errorf("%s: moved %v, %v", c.name, moved, err)
			}
		}
		after, events := h.row(t, r), h.events(t, "dossier.took-effect")-was
		if c.want && (after.State != "in force" || !after.Effect || events != 1) || !c.want && (after != before || events != 0) {
			t.Errorf("%s: from %v to %v with %d events", c.name, before, after, events)
		}
	}
	stranger := housetest.Mint[ref.Person](t)
	if moved, err := h.keeper.TakeEffect(t.Context(), dossier.Told{Person: stranger, Record: h.add(t, true), Version: 1}, effect, h.Now()); moved || err != nil {
		t.Errorf("somebody else's record took effect: %v, %v", moved, err)
	}
	changed := h.add(t, true)
	b := h.batch(t, true)
	b.Changed = []dossier.Written{h.written(t, h.person, changed, 1)}
	h.merge(t, b)
	for version, want := range []bool{1: false, 2: true} {
		if version == 0 {
			continue
		}
		if moved, err := h.keeper.TakeEffect(t.Context(), dossier.Told{Person: h.person, Record: changed, Version: int32(version)}, effect, h.Now()); moved != want || err != nil {
			t.Errorf("the letter of version %d let version 2 take effect: %v, %v", version, moved, err)
		}
	}
}

// What the constraints say of the state machine, whoever writes.
func TestRecord_constraints(t *testing.T) {
	t.Parallel()
	h := open(t)
	const content, none = "nonce = '\\x000000000000000000000000', box = '\\x00', mark = '\\x00000000000000000000000000000000'", "nonce = null, box = null, mark = null"
	for _, c := range []struct {
		set   string
		legal bool
	}{
		{"state = 'noticed', effect_at = null, " + content, true},
		{"state = 'noticed', effect_at = now(), " + content, false},
		{"state = 'in force', effect_at = now(), " + content, true},
		{"state = 'in force', effect_at = null, " + content, false},
		{"state = 'in force', effect_at = now(), " + none, false},
		{"state = 'withdrawn', effect_at = null, " + none, true},
		{"state = 'withdrawn', effect_at = now(), " + none, true},
		{"state = 'withdrawn', effect_at = now(), " + content, false},
		{"state = 'withdrawn', erased_at = now(), " + none, false},
		{"state = 'expired', effect_at = now(), " + content, true},
		{"state = 'expired', effect_at = now(), " + none, false},
		{"state = 'erased', erased_at = now(), " + none, true},
		{"state = 'erased', erased_at = null, " + none, false},
		{"state = 'erased', erased_at = now(), " + content, false},
		{"state = 'erased', erased_at = now(), nonce = null, box = null", false},
		{"state = 'corrected'", false},
		{"version = 0", false},
		{"display_end = start_on - 1", false},
		{"retain_end = display_end - 1", false},
		{"display_end = start_on, retain_end = start_on", true},
		{"mark = '\\x00'", false},
		{"nonce = '\\x00'", false},
	} {
		r := h.add(t, false)
		_, err := h.superExec(t, "update dossier.record set "+c.set+" where record = $1", r)
		if (err == nil) != c.legal || err != nil && pgkit.Code(err) != pgkit.CheckViolation {
			t.Errorf("%s: %v", c.set, err)
		}
	}
}

// standing is one question to both models.
type standing struct {
	dossier.Standing
	Now time.Time
}

// drawStanding likes instants and days that touch.
func drawStanding(t *rapid.T, zone *time.Location) standing {
	s := standing{Now: time.UnixMicro(rapid.Int64Range(631_152_000_000_000, 3_471_292_800_000_000).Draw(t, "now")).UTC()} // 1990 to 2080
	if rapid.Bool().Draw(t, "at midnight") {
		s.Now = when.In(s.Now, zone).Start(zone).UTC().Add(time.Duration(rapid.Int64Range(-1, 1).Draw(t, "off")) * time.Microsecond)
	}
	s.State = rapid.SampledFrom([]dossier.State{dossier.Noticed, dossier.InForce, dossier.InForce, dossier.InForce, dossier.Withdrawn, dossier.Expired, dossier.Erased}).Draw(t, "state")
	if rapid.IntRange(0, 5).Draw(t, "has effect") > 0 {
		near := rapid.Int64Range(-2, 2).Draw(t, "near")
		far := rapid.SampledFrom([]int64{0, 0, -1, 1}).Draw(t, "far")
		s.EffectAt = s.Now.Add(time.Duration(near)*time.Microsecond + time.Duration(far)*100*24*time.Hour)
	}
	s.DisplayEnd = when.In(s.Now, zone).AddDays(rapid.SampledFrom([]int{-400, -1, 0, 1, 400}).Draw(t, "days"))
	return s
}

// The model in Go says the same as the rule in SQL, for the legal day that
// either computes.
func TestVisible_modelAgrees(t *testing.T) {
	t.Parallel()
	h := open(t)
	seen := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) standing { return drawStanding(t, h.Location) }), 1, 30).Draw(rt, "standings")
		var states, zones []string
		var effects []*time.Time
		var ends []time.Time
		var nows []time.Time
		for i := range list {
			s := &list[i]
			states, ends, nows, zones = append(states, string(s.State)), append(ends, s.DisplayEnd.Time()), append(nows, s.Now), append(zones, housetest.Zone)
			effects = append(effects, nil)
			if !s.EffectAt.IsZero() {
				effects[i] = &s.EffectAt
			}
		}
		rows, err := h.App.Query(t.Context(), `select coalesce(dossier.visible(u.state, u.effect, u.display_end, u.now, (u.now at time zone u.zone)::date), false)
			from unnest($1::text[], $2::timestamptz[], $3::date[], $4::timestamptz[], $5::text[]) with ordinality as u(state, effect, display_end, now, zone, n) order by u.n`,
			states, effects, ends, nows, zones)
		if err != nil {
			rt.Fatal(err)
		}
		defer rows.Close()
		for i := 0; rows.Next(); i++ {
			var sql bool
			if err := rows.Scan(&sql); err != nil {
				rt.Fatal(err)
			}
			s, today := list[i], when.In(list[i].Now, h.Location)
			if got := s.Visible(s.Now, today); got != sql {
				rt.Fatalf("Go says %v, SQL %v of %+v", got, sql, s)
			}
			if sql && s.On(today) != dossier.InForce || s.State == dossier.InForce && s.DisplayEnd < today && s.On(today) != dossier.Expired {
				rt.Fatalf("%+v is %s on %s", s, s.On(today), today)
			}
			seen[fmt.Sprintf("%v", sql)]++
		}
		if err := rows.Err(); err != nil {
			rt.Fatal(err)
		}
	})
	if seen["true"] == 0 || seen["false"] == 0 {
		t.Errorf("only one answer was met: %v", seen)
	}
}

// The control: a model that is wrong in one point is found out.
func TestVisible_control(t *testing.T) {
	t.Parallel()
	h := open(t)
	now := h.Now()
	day := when.In(now, h.Location)
	s := dossier.Standing{State: dossier.InForce, EffectAt: now, DisplayEnd: day}
	for _, c := range []struct {
		name  string
		now   time.Time
		today when.Date
	}{{"at the instant of its effect, on its last day", now, day}, {"a microsecond early", now.Add(-time.Microsecond), day}, {"a day late", now, day + 1}} {
		var sql bool
		if err := h.App.QueryRow(t.Context(), "select dossier.visible('in force', $1, $2, $3, $4)", s.EffectAt, s.DisplayEnd.Time(), c.now, c.today.Time()).Scan(&sql); err != nil {
			t.Fatal(err)
		}
		if want := c.now.Equal(now) && c.today == day; sql != want || s.Visible(c.now, c.today) != want {
			t.Errorf("%s: SQL %v, Go %v", c.name, sql, s.Visible(c.now, c.today))
		}
	}
	strict := !now.Before(s.EffectAt.Add(time.Microsecond)) // "after" instead of "not before"
	if diff := cmp.Diff(strict, s.Visible(now, day)); diff == "" {
		t.Error("a model that is strict where the rule is not would not be found out")
	}
}

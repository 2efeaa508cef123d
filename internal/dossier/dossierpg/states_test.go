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
		{"withdrawn", "state = 'withdrawn', box = null, nonce = null, mark = null, weight = null", false},
		{"expired", "state = 'expired'", false},
		{"erased", "state = 'erased', erased_at = now(), box = null, nonce = null, mark = null, weight = null", false},
		{"in force", "state = 'in force', effect_at = now()", false},
	} {
		r := h.add(t, true)
		if c.state != "" {
			h.Exec(t, "update dossier.record set "+c.state+" where record = $1", r)
		}
		before, was := h.row(t, r), h.events(t, "dossier.took-effect")
		for _, want := range []bool{c.want, false} {
			if moved, err := h.takeEffect(t, h.person, r, 1, effect); moved != want || err != nil {
				t.Errorf("%s: moved %v, %v", c.name, moved, err)
			}
		}
		after, events := h.row(t, r), h.events(t, "dossier.took-effect")-was
		if c.want && (after.State != "in force" || !after.Effect || events != 1) || !c.want && (after != before || events != 0) {
			t.Errorf("%s: from %v to %v with %d events", c.name, before, after, events)
		}
	}
	stranger := housetest.Mint[ref.Person](t)
	if moved, err := h.takeEffect(t, stranger, h.add(t, true), 1, effect); moved || err != nil {
		t.Errorf("somebody else's record took effect: %v, %v", moved, err)
	}
	changed := h.add(t, true)
	b := h.batch(t, true)
	worse := h.written(t, h.person, changed, 1)
	worse.Worse = true
	b.Changed = []dossier.Written{worse}
	h.merge(t, b)
	for version, want := range []bool{1: false, 2: true} {
		if version == 0 {
			continue
		}
		if moved, err := h.takeEffect(t, h.person, changed, int32(version), effect); moved != want || err != nil {
			t.Errorf("the letter of version %d let version 2 take effect: %v, %v", version, moved, err)
		}
	}
}

// An end of the time to answer that comes earlier counts, a later one does not; a
// letter that came back makes the record wait again, and only its own letter.
func TestTakeEffect_earlierAndBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	r, far := h.add(t, true), h.Now().AddDate(0, 0, 45)
	at := func() string {
		return housetest.Ask[string](t, h.Fixture, "select state || coalesce(' ' || extract(epoch from effect_at - $2)::bigint, '') from dossier.record where record = $1", r, far)
	}
	back := func(version int32) bool {
		ok, err := h.keeper.TakeBack(t.Context(), dossier.Told{Person: h.person, Record: r, Version: version}, h.Now())
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for i, step := range []struct {
		do   func() bool
		want bool
		then string
	}{
		{func() bool { return back(1) }, false, "noticed"},
		{func() bool { ok, _ := h.takeEffect(t, h.person, r, 1, far); return ok }, true, "in force 0"},
		{func() bool { ok, _ := h.takeEffect(t, h.person, r, 1, far.Add(time.Minute)); return ok }, false, "in force 0"},
		{func() bool { ok, _ := h.takeEffect(t, h.person, r, 1, far.Add(-time.Minute)); return ok }, true, "in force -60"},
		{func() bool { return back(2) }, false, "in force -60"},
		{func() bool { return back(1) }, true, "noticed"},
		{func() bool { ok, _ := h.takeEffect(t, h.person, r, 1, far.Add(time.Minute)); return ok }, true, "in force 60"},
	} {
		if got := step.do(); got != step.want || at() != step.then {
			t.Errorf("step %d: moved %v, then %s; want %v and %s", i+1, got, at(), step.want, step.then)
		}
	}
	if n := h.events(t, "dossier.took-effect"); n != 3 {
		t.Errorf("%d events of three moves", n)
	}
}

// takeEffect lets one record take effect.
func (h house) takeEffect(t *testing.T, p ref.Person, r ref.Record, version int32, effect time.Time) (bool, error) {
	t.Helper()
	n, err := h.keeper.TakeEffect(t.Context(), []dossier.Told{{Person: p, Record: r, Version: version}}, effect, h.Now())
	return n == 1, err
}

// What the constraints say of the state machine, whoever writes.
func TestRecord_constraints(t *testing.T) {
	t.Parallel()
	h := open(t)
	const content, none = "nonce = '\\x000000000000000000000000', box = '\\x00', mark = '\\x00000000000000000000000000000000'", "nonce = null, box = null, mark = null"
	const weight = "weight = '\\x00000000000000000000000000000000'"
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
		{"state = 'repaired', ended_at = now(), ended_why = 'repaired', ended_rule = 'sample', " + none, true},
		{"state = 'repaired', " + none, false},
		{"ended_at = now(), ended_why = 'repaired', ended_rule = 'sample'", false},
		{"state = 'withdrawn', ended_at = now(), " + none, false},
		{"state = 'expired', effect_at = now(), " + content, true},
		{"state = 'expired', effect_at = now(), " + none, false},
		{"state = 'erased', erased_at = now(), " + none, true},
		{"state = 'erased', erased_at = null, " + none, false},
		{"state = 'erased', erased_at = now(), " + content, false},
		{"state = 'erased', erased_at = now(), nonce = null, box = null", false},
		{"state = 'corrected'", false},
		{weight, true},
		{"weight = '\\x00'", false},
		{"state = 'withdrawn', effect_at = null, " + weight + ", " + none, false},
		{"told = 1", true},
		{"told = 2", false},
		{"told = -1", false},
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
	if rapid.IntRange(0, 2).Draw(t, "is hidden") > 0 {
		s.HideFrom, s.Why = drawNear(t, s.Now, "hide from"), rapid.SampledFrom([]dossier.HideWhy{dossier.Overdue, dossier.Unverifiable}).Draw(t, "why")
		if rapid.Bool().Draw(t, "ends") {
			s.HideUntil = s.HideFrom.Add(time.Duration(rapid.Int64Range(0, 3).Draw(t, "hidden for")) * time.Microsecond)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "is late") == 0 {
		s.LateFrom = drawNear(t, s.Now, "late from")
		if rapid.Bool().Draw(t, "late no more") {
			s.LateUntil = s.LateFrom.Add(time.Duration(rapid.Int64Range(0, 3).Draw(t, "late for")) * time.Microsecond)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "is stayed") == 0 {
		s.StayFrom = drawNear(t, s.Now, "stay from")
		if rapid.Bool().Draw(t, "stay ends") {
			s.StayUntil = s.StayFrom.Add(time.Duration(rapid.Int64Range(0, 3).Draw(t, "stayed for")) * time.Microsecond)
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "is disputed") > 0 {
		s.DisputedFrom = drawNear(t, s.Now, "disputed from")
		if rapid.Bool().Draw(t, "is over") {
			s.DisputedUntil = s.DisputedFrom.Add(time.Duration(rapid.Int64Range(0, 3).Draw(t, "disputed for")) * time.Microsecond)
		}
	}
	days := rapid.SampledFrom([]int{-400, -1, 0, 1, 400})
	s.DisplayEnd = when.In(s.Now, zone).AddDays(days.Draw(t, "days"))
	if s.AtOnce.There = rapid.Bool().Draw(t, "at once"); s.AtOnce.There && s.State != dossier.InForce && rapid.Bool().Draw(t, "unheard") {
		s.AtOnce.UnheardUntil = when.In(s.Now, zone).AddDays(days.Draw(t, "unheard days"))
	}
	return s
}

// drawNear likes instants that touch.
func drawNear(t *rapid.T, now time.Time, name string) time.Time {
	far := rapid.SampledFrom([]int64{0, 0, 0, -1, 1}).Draw(t, name+" far")
	return now.Add(time.Duration(rapid.Int64Range(-2, 2).Draw(t, name))*time.Microsecond + time.Duration(far)*100*24*time.Hour)
}

// The model in Go says the same as the rule in SQL, for the legal day that
// either computes.
func TestVisible_modelAgrees(t *testing.T) {
	t.Parallel()
	h := open(t)
	seen := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) standing { return drawStanding(t, h.Location) }), 1, 30).Draw(rt, "standings")
		var states, zones, whys []string
		var effects, hideFrom, hideUntil, from, until, lateFrom, lateUntil, stayFrom, stayUntil []*time.Time
		var ends, nows []time.Time
		var unheard []*time.Time
		var atOnce []bool
		for i := range list {
			s := &list[i]
			states, ends, nows, zones = append(states, string(s.State)), append(ends, s.DisplayEnd.Time()), append(nows, s.Now), append(zones, housetest.Zone)
			effects, hideFrom, hideUntil = append(effects, pgkit.Given(s.EffectAt)), append(hideFrom, pgkit.Given(s.HideFrom)), append(hideUntil, pgkit.Given(s.HideUntil))
			from, until, whys = append(from, pgkit.Given(s.DisputedFrom)), append(until, pgkit.Given(s.DisputedUntil)), append(whys, string(s.Why))
			lateFrom, lateUntil = append(lateFrom, pgkit.Given(s.LateFrom)), append(lateUntil, pgkit.Given(s.LateUntil))
			stayFrom, stayUntil = append(stayFrom, pgkit.Given(s.StayFrom)), append(stayUntil, pgkit.Given(s.StayUntil))
			atOnce, unheard = append(atOnce, s.AtOnce.There), append(unheard, nil)
			if s.AtOnce.UnheardUntil != 0 {
				day := s.AtOnce.UnheardUntil.Time()
				unheard[i] = &day
			}
		}
		rows, err := h.App.Query(t.Context(), `select coalesce(dossier.visible(u.state, u.effect, u.display_end, u.hide_from, u.hide_until, u.late_from, u.late_until, u.stay_from, u.stay_until, u.now, (u.now at time zone u.zone)::date), false),
				dossier.disputed(u.disputed_from, u.disputed_until, u.now),
				dossier.stands(u.state, least(u.display_end, u.unheard), nullif(u.why, ''), u.hide_from, u.hide_until, u.now, (u.now at time zone u.zone)::date),
				dossier.at_once(u.at_once, u.state, u.display_end, u.unheard, u.hide_from, u.hide_until, u.late_from, u.late_until, u.stay_from, u.stay_until, u.now, (u.now at time zone u.zone)::date)
			from unnest($1::text[], $2::timestamptz[], $3::date[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::boolean[], $14::date[], $15::timestamptz[], $16::timestamptz[])
				with ordinality as u(state, effect, display_end, now, zone, hide_from, hide_until, disputed_from, disputed_until, why, late_from, late_until, at_once, unheard, stay_from, stay_until, n) order by u.n`,
			states, effects, ends, nows, zones, hideFrom, hideUntil, from, until, whys, lateFrom, lateUntil, atOnce, unheard, stayFrom, stayUntil)
		if err != nil {
			rt.Fatal(err)
		}
		defer rows.Close()
		for i := 0; rows.Next(); i++ {
			var sql, disputed, stands, once bool
			if err := rows.Scan(&sql, &disputed, &stands, &once); err != nil {
				rt.Fatal(err)
			}
			if got := list[i].VisibleAtOnce(list[i].Now, when.In(list[i].Now, h.Location)); got != once || once && !stands {
				rt.Fatalf("Go says at once %v, SQL %v, stands %v, of %+v", got, once, stands, list[i])
			}
			seen[fmt.Sprintf("at once %v", once)]++
			if got := list[i].Stands(list[i].Now, when.In(list[i].Now, h.Location)); got != stands || sql && !stands {
				rt.Fatalf("Go says stands %v, SQL %v, shown %v, of %+v", got, stands, sql, list[i])
			}
			if got := list[i].Disputed(list[i].Now); got != disputed {
				rt.Fatalf("Go says disputed %v, SQL %v of %+v", got, disputed, list[i])
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
	if seen["true"] == 0 || seen["false"] == 0 || seen["at once true"] == 0 {
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
		if err := h.App.QueryRow(t.Context(), "select dossier.visible('in force', $1, $2, null, null, null, null, null, null, $3, $4)", s.EffectAt, s.DisplayEnd.Time(), c.now, c.today.Time()).Scan(&sql); err != nil {
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

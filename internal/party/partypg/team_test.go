package partypg_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// teamed is an office whose heads say who may what.
type teamed struct {
	office
	team *party.Team
}

func openTeamed(t *testing.T) teamed {
	t.Helper()
	o := openOffice(t)
	mandates := partypg.NewMandates(o.App, housetest.Publisher(nil))
	may := func(body string, d party.Desk) bool { return d != party.Decides }
	return teamed{o, &party.Team{Store: partypg.NewTeam(o.App, housetest.Publisher(nil)), Mandates: mandates, Chance: rand.Reader, Zone: o.Location, May: may}}
}

// put puts a motion as the first head; it must be taken.
func (o teamed) put(t *testing.T, m party.Motion) party.Motion {
	t.Helper()
	put, err := o.team.Put(t.Context(), o.first, m, o.Now())
	if err != nil {
		t.Fatal(err)
	}
	return put
}

// carried puts a motion and has it seconded.
func (o teamed) carried(t *testing.T, m party.Motion) string {
	t.Helper()
	_, code, err := o.team.Second(t.Context(), o.second, o.put(t, m).ID, o.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// token gives somebody a token and returns who it opens as, whenever it is asked.
func (o teamed) token(t *testing.T, who party.Clerk) func(now time.Time) (party.Clerk, error) {
	t.Helper()
	token, err := o.service.IssueToken(t.Context(), who.ID, o.Now(), o.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return func(now time.Time) (party.Clerk, error) {
		return o.service.Authenticate(t.Context(), party.Bearer(token), now)
	}
}

// TestDoors_needAMandate: without a mandate that holds today nobody is let in, at any
// door; with one for another desk nobody is looked for.
func TestDoors_needAMandate(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	ctx, now := t.Context(), o.Now()
	token, err := o.service.IssueToken(ctx, o.clerk.ID, now, now.AddDate(2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	pass, _, err := o.service.SignInClerk(ctx, token, party.Entered{Way: party.ByToken}, now)
	if err != nil {
		t.Fatal(err)
	}
	all := func() (door, asks, page error) {
		_, door = o.service.Authenticate(ctx, party.Bearer(token), now)
		_, asks = o.service.Admit(ctx, party.Bearer(token), now, nil)
		_, page = o.service.ClerkSession(ctx, pass, now)
		return door, asks, page
	}
	if door, asks, page := all(); errors.Join(door, asks, page) != nil {
		t.Fatalf("with mandates: %v %v %v", door, asks, page)
	}
	end := func(d party.Desk) {
		t.Helper()
		if err := o.team.Dismiss(ctx, o.first, o.clerk.ID, d, now); err != nil {
			t.Fatal(err)
		}
	}
	end(party.Asks)
	if door, asks, page := all(); door != nil || !errors.Is(asks, party.ErrMandate) || page != nil {
		t.Errorf("who only sends records: %v %v %v", door, asks, page)
	}
	if _, err := o.service.At(ctx, party.Furnishes, party.Bearer(token), now); err != nil {
		t.Errorf("who sends records may not: %v", err)
	}
	end(party.Furnishes)
	if door, asks, page := all(); !errors.Is(door, party.ErrMandate) || !errors.Is(asks, party.ErrMandate) || !errors.Is(page, party.ErrSession) {
		t.Errorf("without a mandate: %v %v %v", door, asks, page)
	}
	o.carried(t, party.Motion{Kind: party.AppointTo, Clerk: o.clerk.ID, Desks: []party.Desk{party.Asks}, Until: o.Today().AddDays(3)})
	if door, asks, page := all(); errors.Join(door, asks, page) != nil {
		t.Errorf("appointed again: %v %v %v", door, asks, page)
	}
	last := o.Today().AddDays(4).Start(o.Location)
	for at, want := range map[time.Time]error{last.Add(-time.Microsecond): nil, last: party.ErrMandate} {
		if _, err := o.service.Authenticate(ctx, party.Bearer(token), at); !errors.Is(err, want) {
			t.Errorf("at %s: %v", at, err)
		}
	}
}

// TestTeam_needsTwoHeads: nothing changes before another head has seconded it, and
// nobody gives themselves anything.
func TestTeam_needsTwoHeads(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	ctx, now := t.Context(), o.Now()
	ask := party.Motion{Kind: party.AppointTo, Clerk: o.clerk.ID, Desks: []party.Desk{party.Heads}, Until: o.Today().AddDays(30)}
	for name, c := range map[string]struct {
		who  party.Clerk
		m    party.Motion
		want string
	}{
		"a clerk":                {o.clerk, ask, "E-HEAD"},
		"a head of before":       {o.former, ask, "E-HEAD"},
		"another body's head":    {o.elsewhere, ask, "E-CLERK-NONE"},
		"for oneself":            {o.first, party.Motion{Kind: party.AppointTo, Clerk: o.first.ID, Desks: ask.Desks, Until: ask.Until}, "E-MOTION-OWN"},
		"a training for oneself": {o.first, party.Motion{Kind: party.Train, Clerk: o.first.ID, Until: ask.Until}, "E-MOTION-OWN"},
		"no desk":                {o.first, party.Motion{Kind: party.AppointTo, Clerk: o.clerk.ID, Until: ask.Until}, "E-DESK"},
		"not of the law":         {o.first, party.Motion{Kind: party.AppointTo, Clerk: o.clerk.ID, Desks: []party.Desk{party.Decides}, Until: ask.Until}, "E-DESK-BODY"},
		"too long":               {o.first, party.Motion{Kind: party.AppointTo, Clerk: o.clerk.ID, Desks: ask.Desks, Until: o.Today().AddDays(401)}, "E-TERM"},
		"over":                   {o.first, party.Motion{Kind: party.Train, Clerk: o.clerk.ID, Until: o.Today().AddDays(-1)}, "E-TERM"},
		"leave without anyone":   {o.first, party.Motion{Kind: party.GrantLeave, Clerk: o.clerk.ID, From: o.Today(), Until: o.Today()}, "E-STAND-IN"},
		"leave long gone":        {o.first, party.Motion{Kind: party.GrantLeave, Clerk: o.clerk.ID, From: o.Today().AddDays(-1), Until: o.Today(), StandIn: o.first.ID}, "E-LEAVE"},
		"a number":               {o.first, party.Motion{Kind: party.Invite, Desks: ask.Desks, Until: ask.Until, Trained: ask.Until}, "E-STAFF"},
		"untrained":              {o.first, party.Motion{Kind: party.Invite, Staff: "new", Desks: ask.Desks, Until: ask.Until}, "E-TRAINED"},
	} {
		if _, err := o.team.Put(ctx, c.who, c.m, now); code(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	m := o.put(t, ask)
	now = o.Now()
	if holds, err := o.team.Mandates.Holds(ctx, o.clerk.ID, party.Heads, o.Today()); holds || err != nil {
		t.Fatalf("a motion that waits gives a right: %v", err)
	}
	for name, c := range map[string]struct {
		who  party.Clerk
		want string
	}{"who put it": {o.first, "E-MOTION-ALONE"}, "who it is about": {o.clerk, "E-HEAD"}, "another body's head": {o.elsewhere, "E-MOTION-NONE"}} {
		if _, _, err := o.team.Second(ctx, c.who, m.ID, now); code(err) != c.want {
			t.Errorf("%s seconds: %v", name, err)
		}
	}
	if _, _, err := o.team.Second(ctx, o.second, m.ID, o.Now().Add(14*24*time.Hour)); code(err) != "E-MOTION-OVER" {
		t.Errorf("after fourteen days: %v", err)
	}
	if _, _, err := o.team.Second(ctx, o.second, m.ID, now); err != nil {
		t.Fatal(err)
	}
	if holds, err := o.team.Mandates.Holds(ctx, o.clerk.ID, party.Heads, o.Today()); !holds || err != nil {
		t.Errorf("it was seconded and gives nothing: %v", err)
	}
	if _, _, err := o.team.Second(ctx, o.second, m.ID, now); code(err) != "E-MOTION-OVER" {
		t.Errorf("twice: %v", err)
	}
	dropped := o.put(t, party.Motion{Kind: party.Train, Clerk: o.clerk.ID, Until: o.Today().AddDays(9)})
	if _, err := o.team.Drop(ctx, o.second, dropped.ID, now); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.team.Second(ctx, o.second, dropped.ID, now); code(err) != "E-MOTION-OVER" {
		t.Errorf("seconded what was dropped: %v", err)
	}
	if n := o.count(t, "select count(*) from ledger.journal where kind like 'party.motion-%'"); n != 4 {
		t.Errorf("%d events of motions", n)
	}
}

// TestTeam_invited: new staff come in once, with a code and their number, in its time.
func TestTeam_invited(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	ctx := t.Context()
	invite := party.Motion{Kind: party.Invite, Staff: "new-1", Desks: []party.Desk{party.Asks}, Until: o.Today().AddDays(30), Trained: o.Today().AddDays(60)}
	secret := o.carried(t, invite)
	now := o.Now()
	for name, c := range map[string][2]string{"another number": {secret, "new-2"}, "another code": {secret + "x", "new-1"}} {
		if _, err := o.team.Welcome(ctx, c[0], c[1], now); !errors.Is(err, party.ErrInvitation) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.team.Welcome(ctx, secret, "new-1", o.Now().Add(7*24*time.Hour)); !errors.Is(err, party.ErrInvitation) {
		t.Errorf("after a week: %v", err)
	}
	token, err := o.team.Welcome(ctx, secret, "new-1", now)
	if err != nil {
		t.Fatal(err)
	}
	who, err := o.service.At(ctx, party.Asks, party.Bearer(token), now)
	if err != nil || who.StaffNumber != "new-1" || who.Desks.Has(party.Furnishes) || who.TrainedUntil != invite.Trained {
		t.Errorf("came in as %+v, %v", who, err)
	}
	if _, err := o.team.Welcome(ctx, secret, "new-1", now); !errors.Is(err, party.ErrInvitation) {
		t.Errorf("a second time: %v", err)
	}
	if _, _, err := o.team.Second(ctx, o.second, o.put(t, invite).ID, now); !errors.Is(err, party.ErrStaffKnown) {
		t.Errorf("the number of somebody who is there: %v", err)
	}
	if n := o.count(t, "select count(*) from party.training where clerk = $1 and noted_by = $2 and seconded_by = $3", [16]byte(who.ID), [16]byte(o.first.ID), [16]byte(o.second.ID)); n != 1 {
		t.Errorf("%d training records", n)
	}
}

// TestTeam_leave: who is away holds nothing and who stands in holds it for them, in
// those days alone.
func TestTeam_leave(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	from := o.Today().AddDays(2)
	stand := o.elsewhereOf(t)
	o.carried(t, party.Motion{Kind: party.GrantLeave, Clerk: o.clerk.ID, From: from, Until: from.AddDays(3), StandIn: stand.ID})
	away, there := o.token(t, o.clerk), o.token(t, stand)
	for day := 1; day < 8; day++ {
		at := o.Today().AddDays(day).Start(o.Location).Add(12 * time.Hour)
		on := day >= 2 && day <= 5
		_, err := away(at)
		if errors.Is(err, party.ErrMandate) != on || !on && err != nil {
			t.Errorf("day %d: who is away: %v", day, err)
		}
		who, err := there(at)
		if err != nil || who.Desks.Has(party.Asks) != on {
			t.Errorf("day %d: who stands in works at %q, %v", day, who.Desks, err)
		}
	}
	if err := o.team.Return(t.Context(), o.first, o.clerk.ID, o.Now()); err != nil {
		t.Fatal(err)
	}
	noon := from.Start(o.Location).Add(12 * time.Hour)
	if _, err := away(noon); err != nil {
		t.Errorf("back early: %v", err)
	}
	if who, err := there(noon); err != nil || who.Desks.Has(party.Asks) {
		t.Errorf("who stood in works at %q, %v", who.Desks, err)
	}
}

// elsewhereOf is a colleague who only prints letters.
func (o teamed) elsewhereOf(t *testing.T) party.Clerk {
	t.Helper()
	c, err := o.service.AddClerk(t.Context(), "sample-bank", "clerk-2", o.Today().AddYears(2), o.Now())
	if err != nil {
		t.Fatal(err)
	}
	o.carried(t, party.Motion{Kind: party.AppointTo, Clerk: c.ID, Desks: []party.Desk{party.Posts}, Until: o.Today().AddDays(100)})
	for _, d := range []party.Desk{party.Asks, party.Furnishes} {
		if err := o.team.Dismiss(t.Context(), o.first, c.ID, d, o.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// TestTeam_part: who leaves is let in nowhere at once, whatever they hold; what they put
// lapses, and who took over is known.
func TestTeam_part(t *testing.T) {
	t.Parallel()
	o := openTeamed(t)
	ctx, now := t.Context(), o.Now()
	k := o.key(t)
	if _, err := o.ring.Ask(ctx, o.first, k, now); err != nil {
		t.Fatal(err)
	}
	if _, err := o.ring.Confirm(ctx, o.second, k.ID, now); err != nil || !o.signs(t, k, now) {
		t.Fatal(err)
	}
	in := o.token(t, o.clerk)
	own, err := o.team.Put(ctx, o.clerk, party.Motion{Kind: party.GrantLeave, Clerk: o.clerk.ID, From: o.Today(), Until: o.Today(), StandIn: o.first.ID}, now)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		who party.Clerk
		to  ref.Clerk
		is  string
	}{"another clerk": {o.elsewhere, ref.Clerk{}, "E-CLERK-NONE"}, "to themselves": {o.first, o.clerk.ID, "E-HANDED-TO"}, "to another body": {o.first, o.elsewhere.ID, "E-HANDED-TO"}} {
		if err := o.team.Part(ctx, c.who, o.clerk.ID, c.to, now); code(err) != c.is {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.team.Part(ctx, o.clerk, o.clerk.ID, o.first.ID, now); err != nil {
		t.Fatal(err)
	}
	if _, err := in(now); !errors.Is(err, party.ErrToken) || o.signs(t, k, now) {
		t.Errorf("who left is let in: %v", err)
	}
	if m, err := o.team.Find(ctx, o.first, o.clerk.ID, now); err != nil || m.EndedAt.IsZero() || m.HandedTo != o.first.ID {
		t.Errorf("%+v, %v", m, err)
	}
	if _, _, err := o.team.Second(ctx, o.second, own.ID, now); code(err) != "E-MOTION-OVER" {
		t.Errorf("what they put: %v", err)
	}
	if err := o.team.Part(ctx, o.first, o.clerk.ID, ref.Clerk{}, now); code(err) != "E-CLERK-NONE" {
		t.Errorf("a second time: %v", err)
	}
	code := o.carried(t, party.Motion{Kind: party.Invite, Staff: "clerk-1", Desks: []party.Desk{party.Asks}, Until: o.Today(), Trained: o.Today()})
	if _, err := o.team.Welcome(ctx, code, "clerk-1", o.Now()); err != nil {
		t.Errorf("invited again: %v", err)
	}
	if _, err := in(now); !errors.Is(err, party.ErrToken) {
		t.Errorf("the old token: %v", err)
	}
}

// TestTeam_lastHead: two heads who leave at the same time do not both leave; without the
// lock they would.
func TestTeam_lastHead(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(o teamed, who party.Clerk) error{
		"leaving": func(o teamed, who party.Clerk) error {
			return o.team.Part(t.Context(), who, who.ID, ref.Clerk{}, o.Now())
		},
		"dismissed": func(o teamed, who party.Clerk) error {
			return o.team.Dismiss(t.Context(), o.first, who.ID, party.Heads, o.Now())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openTeamed(t)
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for i, who := range []party.Clerk{o.first, o.second} {
				wg.Go(func() { errs[i] = do(o, who) })
			}
			wg.Wait()
			refused := slices.IndexFunc(errs, func(err error) bool { return err != nil })
			if refused < 0 || errs[1-refused] != nil || !errors.Is(errs[refused], party.ErrLastHead) && code(errs[refused]) != "E-HEAD" {
				t.Errorf("%v", errs)
			}
			if n := o.count(t, `select count(*) from party.mandate m join party.clerk c using (clerk) where desk = 'head' and body = $1 and m.ended_at is null and c.ended_at is null`, [16]byte(o.first.Body.ID)); n != 1 {
				t.Errorf("%d heads are left", n)
			}
		})
	}
	if !party.LastHead([]ref.Clerk{{1}}, ref.Clerk{1}) || party.LastHead([]ref.Clerk{{1}, {2}}, ref.Clerk{1}) || party.LastHead([]ref.Clerk{{2}}, ref.Clerk{1}) || party.LastHead(nil, ref.Clerk{1}) {
		t.Error("the rule of the last head")
	}
}

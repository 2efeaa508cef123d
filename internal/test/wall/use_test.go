package wall_test

import (
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// TestB5_use: a body notes what it did with an answer, once and without a word, and its
// person sees it beside the look; nobody else notes it, and what is kept of it has one
// length, is sealed, and goes with the look.
func TestB5_use(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	ctx, service, p := t.Context(), o.asking(o.App), o.people[0]
	if _, err := o.consent(ctx, p); err != nil {
		t.Fatal(err)
	}
	answer, err := service.Ask(ctx, o.bank, o.request(p, "use-1"), o.Now())
	if err != nil || answer.Outcome != inquiry.Records {
		t.Fatal(answer.Outcome, err)
	}
	other, err := o.party.AddClerk(ctx, "hubei-market", "sample-2", o.Today().AddYears(1), o.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by   party.Clerk
		n    inquiry.Noting
		late time.Duration
		want string
	}{
		"another body":       {other, inquiry.Noting{Stub: answer.Stub, Effect: inquiry.Adverse}, 0, "E-USE-ANSWER"},
		"no stub":            {o.bank, inquiry.Noting{Stub: "x", Effect: inquiry.Adverse}, 0, "E-USE-ANSWER"},
		"too late":           {o.bank, inquiry.Noting{Stub: answer.Stub, Effect: inquiry.Adverse}, 20 * 24 * time.Hour, "E-USE-ANSWER"},
		"in words":           {o.bank, inquiry.Noting{Stub: answer.Stub, Effect: "refused a loan"}, 0, "E-USE"},
		"a copy of a favour": {o.bank, inquiry.Noting{Stub: answer.Stub, Effect: inquiry.Favourable, Given: true}, 0, "E-USE"},
	} {
		if _, err := service.Note(ctx, c.by, c.n, o.Now().Add(c.late)); fault.Of(err).Code != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if used := o.usedOf(t, service, p); used != nil {
		t.Errorf("nothing was noted, and it says %+v", used)
	}
	noted, err := service.Note(ctx, o.bank, inquiry.Noting{Stub: answer.Stub, Effect: inquiry.Adverse}, o.Now())
	if err != nil || noted.CopyBy != o.Today().AddDays(5) {
		t.Fatalf("%+v, %v", noted, err)
	}
	if _, err := service.Note(ctx, o.bank, inquiry.Noting{Stub: answer.Stub, Effect: inquiry.Favourable}, o.Now()); fault.Of(err).Code != "E-USE-NOTED" {
		t.Errorf("noted otherwise: %v", err)
	}
	used := o.usedOf(t, service, p)
	if used == nil || used.Effect != inquiry.Adverse || used.CopyBy != noted.CopyBy || !used.Given.IsZero() || used.Overdue(noted.CopyBy) || !used.Overdue(noted.CopyBy+1) {
		t.Fatalf("the person sees %+v", used)
	}
	if _, err := service.Note(ctx, o.bank, inquiry.Noting{Stub: answer.Stub, Effect: inquiry.Adverse, Given: true}, o.Now()); err != nil {
		t.Fatal(err)
	}
	if used = o.usedOf(t, service, p); used == nil || used.Given.IsZero() || used.Overdue(noted.CopyBy+9) {
		t.Errorf("given, the person sees %+v", used)
	}
	if n := housetest.Ask[int](t, o.Fixture, "select count(*) from ledger.journal where kind = 'inquiry.use-noted' and refs::text not like '%adverse%'"); n != 2 {
		t.Errorf("%d events that do not say what it was", n)
	}
	o.usesAreAlike(t, service)
	o.usesGo(t)
}

// usedOf is what the person sees that was done with the newest answer about them.
func (o *office) usedOf(t *testing.T, s *inquiry.Service, p filed) *inquiry.Use {
	t.Helper()
	looks, err := s.Lookups(t.Context(), p.id, inquiry.Page{Limit: 1}, o.Now())
	if err != nil || len(looks) != 1 {
		t.Fatal(looks, err)
	}
	return looks[0].Used
}

// usesAreAlike notes every effect, of answers about who has a file and about nobody, and
// compares what is kept.
func (o *office) usesAreAlike(t *testing.T, s *inquiry.Service) {
	t.Helper()
	nobody := filed{identity: madeUp(t, 7, o)}
	for i, e := range inquiry.Effects() {
		for _, p := range []filed{o.people[1], nobody} {
			if p.id != (ref.Person{}) {
				if _, err := o.consent(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
			a, err := s.Ask(t.Context(), o.bank, o.request(p, "alike-"+string(e)+p.identity.Number), o.Now())
			if err != nil {
				t.Fatal(i, err)
			}
			if _, err := s.Note(t.Context(), o.bank, inquiry.Noting{Stub: a.Stub, Effect: e}, o.Now()); err != nil {
				t.Errorf("%s of an answer %s: %v", e, a.Outcome, err)
			}
		}
	}
	if shapes := housetest.Ask[int](t, o.Fixture, "select count(distinct (length(box), epoch, body))::int from inquiry.use"); shapes != 1 {
		t.Errorf("what is kept has %d shapes", shapes)
	}
	if n := housetest.Ask[int](t, o.Fixture, "select count(*)::int from inquiry.use u join inquiry.access a using (person, access) where u.epoch = a.epoch"); n != 7 {
		t.Errorf("%d of 7 end with their look", n)
	}
}

// usesGo erases them as the keeper does when the vault forgot their epoch.
func (o *office) usesGo(t *testing.T) {
	t.Helper()
	noted := inquirypg.NewNoted(o.Keeper)
	var all []seal.Held
	for after := []byte(nil); ; {
		some, next, err := noted.Held(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		all, after = append(all, some...), next
	}
	if err := noted.Erase(t.Context(), all, o.Now()); err != nil {
		t.Fatal(err)
	}
	if n := housetest.Ask[int](t, o.Fixture, "select count(*)::int from inquiry.use"); n != 0 || len(all) != 7 {
		t.Errorf("%d of %d are left", n, len(all))
	}
}

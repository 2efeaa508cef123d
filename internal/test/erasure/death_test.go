package erasure_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/estate"
	"recourse/internal/estate/estatepg"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/notice/noticepg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/repair/repairpg"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/vault"
	"recourse/internal/when"
)

// mortal is a house in which deaths are entered, by three officers of one body.
type mortal struct {
	*house
	*estate.Service
	officers [3]party.Clerk
	other    party.Clerk // of another body, who decides too
	consents *consentpg.Store
	id       party.Identity // of the person
	whom     estate.Whom
	keeper   estate.Keeper
	files    *party.Keeper
}

func openMortal(t *testing.T) *mortal {
	t.Helper()
	h := &mortal{house: open(t, newModule()), id: housetest.Sample(t, 1)}
	publisher, mandates := housetest.Publisher(nil), partypg.NewMandates(h.App, housetest.Publisher(nil))
	sessions := partypg.NewSessions(h.App)
	h.parties.Sessions = sessions
	h.whom = estate.Whom{IDType: "cn-id", IDNumber: h.id.Number}
	h.consents = consentpg.NewStore(h.App, publisher)
	h.Service = &estate.Service{Store: estatepg.NewStore(estatepg.Config{Pool: h.App, Publisher: publisher, Forgetter: h.keys, Files: partypg.NewFiles(h.App), Consents: h.consents}),
		Finder: h.parties, Sealer: h.keys, Scanner: unscanned{}, Mandates: mandates, Shelf: law.One(h.pack), Chance: rand.Reader}
	kept := estatepg.NewKeeper(estatepg.Config{Pool: h.Keeper, Publisher: publisher, Forgetter: h.forgets, Files: partypg.NewFiles(h.Keeper)})
	h.keeper = estate.Keeper{Store: kept, Forgetter: h.forgets, Holders: []estate.Holder{kept, inquirypg.NewTraces(h.Keeper), repairpg.NewPapers(h.Keeper), dossierpg.NewStore(h.Keeper, publisher)}}
	h.files = &party.Keeper{Store: partypg.NewKeeperStore(h.Keeper, publisher), Sealer: h.keys, Tokener: h.keys, Forgetter: h.forgets, Lasting: housetest.Lasting(h.Fixture), Chance: rand.Reader}
	for i, to := range []*party.Clerk{&h.officers[0], &h.officers[1], &h.officers[2], &h.other} {
		body := "hubei-credit-centre"
		if to == &h.other {
			body = asker
		}
		var err error
		*to, err = h.parties.AddClerk(t.Context(), body, "death-"+string(rune('1'+i)), h.Today().AddYears(5), h.Now())
		must(t, err)
		must(t, party.Appoint(t.Context(), mandates, party.Mandate{Clerk: to.ID, Desk: party.Decides, Until: h.Today().AddYears(5)}, h.Today(), h.Now()))
	}
	return h
}

func (h *mortal) proposal() estate.Proposal {
	return estate.Proposal{Whom: h.whom, DiedOn: h.Today().AddDays(-3), FileName: "proof.pdf", File: []byte("%PDF-1.7\n1 0 obj\nSAMPLE-PROOF\n%%EOF\n"), Post: "样本继承人\n样本路 1 号", Language: "zh"}
}

// died enters the death of the person.
func (h *mortal) died(t *testing.T) estate.Death {
	t.Helper()
	d, err := h.Propose(t.Context(), h.officers[0], h.proposal(), h.Now())
	must(t, err)
	_, err = h.Proof(t.Context(), h.officers[1], d.ID, h.Now())
	must(t, err)
	d, err = h.Confirm(t.Context(), h.officers[1], d.ID, h.whom, h.Now())
	must(t, err)
	return d
}

// answer asks as a body that may see the type, and says what came back.
func (h *mortal) answer(t *testing.T, p ref.Person, basis inquiry.Basis) inquiry.Outcome {
	t.Helper()
	access := housetest.Mint[ref.Inquiry](t)
	traces, err := h.keys.Close(t.Context(), []seal.Content{{Subject: inquiry.TraceSubject(p, access), Epoch: seal.NewEpoch(seal.Access, h.Today().AddYears(3)), Plain: []byte("SAMPLE-TRACE")}})
	must(t, err)
	got, err := inquirypg.NewStore(h.App).Disclose(t.Context(), inquiry.Ask{Person: p, Access: access, Spare: housetest.Mint[ref.Inquiry](t), Trace: traces[0],
		Now: h.Now(), Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Basis: basis, Right: true, Pack: h.pack.Version, Types: []string{recordType},
		Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
	must(t, err)
	return got.Outcome
}

// allow gives a consent that can be used at once, for as long as the test lives.
func (h *mortal) allow(t *testing.T) {
	t.Helper()
	_, err := h.consents.Put(t.Context(), consent.Given{ID: housetest.Mint[ref.Consent](t), Person: h.person, Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Types: []string{recordType},
		GivenAt: h.Now(), UsableFrom: h.Now(), Until: h.Now().AddDate(2, 0, 0)}, ref.Request{})
	must(t, err)
}

func (h *mortal) signIn(ctx context.Context) (string, error) {
	secret, _, err := h.parties.SignIn(ctx, h.id, party.Entered{Way: party.ByProvider}, h.Now())
	return secret, err
}

// Rules F4: two officers of one body enter a death, the second after seeing the proof and
// by the number in it. What one alone does changes nothing.
func TestDeath_needsTwo(t *testing.T) {
	t.Parallel()
	h := openMortal(t)
	ctx := t.Context()
	h.file(t, h.Today().AddYears(3))
	none, err := h.parties.AddClerk(ctx, "hubei-credit-centre", "none", h.Today().AddYears(1), h.Now())
	must(t, err)
	for want, c := range map[string]struct {
		by   party.Clerk
		edit func(*estate.Proposal)
	}{
		"E-DEATH-DESK":         {none, func(*estate.Proposal) {}},
		"E-DEATH-PERSON":       {h.officers[0], func(p *estate.Proposal) { p.IDNumber = housetest.Sample(t, 2).Number }},
		"E-DEATH-PERSON none":  {h.officers[0], func(p *estate.Proposal) { p.IDNumber = "x" }},
		"E-DEATH-DAY":          {h.officers[0], func(p *estate.Proposal) { p.DiedOn = h.Today() + 1 }},
		"E-DEATH-DAY none":     {h.officers[0], func(p *estate.Proposal) { p.DiedOn = 0 }},
		"E-EVIDENCE-TYPE":      {h.officers[0], func(p *estate.Proposal) { p.File = []byte("#!/bin/sh\n") }},
		"E-EVIDENCE-SIZE none": {h.officers[0], func(p *estate.Proposal) { p.File = nil }},
		"E-POST":               {h.officers[0], func(p *estate.Proposal) { p.Post = "one line" }},
	} {
		p := h.proposal()
		c.edit(&p)
		if _, err := h.Propose(ctx, c.by, p, h.Now()); code(err) != strings.Fields(want)[0] {
			t.Errorf("%s: %v", want, err)
		}
	}
	d, err := h.Propose(ctx, h.officers[0], h.proposal(), h.Now())
	must(t, err)
	if _, err := h.Propose(ctx, h.officers[1], h.proposal(), h.Now()); code(err) != "E-DEATH-RUNS" {
		t.Errorf("proposed twice: %v", err)
	}
	secret, err := h.signIn(ctx)
	must(t, err)
	_, err = h.Proof(ctx, h.officers[0], d.ID, h.Now())
	must(t, err)
	refused := func(want string, by party.Clerk, w estate.Whom) {
		t.Helper()
		if _, err := h.Confirm(ctx, by, d.ID, w, h.Now()); code(err) != want {
			t.Errorf("confirmed: %v, want %s", err, want)
		}
		if got := h.answer(t, h.person, inquiry.Statute); got != inquiry.Records {
			t.Errorf("after a step of one officer: %s", got)
		}
	}
	refused("E-DEATH-ALONE", h.officers[0], h.whom)
	refused("E-DEATH-UNSEEN", h.officers[1], h.whom)
	refused("E-DEATH", h.other, h.whom)
	refused("E-DEATH", none, h.whom)
	if _, err := h.Proof(ctx, h.other, d.ID, h.Now()); code(err) != "E-DEATH" {
		t.Errorf("another body opens the proof: %v", err)
	}
	p, err := h.Proof(ctx, h.officers[1], d.ID, h.Now())
	if err != nil || !strings.Contains(string(p.Content.Data), "SAMPLE-PROOF") || p.Media != "application/pdf" {
		t.Errorf("the proof is %s %q, %v", p.Media, p.Content.Data, err)
	}
	refused("E-DEATH-OTHER", h.officers[1], estate.Whom{IDType: "cn-id", IDNumber: h.other1(t)})
	refused("E-DEATH-PERSON", h.officers[1], estate.Whom{IDType: "cn-id", IDNumber: "x"})
	if _, err := h.Reverse(ctx, h.officers[2], d.ID, h.Now()); code(err) != "E-DEATH-STATE" {
		t.Errorf("a proposal is taken back: %v", err)
	}
	if _, err := h.parties.Session(ctx, secret, h.Now()); err != nil {
		t.Errorf("a proposal ended a sign-in: %v", err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from inquiry.access where person = $1 and purpose = 'death' and basis = 'case' and outcome = 2", h.person); n != 2 {
		t.Errorf("%d looks of officers are in the person's list, not 2", n)
	}
	// Nobody confirms what is a month old, whether or not anybody came for it.
	h.MoveTo(t, d.Until+1)
	refused("E-DEATH-STATE", h.officers[1], h.whom)
	_, err = h.keeper.Tend(ctx, h.Today(), h.Now())
	must(t, err)
	if got := housetest.Ask[string](t, h.Fixture, "select state || (select count(*) from estate.paper) from estate.death where death = $1", d.ID); got != "dropped0" {
		t.Errorf("swept, it is %s", got)
	}
}

// other1 registers another person and returns their number.
func (h *mortal) other1(t *testing.T) string {
	t.Helper()
	id := housetest.Sample(t, 3)
	h.Register(t, h.keys, id, h.Today().AddYears(1))
	return id.Number
}

// Rules F4: from the entry on nothing is shown, consents have ended, and the file opens to
// nobody, with nobody at work. Without the rule in the wall, the control, it answers.
func TestDeath_closes(t *testing.T) {
	t.Parallel()
	h := openMortal(t)
	ctx := t.Context()
	h.file(t, h.Today().AddYears(3))
	h.allow(t)
	secret, err := h.signIn(ctx)
	must(t, err)
	if s, c := h.answer(t, h.person, inquiry.Statute), h.answer(t, h.person, inquiry.Consent); s != inquiry.Records || c != inquiry.Records {
		t.Fatalf("control: before, %s and %s", s, c)
	}
	d := h.died(t)
	nobody := housetest.Mint[ref.Person](t)
	for _, b := range []inquiry.Basis{inquiry.Statute, inquiry.Consent} {
		if got, want := h.answer(t, h.person, b), h.answer(t, nobody, b); got != want || got == inquiry.Records {
			t.Errorf("on %s a dead person is answered with %s, and who is unknown with %s", b, got, want)
		}
	}
	if got := h.answer(t, h.person, inquiry.Statute); got != inquiry.NothingToShow {
		t.Errorf("answered with %s", got)
	}
	if _, err := h.parties.Session(ctx, secret, h.Now()); code(err) != "E-SESSION" {
		t.Errorf("the sign-in lasts: %v", err)
	}
	if _, err := h.signIn(ctx); code(err) != "E-FILE-CLOSED" {
		t.Errorf("the file opens: %v", err)
	}
	if want := h.Today().AddMonths(12); d.EndsOn != want || housetest.Ask[time.Time](t, h.Fixture, "select live_until::timestamptz from party.person where person = $1", h.person).Format(time.DateOnly) != want.String() {
		t.Errorf("the keys end on %s, not %s", d.EndsOn, want)
	}
	// The control: the same function without the rule.
	rule := " and not exists (select 1 from estate.death z where z.person = p_person and z.state = 'entered')"
	def := housetest.Ask[string](t, h.Fixture, "select pg_get_functiondef('dossier.answering'::regproc)")
	if !strings.Contains(def, rule) {
		t.Fatal("the rule is not in dossier.answering")
	}
	h.Exec(t, strings.Replace(def, rule, "", 1))
	if got := h.answer(t, h.person, inquiry.Statute); got != inquiry.Records {
		t.Errorf("control: without the rule it is %s", got)
	}
}

// Rules F4: two people take a false death back within a day, not the two alone who entered
// it. Answers come back; consents do not. After a day it is refused.
func TestDeath_reversed(t *testing.T) {
	t.Parallel()
	h := openMortal(t)
	ctx := t.Context()
	h.file(t, h.Today().AddYears(3))
	h.allow(t)
	was := housetest.Ask[time.Time](t, h.Fixture, "select live_until::timestamptz from party.person where person = $1", h.person)
	d := h.died(t)
	back := func(by party.Clerk, want string) {
		t.Helper()
		if _, err := h.Reverse(ctx, by, d.ID, h.Now()); code(err) != want {
			t.Errorf("taken back: %v, want %q", err, want)
		}
	}
	h.Move(t, 23*time.Hour)
	back(h.other, "E-DEATH")
	back(h.officers[0], "")
	back(h.officers[0], "E-DEATH-ALONE")
	back(h.officers[1], "E-DEATH-SAME")
	if got := h.answer(t, h.person, inquiry.Statute); got != inquiry.NothingToShow {
		t.Errorf("taken back by one: %s", got)
	}
	back(h.officers[2], "")
	if got := h.answer(t, h.person, inquiry.Statute); got != inquiry.Records {
		t.Errorf("taken back, and answered with %s", got)
	}
	if got := h.answer(t, h.person, inquiry.Consent); got != inquiry.NotAnswered {
		t.Errorf("a consent that ended is used: %s", got)
	}
	if _, err := h.signIn(ctx); err != nil {
		t.Errorf("the file does not open: %v", err)
	}
	if got := housetest.Ask[time.Time](t, h.Fixture, "select live_until::timestamptz from party.person where person = $1", h.person); !got.Equal(was) {
		t.Errorf("it lives until %s, not %s", got, was)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from estate.paper"); n != 0 {
		t.Errorf("%d papers of a false death stay", n)
	}
	d = h.died(t)
	h.Move(t, estate.Reversible)
	back(h.officers[2], "E-DEATH-LATE")
	if got := h.answer(t, h.person, inquiry.Statute); got != inquiry.NothingToShow {
		t.Errorf("a day later: %s", got)
	}
}

// Rules F4: what is kept of a dead person can be read by nobody after twelve months, though
// it would have been kept for longer.
func TestDeath_keysEnd(t *testing.T) {
	t.Parallel()
	h := openMortal(t)
	ctx := t.Context()
	r := h.file(t, h.Today().AddYears(3))
	h.answer(t, h.person, inquiry.Statute)
	d := h.died(t)
	before := h.boxes(t)
	if len(before) < 5 {
		t.Fatalf("only %d boxes are kept of the person", len(before))
	}
	for _, day := range []when.Date{d.EndsOn, d.EndsOn + 1} {
		h.MoveTo(t, day)
		must(t, h.files.Prolong(ctx, h.Today()))
		_, err := h.keeper.Tend(ctx, h.Today(), h.Now())
		must(t, err)
		_, err = h.files.End(ctx, h.Today(), h.Now())
		must(t, err)
		h.tend(t)
		opened, err := h.keys.Open(ctx, before)
		must(t, err)
		for i, o := range opened {
			if over := day > d.EndsOn; o.Gone != over {
				t.Errorf("%s: box %d gone %v", day, i, o.Gone)
			}
		}
		there := housetest.Ask[int](t, h.Fixture, "select (select count(*) from party.person where person = $1) + (select count(*) from party.token where person = $1)", h.person)
		if over := day > d.EndsOn; (there == 0) != over {
			t.Errorf("%s: %d rows of the file", day, there)
		}
	}
	if got := housetest.Ask[string](t, h.Fixture, "select state from dossier.record where record = $1", r); got != "erased" {
		t.Errorf("its record is %s", got)
	}
}

// boxes are all that is sealed of the person, around the wall, with what each is sealed for.
func (h *mortal) boxes(t *testing.T) (out []seal.Sealed) {
	t.Helper()
	type row struct {
		Subject     [16]byte
		Epoch, Leaf int64
		Nonce, Box  []byte
	}
	add := func(query string, subject func([16]byte) seal.Subject) {
		for n := housetest.Ask[int](t, h.Fixture, "select count(*) from ("+query+") q", h.person); n > 0; n-- {
			r := housetest.Ask[row](t, h.Fixture, "select (q.id, q.epoch, q.leaf, q.nonce, q.box) from ("+query+" order by 1 limit 1 offset "+string(rune('0'+n-1))+") q", h.person)
			out = append(out, seal.Sealed{Subject: subject(r.Subject), Box: seal.Box{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf), Nonce: [seal.NonceSize]byte(r.Nonce), Data: r.Box}})
		}
	}
	of := func(id [16]byte) seal.Subject { return seal.Subject{Person: h.person, Record: id} }
	add("select paper as id, epoch, leaf, nonce::bytea as nonce, box from estate.paper where person = $1", of)
	add("select access as id, epoch, leaf, nonce::bytea as nonce, box from inquiry.access where person = $1 and box is not null", of)
	add("select person as id, epoch, leaf, nonce::bytea as nonce, box from party.person where person = $1", func([16]byte) seal.Subject { return party.IdentitySubject(h.person) })
	return out
}

// Rules F4: letters go on to where the estate is written to; what tells of the death goes to
// the person by every way.
func TestDeath_letters(t *testing.T) {
	t.Parallel()
	h := openMortal(t)
	ctx := t.Context()
	must(t, h.parties.SetContact(ctx, h.person, party.Contact{Email: "sample@example.org", Post: "样本一\n样本街 9 号", Language: "zh"}, h.Now()))
	letters := noticepg.NewStore(h.Keeper, housetest.Publisher(nil))
	work := notice.Service{Store: letters, Shelf: law.One(h.pack)}
	desk := notice.Desk{Announcer: notice.Announcer{Ways: letters, Opener: h.keys, Email: taken{}, Shelf: law.One(h.pack), BaseURL: "https://registry.example.org"}}
	d := h.died(t)
	owe := func(kind string, about ref.Record) notice.Owed {
		t.Helper()
		owed, err := work.Owe(ctx, []notice.Owed{{Person: h.person, Kind: kind, Record: about, Contest: ref.Contest(d.ID)}}, h.Now())
		must(t, err)
		must(t, desk.Announce(ctx, h.person, owed[0].ID, h.Now()))
		return owed[0]
	}
	of, about := owe(notice.DeathLetter, ref.Record{}), owe(notice.DecisionLetter, housetest.Mint[ref.Record](t))
	must(t, desk.Post(ctx, h.person, of.ID, h.Now()))
	sheets, err := desk.Print(ctx, []ref.Notice{of.ID, about.ID}, h.Now())
	must(t, err)
	if len(sheets) != 2 || sheets[0].Lines[0] != "样本一" || sheets[1].Lines[0] != "样本继承人" {
		t.Errorf("letters go to %v", sheets)
	}
	for o, want := range map[ref.Notice]string{of.ID: "handed over", about.ID: "no address"} {
		list, err := letters.Attempts(ctx, h.person, o)
		must(t, err)
		if list[0].Channel != notice.ByEmail || list[0].Outcome != want {
			t.Errorf("by e-mail: %v, want %s", list, want)
		}
	}
}

// taken takes every announcement.
type taken struct{}

func (taken) Send(context.Context, notice.Announcement) error { return nil }

var _ vault.Holding = (*estatepg.Keeper)(nil)

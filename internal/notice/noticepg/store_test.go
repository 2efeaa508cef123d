package noticepg_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/kit/pgkit"
	"recourse/internal/notice"
	"recourse/internal/notice/noticepg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is a house with the store as the worker and as the server have it.
type house struct {
	*housetest.Fixture
	worker, server *noticepg.Store
	person         ref.Person
}

func open(t *testing.T) house {
	t.Helper()
	f := housetest.DB(t)
	p := housetest.Publisher(nil)
	return house{f, noticepg.NewStore(f.Keeper, p), noticepg.NewStore(f.App, p), housetest.Mint[ref.Person](t)}
}

func (h house) letter(t *testing.T) notice.Owed {
	t.Helper()
	now := h.Now()
	return notice.Owed{ID: housetest.Mint[ref.Notice](t), Person: h.person, Kind: "before-effect", Record: housetest.Mint[ref.Record](t), Version: 1,
		Pack: "sample", OwedAt: now, HandedAt: now, ServedAt: now.AddDate(0, 0, 30), AnswerUntil: now.AddDate(0, 0, 45)}
}

// contact gives the person a file and an address.
func (h *house) contact(t *testing.T) {
	t.Helper()
	keys := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	h.person = h.Register(t, keys, housetest.Sample(t, 1), h.Today().AddYears(1))
	s := &party.Service{Store: partypg.NewStore(h.App, housetest.Publisher(nil)), Sealer: keys, Chance: rand.Reader, Zone: h.Location}
	if err := s.SetContact(t.Context(), h.person, party.Contact{Email: "sample@example.org", Post: "示例甲\n武汉市", Language: "zh"}, h.Now()); err != nil {
		t.Fatal(err)
	}
}

// stands is a letter as it is kept: which instants it has, and until when it can be answered.
func (h house) stands(t *testing.T, o notice.Owed) string {
	t.Helper()
	got, found, err := h.server.One(t.Context(), o.Person, o.ID)
	if err != nil || !found {
		t.Fatal(found, err)
	}
	out := ""
	for _, x := range []struct {
		name string
		at   time.Time
	}{{"opened", got.OpenedAt}, {"confirmed", got.ConfirmedAt}, {"handed", got.HandedAt}, {"served", got.ServedAt}} {
		if !x.at.IsZero() {
			out += x.name + " "
		}
	}
	if got.AnswerUntil.IsZero() {
		return out + "-"
	}
	return out + fmt.Sprint(int(got.AnswerUntil.Sub(o.OwedAt).Hours())/24)
}

func (h house) owe(t *testing.T, o notice.Owed) bool {
	t.Helper()
	before := h.events(t, "notice.owed")
	all, err := h.worker.Owe(t.Context(), []notice.Owed{o})
	if err != nil || len(all) != 1 || all[0].ID != o.ID {
		t.Fatal(all, err)
	}
	return h.events(t, "notice.owed") == before+1
}

func (h house) events(t *testing.T, kind string) int {
	t.Helper()
	return housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where stream = $1 and kind = $2", h.person, kind)
}

// together calls do several times at once and returns how often it said true.
func together(t *testing.T, times int, do func() (bool, error)) (yes int) {
	t.Helper()
	type result struct {
		ok  bool
		err error
	}
	results := make(chan result)
	for range times {
		go func() {
			ok, err := do()
			results <- result{ok, err}
		}()
	}
	for range times {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
		}
		if r.ok {
			yes++
		}
	}
	return yes
}

func TestOwe_once(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.letter(t)
	if n := together(t, 8, func() (bool, error) {
		all, err := h.worker.Owe(t.Context(), []notice.Owed{o})
		return len(all) == 1 && all[0] == o, err
	}); n != 8 {
		t.Errorf("%d of 8 were told how the letter stands", n)
	}
	if n := h.events(t, "notice.owed"); n != 1 {
		t.Errorf("%d events of one letter", n)
	}
	o.Kind = "another" // a repeat changes nothing
	if h.owe(t, o) {
		t.Error("a letter that is owed was owed anew")
	}
	if !h.owe(t, h.letter(t)) || h.events(t, "notice.owed") != 2 {
		t.Error("control: another letter is not new")
	}
	list, err := h.server.List(t.Context(), h.person)
	if err != nil || len(list) != 2 || list[0].OwedAt.Before(list[1].OwedAt) || list[1].Kind != "before-effect" {
		t.Errorf("list %v, %v", list, err)
	}
}

func TestOpen_once(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.letter(t)
	h.owe(t, o)
	now := h.Now()
	first := now.Add(15 * 24 * time.Hour)
	if n := together(t, 8, func() (bool, error) {
		got, found, err := h.server.Open(t.Context(), h.person, o.ID, now, first)
		return found && got.OpenedAt.Equal(now) && got.AnswerUntil.Equal(first), err
	}); n != 8 {
		t.Errorf("%d of 8 saw the first opening", n)
	}
	got, found, err := h.server.Open(t.Context(), h.person, o.ID, now.Add(time.Hour), first.Add(time.Hour))
	want := o
	want.OpenedAt, want.AnswerUntil = now, first
	if diff := cmp.Diff(want, got); diff != "" || !found || err != nil {
		t.Errorf("opened again: found %v, %v %s", found, err, diff)
	}
	if n := h.events(t, "notice.opened"); n != 1 {
		t.Errorf("%d events of one opening", n)
	}
}

func TestOpen_onlyOnesOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.letter(t)
	h.owe(t, o)
	stranger := housetest.Mint[ref.Person](t)
	if _, found, err := h.server.Open(t.Context(), stranger, o.ID, h.Now(), h.Now().Add(time.Hour)); found || err != nil {
		t.Errorf("a stranger opened a letter: %v, %v", found, err)
	}
	if list, err := h.server.List(t.Context(), stranger); len(list) != 0 || err != nil {
		t.Errorf("a stranger's inbox has %d letters, %v", len(list), err)
	}
	if list, err := h.server.List(t.Context(), h.person); len(list) != 1 || !list[0].OpenedAt.IsZero() || err != nil {
		t.Errorf("the letter: %v, %v", list, err)
	}
}

func TestOwed_isOpenedByPersonsAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.server.Owe(t.Context(), []notice.Owed{h.letter(t)}); err != nil {
		t.Errorf("what has effect at once is owed with the delivery that brings it: %v", err)
	}
	o := h.letter(t)
	h.owe(t, o)
	if _, _, err := h.worker.Open(t.Context(), h.person, o.ID, h.Now(), h.Now().Add(time.Hour)); pgkit.Code(err) != "42501" {
		t.Errorf("a worker may open a letter: %v", err)
	}
	now := h.Now()
	if _, _, err := h.server.Open(t.Context(), h.person, o.ID, now, now); pgkit.Code(err) != pgkit.CheckViolation {
		t.Errorf("no time to answer is refused: %v", err)
	}
}

func TestAddress_attemptFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.letter(t)
	h.owe(t, o)
	email := func() notice.Going { return notice.Going{Person: h.person, Notice: o.ID, Channel: notice.ByEmail} }
	now := h.Now()
	if _, nth, found, err := h.worker.Address(t.Context(), email(), now); found || nth != 1 || err != nil {
		t.Errorf("without a contact: attempt %d, found %v, %v", nth, found, err)
	}
	want := []notice.Attempt{
		{Channel: "email", Nth: 1, MeantAt: o.OwedAt, EndedAt: o.OwedAt, Outcome: notice.NoAddress}, // known when it was owed
		{Channel: "email", Nth: 1, MeantAt: now, EndedAt: now, Outcome: notice.NoAddress},
	}
	h.attempts(t, o, want)
	h.contact(t)
	o = h.letter(t)
	h.owe(t, o)
	where, nth, found, err := h.worker.Address(t.Context(), email(), now)
	if !found || nth != 1 || err != nil || len(where.Box.Data) == 0 {
		t.Fatalf("with a contact: attempt %d, found %v, %v", nth, found, err)
	}
	want = []notice.Attempt{{Channel: "email", Nth: 1, MeantAt: now}}
	h.attempts(t, o, want)
	g := email()
	g.Nth = 1
	for _, outcome := range []string{notice.RefusedBy, notice.Unreachable} { // the first end stays
		if err := h.worker.Ended(t.Context(), g, outcome, now.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	want[0].EndedAt, want[0].Outcome = now.Add(time.Second), notice.RefusedBy
	h.attempts(t, o, want)
}

func (h house) attempts(t *testing.T, o notice.Owed, want []notice.Attempt) {
	t.Helper()
	got, err := h.server.Attempts(t.Context(), o.Person, o.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("attempts: %v %s", err, diff)
	}
}

// The service period runs only while a letter is out of the house: what comes back
// was not delivered; what the person opened, or the post confirmed, stays.
func TestWays(t *testing.T) {
	t.Parallel()
	type act = func(h house, g notice.Going, now time.Time) error
	hand := func(h house, g notice.Going, now time.Time) error {
		return h.worker.Hand(t.Context(), g, now, now.AddDate(0, 0, 30), now.AddDate(0, 0, 45))
	}
	back := func(h house, g notice.Going, now time.Time) error { return h.worker.Return(t.Context(), g, now) }
	confirm := func(h house, g notice.Going, now time.Time) error {
		return h.worker.Confirm(t.Context(), g, now, now.AddDate(0, 0, 15), now)
	}
	opened := func(h house, g notice.Going, now time.Time) error {
		_, _, err := h.server.Open(t.Context(), g.Person, g.Notice, now, now.AddDate(0, 0, 16))
		return err
	}
	for _, c := range []struct {
		name   string
		do     []act
		want   string
		events string // handed, returned, confirmed, opened
	}{
		{"waits", nil, "-", "0 0 0 0"},
		{"handed over", []act{hand}, "handed served 45", "1 0 0 0"},
		{"handed over twice", []act{hand, hand}, "handed served 45", "1 0 0 0"},
		{"came back", []act{hand, back}, "-", "1 1 0 0"},
		{"came back twice", []act{hand, back, back}, "-", "1 1 0 0"},
		{"came back, was never out", []act{back}, "-", "0 0 0 0"},
		{"confirmed", []act{hand, confirm}, "confirmed handed served 15", "1 0 1 0"},
		{"confirmed twice", []act{hand, confirm, confirm}, "confirmed handed served 15", "1 0 1 0"},
		{"opened, then it came back", []act{hand, opened, back}, "opened handed served 16", "1 0 0 1"},
		{"came back, then opened", []act{hand, back, opened}, "opened 16", "1 1 0 1"},
		{"opened, then confirmed", []act{hand, opened, confirm}, "opened confirmed handed served 15", "1 0 1 1"},
		{"opened, then handed over", []act{opened, hand}, "opened handed served 16", "1 0 0 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.contact(t)
			o := h.letter(t)
			h.owe(t, o)
			g := notice.Going{Person: h.person, Notice: o.ID, Channel: notice.ByPost}
			var err error
			if _, g.Nth, _, err = h.worker.Address(t.Context(), g, h.Now()); err != nil {
				t.Fatal(err)
			}
			for _, do := range c.do {
				if err := do(h, g, o.OwedAt.Add(time.Second)); err != nil {
					t.Fatal(err)
				}
			}
			if got := h.stands(t, o); got != c.want {
				t.Errorf("stands %q, want %q", got, c.want)
			}
			events := fmt.Sprint(h.events(t, "notice.handed"), h.events(t, "notice.returned"), h.events(t, "notice.confirmed"), h.events(t, "notice.opened"))
			if events != c.events {
				t.Errorf("events %s, want %s", events, c.events)
			}
		})
	}
}

// A letter waits to be printed once, is found by its number while it is out, and is
// in no list after that.
func TestWays_post(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.contact(t)
	o := h.letter(t)
	h.owe(t, o)
	g := notice.Going{Person: h.person, Notice: o.ID, Channel: notice.ByPost, Nth: 1}
	now := h.Now()
	for range 2 {
		if w, nth, found, err := h.worker.Address(t.Context(), g, now); nth != 1 || !found || err != nil || len(w.Box.Data) == 0 {
			t.Errorf("attempt %d, found %v, %v", nth, found, err)
		}
	}
	queue := func() int {
		list, err := h.worker.ToPrint(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range list {
			if w.Going != g || !w.Since.Equal(now) {
				t.Errorf("waits: %+v", w)
			}
		}
		return len(list)
	}
	out := func() bool {
		got, found, err := h.worker.Out(t.Context(), o.ID, notice.ByPost)
		if err != nil || found && got != g {
			t.Fatal(got, err)
		}
		return found
	}
	if queue() != 1 || out() {
		t.Error("a letter that waits is not in the queue, or is out of the house")
	}
	if err := h.worker.Hand(t.Context(), g, now, now.AddDate(0, 0, 30), now.AddDate(0, 0, 45)); err != nil {
		t.Fatal(err)
	}
	if queue() != 0 || !out() {
		t.Error("a letter that was sent is in the queue, or is not found by its number")
	}
	if err := h.worker.Return(t.Context(), g, now); err != nil || out() {
		t.Errorf("a letter that came back is still out: %v", err)
	}
}

func TestAddress_onlyForALetterAndNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.letter(t)
	email := notice.Going{Person: h.person, Notice: o.ID, Channel: notice.ByEmail}
	if _, _, _, err := h.worker.Address(t.Context(), email, h.Now()); pgkit.Code(err) != "23503" {
		t.Errorf("an address without a letter: %v", err)
	}
	h.owe(t, o)
	if _, _, _, err := h.worker.Address(t.Context(), email, h.Now().Add(time.Minute)); err == nil {
		t.Error("an address at another instant than now")
	}
	if _, _, _, err := h.server.Address(t.Context(), email, h.Now()); pgkit.Code(err) != "42501" || fault.Of(err).Kind != fault.Internal {
		t.Errorf("the serving role may ask for addresses: %v", err)
	}
	if _, _, _, err := h.worker.Address(t.Context(), email, h.Now()); err != nil {
		t.Errorf("control: %v", err)
	}
}

package noticepg_test

import (
	"crypto/rand"
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
	return notice.Owed{ID: housetest.Mint[ref.Notice](t), Person: h.person, Kind: "before-effect", Record: housetest.Mint[ref.Record](t), Version: 1,
		Pack: "sample", OwedAt: h.Now()}
}

func (h house) owe(t *testing.T, o notice.Owed) bool {
	t.Helper()
	fresh, err := h.worker.Owe(t.Context(), []notice.Owed{o})
	if err != nil {
		t.Fatal(err)
	}
	return fresh == 1
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
		n, err := h.worker.Owe(t.Context(), []notice.Owed{o})
		return n == 1, err
	}); n != 1 {
		t.Errorf("one letter was new %d times", n)
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

func TestOwed_isWrittenByWorkersAndOpenedByPersons(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.server.Owe(t.Context(), []notice.Owed{h.letter(t)}); pgkit.Code(err) != "42501" {
		t.Errorf("the serving role may owe: %v", err)
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
	keys := housetest.Keys(t, h.Fixture, housetest.Vault(t, h.Fixture))
	h.person = h.Register(t, keys, housetest.Sample(t, 1), h.Today().AddYears(1))
	o := h.letter(t)
	h.owe(t, o)
	now := h.Now()
	if _, nth, found, err := h.worker.Address(t.Context(), h.person, o.ID, now); found || nth != 2 || err != nil {
		t.Errorf("without a contact: attempt %d, found %v, %v", nth, found, err)
	}
	s := &party.Service{Store: partypg.NewStore(h.App, housetest.Publisher(nil)), Sealer: keys, Chance: rand.Reader, Zone: h.Location}
	if err := s.SetContact(t.Context(), h.person, party.Contact{Email: "sample@example.org", Language: "zh"}, now); err != nil {
		t.Fatal(err)
	}
	box, nth, found, err := h.worker.Address(t.Context(), h.person, o.ID, now)
	if !found || nth != 3 || err != nil || len(box.Data) == 0 {
		t.Fatalf("with a contact: attempt %d, found %v, %v", nth, found, err)
	}
	want := []notice.Attempt{
		{Channel: "email", Nth: 1, MeantAt: o.OwedAt, EndedAt: o.OwedAt, Outcome: notice.NoAddress}, // known when it was owed
		{Channel: "email", Nth: 2, MeantAt: now, EndedAt: now, Outcome: notice.NoAddress},
		{Channel: "email", Nth: 3, MeantAt: now},
	}
	attempts := func() []notice.Attempt {
		got, err := h.server.Attempts(t.Context(), h.person, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if diff := cmp.Diff(want, attempts()); diff != "" {
		t.Errorf("before it is sent: %s", diff)
	}
	for _, outcome := range []string{notice.HandedOver, notice.RefusedBy} { // the first end stays
		if err := h.worker.Ended(t.Context(), notice.End{Person: h.person, Notice: o.ID, Channel: "email", Nth: 3, Outcome: outcome, At: now.Add(time.Second)}); err != nil {
			t.Fatal(err)
		}
	}
	want[2].EndedAt, want[2].Outcome = now.Add(time.Second), notice.HandedOver
	if diff := cmp.Diff(want, attempts()); diff != "" {
		t.Errorf("after it was sent: %s", diff)
	}
}

func TestAddress_onlyForALetterAndNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := h.letter(t)
	if _, _, _, err := h.worker.Address(t.Context(), h.person, o.ID, h.Now()); pgkit.Code(err) != "23503" {
		t.Errorf("an address without a letter: %v", err)
	}
	h.owe(t, o)
	if _, _, _, err := h.worker.Address(t.Context(), h.person, o.ID, h.Now().Add(time.Minute)); err == nil {
		t.Error("an address at another instant than now")
	}
	if _, _, _, err := h.server.Address(t.Context(), h.person, o.ID, h.Now()); pgkit.Code(err) != "42501" || fault.Of(err).Kind != fault.Internal {
		t.Errorf("the serving role may ask for addresses: %v", err)
	}
	if _, _, _, err := h.worker.Address(t.Context(), h.person, o.ID, h.Now()); err != nil {
		t.Errorf("control: %v", err)
	}
}

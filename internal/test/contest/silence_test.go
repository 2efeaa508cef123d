package contest_test

import (
	"context"
	"errors"
	mrand "math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dispute"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// life is a record with what happened to it in its first month, after which nobody
// works any more.
type life struct {
	person     ref.Person
	record     ref.Record
	state      string
	effect     time.Time // zero while noticed
	displayEnd when.Date
	contest    dispute.Contest
	letter     time.Time // of the decision; zero where it was never opened
	at         time.Time // when a body asks
}

// month is when everybody stops working; asked is how many days after the beginning
// bodies ask.
const month = 30

var asked = [...]int{31, 45, 80, 160}

// draw draws a life that begins at an instant. Moves are the product's own; what they
// make of the record is written down as the store writes it.
func (h house) draw(t *testing.T, r *mrand.Rand, begin time.Time) life {
	t.Helper()
	at := func(days int) time.Time {
		return begin.Add(time.Duration(days)*day + time.Duration(r.IntN(86400))*time.Second)
	}
	l := life{person: housetest.Mint[ref.Person](t), record: housetest.Mint[ref.Record](t), state: "in force", effect: at(r.IntN(40) - 5),
		displayEnd: h.pack.Today(begin).AddDays([]int{r.IntN(170), 400, 400}[r.IntN(3)]), at: at(asked[r.IntN(len(asked))])}
	switch r.IntN(12) {
	case 0:
		l.state, l.effect = "noticed", time.Time{}
	case 1:
		l.state = []string{"withdrawn", "repaired", "erased"}[r.IntN(3)]
	}
	if r.IntN(5) > 0 {
		h.contest(t, r, &l, at)
	}
	return l
}

// contest lets a contest of the record go some way.
func (h house) contest(t *testing.T, r *mrand.Rand, l *life, at func(int) time.Time) {
	t.Helper()
	grounds := []dispute.Ground{dispute.WrongFact, dispute.WrongFact, dispute.Settled, dispute.WrongPerson}
	c := dispute.Contest{ID: housetest.Mint[ref.Contest](t), Person: l.person, Record: l.record, State: dispute.Draft, Source: ref.Body{7}, Grounds: []dispute.Ground{grounds[r.IntN(len(grounds))]}}
	move := func(next dispute.Contest, _ []dispute.Event, err error) {
		if err != nil {
			t.Fatal(err)
		}
		c = next
	}
	opened := r.IntN(8)
	move(c.Send(h.pack, nil, true, at(opened-40))) // so that its clock ends in the month or after it
	later := at(opened + r.IntN(month-opened))
	switch r.IntN(4) {
	case 0:
		move(c.TakeBack(h.pack, later))
	case 1, 2:
		o := []dispute.Outcome{dispute.Upheld, dispute.Upheld, dispute.Corrected, dispute.Unverifiable}[r.IntN(4)]
		if r.IntN(2) == 0 { // in time
			later = c.OpenedAt.Add(time.Duration(1+r.IntN(10)) * day)
		}
		for clerk := range byte(2) {
			move(c.Find(h.pack, dispute.Ruling{By: dispute.Staff{Clerk: ref.Clerk{clerk + 1}, Body: ref.Body{1}}, Outcomes: []dispute.Outcome{o}, Looked: true}, later))
		}
		if r.IntN(2) == 0 {
			l.letter = later.Add(time.Duration(r.IntN(20)) * day)
			move(c.OpenLetter(h.pack, l.letter))
		}
	}
	l.contest = c
}

// shown says from the facts of a life alone whether a body may be shown its record.
func (h house) shown(l life) bool {
	c, today := l.contest, h.pack.Today(l.at)
	switch {
	case l.state != "in force" || l.effect.After(l.at) || l.displayEnd < today:
		return false
	case c.State == "" || c.State == dispute.TakenBack:
		return true
	case c.State == dispute.Open:
		return c.Grounds[0] != dispute.WrongPerson && today <= c.Clock.Due
	}
	switch {
	case c.Findings[0].Outcome != dispute.Upheld:
		return false
	case h.pack.Today(c.DecidedAt) <= c.Clock.Due:
		return true // in time
	case l.letter.IsZero():
		return false
	}
	until, err := h.pack.ReviewUntil(l.letter)
	return err == nil && !l.at.Before(until)
}

// put writes records as the store does, many at once.
func (h house) put(t *testing.T, all []life) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), h.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var gates, records [][]any
	given := func(at time.Time) any {
		if at.IsZero() {
			return nil
		}
		return at
	}
	for _, l := range all {
		gates = append(gates, []any{l.person})
		shade := l.contest.Shade(h.pack)
		var why, nonce, box, mark, erased any
		if !shade.HideFrom.IsZero() {
			why = string(shade.Why)
		}
		content := l.state == "in force" || l.state == "noticed"
		if content {
			nonce, box, mark = make([]byte, 12), []byte("sample"), make([]byte, 16)
		}
		if l.state == "erased" {
			erased = h.Now()
		}
		var ended, because, rule any
		if l.state == "repaired" {
			ended, because, rule = h.Now(), "repaired", "sample"
		}
		start := l.displayEnd.AddDays(-1000)
		records = append(records, []any{l.person, l.record, 1, h.Bodies[source].ID, 1, recordType, h.pack.Version, true, l.state, start.Time(), start.Time(), l.displayEnd.Time(), l.displayEnd.AddDays(100).Time(),
			given(l.effect), 1, 1, nonce, box, mark, erased, ended, because, rule, given(shade.DisputedFrom), given(shade.DisputedUntil), given(shade.HideFrom), given(shade.HideUntil), why})
	}
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"party", "gate"}, []string{"person"}, pgx.CopyFromRows(gates)); err != nil {
		t.Fatal(err)
	}
	columns := strings.Fields("person record version source source_order type pack negative state received_at start_on display_end retain_end effect_at epoch leaf nonce box mark erased_at ended_at ended_why ended_rule disputed_from disputed_until hide_from hide_until hide_why")
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"dossier", "record"}, columns, pgx.CopyFromRows(records)); err != nil {
		t.Fatal(err)
	}
}

// wrong asks about every life at its instant and counts the answers that show what they
// must not, and those that keep back what they may show.
func (h house) wrong(t *testing.T, all []life, begin time.Time) (leaks, kept, shows int) {
	t.Helper()
	store := inquirypg.NewStore(h.App)
	var leak, keep, show atomic.Int64
	for _, after := range asked {
		h.Move(t, begin.Add(time.Duration(after)*day).Sub(h.Now()))
		var next atomic.Int64
		errs := make([]error, 32)
		var wg sync.WaitGroup
		for w := range errs {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(all)) && errs[w] == nil; i = next.Add(1) - 1 {
					l := all[i]
					if h.days(l, begin) != after {
						continue
					}
					l.at = h.Now()
					got, err := store.Disclose(t.Context(), inquiry.Ask{Person: l.person, Access: housetest.Mint[ref.Inquiry](t), Spare: housetest.Mint[ref.Inquiry](t), Now: l.at,
						Body: h.Bodies[asker].ID, Purpose: "food-licence-application", Basis: inquiry.Statute, Right: true, Pack: h.pack.Version, Types: []string{recordType},
						Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
					switch may := h.shown(l); {
					case err != nil:
						errs[w] = err
					case len(got.Records) > 0 && !may:
						leak.Add(1)
					case len(got.Records) == 0 && may:
						keep.Add(1)
					case may:
						show.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	return int(leak.Load()), int(keep.Load()), int(show.Load())
}

// days is after how many days a life is asked about.
func (h house) days(l life, begin time.Time) int {
	return int(l.at.Sub(begin) / day)
}

// Rules D1, E4 and the ends of display: over ten thousand lives after which nobody works,
// no answer shows what it must not, and none keeps back what may be shown.
func TestSilence(t *testing.T) {
	t.Parallel()
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	h := open(t)
	begin, r := h.Now(), mrand.New(mrand.NewPCG(20261123, 5))
	all := make([]life, n)
	for i := range all {
		all[i] = h.draw(t, r, begin)
	}
	h.put(t, all)
	leaks, kept, shows := h.wrong(t, all, begin)
	if leaks != 0 || kept != 0 || shows < n/10 || n-shows < n/10 {
		t.Errorf("of %d lives %d answers show what they must not and %d keep back what may be shown; %d show rightly", n, leaks, kept, shows)
	}
	t.Logf("%d lives, %d shown, %d not", n, shows, n-shows)
}

// The controls: without each part of the rule there are answers that show too much.
func TestSilence_controls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"hiding":         {"and (hide_from is null or now < hide_from or coalesce(hide_until <= now, false))", ""},
		"the display":    {"and display_end >= today", ""},
		"the effect":     {"and effect_at <= now", ""},
		"the state":      {"state = 'in force' and", "state <> 'noticed' and"},
		"an end of hide": {"coalesce(hide_until <= now, false)", "hide_until is not null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			begin, r := h.Now(), mrand.New(mrand.NewPCG(7, 5))
			all := make([]life, 600)
			for i := range all {
				all[i] = h.draw(t, r, begin)
			}
			h.put(t, all)
			def := housetest.Ask[string](t, h.Fixture, "select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'dossier' and p.proname = 'visible'")
			changed := strings.Replace(def, c[0], c[1], 1)
			if changed == def {
				t.Fatalf("the rule has no %q:\n%s", c[0], def)
			}
			h.Exec(t, changed)
			if leaks, _, _ := h.wrong(t, all, begin); leaks == 0 {
				t.Error("nobody notices")
			}
		})
	}
}

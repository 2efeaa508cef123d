package inquiryapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/inquiry"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// wall is a strict inquiry.Store: it checks what it is asked, keeps an access
// row for each answer, and can fail in both ways.
type wall struct {
	mu       sync.Mutex
	box      *boxes
	rows     []row
	consents []consent
	records  []record
	matters  []matter
	fail     func(applied bool) error // nil: never fails
	bad      []string
}

type row struct {
	inquiry.Ask
	outcome  inquiry.Outcome
	replayOf ref.Inquiry
}

type matter struct {
	inquiry.Matter
	access ref.Inquiry
}

type consent struct {
	person                   ref.Person
	purpose                  string
	usable, until, stoppedAt time.Time
}

// record is a record on the wall with what decides whether it is shown.
type record struct {
	person                       ref.Person
	sealed                       inquiry.SealedRecord
	noticed, disputed, withdrawn bool
	effectAt                     time.Time
}

func (r record) visible(now time.Time, today when.Date) bool {
	return !r.noticed && !r.disputed && !r.withdrawn && !r.effectAt.After(now) && today <= r.sealed.DisplayEnd
}

func (w *wall) complain(format string, args ...any) {
	w.bad = append(w.bad, fmt.Sprintf(format, args...))
}

// Disclose is inquiry.Store.Disclose.
func (w *wall) Disclose(_ context.Context, a inquiry.Ask) (inquiry.Told, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.check(a)
	if w.fail != nil {
		if err := w.fail(false); err != nil {
			return inquiry.Told{}, err
		}
	}
	var told inquiry.Told
	if slices.ContainsFunc(w.rows, func(r row) bool { return r.Person == a.Person && r.Access == a.Access }) {
		told.Replayed = true
	}
	if a.Right && (a.Basis == inquiry.Statute || w.consented(a)) && w.named(a) {
		told.Outcome = inquiry.NothingToShow
		w.show(a, &told)
	}
	written := row{Ask: a, outcome: told.Outcome}
	if told.Replayed {
		written.Access, written.replayOf = a.Spare, a.Access
	}
	w.rows = append(w.rows, written)
	if w.fail != nil {
		if err := w.fail(true); err != nil {
			return inquiry.Told{}, err
		}
	}
	return told, nil
}

// show tells what may be shown of a person.
func (w *wall) show(a inquiry.Ask, told *inquiry.Told) {
	today := when.In(a.Now, time.UTC)
	for _, r := range w.records {
		switch {
		case r.person != a.Person || !slices.Contains(a.Types, r.sealed.Type) || !r.visible(a.Now, today):
		case slices.ContainsFunc(w.records, func(o record) bool {
			return o.person == a.Person && slices.Contains(a.Against, inquiry.Pair{Licence: r.sealed.Type, Decision: o.sealed.Type}) &&
				!o.withdrawn && today <= o.sealed.DisplayEnd && !(slices.Contains(a.Types, o.sealed.Type) && o.visible(a.Now, today))
		}):
			told.Refer = append(told.Refer, inquiry.Referral{Type: r.sealed.Type, Source: r.sealed.Source})
		default:
			told.Records, told.Outcome = append(told.Records, r.sealed), inquiry.Records
		}
	}
	if len(told.Records) == 0 && len(told.Refer) > 0 {
		told.Outcome = inquiry.Refer
	}
}

// named is whether a matter may be answered in: it names the person, or has room
// for one more; and it was not answered in before (rules B3, G3).
func (w *wall) named(a inquiry.Ask) bool {
	var people int
	for _, m := range w.matters {
		if m.Mark != a.Matter.Mark {
			continue
		}
		if m.Subject == a.Matter.Subject {
			return m.access == a.Access // no test here gives a second consent
		}
		people++
	}
	if a.Basis == inquiry.Statute && people >= a.Matter.Persons {
		return false
	}
	w.matters = append(w.matters, matter{a.Matter, a.Access})
	return true
}

func (w *wall) consented(a inquiry.Ask) bool {
	return slices.ContainsFunc(w.consents, func(c consent) bool {
		return c.person == a.Person && c.purpose == a.Purpose && !c.usable.After(a.Now) && c.until.After(a.Now) && c.stoppedAt.IsZero()
	})
}

func (w *wall) check(a inquiry.Ask) {
	switch {
	case a.Person.IsZero() || a.Access.IsZero() || a.Spare.IsZero() || a.Access == a.Spare || a.Body.IsZero():
		w.complain("a key is zero or used twice: %v", a)
	case a.Now.IsZero() || a.Now.Location() != time.UTC || a.Pack == "" || a.Purpose == "":
		w.complain("instant, pack or purpose is missing")
	case a.Right != (len(a.Types) > 0):
		w.complain("right %v with types %v", a.Right, a.Types)
	case a.Basis != inquiry.Consent && a.Basis != inquiry.Statute:
		w.complain("basis %q", a.Basis)
	case a.Right != (a.Matter.Mark != [16]byte{}) || a.Matter.Mark == a.Matter.Subject && a.Right || (a.Matter.Persons > 0) != (a.Right && a.Basis == inquiry.Statute):
		w.complain("right %v in matter %v", a.Right, a.Matter)
	case w.box.subject(a.Trace) != inquiry.TraceSubject(a.Person, a.Access):
		w.complain("the trace is sealed for somebody else")
	}
}

// Lookups is inquiry.Store.Lookups.
func (w *wall) Lookups(context.Context, ref.Person, ref.Inquiry, string, inquiry.Page, time.Time) ([]inquiry.SealedLook, error) {
	return nil, errors.New("no call of this face looks at the list")
}

// Recent is inquiry.Store.Recent.
func (w *wall) Recent(context.Context, ref.Person, inquiry.Page) ([]inquiry.Look, error) {
	return nil, errors.New("no call of this face looks at the list")
}

// Lately is inquiry.Store.Lately.
func (w *wall) Lately(context.Context, ref.Person, int, time.Time) (inquiry.Lately, error) {
	return inquiry.Lately{}, errors.New("no call of this face counts")
}

// boxes is a strict inquiry.Sealer: what is closed for one subject does not open
// for another.
type boxes struct {
	mu     sync.Mutex
	closed map[seal.Leaf]seal.Content
	gone   map[seal.Leaf]bool
	down   error
}

func (b *boxes) subject(box seal.Box) seal.Subject {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed[box.Leaf].Subject
}

// Close is inquiry.Sealer.Close.
func (b *boxes) Close(_ context.Context, contents []seal.Content) ([]seal.Box, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return nil, b.down
	}
	var out []seal.Box
	for _, c := range contents {
		leaf := seal.Leaf(len(b.closed) + 1)
		b.closed[leaf] = c
		out = append(out, seal.Box{Epoch: c.Epoch, Leaf: leaf, Data: []byte("sealed")})
	}
	return out, nil
}

// Open is inquiry.Sealer.Open.
func (b *boxes) Open(_ context.Context, sealed []seal.Sealed) ([]seal.Opened, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []seal.Opened
	for _, s := range sealed {
		c, ok := b.closed[s.Box.Leaf]
		if !ok || c.Subject != s.Subject || c.Epoch != s.Box.Epoch {
			return nil, seal.ErrOpen
		}
		out = append(out, seal.Opened{Plain: c.Plain, Gone: b.gone[s.Box.Leaf]})
	}
	return out, nil
}

// register is the finder of persons and the maker of pseudonyms.
type register struct {
	known map[string]ref.Person
	err   error
}

// Find is inquiry.Finder.Find.
func (r *register) Find(_ context.Context, id party.Identity) (ref.Person, bool, error) {
	p, ok := r.known[string(id.TokenInput())]
	return p, ok, r.err
}

// PersonTokens is party.Tokener.PersonTokens.
func (r *register) PersonTokens(_ context.Context, inputs [][]byte) (out [][]party.Token, err error) {
	for _, in := range inputs {
		out = append(out, []party.Token{{Generation: 1, MAC: mac(string(in))}})
	}
	return out, r.err
}

func mac(input string) [16]byte {
	sum := sha256.Sum256([]byte(input))
	return [16]byte(sum[:16])
}

// Pseudonym is inquiry.Pseudonymer.Pseudonym.
func (r *register) Pseudonym(_ context.Context, b ref.Body, p ref.Person) (out [16]byte, err error) {
	for i := range out {
		out[i] = b[i] ^ p[i]
	}
	return out, r.err
}

// put seals a record of a type for a person and puts it on the wall.
func (w *wall) put(p ref.Person, typeCode string, source ref.Body, fields map[string]string, change ...func(*record)) {
	plain, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	id := ref.Record{15: byte(len(w.records) + 1)}
	start := when.Of(2026, 3, 10)
	boxed, err := w.box.Close(context.Background(), []seal.Content{{Subject: dossier.RecordSubject(p, id, 1), Epoch: seal.NewEpoch(seal.Record, start.AddYears(10)), Plain: plain}})
	if err != nil {
		panic(err)
	}
	r := record{person: p, sealed: inquiry.SealedRecord{Record: id, Version: 1, Type: typeCode, Source: source, Start: start, DisplayEnd: start.AddYears(200), Box: boxed[0]}}
	for _, f := range change {
		f(&r)
	}
	w.records = append(w.records, r)
}

// MatterMarks is inquiry.Marker.MatterMarks.
func (r *register) MatterMarks(_ context.Context, body ref.Body, data [][]byte) (out [][16]byte, err error) {
	for _, d := range data {
		out = append(out, mac(body.String()+string(d)))
	}
	return out, r.err
}

// desktop is a strict inquiry.Quota, inquiry.Seconds and inquiry.Cases in memory.
type desktop struct {
	mu      sync.Mutex
	taken   map[inquiry.Allowance]int
	waiting map[ref.Inquiry]inquiry.Pending
	wall    *wall
	err     error
}

// Take is inquiry.Quota.Take.
func (d *desktop) Take(_ context.Context, a inquiry.Allowance) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.taken[a] >= a.Ceiling {
		return false, d.err
	}
	d.taken[a]++
	return true, nil
}

// Await is inquiry.Seconds.Await.
func (d *desktop) Await(_ context.Context, p inquiry.Pending) (inquiry.Pending, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := d.waiting[p.Inquiry]; !there {
		d.waiting[p.Inquiry] = p
	}
	return d.waiting[p.Inquiry], d.err
}

// Confirm is inquiry.Seconds.Confirm.
func (d *desktop) Confirm(_ context.Context, c inquiry.Confirmation) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, there := d.waiting[c.Inquiry]
	if !there || p.Body != c.Body || p.Question != c.Question || p.By.Clerk == c.By.Clerk || p.Confirmed() || !c.Now.Before(p.Until) {
		return false, d.err
	}
	p.Second = c.By
	d.waiting[c.Inquiry] = p
	return true, d.err
}

// Find is inquiry.Seconds.Find.
func (d *desktop) Find(_ context.Context, body ref.Body, id ref.Inquiry, now time.Time) (inquiry.Pending, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, there := d.waiting[id]
	return p, there && p.Body == body && now.Before(p.Until), d.err
}

// Waiting is inquiry.Seconds.Waiting.
func (d *desktop) Waiting(_ context.Context, body ref.Body, now time.Time, _ int) (out []inquiry.Pending, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.waiting {
		if p.Body == body && !p.Confirmed() && now.Before(p.Until) {
			out = append(out, p)
		}
	}
	return out, d.err
}

// Close is inquiry.Cases.Close.
func (d *desktop) Close(_ context.Context, c inquiry.Closing) error {
	d.wall.mu.Lock()
	defer d.wall.mu.Unlock()
	for n := range 20 { // no room for anybody else
		d.wall.matters = append(d.wall.matters, matter{inquiry.Matter{Mark: c.Mark, Subject: [16]byte{0: byte(n)}}, ref.Inquiry{}})
	}
	return d.err
}

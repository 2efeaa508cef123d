package browser

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// errDown is what every store answers while it is down.
var errDown = fault.New(fault.Unavailable, "E-DOWN", "The database cannot be reached. Nothing was lost.")

// down makes stores and vault unreachable.
type down struct{ store, vault atomic.Bool }

// vault keeps content unsealed in the box, but opens it only for the subject that
// it was closed for, as a vault does.
type vault struct {
	down     *down
	gone     map[seal.Leaf]bool
	next     atomic.Int64
	mu       sync.Mutex
	subjects map[seal.Leaf]seal.Subject
}

func newVault(d *down) *vault {
	return &vault{down: d, gone: map[seal.Leaf]bool{}, subjects: map[seal.Leaf]seal.Subject{}}
}

// Close keeps a content for its subject.
func (v *vault) Close(_ context.Context, contents []seal.Content) ([]seal.Box, error) {
	if v.down.vault.Load() {
		return nil, errDown
	}
	out := make([]seal.Box, len(contents))
	for i, c := range contents {
		out[i] = v.close(c)
	}
	return out, nil
}

func (v *vault) close(c seal.Content) seal.Box {
	v.mu.Lock()
	defer v.mu.Unlock()
	leaf := seal.Leaf(v.next.Add(1))
	v.subjects[leaf] = c.Subject
	return seal.Box{Epoch: c.Epoch, Leaf: leaf, Data: bytes.Clone(c.Plain)}
}

// Open gives a content out for its subject only.
func (v *vault) Open(_ context.Context, boxes []seal.Sealed) ([]seal.Opened, error) {
	if v.down.vault.Load() {
		return nil, errDown
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	out := make([]seal.Opened, len(boxes))
	for i, b := range boxes {
		switch subject, known := v.subjects[b.Box.Leaf]; {
		case !known || v.gone[b.Box.Leaf]:
			out[i].Gone = true
		case subject != b.Subject:
			return nil, seal.ErrOpen
		default:
			out[i].Plain = bytes.Clone(b.Box.Data)
		}
	}
	return out, nil
}

// PersonTokens makes a token that is the hash of the input.
func (v *vault) PersonTokens(_ context.Context, inputs [][]byte) ([][]party.Token, error) {
	if v.down.vault.Load() {
		return nil, errDown
	}
	out := make([][]party.Token, len(inputs))
	for i, in := range inputs {
		sum := sha256.Sum256(in)
		out[i] = []party.Token{{Generation: 1, MAC: [16]byte(sum[:16])}}
	}
	return out, nil
}

// parties is party.Store as far as pages use it; what they must not use panics.
type parties struct {
	party.Store
	down     *down
	mu       sync.Mutex
	persons  map[[16]byte]ref.Person
	sessions map[ref.Session]party.NewSession
	contacts map[ref.Person]time.Time
	codes    map[string]ref.Body
}

func (s *parties) lock() error {
	if s.down.store.Load() {
		return errDown
	}
	s.mu.Lock()
	return nil
}

// Body finds a body by its code.
func (s *parties) Body(_ context.Context, code string) (party.Body, error) {
	if err := s.lock(); err != nil {
		return party.Body{}, err
	}
	defer s.mu.Unlock()
	id, ok := s.codes[code]
	if !ok {
		return party.Body{}, fault.New(fault.NotFound, "E-BODY", "There is no such body.")
	}
	return party.Body{ID: id, Code: code}, nil
}

// PersonByToken finds a person.
func (s *parties) PersonByToken(_ context.Context, tokens []party.Token) (ref.Person, bool, error) {
	if err := s.lock(); err != nil {
		return ref.Person{}, false, err
	}
	defer s.mu.Unlock()
	p, ok := s.persons[tokens[0].MAC]
	return p, ok, nil
}

// LiveUntil is far away.
func (s *parties) LiveUntil(context.Context, ref.Person) (when.Date, bool, error) {
	return when.Of(2040, 1, 1), true, nil
}

// PutContact notes that there is an address.
func (s *parties) PutContact(_ context.Context, p ref.Person, _ seal.Box, now time.Time) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.contacts[p] = now
	return nil
}

// DropContact notes that there is none.
func (s *parties) DropContact(_ context.Context, p ref.Person, _ time.Time) error {
	if err := s.lock(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	delete(s.contacts, p)
	return nil
}

// ContactSetAt says since when there is an address.
func (s *parties) ContactSetAt(_ context.Context, p ref.Person) (time.Time, bool, error) {
	if err := s.lock(); err != nil {
		return time.Time{}, false, err
	}
	defer s.mu.Unlock()
	at, ok := s.contacts[p]
	return at, ok, nil
}

// dossiers is dossier.Store for readers.
type dossiers struct {
	dossier.Store
	down  *down
	files map[ref.Person][]dossier.SealedRecord
	today func(time.Time) when.Date
	mu    sync.Mutex
	looks int // access rows written
}

// Show gives the rows of a part, newest first, and counts the access row.
func (s *dossiers) Show(_ context.Context, v dossier.View) ([]dossier.SealedRecord, error) {
	if s.down.store.Load() {
		return nil, errDown
	}
	if v.Person.IsZero() || v.Access.IsZero() || v.Now.IsZero() || v.Pack == "" {
		return nil, errors.New("a look without person, access row, instant or pack")
	}
	s.mu.Lock()
	s.looks++
	s.mu.Unlock()
	var out, of []dossier.SealedRecord
	for _, r := range s.files[v.Person] {
		switch {
		case r.Record.IsZero():
			of = append(of, r)
		case v.Record.IsZero() || r.Record == v.Record:
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b dossier.SealedRecord) int { return int(b.Start - a.Start) })
	out = out[min(v.Part.From, len(out)):min(v.Part.From+v.Part.N, len(out))]
	return append(out, of...), nil
}

// Outline counts the rows of a person, and says what is ahead of them.
func (s *dossiers) Outline(_ context.Context, p ref.Person, most int, now time.Time) (dossier.Outline, error) {
	if s.down.store.Load() {
		return dossier.Outline{}, errDown
	}
	var out dossier.Outline
	for _, r := range s.files[p] {
		soon := r.State == dossier.InForce && r.EffectAt.After(now)
		switch {
		case r.Record.IsZero():
			continue
		case r.State == dossier.Erased, r.RetainEnd < s.today(now):
			out.Erased++
		case r.Visible:
			out.Others++
			out.Ahead = append(out.Ahead, dossier.Turn{Record: r.Record, Type: r.Type, Pack: r.Pack, Day: r.DisplayEnd})
		case soon:
			out.Ahead = append(out.Ahead, dossier.Turn{Record: r.Record, Type: r.Type, Pack: r.Pack, Day: s.today(r.EffectAt), Begins: true})
		}
		out.Records++
	}
	slices.SortStableFunc(out.Ahead, func(a, b dossier.Turn) int { return int(a.Day - b.Day) })
	out.Ahead = out.Ahead[:min(len(out.Ahead), most)]
	return out, nil
}

// looks is inquiry.Store for readers.
type looks struct {
	inquiry.Store
	down *down
	of   map[ref.Person][]inquiry.SealedLook // newest first
}

// Lookups gives the list with its sealed part.
func (s *looks) Lookups(_ context.Context, p ref.Person, access ref.Inquiry, _ string, page inquiry.Page, now time.Time) ([]inquiry.SealedLook, error) {
	if s.down.store.Load() {
		return nil, errDown
	}
	if p.IsZero() || access.IsZero() || now.IsZero() || page.Limit < 1 {
		return nil, errors.New("a look at the list without person, access row, instant or limit")
	}
	var out []inquiry.SealedLook
	for _, l := range s.of[p] {
		if (page.Before.IsZero() || l.At.Before(page.Before)) && len(out) < min(page.Limit, 1000) {
			out = append(out, l)
		}
	}
	return out, nil
}

// Recent gives the list without its sealed part.
func (s *looks) Recent(ctx context.Context, p ref.Person, page inquiry.Page) ([]inquiry.Look, error) {
	rows, err := s.Lookups(ctx, p, ref.Inquiry{1}, "", page, time.Unix(1, 0))
	out := make([]inquiry.Look, len(rows))
	for i, r := range rows {
		out[i] = r.Look
		out[i].Case, out[i].Reason = "", ""
	}
	return out, err
}

// Lately gives the newest look-ups, and counts answered and refused ones.
func (s *looks) Lately(ctx context.Context, p ref.Person, most int, since time.Time) (out inquiry.Lately, err error) {
	out.Looks, err = s.Recent(ctx, p, inquiry.Page{Limit: most})
	for _, l := range s.of[p] {
		switch {
		case l.At.Before(since):
		case l.Outcome == inquiry.NotAnswered:
			out.Refused++
		default:
			out.Answered++
		}
	}
	return out, err
}

// letters is notice.Store.
type letters struct {
	notice.Store
	down     *down
	mu       sync.Mutex
	of       map[ref.Person][]notice.Owed
	attempts map[ref.Notice][]notice.Attempt
}

// Open opens a letter; the first opening stays.
func (s *letters) Open(_ context.Context, p ref.Person, n ref.Notice, now, until time.Time) (notice.Owed, bool, error) {
	if s.down.store.Load() {
		return notice.Owed{}, false, errDown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range s.of[p] {
		if o.ID != n {
			continue
		}
		if o.OpenedAt.IsZero() {
			o.OpenedAt, o.AnswerUntil = now, until
			s.of[p][i] = o
		}
		return o, true, nil
	}
	return notice.Owed{}, false, nil
}

// One gives a letter of a person.
func (s *letters) One(ctx context.Context, p ref.Person, n ref.Notice) (notice.Owed, bool, error) {
	all, err := s.List(ctx, p)
	i := slices.IndexFunc(all, func(o notice.Owed) bool { return o.ID == n })
	if err != nil || i < 0 {
		return notice.Owed{}, false, err
	}
	return all[i], true, nil
}

// List gives the letters of a person, newest first.
func (s *letters) List(_ context.Context, p ref.Person) ([]notice.Owed, error) {
	if s.down.store.Load() {
		return nil, errDown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.of[p]), nil
}

// Attempts gives how a letter was announced.
func (s *letters) Attempts(_ context.Context, _ ref.Person, n ref.Notice) ([]notice.Attempt, error) {
	if s.down.store.Load() {
		return nil, errDown
	}
	return s.attempts[n], nil
}

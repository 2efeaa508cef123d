package inquiry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Finder finds the person of an identity, with the same work either way.
type Finder interface {
	Find(ctx context.Context, id party.Identity) (ref.Person, bool, error)
}

// Sealer opens and closes boxes; see seal.Sealed and seal.Content.
type Sealer interface {
	Close(ctx context.Context, contents []seal.Content) ([]seal.Box, error)
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

// Pseudonymer gives a person's pseudonym for one body.
type Pseudonymer interface {
	Pseudonym(ctx context.Context, b ref.Body, p ref.Person) ([16]byte, error)
}

// Service is the room's use cases.
type Service struct {
	Store       Store
	Finder      Finder
	Sealer      Sealer
	Pseudonymer Pseudonymer
	Marker      Marker
	Quota       Quota
	Seconds     Seconds
	Stubs       Stubs // nil where no receipts are given
	Uses        Uses
	Cases       Cases
	Watcher     Watcher // nil where nobody watches
	Shelf       law.Shelf
	Chance      ref.Minter
}

// usable is how many days an answer may be relied on.
const usable = 14

// Ask answers a clerk. The access row is committed before it returns. Errors are
// faults of form, and of parts that cannot be reached; a missing right is no
// error but the outcome NotAnswered.
func (s *Service) Ask(ctx context.Context, clerk party.Clerk, r Request, now time.Time) (Answer, error) {
	person, found, err := s.Finder.Find(ctx, r.Person)
	if err != nil {
		return Answer{}, err
	}
	return s.AskAbout(ctx, party.Admitted{Clerk: clerk, About: party.Found{Person: person, There: found}}, r, now)
}

// AskAbout is Ask where the person was looked for with the clerk.
func (s *Service) AskAbout(ctx context.Context, who party.Admitted, r Request, now time.Time) (Answer, error) {
	pack, clerk := s.Shelf.At(now), who.Clerk
	permit, err := Decide(pack, clerk.Body.Code, r, now)
	if err != nil {
		return Answer{}, err
	}
	if permit.Right && permit.purpose.Signed && r.Proof == nil {
		return Answer{}, ErrNotSigned
	}
	var second Hand
	if permit.Second {
		if second, err = s.second(ctx, clerk, r, now); err != nil {
			return Answer{}, err
		}
	}
	if err := s.allow(ctx, clerk.Body.ID, permit, now); err != nil {
		return Answer{}, err
	}
	ask, err := s.prepare(ctx, who, r, permit, now)
	if err != nil {
		return Answer{}, err
	}
	trace, until := traceOf(who, r, second), permit.pack.AccessEnd(now)
	answer, logged, err := s.answer(ctx, ask, permit, trace, until)
	if err == nil && answer.Outcome != logged {
		// All of its records ended while the answer was being made. It is asked anew, so
		// that what is logged of it is what it says.
		if ask.Spare, err = ref.Mint[ref.Inquiry](s.Chance); err != nil {
			return Answer{}, err
		}
		answer, _, err = s.answer(ctx, ask, permit, trace, until)
	}
	if err != nil {
		return Answer{}, err
	}
	answer.Purpose = r.Purpose
	return answer, s.watched(ctx, clerk, r, ask, answer)
}

// answer asks the wall once. logged is the outcome that the access row has.
func (s *Service) answer(ctx context.Context, ask Ask, permit Permit, t Trace, until when.Date) (answer Answer, logged Outcome, err error) {
	if ask.Trace, err = s.trace(ctx, ask, t, until); err != nil {
		return Answer{}, 0, err
	}
	told, err := s.Store.Disclose(ctx, ask)
	if err != nil {
		return Answer{}, 0, err
	}
	// The number is the one made from the key, for repeats too: a number that
	// changes with a repeat would tell that there was a first, and so a person.
	answer = Answer{
		Inquiry: ask.Access, At: ask.Now, Basis: ask.Basis, Pack: ask.Pack,
		Outcome: told.Outcome, Replayed: told.Replayed, Refer: permit.referred(told.Refer), UseBefore: when.In(ask.Now, permit.pack.Zone).AddDays(usable),
	}
	if s.Stubs != nil {
		row := ask.Access
		if told.Replayed {
			row = ask.Spare
		}
		if answer.Stub, err = s.Stubs.Stub(ask.Body, ask.Person, row, ask.Now); err != nil {
			return Answer{}, 0, err
		}
	}
	if told.Outcome == Records {
		answer, err = s.open(ctx, answer, ask, permit, told.Records)
	}
	return answer, told.Outcome, err
}

// allow takes an inquiry off what the body may ask today. Without a right there
// is nothing to take: nobody is looked up.
func (s *Service) allow(ctx context.Context, body ref.Body, permit Permit, now time.Time) error {
	if !permit.Right {
		return nil
	}
	ok, err := s.Quota.Take(ctx, Allowance{Body: body, Purpose: permit.purpose.Code, Day: permit.pack.Today(now), Ceiling: permit.purpose.DailyCeiling})
	if err == nil && !ok {
		err = ErrCeiling
	}
	return err
}

// prepare takes the person, or draws a key that names nobody, and marks the matter.
func (s *Service) prepare(ctx context.Context, who party.Admitted, r Request, permit Permit, now time.Time) (Ask, error) {
	nobody, err := ref.Mint[ref.Person](s.Chance)
	if err != nil {
		return Ask{}, err
	}
	spare, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return Ask{}, err
	}
	clerk, person := who.Clerk, who.About.Person
	if !who.About.There {
		person = nobody
	}
	var in Matter
	if permit.Right {
		if in, err = s.matter(ctx, clerk.Body.ID, r, permit.purpose.PersonsPerCase); err != nil {
			return Ask{}, err
		}
	}
	return Ask{
		Person: person, Access: keyed(clerk.ID, r.Key), Spare: spare, Now: now, Body: clerk.Body.ID, Purpose: noted(permit.pack, r.Purpose), Basis: r.Basis,
		Right: permit.Right, Pack: permit.pack.Version, Types: permit.Types, Pass: permit.Pass, Against: permit.Against, Matter: in,
	}, nil
}

// traceOf is what is kept, sealed, of who asked, in which case and why.
func traceOf(who party.Admitted, r Request, second Hand) Trace {
	clerk := who.Clerk
	t := Trace{Clerk: clerk.ID.String(), StaffNumber: clerk.StaffNumber, Case: r.Case, Reason: r.Reason, Proof: r.Proof.about(who.About.There)}
	if second != (Hand{}) {
		t.Second, t.SecondStaff = second.Clerk.String(), second.StaffNumber
	}
	return t
}

// trace seals a trace until its last day.
func (s *Service) trace(ctx context.Context, ask Ask, t Trace, until when.Date) (seal.Box, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return seal.Box{}, fmt.Errorf("writing the trace: %w", err)
	}
	boxes, err := s.Sealer.Close(ctx, []seal.Content{{
		Subject: TraceSubject(ask.Person, ask.Access), Epoch: seal.NewEpoch(seal.Access, until), Plain: plain}})
	if err != nil {
		return seal.Box{}, err
	}
	return boxes[0], nil
}

// noted is what the access row says of a purpose, in plain: its code, or
// NoPurpose. What a clerk may write in place of one could be anything.
func noted(p *law.Pack, code string) string {
	if _, ok := p.Purpose(code); !ok {
		return NoPurpose
	}
	return code
}

// keyed makes the number of an inquiry from its idempotency key, so that a
// repeat is found without a row of its own.
func keyed(c ref.Clerk, key string) (id ref.Inquiry) {
	h := sha256.New()
	h.Write([]byte("recourse/access/v1"))
	h.Write(c[:])
	h.Write([]byte(key))
	copy(id[:], h.Sum(nil))
	return id
}

// TraceSubject is what the sealed part of an access row is sealed for.
func TraceSubject(p ref.Person, access ref.Inquiry) seal.Subject {
	return seal.Subject{Person: p, Record: access}
}

func (s *Service) open(ctx context.Context, answer Answer, ask Ask, permit Permit, rows []SealedRecord) (Answer, error) {
	slices.SortFunc(rows, SealedRecord.before)
	sealed := make([]seal.Sealed, len(rows))
	for i, row := range rows {
		sealed[i] = seal.Sealed{Subject: dossier.RecordSubject(ask.Person, row.Record, row.Version), Box: row.Box}
	}
	var of map[int]int // of a record with words, which of the boxes holds them
	for i, row := range rows {
		if row.Words.Box.Data != nil {
			if of == nil {
				of = map[int]int{}
			}
			of[i] = len(sealed)
			sealed = append(sealed, row.Words)
		}
	}
	opened, err := s.Sealer.Open(ctx, sealed)
	if err != nil {
		return Answer{}, err
	}
	for i, row := range rows {
		if opened[i].Gone {
			continue // ended or erased while the answer was being made: not shown
		}
		fields, err := dossier.Content(opened[i].Plain)
		if err != nil {
			return Answer{}, fmt.Errorf("reading record %s: %w", row.Record, err)
		}
		answer.Records = append(answer.Records, Disclosed{
			Type: row.Type, Source: row.Source, Start: row.Start, DisplayEnd: row.DisplayEnd, Disputed: row.Disputed, Provisional: row.Provisional, Statement: statement(opened, of[i]), Fields: permit.Reduce(row.Type, fields)})
	}
	if len(answer.Records) == 0 {
		if answer.Outcome = NothingToShow; len(answer.Refer) > 0 {
			answer.Outcome = Refer
		}
		return answer, nil
	}
	name, err := s.Pseudonymer.Pseudonym(ctx, ask.Body, ask.Person)
	if err != nil {
		return Answer{}, err
	}
	answer.Subject = hex.EncodeToString(name[:])
	return answer, nil
}

// statement is what the person says in the box of a number; nothing in none, which is 0: the
// first box is always a record's.
func statement(opened []seal.Opened, box int) string {
	if box == 0 {
		return ""
	}
	return string(opened[box].Plain)
}

// Lookups returns who looked at a person's file with case and reason, newest
// first. The person's look at the list leaves an access row of its own.
func (s *Service) Lookups(ctx context.Context, p ref.Person, page Page, now time.Time) ([]Look, error) {
	if p.IsZero() {
		return nil, nil
	}
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.Lookups(ctx, p, access, s.Shelf.At(now).Version, page, now)
	if err != nil {
		return nil, err
	}
	looks := make([]Look, len(rows))
	var sealed []seal.Sealed
	var of []int    // the look of each
	var uses []bool // whether it is the use of its answer
	for i, row := range rows {
		looks[i] = row.Look
		if row.Use.Data != nil {
			sealed, of, uses = append(sealed, seal.Sealed{Subject: UseSubject(p, row.Access), Box: row.Use}), append(of, i), append(uses, true)
		}
		if row.Box.Data == nil {
			continue // ended
		}
		id := row.Access
		if !row.ReplayOf.IsZero() {
			id = row.ReplayOf
		}
		sealed, of, uses = append(sealed, seal.Sealed{Subject: TraceSubject(p, id), Box: row.Box}), append(of, i), append(uses, false)
	}
	opened, err := s.Sealer.Open(ctx, sealed)
	if err != nil {
		return nil, err
	}
	for i, o := range opened {
		if o.Gone {
			continue
		}
		if err := looks[of[i]].read(o.Plain, uses[i]); err != nil {
			return nil, fmt.Errorf("reading what is sealed of %s: %w", rows[of[i]].Access, err)
		}
	}
	return looks, nil
}

// read takes over what was sealed of a look: its trace, or what was done with its answer.
func (l *Look) read(plain []byte, use bool) error {
	if use {
		u, err := readUse(plain)
		l.Used = &u
		return err
	}
	var t Trace
	err := json.Unmarshal(plain, &t)
	l.Case, l.Reason, l.Two, l.Proof = t.Case, t.Reason, t.Second != "", t.Proof
	return err
}

// Recent returns the newest looks without their sealed part.
func (s *Service) Recent(ctx context.Context, p ref.Person, page Page) ([]Look, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.Recent(ctx, p, page)
}

// Lately returns the newest looks without their sealed part, at most so many, and how
// many there were since an instant.
func (s *Service) Lately(ctx context.Context, p ref.Person, most int, since time.Time) (Lately, error) {
	if p.IsZero() {
		return Lately{}, nil
	}
	return s.Store.Lately(ctx, p, most, since)
}

// formFault is an error of form: the request cannot be understood. It depends on
// the request alone.
func formFault(code, field, text string) error {
	return fault.New(fault.Invalid, code, text).At(field)
}

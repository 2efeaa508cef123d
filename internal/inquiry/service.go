package inquiry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

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
	permit.pack = pack
	ask, err := s.prepare(ctx, who, r, permit, now)
	if err != nil {
		return Answer{}, err
	}
	told, err := s.Store.Disclose(ctx, ask)
	if err != nil {
		return Answer{}, err
	}
	// The number is the one made from the key, for repeats too: a number that
	// changes with a repeat would tell that there was a first, and so a person.
	answer := Answer{
		Inquiry: ask.Access, At: now, Purpose: r.Purpose, Basis: r.Basis, Pack: pack.Version,
		Outcome: told.Outcome, Replayed: told.Replayed, UseBefore: when.In(now, pack.Zone).AddDays(usable),
	}
	if told.Outcome != Records {
		return answer, nil
	}
	return s.open(ctx, answer, ask, permit, told.Records)
}

// prepare takes the person, or draws a key that names nobody, and seals the trace.
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
	access := keyed(clerk.ID, r.Key)
	trace, err := json.Marshal(Trace{Clerk: clerk.ID.String(), StaffNumber: clerk.StaffNumber, Case: r.Case, Reason: r.Reason})
	if err != nil {
		return Ask{}, fmt.Errorf("writing the trace: %w", err)
	}
	boxes, err := s.Sealer.Close(ctx, []seal.Content{{
		Subject: TraceSubject(person, access), Epoch: seal.NewEpoch(seal.Access, permit.pack.AccessEnd(now)), Plain: trace}})
	if err != nil {
		return Ask{}, err
	}
	return Ask{
		Person: person, Access: access, Spare: spare, Now: now, Body: clerk.Body.ID, Purpose: noted(permit.pack, r.Purpose), Basis: r.Basis,
		Right: permit.Right, Pack: permit.pack.Version, Types: permit.Types, Trace: boxes[0],
	}, nil
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
	sealed := make([]seal.Sealed, len(rows))
	for i, row := range rows {
		sealed[i] = seal.Sealed{Subject: dossier.RecordSubject(ask.Person, row.Record, row.Version), Box: row.Box}
	}
	opened, err := s.Sealer.Open(ctx, sealed)
	if err != nil {
		return Answer{}, err
	}
	for i, row := range rows {
		if opened[i].Gone {
			continue // ended or erased while the answer was being made: not shown
		}
		var fields map[string]string
		if err := jsonv2.Unmarshal(opened[i].Plain, &fields); err != nil {
			return Answer{}, fmt.Errorf("reading record %s: %w", row.Record, err)
		}
		answer.Records = append(answer.Records, Disclosed{
			Type: row.Type, Source: row.Source, Start: row.Start, DisplayEnd: row.DisplayEnd, Fields: permit.Reduce(row.Type, fields)})
	}
	if len(answer.Records) == 0 {
		answer.Outcome = NothingToShow
		return answer, nil
	}
	name, err := s.Pseudonymer.Pseudonym(ctx, ask.Body, ask.Person)
	if err != nil {
		return Answer{}, err
	}
	answer.Subject = hex.EncodeToString(name[:])
	return answer, nil
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
	var of []int // the look of each
	for i, row := range rows {
		looks[i] = row.Look
		if row.Box.Data == nil {
			continue // ended
		}
		id := row.Access
		if !row.ReplayOf.IsZero() {
			id = row.ReplayOf
		}
		sealed, of = append(sealed, seal.Sealed{Subject: TraceSubject(p, id), Box: row.Box}), append(of, i)
	}
	opened, err := s.Sealer.Open(ctx, sealed)
	if err != nil {
		return nil, err
	}
	for i, o := range opened {
		if o.Gone {
			continue
		}
		var t Trace
		if err := json.Unmarshal(o.Plain, &t); err != nil {
			return nil, fmt.Errorf("reading the trace of %s: %w", rows[of[i]].Access, err)
		}
		looks[of[i]].Case, looks[of[i]].Reason = t.Case, t.Reason
	}
	return looks, nil
}

// Recent returns the newest looks without their sealed part.
func (s *Service) Recent(ctx context.Context, p ref.Person, page Page) ([]Look, error) {
	if p.IsZero() {
		return nil, nil
	}
	return s.Store.Recent(ctx, p, page)
}

// Count returns how many looks since an instant were answered and how many refused.
func (s *Service) Count(ctx context.Context, p ref.Person, since time.Time) (answered, refused int64, err error) {
	if p.IsZero() {
		return 0, 0, nil
	}
	return s.Store.Count(ctx, p, since)
}

// formFault is an error of form: the request cannot be understood. It depends on
// the request alone.
func formFault(code, field, text string) error {
	return fault.New(fault.Invalid, code, text).At(field)
}

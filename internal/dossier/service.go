package dossier

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Service is the room's use cases.
type Service struct {
	Store  Store
	Opener Opener
	Chance ref.Minter
	Pack   func(now time.Time) string // version of the pack in force at an instant
}

// Part is which records of a file are read: N from the one at From on.
type Part struct{ From, N int }

// File returns a part of a person's own file. A person without a file gets an empty
// one. The look leaves an access row that names the records of the part.
func (s *Service) File(ctx context.Context, p ref.Person, part Part, now time.Time) (File, error) {
	if p.IsZero() {
		return File{}, nil
	}
	return s.look(ctx, p, ref.Record{}, part, now)
}

// Outline says of all records of a person what needs no content, with the turns that
// come soonest, at most so many. A person without a file has none.
func (s *Service) Outline(ctx context.Context, p ref.Person, most int, now time.Time) (Outline, error) {
	if p.IsZero() {
		return Outline{}, nil
	}
	return s.Store.Outline(ctx, p, most, now)
}

// Record returns one record of a person's own file, or ErrNotFound.
func (s *Service) Record(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (Shown, error) {
	if p.IsZero() || r.IsZero() {
		return Shown{}, ErrNotFound
	}
	file, err := s.look(ctx, p, r, Part{0, 1}, now)
	if err != nil {
		return Shown{}, err
	}
	if len(file.Records) != 1 {
		return Shown{}, ErrNotFound
	}
	return file.Records[0], nil
}

// TakeEffect lets records take effect when the time to answer their letters has
// run. It is idempotent, and an end of that time that comes earlier counts.
func (s *Service) TakeEffect(ctx context.Context, told []Told, effect, now time.Time) error {
	_, err := s.Store.TakeEffect(ctx, told, effect, now)
	return err
}

// TakeEffects is TakeEffect of letters that were opened or came to their end one by
// one: of all of them or of none.
func (s *Service) TakeEffects(ctx context.Context, effects []Effect, now time.Time) error {
	_, err := s.Store.TakeEffects(ctx, effects, now)
	return err
}

// TakeBack lets a record wait again whose letter came back. It is idempotent.
func (s *Service) TakeBack(ctx context.Context, t Told, now time.Time) error {
	_, err := s.Store.TakeBack(ctx, t, now)
	return err
}

func (s *Service) look(ctx context.Context, p ref.Person, r ref.Record, part Part, now time.Time) (File, error) {
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return File{}, err
	}
	rows, err := s.Store.Show(ctx, View{Person: p, Record: r, Part: part, Access: access, Pack: s.Pack(now), Now: now})
	if err != nil {
		return File{}, err
	}
	var sealed []seal.Sealed
	var of []int // the row of each
	for i, row := range rows {
		if row.Box.Data != nil {
			sealed, of = append(sealed, seal.Sealed{Subject: subject(p, row), Box: row.Box}), append(of, i)
		}
	}
	opened, err := s.Opener.Open(ctx, sealed)
	if err != nil {
		return File{}, err
	}
	contents := make([]seal.Opened, len(rows))
	for i, o := range opened {
		contents[of[i]] = o
	}
	return assemble(rows, contents)
}

func subject(p ref.Person, row SealedRecord) seal.Subject {
	if row.Record.IsZero() {
		return party.IdentitySubject(p)
	}
	return RecordSubject(p, row.Record, row.Version)
}

// WordsSubject is what the person's own words about a record are sealed for: no version of
// it, so that they stay when another takes its place.
func WordsSubject(p ref.Person, r ref.Record) seal.Subject { return seal.Subject{Person: p, Record: r} }

// RecordSubject is what a version of a record is sealed for.
func RecordSubject(p ref.Person, r ref.Record, version int32) seal.Subject {
	return seal.Subject{Person: p, Record: r, Version: version}
}

// assemble joins rows with their contents. A content whose key is gone is shown as
// erased whatever the row says: the vault is right about what can be read.
func assemble(rows []SealedRecord, contents []seal.Opened) (File, error) {
	var file File
	for i, row := range rows {
		content := contents[i]
		gone := row.Box.Data == nil || content.Gone
		if row.Record.IsZero() {
			var id IdentityPlain
			if !gone {
				if err := json.Unmarshal(content.Plain, &id); err != nil {
					return File{}, fmt.Errorf("reading an identity: %w", err)
				}
			}
			file.Name = id.Name
			continue
		}
		shown := row.Shown
		if gone {
			shown.Visible, shown.Provisional = false, false
			if !shown.State.Empty() { // else its content went with what ended it
				shown.State = Erased
			}
		} else {
			var err error
			if shown.Fields, err = Content(content.Plain); err != nil {
				return File{}, fmt.Errorf("reading record %s: %w", row.Record, err)
			}
		}
		file.Records = append(file.Records, shown)
	}
	return file, nil
}

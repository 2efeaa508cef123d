package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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

// File returns a person's own file, newest record first. A person without a file
// gets an empty one. The look leaves an access row.
func (s *Service) File(ctx context.Context, p ref.Person, now time.Time) (File, error) {
	if p.IsZero() {
		return File{}, nil
	}
	return s.look(ctx, p, ref.Record{}, now)
}

// Record returns one record of a person's own file, or ErrNotFound.
func (s *Service) Record(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (Shown, error) {
	if p.IsZero() || r.IsZero() {
		return Shown{}, ErrNotFound
	}
	file, err := s.look(ctx, p, r, now)
	if err != nil {
		return Shown{}, err
	}
	if len(file.Records) != 1 {
		return Shown{}, ErrNotFound
	}
	return file.Records[0], nil
}

// TakeEffect lets a noticed record take effect when the time to answer has run.
// It is idempotent. A version that was told lets no later one take effect.
func (s *Service) TakeEffect(ctx context.Context, t Told, effect, now time.Time) error {
	_, err := s.Store.TakeEffect(ctx, t, effect, now)
	return err
}

func (s *Service) look(ctx context.Context, p ref.Person, r ref.Record, now time.Time) (File, error) {
	access, err := ref.Mint[ref.Inquiry](s.Chance)
	if err != nil {
		return File{}, err
	}
	rows, err := s.Store.Show(ctx, View{Person: p, Record: r, Access: access, Pack: s.Pack(now), Now: now})
	if err != nil {
		return File{}, err
	}
	var sealed []seal.Sealed
	for _, row := range rows {
		if row.Box.Data != nil {
			sealed = append(sealed, seal.Sealed{Subject: subject(p, row), Box: row.Box})
		}
	}
	opened, err := s.Opener.Open(ctx, sealed)
	if err != nil {
		return File{}, err
	}
	return assemble(rows, opened)
}

func subject(p ref.Person, row SealedRecord) seal.Subject {
	if row.Record.IsZero() {
		return party.IdentitySubject(p)
	}
	return RecordSubject(p, row.Record, row.Version)
}

// RecordSubject is what a version of a record is sealed for.
func RecordSubject(p ref.Person, r ref.Record, version int32) seal.Subject {
	return seal.Subject{Person: p, Record: r, Version: version}
}

// assemble joins rows with their contents, which come in the same order for the
// rows that have a box. A content whose key is gone is shown as erased whatever
// the row says: the vault is right about what can be read.
func assemble(rows []SealedRecord, opened []seal.Opened) (File, error) {
	var file File
	for _, row := range rows {
		content := seal.Opened{Gone: true}
		if row.Box.Data != nil {
			content, opened = opened[0], opened[1:]
		}
		if row.Record.IsZero() {
			var id IdentityPlain
			if !content.Gone {
				if err := json.Unmarshal(content.Plain, &id); err != nil {
					return File{}, fmt.Errorf("reading an identity: %w", err)
				}
			}
			file.Name = id.Name
			continue
		}
		shown := row.Shown
		if content.Gone {
			shown.Visible = false
			if shown.State != Withdrawn { // its content went with the withdrawal
				shown.State = Erased
			}
		} else if err := json.Unmarshal(content.Plain, &shown.Fields); err != nil {
			return File{}, fmt.Errorf("reading record %s: %w", row.Record, err)
		}
		file.Records = append(file.Records, shown)
	}
	slices.SortFunc(file.Records, func(a, b Shown) int {
		if a.Start != b.Start {
			return int(b.Start - a.Start)
		}
		return a.Record.Compare(b.Record)
	})
	return file, nil
}

package partypg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/when"
)

// PutPasskey is party.PasskeyStore.PutPasskey.
func (s *Sessions) PutPasskey(ctx context.Context, h party.Holder, k party.Passkey, most int) (bool, error) {
	person, clerk := whom(h)
	n, err := s.q.PutPasskey(ctx, s.pool, PutPasskeyParams{Passkey: k.ID[:], Person: person, Clerk: clerk, Credential: k.Credential, PublicKey: k.Key, Counter: int64(k.Counter),
		Device: k.Device, MadeAt: k.Made, Most: int64(most)})
	return n > 0, pgkit.Clean(err)
}

// PasskeysOf is party.PasskeyStore.PasskeysOf.
func (s *Sessions) PasskeysOf(ctx context.Context, h party.Holder) ([]party.Passkey, error) {
	person, clerk := whom(h)
	rows, err := s.q.PasskeysOf(ctx, s.pool, PasskeysOfParams{Person: person, Clerk: clerk})
	out := make([]party.Passkey, len(rows))
	for i, r := range rows {
		out[i] = party.Passkey{ID: [32]byte(r.Passkey), Credential: r.Credential, Key: r.PublicKey, Counter: uint32(r.Counter), Device: r.Device, Made: r.MadeAt, Used: pgkit.Instant(r.UsedAt)}
	}
	return out, pgkit.Clean(err)
}

// Passkey is party.PasskeyStore.Passkey.
func (s *Sessions) Passkey(ctx context.Context, id [32]byte, today when.Date) (party.Bound, bool, error) {
	r, err := s.q.PasskeyByID(ctx, s.pool, PasskeyByIDParams{Passkey: id[:], Today: pgkit.Day(today)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Bound{}, false, nil
	}
	if err != nil {
		return party.Bound{}, false, pgkit.Clean(err)
	}
	b := party.Bound{Holder: party.Holder{Person: r.Person.Bytes, Clerk: r.Clerk.Bytes},
		Passkey: party.Passkey{ID: id, Credential: r.Credential, Key: r.PublicKey, Counter: uint32(r.Counter), Device: r.Device, Made: r.MadeAt, Used: pgkit.Instant(r.UsedAt)}}
	if r.Clerk.Valid {
		b.Clerk = party.Clerk{ID: r.Clerk.Bytes, Body: party.Body{ID: r.Body.Bytes, Code: *r.Code}, StaffNumber: *r.StaffNumber, TrainedUntil: pgkit.Date(r.TrainedUntil), Desks: party.SetOf(desks(r.Desks)...)}
	}
	return b, true, nil
}

// UsePasskey is party.PasskeyStore.UsePasskey.
func (s *Sessions) UsePasskey(ctx context.Context, id [32]byte, counter uint32, now time.Time) (bool, error) {
	n, err := s.q.UsePasskey(ctx, s.pool, UsePasskeyParams{Passkey: id[:], Counter: int64(counter), Now: now})
	return n > 0, pgkit.Clean(err)
}

// RevokePasskey is party.PasskeyStore.RevokePasskey.
func (s *Sessions) RevokePasskey(ctx context.Context, h party.Holder, id [32]byte) (bool, error) {
	person, clerk := whom(h)
	n, err := s.q.RevokePasskey(ctx, s.pool, RevokePasskeyParams{Passkey: id[:], Person: person, Clerk: clerk})
	return n > 0, pgkit.Clean(err)
}

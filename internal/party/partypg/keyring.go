package partypg

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Keyring is party.KeyStore.
type Keyring struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewKeyring returns the keys of bodies on a pool of recourse_app.
func NewKeyring(pool *pgxpool.Pool, publisher pgkit.Publisher) *Keyring {
	return &Keyring{pool: pool, publisher: publisher}
}

// thumb returns the bytes of a key's id; none where it cannot be one.
func thumb(id string) []byte {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id)
	if err != nil {
		return []byte{}
	}
	return raw
}

func keyOf(r AnyKeyRow) party.Key {
	return party.Key{ID: base64.RawURLEncoding.EncodeToString(r.Key), Public: [32]byte(r.PublicKey), Body: r.Body.Bytes, Holder: r.Holder.Bytes, Until: pgkit.Date(r.UntilOn),
		AskedBy: r.AskedBy.Bytes, AskedAt: r.AskedAt, ConfirmedBy: r.ConfirmedBy.Bytes, ConfirmedAt: pgkit.Instant(r.ConfirmedAt), EndedAt: pgkit.Instant(r.EndedAt)}
}

// AddKey is party.KeyStore.AddKey.
func (s *Keyring) AddKey(ctx context.Context, k party.Key) (kept party.Key, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.PutKey(ctx, tx, PutKeyParams{Key: thumb(k.ID), PublicKey: k.Public[:], Body: pgkit.UUID(k.Body), Holder: pgkit.UUID(k.Holder),
			UntilOn: pgkit.Day(k.Until), AskedBy: pgkit.UUID(k.AskedBy), AskedAt: k.AskedAt})
		if err != nil {
			return err
		}
		if n > 0 {
			if err := s.publish(ctx, tx, "party.key-asked", k, k.AskedBy, k.AskedAt); err != nil {
				return err
			}
		}
		row, err := s.q.AnyKey(ctx, tx, thumb(k.ID))
		if errors.Is(err, pgx.ErrNoRows) {
			return party.ErrHolder
		}
		kept = keyOf(row)
		return err
	})
	return kept, err
}

// Key is party.KeyStore.Key.
func (s *Keyring) Key(ctx context.Context, body ref.Body, id string) (party.Key, bool, error) {
	row, err := s.q.KeyOfBody(ctx, s.pool, KeyOfBodyParams{Key: thumb(id), Body: pgkit.UUID(body)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Key{}, false, nil
	}
	if err != nil {
		return party.Key{}, false, pgkit.Clean(err)
	}
	return keyOf(AnyKeyRow(row)), true, nil
}

// ConfirmKey is party.KeyStore.ConfirmKey.
func (s *Keyring) ConfirmKey(ctx context.Context, k party.Key, hash [32]byte, expires time.Time) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.ConfirmKey(ctx, tx, ConfirmKeyParams{Key: thumb(k.ID), Body: pgkit.UUID(k.Body), By: pgkit.UUID(k.ConfirmedBy), At: k.ConfirmedAt})
		if done = n > 0; err != nil || !done {
			return err
		}
		if err := s.q.PutCredential(ctx, tx, PutCredentialParams{TokenHash: hash[:], Clerk: pgkit.UUID(k.Holder), MadeAt: k.ConfirmedAt, ExpiresAt: expires}); err != nil {
			return err
		}
		return s.publish(ctx, tx, "party.key-confirmed", k, k.ConfirmedBy, k.ConfirmedAt)
	})
	return done && err == nil, err
}

// EndKey is party.KeyStore.EndKey.
func (s *Keyring) EndKey(ctx context.Context, k party.Key, hash [32]byte, by ref.Clerk) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.EndKey(ctx, tx, EndKeyParams{Key: thumb(k.ID), Body: pgkit.UUID(k.Body), By: pgkit.UUID(by), At: k.EndedAt})
		if err != nil || n == 0 {
			return err
		}
		if err := s.q.RevokeCredential(ctx, tx, RevokeCredentialParams{TokenHash: hash[:], RevokedAt: &k.EndedAt}); err != nil {
			return err
		}
		return s.publish(ctx, tx, "party.key-ended", k, by, k.EndedAt)
	})
}

// Keys is party.KeyStore.Keys.
func (s *Keyring) Keys(ctx context.Context, body ref.Body, limit int) ([]party.Key, error) {
	rows, err := s.q.KeysOfBody(ctx, s.pool, KeysOfBodyParams{Body: pgkit.UUID(body), Limit: int32(limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]party.Key, len(rows))
	for i, r := range rows {
		out[i] = keyOf(AnyKeyRow(r))
	}
	return out, nil
}

func (s *Keyring) publish(ctx context.Context, tx pgx.Tx, kind string, k party.Key, by ref.Clerk, at time.Time) error {
	return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: k.Body, Kind: kind, At: at,
		Refs: map[string]string{"key": k.ID, "body": k.Body.String(), "holder": k.Holder.String(), "by": by.String(), "until": k.Until.String()}})
}

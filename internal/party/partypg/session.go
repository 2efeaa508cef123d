package partypg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Sessions is party.SessionStore.
type Sessions struct {
	pool *pgxpool.Pool
	q    Queries
}

// NewSessions returns the sign-ins on a pool of recourse_app.
func NewSessions(pool *pgxpool.Pool) *Sessions { return &Sessions{pool: pool} }

// whom names a holder to the database; both are NULL for nobody, which no row equals.
func whom(h party.Holder) (person, clerk pgtype.UUID) {
	return pgkit.UUID(h.Person), pgkit.UUID(h.Clerk)
}

// PutSession is party.SessionStore.PutSession.
func (s *Sessions) PutSession(ctx context.Context, n party.NewSession) (time.Time, bool, error) {
	person, clerk := whom(n.Holder())
	token := n.Token[:]
	if n.Token == ([32]byte{}) {
		token = []byte{}
	}
	expires, err := s.q.PutSession(ctx, s.pool, PutSessionParams{Session: pgkit.UUID(n.ID), TokenHash: n.Hash[:], Person: person, Clerk: clerk,
		Way: string(n.Way), Device: n.Device, Now: n.Made, ExpiresAt: n.Expires, Token: token})
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return expires, err == nil, pgkit.Clean(err)
}

// Session is party.SessionStore.Session.
func (s *Sessions) Session(ctx context.Context, id ref.Session, hash [32]byte, now time.Time, today when.Date) (party.Session, bool, error) {
	r, err := s.q.SessionByID(ctx, s.pool, SessionByIDParams{Session: pgkit.UUID(id), TokenHash: hash[:], Now: now, Today: pgkit.Day(today)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Session{}, false, nil
	}
	if err != nil {
		return party.Session{}, false, pgkit.Clean(err)
	}
	in := party.Session{ID: id, Person: r.Person.Bytes, Way: party.Way(r.Way), Device: r.Device, Made: r.MadeAt, Seen: r.SeenAt, Proved: r.ProvedAt, Expires: r.ExpiresAt}
	if r.Clerk.Valid {
		in.Clerk = party.Clerk{ID: r.Clerk.Bytes, Body: party.Body{ID: r.Body.Bytes, Code: *r.Code}, StaffNumber: *r.StaffNumber, TrainedUntil: pgkit.Date(r.TrainedUntil), Desks: party.SetOf(desks(r.Desks)...)}
	}
	return in, true, nil
}

// Touch is party.SessionStore.Touch.
func (s *Sessions) Touch(ctx context.Context, id ref.Session, now time.Time) error {
	return pgkit.Clean(s.q.TouchSession(ctx, s.pool, TouchSessionParams{Session: pgkit.UUID(id), Now: now}))
}

// Prove is party.SessionStore.Prove.
func (s *Sessions) Prove(ctx context.Context, id ref.Session, p party.Proof) (bool, error) {
	n, err := s.q.ProveSession(ctx, s.pool, ProveSessionParams{Session: pgkit.UUID(id), OldHash: p.Old[:], NewHash: p.New[:], Way: string(p.Way), Now: p.At})
	return n > 0, pgkit.Clean(err)
}

// Drop is party.SessionStore.Drop.
func (s *Sessions) Drop(ctx context.Context, id ref.Session, hash [32]byte) error {
	return pgkit.Clean(s.q.DropSession(ctx, s.pool, DropSessionParams{Session: pgkit.UUID(id), TokenHash: hash[:]}))
}

// SessionsOf is party.SessionStore.SessionsOf.
func (s *Sessions) SessionsOf(ctx context.Context, h party.Holder, now time.Time) ([]party.Session, error) {
	person, clerk := whom(h)
	rows, err := s.q.SessionsOf(ctx, s.pool, SessionsOfParams{Person: person, Clerk: clerk, Now: now})
	out := make([]party.Session, len(rows))
	for i, r := range rows {
		out[i] = party.Session{ID: r.Session.Bytes, Way: party.Way(r.Way), Device: r.Device, Made: r.MadeAt, Seen: r.SeenAt, Proved: r.ProvedAt, Expires: r.ExpiresAt}
	}
	return out, pgkit.Clean(err)
}

// EndSession is party.SessionStore.EndSession.
func (s *Sessions) EndSession(ctx context.Context, h party.Holder, id ref.Session) (bool, error) {
	person, clerk := whom(h)
	n, err := s.q.EndSession(ctx, s.pool, EndSessionParams{Session: pgkit.UUID(id), Person: person, Clerk: clerk})
	return n > 0, pgkit.Clean(err)
}

// EndOthers is party.SessionStore.EndOthers.
func (s *Sessions) EndOthers(ctx context.Context, h party.Holder, but ref.Session) (int64, error) {
	person, clerk := whom(h)
	n, err := s.q.EndOtherSessions(ctx, s.pool, EndOtherSessionsParams{Session: pgkit.UUID(but), Person: person, Clerk: clerk})
	return n, pgkit.Clean(err)
}

// ClerkOf is party.SessionStore.ClerkOf.
func (s *Sessions) ClerkOf(ctx context.Context, body, staffNumber string, today when.Date) (party.Clerk, bool, error) {
	r, err := s.q.ClerkOf(ctx, s.pool, ClerkOfParams{Code: body, StaffNumber: staffNumber, Today: pgkit.Day(today)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Clerk{}, false, nil
	}
	return party.Clerk{ID: r.Clerk.Bytes, Body: party.Body{ID: r.Body.Bytes, Code: r.Code}, StaffNumber: r.StaffNumber, TrainedUntil: pgkit.Date(r.TrainedUntil), Desks: party.SetOf(desks(r.Desks)...)}, err == nil, pgkit.Clean(err)
}

// PutKnock is party.KnockStore.PutKnock.
func (s *Sessions) PutKnock(ctx context.Context, hash [32]byte, k party.Knock) error {
	return pgkit.Clean(s.q.PutKnock(ctx, s.pool, PutKnockParams{Knock: hash[:], Door: k.Door, Session: pgkit.UUID(k.Session), UntilAt: k.Until}))
}

// TakeKnock is party.KnockStore.TakeKnock.
func (s *Sessions) TakeKnock(ctx context.Context, hash [32]byte) (party.Knock, bool, error) {
	r, err := s.q.TakeKnock(ctx, s.pool, hash[:])
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Knock{}, false, nil
	}
	return party.Knock{Door: r.Door, Session: r.Session.Bytes, Until: r.UntilAt}, err == nil, pgkit.Clean(err)
}

// PutDraft is party.DraftStore.PutDraft.
func (s *Sessions) PutDraft(ctx context.Context, id [32]byte, h party.Holder, sealed []byte, until time.Time) error {
	person, clerk := whom(h)
	return pgkit.Clean(s.q.PutDraft(ctx, s.pool, PutDraftParams{Draft: id[:], Person: person, Clerk: clerk, Written: sealed, UntilAt: until}))
}

// Draft is party.DraftStore.Draft.
func (s *Sessions) Draft(ctx context.Context, id [32]byte, h party.Holder, now time.Time) ([]byte, bool, error) {
	person, clerk := whom(h)
	sealed, err := s.q.DraftOf(ctx, s.pool, DraftOfParams{Draft: id[:], Person: person, Clerk: clerk, Now: now})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return sealed, err == nil, pgkit.Clean(err)
}

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

// Team is party.TeamStore.
type Team struct {
	pool      *pgxpool.Pool
	publisher pgkit.Publisher
	q         Queries
}

// NewTeam returns the staff of bodies on a pool of recourse_app.
func NewTeam(pool *pgxpool.Pool, publisher pgkit.Publisher) *Team {
	return &Team{pool: pool, publisher: publisher}
}

// Members is party.TeamStore.Members.
func (s *Team) Members(ctx context.Context, body ref.Body, today when.Date, limit int) ([]party.Member, error) {
	rows, err := s.q.Staff(ctx, s.pool, StaffParams{Body: pgkit.UUID(body), Limit: int32(limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]party.Member, len(rows))
	for i, r := range rows {
		out[i] = memberOf(OneOfStaffRow(r), body)
	}
	return out, s.mandates(ctx, out, today)
}

// Member is party.TeamStore.Member.
func (s *Team) Member(ctx context.Context, body ref.Body, id ref.Clerk, today when.Date) (party.Member, bool, error) {
	row, err := s.q.OneOfStaff(ctx, s.pool, OneOfStaffParams{Body: pgkit.UUID(body), Clerk: pgkit.UUID(id)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Member{}, false, nil
	}
	if err != nil {
		return party.Member{}, false, pgkit.Clean(err)
	}
	one := []party.Member{memberOf(row, body)}
	err = s.mandates(ctx, one, today)
	return one[0], err == nil, err
}

func memberOf(r OneOfStaffRow, body ref.Body) party.Member {
	m := party.Member{Clerk: party.Clerk{ID: r.Clerk.Bytes, Body: party.Body{ID: body}, StaffNumber: r.StaffNumber, TrainedUntil: pgkit.Date(r.TrainedUntil)},
		MadeAt: r.MadeAt, EndedAt: pgkit.Instant(r.EndedAt), HandedTo: r.HandedTo.Bytes}
	if r.AwayFrom.Valid {
		m.AwayFrom, m.AwayUntil = pgkit.Date(r.AwayFrom), pgkit.Date(r.AwayUntil)
	}
	return m
}

// mandates adds what each holds, or will.
func (s *Team) mandates(ctx context.Context, members []party.Member, today when.Date) error {
	at, ids := make(map[ref.Clerk]int, len(members)), make([]ref.Clerk, len(members))
	for i, m := range members {
		at[m.ID], ids[i] = i, m.ID
	}
	rows, err := s.q.MandatesOfStaff(ctx, s.pool, MandatesOfStaffParams{Clerks: pgkit.UUIDs(ids), Today: pgkit.Day(today)})
	for _, r := range rows {
		one := party.Mandate{Clerk: r.Clerk.Bytes, Desk: party.Desk(r.Desk), From: pgkit.Date(r.FromOn), Until: pgkit.Date(r.UntilOn)}
		if r.LentBy != r.Clerk {
			one.LentBy = r.LentBy.Bytes
		}
		m := &members[at[one.Clerk]]
		m.Mandates = append(m.Mandates, one)
	}
	return pgkit.Clean(err)
}

// PutMotion is party.TeamStore.PutMotion.
func (s *Team) PutMotion(ctx context.Context, m party.Motion) error {
	arg := PutMotionParams{Motion: pgkit.UUID(m.ID), Body: pgkit.UUID(m.Body), Kind: string(m.Kind), Desks: words(m.Desks), FromOn: pgkit.Day(m.From), UntilOn: pgkit.Day(m.Until),
		Clerk: orNone(m.Clerk), StandIn: orNone(m.StandIn), PutBy: pgkit.UUID(m.PutBy), PutAt: m.PutAt}
	if m.Kind == party.Invite {
		arg.StaffNumber, arg.TrainedUntil = &m.Staff, pgkit.Day(m.Trained)
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.PutMotion(ctx, tx, arg); err != nil {
			return err
		}
		return s.publish(ctx, tx, "party.motion-put", m, m.PutBy, m.PutAt)
	})
}

// Motion is party.TeamStore.Motion.
func (s *Team) Motion(ctx context.Context, body ref.Body, id ref.Motion) (party.Motion, bool, error) {
	row, err := s.q.OneMotion(ctx, s.pool, OneMotionParams{Motion: pgkit.UUID(id), Body: pgkit.UUID(body)})
	if errors.Is(err, pgx.ErrNoRows) {
		return party.Motion{}, false, nil
	}
	return motionOf(row), err == nil, pgkit.Clean(err)
}

// Waiting is party.TeamStore.Waiting.
func (s *Team) Waiting(ctx context.Context, body ref.Body, since time.Time) ([]party.Motion, error) {
	rows, err := s.q.WaitingMotions(ctx, s.pool, WaitingMotionsParams{Body: pgkit.UUID(body), Since: since})
	out := make([]party.Motion, len(rows))
	for i, r := range rows {
		out[i] = motionOf(r)
	}
	return out, pgkit.Clean(err)
}

func motionOf(r PartyMotion) party.Motion {
	m := party.Motion{ID: r.Motion.Bytes, Body: r.Body.Bytes, Kind: party.MotionKind(r.Kind), Clerk: r.Clerk.Bytes, StandIn: r.StandIn.Bytes, From: pgkit.Date(r.FromOn), Until: pgkit.Date(r.UntilOn),
		PutBy: r.PutBy.Bytes, PutAt: r.PutAt, EndedBy: r.EndedBy.Bytes, EndedAt: pgkit.Instant(r.EndedAt), Seconded: r.Seconded}
	if r.StaffNumber != nil {
		m.Staff, m.Trained = *r.StaffNumber, pgkit.Date(r.TrainedUntil)
	}
	m.Desks = desks(r.Desks)
	return m
}

// Drop is party.TeamStore.Drop.
func (s *Team) Drop(ctx context.Context, m party.Motion) (bool, error) {
	return s.end(ctx, m, "party.motion-dropped", func(pgx.Tx) error { return nil })
}

// Carry is party.TeamStore.Carry.
func (s *Team) Carry(ctx context.Context, m party.Motion, who ref.Clerk, code [32]byte, until time.Time) (bool, error) {
	return s.end(ctx, m, "party.motion-seconded", func(tx pgx.Tx) error {
		switch m.Kind {
		case party.Invite:
			return s.invite(ctx, tx, m, who, code, until)
		case party.AppointTo:
			return s.appoint(ctx, tx, m, m.Clerk)
		case party.Train:
			if err := s.q.Train(ctx, tx, TrainParams{Clerk: pgkit.UUID(m.Clerk), TrainedUntil: pgkit.Day(m.Until)}); err != nil {
				return err
			}
			return s.trained(ctx, tx, m, m.Clerk, m.Until)
		}
		if err := s.q.SetLeave(ctx, tx, SetLeaveParams{Clerk: pgkit.UUID(m.Clerk), AwayFrom: pgkit.Day(m.From), AwayUntil: pgkit.Day(m.Until)}); err != nil {
			return err
		}
		return s.q.LendMandates(ctx, tx, LendMandatesParams{Clerk: pgkit.UUID(m.Clerk), StandIn: pgkit.UUID(m.StandIn), FromOn: pgkit.Day(m.From), UntilOn: pgkit.Day(m.Until), MadeAt: m.EndedAt})
	})
}

// invite makes somebody known, or again somebody who has left.
func (s *Team) invite(ctx context.Context, tx pgx.Tx, m party.Motion, who ref.Clerk, code [32]byte, until time.Time) error {
	staff, err := s.q.Staff(ctx, tx, StaffParams{Body: pgkit.UUID(m.Body), Limit: 10_000})
	if err != nil {
		return err
	}
	for _, o := range staff {
		if o.StaffNumber == m.Staff && o.EndedAt == nil {
			return party.ErrStaffKnown
		}
	}
	id, err := s.q.PutClerk(ctx, tx, PutClerkParams{Clerk: pgkit.UUID(who), Body: pgkit.UUID(m.Body), StaffNumber: m.Staff, TrainedUntil: pgkit.Day(m.Trained), MadeAt: m.EndedAt})
	if err != nil {
		return err
	}
	if err := s.appoint(ctx, tx, m, id.Bytes); err != nil {
		return err
	}
	if err := s.trained(ctx, tx, m, id.Bytes, m.Trained); err != nil {
		return err
	}
	return s.q.PutInvitation(ctx, tx, PutInvitationParams{CodeHash: code[:], Clerk: id, MadeAt: m.EndedAt, ExpiresAt: until})
}

func (s *Team) appoint(ctx context.Context, tx pgx.Tx, m party.Motion, who ref.Clerk) error {
	return s.q.PutMandate(ctx, tx, PutMandateParams{Clerk: pgkit.UUID(who), LentBy: pgkit.UUID(who), Desks: words(m.Desks), FromOn: pgkit.Day(m.From), UntilOn: pgkit.Day(m.Until), MadeAt: m.EndedAt})
}

func (s *Team) trained(ctx context.Context, tx pgx.Tx, m party.Motion, who ref.Clerk, until when.Date) error {
	return s.q.PutTraining(ctx, tx, PutTrainingParams{Clerk: pgkit.UUID(who), NotedAt: m.EndedAt, UntilOn: pgkit.Day(until), NotedBy: pgkit.UUID(m.PutBy), SecondedBy: pgkit.UUID(m.EndedBy)})
}

// end ends a motion and does what follows.
func (s *Team) end(ctx context.Context, m party.Motion, kind string, then func(pgx.Tx) error) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := s.q.EndMotion(ctx, tx, EndMotionParams{Motion: pgkit.UUID(m.ID), Body: pgkit.UUID(m.Body), By: pgkit.UUID(m.EndedBy), At: m.EndedAt, Seconded: m.Seconded})
		if done = n > 0; err != nil || !done {
			return err
		}
		if err := then(tx); err != nil {
			return err
		}
		return s.publish(ctx, tx, kind, m, m.EndedBy, m.EndedAt)
	})
	return done && err == nil, err
}

func (s *Team) publish(ctx context.Context, tx pgx.Tx, kind string, m party.Motion, by ref.Clerk, at time.Time) error {
	refs := map[string]string{"motion": m.ID.String(), "body": m.Body.String(), "kind": string(m.Kind), "by": by.String(), "until": m.Until.String()}
	if !m.Clerk.IsZero() {
		refs["clerk"] = m.Clerk.String()
	}
	for _, d := range m.Desks {
		refs["desk-"+string(d)] = "yes"
	}
	return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: m.Body, Kind: kind, At: at, Refs: refs})
}

// keepAHead locks the heads of a body and refuses where the last of them would go.
func (s *Team) keepAHead(ctx context.Context, tx pgx.Tx, p party.Parting) error {
	rows, err := s.q.LockHeads(ctx, tx, LockHeadsParams{Body: pgkit.UUID(p.Body), Today: pgkit.Day(p.Today)})
	heads := make([]ref.Clerk, len(rows))
	for i, r := range rows {
		heads[i] = r.Bytes
	}
	if err == nil && party.LastHead(heads, p.Clerk) {
		err = party.ErrLastHead
	}
	return err
}

// Dismiss is party.TeamStore.Dismiss.
func (s *Team) Dismiss(ctx context.Context, p party.Parting, desk party.Desk) (bool, error) {
	return s.take(ctx, p, "party.mandate-ended", map[string]string{"desk": string(desk)}, func(tx pgx.Tx) (int64, error) {
		if desk == party.Heads {
			if err := s.keepAHead(ctx, tx, p); err != nil {
				return 0, err
			}
		}
		return s.q.EndMandates(ctx, tx, EndMandatesParams{Clerk: pgkit.UUID(p.Clerk), Desks: []string{string(desk)}, Now: p.Now})
	})
}

// Return is party.TeamStore.Return.
func (s *Team) Return(ctx context.Context, p party.Parting) (bool, error) {
	return s.take(ctx, p, "party.leave-ended", nil, func(tx pgx.Tx) (int64, error) {
		if err := s.q.EndLent(ctx, tx, EndLentParams{Clerk: pgkit.UUID(p.Clerk), Now: p.Now}); err != nil {
			return 0, err
		}
		return s.q.EndLeave(ctx, tx, pgkit.UUID(p.Clerk))
	})
}

// Part is party.TeamStore.Part.
func (s *Team) Part(ctx context.Context, p party.Parting) (bool, error) {
	refs := map[string]string{}
	if !p.HandedTo.IsZero() {
		refs["handed_to"] = p.HandedTo.String()
	}
	return s.take(ctx, p, "party.clerk-left", refs, func(tx pgx.Tx) (int64, error) {
		if err := s.keepAHead(ctx, tx, p); err != nil {
			return 0, err
		}
		who, by := pgkit.UUID(p.Clerk), pgkit.UUID(p.By)
		n, err := s.q.LetGo(ctx, tx, LetGoParams{Clerk: who, Body: pgkit.UUID(p.Body), HandedTo: orNone(p.HandedTo), Now: p.Now})
		if err != nil || n == 0 {
			return n, err
		}
		for _, end := range []func() error{
			func() error { return s.q.EndClerk(ctx, tx, who) },
			func() error { return s.q.DropViewsOf(ctx, tx, who) },
			func() error { return s.q.EndLent(ctx, tx, EndLentParams{Clerk: who, Now: p.Now}) },
			func() error { return s.q.EndLentTo(ctx, tx, EndLentToParams{Clerk: who, Now: p.Now}) },
			func() error {
				return s.q.EndMotionsOf(ctx, tx, EndMotionsOfParams{Body: pgkit.UUID(p.Body), Clerk: who, By: by, At: p.Now})
			},
			func() error {
				return s.q.EndKeysOf(ctx, tx, EndKeysOfParams{Holder: who, Body: pgkit.UUID(p.Body), By: by, At: p.Now})
			},
			func() error {
				_, err := s.q.RevokeCredentials(ctx, tx, RevokeCredentialsParams{Clerk: who, RevokedAt: &p.Now})
				return err
			},
		} {
			if err := end(); err != nil {
				return 0, err
			}
		}
		return n, nil
	})
}

// take takes something away from somebody, with its event.
func (s *Team) take(ctx context.Context, p party.Parting, kind string, refs map[string]string, do func(pgx.Tx) (int64, error)) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		n, err := do(tx)
		if done = n > 0; err != nil || !done {
			return err
		}
		all := map[string]string{"body": p.Body.String(), "clerk": p.Clerk.String(), "by": p.By.String()}
		for k, v := range refs {
			all[k] = v
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: p.Body, Kind: kind, At: p.Now, Refs: all})
	})
	return done && err == nil, err
}

// Welcome is party.TeamStore.Welcome.
func (s *Team) Welcome(ctx context.Context, code [32]byte, staff string, token [32]byte, now, until time.Time) (done bool, err error) {
	err = pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		row, err := s.q.UseInvitation(ctx, tx, UseInvitationParams{CodeHash: code[:], StaffNumber: staff, Now: now})
		if done = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.q.PutCredential(ctx, tx, PutCredentialParams{TokenHash: token[:], Clerk: row.Clerk, MadeAt: now, ExpiresAt: until}); err != nil {
			return err
		}
		return s.publisher.Publish(ctx, tx, pgkit.Event{Stream: ref.Body(row.Body.Bytes), Kind: "party.clerk-welcomed", At: now, Refs: map[string]string{"clerk": ref.Clerk(row.Clerk.Bytes).String()}})
	})
	return done && err == nil, err
}

// orNone is NULL for the zero id.
func orNone(id ref.Clerk) pgtype.UUID {
	if id.IsZero() {
		return pgtype.UUID{}
	}
	return pgkit.UUID(id)
}

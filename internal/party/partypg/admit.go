package partypg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/when"
)

// asking is a token with whom it asks about, and asker who that turned out to be.
type (
	asking struct {
		hash   [32]byte
		tokens []party.Token // none where nobody is asked about
		now    time.Time
		today  when.Date
	}
	asker struct {
		clerk party.Clerk
		about party.Found
	}
)

// ClerkAndPerson finds the clerk of a valid token and the person of an identifier.
func (s *Store) ClerkAndPerson(ctx context.Context, hash [32]byte, tokens []party.Token, now time.Time, today when.Date) (party.Clerk, party.Found, bool, error) {
	found, err := s.together.Ask(ctx, asking{hash, tokens, now, today})
	if err != nil || found == nil {
		return party.Clerk{}, party.Found{}, false, pgkit.Clean(err)
	}
	return found.clerk, found.about, true, nil
}

// askers looks up those who ask at the same time in one statement.
func (s *Store) askers(ctx context.Context, all []asking, _ bool) ([]*asker, error) {
	n := len(all)
	numbers, bytes := make([]int32, 3*n), make([][]byte, 3*n)
	arg := ClerksAndPersonsParams{
		Nths: numbers[:n], G1: numbers[n : 2*n], G2: numbers[2*n:], TokenHashes: bytes[:n], M1: bytes[n : 2*n], M2: bytes[2*n:],
		Nows: make([]time.Time, n), Todays: make([]pgtype.Date, n),
	}
	for i := range all {
		q := &all[i]
		arg.Nths[i], arg.TokenHashes[i], arg.Nows[i], arg.Todays[i] = int32(i), q.hash[:], q.now, pgkit.Day(q.today)
		arg.M1[i], arg.M2[i] = []byte{}, []byte{}
		if last := len(q.tokens) - 1; last >= 0 {
			arg.G1[i], arg.M1[i], arg.G2[i], arg.M2[i] = q.tokens[0].Generation, q.tokens[0].MAC[:], q.tokens[last].Generation, q.tokens[last].MAC[:]
		}
	}
	rows, err := s.q.ClerksAndPersons(ctx, s.pool, arg)
	if err != nil {
		return nil, err
	}
	found := make([]*asker, n)
	for _, row := range rows {
		found[row.Nth] = &asker{
			clerk: party.Clerk{ID: row.Clerk.Bytes, Body: party.Body{ID: row.Body.Bytes, Code: row.Code}, StaffNumber: row.StaffNumber, TrainedUntil: pgkit.Date(row.TrainedUntil), Desks: party.SetOf(desks(row.Desks)...)},
			about: party.Found{Person: row.Person.Bytes, There: row.Person.Valid},
		}
	}
	return found, nil
}

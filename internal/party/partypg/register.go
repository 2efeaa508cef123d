package partypg

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Reserve is party.Registrar.Reserve. New tokens go under the newest generation
// only; look-ups probe every live one.
func (s *Store) Reserve(ctx context.Context, tokens [][]party.Token, fresh []ref.Person) ([]party.Held, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	found, err := s.lookUp(ctx, tokens)
	if err != nil {
		return nil, err
	}
	missing := ReserveTokensParams{Generation: tokens[0][0].Generation}
	var gates []pgtype.UUID
	for i, ts := range tokens {
		if _, ok := find(found, ts); !ok {
			missing.Macs = append(missing.Macs, ts[0].MAC[:])
			missing.Persons = append(missing.Persons, pgkit.UUID(fresh[i]))
			gates = append(gates, pgkit.UUID(fresh[i]))
		}
	}
	if len(missing.Macs) > 0 {
		if err := s.reserve(ctx, missing, gates); err != nil {
			return nil, err
		}
		if found, err = s.lookUp(ctx, tokens); err != nil {
			return nil, err
		}
	}
	out := make([]party.Held, len(tokens))
	for i, ts := range tokens {
		held, ok := find(found, ts)
		if !ok {
			return nil, fmt.Errorf("a token that was reserved is not there")
		}
		out[i] = held
	}
	return out, nil
}

// reserve adds a gate for every key offered, also for those that lose the race: a
// gate without a person locks nothing and is swept with the reservations.
func (s *Store) reserve(ctx context.Context, missing ReserveTokensParams, gates []pgtype.UUID) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.ReserveTokens(ctx, tx, missing); err != nil {
			return err
		}
		return s.q.PutGates(ctx, tx, gates)
	})
}

func (s *Store) lookUp(ctx context.Context, tokens [][]party.Token) (map[party.Token]party.Held, error) {
	var arg PersonsByTokensParams
	for _, ts := range tokens {
		for _, t := range ts {
			arg.Macs = append(arg.Macs, t.MAC[:])
			if !slices.Contains(arg.Generations, t.Generation) {
				arg.Generations = append(arg.Generations, t.Generation)
			}
		}
	}
	rows, err := s.q.PersonsByTokens(ctx, s.pool, arg)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make(map[party.Token]party.Held, len(rows))
	for _, r := range rows {
		held := party.Held{Person: r.Person.Bytes}
		if r.Leaf != nil {
			held.Known, held.Slot = true, seal.Slot{Epoch: seal.Epoch(*r.Epoch), Leaf: seal.Leaf(*r.Leaf)}
			copy(held.NameMark[:], r.NameMark)
		}
		out[party.Token{Generation: r.Generation, MAC: [16]byte(r.Mac)}] = held
	}
	return out, nil
}

func find(found map[party.Token]party.Held, tokens []party.Token) (party.Held, bool) {
	for _, t := range tokens {
		if h, ok := found[t]; ok {
			return h, true
		}
	}
	return party.Held{}, false
}

// Register is party.Registrar.Register.
func (s *Store) Register(ctx context.Context, persons []party.NewPerson, prolong map[ref.Person]when.Date, now time.Time) error {
	put := PutPersonsParams{Now: now}
	for _, p := range persons {
		put.Persons = append(put.Persons, pgkit.UUID(p.Person))
		put.LiveUntils = append(put.LiveUntils, pgkit.Day(p.LiveUntil))
		put.NameMarks = append(put.NameMarks, p.NameMark[:])
		put.Epochs = append(put.Epochs, int64(p.Box.Epoch))
		put.Leaves = append(put.Leaves, int64(p.Box.Leaf))
		put.Nonces = append(put.Nonces, p.Box.Nonce[:])
		put.Boxes = append(put.Boxes, p.Box.Data)
	}
	var longer ProlongPersonsParams
	for _, p := range slices.SortedFunc(maps.Keys(prolong), func(a, b ref.Person) int { return a.Compare(b) }) {
		longer.Persons = append(longer.Persons, pgkit.UUID(p))
		longer.LiveUntils = append(longer.LiveUntils, pgkit.Day(prolong[p]))
	}
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if len(put.Persons) > 0 {
			if err := s.q.PutPersons(ctx, tx, put); err != nil {
				return err
			}
		}
		if len(longer.Persons) == 0 {
			return nil
		}
		return s.q.ProlongPersons(ctx, tx, longer)
	})
}

package partypg

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Find is party.Registrar.Find. It probes every live generation.
func (s *Store) Find(ctx context.Context, tokens [][]party.Token) ([]party.Held, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	all := make([]*party.Token, 0, 2*len(tokens))
	for i := range tokens {
		for k := range tokens[i] {
			all = append(all, &tokens[i][k])
		}
	}
	// Neighbours lie on one page of the index.
	slices.SortFunc(all, func(a, b *party.Token) int { return bytes.Compare(a.MAC[:], b.MAC[:]) })
	arg := PersonsByTokensParams{Macs: make([][]byte, len(all)), Generations: make([]int32, len(all))}
	for i, t := range all {
		arg.Macs[i], arg.Generations[i] = t.MAC[:], t.Generation
	}
	var rows []PersonsByTokensRow
	err := pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if err = pgkit.ByKey(ctx, tx); err == nil {
			rows, err = s.q.PersonsByTokens(ctx, tx, arg)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	found := make(map[party.Token]party.Held, len(rows))
	for _, r := range rows {
		held := party.Held{Person: r.Person.Bytes, LiveUntil: pgkit.Date(r.LiveUntil), Slot: slot(r.Epoch, r.Leaf)}
		copy(held.NameMark[:], r.NameMark)
		found[party.Token{Generation: r.Generation, MAC: [16]byte(r.Mac)}] = held
	}
	out := make([]party.Held, len(tokens))
	for i, ts := range tokens {
		for _, t := range ts {
			if h, ok := found[t]; ok {
				out[i] = h
				break
			}
		}
	}
	return out, nil
}

// Register is party.Registrar.Register. Tokens are written first and in the order
// of their MACs: a unit that names one of them waits there for this one's end, and
// none waits for another in a circle.
func (s *Store) Register(ctx context.Context, persons []party.NewPerson, prolong map[ref.Person]when.Date, now time.Time) error {
	return pgkit.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := put(ctx, tx, persons, now); err != nil {
			if pgkit.Code(err) == pgkit.UniqueViolation {
				return party.ErrTaken
			}
			return err
		}
		if len(prolong) == 0 {
			return nil
		}
		var arg ProlongPersonsParams
		for _, p := range slices.SortedFunc(maps.Keys(prolong), ref.Person.Compare) {
			arg.Persons = append(arg.Persons, pgkit.UUID(p))
			arg.LiveUntils = append(arg.LiveUntils, pgkit.Day(prolong[p]))
		}
		n, err := s.q.ProlongPersons(ctx, tx, arg)
		if err == nil && n != int64(len(prolong)) {
			return party.ErrTaken
		}
		return err
	})
}

func put(ctx context.Context, tx pgx.Tx, persons []party.NewPerson, now time.Time) error {
	byToken := slices.SortedFunc(slices.Values(persons), func(a, b party.NewPerson) int { return bytes.Compare(a.Token.MAC[:], b.Token.MAC[:]) })
	err := pgkit.Copy(ctx, tx, "copy party.token (generation, mac, person) from stdin (format binary)", len(byToken), func(r *pgkit.Rows, i int) {
		p := &byToken[i]
		r.Row(3)
		r.Int(p.Token.Generation)
		r.Bytes(p.Token.MAC[:])
		r.UUID(p.Person)
	})
	if err != nil {
		return err
	}
	err = pgkit.Copy(ctx, tx, "copy party.gate (person) from stdin (format binary)", len(persons), func(r *pgkit.Rows, i int) {
		r.Row(1)
		r.UUID(persons[i].Person)
	})
	if err != nil {
		return err
	}
	return pgkit.Copy(ctx, tx, "copy party.person (person, live_until, made_at, name_mark, epoch, leaf, nonce, box) from stdin (format binary)", len(persons), func(r *pgkit.Rows, i int) {
		p := &persons[i]
		r.Row(8)
		r.UUID(p.Person)
		r.Day(p.LiveUntil)
		r.Instant(now)
		r.Bytes(p.NameMark[:])
		putBox(r, p.Box)
	})
}

func putBox(r *pgkit.Rows, b seal.Box) {
	r.Big(int64(b.Epoch))
	r.Big(int64(b.Leaf))
	r.Bytes(b.Nonce[:])
	r.Bytes(b.Data)
}

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
	var arg PersonsByTokensParams
	for i := range tokens {
		for k := range tokens[i] {
			t := &tokens[i][k]
			arg.Macs, arg.Generations = append(arg.Macs, t.MAC[:]), append(arg.Generations, t.Generation)
		}
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
	persons = slices.SortedFunc(slices.Values(persons), func(a, b party.NewPerson) int { return bytes.Compare(a.Token.MAC[:], b.Token.MAC[:]) })
	var tokens, gates, people pgkit.Rows
	for i := range persons {
		p := &persons[i]
		tokens.Row(3)
		tokens.Int(p.Token.Generation)
		tokens.Bytes(p.Token.MAC[:])
		tokens.UUID(p.Person)
		gates.Row(1)
		gates.UUID(p.Person)
		people.Row(8)
		people.UUID(p.Person)
		people.Day(p.LiveUntil)
		people.Instant(now)
		people.Bytes(p.NameMark[:])
		putBox(&people, p.Box)
	}
	if err := tokens.Copy(ctx, tx, "copy party.token (generation, mac, person) from stdin (format binary)"); err != nil {
		return err
	}
	if err := gates.Copy(ctx, tx, "copy party.gate (person) from stdin (format binary)"); err != nil {
		return err
	}
	return people.Copy(ctx, tx, "copy party.person (person, live_until, made_at, name_mark, epoch, leaf, nonce, box) from stdin (format binary)")
}

func putBox(r *pgkit.Rows, b seal.Box) {
	r.Big(int64(b.Epoch))
	r.Big(int64(b.Leaf))
	r.Bytes(b.Nonce[:])
	r.Bytes(b.Data)
}

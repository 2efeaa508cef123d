// Package inquirypg asks the read wall and lists who looked, in PostgreSQL.
//
// It promises what inquiry.Store asks for: an answer is returned only after the
// statement that wrote its access row was committed and confirmed without error
// or warning.
package inquirypg

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Store is inquiry.Store on the pool of the app.
type Store struct {
	pool     *pgxpool.Pool
	q        Queries
	together *pgkit.Together[inquiry.Ask, inquiry.Told]
}

// NewStore returns a Store on a pool of recourse_app. Inquiries that wait at the
// same time are asked in one call (docs/decisions/0004-inquiries-that-wait-together.md).
func NewStore(pool *pgxpool.Pool) *Store {
	s := &Store{pool: pool}
	s.together = &pgkit.Together[inquiry.Ask, inquiry.Told]{Call: s.disclose, Most: 32}
	return s
}

// ErrMoved is returned where the clock guard of the wall refused the instant.
var ErrMoved = fault.New(fault.Unavailable, pgkit.ClockCode,
	"The clocks of server and database differ by more than two seconds. Nothing was looked up. Try again; if it stays, tell the operator.")

// ErrPack is returned where the wall refused the version of the pack that decided.
var ErrPack = fault.New(fault.Unavailable, "E-PACK-OLD",
	"Another version of the law's pack is in force than this server has. Nothing was looked up. Try again in a few seconds; if it stays, tell the operator.")

// Disclose is inquiry.Store.Disclose.
func (s *Store) Disclose(ctx context.Context, a inquiry.Ask) (inquiry.Told, error) {
	told, err := s.together.Ask(ctx, a)
	for range 3 {
		if pgkit.Code(err) != pgkit.UniqueViolation {
			break
		}
		// The same inquiry was answered at the same moment, or another in its case; now
		// it is a repeat, or the case names somebody.
		told, err = s.together.Ask(ctx, a)
	}
	switch {
	case err != nil:
		return inquiry.Told{}, guard(err)
	case told == nil:
		return inquiry.Told{}, errors.New("the read wall gave no outcome")
	}
	return *told, nil
}

func (s *Store) disclose(ctx context.Context, asks []inquiry.Ask, alone bool) ([]*inquiry.Told, error) {
	asks, of := apart(asks)
	arg := Disclosing(asks, alone)
	var rows []DiscloseRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		rows, err = s.q.Disclose(ctx, conn, arg)
		return err
	})
	if err != nil {
		return nil, err
	}
	told := make([]*inquiry.Told, len(of))
	for _, r := range rows {
		i := slices.Index(of, int(r.Nth))
		if told[i] == nil {
			told[i] = &inquiry.Told{Outcome: inquiry.Outcome(r.Outcome), Replayed: r.Replayed}
		}
		tell(told[i], asks[i].Person, r)
	}
	return told, nil
}

// apart leaves out inquiries in a matter that another before them asks in: they
// have no answer in this call, and are asked alone. of says for each inquiry which
// of those that are left it is, from 1; 0 for none.
func apart(asks []inquiry.Ask) (left []inquiry.Ask, of []int) {
	of = make([]int, len(asks))
	for i := range asks {
		if asks[i].Right && slices.ContainsFunc(left, func(o inquiry.Ask) bool { return o.Matter.Mark == asks[i].Matter.Mark }) {
			continue
		}
		left = append(left, asks[i])
		of[i] = len(left)
	}
	return left, of
}

// tell adds a row of the wall to what is told.
func tell(t *inquiry.Told, p ref.Person, r DiscloseRow) {
	switch {
	case !r.Record.Valid:
	case r.Refer:
		if one := (inquiry.Referral{Type: r.Type, Source: r.Source.Bytes}); !slices.Contains(t.Refer, one) {
			t.Refer = append(t.Refer, one)
		}
	default:
		t.Outcome = inquiry.Records
		t.Records = append(t.Records, inquiry.SealedRecord{
			Record: r.Record.Bytes, Version: r.Version, Type: r.Type, Source: r.Source.Bytes, Start: pgkit.Date(r.StartOn), DisplayEnd: pgkit.Date(r.DisplayEnd), Disputed: r.Disputed, Provisional: r.Provisional,
			Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box), Words: words(p, r.Words)})
	}
}

// Disclosing lays inquiries side by side, column by column, for one call that
// waits for gates or refuses them all where one is taken.
func Disclosing(asks []inquiry.Ask, wait bool) DiscloseParams {
	n := len(asks)
	ids, words := make([]pgtype.UUID, 6*n), make([]string, 6*n)
	numbers, bytes := make([]int64, 2*n), make([][]byte, 2*n)
	arg := DiscloseParams{
		Wait: wait, Persons: ids[:n], Accesses: ids[n : 2*n], Spares: ids[2*n : 3*n], Bodies: ids[3*n : 4*n], Matters: ids[4*n : 5*n], Subjects: ids[5*n:], People: make([]int32, n), Nows: make([]time.Time, n), Rights: make([]bool, n),
		Purposes: words[:n], Bases: words[n : 2*n], Packs: words[2*n : 3*n], Types: words[3*n : 4*n], Against: words[4*n : 5*n], Pass: words[5*n:],
		Epochs: numbers[:n], Leaves: numbers[n:], Nonces: bytes[:n], Boxes: bytes[n:],
	}
	for i := range asks {
		a := &asks[i]
		arg.Persons[i], arg.Accesses[i], arg.Spares[i], arg.Bodies[i] = pgkit.UUID(a.Person), pgkit.UUID(a.Access), pgkit.UUID(a.Spare), pgkit.UUID(a.Body)
		arg.Nows[i], arg.Rights[i], arg.Purposes[i], arg.Bases[i] = a.Now, a.Right, a.Purpose, string(a.Basis)
		arg.Packs[i], arg.Types[i], arg.Against[i], arg.Pass[i] = a.Pack, strings.Join(a.Types, ","), marks(a.Against, a.Late), strings.Join(a.Pass, ",")
		arg.Matters[i], arg.Subjects[i], arg.People[i] = pgkit.UUID(a.Matter.Mark), pgkit.UUID(a.Matter.Subject), int32(a.Matter.Persons)
		arg.Epochs[i], arg.Leaves[i], arg.Nonces[i], arg.Boxes[i] = int64(a.Trace.Epoch), int64(a.Trace.Leaf), a.Trace.Nonce[:], a.Trace.Data
	}
	return arg
}

// marks writes what is true of who asks as the wall reads it (dossier.answering).
func marks(pairs []inquiry.Pair, late []inquiry.Referral) string {
	if len(pairs)+len(late) == 0 {
		return ""
	}
	out := make([]string, 0, len(pairs)+len(late))
	for _, p := range pairs {
		out = append(out, p.Licence+">"+p.Decision)
	}
	for _, l := range late {
		out = append(out, l.Type+"@"+pgkit.UUID(l.Source).String())
	}
	return strings.Join(out, ",")
}

// Lookups is inquiry.Store.Lookups.
func (s *Store) Lookups(ctx context.Context, p ref.Person, access ref.Inquiry, pack string, page inquiry.Page, now time.Time) ([]inquiry.SealedLook, error) {
	arg := ShowLookupsParams{Person: pgkit.UUID(p), Access: pgkit.UUID(access), Now: now, Pack: pack, Before: before(page), Most: int32(page.Limit)}
	var rows []ShowLookupsRow
	err := pgkit.Confirmed(ctx, s.pool, func(conn *pgx.Conn) error {
		var err error
		rows, err = s.q.ShowLookups(ctx, conn, arg)
		return err
	})
	if err != nil {
		return nil, guard(err)
	}
	out := make([]inquiry.SealedLook, len(rows))
	for i, r := range rows {
		out[i] = inquiry.SealedLook{Box: seal.Boxed(r.Epoch, r.Leaf, r.Nonce, r.Box), Use: seal.Boxed(r.UseEpoch, r.UseLeaf, r.UseNonce, r.UseBox), Look: inquiry.Look{
			Access: r.Access.Bytes, At: r.At, Body: r.Body.Bytes, Purpose: r.Purpose, Basis: inquiry.Basis(r.Basis), Pack: r.Pack,
			Outcome: inquiry.Outcome(r.Outcome), Records: records(r.Records), Referred: records(r.Referred), ReplayOf: r.ReplayOf.Bytes}}
	}
	return out, nil
}

// Recent is inquiry.Store.Recent.
func (s *Store) Recent(ctx context.Context, p ref.Person, page inquiry.Page) ([]inquiry.Look, error) {
	rows, err := s.q.Recent(ctx, s.pool, RecentParams{Person: pgkit.UUID(p), Before: before(page), Most: int32(page.Limit)})
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]inquiry.Look, len(rows))
	for i, r := range rows {
		out[i] = inquiry.Look{Access: r.Access.Bytes, At: r.At, Body: r.Body.Bytes, Purpose: r.Purpose, Basis: inquiry.Basis(r.Basis), Pack: r.Pack,
			Outcome: inquiry.Outcome(r.Outcome), Records: records(r.Records), Referred: records(r.Referred), ReplayOf: r.ReplayOf.Bytes}
	}
	return out, nil
}

// Lately is inquiry.Store.Lately.
func (s *Store) Lately(ctx context.Context, p ref.Person, most int, since time.Time) (inquiry.Lately, error) {
	rows, err := s.q.Lately(ctx, s.pool, LatelyParams{Person: pgkit.UUID(p), Most: int32(most), Since: since})
	if err != nil || len(rows) == 0 {
		return inquiry.Lately{}, pgkit.Clean(err)
	}
	out := inquiry.Lately{Answered: int(rows[0].Answered), Refused: int(rows[0].Refused)}
	for _, r := range rows {
		if r.Access.Valid {
			out.Looks = append(out.Looks, inquiry.Look{Access: r.Access.Bytes, At: r.At, Body: r.Body.Bytes, Purpose: r.Purpose, Basis: inquiry.Basis(r.Basis), Pack: r.Pack,
				Outcome: inquiry.Outcome(r.Outcome), Records: records(r.Records), Referred: records(r.Referred), ReplayOf: r.ReplayOf.Bytes})
		}
	}
	return out, nil
}

func guard(err error) error {
	switch pgkit.Code(err) {
	case pgkit.WrongInstant:
		return ErrMoved.Because(err)
	case pgkit.WrongPack:
		return ErrPack.Because(err)
	}
	return err
}

func before(p inquiry.Page) *time.Time {
	if p.Before.IsZero() {
		return nil
	}
	return &p.Before
}

func records(ids []pgtype.UUID) []ref.Record {
	if len(ids) == 0 {
		return nil
	}
	out := make([]ref.Record, len(ids))
	for i, id := range ids {
		out[i] = id.Bytes
	}
	return out
}

// words reads what goes with a record, as the wall packs it: what it is sealed for, epoch,
// leaf, nonce, content. No data where there is none.
func words(p ref.Person, packed []byte) seal.Sealed {
	const head = 16 + 8 + 8 + seal.NonceSize
	if len(packed) < head {
		return seal.Sealed{}
	}
	return seal.Sealed{Subject: seal.Subject{Person: p, Record: [16]byte(packed)},
		Box: seal.Boxed(int64(binary.BigEndian.Uint64(packed[16:])), int64(binary.BigEndian.Uint64(packed[24:])), packed[32:head], packed[head:])}
}

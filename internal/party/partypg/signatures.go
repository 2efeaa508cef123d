package partypg

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/kit/pgkit"
)

// Signatures is what a signed request is checked with. It is safe for concurrent
// use.
type Signatures struct {
	pool     *pgxpool.Pool
	q        Queries
	together *pgkit.Together[nonce, bool]

	mu   sync.Mutex
	keys map[string]ed25519.PublicKey
}

// nonce is one that is to be spent.
type nonce struct {
	mark  [16]byte
	until time.Time
}

// mostKept bounds how many keys are remembered.
const mostKept = 4096

// NewSignatures returns Signatures on a pool of recourse_app.
func NewSignatures(pool *pgxpool.Pool) *Signatures {
	s := &Signatures{pool: pool, keys: map[string]ed25519.PublicKey{}}
	s.together = &pgkit.Together[nonce, bool]{Call: s.spend, Most: 32}
	return s
}

// Public returns a key by its id, whether it waits, signs or is over. An id is made
// from its key, so a key that was found once is remembered.
func (s *Signatures) Public(ctx context.Context, id string) (ed25519.PublicKey, bool, error) {
	s.mu.Lock()
	key, kept := s.keys[id]
	s.mu.Unlock()
	if kept {
		return key, true, nil
	}
	row, err := s.q.AnyKey(ctx, s.pool, thumb(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, pgkit.Clean(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) >= mostKept {
		clear(s.keys)
	}
	s.keys[id] = row.PublicKey
	return row.PublicKey, true, nil
}

// Spend remembers a nonce of a key until an instant, or reports that it was there.
func (s *Signatures) Spend(ctx context.Context, id, text string, until time.Time) (bool, error) {
	sum := sha256.Sum256([]byte("recourse/nonce/v1 " + id + " " + text))
	fresh, err := s.together.Ask(ctx, nonce{[16]byte(sum[:16]), until})
	if err != nil {
		return false, pgkit.Clean(err)
	}
	return fresh != nil && *fresh, nil
}

// spend spends those that come at the same time. Of two that are the same the second
// is not fresh.
func (s *Signatures) spend(ctx context.Context, all []nonce, _ bool) ([]*bool, error) {
	var arg SpendNoncesParams
	for _, n := range all {
		arg.Marks, arg.UntilAts = append(arg.Marks, pgkit.UUID(n.mark)), append(arg.UntilAts, n.until)
	}
	spent, err := s.q.SpendNonces(ctx, s.pool, arg)
	if err != nil {
		return nil, err
	}
	out := make([]*bool, len(all))
	for i, n := range all {
		at := slices.Index(spent, pgkit.UUID(n.mark))
		fresh := at >= 0
		if fresh {
			spent = slices.Delete(spent, at, at+1)
		}
		out[i] = &fresh
	}
	return out, nil
}

package vault

import (
	"context"
	"sync"

	"recourse/internal/seal"
)

// leaves hands out leaves from leased ranges, one range per epoch. A leaf is
// handed out only after the vault and the database both remember its range.
type leaves struct {
	vault       Deriver
	book        LeaseBook
	first, most int

	mu     sync.Mutex
	ranges map[seal.Epoch]*leafRange
}

// leafRange is what is left of the last lease of an epoch.
type leafRange struct {
	mu        sync.Mutex
	next, end seal.Leaf
	size      int
	leasing   chan struct{} // holds one token while somebody leases
}

// take gives each place a leaf of its epoch.
func (l *leaves) take(ctx context.Context, places []Place) error {
	for i := 0; i < len(places); {
		e := places[i].Slot.Epoch
		run := i + 1
		for run < len(places) && places[run].Slot.Epoch == e {
			run++
		}
		if err := l.fill(ctx, l.of(e), places[i:run]); err != nil {
			return err
		}
		i = run
	}
	return nil
}

func (l *leaves) of(e seal.Epoch) *leafRange {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.ranges[e]
	if r == nil {
		r = &leafRange{size: l.first, leasing: make(chan struct{}, 1)}
		l.ranges[e] = r
	}
	return r
}

// fill gives leaves of one epoch to places, leasing more where they run out.
func (l *leaves) fill(ctx context.Context, r *leafRange, places []Place) error {
	for {
		if places = r.give(places); len(places) == 0 {
			return nil
		}
		select {
		case r.leasing <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := l.lease(ctx, r, places[0].Slot.Epoch, len(places))
		<-r.leasing
		if err != nil {
			return err
		}
	}
}

// give hands out what the range still has and returns the places left over.
func (r *leafRange) give(places []Place) []Place {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(places) > 0 && r.next < r.end {
		places[0].Slot.Leaf = r.next
		r.next++
		places = places[1:]
	}
	return places
}

// lease fills an empty range: first the vault remembers it, then the database,
// then it is used.
func (l *leaves) lease(ctx context.Context, r *leafRange, e seal.Epoch, want int) error {
	r.mu.Lock()
	left, size := r.next < r.end, r.size
	r.mu.Unlock()
	if left {
		return nil // somebody else leased while we waited
	}
	n := min(max(size, want), MaxLease)
	got, err := l.vault.Lease(ctx, e, n)
	if err != nil {
		return err
	}
	end := got.First + seal.Leaf(n)
	if err := l.book.Leased(ctx, Counter{Epoch: e, Next: end, Seed: got.Seed}, got.Seq); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next, r.end, r.size = got.First, end, min(2*size, l.most)
	return nil
}

package vault

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

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

// take gives each place a leaf of its epoch. What has to be leased for all of
// them is leased together: the vault and the database write once.
func (l *leaves) take(ctx context.Context, places []Place) error {
	open := map[seal.Epoch][]*Place{}
	for i := range places {
		e := places[i].Slot.Epoch
		open[e] = append(open[e], &places[i])
	}
	for {
		for e, list := range open {
			if list = l.of(e).give(list); len(list) == 0 {
				delete(open, e)
			} else {
				open[e] = list
			}
		}
		if len(open) == 0 {
			return nil
		}
		if err := l.fill(ctx, open); err != nil {
			return err
		}
	}
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

// give hands out what the range still has and returns the places left over.
func (r *leafRange) give(places []*Place) []*Place {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(places) > 0 && r.next < r.end {
		places[0].Slot.Leaf = r.next
		r.next++
		places = places[1:]
	}
	return places
}

// wanted is one lease that is missing.
type wanted struct {
	epoch seal.Epoch
	of    *leafRange
	n     int
	got   Lease
}

// fill leases for the epochs of which places are open. Ranges are taken in the
// order of their epochs, so that two callers cannot wait for each other.
func (l *leaves) fill(ctx context.Context, open map[seal.Epoch][]*Place) error {
	var list []*wanted
	for _, e := range slices.Sorted(maps.Keys(open)) {
		r := l.of(e)
		select {
		case r.leasing <- struct{}{}:
			defer func() { <-r.leasing }()
		case <-ctx.Done():
			return ctx.Err()
		}
		r.mu.Lock()
		if r.next == r.end { // else somebody leased while we waited
			list = append(list, &wanted{epoch: e, of: r, n: min(max(r.size, len(open[e])), MaxLease)})
		}
		r.mu.Unlock()
	}
	return l.lease(ctx, list)
}

// together is how many leases are asked for at once: as many as the vault puts
// into one write.
const together = 64

// lease fills empty ranges: first the vault remembers them, then the database,
// then they are used.
func (l *leaves) lease(ctx context.Context, list []*wanted) error {
	errs := make([]error, len(list))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(together, len(list)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(list)); i = next.Add(1) - 1 {
				list[i].got, errs[i] = l.vault.Lease(ctx, list[i].epoch, list[i].n)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	counters, seq := make([]Counter, len(list)), int64(0)
	for i, w := range list {
		counters[i] = Counter{Epoch: w.epoch, Next: w.got.First + seal.Leaf(w.n), Seed: w.got.Seed}
		seq = max(seq, w.got.Seq)
	}
	if len(list) == 0 {
		return nil
	}
	if err := l.book.Leased(ctx, counters, seq); err != nil {
		return err
	}
	for i, w := range list {
		w.of.mu.Lock()
		w.of.next, w.of.end, w.of.size = w.got.First, counters[i].Next, min(2*w.of.size, l.most)
		w.of.mu.Unlock()
	}
	return nil
}

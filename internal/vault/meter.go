package vault

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"recourse/internal/seal"
)

// Usage is how much one caller has asked of a vault since the process began:
// numbers only, nothing about whom they concern.
type Usage struct {
	Caller    string // a process or certificate, never a person
	Derived   int64  // keys asked for
	Gone      int64  // of those, keys that did not exist
	Tokens    int64
	Macs      int64
	Leased    int64 // leaves
	Punctured int64 // slots asked to be punctured
}

// Meter counts what callers ask of a vault, so that mass reading is seen from
// outside the caller. It may be used by many goroutines.
type Meter struct {
	mu   sync.Mutex
	used map[string]*Usage
}

// NewMeter returns a meter at zero.
func NewMeter() *Meter { return &Meter{used: map[string]*Usage{}} }

// Usage returns the counts so far, by caller.
func (m *Meter) Usage() []Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]Usage, 0, len(m.used))
	for _, u := range m.used {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b Usage) int { return cmp.Compare(a.Caller, b.Caller) })
	return list
}

// For returns the vault as one caller sees it, counted.
func (m *Meter) For(caller string, s Service) Service {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.used[caller]
	if u == nil {
		u = &Usage{Caller: caller}
		m.used[caller] = u
	}
	return &metered{Service: s, meter: m, used: u}
}

type metered struct {
	Service
	meter *Meter
	used  *Usage // under meter.mu
}

func (s *metered) add(change func(u *Usage)) {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	change(s.used)
}

func (s *metered) Tokens(ctx context.Context, ids [][]byte) ([][]Token, error) {
	s.add(func(u *Usage) { u.Tokens += int64(len(ids)) })
	return s.Service.Tokens(ctx, ids)
}

func (s *metered) Macs(ctx context.Context, scope Scope, body [16]byte, data [][]byte) ([]Mac, error) {
	s.add(func(u *Usage) { u.Macs += int64(len(data)) })
	return s.Service.Macs(ctx, scope, body, data)
}

func (s *metered) Lease(ctx context.Context, e seal.Epoch, n int) (Lease, error) {
	l, err := s.Service.Lease(ctx, e, n)
	if err == nil {
		s.add(func(u *Usage) { u.Leased += int64(n) })
	}
	return l, err
}

func (s *metered) Derive(ctx context.Context, places []Place) ([]Derived, error) {
	out, err := s.Service.Derive(ctx, places)
	gone := int64(0)
	for i := range out {
		if out[i].Gone {
			gone++
		}
	}
	s.add(func(u *Usage) { u.Derived += int64(len(places)); u.Gone += gone })
	return out, err
}

func (s *metered) Puncture(ctx context.Context, intents []Intent) (int64, error) {
	s.add(func(u *Usage) { u.Punctured += int64(len(intents)) })
	return s.Service.Puncture(ctx, intents)
}

package vaultpg_test

import (
	"context"
	"errors"
	"time"

	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultpg"
	"recourse/internal/when"
)

// errDead is what everything answers once the process is dead.
var errDead = errors.New("the process is dead")

// fuse kills the process at one of its steps: before or after something takes
// effect in the vault or the database. Negative: never.
type fuse struct {
	left  int
	reads bool // looking at something is a step too
}

// look is the step of a call that only reads.
func look[T any](f *fuse, do func() (T, error)) (T, error) {
	if f.reads {
		if err := f.burn(); err != nil {
			var none T
			return none, err
		}
	}
	return do()
}

func (f *fuse) burn() error {
	switch {
	case f.left < 0:
		return nil
	case f.left == 0:
		return errDead
	}
	f.left--
	return nil
}

// around does something that takes effect between two steps.
func around[T any](f *fuse, do func() (T, error)) (T, error) {
	var none T
	if err := f.burn(); err != nil {
		return none, err
	}
	v, err := do()
	if e := f.burn(); e != nil {
		return none, e
	}
	return v, err
}

func only(f *fuse, do func() error) error {
	_, err := around(f, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

type fusedVault struct {
	vault.Service
	fuse *fuse
}

func (v fusedVault) Lease(ctx context.Context, e seal.Epoch, n int) (vault.Lease, error) {
	return around(v.fuse, func() (vault.Lease, error) { return v.Service.Lease(ctx, e, n) })
}

func (v fusedVault) Puncture(ctx context.Context, list []vault.Intent) (int64, error) {
	return around(v.fuse, func() (int64, error) { return v.Service.Puncture(ctx, list) })
}

func (v fusedVault) Expire(ctx context.Context, before when.Date) (int, error) {
	return around(v.fuse, func() (int, error) { return v.Service.Expire(ctx, before) })
}

func (v fusedVault) Extend(ctx context.Context, today when.Date) (int, error) {
	return around(v.fuse, func() (int, error) { return v.Service.Extend(ctx, today) })
}

func (v fusedVault) Skip(ctx context.Context, to vault.Jump) error {
	return only(v.fuse, func() error { return v.Service.Skip(ctx, to) })
}

func (v fusedVault) NewGeneration(ctx context.Context, g uint32) error {
	return only(v.fuse, func() error { return v.Service.NewGeneration(ctx, g) })
}

func (v fusedVault) DestroyGeneration(ctx context.Context, g uint32) error {
	return only(v.fuse, func() error { return v.Service.DestroyGeneration(ctx, g) })
}

func (v fusedVault) Reseal(ctx context.Context, now time.Time) (vault.Resealed, error) {
	return around(v.fuse, func() (vault.Resealed, error) { return v.Service.Reseal(ctx, now) })
}

func (v fusedVault) State(ctx context.Context) (vault.State, error) {
	return look(v.fuse, func() (vault.State, error) { return v.Service.State(ctx) })
}

func (v fusedVault) Epochs(ctx context.Context) ([]vault.Epoch, error) {
	return look(v.fuse, func() ([]vault.Epoch, error) { return v.Service.Epochs(ctx) })
}

func (v fusedVault) Derive(ctx context.Context, places []vault.Place) ([]vault.Derived, error) {
	return look(v.fuse, func() ([]vault.Derived, error) { return v.Service.Derive(ctx, places) })
}

type fusedBook struct {
	vault.Book
	fuse *fuse
}

func (b fusedBook) Begin(ctx context.Context, m vault.Mark) error {
	return only(b.fuse, func() error { return b.Book.Begin(ctx, m) })
}

func (b fusedBook) Raise(ctx context.Context, m vault.Mark) error {
	return only(b.fuse, func() error { return b.Book.Raise(ctx, m) })
}

func (b fusedBook) Leased(ctx context.Context, list []vault.Counter, seq int64) error {
	return only(b.fuse, func() error { return b.Book.Leased(ctx, list, seq) })
}

func (b fusedBook) Number(ctx context.Context, limit int) ([]vault.Numbered, error) {
	return around(b.fuse, func() ([]vault.Numbered, error) { return b.Book.Number(ctx, limit) })
}

func (b fusedBook) Done(ctx context.Context, list []vault.Receipt, seq int64) error {
	return only(b.fuse, func() error { return b.Book.Done(ctx, list, seq) })
}

func (b fusedBook) Found(ctx context.Context, list []vault.Receipt) error {
	return only(b.fuse, func() error { return b.Book.Found(ctx, list) })
}

func (b fusedBook) Drop(ctx context.Context, before when.Date) error {
	return only(b.fuse, func() error { return b.Book.Drop(ctx, before) })
}

func (b fusedBook) Mark(ctx context.Context) (vault.Mark, bool, error) {
	type marked struct {
		vault.Mark
		found bool
	}
	m, err := look(b.fuse, func() (marked, error) { m, found, err := b.Book.Mark(ctx); return marked{m, found}, err })
	return m.Mark, m.found, err
}

func (b fusedBook) All(ctx context.Context, after vault.Numbered, limit int) ([]vault.Numbered, error) {
	return look(b.fuse, func() ([]vault.Numbered, error) { return b.Book.All(ctx, after, limit) })
}

func (b fusedBook) Leases(ctx context.Context, from when.Date) ([]vault.Counter, error) {
	return look(b.fuse, func() ([]vault.Counter, error) { return b.Book.Leases(ctx, from) })
}

type fusedLeases struct {
	*vaultpg.Store
	fuse *fuse
}

func (b fusedLeases) Leased(ctx context.Context, list []vault.Counter, seq int64) error {
	return only(b.fuse, func() error { return b.Store.Leased(ctx, list, seq) })
}

type fusedHolder struct {
	sample
	fuse *fuse
}

func (h *fusedHolder) Erase(ctx context.Context, boxes []vault.HeldBox, now time.Time) error {
	return only(h.fuse, func() error { return h.sample.Erase(ctx, boxes, now) })
}

func (h *fusedHolder) MaxLeaves(ctx context.Context) (map[seal.Epoch]seal.Leaf, error) {
	return look(h.fuse, func() (map[seal.Epoch]seal.Leaf, error) { return h.sample.MaxLeaves(ctx) })
}

func (h *fusedHolder) Held(ctx context.Context, after []byte, limit int) ([]vault.HeldBox, []byte, error) {
	var next []byte
	list, err := look(h.fuse, func() (list []vault.HeldBox, err error) {
		list, next, err = h.sample.Held(ctx, after, limit)
		return list, err
	})
	return list, next, err
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/law"
	"recourse/internal/law/lawpg"
)

// Exec lets a test write around every grant.
func (h *House) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), h.db.urls.Owner)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	if _, err := owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Repair is Exec where the server does not start.
func Repair(t testing.TB, c Config, sql string) {
	t.Helper()
	o, err := OpenOffice(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.owner.Exec(t.Context(), sql)
	if err := errors.Join(err, o.Close(context.WithoutCancel(t.Context()))); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Packed is a pack as the database would keep it.
func Packed(t testing.TB, folder string) (p struct {
	Version string
	Hash    [32]byte
	Archive []byte
}) {
	t.Helper()
	k, err := readPack(folder)
	if err != nil {
		t.Fatal(err)
	}
	p.Version, p.Hash, p.Archive = k.Version, k.Hash, k.archive
	return p
}

// Genuine tells whether a mode begins on a pack as it is kept.
func Genuine(t testing.TB, folder string, origin law.Origin, m Mode) error {
	t.Helper()
	k, err := readPack(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, err = genuine(lawpg.Kept{Number: 1, Version: k.Version, Hash: k.Hash, Archive: k.archive, Origin: origin}, nil, m)
	return err
}

// Found begins an installation on a pack that says nothing, built in or in a folder.
func Found(t testing.TB, owner *pgx.Conn, m Mode, name string) error {
	t.Helper()
	p := &law.Pack{Code: "sample", Version: "sample@000000000000", Zone: time.UTC}
	return found(t.Context(), owner, &Config{Mode: m, Pack: name}, keptPack{p, []byte("sample")})
}

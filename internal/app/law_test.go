package app_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"recourse/internal/app"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/test/housetest"
)

// TestOpen_refusesAnEditedPack holds rules A9: where somebody edited the pack, on
// disk or in the database, the server does not start. Between the faults it does:
// that is the control.
func TestOpen_refusesAnEditedPack(t *testing.T) {
	t.Parallel()
	folder := copied(t)
	cfg := app.Config{DataDir: t.TempDir() + "/data", Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: folder, Database: app.Database{NoSync: true}}
	open := func() (*app.House, error) {
		return app.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	}
	starts := func(during func(*app.House)) {
		t.Helper()
		h, err := open()
		if err != nil {
			t.Fatal(err)
		}
		during(h)
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	refuses := func(code string) {
		t.Helper()
		h, err := open()
		if h != nil {
			_ = h.Close(context.WithoutCancel(t.Context()))
		}
		if fault.Of(err).Code != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
	starts(func(*app.House) {})

	edit(t, folder, "pack.yaml", "ext. 6", "ext. 7")
	refuses("E-PACK-FOLDER")
	edit(t, folder, "pack.yaml", "ext. 7", "ext. 6")

	starts(func(h *app.House) {
		h.Exec(t, "create table kept as select * from law.version")
		h.Exec(t, "update law.version set archive = overlay(archive placing '\\x58' from length(archive) / 2)")
	})
	refuses("E-PACK-EDITED")
	app.Repair(t, cfg, "update law.version v set archive = k.archive from kept k")

	starts(func(h *app.House) {
		// Another pack, whole and in itself consistent, on nobody's signature.
		edit(t, folder, "pack.yaml", "ext. 6", "ext. 7")
		other := app.Packed(t, folder)
		edit(t, folder, "pack.yaml", "ext. 7", "ext. 6")
		h.Exec(t, "insert into law.version select $1, code, $2, $3, kept_at from law.version", other.Version, other.Hash[:], other.Archive)
		h.Exec(t, `insert into law.activation (number, version, activated_at, in_force_from, origin, favourable, diff, event)
			select 2, $1, now(), now(), 'signed', true, '[]', gen_random_uuid()`, other.Version)
	})
	refuses("E-PACK-EDITED")
}

// copied is the pack of Hubei in a folder.
func copied(t *testing.T) string {
	t.Helper()
	files, err := app.PackFiles("cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pack")
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func edit(t *testing.T, dir, file, old, now string) {
	t.Helper()
	name := filepath.Join(dir, file)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		t.Fatalf("%s does not say %q", file, old)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(b), old, now, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestGenuine_foundingPack: production goes on only under a founding pack that the
// program carries, by the hash that is compiled in; a sandbox under its folder.
func TestGenuine_foundingPack(t *testing.T) {
	t.Parallel()
	other := copied(t)
	edit(t, other, "pack.yaml", "ext. 6", "ext. 7")
	for _, c := range []struct {
		name   string
		origin law.Origin
		mode   app.Mode
		fits   bool
	}{
		{"cn-hubei", law.BuiltIn, app.Production, true},
		{other, law.BuiltIn, app.Production, false},
		{other, law.InFolder, app.Production, false},
		{other, law.Signed, app.Production, false}, // nobody signed
		{other, law.Signed, app.Sandbox, false},
		{other, law.InFolder, app.Sandbox, true},
	} {
		if err := app.Genuine(t, c.name, c.origin, c.mode); (err == nil) != c.fits || err != nil && fault.Of(err).Code != "E-PACK-EDITED" {
			t.Errorf("%s, %s: %v", c.origin, c.mode, err)
		}
	}
}

// TestFound_productionNeedsAWord: production begins on a pack that the program
// carries, never on a folder that nobody signed.
func TestFound_productionNeedsAWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode   app.Mode
		pack   string
		code   string
		origin string
	}{
		{app.Production, "sample", "", "built in"},
		{app.Production, "./sample", "E-PACK-UNSIGNED", ""},
		{app.Sandbox, "./sample", "", "folder"},
	} {
		f := housetest.DB(t)
		owner, err := pgx.Connect(t.Context(), f.OwnerURL)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
		if err := app.Found(t, owner, c.mode, c.pack); err != nil && fault.Of(err).Code != c.code || (err == nil) != (c.code == "") {
			t.Errorf("%s on %s: %v", c.mode, c.pack, err)
		}
		if got := housetest.Ask[string](t, f, "select coalesce((select origin from law.activation), '')"); got != c.origin {
			t.Errorf("%s on %s: founded on %q", c.mode, c.pack, got)
		}
		if err := app.Found(t, owner, c.mode, c.pack); c.code == "" && err != nil {
			t.Errorf("%s on %s, at the second start: %v", c.mode, c.pack, err)
		}
	}
}

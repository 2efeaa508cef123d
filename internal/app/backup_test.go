package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"recourse/internal/app"
	"recourse/internal/fault"
	"recourse/internal/kit/pgembed"
	"recourse/internal/ledger"
)

// configured is the configuration of a sandbox in a folder.
func configured(dir, url string) app.Config {
	return app.Config{DataDir: dir, Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", MinFreeMiB: 1, Database: app.Database{URL: url},
		LogC: app.LogC{MaxLag: time.Minute}, Limit: app.Limit{Clerk: 601}}
}

// founded is an installation that was served until its log was published, and stopped.
func founded(t *testing.T, c app.Config) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	logged := func(r app.Running) {
		defer stop()
		for ctx.Err() == nil {
			res, err := http.Get(r.URL + "/log/checkpoint")
			if err != nil {
				return // it has ended
			}
			if err := res.Body.Close(); err != nil || res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	if err := app.Serve(ctx, c, slog.New(slog.DiscardHandler), app.Calls{Ready: func(r app.Running) { go logged(r) }}); err != nil {
		t.Fatal(err)
	}
}

// server is a PostgreSQL that is not the installation's own.
func server(t *testing.T) string {
	t.Helper()
	s, err := pgembed.Start(t.Context(), pgembed.Config{Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	conn, err := pgx.Connect(t.Context(), s.SuperuserURL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "create database registry"); err != nil {
		t.Fatal(err)
	}
	return s.SuperuserURL("registry")
}

func faultOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

// sound audits an installation that is not served and returns what was compared.
func sound(t *testing.T, c app.Config) ledger.Audited {
	t.Helper()
	var done ledger.Audited
	if err := app.Audit(t.Context(), c, slog.New(slog.DiscardHandler), func(l app.AuditLine) {
		if l.Found != "" || l.Error != "" || l.Disagreeing != "" {
			t.Errorf("%+v", l)
		}
		if l.Done != nil {
			done = *l.Done
		}
	}); err != nil {
		t.Error(err)
	}
	return done
}

// On a PostgreSQL of one's own: backed up and restored onto another one.
func TestBackup_ofARealServer(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	dir, from, to := t.TempDir(), server(t), server(t)
	c := configured(filepath.Join(dir, "data"), from)
	founded(t, c)
	before := sound(t, c)
	file, keys := filepath.Join(dir, "sample.backup"), filepath.Join(dir, "keys")
	made, err := app.Backup(t.Context(), app.BackupC{DataDir: c.DataDir, Database: c.Database, Keys: keys, File: file}, log)
	if err != nil || made.Rows() == 0 || made.Until.IsZero() {
		t.Fatalf("%+v %v", made, err)
	}
	restored := app.RestoreC{DataDir: filepath.Join(dir, "restored"), Database: app.Database{URL: from}, Keys: keys, File: file}
	if _, _, err := app.Restore(t.Context(), restored, log); faultOf(err) != "E-RESTORE-TARGET" {
		t.Errorf("over the database that was backed up: %v", err)
	}
	if _, err := os.Stat(restored.DataDir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was refused left a folder: %v", err)
	}
	beside := restored
	beside.Database.URL = besides(t, from)
	if _, _, err := app.Restore(t.Context(), beside, log); faultOf(err) != "E-RESTORE-SERVER" {
		t.Errorf("beside the installation that was backed up: %v", err)
	}
	restored.Database.URL = to
	kept, about, err := app.Restore(t.Context(), restored, log)
	if err != nil || about.Vault != made.Vault {
		t.Fatalf("%+v %v", about, err)
	}
	want := c
	want.DataDir, want.Database.URL, want.BaseURL = restored.DataDir, to, kept.BaseURL // the address that it was served on
	if diff := cmp.Diff(want, kept, cmp.AllowUnexported(app.Config{})); diff != "" {
		t.Error(diff)
	}
	if after := sound(t, kept); after.Entries < before.Entries || after.Unpublished != 0 {
		t.Errorf("%+v, before %+v", after, before)
	}
	founded(t, kept)

	// A restore that ended between its last row and its end is taken up again.
	if err := os.WriteFile(filepath.Join(restored.DataDir, "restoring"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Open(t.Context(), kept, log); faultOf(err) != "E-RESTORE-HALF" {
		t.Errorf("half of it was opened: %v", err)
	}
	if kept, _, err = app.Restore(t.Context(), restored, log); err != nil {
		t.Fatal(err)
	}
}

// besides makes another database on a server.
func besides(t *testing.T, url string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "create database other"); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(url, "/registry?", "/other?", 1)
}

// A restore that finds no room says so, leaves nothing that is taken for whole, and
// goes on when there is room.
func TestRestore_onAFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a small tmpfs")
	}
	log := slog.New(slog.DiscardHandler)
	dir, small := t.TempDir(), t.TempDir()
	if err := unix.Mount("tmpfs", small, "tmpfs", 0, "size=160m"); err != nil {
		t.Skipf("cannot mount a tmpfs here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(small, unix.MNT_DETACH) })
	c := configured(filepath.Join(dir, "data"), "")
	founded(t, c)
	file := filepath.Join(dir, "sample.backup")
	if _, err := app.Backup(t.Context(), app.BackupC{DataDir: c.DataDir, File: file}, log); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(small, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 80<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	r := app.RestoreC{DataDir: filepath.Join(small, "restored"), Keys: filepath.Join(c.DataDir, "kms"), File: file}
	if _, _, err := app.Restore(t.Context(), r, log); faultOf(err) != "E-RESTORE-FULL" {
		t.Errorf("%v", err)
	}
	if _, err := app.Open(t.Context(), configured(r.DataDir, ""), log); faultOf(err) != "E-RESTORE-HALF" {
		t.Errorf("half of it was opened: %v", err)
	}
	if err := errors.Join(os.Remove(ballast), unix.Mount("tmpfs", small, "tmpfs", unix.MS_REMOUNT, "size=600m")); err != nil {
		t.Fatal(err)
	}
	kept, _, err := app.Restore(t.Context(), r, log)
	if err != nil {
		t.Fatal(err)
	}
	if done := sound(t, kept); done.Entries == 0 {
		t.Errorf("%+v", done)
	}
}

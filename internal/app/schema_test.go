package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"recourse/internal/kit/pgembed"
	"recourse/internal/test/evidence"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestSchemaDump keeps schema.sql what the migrations make.
func TestSchemaDump(t *testing.T) {
	t.Parallel()
	bin, _, err := pgembed.Find("")
	if err != nil {
		t.Fatal(err)
	}
	f := housetest.DB(t)
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "pg_dump"), "--schema-only", "--no-owner", "--exclude-table=public.goose_db_version*", "--dbname", f.SuperURL)
	cmd.Env = []string{"LC_ALL=C.UTF-8"}
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("pg_dump: ", err)
	}
	got := normal(string(out))
	const file = "../../schema.sql"
	if evidence.Updating() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("schema.sql is not what the migrations make: run make gen and look at the difference")
	}
}

// normal leaves out what differs between versions of pg_dump.
func normal(dump string) string {
	var out []string
	blank := true
	for line := range strings.Lines(dump) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "--") || strings.HasPrefix(line, "SET ") || strings.HasPrefix(line, "SELECT pg_catalog.set_config") ||
			regexp.MustCompile(`^\\(un)?restrict`).MatchString(line) {
			continue
		}
		if line == "" && blank {
			continue
		}
		blank = line == ""
		out = append(out, line)
	}
	return "-- The schema that the migrations make; written by make gen, kept by a test.\n\n" + strings.TrimSpace(strings.Join(out, "\n")) + "\n"
}

package lawfile_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/law/lawfile"
)

var update = flag.Bool("update", false, "write what is refused into testdata/hostile, and the pages of packs in docs/reference")

// change is one change to the sample pack, as a part of an archive tells it.
type change struct{ verb, file, text string }

// archive reads an archive of changes: "-- replace FILE --" with old and new
// parted by "====", "-- write FILE --", "-- delete FILE --", and "-- want --".
func archive(t *testing.T, name string) (all []change, head, want string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if title, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(title, " --\n") {
			verb, file, _ := strings.Cut(strings.TrimSuffix(title, " --\n"), " ")
			all = append(all, change{verb: verb, file: file})
			continue
		}
		if len(all) > 0 {
			all[len(all)-1].text += line
		}
	}
	head, _, _ = strings.Cut(string(b), "-- want --\n")
	if last := len(all) - 1; last >= 0 && all[last].verb == "want" {
		all, want = all[:last], all[last].text
	}
	return all, head, want
}

// changed applies an archive to the files of the sample pack.
func changed(t *testing.T, whole map[string]string, all []change) map[string]string {
	t.Helper()
	f := maps.Clone(whole)
	for _, c := range all {
		switch c.verb {
		case "write":
			f[c.file] = c.text
		case "delete":
			delete(f, c.file)
		default:
			old, new, ok := strings.Cut(c.text, "\n====\n")
			if c.verb != "replace" || !ok || !strings.Contains(f[c.file], old) {
				t.Fatalf("%s %s: nothing to replace", c.verb, c.file)
			}
			f[c.file] = strings.Replace(f[c.file], old, strings.TrimSuffix(new, "\n"), 1)
		}
	}
	return f
}

// TestLoad_hostile: packs that try to get past the rules of due process are
// refused, each with just these faults at these lines.
func TestLoad_hostile(t *testing.T) {
	t.Parallel()
	names, _ := filepath.Glob("testdata/hostile/*.txtar")
	if len(names) < 60 {
		t.Fatalf("only %d hostile packs", len(names))
	}
	whole := files(t)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			all, head, want := archive(t, name)
			_, err := lawfile.Load(mapFS(changed(t, whole, all)))
			var faults lawfile.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("the pack was not refused: %v", err)
			}
			var got strings.Builder
			for _, f := range faults {
				fmt.Fprintf(&got, "%s:%d: [%s] %s\n", f.File, f.Line, f.Rule, f.Text)
				if f.Fix == "" {
					t.Errorf("%v has no remedy", f)
				}
			}
			if *update {
				if err := os.WriteFile(name, []byte(head+"-- want --\n"+got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Error(diff)
			}
			// The file is named after its rule, but for what the grammar has no place for.
			rule, _, _ := strings.Cut(filepath.Base(name), "-")
			if !regexp.MustCompile(`\[(` + strings.ToUpper(rule) + `|form|cite|words|name|term)\]`).MatchString(want) {
				t.Errorf("no rule %s among the faults", rule)
			}
		})
	}
}

// TestLoad_hostileRules counts what is tried under each rule: the disguises of a
// score in both languages above all.
func TestLoad_hostileRules(t *testing.T) {
	t.Parallel()
	for pattern, least := range map[string]int{"a1-*": 4, "a2-*": 20, "a2-zh-*": 8, "a3-*": 5, "a4-*": 15, "a5-*": 7, "a6-*": 20, "a7-*": 7, "a8-*": 2, "a9-*": 4,
		"b2-*": 3, "c3-*": 7, "g?-*": 2} {
		if names, err := filepath.Glob("testdata/hostile/" + pattern); err != nil || len(names) < least {
			t.Errorf("%d hostile packs %s, want %d", len(names), pattern, least)
		}
	}
}

// TestLoad_lawful is the control of TestLoad_hostile: classes, scopes and states
// that laws do make are taken.
func TestLoad_lawful(t *testing.T) {
	t.Parallel()
	names, _ := filepath.Glob("testdata/lawful/*.txtar")
	if len(names) < 10 {
		t.Fatalf("only %d lawful packs", len(names))
	}
	whole := files(t)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			all, _, _ := archive(t, name)
			if len(all) == 0 {
				t.Fatal("the archive changes nothing")
			}
			if _, err := lawfile.Load(mapFS(changed(t, whole, all))); err != nil {
				t.Error(err)
			}
		})
	}
}

package lawfile_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"recourse/internal/law/lawfile"
)

// brokenWriting returns ways in which the bytes of a file can be broken, each
// with what makes them so.
func brokenWriting() map[string]func(text string) string {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for _, c := range "bcdefghijk" {
		one := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+one+",", 9) + "]\n"
	}
	return map[string]func(string) string{
		"bomb of aliases":          func(string) string { return bomb },
		"bomb at the end":          func(s string) string { return s + bomb },
		"alias of itself":          func(string) string { return "a: &a\n  b: *a\n" },
		"merge key":                func(s string) string { return s + "<<: {pack: other}\n" },
		"lists in lists":           func(string) string { return "pack: " + strings.Repeat("[", 100_000) },
		"closed lists in lists":    func(string) string { return "pack: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) },
		"maps in maps":             func(string) string { return strings.Repeat("{a: ", 50_000) },
		"deep indentation":         func(string) string { return indented(700) },
		"deep dashes":              func(string) string { return strings.Repeat("- ", 100_000) + "a\n" },
		"question marks":           func(string) string { return strings.Repeat("? ", 100_000) },
		"one long line":            func(string) string { return "pack: " + strings.Repeat("a", 200<<10) },
		"thousands of keys":        func(string) string { return keys(20_000) },
		"key too long":             func(string) string { return strings.Repeat("k", 2_000) + ": v\n" },
		"NUL":                      func(s string) string { return s[:len(s)/2] + "\x00" + s[len(s)/2:] },
		"invalid UTF-8":            func(s string) string { return s + "x: \xc3\x28\n" },
		"cut in a character":       func(s string) string { return s + "# 省"[:len("# 省")-1] },
		"UTF-16":                   func(s string) string { return "\xff\xfep\x00a\x00c\x00k\x00:\x00" },
		"GB 18030":                 func(s string) string { return s + "# \xba\xfe\xb1\xb1\n" },
		"byte order mark":          func(s string) string { return "\ufeff" + s },
		"mark inside":              func(s string) string { return s + "\ufeffx: 1\n" },
		"CRLF":                     func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"CR":                       func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
		"tabs":                     func(s string) string { return strings.ReplaceAll(s, "  ", "\t") },
		"control characters":       func(s string) string { return s + "x: \x07\n" },
		"bidirectional override":   func(s string) string { return s + "x: \u202eabc\n" },
		"second document":          func(s string) string { return s + "---\n" + s },
		"directive":                func(s string) string { return "%YAML 9.9\n---\n" + s },
		"tag of a language":        func(s string) string { return "!!python/object:os.system\n" + s },
		"binary":                   func(string) string { return "--- !!binary |\n  R0lGODlh\n" },
		"every key twice":          func(s string) string { return s + s },
		"JSON with a doubled key":  func(string) string { return `{"pack": "a", "pack": "b"}` },
		"a list":                   func(string) string { return "- a\n- b\n" },
		"a word":                   func(string) string { return "pack\n" },
		"a number":                 func(string) string { return "42\n" },
		"nothing":                  func(string) string { return "" },
		"white space":              func(string) string { return " \n\n \n" },
		"a comment":                func(string) string { return "# nothing\n" },
		"null":                     func(string) string { return "null\n" },
		"open quote":               func(s string) string { return s + "x: \"abc\n" },
		"open block":               func(s string) string { return s + "x: |5\n a\n" },
		"huge number":              func(s string) string { return s + "x: " + strings.Repeat("9", 5_000) + "\n" },
		"number with an exponent":  func(s string) string { return s + "x: 1e999999\n" },
		"date out of the calendar": func(s string) string { return s + "x: 9999999-99-99\n" },
		"surrogate":                func(s string) string { return s + "x: \"\\ud800\"\n" },
		"larger than a file may":   func(s string) string { return s + strings.Repeat("# filler\n", 40_000) },
	}
}

func indented(deep int) string {
	var b strings.Builder
	for i := range deep {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("k" + strconv.Itoa(i) + ": v\n")
	}
	return b.String()
}

// TestLoad_brokenWriting breaks each kind of YAML file in each way: the pack is
// refused with file, line, rule and remedy, without a panic and in memory that a
// bomb would not leave it.
func TestLoad_brokenWriting(t *testing.T) {
	t.Parallel()
	whole := files(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	tried := 0
	for name, broken := range brokenWriting() {
		for file, text := range whole {
			if !strings.HasSuffix(file, ".yaml") || strings.HasPrefix(file, "types/") && !strings.HasSuffix(file, "suspension.yaml") {
				continue
			}
			tried++
			f := maps.Clone(whole)
			if f[file] = broken(text); f[file] == text {
				t.Errorf("%s leaves %s as it is", name, file)
			}
			_, err := lawfile.Load(mapFS(f))
			var all lawfile.Faults
			if !errors.As(err, &all) {
				t.Errorf("%s: %s was loaded: %v", name, file, err)
				continue
			}
			here := false
			for _, one := range all {
				here = here || one.File == file
				if one.File == "" || one.Line < 1 || one.Rule == "" || one.Text == "" || one.Fix == "" {
					t.Errorf("%s: %s: fault without file, line, rule, text or remedy: %+v", name, file, one)
				}
			}
			if !here || len(all) > 201 {
				t.Errorf("%s: %s: %d faults, one of the file: %v", name, file, len(all), here)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(tried); each > 64<<20 {
		t.Errorf("a broken file took %d MiB", each>>20)
	}
}

// TestLoad_brokenText does the same to what is no YAML.
func TestLoad_brokenText(t *testing.T) {
	t.Parallel()
	whole := files(t)
	for name, broken := range brokenWriting() {
		for _, file := range []string{"sources/cn-nurses.txt", "notices/filed.zh.md", "calendar/2026.csv"} {
			switch name {
			case "nothing", "NUL", "invalid UTF-8", "cut in a character", "UTF-16", "GB 18030", "byte order mark", "CRLF", "CR", "a number", "null", "one long line":
			default:
				continue // what breaks YAML alone
			}
			f := maps.Clone(whole)
			f[file] = broken(whole[file])
			_, err := lawfile.Load(mapFS(f))
			var all lawfile.Faults
			if !errors.As(err, &all) || !strings.Contains(err.Error(), file+":") {
				t.Errorf("%s: %s: %v", name, file, err)
			}
		}
	}
}

// TestLoad_brokenFiles reads what lies in testdata/malformed beside a whole pack:
// files as editors and programs leave them.
func TestLoad_brokenFiles(t *testing.T) {
	t.Parallel()
	names, _ := filepath.Glob("testdata/malformed/*")
	if len(names) < 5 {
		t.Fatalf("only %d malformed files", len(names))
	}
	whole := files(t)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := maps.Clone(whole)
		f["pack.yaml"] = string(b)
		if _, err := lawfile.Load(mapFS(f)); err == nil || !strings.Contains(err.Error(), "pack.yaml:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

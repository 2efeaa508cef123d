package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestTutorials runs every command of docs/tutorial, and of the pages of docs/howto that
// are written so, and compares what it prints.
func TestTutorials(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/tutorial/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no tutorial", err)
	}
	pages = append(pages, "../../docs/howto/backup.md")
	var scripts []string
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		script, err := scriptOf(string(text))
		if err != nil {
			t.Fatalf("%s: %v", page, err)
		}
		name := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(page), ".md")+".txtar")
		if err := os.WriteFile(name, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, name)
	}
	p := params()
	p.Dir, p.Files = "", scripts
	testscript.Run(t, p)
}

// fence is a block of a page: commands with what they print, a file that the reader
// writes, or what only the test does.
var fence = regexp.MustCompile("(?ms)^```([a-z]+)(?: (\\S+))?\n(.*?)^```$|^<!-- run\n(.*?)^-->$")

// scriptOf turns a page into a script: "$ command" runs, the lines below it are what
// it must print, with … for any text.
func scriptOf(page string) (string, error) {
	var script, files strings.Builder
	for _, m := range fence.FindAllStringSubmatch(page, -1) {
		switch kind, name, body, hidden := m[1], m[2], m[3], m[4]; {
		case hidden != "":
			script.WriteString(hidden)
		case kind == "console":
			console(&script, body)
		case name != "":
			fmt.Fprintf(&files, "-- %s --\n%s", name, body)
		default:
			return "", fmt.Errorf("a block of kind %s has no name: nothing would run it", kind)
		}
	}
	return script.String() + files.String(), nil
}

func console(script *strings.Builder, body string) {
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case command == "make demo": // the same in small: the test has no clone to build
			script.WriteString("exec recourse demo --data-dir data/demo --people 40 --records 53 --listen 127.0.0.1:0 &demo&\nawait data/demo\n")
		case isCommand:
			fmt.Fprintf(script, "exec sh -c '%s'\n", strings.ReplaceAll(strings.ReplaceAll(command, "bin/recourse", "recourse"), "'", "''"))
		case line != "" && line != "…":
			fmt.Fprintf(script, "stdout '^%s$'\n", strings.ReplaceAll(strings.ReplaceAll(regexp.QuoteMeta(line), "…", "(?s:.*)"), "'", "''"))
		}
	}
}

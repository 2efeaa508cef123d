package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/reference/cli.md and config.md anew")

// TestReference_commands keeps the page of commands what the program takes.
func TestReference_commands(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Commands of `recourse`\n\nWritten by a test from the commands themselves; it cannot differ from them. `recourse COMMAND --help` says the same. " +
		"What they exit with: [exit codes](exit-codes.md).\n\nFlags that a command shares with `recourse serve` stand under [configuration](config.md) and are left out here.\n")
	shared := map[string]bool{"help": true}
	for _, f := range serveFlags(t) {
		shared[f.Name+f.Help] = true
	}
	for _, n := range grammar(t).Leaves(true) {
		fmt.Fprintf(&b, "\n## `%s`\n\n%s\n", strings.TrimSpace(n.FullPath()+arguments(n)), n.Help)
		var rows []string
		for _, p := range n.Positional {
			rows = append(rows, fmt.Sprintf("| `%s` | %s |", strings.ToUpper(p.Name), cell(p.Help)))
		}
		for _, group := range n.AllFlags(true) {
			for _, f := range group {
				if !shared[f.Name] && !shared[f.Name+f.Help] {
					rows = append(rows, fmt.Sprintf("| `%s`%s | %s%s |", flagOf(f), must(f), cell(f.Help), otherwise(f)))
				}
			}
		}
		if len(rows) > 0 {
			b.WriteString("\n| argument | what it is |\n|---|---|\n" + strings.Join(rows, "\n") + "\n")
		}
	}
	samePage(t, "../../docs/reference/cli.md", b.String())
}

// TestReference_configuration keeps the page of settings what the program takes.
func TestReference_configuration(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Configuration\n\nWritten by a test from the program's own settings; it cannot differ from them. Each is a flag of `recourse serve` and of the commands that work with an installation, " +
		"or a variable of the environment; the flag wins. Secrets are named by a file, never given themselves. What is missing is said at once, all of it, before anything is made.\n\n" +
		"| flag | environment | where it is left out | what it is |\n|---|---|---|---|\n")
	n := 0
	for _, f := range serveFlags(t) {
		if f.Name == "help" {
			continue
		}
		n++
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", flagOf(f), asCode(strings.Join(f.Envs, " ")), quoted(f.Default), cell(f.Help))
	}
	if n < 20 {
		t.Fatalf("only %d settings are seen", n)
	}
	samePage(t, "../../docs/reference/config.md", b.String())
}

func grammar(t *testing.T) *kong.Node {
	t.Helper()
	k, err := kong.New(&cli{}, kong.Name("recourse"))
	if err != nil {
		t.Fatal(err)
	}
	return k.Model.Node
}

func serveFlags(t *testing.T) (out []*kong.Flag) {
	t.Helper()
	for _, n := range grammar(t).Children {
		if n.Name == "serve" {
			for _, group := range n.AllFlags(true) {
				out = append(out, group...)
			}
		}
	}
	return out
}

func arguments(n *kong.Node) string {
	var out strings.Builder
	for _, p := range n.Positional {
		name := strings.ToUpper(p.Name)
		if p.IsCumulative() {
			name += " …"
		}
		if !p.Required {
			name = "[" + name + "]"
		}
		out.WriteString(" " + name)
	}
	return out.String()
}

func flagOf(f *kong.Flag) string {
	if f.IsBool() {
		return "--" + f.Name
	}
	value := f.PlaceHolder
	if value == "" {
		value = "VALUE"
	}
	return "--" + f.Name + "=" + value
}

func must(f *kong.Flag) string {
	if f.Required {
		return " (needed)"
	}
	return ""
}

func otherwise(f *kong.Flag) string {
	if f.Default == "" || f.Default == "false" {
		return ""
	}
	return " Else `" + f.Default + "`."
}

// cell is a text as it can stand in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

func asCode(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

// samePage compares a page with what it must be, or writes it.
func samePage(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the program takes; run go test ./cmd/recourse -run TestReference -update\n%s", name, diff)
	}
}

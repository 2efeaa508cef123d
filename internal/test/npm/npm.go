// Package npm finds what tests fetched from npm: programs of others, in another
// language, that the registry's own words are checked with.
//
// It promises that what is missing is an error that says how to fetch it: nothing is
// skipped.
package npm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Folder is the folder with what make test fetched: the one that RECOURSE_NPM names,
// else .cache/npm-checks of the checkout.
func Folder() (string, error) {
	dir := os.Getenv("RECOURSE_NPM")
	if dir == "" {
		_, here, _, _ := runtime.Caller(0)
		dir = filepath.Join(filepath.Dir(here), "..", "..", "..", ".cache", "npm-checks")
	}
	if _, err := os.Stat(filepath.Join(dir, "validate.mjs")); err != nil {
		return "", fmt.Errorf("what the checks use from npm is missing: make test fetches it: %w", err)
	}
	return filepath.Abs(dir)
}

// Run runs a program of the folder with its arguments, reading input, and returns what
// it printed. The error of one that fails holds what it said.
func Run(ctx context.Context, input, program string, args ...string) (string, error) {
	dir, err := Folder()
	if err != nil {
		return "", err
	}
	c := exec.CommandContext(ctx, "node", append([]string{filepath.Join(dir, program)}, args...)...)
	c.Stdin = strings.NewReader(input)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", program, err, said.String())
	}
	return string(out), nil
}

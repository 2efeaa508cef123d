package housetest

import (
	"os"
	"runtime/debug"
)

// Long returns the length of a test that has a long form: short in everyday runs,
// long in `make long`, which sets RECOURSE_LONG. Under the race detector, which makes
// a program ten times as slow and large, it is short.
func Long(short, long int) int {
	if os.Getenv("RECOURSE_LONG") == "" {
		return short
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-race" && s.Value == "true" {
				return short
			}
		}
	}
	return long
}

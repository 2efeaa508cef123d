// Package redact holds values that do not print.
//
// It promises that personal data wrapped in Value shows as [redacted] under
// every fmt verb, in slog (which honours MarshalText and Format) and in JSON, so that a careless log line leaks
// nothing. Reveal is the one way out, and easy to search for.
package redact

import (
	"fmt"
	"io"
)

// Mark is what a Value shows instead of itself.
const Mark = "[redacted]"

// Value wraps personal data. The zero Value wraps the zero T.
type Value[T any] struct {
	// Behind a pointer because fmt does not ask an unexported field of a struct
	// how it wants to be printed, but prints nested pointers as addresses.
	p *T
}

// Of wraps v.
func Of[T any](v T) Value[T] { return Value[T]{&v} }

// Reveal returns what is wrapped: to seal it, to show it to the person, to
// compare it; never to log it.
func (v Value[T]) Reveal() T {
	if v.p == nil {
		var zero T
		return zero
	}
	return *v.p
}

// Format prints the mark for every verb.
func (Value[T]) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Mark) }

// MarshalText gives encoders the mark.
func (Value[T]) MarshalText() ([]byte, error) { return []byte(Mark), nil }

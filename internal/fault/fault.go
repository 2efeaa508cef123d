// Package fault gives errors a kind, a stable code and a text for the reader.
//
// It promises that a face can choose the status of an answer from the kind
// alone, that the code of an error never changes its meaning, and that the text
// may be shown to whoever asked: it holds no personal data and no internals.
package fault

import (
	"errors"
	"fmt"
)

// Kind is what a caller must tell apart.
type Kind uint8

// The kinds of faults.
const (
	Internal    Kind = iota // ours; nothing was lost
	Invalid                 // the request cannot be understood or breaks a rule of form
	Unsigned                // who asks is not known: sign in, or send a valid token
	Forbidden               // who asks is known and may not do this
	NotFound                // not there, or not the caller's: alike
	Conflict                // something else holds: another version, a used key
	Refused                 // a rule of due process forbids it
	Unavailable             // a part that is needed cannot be reached; nothing was lost
	TooMany                 // a ceiling was reached
)

// Error is a fault as it travels up. Text is in English; pages show their own
// wording by Code.
type Error struct {
	Kind  Kind
	Code  string // stable, documented, e.g. "E-ID-CHECK"
	Text  string // for the reader: what happened, to what, that nothing was lost, what to do
	Field string // the field of the request or the column of the row, where there is one
	Rule  string // the rule that decided, e.g. "C1"; empty where none did
	Err   error  // the cause, for the log; never shown
}

// New returns an error of a kind with its code and text.
func New(k Kind, code, text string) *Error { return &Error{Kind: k, Code: code, Text: text} }

// Newf is New with a formatted text. Arguments must not hold personal data.
func Newf(k Kind, code, format string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Text: fmt.Sprintf(format, args...)}
}

// At returns a copy that names the field it is about.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// By returns a copy that names the rule that decided.
func (e *Error) By(rule string) *Error {
	c := *e
	c.Rule = rule
	return &c
}

// Because returns a copy with its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error returns code and text, and the cause where there is one.
func (e *Error) Error() string {
	s := e.Code + ": " + e.Text
	if e.Field != "" {
		s = e.Code + " (" + e.Field + "): " + e.Text
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is a fault of the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Of returns the fault inside err. An error without one is Internal, with a
// text that tells nothing of the inside.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "E-INTERNAL", Err: err,
		Text: "Something failed on our side. Nothing was lost. Try again; if it fails again, give the reference number to the operator."}
}

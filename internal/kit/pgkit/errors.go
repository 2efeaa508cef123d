package pgkit

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"recourse/internal/fault"
)

// SQLSTATE codes that callers tell apart. The class RC is ours (migrations).
const (
	UniqueViolation = "23505"
	CheckViolation  = "23514"
	WrongInstant    = "RC001" // the clock guard of the read wall
	WrongPack       = "RC002" // the pack that asks is not the one in force
	NotThere        = "P0002" // what the wall says of what is not there, or not the caller's
)

// ClockCode is the code of ErrClock and of what rooms say in its place.
const ClockCode = "E-CLOCK"

// ErrClock is returned where the clock guard of the read wall refused the instant.
var ErrClock = fault.New(fault.Unavailable, ClockCode,
	"The clocks of server and database differ by more than two seconds, or the request was held up. Nothing was read. Try again; if it stays, tell the operator.")

// Guard reads what a function of the read wall says: ErrClock, none for what is not
// there, else Clean.
func Guard(err, none error) error {
	switch Code(err) {
	case WrongInstant:
		return ErrClock.Because(err)
	case NotThere:
		return none
	}
	return Clean(err)
}

// Code returns the SQLSTATE of a database error inside err, or "".
func Code(err error) string {
	var pe *pgconn.PgError
	var ce *cleanError
	switch {
	case errors.As(err, &ce):
		return ce.code
	case errors.As(err, &pe):
		return pe.Code
	}
	return ""
}

// Clean returns err without what PostgreSQL adds about values: its DETAIL and
// HINT lines repeat the content of rows. What is left names code, table and
// constraint. Faults of connection become fault.Unavailable.
func Clean(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return fromServer(pe)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || pgconn.SafeToRetry(err) || errors.Is(err, context.DeadlineExceeded) {
		return unavailable(err)
	}
	return err
}

func fromServer(pe *pgconn.PgError) error {
	clean := &cleanError{code: pe.Code, where: pe.TableName, rule: pe.ConstraintName}
	if pe.Code[:2] == "42" { // syntax, privileges, names: about the schema, not about rows
		clean.about = pe.Message
	}
	switch pe.Code[:2] {
	case "53": // insufficient resources: disk full, out of memory, too many connections
		return unavailable(clean)
	case "57", "08": // shutting down, cancelled, connection
		return unavailable(clean)
	}
	if pe.Code == "55P03" { // lock not available in time
		return unavailable(clean)
	}
	return clean
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "E-DATABASE",
		"The database cannot be reached or has no room. Nothing was lost and nothing was half done. Try again in a minute.").Because(err)
}

type cleanError struct{ code, where, rule, about string }

func (e *cleanError) Error() string {
	if e.about != "" {
		return fmt.Sprintf("database error %s: %s", e.code, e.about)
	}
	return fmt.Sprintf("database error %s (table %q, constraint %q)", e.code, e.where, e.rule)
}

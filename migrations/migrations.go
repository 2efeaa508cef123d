// Package migrations holds the database's schema as a row of steps, forward
// only. A step that has been released is never edited; a new one is added.
package migrations

import "embed"

// FS holds the steps as NNNN_<room>_<what>.sql.
//
//go:embed *.sql
var FS embed.FS

// Latest is the number of the newest step: a database with a higher one was
// made by a newer program, which this one must not touch.
const Latest = 34

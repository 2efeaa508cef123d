// Package packs carries the packs of this repository inside the program: the
// law of each jurisdiction as data, one folder each.
package packs

import "embed"

// FS holds the packs, one folder each, e.g. cn-hubei. A pack is opened with
// fs.Sub and read by lawfile.Load. The code of a jurisdiction has a dash; a folder
// that is added needs no line here.
//
//go:embed *-*
var FS embed.FS

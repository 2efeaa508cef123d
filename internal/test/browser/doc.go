// Package browser tries the pages as a person meets them: over HTTP, and in a
// real browser with and without scripts, in both languages, light, dark, narrow
// and printed.
//
// It promises that the services behind the pages are the real ones, on stores in
// memory that refuse what a real store would refuse; that a missing browser fails
// the tests and never skips them; and that pictures of the pages lie under
// .cache/screenshots afterwards.
package browser

// Package arch keeps the house in order. It has tests only.
//
// It promises that what docs/map.md and CONTRIBUTING.md say about the house is
// true of the code: who imports whom, who reads the clock, who writes to which
// table, how long a function may be, that every word is explained in
// docs/words.md, that links in the docs lead somewhere, that both languages say
// the same things. Each check is a function over sources that returns what it
// found, and each has a planted-fault test that shows it can fail.
//
// It does not judge whether the code is right; the tests of the rooms do.
package arch

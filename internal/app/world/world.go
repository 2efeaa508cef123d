// Package world makes up people and what bodies send about them, from any pack,
// for sandboxes and measures.
//
// It promises that the same pack, names, size and day give the same world; that
// every identifier belongs to nobody; that names carry the mark of samples that
// the pack's own name parts carry; and that it writes nothing anywhere: rows go
// the way that every delivery goes.
package world

import (
	"math/rand/v2"
	"slices"

	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/scheme"
	"recourse/internal/when"
)

// Names are the parts that made-up names consist of. Each family part is a
// word for sample.
type Names struct {
	Family []string
	Given  []string
}

// Size says how large a world is.
type Size struct {
	People  int
	Records int // rows that are meant to be taken; repeats, corrections and faults come on top
	Days    int // how long before today the first delivery came
}

// Person is somebody who does not exist.
type Person struct {
	IDType string
	Number string
	Name   string
	Birth  when.Date
}

// World is a made-up history of deliveries that ends today.
type World struct {
	pack  *law.Pack
	names Names
	size  Size
	today when.Date
	types []*catalogue.Type
}

// New returns the world of a pack.
func New(p *law.Pack, n Names, s Size, today when.Date) *World {
	w := &World{pack: p, names: n, size: s, today: today}
	for _, t := range p.Types() {
		if len(p.Furnishers(t.Code)) > 0 {
			w.types = append(w.types, t)
		}
	}
	return w
}

// Person returns the n-th person, from 0.
func (w *World) Person(n int) (Person, bool) {
	for _, kind := range w.pack.IDTypes {
		number, birth, ok := scheme.Synthetic(kind, n)
		if !ok {
			continue
		}
		family := w.names.Family[n%len(w.names.Family)]
		given := w.names.Given[n/len(w.names.Family)%len(w.names.Given)]
		return Person{IDType: kind, Number: number, Name: family + given, Birth: birth}, true
	}
	return Person{}, false
}

// month is the rhythm of deliveries in days.
const month = 30

// fewest is how many new records a file holds at least, where its type has them.
const fewest = 10

// Delivery is one file that a body sent.
type Delivery struct {
	DaysAgo int
	Body    string
	Type    *catalogue.Type
	Nth     int // of its type, from 0
	Rows    int // new records in it
	first   int // number of its first record in the type
	of      int // records of the type in all
	turn    int // of the type among the types
}

// Deliveries returns every delivery, oldest first.
func (w *World) Deliveries() []Delivery {
	var out []Delivery
	if len(w.types) == 0 {
		return nil
	}
	for i, t := range w.types {
		bodies := w.pack.Furnishers(t.Code)
		of := share(w.size.Records, len(w.types), i)
		files := w.files(of)
		for n := range files {
			from, to := of*n/files, of*(n+1)/files
			if from == to {
				continue
			}
			out = append(out, Delivery{DaysAgo: w.ago(i, n, files), Body: bodies[n%len(bodies)].Code, Type: t, Nth: n, Rows: to - from, first: from, of: of, turn: i})
		}
	}
	slices.SortStableFunc(out, func(a, b Delivery) int { return b.DaysAgo - a.DaysAgo })
	return out
}

// files is in how many files the records of a type are sent: one each month, and
// fewer where a file would hold next to nothing.
func (w *World) files(of int) int { return min(w.months(), max(1, of/fewest)) }

// ago is how many days ago the nth file of a type is sent. Types with few files
// have different turns in the year.
func (w *World) ago(turn, n, files int) int {
	m := n*w.months()/files + turn%max(1, w.months()/files)
	return w.size.Days - m*month
}

func (w *World) months() int { return max(1, w.size.Days/month) }

// share divides total in parts that differ by at most one.
func share(total, parts, i int) int { return total*(i+1)/parts - total*i/parts }

// dice returns the chance of one thing of a type: the same each time.
func dice(t *catalogue.Type, what, n int) *rand.Rand {
	var seed uint64 = 14695981039346656037 // FNV-1a
	for _, c := range []byte(t.Code) {
		seed = (seed ^ uint64(c)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed+uint64(what), uint64(n)))
}

package oversight

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"recourse/internal/ref"
	"recourse/internal/when"
)

// Share is the random part of the looks of staff that is inspected: one in so many.
const Share = 100

// Drawn reports whether a look is one of the random part. Nobody foresees it without
// the key, which the vault alone makes; and it is the same however often it is asked,
// so that who has the vault can check afterwards that none was passed over.
func Drawn(key [16]byte, access ref.Inquiry) bool {
	mac := hmac.New(sha256.New, key[:])
	mac.Write(access[:])
	return binary.BigEndian.Uint64(mac.Sum(nil))%Share == 0
}

// Random is the code of the random part, beside those of Rules.
const Random = "random"

// Told is what the body was told, as far as rules count it.
type Told int8

// What a body was told.
const (
	Something Told = iota
	Nothing        // that nothing may be shown
	Refused        // not answered
)

// Habit is what rules know when a member of staff has asked: the hour of the look, what
// the member did in that hour before the look and with it, and whether they ask for a
// purpose that is new to them. There is nothing in it of anybody who was asked about.
type Habit struct {
	Hour       int  // of the day, in the zone of the registry
	DayOff     bool // people do not work on that day, by the calendar of the pack
	Asked      int  // looks in this hour, with this one
	Nothing    int  // of these, such as were told that nothing may be shown
	Refused    int  // of these, such as were not answered
	Told       Told // to this one
	NewPurpose bool // the member has asked for a month and longer, and for this purpose not in a year
}

// Rule is one of the rules by which a look is unusual.
type Rule struct {
	Code string
	fits func(Habit) bool
}

// Rules returns the published list (docs/reference/unusual.md), in the order in which
// people read it. A rule about an hour picks its first look, or the one with which a
// number is reached: one look of a member of staff in an hour. It is compiled in: no
// pack and no setting of an operator makes it shorter.
func Rules() []Rule {
	return []Rule{
		{"night", func(h Habit) bool { return h.Asked == 1 && (h.Hour < dayBegins || h.Hour >= dayEnds) }},
		{"day-off", func(h Habit) bool { return h.Asked == 1 && h.DayOff }},
		{"many", func(h Habit) bool { return h.Asked == manyAsked }},
		{"nothing", func(h Habit) bool { return h.Told == Nothing && h.Nothing == manyNothing }},
		{"refused", func(h Habit) bool { return h.Told == Refused && h.Refused == manyRefused }},
		{"new-purpose", func(h Habit) bool { return h.NewPurpose }},
	}
}

// The bounds of the rules.
const (
	dayBegins   = 7  // the hour from which bodies work
	dayEnds     = 20 // the hour from which they do not
	manyAsked   = 30
	manyNothing = 5
	manyRefused = 3
)

// Unusual returns the codes of the rules that a look fits.
func (h Habit) Unusual() (codes []string) {
	for _, r := range Rules() {
		if r.fits(h) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// counts are what one process knows of the running hour, for each member of staff. They
// are forgotten when it is over, and when the process stops.
type counts struct {
	mu   sync.Mutex
	hour time.Time // that is counted
	of   map[ref.Clerk]Habit
}

// add counts a look of a clerk, and returns what their hour is with it.
func (c *counts) add(clerk ref.Clerk, told Told, now time.Time) Habit {
	c.mu.Lock()
	defer c.mu.Unlock()
	if hour := now.Truncate(time.Hour); !hour.Equal(c.hour) || c.of == nil {
		c.hour, c.of = hour, map[ref.Clerk]Habit{}
	}
	h := c.of[clerk]
	h.Asked++
	switch h.Told = told; told {
	case Nothing:
		h.Nothing++
	case Refused:
		h.Refused++
	}
	c.of[clerk] = h
	return h
}

// seen is which purposes members of staff asked for today, as far as this process
// knows, so that what is kept of them is written once a day.
type seen struct {
	mu  sync.Mutex
	day when.Date
	of  map[asking]bool
}

type asking struct {
	clerk   ref.Clerk
	purpose string
}

// first reports whether a clerk asks for a purpose for the first time today.
func (s *seen) first(clerk ref.Clerk, purpose string, today when.Date) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.day != today || s.of == nil {
		s.day, s.of = today, map[asking]bool{}
	}
	k := asking{clerk, purpose}
	was := s.of[k]
	s.of[k] = true
	return !was
}

// forget takes back a first: it was not written.
func (s *seen) forget(clerk ref.Clerk, purpose string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, asking{clerk, purpose})
}

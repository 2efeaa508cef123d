// Package ref gives things their names: typed, random 128-bit ids that print
// with a prefix and a check character.
//
// It promises that an id says nothing about time, person or order; that an id
// of one kind cannot be used as another; and that a misread or mistyped
// character is noticed before anything is looked up.
package ref

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ID is a random 128-bit name of kind K. The zero ID names nothing.
type ID[K Kind] [16]byte

// Kind tells what an ID names. Prefix is one or two capital letters, unique
// among the kinds.
type Kind interface{ Prefix() string }

type (
	person     struct{}
	record     struct{}
	body       struct{}
	clerk      struct{}
	delivery   struct{}
	notice     struct{}
	consent    struct{}
	inquiry    struct{}
	event      struct{}
	intent     struct{}
	vault      struct{}
	trial      struct{}
	contest    struct{}
	paper      struct{}
	request    struct{}
	change     struct{}
	hook       struct{}
	shortening struct{}
	incident   struct{}
	repair     struct{}
	freeze     struct{}
	lift       struct{}
	session    struct{}
	motion     struct{}
	question   struct{}
	hold       struct{}
	complaint  struct{}
	inspection struct{}
	plea       struct{}
	death      struct{}
	view       struct{}
	report     struct{}
)

func (person) Prefix() string     { return "P" }
func (record) Prefix() string     { return "R" }
func (body) Prefix() string       { return "O" }
func (clerk) Prefix() string      { return "S" }
func (delivery) Prefix() string   { return "B" }
func (notice) Prefix() string     { return "N" }
func (consent) Prefix() string    { return "C" }
func (inquiry) Prefix() string    { return "Q" }
func (event) Prefix() string      { return "E" }
func (intent) Prefix() string     { return "I" }
func (vault) Prefix() string      { return "V" }
func (trial) Prefix() string      { return "T" }
func (contest) Prefix() string    { return "D" }
func (paper) Prefix() string      { return "F" }
func (request) Prefix() string    { return "A" }
func (change) Prefix() string     { return "X" }
func (hook) Prefix() string       { return "W" }
func (shortening) Prefix() string { return "Z" }
func (incident) Prefix() string   { return "L" }
func (repair) Prefix() string     { return "M" }
func (freeze) Prefix() string     { return "J" }
func (lift) Prefix() string       { return "Y" }
func (session) Prefix() string    { return "SI" }
func (motion) Prefix() string     { return "G" }
func (question) Prefix() string   { return "U" }
func (hold) Prefix() string       { return "H" }
func (complaint) Prefix() string  { return "CP" }
func (inspection) Prefix() string { return "K" }
func (plea) Prefix() string       { return "PL" }
func (death) Prefix() string      { return "DE" }
func (view) Prefix() string       { return "VW" }
func (report) Prefix() string     { return "RP" }

// The kinds of ids. Person is the internal key of a person; it is never shown
// to a body (bodies see a Pseudonym of the vault) and never part of a URL.
type (
	Person     = ID[person]
	Record     = ID[record]
	Body       = ID[body]
	Clerk      = ID[clerk]
	Delivery   = ID[delivery]
	Notice     = ID[notice]
	Consent    = ID[consent]
	Inquiry    = ID[inquiry]
	Event      = ID[event]
	Intent     = ID[intent]
	Vault      = ID[vault]
	Trial      = ID[trial]
	Contest    = ID[contest]
	Paper      = ID[paper]
	Request    = ID[request]    // by a body, for a consent
	Shortening = ID[shortening] // of a retention
	Incident   = ID[incident]
	Repair     = ID[repair] // an application to end a record early
	Freeze     = ID[freeze]
	Lift       = ID[lift]       // of a freeze, for one body
	Change     = ID[change]     // of what a body was given, as it is told of it
	Session    = ID[session]    // a sign-in to the pages
	Hook       = ID[hook]       // where a body wants changes to be sent
	Motion     = ID[motion]     // of a head, to give somebody of the body a right
	Question   = ID[question]   // of a person, about a look at their file
	Hold       = ID[hold]       // of the content of a record, for a court
	Plea       = ID[plea]       // before the ombudsman, about a record
	Inspection = ID[inspection] // of a look by staff
	Death      = ID[death]      // of a person, as two officers entered it
	Report     = ID[report]     // to a supervisor, by whom nobody knows
	Complaint  = ID[complaint]  // of somebody else, about what a person says beside a record
	View       = ID[view]       // that a clerk saved of a list of work
)

// A Minter makes random bytes for ids and nonces; in production
// crypto/rand.Reader, in tests a seeded source. It must be safe for use by
// several goroutines at once.
type Minter interface{ io.Reader }

// Any is an id of whatever kind: the constraint of Mint and Parse.
type Any interface {
	~[16]byte
	Prefix() string
}

// Prefix returns the letters before the first dash.
func (ID[K]) Prefix() string { var k K; return k.Prefix() }

// Mint returns a new random id. It fails only where the source of chance does.
func Mint[I Any](m Minter) (I, error) {
	var id I
	if _, err := io.ReadFull(m, id[:]); err != nil {
		return id, fmt.Errorf("drawing a random id: %w", err)
	}
	// The version and variant bits of RFC 9562 version 4, so that the id is a
	// valid UUID wherever one is looked at as such.
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id, nil
}

// ErrFormat is returned for text that is no id: wrong prefix, length, letter
// or check character.
var ErrFormat = errors.New("this is not a valid number: check each character")

// alphabet is Crockford's base 32: no I, L, O, U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const encodedLen = 26

// IsZero reports whether the id names nothing.
func (id ID[K]) IsZero() bool { return id == ID[K]{} }

// Compare orders ids by their bytes, so that batches lock rows in one order.
func (id ID[K]) Compare(other ID[K]) int { return bytes.Compare(id[:], other[:]) }

// String writes prefix, 26 base-32 characters and a check character, parted by
// dashes.
func (id ID[K]) String() string {
	raw := encode(id)
	var b strings.Builder
	b.Grow(len(id.Prefix()) + encodedLen + 3)
	b.WriteString(id.Prefix())
	b.WriteByte('-')
	b.Write(raw[:])
	b.WriteByte('-')
	b.WriteByte(alphabet[check(raw[:])])
	return b.String()
}

// Parse reads an id as a person would type it: lower case, without dashes, O
// for 0, I and L for 1 are forgiven; a wrong character is not (ErrFormat).
func Parse[I Any](s string) (I, error) {
	var none I
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "-", ""))
	rest, ok := strings.CutPrefix(s, none.Prefix())
	if !ok || len(rest) != encodedLen+1 {
		return none, ErrFormat
	}
	var digits [encodedLen + 1]byte
	for i := range rest {
		d := strings.IndexByte(alphabet, forgive(rest[i]))
		if d < 0 {
			return none, ErrFormat
		}
		digits[i] = alphabet[d]
	}
	if digits[encodedLen] != alphabet[check(digits[:encodedLen])] {
		return none, ErrFormat
	}
	return decode[I](digits[:encodedLen])
}

func forgive(c byte) byte {
	switch c {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return c
}

func encode(id [16]byte) (out [encodedLen]byte) {
	// 128 bits are 26 digits of 5 bits with two leading zero bits.
	acc, bits, n := uint32(0), 2, 0
	for _, b := range id {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out[n] = alphabet[acc>>bits&31]
			n++
		}
	}
	return out
}

func decode[I Any](digits []byte) (I, error) {
	var id [16]byte
	acc, bits, n := uint32(0), -2, 0
	for i, c := range digits {
		v := strings.IndexByte(alphabet, c)
		if i == 0 && v > 7 {
			return I(id), ErrFormat // more than 128 bits
		}
		acc = acc<<5 | uint32(v)
		bits += 5
		if bits >= 8 {
			bits -= 8
			id[n] = byte(acc >> bits)
			n++
		}
	}
	return I(id), nil
}

// check is the Luhn algorithm in base 32: it notices every single wrong
// character and nearly every exchange of two neighbours.
func check(digits []byte) int {
	sum, double := 0, true
	for i := len(digits) - 1; i >= 0; i-- {
		v := strings.IndexByte(alphabet, digits[i])
		if double {
			v *= 2
			v = v/32 + v%32
		}
		sum += v
		double = !double
	}
	return (32 - sum%32) % 32
}

// MarshalText writes the printed form.
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the printed form.
func (id *ID[K]) UnmarshalText(b []byte) error {
	v, err := Parse[ID[K]](string(b))
	if err != nil {
		return err
	}
	*id = v
	return nil
}

package proof

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"recourse/internal/canon"
	"recourse/internal/merkle"
)

// Nonce is what an entry of the log is opened with. It comes from the vault leaf of
// the event and is gone with it.
type Nonce [32]byte

// String keeps nonces out of logs.
func (Nonce) String() string { return "[nonce]" }

// NewNonce derives the nonce of an event from what opens the commitments of its
// vault leaf: HKDF-Expand of RFC 5869 with SHA-256, info "recourse/ledger/v1" and
// the event's id.
func NewNonce(opening [32]byte, event [16]byte) Nonce {
	return Nonce(mac(opening[:], []byte("recourse/ledger/v1"), event[:], []byte{1}))
}

// Event is what was done, as it stands in the log.
type Event struct {
	ID     [16]byte
	Stream [16]byte // for a sealed event the mark of its stream, for a public one the stream itself
	Kind   string
	At     time.Time         // UTC, to the microsecond
	Facts  map[string]string // keys, codes and dates; empty values are no facts
	Own    *[32]byte         // what binds to facts that only whom the event is about may know; nil where there are none
}

const eventTime = "2006-01-02T15:04:05.000000Z"

// Bytes are the bytes of an event that are committed to (canon.Fields). They are
// written without the map that Fields takes, because this runs for each entry.
func (e Event) Bytes() []byte {
	var some [16]string
	names, size := some[:0], 256
	for name, value := range e.Facts {
		if value != "" {
			names, size = append(names, name), size+16+len(name)+len(value)
		}
	}
	slices.Sort(names)
	n := 3 + len(names)
	for _, there := range []bool{e.Kind != "", e.Own != nil} {
		if there {
			n++
		}
	}
	var text [64]byte
	out := canon.Begin(make([]byte, 0, size), n)
	out = canon.Add(out, "", "at", e.At.UTC().AppendFormat(text[:0], eventTime))
	out = canon.Add(out, "", "event", hex.AppendEncode(text[:0], e.ID[:]))
	for _, name := range names {
		out = canon.Add(out, factPrefix, name, e.Facts[name])
	}
	if e.Kind != "" {
		out = canon.Add(out, "", "kind", e.Kind)
	}
	if e.Own != nil {
		out = canon.Add(out, "", "own", hex.AppendEncode(text[:0], e.Own[:]))
	}
	return canon.Add(out, "", "stream", hex.AppendEncode(text[:0], e.Stream[:]))
}

// factPrefix parts the facts from the other fields of an event. It lies between
// "event" and "kind", so that all are in order.
const factPrefix = "fact."

// ParseEvent reads what Bytes wrote, or returns ErrForm.
func ParseEvent(b []byte) (e Event, err error) {
	m, err := canon.ParseFields(b)
	if err != nil {
		return e, ErrForm
	}
	e.Facts = map[string]string{}
	for name, value := range m {
		switch fact, is := strings.CutPrefix(name, factPrefix); {
		case is && fact != "":
			e.Facts[fact] = value
		case name == "kind":
			e.Kind = value
		case name == "own":
			if e.Own = new([32]byte); !unhex(e.Own[:], value) {
				return Event{}, ErrForm
			}
		case name == "at":
			if e.At, err = time.Parse(eventTime, value); err != nil {
				return Event{}, ErrForm
			}
		case name == "event" && unhex(e.ID[:], value), name == "stream" && unhex(e.Stream[:], value):
		default:
			return Event{}, ErrForm
		}
	}
	if e.Kind == "" || string(e.Bytes()) != string(b) {
		return Event{}, ErrForm
	}
	return e, nil
}

func unhex(to []byte, s string) bool {
	n, err := hex.Decode(to, []byte(s[:min(len(s), 2*len(to))]))
	return err == nil && n == len(to) && len(s) == 2*len(to) && strings.ToLower(s) == s
}

// StreamMark hides the stream of an event from who does not know it already:
// HMAC-SHA-256(nonce, "recourse/stream/v1" and the stream), its first 16 bytes.
func StreamMark(n Nonce, stream [16]byte) [16]byte {
	sum := mac(n[:], []byte("recourse/stream/v1"), stream[:])
	return [16]byte(sum[:16])
}

// Own are facts of an event that only whom it is about may know. The body that an
// event names can get a receipt of it without them.
type Own struct {
	Key   [32]byte // what binds the event to them
	Facts map[string]string
}

// NewOwn returns the facts with the key that comes from what opens the commitments
// of the event's vault leaf, as the nonce does; neither tells the other.
func NewOwn(opening [32]byte, event [16]byte, facts map[string]string) Own {
	return Own{Key: mac(opening[:], []byte("recourse/own/v1"), event[:], []byte{1}), Facts: facts}
}

// Binding is what the event holds of them: HMAC-SHA-256(key, "recourse/own/v1" and
// the facts as canon.Fields).
func (o Own) Binding() *[32]byte {
	sum := mac(o.Key[:], []byte("recourse/own/v1"), canon.Fields(o.Facts))
	return &sum
}

// The first byte of an entry.
const (
	sealedEntry = 1 // a commitment follows
	publicEntry = 2 // the bytes of an event follow
)

// SealedEntry returns the entry of an event that only its receipts open:
// HMAC-SHA-256(nonce, "recourse/event/v1" and the event's bytes).
func SealedEntry(n Nonce, event []byte) []byte {
	sum := mac(n[:], []byte("recourse/event/v1"), event)
	entry := [1 + len(sum)]byte{sealedEntry}
	copy(entry[1:], sum[:])
	return entry[:]
}

// PublicEntry returns the entry of an event that everybody may read.
func PublicEntry(event []byte) []byte { return append([]byte{publicEntry}, event...) }

// EntryHash returns the leaf of an entry in the log's tree (RFC 6962).
func EntryHash(entry []byte) Hash { return merkle.Leaf(entry) }

// ReadEntry returns the event of a public entry; ok is false for a sealed one, which
// has the one length that sealed entries have.
func ReadEntry(entry []byte) (e Event, ok bool, err error) {
	switch {
	case len(entry) == 33 && entry[0] == sealedEntry:
		return e, false, nil
	case len(entry) > 1 && entry[0] == publicEntry:
		e, err = ParseEvent(entry[1:])
		return e, err == nil, err
	}
	return e, false, ErrForm
}

// Opening is what a receipt opens its entry with.
type Opening struct {
	Event  []byte    // its bytes
	Nonce  *Nonce    // nil for a public entry
	Stream *[16]byte // for those who may know it: the person, or the body whose delivery it is
	Own    *Own      // for the person alone
}

// Entry returns the entry that the opening opens.
func (o Opening) Entry() []byte {
	if o.Nonce == nil {
		return PublicEntry(o.Event)
	}
	return SealedEntry(*o.Nonce, o.Event)
}

// Bytes are the opening as a receipt carries it.
func (o Opening) Bytes() []byte {
	m := map[string]string{"event": string(o.Event)}
	if o.Nonce != nil {
		m["nonce"] = string(o.Nonce[:])
	}
	if o.Stream != nil {
		m["stream"] = string(o.Stream[:])
	}
	if o.Own != nil {
		m["own"], m["own_key"] = string(canon.Fields(o.Own.Facts)), string(o.Own.Key[:])
	}
	return canon.Fields(m)
}

// ParseOpening reads what Bytes wrote, or returns ErrForm.
func ParseOpening(b []byte) (o Opening, err error) {
	m, err := canon.ParseFields(b)
	if err != nil || m["event"] == "" {
		return o, ErrForm
	}
	for name, value := range m {
		switch {
		case name == "event":
			o.Event = []byte(value)
		case name == "nonce" && len(value) == 32:
			n := Nonce([]byte(value))
			o.Nonce = &n
		case name == "stream" && len(value) == 16:
			s := [16]byte([]byte(value))
			o.Stream = &s
		case name == "own" && m["own_key"] != "", name == "own_key" && len(value) == 32 && m["own"] != "":
		default:
			return Opening{}, ErrForm
		}
	}
	if m["own"] == "" {
		return o, nil
	}
	o.Own = &Own{Key: [32]byte([]byte(m["own_key"]))}
	if o.Own.Facts, err = canon.ParseFields([]byte(m["own"])); err != nil || len(o.Own.Facts) == 0 {
		return Opening{}, ErrForm
	}
	return o, nil
}

// read returns the event with all facts that the opening shows, and checks the stream
// where the opening names one.
func (o Opening) read() (Event, error) {
	e, err := ParseEvent(o.Event)
	switch {
	case err != nil:
		return e, err
	case o.Stream == nil:
	case o.Nonce == nil && *o.Stream != e.Stream, o.Nonce != nil && StreamMark(*o.Nonce, *o.Stream) != e.Stream:
		return Event{}, ErrStream
	}
	if o.Own == nil {
		return e, nil
	}
	if e.Own == nil || *o.Own.Binding() != *e.Own {
		return Event{}, ErrInclusion
	}
	for name, value := range o.Own.Facts {
		if _, twice := e.Facts[name]; twice || name == "" {
			return Event{}, ErrForm
		}
		e.Facts[name] = value
	}
	return e, nil
}

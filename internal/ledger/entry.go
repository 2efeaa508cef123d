package ledger

import (
	"maps"

	"recourse/internal/fault"
	"recourse/internal/proof"
	"recourse/internal/seal"
)

// Held is where the vault has what opens the entry.
func (e Entered) Held() seal.Held {
	return seal.Held{Subject: seal.Subject{Person: e.Stream, Record: e.Event}, Slot: e.Slot}
}

// Sealed is the own fact that has the hash of what a row seals.
const Sealed = "sealed"

// of returns the row as its entry has it. What a row seals is cleared some time after
// its key is gone; where it was gone already the entry says nothing of it.
func (e Entered) of(r Row) Row {
	if r.Own[Sealed] == "" || r.Slot == e.Slot || r.Slot == (seal.Slot{}) {
		return r
	}
	r.Own = maps.Clone(r.Own)
	delete(r.Own, Sealed)
	return r
}

// OpeningOf returns what opens the entry of a row, own facts included.
func OpeningOf(r Row, o seal.Opening) proof.Opening {
	e := proof.Event{ID: r.Event, Stream: r.Stream, Kind: r.Kind, At: r.At, Facts: r.Facts}
	if Public(r.Kind) {
		return proof.Opening{Event: e.Bytes()}
	}
	if r.Number != ([16]byte{}) {
		e.ID = r.Number
	}
	n := proof.NewNonce(o.Key, r.Event)
	e.Stream = proof.StreamMark(n, r.Stream)
	opening := proof.Opening{Nonce: &n}
	if len(r.Own) > 0 {
		own := proof.NewOwn(o.Key, r.Event, r.Own)
		e.Own, opening.Own = own.Binding(), &own
	}
	opening.Event = e.Bytes()
	return opening
}

// EntryOf returns the entry of a row.
func EntryOf(r Row, o seal.Opening) ([]byte, error) {
	entry := OpeningOf(r, o).Entry()
	if len(entry) > proof.LongestEntry {
		return nil, fault.Newf(fault.Internal, "E-LOG-LONG", "The public event %s has %d bytes and no room in the log, which takes %d. Nothing was published.", r.Kind, len(entry), proof.LongestEntry)
	}
	return entry, nil
}

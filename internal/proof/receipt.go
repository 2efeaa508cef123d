package proof

import (
	format "github.com/transparency-dev/formats/proof"

	"recourse/internal/merkle"
)

// Receipt proves that an event is in the log.
type Receipt struct {
	Index      uint64
	Path       []Hash // from the leaf up
	Checkpoint []byte // a signed note
	Opening    Opening
}

// Text is the receipt as a text (C2SP tlog-proof); the opening is its extra data.
func (r Receipt) Text() string {
	p := format.TLogProof{Index: r.Index, Checkpoint: r.Checkpoint, ExtraData: r.Opening.Bytes()}
	for _, h := range r.Path {
		p.Hashes = append(p.Hashes, h)
	}
	return string(p.Marshal())
}

// longest is how long a receipt can be: an entry is at most 65,535 bytes.
const longest = 256 << 10

// ParseReceipt reads a receipt, or returns ErrForm. Nothing is checked but its form.
func ParseReceipt(text string) (r Receipt, err error) {
	var p format.TLogProof
	if len(text) > longest || p.Unmarshal([]byte(text)) != nil || string(p.Marshal()) != text {
		return r, ErrForm
	}
	if r.Opening, err = ParseOpening(p.ExtraData); err != nil {
		return Receipt{}, err
	}
	r.Index, r.Checkpoint = p.Index, p.Checkpoint
	for _, h := range p.Hashes {
		r.Path = append(r.Path, Hash(h))
	}
	return r, nil
}

// Proven is what a receipt shows.
type Proven struct {
	Index  uint64
	Event  Event
	Sealed bool      // only receipts open the entry
	Stream *[16]byte // where the receipt names it: checked against the event
	Seen   Seen
}

// CheckReceipt returns what a receipt shows under what is trusted, or one of ErrForm,
// ErrSignature, ErrWitness, ErrInclusion and ErrStream.
func (t Trust) CheckReceipt(text string) (Proven, error) {
	r, err := ParseReceipt(text)
	if err != nil {
		return Proven{}, err
	}
	seen, err := t.Check(r.Checkpoint)
	if err != nil {
		return Proven{}, err
	}
	if !merkle.Verify(EntryHash(r.Opening.Entry()), r.Index, seen.Size, r.Path, seen.Root) {
		return Proven{}, ErrInclusion
	}
	e, err := r.Opening.read()
	if err != nil {
		return Proven{}, err
	}
	return Proven{Index: r.Index, Event: e, Sealed: r.Opening.Nonce != nil, Stream: r.Opening.Stream, Seen: seen}, nil
}

package furnish

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/merkle"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Notary signs what the registry states.
type Notary interface {
	// Origin is the name under which it signs.
	Origin() string
	// Note returns text as a signed note (C2SP signed-note, Ed25519): text, which ends
	// with a line break, an empty line and a line of signature.
	Note(text string) (string, error)
}

// KindDelivered is the event of a delivery that is done. Its stream is the delivery,
// its fact root the root of the receipt, in hex.
const KindDelivered = "furnish.delivered"

// Receipt is the registry's signed statement about a delivery: that so many rows
// came, and what became of each, under one root. It holds nothing of a row.
type Receipt struct {
	Delivery ref.Delivery
	Root     merkle.Hash
	Note     string // a checkpoint of the delivery's tree (C2SP tlog-checkpoint)
}

// Proof shows that a receipt stands for one row: its place, what is said of it and
// the way to the root. The leaf is the SHA-256 of a zero byte, "furnish/row/1", the
// row's number in eight bytes, the number of the outcome in one, and the commitment
// in 32. Opening tells what the commitment is of, to whom has the content.
type Proof struct {
	Receipt    Receipt
	Row        int64
	Outcome    Outcome
	Commitment seal.Commitment // zero where nothing of the row is kept
	Leaf       merkle.Hash
	Path       []merkle.Hash // from the leaf up
	Opening    *Opening      // where it was asked for and can still be given
}

// Opening opens the commitment of a row: HMAC-SHA-256 under Key of two JSON objects
// with a line break between them: whom the row is about (id_number, id_type, and the
// name as names are compared), and what it says (the fields of the type in order of
// their names, without empty ones). It can be given while the registry still has
// that version of the record; kept by the sender it goes on to hold.
type Opening struct {
	Version int32
	Key     [32]byte
}

// The faults of receipts.
var (
	ErrNoReceipt = fault.New(fault.Conflict, "E-RECEIPT-EARLY", "There is a receipt once a delivery is done. This one is not; send its file to the end.")
	ErrNoRow     = fault.New(fault.NotFound, "E-ROW-NUMBER", "The delivery has no row of this number. Rows are counted from 1, the first after the header.").At("row")
)

// Receipt returns the signed receipt of a delivery of the clerk's body that is
// done.
func (s *Service) Receipt(ctx context.Context, clerk party.Clerk, id ref.Delivery) (Receipt, error) {
	d, err := s.ByID(ctx, clerk, id)
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(clerk, d)
}

func (s *Service) receipt(clerk party.Clerk, d Delivery) (Receipt, error) {
	if d.State != Done {
		return Receipt{}, ErrNoReceipt
	}
	root, err := d.Root()
	if err != nil {
		return Receipt{}, fmt.Errorf("making the receipt of delivery %s: %w", d.ID, err)
	}
	c := d.Counts
	text := fmt.Sprintf("%s/deliveries/%s\n%d\n%s\nbody %s\ntype %s\npack %s\nfile sha256:%x\nbegun %s\nended %s\n"+
		"new %d changed %d unchanged %d withdrawn %d stale %d quarantined %d refused %d\n",
		s.Notary.Origin(), d.ID, c.Done, base64.StdEncoding.EncodeToString(root[:]), clerk.Body.Code, d.Type, d.Pack, d.FileHash,
		d.BegunAt.UTC().Format(time.RFC3339Nano), d.EndedAt.UTC().Format(time.RFC3339Nano),
		c.New, c.Changed, c.Unchanged, c.Withdrawn, c.Stale, c.Quarantined, c.Refused)
	note, err := s.Notary.Note(text)
	return Receipt{Delivery: d.ID, Root: root, Note: note}, err
}

// Proof returns the proof of a row, from 1, of a delivery of the clerk's body that
// is done. Where sourceRef is given, the source's own reference of that row's
// record, the proof comes with what opens it, if that can still be given.
func (s *Service) Proof(ctx context.Context, clerk party.Clerk, id ref.Delivery, row int64, sourceRef string) (Proof, error) {
	d, err := s.ByID(ctx, clerk, id)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Row: row}
	if p.Receipt, err = s.receipt(clerk, d); err != nil {
		return Proof{}, err
	}
	if row < 1 || row > d.Counts.Done {
		return Proof{}, ErrNoRow
	}
	if err := s.path(ctx, d, &p); err != nil {
		return Proof{}, fmt.Errorf("proving row %d of delivery %s: %w", row, d.ID, err)
	}
	if sourceRef != "" {
		p.Opening, err = s.opening(ctx, clerk, d, &p, sourceRef)
	}
	return p, err
}

// path reads all that is kept of the rows once and finds the way from one of them
// to the root.
func (s *Service) path(ctx context.Context, d Delivery, p *Proof) error {
	prover, err := merkle.NewProver(uint64(d.Counts.Done), uint64(p.Row-1))
	if err != nil {
		return err
	}
	at := int64(0)
	err = s.Store.Rows(ctx, d.ID, func(rows []byte) error {
		for ; len(rows) >= rowBytes; rows = rows[rowBytes:] {
			at++
			hash := leaf(at, rows[:rowBytes])
			if prover.Append(hash); at == p.Row {
				p.Leaf, p.Outcome, p.Commitment = hash, outcomeOf(rows[0]), seal.Commitment(rows[1:rowBytes])
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.Path, err = prover.Proof(); err != nil {
		return err
	}
	if !merkle.Verify(p.Leaf, uint64(p.Row-1), uint64(d.Counts.Done), p.Path, p.Receipt.Root) {
		return fmt.Errorf("what is kept of the rows has another root than the delivery")
	}
	return nil
}

// Find returns the record that a source filed of a type under a number of its own; false
// where there is none.
func (s *Service) Find(ctx context.Context, source ref.Body, typ, number string) (dossier.Key, bool, error) {
	macs, err := s.Keys.RefMarks(ctx, source, [][]byte{refInput(typ, number)})
	if err != nil {
		return dossier.Key{}, false, err
	}
	heads, err := s.Merger.Heads(ctx, source, macs)
	h, known := heads[macs[0]]
	return dossier.Key{Person: h.Person, Record: h.Record}, known, err
}

// opening returns the key under which the content of a record is committed to, if
// it is the one that the row stands for.
func (s *Service) opening(ctx context.Context, clerk party.Clerk, d Delivery, p *Proof, sourceRef string) (*Opening, error) {
	macs, err := s.Keys.RefMarks(ctx, clerk.Body.ID, [][]byte{refInput(d.Type, sourceRef)})
	if err != nil {
		return nil, err
	}
	heads, err := s.Merger.Heads(ctx, clerk.Body.ID, macs)
	if err != nil {
		return nil, err
	}
	h, known := heads[macs[0]]
	if !known || h.Mark != p.Commitment.Mark() || p.Commitment == (seal.Commitment{}) {
		return nil, nil
	}
	got, err := s.Keys.Openings(ctx, []seal.Held{{Subject: dossier.RecordSubject(h.Person, h.Record, h.Version), Slot: h.Slot}})
	if err != nil || got[0].Gone {
		return nil, err
	}
	return &Opening{Version: h.Version, Key: got[0].Key}, nil
}

// Text returns the proof in the format of C2SP tlog-proof, with what is said of the
// row as its extra data.
func (p Proof) Text() string {
	kept := said(p.Outcome, p.Commitment)
	var b strings.Builder
	fmt.Fprintf(&b, "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n", base64.StdEncoding.EncodeToString(kept[:]), p.Row-1)
	for _, h := range p.Path {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n" + p.Receipt.Note)
	return b.String()
}

// outcomeNumber is the number that stands for an outcome in a receipt; it never
// changes.
func outcomeNumber(o Outcome) byte {
	switch o {
	case New:
		return 1
	case Changed:
		return 2
	case Unchanged:
		return 3
	case Withdrawn:
		return 4
	case Stale:
		return 5
	case Quarantined:
		return 6
	case Refused:
		return 7
	}
	return 0
}

func outcomeOf(n byte) Outcome {
	for _, o := range []Outcome{New, Changed, Unchanged, Withdrawn, Stale, Quarantined, Refused} {
		if outcomeNumber(o) == n {
			return o
		}
	}
	return ""
}

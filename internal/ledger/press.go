package ledger

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
)

// The ways in which database and log can disagree.
var (
	ErrHeadless = fault.New(fault.Refused, "E-LOG-HEADLESS", "The database holds a log and this folder holds no head of it: it belongs to another folder.")
	ErrBehind   = fault.New(fault.Refused, "E-LOG-BEHIND", "The database is behind the log: entries that were signed are missing from it.")
	ErrForked   = fault.New(fault.Refused, "E-LOG-FORK", "The database holds another history than the log that was signed.")
)

// HeadStore is outside the database; there the newest signed checkpoint is kept: a database
// that was set back is noticed by it.
type HeadStore interface {
	// Load returns the newest signed checkpoint, or nothing where none was kept yet.
	Load() ([]byte, error)
	// Swap puts a new one in the place of the old one, durable on return, or returns
	// ErrMoved where another is there.
	Swap(old, signed []byte) error
}

// Published is a checkpoint as everybody gets it.
type Published struct {
	Size uint64
	Note []byte
	At   time.Time
}

// Board is where the published checkpoint is found by those who serve it.
type Board interface {
	// Published returns the newest, or the zero Published where there is none.
	Published(ctx context.Context) (Published, error)
	// Publish replaces it by one that is not shorter.
	Publish(ctx context.Context, p Published) error
}

// Witnesses are asked to sign.
type Witnesses interface {
	// Cosign returns the signed checkpoint with the cosignatures that were given. It is
	// an error where they are too few for the policy; the reasons are in it. way gives
	// the proof that a tree of older leaves grew into this one.
	Cosign(ctx context.Context, signed []byte, way func(older uint64) ([]proof.Hash, error)) ([]byte, error)
}

// Press publishes checkpoints: it has the sequencer take what is new, signs where the
// log stands, keeps that outside the database, asks the witnesses, and shows it. It
// resumes after a crash at any point. It is used by one goroutine.
type Press struct {
	Sequencer *Sequencer
	Read      func(ctx context.Context, t proof.Tile) ([]byte, error)
	Heads     HeadStore
	Board     Board
	Witnesses Witnesses // nil where none is asked for
	Origin    string
	Sign      func(text string) ([]byte, error) // C2SP signed-note
	Trust     proof.Trust
	Ran       func(now time.Time) []string // extension lines
	Again     time.Duration                // how old the published checkpoint becomes before witnesses are asked anew; 0 for never

	checked bool
}

// Compare returns nil if the database holds the log that was signed: at least as
// long, and of the same history. Otherwise it is ErrHeadless, ErrBehind or ErrForked,
// and says by how much. Where there is no log yet it keeps the head of an empty one,
// so that a log is never without a head; nothing else is changed.
func (p *Press) Compare(ctx context.Context) error {
	head, err := p.Sequencer.Head(ctx)
	if err != nil {
		return err
	}
	signed, err := p.Heads.Load()
	if err != nil {
		return err
	}
	if len(signed) == 0 {
		if head.Size > 0 {
			return saying(ErrHeadless, "It has %d entries. Nothing was changed. Start from the folder with its head, or give the head back.", head.Size)
		}
		return p.begin(head)
	}
	seen, err := p.Trust.CheckLog(signed)
	if err != nil {
		return fmt.Errorf("reading the head of the log: %w", err)
	}
	if seen.Size > head.Size {
		return saying(ErrBehind, "The log has %d entries and the database %d: %d are missing. Nothing was changed or published. Give back a newer copy of the database.", seen.Size, head.Size, seen.Size-head.Size)
	}
	now := proof.Checkpoint{Origin: seen.Origin, Size: head.Size, Root: head.Root}
	way, err := proof.Extend(now, seen.Size, p.reader(ctx))
	if err == nil {
		err = proof.CheckConsistency(seen.Checkpoint, now, way)
	}
	if err != nil {
		return saying(ErrForked, "The log that was signed has %d entries and the database %d, and they do not begin alike, or tiles were altered. Nothing was changed or published. Give back the database that belongs to this folder.", seen.Size, head.Size).Because(err)
	}
	p.checked = true
	return nil
}

// begin keeps the head of an empty log.
func (p *Press) begin(head Head) error {
	signed, err := p.Sign(proof.Checkpoint{Origin: p.Origin, Root: head.Root}.Text())
	if err == nil {
		err = p.Heads.Swap(nil, signed)
	}
	p.checked = err == nil
	return err
}

func saying(e *fault.Error, format string, args ...any) *fault.Error {
	said := *e
	said.Text += " " + fmt.Sprintf(format, args...)
	return said.Because(e)
}

func (p *Press) reader(ctx context.Context) proof.Read {
	return func(t proof.Tile) ([]byte, error) { return p.Read(ctx, t) }
}

// Step takes what is new into the log and publishes where it stands. It returns how
// many entries were taken and whether there is more. Nothing is signed before Compare
// held.
func (p *Press) Step(ctx context.Context, now time.Time) (n int, more bool, err error) {
	if !p.checked {
		if err := p.Compare(ctx); err != nil {
			return 0, false, err
		}
	}
	if n, more, err = p.Sequencer.Step(ctx, now); err != nil {
		return n, more, err
	}
	return n, more, p.publish(ctx, now)
}

func (p *Press) publish(ctx context.Context, now time.Time) error {
	head, err := p.Sequencer.Head(ctx)
	if err != nil {
		return err
	}
	last, err := p.Board.Published(ctx)
	if err != nil {
		return err
	}
	c := proof.Checkpoint{Origin: p.Origin, Size: head.Size, Root: head.Root, Extensions: p.Ran(now)}
	if last.Size == head.Size && len(last.Note) > 0 && bytes.HasPrefix(last.Note, []byte(c.Text()+"\n")) && (p.Again == 0 || now.Sub(last.At).Abs() < p.Again) {
		return nil
	}
	signed, err := p.Sign(c.Text())
	if err != nil {
		return err
	}
	kept, err := p.Heads.Load()
	if err != nil {
		return err
	}
	if !bytes.Equal(kept, signed) {
		if err := p.Heads.Swap(kept, signed); err != nil {
			p.checked = false
			return err
		}
	}
	if p.Witnesses != nil {
		signed, err = p.Witnesses.Cosign(ctx, signed, func(older uint64) ([]proof.Hash, error) { return proof.Extend(c, older, p.reader(ctx)) })
		if err != nil {
			return err
		}
	}
	return p.Board.Publish(ctx, Published{Size: head.Size, Note: signed, At: now})
}

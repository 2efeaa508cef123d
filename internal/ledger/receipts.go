package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
	"recourse/internal/seal"
)

// The faults of receipts.
var (
	ErrNoEvent  = fault.New(fault.NotFound, "E-LOG-EVENT", "There is no such event.")
	ErrEarly    = fault.New(fault.Conflict, "E-LOG-EARLY", "The event is not under a published checkpoint yet. Nothing is wrong: that takes a second. Ask again.")
	ErrUnopened = fault.New(fault.NotFound, "E-LOG-ENDED", "The event was erased, and with it what opens its entry. A receipt that was given before still holds.")
)

// Rows finds rows of the journals and their places in the log.
type Rows interface {
	// Row returns one row, or ErrNoEvent.
	Row(ctx context.Context, k Key) (Row, error)
	// Rows returns up to limit rows of a stream, newest first, before one; the zero
	// Row comes after all.
	Rows(ctx context.Context, stream [16]byte, before Row, limit int) ([]Row, error)
	// Place returns where a row is in the log, or ErrEarly.
	Place(ctx context.Context, r Row) (index uint64, e Entered, err error)
	// Days returns the labelled days, in order.
	Days(ctx context.Context) ([]LabelledDay, error)
}

// LabelledDay is a day whose labels are published.
type LabelledDay struct {
	proof.Day // without its root
	Event     Key
}

// Receipts makes receipts.
type Receipts struct {
	Rows   Rows
	Board  Board
	Nonces interface {
		Openings(ctx context.Context, held []seal.Held) ([]seal.Opening, error)
	}
	Read func(ctx context.Context, list []proof.Tile) ([][]byte, error)
}

// Receipt is one receipt with what it is about.
type Receipt struct {
	Event [16]byte
	Kind  string
	At    time.Time
	Index uint64
	Text  string // C2SP tlog-proof
}

// Of returns the receipt of an event under the published checkpoint: ErrNoEvent,
// ErrEarly or ErrUnopened where there is none. Only a whole one names the stream and
// shows own facts: for whom the event is about.
func (s *Receipts) Of(ctx context.Context, k Key, whole bool) (Receipt, error) {
	row, err := s.Rows.Row(ctx, k)
	if err != nil {
		return Receipt{}, err
	}
	at, err := s.under(ctx)
	if err != nil {
		return Receipt{}, err
	}
	return s.of(ctx, at, row, whole)
}

// Newest returns the receipt of the newest event of a kind in a stream that holds few,
// as Of does, whole: ErrNoEvent where there is none.
func (s *Receipts) Newest(ctx context.Context, stream [16]byte, kind string) (Receipt, error) {
	rows, err := s.Rows.Rows(ctx, stream, Row{}, 100)
	if err != nil {
		return Receipt{}, err
	}
	for _, r := range rows {
		if r.Kind == kind {
			return s.Of(ctx, r.key(), true)
		}
	}
	return Receipt{}, ErrNoEvent
}

// checkpoint is the one that receipts are made under.
type checkpoint struct {
	proof.Checkpoint
	note []byte
}

func (s *Receipts) under(ctx context.Context) (checkpoint, error) {
	p, err := s.Board.Published(ctx)
	if err != nil {
		return checkpoint{}, err
	}
	if len(p.Note) == 0 {
		return checkpoint{}, ErrEarly
	}
	c, err := proof.ParseCheckpoint(p.Note)
	return checkpoint{c, p.Note}, err
}

func (s *Receipts) of(ctx context.Context, at checkpoint, row Row, whole bool) (Receipt, error) {
	index, e, err := s.Rows.Place(ctx, row)
	switch {
	case err != nil:
		return Receipt{}, err
	case index >= at.Size:
		return Receipt{}, ErrEarly
	}
	var o seal.Opening
	if !e.Public {
		got, err := s.Nonces.Openings(ctx, []seal.Held{e.Held()})
		if err != nil {
			return Receipt{}, err
		}
		if o = got[0]; o.Gone {
			return Receipt{Index: index}, ErrUnopened
		}
	}
	way, err := proof.Include(at.Checkpoint, index, func(list []proof.Tile) ([][]byte, error) { return s.Read(ctx, list) })
	if err != nil {
		return Receipt{}, err
	}
	opening := OpeningOf(e.of(row), o)
	if whole {
		opening.Stream = &row.Stream
	} else {
		opening.Own = nil
	}
	r := proof.Receipt{Index: index, Path: way, Checkpoint: at.note, Opening: opening}
	return Receipt{Event: row.Event, Kind: row.Kind, At: row.At, Index: index, Text: r.Text()}, nil
}

// File returns all receipts of a stream that can still be opened, and how many were
// erased. The labels of days are fetched by who checks it.
func (s *Receipts) File(ctx context.Context, stream [16]byte, key proof.LabelKey) (f proof.File, erased int, err error) {
	at, err := s.under(ctx)
	if err != nil {
		return f, 0, err
	}
	days, err := s.Rows.Days(ctx)
	if err != nil {
		return f, 0, err
	}
	f = proof.NewFile(at.Origin, stream, key)
	for last := (Row{}); ; {
		rows, err := s.Rows.Rows(ctx, stream, last, 500)
		if err != nil || len(rows) == 0 {
			return f, erased, err
		}
		for _, row := range rows {
			last = row
			r, err := s.of(ctx, at, row, true)
			switch fault.Of(err).Code {
			case ErrEarly.Code:
				continue
			case ErrUnopened.Code:
				if day, labelled := dayAt(days, r.Index); labelled {
					f.Erased[day]++
				}
				erased++
				continue
			}
			if err != nil {
				return f, erased, err
			}
			f.Receipts = append(f.Receipts, r.Text)
		}
	}
}

// dayAt returns the labelled day of an entry.
func dayAt(days []LabelledDay, index uint64) (string, bool) {
	n, _ := slices.BinarySearchFunc(days, index, func(d LabelledDay, i uint64) int { return cmp.Compare(d.Until, i+1) })
	if n == len(days) {
		return "", false
	}
	return days[n].Day.Day.String(), true
}

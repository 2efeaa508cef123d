package notice

import (
	"context"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Desk is where letters are printed for the post, and where it is noted what became
// of what left the house.
type Desk struct {
	Announcer
	Mandates Mandates // nil where only the operator works at it
}

// Mandates knows who works at the post desk.
type Mandates interface {
	Holds(ctx context.Context, clerk ref.Clerk, desk party.Desk, today when.Date) (bool, error)
}

// Admit returns ErrNoPost where a clerk has no mandate for the desk today.
func (d *Desk) Admit(ctx context.Context, clerk party.Clerk, now time.Time) error {
	holds, err := d.Mandates.Holds(ctx, clerk.ID, party.Posts, d.Shelf.At(now).Today(now))
	if err == nil && !holds {
		err = ErrNoPost
	}
	return err
}

// Sheet is a letter to be printed.
type Sheet struct {
	Owed
	Lines    []string // the address, as the person wrote it, their name first
	Language string
}

// The faults of the desk. None says more than the number does.
var (
	ErrNoPost = fault.New(fault.Forbidden, "E-POST-DESK",
		"You have no mandate for the post desk, or it has ended. Nothing was opened; ask the registry for one.")
	ErrNotOut = fault.New(fault.NotFound, "E-NOT-OUT",
		"No letter of this number is on its way by this channel. Nothing was changed. Check the number that is printed on the letter.").At("letter")
	ErrDelivery = fault.New(fault.Invalid, "E-DELIVERED-ON",
		"A letter arrives on the day on which it was sent or later, and not after today. Nothing was changed. Check the day.").At("on")
)

// ToPrint lists the letters that wait, oldest first, at most 1000.
func (d *Desk) ToPrint(ctx context.Context) ([]Waiting, error) { return d.Ways.ToPrint(ctx, 1000) }

// Print returns the letters of these numbers that wait, with their addresses. Where an
// address is kept no more, the letter is not among them: no way is left to try.
func (d *Desk) Print(ctx context.Context, letters []ref.Notice, now time.Time) ([]Sheet, error) {
	waiting, err := d.waiting(ctx)
	if err != nil {
		return nil, err
	}
	var out []Sheet
	for _, n := range letters {
		w, there := waiting[n]
		if !there {
			return nil, ErrNotOut
		}
		o, found, err := d.Ways.One(ctx, w.Person, n)
		if err != nil || !found {
			return nil, err
		}
		g := w.Going
		c, err := d.contact(ctx, &g, now)
		if err != nil {
			return nil, err
		}
		if c.Post == "" {
			if err := d.unsendable(ctx, g, now); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, Sheet{Owed: o, Lines: strings.Split(c.Post, "\n"), Language: c.Language})
	}
	return out, nil
}

func (d *Desk) waiting(ctx context.Context) (map[ref.Notice]Waiting, error) {
	list, err := d.ToPrint(ctx)
	out := make(map[ref.Notice]Waiting, len(list))
	for _, w := range list {
		out[w.Notice] = w
	}
	return out, err
}

func (d *Desk) unsendable(ctx context.Context, g Going, now time.Time) error {
	if err := d.Ways.Ended(ctx, g, NoAddress, now); err != nil {
		return err
	}
	g.Nth = 0
	return d.hand(ctx, g, now)
}

// Drop takes a letter out of the queue whose record was withdrawn or erased before it
// was printed: nobody is to be told of it any more.
func (d *Desk) Drop(ctx context.Context, n ref.Notice, now time.Time) error {
	waiting, err := d.waiting(ctx)
	if err != nil {
		return err
	}
	w, there := waiting[n]
	if !there {
		return ErrNotOut
	}
	return d.Ways.Ended(ctx, w.Going, Moot, now)
}

// Sent notes that letters were printed and handed to the post: their service period
// runs from now.
func (d *Desk) Sent(ctx context.Context, letters []ref.Notice, now time.Time) error {
	waiting, err := d.waiting(ctx)
	if err != nil {
		return err
	}
	for _, n := range letters {
		w, there := waiting[n]
		if !there {
			return ErrNotOut
		}
		if err := d.hand(ctx, w.Going, now); err != nil {
			return err
		}
	}
	return nil
}

// Confirmed notes that the post brought a letter into the person's hands on a day.
// The time to answer runs from the end of that day on.
func (d *Desk) Confirmed(ctx context.Context, n ref.Notice, on when.Date, now time.Time) error {
	g, found, err := d.Ways.Out(ctx, n, ByPost)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotOut
	}
	pack := d.Shelf.At(now)
	o, _, err := d.Ways.One(ctx, g.Person, n)
	if err != nil {
		return err
	}
	if on > pack.Today(now) || on < pack.Today(o.HandedAt) {
		return ErrDelivery
	}
	at := on.Start(pack.Zone).UTC()
	until, err := pack.AnswerUntil(at)
	if err != nil {
		return err
	}
	if promised, err := law.Under(d.Shelf, o.Pack, now).AnswerUntil(at); err == nil && promised.After(until) {
		until = promised
	}
	return d.Ways.Confirm(ctx, g, at, until, now)
}

// Returned notes that what went out by a channel came back. The next channel follows.
func (d *Desk) Returned(ctx context.Context, n ref.Notice, channel string, now time.Time) error {
	g, found, err := d.Ways.Out(ctx, n, channel)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotOut
	}
	return d.Ways.Return(ctx, g, now)
}

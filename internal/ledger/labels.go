package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"recourse/internal/proof"
	"recourse/internal/when"
)

// Days is where the labels of days are kept.
type Days interface {
	// Unlabelled returns the entries of the first day before a day that have no labels
	// yet; from and until are equal where there are none.
	Unlabelled(ctx context.Context, before when.Date) (day when.Date, from, until uint64, err error)
	// Entered returns what became the entries from low up to high, without it.
	Entered(ctx context.Context, low, high uint64) ([]Entered, error)
	// PutDay keeps the labels of a day and writes the public event that publishes them,
	// in one transaction, once.
	PutDay(ctx context.Context, d proof.Day, labels proof.Labels, now time.Time) error
}

// LabelKeys gives each stream's secret: a vault.
type LabelKeys interface {
	LabelKeys(ctx context.Context, streams [][16]byte) ([][16]byte, error)
}

// Labeller publishes the labels of each day once it is over. It is used by the
// goroutine of the press, so that no entry joins a day that is labelled.
type Labeller struct {
	Days Days
	Keys LabelKeys
}

// atOnce is how many entries are read at once.
const atOnce = 50_000

// Step labels one day that is over and reports whether it did.
func (l *Labeller) Step(ctx context.Context, now time.Time) (bool, error) {
	day, from, until, err := l.Days.Unlabelled(ctx, dayOf(now))
	if err != nil || from == until {
		return false, err
	}
	counted := map[[16]byte]uint64{}
	for low := from; low < until; low += atOnce {
		list, err := l.Days.Entered(ctx, low, min(low+atOnce, until))
		if err != nil {
			return false, err
		}
		for _, e := range list {
			counted[e.Stream]++
		}
	}
	streams := make([][16]byte, 0, len(counted))
	for s := range counted {
		streams = append(streams, s)
	}
	keys, err := l.Keys.LabelKeys(ctx, streams)
	if err != nil {
		return false, err
	}
	bits := proof.BitsFor(int(until - from))
	all := make([]proof.Label, 0, until-from)
	for i, s := range streams {
		for n := uint64(1); n <= counted[s]; n++ {
			all = append(all, proof.LabelKey(keys[i]).Label(day, n, bits))
		}
	}
	labels := proof.NewLabels(all)
	return true, l.Days.PutDay(ctx, proof.Day{Day: day, From: from, Until: until, Bits: bits, Root: labels.Root()}, labels, now)
}

// Shelves are the labels of days, as they are served.
type Shelves interface {
	// LabelDay returns a labelled day, or a fault of kind NotFound.
	LabelDay(ctx context.Context, day when.Date) (LabelledDay, error)
	// Bucket returns one bucket of it.
	Bucket(ctx context.Context, d LabelledDay, n int) (proof.Bucket, error)
	// Days returns all labelled days, in order.
	Days(ctx context.Context) ([]LabelledDay, error)
}

// Labels gives what is served below labels/: "" is the list of days (day, from, until,
// bits), "<day>/receipt" the receipt of the event that publishes them, "<day>/<n>" a
// bucket. What is not there is a fault of kind NotFound.
type Labels struct {
	Shelves  Shelves
	Receipts *Receipts
}

// Text returns one of the texts.
func (l *Labels) Text(ctx context.Context, path string) (string, error) {
	if path == "" {
		return l.list(ctx)
	}
	name, rest, _ := strings.Cut(path, "/")
	day, err := when.Parse(name)
	if err != nil {
		return "", ErrNoEvent
	}
	d, err := l.Shelves.LabelDay(ctx, day)
	if err != nil {
		return "", err
	}
	if rest == "receipt" {
		r, err := l.Receipts.Of(ctx, d.Event, false)
		return r.Text, err
	}
	n, err := strconv.Atoi(rest)
	if err != nil || strconv.Itoa(n) != rest {
		return "", ErrNoEvent
	}
	b, err := l.Shelves.Bucket(ctx, d, n)
	return b.Text(), err
}

func (l *Labels) list(ctx context.Context) (string, error) {
	days, err := l.Shelves.Days(ctx)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, d := range days {
		fmt.Fprintf(&out, "%s %d %d %d\n", d.Day.Day, d.From, d.Until, d.Bits)
	}
	return out.String(), nil
}

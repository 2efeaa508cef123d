package ledger

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
	"recourse/internal/when"
)

// ErrYear is returned for a year that did not end in the log.
var ErrYear = fault.New(fault.NotFound, "E-LOG-YEAR", "There is no shard of this year: it is not over, the labels of its last day are not published yet, or nothing was done in it. Nothing was written.")

// Shard is what the log was when a year ended: the entries from From up to those under
// Note, the published checkpoint, which covers the labels of the year's last day. The
// next shard begins where it ends.
type Shard struct {
	Year  int
	From  uint64 // size at the end of the shard before
	Until uint64
	Note  []byte
	At    time.Time // of the checkpoint
}

// Years is where the ends of years are kept.
type Years interface {
	Rows
	Shelves
	// Unlabelled is Days.Unlabelled.
	Unlabelled(ctx context.Context, before when.Date) (day when.Date, from, until uint64, err error)
	// Published is Board.Published.
	Published(ctx context.Context) (Published, error)
	// Shards returns all, in order.
	Shards(ctx context.Context) ([]Shard, error)
	// PutShard keeps one, once.
	PutShard(ctx context.Context, s Shard) error
}

// Yearly keeps the checkpoint at which each year ends. It is used by the goroutine of
// the press.
type Yearly struct {
	Years Years
	ended int // the last year whose end was kept, or that had nothing to keep
}

// Step keeps the end of the last year once every entry of it is labelled and the labels
// are under a published checkpoint; before that, and after, it does nothing.
func (y *Yearly) Step(ctx context.Context, now time.Time) error {
	year := dayOf(now).Year()
	if y.ended >= year-1 {
		return nil
	}
	begin := when.Of(year, 1, 1)
	if _, from, until, err := y.Years.Unlabelled(ctx, begin); err != nil || from != until {
		return err
	}
	last, is, err := y.last(ctx, begin)
	if err != nil {
		return err
	}
	kept, err := y.Years.Shards(ctx)
	if err != nil {
		return err
	}
	next := Shard{}
	if len(kept) > 0 {
		next = Shard{Year: kept[len(kept)-1].Year, From: kept[len(kept)-1].Until}
	}
	if !is || last.Day.Day.Year() <= next.Year {
		y.ended = year - 1
		return nil
	}
	next.Year = last.Day.Day.Year()
	row, err := y.Years.Row(ctx, last.Event)
	if err != nil {
		return err
	}
	index, _, err := y.Years.Place(ctx, row)
	if errors.Is(err, ErrEarly) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := y.Years.Published(ctx)
	if err != nil || p.Size <= index {
		return err
	}
	next.Until, next.Note, next.At = p.Size, p.Note, p.At
	if err := y.Years.PutShard(ctx, next); err != nil {
		return err
	}
	y.ended = year - 1
	return nil
}

// last returns the last labelled day before a day.
func (y *Yearly) last(ctx context.Context, before when.Date) (d LabelledDay, is bool, err error) {
	days, err := y.Years.Days(ctx)
	for _, one := range days {
		if one.Day.Day < before {
			d, is = one, true
		}
	}
	return d, is, err
}

// YearEnd returns the checkpoint of a shard as it was published, or ErrYear.
func YearEnd(ctx context.Context, y interface {
	Shards(ctx context.Context) ([]Shard, error)
}, year int) (Shard, error) {
	all, err := y.Shards(ctx)
	for _, s := range all {
		if s.Year == year {
			return s, nil
		}
	}
	if err == nil {
		err = ErrYear
	}
	return Shard{}, err
}

// Freezer writes a shard as static files: what C2SP tlog-tiles and the labels of days
// put below a log's prefix, without what older shards hold.
type Freezer struct {
	Years Years
	Read  func(ctx context.Context, list []proof.Tile) ([][]byte, error)
	// Put keeps one file under its path; each path is put once.
	Put func(path string, content []byte) error
}

// Freeze writes the shard of a year and returns it. Everything is checked against the
// shard's checkpoint, and that against the one before; the checkpoint is written last,
// and only where all holds.
func (f *Freezer) Freeze(ctx context.Context, year int) (Shard, error) {
	shard, err := YearEnd(ctx, f.Years, year)
	if err != nil {
		return shard, err
	}
	now, err := proof.ParseCheckpoint(shard.Note)
	if err != nil {
		return shard, err
	}
	older, note, err := f.before(ctx, shard)
	if err != nil {
		return shard, err
	}
	put := map[string]bool{}
	days := proof.Chain{After: older.Size}
	_, err = proof.RebuildAfter(now, older, func(t proof.Tile) ([]byte, error) {
		raw, err := f.Read(ctx, []proof.Tile{t})
		if err != nil {
			return nil, err
		}
		if !put[t.Path()] {
			put[t.Path()] = true
			err = f.Put(t.Path(), raw[0])
		}
		return raw[0], err
	}, days.Take)
	if err != nil {
		return shard, err
	}
	if err := f.labels(ctx, shard, days.Days); err != nil {
		return shard, err
	}
	if len(note) > 0 {
		if err := f.Put("after", note); err != nil {
			return shard, err
		}
	}
	return shard, f.Put("checkpoint", shard.Note)
}

// before returns the end of the shard before; nothing where there is none.
func (f *Freezer) before(ctx context.Context, s Shard) (c proof.Checkpoint, note []byte, err error) {
	all, err := f.Years.Shards(ctx)
	for _, one := range all {
		if one.Until == s.From {
			c, err = proof.ParseCheckpoint(one.Note)
			return c, one.Note, err
		}
	}
	return c, nil, err
}

// frozen is a board that shows one checkpoint for ever.
type frozen Published

// Published is Board.Published.
func (f frozen) Published(context.Context) (Published, error) { return Published(f), nil }

// Publish is Board.Publish.
func (frozen) Publish(context.Context, Published) error { return ErrMoved }

// labels writes the labels of the days that the shard publishes, with receipts under
// its checkpoint, and the list of all days up to them: shards put over one another are
// one log.
func (f *Freezer) labels(ctx context.Context, s Shard, days []proof.Day) error {
	if len(days) == 0 {
		return nil
	}
	texts := &Labels{Shelves: f.Years, Receipts: &Receipts{Rows: f.Years, Board: frozen{Size: s.Until, Note: s.Note, At: s.At}, Read: f.Read}}
	for _, d := range days {
		names := []string{"receipt"}
		for n := range 1 << d.Bits {
			names = append(names, strconv.Itoa(n))
		}
		for _, name := range names {
			text, err := texts.Text(ctx, d.Day.String()+"/"+name)
			if err == nil {
				err = f.Put("labels/"+d.Day.String()+"/"+name, []byte(text))
			}
			if err != nil {
				return err
			}
		}
	}
	all, err := f.Years.Days(ctx)
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, d := range all {
		if d.Day.Day <= days[len(days)-1].Day {
			list.WriteString(d.Day.Day.String() + "\n")
		}
	}
	return f.Put("labels/index.html", []byte(list.String()))
}

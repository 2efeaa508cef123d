package proof

import "recourse/internal/when"

// Chain collects the days whose labels a log publishes, from all of its entries in
// order.
type Chain struct {
	Days  []Day
	After uint64 // entries before it are in an older shard, and the first day may begin among them
}

// Take takes one entry, as Rebuild gives them. It returns ErrForm for what is no entry
// and ErrDaysMissing where a day does not follow on the one before or speaks of
// entries that come after it.
func (c *Chain) Take(index uint64, entry []byte) error {
	e, public, err := ReadEntry(entry)
	if err != nil || !public || e.Kind != Labelled {
		return err
	}
	d, err := DayOf(e)
	if err != nil {
		return err
	}
	next, last := uint64(0), when.Date(0)
	if n := len(c.Days); n > 0 {
		next, last = c.Days[n-1].Until, c.Days[n-1].Day
	}
	follows := d.From == next || len(c.Days) == 0 && d.From <= c.After
	if !follows || d.Until > index || len(c.Days) > 0 && d.Day <= last {
		return ErrDaysMissing
	}
	c.Days = append(c.Days, d)
	return nil
}

// Bucket returns where the labels of a file's stream stand on the day that an event
// publishes, or ErrForm.
func (f File) Bucket(published Event) (int, error) {
	var key LabelKey
	d, err := DayOf(published)
	if err != nil || !unhex(key[:], f.LabelKey) {
		return 0, ErrForm
	}
	return key.Bucket(d.Day, d.Bits), nil
}

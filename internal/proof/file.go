package proof

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"

	"recourse/internal/when"
)

// FileFormat names the format of files of receipts.
const FileFormat = "recourse/receipts@v1"

// File is what a person holds: all that the log has about them, and what is needed
// to check that nothing is missing. It is JSON; unknown members are refused.
type File struct {
	Format   string   `json:"format"`
	Origin   string   `json:"origin"`
	Stream   string   `json:"stream"`    // the person's key, hex
	LabelKey string   `json:"label_key"` // hex
	Receipts []string `json:"receipts"`
	// Erased are entries of the stream that nobody can open any more, by the day they
	// were labelled on: what they were about has been erased.
	Erased map[string]uint64 `json:"erased"`
	Days   []Labelday        `json:"days"` // each day that is labelled, from the first on; may be fetched instead
}

// Labelday is what shows the labels of a stream on one day.
type Labelday struct {
	Receipt string `json:"receipt"` // of the event that publishes the day
	Bucket  string `json:"bucket"`  // the stream's
}

// Account is what a file of receipts shows.
type Account struct {
	Events     []Proven // in order of the log
	Days       int      // days on which nothing is withheld
	From       when.Date
	Until      when.Date // the last day that is labelled
	Unlabelled int       // events after it: their labels come with the end of their day
	Erased     uint64    // entries that nobody can open any more
	ErasedOn   when.Date // the last day that has any; one within the time that events are kept is a reason to complain
}

// ParseFile reads a file of receipts, or returns ErrForm.
func ParseFile(raw []byte) (f File, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&f) != nil || f.Format != FileFormat {
		return File{}, ErrForm
	}
	if _, err := d.Token(); err != io.EOF {
		return File{}, ErrForm
	}
	return f, nil
}

// CheckFile returns what a file shows: every receipt holds and is about the one
// stream, the days follow on each other from the log's first entry, and on each the
// labels are as many as the receipts. What does not hold is one of the errors of
// CheckReceipt, or ErrStream, ErrBucket, ErrDaysMissing, ErrWithheld, ErrUnlabelled.
func (t Trust) CheckFile(f File) (Account, error) {
	var stream [16]byte
	var key LabelKey
	if f.Format != FileFormat || f.Origin != t.Log.Name() || !unhex(stream[:], f.Stream) || !unhex(key[:], f.LabelKey) {
		return Account{}, ErrForm
	}
	a, err := t.events(f.Receipts, stream)
	if err != nil {
		return Account{}, err
	}
	next, left := uint64(0), a.Events
	for _, one := range f.Days {
		d, bucket, err := t.day(one)
		switch {
		case err != nil:
			return Account{}, err
		case d.From != next || a.Days > 0 && d.Day <= a.Until:
			return Account{}, ErrDaysMissing
		}
		n := 0
		for n < len(left) && left[n].Index < d.Until {
			n++
		}
		erased := f.Erased[d.Day.String()]
		if err := key.count(d, bucket, uint64(n), erased); err != nil {
			return Account{}, err
		}
		if a.Erased += erased; erased > 0 {
			a.ErasedOn = d.Day
		}
		if left = left[n:]; a.Days == 0 {
			a.From = d.Day
		}
		next, a.Until = d.Until, d.Day
		a.Days++
	}
	a.Unlabelled = len(left)
	return a, nil
}

// events checks receipts and puts what they show in order, each once.
func (t Trust) events(receipts []string, stream [16]byte) (a Account, err error) {
	for _, text := range receipts {
		p, err := t.CheckReceipt(text)
		if err != nil {
			return a, err
		}
		if p.Stream == nil || *p.Stream != stream {
			return a, ErrStream
		}
		a.Events = append(a.Events, p)
	}
	slices.SortFunc(a.Events, func(x, y Proven) int { return int(int64(x.Index) - int64(y.Index)) })
	a.Events = slices.CompactFunc(a.Events, func(x, y Proven) bool { return x.Index == y.Index })
	return a, nil
}

func (t Trust) day(one Labelday) (Day, Bucket, error) {
	p, err := t.CheckReceipt(one.Receipt)
	if err != nil {
		return Day{}, Bucket{}, err
	}
	d, err := DayOf(p.Event)
	if err != nil || p.Sealed {
		return Day{}, Bucket{}, ErrForm
	}
	b, err := ParseBucket(one.Bucket)
	if err == nil {
		err = b.Check(d)
	}
	return d, b, err
}

// count returns nil if a stream has exactly n labels on a day, besides those of erased
// entries.
func (k LabelKey) count(d Day, b Bucket, n, erased uint64) error {
	if b.Number != k.Bucket(d.Day, d.Bits) {
		return ErrBucket
	}
	if erased > uint64(len(b.Labels)) {
		return ErrUnlabelled
	}
	n += erased
	for i := uint64(1); i <= n; i++ {
		if !b.Has(k.Label(d.Day, i, d.Bits)) {
			return ErrUnlabelled
		}
	}
	if b.Has(k.Label(d.Day, n+1, d.Bits)) {
		return ErrWithheld
	}
	return nil
}

// NewFile begins a file of receipts.
func NewFile(origin string, stream [16]byte, key LabelKey) File {
	return File{Format: FileFormat, Origin: origin, Stream: hex.EncodeToString(stream[:]), LabelKey: hex.EncodeToString(key[:]), Receipts: []string{}, Erased: map[string]uint64{}, Days: []Labelday{}}
}

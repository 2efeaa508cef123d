package proof_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/proof"
	"recourse/internal/when"
)

func TestLabels_property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := when.Date(rapid.Int32Range(0, 40000).Draw(t, "day"))
		keys := rapid.IntRange(1, 40).Draw(t, "streams")
		counts := rapid.SliceOfN(rapid.IntRange(0, 60), keys, keys).Draw(t, "counts")
		total := 0
		for _, n := range counts {
			total += n
		}
		b := proof.BitsFor(total)
		var all []proof.Label
		for k, n := range counts {
			for i := range n {
				all = append(all, proof.LabelKey(fixed(byte(k))).Label(day, uint64(i+1), b))
			}
		}
		labels := proof.NewLabels(all)
		d := proof.Day{Day: day, From: 3, Until: 9, Bits: b, Root: labels.Root()}
		again, err := proof.DayOf(proof.Event{Kind: proof.Labelled, At: at, Facts: d.Facts()})
		if err != nil || again != d {
			t.Fatalf("%+v %v", again, err)
		}
		for k, n := range counts {
			key := proof.LabelKey(fixed(byte(k)))
			bucket, err := labels.Bucket(day, key.Bucket(day, b))
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := proof.ParseBucket(bucket.Text())
			if err != nil || parsed.Check(d) != nil {
				t.Fatalf("%v %v", err, parsed.Check(d))
			}
			for i := uint64(1); i <= uint64(n)+1; i++ {
				if parsed.Has(key.Label(day, i, b)) != (i <= uint64(n)) {
					t.Fatalf("label %d of %d", i, n)
				}
			}
			if len(parsed.Labels) > 0 {
				parsed.Labels = parsed.Labels[1:]
				if parsed.Check(d) == nil {
					t.Fatal("a bucket holds that lacks a label")
				}
			}
		}
	})
}

// madeFile is a log of two days with the events of two persons, and the file of one.
func madeFile(t *testing.T) (*madeLog, proof.File) {
	t.Helper()
	l := newLog(t, &chance{})
	mine, other := fixed(1), fixed(101)
	key, theirs := proof.LabelKey(fixed(200)), proof.LabelKey(fixed(50))
	type held struct {
		index uint64
		o     proof.Opening
	}
	var receipts, days []held
	var buckets []string
	from := uint64(0)
	for d := range 2 {
		day := when.Of(2026, 11, 20+d)
		total := 700 + 1*d
		b := proof.BitsFor(total)
		var labels []proof.Label
		m := uint64(0)
		for i := range total {
			o, k, n := sealedEvent(1000*d+i, other), theirs, uint64(i)-m+1
			if i%100 == 7 {
				m++
				o, k, n = sealedEvent(1000*d+i, mine), key, m
			}
			labels = append(labels, k.Label(day, n, b))
			at := l.add(o.Entry())
			if k == key {
				receipts = append(receipts, held{at, o})
			}
		}
		all := proof.NewLabels(labels)
		bucket, err := all.Bucket(day, key.Bucket(day, b))
		if err != nil {
			t.Fatal(err)
		}
		buckets = append(buckets, bucket.Text())
		published := proof.Day{Day: day, From: from, Until: uint64(len(l.entries)), Bits: b, Root: all.Root()}
		e := proof.Event{ID: fixed(byte(d)), Kind: proof.Labelled, At: at, Facts: published.Facts()}
		// The event of a day is an entry of the next.
		from = published.Until
		o := proof.Opening{Event: e.Bytes()}
		days = append(days, held{l.add(o.Entry()), o})
	}
	c := l.checkpoint(len(l.entries))
	signed := l.sign(t, c, l.signer, l.seen)
	f := proof.NewFile("registry.example/log", mine, key)
	for _, r := range receipts {
		f.Receipts = append(f.Receipts, l.receipt(t, r.index, r.o, c, signed))
	}
	for i, d := range days {
		f.Days = append(f.Days, proof.Labelday{Receipt: l.receipt(t, d.index, d.o, c, signed), Bucket: buckets[i]})
	}
	return l, f
}

func TestFile_withheldIsFound(t *testing.T) {
	t.Parallel()
	l, f := madeFile(t)
	got, err := l.trust.CheckFile(f)
	if err != nil || len(got.Events) != 14 || got.Days != 2 || got.Unlabelled != 0 || got.From.String() != "2026-11-20" || got.Until.String() != "2026-11-21" {
		t.Fatalf("%+v %v", got, err)
	}
	erased := f
	erased.Receipts, erased.Erased = f.Receipts[1:], map[string]uint64{"2026-11-20": 1}
	if got, err := l.trust.CheckFile(erased); err != nil || got.Erased != 1 || got.ErasedOn.String() != "2026-11-20" {
		t.Errorf("one erased: %+v %v", got, err)
	}
	for name, c := range map[string]struct {
		change func(*proof.File)
		want   error
	}{
		"one withheld":             {func(f *proof.File) { f.Receipts = f.Receipts[1:] }, proof.ErrWithheld},
		"one of the last day":      {func(f *proof.File) { f.Receipts = f.Receipts[:13] }, proof.ErrWithheld},
		"another's in its place":   {func(f *proof.File) { f.Receipts[0] = f.Days[0].Receipt }, proof.ErrStream},
		"one twice":                {func(f *proof.File) { f.Receipts[0] = f.Receipts[1] }, proof.ErrWithheld},
		"one erased too many":      {func(f *proof.File) { f.Erased["2026-11-20"] = 1 }, proof.ErrUnlabelled},
		"another key":              {func(f *proof.File) { f.LabelKey = "00000000000000000000000000000000" }, nil},
		"a day left out":           {func(f *proof.File) { f.Days = f.Days[1:] }, proof.ErrDaysMissing},
		"buckets exchanged":        {func(f *proof.File) { f.Days[0].Bucket = f.Days[1].Bucket }, proof.ErrBucket},
		"a label taken out":        {func(f *proof.File) { f.Days[0].Bucket = f.Days[0].Bucket[:len(f.Days[0].Bucket)-33] }, proof.ErrBucket},
		"a receipt in a day's row": {func(f *proof.File) { f.Days[0].Receipt = f.Receipts[0] }, proof.ErrForm},
		"another log":              {func(f *proof.File) { f.Origin = "elsewhere" }, proof.ErrForm},
	} {
		_, bad := madeFile(t)
		c.change(&bad)
		if _, err := l.trust.CheckFile(bad); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"recourse/internal/merkle"
	"recourse/internal/when"
)

// LabelKey is a stream's secret: who has it finds the labels of the stream's
// entries, and nobody else does.
type LabelKey [16]byte

// String keeps keys out of logs.
func (LabelKey) String() string { return "[key]" }

// Label stands for the n-th entry of one stream on one day.
type Label [16]byte

// Labelled is the kind of the public event that publishes the labels of a day.
const Labelled = "ledger.labelled"

// Day is what the log says about the labels of one day: of its entries from From up
// to Until, without it. Days follow on each other: each From is the Until before.
type Day struct {
	Day         when.Date // UTC
	From, Until uint64
	Bits        int  // there are 2^Bits buckets
	Root        Hash // of the tree over the buckets
}

// Facts are the day as facts of its event.
func (d Day) Facts() map[string]string {
	return map[string]string{"day": d.Day.String(), "from": strconv.FormatUint(d.From, 10), "until": strconv.FormatUint(d.Until, 10),
		"bits": strconv.Itoa(d.Bits), "root": base64.StdEncoding.EncodeToString(d.Root[:])}
}

// DayOf reads the day that a public event publishes, or returns ErrForm.
func DayOf(e Event) (d Day, err error) {
	if e.Kind != Labelled {
		return d, ErrForm
	}
	root, bad := base64.StdEncoding.DecodeString(e.Facts["root"])
	if bad != nil || len(root) != len(d.Root) {
		return d, ErrForm
	}
	d.Root = Hash(root)
	var errs [4]error
	d.Day, errs[0] = when.Parse(e.Facts["day"])
	d.From, errs[1] = strconv.ParseUint(e.Facts["from"], 10, 63)
	d.Until, errs[2] = strconv.ParseUint(e.Facts["until"], 10, 63)
	d.Bits, errs[3] = strconv.Atoi(e.Facts["bits"])
	for _, err := range errs {
		if err != nil {
			return Day{}, ErrForm
		}
	}
	if d.Bits < 0 || d.Bits > mostBits || d.From >= d.Until || string((Event{ID: e.ID, Stream: e.Stream, Kind: e.Kind, At: e.At, Facts: d.Facts()}).Bytes()) != string(e.Bytes()) {
		return Day{}, ErrForm
	}
	return d, nil
}

const (
	mostBits  = 16
	perBucket = 256 // at least, on average: whose label is whose cannot be told by the bucket
)

// BitsFor returns how many bits part the labels of a day into buckets, so that a
// bucket has 256 labels or more on average and there are at most 65,536 buckets.
func BitsFor(labels int) int {
	return min(mostBits, max(0, bits.Len(uint(labels/perBucket))-1))
}

// Bucket returns where all labels of a stream stand on a day with so many bits.
func (k LabelKey) Bucket(day when.Date, b int) int {
	sum := mac(k[:], []byte("recourse/bucket/v1"), be32(day))
	return int(binary.BigEndian.Uint16(sum[:]) >> (mostBits - b))
}

// Label returns the label of the n-th entry, from 1, of the stream on a day: the
// first 16 bytes of HMAC-SHA-256(key, "recourse/label/v1", day, n), its first b bits
// replaced by the stream's bucket.
func (k LabelKey) Label(day when.Date, n uint64, b int) Label {
	sum := mac(k[:], []byte("recourse/label/v1"), be32(day), binary.BigEndian.AppendUint64(nil, n))
	l := Label(sum[:16])
	low := uint16(1)<<(mostBits-b) - 1
	if b == 0 {
		low = 0xffff
	}
	head := binary.BigEndian.Uint16(l[:])&low | uint16(k.Bucket(day, b))<<(mostBits-b)&^low
	binary.BigEndian.PutUint16(l[:], head)
	return l
}

func be32(d when.Date) []byte { return binary.BigEndian.AppendUint32(nil, uint32(int32(d))) }

// Labels are the labels of a day, in buckets, in order.
type Labels struct {
	Bits    int
	Buckets [][]Label
}

// NewLabels sorts labels, all made with BitsFor(len(all)), into buckets.
func NewLabels(all []Label) Labels {
	l := Labels{Bits: BitsFor(len(all))}
	l.Buckets = make([][]Label, 1<<l.Bits)
	slices.SortFunc(all, func(a, b Label) int { return bytes.Compare(a[:], b[:]) })
	for _, one := range all {
		at := int(binary.BigEndian.Uint16(one[:])) >> (mostBits - l.Bits)
		l.Buckets[at] = append(l.Buckets[at], one)
	}
	return l
}

func bucketLeaf(labels []Label) Hash {
	raw := make([]byte, 0, len(labels)*len(Label{}))
	for _, l := range labels {
		raw = append(raw, l[:]...)
	}
	return merkle.Leaf(raw)
}

// Root returns the root of the tree whose leaves are the buckets: the labels of each
// one after another.
func (l Labels) Root() Hash {
	var r merkle.Range
	for _, b := range l.Buckets {
		r.Append(bucketLeaf(b))
	}
	return r.Root()
}

// Bucket returns one bucket with its way to the root.
func (l Labels) Bucket(day when.Date, n int) (Bucket, error) {
	p, err := merkle.NewProver(uint64(len(l.Buckets)), uint64(n))
	if err != nil {
		return Bucket{}, err
	}
	for _, b := range l.Buckets {
		p.Append(bucketLeaf(b))
	}
	way, err := p.Proof()
	return Bucket{Day: day, Bits: l.Bits, Number: n, Way: way, Labels: l.Buckets[n]}, err
}

// Bucket is one bucket of the labels of a day, as it is published.
type Bucket struct {
	Day    when.Date
	Bits   int
	Number int
	Way    []Hash // from the bucket up
	Labels []Label
}

const bucketHead = "recourse/labels@v1"

// Text is the bucket as a text.
func (b Bucket) Text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\nday %s\nbits %d\nbucket %d\n", bucketHead, b.Day, b.Bits, b.Number)
	for _, h := range b.Way {
		out.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	out.WriteString("\n")
	for _, l := range b.Labels {
		out.WriteString(hex.EncodeToString(l[:]) + "\n")
	}
	return out.String()
}

// ParseBucket reads what Text wrote, or returns ErrForm.
func ParseBucket(text string) (b Bucket, err error) {
	head, body, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 4 {
		return b, ErrForm
	}
	if b.Day, err = when.Parse(strings.TrimPrefix(lines[1], "day ")); err != nil {
		return b, ErrForm
	}
	b.Bits, _ = strconv.Atoi(strings.TrimPrefix(lines[2], "bits "))
	b.Number, _ = strconv.Atoi(strings.TrimPrefix(lines[3], "bucket "))
	for _, line := range lines[4:] {
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(raw) != len(Hash{}) {
			return Bucket{}, ErrForm
		}
		b.Way = append(b.Way, Hash(raw))
	}
	for line := range strings.Lines(body) {
		var l Label
		if !unhex(l[:], strings.TrimSuffix(line, "\n")) {
			return Bucket{}, ErrForm
		}
		b.Labels = append(b.Labels, l)
	}
	if b.Text() != text || b.Bits < 0 || b.Bits > mostBits {
		return Bucket{}, ErrForm
	}
	return b, nil
}

// Check returns nil if the bucket is one that the log published for the day:
// ErrBucket otherwise.
func (b Bucket) Check(d Day) error {
	sorted := slices.IsSortedFunc(b.Labels, func(x, y Label) int { return bytes.Compare(x[:], y[:]) })
	if b.Day != d.Day || b.Bits != d.Bits || !sorted || b.Number < 0 ||
		!merkle.Verify(bucketLeaf(b.Labels), uint64(b.Number), uint64(1)<<d.Bits, b.Way, d.Root) {
		return ErrBucket
	}
	return nil
}

// Has reports whether a label is in the bucket.
func (b Bucket) Has(l Label) bool {
	_, found := slices.BinarySearchFunc(b.Labels, l, func(x, y Label) int { return bytes.Compare(x[:], y[:]) })
	return found
}

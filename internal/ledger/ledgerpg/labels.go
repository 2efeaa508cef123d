package ledgerpg

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/proof"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// labelStream is the stream of the events that publish labels.
func labelStream() [16]byte {
	sum := sha256.Sum256([]byte("recourse/days/v1"))
	return [16]byte(sum[:16])
}

// Unlabelled is ledger.Days.Unlabelled.
func (l *Log) Unlabelled(ctx context.Context, before when.Date) (day when.Date, from, until uint64, err error) {
	b, err := l.q.FirstUnlabelled(ctx, l.pool, pgkit.Day(before))
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, 0, nil
	}
	if err != nil {
		return 0, 0, 0, pgkit.Clean(err)
	}
	end, err := l.q.EndOfDay(ctx, l.pool, EndOfDayParams(b))
	return pgkit.Date(b.Day), uint64(b.First), uint64(end), pgkit.Clean(err)
}

// PutDay is ledger.Days.PutDay.
func (l *Log) PutDay(ctx context.Context, d proof.Day, labels proof.Labels, now time.Time) error {
	event, err := ref.Mint[ref.Event](rand.Reader)
	if err != nil {
		return err
	}
	buckets := PutBucketsParams{Day: pgkit.Day(d.Day)}
	for n, b := range labels.Buckets {
		raw := make([]byte, 0, len(b)*len(proof.Label{}))
		for _, one := range b {
			raw = append(raw, one[:]...)
		}
		buckets.Buckets, buckets.Labels = append(buckets.Buckets, int32(n)), append(buckets.Labels, raw)
	}
	return pgkit.Tx(ctx, l.pool, func(tx pgx.Tx) error {
		if err := l.q.PutDay(ctx, tx, PutDayParams{Day: pgkit.Day(d.Day), FromIndex: int64(d.From), UntilIndex: int64(d.Until), Bits: int16(d.Bits), Event: pgkit.UUID(event)}); err != nil {
			return err
		}
		if err := l.q.PutBuckets(ctx, tx, buckets); err != nil {
			return err
		}
		return NewPublisher(nil, rand.Reader).Publish(ctx, tx, pgkit.Event{ID: event, Stream: labelStream(), Kind: proof.Labelled, At: now, Refs: d.Facts()})
	})
}

// Days is ledger.Rows.Days.
func (l *Log) Days(ctx context.Context) ([]ledger.LabelledDay, error) {
	rows, err := l.q.LabelDays(ctx, l.pool)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]ledger.LabelledDay, len(rows))
	for i, r := range rows {
		out[i] = labelledDay(r)
	}
	return out, nil
}

func labelledDay(r LedgerDay) ledger.LabelledDay {
	return ledger.LabelledDay{Day: proof.Day{Day: pgkit.Date(r.Day), From: uint64(r.FromIndex), Until: uint64(r.UntilIndex), Bits: int(r.Bits)},
		Event: ledger.Key{Stream: labelStream(), Event: r.Event.Bytes}}
}

// LabelDay returns one labelled day, or ErrNoTile.
func (l *Log) LabelDay(ctx context.Context, day when.Date) (ledger.LabelledDay, error) {
	r, err := l.q.LabelDay(ctx, l.pool, pgkit.Day(day))
	if err != nil {
		return ledger.LabelledDay{}, noTile(err)
	}
	return labelledDay(r), nil
}

// Bucket returns one bucket of the labels of a day with its way to their root.
func (l *Log) Bucket(ctx context.Context, d ledger.LabelledDay, n int) (proof.Bucket, error) {
	if n < 0 || n >= 1<<d.Bits {
		return proof.Bucket{}, ErrNoTile
	}
	rows, err := l.q.Buckets(ctx, l.pool, pgkit.Day(d.Day.Day))
	if err != nil {
		return proof.Bucket{}, pgkit.Clean(err)
	}
	labels := proof.Labels{Bits: d.Bits, Buckets: make([][]proof.Label, 1<<d.Bits)}
	for _, r := range rows {
		for raw := r.Labels; len(raw) > 0; raw = raw[len(proof.Label{}):] {
			labels.Buckets[r.Bucket] = append(labels.Buckets[r.Bucket], proof.Label(raw))
		}
	}
	return labels.Bucket(d.Day.Day, n)
}

package inquirypg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
)

// Recipients returns the bodies that were given records since an instant, each with its
// inquiries. Where it was a repeat that gave the record, it is the inquiry that the body
// knows. Who looks at their own file, and who works on a contest, is none. It takes the
// persons' gates, so that an answer under way, which may still show what has changed,
// is among them when it returns.
func (h *Traces) Recipients(ctx context.Context, keys []dossier.Key, since time.Time) ([]inquiry.Recipient, error) {
	arg := RecipientsParams{Since: since}
	for _, k := range keys {
		arg.Persons, arg.Records = append(arg.Persons, pgkit.UUID(k.Person)), append(arg.Records, pgkit.UUID(k.Record))
	}
	var rows []RecipientsRow
	err := pgkit.Tx(ctx, h.pool, func(tx pgx.Tx) (err error) {
		if err = pgkit.ByKey(ctx, tx); err != nil {
			return err
		}
		if err = h.q.LockGates(ctx, tx, arg.Persons); err != nil {
			return err
		}
		rows, err = h.q.Recipients(ctx, tx, arg)
		return err
	})
	out := make([]inquiry.Recipient, len(rows))
	for i, r := range rows {
		out[i] = inquiry.Recipient{Key: dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}, Body: r.Body.Bytes}
		for _, q := range r.Inquiries {
			out[i].Inquiries = append(out[i].Inquiries, ref.Inquiry(q.Bytes))
		}
	}
	return out, err
}

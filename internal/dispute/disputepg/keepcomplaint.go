package disputepg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Unheard is dispute.KeeperStore.Unheard.
func (s *Store) Unheard(ctx context.Context, today when.Date, limit int) ([]dispute.ComplaintKey, error) {
	rows, err := s.q.UnheardComplaints(ctx, s.Pool, UnheardComplaintsParams{Today: pgkit.Day(today), Most: int32(limit)})
	out := make([]dispute.ComplaintKey, len(rows))
	for i, r := range rows {
		out[i] = dispute.ComplaintKey{Key: dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}, Complaint: r.Complaint.Bytes}
	}
	return out, pgkit.Clean(err)
}

// Lapse is dispute.KeeperStore.Lapse.
func (s *Store) Lapse(ctx context.Context, k dispute.ComplaintKey, now time.Time) error {
	return s.gated(ctx, k.Key, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := s.q.ComplaintsAbout(ctx, tx, ComplaintsAboutParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record)})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Complaint.Bytes != k.Complaint {
				continue
			}
			_, events, err := complaint(r).Lapse(now)
			if err != nil {
				return err
			}
			if err := s.q.LapseComplaint(ctx, tx, LapseComplaintParams{Person: pgkit.UUID(k.Person), Complaint: r.Complaint}); err != nil {
				return err
			}
			if err := s.publish(ctx, tx, k.Person, now, events...); err != nil {
				return err
			}
		}
		over, err := s.q.DropEndedCuts(ctx, tx, DropEndedCutsParams{Person: pgkit.UUID(k.Person), Record: pgkit.UUID(k.Record), Now: now})
		if err != nil || len(over) == 0 {
			return err
		}
		gone := make([]seal.Held, len(over))
		for i, r := range over {
			gone[i] = heldPaper(k.Person, r.Paper, r.Epoch, r.Leaf)
		}
		return s.Forgetter.ForgetAll(ctx, gone, replaced, now)
	})
}

// Ended is dispute.KeeperStore.Ended.
func (s *Store) Ended(ctx context.Context, today when.Date, limit int) ([]dossier.Key, error) {
	rows, err := s.q.EndedComplaints(ctx, s.Pool, EndedComplaintsParams{Today: pgkit.Day(today), Most: int32(limit)})
	out := make([]dossier.Key, len(rows))
	for i, r := range rows {
		out[i] = dossier.Key{Person: r.Person.Bytes, Record: r.Record.Bytes}
	}
	return out, pgkit.Clean(err)
}

// Silence is dispute.KeeperStore.Silence.
func (s *Store) Silence(ctx context.Context, k dossier.Key, forgotten bool, now time.Time) error {
	return s.gated(ctx, k, func(ctx context.Context, tx pgx.Tx) error {
		person, record := pgkit.UUID(k.Person), pgkit.UUID(k.Record)
		gone, err := s.unsaid(ctx, tx, k)
		if err != nil {
			return err
		}
		papers, err := s.q.DropComplaintPapers(ctx, tx, DropComplaintPapersParams{Person: person, Record: record})
		if err != nil {
			return err
		}
		for _, r := range papers {
			gone = append(gone, heldPaper(k.Person, r.Paper, r.Epoch, r.Leaf))
		}
		if len(gone) > 0 && !forgotten {
			if err := s.Forgetter.ForgetAll(ctx, gone, replaced, now); err != nil {
				return err
			}
		}
		if err := s.q.DropComplaintFindings(ctx, tx, DropComplaintFindingsParams{Person: person, Record: record}); err != nil {
			return err
		}
		all, err := s.q.DropComplaints(ctx, tx, DropComplaintsParams{Person: person, Record: record})
		if err != nil || len(all) == 0 {
			return err
		}
		return s.q.DropComplaintNumbers(ctx, tx, all)
	})
}

package disputepg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dispute"
	"recourse/internal/kit/pgkit"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// replaced is why the vault forgets a paper before its day.
const replaced = "superseded"

// papers writes what a change makes of the papers of a contest.
func (s *Store) papers(ctx context.Context, tx pgx.Tx, c dispute.Contest, ch dispute.Change, now time.Time) error {
	if !ch.Aside.IsZero() {
		n, err := s.q.SetAside(ctx, tx, SetAsideParams{Person: pgkit.UUID(c.Person), Contest: pgkit.UUID(c.ID), Paper: pgkit.UUID(ch.Aside)})
		if err != nil {
			return err
		}
		if n == 0 {
			return dispute.ErrNotFound
		}
	}
	var copied []ref.Paper
	for _, p := range ch.Add {
		if p.What == dispute.Copy {
			copied = append(copied, p.Of) // it takes the place of the copy before
		}
	}
	if err := s.drop(ctx, tx, c, DropPapersParams{Papers: pgkit.UUIDs(ch.Drop), Copied: pgkit.UUIDs(copied)}, now); err != nil {
		return err
	}
	for _, p := range ch.Add {
		arg := AddPaperParams{Person: pgkit.UUID(c.Person), Paper: pgkit.UUID(p.ID), Contest: pgkit.UUID(c.ID), Ground: string(p.Ground), What: string(p.What), Stage: int16(p.Stage),
			Clerk: pgkit.UUID(p.Clerk), Media: p.Media, At: p.At, Aside: p.Aside, CopyOf: pgkit.UUID(p.Of),
			Epoch: int64(p.Box.Epoch), Leaf: int64(p.Box.Leaf), Nonce: p.Box.Nonce[:], Box: p.Box.Data}
		if err := s.q.AddPaper(ctx, tx, arg); err != nil {
			return err
		}
	}
	return nil
}

// drop removes papers and has their leaves forgotten.
func (s *Store) drop(ctx context.Context, tx pgx.Tx, c dispute.Contest, which DropPapersParams, now time.Time) error {
	if len(which.Papers) == 0 && len(which.Copied) == 0 && !which.Whole {
		return nil
	}
	which.Person, which.Contest = pgkit.UUID(c.Person), pgkit.UUID(c.ID)
	rows, err := s.q.DropPapers(ctx, tx, which)
	if err != nil || len(rows) == 0 {
		return err
	}
	held := make([]seal.Held, len(rows))
	for i, r := range rows {
		held[i] = seal.Held{Subject: paper.Subject(c.Person, r.Paper.Bytes), Slot: seal.Slot{Epoch: seal.Epoch(r.Epoch), Leaf: seal.Leaf(r.Leaf)}}
	}
	return s.Forgetter.ForgetAll(ctx, held, replaced, now)
}

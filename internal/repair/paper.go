package repair

import (
	"context"

	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// What is the kind of a paper.
type What string

// The kinds of papers.
const (
	Words    What = "words"    // of the person, on one condition
	Evidence What = "evidence" // a file of the person, on one condition
	Reasons  What = "reasons"  // of who decided
	Appeal   What = "appeal"   // why the person asks for a review
)

// Paper is one thing that was written or sent in an application.
type Paper struct {
	paper.Sheet
	Condition string // empty where it concerns the whole
	What      What
	Stage     Stage
}

func (s *Service) drawer() paper.Drawer {
	return paper.Drawer{Sealer: s.Sealer, Scanner: s.Scanner, Chance: s.Chance}
}

// seal closes papers so that they can be read until a day.
func (s *Service) seal(ctx context.Context, p ref.Person, until when.Date, papers []Paper) error {
	return paper.Close(ctx, s.drawer(), p, until, papers)
}

func (s *Service) open(ctx context.Context, p ref.Person, papers []Paper) ([]Paper, error) {
	return paper.Open(ctx, s.drawer(), p, papers)
}

func pick(papers []Paper, file ref.Paper, err error) (Paper, error) {
	if err != nil {
		return Paper{}, err
	}
	one, ok := paper.Pick(papers, file)
	if !ok {
		return Paper{}, ErrNotFound
	}
	return one, nil
}

// shownBy says what shows each condition.
func shownBy(papers []Paper) Shown {
	out := Shown{}
	for _, p := range papers {
		has := out[p.Condition]
		has.Words = has.Words || p.What == Words && p.Content.Text != ""
		has.Files = has.Files || p.What == Evidence
		out[p.Condition] = has
	}
	return out
}

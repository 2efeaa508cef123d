package dispute

import (
	"context"
	"errors"
	"time"

	"recourse/internal/fault"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// What is the kind of a paper.
type What string

// The kinds of papers.
const (
	Words    What = "words"    // of the person, on one ground
	Evidence What = "evidence" // a file of the person
	Reply    What = "reply"    // of the source, on one ground
	Proof    What = "proof"    // a file of the source
	Reasons  What = "reasons"  // of who decided, on one ground
	Appeal   What = "appeal"   // why the person asks for a review

	CertifiedBy What = "certificate" // why a source certifies a record that was refuted
	Document    What = "document"    // the file that goes with it

	Copy What = "copy" // of a file, without the third persons whom it names

	Helped What = "help" // what help the person asks for; the source is not given it
)

// Paper is one thing that was written or sent in a contest.
type Paper struct {
	paper.Sheet
	Ground Ground // empty where it concerns the whole
	What   What
	Stage  Stage
	Aside  bool      // it names third persons: the other side is given nothing of it but its copy (rules D7)
	Of     ref.Paper // of a copy: the file that it is of
}

// Upload is a file that somebody brings into a contest.
type Upload struct {
	Name     string
	Data     []byte
	Third    bool // it names third persons
	CopyName string
	Copy     []byte // the same without them, for the other side; empty where there is none
}

// errUncopied is the answer to who brings a file into a contest that nobody decides any
// more, and for which nobody would make a copy.
var errUncopied = fault.New(fault.Invalid, "E-EVIDENCE-COPY", "What names other people is given to the other side as a copy in which they cannot be read, and there is none. Nothing was kept; attach the copy.").At("copy").By("D7")

// brought checks a file that somebody brings, and makes papers of it: the file, and behind
// it the copy for the other side. What has a copy names third persons, whatever is said.
func (s *Service) brought(ctx context.Context, up Upload, what What, stage Stage, by ref.Clerk, now time.Time) ([]Paper, error) {
	sheet, err := s.drawer().File(ctx, up.Name, up.Data)
	if err != nil {
		return nil, err
	}
	sheet.Clerk, sheet.At = by, now
	out := []Paper{{Sheet: sheet, What: what, Stage: stage, Aside: up.Third || len(up.Copy) > 0}}
	if len(up.Copy) == 0 {
		return out, nil
	}
	copied, err := s.copied(ctx, up.CopyName, up.Copy, by, now)
	return append(out, Paper{Sheet: copied, What: Copy, Stage: stage}), err
}

// copied checks a copy for the other side.
func (s *Service) copied(ctx context.Context, name string, data []byte, by ref.Clerk, now time.Time) (paper.Sheet, error) {
	sheet, err := s.drawer().File(ctx, name, data)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Field != "" {
		err = bad.At("copy")
	}
	sheet.Clerk, sheet.At = by, now
	return sheet, err
}

// Redaction is of a file that names third persons, by who decides.
type Redaction struct {
	File ref.Paper
	Name string // of the copy
	Copy []byte // the file without them; empty where there is none yet
}

// Redact sets a file of a contest aside that names third persons, and keeps the copy that
// who decides made of it, in place of the one before: from now on the other side is given
// nothing of the file but its copy, and nothing at all while there is none (rules D7).
func (s *Service) Redact(ctx context.Context, by party.Clerk, id ref.Contest, r Redaction, now time.Time) (Contest, error) {
	c, err := s.found(ctx, by, id, now)
	if err == nil && c.Source == by.Body.ID {
		err = ErrNotFound
	}
	if err != nil {
		return Contest{}, err
	}
	var papers []Paper
	if len(r.Copy) > 0 {
		sheet, err := s.copied(ctx, r.Name, r.Copy, by.ID, now)
		if err != nil {
			return Contest{}, err
		}
		papers = []Paper{{Sheet: sheet, What: Copy, Stage: c.Stage(), Of: r.File}}
		if err := s.seal(ctx, c.Person, c.KeepUntil, papers); err != nil {
			return Contest{}, err
		}
	}
	return s.Store.Change(ctx, c.Person, id, now, func(c Contest) (Change, error) {
		if c.conflicts(staff(by)) {
			return Change{}, ErrNotFound
		}
		e := c.event("redacted")
		e.Refs["paper"] = r.File.String()
		return Change{Contest: c, Events: []Event{e}, Add: papers, Aside: r.File, Note: true}, nil
	})
}

func (s *Service) drawer() paper.Drawer {
	return paper.Drawer{Sealer: s.Sealer, Scanner: s.Scanner, Chance: s.Chance}
}

// seal closes papers so that they can be read until a day.
func (s *Service) seal(ctx context.Context, p ref.Person, until when.Date, papers []Paper) error {
	err := paper.Close(ctx, s.drawer(), p, until, papers)
	for i := range papers {
		if papers[i].What == Copy && papers[i].Of.IsZero() {
			papers[i].Of = papers[i-1].ID // it stands behind its file
		}
	}
	return err
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

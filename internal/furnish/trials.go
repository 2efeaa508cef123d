package furnish

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Trial is what a dry run said. Nothing of the file is in it but the numbers of
// rows and the rules.
type Trial struct {
	ID       ref.Trial
	Body     ref.Body
	Clerk    ref.Clerk
	Type     string
	Pack     string
	FileHash [32]byte
	Form     Form
	At       time.Time
	Counts   Counts
	Findings []Finding // of the first rows that would not be taken, in order of rows
	More     bool      // there are findings beyond MostTried
}

// Page returns up to limit findings of rows after one.
func (t Trial) Page(after int64, limit int) []Finding {
	from, _ := slices.BinarySearchFunc(t.Findings, after, func(f Finding, row int64) int {
		if f.Row <= row {
			return -1
		}
		return 1
	})
	return t.Findings[from:min(len(t.Findings), from+limit)]
}

// Rows returns the findings of up to limit rows after one, all of a row together.
func (t Trial) Rows(after int64, limit int) []Finding {
	page, rows, last := t.Page(after, len(t.Findings)), 0, int64(0)
	for i, f := range page {
		if f.Row != last {
			if rows++; rows > limit {
				return page[:i]
			}
			last = f.Row
		}
	}
	return page
}

const (
	// MostTried is how many findings of a dry run are kept.
	MostTried = 50_000
	// TrialKept is how long a dry run can be looked at.
	TrialKept = 30 * time.Minute

	mostTrials   = 1000
	mostFindings = 20 * MostTried // of all trials
)

// Trials keeps what dry runs said for a while, in memory and within bounds: the
// oldest go first. The zero value is ready; it is safe for concurrent use.
type Trials struct {
	mu       sync.Mutex
	kept     []Trial // in order of time
	findings int
}

// ErrNoTrial says that a dry run is not kept, or is another body's: alike.
var ErrNoTrial = fault.New(fault.NotFound, "E-TRIAL", "There is no such dry run of your body, or its half hour is over. Run it again: nothing was kept.")

func (t *Trials) put(one Trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, one)
	t.findings += len(one.Findings)
	t.drop(one.At)
}

// drop forgets what is over, and the oldest of what is too much.
func (t *Trials) drop(now time.Time) {
	for len(t.kept) > 0 && (!t.kept[0].At.Add(TrialKept).After(now) || len(t.kept) > mostTrials || t.findings > mostFindings) {
		t.findings -= len(t.kept[0].Findings)
		t.kept = slices.Delete(t.kept, 0, 1)
	}
}

func (t *Trials) byID(body ref.Body, id ref.Trial, now time.Time) (Trial, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(now)
	for _, one := range t.kept {
		if one.ID == id && one.Body == body {
			return one, true
		}
	}
	return Trial{}, false
}

// Try does all of a delivery but write it, and keeps what it said for TrialKept.
// seen may be nil; it is told the counts as they grow.
func (s *Service) Try(ctx context.Context, clerk party.Clerk, typeCode string, src io.Reader, seen func(Counts), now time.Time) (Trial, error) {
	id, err := ref.Mint[ref.Trial](s.Chance)
	if err != nil {
		return Trial{}, err
	}
	out := Trial{ID: id, Body: clerk.Body.ID, Clerk: clerk.ID, Type: typeCode, At: now}
	report, err := s.Deliver(ctx, clerk, Request{Type: typeCode, DryRun: true, Progress: seen, Rejects: func(_ Line, fs []Finding) error {
		if out.More = out.More || len(out.Findings)+len(fs) > MostTried; !out.More {
			out.Findings = append(out.Findings, fs...)
		}
		return nil
	}}, src, now)
	if err != nil {
		return Trial{}, err
	}
	out.Pack, out.FileHash, out.Form, out.Counts = report.Delivery.Pack, report.Delivery.FileHash, report.Form, report.Delivery.Counts
	s.Trials.put(out)
	return out, nil
}

// Trial returns a dry run of the clerk's body, or ErrNoTrial.
func (s *Service) Trial(clerk party.Clerk, id ref.Trial, now time.Time) (Trial, error) {
	if t, ok := s.Trials.byID(clerk.Body.ID, id, now); ok {
		return t, nil
	}
	return Trial{}, ErrNoTrial
}

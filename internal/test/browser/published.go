package browser

import (
	"bytes"
	"context"
	"io/fs"
	"slices"
	"time"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/oversight"
	"recourse/internal/when"
	"recourse/packs"
)

// earlier are the files of a pack as they were before: a title was another one, penalties
// were kept longer and loans shown shorter.
type earlier struct{ fs.FS }

// ReadFile is fs.ReadFileFS.
func (e earlier) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(e.FS, name)
	for _, edit := range [][3]string{{"types/market-penalty.yaml", "Market regulation penalty", "Penalty of market regulation"}, {"retention.yaml", "retain:\n      value: 2", "retain:\n      value: 3"},
		{"retention.yaml", "display:\n      value: 5", "display:\n      value: 4"}} {
		if name == edit[0] {
			text = bytes.Replace(text, []byte(edit[1]), []byte(edit[2]), 1)
		}
	}
	return text, err
}

// versions are the pack in force and one before it.
func (r *Registry) versions() []law.Activated {
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		panic(err) // the program carries it
	}
	old, err := lawfile.Load(earlier{files})
	if err != nil {
		panic(err) // an edit made it unlawful
	}
	return []law.Activated{{Number: 1, Pack: old, From: r.Now.AddDate(-1, 0, 0)}, {Number: 2, Pack: r.Pack, From: r.Now}}
}

// figures are closed quarters with figures of each kind: told, and too few to be.
type figures struct{ down *down }

// Quarters is oversight.FigureStore.Quarters.
func (f figures) Quarters(context.Context) ([]oversight.Quarter, error) {
	if f.down.store.Load() {
		return nil, errDown
	}
	return []oversight.Quarter{oversight.Quarter(when.Of(2026, time.July, 1)), oversight.Quarter(when.Of(2026, time.April, 1))}, nil
}

// Figures is oversight.FigureStore.Figures.
func (f figures) Figures(ctx context.Context, q oversight.Quarter) ([]oversight.Figure, time.Time, error) {
	known, err := f.Quarters(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	closed := time.Date(2026, time.October, 2, 1, 0, 0, 0, time.UTC)
	switch slices.Index(known, q) {
	case 0:
		var out []oversight.Figure
		for i, a := range oversight.Abouts()[:7] {
			out = append(out, oversight.Figure{About: a, For: "hubei-market", N: 40 + i, Part: 25}, oversight.Figure{About: a, For: "hubei-tax", N: 210, TooFew: "rest"},
				oversight.Figure{About: a, For: "sample-bank", N: 1204, Part: 1100 + i}, oversight.Figure{About: a, For: oversight.ForOthers, N: 31, Part: 12})
		}
		out[4] = oversight.Figure{About: oversight.ContestDecisions, For: oversight.ForRegistry, N: 480, Part: 462}
		return out, closed, nil
	case 1:
		return nil, closed, nil
	}
	return nil, time.Time{}, oversight.ErrNoQuarter
}

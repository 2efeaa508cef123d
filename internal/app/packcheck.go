package app

import (
	"errors"
	"io/fs"
	"maps"
	"slices"

	"recourse/internal/kit/clock"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// CheckPack returns everything that is wrong with a pack, by name or folder: with
// its files, its rules, and with what its cases expect. The pack is nil where it
// does not load; another error means that it could not be read at all.
func CheckPack(name string) (*law.Pack, lawfile.Faults, error) {
	files, err := PackFiles(name)
	if err != nil {
		return nil, nil, err
	}
	p, err := lawfile.Load(files)
	var faults lawfile.Faults
	if errors.As(err, &faults) {
		return nil, faults, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var now clock.Clock
	today := p.Today(now.Now())
	for _, t := range p.Types() {
		file := law.CaseFile(t.Code)
		text, err := fs.ReadFile(files, file)
		if errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, lawfile.Fault{File: file, Line: 1, Rule: "case", Text: "Type " + t.Code + " has no cases.", Fix: "Write an accepted row, a refused row and end dates; recourse pack new-type makes a file to fill in."})
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		for _, f := range p.Try(t, string(text), today) {
			faults = append(faults, lawfile.Fault{File: file, Line: f.Line, Rule: "case", Text: f.Text, Fix: f.Fix})
		}
	}
	tries := map[string]func(string) []law.CaseFault{law.DeadlineCases: p.TryDeadlines}
	if len(p.Routes())+len(p.Reliefs()) > 0 {
		tries[law.RepairCases] = func(text string) []law.CaseFault { return p.TryRepair(text, today) }
	}
	for _, file := range slices.Sorted(maps.Keys(tries)) {
		text, err := fs.ReadFile(files, file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		for _, f := range tries[file](string(text)) {
			faults = append(faults, lawfile.Fault{File: file, Line: f.Line, Rule: "case", Text: f.Text, Fix: f.Fix})
		}
	}
	return p, faults, nil
}

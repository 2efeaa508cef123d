package app

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"

	"recourse/internal/app/world"
	"recourse/internal/catalogue"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
)

// sampleRows reads a CSV file of a pack's samples: a header, and rows.
func sampleRows(files fs.FS, name string) ([][]string, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s is empty", name)
	}
	return rows, nil
}

// samplePeople reads samples/people.csv of a pack; a pack without samples has none.
func samplePeople(files fs.FS) ([]partyweb.SamplePerson, error) {
	rows, err := sampleRows(files, "samples/people.csv")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, need := range []string{"id_type", "id_number", "name"} {
		if _, ok := column[need]; !ok {
			return nil, fmt.Errorf("samples/people.csv lacks column %s", need)
		}
	}
	var out []partyweb.SamplePerson
	for _, r := range rows[1:] {
		p := partyweb.SamplePerson{IDType: r[column["id_type"]], IDNumber: r[column["id_number"]], Name: r[column["name"]]}
		if i, ok := column[catalogue.BirthColumn]; ok {
			p.Birth = r[i]
		}
		out = append(out, p)
	}
	return out, nil
}

// sampleClerks are two for each body of a pack: of the body that runs the registry
// those who decide contests and run it, of a supervisor those who review decisions.
func sampleClerks(p *law.Pack) (out []partyweb.SampleClerk) {
	for _, b := range p.Bodies() {
		c := partyweb.SampleClerk{Body: b.Code, Names: b.Names}
		switch {
		case b.May(law.Operator):
			c.Desks = []party.Desk{party.Decides, party.Operates}
		case b.May(law.Ombudsman):
			c.Desks = []party.Desk{party.Supervises}
		case b.May(law.Supervisor):
			c.Desks = []party.Desk{party.Reviews, party.Supervises}
		}
		out = append(out, c)
	}
	return out
}

// sampleNames reads samples/names.csv of a pack: rows of part and text.
func sampleNames(files fs.FS) (world.Names, error) {
	var n world.Names
	rows, err := sampleRows(files, "samples/names.csv")
	if errors.Is(err, fs.ErrNotExist) {
		return n, fmt.Errorf("the pack has no samples/names.csv, of which people are made up: %w", err)
	}
	if err != nil {
		return n, err
	}
	for _, r := range rows[1:] {
		switch r[0] {
		case "family":
			n.Family = append(n.Family, r[1])
		case "given":
			n.Given = append(n.Given, r[1])
		}
	}
	if len(n.Family) == 0 || len(n.Given) == 0 {
		return n, errors.New("samples/names.csv needs rows of family and of given")
	}
	return n, nil
}

// identityOf reads a sample person as any other.
func (h *House) identityOf(p partyweb.SamplePerson) (party.Identity, error) {
	id, faults := party.ParseIdentity(p.IDType, p.IDNumber, p.Name, p.Birth, h.pack().Today(h.Now()))
	if len(faults) > 0 {
		return party.Identity{}, fmt.Errorf("a sample person is not valid: %w", faults[0])
	}
	return id, nil
}

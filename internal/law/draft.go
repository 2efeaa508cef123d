package law

import (
	"time"

	"recourse/internal/catalogue"
)

// Problem says why a pack is refused: the file, the way to the place inside it,
// the rule, what is wrong and the remedy.
type Problem = catalogue.Problem

// The files of a pack, as problems name them.
const (
	PackFile      = "pack.yaml"
	BodiesFile    = "bodies.yaml"
	PurposesFile  = "purposes.yaml"
	DeadlinesFile = "deadlines.yaml"
	RetentionFile = "retention.yaml"
)

// Draft is a pack as it was read, before any rule was applied to it.
type Draft struct {
	Code          string
	Titles        map[string]string
	Registry      map[string]string
	Contact       map[string]string
	Languages     []string
	Operator      string
	IDTypes       []string
	Zone          *time.Location
	Hash          [32]byte
	Sectors       []Named
	Occupations   []Named
	GeneralPowers []string // citations "source#article" that entitle nobody to a type (rules G3)

	Sources    []Source
	Bodies     []Body
	Types      []DraftType
	Purposes   []Purpose
	Deadlines  []Deadline
	Retentions []Retention
	Access     Parameter
	Wordings   []Wording
}

// DraftType is a type with the file it came from and the term of its delivery.
type DraftType struct {
	catalogue.Type
	File    string
	Deliver Parameter
}

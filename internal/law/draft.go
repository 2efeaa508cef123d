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
	IDTypes       []IDType
	Zone          *time.Location
	Hash          [32]byte
	Sectors       []Named
	Occupations   []Named
	Statement     *Statement // nil where the pack has none
	GeneralPowers []string   // citations "source#article" that entitle nobody to a type (rules G3)

	Sources    []Source
	Bodies     []Body
	FieldSets  []FieldSet
	Types      []DraftType
	Purposes   []Purpose
	Deadlines  []Deadline // a kind may be there more than once
	Retentions []DraftRetention
	Holds      []Hold
	Access     Rules
	Routes     []DraftRoute
	Reliefs    []Relief
	Calendar   *DraftCalendar // nil where the pack has none
	Days       []DraftDays
	Wordings   []Wording
}

// DraftRetention is a class with all its terms.
type DraftRetention struct {
	Class   string
	Labels  map[string]string
	Display Rules
	Retain  Rules
}

// DraftType is a type with the file it came from, the set that it shares fields
// of, and its terms.
type DraftType struct {
	catalogue.Type
	File       string
	FieldsFrom string // name of a set in fields.yaml; empty where all fields are its own
	Deliver    Rules
	Within     Parameter // of an immediate effect; zero where there is none
	Extended   Parameter // by which it may be extended; zero where it may not
}

// DraftRoute is a route with the clock that decides on it.
type DraftRoute struct {
	Route
	Clock Rules // each with its levers
}

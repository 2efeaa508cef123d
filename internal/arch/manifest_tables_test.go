package arch

import (
	"fmt"
	"slices"
	"strings"
)

// The kinds of tables. What each may do: docs/decisions/0001-the-house.md.
const (
	ofPerson    = "person"    // rows of one person; the person's key leads everything
	ofDirectory = "directory" // finds from the outside; leads with a key of its own
	ofReference = "reference" // the same for everybody, small, copied to every machine
	ofHouse     = "local"     // what the installation knows of itself
)

// tableRow declares one table. keys are the columns that may lead a key: for a
// person's table the one column with the person's key, for a directory one for
// each way in, that of its primary key first.
type tableRow struct {
	table string
	kind  string
	keys  []string
}

// tables is the table manifest: every table of the schemas of the house.
var tables = []tableRow{
	{"house.mode", ofHouse, nil},
	{"house.clock_shift", ofHouse, nil},
	{"party.body", ofReference, nil},
	{"party.clerk", ofDirectory, []string{"clerk", "body"}},
	{"party.credential", ofDirectory, []string{"token_hash"}},
	{"party.key", ofDirectory, []string{"key"}},
	{"party.nonce", ofDirectory, []string{"mark"}},
	{"party.person", ofPerson, []string{"person"}},
	{"party.gate", ofPerson, []string{"person"}},
	{"party.contact", ofPerson, []string{"person"}},
	{"party.token", ofDirectory, []string{"generation"}},
	{"party.session", ofDirectory, []string{"session"}},
	{"party.knock", ofDirectory, []string{"knock"}},
	{"party.draft", ofDirectory, []string{"draft"}},
	{"party.passkey", ofDirectory, []string{"passkey"}},
	{"party.view", ofDirectory, []string{"clerk"}},
	{"vault.mark", ofHouse, nil},
	{"vault.lease", ofHouse, nil},
	{"vault.intent", ofPerson, []string{"person"}},
	{"ledger.journal", ofPerson, []string{"stream"}},
	{"ledger.outbox", ofPerson, []string{"stream"}},
	{"ledger.head", ofHouse, nil},
	{"ledger.batch", ofHouse, nil},
	{"ledger.bundle", ofHouse, nil},
	{"ledger.tile", ofHouse, nil},
	{"ledger.published", ofHouse, nil},
	{"ledger.day", ofHouse, nil},
	{"ledger.bucket", ofHouse, nil},
	{"ledger.shard", ofHouse, nil},
	{"dossier.record", ofPerson, []string{"person"}},
	{"dossier.source_ref", ofDirectory, []string{"source"}},
	{"repair.number", ofDirectory, []string{"application"}},
	{"repair.application", ofPerson, []string{"person"}},
	{"repair.finding", ofPerson, []string{"person"}},
	{"repair.paper", ofPerson, []string{"person"}},
	{"repair.look", ofPerson, []string{"person"}},
	{"repair.entry", ofPerson, []string{"person"}},
	{"repair.opening", ofPerson, []string{"person"}},
	{"repair.relief", ofDirectory, []string{"relief"}},
	{"hold.number", ofDirectory, []string{"hold"}},
	{"hold.placed", ofPerson, []string{"person"}},
	{"hold.paper", ofPerson, []string{"person"}},
	{"estate.number", ofDirectory, []string{"death"}},
	{"estate.death", ofPerson, []string{"person"}},
	{"estate.paper", ofPerson, []string{"person"}},
	{"consent.freeze", ofPerson, []string{"person"}},
	{"consent.lift", ofPerson, []string{"person"}},
	{"dispute.number", ofDirectory, []string{"contest"}},
	{"dispute.swept", ofHouse, nil},
	{"dispute.contest", ofPerson, []string{"person"}},
	{"dispute.answer", ofPerson, []string{"person"}},
	{"dispute.finding", ofPerson, []string{"person"}},
	{"dispute.certificate", ofPerson, []string{"person"}},
	{"dispute.paper", ofPerson, []string{"person"}},
	{"dispute.statement", ofPerson, []string{"person"}},
	{"dispute.look", ofPerson, []string{"person"}},
	{"dispute.complaint_number", ofDirectory, []string{"complaint"}},
	{"dispute.complaint", ofPerson, []string{"person"}},
	{"dispute.complaint_finding", ofPerson, []string{"person"}},
	{"dispute.complaint_paper", ofPerson, []string{"person"}},
	{"retention.shortening", ofHouse, nil},
	{"retention.offered", ofHouse, nil},
	{"oversight.incident", ofDirectory, []string{"incident", "record", "refiled"}},
	{"oversight.affected", ofDirectory, []string{"incident"}},
	{"oversight.question", ofPerson, []string{"person"}},
	{"oversight.quarter", ofReference, nil},
	{"oversight.figure", ofReference, nil},
	{"oversight.habit", ofDirectory, []string{"clerk"}},
	{"oversight.inspection", ofPerson, []string{"person"}},
	{"oversight.plea", ofPerson, []string{"person"}},
	{"oversight.report", ofPerson, []string{"person"}},
	{"oversight.report_paper", ofPerson, []string{"person"}},
	{"party.mandate", ofDirectory, []string{"clerk", "lent_by"}},
	{"party.training", ofDirectory, []string{"clerk"}},
	{"party.motion", ofDirectory, []string{"motion", "body"}},
	{"party.invitation", ofDirectory, []string{"code_hash"}},
	{"consent.given", ofPerson, []string{"person"}},
	{"consent.use", ofPerson, []string{"person"}},
	{"consent.code", ofDirectory, []string{"hash"}},
	{"consent.request", ofPerson, []string{"person"}},
	{"notice.owed", ofPerson, []string{"person"}},
	{"notice.attempt", ofPerson, []string{"person"}},
	{"notice.hook", ofDirectory, []string{"hook", "body"}},
	{"notice.change", ofPerson, []string{"person"}},
	{"furnish.delivery", ofDirectory, []string{"delivery", "body"}},
	{"furnish.finding", ofDirectory, []string{"delivery"}},
	{"law.version", ofReference, nil},
	{"law.officer", ofReference, nil},
	{"law.outage", ofReference, nil},
	{"law.activation", ofReference, nil},
	{"law.signature", ofReference, nil},
	{"furnish.batch", ofDirectory, []string{"delivery"}},
	{"inquiry.access", ofPerson, []string{"person"}},
	{"inquiry.use", ofPerson, []string{"person"}},
	{"inquiry.matter", ofDirectory, []string{"matter"}},
	{"inquiry.quota", ofDirectory, []string{"body"}},
	{"inquiry.second", ofDirectory, []string{"access", "body"}},
}

// foreignTables belong to the library of migrations, which is exempt by name.
var foreignTables = []string{"public.goose_db_version"}

// relation is what the catalog says of one table.
type relation struct {
	name    string
	kind    string // pg_class.relkind
	columns []column
	indexes []index
	keys    []foreignKey
	marks   []string // what a table of the house never has: triggers, rules, deferrable or exclusion constraints
}

type column struct {
	name, kind string
	identity   bool
	byDefault  string
}

type index struct {
	name            string
	lead            string
	primary, unique bool
}

type foreignKey struct {
	name, lead, target, targetLead string
}

func rowOf(manifest []tableRow, table string) (tableRow, bool) {
	i := slices.IndexFunc(manifest, func(r tableRow) bool { return r.table == table })
	if i < 0 {
		return tableRow{}, false
	}
	return manifest[i], true
}

// tableFaults compares the tables that are there with the manifest. read says for
// each index, as schema.name, which worker or page its comment names.
func tableFaults(found []relation, manifest []tableRow, read map[string]string) (bad []string) {
	seen := map[string]bool{}
	for _, r := range found {
		if slices.Contains(foreignTables, r.name) || foreignParts(r.name) {
			continue
		}
		seen[r.name] = true
		if r.kind != "r" {
			bad = append(bad, fmt.Sprintf("%s is no plain table (%s): views, sequences, partitions and foreign tables are not used", r.name, r.kind))
			continue
		}
		row, ok := rowOf(manifest, r.name)
		if !ok {
			bad = append(bad, r.name+" is not in the table manifest")
			continue
		}
		for _, m := range r.marks {
			bad = append(bad, r.name+" has "+m)
		}
		bad = append(bad, columnFaults(r, row)...)
		bad = append(bad, indexFaults(r, row, read)...)
		bad = append(bad, keyFaults(r, row, manifest)...)
	}
	for _, row := range manifest {
		if !seen[row.table] {
			bad = append(bad, row.table+" is in the table manifest and not in the database")
		}
	}
	return bad
}

// foreignParts are what hangs on a foreign table: its sequence.
func foreignParts(name string) bool {
	return slices.ContainsFunc(foreignTables, func(t string) bool { return strings.HasPrefix(name, t+"_") })
}

func columnFaults(r relation, row tableRow) (bad []string) {
	for _, c := range r.columns {
		if c.identity || strings.Contains(c.byDefault, "nextval") {
			bad = append(bad, r.name+"."+c.name+" counts up: ids are random")
		}
		if c.name == "person" && row.kind != ofPerson && row.kind != ofDirectory {
			bad = append(bad, r.name+" names a person, which a table of kind "+row.kind+" does not")
		}
	}
	if row.kind != ofPerson {
		return bad
	}
	i := slices.IndexFunc(r.columns, func(c column) bool { return c.name == row.keys[0] })
	if i < 0 || r.columns[i].kind != "uuid" {
		bad = append(bad, r.name+" has no uuid "+row.keys[0])
	}
	return bad
}

func indexFaults(r relation, row tableRow, read map[string]string) (bad []string) {
	primary := false
	for _, x := range r.indexes {
		primary = primary || x.primary
		keyed := row.kind == ofPerson || row.kind == ofDirectory
		leads := slices.Contains(row.keys, x.lead)
		if x.primary && keyed && len(row.keys) > 0 {
			leads = x.lead == row.keys[0]
		}
		schema, _, _ := strings.Cut(r.name, ".")
		switch {
		case !keyed || leads:
		case x.unique:
			bad = append(bad, fmt.Sprintf("%s: the unique %s is led by %s, not by %s", r.name, x.name, x.lead, strings.Join(row.keys, " or ")))
		case read[schema+"."+x.name] == "":
			bad = append(bad, fmt.Sprintf("%s: the index %s is led by %s: say in a comment above it who reads it (-- read by: …)", r.name, x.name, x.lead))
		}
	}
	if !primary {
		bad = append(bad, r.name+" has no primary key")
	}
	return bad
}

func keyFaults(r relation, row tableRow, manifest []tableRow) (bad []string) {
	for _, k := range r.keys {
		target, _ := rowOf(manifest, k.target)
		ok := false
		switch row.kind {
		case ofPerson:
			same := target.kind == ofPerson && k.lead == row.keys[0] && k.targetLead == target.keys[0]
			ok = same || target.kind == ofReference
		case ofDirectory:
			ok = target.kind == ofDirectory || target.kind == ofReference
		case ofReference:
			ok = target.kind == ofReference
		case ofHouse:
			ok = target.kind == ofHouse
		}
		if !ok {
			bad = append(bad, fmt.Sprintf("%s: the foreign key %s leads to %s (%s) by %s: a table of kind %s may not", r.name, k.name, k.target, target.kind, k.lead, row.kind))
		}
	}
	return bad
}

package wall_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"recourse/internal/test/housetest"
)

// secret is a column that no running role may read, with what was planted in it.
type secret struct {
	table, column string
	key           []string // columns of the primary key
	mark          []byte   // how the planted content begins
	detector      []string // ways in which the mark may be written
}

// planted is a house with five persons, each with a row in every table that holds
// sealed content. person is the first of them.
type planted struct {
	*housetest.Fixture
	person  string
	secrets []secret
}

const sqlSecrets = `select c.oid::regclass::text as table, a.attname::text as column,
		array(select k.attname::text from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey) where i.indrelid = c.oid and i.indisprimary) as key
	from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
	join pg_type y on y.oid = a.atttypid
	where c.relkind in ('r', 'p', 'm', 'v') and a.attname in ('nonce', 'box') and coalesce(nullif(y.typbasetype, 0), y.oid) = 'bytea'::regtype
	and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_%' order by 1, 2`

// rows writes one row of the person into every table with sealed content. $1 is
// the person, $2 the nonce, $3 the box.
var rows = map[string]string{
	"party.person": `insert into party.person (person, live_until, made_at, name_mark, epoch, leaf, nonce, box)
		values ($1, current_date + 400, now(), substr(sha256('x'), 1, 16), 1, 1, $2, $3)`,
	"party.contact": `insert into party.contact (person, set_at, epoch, leaf, nonce, box) values ($1, now(), 1, 2, $2, $3)`,
	"dossier.record": `insert into dossier.record (person, record, version, source, source_order, type, pack, negative, state, received_at, start_on, display_end, retain_end,
		effect_at, epoch, leaf, mark, nonce, box) select $1, gen_random_uuid(), 1, b.body, 1, 'sample', 'sample', false, 'in force', now(), current_date - 9, current_date + 9,
		current_date + 9, now() - interval '1 hour', 1, 3, substr(sha256('x'), 1, 16), $2, $3 from party.body b limit 1`,
	"inquiry.access": `insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
		select $1, gen_random_uuid(), now() - interval '1 hour', b.body, 'sample', 'statute', 'sample', 2, '{}', 1, 4, $2, $3 from party.body b limit 1`,
	"inquiry.use": `insert into inquiry.use (person, access, body, noted_at, epoch, leaf, nonce, box)
		select $1, gen_random_uuid(), b.body, now(), 1, 6, $2, $3 from party.body b limit 1`,
	"dispute.statement": `insert into dispute.statement (person, record, at, keep_until, epoch, leaf, nonce, box) values ($1, gen_random_uuid(), now(), current_date + 9, 1, 6, $2, $3)`,
	"dispute.paper": `with contest as (insert into dispute.contest (person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by,
			clock_kind, clock_start, clock_n, clock_unit, clock_whole, clock_calendar, clock_overdue, due_on, twice_on)
		select $1, '` + openContest + `', gen_random_uuid(), 1, b.body, 'sample', 'sample', 'open', 'draft', '{settled}', now(), now(), current_date + 9, now(), current_date,
			'sample', current_date, 1, 'days', true, '', 'hide', current_date + 5, current_date + 10 from party.body b limit 1 returning person, contest)
		insert into dispute.paper (person, paper, contest, ground, what, stage, media, at, epoch, leaf, nonce, box)
		select c.person, gen_random_uuid(), c.contest, 'settled', 'words', 1, '', now(), 1, 5, $2, $3 from contest c`,
	"dispute.complaint_paper": `with complaint as (insert into dispute.complaint (person, complaint, record, source, type, pack, state, turn, passages, entered_by, entered_at, calendar, due_on, due_at, keep_until)
		select $1, '` + openComplaint + `', '` + saidRecord + `', max(b.body::text)::uuid, 'sample', 'sample', 'open', 1, 1, gen_random_uuid(), now(), '', current_date + 5, now() + interval '5 days', current_date + 9
		from party.body b returning person, complaint, record)
		insert into dispute.complaint_paper (person, paper, record, complaint, what, stage, nth, clerk, at, epoch, leaf, nonce, box)
		select c.person, gen_random_uuid(), c.record, c.complaint, 'passage', 1, 1, gen_random_uuid(), now(), 1, 7, $2, $3 from complaint c`,
	"repair.paper": `with application as (insert into repair.application (person, application, record, source, type, route, decides, pack, state, was, made_at, changed_at, keep_until,
			opened_at, clock, due_on, twice_on) select $1, '` + openApplication + `', gen_random_uuid(), b.body, 'sample', 'sample', 'registry', 'sample', 'open', 'draft', now(), now(), current_date + 9,
			now(), '{}', current_date + 5, current_date + 10 from party.body b limit 1 returning person, application)
		insert into repair.paper (person, paper, application, condition, what, stage, media, at, epoch, leaf, nonce, box)
		select a.person, gen_random_uuid(), a.application, 'sample', 'words', 1, '', now(), 1, 6, $2, $3 from application a`,
	"hold.paper": `with placed as (insert into hold.placed (person, hold, record, source, type, ground, court, pack, until_on, keep_until, state, proposed_by, proposed_at, confirmed_by, confirmed_at, version)
		select $1, '` + openHold + `', gen_random_uuid(), max(b.body::text)::uuid, 'sample', 'sample', min(b.body::text)::uuid, 'sample', current_date + 9, current_date + 99, 'held', gen_random_uuid(), now(), gen_random_uuid(), now(), 1
		from party.body b returning person, hold)
		insert into hold.paper (person, paper, hold, what, epoch, leaf, nonce, box) select p.person, gen_random_uuid(), p.hold, 'reference', 1, 7, $2, $3 from placed p`,
	"estate.paper": `with death as (insert into estate.death (person, death, body, died_on, pack, until_on, keep_until, state, proposed_by, proposed_at, seen)
		select $1, '` + openDeath + `', min(b.body::text)::uuid, current_date, 'sample', current_date + 9, current_date + 99, 'proposed', gen_random_uuid(), now(), '{}'
		from party.body b returning person, death)
		insert into estate.paper (person, paper, death, what, media, epoch, leaf, nonce, box) select d.person, gen_random_uuid(), d.death, 'address', '', 1, 9, $2, $3 from death d`,
	"oversight.report_paper": `with report as (insert into oversight.report (person, report, cause, from_whom, sent_at, due_on, due_at, keep_until, supervisor, beyond)
		select $1, gen_random_uuid(), 'sale', 'other', now(), current_date + 9, now() + interval '9 days', current_date + 99, min(b.body::text)::uuid, min(b.body::text)::uuid
		from party.body b returning person, report)
		insert into oversight.report_paper (person, paper, report, what, at, epoch, leaf, nonce, box) select r.person, gen_random_uuid(), r.report, 'words', now(), 1, 10, $2, $3 from report r`,
	"oversight.inspection": `insert into oversight.inspection (person, access, inspection, body, clerk, purpose, looked_at, rules, reason_on, reason_at, due_on, due_at, keep_until, supervisor, beyond, given_at, epoch, leaf, nonce, box)
		select $1, gen_random_uuid(), '` + openInspection + `', max(b.body::text)::uuid, gen_random_uuid(), 'sample', now(), '{random}', current_date, now(), current_date + 9, now() + interval '9 days', current_date + 99,
			min(b.body::text)::uuid, min(b.body::text)::uuid, now(), 1, 8, $2, $3 from party.body b`,
}

// openComplaint is a complaint about what each planted person says beside saidRecord.
const openComplaint, saidRecord = "00000000-0000-4000-8000-000000000055", "00000000-0000-4000-8000-000000000044"

// openInspection is an inspection of each planted person.
const openInspection = "00000000-0000-4000-8000-000000000055"

// openDeath is a death of each planted person.
const openDeath = "00000000-0000-4000-8000-000000000077"

// openHold is a hold of each planted person.
const openHold = "00000000-0000-4000-8000-000000000066"

// openApplication is an application of each planted person.
const openApplication = "00000000-0000-4000-8000-000000000099"

// openContest is a contest of each planted person.
const openContest = "00000000-0000-4000-8000-000000000088"

// plant makes a house and hides marks in every sealed column that the catalogs
// name.
func plant(t *testing.T) *planted {
	t.Helper()
	p := &planted{Fixture: housetest.DB(t), person: "5a3c1e00-0000-4000-8000-00000000c0d0"}
	super := connect(t, p.Fixture, "")
	found := all[struct {
		Table, Column string
		Key           []string
	}](t, super, sqlSecrets)
	mark := map[string][]byte{}
	for i, s := range found {
		if _, ok := rows[s.Table]; !ok {
			t.Fatalf("%s holds sealed content: add a row for it to rows", s.Table)
		}
		m := fmt.Appendf(nil, "%c:qZ7wall-%02d", s.Column[0], i) // twelve bytes, the length of a nonce
		mark[s.Table+"."+s.Column] = m
		p.secrets = append(p.secrets, secret{s.Table, s.Column, s.Key, m, written(m)})
	}
	for table, sql := range rows {
		for i := range 5 { // what stands there often is kept in the statistics
			person := fmt.Sprintf("%s%d", p.person[:len(p.person)-1], i)
			if _, err := super.Exec(t.Context(), sql, person, mark[table+".nonce"], noise(mark[table+".box"])); err != nil {
				t.Fatalf("%s: %v", table, err)
			}
		}
	}
	for _, sql := range []string{"insert into party.gate (person) values ('" + p.person + "')", "analyze"} {
		if _, err := super.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.secrets) < 8 {
		t.Fatalf("the catalogs name %d sealed columns", len(p.secrets))
	}
	return p
}

// noise makes content of a mark that is too long to lie in its row and does not
// compress, so that it lies in the table's overflow as well.
func noise(mark []byte) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	for out := bytes.Clone(mark); ; {
		if out = append(out, byte(r.UintN(256))); len(out) == 5000 {
			return out
		}
	}
}

// written lists the ways in which PostgreSQL may write bytes.
func written(mark []byte) []string {
	return []string{string(mark), hex.EncodeToString(mark), strings.ToUpper(hex.EncodeToString(mark)), base64.StdEncoding.EncodeToString(mark)}
}

// shows reports whether the mark of a secret is in what came back.
func (s secret) shows(got []byte) bool {
	for _, w := range s.detector {
		if bytes.Contains(got, []byte(w)) {
			return true
		}
	}
	return false
}

// shows reports which secret is in what came back.
func (p *planted) shows(got []byte) string {
	for _, s := range p.secrets {
		if s.shows(got) {
			return s.table + "." + s.column
		}
	}
	return ""
}

func TestPlanted_detectorSees(t *testing.T) {
	t.Parallel()
	p := plant(t)
	super := connect(t, p.Fixture, "")
	for _, s := range p.secrets {
		for _, sql := range []string{"select %s from %s", "select encode(%s, 'base64') from %s", "select encode(%s, 'escape') from %s", "select upper(encode(%s, 'hex')) from %s"} {
			got := say(t.Context(), super.PgConn(), attempt{sql: fmt.Sprintf(sql, s.column, s.table)})
			if got.err != nil || p.shows(got.heard) != s.table+"."+s.column {
				t.Errorf("%s.%s: the detector sees %q in %s (%v)", s.table, s.column, p.shows(got.heard), sql, got.err)
			}
		}
	}
	if seen := p.shows([]byte("nothing of it: b:qZ7wall-")); seen != "" {
		t.Errorf("the detector sees %q where there is nothing", seen)
	}
}

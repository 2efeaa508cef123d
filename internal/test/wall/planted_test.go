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
}

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

package arch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The roles of a running installation, and the one that owns the schema.
const (
	owner  = "recourse_owner"
	toApp  = "recourse_app"
	keeper = "recourse_keeper"
	watch  = "recourse_watch"
)

var runningRoles = []string{toApp, keeper, watch}

// wallPath is the search path of every function of the wall: nothing that a
// caller can make comes before pg_catalog.
const wallPath = "search_path=pg_catalog, pg_temp"

// pathRefused begins a function that has no path of its own: what it declares and
// its first statement need no path, and the statement refuses every other one.
// PL/pgSQL looks up the names of a statement when it comes to it.
var pathRefused = regexp.MustCompile(`^#variable_conflict use_column (declare (\w+ pg_catalog\.\w+; )*)?begin ` + regexp.QuoteMeta(
	"if pg_catalog.current_setting('search_path') operator(pg_catalog.<>) 'pg_catalog, pg_temp' then "+
		"raise exception 'the search_path is not pg_catalog, pg_temp' using errcode = 'rc003'; end if; "))

// instantChecked is how a function checks its instant within the statement that
// answers: where it is not now there is no row, and then no answer.
var instantChecked = []string{
	"where l.at - (began + coalesce((select c.shift from house.clock_shift c), interval '0')) between interval '-2 s' and interval '2 s'",
	"from asked q left join shown s on s.nth = q.nth; if not found then perform law.check_in_force(p_pack[1], p_now[1]); raise exception 'the instant is not now' using errcode = 'rc001'; end if; end",
}

// gateway is one function that runs with the owner's rights: who may call it and
// into which table it writes that it was called.
type gateway struct {
	function, role, trace string
}

// wall is the wall manifest: the closed list of ways in which sealed content
// leaves the database.
var wall = []gateway{
	{"inquiry.disclose", toApp, "inquiry.access"},
	{"dossier.show", toApp, "inquiry.access"},
	{"dispute.show", toApp, "inquiry.access"},
	{"dispute.show_statement", toApp, "inquiry.access"},
	{"dispute.examine", toApp, "inquiry.access"},
	{"dispute.examine_statement", toApp, "inquiry.access"},
	{"repair.show", toApp, "inquiry.access"},
	{"repair.examine", toApp, "inquiry.access"},
	{"hold.show", toApp, "inquiry.access"},
	{"hold.examine", toApp, "inquiry.access"},
	{"estate.examine", toApp, "inquiry.access"},
	{"oversight.examine", toApp, "inquiry.access"},
	{"oversight.read_record", toApp, "inquiry.access"},
	{"oversight.read_report", toApp, "ledger.journal"}, // nobody's file is looked at
	{"inquiry.show_lookups", toApp, "inquiry.access"},
	{"party.reseal", keeper, "ledger.journal"},
	{"notice.address", keeper, "notice.attempt"},
	{"oversight.close_quarter", keeper, "ledger.journal"}, // no content leaves it: it counts over every room
}

// callable is a function and the roles that may call it.
type callable struct {
	function string
	roles    []string
}

func named(list []callable, function string) int {
	return slices.IndexFunc(list, func(c callable) bool { return c.function == function })
}

// digests run with the owner's rights and give the hash of what is sealed, never what
// is sealed: who may call them.
var digests = []callable{
	{"inquiry.since", []string{keeper}},
	{"inquiry.digest", []string{toApp, keeper}},
}

// plainFunctions run with the rights of their caller, and read nothing that the
// caller may not read: who may call them.
var plainFunctions = []callable{
	{"house.now", []string{toApp, keeper, watch}},
	{"house.check_instant", nil}, // called by the wall only
	{"law.check_in_force", nil},  // called by the wall only
	{"consent.claim", nil},       // called by the wall only
	{"consent.frozen", nil},      // called by the wall only
	{"dossier.answering", nil},   // called by the wall only
	{"dossier.visible", []string{toApp, keeper}},
	{"dossier.at_once", []string{toApp, keeper}},
	{"dossier.stands", []string{toApp, keeper}},
	{"dossier.disputed", []string{toApp, keeper}},
}

// sealedColumns are the names that sealed content goes by. Every other column of
// bytes is declared in plainBytes.
var sealedColumns = []string{"nonce", "box"}

// plainBytes are columns of bytes that are no sealed content, and what they are.
var plainBytes = map[string]string{
	"party.credential.token_hash": "SHA-256 of 256 random bits, or of a public key's id",
	"party.invitation.code_hash":  "SHA-256 of 256 random bits",
	"party.key.key":               "id of a public key of a body: its hash",
	"party.key.public_key":        "public key of a body",
	"party.session.token_hash":    "SHA-256 of 256 random bits",
	"party.knock.knock":           "SHA-256 of 256 random bits",
	"party.draft.draft":           "SHA-256 of 256 random bits",
	"party.passkey.passkey":       "SHA-256 of random bits that a device drew",
	"party.passkey.credential":    "random bits that a device drew",
	"party.passkey.public_key":    "half of a pair that a device drew",
	"party.draft.written":         "AES-GCM under a key that a browser holds alone",
	"consent.code.hash":           "SHA-256 of a code that a body hands to a person; about nobody until somebody enters it",
	"party.person.name_mark":      "fingerprint under the identity's own leaf",
	"party.token.mac":             "HMAC under the index generation's key",
	"dossier.record.mark":         "fingerprint under the record's own leaf",
	"dossier.record.weight":       "what of the content weighs, comparable under the record's own leaf alone (seal.Weigh)",
	"dossier.record.decision":     "HMAC of person and decision under a key of the vault",
	"dispute.answer.key":          "hash of who answered and the key of their call",
	"dossier.source_ref.ref_mac":  "HMAC under the source's key",
	"furnish.delivery.file_hash":  "SHA-256 of the whole delivery",
	"ledger.head.root":            "root of the public log",
	"ledger.head.kept":            "hashes of the public log",
	"ledger.batch.rows":           "random keys: which event became which entry",
	"ledger.bundle.entries":       "entries of the public log: commitments, and what everybody may read",
	"ledger.tile.hashes":          "hashes of the public log",
	"ledger.bucket.labels":        "HMACs under keys of the vault, published",
	"law.version.hash":            "SHA-256 over the files of a pack",
	"law.version.archive":         "the files of a pack",
	"law.officer.public_key":      "public key of an officer",
	"law.signature.public_key":    "public key of an officer",
	"law.signature.signature":     "Ed25519 signature of a pack's hash",
	"furnish.delivery.tree":       "hashes of the tree over the delivery's rows",
	"furnish.batch.rows":          "outcomes, and commitments under the records' own leaves",
}

// appendOnly are tables that grow and never change for those who run: what may be
// done to their rows all the same, and why.
var appendOnly = map[string][]string{
	"ledger.journal":  nil,
	"inquiry.access":  {keeper + " may UPDATE box", keeper + " may UPDATE nonce"}, // to clear what has ended
	"furnish.finding": nil,
	"law.version":     nil,
	"law.activation":  nil,
	"law.signature":   nil,
	"furnish.batch":   nil,
	"ledger.batch":    nil,
	"ledger.day":      nil,
	"ledger.bucket":   nil,
}

// routine is what the catalog says of one function.
type routine struct {
	name     string // schema and name; a second one of the same name is another row
	owner    string
	kind     string // pg_proc.prokind
	language string
	definer  bool
	volatile string
	leak     bool     // declared leakproof
	config   []string // settings
	callers  []string // roles that may call it; PUBLIC for everybody
	source   string
}

// wallFaults compares the functions that are there with the manifest.
func wallFaults(found []routine) (bad []string) {
	seen := map[string]int{}
	for _, f := range found {
		seen[f.name]++
		miss := func(format string, args ...any) { bad = append(bad, f.name+" "+fmt.Sprintf(format, args...)) }
		if f.owner != owner {
			miss("belongs to %s", f.owner)
		}
		if f.kind != "f" || f.language != "sql" && f.language != "plpgsql" {
			miss("is no plain function in SQL or PL/pgSQL")
		}
		if slices.Contains(f.callers, "PUBLIC") {
			miss("may be called by everybody")
		}
		if f.leak {
			miss("is declared leakproof")
		}
		callers := slices.DeleteFunc(slices.Clone(f.callers), func(r string) bool { return r == f.owner })
		if d := named(digests, f.name); d >= 0 {
			bad = append(bad, digestFaults(f, digests[d].roles, callers)...)
			continue
		}
		g := slices.IndexFunc(wall, func(g gateway) bool { return g.function == f.name })
		p := named(plainFunctions, f.name)
		switch {
		case f.definer && g < 0:
			miss("runs with the owner's rights and is not in the wall manifest")
		case g >= 0:
			bad = append(bad, gatewayFaults(f, wall[g], callers)...)
		case p < 0:
			miss("is in no manifest")
		case !same(callers, plainFunctions[p].roles):
			miss("may be called by %q, the manifest says %q", callers, plainFunctions[p].roles)
		}
	}
	for _, g := range wall {
		bad = append(bad, once(g.function, seen[g.function])...)
	}
	for _, p := range plainFunctions {
		bad = append(bad, once(p.function, seen[p.function])...)
	}
	for _, d := range digests {
		bad = append(bad, once(d.function, seen[d.function])...)
	}
	return bad
}

func digestFaults(f routine, roles, callers []string) (bad []string) {
	miss := func(format string, args ...any) { bad = append(bad, f.name+" "+fmt.Sprintf(format, args...)) }
	source := strings.ToLower(f.source)
	switch {
	case !f.definer || f.volatile != "s" || f.language != "sql":
		miss("is no STABLE function in SQL with the owner's rights")
	case len(f.config) != 1 || f.config[0] != wallPath:
		miss("has the settings %q, not %s", f.config, wallPath)
	case !same(callers, roles):
		miss("may be called by %q, the manifest says %q", callers, roles)
	}
	for _, c := range sealedColumns {
		if strings.Count(source, c) != strings.Count(source, "sha256(a."+c+")") {
			miss("gives more than the hash of %s", c)
		}
	}
	return bad
}

func gatewayFaults(f routine, g gateway, callers []string) (bad []string) {
	miss := func(format string, args ...any) { bad = append(bad, f.name+" "+fmt.Sprintf(format, args...)) }
	if !f.definer {
		miss("is in the wall manifest and does not run with the owner's rights")
	}
	if f.volatile != "v" || f.language != "plpgsql" {
		miss("is no VOLATILE function in PL/pgSQL: with one snapshot it would answer what held before a revoke that it waited for")
	}
	source := strings.Join(strings.Fields(strings.ToLower(f.source)), " ")
	refuses := pathRefused.MatchString(source)
	switch {
	case refuses && len(f.config) == 0:
	case len(f.config) != 1 || f.config[0] != wallPath:
		miss("has the settings %q, not %s, and does not begin by refusing another path", f.config, wallPath)
	}
	if !same(callers, []string{g.role}) {
		miss("may be called by %q, the manifest says %s alone", callers, g.role)
	}
	if !strings.Contains(source, "insert into "+g.trace+" (") {
		miss("writes no row into %s", g.trace)
	}
	inside := !slices.ContainsFunc(instantChecked, func(part string) bool { return !strings.Contains(source, part) })
	if !inside && !strings.Contains(source, "house.check_instant(p_now)") {
		miss("does not check the instant that it is given")
	}
	if strings.Contains(source, "execute ") {
		miss("builds SQL from text")
	}
	return bad
}

func once(name string, n int) []string {
	switch n {
	case 0:
		return []string{name + " is in a manifest and not in the database"}
	case 1:
		return nil
	}
	return []string{fmt.Sprintf("%s stands %d times in the database", name, n)}
}

func same(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// right is one thing that a running role, or PUBLIC, may do to a column or table.
type right struct {
	role, table, column, privilege string // column is empty where it is about the whole table
}

// rightFaults judges what the running roles may do. columns are the columns of
// bytes that there are, as schema.table.column.
func rightFaults(rights []right, columns []string) (bad []string) {
	for _, c := range columns {
		name := c[strings.LastIndex(c, ".")+1:]
		if plainBytes[c] == "" && !slices.Contains(sealedColumns, name) {
			bad = append(bad, c+" holds bytes and is neither sealed nor declared in plainBytes")
		}
	}
	for c := range plainBytes {
		if !slices.Contains(columns, c) {
			bad = append(bad, c+" is declared in plainBytes and not in the database")
		}
	}
	for _, r := range rights {
		what := r.role + " may " + strings.TrimSpace(r.privilege+" "+r.column)
		allowed, grows := appendOnly[r.table]
		switch {
		case r.role == "PUBLIC":
			bad = append(bad, r.table+": everybody may "+r.privilege)
		case r.privilege == "SELECT" && slices.Contains(sealedColumns, r.column):
			bad = append(bad, r.table+": "+what+", which is sealed")
		case r.privilege == "TRUNCATE" || r.privilege == "REFERENCES" || r.privilege == "TRIGGER":
			bad = append(bad, r.table+": "+what+", which nobody needs")
		case grows && (r.privilege == "UPDATE" || r.privilege == "DELETE") && !slices.Contains(allowed, what):
			bad = append(bad, r.table+" is append-only: "+what)
		}
	}
	for table, allowed := range appendOnly {
		for _, a := range allowed {
			if !slices.ContainsFunc(rights, func(r right) bool { return r.table == table && r.role+" may "+r.privilege+" "+r.column == a }) {
				bad = append(bad, table+": "+a+" is an exception that is not used")
			}
		}
	}
	return bad
}

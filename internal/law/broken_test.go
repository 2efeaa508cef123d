package law_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"recourse/internal/law"
	"recourse/internal/law/lawfile"
)

// files returns the files of the sample pack, to be broken.
func files(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	whole := os.DirFS("lawfile/testdata/sample")
	err := fs.WalkDir(whole, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(whole, name)
		out[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func load(f map[string]string) (*law.Pack, error) {
	m := fstest.MapFS{}
	for name, text := range f {
		m[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return lawfile.Load(m)
}

func sample(t testing.TB) *law.Pack {
	t.Helper()
	p, err := load(files(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// broken is a pack with one thing wrong: in file, old is replaced by new. The
// fault must stand on the line where mark begins in the broken file.
type broken struct {
	name, file, old, new string
	rule, mark, says     string
}

func brokenPacks() []broken {
	const (
		pack, bodies, purposes = law.PackFile, law.BodiesFile, law.PurposesFile
		dead, keep             = law.DeadlinesFile, law.RetentionFile
		mp, nl, ld             = "types/market-penalty.yaml", "types/nurse-licence.yaml", "types/loan-default.yaml"
	)
	return []broken{
		{"score as kind", mp, "kind: money", "kind: score", "A2", "kind: score", "ranks or levels"},
		{"free number as kind", mp, "kind: place of decision", "kind: integer", "A2", "kind: integer", "ranks or levels"},
		{"level as kind in Chinese", mp, "kind: money", "kind: 信用等级", "A2", "kind: 信用等级", "ranks or levels"},
		{"state without values", mp, "kind: document number", "kind: state", "A2", "name: decision_number", "list of values"},
		{"values on a date", nl, "labels: {zh: 有效期至, en: Valid until}", "labels: {zh: 有效期至, en: Valid until}\n    values: [{code: a, labels: {zh: 甲, en: A}, basis: {cite: \"cn-nurses#8(1)\", status: unverified}}]", "A2", "values: [{code: a", "list of values"},
		{"authority with values", mp, "labels: {zh: 作出决定的机关, en: Authority that decided}", "labels: {zh: 作出决定的机关, en: Authority that decided}\n    values: [{code: a, labels: {zh: 甲, en: A}, basis: {cite: \"cn-nurses#8(1)\", status: unverified}}]", "A2", "values: [{code: a", "lists its own values"},
		{"money without currency", mp, "    currencies: [CNY]\n", "", "A2", "name: fine", "names its currencies"},
		{"unknown currency", mp, "currencies: [CNY]", "currencies: [GOLD]", "A2", "currencies: [GOLD]", "not known"},
		{"value not cited", mp, "code: goods-confiscated\n        labels: {zh: 没收非法财物, en: Unlawful goods confiscated}\n        basis:\n          cite: \"cn-penalty-law#9(2)\"", "code: goods-confiscated\n        labels: {zh: 没收非法财物, en: Unlawful goods confiscated}\n        basis:\n          cite: \"cn-penalty-law#99\"", "cite", "basis:\n          cite: \"cn-penalty-law#99", "does not resolve"},
		{"two values, one spelling", mp, "{zh: 没收非法财物, en: Unlawful goods confiscated}", "{zh: 罚款, en: Unlawful goods confiscated}", "name", "code: goods-confiscated", "share"},
		{"value code", mp, "code: goods-confiscated", "code: Goods", "form", "code: Goods", "lower-case"},
		{"two free texts", mp, "kind: place of decision", "kind: sealed reason", "A8", "fields:", "more than one free text"},
		{"penalty as favourable", mp, "negative: true", "negative: false", "A1", "negative: false", "can lead to"},
		{"list as form", mp, "form: penalty", "form: list", "A5", "form: list", "does not exist"},
		{"honour as form", nl, "form: licence", "form: honour", "A5", "form: honour", "honours"},
		{"report as origin", mp, "origin: authority decision", "origin: report by the public", "A5", "origin: report", "rests on nothing"},
		{"contract event without notice", ld, "notified: notified_on\n", "", "A5", "type: loan-default", "contract event names"},
		{"notice that is no date", ld, "notified: notified_on", "notified: lender", "A5", "notified: lender", "required field"},
		{"no decision", mp, "decision: {authority: decided_by, document: decision_number, date: decided_on}\n", "", "A3", "type: market-penalty", "required field"},
		{"decision names another field", mp, "document: decision_number", "document: place", "A3", "decision: {authority", "required field"},
		{"optional decision", mp, "kind: authority\n    required: true", "kind: authority\n    required: false", "A3", "decision: {authority", "required field"},
		{"safety on a penalty", mp, "form: penalty", "safety: {cite: \"cn-nurses#7(1)\", status: unverified}\nform: penalty", "B2", "safety:", "Only a licence"},
		{"policy makes a record", mp, "legal_basis: {cite: \"hubei-credit-information#公共信用信息归集\", status: unverified}", "legal_basis: {cite: \"registry-policy#answer\", status: policy}", "A5", "legal_basis:", "cannot make a record"},
		{"two fields of a name", mp, "- name: place", "- name: fine", "name", "name: fine\n    kind: place", "Two fields"},
		{"field named as a person column", mp, "- name: place", "- name: id_number", "form", "name: id_number", "not free"},
		{"label missing", mp, "labels: {zh: 决定地, en: Place of the decision}", "labels: {zh: 决定地}", "words", "labels: {zh: 决定地}", "language en"},
		{"label in a foreign language", mp, "labels: {zh: 决定地, en: Place of the decision}", "labels: {zh: 决定地, en: Place, fr: Lieu}", "words", "labels: {zh: 决定地, en: Place, fr", "does not have"},
		{"ref of another kind", mp, "ref: source_ref", "ref: place", "form", "ref: place", "source's number"},
		{"ref no name", mp, "ref: source_ref", "ref: Source Ref", "form", "ref: Source Ref", "not named"},
		{"order is a field", mp, "order: {column: version", "order: {column: fine", "form", "order: {column: fine", "name of its own"},
		{"order by feeling", mp, "by: number", "by: feeling", "form", "order: {column: version, by: feeling", "by number or by instant"},
		{"start no date", mp, "start: decided_on\ndecision", "start: fine\ndecision", "A3", "start: fine", "required field"},
		{"few fields", nl, "  - name: licence_number\n    kind: licence number\n    required: true\n    labels: {zh: 护士执业证书编号, en: Number of the certificate}\n  - name: issued_by\n    kind: authority\n    required: true\n    labels: {zh: 注册机关, en: Registering authority}\n  - name: decision_number\n    kind: document number\n    required: true\n    labels: {zh: 准予注册文号, en: Number of the decision}\n  - name: registered_on\n    kind: date\n    required: true\n    labels: {zh: 注册日期, en: Date of the registration}\n", "", "A2", "fields:", "fewer than three"},
		{"example does not pass", mp, "measure: 罚款", "measure: 信用等级D", "example", "example:", "does not pass"},
		{"type under another name", mp, "type: market-penalty", "type: Market Penalty", "form", "type: Market Penalty", "does not bear the name"},
		{"unknown sector", mp, "sector: market", "sector: food", "name", "sector: food", "not in pack.yaml"},
		{"unknown occupation", nl, "occupation: nurse", "occupation: pilot", "name", "occupation: pilot", "not in pack.yaml"},
		{"unknown class", mp, "retention: penalty", "retention: forever", "name", "retention: forever", "not in retention.yaml"},
		{"unknown unit", mp, "authority: hubei-market", "authority: media", "name", "authority: media", "furnisher"},

		{"tenant", purposes, "role: party to a debt or contract", "role: tenant", "A6", "role: tenant", "Nobody is looked up"},
		{"pupil", purposes, "role: holder of a licence", "role: pupil", "A6", "role: pupil", "Nobody is looked up"},
		{"customer under a kind name", purposes, "role: party to a debt or contract", "role: valued guest", "A6", "role: valued guest", "Nobody is looked up"},
		{"hiring", purposes, "decision: renew a licence", "decision: hire", "A6", "decision: hire", "not taken"},
		{"decision of another role", purposes, "decision: grant credit", "decision: grant a licence", "A6", "decision: grant a licence\n    sector: credit", "not taken"},
		{"post checked by a penalty", purposes, "role: applicant for a licence\n    decision: grant a licence", "role: holder of a licence\n    decision: check the licence that a law requires for a post", "A6", "type: market-penalty", "only the one licence"},
		{"sees nothing", purposes, "    types:\n      - type: loan-default\n        fields: [lender, defaulted_on, amount_owed]", "    types: []", "A6", "types: []", "sees nothing"},
		{"no fields", purposes, "fields: [lender, defaulted_on, amount_owed]", "fields: []", "A6", "fields: []", "No field"},
		{"nobody asks", purposes, "bodies: [sample-bank]", "bodies: []", "A6", "bodies: []", "Nobody may ask"},
		{"asker is no inquirer", purposes, "bodies: [sample-bank]", "bodies: [hubei-pbc]", "name", "bodies: [hubei-pbc]", "role inquirer"},
		{"another sector", purposes, "sector: credit", "sector: market", "A7", "type: loan-default", "one sector"},
		{"sealed reason in an answer", purposes, "decided_on, measure]", "decided_on, reason]", "A8", "fields: [decided_by, decision_number, decided_on, reason]", "sealed reason"},
		{"field of no type", purposes, "decided_on, measure]", "decided_on, mood]", "name", "fields: [decided_by, decision_number, decided_on, mood]", "not a field"},
		{"type of no pack", purposes, "type: loan-default", "type: gossip", "name", "type: gossip", "not a type"},
		{"no ceiling", purposes, "daily_ceiling: 500", "daily_ceiling: 0", "B3", "daily_ceiling: 0", "no daily ceiling"},
		{"silence as basis", purposes, "basis: consent", "basis: silence", "G1", "basis: silence", "does not exist"},
		{"case on consent", purposes, "daily_ceiling: 500", "daily_ceiling: 500\n    case_format: \"X\"", "G3", "case_format: \"X\"", "has no case"},
		{"no case form", purposes, "case_format: \"NR20[0-9]{2}-[0-9]{6}\"", "case_format: \".*\"", "G3", "case_format: \".*\"", "can fail"},
		{"many persons in a case", purposes, "persons_per_case: 1", "persons_per_case: 50", "G3", "persons_per_case: 50", "that many"},
		{"general power", pack, "general_powers: [", "general_powers: [\"cn-licensing-law#79\", ", "G3", "", "entitles nobody"},
		{"general power of nothing", pack, "general_powers: [", "general_powers: [\"cn-pipl#99\", ", "cite", "general_powers: [", "does not resolve"},
		{"statute without article", purposes, "      - type: nurse-licence\n        fields: [licence_number, issued_by, registered_on, valid_until, registration]\n        legal_basis:", "      - type: nurse-licence\n        fields: [licence_number, issued_by, registered_on, valid_until, registration]\n        legal_basis:\n          sha256: \"00\"\n        old:", "form", "", "not known"},
		{"consent with article", purposes, "fields: [lender, defaulted_on, amount_owed]", "fields: [lender, defaulted_on, amount_owed]\n        legal_basis: {cite: \"cn-order-631#20\", status: unverified}", "G3", "legal_basis: {cite: \"cn-order-631#20", "each type has the article"},
		{"purpose of no sector", purposes, "sector: credit", "sector: love", "name", "sector: love", "not in pack.yaml"},

		{"edited law", "sources/cn-nurses.txt", "有效期为5年。\n[10", "有效期为50年。\n[10", "A9", "", "hash differs"},
		{"policy as law", dead, "basis: {cite: \"registry-policy#answer\", status: policy}", "basis: {cite: \"registry-policy#answer\", status: law}", "A9", "basis: {cite: \"registry-policy#answer\", status: law}", "cited as law"},
		{"law as policy", dead, "basis: {cite: \"registry-policy#answer\", status: policy}", "basis: {cite: \"cn-order-631#15\", status: policy}", "A9", "basis: {cite: \"cn-order-631#15\", status: policy}", "cited as a policy"},
		{"status maybe", dead, "basis: {cite: \"registry-policy#answer\", status: policy}", "basis: {cite: \"registry-policy#answer\", status: maybe}", "A9", "basis: {cite: \"registry-policy#answer\", status: maybe}", "does not exist"},
		{"undo of five minutes", dead, "value: 10", "value: 5", "G2", "value: 5", "ten minutes"},
		{"consent in working days", dead, "value: 90\n    unit: calendar days", "value: 90\n    unit: working days", "term", "unit: working days", "not counted"},
		{"answer in minutes", dead, "value: 15\n    unit: calendar days", "value: 15\n    unit: minutes", "term", "unit: minutes", "not counted"},
		{"no time to answer", dead, "value: 15", "value: 0", "term", "value: 0", "out of reach"},
		{"no start", dead, "start: the letter is handed over", "start: \"\"", "term", "start: \"\"", "not named"},
		{"no scope", dead, "scope: [platform, bureau]", "scope: []", "term", "scope: []", "nobody"},
		{"unknown scope", dead, "scope: [platform, bureau]", "scope: [everyone]", "term", "scope: [everyone]", "does not exist"},
		{"ends before it begins", dead, "from: 2026-01-01", "from: 2026-01-01\n    to: 2025-01-01", "term", "to: 2025-01-01", "before it begins"},
		{"unknown deadline", dead, "kind: service-period", "kind: siesta", "name", "kind: siesta", "does not exist"},
		{"missing deadline", dead, "kind: consent-max", "kind: answer-before-effect", "term", "deadlines:", "consent-max is missing"},
		{"erased while shown", keep, "value: 2\n      unit: years", "value: 6\n      unit: months", "term", "retain:", "still shown"},
		{"kept for ever", keep, "value: 6\n      unit: years", "value: 999\n      unit: years", "term", "value: 999", "out of reach"},
		{"two classes of a name", keep, "class: loan", "class: penalty", "name", "class: penalty\n    labels: {zh: 借贷", "twice"},

		{"no language", pack, "languages: [zh, en]", "languages: []", "words", "languages: []", "no language"},
		{"language twice", pack, "languages: [zh, en]", "languages: [zh, zh]", "form", "languages: [zh, zh]", "two-letter"},
		{"zone nowhere", pack, "zone: Asia/Shanghai", "zone: Asia/Atlantis", "form", "zone: Asia/Atlantis", "not known"},
		{"zone of the machine", pack, "zone: Asia/Shanghai", "zone: Local", "form", "zone: Local", "not known"},
		{"operator without role", pack, "operator: hubei-credit-centre", "operator: hubei-tax", "name", "operator: hubei-tax", "role operator"},
		{"no identifiers", pack, "id_types: [cn-id]", "id_types: []", "form", "id_types: []", "identifier"},
		{"two sectors of a name", pack, "code: health", "code: market", "name", "code: market\n    labels: {zh: 医", "twice"},
		{"body without role", bodies, "roles: [supervisor]", "roles: []", "form", "roles: []", "no role"},
		{"body with another role", bodies, "roles: [supervisor]", "roles: [judge]", "form", "roles: [judge]", "does not exist"},
		{"body under nobody", bodies, "under: hubei-pbc", "under: moon", "name", "under: moon", "another body"},
		{"two bodies of a name", bodies, "aliases: [省信用信息中心]", "aliases: [武汉市工商行政管理局]", "name", "code: wuhan-market", "share a name"},

		{"unknown placeholder", "notices/filed.zh.md", "{source}在", "{neighbour}在{source}在", "words", "", "no placeholder {neighbour}"},
		{"content in an announcement", "notices/announcement.en.md", "{home}", "{home} {sentence}", "words", "", "no placeholder {sentence}"},
		{"right not told", "notices/before-effect.zh.md", "{answer_days}", "几", "words", "", "{answer_days}"},
		{"open brace", "notices/filed.en.md", "{contact}", "{contact", "words", "", "brace"},
		{"lone brace", "notices/filed.en.md", "{contact}", "contact}", "words", "", "brace"},
		{"brace in a brace", "notices/filed.en.md", "{contact}", "{con{tact}", "words", "", "brace"},
		{"empty subject", "notices/filed.en.md", "# A record about you was filed", "# ", "words", "# ", "subject is empty"},
		{"title in one language", "sources/cn-pipl.txt", "title-en: Personal Information Protection Law of the PRC\n", "", "words", "kind: law", "language en"},
	}
}

func TestCompile_brokenPacks(t *testing.T) {
	t.Parallel()
	whole := files(t)
	for _, b := range brokenPacks() {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			f := maps.Clone(whole)
			if !strings.Contains(f[b.file], b.old) {
				t.Fatalf("%s does not hold %q", b.file, b.old)
			}
			f[b.file] = strings.Replace(f[b.file], b.old, b.new, 1)
			p, err := load(f)
			if err == nil {
				t.Fatalf("the pack was loaded: %s", p.Version)
			}
			expect(t, err, b, f[b.file])
		})
	}
}

// expect looks for a fault of the rule that says so, on the line of the mark.
func expect(t *testing.T, err error, b broken, text string) {
	t.Helper()
	var all lawfile.Faults
	if !errors.As(err, &all) {
		t.Fatalf("%T: %v", err, err)
	}
	line := 0
	if b.mark != "" {
		line = strings.Count(text[:strings.Index(text, b.mark)], "\n") + 1
	}
	for _, one := range all {
		if one.File == "" || one.Line < 1 || one.Rule == "" || one.Text == "" || one.Fix == "" {
			t.Errorf("fault without file, line, rule, text or remedy: %+v", one)
		}
		if one.Rule == b.rule && strings.Contains(one.Text, b.says) && (line == 0 || one.File == b.file && one.Line == line) {
			return
		}
	}
	t.Errorf("no fault of rule %s at %s:%d saying %q in\n%v", b.rule, b.file, line, b.says, err)
}

func TestCompile_missingParts(t *testing.T) {
	t.Parallel()
	whole := files(t)
	for _, c := range []struct{ gone, rule string }{
		{"types/market-penalty.yaml", "name"}, {"notices/filed.zh.md", "words"}, {"sources/cn-nurses.txt", "cite"},
		{"pack.yaml", "form"}, {"bodies.yaml", "form"}, {"purposes.yaml", "form"}, {"deadlines.yaml", "form"}, {"retention.yaml", "form"},
	} {
		f := maps.Clone(whole)
		delete(f, c.gone)
		_, err := load(f)
		if err == nil || !strings.Contains(err.Error(), "["+c.rule+"]") {
			t.Errorf("without %s: %v", c.gone, err)
		}
	}
	f := maps.Clone(whole)
	for name := range whole {
		if strings.HasPrefix(name, "types/") {
			delete(f, name)
		}
	}
	if _, err := load(f); err == nil || !strings.Contains(err.Error(), "no type of record") {
		t.Errorf("without types: %v", err)
	}
	f = maps.Clone(whole)
	f["types/Penalty.yaml"] = strings.Replace(whole["types/market-penalty.yaml"], "type: market-penalty", "type: Penalty", 1)
	if _, err := load(f); err == nil || !strings.Contains(err.Error(), "types/Penalty.yaml:1: [form] The code of the type") {
		t.Errorf("with a type of another form: %v", err)
	}
	f = maps.Clone(whole)
	f["notices/gossip.zh.md"] = "# 示例\n\n示例\n"
	if _, err := load(f); err == nil || !strings.Contains(err.Error(), "no wording of this kind") {
		t.Errorf("with an unknown wording: %v", err)
	}
}

// TestHash: each byte of a pack is under its hash, the samples are not.
func TestHash(t *testing.T) {
	t.Parallel()
	p := sample(t)
	f := files(t)
	f["samples/more.csv"] = "anything"
	again, err := load(f)
	if err != nil || again.Version != p.Version {
		t.Errorf("samples changed the version: %v", err)
	}
	f["cases/market-penalty.txtar"] += "\n"
	other, err := load(f)
	if err != nil || other.Version == p.Version {
		t.Errorf("a changed file left the version alone: %v", err)
	}
	if want := fmt.Sprintf("sample@%x", p.Hash[:6]); p.Version != want {
		t.Errorf("version %s, want %s", p.Version, want)
	}
}

package wall_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/notice/noticepg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
	"recourse/internal/vault"
	"recourse/internal/when"
	"recourse/packs"
)

// atOnce is an edit after which a suspension of a physician has effect at once towards
// the health authority of the province, and can be put off once.
func atOnce(file, text string) string {
	if file != "types/physician-suspension.yaml" {
		return text
	}
	all, err := packs.FS.ReadFile("cn-hubei/fields.yaml")
	if err != nil {
		panic(err)
	}
	_, set, _ := strings.Cut(string(all), "- set: status-decision\n    fields:\n")
	set, _, _ = strings.Cut(set, "\n  - set:")
	set = strings.ReplaceAll("\n"+set, "\n    ", "\n")
	for _, name := range []string{"heard_on\n    kind: date", "hearing\n    kind: state"} {
		set = strings.Replace(set, "- name: "+name+"\n    required: true", "- name: "+name, 1)
	}
	text = strings.Replace(text, "fields_from: status-decision\nfields:\n", `fields:
  - name: extended_to
    kind: date
    labels: {zh: 延长到, en: Extended to}`+set, 1)
	const cite = `{cite: "cn-physicians#55", status: unverified}`
	const within = "{value: %d, unit: calendar days, start: date of the decision, scope: [furnisher], from: 2025-01-01, basis: " + cite + "}"
	return strings.Replace(text, "deliver_within:\n", "immediate:\n  basis: "+cite+"\n  recipients: [hubei-health]\n  within: "+fmt.Sprintf(within, 15)+
		"\n  extended:\n    until: extended_to\n    within: "+fmt.Sprintf(within, 10)+"\ndeliver_within:\n", 1)
}

// ward is a house in which health authorities file and ask, over HTTP, and nobody
// works: whatever is true is so by itself.
type ward struct {
	*housetest.Fixture
	*furnish.Service
	pack    *law.Pack
	keys    *vault.Sealer
	api     *apikit.API
	clock   *clock.Clock
	clerks  map[string]party.Clerk
	records *dossierpg.Store
	asked   int
}

func openWard(t *testing.T, edits ...func(file, text string) string) *ward {
	t.Helper()
	f := housetest.DB(t)
	o := &office{Fixture: f, keys: housetest.Keys(t, f, housetest.Vault(t, f)), pack: housetest.Pack(t, append(edits, withoutCeilings)...)}
	publisher := o.publisher()
	parties, deliveries := partypg.NewStore(f.App, publisher), furnishpg.NewStore(f.App, publisher)
	w := &ward{Fixture: f, pack: o.pack, keys: o.keys, clock: &clock.Clock{}, clerks: map[string]party.Clerk{}, records: dossierpg.NewStore(f.App, publisher)}
	letters := &notice.Service{Store: noticepg.NewStore(f.App, publisher), Shelf: law.One(o.pack)}
	w.Service = &furnish.Service{Shelf: law.One(o.pack), Store: deliveries, Registrar: parties, Merger: w.records, Keys: o.keys, Unit: deliveries, Files: &furnishfile.Opener{}, Chance: rand.Reader,
		TellAtOnce: func(ctx context.Context, list []dossier.Told, now time.Time) error {
			owed := make([]notice.Owed, len(list))
			for i, told := range list {
				owed[i] = notice.Owed{Person: told.Person, Kind: law.AtOnce, Record: told.Record, Version: told.Version}
			}
			_, err := letters.Owe(ctx, owed, now)
			return err
		}}
	people := &party.Service{Store: parties, Tokener: o.keys, Sealer: o.keys, Chance: rand.Reader, Zone: o.pack.Zone}
	f.Exec(t, "insert into party.body (body, code) values (gen_random_uuid(), 'wuhan-health')")
	for _, body := range []string{"hubei-health", "wuhan-health"} {
		clerk, err := people.AddClerk(t.Context(), body, "sample-1", f.Today().AddYears(1), f.Now())
		if err != nil {
			t.Fatal(err)
		}
		w.clerks[body] = clerk
	}
	signer, err := signkit.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	routes, err := inquiryapi.Routes(inquiryapi.Config{Service: o.asking(f.App), Bodies: w.code, Admit: func(ctx context.Context, p apikit.Presented, _ time.Time, id *party.Identity) (who party.Admitted, err error) {
		who.Clerk = w.clerks[strings.TrimPrefix(p.Token, "rct_")]
		if id != nil {
			who.About.Person, who.About.There, err = people.Find(ctx, *id)
		}
		return who, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	if w.api, err = apikit.New(apikit.Config{Clock: w.clock, Chance: rand.Reader, Log: slog.New(slog.DiscardHandler), Signer: signer, Title: "Test", Version: "0", Routes: routes}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *ward) code(b ref.Body) (string, bool) {
	for code, clerk := range w.clerks {
		if clerk.Body.ID == b {
			return code, true
		}
	}
	return "", false
}

// file sends one row of a body, and returns what is wrong with it.
func (w *ward) file(t *testing.T, body, typ string, row map[string]string) []furnish.Finding {
	t.Helper()
	findings, err := w.try(t, body, typ, row)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

func (w *ward) try(t *testing.T, body, typ string, row map[string]string) ([]furnish.Finding, error) {
	t.Helper()
	kind, _ := w.pack.Type(typ)
	header := kind.Columns()
	cells := make([]string, len(header))
	for i, name := range header {
		cells[i] = row[name]
	}
	w.asked++
	report, err := w.Deliver(t.Context(), w.clerks[body], furnish.Request{Key: fmt.Sprint("delivery-", w.asked), Type: typ}, strings.NewReader(strings.Join(header, ",")+"\n"+strings.Join(cells, ",")+"\n"), w.Now())
	return report.Findings, err
}

// registered files a registration, which is in force at once.
func (w *ward) registered(t *testing.T, body string, id string) {
	t.Helper()
	day := w.Today().AddDays(-100).String()
	if f := w.file(t, body, "physician-registration", map[string]string{"id_type": "cn-id", "id_number": id, "name": "示例人甲", "version": "1", "licence_number": "110999999000101", "issued_by": body,
		"decision_number": "示例注〔2026〕" + id[14:17] + "号", "registered_on": day, "grade": "执业医师"}); len(f) > 0 {
		t.Fatal(f)
	}
}

// suspended is a row about a decision of a day on which nobody was heard.
func (w *ward) suspended(id string, decided when.Date, version int, change ...string) map[string]string {
	row := map[string]string{"id_type": "cn-id", "id_number": id, "name": "示例人甲", "source_ref": "示例-" + id, "version": fmt.Sprint(version), "decided_by": "wuhan-health", "decision_number": "示例停〔2026〕" + id[14:17] + "号",
		"decided_on": decided.String(), "effective_on": decided.String(), "ends_on": decided.AddDays(180).String(), "licence_number": "110999999000101", "provision": "article-57", "reason": "示例"}
	for i := 0; i+1 < len(change); i += 2 {
		row[change[i]] = change[i+1]
	}
	return row
}

// ask asks in a case of its own, and says what came back: the outcome, and of each type
// how it is shown.
func (w *ward) ask(t *testing.T, body, id string) string {
	t.Helper()
	w.asked++
	w.clock.Shift(time.Until(w.Now()))
	req := httptest.NewRequest("POST", apikit.Prefix+"/inquiries", strings.NewReader(fmt.Sprintf(
		`{"purpose":"physician-registration-change","basis":"statute","case":"PC2026-%06d","person":{"id_type":"cn-id","id_number":%q}}`, w.asked, id)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", fmt.Sprint("k", w.asked))
	req.Header.Set("Authorization", "Bearer rct_"+body)
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, req)
	var r inquiryapi.Result
	if err := json.Unmarshal(rec.Body.Bytes(), &r); err != nil || rec.Code != 200 {
		t.Fatalf("%d %s %v", rec.Code, rec.Body, err)
	}
	if err := w.api.Conforms("POST /api/v1/inquiries", rec.Code, rec.Header(), rec.Body.Bytes()); err != nil {
		t.Error(err)
	}
	out := []string{r.Outcome}
	for _, one := range r.Records {
		text := strings.TrimPrefix(one.Type, "physician-")
		if one.Provisional {
			text += " provisional until " + one.DisplayEnd
		}
		out = append(out, text)
	}
	for _, one := range r.Refer {
		out = append(out, "ask about "+strings.TrimPrefix(one.Type, "physician-")+" "+one.Ask)
	}
	slices.Sort(out[1:])
	return strings.Join(out, ", ")
}

const blank = "nothing to show"

// Rules C3: a decision for danger to life is shown at once to the body that the statute
// names, marked provisional, and to nobody else; the letter is owed with it; and it ends
// by itself with no worker alive.
func TestAtOnce_endsByItself(t *testing.T) {
	t.Parallel()
	w := openWard(t, atOnce)
	decided, alone, both := w.Today(), cnID(1), cnID(2)
	w.registered(t, "hubei-health", both)
	for _, id := range []string{alone, both} {
		if f := w.file(t, "wuhan-health", "physician-suspension", w.suspended(id, decided, 1)); len(f) > 0 {
			t.Fatal(f)
		}
	}
	provisional := "suspension provisional until " + decided.AddDays(15).String()
	w.expect(t, "at once", alone, "records, "+provisional, blank)
	w.expect(t, "at once, beside the registration", both, "records, registration, "+provisional, "ask the issuing authority, ask about registration hubei-health")
	if got := housetest.Ask[string](t, w.Fixture, "select string_agg(distinct o.kind || ' ' || o.version, ',') || ' ' || count(*) from notice.owed o join dossier.record r on r.person = o.person and r.record = o.record where o.owed_at = r.received_at"); got != "at-once 1 2" {
		t.Errorf("letters that were owed with the records: %s", got)
	}
	// The letter is opened and the time to answer runs out: nobody was heard all the same.
	n, err := w.records.TakeEffect(t.Context(), w.told(t), w.Now().Add(-time.Hour), w.Now())
	if err != nil || n != 0 {
		t.Errorf("%d decisions without a hearing took effect, %v", n, err)
	}
	w.MoveTo(t, decided.AddDays(15))
	w.expect(t, "on the last day", alone, "records, "+provisional, blank)
	w.MoveTo(t, decided.AddDays(16))
	w.expect(t, "when it has ended by itself", alone, blank, blank)
	w.expect(t, "when it has ended by itself, the registration", both, "records, registration", "records, registration")
	if got := housetest.Ask[string](t, w.Fixture, "select string_agg(state, ',') from dossier.record where type = 'physician-suspension'"); got != "noticed,noticed" {
		t.Errorf("somebody worked: %s", got)
	}
	// The control: it is that day that ends it.
	w.Exec(t, "update dossier.record set unheard_until = unheard_until + 30 where unheard_until is not null")
	if got := w.ask(t, "hubei-health", alone); got == blank {
		t.Error("control: with another last day it is not shown either")
	}
}

// told is what letters are owed about.
func (w *ward) told(t *testing.T) []dossier.Told {
	t.Helper()
	persons := housetest.Ask[[]ref.Person](t, w.Fixture, "select array_agg(person order by record) from dossier.record where told > 0")
	records := housetest.Ask[[]ref.Record](t, w.Fixture, "select array_agg(record order by record) from dossier.record where told > 0")
	versions := housetest.Ask[[]int32](t, w.Fixture, "select array_agg(told order by record) from dossier.record where told > 0")
	out := make([]dossier.Told, len(records))
	for i := range out {
		out[i] = dossier.Told{Person: persons[i], Record: records[i], Version: versions[i]}
	}
	return out
}

// expect compares what the named body and the other are told.
func (w *ward) expect(t *testing.T, when, id, named, other string) {
	t.Helper()
	if got := w.ask(t, "hubei-health", id); got != named {
		t.Errorf("%s: the body that the statute names is told %q, want %q", when, got, named)
	}
	if got := w.ask(t, "wuhan-health", id); got != other {
		t.Errorf("%s: another is told %q, want %q", when, got, other)
	}
}

// Rules C3: a hearing whose outcome comes in time keeps the effect until the decision
// has any other; one that comes late does not bring it back.
func TestAtOnce_hearing(t *testing.T) {
	t.Parallel()
	w := openWard(t, atOnce)
	decided, inTime, late := w.Today(), cnID(1), cnID(2)
	for _, id := range []string{inTime, late} {
		w.file(t, "wuhan-health", "physician-suspension", w.suspended(id, decided, 1))
	}
	w.MoveTo(t, decided.AddDays(10))
	heard := []string{"heard_on", decided.AddDays(8).String(), "hearing", "hearing"}
	if f := w.file(t, "wuhan-health", "physician-suspension", w.suspended(inTime, decided, 2, heard...)); len(f) > 0 {
		t.Fatal(f)
	}
	lasting := "records, suspension provisional until " + decided.AddDays(180).String()
	w.MoveTo(t, decided.AddDays(20))
	w.expect(t, "heard in time", inTime, lasting, blank)
	w.expect(t, "not heard", late, blank, blank)
	if f := w.file(t, "wuhan-health", "physician-suspension", w.suspended(late, decided, 2, heard...)); len(f) > 0 {
		t.Fatal(f)
	}
	w.expect(t, "heard late", late, blank, blank)
	if got := housetest.Ask[string](t, w.Fixture, "select string_agg(told || ' ' || at_once, ', ' order by at_once) from dossier.record"); got != "2 false, 2 true" {
		t.Errorf("letters about the hearings: %s", got)
	}
	if n, err := w.records.TakeEffect(t.Context(), w.told(t), w.Now().Add(time.Hour), w.Now()); err != nil || n != 2 {
		t.Fatalf("%d took effect, %v", n, err)
	}
	w.expect(t, "the time to answer runs", inTime, lasting, blank)
	w.Move(t, 2*time.Hour)
	for _, id := range []string{inTime, late} {
		w.expect(t, "the time to answer is over", id, "records, suspension", "records, suspension")
	}
}

// Rules C3: the effect is extended once, in time and with reasons, which are told.
func TestAtOnce_extended(t *testing.T) {
	t.Parallel()
	w := openWard(t, atOnce)
	decided, once, over := w.Today(), cnID(1), cnID(2)
	for _, id := range []string{once, over} {
		w.file(t, "wuhan-health", "physician-suspension", w.suspended(id, decided, 1))
	}
	until := func(days int) []string { return []string{"extended_to", decided.AddDays(days).String()} }
	for name, row := range map[string]map[string]string{
		"beyond what the type allows": w.suspended(once, decided, 2, until(26)...),
		"before its end":              w.suspended(once, decided, 2, until(15)...),
		"without reasons":             w.suspended(once, decided, 2, append(until(20), "reason", "")...),
	} {
		if f := w.file(t, "wuhan-health", "physician-suspension", row); len(f) != 1 || f[0].Code != "E-EXTENSION" || f[0].Rule != "C3" {
			t.Errorf("%s: %v", name, f)
		}
	}
	if f := w.file(t, "wuhan-health", "physician-suspension", w.suspended(once, decided, 2, append(until(20), "reason", "示例：延长的理由")...)); len(f) > 0 {
		t.Fatal(f)
	}
	if got := housetest.Ask[int](t, w.Fixture, "select count(*) from notice.owed where kind = 'at-once' and version = 2"); got != 1 {
		t.Errorf("%d letters tell the reasons", got)
	}
	w.MoveTo(t, decided.AddDays(17))
	shown := "records, suspension provisional until " + decided.AddDays(20).String()
	w.expect(t, "extended", once, shown, blank)
	w.file(t, "wuhan-health", "physician-suspension", w.suspended(once, decided, 3, until(25)...))
	w.expect(t, "extended twice", once, shown, blank)
	w.file(t, "wuhan-health", "physician-suspension", w.suspended(over, decided, 2, until(25)...))
	w.expect(t, "extended when it was over", over, blank, blank)
	w.MoveTo(t, decided.AddDays(21))
	w.expect(t, "when the extension has ended", once, blank, blank)
}

// Rules C3: what cannot be told with the record is not kept.
func TestAtOnce_toldWithIt(t *testing.T) {
	t.Parallel()
	w := openWard(t, atOnce)
	works := w.TellAtOnce
	for name, tell := range map[string]func(context.Context, []dossier.Told, time.Time) error{
		"nobody tells": nil, "telling fails": func(context.Context, []dossier.Told, time.Time) error { return errors.New("sample") },
	} {
		w.TellAtOnce = tell
		if _, err := w.try(t, "wuhan-health", "physician-suspension", w.suspended(cnID(1), w.Today(), 1)); err == nil {
			t.Errorf("%s: it was taken", name)
		}
		if n := housetest.Ask[int](t, w.Fixture, "select (select count(*) from dossier.record) + (select count(*) from notice.owed)"); n != 0 {
			t.Errorf("%s: %d rows were kept", name, n)
		}
	}
	w.TellAtOnce = works
	if f := w.file(t, "wuhan-health", "physician-suspension", w.suspended(cnID(1), w.Today(), 1)); len(f) > 0 {
		t.Errorf("control: %v", f)
	}
}

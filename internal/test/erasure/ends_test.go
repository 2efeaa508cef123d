package erasure_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/retention"
	"recourse/internal/retention/retentionpg"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// Rules E1, E2: the receipt names the rule, the time and the bound; there is none
// before the vault has forgotten, for what is there, or for somebody else.
func TestReceipt(t *testing.T) {
	t.Parallel()
	h := open(t, newModule())
	own, early, live := h.file(t, h.Today()+1), h.file(t, h.Today().AddYears(2)), h.file(t, h.Today().AddYears(2))
	h.routes(0)["repaired"](t, early)
	if _, err := h.takes.Signed(t.Context(), h.person, early, h.Now()); code(err) != "E-ERASURE-EARLY" {
		t.Errorf("before the vault has forgotten: %v", err)
	}
	ended := h.Today()
	h.tend(t)
	note, err := h.takes.Signed(t.Context(), h.person, early, h.Now())
	must(t, err)
	for _, want := range []string{"sample.invalid/erasures/" + early.String() + "\nerasure v1\n", "type " + recordType, "source " + source, "why repaired\nrule sample\n", "erased 20", fmt.Sprintf("unreadable everywhere from %s\n", ended+8)} {
		if !strings.Contains(note, want) {
			t.Errorf("the receipt does not say %q:\n%s", want, note)
		}
	}
	h.MoveTo(t, h.Today()+2)
	h.tend(t)
	note, err = h.takes.Signed(t.Context(), h.person, own, h.Now())
	must(t, err)
	if !strings.Contains(note, "why retention ended\nrule retention.penalty.retain\nlaw registry-policy#after-display\n") || !strings.Contains(note, fmt.Sprintf("from %s\n", h.Today()+8)) {
		t.Errorf("an end on its own day:\n%s", note)
	}
	for what, r := range map[string]ref.Record{"what is there": live, "nothing": housetest.Mint[ref.Record](t), "no number": {}} {
		if _, err := h.takes.Signed(t.Context(), h.person, r, h.Now()); code(err) != "E-ERASURE" {
			t.Errorf("a receipt for %s: %v", what, err)
		}
	}
	if _, err := h.takes.Signed(t.Context(), housetest.Mint[ref.Person](t), early, h.Now()); code(err) != "E-ERASURE" {
		t.Errorf("somebody else's receipt: %v", err)
	}
	all, err := h.takes.All(t.Context(), h.person, h.Now())
	if n := strings.Count(all, "erasure v1\n"); n != 2 || err != nil {
		t.Errorf("%d receipts of two erasures, %v", n, err)
	}
}

// Rules E3: what is left of a repaired record holds no content, counts nowhere and ends
// on the day on which the record would have ended.
func TestRestorationEntry(t *testing.T) {
	t.Parallel()
	h := open(t, newModule())
	last := h.Today() + 40
	r := h.file(t, last)
	h.routes(0)["repaired"](t, r)
	h.tend(t)
	type row struct {
		State         string
		Content, Mark bool
		Ended         string
	}
	entry := func() row {
		return housetest.Ask[row](t, h.Fixture, "select (state, box is not null or nonce is not null, mark is not null or weight is not null, coalesce(ended_why, '')) from dossier.record where record = $1", r)
	}
	if got := entry(); got != (row{"repaired", false, false, "repaired"}) {
		t.Errorf("the entry is %+v", got)
	}
	if h.ask(t)[r] {
		t.Error("it is shown")
	}
	if housetest.Ask[bool](t, h.Fixture, "select dossier.stands(state, display_end, hide_why, hide_from, hide_until, now(), current_date) from dossier.record where record = $1", r) {
		t.Error("it stands against a licence")
	}
	h.MoveTo(t, last)
	if h.tend(t); entry().State != "repaired" {
		t.Errorf("on its last day: %+v", entry())
	}
	h.MoveTo(t, last+1)
	if h.tend(t); entry().State != "erased" {
		t.Errorf("the day after: %+v", entry())
	}
}

// Rules E2: a copy can be taken while the content is there, by its person alone.
func TestCopy(t *testing.T) {
	t.Parallel()
	h := open(t, newModule())
	r := h.file(t, h.Today()+1)
	note, err := h.takes.Copy(t.Context(), h.person, r, h.Now())
	must(t, err)
	_, content, _ := strings.Cut(note, "\ncontent ")
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(content))
	if err != nil || !strings.Contains(string(plain), "SAMPLE-"+r.String()) || !strings.HasPrefix(note, "sample.invalid/records/"+r.String()+"\ncopy v1\nversion 1\n") {
		t.Errorf("%v\n%s\n%s", err, note, plain)
	}
	if _, err := h.takes.Copy(t.Context(), housetest.Mint[ref.Person](t), r, h.Now()); code(err) != "E-RECORD" {
		t.Errorf("somebody else's copy: %v", err)
	}
	h.MoveTo(t, h.Today()+2)
	h.tend(t)
	if _, err := h.takes.Copy(t.Context(), h.person, r, h.Now()); code(err) != "E-COPY-GONE" {
		t.Errorf("a copy of what was erased: %v", err)
	}
}

// Rules E2: thirty days before the end, each is offered once, whether or not the worker
// was alive on the day.
func TestOffer(t *testing.T) {
	t.Parallel()
	h := open(t, newModule())
	h.shortens.Store = retentionpg.NewStore(h.Keeper, housetest.Publisher(map[string][]string{"retention.offered": {"sample"}}))
	from := h.Today()
	in := map[int]ref.Record{}
	for _, days := range []int{5, 30, 31, 34, 40} {
		in[days] = h.file(t, from.AddDays(days))
	}
	offered := func() map[ref.Record]int {
		t.Helper()
		out := map[ref.Record]int{}
		for _, refs := range housetest.Ask[[]string](t, h.Fixture, "select coalesce(array_agg(refs->>'records'), '{}') from ledger.outbox where kind = 'retention.offered'") {
			list, err := dossier.ParseTold(refs)
			must(t, err)
			for _, told := range list {
				out[told.Record]++
			}
		}
		return out
	}
	for _, step := range []struct {
		after int
		want  []int
	}{{0, []int{5, 30}}, {0, []int{5, 30}}, {1, []int{5, 30, 31}}, {9, []int{5, 30, 31, 34}}, {10, []int{5, 30, 31, 34, 40}}} {
		h.MoveTo(t, from.AddDays(step.after))
		h.tend(t)
		got := offered()
		for _, days := range step.want {
			if got[in[days]] != 1 {
				t.Errorf("after %d days the record of day %d was offered %d times", step.after, days, got[in[days]])
			}
		}
		if len(got) != len(step.want) {
			t.Errorf("after %d days %d were offered, want %d", step.after, len(got), len(step.want))
		}
	}
	soon, err := h.records.Ending(t.Context(), h.person, h.Today(), h.Today().AddDays(retention.Offered))
	if err != nil || len(soon) != 4 || soon[0].RetainEnd > soon[3].RetainEnd {
		t.Errorf("on the person's page: %v, %v", soon, err)
	}
}

// shorter is the pack with a year less of retention of penalties.
func shorter(file, text string) string {
	if file != "retention.yaml" {
		return text
	}
	before, rest, _ := strings.Cut(text, "- class: penalty")
	return before + "- class: penalty" + strings.Replace(rest, "value: 2\n      unit: years", "value: 400\n      unit: calendar days", 1)
}

// Rules E1: a shortened retention shows how many it concerns, waits seven days, leaves
// time to take a copy, and never lets anything end later.
func TestShorten(t *testing.T) {
	t.Parallel()
	h := open(t, newModule())
	ends := func(r ref.Record) when.Date {
		return pgDate(housetest.Ask[time.Time](t, h.Fixture, "select retain_end::timestamp at time zone 'UTC' from dossier.record where record = $1", r))
	}
	long, near := h.file(t, h.Today().AddYears(2)), h.file(t, h.Today()+20)
	if list, err := h.shortens.Look(t.Context(), h.Now()); err != nil || len(list) != 0 {
		t.Fatalf("under the pack that gave the ends: %v, %v", list, err)
	}
	if _, err := h.shortens.Shorten(t.Context(), h.Now()); code(err) != "E-SHORTEN-NONE" {
		t.Errorf("nothing to shorten: %v", err)
	}
	h.shortens.Shelf = law.One(housetest.Pack(t, shorter))
	plan, err := h.shortens.Shorten(t.Context(), h.Now())
	if err != nil || plan.Records != 1 || plan.DueAt.Sub(h.Now()) < 7*24*time.Hour-time.Minute {
		t.Fatalf("%+v, %v", plan, err)
	}
	if _, err := h.shortens.Shorten(t.Context(), h.Now()); code(err) != "E-SHORTEN-WAITS" {
		t.Errorf("a second one: %v", err)
	}
	was := ends(long)
	h.Move(t, 6*24*time.Hour)
	if h.tend(t); ends(long) != was {
		t.Error("it did not wait seven days")
	}
	must(t, h.shortens.Stop(t.Context(), plan.ID, h.Now()))
	if err := h.shortens.Stop(t.Context(), plan.ID, h.Now()); code(err) != "E-SHORTEN" {
		t.Errorf("stopped twice: %v", err)
	}
	h.Move(t, 5*24*time.Hour)
	if h.tend(t); ends(long) != was {
		t.Error("what was stopped went on")
	}
	_, err = h.shortens.Shorten(t.Context(), h.Now())
	must(t, err)
	h.Move(t, 8*24*time.Hour)
	h.tend(t)
	start := h.began
	if got := ends(long); got != start.AddDays(400) || ends(near) != start+20 {
		t.Errorf("%s ends on %s, want %s; the near one on %s", long, got, start.AddDays(400), ends(near))
	}
	h.shortens.Shelf = law.One(h.pack)
	if list, err := h.shortens.Look(t.Context(), h.Now()); err != nil || len(list) != 0 {
		t.Errorf("a longer retention would lengthen: %v, %v", list, err)
	}
	h.MoveTo(t, start.AddDays(401))
	h.tend(t)
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from vault.intent where reason = 'shortened' and done_at is not null"); n != 1 {
		t.Errorf("%d leaves were forgotten before the day of their epoch", n)
	}
	got, err := h.takes.Receipts(t.Context(), h.person, long, h.Now())
	if err != nil || len(got) != 1 || got[0].Unreadable != h.Today()+8 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := h.Keeper.Exec(t.Context(), "insert into retention.shortening (shortening, pack, made_at, due_at, records, state) values (gen_random_uuid(), 'x', now(), now() + interval '6 days', 1, 'waiting')"); pgkit.Code(err) != pgkit.CheckViolation {
		t.Errorf("one that does not wait is kept: %v", err)
	}
}

func pgDate(at time.Time) when.Date { return when.In(at, time.UTC) }

// Rules E4: another person's record leaves A's file, its look-up rows stay; the incident
// knows who was shown it; B's notice begins anew and B learns to whom it was shown, A
// nothing of B.
func TestWrongPerson(t *testing.T) {
	t.Parallel()
	h := open(t, newModule())
	r := h.file(t, h.Today().AddYears(2))
	if !h.ask(t)[r] {
		t.Fatal("it is not shown before the contest")
	}
	h.contested(t, r, dispute.WrongPerson, dispute.Withdrawn)
	if h.ask(t)[r] {
		t.Error("it is shown after the finding")
	}
	why := housetest.Ask[string](t, h.Fixture, "select refs->>'why' from ledger.journal where kind = 'dossier.withdrawn' and stream = $1", h.person)
	if why != string(dossier.OfAnother) {
		t.Errorf("it was withdrawn because %q", why)
	}
	for again, want := range []bool{true, false} {
		if opened, err := h.looks.Found(t.Context(), h.person, r, h.Now(), h.Now()); opened != want || err != nil {
			t.Fatalf("round %d: opened %v, %v", again, opened, err)
		}
	}
	affected, err := h.looks.Store.Affected(t.Context(), r)
	if err != nil || len(affected) != 1 || affected[0].Body != h.Bodies[asker].ID {
		t.Errorf("affected: %+v, %v", affected, err)
	}
	other := housetest.Sample(t, 77)
	b := h.Register(t, h.keys, other, h.Today().AddYears(8))
	anew := housetest.Mint[ref.Record](t)
	start := h.Today() - 100
	refile := func(p ref.Person, was ref.Record) error {
		batch := dossier.Batch{Delivery: housetest.Mint[ref.Delivery](t), Source: h.Bodies[source].ID, Type: recordType, Pack: h.pack.Version, Negative: true, Now: h.Now()}
		batch.New = []dossier.Written{h.sealed(t, dossier.Written{Person: p, Record: anew, MAC: r, Order: 2, Start: start, DisplayEnd: h.Today().AddYears(1), RetainEnd: h.Today().AddYears(2), Moved: was})}
		return h.records.Merge(t.Context(), batch)
	}
	kept := h.file(t, h.Today().AddYears(2))
	if err := refile(b, kept); err == nil {
		t.Error("the ref of a record that stands was moved")
	}
	must(t, refile(b, r))
	type row struct {
		State string
		Start time.Time
	}
	if got := housetest.Ask[row](t, h.Fixture, "select (state, start_on::timestamp at time zone 'UTC') from dossier.record where record = $1", anew); got.State != "noticed" || pgDate(got.Start) != start {
		t.Errorf("B's record is %+v", got)
	}
	heads, err := h.records.Heads(t.Context(), h.Bodies[source].ID, [][16]byte{r})
	if err != nil || heads[r].Person != b || heads[r].Record != anew {
		t.Errorf("the ref leads to %+v, %v", heads[r], err)
	}
	if n, found, err := h.looks.Store.Refiled(t.Context(), r, b, anew); n != 1 || !found || err != nil {
		t.Errorf("shown %d, %v, %v", n, found, err)
	}
	if shown, err := h.looks.Store.Shown(t.Context(), b, anew); err != nil || len(shown) != 1 || shown[0].Body != h.Bodies[asker].ID {
		t.Errorf("B is told: %+v, %v", shown, err)
	}
	if shown, err := h.looks.Store.Shown(t.Context(), h.person, anew); err != nil || len(shown) != 0 {
		t.Errorf("A is told: %+v, %v", shown, err)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from inquiry.access where person = $1 and $2 = any (records) and basis = 'statute'", h.person, r); n != 1 {
		t.Errorf("%d of A's look-up rows stay", n)
	}
	export := h.export(t)
	for what, mark := range map[string]string{"content": "SAMPLE-" + r.String(), "new record": anew.String(), "key": fmt.Sprintf("%x", b[:]), "number": other.Number, "name": other.Name} {
		if strings.Contains(export, mark) || strings.Contains(strings.ReplaceAll(export, "-", ""), mark) {
			t.Errorf("A's export has B's %s", what)
		}
	}
	if !strings.Contains(export, r.String()) || !strings.Contains(export, "wrong person") {
		t.Errorf("control: A's export does not name what ended:\n%.2000s", export)
	}
}

// export is all that is kept about the person, as text: their file, its receipts, the
// papers of contests, and every row of a table that names them.
func (h *house) export(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	file, err := h.takes.Records.File(t.Context(), h.person, dossier.Part{N: 100}, h.Now())
	must(t, err)
	fmt.Fprintf(&out, "%+v\n", file)
	h.tend(t)
	all, err := h.takes.All(t.Context(), h.person, h.Now())
	must(t, err)
	out.WriteString(all)
	contests, err := h.contests.List(t.Context(), h.person)
	must(t, err)
	for _, c := range contests {
		papers, err := h.contests.File(t.Context(), h.person, c.ID, h.Now())
		must(t, err)
		fmt.Fprintf(&out, "%+v\n", papers)
	}
	for table, key := range map[string]string{"dossier.record": "person", "inquiry.access": "person", "notice.owed": "person", "vault.intent": "person", "ledger.journal": "stream"} {
		out.WriteString(housetest.Ask[string](t, h.Fixture, "select coalesce(string_agg(t::text, chr(10)), '') from "+table+" t where "+key+" = $1", h.person))
	}
	return out.String()
}

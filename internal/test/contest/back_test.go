package contest_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// sender is the body whose records are contested, with two officers, sending for real.
type sender struct {
	house
	furnish.Service
	second party.Clerk
	sent   int
}

func openSender(t *testing.T) *sender {
	t.Helper()
	s := &sender{house: open(t), sent: 100}
	publisher := housetest.Publisher(map[string][]string{"dossier.noticed": {"sample"}, "dossier.readmitted": {"sample"}})
	parties, deliveries := partypg.NewStore(s.App, publisher), furnishpg.NewStore(s.App, publisher)
	s.Service = furnish.Service{Shelf: law.One(s.pack), Store: deliveries, Registrar: parties, Merger: dossierpg.NewStore(s.App, publisher), Keys: s.keys, Unit: deliveries, Files: &furnishfile.Opener{}, Chance: rand.Reader}
	service := &party.Service{Store: parties, Chance: rand.Reader, Zone: s.pack.Zone}
	var err error
	if s.second, err = service.AddClerk(t.Context(), source, "8", s.Today().AddYears(3), s.Now()); err != nil {
		t.Fatal(err)
	}
	return s
}

// send files a penalty of the person and says what became of it: outcome and code.
func (s *sender) send(t *testing.T, action, number, decision, fine string) string {
	t.Helper()
	s.sent++
	who := housetest.Sample(t, 1)
	rows := "action,id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n" +
		fmt.Sprintf("%s,cn-id,%s,%s,%s,%d,hubei-market,%s,2026-01-10,罚款,%s,武汉市,示例。\n", action, who.Number, who.Name, "示例-"+strings.NewReplacer("A", "1", "B", "2", "C", "3").Replace(number), s.sent, decision, fine)
	r, err := s.Deliver(t.Context(), s.filer, furnish.Request{Key: fmt.Sprint("sample-", s.sent), Type: recordType}, strings.NewReader(rows), s.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) > 0 {
		return r.Findings[0].Code
	}
	c := r.Delivery.Counts
	switch {
	case c.New == 1:
		return "new"
	case c.Changed == 1:
		return "changed"
	}
	return fmt.Sprintf("%+v", c)
}

// latest is the person's record that came last, in force from now on.
func (s *sender) latest(t *testing.T) ref.Record {
	t.Helper()
	s.Exec(t, "update dossier.record set state = 'in force', effect_at = now() - interval '1 day' where state = 'noticed'")
	id := housetest.Ask[[16]byte](t, s.Fixture, "select s.record from dossier.source_ref s join dossier.record r on r.person = s.person and r.record = s.record where r.source_order = $1", s.sent)
	return id
}

// certified has two officers of the source certify that a refuted record is right.
func (s *sender) certified(t *testing.T, c dispute.Contest) dispute.Contest {
	t.Helper()
	word := dispute.Certified{Officer: "示例 Officer", Whole: true, Reasons: "SAMPLE-REASONS", File: dispute.Upload{Name: "copy.pdf", Data: []byte("%PDF-1.7 sample")}}
	if _, err := s.Certify(t.Context(), s.filer, c.ID, word, s.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Question(t.Context(), s.second, c.ID, s.Now()); err != nil {
		t.Fatal(err)
	}
	c, err := s.Confirm(t.Context(), s.second, c.ID, s.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Rules D1: what was withdrawn on a contest does not come back by being sent again, under
// its reference or another; it does on certificate, and is shown to nobody before the
// person was told.
func TestReinsertion(t *testing.T) {
	t.Parallel()
	s := openSender(t)
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "new" {
		t.Fatal(got)
	}
	s.record = s.latest(t)
	if !s.ask(t).Shown {
		t.Fatal("the record is not shown, so the test proves nothing")
	}
	c := s.decided(t, s.contested(t, dispute.WrongFact), dispute.Withdrawn)
	for name, one := range map[string]struct{ action, number, decision, want string }{
		"under its reference":         {"", "A", "鄂市监示例罚〔2026〕1号", "E-REINSERT"},
		"as a correction":             {"correct", "A", "鄂市监示例罚〔2026〕1号", "E-REINSERT"},
		"under another reference":     {"", "B", "鄂市监示例罚〔2026〕1号", "E-REINSERT"},
		"of another decision, anew":   {"", "C", "鄂市监示例罚〔2026〕2号", "new"},
		"of another, under the first": {"", "A", "鄂市监示例罚〔2026〕3号", "E-REINSERT"},
	} {
		if got := s.send(t, one.action, one.number, one.decision, "500.00 CNY"); got != one.want {
			t.Errorf("%s: %s, want %s", name, got, one.want)
		}
	}
	s.certifying(t, c)
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "new" {
		t.Fatalf("certified: %s", got)
	}
	back := housetest.Ask[[16]byte](t, s.Fixture, "select record from dossier.record where source_order = $1", s.sent)
	if s.record = back; s.ask(t).Shown {
		t.Error("it is shown before the person was told")
	}
	if n := housetest.Ask[int](t, s.Fixture, "select count(*) from ledger.outbox where kind = 'dossier.readmitted'"); n != 1 {
		t.Errorf("%d letters are owed that say that it comes back", n)
	}
	if moved, err := s.records.TakeEffect(t.Context(), []dossier.Told{{Person: s.person, Record: back, Version: 1}}, s.Now(), s.Now()); moved != 1 || err != nil || !s.ask(t).Shown {
		t.Errorf("told: %d %v, shown %v", moved, err, s.ask(t).Shown)
	}
}

// certifying tries everything that is no certificate, and certifies.
func (s *sender) certifying(t *testing.T, c dispute.Contest) {
	t.Helper()
	word := dispute.Certified{Officer: "示例 Officer", Whole: true, Reasons: "SAMPLE-REASONS", File: dispute.Upload{Name: "copy.pdf", Data: []byte("%PDF-1.7 sample")}}
	for want, change := range map[string]func(*dispute.Certified){
		"E-CONTEST-OFFICER": func(w *dispute.Certified) { w.Officer = "" },
		"E-CERTIFY-REASONS": func(w *dispute.Certified) { w.Reasons = " " },
		"E-CERTIFY-WHOLE":   func(w *dispute.Certified) { w.Whole = false },
		"E-EVIDENCE-SIZE":   func(w *dispute.Certified) { w.File.Data = nil },
		"E-EVIDENCE-COPY":   func(w *dispute.Certified) { w.File.Third = true },
	} {
		w := word
		change(&w)
		if _, err := s.Certify(t.Context(), s.filer, c.ID, w, s.Now()); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := s.Certify(t.Context(), s.first, c.ID, word, s.Now()); code(err) != "E-CONTEST" {
		t.Errorf("by the registry: %v", err)
	}
	if _, err := s.Confirm(t.Context(), s.second, c.ID, s.Now()); code(err) != "E-CONTEST-STATE" {
		t.Errorf("confirmed before it was certified: %v", err)
	}
	if _, err := s.Certify(t.Context(), s.filer, c.ID, word, s.Now()); err != nil {
		t.Fatal(err)
	}
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "E-REINSERT" {
		t.Errorf("certified by one alone: %s", got)
	}
	if _, err := s.Confirm(t.Context(), s.filer, c.ID, s.Now()); code(err) != "E-CERTIFY-SECOND" {
		t.Errorf("confirmed by the same officer: %v", err)
	}
	if _, err := s.Confirm(t.Context(), s.second, c.ID, s.Now()); code(err) != "E-CONTEST-UNSEEN" {
		t.Errorf("confirmed unseen: %v", err)
	}
	if _, err := s.Question(t.Context(), s.second, c.ID, s.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Confirm(t.Context(), s.second, c.ID, s.Now()); err != nil {
		t.Fatal(err)
	}
	file, err := s.File(t.Context(), s.person, c.ID, s.Now())
	if err != nil || len(file.Certified) != 1 || !strings.Contains(fmt.Sprint(file.Papers), "SAMPLE-REASONS") {
		t.Errorf("the person reads %+v, %v", file.Certified, err)
	}
}

// The controls: without the mark on the record the same rows come back unseen.
func TestReinsertion_control(t *testing.T) {
	t.Parallel()
	s := openSender(t)
	s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY")
	s.record = s.latest(t)
	s.decided(t, s.contested(t, dispute.WrongFact), dispute.Withdrawn)
	s.Exec(t, "update dossier.record set refuted = false")
	if got := s.send(t, "", "B", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "new" {
		t.Errorf("control: without the mark it is %s, so the test proves nothing", got)
	}
}

// What was corrected does not become worse again but on certificate; and a certificate
// ends.
func TestReinsertion_ofWhatWasCorrected(t *testing.T) {
	t.Parallel()
	s := openSender(t)
	s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY")
	s.record = s.latest(t)
	c := s.decided(t, s.contested(t, dispute.WrongFact), dispute.Corrected)
	if got := s.send(t, "correct", "A", "鄂市监示例罚〔2026〕1号", "500.01 CNY"); got != "E-REINSERT" {
		t.Errorf("a correction for the worse: %s", got)
	}
	if got := s.send(t, "correct", "A", "鄂市监示例罚〔2026〕1号", "300.00 CNY"); got != "changed" || !s.ask(t).Shown {
		t.Fatalf("the correction: %s, shown %v", got, s.ask(t).Shown)
	}
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "200.00 CNY"); got != "changed" {
		t.Errorf("less: %s", got)
	}
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "E-REINSERT" {
		t.Errorf("the error again: %s", got)
	}
	c = s.certified(t, c)
	s.MoveTo(t, c.Certified[0].Until+1)
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "E-REINSERT" {
		t.Errorf("certified too long ago: %s", got)
	}
	s.certified(t, c)
	if got := s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "changed" || s.ask(t).Shown {
		t.Errorf("certified: %s, shown %v before the person was told", got, s.ask(t).Shown)
	}
}

// What a source takes back while it is contested, and what nobody decided in twice the
// clock, comes back on certificate alone too.
func TestReinsertion_withoutADecision(t *testing.T) {
	t.Parallel()
	s := openSender(t)
	s.send(t, "", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY")
	s.record = s.latest(t)
	s.contested(t, dispute.WrongFact)
	s.send(t, "withdraw", "A", "鄂市监示例罚〔2026〕1号", "500.00 CNY")
	if got := s.send(t, "", "B", "鄂市监示例罚〔2026〕1号", "500.00 CNY"); got != "E-REINSERT" {
		t.Errorf("taken back while it was contested: %s", got)
	}
	s.send(t, "", "C", "鄂市监示例罚〔2026〕2号", "500.00 CNY")
	s.record = s.latest(t)
	c := s.contested(t, dispute.WrongFact)
	s.MoveTo(t, c.Clock.Twice()+1)
	if _, err := s.keeper.Tend(t.Context(), s.Now()); err != nil {
		t.Fatal(err)
	}
	if got := s.send(t, "", "C", "鄂市监示例罚〔2026〕2号", "500.00 CNY"); got != "E-REINSERT" {
		t.Errorf("lapsed: %s", got)
	}
	list, err := s.Certifiable(t.Context(), s.filer, s.Now())
	if err != nil || !slices.ContainsFunc(list, func(o dispute.Contest) bool { return o.ID == c.ID }) {
		t.Errorf("its source may certify %d, %v", len(list), err)
	}
}

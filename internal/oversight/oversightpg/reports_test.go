package oversightpg_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// hotline is a house in which anybody reports; a bank has a supervisor and one beyond it.
type hotline struct {
	*housetest.Fixture
	*oversight.Hotline
	keeper             *oversightpg.Reports
	supervisor, beyond party.Clerk
	operator, other    party.Clerk // of the operator, and of a body that supervises nothing here
	full               bool        // too many came
}

func openHotline(t *testing.T) *hotline {
	t.Helper()
	f := housetest.DB(t)
	h := &hotline{Fixture: f, keeper: oversightpg.NewReports(f.Keeper, housetest.Publisher(nil))}
	pack := housetest.Pack(t)
	_, beyond := pack.SupervisorOf("sample-bank")
	body := func(ctx context.Context, code string) (party.Body, error) {
		if code == beyond {
			code = "hubei-health" // stands for it: the house has few bodies
		}
		return partypg.NewStore(f.App, nil).Body(ctx, code)
	}
	h.Hotline = &oversight.Hotline{Store: oversightpg.NewReports(f.App, housetest.Publisher(nil)), Sealer: housetest.Keys(t, f, housetest.Vault(t, f)), Shelf: law.One(pack), Chance: rand.Reader, Body: body,
		Count: func() error {
			if h.full {
				return fault.New(fault.TooMany, "E-TOO-OFTEN", "sample")
			}
			return nil
		}}
	clerk := func(body string) party.Clerk {
		return party.Clerk{ID: housetest.Mint[ref.Clerk](t), Body: f.Bodies[body], Desks: party.SetOf(party.Supervises)}
	}
	h.supervisor, h.beyond, h.operator, h.other = clerk("hubei-pbc"), clerk("hubei-health"), clerk(pack.Operator), clerk("hubei-tax")
	return h
}

func (h *hotline) sent(t *testing.T) oversight.Report {
	t.Helper()
	r, err := h.Send(t.Context(), oversight.Reporting{Cause: oversight.Sale, From: oversight.Staff, Body: "sample-bank", Words: "SAMPLE-WORDS", Contact: "SAMPLE-CONTACT"}, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func said(papers []oversight.ReportPaper) string {
	var out []string
	for _, p := range papers {
		out = append(out, p.What+": "+p.Content.Text)
	}
	return strings.Join(out, "; ")
}

// Rules H2: a report lies before a supervisor outside the operator, who answers in words and
// closes it; who knows its number reads the answer, and nothing of what was written.
func TestReport(t *testing.T) {
	t.Parallel()
	h := openHotline(t)
	ctx := t.Context()
	r := h.sent(t)
	for _, c := range []party.Clerk{h.operator, h.other, h.beyond} {
		if _, _, err := h.Read(ctx, c, r.ID, h.Now()); !errors.Is(err, oversight.ErrNoReport) {
			t.Errorf("%s reads it: %v", c.Body.Code, err)
		}
		if list, err := h.Waiting(ctx, c, h.Now()); len(list) != 0 || err != nil {
			t.Errorf("it lies before %s: %v", c.Body.Code, err)
		}
		if _, err := h.Answer(ctx, c, r.ID, "sample", "", h.Now()); !errors.Is(err, oversight.ErrNoReport) {
			t.Errorf("%s answers it: %v", c.Body.Code, err)
		}
		// The wall refuses it by itself.
		if _, err := h.Store.Read(ctx, r.ID, c.Body.ID, housetest.Mint[ref.Event](t), h.Now()); !errors.Is(err, oversight.ErrNoReport) {
			t.Errorf("the wall gives it to %s: %v", c.Body.Code, err)
		}
	}
	got, papers, err := h.Read(ctx, h.supervisor, r.ID, h.Now())
	if err != nil || got.Cause != oversight.Sale || said(papers) != "contact: SAMPLE-CONTACT; words: SAMPLE-WORDS" {
		t.Fatalf("the supervisor reads %q, %v", said(papers), err)
	}
	if _, papers, err := h.State(ctx, r.ID, h.Now()); err != nil || len(papers) != 0 {
		t.Errorf("before the answer its number shows %q, %v", said(papers), err)
	}
	if _, err := h.Answer(ctx, h.supervisor, r.ID, " ", oversight.Founded, h.Now()); fault.Of(err).Code != "E-REPORT-WORDS" {
		t.Errorf("closed without a word: %v", err)
	}
	for _, o := range []oversight.Outcome{"", oversight.Founded} {
		if _, err := h.Answer(ctx, h.supervisor, r.ID, "SAMPLE-ANSWER", o, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Answer(ctx, h.supervisor, r.ID, "again", "", h.Now()); fault.Of(err).Code != "E-REPORT-CLOSED" {
		t.Errorf("answered after its end: %v", err)
	}
	got, papers, err = h.State(ctx, r.ID, h.Now())
	if err != nil || got.Outcome != oversight.Founded || said(papers) != "answer: SAMPLE-ANSWER; answer: SAMPLE-ANSWER" {
		t.Errorf("by its number: %q, %s, %v", said(papers), got.Outcome, err)
	}
	if _, _, err := h.State(ctx, housetest.Mint[ref.Report](t), h.Now()); !errors.Is(err, oversight.ErrNoReport) {
		t.Errorf("a number that no report has: %v", err)
	}
	// One row of the journal for each look and each step, and none with the number.
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where stream = $1 and kind in ('oversight.reported', 'oversight.report-read', 'oversight.report-answered', 'oversight.report-closed')", r.Person); n != 6 {
		t.Errorf("%d rows of the journal", n)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where refs::text like '%' || $1 || '%'", r.ID.String()); n != 0 {
		t.Errorf("%d rows of the journal name the report", n)
	}
}

// Rules H2: a report is kept without who sent it.
func TestReport_nobody(t *testing.T) {
	t.Parallel()
	h := openHotline(t)
	one, two := h.sent(t), h.sent(t)
	if one.Person == two.Person {
		t.Error("two reports join")
	}
	for _, table := range []string{"oversight.report", "oversight.report_paper"} {
		columns := housetest.Ask[string](t, h.Fixture, "select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped", table)
		for _, no := range []string{"clerk", "session", "sent_by", "device"} {
			if strings.Contains(columns, no) {
				t.Errorf("%s keeps %s: %s", table, no, columns)
			}
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from party.gate where person in ($1, $2)", one.Person, two.Person); n != 0 {
		t.Errorf("%d of the keys are somebody's", n)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from oversight.report_paper where position('SAMPLE'::bytea in box) > 0"); n != 0 {
		t.Errorf("%d papers lie open", n)
	}
	h.full = true
	if _, err := h.Send(t.Context(), oversight.Reporting{Cause: oversight.Demand, From: oversight.Other, Words: "sample"}, h.Now()); fault.Of(err).Kind != fault.TooMany {
		t.Errorf("beyond the rate: %v", err)
	}
	if _, _, err := h.State(t.Context(), one.ID, h.Now()); fault.Of(err).Kind != fault.TooMany {
		t.Errorf("looked up beyond the rate: %v", err)
	}
}

func TestReport_needs(t *testing.T) {
	t.Parallel()
	h := openHotline(t)
	whole := oversight.Reporting{Cause: oversight.Demand, From: oversight.APerson, Words: "sample"}
	if _, err := h.Send(t.Context(), whole, h.Now()); err != nil {
		t.Errorf("without body and contact: %v", err)
	}
	for want, edit := range map[string]func(*oversight.Reporting){
		"E-REPORT-CAUSE":   func(r *oversight.Reporting) { r.Cause = "because" },
		"E-REPORT-FROM":    func(r *oversight.Reporting) { r.From = "" },
		"E-REPORT-WORDS":   func(r *oversight.Reporting) { r.Words = " " },
		"E-WORDS-LONG":     func(r *oversight.Reporting) { r.Words = strings.Repeat("长", 2001) },
		"E-REPORT-CONTACT": func(r *oversight.Reporting) { r.Contact = strings.Repeat("长", 201) },
		"E-REPORT-BODY":    func(r *oversight.Reporting) { r.Body = "nobody" },
	} {
		r := whole
		edit(&r)
		if _, err := h.Send(t.Context(), r, h.Now()); fault.Of(err).Code != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Rules H2: it is clocked. What is overdue lies before another supervisor too, with nobody
// at work, and what is over is swept.
func TestReport_overdue(t *testing.T) {
	t.Parallel()
	h := openHotline(t)
	ctx := t.Context()
	r := h.sent(t)
	h.MoveTo(t, r.Due)
	if list, err := h.Waiting(ctx, h.beyond, h.Now()); len(list) != 0 || err != nil {
		t.Errorf("on its last day it lies before another: %v", err)
	}
	h.MoveTo(t, r.Due+1)
	list, err := h.Waiting(ctx, h.beyond, h.Now())
	if err != nil || len(list) != 1 || !list[0].Overdue(h.Now()) {
		t.Fatalf("overdue, before another lies %v, %v", list, err)
	}
	if _, papers, err := h.Read(ctx, h.beyond, r.ID, h.Now()); err != nil || len(papers) != 2 {
		t.Errorf("they read %q, %v", said(papers), err)
	}
	if _, err := h.Answer(ctx, h.beyond, r.ID, "SAMPLE-ANSWER", oversight.Referred, h.Now()); err != nil {
		t.Error(err)
	}
	if _, _, err := h.Read(ctx, h.supervisor, r.ID, h.Now()); !errors.Is(err, oversight.ErrNoReport) {
		t.Errorf("who left it lying reads what another closed: %v", err)
	}
	h.MoveTo(t, r.KeepUntil+1)
	for more := true; more; {
		if more, err = h.keeper.Sweep(ctx, h.Today()); err != nil {
			t.Fatal(err)
		}
	}
	if n := housetest.Ask[int](t, h.Fixture, "select (select count(*) from oversight.report) + (select count(*) from oversight.report_paper)"); n != 0 {
		t.Errorf("%d rows stay", n)
	}
}

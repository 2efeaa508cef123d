package oversight

import (
	"context"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Report is what anybody says about how personal data is collected, sold or altered, or
// that somebody demanded a file (rules H2). Who sent it is not known here: nothing joins it
// to a person, a clerk or a sign-in. A supervisor outside the operator answers it by a day;
// what is left lying lies before another too, without anybody doing anything.
type Report struct {
	ID         ref.Report
	Person     ref.Person // a key of its own; it names nobody
	Cause      Wrong
	From       Sender
	Body       ref.Body // whom it is about; zero where that was not said
	SentAt     time.Time
	Due        when.Date // last day for the answer that closes it
	DueAt      time.Time // when that day is over
	KeepUntil  when.Date
	Supervisor ref.Body
	Beyond     ref.Body  // before whom it lies too once it is overdue
	AnsweredAt time.Time // the last time; zero while nothing was answered
	Outcome    Outcome   // empty while it is open
	ClosedAt   time.Time
	ClosedBy   ref.Clerk
	ClosedFor  ref.Body
}

// Wrong is what is reported. The set is closed.
type Wrong string

// What can be reported.
const (
	Collection Wrong = "collection" // collected without a right, or secretly
	Sale       Wrong = "sale"       // sold, or handed on
	Alteration Wrong = "alteration" // changed or deleted by whom it does not concern
	Demand     Wrong = "demand"     // somebody demanded to be shown a file
)

// Wrongs returns all that can be reported, in the order in which people read it.
func Wrongs() []Wrong { return []Wrong{Demand, Collection, Sale, Alteration} }

// Sender is what who reports says of themselves. It is not checked.
type Sender string

// The senders.
const (
	APerson Sender = "person"
	Staff   Sender = "staff" // of a body
	Other   Sender = "other"
)

// Senders returns every sender, in the order in which people read them.
func Senders() []Sender { return []Sender{APerson, Staff, Other} }

// Overdue reports whether nobody closed it in time.
func (r Report) Overdue(now time.Time) bool { return r.Outcome == "" && !now.Before(r.DueAt) }

// Before reports whether a report lies before a supervisor: its own, and once it is
// overdue the one beyond it; when it is closed, who closed it.
func (r Report) Before(body ref.Body, now time.Time) bool {
	if r.Outcome != "" {
		return body == r.ClosedFor
	}
	return body == r.Supervisor || body == r.Beyond && r.Overdue(now)
}

// Answer is what a supervisor says to a report; with an outcome it is closed.
func (r Report) Answer(by party.Clerk, o Outcome, now time.Time) (Report, error) {
	switch {
	case !r.Before(by.Body.ID, now) || by.Body.ID == r.Body:
		return r, ErrNoReport
	case r.Outcome != "":
		return r, errReportClosed
	case o != "" && !known(o, Outcomes()):
		return r, errReportOutcome
	}
	if r.AnsweredAt = now; o != "" {
		r.Outcome, r.ClosedAt, r.ClosedBy, r.ClosedFor = o, now, by.ID, by.Body.ID
	}
	return r, nil
}

// What a paper of a report is.
const (
	ReportWords   = "words"
	ReportContact = "contact"
	ReportAnswer  = "answer"
)

// ReportPaper is what is sealed of a report.
type ReportPaper struct {
	paper.Sheet
	What string
}

// ReportStore keeps reports. Every write is durable on return, with its event in the
// journal, which names neither the report nor who sent it.
type ReportStore interface {
	Put(ctx context.Context, r Report, papers []ReportPaper) error
	Report(ctx context.Context, id ref.Report) (Report, bool, error)
	// Waiting returns what lies before a supervisor, those due first.
	Waiting(ctx context.Context, supervisor ref.Body, now time.Time, limit int) ([]Report, error)
	// Answer reads a report behind its lock and writes what do returns, with the paper.
	Answer(ctx context.Context, r Report, answer ReportPaper, do func(Report) (Report, error)) (Report, error)
	// Read gives what is sealed of a report: all to a supervisor before whom it lies, what
	// was answered where there is none. ErrNoReport.
	Read(ctx context.Context, id ref.Report, supervisor ref.Body, event ref.Event, now time.Time) ([]ReportPaper, error)
}

// Hotline is where anybody reports.
type Hotline struct {
	Store  ReportStore
	Sealer paper.Sealer
	Shelf  law.Shelf
	Chance ref.Minter
	Body   func(ctx context.Context, code string) (party.Body, error)
	Count  func() error // of reports and look-ups together, whoever sends them; a fault of kind TooMany
}

// Reporting is what somebody reports.
type Reporting struct {
	Cause   Wrong
	From    Sender
	Body    string // code of whom it is about; empty where that is not said
	Words   string
	Contact string // how to reach them; empty where they stay unknown
}

// mostContact is how many characters of a contact are taken.
const mostContact = 200

// Send takes a report. Its number is the only thing by which who sent it finds it again.
func (h *Hotline) Send(ctx context.Context, t Reporting, now time.Time) (Report, error) {
	t.Contact = strings.TrimSpace(t.Contact)
	words, err := paper.Words(t.Words, "words")
	switch {
	case err != nil:
		return Report{}, err
	case !known(t.Cause, Wrongs()):
		return Report{}, errWrong
	case !known(t.From, Senders()):
		return Report{}, errSender
	case words == "":
		return Report{}, errReportWords
	case len([]rune(t.Contact)) > mostContact:
		return Report{}, errReportContact
	}
	if err := h.Count(); err != nil {
		return Report{}, err
	}
	r, err := h.begin(ctx, t, now)
	if err != nil {
		return Report{}, err
	}
	papers := []ReportPaper{{What: ReportWords, Sheet: paper.Sheet{Content: paper.Content{Text: words}}}}
	if t.Contact != "" {
		papers = append(papers, ReportPaper{What: ReportContact, Sheet: paper.Sheet{Content: paper.Content{Text: t.Contact}}})
	}
	if err := paper.Close(ctx, h.drawer(), r.Person, r.KeepUntil, papers); err != nil {
		return Report{}, err
	}
	return r, h.Store.Put(ctx, r, papers)
}

func (h *Hotline) drawer() paper.Drawer { return paper.Drawer{Sealer: h.Sealer, Chance: h.Chance} }

// begin numbers a report, and finds who answers it by when.
func (h *Hotline) begin(ctx context.Context, t Reporting, now time.Time) (r Report, err error) {
	pack := h.Shelf.At(now)
	r = Report{Cause: t.Cause, From: t.From, SentAt: now, KeepUntil: pack.Today(now).AddYears(FindingYears)}
	if r.Due, err = pack.QuestionBy(pack.Today(now)); err != nil {
		return r, err
	}
	r.DueAt = r.Due.AddDays(1).Start(pack.Zone).UTC()
	about := t.Body
	if about != "" {
		if _, ok := pack.Body(about); !ok {
			return r, errReportBody
		}
		body, err := h.Body(ctx, about)
		if err != nil {
			return r, err
		}
		r.Body = body.ID
	}
	first, beyond := pack.SupervisorOf(about)
	for of, to := range map[*ref.Body]string{&r.Supervisor: first, &r.Beyond: beyond} {
		body, err := h.Body(ctx, to)
		if err != nil {
			return r, errNoSupervisor.Because(err)
		}
		*of = body.ID
	}
	if r.Person, err = ref.Mint[ref.Person](h.Chance); err != nil {
		return r, err
	}
	r.ID, err = ref.Mint[ref.Report](h.Chance)
	return r, err
}

// State returns a report to who knows its number, with what was answered.
func (h *Hotline) State(ctx context.Context, id ref.Report, now time.Time) (Report, []ReportPaper, error) {
	if err := h.Count(); err != nil {
		return Report{}, nil, err
	}
	return h.read(ctx, id, ref.Body{}, now)
}

// Waiting returns what lies before the body of a supervisor's clerk.
func (h *Hotline) Waiting(ctx context.Context, by party.Clerk, now time.Time) ([]Report, error) {
	if !by.Desks.Has(party.Supervises) {
		return nil, party.ErrMandate
	}
	return h.Store.Waiting(ctx, by.Body.ID, now, mostWaiting)
}

// Read returns a report that lies before the body of a supervisor's clerk, or that it
// closed, with all that was written. Every other is not there.
func (h *Hotline) Read(ctx context.Context, by party.Clerk, id ref.Report, now time.Time) (Report, []ReportPaper, error) {
	r, found, err := h.Store.Report(ctx, id)
	if err != nil {
		return r, nil, err
	}
	if !found || !by.Desks.Has(party.Supervises) || !r.Before(by.Body.ID, now) {
		return r, nil, ErrNoReport
	}
	return h.read(ctx, id, by.Body.ID, now)
}

func (h *Hotline) read(ctx context.Context, id ref.Report, body ref.Body, now time.Time) (Report, []ReportPaper, error) {
	event, err := ref.Mint[ref.Event](h.Chance)
	if err != nil {
		return Report{}, nil, err
	}
	papers, err := h.Store.Read(ctx, id, body, event, now)
	if err != nil {
		return Report{}, nil, err
	}
	r, found, err := h.Store.Report(ctx, id)
	if err == nil && !found {
		err = ErrNoReport
	}
	if err != nil {
		return r, nil, err
	}
	papers, err = paper.Open(ctx, h.drawer(), r.Person, papers)
	return r, papers, err
}

// Answer answers a report in words, as a supervisor; with an outcome it is closed.
func (h *Hotline) Answer(ctx context.Context, by party.Clerk, id ref.Report, words string, o Outcome, now time.Time) (Report, error) {
	words, err := paper.Words(words, "words")
	if err != nil {
		return Report{}, err
	}
	r, found, err := h.Store.Report(ctx, id)
	if err != nil {
		return r, err
	}
	if !found || !by.Desks.Has(party.Supervises) {
		return r, ErrNoReport
	}
	if _, err := r.Answer(by, o, now); err != nil {
		return r, err
	}
	if words == "" {
		return r, errReportWords
	}
	answers := []ReportPaper{{What: ReportAnswer, Sheet: paper.Sheet{At: now, Content: paper.Content{Text: words}}}}
	if err := paper.Close(ctx, h.drawer(), r.Person, r.KeepUntil, answers); err != nil {
		return r, err
	}
	return h.Store.Answer(ctx, r, answers[0], func(r Report) (Report, error) { return r.Answer(by, o, now) })
}

// The faults of reports. Nothing was changed where one of them is answered.
var (
	ErrNoReport      = fault.New(fault.NotFound, "E-REPORT-NONE", "There is no such report. Nothing was changed. Check each character of the number.").By("H2").At("number")
	errReportClosed  = fault.New(fault.Conflict, "E-REPORT-CLOSED", "This report is closed. Nothing was changed. Open it to read what was answered.").By("H2")
	errReportOutcome = fault.New(fault.Invalid, "E-REPORT-OUTCOME", "A report is founded, unfounded, or belongs elsewhere. Nothing was changed; choose one.").At("outcome").By("H2")
	errWrong         = fault.New(fault.Invalid, "E-REPORT-CAUSE", "Choose what happened. Nothing was sent.").At("cause").By("H2")
	errSender        = fault.New(fault.Invalid, "E-REPORT-FROM", "Choose how you come to know of it. Nothing was sent.").At("from").By("H2")
	errReportWords   = fault.New(fault.Invalid, "E-REPORT-WORDS", "Say it in words. Nothing was sent.").At("words").By("H2")
	errReportContact = fault.Newf(fault.Invalid, "E-REPORT-CONTACT", "How to reach you has at most %d characters. Nothing was sent; say it shorter.", mostContact).At("contact").By("H2")
	errReportBody    = fault.New(fault.Invalid, "E-REPORT-BODY", "There is no such body. Nothing was sent; choose one of the list, or none.").At("body").By("H2")
)

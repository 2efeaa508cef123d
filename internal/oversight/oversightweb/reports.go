package oversightweb

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/party"
	"recourse/internal/ref"
)

//go:embed reports/locales/*.json
var reportFiles embed.FS

// Reports is where anybody reports what is done with personal data, and where supervisors
// answer (rules H2). Nothing of who visits the public page goes further, signed in or not.
type Reports struct {
	hotline  *oversight.Hotline
	bodyCode func(id ref.Body) string
	words    webkit.Words[reportWords]
}

// NewReports returns the face of reports. Both are needed.
func NewReports(h *oversight.Hotline, bodyCode func(id ref.Body) string) (*Reports, error) {
	if h == nil || bodyCode == nil {
		return nil, errors.New("oversightweb: a hotline and body codes are needed")
	}
	files, err := fs.Sub(reportFiles, "reports")
	if err != nil {
		return nil, err
	}
	w, err := webkit.LoadWords[reportWords](files)
	return &Reports{h, bodyCode, w}, err
}

const (
	reportPath  = "/report"
	reportsPath = "/watch/reports"
)

// Routes lists the pages of the face.
func (f *Reports) Routes() []webkit.Route {
	desk := string(party.Supervises)
	return []webkit.Route{
		{Method: http.MethodGet, Path: reportPath, Role: webkit.Anyone, Why: "report collection, sale, alteration or a demand, without a name", Serve: f.form},
		{Method: http.MethodPost, Path: reportPath, Role: webkit.Anyone, Why: "send a report, or look up by its number what became of one", Serve: f.send},
		{Method: http.MethodGet, Path: reportsPath, Role: webkit.Clerk, Desk: desk, Why: "reports that lie before the clerk's body", Serve: f.list},
		{Method: http.MethodGet, Path: reportsPath + "/{report}", Role: webkit.Clerk, Desk: desk, Why: "one of them, to answer", Serve: f.one},
		{Method: http.MethodPost, Path: reportsPath + "/{report}", Role: webkit.Clerk, Desk: desk, Why: "answer it in words, or close it", Serve: f.answer},
	}
}

// NavItem leads everybody to the page on which one reports.
func (f *Reports) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: reportPath, Label: webkit.Both(f.words, func(w *reportWords) webkit.Phrase { return w.Nav })}
}

// DeskItem leads supervisors to what was reported.
func (f *Reports) DeskItem() webkit.NavItem {
	return webkit.NavItem{Path: reportsPath, Desk: string(party.Supervises), Label: webkit.Both(f.words, func(w *reportWords) webkit.Phrase { return w.Watch.Nav })}
}

type reportWords struct {
	Nav, Title, Intro, NoName, Cause, From, Body, NoBody, Words, WordsHint, Contact, ContactHint, Go webkit.Phrase
	Sent, SentText                                                                                   webkit.Phrase
	Look                                                                                             struct{ Title, Text, Number, Go, Waits, Overdue, Closed, Answers, None, At webkit.Phrase }
	Causes, Froms, Outcomes, Mend                                                                    map[string]webkit.Phrase
	Watch                                                                                            struct {
		Nav, Title, Intro, None, Open, Due, Overdue, SaysSelf, NoContact, Said, Answer, AnswerHint, Outcome, Still, Go, Done, One, Move webkit.Phrase
	}
}

type reportView struct {
	f      *Reports
	w      *reportWords
	v      webkit.Visit
	rules  *law.Pack
	mend   []webkit.Mend
	form   oversight.Reporting
	number string // as it was written
	list   []oversight.Report
	r      oversight.Report
	papers []oversight.ReportPaper
}

func (f *Reports) view(v webkit.Visit) reportView {
	return reportView{f: f, w: f.words.In(v.Lang), v: v, rules: f.hotline.Shelf.At(v.Now)}
}

func (p reportView) wrong(field string) bool { return len(p.mend) > 0 && p.mend[0].Field == field }

func (p reportView) described(field string) string {
	ids := []string{field + "-hint"}
	if p.wrong(field) {
		ids = append(ids, field+"-wrong")
	}
	return strings.Join(ids, " ")
}

func (p reportView) body(id ref.Body) string {
	if b, ok := p.rules.Body(p.f.bodyCode(id)); ok {
		return b.Names[p.v.Lang]
	}
	return p.w.NoBody.String()
}

// of are the papers of a kind.
func (p reportView) of(what string) (out []oversight.ReportPaper) {
	for _, one := range p.papers {
		if one.What == what && !one.Gone {
			out = append(out, one)
		}
	}
	return out
}

// state says where a report stands and whose move it is.
func (p reportView) state() string {
	pairs := []string{"supervisor", p.body(p.r.Supervisor), "beyond", p.body(p.r.Beyond), "day", p.v.Dates.Plain(p.r.Due)}
	switch {
	case p.r.Outcome != "":
		return p.w.Look.Closed.With("by", p.body(p.r.ClosedFor), "outcome", p.w.Outcomes[string(p.r.Outcome)].String())
	case p.r.Overdue(p.v.Now):
		return p.w.Look.Overdue.With(pairs...)
	}
	return p.w.Look.Waits.With(pairs...)
}

func (p reportView) page() webkit.Page {
	return webkit.Page{Title: p.w.Title.String(), Mend: p.mend, Content: reportPage(p)}
}

func (f *Reports) form(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.view(v).page(), nil
}

// send takes a report, or shows what became of one. The number of a report is in no
// address: who knows it reads the answer.
func (f *Reports) send(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	if v.Form.Get("do") == "look" {
		return f.look(ctx, p)
	}
	p.form = oversight.Reporting{Cause: oversight.Wrong(v.Form.Get("cause")), From: oversight.Sender(v.Form.Get("from")), Body: v.Form.Get("body"), Words: v.Form.Get("words"), Contact: v.Form.Get("contact")}
	r, err := f.hotline.Send(ctx, p.form, v.Now)
	if field := fault.Of(err).Field; err != nil && field != "" {
		p.mend = []webkit.Mend{{Field: cmp.Or(map[string]string{"cause": "cause-demand", "from": "from-person"}[field], field), Text: p.w.Mend[field].String()}}
		return p.page(), nil
	}
	if err != nil {
		return nil, err
	}
	p.r = r
	return webkit.Page{Title: p.w.Sent.String(), Content: reportSentPage(p), Back: webkit.Link{Path: reportPath, Text: p.w.Title.String()}}, nil
}

func (f *Reports) look(ctx context.Context, p reportView) (webkit.Reply, error) {
	p.number = strings.TrimSpace(p.v.Form.Get("number"))
	id, err := ref.Parse[ref.Report](p.number)
	if err == nil {
		p.r, p.papers, err = f.hotline.State(ctx, id, p.v.Now)
	} else {
		err = oversight.ErrNoReport
	}
	if errors.Is(err, oversight.ErrNoReport) {
		p.mend = []webkit.Mend{{Field: "number", Text: p.w.Mend["number"].String()}}
		return p.page(), nil
	}
	if err != nil {
		return nil, err
	}
	return webkit.Page{Title: p.w.Look.Title.String(), Content: reportStatePage(p), Back: webkit.Link{Path: reportPath, Text: p.w.Title.String()}}, nil
}

func (f *Reports) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	var err error
	if p.list, err = f.hotline.Waiting(ctx, clerk(v), v.Now); err != nil {
		return nil, err
	}
	page := webkit.Page{Title: p.w.Watch.Title.String(), Nav: reportsPath, Content: reportListPage(p)}
	if v.Query.Get("done") == "yes" {
		page.Done = p.w.Watch.Done.String()
	}
	return page, nil
}

func (f *Reports) find(ctx context.Context, v webkit.Visit) (reportView, error) {
	p := f.view(v)
	id, err := ref.Parse[ref.Report](v.Param("report"))
	if err != nil {
		return p, oversight.ErrNoReport
	}
	p.r, p.papers, err = f.hotline.Read(ctx, clerk(v), id, v.Now)
	return p, err
}

func (p reportView) onePage() webkit.Page {
	page := webkit.Page{Title: p.w.Watch.One.String(), Nav: reportsPath, Mend: p.mend, Back: webkit.Link{Path: reportsPath, Text: p.w.Watch.Title.String()}, Content: reportOnePage(p)}
	if p.v.Query.Get("done") == "yes" {
		page.Done = p.w.Watch.Done.String()
	}
	return page
}

func (f *Reports) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := f.find(ctx, v)
	if err != nil {
		return nil, err
	}
	return p.onePage(), nil
}

func (f *Reports) answer(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Report](v.Param("report"))
	if err != nil {
		return nil, oversight.ErrNoReport
	}
	r, err := f.hotline.Answer(ctx, clerk(v), id, v.Form.Get("words"), oversight.Outcome(v.Form.Get("outcome")), v.Now)
	if err != nil && fault.Of(err).Kind == fault.Invalid {
		p, err := f.find(ctx, v)
		if err != nil {
			return nil, err
		}
		p.form.Words, p.mend = v.Form.Get("words"), []webkit.Mend{{Field: "words", Text: p.w.Mend["words"].String()}}
		return p.onePage(), nil
	}
	to := reportsPath
	if r.Outcome == "" {
		to += "/" + id.String()
	}
	return webkit.See{Path: to + "?done=yes"}, err
}

package repairweb

import (
	"context"
	"errors"
	"io"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/media"
	"recourse/internal/paper"
	"recourse/internal/ref"
	"recourse/internal/repair"
)

// begin shows the ways for one record.
func (f *Face) begin(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	r, err := ref.Parse[ref.Record](v.Query.Get("record"))
	if err != nil {
		return nil, repair.ErrNotFound
	}
	ways, err := f.Service.Ways(ctx, v.Person, r, v.Now)
	if err != nil {
		return nil, err
	}
	return webkit.Page{Title: p.w.New.Title.String(), Nav: minePath, Content: newPage(p, r.String(), ways),
		Back: webkit.Link{Path: "/me/records/" + r.String(), Text: p.w.Filed.String()}}, nil
}

func (f *Face) start(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := ref.Parse[ref.Record](v.Form.Get("record"))
	if err != nil {
		return nil, repair.ErrNotFound
	}
	a, err := f.Service.Begin(ctx, v.Person, r, v.Form.Get("route"), v.Now)
	return webkit.See{Path: minePath + "/" + a.ID.String() + "/tasks"}, err
}

// mine is a page about one application of the person.
type mine struct {
	view
	repair.File
	route law.Route
	opens string // the day from which on a draft can be sent; empty where it can
}

func (m mine) path(step string) string { return minePath + "/" + m.ID.String() + step }

func (f *Face) mine(ctx context.Context, v webkit.Visit) (mine, error) {
	a, err := id(v)
	if err != nil {
		return mine{}, err
	}
	m := mine{view: f.view(v)}
	if m.File, err = f.Service.File(ctx, v.Person, a, v.Now); err != nil {
		return mine{}, err
	}
	m.route, _ = m.rules.Route(m.Route)
	return m, nil
}

// draft is a page of one of the steps before an application is sent.
func (f *Face) draft(ctx context.Context, v webkit.Visit) (mine, error) {
	m, err := f.mine(ctx, v)
	if err != nil {
		return mine{}, err
	}
	if m.File.State != repair.Draft {
		return mine{}, repair.ErrState
	}
	ways, err := f.Service.Ways(ctx, v.Person, m.File.Record, v.Now)
	for _, w := range ways {
		if w.Code == m.Route && w.Opens > v.Today() {
			m.opens = v.Dates.Day(w.Opens)
		}
	}
	return m, err
}

// said is what the person wrote on a condition.
func (m mine) said(condition string) string {
	for _, p := range m.Papers {
		if p.What == repair.Words && p.Condition == condition {
			return p.Content.Text
		}
	}
	return ""
}

func filesOf(all []repair.Paper, condition string) (out []repair.Paper) {
	for _, p := range all {
		if p.What == repair.Evidence && p.Condition == condition {
			out = append(out, p)
		}
	}
	return out
}

// missing reports whether a condition has nothing yet that shows it.
func (m mine) missing() bool {
	shown := m.Shown()
	for _, c := range m.route.Conditions {
		if !shown.Met(c) {
			return true
		}
	}
	return false
}

func (f *Face) tasks(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	return m.tasksPage(nil), nil
}

func (m mine) tasksPage(mend []webkit.Mend) webkit.Page {
	m.mend = mend
	return webkit.Page{Title: m.w.Tasks.Title.String(), Nav: minePath, Mend: mend, Content: tasksPage(m)}
}

func (f *Face) keep(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	said := map[string]string{}
	for _, c := range m.route.Conditions {
		said[c.Code] = v.Form.Get(c.Code)
	}
	err = f.Service.Write(ctx, v.Person, m.ID, said, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && errors.Is(err, paper.ErrLong) {
		return m.tasksPage([]webkit.Mend{{Field: bad.Field, Text: m.w.Mend.Long.String()}}), nil
	}
	if v.Form.Get("do") == "next" {
		return webkit.See{Path: m.path("/check")}, err
	}
	return webkit.See{Path: m.path("/tasks")}, err
}

// attach takes one file. It is held in memory until it is sealed, and nowhere else.
func (f *Face) attach(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	up := repair.Upload{Condition: v.Param("condition")}
	for {
		part, err := v.Parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && part.FormName() == "file" {
			up.Name = part.FileName()
			up.Data, err = io.ReadAll(io.LimitReader(part, paper.MostFile+1))
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "E-FILE-CUT", "The upload ended before it was whole. Nothing was kept.").Because(err)
		}
	}
	err = f.Service.Attach(ctx, v.Person, m.ID, up, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Field == "file" {
		return m.tasksPage([]webkit.Mend{{Field: "file-" + up.Condition, Text: m.w.Mend.File.String()}}), nil
	}
	return webkit.See{Path: m.path("/tasks")}, err
}

func (f *Face) check(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	return webkit.Page{Title: m.w.Check.Title.String(), Nav: minePath, Content: checkPage(m)}, nil
}

func (f *Face) send(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, err := id(v)
	if err != nil {
		return nil, err
	}
	if v.Form.Get("do") == "drop" {
		return webkit.See{Path: minePath}, f.Service.Discard(ctx, v.Person, a, v.Now)
	}
	_, err = f.Service.Send(ctx, v.Person, a, v.Now)
	return webkit.See{Path: minePath + "/" + a.String() + "?done=sent"}, err
}

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.mine(ctx, v)
	if err != nil {
		return nil, err
	}
	if m.File.State == repair.Draft {
		return webkit.See{Path: m.path("/tasks")}, nil
	}
	page := webkit.Page{Title: m.w.One.Title.String(), Nav: minePath, Content: onePage(m), Back: webkit.Link{Path: minePath, Text: m.w.Title.String()}}
	if v.Query.Get("done") == "sent" {
		page.Done = m.w.One.Receipt.With("number", m.ID.String())
	}
	return page, nil
}

func (f *Face) move(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, err := id(v)
	if err != nil {
		return nil, err
	}
	switch v.Form.Get("do") {
	case "back":
		_, err = f.Service.TakeBack(ctx, v.Person, a, v.Now)
	case "up":
		_, err = f.Service.TakeUp(ctx, v.Person, a, v.Now)
	case "open":
		_, err = f.Service.OpenDecision(ctx, v.Person, a, v.Now)
	case "review":
		_, err = f.Service.AskReview(ctx, v.Person, a, v.Form.Get("why"), v.Now)
	default:
		err = repair.ErrState
	}
	return webkit.See{Path: minePath + "/" + a.String()}, err
}

func (f *Face) paper(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	a, file, err := paperOf(v)
	if err != nil {
		return nil, err
	}
	p, err := f.Service.Paper(ctx, v.Person, a, file, v.Now)
	return download(p), err
}

func paperOf(v webkit.Visit) (ref.Repair, ref.Paper, error) {
	a, err := id(v)
	if err != nil {
		return a, ref.Paper{}, err
	}
	file, err := ref.Parse[ref.Paper](v.Param("paper"))
	if err != nil {
		return a, file, repair.ErrNotFound
	}
	return a, file, nil
}

// download gives a file out under a name that tells nothing.
func download(p repair.Paper) webkit.Reply {
	return webkit.File{Name: "paper-" + webkit.Short(p.ID.String()) + media.Ending(p.Media), Type: p.Media, Data: p.Content.Data}
}

// receipt gives the receipt that a record ended early: what is left of it, and the
// log's proof that this was entered.
func (f *Face) receipt(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return nil, repair.ErrNotFound
	}
	_, entries, err := f.Service.List(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Record == r {
			data, err := f.Receipt(ctx, v.Person, e.Event)
			return webkit.File{Name: "restoration-" + strings.ToLower(webkit.Short(r.String())) + ".txt", Type: "text/plain; charset=utf-8", Data: data}, err
		}
	}
	return nil, repair.ErrNotFound
}

package disputeweb

import (
	"context"
	"errors"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/media"
	"recourse/internal/paper"
	"recourse/internal/ref"
)

// begin says what contesting a record means; nothing is written yet.
func (f *Face) begin(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := f.view(v)
	r, err := ref.Parse[ref.Record](v.Query.Get("record"))
	if err != nil {
		return nil, dispute.ErrNotFound
	}
	return webkit.Page{Title: p.w.New.Title.String(), Nav: minePath, Content: newPage(p, r.String())}, nil
}

func (f *Face) start(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := ref.Parse[ref.Record](v.Form.Get("record"))
	if err != nil {
		return nil, dispute.ErrNotFound
	}
	c, err := f.Service.Begin(ctx, v.Person, r, v.Now)
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: minePath + "/" + c.ID.String() + "/grounds"}, nil
}

// mine is a page about one contest of the person.
type mine struct {
	view
	dispute.File
}

func (m mine) path(step string) string { return minePath + "/" + m.ID.String() + step }

func (f *Face) mine(ctx context.Context, v webkit.Visit) (mine, error) {
	c, err := id(v)
	if err != nil {
		return mine{}, err
	}
	file, err := f.Service.File(ctx, v.Person, c, v.Now)
	return mine{f.view(v), file}, err
}

// draft is a page of one of the steps before a contest is sent.
func (f *Face) draft(ctx context.Context, v webkit.Visit) (mine, error) {
	m, err := f.mine(ctx, v)
	if err == nil && m.File.State != dispute.Draft {
		err = dispute.ErrState
	}
	return m, err
}

func (m mine) chosen(g dispute.Ground) bool {
	for _, have := range m.File.Grounds {
		if have == g {
			return true
		}
	}
	return false
}

// said is what the person wrote on a ground.
func (m mine) said(g dispute.Ground) string {
	for _, p := range m.Papers {
		if p.What == dispute.Words && p.Ground == g {
			return p.Content.Text
		}
	}
	return ""
}

func (m mine) files() []dispute.Paper { return of(m.Papers, dispute.Evidence) }

func of(all []dispute.Paper, what dispute.What) []dispute.Paper {
	var out []dispute.Paper
	for _, p := range all {
		if p.What == what {
			out = append(out, p)
		}
	}
	return out
}

func (f *Face) grounds(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	return m.step(1, m.w.Grounds.Title.String(), nil), nil
}

// step shows one of the steps.
func (m mine) step(n int, title string, mend []webkit.Mend) webkit.Page {
	m.mend = mend
	p := webkit.Page{Title: title, Nav: minePath, Mend: mend}
	switch n {
	case 1:
		p.Content = groundsPage(m)
	case 2:
		p.Content = sayPage(m)
	case 3:
		p.Content = evidencePage(m)
	default:
		p.Content = checkPage(m)
	}
	return p
}

func (f *Face) keepGrounds(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	said := map[dispute.Ground]string{}
	for _, g := range v.Form["ground"] {
		if _, known := m.w.Ground[g]; known {
			said[dispute.Ground(g)] = m.said(dispute.Ground(g))
		}
	}
	if len(said) == 0 {
		return m.step(1, m.w.Grounds.Title.String(), []webkit.Mend{{Field: "ground", Text: m.w.Grounds.Mend.String()}}), nil
	}
	if _, err := f.Service.Write(ctx, v.Person, m.ID, said, v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: m.path("/words")}, nil
}

func (f *Face) wordsPage(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	return m.step(2, m.w.Say.Title.String(), nil), nil
}

func (f *Face) keepWords(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	said := map[dispute.Ground]string{}
	for _, g := range m.File.Grounds {
		said[g] = v.Form.Get(string(g))
	}
	_, err = f.Service.Write(ctx, v.Person, m.ID, said, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && errors.Is(err, paper.ErrLong) {
		return m.step(2, m.w.Say.Title.String(), []webkit.Mend{{Field: bad.Field, Text: m.w.Mend.Long.String()}}), nil
	}
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: m.path("/evidence")}, nil
}

func (f *Face) evidence(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	return m.step(3, m.w.Evidence.Title.String(), nil), nil
}

// attach takes one file.
func (f *Face) attach(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	form, err := receive(v)
	if err != nil {
		return nil, err
	}
	file, said := form.upload()
	if !said {
		err = errThird
	} else {
		err = f.Service.Attach(ctx, v.Person, m.ID, file, v.Now)
	}
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		if text, ofFile := m.w.unfit(bad); ofFile {
			return m.step(3, m.w.Evidence.Title.String(), []webkit.Mend{{Field: bad.Field, Text: text.String()}}), nil
		}
	}
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: m.path("/evidence")}, nil
}

func (f *Face) check(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.draft(ctx, v)
	if err != nil {
		return nil, err
	}
	return m.step(4, m.w.Check.Title.String(), nil), nil
}

func (f *Face) send(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	if v.Form.Get("do") == "drop" {
		return webkit.See{Path: minePath}, f.Service.Discard(ctx, v.Person, c, v.Now)
	}
	if _, err := f.Service.Send(ctx, v.Person, c, v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: minePath + "/" + c.String() + "?done=sent"}, nil
}

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.mine(ctx, v)
	if err != nil {
		return nil, err
	}
	if m.File.State == dispute.Draft {
		return webkit.See{Path: m.path("/grounds")}, nil
	}
	page := webkit.Page{Title: m.w.Sent.Title.String(), Nav: minePath, Content: onePage(m), Back: webkit.Link{Path: minePath, Text: m.w.Title.String()}}
	if v.Query.Get("done") == "sent" {
		page.Done = m.w.Sent.Receipt.With("number", m.ID.String())
	}
	return page, nil
}

func (f *Face) move(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	switch v.Form.Get("do") {
	case "back":
		_, err = f.Service.TakeBack(ctx, v.Person, c, v.Now)
	case "up":
		_, err = f.Service.TakeUp(ctx, v.Person, c, v.Now)
	case "open":
		var d dispute.Contest
		if d, err = f.Service.OpenDecision(ctx, v.Person, c, v.Now); err == nil {
			err = f.Opened(ctx, d, v.Now)
		}
	case "review":
		_, err = f.Service.AskReview(ctx, v.Person, c, v.Form.Get("why"), v.Now)
	default:
		err = dispute.ErrState
	}
	return webkit.See{Path: minePath + "/" + c.String()}, err
}

func (f *Face) paper(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	file, err := ref.Parse[ref.Paper](v.Param("paper"))
	if err != nil {
		return nil, dispute.ErrNotFound
	}
	p, err := f.Service.Paper(ctx, v.Person, c, file, v.Now)
	return download(p), err
}

// download gives a file out under a name that tells nothing.
func download(p dispute.Paper) webkit.Reply {
	return webkit.File{Name: "evidence-" + webkit.Short(p.ID.String()) + media.Ending(p.Media), Type: p.Media, Data: p.Content.Data}
}

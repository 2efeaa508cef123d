package noticeweb

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
)

//go:embed changes/locales/*.json
var changeFiles embed.FS

// ChangesConfig is what the face of changes is made of. All fields are needed.
type ChangesConfig struct {
	Inbox    *notice.Inbox
	Shelf    law.Shelf
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
	Clerk    func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
	Count    func(who party.Clerk) error // lets what a clerk sends count as calls do
}

// ChangesFace is what became of records that bodies were given: as a clerk of the body
// reads and acknowledges it, and as the person sees who was told.
type ChangesFace struct {
	ChangesConfig
	words webkit.Words[changeWords]
}

// NewChanges checks a config and returns the face.
func NewChanges(c ChangesConfig) (*ChangesFace, error) {
	if c.Inbox == nil || c.Shelf == nil || c.BodyCode == nil || c.Clerk == nil || c.Count == nil {
		return nil, errors.New("noticeweb: every field of ChangesConfig is needed")
	}
	files, err := fs.Sub(changeFiles, "changes")
	if err != nil {
		return nil, err
	}
	w, err := webkit.LoadWords[changeWords](files)
	return &ChangesFace{ChangesConfig: c, words: w}, err
}

const changesPath = "/ask/changes"

// Routes lists the pages of the face.
func (f *ChangesFace) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: changesPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "what became of records that the body was given", Serve: f.list},
		{Method: http.MethodPost, Path: changesPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "say that the body took note of a change", Serve: f.acknowledge},
		{Method: http.MethodGet, Path: replayPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "the body's webhook, and what was sent to it last", Serve: f.replays},
		{Method: http.MethodPost, Path: replayPath, Role: webkit.Clerk, Desk: string(party.Asks), Why: "send one of the body's own changes to its webhook again", Serve: f.replay},
	}
}

// NavItem is the entry of the face in a clerk's navigation.
func (f *ChangesFace) NavItem() webkit.NavItem {
	return webkit.NavItem{Path: changesPath, Desk: string(party.Asks), Label: webkit.Both(f.words, func(w *changeWords) webkit.Phrase { return w.Nav })}
}

type changeWords struct {
	Nav, Title, Intro, None, NoneAll, Open, All, Number, Inquiries, Subject, Filed, Start, Told, Acknowledge, AcknowledgeOf, Acknowledged, Done webkit.Phrase
	Became                                                                                                                                      map[string]webkit.Phrase
	Hook                                                                                                                                        struct{ None, Sent, Waiting, Dead webkit.Phrase }
	Mine                                                                                                                                        struct{ Title, Text, Told, Sent, Acknowledged, Waits webkit.Phrase }
	Replay                                                                                                                                      replayWords
}

// became says what became of a record.
func (w *changeWords) became(c notice.Change) string { return w.Became[string(c.Became)].String() }

// changeView is what the pages of the face are made of.
type changeView struct {
	f     *ChangesFace
	w     *changeWords
	v     webkit.Visit
	rules *law.Pack
}

func (f *ChangesFace) view(v webkit.Visit) changeView {
	return changeView{f, f.words.In(v.Lang), v, f.Shelf.At(v.Now)}
}

func (p changeView) body(id ref.Body) string {
	if b, ok := p.rules.Body(p.f.BodyCode(id)); ok {
		return b.Names[p.v.Lang]
	}
	return id.String()
}

func (p changeView) typ(code string) string {
	if t, ok := p.rules.Type(code); ok {
		return t.Labels[p.v.Lang]
	}
	return code
}

// changeLine is one change in the body's list.
type changeLine struct {
	changeView
	notice.Change
	note notice.Note
}

// sent says what the body's webhook made of a change.
func (l changeLine) sent() string {
	w, d := l.w.Hook, l.v.Dates
	switch {
	case !l.SentAt.IsZero():
		return w.Sent.With("at", d.Instant(l.SentAt))
	case !l.DeadAt.IsZero():
		return w.Dead.With("at", d.Instant(l.DeadAt))
	case !l.NextAt.IsZero():
		return w.Waiting.String()
	}
	return w.None.String()
}

func (f *ChangesFace) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	after, err := notice.ParseCursor(v.Query.Get("after"))
	if err != nil {
		return nil, err
	}
	open := v.Query.Get("state") != "all"
	list, next, err := f.Inbox.List(ctx, notice.Listing{Body: v.Body, Open: open, After: after, Limit: perPage})
	if err != nil {
		return nil, err
	}
	p := changesView{changeView: f.view(v), open: open}
	for _, c := range list {
		note, err := f.Inbox.Note(ctx, c)
		if err != nil {
			return nil, err
		}
		p.lines = append(p.lines, changeLine{p.changeView, c, note})
	}
	state := ""
	if !open {
		state = "&state=all"
	}
	if next != (notice.Cursor{}) {
		p.later = changesPath + "?after=" + next.String() + state
	}
	page := webkit.Page{Title: p.w.Title.String(), Nav: changesPath, Content: changesPage(p)}
	if v.Query.Get("done") == "acknowledged" {
		page.Done = p.w.Done.String()
	}
	return page, nil
}

// changesView is the page of a body's changes.
type changesView struct {
	changeView
	open  bool
	lines []changeLine
	later string // path of the part behind
}

func (f *ChangesFace) acknowledge(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	id, err := ref.Parse[ref.Change](v.Form.Get("change"))
	if err != nil {
		return nil, notice.ErrNoChange
	}
	if _, err := f.Inbox.Acknowledge(ctx, by.Body.ID, id, by.ID, v.Now); err != nil {
		return nil, err
	}
	return webkit.See{Path: changesPath + "?done=acknowledged"}, nil
}

// RecordPanel says on the page of a record who was told what became of it, and who
// acknowledged.
func (f *ChangesFace) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	id, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil || v.Person.IsZero() {
		return webkit.Panel{}, nil // the page of the record says so
	}
	about, err := f.Inbox.Changes.About(ctx, v.Person, id)
	if err != nil || len(about) == 0 {
		return webkit.Panel{}, err
	}
	return webkit.Panel{Narrow: toldPanel(f.view(v), about)}, nil
}

// stands says how far a change has come.
func (p changeView) stands(c notice.Change) string {
	w, d := p.w.Mine, p.v.Dates
	switch {
	case !c.AckedAt.IsZero():
		return w.Acknowledged.With("day", d.Day(d.Of(c.AckedAt)))
	case !c.SentAt.IsZero():
		return w.Sent.With("day", d.Day(d.Of(c.SentAt)))
	}
	return w.Waits.String()
}

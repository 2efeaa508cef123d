package noticeweb

import (
	"context"
	"io/fs"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// replayPath is where who writes a receiver sees what was sent to it, and has it sent again.
const replayPath = "/dev/webhooks"

type replayWords struct {
	Nav, Title, Intro, None, NoneText, ToCall, Address, Since, Waiting, Dead, Retry, Retried webkit.Phrase
	Last, LastText, NoChange, ID, Told, Again, AgainOf, OnItsWay, Done, ToInbox              webkit.Phrase
	Mend                                                                                     map[string]webkit.Phrase
}

// ReplayItem leads those who write programs of a body to the messages of its webhook.
func ReplayItem() (webkit.NavItem, error) {
	files, err := fs.Sub(changeFiles, "changes")
	if err != nil {
		return webkit.NavItem{}, err
	}
	w, err := webkit.LoadWords[changeWords](files)
	if err != nil {
		return webkit.NavItem{}, err
	}
	return webkit.NavItem{Path: replayPath, Desk: string(party.Asks), Label: webkit.Both(w, func(w *changeWords) webkit.Phrase { return w.Replay.Nav })}, nil
}

// replayView is the page of a body's webhook.
type replayView struct {
	changeView
	hook  notice.Hook
	set   bool // there is one
	lines []changeLine
	mend  []webkit.Mend
}

func (p replayView) wrong(id string) bool { return len(p.mend) > 0 && p.mend[0].Field == id }

// fieldOf is the id of the button of a change.
func fieldOf(c notice.Change) string { return "again-" + strings.ToLower(c.ID.String()) }

func (f *ChangesFace) replays(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.replayPage(ctx, v, nil)
}

func (f *ChangesFace) replayPage(ctx context.Context, v webkit.Visit, mend []webkit.Mend) (webkit.Reply, error) {
	p := replayView{changeView: f.view(v), mend: mend}
	var err error
	if p.hook, err = f.Inbox.HookOf(ctx, v.Body); err != nil && fault.Of(err).Code != notice.ErrNoHook.Code {
		return nil, err
	}
	p.set = err == nil
	list, err := f.Inbox.Latest(ctx, v.Body)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		p.lines = append(p.lines, changeLine{p.changeView, c, notice.Note{}})
	}
	page := webkit.Page{Title: p.w.Replay.Title.String(), Nav: changesPath, Mend: mend, Content: replaysPage(p), Back: webkit.Link{Path: changesPath, Text: p.w.Title.String()}}
	switch v.Query.Get("done") {
	case "again":
		page.Done = p.w.Replay.Done.String()
	case "retry":
		page.Done = p.w.Replay.Retried.String()
	}
	return page, nil
}

// replay sends one change again, or all that was never taken.
func (f *ChangesFace) replay(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	if err := f.Count(by); err != nil {
		return nil, err
	}
	if v.Form.Get("do") == "retry" {
		_, err := f.Inbox.SendAgain(ctx, v.Body, v.Now)
		return f.replayed(ctx, v, "retry", "retry", err)
	}
	id, err := ref.Parse[ref.Change](v.Form.Get("change"))
	if err != nil {
		return nil, notice.ErrNoChange
	}
	return f.replayed(ctx, v, "again", fieldOf(notice.Change{ID: id}), f.Inbox.Replay(ctx, v.Body, id, by.ID, v.Now))
}

// replayed shows what became of sending again: where the receiver did not take it, why.
func (f *ChangesFace) replayed(ctx context.Context, v webkit.Visit, done, field string, err error) (webkit.Reply, error) {
	if err == nil {
		return webkit.See{Path: replayPath + "?done=" + done}, nil
	}
	text, ok := f.words.In(v.Lang).Replay.Mend[fault.Of(err).Code]
	if !ok {
		return nil, err
	}
	if fault.Of(err).Code == notice.ErrNoHook.Code {
		field = "webhook"
	}
	return f.replayPage(ctx, v, []webkit.Mend{{Field: field, Text: text.String()}})
}

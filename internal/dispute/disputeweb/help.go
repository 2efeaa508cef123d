package disputeweb

import (
	"context"
	"errors"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
)

// helpWords is what is said of an interpreter, sign language and the like.
type helpWords struct {
	Title, Text, Source, Legend, None, Say, SayHint, Keep, Done, Gone, Offer, Asked, Change, Needs webkit.Phrase
	Kinds, Mend                                                                                    map[string]webkit.Phrase
}

// helping is the page on which the person asks for help in a contest.
type helping struct {
	mine
	want dispute.Help
	say  string
}

func (f *Face) help(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.mine(ctx, v)
	if err != nil {
		return nil, err
	}
	if m.File.State != dispute.Draft && !m.Runs() {
		return webkit.See{Path: m.path("")}, nil
	}
	h := helping{mine: m}
	h.want, h.say, _ = m.Asked()
	return h.page(nil), nil
}

func (h helping) page(mend []webkit.Mend) webkit.Page {
	h.mend = mend
	page := webkit.Page{Title: h.w.Help.Title.String(), Nav: minePath, Mend: mend, Content: helpPage(h), Back: webkit.Link{Path: h.path(""), Text: h.w.Sent.Title.String()}}
	switch {
	case len(mend) > 0 || h.v.Query.Get("done") == "":
	case h.want == "":
		page.Done = h.w.Help.Gone.String()
	default:
		page.Done = h.w.Help.Done.String()
	}
	return page
}

func (f *Face) askHelp(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	m, err := f.mine(ctx, v)
	if err != nil {
		return nil, err
	}
	h := helping{mine: m, want: dispute.Help(v.Form.Get("help")), say: v.Form.Get("say")}
	err = f.Service.AskHelp(ctx, v.Person, m.ID, h.want, h.say, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid && bad.Field != "" {
		return h.page([]webkit.Mend{{Field: bad.Field, Text: phrase(h.w.Help.Mend, bad.Code)}}), nil
	}
	return webkit.See{Path: m.path("/help?done=yes")}, err
}

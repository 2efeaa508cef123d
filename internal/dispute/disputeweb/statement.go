package disputeweb

import (
	"context"
	"errors"
	"strconv"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

// stating is the page on which a person says something about a record.
type stating struct {
	view
	record ref.Record
	text   string
	at     time.Time         // zero where nothing is said yet
	said   dispute.Statement // on its own page: whole, with complaints about it
}

func (s stating) path() string { return "/me/records/" + s.record.String() + "/statement" }

// room is for how many characters there is room.
func (s stating) room() string {
	room, _ := s.rules.Statement()
	return strconv.Itoa(room.Characters)
}

func (s stating) page(mend []webkit.Mend) webkit.Page {
	s.mend = mend
	page := webkit.Page{Title: s.w.Statement.Title.String(), Nav: "/me", Mend: mend, Content: statementPage(s),
		Back: webkit.Link{Path: "/me/records/" + s.record.String(), Text: s.w.Filed.String()}}
	switch s.v.Query.Get("done") {
	case "kept":
		page.Done = s.w.Statement.Kept.String()
	case "gone":
		page.Done = s.w.Statement.Gone.String()
	case "asked":
		page.Done = s.w.Complaint.Asked.String()
	}
	return page
}

// statement shows what the person says about a record, to be changed or taken back.
func (f *Face) statement(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return nil, dossier.ErrNotFound
	}
	s, err := f.Service.Statement(ctx, v.Person, r, v.Now)
	if err != nil {
		return nil, err
	}
	return stating{f.view(v), r, s.Text, s.At, s}.page(nil), nil
}

// state keeps what the person says, or takes it back.
func (f *Face) state(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return nil, dossier.ErrNotFound
	}
	s := stating{view: f.view(v), record: r, text: v.Form.Get("text")}
	if v.Form.Get("do") == "review" {
		return f.askReview(ctx, v, s)
	}
	if v.Form.Get("do") == "drop" {
		return webkit.See{Path: s.path() + "?done=gone"}, f.Service.Unstate(ctx, v.Person, r, v.Now)
	}
	err = f.Service.State(ctx, v.Person, r, s.text, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		text := s.w.Statement.Empty.String()
		if bad.Code == "E-STATEMENT-LONG" {
			text = s.w.Statement.Long.With("n", s.room())
		}
		return s.page([]webkit.Mend{{Field: "text", Text: text}}), nil
	}
	return webkit.See{Path: s.path() + "?done=kept"}, err
}

// aside is what the page of a record says of the person's own words: when they were
// written; false where the pack gives no room for any, or the content of the record is gone.
func (f *Face) aside(ctx context.Context, v webkit.Visit, r ref.Record) (stating, bool, error) {
	s := stating{view: f.view(v), record: r}
	if _, room := s.rules.Statement(); !room {
		return s, false, nil
	}
	at, err := f.Service.Stated(ctx, v.Person, r)
	if errors.Is(err, dossier.ErrNotFound) {
		return s, false, nil
	}
	s.at = at
	return s, err == nil, err
}

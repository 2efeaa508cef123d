package noticeweb

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// PostPath is where letters are printed, below the language.
const PostPath = "/work/post"

// Post is the desk at which letters are printed and it is noted what became of them.
type Post struct {
	Desk  *notice.Desk
	Clerk func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
	// About returns what a letter tells of a record without its content, in a language; a
	// fault of kind NotFound where the record was withdrawn or is not kept any more.
	About func(ctx context.Context, o notice.Owed, lang string, now time.Time) (Matter, error)
}

// perBatch is how many letters are printed at once.
const perBatch = 100

func (f *Face) postRoutes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: PostPath, Role: webkit.Clerk, Why: "letters that wait to be printed", Serve: f.post},
		{Method: http.MethodPost, Path: PostPath, Role: webkit.Clerk, Why: "print letters, and note what became of them", Serve: f.postAct},
	}
}

// DeskItems is the entry of a clerk's main navigation; none where there is no post desk.
func (f *Face) DeskItems() []webkit.NavItem {
	if f.Post == nil {
		return nil
	}
	return []webkit.NavItem{{Path: PostPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Post.Nav })}}
}

// postView is the page of the post desk.
type postView struct {
	w       *words
	v       webkit.Visit
	mandate bool
	waiting []notice.Waiting // the oldest
	more    int              // that wait besides them
	mend    []webkit.Mend
	letter  string // what was written into the form that must be mended
	on      string
}

func (p postView) wrong(field string) bool { return len(p.mend) > 0 && p.mend[0].Field == field }

// admit says whether a clerk works at the desk.
func (f *Face) admit(ctx context.Context, v webkit.Visit) error {
	clerk, err := f.Post.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return err
	}
	return f.Post.Desk.Admit(ctx, clerk, v.Now)
}

func (f *Face) post(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	err := f.admit(ctx, v)
	if errors.Is(err, notice.ErrNoPost) {
		p := postView{w: f.words.In(v.Lang), v: v}
		return webkit.Page{Title: p.w.Post.Title.String(), Nav: PostPath, Content: postPage(p)}, nil
	}
	if err != nil {
		return nil, err
	}
	return f.postPage(ctx, v, postView{})
}

func (f *Face) postPage(ctx context.Context, v webkit.Visit, p postView) (webkit.Reply, error) {
	all, err := f.Post.Desk.ToPrint(ctx)
	if err != nil {
		return nil, err
	}
	p.w, p.v, p.mandate = f.words.In(v.Lang), v, true
	p.waiting = all[:min(len(all), perBatch)]
	p.more = len(all) - len(p.waiting)
	page := webkit.Page{Title: p.w.Post.Title.String(), Nav: PostPath, Mend: p.mend, Content: postPage(p)}
	switch n, _ := strconv.Atoi(v.Query.Get("n")); v.Query.Get("done") {
	case "sent":
		page.Done = p.w.Post.DoneSent.N(n)
	case "arrived":
		page.Done = p.w.Post.DoneArrived.String()
	case "returned":
		page.Done = p.w.Post.DoneReturned.String()
	}
	return page, nil
}

// postAct does the one thing that the form asks for.
func (f *Face) postAct(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	if err := f.admit(ctx, v); err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	switch do := v.Form.Get("do"); do {
	case "arrived", "returned":
		return f.note(ctx, v, do)
	case "print", "sent":
		var letters []ref.Notice
		for _, number := range v.Form["letters"] {
			id, err := ref.Parse[ref.Notice](number)
			if err != nil {
				return nil, notice.ErrNotOut
			}
			letters = append(letters, id)
		}
		if len(letters) == 0 {
			return f.postPage(ctx, v, postView{mend: []webkit.Mend{{Field: "letters", Text: w.Post.MendNone.String()}}})
		}
		if len(letters) > perBatch {
			return nil, errBatch
		}
		if do == "sent" {
			if err := f.Post.Desk.Sent(ctx, letters, v.Now); err != nil {
				return nil, err
			}
			return webkit.See{Path: PostPath + "?done=sent&n=" + strconv.Itoa(len(letters))}, nil
		}
		return f.print(ctx, v, letters)
	}
	return nil, fault.New(fault.Invalid, "E-SETTING", "The form asks for nothing that can be set. Nothing was changed.")
}

var errBatch = fault.Newf(fault.Invalid, "E-POST-BATCH", "At most %d letters are printed at once. Nothing was printed; choose fewer.", perBatch).At("letters")

// note writes down that a letter arrived, or came back.
func (f *Face) note(ctx context.Context, v webkit.Visit, do string) (webkit.Reply, error) {
	w := f.words.In(v.Lang).Post
	p := postView{letter: v.Form.Get("letter"), on: v.Form.Get("on")}
	wrong := func(field string, text webkit.Phrase) (webkit.Reply, error) {
		p.mend = []webkit.Mend{{Field: field, Text: text.String()}}
		return f.postPage(ctx, v, p)
	}
	id, err := ref.Parse[ref.Notice](p.letter)
	if err != nil {
		return wrong("letter", w.MendLetter)
	}
	if do == "returned" {
		err = f.Post.Desk.Returned(ctx, id, notice.ByPost, v.Now)
	} else {
		var on when.Date
		if on, err = when.Parse(p.on); err != nil {
			return wrong("on", w.MendOn)
		}
		err = f.Post.Desk.Confirmed(ctx, id, on, v.Now)
	}
	switch {
	case errors.Is(err, notice.ErrNotOut):
		return wrong("letter", w.MendLetter)
	case errors.Is(err, notice.ErrDelivery):
		return wrong("on", w.MendOn)
	case err != nil:
		return nil, err
	}
	return webkit.See{Path: PostPath + "?done=" + do}, nil
}

// sheet is one letter on paper, in the language in which the person is written to.
type sheet struct {
	notice.Sheet
	w       *words // of that language
	dates   webkit.Dates
	subject string
	body    string
	home    string
	contact string
}

// sheets are the letters of one batch.
type sheets struct {
	w     *words
	v     webkit.Visit
	all   []sheet
	gone  int // letters whose address is kept no more
	ended int // letters whose record was withdrawn meanwhile
}

// print shows letters as they go on paper. What must not be sent any more is taken out
// of the queue, and said.
func (f *Face) print(ctx context.Context, v webkit.Visit, letters []ref.Notice) (webkit.Reply, error) {
	list, err := f.Post.Desk.Print(ctx, letters, v.Now)
	if err != nil {
		return nil, err
	}
	p := sheets{w: f.words.In(v.Lang), v: v, gone: len(letters) - len(list)}
	for _, s := range list {
		one, err := f.sheet(ctx, v, s)
		switch {
		case err == nil:
			p.all = append(p.all, one)
		case fault.Of(err).Kind == fault.NotFound:
			if err := f.Post.Desk.Drop(ctx, s.ID, v.Now); err != nil {
				return nil, err
			}
			p.ended++
		default:
			return nil, err
		}
	}
	return webkit.Page{Title: p.w.Post.Title.String(), Nav: PostPath, Sheets: true, Content: sheetsPage(p),
		Back: webkit.Link{Path: PostPath, Text: p.w.Post.Title.String()}}, nil
}

func (f *Face) sheet(ctx context.Context, v webkit.Visit, s notice.Sheet) (sheet, error) {
	visit := v
	visit.Lang, visit.Dates.Lang = s.Language, s.Language
	l := letter{s.Owed, f, f.words.In(s.Language), visit}
	out := sheet{Sheet: s, w: l.w, dates: visit.Dates, home: f.Origin + visit.Href("/me/notices"), contact: l.rules().Contact[s.Language]}
	if s.OfDeath() && f.Contest != nil {
		var err error
		visit.Person = s.Person
		out.subject, out.body, err = f.Contest(ctx, visit, s.Owed)
		return out, err
	}
	if !s.Contest.IsZero() { // what was decided is sealed: nobody at the desk reads it
		out.subject, out.body = l.kind(), l.w.Post.Sealed.String()
		return out, nil
	}
	matter, err := f.Post.About(ctx, s.Owed, s.Language, v.Now)
	if err != nil {
		return sheet{}, err
	}
	words, ok := l.rules().Wording(l.Kind, s.Language)
	if !ok {
		return sheet{}, fault.Newf(fault.Internal, "E-WORDING", "The pack has no wording for letters of kind %s.", l.Kind)
	}
	out.subject, out.body, err = words.Fill(openLetter{letter: l, matter: matter}.values())
	return out, err
}

// tag is the language of a sheet as HTML names it.
func (s sheet) tag() string { return webkit.Tag(s.Language) }

// clocked reports whether time to answer runs from the letter's delivery.
func (s sheet) clocked() bool { return law.BeginsAnswer(s.Kind) }

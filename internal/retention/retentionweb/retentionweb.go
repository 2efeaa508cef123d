// Package retentionweb shows a person what they can take with them: a signed copy of
// a record while it is there, and the signed receipt of its erasure after.
package retentionweb

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ref"
	"recourse/internal/retention"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of.
type Config struct {
	Service *retention.Service
	Gather  Gather // nil where no export is given
	Shape   []List // the lists that Gather gives, without rows
}

// Face is the room as a person sees it.
type Face struct {
	Config
	service *retention.Service
	words   webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil {
		return nil, errors.New("retentionweb: a service is needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{c, c.Service, w}, err
}

// words is what the face says.
type words struct {
	Copy struct{ Title, Text, Link, Call, CallText, Ahead webkit.Phrase }
	Gone struct {
		Title, Why, Rule, Law, At, Held, From, Weak, Waits, Link, All webkit.Phrase
	}
	Whys   map[string]webkit.Phrase
	Export struct {
		Title, Intro, OwnTitle, Own, Copy, CopyText, Tables, TablesText, File, FileText, Schema, Also, Listed webkit.Phrase
		CopyTitle, Stamp, As, Log, Print, None, Yes, No, Panel, PanelText                                     webkit.Phrase
		Lists, Columns                                                                                        map[string]webkit.Phrase
	}
}

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return append(f.exportRoutes(), []webkit.Route{
		{Method: http.MethodGet, Path: "/me/records/{record}/copy", Role: webkit.Person, Why: "a signed copy of one record, to prove what it said when it is gone", Serve: f.copy},
		{Method: http.MethodGet, Path: "/me/receipts/erasures", Role: webkit.Person, Why: "the signed receipts of all that was erased of the person", Serve: f.all},
		{Method: http.MethodGet, Path: "/me/receipts/erasures/{record}", Role: webkit.Person, Why: "the signed receipt of one erasure", Serve: f.one},
	}...)
}

const noteType = "text/plain; charset=utf-8"

func (f *Face) copy(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return nil, dossier.ErrNotFound
	}
	note, err := f.service.Copy(ctx, v.Person, id, v.Now)
	return webkit.File{Name: "copy-" + id.String() + ".txt", Type: noteType, Data: []byte(note)}, err
}

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return nil, retention.ErrNone
	}
	note, err := f.service.Signed(ctx, v.Person, id, v.Now)
	return webkit.File{Name: "erasure-" + id.String() + ".txt", Type: noteType, Data: []byte(note)}, err
}

func (f *Face) all(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	notes, err := f.service.All(ctx, v.Person, v.Now)
	return webkit.File{Name: "erasures-" + v.Today().String() + ".txt", Type: noteType, Data: []byte(notes)}, err
}

// Panel offers copies of what is erased within the next thirty days, whether or not
// a letter about it was written.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	if v.Person.IsZero() {
		return webkit.Panel{}, nil
	}
	list, err := f.service.Stones.Ending(ctx, v.Person, v.Today(), v.Today().AddDays(retention.Offered))
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	var p webkit.Panel
	for _, r := range list {
		link := webkit.Link{Path: "/me/records/" + r.Record.String(), Text: w.Copy.Ahead.With("type", f.label(r, v))}
		p.Ahead = append(p.Ahead, webkit.Ahead{Day: r.RetainEnd, Link: link})
	}
	if f.Gather != nil {
		p.Narrow = exportPanel(w, v)
	}
	if len(list) > 0 {
		p.Calls = append(p.Calls, webkit.Call{Yours: true, Due: list[0].RetainEnd.AddDays(1).Start(f.service.Shelf.At(v.Now).Zone),
			Title: w.Copy.Call.With("day", v.Dates.Near(list[0].RetainEnd, v.Today())), Text: w.Copy.CallText.String(),
			Link: webkit.Link{Path: "/me/records/" + list[0].Record.String(), Text: w.Copy.Link.String()}})
	}
	return p, nil
}

func (f *Face) label(r dossier.Tombstone, v webkit.Visit) string {
	if t, ok := law.Under(f.service.Shelf, r.Pack, v.Now).Type(r.Type); ok {
		return t.Labels[v.Lang]
	}
	return r.Type
}

// receiptView is the receipt of one record as its page shows it.
type receiptView struct {
	retention.Receipt
	w *words
	v webkit.Visit
}

func (r receiptView) why() string {
	if p, ok := r.w.Whys[string(r.Why)]; ok {
		return p.String()
	}
	return string(r.Why)
}

func (r receiptView) href() string { return r.v.Href("/me/receipts/erasures/" + r.Record.String()) }

// RecordPanel is what can be taken of one record: a copy, or the receipt of its
// erasure.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	id, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil || v.Person.IsZero() {
		return webkit.Panel{}, nil // the page of the record says so
	}
	w := f.words.In(v.Lang)
	gone, err := f.service.Receipts(ctx, v.Person, id, v.Now)
	if err != nil {
		return webkit.Panel{}, err
	}
	if len(gone) > 0 {
		return webkit.Panel{Narrow: receiptPanel(receiptView{gone[0], w, v})}, nil
	}
	return webkit.Panel{Narrow: copyPanel(w, v, id)}, nil
}

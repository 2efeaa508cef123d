package dossierweb

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
)

// perPage is how many records a page shows.
const perPage = 20

// Panel is the file on the person's first page: how much is on it, the picture,
// and what comes off next.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	n, err := pageOf(v)
	if err != nil {
		return webkit.Panel{}, err
	}
	all, err := f.Service.Outline(ctx, v.Person, webkit.MostAhead, v.Now)
	if err != nil {
		return webkit.Panel{}, err
	}
	if n > 1 && (n-1)*perPage >= all.Records {
		return webkit.Panel{}, dossier.ErrNotFound
	}
	file, err := f.Service.File(ctx, v.Person, dossier.Part{From: (n - 1) * perPage, N: perPage}, v.Now)
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	facts := f.whose(w, file)
	if len(file.Records) == 0 {
		return webkit.Panel{Facts: facts, Wide: nothing(f, w, v)}, nil
	}
	cards := make([]card, len(file.Records))
	for i, r := range file.Records {
		cards[i] = f.card(r, v)
	}
	return webkit.Panel{Facts: append(facts, counts(w, all)...), Ahead: f.ahead(w, all.Ahead, v), Wide: picture(view{
		w: w, v: v, cards: cards, axis: axisOf(cards, v.Today()), newer: pageBefore(n), older: pageAfter(n, all.Records)})}, nil
}

// ahead says what comes off and takes effect next.
func (f *Face) ahead(w *words, turns []dossier.Turn, v webkit.Visit) []webkit.Ahead {
	out := make([]webkit.Ahead, len(turns))
	for i, t := range turns {
		text := w.ComesOff
		if t.Begins {
			text = w.TakesEffect
		}
		out[i] = webkit.Ahead{Day: t.Day, Link: webkit.Link{Path: "/me/records/" + t.Record.String(), Text: text.With("type", label(f.Rules(t.Pack, v.Now), t.Type, v.Lang))}}
	}
	return out
}

// mostPages is far beyond what a file can have.
const mostPages = 1 << 20

// pageOf returns which page was asked for.
func pageOf(v webkit.Visit) (int, error) {
	asked := v.Query.Get("page")
	if asked == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 || n > mostPages {
		return 0, dossier.ErrNotFound
	}
	return n, nil
}

func pageBefore(page int) string {
	switch page {
	case 1:
		return ""
	case 2:
		return "/me"
	}
	return "/me?page=" + strconv.Itoa(page-1)
}

func pageAfter(page, records int) string {
	if page*perPage >= records {
		return ""
	}
	return "/me?page=" + strconv.Itoa(page+1)
}

func (f *Face) whose(w *words, file dossier.File) []templ.Component {
	if file.Name == "" {
		return nil
	}
	return []templ.Component{w.FileOf.Rich(map[string]templ.Component{"name": webkit.Bold(file.Name)})}
}

// counts says how much others can see, and how much only the person can.
func counts(w *words, all dossier.Outline) []templ.Component {
	facts := []templ.Component{w.Others.RichN(all.Others, nil)}
	if yours := all.Records - all.Others - all.Erased; yours > 0 {
		facts = append(facts, w.OnlyYours.RichN(yours, nil))
	}
	return facts
}

// RecordPanel is one record, whole.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	c, err := f.record(ctx, v, v.Param("record"))
	if err != nil {
		return webkit.Panel{}, err
	}
	return webkit.Panel{Title: c.label(), Wide: recordPage(c)}, nil
}

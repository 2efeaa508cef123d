package dossierweb

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
)

// perPage is how many records a page shows.
const perPage = 50

// Panel is the file on the person's first page: how much is on it, the picture,
// and what comes off next.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	file, err := f.Service.File(ctx, v.Person, v.Now)
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	if len(file.Records) == 0 {
		return webkit.Panel{Facts: f.whose(w, file), Wide: nothing(f, w, v)}, nil
	}
	page, cards, err := f.page(file.Records, v)
	if err != nil {
		return webkit.Panel{}, err
	}
	p := webkit.Panel{Facts: f.facts(w, file, v), Wide: picture(view{
		w: w, v: v, cards: cards, axis: axisOf(cards, v.Today()),
		newer: pageBefore(page), older: pageAfter(page, len(file.Records)),
	})}
	for _, r := range file.Records {
		if c := f.card(r, v); c.st == shown {
			p.Ahead = append(p.Ahead, webkit.Ahead{Day: r.DisplayEnd,
				Link: webkit.Link{Path: "/me/records/" + r.Record.String(), Text: w.ComesOff.With("type", c.label())}})
		} else if c.st == soon {
			p.Ahead = append(p.Ahead, webkit.Ahead{Day: v.Dates.Of(r.EffectAt),
				Link: webkit.Link{Path: "/me/records/" + r.Record.String(), Text: w.TakesEffect.With("type", c.label())}})
		}
	}
	return p, nil
}

// page returns the part of the records that was asked for.
func (f *Face) page(all []dossier.Shown, v webkit.Visit) (int, []card, error) {
	page := 1
	if asked := v.Query.Get("page"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || (n-1)*perPage >= len(all) {
			return 0, nil, dossier.ErrNotFound
		}
		page = n
	}
	var cards []card
	for _, r := range all[(page-1)*perPage : min(page*perPage, len(all))] {
		cards = append(cards, f.card(r, v))
	}
	return page, cards, nil
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

// facts counts what others can see, and what only the person can.
func (f *Face) facts(w *words, file dossier.File, v webkit.Visit) []templ.Component {
	others, yours := 0, 0
	for _, r := range file.Records {
		switch stand(r, v.Now) {
		case shown:
			others++
		case erased:
		default:
			yours++
		}
	}
	facts := append(f.whose(w, file), w.Others.RichN(others, nil))
	if yours > 0 {
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

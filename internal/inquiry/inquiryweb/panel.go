package inquiryweb

import (
	"context"

	"recourse/internal/inquiry"
	"recourse/internal/kit/webkit"
)

// lately is how many look-ups the person's first page shows.
const lately = 5

// Panel is who looked lately, on the person's first page. It reads nothing
// sealed.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	looks, err := f.Service.Recent(ctx, v.Person, inquiry.Page{Limit: lately})
	if err != nil {
		return webkit.Panel{}, err
	}
	answered, refused, err := f.Service.Count(ctx, v.Person, v.Now.AddDate(-1, 0, 0))
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	p := webkit.Panel{Narrow: latelyPanel(w, v, f.entries(looks, v))}
	if answered > 0 {
		p.Facts = append(p.Facts, w.Looked.RichN(int(answered), nil))
	}
	if refused > 0 {
		p.Facts = append(p.Facts, w.Refused.RichN(int(refused), nil))
	}
	return p, nil
}

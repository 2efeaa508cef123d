package inquiryweb

import (
	"context"

	"recourse/internal/kit/webkit"
)

// lately is how many look-ups the person's first page shows.
const lately = 5

// Panel is who looked lately, on the person's first page. It reads nothing
// sealed.
func (f *Face) Panel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	all, err := f.Service.Lately(ctx, v.Person, lately, v.Now.AddDate(-1, 0, 0))
	if err != nil {
		return webkit.Panel{}, err
	}
	w := f.words.In(v.Lang)
	p := webkit.Panel{Narrow: latelyPanel(w, v, f.entries(all.Looks, v))}
	if all.Answered > 0 {
		p.Facts = append(p.Facts, w.Looked.RichN(all.Answered, nil))
	}
	if all.Refused > 0 {
		p.Facts = append(p.Facts, w.Refused.RichN(all.Refused, nil))
	}
	return p, nil
}

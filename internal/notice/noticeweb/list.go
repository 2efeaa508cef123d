package noticeweb

import (
	"context"
	"slices"
	"strconv"

	"recourse/internal/kit/webkit"
	"recourse/internal/notice"
)

// perPage is how many letters a page of the inbox shows.
const perPage = 50

// list shows the inbox, unopened letters first.
func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	all, err := f.letters(ctx, v)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b letter) int {
		switch {
		case a.waiting() == b.waiting():
			return 0
		case a.waiting():
			return -1
		}
		return 1
	})
	w := f.words.In(v.Lang)
	p := listView{w: w, v: v}
	page := 1
	if asked := v.Query.Get("page"); asked != "" {
		if page, err = strconv.Atoi(asked); err != nil || page < 1 || (page-1)*perPage >= len(all) {
			return nil, notice.ErrNotFound
		}
	}
	if page > 1 {
		p.newer = "/me/notices?page=" + strconv.Itoa(page-1)
	}
	if page*perPage < len(all) {
		p.older = "/me/notices?page=" + strconv.Itoa(page+1)
	}
	p.letters = all[min((page-1)*perPage, len(all)):min(page*perPage, len(all))]
	return webkit.Page{Title: w.Title.String(), Nav: "/me/notices", Content: listPage(p)}, nil
}

package partyweb

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
)

// readingWords is what the page of aids for reading says.
type readingWords struct {
	Title, Intro, Size, SizeText, Choose, Percent, Usual, Save, Done, Guest webkit.Phrase
	Browser, BrowserText, Plain, PlainText, Help, HelpText, ToHelp          webkit.Phrase
}

// reading shows what makes reading easier.
func (f *Face) reading(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := f.words.In(v.Lang)
	page := webkit.Page{Title: w.Reading.Title.String(), Content: readingPage(w, v)}
	if v.Query.Get("done") == "size" && v.Signed {
		page.Done = w.Reading.Done.String()
	}
	return page, nil
}

// enlarge keeps the size of text of who is signed in.
func (f *Face) enlarge(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	if size := sizeIn(v.Form); size > 0 {
		return webkit.Enlarge{Size: size, Path: readingPath + "?done=size"}, nil
	}
	return nil, errSetting
}

var errSetting = fault.New(fault.Invalid, "E-SETTING", "The form asks for nothing that can be set. Nothing was changed.")

// sizeIn is the size that a form chooses; 0 where it is none.
func sizeIn(form url.Values) int {
	size, err := strconv.Atoi(form.Get("size"))
	if err != nil || !slices.Contains(webkit.Sizes(), size) {
		return 0
	}
	return size
}

// sizeName is what a size is called.
func sizeName(w *words, size int) string {
	if size == webkit.Sizes()[0] {
		return w.Reading.Usual.String()
	}
	return w.Reading.Percent.With("n", strconv.Itoa(size))
}

package partyweb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
)

// settings shows what the person set.
func (f *Face) settings(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.settingsPage(ctx, v, party.Contact{Language: v.Lang}, nil)
}

func (f *Face) settingsPage(ctx context.Context, v webkit.Visit, c party.Contact, mend []webkit.Mend) (webkit.Reply, error) {
	at, kept, err := f.Service.ContactSetAt(ctx, v.Person)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang).Settings
	s := settingsView{w: f.words.In(v.Lang), v: v, contact: c, mend: mend, kept: kept}
	if kept {
		s.since = v.Dates.Day(v.Dates.Of(at))
	}
	page := webkit.Page{Title: w.Title.String(), Nav: "/me/settings", Mend: mend, Content: settingsPage(s)}
	switch v.Query.Get("done") {
	case "mail":
		page.Done = w.DoneMail.String()
	case "removed":
		page.Done = w.DoneRemoved.String()
	case "language":
		page.Done = w.DoneLanguage.String()
	case "size":
		page.Done = f.words.In(v.Lang).Reading.Done.String()
	}
	return page, nil
}

// set does the one thing that the form asks for.
func (f *Face) set(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	switch v.Form.Get("do") {
	case "mail":
		return f.keep(ctx, v)
	case "remove":
		if err := f.Service.SetContact(ctx, v.Person, party.Contact{}, v.Now); err != nil {
			return nil, err
		}
		return webkit.See{Path: "/me/settings?done=removed"}, nil
	case "size":
		if size := sizeIn(v.Form); size > 0 {
			return webkit.Enlarge{Size: size, Path: "/me/settings?done=size"}, nil
		}
	case "language":
		if lang := v.Form.Get("language"); slices.Contains(webkit.Langs(), lang) {
			return webkit.Speak{Lang: lang, Path: "/me/settings?done=language"}, nil
		}
	}
	return nil, errSetting
}

// keep keeps the addresses: for e-mails, for letters on paper, or both.
func (f *Face) keep(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c := party.Contact{Email: v.Form.Get("email"), Post: lines(v.Form.Get("post")), Language: v.Form.Get("mail-language")}
	w := f.words.In(v.Lang).Settings
	var mend []webkit.Mend
	if c.Email == "" && c.Post == "" {
		mend = append(mend, webkit.Mend{Field: "email", Text: w.MendEmail.String()})
	} else if err := f.Service.SetContact(ctx, v.Person, c, v.Now); err != nil {
		var bad *fault.Error
		if !errors.As(err, &bad) || bad.Kind != fault.Invalid {
			return nil, err
		}
		m := webkit.Mend{Field: "email", Text: w.MendEmail.String()}
		switch bad.Field {
		case "language":
			m = webkit.Mend{Field: "mail-language", Text: w.MendLanguage.String()}
		case "post":
			m = webkit.Mend{Field: "post", Text: w.MendPost.String()}
		}
		mend = append(mend, m)
	}
	if len(mend) > 0 {
		return f.settingsPage(ctx, v, c, mend)
	}
	return webkit.See{Path: "/me/settings?done=mail"}, nil
}

// lines are the lines of a field, without those at its end that say nothing.
func lines(text string) string {
	all := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return strings.Join(all, "\n")
}

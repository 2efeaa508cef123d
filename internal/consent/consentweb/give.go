package consentweb

import (
	"context"
	"errors"
	"strconv"

	"recourse/internal/consent"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/when"
)

// form shows what can be allowed.
func (f *Face) form(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.formPage(draft{}, nil, v)
}

// give checks what was chosen, shows it as one sentence, and gives the consent
// when it comes back.
func (f *Face) give(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	d, mend, err := f.decode(v)
	if err != nil {
		return nil, err
	}
	switch {
	case len(mend) > 0 || v.Form.Get("step") == "change":
		return f.formPage(d, mend, v)
	case v.Form.Get("step") != "give":
		w := f.words.In(v.Lang)
		return webkit.Page{Title: w.Check.Title.String(), Nav: "/me/consents", Content: checkPage(f, w, v, d)}, nil
	}
	_, err = f.Service.Give(ctx, v.Person, d.chosen.body.Code, d.chosen.purpose.Code, d.until, v.Now)
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Field == "until" {
		return f.formPage(d, []webkit.Mend{{Field: "until", Text: f.words.In(v.Lang).Mend.UntilPast.String()}}, v)
	}
	if err != nil {
		return nil, err
	}
	return webkit.See{Path: "/me/consents?done=given"}, nil
}

// draft is what was filled in.
type draft struct {
	choice, untilText string
	chosen            offer
	until             when.Date
}

// decode reads the form. What is wrong is named field by field.
func (f *Face) decode(v webkit.Visit) (draft, []webkit.Mend, error) {
	latest, err := f.latest(v)
	if err != nil {
		return draft{}, nil, err
	}
	w := f.words.In(v.Lang).Mend
	d := draft{choice: v.Form.Get("choice"), untilText: v.Form.Get("until")}
	found := false
	for _, o := range offers(f.rules(v)) {
		if o.value() == d.choice {
			d.chosen, found = o, true
		}
	}
	var mend []webkit.Mend
	if !found {
		mend = append(mend, webkit.Mend{Field: "choice", Text: w.Choice.String()})
	}
	d.until, err = when.Parse(d.untilText)
	switch {
	case err != nil:
		mend = append(mend, webkit.Mend{Field: "until", Text: w.Until.String()})
	case d.until < v.Today():
		mend = append(mend, webkit.Mend{Field: "until", Text: w.UntilPast.String()})
	case d.until > latest:
		mend = append(mend, webkit.Mend{Field: "until", Text: w.UntilLate.With("day", v.Dates.Day(latest))})
	}
	return d, mend, nil
}

// latest returns the last day that the rules allow for a consent given now.
func (f *Face) latest(v webkit.Visit) (when.Date, error) {
	end, err := f.rules(v).ConsentUntil(v.Now)
	if err != nil {
		return 0, err
	}
	return v.Dates.LastDay(end), nil
}

func (f *Face) formPage(d draft, mend []webkit.Mend, v webkit.Visit) (webkit.Reply, error) {
	offers := offers(f.rules(v))
	if len(offers) == 0 {
		return nil, consent.ErrNotFound
	}
	latest, err := f.latest(v)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.New.Title.String(), Nav: "/me/consents", Mend: mend, Back: webkit.Link{Path: "/me/consents", Text: w.Title.String()},
		Content: newPage(newView{f: f, w: w, v: v, draft: d, mend: mend, latest: latest, offers: offers})}, nil
}

// undo says how long a consent can be undone before anybody can use it.
func (f *Face) undo(w *words, v webkit.Visit) string {
	return w.Check.Undo.With("minutes", strconv.Itoa(int(f.rules(v).ConsentUndo().Minutes())))
}

// choiceID is the id of a choice; the first has the name of the field, where the
// list of what must be mended leads to.
func choiceID(i int) string {
	if i == 0 {
		return "choice"
	}
	return "choice-" + strconv.Itoa(i+1)
}

package consentweb

import (
	"context"
	"errors"
	"slices"
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
	_, err = f.Service.Give(ctx, v.Person, d.terms(), v.Now)
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
	choice, untilText, often string
	chosen                   offer
	types                    []string
	started                  bool
	until                    when.Date
}

// The two answers to how often a consent may be used.
const (
	once    = "once"
	several = "several"
)

func (d draft) terms() consent.Terms {
	return consent.Terms{Body: d.chosen.body.Code, Purpose: d.chosen.purpose.Code, Types: d.types, Until: d.until, Single: d.often == once, Started: d.started}
}

// crosses reports whether a type of another sector is among those that were chosen.
func (d draft) crosses() bool { return slices.ContainsFunc(d.types, d.chosen.purpose.Crosses) }

// decode reads the form. What is wrong is named field by field.
func (f *Face) decode(v webkit.Visit) (draft, []webkit.Mend, error) {
	latest, err := f.latest(v)
	if err != nil {
		return draft{}, nil, err
	}
	w := f.words.In(v.Lang).Mend
	d := draft{choice: v.Form.Get("choice"), untilText: v.Form.Get("until"), often: v.Form.Get("often"), started: v.Form.Get("started") == "yes"}
	for _, o := range offers(v, f.rules(v)) {
		if o.value() == d.choice {
			d.chosen = o
		}
	}
	var mend []webkit.Mend
	if d.chosen.body.Code == "" {
		mend = append(mend, webkit.Mend{Field: "choice", Text: w.Choice.String()})
	} else if d.types = d.chosen.among(v.Form["types"]); len(d.types) == 0 {
		mend = append(mend, webkit.Mend{Field: "choice", Text: w.Types.String()})
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
	switch {
	case d.often != once && d.often != several:
		mend = append(mend, webkit.Mend{Field: "often", Text: w.Often.String()})
	case d.crosses() && d.often != once:
		mend = append(mend, webkit.Mend{Field: "often", Text: w.Once.String()})
	}
	if d.crosses() && !d.started {
		mend = append(mend, webkit.Mend{Field: "started", Text: w.Started.String()})
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
	offers := offers(v, f.rules(v))
	if len(offers) == 0 {
		return nil, consent.ErrNotFound
	}
	latest, err := f.latest(v)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.New.Title.String(), Nav: "/me/consents", Mend: mend, Back: webkit.Link{Path: "/me/consents", Text: w.Title.String()},
		Content: newPage(newView{f: f, w: w, v: v, draft: d, mend: mend, latest: latest, offers: offers, crossing: slices.ContainsFunc(offers, offer.crosses)})}, nil
}

// undo says how long a consent can be undone before anybody can use it.
func (f *Face) undo(w *words, v webkit.Visit) string {
	return w.Check.Undo.With("minutes", strconv.Itoa(int(f.rules(v).ConsentUndo().Minutes())))
}

// choiceID is the id of a choice; the first has the name of the field, where the
// list of what must be mended leads to.
func choiceID(i int) string { return fieldID("choice", i) }

// fieldID is the id of the nth field of a group; the first has the name of the group.
func fieldID(group string, i int) string {
	if i == 0 {
		return group
	}
	return group + "-" + strconv.Itoa(i+1)
}

// ticked reports whether a type was chosen before.
func (n newView) ticked(o offer, typeCode string) bool {
	return n.draft.choice == o.value() && slices.Contains(n.draft.types, typeCode)
}

// all are the types of an offer.
func (n newView) all(o offer) []string {
	var out []string
	for _, g := range o.purpose.Grants {
		out = append(out, g.Type)
	}
	return out
}

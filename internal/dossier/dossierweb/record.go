package dossierweb

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// record reads the number of a record and returns the record. A number that is
// none, of nobody, or of somebody else is the same fault.
func (f *Face) record(ctx context.Context, v webkit.Visit, number string) (card, error) {
	id, err := ref.Parse[ref.Record](number)
	if err != nil {
		return card{}, dossier.ErrNotFound
	}
	r, err := f.Service.Record(ctx, v.Person, id, v.Now)
	if err != nil {
		return card{}, err
	}
	return f.card(r, v), nil
}

// Matter is what a letter is about, in the words of the file.
type Matter struct {
	Type       string // label of the record's type
	Sentence   string
	Source     string // name of the body that filed it
	Received   when.Date
	DisplayEnd when.Date
	RetainEnd  when.Date
	Content    templ.Component // what the record says
	Code       string          // of the record's type
}

// Matter returns what a letter about a record tells. The look leaves an access
// row. ErrNotFound where the record is not the caller's, or not kept any more.
func (f *Face) Matter(ctx context.Context, v webkit.Visit, id ref.Record) (Matter, error) {
	r, err := f.Service.Record(ctx, v.Person, id, v.Now)
	if err != nil {
		return Matter{}, err
	}
	c := f.card(r, v)
	return Matter{
		Type: c.label(), Sentence: c.sentence(), Source: c.source(), Received: v.Dates.Of(r.ReceivedAt),
		DisplayEnd: r.DisplayEnd, RetainEnd: r.RetainEnd, Content: says(c), Code: r.Type,
	}, nil
}

// About returns what a letter on paper tells of a record: nothing of its content.
func (f *Face) About(r dossier.Summary, dates webkit.Dates, now time.Time) Matter {
	rules := f.Rules(r.Pack, now)
	m := Matter{Type: label(rules, r.Type, dates.Lang), Sentence: r.Type, Source: rules.BodyName(r.Source, dates.Lang), Received: dates.Of(r.ReceivedAt), DisplayEnd: r.DisplayEnd, RetainEnd: r.RetainEnd, Code: r.Type}
	if t, ok := rules.Type(r.Type); ok {
		m.Sentence = t.Sentence[dates.Lang]
	}
	return m
}

// basis returns the law that a record rests on; false where the pack
// does not know its type.
func (c card) basis() (catalogue.Citation, bool) {
	t, ok := c.rules.Type(c.Type)
	if !ok {
		return catalogue.Citation{}, false
	}
	return t.LegalBasis, true
}

// unverified reports whether nobody has checked a citation.
func unverified(b catalogue.Citation) bool { return b.Status == catalogue.Unverified }

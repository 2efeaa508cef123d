package disputeweb

import (
	"context"
	"errors"
	"strconv"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/media"
	"recourse/internal/ref"
)

// errThird is what a form is answered that does not say whether its file names third
// persons.
var errThird = fault.New(fault.Invalid, "E-EVIDENCE-THIRD", "Whether a file names other people has to be said: the other side is not given what does. Nothing was kept; say it.").At("third").By("D7")

// unfit says what is to be mended about a file, or about what goes with it; false where
// the fault is about something else.
func (w *words) unfit(bad *fault.Error) (webkit.Phrase, bool) {
	switch {
	case bad.Field == "third":
		return w.Aside.Say, true
	case bad.Code == "E-EVIDENCE-COPY":
		return w.Aside.Lacks, true
	case bad.Field == "file", bad.Field == "copy":
		return w.Mend.Choose, true
	}
	return webkit.Phrase{}, false
}

// copyOf is the copy of a file; false where there is none.
func copyOf(all []dispute.Paper, file ref.Paper) (dispute.Paper, bool) {
	for _, p := range all {
		if p.What == dispute.Copy && p.Of == file {
			return p, true
		}
	}
	return dispute.Paper{}, false
}

// numbered is how a file is called: its place and what it is.
func (p view) numbered(called webkit.Phrase, i int, file dispute.Paper) string {
	return called.With("n", strconv.Itoa(i+1), "kind", media.Ending(file.Media)[1:])
}

// held reports whether a file of the person is kept from who visits: it names third
// persons, and they are of its source.
func (k work) held(p dispute.Paper) bool { return p.Aside && k.Source == k.by.Body.ID }

// redact sets a file aside that names third persons, with the copy that who decides made.
func (f *Face) redact(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	c, err := id(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	form, err := receive(v)
	if err != nil {
		return nil, err
	}
	file, err := ref.Parse[ref.Paper](form.fields["paper"])
	if err != nil {
		return nil, dispute.ErrNotFound
	}
	_, err = f.Service.Redact(ctx, by, c, dispute.Redaction{File: file, Name: form.names["copy"], Copy: form.files["copy"]}, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		k, err := f.work(ctx, v)
		if err != nil {
			return nil, err
		}
		return k.casePage([]webkit.Mend{{Field: "copy", Text: k.w.Mend.Choose.String()}}), nil
	}
	return webkit.See{Path: workPath + "/" + c.String() + "?done=redacted"}, err
}

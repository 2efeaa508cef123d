package disputeweb

import (
	"context"
	"slices"
	"strings"

	"recourse/internal/dispute"
	"recourse/internal/kit/webkit"
	"recourse/internal/ref"
)

// own says in words what became of a complaint about the person's words.
func (s stating) own(c dispute.Complained) string {
	w, d := s.w.Complaint, s.v.Dates
	switch c.On(s.v.Now) {
	case dispute.BeingHeard:
		return w.Runs.With("since", d.Day(d.Of(c.EnteredAt)), "day", d.Day(c.Due))
	case dispute.Withheld:
		return w.Withheld.With("day", d.Day(d.Of(c.DecidedAt)))
	case dispute.Rechecked:
		return w.InReview.With("day", d.Day(c.ReviewDue))
	case dispute.Resettled:
		if len(c.Withheld(s.v.Now)) == 0 {
			return w.Back.With("day", d.Day(d.Of(c.ReviewedAt)))
		}
		return w.Reviewed.With("day", d.Day(d.Of(c.ReviewedAt)))
	case dispute.Unheard:
		return w.Lapsed.With("day", d.Day(c.Last()))
	}
	return w.Stood.With("day", d.Day(d.Of(c.DecidedAt)))
}

// askReview asks for a review of what was withheld.
func (f *Face) askReview(ctx context.Context, v webkit.Visit, s stating) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Complaint](v.Form.Get("complaint"))
	if err != nil {
		return nil, dispute.ErrNoComplaint
	}
	err = f.Service.AskComplaintReview(ctx, v.Person, s.record, id, v.Form.Get("why"), v.Now)
	return webkit.See{Path: s.path() + "?done=asked"}, err
}

// WordsLetter writes the letter of a decision about passages of a person's words: which,
// why, since when, how to write anew, how to ask for a review. The look leaves an access
// row.
func (f *Face) WordsLetter(ctx context.Context, v webkit.Visit, r ref.Record, id ref.Complaint, stage dispute.Stage) (subject, body string, err error) {
	s, err := f.Service.Statement(ctx, v.Person, r, v.Now)
	if err != nil {
		return "", "", err
	}
	i := slices.IndexFunc(s.Complaints, func(c dispute.Complained) bool { return c.ID == id })
	if i < 0 {
		return "", "", dispute.ErrNoComplaint
	}
	p, c := f.view(v), s.Complaints[i]
	w, d := p.w.Complaint.Letter, v.Dates
	kept, lines := c.WithheldBy(stage), []string{w.About.With("type", webkit.Literal(p.typ(c.Type)), "body", webkit.Literal(p.body(c.Source)), "number", webkit.Literal(id.String()))}
	say := func(head webkit.Phrase, items []string) {
		if len(items) > 0 {
			lines = append(lines, "## "+head.String(), "- "+strings.Join(items, "\n- "))
		}
	}
	switch {
	case stage == dispute.First:
		subject, lines = w.Withheld.String(), append(lines, w.Since.With("day", d.Day(d.Of(c.DecidedAt))))
		say(w.Words, p.quoted(c, kept))
	case c.ReviewedAt.IsZero():
		subject, lines = w.Back.String(), append(lines, w.Unheard.With("day", d.Day(c.ReviewDue)))
	default:
		if subject = w.Kept.String(); len(kept) == 0 {
			subject = w.Back.String()
		}
		say(w.Stays, p.quoted(c, kept))
		say(w.Again, p.quoted(c, slices.DeleteFunc(c.WithheldBy(dispute.First), func(nth int) bool { return slices.Contains(kept, nth) })))
	}
	var why []string
	for _, one := range c.Papers {
		if one.What == dispute.Reasons && one.Stage == stage && slices.Contains(c.WithheldBy(dispute.First), one.Nth) {
			why = append(why, p.quoted(c, []int{one.Nth})[0]+" — "+flat(one.Content.Text))
		}
	}
	say(w.Why, why)
	lines = append(lines, "## "+w.Next.String(), w.Rewrite.String())
	if stage == dispute.First {
		lines = append(lines, w.Review.String())
	} else if len(kept) > 0 {
		lines = append(lines, w.Last.String())
	}
	lines = append(lines, w.Contact.With("contact", webkit.Literal(v.Contact)))
	return subject, strings.Join(lines, "\n\n"), nil
}

// quoted are passages as a letter shows them.
func (p view) quoted(c dispute.Complained, which []int) (out []string) {
	for _, nth := range which {
		out = append(out, p.w.Complaint.Mark.With("words", flat(c.Passages[nth-1])))
	}
	return out
}

// flat is what somebody wrote, on one line of a letter.
func flat(text string) string { return webkit.Literal(strings.Join(strings.Fields(text), " ")) }

package disputeweb

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"recourse/internal/dispute"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
)

const (
	complaintPath = "/work/complaints"
	enterPath     = "/work/complaints/new"
	perPage       = 20
)

// complaintWords is what the pages and letters about complaints say.
type complaintWords struct {
	Nav, Title, Text, None, NoMandate, Open, Due                   webkit.Phrase
	Lists, States, Mend                                            map[string]webkit.Phrase
	Enter, EnterText, Source, Type, Number, NumberHint, Send, Kept webkit.Phrase
	Name, Reach, ReachHint, Why, Passage, PassageHint              webkit.Phrase
	Who, Says, Nothing, Seen, Yours, Had, Found, Hidden, Appeal    webkit.Phrase
	Decide, DecideText, Withhold, Stand, Reasons, Go, Did          webkit.Phrase
	Mine, MineText, Mark                                           webkit.Phrase
	Runs, Withheld, Stood, InReview, Reviewed, Back, Lapsed        webkit.Phrase
	ReviewText, ReviewWhy, ReviewGo, Asked                         webkit.Phrase

	Letter struct {
		Withheld, Kept, Back, About, Since, Words, Stays, Again, Unheard, Why, Next, Rewrite, Review, Last, Contact webkit.Phrase
	}
}

// lists are what the page of complaints can show.
func lists() []string { return []string{"decide", "review", "entered"} }

// complaintList is the list of complaints.
func (f *Face) complaintList() webkit.List {
	return webkit.List{Path: complaintPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Complaint.Nav }), Choices: func(v webkit.Visit) []webkit.Choice {
		p := f.view(v)
		which := webkit.Choice{Name: "list", Tabs: true}
		for _, one := range lists() {
			which.Options = append(which.Options, webkit.Option{Value: one, Text: phrase(p.w.Complaint.Lists, one)})
		}
		return []webkit.Choice{which, webkit.ByDue(v, false), webkit.ByType(v, p.types())} // what is overdue has lapsed
	}}
}

// complaintPart is a part of the complaints.
type complaintPart struct {
	view
	webkit.Narrowed
	mandate, more bool
	all           []dispute.Complaint
}

// complaints lists what waits for a decision or a review, or what the clerk entered.
func (f *Face) complaints(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	l := complaintPart{view: f.view(v), mandate: true}
	if l.Narrowed, err = f.complaintList().Read(ctx, v); err != nil {
		return nil, err
	}
	sought := dispute.Sought{Stage: dispute.First, Type: l.Value("type"), Skip: l.Skip(perPage), N: perPage + 1} // one more tells that there is a part behind
	_, sought.To = l.Due(v.Today())
	switch l.Value("list") {
	case "entered":
		l.all, err = f.Service.EnteredComplaints(ctx, by, sought, v.Now)
	case "review":
		sought.Stage = dispute.Review
		l.all, err = f.Service.ComplaintQueue(ctx, by, sought, v.Now)
	default:
		l.all, err = f.Service.ComplaintQueue(ctx, by, sought, v.Now)
	}
	if err != nil && fault.Of(err).Code == "E-CONTEST-DESK" {
		l.mandate, err = false, nil
	}
	if err != nil {
		return nil, err
	}
	if l.more = len(l.all) > perPage; l.more {
		l.all = l.all[:perPage]
	}
	out := webkit.Page{Title: l.w.Complaint.Title.String(), Nav: complaintPath, Content: complaintsPage(l)}
	if v.Query.Get("done") == "entered" {
		out.Done = l.w.Complaint.Kept.String()
	}
	return out, nil
}

// complaintState says where a complaint stands, and until when it is decided.
func (p view) complaintState(c dispute.Complaint) string {
	w := p.w.Complaint
	out := phrase(w.States, string(c.On(p.v.Now)))
	if c.Runs(p.v.Now) {
		out += " " + w.Due.With("day", p.v.Dates.Day(c.Last()))
	}
	return out
}

// entering is the page on which a complaint is entered.
type entering struct {
	view
	in dispute.Entering
}

func (e entering) page(mend []webkit.Mend) webkit.Page {
	e.mend = mend
	return webkit.Page{Title: e.w.Complaint.Enter.String(), Nav: complaintPath, Mend: mend, Content: enterPage(e), Back: webkit.Link{Path: complaintPath, Text: e.w.Complaint.Title.String()}}
}

// sources are the bodies that file records.
func (e entering) sources() []law.Body {
	return slices.DeleteFunc(e.rules.Bodies(), func(b law.Body) bool { return !b.May(law.Furnisher) })
}

// passage is what was written as a passage, from 1.
func (e entering) passage(nth int) string {
	if nth <= len(e.in.Passages) {
		return e.in.Passages[nth-1]
	}
	return ""
}

// passageID is the id of a field; the first has the name that faults have.
func passageID(nth int) string {
	if nth == 1 {
		return "passage"
	}
	return "passage-" + strconv.Itoa(nth)
}

// passages are the numbers of the passages that a complaint may name.
func passages() (out []int) {
	for nth := 1; nth <= dispute.MostPassages; nth++ {
		out = append(out, nth)
	}
	return out
}

func (f *Face) enterForm(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return entering{view: f.view(v)}.page(nil), nil
}

func (f *Face) enter(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	in := dispute.Entering{Source: v.Form.Get("source"), Type: v.Form.Get("type"), Number: v.Form.Get("number"), Name: v.Form.Get("name"), Reach: v.Form.Get("reach"), Why: v.Form.Get("why")}
	for _, nth := range passages() {
		in.Passages = append(in.Passages, v.Form.Get(passageID(nth)))
	}
	_, err = f.Service.EnterComplaint(ctx, by, in, v.Now)
	if field := fault.Of(err).Field; err != nil && field != "" {
		e := entering{f.view(v), in}
		if text, ok := e.w.Complaint.Mend[field]; ok {
			return e.page([]webkit.Mend{{Field: field, Text: text.String()}}), nil
		}
	}
	return webkit.See{Path: complaintPath + "?list=entered&done=entered"}, err
}

// ruling is the page of one complaint for somebody on staff.
type ruling struct {
	view
	dispute.ComplaintCase
	by    party.Clerk
	wrote map[int]dispute.PassageRuling // what was written and could not be kept
}

func (k ruling) passage(nth int) string {
	for _, p := range k.Papers {
		if p.What == dispute.Passage && p.Nth == nth {
			return p.Content.Text
		}
	}
	return ""
}

// of are the papers of a kind.
func (k ruling) of(what dispute.What) (out []dispute.ComplaintPaper) {
	return slices.DeleteFunc(slices.Clone(k.Papers), func(p dispute.ComplaintPaper) bool { return p.What != what })
}

// found is what somebody found who wrote these reasons.
func (k ruling) found(p dispute.ComplaintPaper) string {
	for _, f := range k.Found {
		if f.Clerk == p.Clerk && f.Nth == p.Nth && f.Stage == p.Stage {
			if f.Withhold {
				return k.w.Complaint.Withhold.String()
			}
			return k.w.Complaint.Stand.String()
		}
	}
	return ""
}

// chose reports whether something was chosen for a passage that could not be kept.
func (k ruling) chose(nth int, is string) bool {
	one, there := k.wrote[nth]
	return there && one.Withhold == (is == "withhold")
}

// described names what describes a field.
func described(p view, id, hint string) string {
	var by []string
	if hint != "" {
		by = append(by, id+"-hint")
	}
	if p.wrong(id) {
		by = append(by, id+"-wrong")
	}
	return strings.Join(by, " ")
}

func complaintID(v webkit.Visit) (ref.Complaint, error) {
	id, err := ref.Parse[ref.Complaint](v.Param("complaint"))
	if err != nil {
		return id, dispute.ErrNoComplaint
	}
	return id, nil
}

func (f *Face) ruling(ctx context.Context, v webkit.Visit) (ruling, error) {
	id, err := complaintID(v)
	if err != nil {
		return ruling{}, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return ruling{}, err
	}
	open, err := f.Service.ComplaintCase(ctx, by, id, v.Now)
	return ruling{view: f.view(v), ComplaintCase: open, by: by}, err
}

func (k ruling) page(mend []webkit.Mend) webkit.Page {
	k.mend = mend
	out := webkit.Page{Title: k.w.Complaint.Title.String(), Nav: complaintPath, Mend: mend, Content: complaintPage(k), Back: webkit.Link{Path: complaintPath, Text: k.w.Complaint.Title.String()}}
	if k.v.Query.Get("done") == "found" {
		out.Done = k.w.Complaint.Did.String()
	}
	return out
}

func (f *Face) complaint(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	k, err := f.ruling(ctx, v)
	if err != nil {
		return nil, err
	}
	return k.page(nil), nil
}

// decideComplaint keeps what the clerk found on each passage.
func (f *Face) decideComplaint(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := complaintID(v)
	if err != nil {
		return nil, err
	}
	by, err := f.clerk(ctx, v)
	if err != nil {
		return nil, err
	}
	found := map[int]dispute.PassageRuling{}
	for _, nth := range passages() {
		n := strconv.Itoa(nth)
		if is := v.Form.Get("find-" + n); is == "withhold" || is == "stand" {
			found[nth] = dispute.PassageRuling{Withhold: is == "withhold", Reasons: v.Form.Get("reasons-" + n)}
		}
	}
	_, err = f.Service.DecideComplaint(ctx, by, id, found, v.Now)
	var bad *fault.Error
	if errors.As(err, &bad) && bad.Kind == fault.Invalid {
		k, err := f.ruling(ctx, v)
		if err != nil {
			return nil, err
		}
		k.wrote = found
		return k.page([]webkit.Mend{{Field: "find", Text: k.w.Complaint.Mend["find"].String()}}), nil
	}
	return webkit.See{Path: complaintPath + "/" + id.String() + "?done=found"}, err
}

// Package holdweb is how those who decide place and end holds, how a court opens what is
// held for it, and what a person is told and sees of it.
//
// It promises that every page works without a script, that nobody but the court is shown
// what is held, and that a hold that is not somebody's business is answered like one
// that does not exist.
package holdweb

import (
	"context"
	"embed"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"recourse/internal/fault"
	"recourse/internal/hold"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service  *hold.Service
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
	Clerk    func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
	Origin   string // of the registry, as letters write it
}

// Face is the room as people see it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.BodyCode == nil || c.Clerk == nil {
		return nil, errors.New("holdweb: service, body codes and clerks are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

const workPath = "/work/holds"

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: workPath, Role: webkit.Clerk, Why: "holds that were proposed or placed, and what is held for the clerk's body", Serve: f.list},
		{Method: http.MethodPost, Path: workPath, Role: webkit.Clerk, Why: "propose a hold on one record", Serve: f.propose},
		{Method: http.MethodGet, Path: workPath + "/{hold}", Role: webkit.Clerk, Why: "one hold, to confirm or end it; its content for the court alone", Serve: f.one},
		{Method: http.MethodPost, Path: workPath + "/{hold}", Role: webkit.Clerk, Why: "confirm a hold, drop a proposal, or end a hold before its day", Serve: f.move},
	}
}

// DeskItem is the entry of a clerk's main navigation.
func (f *Face) DeskItem() webkit.NavItem {
	return webkit.NavItem{Path: workPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// holds is the list of what is proposed or held.
func (f *Face) holds() webkit.List {
	return webkit.List{Path: workPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav }), Choices: func(v webkit.Visit) []webkit.Choice {
		p := f.view(v)
		var types []webkit.Option
		for _, t := range p.rules.Types() {
			types = append(types, webkit.Option{Value: t.Code, Text: t.Labels[v.Lang]})
		}
		state := webkit.Choice{Name: "state", Label: p.w.State.String(), Options: []webkit.Option{{Text: p.w.AnyState.String()},
			{Value: string(hold.Proposed), Text: p.w.OnlyProposed.String()}, {Value: string(hold.Held), Text: p.w.OnlyHeld.String()}}}
		return []webkit.Choice{state, webkit.ByType(v, types)}
	}}
}

// Lists are the lists of work of the face.
func (f *Face) Lists() []webkit.List { return []webkit.List{f.holds()} }

// words is what the face says.
type words struct {
	Nav, Title, Intro, None, NoMandate, Open, Done                       webkit.Phrase
	Court, CourtIntro                                                    webkit.Phrase
	Record, Source, Ground, Reference, For, Until, Content, Number, Seen webkit.Phrase
	States                                                               map[string]webkit.Phrase
	New                                                                  struct{ Title, Text, Type, Number, NumberHint, Reference, ReferenceHint, Until, UntilHint, Go, NoGround webkit.Phrase }
	Step                                                                 struct{ Confirm, ConfirmText, Yours, Drop, Lift, LiftText, Lift2, LiftWaits, Title webkit.Phrase }
	Mine                                                                 struct{ Title, Text, Ended, Reference webkit.Phrase }
	State, AnyState, OnlyProposed, OnlyHeld                              webkit.Phrase
	Mend                                                                 map[string]webkit.Phrase
}

// view is what every page of the face is made of.
type view struct {
	f     *Face
	w     *words
	v     webkit.Visit
	rules *law.Pack
	by    party.Clerk
	mend  []webkit.Mend

	webkit.Narrowed
	decides, asks bool // which desk the clerk holds
	all, court    []hold.Hold
	file          hold.File
	form          hold.Proposal
	until         string // as it was written
}

func (f *Face) view(v webkit.Visit) view {
	return view{f: f, w: f.words.In(v.Lang), v: v, rules: f.Service.Shelf.At(v.Now)}
}

func (p view) wrong(field string) bool { return len(p.mend) > 0 && p.mend[0].Field == field }

func (p view) body(id ref.Body) string {
	if b, ok := p.rules.Body(p.f.BodyCode(id)); ok {
		return b.Names[p.v.Lang]
	}
	return id.String()
}

func (p view) typ(code string) string {
	if t, ok := p.rules.Type(code); ok {
		return t.Labels[p.v.Lang]
	}
	return code
}

func (p view) ground(code string) string {
	if h, ok := p.rules.Hold(code); ok {
		return h.Labels[p.v.Lang]
	}
	return code
}

// state says in words where a hold stands today.
func (p view) state(h hold.Hold) string { return p.w.States[string(h.On(p.v.Today()))].String() }

// sources are the bodies that file records, courts those that a ground names.
func (p view) sources() []law.Body {
	return slices.DeleteFunc(p.rules.Bodies(), func(b law.Body) bool { return !b.May(law.Furnisher) })
}

func (p view) courts() []law.Body {
	return slices.DeleteFunc(p.rules.Bodies(), func(b law.Body) bool {
		return !slices.ContainsFunc(p.rules.Holds(), func(h law.Hold) bool { return h.For(b.Code) })
	})
}

// fields are the names of what is held, in order, and label what people call one.
func (p view) fields() []string { return slices.Sorted(maps.Keys(p.file.Fields)) }

func (p view) label(field string) string {
	if t, ok := p.rules.Type(p.file.Type); ok {
		for _, f := range t.Fields {
			if f.Name == field {
				return f.Labels[p.v.Lang]
			}
		}
	}
	return field
}

// ignored leaves out that a clerk has no mandate: the page says so.
func ignored(err error) error {
	if err != nil && fault.Of(err).Code == "E-HOLD-DESK" {
		return nil
	}
	return err
}

// desk fills in what a clerk may work on.
func (f *Face) desk(ctx context.Context, v webkit.Visit) (p view, err error) {
	p = f.view(v)
	if p.by, err = f.Clerk(ctx, v.Secret.Reveal(), v.Now); err != nil {
		return p, err
	}
	if p.Narrowed, err = f.holds().Read(ctx, v); err != nil {
		return p, err
	}
	p.all, err = f.Service.List(ctx, p.by, hold.Sought{State: hold.State(p.Value("state")), Type: p.Value("type")}, v.Now)
	if p.decides = err == nil; ignored(err) != nil {
		return p, err
	}
	p.court, err = f.Service.ForCourt(ctx, p.by, v.Now)
	p.asks = err == nil
	return p, ignored(err)
}

func (p view) page() webkit.Page {
	page := webkit.Page{Title: p.w.Title.String(), Nav: workPath, Mend: p.mend, Content: listPage(p)}
	if p.v.Query.Get("done") == "yes" {
		page.Done = p.w.Done.String()
	}
	return page
}

func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := f.desk(ctx, v)
	return p.page(), err
}

func (f *Face) propose(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	until, _ := when.Parse(v.Form.Get("until")) // no day is refused
	form := hold.Proposal{Source: v.Form.Get("source"), Court: v.Form.Get("court"), Type: v.Form.Get("type"), Number: v.Form.Get("number"), Ground: v.Form.Get("ground"),
		Reference: v.Form.Get("reference"), Until: until}
	h, err := f.Service.Propose(ctx, by, form, v.Now)
	if field := fault.Of(err).Field; err != nil && field != "" {
		p, err := f.desk(ctx, v)
		if err != nil {
			return nil, err
		}
		text, ok := p.w.Mend[field]
		if ok {
			p.form, p.until, p.mend = form, v.Form.Get("until"), []webkit.Mend{{Field: field, Text: text.String()}}
			return p.page(), nil
		}
	}
	return webkit.See{Path: workPath + "/" + h.ID.String() + "?done=yes"}, err
}

// one shows a hold: to staff of its court with what is held, to those who decide
// without.
func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := number(v)
	if err != nil {
		return nil, err
	}
	p := f.view(v)
	if p.by, err = f.Clerk(ctx, v.Secret.Reveal(), v.Now); err != nil {
		return nil, err
	}
	p.file, err = f.Service.Read(ctx, p.by, id, v.Now)
	if p.asks = err == nil; errors.Is(err, hold.ErrNotFound) {
		p.file, err = f.Service.Open(ctx, p.by, id, v.Now)
		p.decides = err == nil
	}
	if err != nil {
		return nil, err
	}
	page := webkit.Page{Title: p.w.Title.String(), Nav: workPath, Content: onePage(p), Back: webkit.Link{Path: workPath, Text: p.w.Title.String()}}
	if v.Query.Get("done") == "yes" {
		page.Done = p.w.Done.String()
	}
	return page, nil
}

func (f *Face) move(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := number(v)
	if err != nil {
		return nil, err
	}
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	do := map[string]func(context.Context, party.Clerk, ref.Hold, time.Time) (hold.Hold, error){"confirm": f.Service.Confirm, "lift": f.Service.Lift}[v.Form.Get("do")]
	if do == nil {
		do = f.Service.Drop
	}
	h, err := do(ctx, by, id, v.Now)
	to := workPath
	if h.State == hold.Held {
		to += "/" + id.String()
	}
	return webkit.See{Path: to + "?done=yes"}, err
}

func number(v webkit.Visit) (ref.Hold, error) {
	id, err := ref.Parse[ref.Hold](v.Param("hold"))
	if err != nil {
		return id, hold.ErrNotFound
	}
	return id, nil
}

// RecordPanel says on the page of a record that its content is, or was, held.
func (f *Face) RecordPanel(ctx context.Context, v webkit.Visit) (webkit.Panel, error) {
	r, err := ref.Parse[ref.Record](v.Param("record"))
	if err != nil {
		return webkit.Panel{}, nil // the page of the record says so
	}
	list, err := f.Service.Mine(ctx, v.Person, v.Now)
	list = slices.DeleteFunc(list, func(x hold.File) bool { return x.Record != r })
	if err != nil || len(list) == 0 {
		return webkit.Panel{}, err
	}
	return webkit.Panel{Narrow: minePanel(f.view(v), list)}, nil
}

// Letter is the letter that a hold was placed, in the words of the pack under which it
// was owed; ErrNotFound where the hold is kept no more.
func (f *Face) Letter(ctx context.Context, v webkit.Visit, id ref.Hold, pack *law.Pack) (subject, body string, err error) {
	list, err := f.Service.Mine(ctx, v.Person, v.Now)
	if err != nil {
		return "", "", err
	}
	i := slices.IndexFunc(list, func(x hold.File) bool { return x.ID == id })
	w, ok := pack.Wording(law.Held, v.Lang)
	if i < 0 || !ok {
		return "", "", hold.ErrNotFound
	}
	p := f.view(v)
	p.rules = pack
	h := list[i]
	reference := h.Reference
	if reference == "" {
		reference = "–" // it went with the hold
	}
	values := map[string]string{"registry": pack.Registry[v.Lang], "contact": pack.Contact[v.Lang], "home": f.Origin + v.Href("/me"), "hold": h.ID.String(), "letter": h.ID.String(),
		"type": p.typ(h.Type), "source": p.body(h.Source), "ground": p.ground(h.Ground), "court": p.body(h.Court), "reference": reference, "until": v.Dates.Plain(h.Until)}
	for name, value := range values {
		values[name] = webkit.Literal(value)
	}
	return w.Fill(values)
}

// Package estateweb is how officers enter the death of a person and take it back, and what
// the person is written of it.
//
// It promises that every page works without a script, that the second officer is not shown
// what the first wrote of whom the proof speaks, and that an entry of another body is
// answered like one that does not exist.
package estateweb

import (
	"context"
	"embed"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"recourse/internal/estate"
	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/media"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Config is what the face is made of. All fields are needed.
type Config struct {
	Service  *estate.Service
	BodyCode func(id ref.Body) string // code of a body in the pack; empty where it has none
	Clerk    func(ctx context.Context, pass string, now time.Time) (party.Clerk, error)
}

// Face is the room as people see it.
type Face struct {
	Config
	words webkit.Words[words]
}

// New checks a Config and returns the face.
func New(c Config) (*Face, error) {
	if c.Service == nil || c.BodyCode == nil || c.Clerk == nil {
		return nil, errors.New("estateweb: service, body codes and clerks are needed")
	}
	w, err := webkit.LoadWords[words](localeFiles)
	return &Face{Config: c, words: w}, err
}

const (
	workPath = "/work/deaths"
	upload   = paper.MostFile + 64<<10
)

// Routes lists the pages of the face.
func (f *Face) Routes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: workPath, Role: webkit.Clerk, Why: "deaths that officers of the clerk's body proposed or entered", Serve: f.list},
		{Method: http.MethodPost, Path: workPath, Role: webkit.Clerk, Upload: upload, Why: "propose the death of a person, with the proof", Serve: f.propose},
		{Method: http.MethodGet, Path: workPath + "/{death}", Role: webkit.Clerk, Why: "one of them, to confirm, drop or take back", Serve: f.one},
		{Method: http.MethodPost, Path: workPath + "/{death}", Role: webkit.Clerk, Why: "confirm a death, drop a proposal, or take a false death back", Serve: f.move},
		{Method: http.MethodGet, Path: workPath + "/{death}/proof", Role: webkit.Clerk, Why: "its proof, which nobody confirms it without", Serve: f.proof},
	}
}

// DeskItem is the entry of a clerk's main navigation.
func (f *Face) DeskItem() webkit.NavItem {
	return webkit.NavItem{Path: workPath, Desk: string(party.Decides), Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Nav })}
}

// words is what the face says.
type words struct {
	Nav, Title, Intro, None, NoMandate, Open, Done, Seen               webkit.Phrase
	Number, DiedOn, Until, Entered, Estate, NoEstate, ToProof, BackTil webkit.Phrase
	IDType, IDNumber, IDHint                                           webkit.Phrase
	States, Mend                                                       map[string]webkit.Phrase
	New                                                                struct{ Title, Text, DiedOn, File, FileHint, Post, PostHint, Language, Chinese, English, Go webkit.Phrase }
	Step                                                               struct{ Title, Confirm, ConfirmText, Unseen, Yours, Drop, Reverse, ReverseText, Reverse2, ReverseWaits, Over webkit.Phrase }
	Letter                                                             struct{ Entered, EnteredText, Wrong, Estate, Reversed, ReversedText, Consents, Contact webkit.Phrase }
}

// view is what every page of the face is made of.
type view struct {
	f     *Face
	w     *words
	v     webkit.Visit
	rules *law.Pack
	by    party.Clerk
	mend  []webkit.Mend

	decides bool
	all     []estate.Death
	file    estate.File
	form    estate.Proposal
	day     string // as it was written
}

func (f *Face) view(v webkit.Visit) view {
	return view{f: f, w: f.words.In(v.Lang), v: v, rules: f.Service.Shelf.At(v.Now)}
}

func (p view) wrong(field string) bool { return len(p.mend) > 0 && p.mend[0].Field == field }

// described names what describes a field.
func (p view) described(field string, hint bool) string {
	var ids []string
	if hint {
		ids = append(ids, field+"-hint")
	}
	if p.wrong(field) {
		ids = append(ids, field+"-wrong")
	}
	return strings.Join(ids, " ")
}

// state says in words where a death stands today.
func (p view) state(d estate.Death) string { return p.w.States[string(d.On(p.v.Today()))].String() }

func (p view) idType(k law.IDType) string {
	if label := k.Labels[p.v.Lang]; label != "" {
		return label
	}
	return k.Code
}

// instant writes a day with its time.
func (p view) instant(t time.Time) string {
	return p.v.Dates.Plain(p.v.Dates.Of(t)) + " " + p.v.Dates.Clock(t)
}

// seen reports whether who visits opened the proof.
func (p view) seen() bool {
	for _, c := range p.file.Seen {
		if c == p.by.ID {
			return true
		}
	}
	return false
}

// desk fills in what a clerk may work on.
func (f *Face) desk(ctx context.Context, v webkit.Visit) (p view, err error) {
	p = f.view(v)
	if p.by, err = f.Clerk(ctx, v.Secret.Reveal(), v.Now); err != nil {
		return p, err
	}
	p.all, err = f.Service.List(ctx, p.by, v.Now)
	if p.decides = err == nil; err != nil && fault.Of(err).Code == "E-DEATH-DESK" {
		err = nil // the page says so
	}
	return p, err
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

// receive reads the form with the proof. The file is held in memory until it is sealed,
// and nowhere else.
func receive(v webkit.Visit) (p estate.Proposal, day string, err error) {
	const mostField = 4 << 10
	fields := map[string]string{}
	for {
		part, err := v.Parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var data []byte
		if err == nil && part.FormName() == "file" {
			p.FileName = part.FileName()
			p.File, err = io.ReadAll(io.LimitReader(part, paper.MostFile+1))
		} else if err == nil {
			data, err = io.ReadAll(io.LimitReader(part, mostField))
			fields[part.FormName()] = string(data)
		}
		if err != nil {
			return p, "", fault.New(fault.Invalid, "E-FILE-CUT", "The upload ended before it was whole. Nothing was kept.").Because(err)
		}
	}
	p.Whom = estate.Whom{IDType: fields["id_type"], IDNumber: fields["id_number"]}
	p.DiedOn, _ = when.Parse(fields["died_on"]) // no day is refused
	p.Post, p.Language = strings.TrimSpace(strings.ReplaceAll(fields["post"], "\r", "")), fields["language"]
	if p.Language != webkit.ZH {
		p.Language = webkit.EN
	}
	return p, fields["died_on"], nil
}

func (f *Face) propose(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	form, day, err := receive(v)
	if err != nil {
		return nil, err
	}
	d, err := f.Service.Propose(ctx, by, form, v.Now)
	if field := fault.Of(err).Field; err != nil && field != "" {
		p, err := f.desk(ctx, v)
		if err != nil {
			return nil, err
		}
		if text, ok := p.w.Mend[field]; ok {
			p.form, p.day, p.mend = form, day, []webkit.Mend{{Field: field, Text: text.String()}}
			return p.page(), nil
		}
	}
	return webkit.See{Path: workPath + "/" + d.ID.String() + "?done=yes"}, err
}

// open finds the death of an address for who visits.
func (f *Face) open(ctx context.Context, v webkit.Visit) (p view, err error) {
	p = f.view(v)
	id, err := ref.Parse[ref.Death](v.Param("death"))
	if err != nil {
		return p, estate.ErrNotFound
	}
	if p.by, err = f.Clerk(ctx, v.Secret.Reveal(), v.Now); err != nil {
		return p, err
	}
	p.file, err = f.Service.Open(ctx, p.by, id, v.Now)
	return p, err
}

func (p view) onePage() webkit.Page {
	page := webkit.Page{Title: p.w.Title.String(), Nav: workPath, Mend: p.mend, Content: onePage(p), Back: webkit.Link{Path: workPath, Text: p.w.Title.String()}}
	if p.v.Query.Get("done") == "yes" {
		page.Done = p.w.Done.String()
	}
	return page
}

func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	p, err := f.open(ctx, v)
	if err != nil {
		return nil, err
	}
	return p.onePage(), nil
}

func (f *Face) proof(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Death](v.Param("death"))
	if err != nil {
		return nil, estate.ErrNotFound
	}
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	p, err := f.Service.Proof(ctx, by, id, v.Now)
	return webkit.File{Name: "proof-" + webkit.Short(id.String()) + media.Ending(p.Media), Type: p.Media, Data: p.Content.Data}, err
}

func (f *Face) move(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Death](v.Param("death"))
	if err != nil {
		return nil, estate.ErrNotFound
	}
	by, err := f.Clerk(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	var d estate.Death
	switch v.Form.Get("do") {
	case "confirm":
		d, err = f.Service.Confirm(ctx, by, id, estate.Whom{IDType: v.Form.Get("id_type"), IDNumber: v.Form.Get("id_number")}, v.Now)
	case "reverse":
		d, err = f.Service.Reverse(ctx, by, id, v.Now)
	default:
		d, err = f.Service.Drop(ctx, by, id, v.Now)
	}
	if err != nil && fault.Of(err).Field == "id_number" {
		p, err := f.open(ctx, v)
		if err != nil {
			return nil, err
		}
		p.mend = []webkit.Mend{{Field: "id_number", Text: p.w.Mend["other"].String()}}
		return p.onePage(), nil
	}
	to := workPath
	if d.State == estate.Entered {
		to += "/" + id.String()
	}
	return webkit.See{Path: to + "?done=yes"}, err
}

// Letter writes to a person that their death was entered, or taken back; ErrNotFound where
// the entry is kept no more.
func (f *Face) Letter(ctx context.Context, v webkit.Visit, id ref.Death, reversed bool) (subject, body string, err error) {
	d, err := f.Service.Of(ctx, v.Person, id)
	if err != nil {
		return "", "", err
	}
	p := f.view(v)
	w := p.w.Letter
	name := d.Body.String()
	if b, ok := p.rules.Body(f.BodyCode(d.Body)); ok {
		name = b.Names[v.Lang]
	}
	pairs := []string{"body", name, "at", p.instant(d.ConfirmedAt), "until", p.instant(d.ReverseUntil()), "contact", p.rules.Contact[v.Lang], "number", d.ID.String()}
	if !reversed {
		return w.Entered.String(), w.EnteredText.With(pairs...) + "\n\n" + w.Wrong.With(pairs...) + "\n\n" + w.Estate.With(pairs...) + "\n\n" + w.Contact.With(pairs...), nil
	}
	pairs = append(pairs, "back", p.instant(d.EndedAt))
	return w.Reversed.String(), w.ReversedText.With(pairs...) + "\n\n" + w.Consents.With(pairs...) + "\n\n" + w.Contact.With(pairs...), nil
}

package partyweb

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

const (
	teamPath    = "/team"
	invitePath  = "/team/invite"
	motionsPath = "/team/motions"
	welcomePath = "/clerk/welcome"
)

// TeamRoutes lists the pages on which heads say who of their body may what, and the
// one on which new staff come in for the first time.
func (f *Face) TeamRoutes() []webkit.Route {
	return []webkit.Route{
		{Method: http.MethodGet, Path: teamPath, Role: webkit.Clerk, Why: "who of the body may do what, until when", Serve: f.team},
		{Method: http.MethodPost, Path: motionsPath, Role: webkit.Clerk, Why: "second or drop, as a head, what another head put", Serve: f.motion},
		{Method: http.MethodGet, Path: invitePath, Role: webkit.Clerk, Why: "the form to invite somebody", Serve: f.inviteForm},
		{Method: http.MethodPost, Path: invitePath, Role: webkit.Clerk, Why: "put a motion to invite somebody", Serve: f.invite},
		{Method: http.MethodGet, Path: teamPath + "/{clerk}", Role: webkit.Clerk, Why: "one of the staff: mandates, training, leave", Serve: f.member},
		{Method: http.MethodPost, Path: teamPath + "/{clerk}", Role: webkit.Clerk, Why: "put a motion about them, or take something away", Serve: f.change},
		{Method: http.MethodGet, Path: welcomePath, Role: webkit.Anyone, Why: "where new staff sign in for the first time", Serve: f.welcomeForm},
		{Method: http.MethodPost, Path: welcomePath, Role: webkit.Anyone, Why: "use a code once and get a token", Serve: f.welcome},
	}
}

// TeamItem is the entry of the staff in a clerk's navigation.
func (f *Face) TeamItem() webkit.NavItem {
	return webkit.NavItem{Path: teamPath, Label: webkit.Both(f.words, func(w *words) webkit.Phrase { return w.Team.Nav })}
}

// home is where a clerk begins.
func home(desks string) string {
	for _, at := range []struct {
		desk party.Desk
		path string
	}{{party.Furnishes, "/supply"}, {party.Asks, "/ask"}} {
		if party.DeskSet(desks).Has(at.desk) {
			return at.path
		}
	}
	return teamPath
}

// visitor is who visits, as the room knows them.
func visitor(v webkit.Visit) party.Clerk {
	return party.Clerk{ID: v.Clerk, Body: party.Body{ID: v.Body, Code: v.BodyCode}, Desks: party.DeskSet(v.Desks)}
}

// teamView is what the pages of the staff are made of.
type teamView struct {
	f       *Face
	w       *words
	v       webkit.Visit
	body    string // its name
	head    bool   // the visitor is one
	today   when.Date
	members []party.Member
	waiting []party.Motion
	desks   []party.Desk // that the body may give
	one     party.Member
	mend    []webkit.Mend
	code    string // of the first sign-in, once
}

func (f *Face) teamView(ctx context.Context, v webkit.Visit) (teamView, error) {
	t := teamView{f: f, w: f.words.In(v.Lang), v: v, body: f.Name(v.BodyCode, v.Lang), head: party.DeskSet(v.Desks).Has(party.Heads), today: v.Today()}
	for _, d := range party.Desks() {
		if f.Team.May(v.BodyCode, d) {
			t.desks = append(t.desks, d)
		}
	}
	var err error
	t.members, t.waiting, err = f.Team.List(ctx, visitor(v), v.Now)
	return t, err
}

func (t teamView) wrong(field string) bool { return len(t.mend) > 0 && t.mend[0].Field == field }

// staff is the number of somebody of the body.
func (t teamView) staff(id ref.Clerk) string {
	for _, m := range t.members {
		if m.ID == id {
			return m.StaffNumber
		}
	}
	return id.String()
}

// desk names a desk.
func (t teamView) desk(d party.Desk) string { return t.w.Team.Desks[string(d)].String() }

// held says what somebody may do, and until when.
func (t teamView) held(m party.Mandate) string {
	day := t.v.Dates.Plain(m.Until)
	if !m.LentBy.IsZero() {
		return t.w.Team.Lent.With("desk", t.desk(m.Desk), "from", t.v.Dates.Plain(m.From), "until", day, "staff", t.staff(m.LentBy))
	}
	return t.w.Team.Held.With("desk", t.desk(m.Desk), "until", day)
}

// state says why somebody is let in nowhere; empty where they are let in.
func (t teamView) state(m party.Member) string {
	w, d := t.w.Team, t.v.Dates
	switch {
	case !m.EndedAt.IsZero() && !m.HandedTo.IsZero():
		return w.LeftTo.With("day", d.Plain(d.Of(m.EndedAt)), "staff", t.staff(m.HandedTo))
	case !m.EndedAt.IsZero():
		return w.Left.With("day", d.Plain(d.Of(m.EndedAt)))
	case m.TrainedUntil < t.today:
		return w.Untrained.String()
	case m.Away(t.today):
		return w.Away.With("until", d.Plain(m.AwayUntil))
	case len(m.Mandates) == 0:
		return w.NoMandate.String()
	}
	return ""
}

// wish says what a motion would do.
func (t teamView) wish(m party.Motion) string {
	w, until := t.w.Team, t.v.Dates.Plain(m.Until)
	var desks []string
	for _, d := range m.Desks {
		desks = append(desks, t.desk(d))
	}
	list := strings.Join(desks, w.Comma.String())
	switch m.Kind {
	case party.Invite:
		return w.WishInvite.With("staff", m.Staff, "desks", list, "until", until, "trained", t.v.Dates.Plain(m.Trained))
	case party.AppointTo:
		return w.WishAppoint.With("staff", t.staff(m.Clerk), "desks", list, "until", until)
	case party.Train:
		return w.WishTrain.With("staff", t.staff(m.Clerk), "until", until)
	}
	return w.WishLeave.With("staff", t.staff(m.Clerk), "from", t.v.Dates.Plain(m.From), "until", until, "stand_in", t.staff(m.StandIn))
}

// mine reports whether a motion needs somebody else than the visitor.
func (t teamView) mine(m party.Motion) bool { return m.PutBy == t.v.Clerk || m.Clerk == t.v.Clerk }

func (f *Face) team(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	t, err := f.teamView(ctx, v)
	if err != nil {
		return nil, err
	}
	return f.teamPage(t), nil
}

func (f *Face) teamPage(t teamView) webkit.Page {
	page := webkit.Page{Title: t.w.Team.Title.String(), Nav: teamPath, Mend: t.mend, Content: teamPage(t)}
	if done, ok := t.w.Team.Done[t.v.Query.Get("done")]; ok && len(t.mend) == 0 {
		page.Done = done.String()
	}
	return page
}

func (f *Face) motion(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Motion](v.Form.Get("motion"))
	if err != nil {
		id = ref.Motion{}
	}
	code := ""
	switch v.Form.Get("do") {
	case "second":
		_, code, err = f.Team.Second(ctx, visitor(v), id, v.Now)
	case "drop":
		_, err = f.Team.Drop(ctx, visitor(v), id, v.Now)
	default:
		return nil, errTeamForm
	}
	if err == nil && code == "" {
		return webkit.See{Path: teamPath + "?done=" + v.Form.Get("do")}, nil
	}
	mend, err := f.mendOf(v, "do", err)
	if err != nil {
		return nil, err
	}
	t, err := f.teamView(ctx, v)
	if err != nil {
		return nil, err
	}
	t.mend, t.code = mend, code
	return f.teamPage(t), nil
}

var errTeamForm = fault.New(fault.Invalid, "E-FORM", "The form asks for nothing that can be done. Nothing was changed.")

// mendOf turns what the room refuses into what must be mended; other errors stay.
func (f *Face) mendOf(v webkit.Visit, field string, err error) ([]webkit.Mend, error) {
	var bad *fault.Error
	if err == nil || !errors.As(err, &bad) {
		return nil, err
	}
	text, ok := f.words.In(v.Lang).Team.Mend[bad.Code]
	if !ok {
		return nil, err
	}
	if bad.Field != "" {
		field = strings.ReplaceAll(bad.Field, "_", "-")
	}
	return []webkit.Mend{{Field: field, Text: text.String()}}, nil
}

func (f *Face) inviteForm(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.invitePage(ctx, v, nil)
}

func (f *Face) invitePage(ctx context.Context, v webkit.Visit, mend []webkit.Mend) (webkit.Reply, error) {
	t, err := f.teamView(ctx, v)
	if err != nil {
		return nil, err
	}
	if !t.head {
		return nil, party.ErrNotHead
	}
	t.mend = mend
	return webkit.Page{Title: t.w.Team.InviteTitle.String(), Nav: teamPath, Mend: mend, Back: webkit.Link{Path: teamPath, Text: t.w.Team.Title.String()}, Content: invitePage(t)}, nil
}

// motionOf reads a motion from a form. A day that cannot be read is the zero day, which
// no motion takes.
func motionOf(v webkit.Visit, kind party.MotionKind) party.Motion {
	day := func(name string) when.Date {
		d, err := when.Parse(strings.TrimSpace(v.Form.Get(name)))
		if err != nil {
			return 0
		}
		return d
	}
	m := party.Motion{Kind: kind, Staff: strings.TrimSpace(v.Form.Get("staff")), From: day("from"), Until: day("until"), Trained: day("trained-until")}
	for _, d := range v.Form["desk"] {
		m.Desks = append(m.Desks, party.Desk(d))
	}
	if id, err := ref.Parse[ref.Clerk](v.Form.Get("stand-in")); err == nil {
		m.StandIn = id
	}
	return m
}

func (f *Face) invite(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	_, err := f.Team.Put(ctx, visitor(v), motionOf(v, party.Invite), v.Now)
	if err == nil {
		return webkit.See{Path: teamPath + "?done=put"}, nil
	}
	mend, err := f.mendOf(v, "staff", err)
	if err != nil {
		return nil, err
	}
	return f.invitePage(ctx, v, mend)
}

func (f *Face) member(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.memberPage(ctx, v, nil)
}

func (f *Face) memberPage(ctx context.Context, v webkit.Visit, mend []webkit.Mend) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Clerk](v.Param("clerk"))
	if err != nil {
		return nil, party.ErrHolder
	}
	t, err := f.teamView(ctx, v)
	if err != nil {
		return nil, err
	}
	if t.one, err = f.Team.Find(ctx, visitor(v), id, v.Now); err != nil {
		return nil, err
	}
	t.mend = mend
	return webkit.Page{Title: t.w.Team.OneTitle.With("staff", t.one.StaffNumber), Nav: teamPath, Mend: mend, Back: webkit.Link{Path: teamPath, Text: t.w.Team.Title.String()}, Content: memberPage(t)}, nil
}

// change does the one thing that a form on the page of somebody asks for.
func (f *Face) change(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	id, err := ref.Parse[ref.Clerk](v.Param("clerk"))
	if err != nil {
		return nil, party.ErrHolder
	}
	who, do, done := visitor(v), v.Form.Get("do"), "put"
	switch do {
	case string(party.AppointTo), string(party.Train), string(party.GrantLeave):
		m := motionOf(v, party.MotionKind(do))
		m.Clerk = id
		_, err = f.Team.Put(ctx, who, m, v.Now)
	case "dismiss":
		done = do
		err = f.Team.Dismiss(ctx, who, id, party.Desk(v.Form.Get("desk")), v.Now)
	case "return":
		done = do
		err = f.Team.Return(ctx, who, id, v.Now)
	case "part":
		done = do
		to, _ := ref.Parse[ref.Clerk](v.Form.Get("handed-to"))
		err = f.Team.Part(ctx, who, id, to, v.Now)
	default:
		if _, err := f.Team.Find(ctx, who, id, v.Now); err != nil {
			return nil, err
		}
		return nil, errTeamForm
	}
	if err == nil {
		return webkit.See{Path: teamPath + "?done=" + done}, nil
	}
	mend, err := f.mendOf(v, "do-"+do, err)
	if err != nil {
		return nil, err
	}
	for i := range mend {
		if mend[i].Field == "until" || mend[i].Field == "desk" || mend[i].Field == "from" {
			mend[i].Field += "-" + do // each form has its own fields
		}
	}
	return f.memberPage(ctx, v, mend)
}

func (f *Face) welcomeForm(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.welcomePage(v, "", nil), nil
}

func (f *Face) welcomePage(v webkit.Visit, token string, mend []webkit.Mend) webkit.Page {
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.Welcome.Title.String(), Mend: mend, Content: welcomePage(teamView{f: f, w: w, v: v, mend: mend, code: token})}
}

func (f *Face) welcome(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	token, err := f.Team.Welcome(ctx, strings.TrimSpace(v.Form.Get("code")), strings.TrimSpace(v.Form.Get("staff")), v.Now)
	if errors.Is(err, party.ErrInvitation) {
		return f.welcomePage(v, "", []webkit.Mend{{Field: "code", Text: f.words.In(v.Lang).Welcome.Wrong.String()}}), nil
	}
	if err != nil {
		return nil, err
	}
	return f.welcomePage(v, token, nil), nil
}

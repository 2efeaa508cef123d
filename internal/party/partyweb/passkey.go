package partyweb

import (
	"cmp"
	"context"
	"encoding/hex"
	"net/url"

	"recourse/internal/kit/authkit"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/redact"
)

// What a browser is under way to, besides the doors of providers.
const (
	asksPasskey  = "passkey"
	makesPasskey = "passkey-new"
)

// bindPath is where somebody makes a passkey.
func bindPath(v webkit.Visit) string {
	if v.Clerk.IsZero() {
		return personBindPath
	}
	return clerkBindPath
}

func number(k party.Passkey) string { return hex.EncodeToString(k.ID[:]) }

// under sets a browser under way to a passkey, and returns what it holds.
func (f *Face) under(ctx context.Context, v webkit.Visit, k party.Knock) (webkit.Way, error) {
	secret, err := authkit.NewSecret(f.Service.Chance)
	if err != nil {
		return webkit.Way{}, err
	}
	return webkit.Way{Secret: redact.Of(secret), Next: webkit.LocalPath(v.Query.Get("next"), "")}, f.Service.SetOut(ctx, secret, k, v.Now)
}

// askPasskey asks a browser for a passkey: of anybody, or of who is signed in and has to
// prove anew who they are.
func (f *Face) askPasskey(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	knock := party.Knock{Door: asksPasskey}
	var of []authkit.Passkey
	instead := "/sign-in"
	if v.Query.Get("again") != "" && v.Signed {
		in, err := f.Service.Session(ctx, v.Secret.Reveal(), v.Now)
		if err != nil {
			return nil, err
		}
		if of, err = f.passkeys(ctx, in.Holder()); err != nil {
			return nil, err
		}
		knock.Session, instead = in.ID, againPath
	}
	way, err := f.under(ctx, v, knock)
	if err != nil {
		return nil, err
	}
	options, err := f.Passkeys.Ask(way.Secret.Reveal(), of...)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.Passkey.AskTitle.String(), Script: "passkey.js", Way: way, Content: passkeyPage(passkeyView{w: w, v: v, does: "ask", options: options, path: passkeyPath,
		title: w.Passkey.AskTitle.String(), text: w.Passkey.AskText.String(), button: w.Passkey.Ask.String(), instead: instead + nextQuery(v)})}, nil
}

// passkeys are those of a holder, as browsers know them.
func (f *Face) passkeys(ctx context.Context, h party.Holder) (out []authkit.Passkey, err error) {
	all, err := f.Service.PasskeysOf(ctx, h)
	for _, k := range all {
		out = append(out, authkit.Passkey{Credential: k.Credential, Key: k.Key})
	}
	return out, err
}

// takePasskey lets in, or takes as a proof, who has a passkey.
func (f *Face) takePasskey(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	reply, err := f.signed(ctx, v)
	if err == nil {
		return reply, nil
	}
	again := passkeyPath
	if v.Signed {
		again = againPath
	}
	return f.failedAt(v, err, again+nextOf(v))
}

func (f *Face) signed(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	secret := v.Way.Secret.Reveal()
	knock, err := f.Service.ComeBack(ctx, secret, asksPasskey, v.Now)
	if err != nil {
		return nil, err
	}
	answer, err := authkit.ReadSigned(v.Form.Get("answer"))
	if err != nil {
		return nil, err
	}
	b, err := f.Service.Bound(ctx, answer.ID(), v.Now)
	if err != nil {
		return nil, err
	}
	counter, err := f.Passkeys.Verify(secret, answer, authkit.Passkey{Credential: b.Credential, Key: b.Key})
	if err != nil {
		return nil, err
	}
	if !knock.Session.IsZero() {
		in, err := f.Service.Session(ctx, v.Secret.Reveal(), v.Now)
		if err == nil && (in.ID != knock.Session || in.Holder() != b.Holder) {
			err = party.ErrPasskeyUnknown
		}
		if err == nil {
			err = f.Service.UsePasskey(ctx, b, counter, v.Now)
		}
		if err != nil {
			return nil, err
		}
		return f.renewed(ctx, v, party.ByPasskey)
	}
	if err := f.Service.UsePasskey(ctx, b, counter, v.Now); err != nil {
		return nil, err
	}
	opened, in, err := f.Service.SignInBound(ctx, b, v.Device, v.Now)
	if err != nil {
		return nil, err
	}
	if err := f.end(ctx, v); err != nil {
		return nil, err
	}
	path := "/me"
	if !in.Clerk.ID.IsZero() {
		path = home(string(in.Clerk.Desks))
	}
	return webkit.SignIn{Secret: opened, Expires: in.Expires, Path: cmp.Or(v.Way.Next, v.Href(path))}, nil
}

// makePasskey lets a browser make a passkey for who signed in with an identity service
// not long ago; others go there first.
func (f *Face) makePasskey(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	in, may, err := f.Service.MayBind(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	page := webkit.Page{Title: w.Passkey.MakeTitle.String(), Nav: "/me/settings", Back: webkit.Link{Path: signInsPath, Text: w.SignIns.Title.String()}}
	if !v.Clerk.IsZero() {
		page.Nav, page.Back.Path = clerkSignInsPath, clerkSignInsPath
	}
	if !may {
		page.Content = bindFirstPage(signInView{w: w, v: v, doors: f.doors(!v.Clerk.IsZero())}, v.Path)
		return page, nil
	}
	have, err := f.passkeys(ctx, in.Holder())
	if err != nil {
		return nil, err
	}
	if page.Way, err = f.under(ctx, v, party.Knock{Door: makesPasskey, Session: in.ID}); err != nil {
		return nil, err
	}
	options, err := f.Passkeys.Make(page.Way.Secret.Reveal(), w.Passkey.Label.With("day", v.Dates.Day(v.Today())), have)
	if err != nil {
		return nil, err
	}
	page.Script = "passkey.js"
	page.Content = passkeyPage(passkeyView{w: w, v: v, does: "make", options: options, path: v.Path,
		title: w.Passkey.MakeTitle.String(), text: w.Passkey.MakeText.String(), button: w.Passkey.Make.String()})
	return page, nil
}

// bindPasskey binds the passkey that a browser made.
func (f *Face) bindPasskey(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	if err := f.bind(ctx, v); err != nil {
		return f.failedAt(v, err, v.Path)
	}
	back := signInsPath
	if !v.Clerk.IsZero() {
		back = clerkSignInsPath
	}
	return webkit.See{Path: back + "?done=bound"}, nil
}

func (f *Face) bind(ctx context.Context, v webkit.Visit) error {
	secret := v.Way.Secret.Reveal()
	knock, err := f.Service.ComeBack(ctx, secret, makesPasskey, v.Now)
	if err != nil {
		return err
	}
	in, err := f.Service.Session(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return err
	}
	if in.ID != knock.Session {
		return party.ErrKnock
	}
	k, err := f.Passkeys.Made(secret, v.Form.Get("answer"))
	if err != nil {
		return err
	}
	return f.Service.Bind(ctx, v.Secret.Reveal(), party.Passkey{ID: k.ID(), Credential: k.Credential, Key: k.Key, Counter: k.Counter, Device: v.Device}, v.Now)
}

// nextOf carries on where somebody under way wanted to go.
func nextOf(v webkit.Visit) string {
	if v.Way.Next == "" {
		return ""
	}
	return "?next=" + url.QueryEscape(v.Way.Next)
}

package partyweb

import (
	"context"
	"encoding/hex"

	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// signIns lists where the visitor is signed in.
func (f *Face) signIns(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	own, all, err := f.Service.SignIns(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	bound, err := f.Service.PasskeysOf(ctx, party.Holder{Person: v.Person, Clerk: v.Clerk})
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	page := webkit.Page{Title: w.SignIns.Title.String(), Nav: "/me/settings", Back: webkit.Link{Path: "/me/settings", Text: w.Settings.Title.String()},
		Content: signInsPage(signInsView{w: w, v: v, own: own, all: all, passkeys: bound, may: f.Passkeys != nil && len(f.doors(!v.Clerk.IsZero())) > 0})}
	if !v.Clerk.IsZero() {
		page.Nav, page.Back = clerkSignInsPath, webkit.Link{}
	}
	switch v.Query.Get("done") {
	case "ended":
		page.Done = w.SignIns.Done.String()
	case "bound":
		page.Done = w.Passkey.DoneBound.String()
	case "revoked":
		page.Done = w.Passkey.DoneRevoked.String()
	case "none":
		page.Done = w.SignIns.DoneNone.String()
	}
	return page, nil
}

// endSignIn ends one sign-in of the visitor, or all but the one they have, or revokes a
// passkey of theirs.
func (f *Face) endSignIn(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	holder := party.Holder{Person: v.Person, Clerk: v.Clerk}
	ended, done := false, "ended"
	if id, err := hex.DecodeString(v.Form.Get("passkey")); err == nil && len(id) == 32 {
		if ended, err = f.Service.RevokePasskey(ctx, holder, [32]byte(id)); err != nil {
			return nil, err
		}
		done = "revoked"
	} else if v.Form.Has("others") {
		in, err := f.Service.Session(ctx, v.Secret.Reveal(), v.Now)
		if err != nil {
			return nil, err
		}
		n, err := f.Service.EndOtherSignIns(ctx, holder, in.ID)
		if err != nil {
			return nil, err
		}
		ended = n > 0
	} else if id, err := ref.Parse[ref.Session](v.Form.Get("session")); err == nil {
		if ended, err = f.Service.EndSignIn(ctx, holder, id); err != nil {
			return nil, err
		}
	}
	if ended {
		return webkit.See{Path: v.Path + "?done=" + done}, nil
	}
	return webkit.See{Path: v.Path + "?done=none"}, nil
}

// signInsView is the page of sign-ins.
type signInsView struct {
	w   *words
	v   webkit.Visit
	own ref.Session
	all []party.Session

	passkeys []party.Passkey
	may      bool // one can be bound
}

func (s signInsView) made(k party.Passkey) string { return s.device(party.Session{Device: k.Device}) }

func (s signInsView) device(in party.Session) string {
	if in.Device == "" {
		return s.w.SignIns.Unknown.String()
	}
	return in.Device
}

func (s signInsView) way(in party.Session) string { return s.w.SignIns.Ways[string(in.Way)].String() }

func (s signInsView) text() string {
	if s.v.Clerk.IsZero() {
		return s.w.SignIns.Text.String()
	}
	return s.w.SignIns.ClerkText.String()
}

package partyweb

import (
	"cmp"
	"context"
	"net/url"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
)

// landing says what this is.
func (f *Face) landing(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	w := f.words.In(v.Lang)
	page := webkit.Page{Title: w.Landing.Title.String(), Content: landingPage(w, v, f.toured)}
	if v.Query.Get("done") == "out" && !v.Signed {
		page.Done = w.SignedOut.String()
	}
	return page, nil
}

// signIn says how to sign in. A sandbox without a provider leads on to its sample people.
func (f *Face) signIn(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	if f.Sandbox && len(f.Doors) == 0 {
		return webkit.See{Path: sandboxPath + nextQuery(v)}, nil
	}
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.SignIn.Title.String(), Content: signInPage(signInView{w: w, v: v, doors: f.doors(false), next: webkit.LocalPath(v.Query.Get("next"), ""), sandbox: f.Chooser != nil, passkeys: f.Passkeys != nil})}, nil
}

// doors are the providers of persons, or of staff.
func (f *Face) doors(staff bool) (out []Door) {
	for _, d := range f.Doors {
		if d.Staff == staff {
			out = append(out, d)
		}
	}
	return out
}

// nextQuery carries on where the visitor wanted to go.
func nextQuery(v webkit.Visit) string {
	next := webkit.LocalPath(v.Query.Get("next"), "")
	if next == "" {
		return ""
	}
	return "?next=" + url.QueryEscape(next)
}

func (f *Face) signOut(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	if err := f.end(ctx, v); err != nil {
		return nil, err
	}
	return webkit.SignOut{Path: "/?done=out"}, nil
}

// end ends the sign-in that the visitor has, if any.
func (f *Face) end(ctx context.Context, v webkit.Visit) error {
	if !v.Signed {
		return nil
	}
	return Sessions{f.Service}.End(ctx, v.Secret.Reveal(), v.Now)
}

// samples lists the sample people of a sandbox. Who comes from elsewhere than its
// provider goes there first.
func (f *Face) samples(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	if f.Chooser != nil && !f.Chooser.Waits(v.Query.Get("request")) {
		return webkit.See{Path: "/sign-in/" + PersonDoor + nextQuery(v)}, nil
	}
	return f.samplesPage(v, v.Query.Get("next"), nil), nil
}

func (f *Face) samplesPage(v webkit.Visit, next string, mend []webkit.Mend) webkit.Page {
	w := f.words.In(v.Lang)
	return webkit.Page{Title: w.Sandbox.Title.String(), Mend: mend,
		Content: samplesPage(samplesView{w: w, v: v, people: f.Samples, next: webkit.LocalPath(next, ""), request: cmp.Or(v.Query.Get("request"), v.Form.Get("request")), mend: mend})}
}

// choose signs in as the sample person that was chosen: by way of the sandbox's
// provider where it asked, else at once.
func (f *Face) choose(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	next := v.Form.Get("next")
	n, err := strconv.Atoi(v.Form.Get("person"))
	if err != nil || n < 0 || n >= len(f.Samples) {
		return f.samplesPage(v, next, []webkit.Mend{{Field: "person-0", Text: f.words.In(v.Lang).Sandbox.Mend.String()}}), nil
	}
	if request := v.Form.Get("request"); request != "" && f.Chooser != nil {
		return f.chosen(ctx, v, request, n)
	}
	p := f.Samples[n]
	id, faults := party.ParseIdentity(p.IDType, p.IDNumber, p.Name, p.Birth, v.Today())
	if len(faults) > 0 {
		return nil, fault.New(fault.Internal, "E-SAMPLE", "The sample person cannot be used.").Because(faults[0])
	}
	if err := f.end(ctx, v); err != nil {
		return nil, err
	}
	secret, signed, err := f.Service.SignIn(ctx, id, party.Entered{Way: party.BySample, Device: v.Device}, v.Now)
	if err != nil {
		return nil, err
	}
	return webkit.SignIn{Secret: secret, Expires: signed.Expires, Path: webkit.LocalPath(next, v.Href("/me"))}, nil
}

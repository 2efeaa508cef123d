package partyweb

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/party"
)

// SampleStaff returns the staff numbers of the sandbox's clerks of each body: who
// files and asks, and a colleague for what takes a second person.
func SampleStaff() [2]string { return [2]string{"sample-0417", "sample-0418"} }

// clerkDoor says how a clerk signs in.
func (f *Face) clerkDoor(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	return f.clerkPage(v, v.Query.Get("next"), nil), nil
}

func (f *Face) clerkPage(v webkit.Visit, next string, mend []webkit.Mend) webkit.Page {
	w := f.words.In(v.Lang)
	view := clerkView{w: w, v: v, doors: f.doors(true), next: webkit.LocalPath(next, ""), mend: mend, first: f.Team != nil, bound: f.Passkeys != nil}
	if f.Sandbox {
		view.samples = f.Clerks
	}
	return webkit.Page{Title: w.Clerk.Title.String(), Mend: mend, Content: clerkPage(view)}
}

// enter signs in the holder of a token.
func (f *Face) enter(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	w, token := f.words.In(v.Lang).Clerk, strings.TrimSpace(v.Form.Get("token"))
	wrong := func(text webkit.Phrase) (webkit.Reply, error) {
		return f.clerkPage(v, v.Form.Get("next"), []webkit.Mend{{Field: "token", Text: text.String()}}), nil
	}
	if token == "" {
		return wrong(w.Missing)
	}
	reply, err := f.admit(ctx, v, token, party.ByToken)
	switch {
	case errors.Is(err, party.ErrToken):
		return wrong(w.Wrong)
	case errors.Is(err, party.ErrTraining):
		return wrong(w.Training)
	case errors.Is(err, party.ErrMandate):
		return wrong(w.Mandate)
	}
	return reply, err
}

// admit opens the pages for a token, and ends the sign-in that was there.
func (f *Face) admit(ctx context.Context, v webkit.Visit, token string, way party.Way) (webkit.Reply, error) {
	secret, in, err := f.Service.SignInClerk(ctx, token, party.Entered{Way: way, Device: v.Device}, v.Now)
	if err != nil {
		return nil, err
	}
	if err := f.end(ctx, v); err != nil {
		return nil, err
	}
	return webkit.SignIn{Secret: secret, Expires: in.Expires, Strict: true, Path: webkit.LocalPath(v.Form.Get("next"), v.Href(home(string(in.Clerk.Desks))))}, nil
}

// chooseClerk signs in as a sample clerk of the body that was chosen: with a token,
// as every clerk.
func (f *Face) chooseClerk(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	n, err := strconv.Atoi(v.Form.Get("body"))
	if err != nil || n < 0 || n >= len(f.Clerks) {
		return f.clerkPage(v, v.Form.Get("next"), []webkit.Mend{{Field: "body-0", Text: f.words.In(v.Lang).Clerk.Mend.String()}}), nil
	}
	staff := SampleStaff()[0]
	if v.Form.Has("second") {
		staff = SampleStaff()[1]
	}
	clerk, err := f.Service.AddClerk(ctx, f.Clerks[n].Body, staff, v.Today().AddYears(2), v.Now)
	if err != nil {
		return nil, err
	}
	token, err := f.Service.IssueToken(ctx, clerk.ID, v.Now, v.Now.Add(24*time.Hour))
	if err != nil {
		return nil, err
	}
	return f.admit(ctx, v, token, party.BySample)
}

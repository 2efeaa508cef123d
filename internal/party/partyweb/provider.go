package partyweb

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/kit/authkit"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/redact"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Door is an OpenID provider at which somebody signs in.
type Door struct {
	Code     string            // in addresses
	Names    map[string]string // of the service, by language
	Provider *authkit.Provider
	Staff    bool   // of bodies; else persons
	Body     string // whose staff; empty where a claim says
	Claims   Claims
}

// Claims are the names of the claims by which somebody is known.
type Claims struct {
	IDType string // the type of the identifiers; empty where TypeClaim says
	Type   string // claim with the type of the identifier
	Number string // claim with the official identifier, or with the staff number
	Birth  string // claim with the day of birth; empty where the number holds it
	Body   string // claim with the code of the body
}

// identity is who a provider says that a person is: by type and number alone.
func (d Door) identity(c authkit.Claims, today when.Date) (party.Identity, error) {
	idType := d.Claims.IDType
	if d.Claims.Type != "" {
		idType, _ = c.Text(d.Claims.Type)
	}
	number, _ := c.Text(d.Claims.Number)
	birth, _ := c.Text(d.Claims.Birth)
	id, faults := party.ParseIdentifier(idType, number, birth, today)
	if len(faults) > 0 {
		return id, errNoIdentifier
	}
	return id, nil
}

// errNoIdentifier is answered where a provider does not say who somebody is.
var errNoIdentifier = fault.New(fault.Refused, "E-PROVIDER-CLAIM", "The identity service does not say by which official number you are known. Nobody was signed in. Ask at the counter, or write to the registry.")

// door finds a provider by its code.
func (f *Face) door(code string) (Door, bool) {
	for _, d := range f.Doors {
		if d.Code == code {
			return d, true
		}
	}
	return Door{}, false
}

// again asks who is signed in to prove anew who they are.
func (f *Face) again(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	if !v.Signed {
		return webkit.See{Path: "/sign-in" + nextQuery(v)}, nil
	}
	have, err := f.passkeys(ctx, party.Holder{Person: v.Person, Clerk: v.Clerk})
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	view := signInView{w: w, v: v, passkeys: f.Passkeys != nil && len(have) > 0, doors: f.doors(!v.Clerk.IsZero()), next: webkit.LocalPath(v.Query.Get("next"), "")}
	return webkit.Page{Title: w.Proof.Title.String(), Content: againPage(view)}, nil
}

// anew is where one goes to prove anew at a provider who one is.
func anew(d Door, next string) string {
	return "/sign-in/" + d.Code + "?again=yes&next=" + url.QueryEscape(next)
}

// signInPath is where a way to a provider begins.
func signInPath(d Door, next string) string {
	path := "/sign-in/" + d.Code
	if next != "" {
		path += "?next=" + url.QueryEscape(next)
	}
	return path
}

// setOut sends the visitor to a provider. Who asks for it anew proves who they are in
// the sign-in that they have.
func (f *Face) setOut(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	d, ok := f.door(v.Param("door"))
	if !ok {
		return nil, errDoor
	}
	secret, err := authkit.NewSecret(f.Service.Chance)
	if err != nil {
		return nil, err
	}
	knock := party.Knock{Door: d.Code}
	anew := v.Query.Get("again") != "" && v.Signed
	if anew {
		in, err := f.Service.Session(ctx, v.Secret.Reveal(), v.Now)
		if err != nil {
			return nil, err
		}
		knock.Session = in.ID
	}
	to, err := d.Provider.Begin(ctx, secret, webkit.Tag(v.Lang), anew)
	if err != nil {
		return f.failed(v, err)
	}
	if err := f.Service.SetOut(ctx, secret, knock, v.Now); err != nil {
		return nil, err
	}
	return webkit.Away{URL: to, Way: webkit.Way{Secret: redact.Of(secret), Next: webkit.LocalPath(v.Query.Get("next"), "")}}, nil
}

var errDoor = fault.New(fault.NotFound, "E-DOOR", "There is no such way to sign in.")

// back takes whom a provider sent back.
func (f *Face) back(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	d, ok := f.door(v.Param("door"))
	if !ok {
		return nil, errDoor
	}
	secret := v.Way.Secret.Reveal()
	knock, err := f.Service.ComeBack(ctx, secret, d.Code, v.Now)
	if err != nil {
		return f.failed(v, err)
	}
	anew := !knock.Session.IsZero()
	claims, err := d.Provider.Finish(ctx, secret, v.Query, anew)
	if err != nil {
		return f.failed(v, err)
	}
	var reply webkit.Reply
	if anew {
		reply, err = f.proved(ctx, v, d, claims, knock.Session)
	} else {
		reply, err = f.entered(ctx, v, d, claims)
	}
	if err != nil {
		return f.failed(v, err)
	}
	return reply, nil
}

// entered opens a session for whom a provider named, and ends the one that was there.
func (f *Face) entered(ctx context.Context, v webkit.Visit, d Door, c authkit.Claims) (webkit.Reply, error) {
	secret, in, err := f.open(ctx, v, d, c)
	if err != nil {
		return nil, err
	}
	if err := f.end(ctx, v); err != nil {
		return nil, err
	}
	path := "/me"
	if d.Staff {
		path = home(string(in.Clerk.Desks))
	}
	return webkit.SignIn{Secret: secret, Expires: in.Expires, Path: cmp.Or(v.Way.Next, v.Href(path))}, nil
}

func (f *Face) open(ctx context.Context, v webkit.Visit, d Door, c authkit.Claims) (string, party.Session, error) {
	by := party.Entered{Way: party.ByProvider, Device: v.Device}
	if d.Staff {
		body, number := d.staff(c)
		return f.Service.SignInStaff(ctx, body, number, by, v.Now)
	}
	id, err := d.identity(c, v.Today())
	if err != nil {
		return "", party.Session{}, err
	}
	return f.Service.SignIn(ctx, id, by, v.Now)
}

// staff is whom a provider names of a body's staff.
func (d Door) staff(c authkit.Claims) (body, number string) {
	body = d.Body
	if body == "" {
		body, _ = c.Text(d.Claims.Body)
	}
	number, _ = c.Text(d.Claims.Number)
	return body, number
}

// proved notes that who is signed in proved anew who they are: the same, in the same
// sign-in.
func (f *Face) proved(ctx context.Context, v webkit.Visit, d Door, c authkit.Claims, session ref.Session) (webkit.Reply, error) {
	in, err := f.Service.Session(ctx, v.Secret.Reveal(), v.Now)
	if err != nil {
		return nil, err
	}
	if in.ID != session {
		return nil, party.ErrKnock
	}
	if d.Staff {
		if body, number := d.staff(c); in.Clerk.ID.IsZero() || body != in.Clerk.Body.Code || number != in.Clerk.StaffNumber {
			return nil, errOther
		}
	} else {
		id, err := d.identity(c, v.Today())
		if err != nil {
			return nil, err
		}
		person, _, err := f.Service.Find(ctx, id)
		if err != nil {
			return nil, err
		}
		if !in.Clerk.ID.IsZero() || person != in.Person {
			return nil, errOther
		}
	}
	return f.renewed(ctx, v, party.ByProvider)
}

// renewed gives the sign-in a new secret after a proof, and leads on.
func (f *Face) renewed(ctx context.Context, v webkit.Visit, way party.Way) (webkit.Reply, error) {
	secret, err := f.Service.Prove(ctx, v.Secret.Reveal(), way, v.Now)
	if err != nil {
		return nil, err
	}
	return webkit.SignIn{Secret: secret, Expires: v.Expires, Path: cmp.Or(v.Way.Next, v.Href("/"))}, nil
}

// errOther is answered where somebody else proved who they are.
var errOther = fault.New(fault.Refused, "E-PROVIDER-OTHER", "The identity service says that you are somebody else than who is signed in here. Nothing was done. Sign out first, then sign in as who you are.")

// failed shows why nobody was signed in at a provider, and how to begin again.
func (f *Face) failed(v webkit.Visit, err error) (webkit.Reply, error) {
	again := "/sign-in"
	if d, ok := f.door(v.Param("door")); ok {
		again = signInPath(d, v.Way.Next)
	}
	return f.failedAt(v, err, again)
}

// failedAt shows why nobody was signed in, and where to begin again. What is no fault of
// signing in goes on as it is.
func (f *Face) failedAt(v webkit.Visit, err error, again string) (webkit.Reply, error) {
	var known *fault.Error
	if !errors.As(err, &known) {
		return nil, err
	}
	w := f.words.In(v.Lang)
	what, ok := w.SignIn.Failed[known.Code]
	if !ok {
		return nil, err
	}
	return webkit.Page{Title: w.SignIn.FailedTitle.String(), Mend: []webkit.Mend{{Field: "again", Text: what.String()}}, Content: failedPage(w, v, again)}, nil
}

// Chooser is the sandbox's provider, at which somebody chooses who to be.
type Chooser interface {
	// Waits reports whether a request waits for a choice.
	Waits(request string) bool
	// Choose says who was chosen, and returns where the browser goes on.
	Choose(ctx context.Context, request, subject string, claims map[string]any) (string, error)
}

// chosen tells the sandbox's provider who was chosen for a request.
func (f *Face) chosen(ctx context.Context, v webkit.Visit, request string, n int) (webkit.Reply, error) {
	p := f.Samples[n]
	to, err := f.Chooser.Choose(ctx, request, "sample-"+strconv.Itoa(n), map[string]any{"id_type": p.IDType, "id_number": p.IDNumber, "birthdate": p.Birth})
	if err != nil {
		return nil, errDoor
	}
	return webkit.Away{URL: to, Way: v.Way}, nil
}

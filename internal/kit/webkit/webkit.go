// Package webkit is the machinery of pages: routes, the shell around a page,
// words in two languages, dates, forms, errors, cookies and headers.
//
// It promises that
//   - a page is rendered to its end before a byte of it leaves, so that a fault
//     never shows half a page;
//   - every page works without a script, comes from one origin and sets no cookie
//     before sign-in;
//   - who is not signed in never reaches a handler that needs a person, and a form
//     sent from elsewhere never reaches a handler at all;
//   - what is not there and what is not the caller's are the same bytes;
//   - the access log names the route and never the path, the query, or a person.
//
// It knows no domain: what pages say is said by the faces of the rooms.
package webkit

import (
	"context"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"recourse/internal/redact"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Role is who may reach a route.
type Role uint8

// The roles of routes.
const (
	Anyone Role = iota
	Person      // a signed-in person, with or without a file
	Clerk       // a signed-in clerk of a body
)

// Route is one page or one form.
type Route struct {
	Method string // "GET" or "POST"; a form posts to the page it stands on
	Path   string // below the language, as http.ServeMux reads it, e.g. "/me/records/{record}"
	Role   Role
	Desk   string // at which a clerk has to work; empty where any will do
	Upload int64  // most bytes of the files that its form sends; 0 for a form without files
	Why    string // what it is for, in words
	Serve  Handler

	// Fresh reports whether what the form asks for matters so much that the caller must
	// have proved who they are not long ago; nil for never. Not for routes with uploads.
	Fresh func(form url.Values) bool
}

// Handler decodes a visit, calls one use case, and says what to answer. The
// kind of a fault in its error decides the status.
type Handler func(ctx context.Context, v Visit) (Reply, error)

// Caller is who visits. The zero Caller is nobody.
type Caller struct {
	Signed   bool
	Person   ref.Person           // zero where the signed-in person has no file, and for a clerk
	Clerk    ref.Clerk            // zero for a person
	Body     ref.Body             // for which the clerk acts
	BodyCode string               // of the body in the pack
	Desks    string               // at which the clerk works, each between blanks
	Expires  time.Time            // the latest end of the session
	Proved   time.Time            // when the caller last proved who they are
	Secret   redact.Value[string] // of the session; needed to end it
}

// plays reports whether the caller may reach routes of a role.
func (c Caller) plays(r Role) bool {
	return r == Anyone || c.Signed && c.Clerk.IsZero() == (r == Person)
}

// Visit is one request to a page: who, when, in which language, and what was asked.
type Visit struct {
	Caller
	Lang    string    // one of Langs
	Device  string    // families of browser and system, as far as they say so: no version
	Contact string    // how to reach a person, in that language
	Size    int       // of text, one of Sizes
	Now     time.Time // the one instant of this request
	Dates   Dates
	Path    string     // below the language
	Query   url.Values // what stands behind the question mark
	Form    url.Values // of a POST; empty else, and where the route takes uploads

	// Parts are the fields and files of a route that takes uploads, as they come.
	// Nothing of them is kept anywhere; a piece that does not come in time is an
	// error of the reader, and so is more than Route.Upload.
	Parts *multipart.Reader

	Way Way // on which the visitor set out with Away; zero where there is none

	param func(string) string
	saved func(ctx context.Context, c Caller, list string) ([]Saved, error) // nil where none are kept
	w     *shellWords
}

// Param returns what stands in the path where the route has a name in braces.
func (v Visit) Param(name string) string { return v.param(name) }

// Href returns the address of a page in the language of the visit.
func (v Visit) Href(path string) string { return "/" + v.Lang + path }

// Today returns the legal day of the visit.
func (v Visit) Today() when.Date { return v.Dates.Of(v.Now) }

// Reply is what a handler answers: Page, See, File, Stream, SignIn, Away, SignOut, Speak or Enlarge.
type Reply interface{ isReply() }

// Page is a whole page inside the shell.
type Page struct {
	Title   string // without the name of the registry
	Nav     string // path of the entry of the main navigation that it belongs to
	Back    Link   // one step up; none where the text is empty
	Done    string // what was done by the form that led here; none where it is empty
	Mend    []Mend // what must be mended in a form; the status is 422 then
	Again   bool   // something goes on: where scripts run, the page is asked for again soon
	Sheets  bool   // on paper there is its content alone: sheets of their own
	Script  string // static file that the page adds what scripts can do with; none where it is empty
	Way     Way    // on which the page sets the visitor out, without leaving; zero for none
	Content templ.Component
}

// Mend is one thing that must be mended in a form.
type Mend struct{ Field, Text string } // the id of the field, and what to do

// See sends the visitor on to another page of the same language with status 303.
type See struct{ Path string } // below the language

// File is a download.
type File struct {
	Name string // as it is offered, ASCII
	Type string // media type with its charset
	Data []byte
}

// Stream is a download that is too long to be held whole. It is closed after it
// was sent. An error of Body breaks the connection off, so that a part is never
// taken for the whole.
type Stream struct {
	Name, Type string
	Size       int64 // -1 where it is not known
	Body       io.ReadCloser
}

// SignIn gives the visitor a session and sends them on.
type SignIn struct {
	Secret  string
	Expires time.Time
	Strict  bool   // the session does not travel with links from other sites
	Path    string // with its language; checked to be a path of this site
	Guide   int    // step of Config.Guide at which the visitor is; 0 for none
}

// Away sends the visitor to another site, with something to be known by on the way
// back. It holds for ten minutes, or until a SignIn.
type Away struct {
	Way Way
	URL string
}

// Way is what a visitor holds who is under way to another site.
type Way struct {
	Secret redact.Value[string]
	Next   string // where to go on afterwards, with its language
}

// SignOut takes the session's cookie away and sends the visitor on.
type SignOut struct{ Path string } // below the language

// Enlarge keeps the size of text that who is signed in chose, and sends them on. Nobody
// else is given a cookie.
type Enlarge struct {
	Size int // one of Sizes
	Path string
}

// Sizes are the sizes of text that can be chosen, in percent, the usual one first.
func Sizes() []int { return []int{100, 120, 150} }

// Speak keeps the language that a signed-in person chose and sends them on.
type Speak struct{ Lang, Path string }

func (Page) isReply()    {}
func (See) isReply()     {}
func (File) isReply()    {}
func (Stream) isReply()  {}
func (SignIn) isReply()  {}
func (Away) isReply()    {}
func (SignOut) isReply() {}
func (Speak) isReply()   {}
func (Enlarge) isReply() {}

// Link is an address with its text.
type Link struct {
	Path string // below the language
	Text string
}

// NavItem is an entry of the main navigation.
type NavItem struct {
	Path  string            // below the language
	Label map[string]string // by language
	Desk  string            // at which a clerk has to work to be led there; empty where any will do
}

// Works reports whether a clerk works at a desk.
func (c Caller) Works(desk string) bool {
	return desk == "" || strings.Contains(c.Desks, " "+desk+" ")
}

// Short writes the number of a thing so that it fits into a line: its prefix, the
// first four characters and the check character. It is not meant to be typed in.
func Short(id string) string {
	prefix, rest, ok := strings.Cut(id, "-")
	if !ok || len(rest) < 6 {
		return id
	}
	return prefix + "-" + rest[:4] + "…" + rest[len(rest)-1:]
}

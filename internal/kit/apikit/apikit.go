// Package apikit is the machinery of calls: routes, tokens, bodies, answers,
// problems, signatures, and the document that describes them.
//
// It promises that
//   - who has no valid token learns nothing, not even whether the rest of the
//     request was right, and every such answer is the same but for its number;
//   - a signed request is what its key's holder sent, whole, and is taken once;
//   - a write without an idempotency key never reaches a handler;
//   - a JSON body is read strictly: within 64 KiB, no unknown, doubled or null
//     field, nothing after its end; a stream is read without a limit, but no chunk
//     may keep the server waiting;
//   - errors are problem details (RFC 9457) that never repeat what was sent and
//     never show a cause;
//   - whatever a holder of a token is answered is signed (RFC 9421, RFC 9530);
//   - a call beyond a rate of its clerk, its body or its purpose does nothing, and
//     rates look at nothing but these three;
//   - the access log names the route and never the path, the query, or a person;
//   - the OpenAPI document and the routes come from the same rows.
//
// It knows no domain: what calls say is said by the faces of the rooms. The
// module huma writes the document and its schemas; requests do not pass through
// it, because its errors repeat the values that were sent and it takes a name
// that stands twice.
package apikit

import (
	"context"
	"net/http"
	"time"

	"recourse/internal/kit/signkit"
	"recourse/internal/kit/spool"
)

// Prefix is where every call begins.
const Prefix = "/api/v1"

// Who is who may reach a route.
type Who string

// Who may reach a route.
const (
	Anyone Who = "anyone"
	Holder Who = "holder of a token"
)

// Route is one call: a row in the table of a face.
type Route struct {
	Method string // "GET" or "POST"
	Path   string // below Prefix, as http.ServeMux reads it, e.g. "/deliveries/{id}"
	Who    Who
	Why    string // what it is for, in words
	Stream bool   // the body is read piece by piece: its pieces have a deadline, the call has none
	Serve  Handler
	Doc    Doc

	root bool // Path begins at the host
}

// Pattern returns method and whole path, as the document, the log and tests name
// the route.
func (r Route) Pattern() string {
	if r.root {
		return r.Method + " " + r.Path
	}
	return r.Method + " " + Prefix + r.Path
}

// Handler is what a route serves; made by ForAnyone or ForHolder.
type Handler struct {
	who   Who
	serve func(context.Context, *Call) (Reply, error)
}

// Authenticator finds the holder of what was presented, valid at now. What is not
// valid, nothing too, is a fault of kind Unsigned, the same whatever is wrong with
// it.
type Authenticator[C any] func(ctx context.Context, p Presented, now time.Time) (C, error)

// ForAnyone makes a handler that asks nobody who they are.
func ForAnyone(serve func(context.Context, *Call) (Reply, error)) Handler {
	return Handler{who: Anyone, serve: func(ctx context.Context, c *Call) (Reply, error) {
		if err := c.admit(); err != nil {
			return Reply{}, err
		}
		return serve(ctx, c)
	}}
}

// ForHolder makes a handler for holders of a token or a key. Nothing else of the
// request is looked at before these. whose says as whose call it counts.
func ForHolder[C any](auth Authenticator[C], whose func(C) Caller, serve func(context.Context, C, *Call) (Reply, error)) Handler {
	if auth == nil || whose == nil {
		return Handler{}
	}
	return Handler{who: Holder, serve: func(ctx context.Context, c *Call) (Reply, error) {
		p, err := c.present(ctx)
		if err != nil {
			return Reply{}, err
		}
		holder, err := auth(ctx, p, c.Now)
		if err != nil {
			return Reply{}, err
		}
		if err := c.enter(ctx, p, whose(holder)); err != nil {
			return Reply{}, err
		}
		if err := c.admit(); err != nil {
			return Reply{}, err
		}
		return serve(ctx, holder, c)
	}}
}

// ForHolderOf is ForHolder for a call whose body is read before its token is
// looked up, so that what the body names can be looked up with it. auth gets nil
// where the request is not right; what is wrong with it is told only to who
// holds a valid token or key. Without anything that could be a token, and where a
// signature does not hold, nothing is read.
// whose says as whose call it counts; it gets a zero Q where the request is not
// right.
func ForHolderOf[C, Q any](auth func(ctx context.Context, p Presented, now time.Time, asked *Q) (C, error),
	whose func(C, Q) Caller, read func(*Call) (Q, error), serve func(context.Context, C, Q, *Call) (Reply, error)) Handler {
	if auth == nil || whose == nil {
		return Handler{}
	}
	return Handler{who: Holder, serve: func(ctx context.Context, c *Call) (Reply, error) {
		p, err := c.present(ctx)
		if err != nil {
			return Reply{}, err
		}
		var q Q
		asked, wrong := (*Q)(nil), errOpenDoor
		if p != (Presented{}) {
			if wrong = c.admit(); wrong == nil {
				q, wrong = read(c)
			}
		}
		if wrong == nil {
			asked = &q
		} else {
			q = *new(Q)
		}
		holder, err := auth(ctx, p, c.Now, asked)
		if err != nil {
			return Reply{}, err
		}
		if err := c.enter(ctx, p, whose(holder, q)); err != nil {
			return Reply{}, err
		}
		if wrong != nil {
			return Reply{}, wrong
		}
		return serve(ctx, holder, q, c)
	}}
}

// Call is one request: when it came, its number, its idempotency key, and what
// was asked.
type Call struct {
	Now    time.Time // the one instant of this call
	Number string    // a random UUID: in the answer's Request-Id, in problems and in the log
	Key    string    // Idempotency-Key, 1 to 255 visible ASCII characters; empty in reads

	token string
	claim *signkit.Claim // the signature, where there is one: it holds
	body  []byte         // as it came, of a call with a JSON body
	aside *spool.File
	known bool // who calls was found: the answer is signed
	query map[string]string
	route *Route
	r     *http.Request
	w     http.ResponseWriter
	limit limits

	throttle *Throttle
	api      *API
}

// Param returns what stands in the path where the route has a name in braces.
func (c *Call) Param(name string) string { return c.r.PathValue(name) }

// Query returns a parameter of the query, or "". Only parameters that the
// route's Doc lists are there.
func (c *Call) Query(name string) string { return c.query[name] }

// Reply is what a handler answers. With an error only its Header counts.
type Reply struct {
	Status int         // 200 where it is 0
	Type   string      // media type; application/json where it is empty
	Body   []byte      // the whole of it: what is signed
	Header http.Header // further headers, e.g. Link
	Tag    string      // ETag with its quotes: the answer may be kept and asked for again; empty: it may not be kept
}

// Package noticeapi is how bodies read over HTTP what became of records that they were
// given, acknowledge it, and say where it is to be sent.
//
// It promises that a body reads only what it was told itself, and nothing of what a
// record says; that what is not acknowledged stays in the list of open changes, so that
// none is missed whatever became of a cursor; and that a secret is shown only to who
// sets the webhook.
package noticeapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"recourse/internal/kit/apikit"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// Config is what the calls of the room need. All fields are needed.
type Config struct {
	Inbox        *notice.Inbox
	Authenticate apikit.Authenticator[party.Clerk]
	Secret       func(secret []byte) string // writes a secret as receivers are given it
	PublicKey    string                     // of the registry, as receivers are given it
}

// Routes returns the calls of the room.
func Routes(c Config) ([]apikit.Route, error) {
	if c.Inbox == nil || c.Authenticate == nil || c.Secret == nil || c.PublicKey == "" {
		return nil, errors.New("noticeapi: every field of Config is needed")
	}
	caller := func(who party.Clerk) apikit.Caller { return apikit.Caller{Clerk: who.ID, Body: who.Body.ID} }
	row := func(method, path, why string, do func(context.Context, party.Clerk, *apikit.Call) (apikit.Reply, error), doc apikit.Doc) apikit.Route {
		return apikit.Route{Method: method, Path: path, Who: apikit.Holder, Why: why, Serve: apikit.ForHolder(c.Authenticate, caller, do), Doc: doc}
	}
	return []apikit.Route{
		row(http.MethodGet, "/changes", "What became of records that your body was given.", c.list, listDoc()),
		row(http.MethodPost, "/changes/{change}/acknowledgement", "Say that your body took note of a change.", c.acknowledge, acknowledgeDoc()),
		row(http.MethodGet, "/webhook", "Where changes are sent besides your inbox.", c.hook, hookDoc()),
		row(http.MethodPost, "/webhook", "Let changes be sent to an address, in place of the one before.", c.set, setDoc()),
		row(http.MethodPost, "/webhook/ending", "Let nothing be sent any more.", c.end, endDoc()),
		row(http.MethodPost, "/webhook/retry", "Let what your webhook never took be sent again.", c.again, againDoc()),
	}, nil
}

// Change is a change with what your body made of it.
type Change struct {
	notice.Note
	Sent         string `json:"sent,omitempty" format:"date-time" doc:"When your webhook took it."`
	Undelivered  string `json:"undelivered,omitempty" format:"date-time" doc:"When sending was given up."`
	Acknowledged string `json:"acknowledged,omitempty" format:"date-time" doc:"When your body said that it took note. The person sees it."`
}

// List is a part of a body's changes.
type List struct {
	Changes []Change `json:"changes" nullable:"false" doc:"The oldest first."`
	Next    string   `json:"next,omitempty" doc:"Give it back as after for the part behind; absent where no more follow."`
}

const instant = time.RFC3339Nano

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(instant)
}

func (c Config) change(ctx context.Context, ch notice.Change) (Change, error) {
	note, err := c.Inbox.Note(ctx, ch)
	return Change{Note: note, Sent: written(ch.SentAt), Undelivered: written(ch.DeadAt), Acknowledged: written(ch.AckedAt)}, err
}

func (c Config) list(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	after, err := notice.ParseCursor(call.Query("after"))
	if err != nil {
		return apikit.Reply{}, err
	}
	limit, _ := strconv.Atoi(call.Query("limit")) // the kit has checked it
	list, next, err := c.Inbox.List(ctx, notice.Listing{Body: who.Body.ID, Open: call.Query("state") != "all", After: after, Limit: limit})
	if err != nil {
		return apikit.Reply{}, err
	}
	out := List{Changes: make([]Change, len(list)), Next: next.String()}
	for i := range list {
		if out.Changes[i], err = c.change(ctx, list[i]); err != nil {
			return apikit.Reply{}, err
		}
	}
	return apikit.JSON(out)
}

func (c Config) acknowledge(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	id, err := ref.Parse[ref.Change](call.Param("change"))
	if err != nil {
		return apikit.Reply{}, notice.ErrNoChange
	}
	ch, err := c.Inbox.Acknowledge(ctx, who.Body.ID, id, who.ID, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out, err := c.change(ctx, ch)
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(out)
}

// Hook is where changes are sent.
type Hook struct {
	URL     string `json:"url" format:"uri"`
	Since   string `json:"since" format:"date-time"`
	Waiting int64  `json:"waiting" doc:"Changes that are still to be sent."`
	Dead    int64  `json:"dead" doc:"Changes that were never taken and that your body did not acknowledge: read them in the list, or have them sent again."`
	Key     string `json:"key" doc:"The registry's key, for the signature v1a."`
	Secret  string `json:"secret,omitempty" doc:"The secret for the signature v1. Shown only when the webhook is set."`
}

// Address is where changes are to be sent.
type Address struct {
	URL string `json:"url" format:"uri" maxLength:"500" doc:"An address that begins with https:// and leads to a public host." example:"https://bank.example.org/recourse"`
}

// Done says how many changes something was done to.
type Done struct {
	Changes int64 `json:"changes"`
}

func (c Config) show(h notice.Hook) Hook {
	return Hook{URL: h.URL, Since: written(h.MadeAt), Waiting: h.Waiting, Dead: h.Dead, Key: c.PublicKey}
}

func (c Config) hook(ctx context.Context, who party.Clerk, _ *apikit.Call) (apikit.Reply, error) {
	h, err := c.Inbox.HookOf(ctx, who.Body.ID)
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(c.show(h))
}

func (c Config) set(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	var a Address
	if err := call.JSON(&a); err != nil {
		return apikit.Reply{}, err
	}
	h, secret, err := c.Inbox.SetHook(ctx, who.Body.ID, call.Key, a.URL, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := c.show(h)
	out.Secret = c.Secret(secret)
	return apikit.JSON(out)
}

func (c Config) end(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	if err := c.Inbox.EndHook(ctx, who.Body.ID, call.Now); err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(Done{})
}

func (c Config) again(ctx context.Context, who party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	n, err := c.Inbox.SendAgain(ctx, who.Body.ID, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	return apikit.JSON(Done{Changes: n})
}

func listDoc() apikit.Doc {
	return apikit.Doc{ID: "changes",
		Text: "Corrections, withdrawals and endings of what you were given, never a new record and nothing of what a record says. Read the open ones, put your own files right, acknowledge each. " +
			"A change that you do not acknowledge stays open; the person sees whom the registry told, and who acknowledged.",
		Params: []apikit.Param{
			{Name: "state", Why: "`open`, or `all` for those too that were acknowledged; `open` where it is absent.", Type: "string", Example: "open"},
			{Name: "after", Why: "What the part before gave as `next`.", Type: "string"},
			{Name: "limit", Why: "How many at most; 200 where it is absent.", Type: "integer", Least: 1, Most: notice.MostChanges}},
		Answers: []apikit.Answer{{Status: 200, Why: "A part of the list.", Of: List{}}}}
}

func acknowledgeDoc() apikit.Doc {
	return apikit.Doc{ID: "acknowledge", Text: "The first time counts; to say it again changes nothing.",
		Params:  []apikit.Param{{Name: "change", Why: "The number of the change.", Type: "string"}},
		Answers: []apikit.Answer{{Status: 200, Why: "The change, acknowledged.", Of: Change{}}}}
}

func hookDoc() apikit.Doc {
	return apikit.Doc{ID: "webhook", Answers: []apikit.Answer{{Status: 200, Why: "The webhook of your body.", Of: Hook{}}}}
}

func setDoc() apikit.Doc {
	return apikit.Doc{ID: "set-webhook", Body: Address{URL: "https://bank.example.org/recourse"},
		Text: "Messages follow Standard Webhooks 1.0: `webhook-id` is the number of the change, `webhook-signature` has a `v1` under your secret and a `v1a` under the registry's key. " +
			"Answer 2xx to say that you have it, which is no acknowledgement; 410 ends the webhook. What is not taken is sent again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 h and then daily, for four days; a redirect is not followed.",
		Answers: []apikit.Answer{{Status: 200, Why: "The webhook, with its secret.", Of: Hook{}}}}
}

func endDoc() apikit.Doc {
	return apikit.Doc{ID: "end-webhook", Text: "What was not sent stays in the list.", Answers: []apikit.Answer{{Status: 200, Why: "It has ended.", Of: Done{}}}}
}

func againDoc() apikit.Doc {
	return apikit.Doc{ID: "retry-webhook", Answers: []apikit.Answer{{Status: 200, Why: "How many will be sent again.", Of: Done{}}}}
}

package furnishapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
)

const (
	listed     = 50  // deliveries of a page
	mostListed = 200 // of one page at most
)

// DeliveryList is some of the deliveries of a body, newest first.
type DeliveryList struct {
	Deliveries []DeliveryLine `json:"deliveries" nullable:"false"`
	Next       string         `json:"next,omitempty" doc:"Where the next page is; also in the header Link. None on the last."`
}

// DeliveryLine is one delivery in the list.
type DeliveryLine struct {
	Delivery string `json:"delivery" doc:"Number of the delivery." example:"B-0123456789ABCDEFGHJKMNPQRS-T"`
	Type     string `json:"type" doc:"Type of the records."`
	State    string `json:"state" enum:"running,done,failed"`
	BegunAt  string `json:"begun_at" format:"date-time"`
	EndedAt  string `json:"ended_at,omitempty" format:"date-time"`
	Counts   Counts `json:"counts"`
	Href     string `json:"href" doc:"All about it."`
}

func (c Config) list(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	f, err := filter(call)
	if err != nil {
		return apikit.Reply{}, err
	}
	limit, err := number(call, "limit", listed, 1, mostListed)
	if err != nil {
		return apikit.Reply{}, err
	}
	got, next, err := c.Service.List(ctx, clerk, f, int(limit), call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := DeliveryList{Deliveries: make([]DeliveryLine, len(got))}
	for i, d := range got {
		s := sent(d)
		out.Deliveries[i] = DeliveryLine{Delivery: s.Delivery, Type: s.Type, State: s.State, BegunAt: s.BegunAt, EndedAt: s.EndedAt, Counts: s.Counts, Href: path(d)}
	}
	if next != (furnish.Cursor{}) {
		out.Next = nextList(call, next, limit)
	}
	reply, err := apikit.Kept(out)
	reply.Header = Page{Next: out.Next}.link(nil)
	return reply, err
}

// filter reads the filters of a list.
func filter(call *apikit.Call) (f furnish.Filter, err error) {
	f.Type, f.State = call.Query("type"), furnish.State(call.Query("state"))
	switch f.State {
	case "", furnish.Running, furnish.Done, furnish.Failed:
	default:
		return f, fault.New(fault.Invalid, "E-STATE", "A delivery is running, done or failed. Nothing was done.").At("state")
	}
	for name, into := range map[string]*time.Time{"since": &f.Since, "until": &f.Until} {
		if text := call.Query(name); text != "" {
			if *into, err = time.Parse(time.RFC3339Nano, text); err != nil {
				return f, fault.New(fault.Invalid, "E-INSTANT", "This is not an instant with its offset, like 2026-03-10T09:30:00Z. Nothing was done.").At(name)
			}
		}
	}
	f.Before, err = furnish.ParseCursor(call.Query("before"))
	return f, err
}

// nextList is the address of the next page, narrowed as this one.
func nextList(call *apikit.Call, next furnish.Cursor, limit int64) string {
	q := url.Values{"before": {next.String()}, "limit": {strconv.FormatInt(limit, 10)}}
	for _, name := range []string{"type", "state", "since", "until"} {
		if text := call.Query(name); text != "" {
			q.Set(name, text)
		}
	}
	return apikit.Prefix + "/deliveries?" + q.Encode()
}

func listDoc() apikit.Doc {
	return apikit.Doc{ID: "deliveries",
		Params: []apikit.Param{
			{Name: "type", Why: "Only of this type.", Type: "string", Example: "market-penalty"},
			{Name: "state", Why: "Only in this state: running, done or failed.", Type: "string", Example: "running"},
			{Name: "since", Why: "Only begun at this instant or after it.", Type: "string", Example: "2026-03-10T00:00:00Z"},
			{Name: "until", Why: "Only begun before this instant.", Type: "string", Example: "2026-03-11T00:00:00Z"},
			{Name: "before", Why: "Where the list goes on; from the address of the next page.", Type: "string"},
			{Name: "limit", Why: "Most deliveries on a page.", Type: "integer", Least: 1, Most: mostListed, Example: listed}},
		Answers: []apikit.Answer{{Status: http.StatusOK, Why: "A page of deliveries.", Of: DeliveryList{},
			Header: map[string]string{"Link": `Where the next page is (rel="next"); none on the last.`, "ETag": "Changes with what is listed."}}}}
}

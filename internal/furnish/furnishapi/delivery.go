package furnishapi

import (
	"context"
	"net/http"
	"strconv"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

const (
	mediaJSON    = "application/json"
	mostFindings = 1000 // of one page
)

// Page is some of the findings of a delivery, in order of rows.
type Page struct {
	Delivery string    `json:"delivery,omitempty"`
	Trial    string    `json:"trial,omitempty"`
	Findings []Finding `json:"findings" nullable:"false" doc:"All findings of a row stand on one page."`
	Next     string    `json:"next,omitempty" doc:"Where the next page is; also in the header Link. None on the last."`
}

// find returns the delivery that the path names; a number that cannot be one and
// a delivery of another body are alike.
func (c Config) find(ctx context.Context, clerk party.Clerk, call *apikit.Call) (furnish.Delivery, error) {
	id, err := ref.Parse[ref.Delivery](call.Param("id"))
	if err != nil {
		return furnish.Delivery{}, furnish.ErrNotFound
	}
	return c.Service.ByID(ctx, clerk, id)
}

func (c Config) delivery(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	d, err := c.find(ctx, clerk, call)
	if err != nil {
		return apikit.Reply{}, err
	}
	page, err := c.page(ctx, d, 0, furnish.MaxFindings)
	if err != nil {
		return apikit.Reply{}, err
	}
	out := sent(d)
	out.Findings, out.Next = page.Findings, page.Next
	reply, err := apikit.Kept(out)
	reply.Header = page.link(nil)
	return reply, err
}

func (c Config) findings(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	return pageFor(call, func(after int64, limit int) (Page, error) {
		d, err := c.find(ctx, clerk, call)
		if err != nil {
			return Page{}, err
		}
		return c.page(ctx, d, after, limit)
	})
}

// pageFor reads which page is asked for and in which form, and writes it.
func pageFor(call *apikit.Call, get func(after int64, limit int) (Page, error)) (apikit.Reply, error) {
	mediaType, err := call.Accepts(mediaJSON, mediaCSV)
	if err != nil {
		return apikit.Reply{}, err
	}
	after, err := number(call, "after", 0, 0, 1<<62)
	if err != nil {
		return apikit.Reply{}, err
	}
	limit, err := number(call, "limit", furnish.MaxFindings, 1, mostFindings)
	if err != nil {
		return apikit.Reply{}, err
	}
	page, err := get(after, int(limit))
	if err != nil {
		return apikit.Reply{}, err
	}
	reply, err := page.write(mediaType)
	reply.Header = page.link(nil)
	return reply, err
}

// number reads a whole number of the query.
func number(call *apikit.Call, name string, absent, least, most int64) (int64, error) {
	text := call.Query(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, fault.Newf(fault.Invalid, "E-NUMBER", "This is not a whole number from %d to %d. Nothing was done.", least, most).At(name)
	}
	return n, nil
}

// page returns findings after a row: at most limit, but always all of a row.
func (c Config) page(ctx context.Context, d furnish.Delivery, after int64, limit int) (Page, error) {
	p, err := paged(path(d), limit, func(most int) ([]furnish.Finding, error) { return c.Service.Findings(ctx, d, after, int32(most)) })
	p.Delivery = d.ID.String()
	return p, err
}

// paged makes a page of what get returns first.
func paged(path string, limit int, get func(most int) ([]furnish.Finding, error)) (Page, error) {
	for ask := limit + 1; ; ask *= 2 {
		got, err := get(ask)
		if err != nil {
			return Page{}, err
		}
		if n, ok := cut(got, limit, len(got) < ask); ok {
			return pageOf(path, got, n, limit), nil
		}
	}
}

// cut returns how many findings make a page, so that no row is torn: up to the
// limit, or one row where that has more. It is false where that row may go on
// beyond what was got; whole says that there is nothing beyond.
func cut(got []furnish.Finding, limit int, whole bool) (n int, ok bool) {
	if len(got) <= limit {
		return len(got), whole
	}
	n = limit
	for n > 0 && got[n-1].Row == got[n].Row {
		n--
	}
	if n > 0 {
		return n, true
	}
	for n < len(got) && got[n].Row == got[0].Row {
		n++
	}
	return n, whole || n < len(got)
}

// pageOf writes the first n findings; where there are more, it says where.
func pageOf(path string, got []furnish.Finding, n, limit int) Page {
	p := Page{Findings: make([]Finding, n)}
	for i, f := range got[:n] {
		p.Findings[i] = Finding{Row: f.Row, Outcome: string(f.Outcome), Field: f.Field, Code: f.Code, Rule: f.Rule, Text: f.Text, Fix: f.Fix}
	}
	if n < len(got) {
		p.Next = path + "/findings?after=" + strconv.FormatInt(got[n-1].Row, 10) + "&limit=" + strconv.Itoa(limit)
	}
	return p
}

// link adds the next page to a header (RFC 8288).
func (p Page) link(h http.Header) http.Header {
	if p.Next == "" {
		return h
	}
	next := "<" + p.Next + `>; rel="next"`
	if h == nil {
		return http.Header{"Link": {next}}
	}
	h.Add("Link", next)
	return h
}

// write writes a page as JSON, or as a table in which no cell is a formula.
func (p Page) write(mediaType string) (apikit.Reply, error) {
	if mediaType == mediaJSON {
		return apikit.JSON(p)
	}
	table := [][]string{{"row", "outcome", "field", "code", "rule", "text", "fix"}}
	for _, f := range p.Findings {
		table = append(table, []string{strconv.FormatInt(f.Row, 10), f.Outcome, f.Field, f.Code, f.Rule, f.Text, f.Fix})
	}
	body, err := webkit.CSV(table)
	return apikit.Reply{Type: mediaCSV + "; charset=utf-8; header=present", Body: body}, err
}

func idParam() apikit.Param {
	return apikit.Param{Name: "id", Why: "Number of the delivery.", Type: "string", Example: "B-0123456789ABCDEFGHJKMNPQRS-T"}
}

func deliveryDoc() apikit.Doc {
	return apikit.Doc{ID: "delivery", Params: []apikit.Param{idParam()},
		Answers: []apikit.Answer{{Status: 200, Why: "Where it stands.", Of: Sent{},
			Header: map[string]string{"Link": `Where further findings are (rel="next").`, "ETag": "Changes with each batch of rows and at the end."}}}}
}

func findingsDoc() apikit.Doc {
	link := map[string]string{"Link": `Where the next page is (rel="next"); none on the last.`}
	return apikit.Doc{ID: "findings", Text: "All findings of a row stand on one page; a page may be longer than the limit for that.",
		Params: []apikit.Param{idParam(),
			{Name: "after", Why: "Findings of rows after this one.", Type: "integer", Example: 0},
			{Name: "limit", Why: "Most findings on a page.", Type: "integer", Least: 1, Most: mostFindings, Example: furnish.MaxFindings}},
		Answers: []apikit.Answer{
			{Status: 200, Why: "A page of findings.", Of: Page{}, Header: link},
			{Status: 200, Type: mediaCSV, Why: "The same as a table, for spreadsheets."}}}
}

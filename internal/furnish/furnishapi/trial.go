package furnishapi

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"

	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
	"recourse/internal/ref"
)

// tried is the state of a dry run in answers.
const tried = "tried"

// try looks at a delivery without keeping anything.
func (c Config) try(ctx context.Context, clerk party.Clerk, call *apikit.Call, rows io.Reader) (apikit.Reply, error) {
	t, err := c.Service.Try(ctx, clerk, call.Query("type"), rows, nil, call.Now)
	if err != nil {
		return apikit.Reply{}, err
	}
	return trialReply(t)
}

// trial answers what a dry run said.
func (c Config) trial(_ context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	t, err := c.findTrial(clerk, call)
	if err != nil {
		return apikit.Reply{}, err
	}
	return trialReply(t)
}

func (c Config) findTrial(clerk party.Clerk, call *apikit.Call) (furnish.Trial, error) {
	id, err := ref.Parse[ref.Trial](call.Param("id"))
	if err != nil {
		return furnish.Trial{}, furnish.ErrNoTrial
	}
	return c.Service.Trial(clerk, id, call.Now)
}

func (c Config) trialFindings(_ context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	return pageFor(call, func(after int64, limit int) (Page, error) {
		t, err := c.findTrial(clerk, call)
		if err != nil {
			return Page{}, err
		}
		return trialPage(t, after, limit)
	})
}

func trialPath(t furnish.Trial) string { return apikit.Prefix + "/trials/" + t.ID.String() }

func trialPage(t furnish.Trial, after int64, limit int) (Page, error) {
	p, err := paged(trialPath(t), limit, func(most int) ([]furnish.Finding, error) { return t.Page(after, most), nil })
	p.Trial = t.ID.String()
	return p, err
}

func trialReply(t furnish.Trial) (apikit.Reply, error) {
	page, err := trialPage(t, 0, furnish.MaxFindings)
	if err != nil {
		return apikit.Reply{}, err
	}
	at := instant(t.At)
	out := Sent{Trial: t.ID.String(), DryRun: true, Form: formOf(t.Form), Type: t.Type, Pack: t.Pack, State: tried, BegunAt: at, EndedAt: at,
		FileHash: hex.EncodeToString(t.FileHash[:]), Counts: countsOf(t.Counts), Findings: page.Findings, Next: page.Next}
	reply, err := apikit.JSON(out)
	reply.Header = page.link(http.Header{"Link": {"<" + trialPath(t) + `>; rel="status"`}})
	return reply, err
}

func trialParam() apikit.Param {
	return apikit.Param{Name: "id", Why: "Number of the dry run.", Type: "string", Example: "T-0123456789ABCDEFGHJKMNPQRS-T"}
}

func trialDoc() apikit.Doc {
	return apikit.Doc{ID: "trial", Text: "A dry run can be looked at for half an hour, by its body.", Params: []apikit.Param{trialParam()},
		Answers: []apikit.Answer{{Status: http.StatusOK, Why: "What the dry run said.", Of: Sent{},
			Header: map[string]string{"Link": `Where it is (rel="status") and where further findings are (rel="next").`}}}}
}

func trialFindingsDoc() apikit.Doc {
	d := findingsDoc()
	d.ID, d.Params[0] = "trialFindings", trialParam()
	d.Text += " Of a dry run the first 50,000 findings are kept."
	return d
}

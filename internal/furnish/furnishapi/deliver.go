package furnishapi

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/kit/apikit"
	"recourse/internal/party"
)

// The media types of deliveries.
const (
	mediaCSV   = "text/csv"
	mediaJSONL = "application/jsonl"
	mediaXLSX  = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mediaAny   = "application/octet-stream"
)

// Sent is what became of a delivery.
type Sent struct {
	Delivery string    `json:"delivery,omitempty" doc:"Number of the delivery; a dry run has none." example:"B-0123456789ABCDEFGHJKMNPQRS-T"`
	Trial    string    `json:"trial,omitempty" doc:"Number of the dry run, which can be looked at for half an hour." example:"T-0123456789ABCDEFGHJKMNPQRS-T"`
	DryRun   bool      `json:"dry_run,omitzero" doc:"Nothing was kept: this is what would become of the rows."`
	Form     *Form     `json:"form,omitempty" doc:"What was found about the file; in the answer to it only."`
	Type     string    `json:"type" doc:"Type of the records."`
	Pack     string    `json:"pack" doc:"The version of the law's pack that rows were checked against."`
	State    string    `json:"state" enum:"running,done,failed,tried" doc:"Failed: the file could not be read to its end; rows before that were taken. Tried: a dry run."`
	BegunAt  string    `json:"begun_at" format:"date-time"`
	EndedAt  string    `json:"ended_at,omitempty" format:"date-time"`
	FileHash string    `json:"file_sha256,omitempty" pattern:"^[0-9a-f]{64}$" doc:"SHA-256 of the file in hex, where it was read to its end."`
	Counts   Counts    `json:"counts"`
	Replayed bool      `json:"replayed" doc:"The delivery was here already; nothing was done again."`
	Findings []Finding `json:"findings" nullable:"false" doc:"The first rows that were not taken."`
	Next     string    `json:"next,omitempty" doc:"Where further findings are; also in the header Link."`
}

// Counts are rows by what became of them.
type Counts struct {
	Rows        int64 `json:"rows" doc:"All rows that were read."`
	New         int64 `json:"new"`
	Changed     int64 `json:"changed"`
	Unchanged   int64 `json:"unchanged"`
	Withdrawn   int64 `json:"withdrawn" doc:"Taken back, as the row asks."`
	Stale       int64 `json:"stale" doc:"A newer version was here already."`
	Quarantined int64 `json:"quarantined" doc:"Whose row it is, or which content counts, is in doubt."`
	Refused     int64 `json:"refused" doc:"Breaks a rule of the type or the law."`
}

// Form is what was found about a file.
type Form struct {
	Format    string `json:"format" enum:"csv,jsonl,xlsx"`
	Encoding  string `json:"encoding,omitempty" doc:"Of text: UTF-8, UTF-8 with BOM, UTF-16LE, UTF-16BE or GB18030."`
	Delimiter string `json:"delimiter,omitempty" doc:"Of CSV."`
	Sheet     string `json:"sheet,omitempty" doc:"Of a workbook: the sheet that was read."`
}

func formOf(f furnish.Form) *Form {
	if f.Format == "" {
		return nil
	}
	return &Form{Format: string(f.Format), Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet}
}

// Finding says why a row was not taken. It holds no value of the row.
type Finding struct {
	Row     int64  `json:"row" doc:"From 1, the first row after the header."`
	Outcome string `json:"outcome" enum:"stale,quarantined,refused"`
	Field   string `json:"field,omitempty" doc:"The column, where it is about one."`
	Code    string `json:"code" doc:"Stable."`
	Rule    string `json:"rule,omitempty" doc:"The rule that decided."`
	Text    string `json:"text" doc:"What is wrong."`
	Fix     string `json:"fix" doc:"What to do."`
}

func (c Config) deliver(ctx context.Context, clerk party.Clerk, call *apikit.Call) (apikit.Reply, error) {
	rows, err := call.Rows()
	if err != nil {
		return apikit.Reply{}, err
	}
	switch call.Query("dry_run") {
	case "", "false":
	case "true":
		return c.try(ctx, clerk, call, rows)
	default:
		return apikit.Reply{}, fault.New(fault.Invalid, "E-FLAG", "This is neither true nor false. Nothing was done.").At("dry_run")
	}
	report, err := c.Service.Deliver(ctx, clerk, furnish.Request{Key: call.Key, Type: call.Query("type")}, rows, call.Now)
	where := statusLink(report.Delivery)
	if err != nil {
		return apikit.Reply{Header: where}, err
	}
	if report.Delivery.State == furnish.Failed {
		return apikit.Reply{Header: where}, fault.Newf(fault.Conflict, "E-DELIVERY-FAILED",
			"Delivery %s came with this key and failed: its file could not be read to the end. Rows before that were taken and are counted. Mend the file and send it with a new key.",
			report.Delivery.ID).At("Idempotency-Key")
	}
	page, err := c.page(ctx, report.Delivery, 0, furnish.MaxFindings)
	if err != nil {
		return apikit.Reply{Header: where}, err
	}
	out := sent(report.Delivery)
	out.Form, out.Replayed, out.Findings, out.Next = formOf(report.Form), report.Replayed, page.Findings, page.Next
	reply, err := apikit.JSON(out)
	reply.Header = page.link(where)
	return reply, err
}

// statusLink says where the state of a delivery is (RFC 8631), also where it
// ended in an error.
func statusLink(d furnish.Delivery) http.Header {
	if d.ID.IsZero() {
		return nil
	}
	return http.Header{"Link": {"<" + path(d) + `>; rel="status"`}}
}

func path(d furnish.Delivery) string { return apikit.Prefix + "/deliveries/" + d.ID.String() }

func countsOf(n furnish.Counts) Counts {
	return Counts{Rows: n.Done, New: n.New, Changed: n.Changed, Unchanged: n.Unchanged, Withdrawn: n.Withdrawn, Stale: n.Stale, Quarantined: n.Quarantined, Refused: n.Refused}
}

func sent(d furnish.Delivery) Sent {
	out := Sent{Delivery: d.ID.String(), Type: d.Type, Pack: d.Pack, State: string(d.State), BegunAt: instant(d.BegunAt), EndedAt: instant(d.EndedAt), Counts: countsOf(d.Counts)}
	if d.FileHash != [32]byte{} {
		out.FileHash = hex.EncodeToString(d.FileHash[:])
	}
	return out
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
}

func deliverDoc() apikit.Doc {
	return apikit.Doc{
		ID: "deliver",
		Text: "Rows that cannot be taken never fail the others: they come back as findings. A row that is here already changes nothing. " +
			"A delivery that was cut short goes on where it stopped when it is sent again with the same key. With dry_run=true the file is looked at in the same way and nothing is kept; " +
			"the answer says what would become of the rows.",
		Params: []apikit.Param{{Name: "dry_run", Why: "true: look at the file and keep nothing.", Type: "string", Example: "true"},
			{Name: "type", Why: "Code of the type; your body must be its responsible unit or answer to it.", Type: "string", Required: true, Example: "market-penalty"}},
		Stream: apikit.Stream{Types: []string{mediaCSV, mediaJSONL, mediaXLSX, mediaAny}, Hint: true,
			Why: "CSV with any delimiter, JSON Lines or XLSX, in UTF-8, UTF-16 or GB 18030. What it is, is found in the content; the media type is a hint. Sent as it is, not compressed and not as a form. " +
				"The columns of a type are under GET /types/{code}. There is no limit of length; a row may have 1 MiB.",
			Example: "id_type,id_number,name,source_ref,version,…\r\n"},
		Answers: []apikit.Answer{{Status: 200, Why: "What became of the rows. A repeat gets the answer of the first.", Of: Sent{},
			Header: map[string]string{"Link": `Where the delivery's state is (rel="status") and further findings (rel="next").`}}},
	}
}

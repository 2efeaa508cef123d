package ledgerweb

import (
	"context"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/webkit"
	"recourse/internal/ledger"
)

// perPage is how many events stand on a page.
const perPage = 50

// listWords are what the list of a person's receipts says.
type listWords struct {
	Title, Intro, None, NoneText, Caption, When, What, Receipt, Of webkit.Phrase
	// Kinds says what an event is: by its kind, else by the room before the dot.
	Kinds map[string]webkit.Phrase
}

type listView struct {
	w             *words
	v             webkit.Visit
	rows          []ledger.Row
	newest, older string
}

// what says of what kind an event is.
func (p listView) what(r ledger.Row) string {
	room, _, _ := strings.Cut(r.Kind, ".")
	names := []string{r.Kind, room, "other"}
	if r.Facts["basis"] == "self" {
		names = []string{"self"}
	}
	for _, name := range names {
		if say, known := p.w.List.Kinds[name]; known {
			return say.String()
		}
	}
	return r.Kind
}

func (p listView) href(r ledger.Row) string {
	return p.v.Href(Mine + "/" + hex.EncodeToString(r.Event[:]))
}

// paper is the address of a receipt as it is printed.
func (p listView) paper(r ledger.Row) string {
	return p.v.Href(Mine + "/paper/" + hex.EncodeToString(r.Event[:]))
}

// older is the address of the part of the list that begins before a row.
func older(r ledger.Row) string {
	return Mine + "?" + url.Values{"before": {strconv.FormatInt(r.At.UnixMicro(), 10)}, "event": {hex.EncodeToString(r.Event[:])}}.Encode()
}

var errPart = fault.New(fault.Invalid, "E-LOG-PART", "There is no such part of the list. Nothing was changed. Begin at its newest.")

// before reads where a part of the list begins.
func before(values url.Values) (r ledger.Row, err error) {
	if values.Get("before") == "" {
		return r, nil
	}
	n, err := strconv.ParseInt(values.Get("before"), 10, 64)
	if err != nil || !eventOf(values.Get("event"), &r.Event) {
		return r, errPart
	}
	r.At = time.UnixMicro(n).UTC()
	return r, nil
}

func eventOf(s string, to *[16]byte) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == len(to) && copy(to[:], raw) == len(to)
}

// list is what the log holds about the person.
func (f *Face) list(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	from, err := before(v.Query)
	if err != nil {
		return nil, err
	}
	w := f.words.In(v.Lang)
	p := listView{w: w, v: v}
	if !v.Person.IsZero() {
		if p.rows, err = f.Receipts.Rows.Rows(ctx, v.Person, from, perPage+1); err != nil {
			return nil, err
		}
	}
	if len(p.rows) > perPage {
		p.rows = p.rows[:perPage]
		p.older = older(p.rows[perPage-1])
	}
	if !from.At.IsZero() {
		p.newest = Mine
	}
	return webkit.Page{Title: w.List.Title.String(), Content: listPage(p)}, nil
}

// one is one receipt of the person, whole.
func (f *Face) one(ctx context.Context, v webkit.Visit) (webkit.Reply, error) {
	r, err := f.receipt(ctx, v)
	if err != nil {
		return nil, err
	}
	return webkit.File{Name: "receipt-" + hex.EncodeToString(r.Event[:]) + ".txt", Type: "text/plain; charset=utf-8", Data: []byte(r.Text)}, nil
}

// receipt is the receipt of the person that the address names.
func (f *Face) receipt(ctx context.Context, v webkit.Visit) (ledger.Receipt, error) {
	var event [16]byte
	if v.Person.IsZero() || !eventOf(v.Param("event"), &event) {
		return ledger.Receipt{}, ledger.ErrNoEvent
	}
	return f.Receipts.Of(ctx, ledger.Key{Stream: v.Person, Event: event}, true)
}

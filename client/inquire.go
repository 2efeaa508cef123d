package client

import (
	"context"
	"io"
	"net/url"
)

// Question is about one person, for one purpose.
type Question struct {
	Purpose string  `json:"purpose"`          // code of a purpose
	Basis   string  `json:"basis"`            // "consent" or "statute"
	Case    string  `json:"case,omitempty"`   // under a statute the case reference; on consent your number of the application
	Reason  string  `json:"reason,omitempty"` // in your words: the person reads it
	Person  Subject `json:"person"`
}

// Subject is the person asked about: exact identifier, matched exactly.
type Subject struct {
	IDType   string `json:"id_type"`
	IDNumber string `json:"id_number"`
	Name     string `json:"name,omitempty"`
}

// Answer is what the registry says. No outcome says that nothing exists.
type Answer struct {
	Inquiry   string   `json:"inquiry"` // its number, in your file and in the person's list of who looked
	At        string   `json:"at"`
	Purpose   string   `json:"purpose"`
	Basis     string   `json:"basis"`
	Pack      string   `json:"pack"` // version of the law that decided
	Outcome   string   `json:"outcome"`
	Statement string   `json:"statement,omitempty"`
	Subject   string   `json:"subject,omitempty"` // the person's pseudonym for your body alone
	Records   []Record `json:"records,omitempty"`
	Refer     []Refer  `json:"refer,omitempty"`
	UseBefore string   `json:"use_before,omitempty"`
	Receipt   string   `json:"receipt,omitempty"` // what its receipt from the public log is fetched for
	Replayed  bool     `json:"replayed,omitzero"`
	Entry     Entry    `json:"-"` // where it stands in the public log
}

// Record is one record, reduced to what the purpose may see.
type Record struct {
	Type       string            `json:"type"`
	Label      map[string]string `json:"label"`
	Source     string            `json:"source"`
	Start      string            `json:"start"`
	DisplayEnd string            `json:"display_end"`
	Disputed   bool              `json:"disputed,omitzero"` // contested and not decided: do not take it as settled
	// Provisional: in effect at once, for danger to life or health, until DisplayEnd where no hearing follows.
	Provisional bool `json:"provisional,omitzero"`
	// OwnWords of the person about the record, which nobody checked: show them wherever you show the record.
	OwnWords string            `json:"own_words,omitempty"`
	Fields   map[string]string `json:"fields"`
}

// Refer names a licence that is not shown, and whom to ask about it.
type Refer struct {
	Type  string            `json:"type"`
	Label map[string]string `json:"label"`
	Ask   string            `json:"ask"`
}

// Inquire asks about a person. The person sees that you asked: the answer is returned
// once its receipt from the public log is there, and an Unlogged error in its place
// where it does not come in time or is of something else.
func (k *Client) Inquire(ctx context.Context, key string, q Question) (a Answer, err error) {
	if err := k.Post(ctx, "/inquiries", key, q, &a); err != nil {
		return Answer{}, err
	}
	if a.Entry, err = k.logged(ctx, a); err != nil {
		return Answer{}, err
	}
	return a, nil
}

// Delivery is records of one type as CSV, JSON Lines or XLSX.
type Delivery struct {
	Type  string
	Key   string // idempotency key: with the same a delivery that was cut goes on
	Try   bool   // a dry run: nothing is kept
	Body  io.ReadSeeker
	Watch io.Writer // gets a copy of what is sent; nil for none
}

// Furnish sends a delivery and reads what became of it into out, as the page of the
// API describes.
func (k *Client) Furnish(ctx context.Context, d Delivery, out any) error {
	path := "/deliveries?type=" + url.QueryEscape(d.Type)
	if d.Try {
		path += "&dry_run=true"
	}
	return k.Upload(ctx, Upload{Path: path, MediaType: "application/octet-stream", Key: d.Key, Body: d.Body, Progress: d.Watch}, out)
}

package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"

	"recourse/client"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/ref"
)

// inquireCmd asks about one person. Who it is comes from a file or standard
// input, never from the command line, which others on the machine can see.
type inquireCmd struct {
	server  `embed:""`
	Purpose string `help:"Code of the purpose." required:""`
	Basis   string `help:"What the inquiry rests on." enum:"consent,statute" required:""`
	Case    string `help:"Case reference in the purpose's format; on consent your number of the application, if any."`
	Confirm string `help:"Number of a colleague's request for a sensitive type: confirm it as the second person. Enter what they asked." placeholder:"NUMBER"`
	Reason  string `help:"Why you ask, in your words. The person reads it."`
	Person  string `help:"File with {\"id_type\":…,\"id_number\":…}; - for standard input." default:"-" placeholder:"FILE"`
	Key     string `help:"Idempotency key; empty for a new one. Send a repeat with the same."`
	logged  `embed:""`
	Save    string `help:"File to keep the receipt of the answer from the public log in." placeholder:"FILE"`
	JSON    bool   `help:"Print the registry's answer as JSON."`
}

// Run prints the answer once its receipt from the public log is there, and not before:
// an answer that was given without a trace is refused.
func (c *inquireCmd) Run(s *session) error {
	subject, err := c.subject(s)
	if err != nil {
		return err
	}
	key := c.Key
	if key == "" {
		id, err := ref.Mint[ref.Inquiry](rand.Reader)
		if err != nil {
			return err
		}
		key = id.String()
	}
	question := client.Question{Purpose: c.Purpose, Basis: c.Basis, Case: c.Case, Reason: c.Reason, Person: subject}
	log, err := c.log()
	if err != nil {
		return err
	}
	k, err := c.openWith(s.ctx, log)
	if err != nil {
		return err
	}
	if c.Confirm != "" {
		return c.confirm(s, k, key, question)
	}
	answer, err := k.Inquire(s.ctx, key, question)
	if err != nil {
		_, _ = fmt.Fprintf(s.talk, "To send it again as the same inquiry: --key %s\n", key)
		return told(err)
	}
	if c.Save != "" {
		if err := os.WriteFile(c.Save, []byte(answer.Entry.Receipt), 0o600); err != nil {
			return fmt.Errorf("writing --save: %w", err)
		}
	}
	_, _ = fmt.Fprintf(s.talk, "The answer is entry %d of the public log %s.\n", answer.Entry.Index, answer.Entry.Log)
	if c.JSON {
		return s.writeJSON(answer)
	}
	return s.printAnswer(answer)
}

// confirm enters a colleague's question again. It is shown nothing.
func (c *inquireCmd) confirm(s *session, k *client.Client, key string, q client.Question) error {
	var done inquiryapi.Confirmed
	if err := k.Post(s.ctx, "/inquiries/"+url.PathEscape(c.Confirm)+"/confirmation", key, q, &done); err != nil {
		return told(err)
	}
	if c.JSON {
		return s.writeJSON(done)
	}
	_, err := fmt.Fprintf(s.out, "inquiry %s is confirmed; who asked sends it once more with the same key\n", done.Inquiry)
	return err
}

func (c *inquireCmd) subject(s *session) (client.Subject, error) {
	in := s.in
	if c.Person != "-" {
		f, err := os.Open(c.Person)
		if err != nil {
			return client.Subject{}, fmt.Errorf("opening --person: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	d := json.NewDecoder(io.LimitReader(in, 64<<10))
	d.DisallowUnknownFields()
	var subject client.Subject
	if err := d.Decode(&subject); err != nil {
		return subject, usageError(`--person must hold {"id_type":"…","id_number":"…"} and nothing else`)
	}
	return subject, nil
}

// marks says what is not to be taken as settled of a record.
func marks(r client.Record) (out string) {
	if r.Disputed {
		out = ", DISPUTED by the person and not decided"
	}
	if r.Provisional {
		out += ", PROVISIONAL: in effect before the person could answer"
	}
	return out
}

func (s *session) printAnswer(a client.Answer) error {
	_, err := fmt.Fprintf(s.out, "inquiry %s: %s\n", a.Inquiry, a.Outcome)
	if a.Statement != "" {
		_, _ = fmt.Fprintln(s.out, a.Statement)
	}
	for _, r := range a.Records {
		_, _ = fmt.Fprintf(s.out, "%s, filed by %s, of %s, shown until %s%s\n", r.Label["en"], r.Source, r.Start, r.DisplayEnd, marks(r))
		for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
			_, _ = fmt.Fprintf(s.out, "  %s: %s\n", name, r.Fields[name])
		}
	}
	for _, r := range a.Refer {
		_, _ = fmt.Fprintf(s.out, "%s: ask %s\n", r.Label["en"], r.Ask)
	}
	if a.UseBefore != "" {
		_, _ = fmt.Fprintf(s.out, "Do not rely on this after %s. The person sees that you asked.\n", a.UseBefore)
	}
	return err
}

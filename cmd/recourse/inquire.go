package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/ref"
)

// inquireCmd asks about one person. Who it is comes from a file or standard
// input, never from the command line, which others on the machine can see.
type inquireCmd struct {
	server  `embed:""`
	Purpose string `help:"Code of the purpose." required:""`
	Basis   string `help:"What the inquiry rests on." enum:"consent,statute" required:""`
	Case    string `help:"Case reference in the purpose's format."`
	Reason  string `help:"Why you ask, in your words. The person reads it."`
	Person  string `help:"File with {\"id_type\":…,\"id_number\":…}; - for standard input." default:"-" placeholder:"FILE"`
	Key     string `help:"Idempotency key; empty for a new one. Send a repeat with the same."`
	JSON    bool   `help:"Print the registry's answer as JSON."`
}

// Run prints the answer.
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
	body, err := json.Marshal(inquiryapi.Question{Purpose: c.Purpose, Basis: c.Basis, Case: c.Case, Reason: c.Reason, Person: subject})
	if err != nil {
		return err
	}
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var answer inquiryapi.Result
	if err := k.call(s.ctx, "/inquiries", "application/json", key, bytes.NewReader(body), &answer); err != nil {
		_, _ = fmt.Fprintf(s.talk, "To send it again as the same inquiry: --key %s\n", key)
		return err
	}
	if c.JSON {
		return s.writeJSON(answer)
	}
	return s.printAnswer(answer)
}

func (c *inquireCmd) subject(s *session) (inquiryapi.Subject, error) {
	in := s.in
	if c.Person != "-" {
		f, err := os.Open(c.Person)
		if err != nil {
			return inquiryapi.Subject{}, fmt.Errorf("opening --person: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	d := json.NewDecoder(io.LimitReader(in, 64<<10))
	d.DisallowUnknownFields()
	var subject inquiryapi.Subject
	if err := d.Decode(&subject); err != nil {
		return subject, usageError(`--person must hold {"id_type":"…","id_number":"…"} and nothing else`)
	}
	return subject, nil
}

func (s *session) printAnswer(a inquiryapi.Result) error {
	_, err := fmt.Fprintf(s.out, "inquiry %s: %s\n", a.Inquiry, a.Outcome)
	if a.Statement != "" {
		_, _ = fmt.Fprintln(s.out, a.Statement)
	}
	for _, r := range a.Records {
		_, _ = fmt.Fprintf(s.out, "%s, filed by %s, of %s, shown until %s\n", r.Label["en"], r.Source, r.Start, r.DisplayEnd)
		for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
			_, _ = fmt.Fprintf(s.out, "  %s: %s\n", name, r.Fields[name])
		}
	}
	if a.UseBefore != "" {
		_, _ = fmt.Fprintf(s.out, "Do not rely on this after %s. The person sees that you asked.\n", a.UseBefore)
	}
	return err
}

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"

	"recourse/internal/furnish/furnishapi"
)

// furnishCmd sends one file.
type furnishCmd struct {
	server `embed:""`
	File   string `arg:"" help:"CSV file in UTF-8 with the header of the type." type:"existingfile"`
	Type   string `help:"Type of the records." required:""`
	Key    string `help:"Idempotency key; empty for one made from the file, so that sending the same file again is known as a repeat."`
	JSON   bool   `help:"Print the registry's answer as JSON."`
}

// Run prints what became of the rows.
func (c *furnishCmd) Run(s *session) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the delivery: %w", err)
	}
	defer func() { _ = f.Close() }()
	key := c.Key
	if key == "" {
		sum := sha256.New()
		if _, err := io.Copy(sum, f); err != nil {
			return fmt.Errorf("reading the delivery: %w", err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("reading the delivery: %w", err)
		}
		key = "file-" + hex.EncodeToString(sum.Sum(nil)[:16])
	}
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var sent furnishapi.Sent
	if err := k.call(s.ctx, "/deliveries?type="+url.QueryEscape(c.Type), "text/csv", key, f, &sent); err != nil {
		return err
	}
	if c.JSON {
		return s.writeJSON(sent)
	}
	return s.printSent(sent)
}

func (s *session) printSent(d furnishapi.Sent) error {
	n := d.Counts
	_, err := fmt.Fprintf(s.out, "delivery %s: %d rows: %d new, %d changed, %d unchanged, %d stale, %d quarantined, %d refused\n",
		d.Delivery, n.Rows, n.New, n.Changed, n.Unchanged, n.Stale, n.Quarantined, n.Refused)
	if d.Replayed {
		_, _ = fmt.Fprintln(s.talk, "This file was delivered before; nothing was done again.")
	}
	for _, f := range d.Findings {
		_, _ = fmt.Fprintf(s.out, "row %d %s %s %s: %s %s\n", f.Row, f.Outcome, f.Code, f.Field, f.Text, f.Fix)
	}
	if d.Next != "" {
		_, _ = fmt.Fprintf(s.talk, "There are more findings: %s\n", d.Next)
	}
	return err
}

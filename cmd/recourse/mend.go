package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"recourse/client"
	"recourse/internal/catalogue"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishapi"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/kit/apikit"
)

// mending fetches what is to be mended, page by page, and what the type is, so
// that values are masked as the registry masks them.
func (c *furnishCmd) mending(ctx context.Context, k *client.Client, d furnishapi.Sent) (m furnish.Mending, err error) {
	var item furnishapi.TypeItem
	if err := k.Public(ctx, apikit.Prefix+"/types/"+url.PathEscape(c.Type), &item); err != nil {
		return m, told(err)
	}
	t := &catalogue.Type{Code: item.Code, RefField: item.Ref, OrderField: item.Version}
	for _, f := range item.Fields {
		t.Fields = append(t.Fields, catalogue.Field{Name: f.Name, Kind: catalogue.Kind(f.Kind)})
	}
	where := "/deliveries/" + d.Delivery
	if d.DryRun {
		where = "/trials/" + d.Trial
	}
	next := apikit.Prefix + where + "/findings?limit=1000"
	return furnish.Mending{Type: t,
		Findings: func(int64) ([]furnish.Finding, error) {
			if next == "" {
				return nil, nil
			}
			var page furnishapi.Page
			if err := k.Get(ctx, next, &page); err != nil {
				return nil, told(err)
			}
			next = page.Next
			out := make([]furnish.Finding, len(page.Findings))
			for i, f := range page.Findings {
				out[i] = furnish.Finding{Row: f.Row, Outcome: furnish.Outcome(f.Outcome), Field: f.Field, Code: f.Code, Rule: f.Rule, Text: f.Text, Fix: f.Fix}
			}
			return out, nil
		},
		Say: func(f furnish.Finding) (string, string) {
			return c.word(furnishapi.Finding{Code: f.Code, Text: f.Text, Fix: f.Fix})
		}}, nil
}

// mend writes the rows of a file that are to be mended into another of its form.
func mend(ctx context.Context, from io.Reader, to io.Writer, m furnish.Mending) (err error) {
	in, err := (&furnishfile.Opener{}).Open(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	m.Begin = func(header []string) (furnish.Writer, error) {
		return furnishfile.Creator{}.Create(to, in.Form(), header)
	}
	_, err = furnish.Mend(in, m)
	return err
}

// bar tells how far a sending is: it is redrawn on a terminal, and says a line now
// and then into a pipe.
type bar struct {
	to       io.Writer
	word     string
	all, at  int64
	terminal bool
	said     int64 // hundredths
}

// quietBelow is the size in bytes below which nothing is said.
const quietBelow = 1 << 20

func (s *session) progress(word string, all int64) *bar {
	return &bar{to: s.talk, word: word, all: all, terminal: s.getenv("ACCESSIBLE") == "" && isTerminal(s.talk)}
}

// Write notes what was read.
func (b *bar) Write(p []byte) (int, error) {
	b.at += int64(len(p))
	if b.all < quietBelow {
		return len(p), nil
	}
	part := b.at * 100 / b.all
	switch {
	case b.terminal && part > b.said:
		done := int(part / 5)
		_, _ = fmt.Fprintf(b.to, "\r%s [%s%s] %3d %%", b.word, strings.Repeat("█", done), strings.Repeat("░", 20-done), part)
		b.said = part
	case !b.terminal && part >= b.said+20:
		_, _ = fmt.Fprintf(b.to, "%s %d %%\n", b.word, part)
		b.said = part
	}
	return len(p), nil
}

func (b *bar) end() {
	if b.terminal && b.said > 0 {
		_, _ = fmt.Fprintln(b.to)
	}
}

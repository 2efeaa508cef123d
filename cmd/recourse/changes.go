package main

import (
	"fmt"
	"net/url"
	"strings"

	"recourse/client"
	"recourse/internal/kit/apikit"
	"recourse/internal/notice/noticeapi"
)

// changesCmd is what a body does about records that it was given and that changed since.
type changesCmd struct {
	List        changesListCmd        `cmd:"" help:"List what became of records that your body was given."`
	Acknowledge changesAcknowledgeCmd `cmd:"" help:"Say that your body took note of a change. The person sees it."`
}

type changesListCmd struct {
	server `embed:""`
	All    bool `help:"Those too that were acknowledged."`
	JSON   bool `help:"Print the registry's answer as JSON."`
}

// Run prints one change a line.
func (c *changesListCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	state := "open"
	if c.All {
		state = "all"
	}
	whole := noticeapi.List{Changes: []noticeapi.Change{}}
	for after := ""; ; {
		var part noticeapi.List
		if err := k.Get(s.ctx, apikit.Prefix+"/changes?state="+state+after, &part); err != nil {
			return told(err)
		}
		whole.Changes = append(whole.Changes, part.Changes...)
		if part.Next == "" {
			break
		}
		after = "&after=" + url.QueryEscape(part.Next)
	}
	if c.JSON {
		return s.writeJSON(whole)
	}
	for _, one := range whole.Changes {
		done := ""
		if one.Acknowledged != "" {
			done = "\tacknowledged"
		}
		if _, err := fmt.Fprintf(s.out, "%s\t%s\t%s of %s, filed by %s\t%s%s\n", one.Change, one.Became, one.Type, one.Start, one.Source, strings.Join(one.Inquiries, " "), done); err != nil {
			return err
		}
	}
	return nil
}

type changesAcknowledgeCmd struct {
	server `embed:""`
	Change string `arg:"" help:"Number of the change (X-…)."`
}

// Run acknowledges it.
func (c *changesAcknowledgeCmd) Run(s *session) error {
	var done noticeapi.Change
	if err := c.post(s, "/changes/"+url.PathEscape(c.Change)+"/acknowledgement", nil, &done); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "%s: acknowledged %s\n", done.Change, done.Acknowledged)
	return err
}

// post sends a call under a key of its own.
func (c server) post(s *session, path string, in, out any) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	return told(k.Post(s.ctx, path, client.NewKey(), in, out))
}

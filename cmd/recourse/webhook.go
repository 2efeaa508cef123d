package main

import (
	"fmt"

	"recourse/internal/kit/apikit"
	"recourse/internal/notice/noticeapi"
)

// webhookCmd says where a body wants changes to be sent besides its inbox.
type webhookCmd struct {
	Set   webhookSetCmd   `cmd:"" help:"Let changes be sent to an address. Its secret is printed once."`
	Show  webhookShowCmd  `cmd:"" help:"Say where changes are sent, and how many wait or were never taken."`
	Retry webhookRetryCmd `cmd:"" help:"Let what was never taken be sent again."`
	End   webhookEndCmd   `cmd:"" help:"Let nothing be sent any more."`
}

type webhookSetCmd struct {
	server `embed:""`
	URL    string `arg:"" help:"Address that begins with https://."`
}

// Run prints the secret and the registry's key.
func (c *webhookSetCmd) Run(s *session) error {
	var h noticeapi.Hook
	if err := c.post(s, "/webhook", noticeapi.Address{URL: c.URL}, &h); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.talk, "The first line is the secret of the signature v1; keep it safe. The second is the registry's key of v1a.")
	_, err := fmt.Fprintf(s.out, "%s\n%s\n", h.Secret, h.Key)
	return err
}

type webhookShowCmd struct {
	server `embed:""`
}

// Run prints the webhook.
func (c *webhookShowCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var h noticeapi.Hook
	if err := k.Get(s.ctx, apikit.Prefix+"/webhook", &h); err != nil {
		return told(err)
	}
	_, err = fmt.Fprintf(s.out, "%s since %s: %d waiting, %d never taken\n", h.URL, h.Since, h.Waiting, h.Dead)
	return err
}

type webhookRetryCmd struct {
	server `embed:""`
}

// Run lets it be sent again.
func (c *webhookRetryCmd) Run(s *session) error {
	var done noticeapi.Done
	if err := c.post(s, "/webhook/retry", nil, &done); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "%d will be sent again\n", done.Changes)
	return err
}

type webhookEndCmd struct {
	server `embed:""`
}

// Run ends it.
func (c *webhookEndCmd) Run(s *session) error {
	if err := c.post(s, "/webhook/ending", nil, &noticeapi.Done{}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, "ended; changes are in your inbox")
	return err
}

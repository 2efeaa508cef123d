package main

import (
	"crypto/rand"
	"fmt"

	"recourse/internal/consent/consentapi"
	"recourse/internal/ref"
)

// consentCmd is what a body does to be allowed something.
type consentCmd struct {
	Ask consentAskCmd `cmd:"" help:"Get a code under which a person can look at what your body wants to be allowed."`
}

type consentAskCmd struct {
	server  `embed:""`
	Purpose string   `help:"Code of a purpose on consent." required:""`
	Type    []string `help:"Code of a type of record that the purpose may see; once for each." required:"" placeholder:"TYPE"`
	Until   string   `help:"Last day on which the consent could be used." required:"" placeholder:"YYYY-MM-DD"`
	Single  bool     `help:"The first answer uses it up."`
	Key     string   `help:"Idempotency key; empty for a new one. The same gives the same code."`
	JSON    bool     `help:"Print the registry's answer as JSON."`
}

// Run prints the code and the link.
func (c *consentAskCmd) Run(s *session) error {
	key := c.Key
	if key == "" {
		id, err := ref.Mint[ref.Request](rand.Reader)
		if err != nil {
			return err
		}
		key = id.String()
	}
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var got consentapi.Requested
	wanted := consentapi.Wanted{Purpose: c.Purpose, Types: c.Type, Until: c.Until, Single: c.Single}
	if err := k.Post(s.ctx, "/consent-requests", key, wanted, &got); err != nil {
		return told(err)
	}
	if c.JSON {
		return s.writeJSON(got)
	}
	_, _ = fmt.Fprintf(s.talk, "Hand this code to the person, who enters it at %s until %s. You are told nothing of what becomes of it.\n", got.Link, got.Expires)
	_, err = fmt.Fprintln(s.out, got.Code)
	return err
}

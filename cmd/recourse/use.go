package main

import (
	"fmt"

	"recourse/internal/inquiry/inquiryapi"
)

// useCmd notes what a body did with an answer. It takes nothing in words.
type useCmd struct {
	server  `embed:""`
	Receipt string `help:"Of the answer: the receipt that stood in it, not the one from the public log." required:""`
	Effect  string `help:"What you did with the answer: no effect, favourable or adverse." required:"" enum:"no effect,favourable,adverse"`
	Given   bool   `help:"Of an adverse one: the person was given a copy of the answer and the reason."`
}

// Run prints by when the person is given a copy and the reason, of an adverse decision.
func (c *useCmd) Run(s *session) error {
	var noted inquiryapi.Noted
	if err := c.post(s, "/uses", inquiryapi.Noting{Receipt: c.Receipt, Effect: c.Effect, Given: c.Given}, &noted); err != nil {
		return err
	}
	if noted.CopyBy != "" && !c.Given {
		_, _ = fmt.Fprintf(s.talk, "Give the person a copy of the answer and the reason by %s, then note it with --given.\n", noted.CopyBy)
	}
	s.print(noted.Effect)
	return nil
}

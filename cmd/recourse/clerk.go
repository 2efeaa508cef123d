package main

import (
	"fmt"
	"time"

	"recourse/internal/app"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// clerkCmd is what an operator does for the staff of bodies.
type clerkCmd struct {
	Add     clerkAddCmd     `cmd:"" help:"Make a member of a body's staff known, who may send records and ask until their training record ends, or bring that day up to date."`
	Token   clerkTokenCmd   `cmd:"" help:"Give a clerk a bearer token. It is shown once."`
	Appoint clerkAppointCmd `cmd:"" help:"Let a clerk work at a desk, or be a head of their body, until a day."`
	Dismiss clerkDismissCmd `cmd:"" help:"End a clerk's mandate at once."`
	Revoke  clerkRevokeCmd  `cmd:"" help:"End all tokens of a clerk at once."`
}

// dataDir is the folder of the installation that a command works with.
type dataDir struct {
	DataDir string `help:"Folder of the installation." default:"data" env:"RECOURSE_DATA_DIR" placeholder:"DIR"`
}

type clerkAddCmd struct {
	dataDir      `embed:""`
	Body         string `help:"Code of the body." required:""`
	Staff        string `help:"The body's own number for this member of its staff; not a name." required:""`
	TrainedUntil string `help:"Last day on which the training record is current." required:"" placeholder:"YYYY-MM-DD"`
}

// Run prints the number of the clerk.
func (c *clerkAddCmd) Run(s *session) error {
	until, err := when.Parse(c.TrainedUntil)
	if err != nil {
		return usageError("--trained-until: " + err.Error())
	}
	desk, err := app.OpenDesk(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	clerk, err := desk.Party.AddClerk(s.ctx, c.Body, c.Staff, until, desk.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, clerk.ID)
	return err
}

type clerkTokenCmd struct {
	dataDir `embed:""`
	Clerk   string `arg:"" help:"Number of the clerk (S-…)."`
	Days    int    `help:"Days until the token ends." default:"90"`
}

// Run prints the token.
func (c *clerkTokenCmd) Run(s *session) error {
	id, err := ref.Parse[ref.Clerk](c.Clerk)
	if err != nil {
		return usageError(err.Error())
	}
	if c.Days < 1 || c.Days > 400 {
		return usageError("--days must be from 1 to 400")
	}
	desk, err := app.OpenDesk(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	now := desk.Now()
	token, err := desk.Party.IssueToken(s.ctx, id, now, now.Add(time.Duration(c.Days)*24*time.Hour))
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.talk, "This token is shown once and kept nowhere. Give it to the clerk on a safe way.")
	_, err = fmt.Fprintln(s.out, token)
	return err
}

type clerkRevokeCmd struct {
	dataDir `embed:""`
	Clerk   string `arg:"" help:"Number of the clerk (S-…)."`
}

// Run prints how many tokens were ended.
func (c *clerkRevokeCmd) Run(s *session) error {
	id, err := ref.Parse[ref.Clerk](c.Clerk)
	if err != nil {
		return usageError(err.Error())
	}
	desk, err := app.OpenDesk(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	n, err := desk.Party.RevokeTokens(s.ctx, id, desk.Now())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, n, "tokens ended")
	return err
}

type clerkAppointCmd struct {
	dataDir `embed:""`
	Clerk   string `arg:"" help:"Number of the clerk (S-…)."`
	Desk    string `help:"What the clerk may do: send records, ask, decide contests, review decisions, decide on repair, print letters, supervise, operate, or, as a head, say who of their body may what." required:"" enum:"furnish,ask,decide,review,repair,post,supervise,operate,head"`
	Until   string `help:"Last day of the mandate." required:"" placeholder:"YYYY-MM-DD"`
}

// Run appoints the clerk.
func (c *clerkAppointCmd) Run(s *session) error {
	id, err := ref.Parse[ref.Clerk](c.Clerk)
	if err != nil {
		return usageError(err.Error())
	}
	until, err := when.Parse(c.Until)
	if err != nil {
		return usageError("--until: " + err.Error())
	}
	desk, err := app.OpenDesk(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	if err := party.Appoint(s.ctx, desk.Mandates, party.Mandate{Clerk: id, Desk: party.Desk(c.Desk), Until: until}, desk.Today(), desk.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s: %s until %s\n", id, c.Desk, until)
	return err
}

type clerkDismissCmd struct {
	dataDir `embed:""`
	Clerk   string `arg:"" help:"Number of the clerk (S-…)."`
	Desk    string `help:"Which mandate ends." required:"" enum:"furnish,ask,decide,review,repair,post,supervise,operate,head"`
}

// Run ends the mandate.
func (c *clerkDismissCmd) Run(s *session) error {
	id, err := ref.Parse[ref.Clerk](c.Clerk)
	if err != nil {
		return usageError(err.Error())
	}
	desk, err := app.OpenDesk(s.ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	ended, err := desk.Mandates.End(s.ctx, id, party.Desk(c.Desk), desk.Now())
	if err != nil {
		return err
	}
	if !ended {
		return usageError("this clerk has no such mandate")
	}
	_, err = fmt.Fprintln(s.out, "ended")
	return err
}

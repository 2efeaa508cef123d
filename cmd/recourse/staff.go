package main

import (
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"

	"recourse/internal/kit/apikit"
	"recourse/internal/party/partyapi"
)

// staffCmd is how heads say who of their body may what.
type staffCmd struct {
	List    staffListCmd    `cmd:"" help:"List the staff of your body, and what waits for a second head."`
	Invite  staffInviteCmd  `cmd:"" help:"As a head, invite somebody to the staff of your body."`
	Appoint staffAppointCmd `cmd:"" help:"As a head, give somebody of your body a mandate."`
	Train   staffTrainCmd   `cmd:"" help:"As a head, note that somebody of your body was trained."`
	Leave   staffLeaveCmd   `cmd:"" help:"As a head or for yourself, put a leave with somebody who stands in."`
	Second  staffSecondCmd  `cmd:"" help:"As another head, second what a head put."`
	Drop    staffDropCmd    `cmd:"" help:"As a head, drop what waits."`
	End     staffEndCmd     `cmd:"" help:"As a head, end a mandate or a leave at once; or let somebody leave, as a head or for yourself."`
}

type staffListCmd struct {
	server `embed:""`
	JSON   bool `help:"Print the registry's answer as JSON."`
}

// Run prints one member of staff a line, then what waits.
func (c *staffListCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var list partyapi.Staff
	if err := k.Get(s.ctx, apikit.Prefix+"/staff", &list); err != nil {
		return told(err)
	}
	if c.JSON {
		return s.writeJSON(list)
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	for _, m := range list.Staff {
		var held []string
		for _, o := range m.Mandates {
			held = append(held, o.Desk+" until "+o.Until)
		}
		if m.LeftAt != "" {
			held = []string{"left"}
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\ttrained until %s\t%s\n", m.Clerk, m.Staff, m.TrainedUntil, strings.Join(held, ", "))
	}
	for _, m := range list.Waiting {
		_, _ = fmt.Fprintf(w, "%s\twaits\t%s\t%s\n", m.Motion, m.Kind, m.Staff+m.Clerk)
	}
	return w.Flush()
}

// put puts a motion and prints its number.
func (c server) put(s *session, m partyapi.Motion) error {
	var out partyapi.Motion
	if err := c.post(s, "/staff/motions", m, &out); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.talk, "Another head of your body has to second it: recourse staff second "+out.Motion)
	s.print(out.Motion)
	return nil
}

type staffInviteCmd struct {
	server       `embed:""`
	Staff        string   `help:"Your body's own number for them; not a name." required:""`
	Desk         []string `help:"What they may do: furnish, ask, decide, review, repair, post, supervise, operate, head." required:""`
	Until        string   `help:"Last day of the mandates." required:"" placeholder:"YYYY-MM-DD"`
	TrainedUntil string   `help:"Last day on which the training record is current." required:"" placeholder:"YYYY-MM-DD"`
}

// Run puts the invitation.
func (c *staffInviteCmd) Run(s *session) error {
	return c.put(s, partyapi.Motion{Kind: "invite", Staff: c.Staff, Desks: c.Desk, Until: c.Until, TrainedUntil: c.TrainedUntil})
}

type staffAppointCmd struct {
	server `embed:""`
	Clerk  string   `arg:"" help:"Number of the member of staff (S-…)."`
	Desk   []string `help:"What they may do." required:""`
	Until  string   `help:"Last day of the mandates." required:"" placeholder:"YYYY-MM-DD"`
}

// Run puts the appointment.
func (c *staffAppointCmd) Run(s *session) error {
	return c.put(s, partyapi.Motion{Kind: "appoint", Clerk: c.Clerk, Desks: c.Desk, Until: c.Until})
}

type staffTrainCmd struct {
	server `embed:""`
	Clerk  string `arg:"" help:"Number of the member of staff (S-…)."`
	Until  string `help:"Last day on which the training record is current." required:"" placeholder:"YYYY-MM-DD"`
}

// Run puts the training record.
func (c *staffTrainCmd) Run(s *session) error {
	return c.put(s, partyapi.Motion{Kind: "train", Clerk: c.Clerk, Until: c.Until})
}

type staffLeaveCmd struct {
	server  `embed:""`
	Clerk   string `arg:"" help:"Number of who goes on leave (S-…)."`
	From    string `help:"First day." required:"" placeholder:"YYYY-MM-DD"`
	Until   string `help:"Last day." required:"" placeholder:"YYYY-MM-DD"`
	StandIn string `help:"Number of who stands in (S-…)." required:""`
}

// Run puts the leave.
func (c *staffLeaveCmd) Run(s *session) error {
	return c.put(s, partyapi.Motion{Kind: "leave", Clerk: c.Clerk, From: c.From, Until: c.Until, StandIn: c.StandIn})
}

type staffSecondCmd struct {
	server `embed:""`
	Motion string `arg:"" help:"Number of the motion (G-…)."`
}

// Run prints the code of the first sign-in, of an invitation.
func (c *staffSecondCmd) Run(s *session) error {
	var out partyapi.Motion
	if err := c.post(s, "/staff/motions/"+url.PathEscape(c.Motion)+"/seconding", nil, &out); err != nil {
		return err
	}
	if out.Code == "" {
		s.print(out.State)
		return nil
	}
	_, _ = fmt.Fprintln(s.talk, "This code is shown once. Give it to the new member of staff on a safe way: with their staff number it works once, for seven days, at /clerk/welcome.")
	s.print(out.Code)
	return nil
}

type staffDropCmd struct {
	server `embed:""`
	Motion string `arg:"" help:"Number of the motion (G-…)."`
}

// Run drops the motion.
func (c *staffDropCmd) Run(s *session) error {
	var out partyapi.Motion
	if err := c.post(s, "/staff/motions/"+url.PathEscape(c.Motion)+"/dropping", nil, &out); err != nil {
		return err
	}
	s.print(out.State)
	return nil
}

type staffEndCmd struct {
	server   `embed:""`
	Clerk    string `arg:"" help:"Number of the member of staff (S-…)."`
	What     string `help:"What ends: a mandate, a leave, or the place on the staff." required:"" enum:"mandate,leave,staff"`
	Desk     string `help:"Of a mandate: which."`
	HandedTo string `help:"Of who leaves: number of who takes over (S-…)."`
}

// Run ends it.
func (c *staffEndCmd) Run(s *session) error {
	var out partyapi.Taken
	if err := c.post(s, "/staff/endings", partyapi.Ending{Clerk: c.Clerk, End: c.What, Desk: c.Desk, HandedTo: c.HandedTo}, &out); err != nil {
		return err
	}
	s.print("ended")
	return nil
}

package main

import (
	"fmt"
	"net/url"
	"strings"

	"recourse/internal/dispute/disputeapi"
	"recourse/internal/kit/apikit"
)

// contestCmd is what a source and those who decide do about contests.
type contestCmd struct {
	List   contestListCmd   `cmd:"" help:"List contests of your records that wait for your answer."`
	Show   contestShowCmd   `cmd:"" help:"Read one contest. The person sees that you looked."`
	Answer contestAnswerCmd `cmd:"" help:"Answer a contest as its source."`
	Extend contestExtendCmd `cmd:"" help:"Grant the one extension that the law gives; for who decides."`
	Pause  contestPauseCmd  `cmd:"" help:"Let the clock wait for the person's own evidence; for who decides."`
}

type contestListCmd struct {
	server `embed:""`
}

// Run prints one contest a line.
func (c *contestListCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var list disputeapi.ContestList
	if err := k.Get(s.ctx, apikit.Prefix+"/contests", &list); err != nil {
		return told(err)
	}
	for _, one := range list.Contests {
		answered := "answer by " + one.AnswerBy
		if one.Answered {
			answered = "answered"
		}
		if _, err := fmt.Fprintf(s.out, "%s\t%s\t%s\t%s\tdecided by %s\n", one.Contest, one.Type, strings.Join(one.Grounds, " "), answered, one.Due); err != nil {
			return err
		}
	}
	return nil
}

// oneContest names a contest on the command line.
type oneContest struct {
	Contest string `arg:"" help:"Number of the contest (D-…)."`
}

func (o oneContest) path(rest string) string { return "/contests/" + url.PathEscape(o.Contest) + rest }

type contestShowCmd struct {
	server     `embed:""`
	oneContest `embed:""`
}

// Run prints the contest as JSON.
func (c *contestShowCmd) Run(s *session) error {
	k, err := c.open(s.ctx)
	if err != nil {
		return err
	}
	var one disputeapi.ContestCase
	if err := k.Get(s.ctx, apikit.Prefix+c.path(""), &one); err != nil {
		return told(err)
	}
	return s.writeJSON(one)
}

type contestAnswerCmd struct {
	server     `embed:""`
	oneContest `embed:""`
	Officer    string   `help:"Name and office of who answers and did not file the record. The person reads it." required:""`
	Ground     []string `help:"What you say on a ground, as GROUND=POSITION or GROUND=POSITION: REASON; once for each ground." required:"" sep:"none" placeholder:"GROUND=POSITION: REASON"`
}

// Run sends the answer.
func (c *contestAnswerCmd) Run(s *session) error {
	a := disputeapi.SourceAnswer{Officer: c.Officer}
	for _, text := range c.Ground {
		ground, said, ok := strings.Cut(text, "=")
		if !ok {
			return usageError("--ground is not GROUND=POSITION: REASON")
		}
		position, reason, _ := strings.Cut(said, ":")
		a.Grounds = append(a.Grounds, disputeapi.GroundAnswer{Ground: ground, Position: strings.TrimSpace(position), Reason: strings.TrimSpace(reason)})
	}
	var done disputeapi.Contest
	if err := c.post(s, c.path("/answer"), a, &done); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "%s: answered; to be decided by %s\n", done.Contest, done.Due)
	return err
}

type contestExtendCmd struct {
	server     `embed:""`
	oneContest `embed:""`
}

// Run extends the clock.
func (c *contestExtendCmd) Run(s *session) error {
	return c.move(s, c.path("/extension"), nil)
}

type contestPauseCmd struct {
	server     `embed:""`
	oneContest `embed:""`
	Days       int `help:"For how many days: working days where the clock counts them." required:""`
}

// Run lets the clock wait.
func (c *contestPauseCmd) Run(s *session) error {
	return c.move(s, c.path("/pause"), disputeapi.ClockPause{Days: c.Days})
}

// move pulls a lever and says until when the clock runs then.
func (c server) move(s *session, path string, in any) error {
	var done disputeapi.Contest
	if err := c.post(s, path, in, &done); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "%s: to be decided by %s; the person is written about it\n", done.Contest, done.Due)
	return err
}

package main

import (
	"fmt"
	"time"

	"recourse/internal/app"
	"recourse/internal/notice"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// letterCmd is what an operator notes about letters.
type letterCmd struct {
	Waiting  letterWaitingCmd  `cmd:"" help:"List the letters that wait to be printed, oldest first. They are printed on the pages, under /work/post."`
	Sent     letterSentCmd     `cmd:"" help:"Note that letters were printed and handed to the post."`
	Arrived  letterArrivedCmd  `cmd:"" help:"Note that the post delivered a letter."`
	Returned letterReturnedCmd `cmd:"" help:"Note that a letter came back: it was no delivery."`
	Bounced  letterBouncedCmd  `cmd:"" help:"Note that an announcement by e-mail came back: it was no delivery, and the next channel follows."`
}

// letters opens the desk for letters, with those that are named.
func (s *session) letters(d dataDir, numbers ...string) (*app.LetterDesk, []ref.Notice, error) {
	ids := make([]ref.Notice, len(numbers))
	for i, n := range numbers {
		id, err := ref.Parse[ref.Notice](n)
		if err != nil {
			return nil, nil, usageError(err.Error())
		}
		ids[i] = id
	}
	desk, err := app.OpenLetterDesk(s.ctx, d.DataDir)
	return desk, ids, err
}

type letterWaitingCmd struct {
	dataDir `embed:""`
}

// Run prints a letter a line: its number, and since when it waits.
func (c *letterWaitingCmd) Run(s *session) error {
	desk, _, err := s.letters(c.dataDir)
	if err != nil {
		return err
	}
	defer desk.Close()
	list, err := desk.Letters.ToPrint(s.ctx)
	if err != nil {
		return err
	}
	for _, w := range list {
		if _, err := fmt.Fprintln(s.out, w.Notice, w.Since.Format(time.RFC3339)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(s.talk, len(list), "wait to be printed")
	return err
}

type letterSentCmd struct {
	dataDir `embed:""`
	Letters []string `arg:"" help:"Numbers of the letters (N-…)."`
}

// Run notes it.
func (c *letterSentCmd) Run(s *session) error {
	desk, ids, err := s.letters(c.dataDir, c.Letters...)
	if err != nil {
		return err
	}
	defer desk.Close()
	if err := desk.Letters.Sent(s.ctx, ids, desk.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "noted; their service period runs from now")
	return err
}

type letterArrivedCmd struct {
	dataDir `embed:""`
	Letter  string `arg:"" help:"Number of the letter (N-…)."`
	On      string `help:"Day on which it arrived." required:"" placeholder:"YYYY-MM-DD"`
}

// Run notes it.
func (c *letterArrivedCmd) Run(s *session) error {
	on, err := when.Parse(c.On)
	if err != nil {
		return usageError("--on must be a day, written YYYY-MM-DD")
	}
	desk, ids, err := s.letters(c.dataDir, c.Letter)
	if err != nil {
		return err
	}
	defer desk.Close()
	if err := desk.Letters.Confirmed(s.ctx, ids[0], on, desk.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "noted; the time to answer runs from the day after")
	return err
}

type letterReturnedCmd struct {
	dataDir `embed:""`
	Letter  string `arg:"" help:"Number of the letter (N-…)."`
}

// Run notes it.
func (c *letterReturnedCmd) Run(s *session) error {
	return s.letterReturned(c.dataDir, c.Letter, notice.ByPost)
}

type letterBouncedCmd struct {
	dataDir `embed:""`
	Letter  string `arg:"" help:"Number of the letter (N-…)."`
}

// Run notes it.
func (c *letterBouncedCmd) Run(s *session) error {
	return s.letterReturned(c.dataDir, c.Letter, notice.ByEmail)
}

func (s *session) letterReturned(d dataDir, number, channel string) error {
	desk, ids, err := s.letters(d, number)
	if err != nil {
		return err
	}
	defer desk.Close()
	if err := desk.Letters.Returned(s.ctx, ids[0], channel, desk.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "noted; its service period has not run")
	return err
}

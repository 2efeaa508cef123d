package main

import (
	"recourse/internal/app"
	"recourse/internal/law"
	"recourse/internal/when"
)

// outageCmd is what an operator says of times in which nobody could work.
type outageCmd struct {
	Declare outageDeclareCmd `cmd:"" help:"Move the clocks that were due in a time in which nobody could work."`
	List    outageListCmd    `cmd:"" help:"List the outages that were declared."`
}

type outageDeclareCmd struct {
	office `embed:""`
	From   when.Date `arg:"" help:"Its first day, YYYY-MM-DD."`
	To     when.Date `arg:"" help:"Its last day, YYYY-MM-DD. It has passed, not longer than fourteen days ago."`
	Cause  law.Cause `help:"Why nobody could work: power, network, storage, building or software. It stands in the public log." required:"" enum:"power,network,storage,building,software" placeholder:"CAUSE"`
}

// Run declares it and says what each clock gets.
func (c *outageDeclareCmd) Run(s *session) error {
	return c.with(s, func(o *app.Office) error {
		declared, err := o.Declare(s.ctx, c.From, c.To, c.Cause)
		if err != nil {
			return err
		}
		s.print(c.say("Each clock that was due from %s to %s gets %d working days more, and its person is written. It stands in the public log.",
			"在 %s 至 %s 之间到期的每个期限顺延 %d 个工作日，并通知本人。此事载入公开日志。", declared.From, declared.To, declared.Days))
		return nil
	})
}

type outageListCmd struct {
	office `embed:""`
}

// Run prints a line for each.
func (c *outageListCmd) Run(s *session) error {
	return c.with(s, func(o *app.Office) error {
		list, err := o.Outages(s.ctx)
		if err != nil {
			return err
		}
		for _, one := range list {
			s.print(c.say("%s to %s: %s, %d working days", "%s 至 %s：%s，%d 个工作日", one.From, one.To, one.Cause, one.Days))
		}
		return nil
	})
}

package main

import (
	"recourse/internal/app"
	"recourse/internal/law"
)

type packDiffCmd struct {
	spoken `embed:""`
	Before string `arg:"" help:"Folder or name of the pack before."`
	After  string `arg:"" help:"Folder or name of the pack after."`
	JSON   bool   `help:"Print the changes as JSON."`
}

// Run prints each change with its verdict.
func (c *packDiffCmd) Run(s *session) error {
	before, err := app.LoadPack(c.Before)
	if err != nil {
		return err
	}
	after, err := app.LoadPack(c.After)
	if err != nil {
		return err
	}
	changes := law.Diff(before, after)
	if c.JSON {
		return s.writeJSON(changes)
	}
	s.printChanges(c.spoken, changes)
	return nil
}

// printChanges prints changes and what follows from them.
func (s *session) printChanges(l spoken, changes []law.Change) {
	if len(changes) == 0 {
		s.print(l.say("Nothing changes.", "没有变化。"))
		return
	}
	for _, c := range changes {
		s.print(mark(l, c.Verdict) + " " + c.Text[l.Lang])
		s.print("    " + c.Reason[l.Lang] + "  [" + c.Path + "]")
	}
	if law.Favourable(changes) {
		s.print(l.say("Nothing here has to wait: in production it takes effect at once.", "没有需要等待的内容：在生产环境立即生效。"))
		return
	}
	s.print(l.say("In production this takes effect 30 days after its activation.", "在生产环境，自启用满 30 日后生效。"))
}

func mark(l spoken, v law.Verdict) string {
	switch v {
	case law.InFavour:
		return l.say("[for the person]", "【对本人有利】")
	case law.NoEffect:
		return l.say("[no effect]", "【没有影响】")
	}
	return l.say("[not for the person]", "【并非对本人有利】")
}

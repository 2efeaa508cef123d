package main

import (
	"fmt"
	"os"
	"time"

	"recourse/internal/app"
	"recourse/internal/law"
)

type packSignCmd struct {
	spoken `embed:""`
	Dir    string `arg:"" help:"Folder of the pack, or the name of a built-in one."`
	Key    string `help:"Your private key, as officer key wrote it." required:"" placeholder:"FILE"`
}

// Run prints the signature as one line.
func (c *packSignCmd) Run(s *session) error {
	p, err := app.LoadPack(c.Dir)
	if err != nil {
		return err
	}
	key, err := readKey(c.Key)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.talk, c.say("You sign %s, SHA-256 %x. Give the operator the line below.", "你签署的是 %s，SHA-256 为 %x。请把下面一行交给运营单位。", p.Version, p.Hash))
	s.print(law.Sign(p, key).String())
	return nil
}

type packActivateCmd struct {
	office    `embed:""`
	Dir       string   `arg:"" help:"Folder of the pack, or the name of a built-in one."`
	Signature []string `help:"File with the line of one officer; give it twice." placeholder:"FILE"`
	Wait      bool     `help:"In a sandbox, wait as production does."`
}

// Run activates the pack and says from when it is in force.
func (c *packActivateCmd) Run(s *session) error {
	var signed []law.Signature
	for _, file := range c.Signature {
		raw, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading a signature: %w", err)
		}
		one, err := law.ParseSignature(string(raw))
		if err != nil {
			return err
		}
		signed = append(signed, one)
	}
	return c.with(s, func(o *app.Office) error {
		a, err := o.Activate(s.ctx, c.Dir, signed, c.Wait)
		if err != nil {
			return err
		}
		if a.Number > 1 {
			s.printChanges(c.spoken, a.Changes)
		}
		s.print(c.say("%s is activated (number %d) and in force from %s.", "%s 已启用（第 %d 号），自 %s 起生效。",
			a.Pack.Version, a.Number, a.From.In(a.Pack.Zone).Format(time.RFC3339)))
		if a.Number == 1 {
			return nil // the server that founds on it is started after it
		}
		entry, err := o.Shown(s.ctx, a, time.Minute)
		if err != nil {
			return err
		}
		s.print(c.say("It is entry %d of the public log; what it changes stands beside it in plain language.", "这是公开日志的第 %d 条，改变的内容以通俗文字列于其旁。", entry))
		return nil
	})
}

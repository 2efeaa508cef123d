package main

import (
	"errors"
	"fmt"
	"strings"

	"recourse/internal/app"
	"recourse/internal/law"
)

type packCheckCmd struct {
	spoken     `embed:""`
	Dir        string `arg:"" help:"Folder of the pack, or the name of a built-in one."`
	Production bool   `help:"Take what nobody verified for a fault, as production does."`
}

// Run prints each fault on a line, else what the pack holds.
func (c *packCheckCmd) Run(s *session) error {
	p, faults, err := app.CheckPack(c.Dir)
	if err != nil {
		return err
	}
	for _, f := range faults {
		s.print(f.String())
	}
	if len(faults) > 0 {
		return errors.New(c.say("%d things to mend in pack %s. Nothing was changed.", "规则包有 %d 处需要修改：%s。没有改动任何内容。", len(faults), c.Dir))
	}
	s.print(c.summary(p))
	for _, b := range p.Bodies() {
		if b.CreditCode.Legacy {
			s.print(c.say("Body %s has a code that GB 32100 does not check: %s. It is kept as it is; compare it with the register.",
				"单位 %s 的代码不能按 GB 32100 校验：%s。已照录，请与登记机关核对。", b.Code, b.CreditCode.Code))
		}
	}
	open := p.Unverified()
	if len(open) == 0 {
		return nil
	}
	s.print(c.say("%d statements that nobody verified; production does not start on them:", "有 %d 项内容未经核对，生产环境不会据此启动：", len(open)))
	for _, q := range open {
		s.print(fmt.Sprintf("  %s (%s#%s)", q.Name, q.Basis.Source, q.Basis.Article))
	}
	if c.Production {
		return errors.New(c.say("the pack is not fit for production: let a lawyer compare the statements above with the official texts", "规则包还不能用于生产环境：请由法律专业人员对照官方文本核对以上各项"))
	}
	return nil
}

// summary counts what a pack holds.
func (c *packCheckCmd) summary(p *law.Pack) string {
	adverse := 0
	for _, t := range p.Types() {
		if t.Negative {
			adverse++
		}
	}
	return strings.Join([]string{
		c.say("%s is in order.", "%s 没有问题。", p.Version),
		c.say("%d types of records (%d adverse), %d purposes, %d bodies, %d sectors, %d cited texts, %d statements with a source.",
			"记录类型 %d 种（其中不利 %d 种），查询用途 %d 项，单位 %d 个，领域 %d 个，引用文本 %d 份，有依据的内容 %d 项。",
			len(p.Types()), adverse, len(p.Purposes()), len(p.Bodies()), len(p.Sectors()), len(p.Sources()), len(p.Parameters())),
	}, "\n")
}

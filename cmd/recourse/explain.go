package main

import (
	"fmt"
	"slices"
	"strings"

	"recourse/internal/app"
	"recourse/internal/inquiry"
	"recourse/internal/kit/clock"
	"recourse/internal/law"
)

// explainCmd says what the law lets a body see, before anybody is asked about. It
// reads the pack alone: no installation, no person.
type explainCmd struct {
	spoken  `embed:""`
	Body    string `help:"Code of the body that would ask." required:""`
	Purpose string `help:"Code of the purpose." required:""`
	Basis   string `help:"consent or statute; the purpose's own where it is left out." enum:"consent,statute," default:""`
	Case    string `help:"Case reference that would be given, to check its form."`
	Pack    string `help:"Jurisdiction pack: the name of a built-in one, or a folder." default:"cn-hubei" env:"RECOURSE_PACK"`
	JSON    bool   `help:"Print it as JSON."`
}

// Run prints the decision with its reasons.
func (c *explainCmd) Run(s *session) error {
	p, err := app.LoadPack(c.Pack)
	if err != nil {
		return err
	}
	body, ok := p.Body(c.Body)
	if !ok {
		return usageError(c.say("the pack has no body %q; recourse pack show %s lists them", "规则包里没有机构 %q；用 recourse pack show %s 列出", c.Body, c.Pack))
	}
	view := c.decision(p, body)
	if c.JSON {
		return s.writeJSON(view)
	}
	s.printShown(*view)
	return nil
}

func (c *explainCmd) decision(p *law.Pack, body law.Body) *shown {
	u, known := p.Purpose(c.Purpose)
	basis := c.Basis
	if basis == "" {
		basis = string(u.Basis)
	}
	permit := inquiry.Entitle(p, body.Code, c.Purpose, inquiry.Basis(basis), (&clock.Clock{}).Now())
	name := c.Purpose
	if known {
		name = u.Labels[c.Lang]
	}
	view := &shown{Pack: p.Version}
	if permit.Right {
		view.Title = c.say("%s may ask for: %s", "%s可以为此用途查询：%s", body.Names[c.Lang], name)
	} else {
		view.Title = c.say("%s may not ask for: %s", "%s不可以为此用途查询：%s", body.Names[c.Lang], name)
	}
	view.add(c.say("Why", "为什么"), c.why(p, permit, u)...)
	if permit.Right {
		view.add(c.say("What comes back", "会返回什么"), c.fields(p, u, permit.Types)...)
		view.add(c.say("Licences that only the issuing authority tells about at times", "有时只能向发证机关查询的证照"), c.refers(p, permit)...)
		view.add(c.say("What it takes", "需要什么"), c.conditions(u, permit)...)
	}
	view.add(c.say("Not seen today", "今天看不到"), c.withheld(p, permit)...)
	view.add(c.say("What the person sees", "本人会看到什么"), c.say(
		"Every inquiry, answered or not: your body, the purpose, the case, your words, and which records you were shown.",
		"每一次查询，无论有没有得到答复：你的机构、用途、案号、你写的理由，以及你看到了哪些记录。"))
	return view
}

// why says what decided, and what would make the inquiry lawful.
func (c *explainCmd) why(p *law.Pack, permit inquiry.Permit, u law.Purpose) []string {
	switch permit.Reason {
	case inquiry.Entitled:
		return []string{c.say("%s, %s", "%s%s", u.LegalBasis.Titles[c.Lang], u.LegalBasis.Article), u.LegalBasis.Wording,
			c.say("Status of this statement: %s", "这一依据的状态：%s", string(u.LegalBasis.Status))}
	case inquiry.AnotherBody:
		var names []string
		for _, code := range u.Bodies {
			if b, ok := p.Body(code); ok {
				names = append(names, b.Names[c.Lang])
			}
		}
		return []string{c.say("The purpose is for other bodies: %s (rules G3).", "这个用途属于其他机构：%s（规则 G3）。", strings.Join(names, c.say(", ", "、"))),
			c.say("An article that entitles this body would have to be in the pack.", "规则包里要有授权这个机构的条文才可以。")}
	case inquiry.AnotherBasis:
		return []string{c.say("The purpose rests on another basis: %s (rules G1, G3).", "这个用途的依据不同：%s（规则 G1、G3）。", string(u.Basis))}
	case inquiry.NothingToday:
		return []string{c.say("None of the types that the purpose names may be seen today.", "这个用途列出的记录类型，今天都不能看。")}
	}
	return []string{c.say("There is no such purpose in the pack; what is not there cannot be asked for (rules A6).", "规则包里没有这个用途；没有列出的用途不能查询（规则 A6）。")}
}

func (c *explainCmd) fields(p *law.Pack, u law.Purpose, types []string) []string {
	var out []string
	for _, one := range p.Shown(u, c.Lang) {
		if slices.Contains(types, one.Code) {
			out = append(out, one.Type+c.say(": ", "：")+strings.Join(one.Fields, c.say(", ", "、")))
		}
	}
	return out
}

func (c *explainCmd) conditions(u law.Purpose, permit inquiry.Permit) []string {
	var out []string
	if permit.Second {
		out = append(out, c.say("A second person of the body, who confirms it: it sees a sensitive type (rules G4).", "由该机构的另一人确认：会看到敏感类型（规则 G4）。"))
	}
	out = append(out, c.say("Not more than %d inquiries of the body for this purpose on that day (rules B3).", "该机构当天为这个用途的查询不超过 %d 次（规则 B3）。", u.DailyCeiling))
	if u.Basis == law.Consent {
		return append(out, c.say("A consent of the person for this body and purpose that is older than its time of undo and has not ended or been stopped. It is answered on once for each application (rules B3).",
			"本人为这个机构和这个用途作出的同意，已过撤回时间，没有到期，也没有停止。一份同意对每个申请只答复一次（规则 B3）。"))
	}
	out = append(out, c.say("A case reference of the form %s; persons it may name: %d, each answered about once (rules B3, G3).",
		"符合格式 %s 的案号，一案最多查询 %d 人，对每个人只答复一次（规则 B3、G3）。", u.CaseFormat, u.PersonsPerCase))
	if c.Case != "" && u.CaseOK(c.Case) {
		out = append(out, c.say("%s has this form.", "%s 符合格式。", c.Case))
	} else if c.Case != "" {
		out = append(out, c.say("%s does not have this form: the inquiry would be sent back, and nothing looked up.", "%s 不符合格式：查询会被退回，什么都不会查。", c.Case))
	}
	return out
}

// refers names the licences that are not always shown, and what stands in their way
// (rules B2).
func (c *explainCmd) refers(p *law.Pack, permit inquiry.Permit) []string {
	var out []string
	for _, pair := range permit.Against {
		if pair.Licence == pair.Decision {
			continue // while its contest is overdue: said of the type
		}
		licence, _ := p.Type(pair.Licence)
		decision, _ := p.Type(pair.Decision)
		out = append(out, c.say("%s: while %s stands and may not be shown, \"ask the issuing authority\" (rules B2)",
			"%s：%s 仍然成立而不能展示时，答复“向发证机关查询”（规则 B2）", licence.Labels[c.Lang], decision.Labels[c.Lang]))
	}
	return out
}

func (c *explainCmd) withheld(p *law.Pack, permit inquiry.Permit) []string {
	var out []string
	for _, w := range permit.Withheld {
		name := w.Type
		if t, ok := p.Type(w.Type); ok {
			name = t.Labels[c.Lang]
		}
		why := c.say("its bridge from another sector does not stand today", "跨领域的授权今天不成立")
		out = append(out, fmt.Sprintf("%s: %s (%s)", name, why, w.Rule))
	}
	return out
}

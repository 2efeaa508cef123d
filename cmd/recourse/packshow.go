package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/internal/app"
	"recourse/internal/catalogue"
	"recourse/internal/law"
)

type packShowCmd struct {
	office  `embed:""`
	What    []string `arg:"" optional:"" name:"pack-and-code" help:"Folder or name of a pack (not with --in-force), then the code of a type or purpose."`
	InForce bool     `help:"The pack that is in force in the installation of --data-dir."`
	JSON    bool     `help:"Print it as JSON."`
}

// shown is a pack, type or purpose in plain language.
type shown struct {
	Pack  string      `json:"pack"`
	Title string      `json:"title"`
	Parts []shownPart `json:"parts"`
}

type shownPart struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

func (v *shown) add(title string, lines ...string) {
	if lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" }); len(lines) > 0 {
		v.Parts = append(v.Parts, shownPart{title, lines})
	}
}

// Run prints what was asked for.
func (c *packShowCmd) Run(s *session) error {
	what := c.What
	var p *law.Pack
	var history shownPart
	switch {
	case len(what) > 2 || c.InForce && len(what) > 1 || !c.InForce && len(what) == 0:
		return usageError(c.say("name a pack and at most one type or purpose, or --in-force and at most one type or purpose", "请指定一个规则包和至多一个记录类型或者用途，或者使用 --in-force"))
	case c.InForce:
		err := c.with(s, func(o *app.Office) (err error) {
			p, history, err = c.inForce(s, o)
			return err
		})
		if err != nil {
			return err
		}
	default:
		var err error
		if p, err = app.LoadPack(what[0]); err != nil {
			return err
		}
		what = what[1:]
	}
	view, err := c.view(p, history, what)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.writeJSON(view)
	}
	s.printShown(view)
	return nil
}

func (c *packShowCmd) inForce(s *session, o *app.Office) (*law.Pack, shownPart, error) {
	t, err := o.Timeline(s.ctx)
	if err != nil {
		return nil, shownPart{}, err
	}
	now, err := o.Now(s.ctx)
	if err != nil {
		return nil, shownPart{}, err
	}
	history := shownPart{Title: c.say("Activated so far", "历次启用")}
	for _, a := range t.All() {
		line := fmt.Sprintf("%d  %s  %s", a.Number, a.Pack.Version, c.say("from %s", "自 %s 起", a.From.In(a.Pack.Zone).Format(time.RFC3339)))
		if a.From.After(now) {
			line += c.say("  (waits)", "（尚未生效）")
		}
		history.Lines = append(history.Lines, line)
	}
	return t.At(now), history, nil
}

func (c *packShowCmd) view(p *law.Pack, history shownPart, what []string) (shown, error) {
	l := packSpeaker{c.spoken, p}
	if len(what) == 0 {
		v := l.pack()
		v.add(history.Title, history.Lines...)
		return v, nil
	}
	if t, ok := p.Type(what[0]); ok {
		return l.typ(t), nil
	}
	if u, ok := p.Purpose(what[0]); ok {
		return l.purpose(u), nil
	}
	return shown{}, errors.New(c.say("pack %s has no type and no purpose %q", "规则包 %s 没有记录类型或者用途 %q", p.Version, what[0]))
}

func (s *session) printShown(v shown) {
	s.print(v.Title + "  [" + v.Pack + "]")
	for _, part := range v.Parts {
		s.print("\n" + part.Title)
		for _, line := range part.Lines {
			s.print("  " + line)
		}
	}
}

// packSpeaker says in one language what a pack holds.
type packSpeaker struct {
	spoken
	p *law.Pack
}

func (l packSpeaker) pack() shown {
	v := shown{Pack: l.p.Version, Title: l.p.Titles[l.Lang]}
	var types, purposes, deadlines []string
	for _, t := range l.p.Types() {
		types = append(types, t.Code+"  "+t.Labels[l.Lang]+l.adverse(t))
	}
	for _, u := range l.p.Purposes() {
		purposes = append(purposes, u.Code+"  "+u.Labels[l.Lang])
	}
	for _, q := range l.p.Parameters() {
		if name, ok := strings.CutPrefix(q.Name, "deadlines."); ok {
			deadlines = append(deadlines, fmt.Sprintf("%s  %s  (%s)", name, q.Term.In(l.Lang), l.cited(q.Basis)))
		}
	}
	v.add(l.say("Types of records", "记录类型"), types...)
	v.add(l.say("Purposes for which bodies may ask", "单位可以查询的用途"), purposes...)
	v.add(l.say("Time limits", "期限"), deadlines...)
	v.add(l.say("Who looked is kept for", "查询痕迹保存"), l.p.Access().Term.In(l.Lang))
	return v
}

func (l packSpeaker) adverse(t *catalogue.Type) string {
	if t.Negative {
		return l.say("  (adverse)", "（不利）")
	}
	return ""
}

func (l packSpeaker) typ(t *catalogue.Type) shown {
	v := shown{Pack: l.p.Version, Title: t.Labels[l.Lang] + l.adverse(t)}
	v.add(l.say("What it says to the person", "告知本人"), t.Sentence[l.Lang])
	v.add(l.say("Who may file it", "报送单位"), l.filers(t.Code)...)
	v.add(l.say("What it rests on", "依据"), l.cited(t.LegalBasis))
	var fields []string
	for _, f := range t.Fields {
		fields = append(fields, l.field(f))
	}
	v.add(l.say("What is recorded", "记载内容"), fields...)
	l.status(&v, t)
	if r, ok := l.p.Retention(t.Retention); ok {
		v.add(l.say("When it ends", "期限"),
			l.say("shown for %s from: %s (%s)", "显示 %s，自“%s”起算（%s）", r.Display.Term.In(l.Lang), r.Display.Start, l.cited(r.Display.Basis)),
			l.say("kept for %s from: %s (%s)", "保存 %s，自“%s”起算（%s）", r.Retain.Term.In(l.Lang), r.Retain.Start, l.cited(r.Retain.Basis)))
	}
	var seen []string
	for _, u := range l.p.Purposes() {
		if names := u.Sees(t.Code); len(names) > 0 {
			seen = append(seen, l.say("%s (%s): %s", "%s（%s）：%s", u.Labels[l.Lang], l.names(u.Bodies), l.labels(t, names)))
		}
	}
	if len(seen) == 0 {
		seen = []string{l.say("Nobody but the person.", "只有本人。")}
	}
	v.add(l.say("Who may see what, and for what", "谁可以为何查看哪些内容"), seen...)
	return v
}

// status says what a status decision does, and how it ends early.
func (l packSpeaker) status(v *shown, t *catalogue.Type) {
	if t.Status == nil {
		return
	}
	var early []string
	for _, c := range t.Status.Removal {
		early = append(early, c.Labels[l.Lang])
	}
	v.add(l.say("What it does", "效力"), t.Status.Effect[l.Lang], l.cited(t.Status.Article))
	v.add(l.say("How to have it reviewed", "救济途径"), t.Status.Remedy[l.Lang])
	v.add(l.say("It comes off early when", "提前解除的条件"), early...)
	v.add(l.say("Nobody may see it but", "只有以下单位可以查看"), l.names(t.Status.Recipients))
	if t.Immediate != nil {
		v.add(l.say("Effect at once", "立即生效"), l.say("for at most %d days, before the person was heard (%s)", "至多 %d 日，先于听取本人意见（%s）", t.Immediate.Days, l.cited(t.Immediate.Basis)))
	}
}

func (l packSpeaker) field(f catalogue.Field) string {
	kind := string(f.Kind)
	if l.Lang == "zh" {
		kind = kindZH(f.Kind)
	}
	text := fmt.Sprintf("%s  %s  [%s]", f.Name, f.Labels[l.Lang], kind)
	if f.Required {
		text += l.say(", always", "，必填")
	}
	if f.Secret {
		text += l.say(", for the person and those who decide only", "，只供本人和承办人")
	}
	return text
}

func kindZH(k catalogue.Kind) string {
	switch k {
	case catalogue.DocumentNumber:
		return "文书编号"
	case catalogue.Authority:
		return "单位"
	case catalogue.Date:
		return "日期"
	case catalogue.Money:
		return "金额"
	case catalogue.LicenceNumber:
		return "许可编号"
	case catalogue.LicenceClass:
		return "许可类别"
	case catalogue.Scope:
		return "执业范围"
	case catalogue.State:
		return "状态"
	case catalogue.Place:
		return "决定地"
	}
	return "密封事由"
}

func (l packSpeaker) filers(code string) []string {
	var out []string
	for _, b := range l.p.Bodies() {
		if l.p.MayFurnish(b.Code, code) {
			out = append(out, b.Names[l.Lang]+" ("+b.Code+")")
		}
	}
	return out
}

func (l packSpeaker) names(codes []string) string {
	var out []string
	for _, code := range codes {
		b, _ := l.p.Body(code) // a purpose names bodies of its pack only
		out = append(out, b.Names[l.Lang])
	}
	return strings.Join(out, l.say(", ", "、"))
}

func (l packSpeaker) labels(t *catalogue.Type, fields []string) string {
	var out []string
	for _, name := range fields {
		f, _ := t.Field(name) // a grant names fields of its type only
		out = append(out, f.Labels[l.Lang])
	}
	return strings.Join(out, l.say(", ", "、"))
}

// cited names a source with how sure it is.
func (l packSpeaker) cited(k catalogue.Citation) string {
	text := l.say("%s, article %s", "%s %s", k.Titles[l.Lang], k.Article)
	switch k.Status {
	case catalogue.Policy:
		return text + l.say("; chosen by the registry", "；登记处自定")
	case catalogue.Unverified:
		return text + l.say("; not verified", "；未经核对")
	}
	return text
}

func (l packSpeaker) purpose(u law.Purpose) shown {
	v := shown{Pack: l.p.Version, Title: u.Labels[l.Lang]}
	v.add(l.say("What it is for", "用途说明"), u.Sentence[l.Lang])
	basis := l.say("the law, whether or not the person agrees", "法律规定，不以本人同意为条件")
	if u.Basis == law.Consent {
		basis = l.say("the person's consent", "本人同意")
	}
	v.add(l.say("What it rests on", "依据"), basis, l.cited(u.LegalBasis))
	v.add(l.say("Who may ask", "谁可以查询"), l.names(u.Bodies))
	var sees []string
	for _, g := range u.Grants {
		t, ok := l.p.Type(g.Type)
		if !ok {
			continue
		}
		line := t.Labels[l.Lang] + l.say(": ", "：") + l.labels(t, g.Fields)
		if g.LegalBasis != nil {
			line += " (" + l.cited(*g.LegalBasis) + ")"
		}
		sees = append(sees, line)
	}
	v.add(l.say("What is seen", "可以看到"), sees...)
	v.add(l.say("Limits", "限制"), l.say("%d answers to one body in a day", "每个单位每天至多 %d 次答复", u.DailyCeiling), l.caseLimit(u), l.signedOnly(u))
	return v
}

func (l packSpeaker) signedOnly(u law.Purpose) string {
	if !u.Signed {
		return ""
	}
	return l.say("only in requests that are signed with a key of the body", "只接受用单位密钥签名的请求")
}

func (l packSpeaker) caseLimit(u law.Purpose) string {
	if u.Basis != law.Statute {
		return ""
	}
	return l.say("case reference of the form %s, at most %d persons in one case", "案号格式 %s，一案至多 %d 人", u.CaseFormat, u.PersonsPerCase)
}

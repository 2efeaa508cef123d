package law

import (
	"fmt"
	"strings"
)

// phrase is one sentence in the languages that the program speaks.
type phrase struct{ en, zh string }

func because(en, zh string) phrase { return phrase{en, zh} }

func (p phrase) both() map[string]string { return map[string]string{"en": p.en, "zh": p.zh} }

// text says what a difference is.
func (d *differ) text(x difference) phrase {
	place := d.place(x.path)
	switch {
	case x.node && x.gone:
		return phrase{place.en + ": taken out.", place.zh + "：删除。"}
	case x.node:
		return phrase{place.en + ": new.", place.zh + "：新增。"}
	case x.terms:
		return phrase{fmt.Sprintf("%s: %s, before %s.", place.en, termsText(d.b.terms[x.path], "en"), termsText(d.a.terms[x.path], "en")),
			fmt.Sprintf("%s：%s，原为%s。", place.zh, termsText(d.b.terms[x.path], "zh"), termsText(d.a.terms[x.path], "zh"))}
	case x.to == "+":
		return phrase{place.en + ": added.", place.zh + "：增加。"}
	case x.from == "+":
		return phrase{place.en + ": taken out.", place.zh + "：取消。"}
	}
	return phrase{fmt.Sprintf("%s: %s, before %s.", place.en, quoted(x.to, "nothing", "“%s”"), quoted(x.from, "nothing", "“%s”")),
		fmt.Sprintf("%s：%s，原为%s。", place.zh, quoted(x.to, "无", "“%s”"), quoted(x.from, "无", "“%s”"))}
}

// quoted writes a value, shortened.
func quoted(s, nothing, form string) string {
	if s == "" {
		return nothing
	}
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return fmt.Sprintf(form, s)
}

// termsText writes terms with the days on which they hold.
func termsText(list []term, lang string) string {
	if len(list) == 0 {
		return phrase{"nothing", "无"}.both()[lang]
	}
	var out []string
	for _, t := range list {
		s := t.In(lang) + phrase{" from " + t.from, "（自" + t.from + "起"}.both()[lang]
		if t.to != "" {
			s += phrase{" to " + t.to, "至" + t.to + "止"}.both()[lang]
		}
		out = append(out, s+phrase{"", "）"}.both()[lang])
	}
	return strings.Join(out, phrase{" and ", "及"}.both()[lang])
}

// In writes the term in a language, e.g. "15 calendar days" or "15日".
func (t Term) In(lang string) string {
	switch {
	case lang != "zh" && t.N == 1:
		return strings.TrimSuffix(t.String(), "s")
	case lang != "zh":
		return t.String()
	}
	unit := map[Unit]string{Minutes: "分钟", CalendarDays: "日", WorkingDays: "个工作日", Months: "个月", Years: "年"}[t.Unit]
	if unit == "" {
		unit = string(t.Unit)
	}
	return fmt.Sprint(t.N, unit)
}

// place names where something stands: the thing by its name, the rest as the pack
// writes it.
func (d *differ) place(path string) phrase {
	part := strings.Split(path, "/")
	out := tops(part[0])
	if len(part) == 1 {
		return out
	}
	name := phrase{part[1], part[1]}
	for _, p := range []*Pack{d.now, d.old} {
		if labels := p.labels(part[0], part[1]); labels != nil {
			name = phrase{label(labels, "en", part[1]), label(labels, "zh", part[1])}
			break
		}
	}
	out = phrase{out.en + " " + name.en, out.zh + name.zh}
	if rest := strings.Join(part[2:], " "); rest != "" {
		out = phrase{out.en + ", " + rest, out.zh + "，" + rest}
	}
	return out
}

func label(labels map[string]string, lang, code string) string {
	if l, ok := labels[lang]; ok {
		return l + " (" + code + ")"
	}
	return code
}

// labels returns the names of a thing of the pack; nil where it has none.
func (p *Pack) labels(top, code string) map[string]string {
	switch top {
	case "types":
		if t, ok := p.Type(code); ok {
			return t.Labels
		}
	case "purposes":
		if u, ok := p.Purpose(code); ok {
			return u.Labels
		}
	case "bodies":
		if b, ok := p.Body(code); ok {
			return b.Names
		}
	case "holds":
		if h, ok := p.Hold(code); ok {
			return h.Labels
		}
	case "retentions":
		if r, ok := p.Retention(code); ok {
			return r.Labels
		}
	}
	return nil
}

// tops names the parts of a pack.
func tops(top string) phrase {
	switch top {
	case "types":
		return phrase{"Type", "记录类型"}
	case "purposes":
		return phrase{"Purpose", "查询用途"}
	case "bodies":
		return phrase{"Body", "单位"}
	case "retentions":
		return phrase{"Retention class", "保存类别"}
	case "holds":
		return phrase{"Ground to hold a content", "保留理由"}
	case "deadlines":
		return phrase{"Deadline", "期限"}
	case "access":
		return phrase{"Retention of who looked", "查询痕迹的保存"}
	case "wordings":
		return phrase{"Wording", "文书"}
	case "sources":
		return phrase{"Source", "依据文本"}
	case "sectors":
		return phrase{"Sector", "领域"}
	case "occupations":
		return phrase{"Occupation", "职业"}
	case "titles", "registry", "contact", "languages", "operator":
		return phrase{"The pack's " + top, "规则包的" + map[string]string{"titles": "名称", "registry": "登记处名称", "contact": "联系方式", "languages": "语言", "operator": "运营单位"}[top]}
	case "calendar", "days":
		return phrase{"Calendar", "工作日历"}
	}
	return phrase{strings.ToUpper(top[:1]) + top[1:], top}
}

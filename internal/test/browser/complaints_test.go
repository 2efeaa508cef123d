package browser

import (
	"regexp"
	"slices"
	"strings"
)

// complaints enters a complaint about what somebody says as one should not and as one may,
// decides on it, and has what was withheld reviewed: kept once, and put back once.
func (l *life) complaints() {
	const at, centre = "/work/complaints", "Hubei Credit Information Centre"
	one, two := l.all["decider"], l.colleague(l.t, centre)
	l.get(l.all["source"], at)
	l.get(one, at+"/new")
	for _, record := range l.recordsOf("示例甲") {
		l.post(l.all["person"], record+"/statement", "do", "keep", "text", "示例：样本老李说已经办好。")
	}
	whole := []string{"source", "hubei-market", "type", "market-penalty", "number", "示例-SC-0001", "passage", "样本老李", "why", "示例", "name", "样本老李", "reach", "027-00000000"}
	for missing := 5; missing < len(whole); missing += 2 {
		l.post(one, at+"/new", slices.Concat(whole[:missing], []string{""}, whole[missing+1:])...)
	}
	l.find(l.post(one, at+"/new", whole...), `(Entered)`)
	rule := func(o *office, list, how string) {
		for _, m := range regexp.MustCompile(`/en(/work/complaints/CP-[^"?]+)"`).FindAllStringSubmatch(l.get(o, at+"?list="+list), -1) {
			if page := l.get(o, m[1]); strings.Contains(page, `name="find-1"`) {
				l.post(o, m[1], "find-1", how)
				l.post(o, m[1], "find-1", how, "reasons-1", "示例：与记录无关。")
				l.get(o, m[1])
			}
		}
	}
	rule(two, "decide", "withhold")
	for _, how := range []string{"withhold", "stand"} {
		for _, o := range []*office{l.all["reviewer"], l.colleague(l.t, "People's Bank of China, Hubei Branch")} {
			rule(o, "review", how)
		}
		for _, code := range []string{"样例淑芬", "SAMPLE JAN", "样本司徒", "样", "样本𠮷"} {
			for _, record := range l.recordsOf(code) {
				page := l.get(l.person(l.t, code), record+"/statement")
				if strings.Contains(page, `value="review"`) {
					l.post(l.person(l.t, code), record+"/statement", "do", "review", "complaint", l.find(page, `name="complaint" value="([^"]*)"`), "why", "示例")
				}
			}
		}
	}
	rule(one, "entered", "stand")
}

// recordsOf are the pages of somebody's records.
func (l *life) recordsOf(code string) (out []string) {
	for _, m := range regexp.MustCompile(`/en(/me/records/R-[^"?/]+)"`).FindAllStringSubmatch(l.get(l.person(l.t, code), "/me"), -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

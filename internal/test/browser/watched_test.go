package browser

import (
	"regexp"
	"strings"
)

// inspections says why staff of a bank asked, as one should not and as one may, lets its
// supervisor look into it, and narrows the supervisor's list.
func (l *life) inspections() {
	const own, at = "/ask/inspections", "/watch/inspections"
	asks, over := l.all["bank"], l.all["reviewer"]
	given := 0
	for _, m := range regexp.MustCompile(`/en(/ask/inspections/K-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(asks, own), -1) {
		if page := l.get(asks, m[1]); given == 2 || !strings.Contains(page, "<textarea") {
			continue
		}
		l.post(asks, m[1], "reason", " ")
		l.post(asks, m[1], "reason", "示例")
		l.get(asks, m[1])
		number := strings.TrimPrefix(m[1], own)
		l.get(over, at+number)
		if given++; given == 1 {
			l.post(over, at+number, "finding", "x")
			l.post(over, at+number, "finding", "unshown")
			l.get(asks, m[1])
		}
	}
	if given == 0 {
		l.t.Error("no look-up of the sample bank was picked")
	}
	for _, narrowed := range []string{"?show=found", "?rule=nothing&body=sample-bank", "?rule=new-purpose&show=found"} {
		l.get(over, at+narrowed)
	}
	l.get(l.all["nobody"], "/inspections")
}

// pleas brings a record before the ombudsman, who begins with another as one should not
// and as one may, orders a stay that its source answers, and closes both.
func (l *life) pleas() {
	const at, asked = "/watch/pleas", "/work/stays"
	over, p, filer := l.clerkOf(l.t, "Sample Ombudsman"), l.all["person"], l.all["market"]
	m := regexp.MustCompile(`/en(/me/records/R-[0-9A-Z-]+)"`).FindStringSubmatch(l.get(p, "/me"))
	l.post(p, m[1]+"/plea", "why", "not heard")
	l.get(p, m[1])
	begin := func(logged, number string) string {
		return l.post(over, at, "logged", logged, "source", "hubei-market", "type", "market-penalty", "number", number)
	}
	begin("?", "示例-SC-0011")
	begin("示例", "x")
	begin("LOG-1", "x")
	begin("LOG-1", "示例-SC-0011")
	soon := l.today(l.t).AddDays(30).String()
	for _, m := range regexp.MustCompile(`/en(/watch/pleas/PL-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(over, at), -1) {
		l.get(over, m[1])
		l.post(over, m[1], "do", "stay", "answers", "source", "until", "2099-01-01")
		l.post(over, m[1], "do", "stay", "answers", "source", "until", soon)
		for _, o := range []*office{filer, l.clerkOf(l.t, "Sample Bank, Wuhan Branch"), l.clerkOf(l.t, "Hubei Health Commission")} {
			for _, x := range regexp.MustCompile(`name="plea" value="([^"]*)"`).FindAllStringSubmatch(l.get(o, asked), -1) {
				l.post(o, asked, "plea", x[1], "reply", "stands")
			}
		}
		l.get(over, m[1])
		l.get(p, "/me/records")
	}
	for _, m := range regexp.MustCompile(`/en(/me/records/R-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(p, "/me"), -1) {
		l.get(p, m[1])
	}
	for _, m := range regexp.MustCompile(`/en(/watch/pleas/PL-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(over, at), -1) {
		l.post(over, m[1], "do", "close", "outcome", "x")
		l.post(over, m[1], "do", "close", "outcome", "founded")
	}
	for _, m := range regexp.MustCompile(`/en(/me/records/R-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(p, "/me"), -1) {
		l.get(p, m[1])
	}
}

package catalogue

import (
	"regexp"
	"slices"
	"strings"
)

// A score of a person has no kind of field (rules A2). What follows keeps it
// from being written in the kinds that there are.

// marking are words that judge a person instead of naming what was decided.
var marking = regexp.MustCompile(`(?i)\b(scor(e|es|ed|ing)|percentiles?|` +
	`creditworth\w*|trustworth\w*|integrity|reputation|reliability|merits?|honou?rs?|profiles?|` +
	`(black|red|gr[ae]y|watch) ?lists?|risk (level|class|grade|category|index)|(high|medium|low) risk|(credit|social|behaviou?r) (level|class|grade|rating|rank|points|index|standing|tier|band))\b` +
	`|信用[分等级评积指值]|信誉|诚信|守信|失信|征信等|积分|[评打得扣加记]分|分[值数]|排名|名次|排行|评[级价定]|画像|风险[等级]|[红黑灰]名单|荣誉|表彰|功德|优劣|表现[等分]`)

// scaling are words for steps of a scale, which only a class of a licence has.
var scaling = regexp.MustCompile(`(?i)\b(grades?|levels?|tiers?|bands?|ratings?|rated|rank(s|ed|ing)?|points?|stars?)\b|等级|级别|档次|等次|星级`)

// step is one mark of a scale: a letter, a number, a place among others.
var step = regexp.MustCompile(`(?i)^(([a-z])[+-]?|a{2,3}[+-]?|b{2,3}[+-]?|c{2,3}[+-]?|d{2,3}|[0-9]{1,3}%?|[0-9]{1,3} ?[-–~至] ?[0-9]{1,3}|i{1,3}|iv|vi{0,3}|ix|★+|☆+|` +
	`[一二三四五六七八九十]|[甲乙丙丁戊]|[上中下高低优良差好坏]|优秀|良好|一般|中等|较[好差高低]|很[好差]|高危|正常|异常|` +
	`excellent|very good|good|fair|average|poor|bad|high|medium|low|gold|silver|bronze|green|yellow|amber|red|first|second|third|fourth|fifth)$`)

// around are words that a mark is dressed in.
var around = regexp.MustCompile(`(?i)\b(grade|level|tier|band|class|category|step|no\.?)\b|第|[级等档类星名次位色]`)

// unscored refuses words that judge, in the names that a type shows (rules A2).
func (c *compiler) unscored() {
	t := c.t
	c.unmarked("labels", "", append([]string{t.Code}, texts(t.Labels)...)...)
	for i, f := range t.Fields {
		at := fieldPath(i)
		c.unmarked(at+".name", f.Kind, f.Name)
		c.unmarked(at+".labels", f.Kind, texts(f.Labels)...)
		if !f.Kind.Closed() {
			continue // the values of an authority field are the bodies' names
		}
		for j, v := range f.Values {
			c.value(valuePath(at, j), f.Kind, v)
		}
	}
	for i, f := range t.Fields {
		if f.Kind == LicenceClass && !c.licensed() {
			c.say(fieldPath(i)+".kind", "A2", "Only a licence, a qualification, or a decision about one has a class.",
				"Take the field out: a "+string(t.Form)+" has none.")
		}
		if f.Kind == Money && (t.Form == Licence || t.Form == Qualification) {
			c.say(fieldPath(i)+".kind", "A1", "Money is owed in this field, and the type is favourable.", "Take the field out: a licence owes nothing.")
		}
	}
}

func (c *compiler) value(at string, k Kind, v Value) {
	all := append(append([]string{v.Code}, texts(v.Labels)...), v.Aliases...)
	c.unmarked(at, k, all...)
	if k == LicenceClass {
		return
	}
	for _, s := range all {
		if isStep(s) {
			c.say(at, "A2", "This value is a mark on a scale.", "Name what was decided. Only a licence class has steps, where a law makes them.")
			return
		}
	}
}

// isStep reports whether s is a mark of a scale and nothing else.
func isStep(s string) bool {
	s = strings.TrimSpace(around.ReplaceAllString(strings.ReplaceAll(narrow(s), "-", " "), ""))
	return step.MatchString(s)
}

func (c *compiler) unmarked(at string, k Kind, all ...string) {
	for _, s := range all {
		s = strings.NewReplacer("_", " ", "-", " ").Replace(s)
		if marking.MatchString(s) || (!c.graded(k) && scaling.MatchString(s)) {
			c.say(at, "A2", "These words judge a person, or place them on a scale or list.", "Name what was decided about what, as the law names it.")
			return
		}
	}
}

// graded reports whether a law may grade what a field holds: the class of a
// licence ("Grade 1") and what its holder may do ("Rating").
func (c *compiler) graded(k Kind) bool {
	return k == LicenceClass || (k == Scope && c.licensed())
}

func (c *compiler) licensed() bool {
	return slices.Contains([]Form{Licence, Qualification, StatusDecision}, c.t.Form)
}

// texts returns the wording in order of the languages.
func texts(m map[string]string) []string {
	var out []string
	for _, s := range m {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

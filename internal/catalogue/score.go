package catalogue

import (
	"regexp"
	"slices"
	"strings"
)

// A score of a person has no kind of field (rules A2). What follows keeps it
// from being written in the kinds that there are.

// Words that judge a person instead of naming what was decided: English ones
// alone, beginnings of them, pairs ("low risk"), and Chinese ones anywhere.
const (
	judging  = " score scores scored scoring percentile percentiles integrity reputation reliability merit merits honour honours honor honors profile profiles blacklist redlist greylist graylist watchlist "
	begins   = "creditworth trustworth"
	beside   = " risk:level,class,grade,category,index high:risk medium:risk low:risk black:list,lists red:list,lists grey:list,lists gray:list,lists watch:list,lists "
	standing = "level,class,grade,rating,rank,points,index,standing,tier,band"
	judgingZ = "信用分 信用等 信用级 信用评 信用积 信用指 信用值 信誉 诚信 守信 失信 征信等 积分 评分 打分 得分 扣分 加分 记分 分值 分数 排名 名次 排行 评级 评价 评定 画像 风险等 风险级 " +
		"红名单 黑名单 灰名单 荣誉 表彰 功德 优劣 表现等 表现分"
)

// Words for steps of a scale, which only a law gives to a licence.
const (
	scaling  = " grade grades level levels tier tiers band bands rating ratings rated rank ranks ranked ranking point points star stars "
	scalingZ = "等级 级别 档次 等次 星级"
)

// judges reports whether a text has a word that judges a person.
func judges(s string) bool {
	if hasOne(s, judgingZ) {
		return true
	}
	words := asciiWords(s)
	for i, w := range words {
		if strings.Contains(judging, " "+w+" ") {
			return true
		}
		for b := range strings.FieldsSeq(begins) {
			if strings.HasPrefix(w, b) {
				return true
			}
		}
		if i+1 < len(words) && paired(w, words[i+1]) {
			return true
		}
	}
	return false
}

// paired reports whether two words beside each other judge a person.
func paired(a, b string) bool {
	_, tail, ok := strings.Cut(beside, " "+a+":")
	next, _, _ := strings.Cut(tail, " ")
	if a == "credit" || a == "social" || a == "behaviour" || a == "behavior" {
		next, ok = standing, true
	}
	return ok && strings.Contains(","+next+",", ","+b+",")
}

// scales reports whether a text has a word for a step of a scale.
func scales(s string) bool {
	if hasOne(s, scalingZ) {
		return true
	}
	return slices.ContainsFunc(asciiWords(s), func(w string) bool { return strings.Contains(scaling, " "+w+" ") })
}

func hasOne(s, words string) bool {
	for w := range strings.FieldsSeq(words) {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// asciiWords returns the words in Latin letters, in small letters.
func asciiWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(narrow(s)), func(r rune) bool { return r < 'a' || r > 'z' })
}

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
		if judges(s) || (!c.graded(k) && scales(s)) {
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

package law

import (
	"maps"
	"slices"
	"strings"
)

// Verdict says what a change of the pack is for the person.
type Verdict string

// The verdicts. What is not provably one of the first two waits.
const (
	InFavour Verdict = "in favour" // less is kept, seen, asked or shown, or later
	NoEffect Verdict = "no effect" // nothing follows from it for anybody
	Waits    Verdict = "waits"
)

// Change is one difference between two packs.
type Change struct {
	Path    string            `json:"path"` // e.g. "retentions/loan/display"
	Verdict Verdict           `json:"verdict"`
	Text    map[string]string `json:"text"`   // what changes, by language
	Reason  map[string]string `json:"reason"` // why the verdict, by language
}

// Favourable reports whether nothing in a list of changes has to wait.
func Favourable(changes []Change) bool {
	return !slices.ContainsFunc(changes, func(c Change) bool { return c.Verdict == Waits })
}

// Diff lists what changes when now takes the place of old, in order of the
// places. Every field of a pack is compared, and the verdict is decided on its
// structure alone; a difference that no rule knows waits.
func Diff(old, now *Pack) []Change {
	d := differ{old: old, now: now, a: flatten(old), b: flatten(now)}
	for _, n := range slices.Sorted(maps.Keys(union(d.a.nodes, d.b.nodes))) {
		if d.a.nodes[n] != d.b.nodes[n] && !d.covered(n) {
			d.nodes = append(d.nodes, n)
			d.add(difference{path: n, node: true, gone: d.a.nodes[n], new: d.b.nodes[n]})
		}
	}
	done := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(union(d.a.leaves, d.b.leaves))) {
		if d.a.leaves[path] == d.b.leaves[path] || d.covered(path) {
			continue
		}
		x := difference{path: path, from: d.a.leaves[path], to: d.b.leaves[path]}
		if of, ok := d.termOf(path); ok {
			x = difference{path: of, terms: true}
		}
		if !done[x.path] {
			done[x.path] = true
			d.add(x)
		}
	}
	slices.SortStableFunc(d.out, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return d.out
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// differ compares two packs.
type differ struct {
	old, now *Pack
	a, b     flat
	nodes    []string // things that are in one pack only
	out      []Change
}

// difference is one place that differs: a thing that came or went, the terms of a
// thing, or a value.
type difference struct {
	path      string
	node      bool
	gone, new bool
	terms     bool
	from, to  string
}

// covered reports whether a place lies within a thing that came or went.
func (d *differ) covered(path string) bool {
	return slices.ContainsFunc(d.nodes, func(n string) bool { return strings.HasPrefix(path, n+"/") || path == n })
}

// termOf returns the thing whose terms a place belongs to.
func (d *differ) termOf(path string) (string, bool) {
	for at := path; at != "."; {
		if len(d.a.terms[at])+len(d.b.terms[at]) > 0 {
			return at, true
		}
		cut := strings.LastIndexByte(at, '/')
		if cut < 0 {
			return "", false
		}
		at = at[:cut]
	}
	return "", false
}

func (d *differ) add(x difference) {
	verdict, why := d.judge(x)
	d.out = append(d.out, Change{Path: x.path, Verdict: verdict, Text: d.text(x).both(), Reason: why.both()})
}

// judge decides on the structure of a difference.
func (d *differ) judge(x difference) (Verdict, phrase) {
	part := strings.Split(x.path, "/")
	switch part[0] {
	case "types":
		return d.judgeType(x, part)
	case "purposes":
		return d.judgePurpose(x, part)
	case "bodies":
		return d.judgeBody(x, part)
	case "holds":
		return d.judgeHold(x, part)
	case "retentions":
		return d.judgeRetention(x, part)
	case "deadlines":
		return d.judgeDeadline(x, part)
	case "routes", "reliefs":
		return d.judgeRepair(x, part)
	case "sources":
		return NoEffect, because("a text that is cited; what follows from it stands on lines of its own", "这是被引用的文本；由它产生的变化另行列出")
	case "sectors", "occupations":
		if x.node && len(part) == 2 {
			return NoEffect, because("a word; what is filed under it stands on lines of its own", "这只是一个名称；使用它的内容另行列出")
		}
	}
	return waits()
}

func waits() (Verdict, phrase) {
	return Waits, because("not provably in the person's favour", "不能证明对本人有利")
}

func (d *differ) judgeType(x difference, part []string) (Verdict, phrase) {
	t, known := d.old.Type(part[1])
	switch {
	case x.node && len(part) == 2 && x.gone && t.Negative:
		return InFavour, because("nothing of this adverse type is filed any more", "不再收录这类不利记录")
	case !known || len(part) < 3:
		return waits()
	case part[2] == "fields" && len(part) == 4 && x.node && x.gone:
		return InFavour, because("less is recorded about a person", "对个人的记载减少")
	case part[2] == "fields" && len(part) == 5 && part[4] == "secret" && x.to == "true":
		return InFavour, because("less is seen by others", "他人看到的减少")
	case part[2] == "example":
		return NoEffect, because("a made-up example", "虚构的示例")
	case part[2] == "retention" && t.Negative:
		return d.judgeClasses(x.from, x.to)
	}
	return waits()
}

// judgeClasses judges a type that moves to another class of retention.
func (d *differ) judgeClasses(from, to string) (Verdict, phrase) {
	shorter := false
	for _, which := range []string{"/display", "/retain"} {
		n, ok := compare(d.a.terms["retentions/"+from+which], d.b.terms["retentions/"+to+which])
		if !ok || n > 0 {
			return waits()
		}
		shorter = shorter || n < 0
	}
	if !shorter {
		return NoEffect, because("both classes have the same terms", "两类期限相同")
	}
	return InFavour, because("records of this type end earlier", "这类记录更早结束")
}

func (d *differ) judgePurpose(x difference, part []string) (Verdict, phrase) {
	less := because("fewer look-ups are allowed, or less is seen", "允许的查询减少，或者看到的减少")
	switch {
	case x.node && x.gone && len(part) == 2, // the purpose
		x.node && x.gone && len(part) == 4 && part[2] == "grants": // a type
		return InFavour, less
	case len(part) == 4 && part[2] == "bodies" && x.to == "",
		len(part) == 6 && part[2] == "grants" && part[4] == "fields" && x.to == "":
		return InFavour, less
	case len(part) == 3 && (part[2] == "dailyceiling" || part[2] == "personspercase") && lower(x.from, x.to),
		len(part) == 3 && part[2] == "signed" && x.to == "true":
		return InFavour, less
	}
	return waits()
}

// lower reports whether a whole number became a lower one that is more than 0.
func lower(from, to string) bool {
	return to != "" && (len(to) < len(from) || len(to) == len(from) && to < from)
}

func (d *differ) judgeBody(x difference, part []string) (Verdict, phrase) {
	fewer := because("fewer bodies file or ask", "报送或者查询的单位减少")
	b, known := d.old.Body(part[1])
	switch {
	case x.node && x.gone && known && !b.May(Supervisor) && !b.May(Operator):
		return InFavour, fewer
	case len(part) == 4 && part[2] == "roles" && x.to == "" && (part[3] == string(Furnisher) || part[3] == string(Inquirer)):
		return InFavour, fewer
	}
	return waits()
}

// judgeRetention judges the terms of a class. Only where every type of the class
// is adverse is it sure that less of it is better.
func (d *differ) judgeRetention(x difference, part []string) (Verdict, phrase) {
	if x.node && len(part) == 2 {
		return NoEffect, because("the types that are kept under it stand on lines of their own", "适用它的记录类型另行列出")
	}
	n, ok := compare(d.a.terms[x.path], d.b.terms[x.path])
	switch {
	case !x.terms || !ok || n > 0:
		return waits()
	case n == 0:
		return NoEffect, because("the term stays; only where it comes from changes", "期限不变，只改变依据")
	}
	for _, p := range []*Pack{d.old, d.now} {
		for _, t := range p.Types() {
			if t.Retention == part[1] && !t.Negative {
				return Waits, because("records that may be favourable are kept under it too", "它也适用于可能对本人有利的记录")
			}
		}
	}
	return InFavour, because("adverse records end earlier; those that are there keep their ends", "不利记录更早结束；已有记录的期限不变")
}

// judgeHold judges on which grounds contents are held beyond their erasure.
func (d *differ) judgeHold(x difference, part []string) (Verdict, phrase) {
	n, ok := compare(d.a.terms[x.path], d.b.terms[x.path])
	switch {
	case x.node && x.gone, len(part) == 4 && part[2] == "courts" && x.to == "", x.terms && ok && n < 0:
		return InFavour, because("less is kept beyond its erasure; holds that are there keep their day", "删除期限之后保留的减少；已有的保留不变")
	case x.terms && ok && n == 0:
		return NoEffect, because("the term stays; only where it comes from changes", "期限不变，只改变依据")
	}
	return waits()
}

// judgeRepair judges how records end early.
func (d *differ) judgeRepair(x difference, part []string) (Verdict, phrase) {
	switch {
	case x.node && x.new && len(part) == 2:
		return InFavour, because("a further way in which adverse records end early", "不利记录多一种提前结束的途径")
	case x.node && x.gone && len(part) == 4 && part[2] == "conditions":
		return InFavour, because("less is asked for", "要求的条件减少")
	}
	if n, ok := compare(d.a.terms[x.path], d.b.terms[x.path]); x.terms && ok && n <= 0 {
		return InFavour, because("the way opens earlier", "更早可以提出")
	}
	return waits()
}

func (d *differ) judgeDeadline(x difference, part []string) (Verdict, phrase) {
	if x.node && x.new && strings.HasPrefix(part[1], repairClocks) {
		return NoEffect, because("the way that it belongs to stands on a line of its own", "所属的途径另行列出")
	}
	n, ok := compare(d.a.terms[x.path], d.b.terms[x.path])
	if !x.terms || !ok {
		return waits()
	}
	if n == 0 {
		return NoEffect, because("the term stays; only where it comes from changes", "期限不变，只改变依据")
	}
	switch {
	case favours(part[1]) == later && n > 0:
		return InFavour, because("the person has more time", "本人有更多时间")
	case part[1] == ConsentMax && n < 0:
		return InFavour, because("a consent ends earlier", "同意更早失效")
	case favours(part[1]) == earlier && n < 0:
		return InFavour, because("others have less time; clocks that run keep their day", "他人的期限更短；正在计算的期限不变")
	}
	return waits()
}

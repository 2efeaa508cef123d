package dockit

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// mostFound is how many places a search shows.
const mostFound = 20

// found is one place in which something stands.
type found struct {
	page  *page
	text  text
	part  part
	where string // the words around it
	score int
}

// find returns the places in which all words of a question stand, the best first.
// Chinese is written without spaces: what stands between spaces is one word. Pages
// are looked through in the reader's language where they have it.
func (l *Library) find(ask, lang string) (out []found) {
	terms := strings.Fields(strings.ToLower(ask))
	for _, p := range l.order {
		t := p.in(lang)
		best := found{}
		for _, one := range t.parts {
			if s := one.score(terms, strings.ToLower(t.title)); s > best.score {
				best = found{page: p, text: t, part: one, where: one.around(terms[0]), score: s}
			}
		}
		if best.score > 0 {
			out = append(out, best)
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	return out[:min(len(out), mostFound)]
}

// part is what stands below one heading.
type part struct {
	heading, id string // id is where the browser goes; empty for the top of the page
	plain       string // without marks
	lower       string
}

// score is how well a part answers: nothing where a word is missing.
func (p part) score(terms []string, title string) int {
	total, heading := 0, strings.ToLower(p.heading)
	for _, term := range terms {
		n := min(strings.Count(p.lower, term), 5)
		if strings.Contains(heading, term) {
			n += 10
		}
		if strings.Contains(title, term) {
			n += 20
		}
		if n == 0 {
			return 0
		}
		total += n
	}
	return total
}

// aroundRunes is how much is shown before and after what was found.
const aroundRunes = 70

// around returns the words around the first place of a term.
func (p part) around(term string) string {
	all := []rune(p.plain)
	at := 0
	if i := strings.Index(p.lower, term); i >= 0 {
		at = len([]rune(p.lower[:i]))
	}
	from, to := max(0, at-aroundRunes), min(len(all), at+aroundRunes)
	for from > 0 && from < at && !unicode.IsSpace(all[from-1]) && all[from] < 0x2e80 {
		from++
	}
	out := strings.TrimSpace(string(all[from:to]))
	if from > 0 {
		out = "… " + out
	}
	if to < len(all) {
		out += " …"
	}
	return out
}

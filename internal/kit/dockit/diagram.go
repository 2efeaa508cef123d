package dockit

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
)

// The sizes of a drawing, in units of its own.
const (
	boxWide, boxHigh = 132, 40
	gapWide, gapHigh = 64, 26
	margin           = 14
)

// outside stands for where lives begin and end.
const outside = "[*]"

// move is an arrow between two states.
type move struct{ from, to string }

// moves are the states of one thing and how it passes from one to another.
type moves struct {
	list   []move
	labels map[string]string
	column map[string]int
	row    map[string]int
	wide   int
	high   int
}

var (
	moveLine  = regexp.MustCompile(`^(\[\*\]|\w+) --> (\[\*\]|\w+)$`)
	labelLine = regexp.MustCompile(`^state "([^"]+)" as (\w+)$`)
)

// readMoves reads a state diagram in the notation of Mermaid: moves and names.
func readMoves(said string) (moves, error) {
	m := moves{labels: map[string]string{}}
	for _, line := range strings.Split(strings.TrimSpace(said), "\n") {
		line = strings.TrimSpace(line)
		if got := moveLine.FindStringSubmatch(line); got != nil {
			m.list = append(m.list, move{got[1], got[2]})
		} else if got := labelLine.FindStringSubmatch(line); got != nil {
			m.labels[got[2]] = got[1]
		} else if line != "stateDiagram-v2" && line != "" {
			return m, fmt.Errorf("a diagram says %q, which is not drawn here", line)
		}
	}
	m.lay()
	return m, nil
}

// label is the name of a state.
func (m *moves) label(state string) string { return cmp.Or(m.labels[state], state) }

// lay puts each state into the column after the last that leads to it, leaving out
// moves that lead back.
func (m *moves) lay() {
	m.column, m.row = map[string]int{}, map[string]int{}
	back := map[move]bool{}
	var visit func(state string, path []string)
	visit = func(state string, path []string) {
		m.column[state] = max(m.column[state], len(path))
		for _, one := range m.list {
			switch {
			case one.from != state || one.to == outside:
			case slices.Contains(path, one.to) || one.to == state:
				back[one] = true
			default:
				visit(one.to, append(slices.Clone(path), state))
			}
		}
	}
	for _, one := range m.list {
		if one.from == outside {
			visit(one.to, []string{outside})
		}
	}
	filled := map[int]int{}
	for _, state := range m.states() {
		c := m.column[state]
		m.row[state] = filled[c]
		filled[c]++
		m.wide, m.high = max(m.wide, c), max(m.high, filled[c])
	}
}

// states are all states but the outside, in the order in which they are named.
func (m *moves) states() (out []string) {
	for _, one := range m.list {
		for _, s := range []string{one.from, one.to} {
			if s != outside && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// ends reports whether a state may be the last.
func (m *moves) ends(state string) bool { return slices.Contains(m.list, move{state, outside}) }

// at is the upper left corner of the box of a state.
func (m *moves) at(state string) (x, y int) {
	return margin + (m.column[state]-1)*(boxWide+gapWide), margin + gapHigh + m.row[state]*(boxHigh+gapHigh)
}

// drawMoves writes a diagram as a picture, and the same as a table for everybody.
func drawMoves(w io.Writer, said string, words *words) error {
	m, err := readMoves(said)
	if err != nil {
		return err
	}
	p := func(format string, a ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format, a...)
		}
	}
	wide, high := 2*margin+m.wide*(boxWide+gapWide)-gapWide, 2*margin+gapHigh+m.high*(boxHigh+gapHigh)
	p(`<div class="plot" tabindex="0"><svg class="moves" viewBox="0 0 %d %d" width="%d" role="img"><title>%s</title>`, wide, high, wide, html.EscapeString(words.Diagram.String()))
	for _, one := range m.list {
		if one.from != outside && one.to != outside {
			m.arrow(p, one)
		}
	}
	for _, state := range m.states() {
		x, y := m.at(state)
		class := "st"
		if m.ends(state) {
			class = "st last"
		}
		p(`<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/><text x="%d" y="%d">%s</text>`, class, x, y, boxWide, boxHigh, x+boxWide/2, y+boxHigh/2+5, html.EscapeString(m.label(state)))
	}
	p("</svg></div>\n")
	p(`<table class="cards"><thead><tr><th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>`, words.From, words.To)
	for _, state := range append([]string{outside}, m.states()...) {
		var to []string
		for _, one := range m.list {
			if one.from == state && one.to != outside {
				to = append(to, m.label(one.to))
			}
		}
		name := m.label(state)
		if state == outside {
			name = words.Begin.String()
		}
		if m.ends(state) {
			to = append(to, words.End.String())
		}
		p(`<tr><td data-l="%s"><span>%s</span></td><td data-l="%s"><span>%s</span></td></tr>`, words.From, html.EscapeString(name), words.To, html.EscapeString(strings.Join(to, ", ")))
	}
	p("</tbody></table>\n")
	return err
}

// arrow draws a move: between columns from side to side, within one or back around
// below.
func (m *moves) arrow(p func(string, ...any), one move) {
	x1, y1 := m.at(one.from)
	x2, y2 := m.at(one.to)
	if m.column[one.to] > m.column[one.from]+1 && m.row[one.to] == 0 { // over the boxes between
		x1, x2 = x1+2*boxWide/3, x2+boxWide/3
		top := y2 - gapHigh
		p(`<path class="mv" d="M%d %dC%d %d %d %d %d %d"/>`, x1, y1, x1, top, x2, top, x2, y2-6)
		p(`<path class="tip" d="M%d %dl-5 -8h10z"/>`, x2, y2)
		return
	}
	if x2 > x1 {
		x1, y1, y2 = x1+boxWide, y1+boxHigh/2, y2+boxHigh/2
		mid := (x1 + x2) / 2
		p(`<path class="mv" d="M%d %dC%d %d %d %d %d %d"/>`, x1, y1, mid, y1, mid, y2, x2-6, y2)
		p(`<path class="tip" d="M%d %dl-8 -5v10z"/>`, x2, y2)
		return
	}
	x1, x2, y1, y2 = x1+boxWide/3, x2+2*boxWide/3, y1+boxHigh, y2+boxHigh
	low := max(y1, y2) + gapHigh - 8
	p(`<path class="mv" d="M%d %dC%d %d %d %d %d %d"/>`, x1, y1, x1, low, x2, low, x2, y2+6)
	p(`<path class="tip" d="M%d %dl-5 8h10z"/>`, x2, y2)
}

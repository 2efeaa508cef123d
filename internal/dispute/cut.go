package dispute

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"recourse/internal/ref"
	"recourse/internal/seal"
)

// WithheldMark stands in an answer in the place of a passage that two people withheld. It
// is not one of the person's words, and says nothing of who complained.
const WithheldMark = "〔经投诉不予显示 · withheld on complaint〕"

// Cut is what others are given of a statement while passages of it are withheld: until an
// instant, or for good where that is zero.
type Cut struct {
	ID    ref.Paper
	Until time.Time
	Text  string
	Box   seal.Box
}

// held is one passage that others are not given, until an instant or for good.
type held struct {
	passage string
	until   time.Time
}

// cuts returns what others are given of a text, ordered by when each ends: each holds
// where the one before has ended, and the whole text behind the last. Nothing is edited
// but that each place of a passage is a mark.
func cuts(text string, all []held) (out []Cut) {
	all = slices.DeleteFunc(slices.Clone(all), func(h held) bool { return h.passage == "" || !strings.Contains(text, h.passage) })
	slices.SortStableFunc(all, func(a, b held) int {
		if a.until.IsZero() != b.until.IsZero() {
			return cmp.Compare(truth(a.until.IsZero()), truth(b.until.IsZero()))
		}
		return a.until.Compare(b.until)
	})
	for i := 0; i < len(all); {
		until := all[i].until
		var passages []string
		for _, h := range all[i:] {
			passages = append(passages, h.passage)
		}
		out = append(out, Cut{Until: until, Text: without(text, passages)})
		for i < len(all) && all[i].until.Equal(until) {
			i++
		}
	}
	return out
}

func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Part is a part of a text, withheld from others or not.
type Part struct {
	Text     string
	Withheld bool
}

// Parts parts a text at each place of a passage. Passages that touch are one part.
func Parts(text string, passages []string) (out []Part) {
	gone := make([]bool, len(text))
	for _, p := range passages {
		for at := 0; p != "" && at+len(p) <= len(text); at++ {
			if strings.HasPrefix(text[at:], p) {
				for i := at; i < at+len(p); i++ {
					gone[i] = true
				}
			}
		}
	}
	for from := 0; from < len(text); {
		to := from
		for to < len(text) && gone[to] == gone[from] {
			to++
		}
		out = append(out, Part{text[from:to], gone[from]})
		from = to
	}
	return out
}

// without is a text with a mark in each place of a passage.
func without(text string, passages []string) string {
	var b strings.Builder
	for _, p := range Parts(text, passages) {
		if p.Withheld {
			b.WriteString(WithheldMark)
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

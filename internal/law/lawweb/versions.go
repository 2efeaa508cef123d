package lawweb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"recourse/internal/kit/webkit"
	"recourse/internal/law"
)

const versionsPath = typesPath + "/versions"

// versionsView is the versions of the rules, and what differs between two of them.
type versionsView struct {
	view
	all     []law.Activated // newest first
	from    int             // place among all of the earlier one
	to      int
	kind    string // code of a type; empty for all rules
	changes []law.Change
}

// compare shows what changed between two versions of the rules, in all of them or in one
// kind of record: where nothing is chosen, what the newest changed.
func (f *Face) compare(_ context.Context, v webkit.Visit) (webkit.Reply, error) {
	p := versionsView{view: f.view(v), all: f.versions(), kind: v.Query.Get("type")}
	slices.Reverse(p.all)
	if len(p.all) == 0 {
		return nil, errNoType
	}
	if p.from = min(1, len(p.all)-1); v.Query.Has("from") {
		p.from = p.chosen("from")
	}
	if v.Query.Has("to") {
		p.to = p.chosen("to")
	}
	if p.from < 0 || p.to < 0 {
		return nil, errNoType
	}
	if p.all[p.from].Number > p.all[p.to].Number {
		p.from, p.to = p.to, p.from
	}
	if p.kind != "" && p.label(p.kind) == p.kind {
		return nil, errNoType
	}
	for _, c := range f.changes(p.all[p.from], p.all[p.to]) {
		if p.kind == "" || p.concerns(c) {
			p.changes = append(p.changes, c)
		}
	}
	return webkit.Page{Title: p.w.Versions.Title.String(), Back: webkit.Link{Path: typesPath, Text: p.w.Types.Nav.String()}, Content: versionsPage(p)}, nil
}

// changes are what differs between two versions.
func (f *Face) changes(from, to law.Activated) []law.Change {
	key := [2]int{from.Number, to.Number}
	if known, ok := f.diffs.Load(key); ok {
		return known.([]law.Change)
	}
	list := law.Diff(from.Pack, to.Pack)
	f.diffs.Store(key, list)
	return list
}

// chosen is the place of the version that a field names; -1 for none that was activated.
func (p versionsView) chosen(field string) int {
	return slices.IndexFunc(p.all, func(a law.Activated) bool { return strconv.Itoa(a.Number) == p.v.Query.Get(field) })
}

// concerns reports whether a change is about the kind of record that was chosen: about
// itself, how long it is kept in either version, or what a purpose sees of it.
func (p versionsView) concerns(c law.Change) bool {
	part := strings.Split(c.Path, "/")
	if len(part) < 2 {
		return false
	}
	switch part[0] {
	case "types":
		return part[1] == p.kind
	case "retentions":
		for _, at := range []int{p.from, p.to} {
			if t, ok := p.all[at].Pack.Type(p.kind); ok && t.Retention == part[1] {
				return true
			}
		}
	case "purposes":
		return slices.Contains(part[2:], p.kind)
	}
	return false
}

// label names a kind of record as one of the two versions does, else by its code.
func (p versionsView) label(code string) string {
	for _, at := range []int{p.to, p.from} {
		if t, ok := p.all[at].Pack.Type(code); ok {
			return t.Labels[p.v.Lang]
		}
	}
	return code
}

// kinds are the codes of all kinds of record of the two versions, as the later has them and
// then what it no longer has.
func (p versionsView) kinds() (out []string) {
	for _, at := range []int{p.to, p.from} {
		for _, t := range p.all[at].Pack.Types() {
			if !slices.Contains(out, t.Code) {
				out = append(out, t.Code)
			}
		}
	}
	return out
}

// name writes a version with the day from which it holds.
func (p versionsView) name(a law.Activated) string {
	return p.w.Versions.Version.With("nth", strconv.Itoa(a.Number), "version", a.Pack.Version, "day", p.v.Dates.Plain(p.v.Dates.Of(a.From)))
}

// mark says what a change is for the person.
func (p versionsView) mark(v law.Verdict) string {
	switch v {
	case law.InFavour:
		return p.w.Versions.InFavour.String()
	case law.NoEffect:
		return p.w.Versions.NoEffect.String()
	}
	return p.w.Versions.Against.String()
}

func markClass(v law.Verdict) string {
	if v == law.Waits {
		return "tag clock"
	}
	return "tag"
}

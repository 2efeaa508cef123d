package wall_test

import (
	"slices"
	"strings"
	"testing"

	"recourse/internal/kit/pgkit"
	"recourse/internal/test/housetest"
)

// hashes run with the owner's rights too and give no content, but its hash: the log
// takes it up. Whom they are for.
var hashes = map[string][]string{"inquiry.digest": {pgkit.App, pgkit.Keeper}, "inquiry.since": {pgkit.Keeper}}

// What gives a hash gives nothing else, to whom it is for and to nobody else.
func TestFunctions_hashes(t *testing.T) {
	t.Parallel()
	p := plant(t)
	super := connect(t, p.Fixture, "")
	hash := housetest.Ask[string](t, p.Fixture, "select sha256(a.box)::text from inquiry.access a where a.person = $1", p.person)
	args := whole(p, "clock_timestamp()")
	args["p_access"], args["p_low"] = "'"+housetest.Ask[string](t, p.Fixture, "select access::text from inquiry.access where person = $1", p.person)+"'", "'0'"
	args["p_after"], args["p_seen"] = "'00000000-0000-0000-0000-000000000000'", "'1:1:'"
	met := 0
	for _, g := range privileged(t, super) {
		roles := hashes[g.Name]
		if roles == nil {
			continue
		}
		met++
		if !slices.Equal(g.Callers, roles) {
			t.Errorf("%s is open to %q", g.Name, g.Callers)
		}
		for _, role := range running() {
			conn := open(t, urlOf(p.Fixture, role))
			a := attempt{name: "whole", sql: g.call(args)}
			if !slices.Contains(roles, role) {
				if wrong := p.tried(t.Context(), conn, a); wrong != "" {
					t.Errorf("%s calls %s: %s", role, g.Name, wrong)
				}
				continue
			}
			h := say(t.Context(), conn, a)
			if seen := p.shows(h.heard); h.err != nil || seen != "" || !strings.Contains(string(h.heard), hash) {
				t.Errorf("%s calls %s: %v, content of %q, the hash %v", role, g.Name, h.err, seen, strings.Contains(string(h.heard), hash))
			}
		}
	}
	if met != len(hashes) {
		t.Errorf("%d functions that give a hash", met)
	}
}

// counts run with the owner's rights too and give no content, but a day: what they count
// is written into tables that everybody may read. Whom they are for.
var counts = map[string][]string{"oversight.close_quarter": {pgkit.Keeper}}

// What counts gives nothing of what it counts, to whom it is for and to nobody else.
func TestFunctions_counts(t *testing.T) {
	t.Parallel()
	p := plant(t)
	met := 0
	for _, g := range privileged(t, connect(t, p.Fixture, "")) {
		roles := counts[g.Name]
		if roles == nil {
			continue
		}
		met++
		if !slices.Equal(g.Callers, roles) {
			t.Errorf("%s is open to %q", g.Name, g.Callers)
		}
		for _, role := range running() {
			h := say(t.Context(), open(t, urlOf(p.Fixture, role)), attempt{sql: g.call(whole(p, "clock_timestamp()"))})
			if may := slices.Contains(roles, role); (h.err == nil) != may || p.shows(h.heard) != "" {
				t.Errorf("%s calls %s: %v, hears %q", role, g.Name, h.err, p.shows(h.heard))
			}
		}
	}
	if met != len(counts) {
		t.Errorf("%d of %d are there", met, len(counts))
	}
}

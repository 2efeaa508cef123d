package party_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"recourse/internal/party"
	"recourse/internal/ref"
)

func seat(d party.Desk, clerk, body byte) party.Seat {
	return party.Seat{Desk: d, Clerk: ref.Clerk{clerk}, Body: ref.Body{body}}
}

// Rules D4, D5: which desks cannot be filled, and for whose records.
func TestUnfilled(t *testing.T) {
	t.Parallel()
	all := []party.Desk{party.Decides, party.Reviews, party.Repairs, party.Posts}
	sources := []ref.Body{{1}, {2}}
	decide := []party.Seat{seat(party.Decides, 11, 9), seat(party.Decides, 12, 9)}
	review := []party.Seat{seat(party.Reviews, 21, 8), seat(party.Reviews, 22, 8)}
	rest := []party.Seat{seat(party.Repairs, 11, 9), seat(party.Repairs, 12, 9), seat(party.Posts, 11, 9)}
	join := slices.Concat[[]party.Seat]
	for name, c := range map[string]struct {
		seats []party.Seat
		want  string
	}{
		"nobody":                     {nil, "decide 2 all, review 2 all, repair 2 all, post 1 all"},
		"all are there":              {join(decide, review, rest), ""},
		"one alone decides":          {join(decide[:1], review, rest), "decide 1 all"},
		"the same person twice":      {join(decide[:1], decide[:1], review, rest), "decide 1 all"},
		"reviewers of who decides":   {join(decide, []party.Seat{seat(party.Reviews, 21, 9), seat(party.Reviews, 22, 9)}, rest), "review 2 all"},
		"a reviewer is lacking":      {join(decide, review[:1], rest), "review 1 all"},
		"who decides is of a source": {join([]party.Seat{seat(party.Decides, 11, 1), seat(party.Decides, 12, 1)}, review, rest), "decide 2 1"},
		"who reviews is of a source": {join(decide, []party.Seat{seat(party.Reviews, 21, 2), seat(party.Reviews, 22, 8)}, rest), "review 1 1"},
		"two of two bodies decide":   {join([]party.Seat{seat(party.Decides, 11, 9), seat(party.Decides, 12, 8)}, review, rest), "review 2 all"},
		"others can decide instead":  {join(decide, []party.Seat{seat(party.Decides, 13, 8), seat(party.Decides, 14, 8)}, review, rest), ""},
	} {
		got := ""
		for i, g := range party.Unfilled(c.seats, all, sources) {
			whose := fmt.Sprint(len(g.Sources))
			if len(g.Sources) == 0 {
				whose = "all"
			}
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s %d %s", g.Desk, g.Lacks, whose)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What it says can be filled, can: two who decide and two who review are found by
// trying everybody, and only then.
func TestUnfilled_model(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := ref.Body{1}
		seats := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) party.Seat {
			clerk := rapid.Byte().Draw(t, "clerk") % 6
			return seat(rapid.SampledFrom([]party.Desk{party.Decides, party.Reviews}).Draw(t, "desk"), clerk, 1+clerk%4)
		}), 0, 8).Draw(t, "seats")
		filled := func(desks ...party.Desk) bool { return len(party.Unfilled(seats, desks, []ref.Body{source})) == 0 }
		first, both := false, false
		pairs(seats, party.Decides, source, nil, func(a, b party.Seat) {
			first = true
			pairs(seats, party.Reviews, source, []ref.Body{a.Body, b.Body}, func(party.Seat, party.Seat) { both = true })
		})
		if filled(party.Decides) != first || filled(party.Decides, party.Reviews) != both {
			t.Fatalf("decided %v, reviewed %v: %v", first, both, seats)
		}
	})
}

func pairs(seats []party.Seat, desk party.Desk, source ref.Body, without []ref.Body, do func(a, b party.Seat)) {
	for _, a := range seats {
		for _, b := range seats {
			if a.Desk == desk && b.Desk == desk && a.Clerk != b.Clerk && a.Body != source && b.Body != source && !slices.Contains(without, a.Body) && !slices.Contains(without, b.Body) {
				do(a, b)
			}
		}
	}
}

package law_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/law"
)

// Letters are part of the pack: whoever changes a word of one makes another version,
// which two officers sign anew and which waits; a letter that was written keeps the
// words of the version that it was written with.
func TestLetters_areApprovedByTwo(t *testing.T) {
	t.Parallel()
	whole := files(t)
	before := sample(t)
	line, err := law.NewTimeline([]law.Activated{{Number: 1, Pack: before, From: instant(0)}})
	if err != nil {
		t.Fatal(err)
	}
	a, keyA := officer(t, "legal office", 1)
	b, keyB := officer(t, "registrar", 2)
	signed := []law.Signature{law.Sign(before, keyA), law.Sign(before, keyB)}
	letters := 0
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		kind, lang, is := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "notices/"), ".md"), ".")
		if !strings.HasPrefix(name, "notices/") || !is {
			continue
		}
		letters++
		f := maps.Clone(whole)
		f[name] += "\nSAMPLE-WORDS\n"
		after, err := load(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := law.Countersigned(after, signed, []law.Officer{a, b}, instant(1)); fault.Of(err).Code != "E-SIGNED-OTHER" || after.Version == before.Version {
			t.Errorf("%s is changed under the signatures of before: %v", name, err)
		}
		if _, err := law.Countersigned(after, []law.Signature{law.Sign(after, keyA)}, []law.Officer{a, b}, instant(1)); fault.Of(err).Code != "E-SIGNED-ONCE" {
			t.Errorf("%s is changed by one: %v", name, err)
		}
		next, err := law.Next(line, after, nil, true, instant(1))
		if err != nil || next.Favourable || !next.From.Equal(instant(1).Add(law.Waiting+law.Showing)) {
			t.Errorf("%s: changed words wait until %s, %v", name, next.From, err)
		}
		both, err := law.NewTimeline(append(line.All(), next.Activated))
		if err != nil {
			t.Fatal(err)
		}
		later := next.From.AddDate(0, 0, 1)
		for version, want := range map[string]bool{before.Version: false, after.Version: true} {
			if w, ok := law.Under(both, version, later).Wording(kind, lang); !ok || strings.Contains(w.Body, "SAMPLE-WORDS") != want {
				t.Errorf("%s of version %s: %q", name, version, w.Body)
			}
		}
	}
	if letters < 10 {
		t.Errorf("%d letters were tried", letters)
	}
}

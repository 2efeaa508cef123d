package law_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/fault"
	"recourse/internal/law"
)

func instant(days int) time.Time {
	return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).AddDate(0, 0, days)
}

func TestTimeline_lastWhoseInstantHasCome(t *testing.T) {
	t.Parallel()
	one, two, three := sampleWith(t), sampleWith(t, edit{"pack.yaml", "ext. 6", "ext. 7"}), sampleWith(t, edit{"pack.yaml", "ext. 6", "ext. 8"})
	line, err := law.NewTimeline([]law.Activated{{3, three, instant(10)}, {1, one, instant(0)}, {2, two, instant(30)}})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[int]*law.Pack{-5: one, 0: one, 9: one, 10: three, 29: three, 30: three, 400: three} {
		if got := line.At(instant(day)); got != want {
			t.Errorf("on day %d %s, want %s", day, got.Version, want.Version)
		}
	}
	if got, known := line.Version(two.Version); !known || got != two {
		t.Error("a version that never came into force is still known by its name")
	}
	if _, known := line.Version("sample@0"); known {
		t.Error("a version that was never activated is known")
	}
	if _, err := law.NewTimeline(nil); fault.Of(err).Code != "E-PACK-NONE" {
		t.Errorf("an empty shelf: %v", err)
	}
}

func TestNext_waits(t *testing.T) {
	t.Parallel()
	before := sampleWith(t)
	line, err := law.NewTimeline([]law.Activated{{1, before, instant(0)}})
	if err != nil {
		t.Fatal(err)
	}
	now := instant(3)
	better, worse := edit{"deadlines.yaml", "value: 15", "value: 20"}, edit{"deadlines.yaml", "value: 90", "value: 91"}
	for name, c := range map[string]struct {
		edits []edit
		waits bool
		want  time.Time
	}{
		"in the person's favour":   {[]edit{better}, true, now.Add(law.Lead)},
		"not in it":                {[]edit{worse}, true, now.Add(law.Waiting + law.Showing)},
		"both":                     {[]edit{better, worse}, true, now.Add(law.Waiting + law.Showing)},
		"where nobody is real":     {[]edit{worse}, false, now.Add(law.Lead)},
		"nothing but how it looks": {[]edit{{"pack.yaml", "# A pack", "# The pack"}}, true, now.Add(law.Lead)},
	} {
		a, err := law.Next(line, sampleWith(t, c.edits...), nil, c.waits, now)
		if err != nil || !a.From.Equal(c.want) || a.Number != 2 || a.Origin != law.Signed {
			t.Errorf("%s: %+v %v, want from %s", name, a, err, c.want)
		}
	}
	if _, err := law.Next(line, before, nil, true, now); fault.Of(err).Code != "E-PACK-SAME" {
		t.Errorf("the same again: %v", err)
	}
	other := edit{"pack.yaml", "pack: sample", "pack: another"}
	if _, err := law.Next(line, sampleWith(t, other), nil, true, now); fault.Of(err).Code != "E-PACK-OTHER" {
		t.Errorf("of another jurisdiction: %v", err)
	}
	if _, err := law.NewTimeline([]law.Activated{{1, before, instant(0)}, {2, sampleWith(t, other), instant(1)}}); fault.Of(err).Code != "E-PACK-OTHER" {
		t.Errorf("another jurisdiction on the shelf: %v", err)
	}
}

// TestNext_takesThePlaceOfWhatWaits activates the version in force again: what
// waited never comes.
func TestNext_takesThePlaceOfWhatWaits(t *testing.T) {
	t.Parallel()
	before, worse := sampleWith(t), sampleWith(t, edit{"deadlines.yaml", "value: 90", "value: 91"})
	line, err := law.NewTimeline([]law.Activated{{1, before, instant(0)}, {2, worse, instant(30)}})
	if err != nil {
		t.Fatal(err)
	}
	again, err := law.Next(line, before, nil, true, instant(5))
	if err != nil || len(again.Changes) != 0 {
		t.Fatalf("%+v %v", again, err)
	}
	line, err = law.NewTimeline(append(line.All(), again.Activated))
	if err != nil {
		t.Fatal(err)
	}
	if got := line.At(instant(31)); got != before {
		t.Errorf("%s came into force", got.Version)
	}
}

// officer is somebody with a key for tests.
func officer(t testing.TB, name string, seed byte) (law.Officer, ed25519.PrivateKey) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return law.Officer{Name: name, Key: key.Public().(ed25519.PublicKey), MadeAt: instant(0)}, key
}

func TestCountersigned_refusals(t *testing.T) {
	t.Parallel()
	p, another := sampleWith(t), sampleWith(t, edit{"pack.yaml", "ext. 6", "ext. 7"})
	a, keyA := officer(t, "legal office", 1)
	b, keyB := officer(t, "registrar", 2)
	c, keyC := officer(t, "retired", 3)
	c.EndedAt = instant(1)
	_, stranger := officer(t, "", 4)
	officers := []law.Officer{a, b, c}
	forged := law.Sign(p, keyB)
	forged.Sig = law.Sign(another, keyB).Sig
	for name, s := range map[string]struct {
		signed []law.Signature
		code   string
	}{
		"two officers":            {[]law.Signature{law.Sign(p, keyA), law.Sign(p, keyB)}, ""},
		"nobody":                  {nil, "E-SIGNED-ONCE"},
		"one":                     {[]law.Signature{law.Sign(p, keyA)}, "E-SIGNED-ONCE"},
		"the same person twice":   {[]law.Signature{law.Sign(p, keyA), law.Sign(p, keyA)}, "E-SIGNED-TWICE"},
		"a stranger":              {[]law.Signature{law.Sign(p, keyA), law.Sign(p, stranger)}, "E-SIGNED-STRANGER"},
		"over another pack":       {[]law.Signature{law.Sign(p, keyA), law.Sign(another, keyB)}, "E-SIGNED-OTHER"},
		"a revoked officer":       {[]law.Signature{law.Sign(p, keyA), law.Sign(p, keyC)}, "E-SIGNED-REVOKED"},
		"taken from another pack": {[]law.Signature{law.Sign(p, keyA), forged}, "E-SIGNED-BADLY"},
	} {
		who, err := law.Countersigned(p, s.signed, officers, instant(2))
		if got := fault.Of(err).Code; err != nil && got != s.code || err == nil && (s.code != "" || len(who) != 2) {
			t.Errorf("%s: %v, want %q", name, err, s.code)
		}
	}
	// What was signed before an officer was revoked stays valid.
	if _, err := law.Countersigned(p, []law.Signature{law.Sign(p, keyA), law.Sign(p, keyC)}, officers, instant(0)); err != nil {
		t.Errorf("signed while they might: %v", err)
	}
}

func TestSignature_readsWhatItWrites(t *testing.T) {
	t.Parallel()
	p := sampleWith(t)
	_, key := officer(t, "", 1)
	s := law.Sign(p, key)
	got, err := law.ParseSignature("  " + s.String() + "\n")
	if err != nil || got.String() != s.String() {
		t.Fatalf("%v %v", got, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(s.String())
		line[rapid.IntRange(0, len(line)-1).Draw(t, "at")] = byte(rapid.IntRange(32, 126).Draw(t, "to"))
		got, err := law.ParseSignature(string(line))
		if err == nil && got.String() != s.String() {
			if _, err := law.Countersigned(p, []law.Signature{got}, []law.Officer{{Name: "x", Key: s.Key}}, instant(0)); err == nil || fault.Of(err).Code == "E-SIGNED-ONCE" {
				t.Fatalf("%q counts: %v", line, err)
			}
		}
	})
}

func TestNewOfficer_refusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"", "x"}, {"registrar", "x"}, {"a\nb", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, {" ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}} {
		if o, err := law.NewOfficer(c[0], c[1], instant(0)); fault.Of(err).Kind != fault.Invalid || err == nil {
			t.Errorf("%q: %+v", c, o)
		}
	}
}

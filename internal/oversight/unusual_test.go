package oversight

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/internal/ref"
	"recourse/internal/test/tables"
	"recourse/internal/when"
)

// TestRules holds every rule to the published page: each has a look that it picks and
// one that it does not, and the page has no rule that does not exist.
func TestRules(t *testing.T) {
	t.Parallel()
	picked, spared := map[string]bool{}, map[string]bool{}
	for _, row := range tables.Read(t, "../../docs/reference/unusual.md", "Examples") {
		number := func(column string) int {
			n, err := strconv.Atoi(row[column])
			if err != nil {
				t.Fatalf("%s: %v", column, err)
			}
			return n
		}
		h := Habit{Hour: number("hour"), DayOff: row["day off"] == "yes", Asked: number("asked"), Nothing: number("nothing"), Refused: number("refused"), NewPurpose: row["new purpose"] == "yes"}
		h.Told = map[string]Told{"records": Something, "nothing": Nothing, "refused": Refused}[row["told"]]
		got := strings.Join(h.Unusual(), " ")
		if want := strings.TrimSpace(row["picked by"]); got != strings.TrimPrefix(want, "–") {
			t.Errorf("%+v is picked by %q, the page says %q", h, got, want)
		}
		for _, r := range Rules() {
			if slices.Contains(h.Unusual(), r.Code) {
				picked[r.Code] = true
			} else {
				spared[r.Code] = true
			}
		}
	}
	published := tables.Read(t, "../../docs/reference/unusual.md", "Rules")
	if len(published) != len(Rules())+1 || published[0]["code"] != Random {
		t.Fatalf("%d rules are published", len(published))
	}
	for i, r := range Rules() {
		if published[i+1]["code"] != r.Code || !picked[r.Code] || !spared[r.Code] {
			t.Errorf("%s: published as %s, an example picks one: %v, spares one: %v", r.Code, published[i+1]["code"], picked[r.Code], spared[r.Code])
		}
	}
}

// TestDrawn: one in a hundred is drawn, the same ones always; with another key, others.
func TestDrawn(t *testing.T) {
	t.Parallel()
	const looks = 100_000
	one, other := [16]byte{1}, [16]byte{2}
	var drawn, both int
	for i := range looks {
		var seed [8]byte
		binary.BigEndian.PutUint64(seed[:], uint64(i))
		sum := sha256.Sum256(seed[:])
		access := ref.Inquiry(sum[:16])
		is := Drawn(one, access)
		if is != Drawn(one, access) {
			t.Fatal("drawn and not drawn")
		}
		if is {
			drawn++
			if Drawn(other, access) {
				both++
			}
		}
	}
	// Binomial with p = 1/100: six deviations to either side.
	if drawn < 811 || drawn > 1189 || both > 40 {
		t.Errorf("%d of %d are drawn, %d of them with another key too", drawn, looks, both)
	}
}

// TestCounts: what is counted is each clerk's own, of one hour.
func TestCounts(t *testing.T) {
	t.Parallel()
	var c counts
	at := time.Date(2026, 3, 2, 9, 59, 0, 0, time.UTC)
	a, b := ref.Clerk{1}, ref.Clerk{2}
	c.add(a, Nothing, at)
	c.add(b, Refused, at)
	if h := c.add(a, Refused, at); h.Asked != 2 || h.Nothing != 1 || h.Refused != 1 || h.Told != Refused {
		t.Errorf("%+v", h)
	}
	if h := c.add(a, Something, at.Add(time.Minute)); h.Asked != 1 || h.Nothing != 0 {
		t.Errorf("in the next hour: %+v", h)
	}
	var s seen
	day := when.In(at, time.UTC)
	for i, want := range []bool{true, false} {
		if s.first(a, "loan", day) != want {
			t.Errorf("%d: asked first: %v", i, !want)
		}
	}
	s.forget(a, "loan")
	if !s.first(a, "loan", day) || !s.first(a, "licence", day) || !s.first(b, "loan", day) || !s.first(a, "loan", day+1) {
		t.Error("what is first of a clerk, a purpose or a day is not")
	}
}

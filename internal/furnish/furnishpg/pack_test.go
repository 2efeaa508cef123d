package furnishpg_test

import (
	"regexp"
	"strconv"
	"testing"

	"recourse/internal/law"
	"recourse/internal/test/housetest"
)

var inYears = regexp.MustCompile(`value: ([0-9]+)(\n\s+unit: years)`)

// longer and shorter are edits of a pack after which records end later or earlier.
func longer(file, text string) string  { return years(file, text, func(n int) int { return 2 * n }) }
func shorter(file, text string) string { return years(file, text, func(int) int { return 4 }) }

func years(file, text string, change func(int) int) string {
	if file != law.RetentionFile {
		return text
	}
	return inYears.ReplaceAllStringFunc(text, func(s string) string {
		m := inYears.FindStringSubmatch(s)
		n, _ := strconv.Atoi(m[1])
		return "value: " + strconv.Itoa(change(n)) + m[2]
	})
}

// TestDeliver_packChangeNeverLengthens activates packs under which records end
// later and earlier: the ends of a record are those of its first entry, whatever
// comes after, and a record that comes anew has those of the pack in force.
func TestDeliver_packChangeNeverLengthens(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(file, text string) string{"longer": longer, "shorter": shorter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			first := d.Shelf.At(d.Now())
			d.deliver(t, "first", row(one, "示例甲", 1, "209942000001", "示例1号"))
			before := d.ends(t, "")
			later := housetest.Pack(t, change)
			line, err := law.NewTimeline([]law.Activated{{Number: 1, Pack: first, From: d.Now()}, {Number: 2, Pack: later, From: d.Now()}})
			if err != nil {
				t.Fatal(err)
			}
			d.Shelf = line

			r := d.deliver(t, "second", row(one, "示例甲", 2, "209942000009", "示例1号")+row(two, "示例乙", 1, "209942000002", "示例2号"))
			if r.Delivery.Counts.Changed != 1 || r.Delivery.Counts.New != 1 || r.Delivery.Pack != later.Version {
				t.Fatalf("%+v under %s: %v", r.Delivery.Counts, r.Delivery.Pack, codes(r))
			}
			if got := d.ends(t, "version = 2"); got != before {
				t.Errorf("the record ended on %s, and now on %s", before, got)
			}
			if !housetest.Ask[bool](t, d.Fixture, "select bool_and((epoch & 4294967295) = retain_end - date '1970-01-01') from dossier.record") {
				t.Error("a content is sealed under another day than its record's end")
			}
			fresh := d.ends(t, "version = 1")
			if (fresh > before) != (name == "longer") || fresh == before {
				t.Errorf("control: a new record ends on %s, the old one on %s", fresh, before)
			}
			if got := housetest.Ask[string](t, d.Fixture, "select pack from dossier.record where version = 2"); got != later.Version {
				t.Errorf("the changed version came in under %s", got)
			}
		})
	}
}

// ends are both ends of the one record of which a condition is true.
func (d *desk) ends(t *testing.T, where string) string {
	t.Helper()
	if where == "" {
		where = "true"
	}
	return housetest.Ask[string](t, d.Fixture, "select display_end || ' ' || retain_end from dossier.record where "+where)
}

package furnishpg_test

import (
	"fmt"
	"strings"
	"testing"

	"recourse/internal/furnish"
	"recourse/internal/test/housetest"
)

// Of the later versions of a penalty only those that are worse for the person
// begin a notice anew; the others stand where the one before them stood (rules C2).
func TestDeliver_tellsOfWhatIsWorse(t *testing.T) {
	t.Parallel()
	d := open(t)
	const header = "id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n"
	decided := d.Today().AddDays(-20).String()
	version := 0
	for _, c := range []struct {
		name, fine, place, number string
		want                      string // state, version, version of the letter
		owed                      int    // tasks in all
	}{
		{"first", "500.00 CNY", "武汉市", "1", "noticed 1 1", 1},
		{"another place", "500.00 CNY", "黄冈市", "1", "noticed 2 1", 1},
		{"less", "400.00 CNY", "黄冈市", "1", "noticed 3 1", 1},
		{"in effect, less", "300.00 CNY", "黄冈市", "1", "in force 4 1", 1},
		{"in effect, more", "300.01 CNY", "黄冈市", "1", "noticed 5 5", 2},
		{"another decision", "300.01 CNY", "黄冈市", "2", "noticed 6 6", 3},
	} {
		if c.name == "in effect, less" {
			d.Exec(t, "update dossier.record set state = 'in force', effect_at = now()")
		}
		version++
		row := fmt.Sprintf("cn-id,%s,示例甲,示例-1,%d,hubei-market,鄂市监示例罚〔2026〕%s号,%s,罚款,%s,%s,示例。\n", one, version, c.number, decided, c.fine, c.place)
		r, err := d.Deliver(t.Context(), d.market, furnish.Request{Key: c.name, Type: "market-penalty"}, strings.NewReader(header+row), d.Now())
		if err != nil || r.Delivery.Counts.New+r.Delivery.Counts.Changed != 1 {
			t.Fatalf("%s: %v %+v %v", c.name, err, r.Delivery.Counts, codes(r))
		}
		if got := housetest.Ask[string](t, d.Fixture, "select concat_ws(' ', state, version, told) from dossier.record"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := housetest.Ask[int](t, d.Fixture, "select count(*) from ledger.outbox where kind = 'dossier.noticed'"); got != c.owed {
			t.Errorf("%s: %d letters owed in all, want %d", c.name, got, c.owed)
		}
	}
}

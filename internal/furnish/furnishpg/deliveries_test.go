package furnishpg_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/merkle"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

const withAction = "action," + header

// send delivers rows under a header.
func (d *desk) send(t *testing.T, r furnish.Request, head, rows string) furnish.Report {
	t.Helper()
	got, err := d.Deliver(t.Context(), d.clerk, r, strings.NewReader(head+rows), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// kept counts rows that any delivery would leave.
func (d *desk) kept(t *testing.T) int {
	t.Helper()
	return housetest.Ask[int](t, d.Fixture, `select (select count(*) from furnish.delivery) + (select count(*) from furnish.finding) + (select count(*) from furnish.batch)
		+ (select count(*) from dossier.record) + (select count(*) from dossier.source_ref) + (select count(*) from party.person) + (select count(*) from party.token)
		+ (select count(*) from ledger.journal where kind like 'furnish%') + (select count(*) from ledger.outbox) + (select count(*) from vault.intent)`)
}

func TestWithdraw_takesBackAndBlocks(t *testing.T) {
	t.Parallel()
	d := open(t)
	a := row(one, "示例甲", 1, "209942000001", "示例1号")
	d.deliver(t, "first", a+row(one, "示例甲", 1, "209942000002", "示例2号"))
	back := "withdraw,cn-id," + one + ",示例甲,2,,,示例1号,,,\n"
	for i, step := range []struct {
		rows string
		want furnish.Counts
		code string
	}{
		{"withdraw,cn-id," + two + ",示例乙,2,,,示例1号,,,\n", furnish.Counts{Done: 1, Quarantined: 1}, "1 quarantined E-WRONG-PERSON"},
		{"withdraw,cn-id," + one + ",示例甲,0,,,示例1号,,,\n", furnish.Counts{Done: 1, Stale: 1}, "1 stale E-STALE"},
		{back, furnish.Counts{Done: 1, Withdrawn: 1}, ""},
		{back, furnish.Counts{Done: 1, Unchanged: 1}, ""},
		{"," + row(one, "示例甲", 3, "209942000001", "示例1号"), furnish.Counts{Done: 1, Refused: 1}, "1 refused E-ENDED"},
		{"withdraw,cn-id," + one + ",示例甲,2,,,示例9号,,,\n", furnish.Counts{Done: 1, Refused: 1}, "1 refused E-NOT-THERE"},
		{"withdraw,cn-id," + one + ",示例甲,,,,示例2号,,,\n", furnish.Counts{Done: 1, Refused: 1}, "1 refused E-FIELD-MISSING"},
		{"burn," + a, furnish.Counts{Done: 1, Refused: 1}, "1 refused E-ACTION"},
		{"correct," + row(one, "示例甲", 2, "209942000003", "示例2号"), furnish.Counts{Done: 1, Changed: 1}, ""},
		{"correct," + row(one, "示例甲", 2, "209942000003", "示例8号"), furnish.Counts{Done: 1, Refused: 1}, "1 refused E-NOT-THERE"},
	} {
		got := d.send(t, furnish.Request{Key: fmt.Sprint(i), Type: "nurse-licence"}, withAction, step.rows)
		if got.Delivery.Counts != step.want || strings.Join(codes(got), " ") != step.code {
			t.Errorf("step %d: %+v %v, want %+v %s", i, got.Delivery.Counts, codes(got), step.want, step.code)
		}
	}
	if n := housetest.Ask[int](t, d.Fixture, "select count(*) from dossier.record where state = 'withdrawn' and box is null and mark is null"); n != 1 {
		t.Errorf("%d records withdrawn without content", n)
	}
	reasons := housetest.Ask[string](t, d.Fixture, "select string_agg(reason, ' ' order by reason) from vault.intent")
	if reasons != "superseded withdrawn" {
		t.Errorf("what is to be forgotten: %s", reasons)
	}
}

// TestDryRun_keepsNothing: a dry run says what would become of the rows and leaves
// nothing; and it does not tell whether somebody has a file.
func TestDryRun_keepsNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	rows := row(one, "示例甲", 1, "209942000001", "示例1号") + row(one[:17]+"9", "示例甲", 1, "209942000004", "示例4号") + row(two, "示例乙", 1, "209942000002", "示例2号")
	dry := furnish.Request{Type: "nurse-licence", DryRun: true}
	want := furnish.Counts{Done: 3, New: 2, Quarantined: 1}
	for range 2 {
		if got := d.send(t, dry, header, rows); got.Delivery.Counts != want || !got.Delivery.ID.IsZero() || len(got.Findings) != 1 || got.Form.Format != furnish.CSV {
			t.Fatalf("%+v", got)
		}
	}
	if n := d.kept(t); n != 0 {
		t.Fatalf("%d rows are left of a dry run", n)
	}
	if got := d.deliver(t, "real", rows); got.Delivery.Counts != want {
		t.Errorf("the delivery itself: %+v", got.Delivery.Counts)
	}
	before := d.kept(t)
	if got := d.send(t, dry, header, rows); got.Delivery.Counts != (furnish.Counts{Done: 3, Unchanged: 2, Quarantined: 1}) {
		t.Errorf("after it: %+v", got.Delivery.Counts)
	}
	// Somebody who has a file, under another name and a ref that is new, and
	// somebody who has none are told apart by nothing.
	for _, who := range []string{one, housetest.Sample(t, 9).Number} {
		if got := d.send(t, dry, header, row(who, "示例丙", 1, "209942000009", "示例9号")); got.Delivery.Counts != (furnish.Counts{Done: 1, New: 1}) {
			t.Errorf("%s: %+v %v", who, got.Delivery.Counts, codes(got))
		}
	}
	// The body's own record is compared whole.
	if got := d.send(t, dry, header, row(one, "示例丙", 2, "209942000001", "示例1号")); strings.Join(codes(got), " ") != "1 quarantined E-NAME" {
		t.Errorf("own record, another name: %v", codes(got))
	}
	if after := d.kept(t); after != before {
		t.Errorf("dry runs left %d rows", after-before)
	}
	if got := d.deliver(t, "control", row(one, "示例丙", 1, "209942000009", "示例9号")); strings.Join(codes(got), " ") != "1 quarantined E-NAME" {
		t.Errorf("control: %v", codes(got))
	}
}

// TestRejects_inOrder: every row that is not taken is handed out once and in
// order, with its cells, also those of an earlier try and of a repeat.
func TestRejects_inOrder(t *testing.T) {
	t.Parallel()
	d := open(t)
	var all strings.Builder
	all.WriteString(header)
	var want []string
	for i := range 12000 {
		who := one
		if i%7 == 3 {
			who = one[:17] + "9"
			want = append(want, fmt.Sprintf("%d 示例%d号 E-ID-CHECK", i+1, i))
		}
		all.WriteString(row(who, "示例甲", 1, fmt.Sprintf("2099%08d", i), fmt.Sprintf("示例%d号", i)))
	}
	var got []string
	var counts []furnish.Counts
	r := furnish.Request{Key: "k", Type: "nurse-licence", Progress: func(c furnish.Counts) { counts = append(counts, c) },
		Rejects: func(l furnish.Line, fs []furnish.Finding) error {
			got = append(got, fmt.Sprintf("%d %s %s", l.Number, l.Cells[6], fs[0].Code))
			return nil
		}}
	cut := all.Len() * 3 / 4
	if _, err := d.Deliver(t.Context(), d.clerk, r, io.MultiReader(strings.NewReader(all.String()[:cut]), iotest.ErrReader(errors.New("the line went dead"))), d.Now()); err == nil {
		t.Fatal("a file that was cut short was taken for whole")
	}
	if len(got) == 0 || len(got) >= len(want) || !slices.Equal(got, want[:len(got)]) {
		t.Errorf("%d rows handed out before the cut", len(got))
	}
	for i, name := range []string{"resumed", "replayed"} {
		got = nil
		report := d.send(t, r, "", all.String())
		if diff := cmp.Diff(want, got); diff != "" || report.Replayed != (i == 1) {
			t.Errorf("%s: replayed %v, %s", name, report.Replayed, diff)
		}
	}
	last := counts[len(counts)-1]
	if last.Done != 12000 || last.Quarantined != int64(len(want)) || !slices.IsSortedFunc(counts, func(a, b furnish.Counts) int { return int(a.Done - b.Done) }) {
		t.Errorf("progress ends at %+v", last)
	}
	stop := errors.New("the disk is full")
	r.Key, r.Rejects = "k2", func(furnish.Line, []furnish.Finding) error { return stop }
	if _, err := d.Deliver(t.Context(), d.clerk, r, strings.NewReader(all.String()), d.Now()); !errors.Is(err, stop) {
		t.Errorf("a fault of who takes the rows: %v", err)
	}
}

// filing is a row of a type of the market authority, by its example, about a
// decision.
func filing(t *testing.T, d *desk, typ, document string) (head, line string) {
	t.Helper()
	pack := d.Shelf.At(d.Now())
	typed, ok := pack.Type(typ)
	if !ok {
		t.Fatalf("no type %s", typ)
	}
	cells := maps.Clone(typed.Example)
	cells["id_type"], cells["id_number"], cells["name"] = "cn-id", one, "示例甲"
	cells[typed.Decision.Document], cells[typed.Decision.Date], cells[typed.Decision.Authority] = document, "2026-06-01", "hubei-market"
	var values []string
	for _, c := range typed.Columns() {
		values = append(values, `"`+cells[c]+`"`)
	}
	return strings.Join(typed.Columns(), ",") + "\n", strings.Join(values, ",") + "\n"
}

// TestSameDecision_isQuarantined holds rules A3.
func TestSameDecision_isQuarantined(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.clerk = d.market
	for i, step := range []struct{ typ, document, want string }{
		{"market-penalty", "示例罚〔2026〕1号", ""},
		{"e-commerce-penalty", "示例罚[2026]1号", "1 quarantined E-SAME-DECISION"}, // other brackets, one decision
		{"e-commerce-penalty", "示例罚〔2026〕2号", ""},
		{"food-penalty", "示例罚〔2026〕3号", ""},
		{"food-management-bar", "示例罚〔2026〕3号", ""}, // one article names both
	} {
		head, line := filing(t, d, step.typ, step.document)
		got := d.send(t, furnish.Request{Key: fmt.Sprint(i), Type: step.typ}, head, line)
		if strings.Join(codes(got), " ") != step.want {
			t.Errorf("%s %s: %v, want %q", step.typ, step.document, codes(got), step.want)
		}
		if dry := d.send(t, furnish.Request{Type: step.typ, DryRun: true}, head, line); len(dry.Findings) != 0 {
			t.Errorf("a dry run tells of another record: %v", codes(dry))
		}
	}
}

// TestProof_ofEachRow: the receipt stands for each row, a proof opens to who has
// the content, and nothing opens for others or after a withdrawal.
func TestProof_ofEachRow(t *testing.T) {
	t.Parallel()
	d := open(t)
	rows := row(one, "示例甲", 1, "209942000001", "示例1号") + row(one[:17]+"9", "示例甲", 1, "209942000004", "示例4号") + row(two, "示例乙", 1, "209942000002", "示例2号") +
		row(one, "示例甲", 1, "209942000001", "示例1号")
	id := d.deliver(t, "k", rows).Delivery.ID
	want := map[int64]furnish.Outcome{1: furnish.New, 2: furnish.Quarantined, 3: furnish.New, 4: furnish.Unchanged}
	for n, outcome := range want {
		p, err := d.Proof(t.Context(), d.clerk, id, n, "示例1号")
		if err != nil {
			t.Fatal(err)
		}
		if p.Outcome != outcome || !merkle.Verify(p.Leaf, uint64(n-1), 4, p.Path, p.Receipt.Root) || merkle.Verify(p.Leaf, uint64(n%4), 4, p.Path, p.Receipt.Root) {
			t.Errorf("row %d: %+v", n, p)
		}
		if opened := p.Opening != nil; opened != (n == 1 || n == 4) {
			t.Errorf("row %d opens by the ref of row 1: %v", n, opened)
			continue
		} else if !opened {
			continue
		}
		typed, _ := d.Shelf.At(d.Now()).Type("nurse-licence")
		entry, found := typed.Check(map[string]string{"licence_number": "209942000001", "issued_by": "hubei-health", "decision_number": "示例1号", "registered_on": "2024-01-02",
			"valid_until": "2029-01-02", "registration": "首次注册", "version": "1"})
		content, err := json.Marshal(entry.Fields)
		if err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		whom := fmt.Sprintf(`{"id_number":%q,"id_type":"cn-id","name":"示例甲"}`+"\n", one)
		if seal.Check(p.Opening.Key, content) == p.Commitment {
			t.Errorf("row %d: the commitment is not to whom the row is about", n)
		}
		content = append([]byte(whom), content...)
		if seal.Check(p.Opening.Key, content) != p.Commitment || seal.Check(p.Opening.Key, append(content, ' ')) == p.Commitment {
			t.Errorf("row %d: the commitment is not to %s", n, content)
		}
		if !strings.HasPrefix(p.Text(), "c2sp.org/tlog-proof@v1\nextra ") || !strings.HasSuffix(p.Text(), "\n\n"+p.Receipt.Note) {
			t.Errorf("written as %s", p.Text())
		}
	}
	receipt, err := d.Receipt(t.Context(), d.clerk, id)
	lines := strings.Split(receipt.Note, "\n")
	if err != nil || lines[0] != "registry.example.org/deliveries/"+id.String() || lines[1] != "4" || lines[2] != base64.StdEncoding.EncodeToString(receipt.Root[:]) ||
		strings.Contains(receipt.Note, "示例") {
		t.Errorf("%v %s", err, receipt.Note)
	}
	if root := housetest.Ask[string](t, d.Fixture, "select refs ->> 'root' from ledger.journal where kind = 'furnish.delivered'"); root != fmt.Sprintf("%x", receipt.Root) {
		t.Errorf("the journal has root %s", root)
	}
	for n, want := range map[int64]error{0: furnish.ErrNoRow, 5: furnish.ErrNoRow} {
		if _, err := d.Proof(t.Context(), d.clerk, id, n, ""); !errors.Is(err, want) {
			t.Errorf("row %d: %v", n, err)
		}
	}
	if _, err := d.Receipt(t.Context(), d.market, id); fault.Of(err).Code != furnish.ErrNotFound.Code {
		t.Errorf("another body's receipt: %v", err)
	}
	d.send(t, furnish.Request{Key: "w", Type: "nurse-licence"}, withAction, "withdraw,cn-id,"+one+",示例甲,2,,,示例1号,,,\n")
	p, err := d.Proof(t.Context(), d.clerk, id, 1, "示例1号")
	if err != nil || p.Opening != nil || !merkle.Verify(p.Leaf, 0, 4, p.Path, p.Receipt.Root) {
		t.Errorf("after the withdrawal: opening %v, %v", p.Opening, err)
	}
}

// TestDeliver_ofNewPersonsFromSixteen sends one file of many new people from
// sixteen senders at once: one file and one record each.
func TestDeliver_ofNewPersonsFromSixteen(t *testing.T) {
	t.Parallel()
	d := open(t)
	var file strings.Builder
	file.WriteString(header)
	people, rows := housetest.Long(3000, 300_000), housetest.Long(12_000, 1_000_000)
	for i := range rows {
		who := housetest.Sample(t, i%people)
		file.WriteString(row(who.Number, who.Name, 1, fmt.Sprintf("2099%08d", i), fmt.Sprintf("示例%d号", i)))
	}
	reports := make(chan furnish.Report)
	for n := range 16 {
		go func() {
			r, err := d.Deliver(t.Context(), d.clerk, furnish.Request{Key: fmt.Sprint(n), Type: "nurse-licence"}, strings.NewReader(file.String()), d.Now())
			if err != nil {
				t.Error(err)
			}
			reports <- r
		}()
	}
	var total furnish.Counts
	for range 16 {
		c := (<-reports).Delivery.Counts
		total.Done, total.New, total.Unchanged = total.Done+c.Done, total.New+c.New, total.Unchanged+c.Unchanged
	}
	if n := int64(rows); total != (furnish.Counts{Done: 16 * n, New: n, Unchanged: 15 * n}) {
		t.Errorf("%+v", total)
	}
	for what, want := range map[string]int{"party.person": people, "party.token": people, "party.gate": people, "dossier.record": rows, "dossier.source_ref": rows} {
		if n := housetest.Ask[int](t, d.Fixture, "select count(*) from "+what); n != want {
			t.Errorf("%d rows in %s, want %d", n, what, want)
		}
	}
	if n := housetest.Ask[int](t, d.Fixture, "select count(*) from (select epoch, leaf from (select epoch, leaf from dossier.record union all select epoch, leaf from party.person) s group by epoch, leaf having count(*) > 1) d"); n > 0 {
		t.Error("a leaf was used twice")
	}
}

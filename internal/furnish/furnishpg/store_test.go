package furnishpg_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/dossier/dossierpg"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/test/housetest"
	"recourse/internal/vault"
	"recourse/packs"
)

// desk is a clerk with everything that furnishing needs.
type desk struct {
	*housetest.Fixture
	furnish.Service
	clerk, market party.Clerk
}

func open(t testing.TB) *desk {
	t.Helper()
	f := housetest.DB(t)
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := lawfile.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return openOn(t, f, pack, housetest.Keys(t, f, housetest.Vault(t, f)))
}

// openOn is a desk on a vault that is there.
func openOn(t testing.TB, f *housetest.Fixture, pack *law.Pack, keys *vault.Sealer) *desk {
	t.Helper()
	d := &desk{Fixture: f, Service: serviceOn(f.App, pack, keys)}
	service := &party.Service{Store: partypg.NewStore(f.App, housetest.Publisher(nil)), Chance: rand.Reader, Zone: pack.Zone}
	var err error
	if d.clerk, err = service.AddClerk(t.Context(), "hubei-health", "1", f.Today().AddYears(1), f.Now()); err != nil {
		t.Fatal(err)
	}
	d.market, err = service.AddClerk(t.Context(), "hubei-market", "1", f.Today().AddYears(1), f.Now())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// serviceOn is the room over a pool of the app.
func serviceOn(app *pgxpool.Pool, pack *law.Pack, keys *vault.Sealer) furnish.Service {
	publisher := housetest.Publisher(map[string][]string{"dossier.noticed": {"sample"}})
	deliveries := furnishpg.NewStore(app, publisher)
	return furnish.Service{Shelf: law.One(pack), Store: deliveries, Registrar: partypg.NewStore(app, publisher), Merger: dossierpg.NewStore(app, publisher), Keys: keys, Unit: deliveries,
		Files: &furnishfile.Opener{}, Chance: rand.Reader, Notary: notary{}}
}

// notary signs nothing: what is signed is tried with the app.
type notary struct{}

func (notary) Origin() string                   { return "registry.example.org" }
func (notary) Note(text string) (string, error) { return text + "\n— unsigned\n", nil }

const header = "id_type,id_number,name,version,licence_number,issued_by,decision_number,registered_on,valid_until,registration\n"

// Numbers of sample people; none is real.
const (
	one = "999999195802030078"
	two = "999999196111300184"
)

func row(number, name string, version int, licence, decision string) string {
	return fmt.Sprintf("cn-id,%s,%s,%d,%s,hubei-health,%s,2024-01-02,2029-01-02,首次注册\n", number, name, version, licence, decision)
}

func (d *desk) deliver(t *testing.T, key, rows string) furnish.Report {
	t.Helper()
	r, err := d.Deliver(t.Context(), d.clerk, furnish.Request{Key: key, Type: "nurse-licence"}, strings.NewReader(header+rows), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func codes(r furnish.Report) (out []string) {
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Outcome, f.Code))
	}
	return out
}

// TestDeliver_neverGuesses holds guarantee 7: what is in doubt is set aside, and
// the rest goes on.
func TestDeliver_neverGuesses(t *testing.T) {
	t.Parallel()
	d := open(t)
	r := d.deliver(t, "first", row(one, "示例甲", 1, "209942000001", "示例1号")+row(two, "示例乙", 1, "209942000002", "示例2号"))
	if r.Delivery.Counts.New != 2 {
		t.Fatalf("%+v %v", r.Delivery.Counts, codes(r))
	}
	r = d.deliver(t, "second",
		row(one, "示例乙", 2, "209942000003", "示例3号")+ // known number, another name
			row(two, "示例乙", 2, "209942000001", "示例1号")+ // known ref, another person
			row(one[:17]+"9", "示例甲", 1, "209942000004", "示例4号")+ // wrong check digit
			row(one, "示例甲", 1, "209942000099", "示例1号")+ // same version, other content
			row(one, "示 例 甲", 1, "209942000005", "示例5号")) // spaces are no other name
	want := []string{"1 quarantined E-NAME", "2 quarantined E-WRONG-PERSON", "3 quarantined E-ID-CHECK", "4 quarantined E-SAME-VERSION"}
	if got := codes(r); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if c := r.Delivery.Counts; c.Quarantined != 4 || c.New != 1 || c.Done != 5 {
		t.Errorf("%+v", c)
	}
	for _, f := range r.Findings {
		if strings.Contains(f.Text+f.Fix, "9999") || strings.Contains(f.Text+f.Fix, "示例") {
			t.Errorf("a finding repeats a value: %+v", f)
		}
	}
}

func TestDeliver_versions(t *testing.T) {
	t.Parallel()
	d := open(t)
	a := func(version int, licence string) string { return row(one, "示例甲", version, licence, "示例1号") }
	for i, c := range []struct {
		rows string
		want furnish.Counts
	}{
		{a(2, "209942000001"), furnish.Counts{Done: 1, New: 1}},
		{a(2, "209942000001"), furnish.Counts{Done: 1, Unchanged: 1}},
		{a(1, "209942000001"), furnish.Counts{Done: 1, Stale: 1}},
		{a(3, "209942000001"), furnish.Counts{Done: 1, Unchanged: 1}}, // nothing but the version is newer
		{a(2, "209942000007"), furnish.Counts{Done: 1, Stale: 1}},     // and from then on it counts
		{a(4, "209942000008"), furnish.Counts{Done: 1, Changed: 1}},
		{a(5, "209942000009") + a(6, "209942000010"), furnish.Counts{Done: 2, Changed: 2}}, // twice in one file: in order
		{a(7, "209942000011") + a(7, "209942000011"), furnish.Counts{Done: 2, Changed: 1, Unchanged: 1}},
	} {
		if got := d.deliver(t, fmt.Sprint("key", i), c.rows).Delivery.Counts; got != c.want {
			t.Errorf("step %d: %+v, want %+v", i, got, c.want)
		}
	}
}

func TestDeliver_aKeyStandsForOneFile(t *testing.T) {
	t.Parallel()
	d := open(t)
	rows := row(one, "示例甲", 1, "209942000001", "示例1号")
	first := d.deliver(t, "key", rows)
	again := d.deliver(t, "key", rows)
	if !again.Replayed || again.Delivery.ID != first.Delivery.ID || again.Delivery.Counts != first.Delivery.Counts {
		t.Errorf("a repeat gave %+v", again)
	}
	_, err := d.Deliver(t.Context(), d.clerk, furnish.Request{Key: "key", Type: "nurse-licence"}, strings.NewReader(header+row(two, "示例乙", 1, "209942000002", "示例2号")), d.Now())
	if !errors.Is(err, furnish.ErrKeyUsed) {
		t.Errorf("another file under the same key: %v", err)
	}
}

// TestDeliver_goesOnWhereItStopped cuts a delivery short and sends it again.
func TestDeliver_goesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	d := open(t)
	var all strings.Builder
	all.WriteString(header)
	for i := range 12500 {
		all.WriteString(row(one, "示例甲", 1, fmt.Sprintf("2099%08d", i), fmt.Sprintf("示例%d号", i)))
	}
	cut := all.Len() * 3 / 4
	request := furnish.Request{Key: "key", Type: "nurse-licence"}
	_, err := d.Deliver(t.Context(), d.clerk, request, io.MultiReader(strings.NewReader(all.String()[:cut]), iotest.ErrReader(errors.New("the line went dead"))), d.Now())
	if err == nil {
		t.Fatal("a file that was cut short was taken for whole")
	}
	var rows, done int64
	if err := d.App.QueryRow(t.Context(), "select count(*) from dossier.record").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if err := d.App.QueryRow(t.Context(), "select rows_done from furnish.delivery").Scan(&done); err != nil {
		t.Fatal(err)
	}
	if rows == 0 || rows != done || rows >= 12500 {
		t.Fatalf("%d records, %d rows done", rows, done)
	}
	r, err := d.Deliver(t.Context(), d.clerk, request, strings.NewReader(all.String()), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	if want := (furnish.Counts{Done: 12500, New: 12500}); r.Delivery.Counts != want {
		t.Errorf("each row once: %+v", r.Delivery.Counts)
	}
}

// TestDeliver_fromSixteenAtOnce sends the same rows under 16 keys at once.
func TestDeliver_fromSixteenAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	rows := row(one, "示例甲", 1, "209942000001", "示例1号") + row(two, "示例乙", 1, "209942000002", "示例2号")
	var wg sync.WaitGroup
	var mu sync.Mutex
	var total furnish.Counts
	for i := range 16 {
		wg.Go(func() {
			r, err := d.Deliver(t.Context(), d.clerk, furnish.Request{Key: fmt.Sprint(i), Type: "nurse-licence"}, strings.NewReader(header+rows), d.Now())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			total.New += r.Delivery.Counts.New
			total.Unchanged += r.Delivery.Counts.Unchanged
		})
	}
	wg.Wait()
	var persons, records int
	if err := d.App.QueryRow(t.Context(), "select (select count(*) from party.person), (select count(*) from dossier.record)").Scan(&persons, &records); err != nil {
		t.Fatal(err)
	}
	if persons != 2 || records != 2 || total.New != 2 || total.Unchanged != 30 {
		t.Errorf("%d persons, %d records, %+v", persons, records, total)
	}
}

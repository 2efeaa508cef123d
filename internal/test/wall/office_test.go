package wall_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/scheme"
	"recourse/internal/test/housetest"
	"recourse/internal/vault"
)

// purpose is asked for on consent; recordType is what it may see.
const purpose, recordType = "loan-application", "loan-default"

// office is a house in which a bank has filed records and may ask.
type office struct {
	*housetest.Fixture
	pack   *law.Pack
	keys   *vault.Sealer
	party  *party.Service
	bank   party.Clerk
	people []filed
}

// filed is a made-up person with a record in force.
type filed struct {
	id       ref.Person
	identity party.Identity
}

// newOffice files one record each about so many persons, through the use cases
// that a real body uses, and lets it take effect.
func newOffice(t *testing.T, persons int) *office {
	t.Helper()
	f := housetest.DB(t)
	o := &office{Fixture: f, keys: housetest.Keys(t, f, housetest.Vault(t, f))}
	o.pack = housetest.Pack(t, withoutCeilings)
	var err error
	publisher := o.publisher()
	parties, records, deliveries := partypg.NewStore(f.App, publisher), dossierpg.NewStore(f.App, publisher), furnishpg.NewStore(f.App, publisher)
	o.party = &party.Service{Store: parties, Tokener: o.keys, Sealer: o.keys, Chance: rand.Reader, Zone: o.pack.Zone}
	sending := &furnish.Service{Shelf: law.One(o.pack), Store: deliveries, Registrar: parties, Merger: records, Keys: o.keys, Unit: deliveries, Files: &furnishfile.Opener{}, Chance: rand.Reader}
	if o.bank, err = o.party.AddClerk(t.Context(), "sample-bank", "sample-1", f.Today().AddYears(1), f.Now()); err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	csv.WriteString("id_type,id_number,name,source_ref,as_of,lender,notice_number,notified_on,defaulted_on,amount_owed\n")
	for i := range persons {
		id := madeUp(t, i, o)
		o.people = append(o.people, filed{identity: id})
		fmt.Fprintf(&csv, "cn-id,%s,%s,sample-%d,%s,sample-bank,示例%d,%s,%s,100.00 CNY\n", id.Number, id.Name, i, f.Now().Format(time.RFC3339), i,
			f.Today().AddDays(-30), f.Today().AddDays(-40))
	}
	report, err := sending.Deliver(t.Context(), o.bank, furnish.Request{Key: "sample", Type: recordType}, strings.NewReader(csv.String()), f.Now())
	if err != nil || report.Delivery.Counts.New != int64(persons) {
		t.Fatalf("filing: %+v, %v, %v", report.Delivery.Counts, report.Findings, err)
	}
	f.Exec(t, "update dossier.record set state = 'in force', effect_at = now() - interval '1 day'")
	for i := range o.people {
		var found bool
		if o.people[i].id, found, err = o.party.Find(t.Context(), o.people[i].identity); err != nil || !found {
			t.Fatalf("person %d: %v, %v", i, found, err)
		}
	}
	return o
}

// madeUp is a person that nobody is: the area 999999 is not assigned.
func madeUp(t *testing.T, i int, o *office) party.Identity {
	t.Helper()
	for check := range 11 {
		number := fmt.Sprintf("99999919800101%03d%s", i, "0123456789X"[check:check+1])
		if id, faults := party.ParseIdentity(scheme.CNID, number, "示例人"+string(rune('甲'+i)), "", o.Today()); len(faults) == 0 {
			return id
		}
	}
	t.Fatal("no check character fits")
	return party.Identity{}
}

func (o *office) publisher() *ledgerpg.Publisher {
	return ledgerpg.NewPublisher(map[string][]string{}, rand.Reader)
}

// stubs are those of every office.
var stubs = ledger.NewStubs([32]byte{1}, rand.Reader)

// asking is the room of inquiries on a pool.
func (o *office) asking(pool *pgxpool.Pool) *inquiry.Service {
	parties := &party.Service{Store: partypg.NewStore(pool, o.publisher()), Tokener: o.keys, Sealer: o.keys, Chance: rand.Reader, Zone: o.pack.Zone}
	desk := inquirypg.NewDesk(pool, o.publisher())
	return &inquiry.Service{Store: inquirypg.NewStore(pool), Finder: parties, Sealer: o.keys, Pseudonymer: o.keys, Marker: o.keys, Quota: inquirypg.NewQuota(pool),
		Seconds: desk, Cases: desk, Uses: desk, Stubs: stubs, Shelf: law.One(o.pack), Chance: rand.Reader}
}

// consenting is the room of consents on a pool.
func (o *office) consenting(pool *pgxpool.Pool) *consent.Service {
	parties := partypg.NewStore(pool, o.publisher())
	store := consentpg.NewStore(pool, o.publisher())
	return &consent.Service{Store: store, Requests: store, Freezes: store, Bodies: parties, Shelf: law.One(o.pack), Chance: rand.Reader}
}

// consent gives one whose time of undo is over.
func (o *office) consent(ctx context.Context, p filed) (ref.Consent, error) {
	id, err := ref.Mint[ref.Consent](rand.Reader)
	if err != nil {
		return id, err
	}
	now := o.Now()
	_, err = consentpg.NewStore(o.App, o.publisher()).Put(ctx, consent.Given{ID: id, Person: p.id, Body: o.bank.Body.ID, Purpose: purpose, Types: []string{"loan-default"},
		GivenAt: now.Add(-time.Hour), UsableFrom: now.Add(-50 * time.Minute), Until: now.Add(24 * time.Hour)}, ref.Request{})
	return id, err
}

// request asks on consent, each key in an application of its own.
func (o *office) request(p filed, key string) inquiry.Request {
	return inquiry.Request{Key: key, Purpose: purpose, Basis: inquiry.Consent, Case: key, Reason: "sample", Person: p.identity}
}

// withoutCeilings is an edit after which a body may ask as often as a race needs.
func withoutCeilings(file, text string) string {
	if file == law.PurposesFile {
		return ceilings.ReplaceAllString(text, "daily_ceiling: 1000000")
	}
	return text
}

var ceilings = regexp.MustCompile(`daily_ceiling: [0-9]+`)

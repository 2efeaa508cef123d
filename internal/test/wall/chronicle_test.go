package wall_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	mrand "math/rand/v2"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

// cnID is a number of a made-up person: the area 999999 is not assigned.
func cnID(i int) string {
	body := "999999" + when.Of(1960, 1, 1).AddDays(i).Time().Format("20060102") + "001"
	sum := 0
	for j, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[j]-'0') * weight
	}
	return body + "10X98765432"[sum%11:sum%11+1]
}

// chronicle is an office with persons of many histories and the face that bodies
// ask at.
type chronicle struct {
	*office
	api   *apikit.API
	all   []history
	clerk map[string]party.Clerk
}

func write(t *testing.T, o *office, n int, seed uint64) *chronicle {
	t.Helper()
	c := &chronicle{office: o, clerk: map[string]party.Clerk{"bank": o.bank}}
	r := mrand.New(mrand.NewPCG(seed, 1))
	known := map[string]ref.Person{}
	for i := range n {
		h := draw(r, i)
		h.number = cnID(i)
		if c.all = append(c.all, h); h.known {
			known[h.number] = h.person
		}
	}
	for token, body := range map[string]string{"health": "hubei-health", "other": "hubei-tax"} {
		clerk, err := o.party.AddClerk(t.Context(), body, "sample-"+token, o.Today().AddYears(1), o.Now())
		if err != nil {
			t.Fatal(err)
		}
		c.clerk[token] = clerk
	}
	signer, err := signkit.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	routes, err := inquiryapi.Routes(inquiryapi.Config{Service: o.asking(o.App), Bodies: func(ref.Body) (string, bool) { return "hubei-health", true },
		Admit: func(_ context.Context, p apikit.Presented, _ time.Time, id *party.Identity) (party.Admitted, error) {
			who := party.Admitted{Clerk: c.clerk[strings.TrimPrefix(p.Token, "rct_")]}
			if id != nil {
				who.About.Person, who.About.There = known[id.Number], known[id.Number] != ref.Person{}
			}
			return who, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	c.api, err = apikit.New(apikit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Signer: signer, Title: "Test", Version: "0",
		Routes: routes, Throttle: apikit.NewThrottle(apikit.Rates{}, nil)})
	if err != nil {
		t.Fatal(err)
	}
	c.fill(t, r)
	return c
}

// fill writes facts and traces.
func (c *chronicle) fill(t *testing.T, r *mrand.Rand) {
	t.Helper()
	var gates, records, given, looks, inspections [][]any
	now, bodies := c.Now(), housetest.Ask[[]ref.Body](t, c.Fixture, "select array_agg(body) from party.body")
	health := c.clerk["health"].Body.ID
	var contents []seal.Content
	for _, h := range c.all {
		if !h.known {
			continue
		}
		gates = append(gates, []any{h.person})
		for i, one := range []struct {
			kind  string
			place place
		}{{"physician-registration", h.registration}, {"physician-suspension", h.suspension}, {"physician-revocation", h.revocation}, {"loan-default", h.defaulting}} {
			if one.place == absent {
				continue
			}
			id := ref.Record(h.person)
			id[15] = byte(i)
			records = append(records, c.record(h, id, one.kind, health, one.place, now))
			contents = append(contents, seal.Content{Subject: dossier.RecordSubject(h.person, id, 1), Epoch: seal.NewEpoch(seal.Record, c.Today().AddYears(3)), Plain: []byte(`{"licence_number":"sample","lender":"sample"}`)})
		}
		given = append(given, c.consentsOf(h, bodies, r, now)...)
		for range h.looks {
			at, body := now.Add(-time.Duration(r.IntN(1000)+1)*time.Hour), bodies[r.IntN(len(bodies))]
			purpose, basis := "loan-application", "consent"
			if r.IntN(2) == 0 {
				body, purpose, basis = health, "physician-registration-change", "statute"
			}
			access, over := housetest.Mint[ref.Inquiry](t), bodies[0]
			if over == body {
				over = bodies[1]
			}
			looks = append(looks, []any{h.person, access, at, body, purpose, basis, c.pack.Version, int16(r.IntN(4)), []ref.Record{}})
			if r.IntN(2) == 0 { // was inspected, and found unlawful
				inspections = append(inspections, []any{h.person, access, housetest.Mint[ref.Inspection](t), body, housetest.Mint[ref.Clerk](t), purpose, at, []string{"random"}, at, at, at, at, now.AddDate(1, 0, 0),
					over, over, "unlawful", housetest.Mint[ref.Clerk](t), over, now})
			}
		}
	}
	boxes, err := c.keys.Close(t.Context(), contents)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range boxes {
		records[i] = append(records[i], int64(b.Epoch), int64(b.Leaf))
		if state := records[i][7]; state == "withdrawn" || state == "erased" {
			records[i] = append(records[i], nil, nil, nil)
			continue
		}
		records[i] = append(records[i], make([]byte, 16), b.Nonce[:], b.Data)
	}
	conn := connect(t, c.Fixture, "")
	for table, rows := range map[string][][]any{
		"party.gate person": gates, "consent.given person consent body purpose types given_at usable_from until_at stopped_at": given,
		"inquiry.access person access at body purpose basis pack outcome records":                                                                                                                                                     looks,
		"oversight.inspection person access inspection body clerk purpose looked_at rules reason_on reason_at due_on due_at keep_until supervisor beyond finding found_by found_for found_at":                                         inspections,
		"dossier.record person record source source_order type pack negative state received_at start_on display_end retain_end effect_at erased_at disputed_from disputed_until hide_from hide_why version epoch leaf mark nonce box": records,
	} {
		words := strings.Fields(table)
		schema, name, _ := strings.Cut(words[0], ".")
		if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{schema, name}, words[1:], pgx.CopyFromRows(rows)); err != nil {
			t.Fatalf("%s: %v", words[0], err)
		}
	}
}

// record is a row of a record where it stands, without its box.
func (c *chronicle) record(h history, id ref.Record, kind string, source ref.Body, p place, now time.Time) []any {
	state, today := "in force", c.Today()
	end := today.AddYears(1).Time()
	var effect, erasedAt, from, until, hide, why any = now.Add(-24 * time.Hour), nil, nil, nil, nil, nil
	switch p {
	case noticed:
		state, effect = "noticed", nil
	case soon:
		effect = now.Add(24 * time.Hour)
	case ended:
		end = today.AddDays(-1).Time()
	case withdrawn:
		state = "withdrawn"
	case erased:
		state, erasedAt = "erased", now
	case overdue:
		hide, why = now.Add(-time.Hour), "overdue"
	case foreign:
		hide, why = now.Add(-time.Hour), "wrong person"
	case unproven:
		hide, why = now.Add(-time.Hour), "unverifiable"
	}
	if h.contests > 0 { // and was decided
		from, until = now.Add(-48*time.Hour), now.Add(-36*time.Hour)
	}
	return []any{h.person, id, source, int64(1), kind, c.pack.Version, kind != "physician-registration", state, now.Add(-72 * time.Hour), today.AddDays(-400).Time(), end,
		today.AddYears(2).Time(), effect, erasedAt, from, until, hide, why, int32(1)}
}

// consentsOf are the consents of a history: the one that counts, and stopped ones
// that are traces.
func (c *chronicle) consentsOf(h history, bodies []ref.Body, r *mrand.Rand, now time.Time) (rows [][]any) {
	hour := time.Hour
	row := func(body ref.Body, purpose string, from, until time.Duration, stop any) {
		id := ref.Consent(h.person)
		id[14], id[15] = byte(len(rows)), 1
		rows = append(rows, []any{h.person, id, body, purpose, []string{"loan-default"}, now.Add(from - hour), now.Add(from), now.Add(until), stop})
	}
	bank := c.bank.Body.ID
	switch h.consent {
	case consented:
		row(bank, "loan-application", -hour, 24*hour, nil)
	case stopped:
		row(bank, "loan-application", -hour, 24*hour, now.Add(-time.Minute))
	case over:
		row(bank, "loan-application", -3*hour, -hour, nil)
	case undoable:
		row(bank, "loan-application", time.Hour, 24*hour, nil)
	case elsewhere:
		row(bank, "another", -hour, 24*hour, nil)
	}
	for range h.stops {
		row(bodies[r.IntN(len(bodies))], "loan-application", -48*hour, 24*hour, now.Add(-time.Duration(r.IntN(40)+1)*hour))
	}
	return rows
}

func (c *chronicle) send(token, path, key, body string) (int, string) {
	req := httptest.NewRequest("POST", apikit.Prefix+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	req.Header.Set("Authorization", "Bearer rct_"+token)
	w := httptest.NewRecorder()
	c.api.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

// own are the members of an answer that are its own: number, instant, pseudonym.
var own = regexp.MustCompile(`"inquiry":"Q-[0-9A-Z-]{28}"|"at":"20[0-9T:.-]{24}Z"|"subject":"[0-9a-f]{32}"|,"receipt":"[A-Za-z0-9_-]{86}"`)

// tell asks about a history and returns the bytes of the answer without what is its
// own.
func (c *chronicle) tell(i int) (string, error) {
	h := c.all[i]
	token, body := h.question(i)
	switch before := strings.Replace(token, "other", map[bool]string{true: "health", false: "bank"}[h.statute], 1); {
	case h.matter == answeredBefore:
		c.send(before, "/inquiries", "before", body)
	case h.matter == ofSomebodyElse && h.statute:
		c.send(before, "/inquiries", "before", strings.Replace(body, h.number, cnID(len(c.all)+i), 1))
	case h.matter == closed && h.statute:
		c.send(before, "/cases/closing", "before", fmt.Sprintf(`{"purpose":"physician-registration-change","case":"PC2026-%06d"}`, i))
	}
	code, got := c.send(token, "/inquiries", fmt.Sprint("key-", i), body)
	if code != 200 {
		return "", fmt.Errorf("%d %s", code, got)
	}
	return own.ReplaceAllString(got, "…"), nil
}

// differ asks about all histories, sixteen at a time, and returns those whose
// answer is not what the rules say, or whose bytes differ from those of another
// answer of which the rules say the same.
func (c *chronicle) differ(t *testing.T) (wrong []string, outcomes map[string]int) {
	t.Helper()
	answers, failed := make([]string, len(c.all)), make([]error, len(c.all))
	var wg sync.WaitGroup
	for lane := range 16 {
		wg.Go(func() {
			for i := lane; i < len(c.all); i += 16 {
				answers[i], failed[i] = c.tell(i)
			}
		})
	}
	wg.Wait()
	first, outcomes := map[string]string{}, map[string]int{}
	for i, h := range c.all {
		want := h.expected()
		outcomes[want]++
		kind := fmt.Sprint(want, h.statute) // what was asked is in the answer
		if _, seen := first[kind]; !seen {
			first[kind] = answers[i]
		}
		got := answers[i]
		says := strings.Contains(got, `"outcome":"`+want+`"`)
		switch want {
		case "not answered", "nothing to show":
		case "ask":
			says = strings.Contains(got, `"outcome":"ask the issuing authority"`)
		default:
			says = strings.Contains(got, `"outcome":"records"`)
			for _, one := range strings.Split(want, "+") {
				says = says && (one == "ask" && strings.Contains(got, `"refer":[`) || strings.Contains(got, `"type":"`+one+`"`))
			}
		}
		if failed[i] != nil || !says || got != first[kind] {
			wrong = append(wrong, fmt.Sprintf("history %d %+v: %s, want %s (%v), the bytes of %s", i, h, got, want, failed[i], first[kind]))
		}
	}
	return wrong, outcomes
}

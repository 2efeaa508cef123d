package inquiryapi_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquiryapi"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
	"recourse/packs"
)

// The people of these tests are synthetic: area 999999 is not assigned.
const (
	personA = "999999195802030078"
	personB = "999999196111300184"
	nobody  = "999999196402290297"
)

// Tokens of clerks, after their prefix.
const (
	bankToken      = "bank"
	marketToken    = "market"
	taxToken       = "tax"
	untrainedToken = "untrained"
	expiredToken   = "expired"
	revokedToken   = "revoked"
)

// tokens is a party.Store of credentials only.
type tokens struct {
	party.Store
	clerks map[[32]byte]credential
	people *register
	err    error
}

type credential struct {
	clerk   party.Clerk
	until   time.Time
	revoked bool
}

// ClerkByCredential is party.Store.ClerkByCredential.
func (s *tokens) ClerkByCredential(_ context.Context, hash [32]byte, now time.Time, _ when.Date) (party.Clerk, bool, error) {
	c, ok := s.clerks[hash]
	if !ok || c.revoked || !now.Before(c.until) {
		return party.Clerk{}, false, s.err
	}
	return c.clerk, true, s.err
}

// ClerkAndPerson is party.Store.ClerkAndPerson.
func (s *tokens) ClerkAndPerson(ctx context.Context, hash [32]byte, tokens []party.Token, now time.Time, today when.Date) (party.Clerk, party.Found, bool, error) {
	c, ok, err := s.ClerkByCredential(ctx, hash, now, today)
	if !ok || err != nil {
		return party.Clerk{}, party.Found{}, ok, err
	}
	for input, p := range s.people.known {
		if len(tokens) > 0 && mac(input) == tokens[0].MAC {
			return c, party.Found{Person: p, There: true}, true, nil
		}
	}
	return c, party.Found{}, true, nil
}

func (s *tokens) add(secret, bodyCode string, change ...func(*credential)) {
	hash := sha256.Sum256([]byte("rct_" + secret))
	c := credential{until: time.Now().Add(time.Hour), clerk: party.Clerk{ID: ref.Clerk(hash[:16]), Body: party.Body{ID: bodyID(bodyCode), Code: bodyCode},
		StaffNumber: "SAMPLE-1", TrainedUntil: when.Of(2999, 1, 1), Desks: party.SetOf(party.Asks)}}
	for _, f := range change {
		f(&c)
	}
	s.clerks[hash] = c
}

func bodyID(code string) ref.Body {
	sum := sha256.Sum256([]byte(code))
	return ref.Body(sum[:16])
}

// rates are part of what answers are compared by: what one call leaves of them.
var rates = apikit.Rates{Clerk: 30, Body: 50, Purpose: 40}

// anHourLater is a clock on which an hour lies between two calls.
func anHourLater() func() time.Time {
	var hours atomic.Int64
	return func() time.Time { return time.Unix(3600*hours.Add(1), 0) }
}

// desk is the face over strict fakes of the room's ports.
type desk struct {
	*apikit.API
	wall     *wall
	box      *boxes
	register *register
	tokens   *tokens
	desktop  *desktop
	pack     *law.Pack
	log      *bytes.Buffer
	mu       *sync.Mutex
	rates    *apikit.Throttle
}

// pack compiles the pack of Hubei with changes to its purposes.
func pack(t testing.TB, change ...func(string) string) *law.Pack {
	t.Helper()
	sub, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		t.Fatal(err)
	}
	if len(change) > 0 {
		copied := fstest.MapFS{}
		err := fs.WalkDir(sub, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(sub, name)
			if name == "purposes.yaml" {
				b = []byte(change[0](string(b)))
			}
			copied[name] = &fstest.MapFile{Data: b}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sub = copied
	}
	p, err := lawfile.Load(sub)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newDesk makes a desk; with keys it takes signed requests.
func newDesk(t testing.TB, p *law.Pack, keys ...apikit.Keys) *desk {
	t.Helper()
	box := &boxes{closed: map[seal.Leaf]seal.Content{}, gone: map[seal.Leaf]bool{}}
	d := &desk{box: box, wall: &wall{box: box}, register: &register{known: map[string]ref.Person{}}, pack: p,
		log: &bytes.Buffer{}, mu: &sync.Mutex{}, rates: apikit.NewThrottle(rates, anHourLater())}
	d.desktop = &desktop{taken: map[inquiry.Allowance]int{}, waiting: map[ref.Inquiry]inquiry.Pending{}, wall: d.wall}
	d.tokens = &tokens{clerks: map[[32]byte]credential{}, people: d.register}
	for secret, body := range map[string]string{bankToken: "sample-bank", marketToken: "wuhan-market", taxToken: "hubei-tax"} {
		d.tokens.add(secret, body)
	}
	d.tokens.add(untrainedToken, "sample-bank", func(c *credential) { c.clerk.TrainedUntil = when.Of(2020, 1, 1) })
	d.tokens.add(expiredToken, "sample-bank", func(c *credential) { c.until = time.Now().Add(-time.Second) })
	d.tokens.add(revokedToken, "sample-bank", func(c *credential) { c.revoked = true })
	d.person(t, personA, ref.Person{0: 0xa})
	d.person(t, personB, ref.Person{0: 0xb})
	codes := map[ref.Body]string{}
	for _, b := range p.Bodies() {
		codes[bodyID(b.Code)] = b.Code
	}
	staff := &party.Service{Store: d.tokens, Tokener: d.register, Chance: rand.Reader, Zone: p.Zone}
	routes, err := inquiryapi.Routes(inquiryapi.Config{
		Service: &inquiry.Service{Store: d.wall, Finder: d.register, Sealer: d.box, Pseudonymer: d.register, Marker: d.register, Quota: d.desktop, Seconds: d.desktop, Cases: d.desktop, Stubs: stubs{}, Shelf: law.One(p), Chance: rand.Reader},
		Admit: func(ctx context.Context, p apikit.Presented, now time.Time, id *party.Identity) (party.Admitted, error) {
			if p.Key != "" {
				return staff.Admit(ctx, party.SignedWith(p.Key), now, id)
			}
			return staff.Admit(ctx, party.Bearer(p.Token), now, id)
		},
		Bodies: func(b ref.Body) (string, bool) {
			code, ok := codes[b]
			return code, ok
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := signkit.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	c := apikit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.NewJSONHandler(d, nil)), Signer: signer,
		Title: "Test", Version: "0", Routes: routes, Throttle: d.rates}
	if len(keys) > 0 {
		c.Keys = keys[0]
	}
	d.API, err = apikit.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// stubs are of one length and nothing else.
type stubs struct{}

func (stubs) Stub(ref.Body, ref.Person, ref.Inquiry, time.Time) (string, error) {
	raw := make([]byte, 64)
	_, err := rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// Row is inquiry.Stubs.Row: no answer here is asked for again.
func (stubs) Row(ref.Body, string, time.Time) (ref.Person, ref.Inquiry, error) {
	return ref.Person{}, ref.Inquiry{}, errors.New("no stub is kept")
}

// Write keeps the log.
func (d *desk) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Write(b)
}

func (d *desk) person(t testing.TB, number string, p ref.Person) {
	t.Helper()
	id, faults := party.ParseIdentity("cn-id", number, "示例", "", when.Of(2026, 11, 1))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	d.register.known[string(id.TokenInput())] = p
}

// loan is an inquiry of the bank on consent, market one of the regulator under a
// statute.
func loan(number string) string {
	return `{"purpose":"loan-application","basis":"consent","reason":"示例","person":{"id_type":"cn-id","id_number":"` + number + `"}}`
}

func market(number string) string {
	return `{"purpose":"food-licence-application","basis":"statute","case":"FL2026-000123","reason":"示例","person":{"id_type":"cn-id","id_number":"` + number + `","name":"示例甲"}}`
}

// ask sends an inquiry and checks that the answer is as the document says.
func (d *desk) ask(t testing.TB, token, key, body string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/api/v1/inquiries", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	if token != "" {
		req.Header.Set("Authorization", "Bearer rct_"+token)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	if err := d.Conforms("POST /api/v1/inquiries", w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("%d %s: %v", w.Code, w.Body, err)
	}
	if len(d.wall.bad) > 0 {
		t.Errorf("the wall was asked wrongly: %q", d.wall.bad)
	}
	return w
}

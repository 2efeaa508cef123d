package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"recourse/internal/app"
	"recourse/internal/consent"
	"recourse/internal/dossier"
	"recourse/internal/inquiry"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/notice"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
	"recourse/packs"
)

// Chance is a seeded source of ids, safe for several goroutines.
type Chance struct {
	mu  sync.Mutex
	rng *rand.ChaCha8
}

// NewChance returns a Chance that always gives the same.
func NewChance() *Chance { return &Chance{rng: rand.NewChaCha8([32]byte{7})} }

// Read fills b.
func (c *Chance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rng.Read(b)
}

// Registry is a registry in memory with its pages: the real services on strict
// stores, a real pack, and sample people.
type Registry struct {
	Site  *webkit.Site
	Pack  *law.Pack
	Clock *clock.Clock
	Now   time.Time // about what the clock shows
	Log   io.Writer

	down     *down
	chance   *Chance
	vault    *vault
	parties  *parties
	dossiers *dossiers
	looks    *looks
	letters  *letters
	consents *consents
	service  *party.Service
	samples  []partyweb.SamplePerson
}

// Options is what tests vary.
type Options struct {
	Production bool
	Origin     string    // http://127.0.0.1 where it is empty
	Log        io.Writer // nowhere where it is nil
	Leave      string
	Pack       fs.FS // of Hubei where it is nil
}

// NewRegistry makes a registry without people.
func NewRegistry(o Options) (*Registry, error) {
	files, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		return nil, err
	}
	if o.Pack != nil {
		files = o.Pack
	}
	pack, err := lawfile.Load(files)
	if err != nil {
		return nil, err
	}
	d := &down{}
	r := &Registry{
		Pack: pack, Clock: &clock.Clock{}, down: d, chance: NewChance(), vault: newVault(d),
		parties: &parties{down: d, persons: map[[16]byte]ref.Person{}, sessions: map[ref.Session]party.NewSession{},
			contacts: map[ref.Person]time.Time{}, codes: map[string]ref.Body{}},
		dossiers: &dossiers{down: d, files: map[ref.Person][]dossier.SealedRecord{}, today: pack.Today},
		looks:    &looks{down: d, of: map[ref.Person][]inquiry.SealedLook{}},
		letters:  &letters{down: d, of: map[ref.Person][]notice.Owed{}, attempts: map[ref.Notice][]notice.Attempt{}},
		consents: newConsents(d),
	}
	r.Now = time.Date(2026, 11, 22, 9, 30, 0, 0, pack.Zone)
	r.Clock.Shift(r.Now.Sub(clock.Stopwatch()))
	for _, b := range pack.Bodies() {
		r.parties.codes[b.Code] = mint[ref.Body](r)
	}
	return r, r.open(o)
}

// open makes the site.
func (r *Registry) open(o Options) error {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Origin == "" {
		o.Origin = "http://127.0.0.1"
	}
	r.addSamples()
	r.service = &party.Service{Store: r.parties, Tokener: r.vault, Sealer: r.vault, Chance: r.chance, Zone: r.Pack.Zone, Sessions: r.parties}
	names := map[ref.Body]string{}
	for code, id := range r.parties.codes {
		names[id] = code
	}
	book, err := codekit.Open()
	if err != nil {
		return err
	}
	library, err := app.Library(law.One(r.Pack), map[string][]webkit.NavItem{"reference": {book.NavItem()}})
	if err != nil {
		return err
	}
	r.Site, err = app.NewPages(app.PageConfig{
		Library: library,
		Party:   r.service,
		Dossier: &dossier.Service{Store: r.dossiers, Opener: r.vault, Chance: r.chance, Pack: func(time.Time) string { return r.Pack.Version }},
		Inquiry: &inquiry.Service{Store: r.looks, Finder: r.service, Sealer: r.vault, Shelf: law.One(r.Pack), Chance: r.chance},
		Notice:  &notice.Service{Store: r.letters, Shelf: law.One(r.Pack)},
		Consent: &consent.Service{Store: r.consents, Requests: r.consents, Freezes: r.consents, Bodies: r.parties, Shelf: law.One(r.Pack), Chance: r.chance},
		Figures: figures{r.down}, Versions: sync.OnceValue(r.versions),
		Shelf: law.One(r.Pack), Zone: r.Pack.Zone, Bodies: func(b ref.Body) (string, bool) { code, ok := names[b]; return code, ok }, Samples: r.samples, Clerks: r.clerks(), Book: book,
		Site: webkit.Config{Clock: r.Clock, Chance: r.chance, Log: slog.New(slog.NewTextHandler(o.Log, nil)), Origin: o.Origin,
			Sandbox: !o.Production, Leave: o.Leave},
	})
	return err
}

// Down makes the stores or the vault unreachable, or reachable again.
func (r *Registry) Down(stores, vault bool) {
	r.down.store.Store(stores)
	r.down.vault.Store(vault)
}

func mint[I ref.Any](r *Registry) I {
	id, err := ref.Mint[I](r.chance)
	if err != nil {
		panic(err) // the seeded source does not fail
	}
	return id
}

// day returns a day so many days from the registry's today.
func (r *Registry) day(days int) when.Date { return r.Pack.Today(r.Now).AddDays(days) }

// Entry is a record to put on a file.
type Entry struct {
	Type, Source        string // codes of the pack
	State               dossier.State
	Start, Shown, Kept  when.Date
	Effect, Erased      time.Time
	Fields              map[string]string
	Negative, KeyIsGone bool
	Versions            int32
	AtOnce              dossier.AtOnce
}

// File puts a record on a person's file.
func (r *Registry) File(p ref.Person, e Entry) ref.Record {
	id := mint[ref.Record](r)
	fields, err := json.Marshal(e.Fields)
	if err != nil {
		panic(err) // a map of strings can be written
	}
	version := max(e.Versions, 1)
	row := dossier.SealedRecord{Shown: dossier.Shown{
		Record: id, Version: version, Type: e.Type, Source: r.parties.codes[e.Source], Pack: r.Pack.Version, Negative: e.Negative,
		ReceivedAt: e.Start.AddDays(9).Start(r.Pack.Zone).Add(10 * time.Hour), Start: e.Start, RetainEnd: e.Kept, ErasedAt: e.Erased,
		Standing: dossier.Standing{State: e.State, EffectAt: e.Effect, DisplayEnd: e.Shown, AtOnce: e.AtOnce},
	}}
	row.Visible = row.Standing.Visible(r.Now, r.Pack.Today(r.Now))
	row.Provisional = !row.Visible && row.VisibleAtOnce(r.Now, r.Pack.Today(r.Now))
	if e.State != dossier.Erased {
		row.Box = r.vault.close(seal.Content{Subject: dossier.RecordSubject(p, id, version), Epoch: seal.NewEpoch(seal.Record, e.Kept), Plain: fields})
	}
	if e.KeyIsGone {
		r.vault.gone[row.Box.Leaf] = true
	}
	r.dossiers.files[p] = append(r.dossiers.files[p], row)
	return id
}

// Letter writes a letter about a record.
func (r *Registry) Letter(p ref.Person, kind string, about ref.Record, owed time.Time, attempts ...notice.Attempt) ref.Notice {
	o := notice.Owed{ID: mint[ref.Notice](r), Person: p, Kind: kind, Record: about, Version: 1, Pack: r.Pack.Version, OwedAt: owed}
	r.letters.of[p] = slices.Insert(r.letters.of[p], 0, o)
	r.letters.attempts[o.ID] = attempts
	return o.ID
}

// Look puts a look-up into a person's list.
func (r *Registry) Look(p ref.Person, l inquiry.Look, body, caseRef, reason string) ref.Inquiry {
	l.Access, l.Body, l.Pack = mint[ref.Inquiry](r), r.parties.codes[body], r.Pack.Version
	trace, err := json.Marshal(inquiry.Trace{Clerk: "S", StaffNumber: "17", Case: caseRef, Reason: reason})
	if err != nil {
		panic(err) // a struct of strings can be written
	}
	box := r.vault.close(seal.Content{Subject: inquiry.TraceSubject(p, l.Access), Epoch: seal.NewEpoch(seal.Access, r.day(700)), Plain: trace})
	r.looks.of[p] = append(r.looks.of[p], inquiry.SealedLook{Look: l, Box: box})
	slices.SortStableFunc(r.looks.of[p], func(a, b inquiry.SealedLook) int { return b.At.Compare(a.At) })
	return l.Access
}

// Consent puts a consent into a person's list.
func (r *Registry) Consent(p ref.Person, g consent.Given) ref.Consent {
	g.ID, g.Person = mint[ref.Consent](r), p
	r.consents.of[p] = slices.Insert(r.consents.of[p], 0, g)
	return g.ID
}

// Person makes a sample person known, with a file.
func (r *Registry) Person(n int) ref.Person {
	s := r.samples[n]
	id, faults := party.ParseIdentity(s.IDType, s.IDNumber, s.Name, "", r.Pack.Today(r.Now))
	if len(faults) > 0 {
		panic(fmt.Sprintf("sample person %d: %v", n, faults[0].Code))
	}
	p := mint[ref.Person](r)
	tokens, err := r.vault.PersonTokens(context.Background(), [][]byte{id.TokenInput()})
	if err != nil {
		panic(err)
	}
	r.parties.persons[tokens[0][0].MAC] = p
	plain, err := json.Marshal(dossier.IdentityPlain{IDType: id.Type, Number: id.Number, Name: id.Name})
	if err != nil {
		panic(err)
	}
	box := r.vault.close(seal.Content{Subject: party.IdentitySubject(p), Plain: plain})
	r.dossiers.files[p] = append(r.dossiers.files[p], dossier.SealedRecord{Box: box})
	return p
}

// SignIn opens a session for a sample person and returns its secret.
func (r *Registry) SignIn(n int) (string, error) {
	s := r.samples[n]
	id, faults := party.ParseIdentity(s.IDType, s.IDNumber, s.Name, "", r.Pack.Today(r.Now))
	if len(faults) > 0 {
		return "", faults[0]
	}
	secret, _, err := r.service.SignIn(context.Background(), id, party.Entered{Way: party.BySample}, r.Clock.Now())
	return secret, err
}

// view renders a page for the holder of a session.
func (r *Registry) view(path, session string) error {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.AddCookie(&http.Cookie{Name: "recourse", Value: session})
	req.Header.Set("Accept-Encoding", "gzip")
	got := httptest.NewRecorder()
	r.Site.ServeHTTP(got, req)
	if got.Code != http.StatusOK {
		return fmt.Errorf("%s: status %d", path, got.Code)
	}
	return nil
}

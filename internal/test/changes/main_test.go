// Package changes_test tells bodies what became of records that they were given:
// against a real database and real receivers that take, refuse, are slow or lie about
// where they are.
package changes_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/notice"
	"recourse/internal/notice/noticepg"
	"recourse/internal/notice/noticewebhook"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/vault"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is a house in which bodies were given records of a person.
type house struct {
	*housetest.Fixture
	keys   *vault.Sealer
	key    ed25519.PrivateKey
	inbox  *notice.Inbox
	work   *noticepg.Changes // on the keeper's pool
	person ref.Person
	record ref.Record
}

// secrets derives secrets in a way of its own.
type secrets struct{}

func (secrets) Secret(h ref.Hook) ([]byte, error) {
	sum := sha256.Sum256(append([]byte("sample"), h[:]...))
	return sum[:], nil
}

func open(t *testing.T) *house {
	t.Helper()
	f := housetest.DB(t)
	h := &house{Fixture: f, keys: housetest.Keys(t, f, housetest.Vault(t, f)), record: housetest.Mint[ref.Record](t)}
	var err error
	if _, h.key, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	publisher := housetest.Publisher(nil)
	told := noticepg.NewChanges(f.App, publisher)
	h.inbox = &notice.Inbox{Changes: told, Hooks: told, Secrets: secrets{}, Pseudonymer: h.keys, Checker: h.poster(t, nil), Bodies: func(b ref.Body) (string, bool) {
		for code, body := range f.Bodies {
			if body.ID == b {
				return code, true
			}
		}
		return "", false
	}}
	h.work = noticepg.NewChanges(f.Keeper, publisher)
	h.person = f.Register(t, h.keys, housetest.Sample(t, 1), f.Today().AddYears(6))
	w := dossier.Written{Person: h.person, Record: h.record, MAC: h.record, Order: 1, Start: h.Today(), DisplayEnd: h.Today().AddYears(1), RetainEnd: h.Today().AddYears(2)}
	boxes, err := h.keys.Close(t.Context(), []seal.Content{{Subject: dossier.RecordSubject(w.Person, w.Record, 1), Epoch: seal.NewEpoch(seal.Record, w.RetainEnd), Plain: []byte(`{"measure":"fine"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	w.Box = boxes[0]
	if err := dossierpg.NewStore(f.App, publisher).Merge(t.Context(), dossier.Batch{Source: f.Bodies["hubei-market"].ID, Type: "market-penalty", Pack: "sample", Now: h.Now(), New: []dossier.Written{w}}); err != nil {
		t.Fatal(err)
	}
	return h
}

// poster sends under the registry's key; it vouches for the receivers that are named.
func (h *house) poster(t *testing.T, roots *x509.CertPool, trust ...string) *noticewebhook.Poster {
	t.Helper()
	p, err := noticewebhook.New(noticewebhook.Config{Key: h.key, Roots: roots, Trust: trust, Limit: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asks lets a body ask about the person, and returns the number that it knows.
func (h *house) asks(t *testing.T, body string) ref.Inquiry {
	t.Helper()
	id := housetest.Mint[ref.Inquiry](t)
	got, err := inquirypg.NewStore(h.App).Disclose(t.Context(), inquiry.Ask{Person: h.person, Access: id, Spare: housetest.Mint[ref.Inquiry](t), Now: h.Now(), Body: h.Bodies[body].ID,
		Purpose: "sample", Basis: inquiry.Statute, Right: true, Pack: "sample", Types: []string{"market-penalty"},
		Matter: inquiry.Matter{Mark: housetest.Mint[ref.Inquiry](t), Subject: housetest.Mint[ref.Inquiry](t), Persons: 1}})
	if err != nil || got.Outcome != inquiry.Records {
		t.Fatalf("%v, %v", got, err)
	}
	return id
}

// change is a change that a body is told.
func (h *house) change(t *testing.T, body string) notice.Change {
	t.Helper()
	return notice.Change{ID: housetest.Mint[ref.Change](t), Person: h.person, Body: h.Bodies[body].ID, Record: h.record, Became: notice.WasWithdrawn, Type: "market-penalty",
		Source: h.Bodies["hubei-market"].ID, Start: h.Today(), Inquiries: []ref.Inquiry{housetest.Mint[ref.Inquiry](t)}, At: h.Now()}
}

func (h *house) tell(t *testing.T, changes ...notice.Change) {
	t.Helper()
	if err := h.work.Tell(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
}

// list is what a body has in its inbox.
func (h *house) list(t *testing.T, body string, open bool) []notice.Change {
	t.Helper()
	list, next, err := h.inbox.List(t.Context(), notice.Listing{Body: h.Bodies[body].ID, Open: open})
	if err != nil || next != (notice.Cursor{}) {
		t.Fatalf("%v, %v", next, err)
	}
	return list
}

// receiver is a server of a body, over TLS on this machine.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	ids   []string // of messages that came, in order
	last  http.Header
	body  []byte
	notes []notice.Note
}

// receives runs a receiver that answers as it is told.
func receives(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *receiver {
	t.Helper()
	rec := &receiver{}
	rec.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var event struct {
			Data notice.Note `json:"data"`
		}
		if err == nil {
			err = json.Unmarshal(body, &event)
		}
		rec.mu.Lock()
		if err != nil {
			t.Errorf("a message that cannot be read: %v", err)
		}
		rec.ids, rec.last, rec.body, rec.notes = append(rec.ids, r.Header.Get("webhook-id")), r.Header.Clone(), body, append(rec.notes, event.Data)
		n := len(rec.ids)
		rec.mu.Unlock()
		answer(n, w, r)
	}))
	t.Cleanup(rec.Close)
	return rec
}

func (r *receiver) came() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.ids...)
}

// host is HOST:PORT of a receiver.
func (r *receiver) host(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// courier sends to receivers that the operator vouches for.
func (h *house) courier(t *testing.T, to ...*receiver) *notice.Courier {
	t.Helper()
	roots := x509.NewCertPool()
	var trust []string
	for _, r := range to {
		roots.AddCert(r.Certificate())
		trust = append(trust, r.host(t))
	}
	p := h.poster(t, roots, trust...)
	h.inbox.Checker = p
	return &notice.Courier{Pushes: h.work, Poster: p, Inbox: h.inbox}
}

// hook lets changes be sent to a receiver.
func (h *house) hook(t *testing.T, body string, r *receiver) (notice.Hook, []byte) {
	t.Helper()
	hook, secret, err := h.inbox.SetHook(t.Context(), h.Bodies[body].ID, "sample-"+r.URL, r.URL, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	return hook, secret
}

// step sends what is due and waits for it.
func (h *house) step(t *testing.T, c *notice.Courier) {
	t.Helper()
	if _, err := c.Step(t.Context(), h.Now(), func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	c.Wait()
}

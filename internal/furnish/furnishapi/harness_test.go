package furnishapi_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishapi"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
	"recourse/internal/law"
	"recourse/internal/law/lawfile"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/packs"
)

// desk is the face over strict fakes of the room's ports.
type desk struct {
	*apikit.API
	books *books
	pack  *law.Pack
	mu    sync.Mutex
	log   bytes.Buffer
}

// Write keeps the log.
func (d *desk) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Write(b)
}

var errToken = fault.New(fault.Unsigned, "E-TEST-TOKEN", "The token is not valid. Nothing was kept.")

// clerk takes the code of a body for the token of its clerk.
func (d *desk) clerk(_ context.Context, p apikit.Presented, _ time.Time) (party.Clerk, error) {
	token := p.Token
	if _, ok := d.pack.Body(token); !ok {
		return party.Clerk{}, errToken
	}
	sum := sha256.Sum256([]byte(token))
	return party.Clerk{ID: ref.Clerk(sum[16:]), Body: party.Body{ID: ref.Body(sum[:16]), Code: token}}, nil
}

// logged is what the public log has of a delivery.
func (d *desk) logged(_ context.Context, stream [16]byte, kind string) (string, error) {
	return fmt.Sprintf("a receipt of %s in %s\n", kind, ref.Delivery(stream)), nil
}

// hubei is loaded once: a pack is read only.
var hubei = sync.OnceValues(func() (*law.Pack, error) {
	sub, err := fs.Sub(packs.FS, "cn-hubei")
	if err != nil {
		return nil, err
	}
	return lawfile.Load(sub)
})

func newDesk(t testing.TB) *desk {
	t.Helper()
	pack, err := hubei()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{books: newBooks(), pack: pack}
	routes, err := furnishapi.Routes(furnishapi.Config{Authenticate: d.clerk, Logged: d.logged, Service: &furnish.Service{Shelf: law.One(pack), Store: d.books,
		Registrar: d.books, Merger: d.books, Keys: &keys{d.books}, Unit: d.books, Files: &furnishfile.Opener{}, Chance: rand.Reader}})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := signkit.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	d.API, err = apikit.New(apikit.Config{Clock: &clock.Clock{}, Chance: rand.Reader, Log: slog.New(slog.NewJSONHandler(d, nil)), Signer: signer,
		Title: "Test", Version: "0", Routes: routes})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// with are headers of a request.
type with map[string]string

// do sends a request of a body and checks that the answer is as the document
// says. pattern names the route.
func (d *desk) do(t testing.TB, pattern, target, body string, in io.Reader, headers ...with) *httptest.ResponseRecorder {
	t.Helper()
	method, _, _ := strings.Cut(pattern, " ")
	req := httptest.NewRequest(method, target, in)
	if body != "" {
		req.Header.Set("Authorization", "Bearer "+body)
	}
	for _, hs := range headers {
		for name, value := range hs {
			req.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	if w.Code != http.StatusNotModified {
		if err := d.Conforms(pattern, w.Code, w.Header(), w.Body.Bytes()); err != nil {
			t.Errorf("%d %s: %v", w.Code, w.Body, err)
		}
	}
	if len(d.books.bad) > 0 {
		t.Errorf("the ports were used wrongly: %q", d.books.bad)
	}
	return w
}

const (
	postDelivery = "POST /api/v1/deliveries"
	getDelivery  = "GET /api/v1/deliveries/{id}"
	getFindings  = "GET /api/v1/deliveries/{id}/findings"
	getTypes     = "GET /api/v1/types"
	getType      = "GET /api/v1/types/{code}"
)

func (d *desk) deliver(t testing.TB, key string, in io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	return d.do(t, postDelivery, "/api/v1/deliveries?type=market-penalty", "wuhan-market", in, with{"Idempotency-Key": key, "Content-Type": "text/csv"})
}

const header = "id_type,id_number,name,source_ref,version,decided_by,decision_number,decided_on,measure,fine,place,reason\n"

// line is row n about a synthetic person: area 999999 is not assigned.
func line(n int, change ...string) string {
	s := fmt.Sprintf("cn-id,%s,示例,示例-%06d,1,wuhan-market,示例罚%06d号,2026-03-10,fine,500.00 CNY,武汉,示例\n", number(n), n, n)
	return strings.NewReplacer(change...).Replace(s)
}

func number(n int) string {
	s := fmt.Sprintf("99999919800101%03d", n%1000)
	sum := 0
	for i := range len(s) {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	return s + string("10X98765432"[sum])
}

func file(n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		b.WriteString(line(i))
	}
	return b.String()
}

func sent(t testing.TB, w *httptest.ResponseRecorder) furnishapi.Sent {
	t.Helper()
	var s furnishapi.Sent
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != 200 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return s
}

func problem(t testing.TB, w *httptest.ResponseRecorder) apikit.Problem {
	t.Helper()
	var p apikit.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return p
}

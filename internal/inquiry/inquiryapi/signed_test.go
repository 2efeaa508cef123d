package inquiryapi_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"recourse/internal/inquiry"
	"recourse/internal/kit/signkit"
)

// oneKey is the register of one key, whose nonces are never asked for twice here.
type oneKey struct{ ed25519.PublicKey }

func (k oneKey) Public(_ context.Context, id string) (ed25519.PublicKey, bool, error) {
	return k.PublicKey, id == signkit.KeyID(k.PublicKey), nil
}

func (oneKey) Spend(context.Context, string, string, time.Time) (bool, error) { return true, nil }

// TestSigned_isKept asks for a purpose of signed questions alone: a token is not
// enough, whoever is asked about; a signature is kept with the look so that anybody
// can check it, with the question where it is about somebody who has a file.
func TestSigned_isKept(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := signkit.NewRequestSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, pack(t, func(s string) string {
		return strings.Replace(s, "    daily_ceiling: 300\n", "    daily_ceiling: 300\n    signed: true\n", 1)
	}), oneKey{public})
	d.tokens.clerks[sha256.Sum256([]byte("rck_"+signkit.KeyID(public)))] = d.tokens.clerks[sha256.Sum256([]byte("rct_"+marketToken))]
	for _, number := range []string{personA, nobody} {
		if w := d.ask(t, marketToken, "k-"+number, market(number)); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "E-SIGNATURE-NEEDED") || len(d.wall.rows) != 0 {
			t.Errorf("with a token: %d %s, %d rows", w.Code, w.Body, len(d.wall.rows))
		}
	}
	var kept []inquiry.Trace
	var lengths []int
	for i, number := range []string{personA, nobody} {
		question := market(number)
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/v1/inquiries", strings.NewReader(question))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k-signed-"+number)
		signer.Sign(r, sha256.Sum256([]byte(question)), "0123456789abcdef", time.Now())
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code != http.StatusOK || len(d.wall.rows) != i+1 {
			t.Fatalf("signed: %d %s, %d rows", w.Code, w.Body, len(d.wall.rows))
		}
		plain := d.box.closed[d.wall.rows[i].Trace.Leaf].Plain
		var trace inquiry.Trace
		if err := json.Unmarshal(plain, &trace); err != nil || trace.Proof == nil {
			t.Fatalf("the trace has no proof: %v", err)
		}
		sum := sha256.Sum256([]byte(question))
		if p := trace.Proof; !ed25519.Verify(public, p.Base, p.Signature) || p.Key != signkit.KeyID(public) ||
			!strings.Contains(string(p.Base), "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":") {
			t.Errorf("the proof does not prove the question: %+v", p)
		}
		kept, lengths = append(kept, trace), append(lengths, len(plain))
	}
	if string(kept[0].Proof.Question) != market(personA) {
		t.Errorf("kept of somebody with a file: %q", kept[0].Proof.Question)
	}
	if q := kept[1].Proof.Question; len(bytes.TrimSpace(q)) != 0 || len(q) != len(market(nobody)) || lengths[0] != lengths[1] {
		t.Errorf("kept of an identifier without a file: %q, %d and %d bytes sealed", q, lengths[0], lengths[1])
	}
}

package client_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"recourse/client"
	"recourse/internal/kit/signkit"
	"recourse/internal/proof"
	"recourse/internal/ref"
)

// loggedAs is a log of one entry: its key, and the receipt of an event.
func loggedAs(t *testing.T, e proof.Event) (key, receipt string) {
	t.Helper()
	secret, key, err := note.GenerateKey(rand.Reader, "registry.example/log")
	if err != nil {
		t.Fatal(err)
	}
	return key, loggedBy(t, secret, e)
}

// loggedBy is the receipt of an event in a log of one entry with a key.
func loggedBy(t *testing.T, secret string, e proof.Event) string {
	t.Helper()
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	o := proof.Opening{Event: e.Bytes(), Nonce: &proof.Nonce{1}}
	signed, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: "registry.example/log", Size: 1, Root: proof.EntryHash(o.Entry())}.Text()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return proof.Receipt{Checkpoint: signed, Opening: o}.Text()
}

// loggingRegistry answers one inquiry, and requests for its receipt as receipts says.
type loggingRegistry struct {
	answer   client.Answer
	key      string
	receipts func(w http.ResponseWriter, asked int32) string
	asked    atomic.Int32
}

func (r *loggingRegistry) open(t *testing.T, within time.Duration) *client.Client {
	t.Helper()
	return r.openAs(t, client.Log{Within: within})
}

func (r *loggingRegistry) openAs(t *testing.T, log client.Log) *client.Client {
	t.Helper()
	signer, err := signkit.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	signed := func(w http.ResponseWriter, body []byte) {
		signer.Sign(w.Header(), http.StatusOK, body, time.Now())
		_, _ = w.Write(body)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /log/key", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(r.key + "\n")) })
	mux.HandleFunc("POST /api/v1/inquiries", func(w http.ResponseWriter, _ *http.Request) {
		raw, _ := json.Marshal(r.answer)
		w.Header().Set("Content-Type", "application/json")
		signed(w, raw)
	})
	mux.HandleFunc("GET /api/v1/receipts/{stub}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if text := r.receipts(w, r.asked.Add(1)); text != "" {
			signed(w, []byte(text))
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	set := signer.KeySet()
	k, err := client.New(t.Context(), client.Config{Server: server.URL, Token: "rct_sample", Answers: &set, HTTP: server.Client(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func refuse(status int, code string) func(http.ResponseWriter, int32) string {
	return func(w http.ResponseWriter, _ int32) string {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"code":"` + code + `","detail":"made up"}`))
		return ""
	}
}

var (
	given = client.Answer{Inquiry: ref.Inquiry{1, 2, 3}.String(), At: "2026-11-23T04:05:06.000007Z", Purpose: "loan-application", Basis: "consent", Pack: "made-up@1",
		Outcome: "records", Receipt: strings.Repeat("s", 86)}
	event = proof.Event{ID: ref.Inquiry{1, 2, 3}, Kind: "inquiry.answered", At: time.Date(2026, 11, 23, 4, 5, 6, 7000, time.UTC),
		Facts: map[string]string{"purpose": "loan-application", "basis": "consent", "pack": "made-up@1", "outcome": "1", "body": "0b"}}
)

// TestInquire_neverLogged: an answer whose receipt does not come within the merge delay,
// or that names none, is not handed on. The control is one whose receipt comes at the
// third time of asking.
func TestInquire_neverLogged(t *testing.T) {
	t.Parallel()
	key, receipt := loggedAs(t, event)
	early := refuse(http.StatusConflict, "E-LOG-EARLY")
	for _, c := range []struct {
		name     string
		receipts func(http.ResponseWriter, int32) string
		stub     string
		holds    bool
		again    bool // it was asked for more than once
	}{
		{"logged in time", func(w http.ResponseWriter, asked int32) string {
			if asked < 3 {
				return early(w, asked)
			}
			return receipt
		}, given.Receipt, true, true},
		{"never logged", early, given.Receipt, false, true},
		{"said to be unknown", refuse(http.StatusNotFound, "E-LOG-STUB"), given.Receipt, false, false},
		{"another text", func(http.ResponseWriter, int32) string { return "no receipt\n" }, given.Receipt, false, false},
		{"no stub", early, "", false, false},
	} {
		r := &loggingRegistry{answer: given, key: key, receipts: c.receipts}
		r.answer.Receipt = c.stub
		within := 300 * time.Millisecond
		if c.holds {
			within = time.Minute
		}
		a, err := r.open(t, within).Inquire(t.Context(), "k", client.Question{})
		var unlogged *client.Unlogged
		if c.holds && (err != nil || a.Entry.Receipt != receipt) || !c.holds && (!errors.As(err, &unlogged) || a.Outcome != "") {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		if n := r.asked.Load(); (n > 1) != c.again {
			t.Errorf("%s: asked %d times", c.name, n)
		}
	}
}

// TestInquire_loggedOtherwise: an answer is not handed on whose receipt is of another
// inquiry, instant, purpose or outcome. The controls are receipts of the answer.
func TestInquire_loggedOtherwise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*proof.Event, *client.Answer)
		holds  bool
	}{
		{"as it is", func(*proof.Event, *client.Answer) {}, true},
		{"not answered for a purpose that the pack lacks", func(e *proof.Event, a *client.Answer) {
			e.Facts["purpose"], e.Facts["outcome"], a.Outcome = "none", "0", "not answered"
		}, true},
		{"of another inquiry", func(e *proof.Event, _ *client.Answer) { e.ID[15]++ }, false},
		{"of another instant", func(e *proof.Event, _ *client.Answer) { e.At = e.At.Add(time.Microsecond) }, false},
		{"of another purpose", func(e *proof.Event, _ *client.Answer) { e.Facts["purpose"] = "other" }, false},
		{"of no purpose, and answered", func(e *proof.Event, _ *client.Answer) { e.Facts["purpose"] = "none" }, false},
		{"of another basis", func(e *proof.Event, _ *client.Answer) { e.Facts["basis"] = "statute" }, false},
		{"of another pack", func(e *proof.Event, _ *client.Answer) { e.Facts["pack"] = "made-up@2" }, false},
		{"logged as not answered", func(e *proof.Event, _ *client.Answer) { e.Facts["outcome"] = "0" }, false},
		{"logged as nothing to show", func(e *proof.Event, _ *client.Answer) { e.Facts["outcome"] = "2" }, false},
		{"logged with no outcome", func(e *proof.Event, _ *client.Answer) { delete(e.Facts, "outcome") }, false},
		{"of an outcome that is none", func(e *proof.Event, _ *client.Answer) { e.Facts["outcome"] = "4" }, false},
		{"of no body", func(e *proof.Event, _ *client.Answer) { delete(e.Facts, "body") }, false},
		{"of another kind", func(e *proof.Event, _ *client.Answer) { e.Kind = "consent.given" }, false},
		{"an answer whose number is none", func(_ *proof.Event, a *client.Answer) { a.Inquiry = "1" }, false},
		{"an answer whose instant is none", func(_ *proof.Event, a *client.Answer) { a.At = "now" }, false},
	} {
		e, r := event, &loggingRegistry{answer: given}
		e.Facts = maps.Clone(event.Facts)
		c.change(&e, &r.answer)
		key, receipt := loggedAs(t, e)
		r.key, r.receipts = key, func(http.ResponseWriter, int32) string { return receipt }
		a, err := r.open(t, time.Minute).Inquire(t.Context(), "k", client.Question{})
		var unlogged *client.Unlogged
		if c.holds && (err != nil || a.Outcome != r.answer.Outcome) || !c.holds && (!errors.As(err, &unlogged) || a.Outcome != "") {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
		r.key, _ = loggedAs(t, e)
		if _, err := r.open(t, time.Minute).Inquire(t.Context(), "k", client.Question{}); !errors.As(err, &unlogged) {
			t.Errorf("%s, of another log: %v", c.name, err)
		}
	}
}

// TestInquire_loggedForAnother: an answer is not handed on whose look was logged for
// another body than the one that asks: the one that it named, or that its first receipt
// was of. The controls are its own.
func TestInquire_loggedForAnother(t *testing.T) {
	t.Parallel()
	secret, key, err := note.GenerateKey(rand.Reader, "registry.example/log")
	if err != nil {
		t.Fatal(err)
	}
	other := event
	other.Facts = maps.Clone(event.Facts)
	other.Facts["body"] = "0c"
	texts := map[string]string{"0b": loggedBy(t, secret, event), "0c": loggedBy(t, secret, other)}
	for _, c := range []struct {
		named  string
		logged []string // for whom, one inquiry after another
		holds  []bool
	}{
		{"0b", []string{"0b", "0c", "0b"}, []bool{true, false, true}},
		{"0c", []string{"0b", "0c"}, []bool{false, true}},
		{"", []string{"0b", "0b", "0c", "0b"}, []bool{true, true, false, true}},
	} {
		whose := ""
		r := &loggingRegistry{answer: given, key: key, receipts: func(http.ResponseWriter, int32) string { return texts[whose] }}
		k := r.openAs(t, client.Log{Body: c.named, Within: time.Minute})
		for i := range c.logged {
			whose = c.logged[i]
			a, err := k.Inquire(t.Context(), "k", client.Question{})
			var unlogged *client.Unlogged
			if c.holds[i] && (err != nil || a.Entry.Body != whose) || !c.holds[i] && (!errors.As(err, &unlogged) || a.Outcome != "") {
				t.Errorf("named %q, number %d logged for %s: %+v %v", c.named, i, whose, a.Entry, err)
			}
		}
	}
}

package changes_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/test/housetest"
)

func ok(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// TestWebhook_isSigned: what comes is the note of the inbox, signed with the body's
// secret and with the registry's key; another secret, key or body does not hold.
func TestWebhook_isSigned(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := receives(t, ok)
	courier := h.courier(t, to)
	_, secret := h.hook(t, "sample-bank", to)
	c := h.change(t, "sample-bank")
	h.tell(t, c)
	h.step(t, courier)
	if diff := cmp.Diff([]string{c.ID.String()}, to.came()); diff != "" {
		t.Fatal(diff)
	}
	note, err := h.inbox.Note(t.Context(), c)
	if diff := cmp.Diff(note, to.notes[0]); diff != "" || err != nil {
		t.Error(diff, err)
	}
	signed := []byte(to.last.Get("webhook-id") + "." + to.last.Get("webhook-timestamp") + "." + string(to.body))
	holds := func(signed, secret []byte, key ed25519.PublicKey) (symmetric, asymmetric bool) {
		for _, s := range strings.Split(to.last.Get("webhook-signature"), " ") {
			version, text, _ := strings.Cut(s, ",")
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			mac := hmac.New(sha256.New, secret)
			mac.Write(signed)
			symmetric = symmetric || version == "v1" && hmac.Equal(raw, mac.Sum(nil))
			asymmetric = asymmetric || version == "v1a" && ed25519.Verify(key, signed, raw)
		}
		return symmetric, asymmetric
	}
	public := h.key.Public().(ed25519.PublicKey)
	if a, b := holds(signed, secret, public); !a || !b {
		t.Errorf("the signatures hold: %v and %v", a, b)
	}
	if a, b := holds(append(signed, ' '), secret, public); a || b {
		t.Error("a signature holds of another body")
	}
	if a, _ := holds(signed, []byte("another"), public); a {
		t.Error("a signature holds under another secret")
	}
	if got := h.list(t, "sample-bank", true)[0]; got.SentAt.IsZero() || !got.NextAt.IsZero() {
		t.Errorf("taken, it stands at %+v", got)
	}
	h.step(t, courier)
	if n := len(to.came()); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

// TestWebhook_failsAndComesBack: a receiver that refuses is tried again after longer and
// longer pauses, and holds up nobody else; what it never takes is a dead letter, stays
// in the inbox, and can be sent again.
func TestWebhook_failsAndComesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	down := true
	bad := receives(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if down {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	good := receives(t, ok)
	courier := h.courier(t, bad, good)
	h.hook(t, "sample-bank", bad)
	h.hook(t, "hubei-tax", good)
	first, other := h.change(t, "sample-bank"), h.change(t, "hubei-tax")
	h.tell(t, first, h.change(t, "sample-bank"), other)
	h.step(t, courier)
	if a, b := len(bad.came()), len(good.came()); a != 1 || b != 1 {
		t.Fatalf("%d messages to the one that is down, %d to the other", a, b)
	}
	for range 40 { // through every pause, and past the time after which it is given up
		h.Move(t, 3*time.Hour)
		h.step(t, courier)
	}
	if n := len(bad.came()); n < 10 || n > 2*40 {
		t.Errorf("%d tries in five days", n)
	}
	list := h.list(t, "sample-bank", true)
	if len(list) != 2 || list[0].DeadAt.IsZero() || list[1].DeadAt.IsZero() || list[0].Code != "E-HOOK-STATUS" {
		t.Fatalf("never taken: %+v", list)
	}
	if n := housetest.Ask[int](t, h.Fixture, "select count(*) from ledger.journal where kind = 'notice.change-undelivered'"); n != 2 {
		t.Errorf("%d events of dead letters", n)
	}
	down = false
	before := len(bad.came())
	if n, err := h.inbox.SendAgain(t.Context(), h.Bodies["sample-bank"].ID, h.Now()); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	h.Move(t, time.Hour)
	h.step(t, courier)
	if list = h.list(t, "sample-bank", true); len(bad.came()) != before+2 || list[0].SentAt.IsZero() || !list[0].DeadAt.IsZero() {
		t.Errorf("%d more came: %+v", len(bad.came())-before, list)
	}
}

// TestWebhook_slowHoldsUpNobody: while one receiver keeps a message waiting, others get
// theirs; the slow one is tried again.
func TestWebhook_slowHoldsUpNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	hold := make(chan struct{})
	slow := receives(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	})
	taken := make(chan struct{}, 100)
	good := receives(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204); taken <- struct{}{} })
	courier := h.courier(t, slow, good)
	h.hook(t, "sample-bank", slow)
	h.hook(t, "hubei-tax", good)
	h.tell(t, h.change(t, "sample-bank"))
	fails := func(err error) { t.Error(err) }
	if _, err := courier.Step(t.Context(), h.Now(), fails); err != nil {
		t.Fatal(err)
	}
	for range 3 { // new changes, step by step, while the slow one waits
		h.tell(t, h.change(t, "hubei-tax"))
		for got := false; !got; {
			if _, err := courier.Step(t.Context(), h.Now(), fails); err != nil {
				t.Fatal(err)
			}
			select {
			case <-taken:
				got = true
			case <-time.After(10 * time.Millisecond): // the body was still being sent to
			}
		}
	}
	courier.Wait() // the slow one ends within its time
	close(hold)
	if n := len(slow.came()); n != 1 {
		t.Errorf("%d messages to the slow one", n)
	}
	if c := h.list(t, "sample-bank", true)[0]; c.Code != "E-HOOK-SLOW" || c.NextAt.IsZero() || !c.SentAt.IsZero() {
		t.Errorf("%+v", c)
	}
}

// TestWebhook_killed: a worker that dies after it began loses nothing: what it had taken
// up is sent by the next when its lease has run, and not before.
func TestWebhook_killed(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := receives(t, ok)
	courier := h.courier(t, to)
	h.hook(t, "sample-bank", to)
	h.tell(t, h.change(t, "sample-bank"))
	if claimed, err := h.work.Claim(t.Context(), h.Bodies["sample-bank"].ID, h.Now(), h.Now().Add(2*time.Minute), 1); err != nil || len(claimed) != 1 {
		t.Fatalf("%v, %v", claimed, err) // and here it dies
	}
	h.step(t, courier)
	if n := len(to.came()); n != 0 {
		t.Errorf("two workers sent at once: %d", n)
	}
	h.Move(t, 3*time.Minute)
	h.step(t, courier)
	if n := len(to.came()); n != 1 {
		t.Errorf("it was sent %d times after the lease", n)
	}
}

// TestWebhook_gone: 410 ends the webhook; what waits stays in the inbox.
func TestWebhook_gone(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := receives(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	courier := h.courier(t, to)
	h.hook(t, "sample-bank", to)
	h.tell(t, h.change(t, "sample-bank"), h.change(t, "sample-bank"))
	h.step(t, courier)
	if _, err := h.inbox.HookOf(t.Context(), h.Bodies["sample-bank"].ID); code(err) != "E-HOOK" || len(to.came()) != 1 {
		t.Errorf("%v after %d messages", err, len(to.came()))
	}
	for _, c := range h.list(t, "sample-bank", true) {
		if c.DeadAt.IsZero() || !c.NextAt.IsZero() {
			t.Errorf("%+v", c)
		}
	}
}

// TestWebhook_set: a repeat is the same webhook, another takes its place with what waits;
// after its end nothing is sent.
func TestWebhook_set(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := receives(t, ok), receives(t, ok)
	courier := h.courier(t, one, two)
	bank := h.Bodies["sample-bank"].ID
	first, secret := h.hook(t, "sample-bank", one)
	if again, same := h.hook(t, "sample-bank", one); again.ID != first.ID || string(same) != string(secret) {
		t.Error("a repeat made another webhook")
	}
	h.tell(t, h.change(t, "sample-bank"))
	if other, differs := h.hook(t, "sample-bank", two); other.ID == first.ID || string(differs) == string(secret) {
		t.Error("another webhook has the same secret")
	}
	h.step(t, courier)
	if a, b := len(one.came()), len(two.came()); a != 0 || b != 1 {
		t.Errorf("%d to the old, %d to the new", a, b)
	}
	if err := h.inbox.EndHook(t.Context(), bank, h.Now()); err != nil {
		t.Fatal(err)
	}
	h.tell(t, h.change(t, "sample-bank"))
	h.step(t, courier)
	if n := len(two.came()); n != 1 || len(h.list(t, "sample-bank", true)) != 2 {
		t.Errorf("%d came after the end", n)
	}
	if err := h.inbox.EndHook(t.Context(), bank, h.Now()); code(err) != "E-HOOK" {
		t.Error(err)
	}
}

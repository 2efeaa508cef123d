package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"recourse/internal/app"
	"recourse/internal/kit/webkit"
	"recourse/internal/party"
)

// TestWebhooks_none: who writes a receiver is told that no webhook is set and how to set one,
// and nothing is sent.
func TestWebhooks_none(t *testing.T) {
	t.Parallel()
	s := serveWhole(t)
	o := s.clerkOf(t, market)
	const at = "/dev/webhooks"
	says(t, o.get("/en/dev"), `href="/en`+at+`"`)
	says(t, o.get("/en/ask/changes"), `href="/en`+at+`"`)
	says(t, o.get("/en"+at), "No webhook is set", `href="/en/dev/set-webhook"`, "Your body was told of no change so far")
	says(t, o.get("/zh"+at), "没有设置接收地址", "没有可以重新发送的")
	if code, page := o.sent("/en"+at, url.Values{"do": {"retry"}}); code != 422 {
		t.Errorf("sending again without a webhook: %d", code)
	} else {
		says(t, page, "No webhook is set, and nothing was sent", `id="webhook-wrong"`)
	}
	if code, _ := o.sent("/en"+at, url.Values{"do": {"again"}, "change": {"nonsense"}}); code != 404 {
		t.Errorf("a change that there is not: %d", code)
	}
}

// TestWebhooks_set shows a webhook that was set, in every view: no rule of accessibility is
// broken and nothing is wider than the screen.
func TestWebhooks_set(t *testing.T) {
	t.Parallel()
	s := serveWhole(t)
	s.setHook(t, "https://receiver.example.org/a/rather/long/way/to/the/receiver/of/changes")
	o, tab := s.clerkOf(t, market), shared(t).Tab(t)
	tab.Cookie(s.url, "recourse", o.session())
	for _, lang := range webkit.Langs() {
		tab.Look(View{Width: 1280})
		tab.Open(s.url + "/" + lang + "/dev/webhooks")
		says(t, tab.Text("main"), "https://receiver.example.org/")
		for _, v := range []View{{Width: 1280, Dark: true}, {Width: 320}} {
			tab.Look(v)
			tab.check(fmt.Sprintf("webhooks-%s-%s", lang, v))
		}
	}
}

// setHook sets the webhook of a body by the call for it.
func (s *served) setHook(t *testing.T, address string) {
	t.Helper()
	ctx := t.Context()
	desk, err := app.OpenDesk(ctx, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	now := desk.Now()
	c, err := desk.Party.AddClerk(ctx, "wuhan-market", "SAMPLE-hook", desk.Today().AddDays(30), now)
	if err == nil {
		err = party.Appoint(ctx, desk.Mandates, party.Mandate{Clerk: c.ID, Desk: party.Asks, Until: desk.Today().AddDays(30)}, desk.Today(), now)
	}
	token := ""
	if err == nil {
		token, err = desk.Party.IssueToken(ctx, c.ID, now, now.Add(time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/webhook", strings.NewReader(fmt.Sprintf(`{"url":%q}`, address)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}, "Idempotency-Key": {"sample-hook"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= 300 {
		t.Fatalf("the webhook is not set: %s", res.Status)
	}
}

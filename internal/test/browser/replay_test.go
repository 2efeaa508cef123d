package browser

import (
	"net/url"
	"testing"
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

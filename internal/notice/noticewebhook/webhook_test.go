package noticewebhook_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recourse/internal/fault"
	"recourse/internal/notice"
	"recourse/internal/notice/noticewebhook"
	"recourse/internal/ref"
)

func poster(t *testing.T, c noticewebhook.Config) *noticewebhook.Poster {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.Key = key
	p, err := noticewebhook.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for _, a := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
		"64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1"} {
		if noticewebhook.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is taken for a public address", a)
		}
	}
	for _, a := range []string{"8.8.8.8", "93.184.216.34", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"} {
		if !noticewebhook.Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is not taken for a public address", a)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	p := poster(t, noticewebhook.Config{Trust: []string{"10.0.0.1:8080", "inside.example:443"}})
	for raw, want := range map[string]string{
		"https://bank.example.org/recourse": "", "https://8.8.8.8/": "", "http://10.0.0.1:8080/x": "", "https://inside.example/": "",
		"http://bank.example.org/": "E-HOOK-PRIVATE", "https://127.0.0.1/": "E-HOOK-PRIVATE", "https://[::1]/": "E-HOOK-PRIVATE", "https://169.254.169.254/latest": "E-HOOK-PRIVATE", "https://10.0.0.1/": "E-HOOK-PRIVATE",
		"": "E-HOOK-URL", "ftp://bank.example.org/": "E-HOOK-URL", "https://u:p@bank.example.org/": "E-HOOK-URL", "https://bank.example.org/#x": "E-HOOK-URL", "https://": "E-HOOK-URL",
		"https://bank.example.org/" + strings.Repeat("x", 500): "E-HOOK-URL", "file:///etc/passwd": "E-HOOK-URL",
	} {
		if got := code(p.Check(raw)); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// A receiver on this machine is not dialled though its name would be taken, nor by a
// redirect; where the operator vouches for it, it is: that is the control.
func TestPost_onlyToPublicAddresses(t *testing.T) {
	t.Parallel()
	var came atomic.Int32
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	t.Cleanup(inside.Close)
	u, err := url.Parse(inside.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(inside.Certificate())
	m := notice.Post{Change: ref.Change{1}, URL: "https://localhost:" + u.Port() + "/", Secret: []byte("sample"), At: time.Unix(1, 0), Body: []byte("{}")}
	if got := code(poster(t, noticewebhook.Config{Roots: roots}).Post(t.Context(), m)); got != "E-HOOK-PRIVATE" || came.Load() != 0 {
		t.Errorf("a name that leads to this machine: %q, %d came", got, came.Load())
	}
	m.URL = "http://" + u.Host
	if got := code(poster(t, noticewebhook.Config{}).Post(t.Context(), m)); got != "E-HOOK-PRIVATE" {
		t.Errorf("without TLS: %q", got)
	}
	from := httptest.NewTLSServer(http.RedirectHandler(inside.URL, http.StatusTemporaryRedirect))
	t.Cleanup(from.Close)
	roots.AddCert(from.Certificate())
	m.URL = from.URL
	if got := code(poster(t, noticewebhook.Config{Roots: roots, Trust: []string{strings.TrimPrefix(from.URL, "https://")}}).Post(t.Context(), m)); got != "E-HOOK-STATUS" || came.Load() != 0 {
		t.Errorf("a redirect: %q, %d came", got, came.Load())
	}
	m.URL = inside.URL
	if err := poster(t, noticewebhook.Config{Roots: roots, Trust: []string{u.Host}}).Post(t.Context(), m); err != nil || came.Load() != 1 {
		t.Errorf("one that the operator vouches for: %v, %d came", err, came.Load())
	}
}

// What became of a try is told by its status; an error never names the receiver.
func TestPost_answers(t *testing.T) {
	t.Parallel()
	status := make(chan int, 1)
	block := make(chan struct{})
	to := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := <-status; s > 0 {
			w.WriteHeader(s)
			return
		}
		select {
		case <-block:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(to.Close)
	t.Cleanup(func() { close(block) })
	host := strings.TrimPrefix(to.URL, "http://")
	p := poster(t, noticewebhook.Config{Trust: []string{host, "127.0.0.1:1"}, Limit: 300 * time.Millisecond})
	for s, want := range map[int]string{200: "", 204: "", 299: "", 301: "E-HOOK-STATUS", 400: "E-HOOK-STATUS", 404: "E-HOOK-STATUS", 410: "E-HOOK-GONE", 429: "E-HOOK-STATUS", 500: "E-HOOK-STATUS", 0: "E-HOOK-SLOW"} {
		status <- s
		err := p.Post(t.Context(), notice.Post{URL: to.URL, Body: []byte("{}")})
		if code(err) != want || err != nil && strings.Contains(err.Error(), host) {
			t.Errorf("%d: %v, want %q", s, err, want)
		}
	}
	if err := p.Post(t.Context(), notice.Post{URL: "http://127.0.0.1:1/", Body: []byte("{}")}); code(err) != "E-HOOK-REACH" {
		t.Error(err)
	}
}

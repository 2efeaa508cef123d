package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"recourse/internal/app"
	"recourse/internal/app/world"
	"recourse/internal/test/evidence"
)

// named is where a registry can be served under a name.
func named(t *testing.T) app.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	port := l.Addr().(*net.TCPAddr).Port
	return app.Config{Listen: fmt.Sprintf("127.0.0.1:%d", port), BaseURL: fmt.Sprintf("http://localhost:%d", port)}
}

// keyed is a tab with a device that holds passkeys, before a registry. It counts what was
// tried with them.
type keyed struct {
	*Tab
	s              *served
	device         webauthn.AuthenticatorID
	tried, refused int
}

func (s *served) keyed(tab *Tab) *keyed { return &keyed{Tab: tab, s: s, device: tab.device()} }

// device puts a device that holds passkeys into a tab.
func (tab *Tab) device() webauthn.AuthenticatorID {
	tab.t.Helper()
	_, err := chromedp.Call(tab.ctx, webauthn.Enable, webauthn.EnableParams{})
	tab.must(err)
	made, err := chromedp.Call(tab.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		HasCmtgKey: true}}) // else it takes no passkey of another device
	tab.must(err)
	return made.AuthenticatorID
}

// signs lets the device sign what a page asks for, and returns the answer instead of
// sending it.
func (tab *Tab) signs(options string) string {
	tab.t.Helper()
	answer, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](`navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(`+quoted(options)+`))}).then(c => JSON.stringify(c.toJSON()))`,
		chromedp.EvalAwaitPromise))
	tab.must(err)
	return answer
}

// copies gives a tab a device of its own with what that of another holds, which has
// signed more often.
func (tab *Tab) copies(from *Tab, device webauthn.AuthenticatorID) {
	tab.t.Helper()
	held, err := chromedp.Call(from.ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device})
	tab.must(err)
	own := tab.device()
	for _, c := range held.Credentials {
		_, err := chromedp.Call(tab.ctx, webauthn.AddCredential, webauthn.AddCredentialParams{AuthenticatorID: own, Credential: &webauthn.Credential{
			CredentialID: c.CredentialID, IsResidentCredential: true, RpID: c.RpID, PrivateKey: c.PrivateKey, UserHandle: c.UserHandle, SignCount: c.SignCount + 1000}})
		tab.must(err)
	}
}

// options are what the page asks a device for.
func (tab *Tab) options() string {
	tab.t.Helper()
	out, err := chromedp.Run(tab.ctx, chromedp.Evaluate[string](`document.querySelector('[data-passkey]').dataset.options`))
	tab.must(err)
	return out
}

// answers sends an answer from the page, as its script does.
func (tab *Tab) answers(answer string) {
	tab.t.Helper()
	tab.Number(`(() => { const b = document.querySelector('[data-passkey]'); b.form.elements.answer.value = ` + quoted(answer) + `; b.replaceWith(b.cloneNode(true)); return 0 })()`)
	tab.Click("[data-passkey]")
}

func quoted(text string) string {
	raw, _ := json.Marshal(text) // a text can be written
	return string(raw)
}

// enters signs in at a provider, and goes on.
func (k *keyed) enters(door, next string) {
	k.t.Helper()
	k.Open(k.s.url + "/en/sign-in/" + door + "?next=" + url.QueryEscape("/en"+next))
	k.Click("a")
	k.at(k.s.url + "/en" + next)
}

// binds makes a passkey, from the page of sign-ins.
func (k *keyed) binds(list, at string) {
	k.t.Helper()
	k.Open(k.s.url + "/en" + list)
	k.Click(`a[href="/en` + at + `"]`)
	k.check("passkey-new")
	k.Click("[data-passkey]")
	k.at(k.s.url + "/en" + list + "?done=bound")
	k.check("sign-ins-passkey")
}

// asks goes where a passkey is asked for.
func (k *keyed) asks() {
	k.t.Helper()
	k.Open(k.s.url + "/en/sign-in")
	k.Click(`a[href*="/sign-in/passkey"]`)
}

func (k *keyed) out() {
	k.t.Helper()
	k.Click(`form[action$="/sign-out"] button`)
}

// older lets all proofs be so old that what matters asks anew.
func (s *served) older() {
	s.t.Helper()
	s.exec("update party.session set proved_at = proved_at - interval '11 minutes'")
}

// try asks for a passkey and plays with the answer: the page says what is wrong, and
// nobody is signed in.
func (k *keyed) try(name, want string, do func()) {
	k.t.Helper()
	k.tried++
	k.asks()
	do()
	if page := k.Text("main"); !strings.Contains(page, want) {
		k.t.Errorf("%s: the page does not say %q:\n%s", name, want, page)
	} else if k.Open(k.s.url + "/en/me"); !strings.Contains(k.Text("h1"), "Sign in") {
		k.t.Errorf("%s: lets in", name)
	} else {
		k.refused++
	}
}

// TestPasskey binds passkeys after a sign-in with an identity service, signs in and proves
// anew with them, and revokes them; what is not for this site, this browser, this person
// and this moment, or may come from a copy, is not taken.
func TestPasskey(t *testing.T) {
	t.Parallel()
	s := serveDoors(t, named(t))
	k := s.keyed(shared(t).Tab(t))
	k.Look(View{Width: 320})
	k.Open(strings.Replace(s.url, "localhost", "127.0.0.1", 1) + "/en/sign-in") // passkeys are kept for names alone
	k.at(s.url + "/en/sign-in")
	s.lives(k)
	s.refuses(k)

	k.enters("person", "/me/settings/sign-ins")
	k.Click(`li:has(input[name="passkey"]) form button`)
	k.at(s.url + "/en/me/settings/sign-ins?done=revoked")
	k.out()
	k.try("a passkey that was revoked", "it was revoked", func() { k.Click("[data-passkey]") })
	_, err := chromedp.Call(k.ctx, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: k.device})
	k.must(err)

	k.enters("market", "/supply")
	k.binds("/clerk/sign-ins", "/clerk/passkey")
	k.out()
	k.Open(s.url + "/en/clerk/sign-in")
	k.Click(`a[href*="/sign-in/passkey"]`)
	k.Click("[data-passkey]")
	k.at(s.url + "/en/supply")
	s.mixesUp(k)
	k.out()
	s.exec("update party.clerk set trained_until = current_date - 1 where staff_number = '0417'")
	k.try("of a clerk whose training has ended", "training record", func() { k.Click("[data-passkey]") })
	s.exec("update party.clerk set ended_at = now() where staff_number = '0417'")
	k.try("of a clerk who has left", "it was revoked", func() { k.Click("[data-passkey]") })
	evidence.Keep(t, "sign-in.md", "browser", "passkeys: replay, another challenge, site, browser, holder, a copy's counter, too late, revoked, left", k.tried, k.refused)
}

// lives binds a passkey of a person after a sign-in at a provider, not long after and by
// nothing else, proves anew and signs in with it.
func (s *served) lives(k *keyed) {
	s.t.Helper()
	first := func() {
		s.t.Helper()
		k.Open(s.url + "/en/me/settings/passkey")
		says(s.t, k.Text("main"), "bound only by who signed in")
	}
	k.enters("person", "/me")
	s.older()
	first()
	k.check("passkey-first")
	k.Click(`a[href*="again=yes"]`)
	k.Click("a")
	k.at(s.url + "/en/me/settings/passkey")
	k.binds("/me/settings/sign-ins", "/me/settings/passkey")

	s.older()
	k.Open(s.url + "/en/me/freeze")
	k.Click(`button[value="placed"]`)
	k.check("again-passkey")
	k.Click(`a[href*="/sign-in/passkey"]`)
	k.Click("[data-passkey]")
	k.at(s.url + "/en/resume")
	k.Click("main form .btn")
	k.at(s.url + "/en/me/freeze?done=placed")
	first() // a passkey makes none
	k.out()
	k.asks()
	k.check("passkey-ask")
	k.Click("[data-passkey]")
	k.at(s.url + "/en/me")
	first()
	k.out()
}

// refuses plays with what a passkey signs.
func (s *served) refuses(k *keyed) {
	s.t.Helper()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><title>sample</title>"))
	})) // the tab waits for it
	defer elsewhere.Close()
	mimic := strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)
	other := shared(s.t).Tab(s.t)
	other.copies(k.Tab, k.device)
	k.asks()
	used := k.signs(k.options())
	k.answers(used)
	k.at(s.url + "/en/me")
	k.out()
	k.try("what was signed for another challenge", "cannot be taken", func() { k.answers(used) })
	k.try("signed at another site", "cannot be taken", func() {
		other.Open(mimic)
		k.answers(other.signs(k.options()))
	})
	k.try("nonsense", "cannot be taken", func() { k.answers("{}") })
	k.try("for another browser", "cannot be taken", func() {
		other.Open(s.url + "/en/sign-in/passkey")
		k.answers(other.signs(other.options()))
	})
	k.try("after ten minutes", "took longer than ten minutes", func() {
		s.exec("update party.knock set until_at = now() - interval '1 second'")
		k.Click("[data-passkey]")
	})
	k.try("without making sure of the holder", "did not sign", func() {
		sure := func(yes bool) {
			_, err := chromedp.Call(k.ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: k.device, IsUserVerified: yes})
			k.must(err)
		}
		sure(false)
		k.Press("[data-passkey]")
		_, err := chromedp.Run(k.ctx, chromedp.Text(chromedp.CSS("#passkey-wrong:not([hidden])")))
		k.must(err)
		sure(true)
	})
	k.try("by a copy whose counter went back", "may hold a copy", func() {
		s.exec("update party.passkey set counter = counter + 100")
		k.Click("[data-passkey]")
	})
	s.exec("update party.passkey set counter = 0")
	k.asks()
	if in := k.sends(k.signs(k.options()), 8); in != 1 {
		s.t.Errorf("one answer, sent 8 times at once, lets in %d times", in)
	} else {
		k.tried, k.refused = k.tried+7, k.refused+7
	}
	k.asks() // control: the copy signs for this site, and is taken
	other.Open(s.url + "/en/sign-in")
	k.answers(other.signs(k.options()))
	k.at(s.url + "/en/me")
	k.out()
	s.exec("update party.passkey set counter = 0")
}

// sends sends an answer many times at once with what the tab holds, as no browser does,
// and returns how many of them let in. The others are told that it was used.
func (k *keyed) sends(answer string, times int) int {
	k.t.Helper()
	held, err := chromedp.Call(k.ctx, network.GetCookies, network.GetCookiesParams{})
	k.must(err)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var in atomic.Int64
	var all sync.WaitGroup
	for range times {
		all.Go(func() {
			req, err := http.NewRequestWithContext(k.t.Context(), http.MethodPost, k.s.url+"/en/sign-in/passkey", strings.NewReader(url.Values{"answer": {answer}}.Encode()))
			if err != nil {
				k.t.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Origin", k.s.url)
			for _, c := range held.Cookies {
				req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
			}
			res, err := client.Do(req)
			if err != nil {
				k.t.Error(err)
				return
			}
			defer func() { _ = res.Body.Close() }()
			page, err := io.ReadAll(res.Body)
			switch {
			case err != nil:
				k.t.Error(err)
			case res.StatusCode == http.StatusSeeOther:
				in.Add(1)
			case !strings.Contains(string(page), "was finished already"):
				k.t.Errorf("%d: %.500s", res.StatusCode, page)
			}
		})
	}
	all.Wait()
	return int(in.Load())
}

// mixesUp has a clerk's passkey sign what a person is asked for, to prove anew who they
// are: it is not theirs, and their proof stays old. Their own is taken.
func (s *served) mixesUp(clerk *keyed) {
	s.t.Helper()
	person := s.keyed(shared(s.t).Tab(s.t))
	person.enters("person", "/me")
	person.binds("/me/settings/sign-ins", "/me/settings/passkey")
	s.older()
	again := func() {
		s.t.Helper()
		person.Open(s.url + "/en/me/freeze")
		person.Click(`button[value="lifted"]`)
		person.at(s.url + "/en/sign-in/again?next=%2Fen%2Fresume")
		person.Click(`a[href*="/sign-in/passkey"]`)
	}
	again()
	var asked map[string]any
	person.must(json.Unmarshal([]byte(person.options()), &asked))
	delete(asked, "allowCredentials") // by which the browser of the person would not let it sign
	anybody, err := json.Marshal(asked)
	person.must(err)
	clerk.tried++
	person.answers(clerk.signs(string(anybody)))
	says(s.t, person.Text("main"), "it is not of who is signed in")
	again()
	clerk.refused++
	person.Click("[data-passkey]")
	person.at(s.url + "/en/resume")
}

// TestPasskey_sandbox binds a passkey where a sample person was chosen at the sandbox's own
// provider, and signs in with it.
func TestPasskey_sandbox(t *testing.T) {
	t.Parallel()
	s := serveAs(t, named(t), app.Calls{Prepare: func(ctx context.Context, h *app.House) error {
		return h.LoadDemo(ctx, world.Size{People: 40, Records: 53, Days: 120}, func(app.Step) {})
	}})
	k := s.keyed(shared(t).Tab(t))
	k.Open(s.url + "/en/sign-in/person?next=%2Fen%2Fme")
	k.Press("#person-0")
	k.Click("main form .btn")
	k.at(s.url + "/en/me")
	k.binds("/me/settings/sign-ins", "/me/settings/passkey")
	k.out()
	k.asks()
	k.Click("[data-passkey]")
	k.at(s.url + "/en/me")
}

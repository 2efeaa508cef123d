package browser

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"recourse/client"
	"recourse/internal/app"
	"recourse/internal/party/partyweb"
	"recourse/internal/when"
)

// tokens are those of the two sample clerks of a body.
func (s *served) tokens(t *testing.T, body string) (tokens, numbers [2]string) {
	t.Helper()
	desk, err := app.OpenDesk(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	for i, staff := range partyweb.SampleStaff() {
		c, err := desk.Party.AddClerk(t.Context(), body, staff, s.today(t).AddYears(2), desk.Now())
		if err != nil {
			t.Fatal(err)
		}
		if tokens[i], err = desk.Party.IssueToken(t.Context(), c.ID, desk.Now(), desk.Now().Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		numbers[i] = c.ID.String()
	}
	return tokens, numbers
}

// newClerk signs in as a clerk of a body whom nobody else is: of one clerk few trials of
// files are held at a time.
func (s *served) newClerk(t *testing.T, body, staff string) *office {
	t.Helper()
	desk, err := app.OpenDesk(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	c, err := desk.Party.AddClerk(t.Context(), body, staff, s.today(t).AddYears(2), desk.Now())
	if err != nil {
		t.Fatal(err)
	}
	token, err := desk.Party.IssueToken(t.Context(), c.ID, desk.Now(), desk.Now().Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{s: s, t: t, client: &http.Client{Jar: jar}}
	says(t, o.post("/en/clerk/sign-in", url.Values{"token": {token}}), "Send records")
	return o
}

// calls is a client of the API.
func (s *served) calls(t *testing.T, c client.Config) *client.Client {
	t.Helper()
	c.Server = s.url
	out, err := client.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// asksSigned lets a program of a body ask a question that it signs: heads of the body
// register its key, one and another.
func (s *served) asksSigned(t *testing.T, body string, q client.Question) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tokens, numbers := s.tokens(t, body)
	var key struct{ ID string }
	asked := map[string]string{"key": base64.RawURLEncoding.EncodeToString(public), "holder": numbers[0], "until": s.today(t).AddDays(60).String()}
	if err := s.calls(t, client.Config{Token: tokens[0]}).Post(t.Context(), "/keys", client.NewKey(), asked, &key); err != nil {
		t.Fatal(err)
	}
	if err := s.calls(t, client.Config{Token: tokens[1]}).Post(t.Context(), "/keys/"+key.ID+"/confirmation", client.NewKey(), struct{}{}, &key); err != nil {
		t.Fatal(err)
	}
	if _, err := s.calls(t, client.Config{Key: private}).Inquire(t.Context(), client.NewKey(), q); err != nil {
		t.Fatal(err)
	}
}

// today is the legal day that holds in the sandbox.
func (s *served) today(t *testing.T) when.Date {
	t.Helper()
	desk, err := app.OpenDesk(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	return when.In(desk.Now(), time.FixedZone("", 8*3600))
}

package webkit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"recourse/internal/ref"
)

// roles knows one person and one clerk.
type roles struct{ sessions }

func (r roles) Caller(ctx context.Context, secret string, now time.Time) (Caller, error) {
	if secret == "clerk" {
		return Caller{Clerk: ref.Clerk{1}, Body: ref.Body{2}, BodyCode: "sample"}, nil
	}
	return r.sessions.Caller(ctx, secret, now)
}

func TestSite_personsAndClerks(t *testing.T) {
	t.Parallel()
	c := config(Route{Method: "GET", Path: "/me", Role: Person, Serve: says("mine")}, Route{Method: "GET", Path: "/desk", Role: Clerk, Serve: says("the body's")},
		Route{Method: "GET", Path: "/", Serve: says("open")},
		Route{Method: "POST", Path: "/in", Serve: func(_ context.Context, v Visit) (Reply, error) {
			return SignIn{Secret: "clerk", Expires: v.Now.Add(time.Hour), Strict: true, Path: "/en/desk"}, nil
		}})
	label := func(s string) map[string]string { return map[string]string{ZH: s, EN: s} }
	c.Sessions, c.Nav, c.Desk = roles{}, []NavItem{{Path: "/me", Label: label("File")}}, []NavItem{{Path: "/desk", Label: label("Desk")}}
	s := open(t, c)
	for _, x := range []struct {
		path, secret string
		code         int
		says, silent string
	}{
		{"/en/me", "good", 200, "Leave quickly", "Desk"},
		{"/en/desk", "clerk", 200, ">Desk</a>", "Leave quickly"},
		{"/en/me", "clerk", 401, "/en/sign-in?next=%2Fen%2Fme", "mine"},
		{"/en/desk", "good", 401, "/en/clerk/sign-in?next=%2Fen%2Fdesk", "the body"},
		{"/en/desk", "", 401, "/en/clerk/sign-in?next=%2Fen%2Fdesk", "the body"},
		{"/en/desk", "bad", 401, "/en/clerk/sign-in", "the body"},
		{"/en/", "clerk", 200, ">Desk</a>", ">File</a>"},
		{"/en/nothing", "clerk", 404, `href="/en/desk"`, `href="/en/me"`},
	} {
		got := ask(s, "GET", x.path, "", "Cookie", "__Host-recourse="+x.secret)
		if got.Code != x.code || !strings.Contains(got.Body.String(), x.says) || strings.Contains(got.Body.String(), x.silent) {
			t.Errorf("%s as %q: %d\n%s", x.path, x.secret, got.Code, got.Body)
		}
	}
	set := ask(s, "POST", "/en/in", "").Header().Values("Set-Cookie")
	if len(set) != 2 || !strings.Contains(set[0], "SameSite=Strict") || !strings.Contains(set[0], "HttpOnly") || !strings.Contains(set[1], "SameSite=Lax") {
		t.Errorf("a clerk's cookies: %q", set)
	}
}

// sent is a form with one file.
func sent(t *testing.T, file string) (body, mediaType string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreateFormFile("file", "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, file)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), w.FormDataContentType()
}

func TestSite_uploads(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	c := config(Route{Method: "POST", Path: "/up", Upload: most, Serve: func(ctx context.Context, v Visit) (Reply, error) {
		if _, limited := ctx.Deadline(); limited {
			return nil, errors.New("an upload has a deadline as a whole")
		}
		part, err := v.Parts.NextPart()
		if err != nil {
			return nil, err
		}
		n, err := io.Copy(io.Discard, part)
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return Page{Title: "T", Content: Text("too long")}, nil
		}
		return Stream{Name: "x.csv", Type: "text/csv", Size: n, Body: io.NopCloser(strings.NewReader(strings.Repeat("x", int(n))))}, err
	}})
	s := open(t, c)
	for _, x := range []struct {
		n    int
		want string
	}{{0, ""}, {3, "xxx"}, {most, strings.Repeat("x", most)}, {most + maxForm, "too long"}} {
		body, mediaType := sent(t, strings.Repeat("y", x.n))
		got := ask(s, "POST", "/en/up", body, "Content-Type", mediaType)
		if got.Code != 200 || !strings.Contains(got.Body.String(), x.want) || x.want != "too long" && got.Body.Len() != x.n {
			t.Errorf("%d bytes: %d, %d bytes back", x.n, got.Code, got.Body.Len())
		}
	}
	if got := ask(s, "POST", "/en/up", "a=b"); got.Code != http.StatusBadRequest {
		t.Errorf("a form without files: %d", got.Code)
	}
	body, mediaType := sent(t, "x")
	if got := ask(s, "POST", "/en/up", body, "Content-Type", mediaType, "Sec-Fetch-Site", "cross-site"); got.Code != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", got.Code)
	}
}

// TestSite_uploadThatStops keeps no handler waiting for a piece that never comes.
func TestSite_uploadThatStops(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	c := config(Route{Method: "POST", Path: "/up", Upload: 1 << 20, Serve: func(_ context.Context, v Visit) (Reply, error) {
		part, err := v.Parts.NextPart()
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
		ended <- err
		return nil, err
	}})
	c.Origin, c.Deadline = "http://127.0.0.1", 20*time.Millisecond
	server := httptest.NewServer(open(t, c))
	t.Cleanup(server.Close)
	body, mediaType := sent(t, "x")
	in, out := io.Pipe()
	go func() { _, _ = io.WriteString(out, body[:len(body)-20]) }()
	t.Cleanup(func() { _ = out.Close() })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/en/up", in)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", mediaType)
	go func() {
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
		}
	}()
	if err := <-ended; err == nil {
		t.Error("half an upload passes for a whole one")
	}
}

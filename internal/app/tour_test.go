package app_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"recourse/internal/party/partyweb"
)

// guided is somebody who makes the tour: with a session and the step they are at.
type guided struct {
	*actor
	step string
}

// guidedTo is the answer to a request with both cookies.
func (w *town) guidedTo(g guided, method, path string, fields url.Values) *httptest.ResponseRecorder {
	return w.send(g.actor, method, path, fields, func(r *http.Request) {
		if g.step != "" {
			r.AddCookie(&http.Cookie{Name: "guide", Value: g.step})
		}
	})
}

// toured makes the tour in each language: each step leads to a page on which it can be
// done, says so above it, and leads to the next; what the third step says to type in is
// answered, and stands in the list of the fourth.
func (w *town) toured(t *testing.T) {
	for lang, count := range map[string]string{"en": "Step %d of %d.", "zh": "第 %d 步，共 %d 步。"} {
		g := guided{actor: &actor{}}
		var looks []int
		for step := 1; step <= 5; step++ {
			res := w.guidedTo(g, http.MethodPost, "/"+lang+"/sandbox/tour", url.Values{"step": {fmt.Sprint(step)}})
			if res.Code != http.StatusSeeOther {
				t.Fatalf("step %d in %s: %d", step, lang, res.Code)
			}
			for _, c := range res.Result().Cookies() {
				switch c.Name {
				case "recourse":
					g.actor = &actor{cookie: c.Value}
				case "guide":
					g.step = c.Value
				}
			}
			at := res.Header().Get("Location")
			res = w.guidedTo(g, http.MethodGet, at, nil)
			page := res.Body.String()
			if want := fmt.Sprintf(count, step, 5); res.Code != http.StatusOK || !strings.Contains(page, want) {
				t.Fatalf("step %d leads to %s: %d, without %q", step, at, res.Code, want)
			}
			if next := fmt.Sprintf(`name="step" value="%d"`, step+1); strings.Contains(page, next) != (step < 5) {
				t.Errorf("step %d leads on: %v", step, step == 5)
			}
			if strings.Contains(w.send(g.actor, http.MethodGet, at, nil).Body.String(), `class="tour`) {
				t.Error("control: who is not guided is told a step")
			}
			switch step {
			case 3:
				looks = append(looks, w.asksAsTold(t, g, at, page))
			case 4:
				list := w.guidedTo(g, http.MethodGet, "/"+lang+"/me/lookups", nil).Body.String()
				if len(looks) != 1 || !strings.Contains(list, "/me/lookups/Q-") {
					t.Errorf("who asked in the third step is not in the list of the fourth: %v", looks)
				}
			}
		}
		out := w.guidedTo(g, http.MethodPost, "/"+lang+"/sign-out", url.Values{})
		if cookies := fmt.Sprint(out.Header().Values("Set-Cookie")); !strings.Contains(cookies, "guide=;") {
			t.Errorf("signing out ends no tour: %s", cookies)
		}
	}
	res := w.send(&actor{}, http.MethodPost, "/en/sandbox/tour", url.Values{"step": {"6"}})
	if res.Code != http.StatusUnprocessableEntity || len(res.Result().Cookies()) > 0 {
		t.Errorf("a sixth step: %d", res.Code)
	}
}

var told = regexp.MustCompile(`(?:number|号码) (\S+?)[,，] ?(?:name|姓名) ([^,，]+)[,，] ?(?:case|案件编号) ([A-Z]+[0-9]+-[0-9]+)`)

// asksAsTold types in what the strip says, and returns the status.
func (w *town) asksAsTold(t *testing.T, g guided, at, page string) int {
	said := told.FindStringSubmatch(html.UnescapeString(page))
	if said == nil {
		t.Fatalf("the strip does not say what to type in at %s", at)
	}
	fields := url.Values{}
	for _, in := range regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		fields.Set(in[1], html.UnescapeString(in[2]))
	}
	fields.Set("id_type", "cn-id")
	fields.Set("id_number", said[1])
	fields.Set("name", said[2])
	fields.Set("case", said[3])
	fields.Set("reason", "示例：导览")
	path, _, _ := strings.Cut(at, "?")
	res := w.guidedTo(g, http.MethodPost, path, fields)
	if res.Code != http.StatusOK && res.Code != http.StatusSeeOther {
		t.Fatalf("what the strip says to type in is answered with %d", res.Code)
	}
	return res.Code
}

// TestTour_needs refuses a tour whose steps nobody can live.
func TestTour_needs(t *testing.T) {
	t.Parallel()
	face := &partyweb.Face{Config: partyweb.Config{Sandbox: true, Samples: []partyweb.SamplePerson{{Name: "示例甲"}}, Clerks: []partyweb.SampleClerk{{Body: "a"}}}}
	good := partyweb.Stop{Key: "file", Path: "/me"}
	if _, err := partyweb.NewTour(face, []partyweb.Stop{good}); err != nil {
		t.Fatal(err)
	}
	for name, stop := range map[string]partyweb.Stop{"no words": {Key: "x"}, "no person": {Key: "file", Person: 1}, "no body": {Key: "file", Body: "b"}, "nobody": {Key: "file", Person: -1}} {
		if _, err := partyweb.NewTour(face, []partyweb.Stop{stop}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := partyweb.NewTour(&partyweb.Face{}, []partyweb.Stop{good}); err == nil {
		t.Error("outside a sandbox: taken")
	}
}

package webkit

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func sampleList() List {
	return List{Path: "/work/things", Label: map[string]string{ZH: "事项", EN: "Things"}, Choices: func(v Visit) []Choice {
		return []Choice{
			{Name: "desk", Tabs: true, Options: []Option{{"first", "First"}, {"second", "Second"}}},
			ByDue(v, true),
			ByType(v, []Option{{"a", "Type A"}, {"b", "Type B"}}),
		}
	}}
}

// serveList shows a list and what it was read as; saved are the clerk's views.
func serveList(t *testing.T, saved []Saved) *Site {
	t.Helper()
	c := config(Route{Method: "GET", Path: "/work/things", Role: Clerk, Serve: func(ctx context.Context, v Visit) (Reply, error) {
		n, err := sampleList().Read(ctx, v)
		if err != nil {
			return nil, err
		}
		from, to := n.Due(v.Today())
		head := fmt.Sprintf("[%s|%s|%t|%t|%d]", n.Value("desk"), n.Value("type"), from == v.Today() && to == from+7, to == v.Today()-1, n.Skip(50))
		return Page{Title: "T", Content: templ.Join(Text(head), Choices(v, n), Parts(v, n, true))}, nil
	}})
	c.Sessions = roles{}
	if saved != nil {
		c.Saved = func(context.Context, Caller, string) ([]Saved, error) { return append([]Saved{}, saved...), nil }
	}
	return open(t, c)
}

func TestList_read(t *testing.T) {
	t.Parallel()
	s := serveList(t, nil)
	for query, want := range map[string]string{
		"":                                  "[first||false|false|0]",
		"?desk=first&type=":                 "[first||false|false|0]",
		"?desk=second&type=b&due=week":      "[second|b|true|false|0]",
		"?due=late&page=3&done=view&more=x": "[first||false|true|100]",
		"?type=c":                           "400", "?desk=third": "400", "?due=tomorrow": "400", "?page=0": "400", "?page=1001": "400", "?page=x": "400",
	} {
		got := ask(s, "GET", "/en/work/things"+query, "", "Cookie", "__Host-recourse=clerk")
		if want == "400" {
			if got.Code != 400 {
				t.Errorf("%s: %d", query, got.Code)
			}
			continue
		}
		if got.Code != 200 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %d, want %s\n%s", query, got.Code, want, got.Body)
		}
		if strings.Contains(got.Body.String(), "Saved views") {
			t.Errorf("%s speaks of views where none are kept", query)
		}
	}
}

// TestList_saved shows a clerk's views above the list, that which is open marked as such,
// and none that the list no longer offers.
func TestList_saved(t *testing.T) {
	t.Parallel()
	s := serveList(t, []Saved{{"Late ones", "due=late"}, {"Gone", "type=c"}, {"Foreign", "due=late&x=y"}, {"B & <b>", "desk=second&type=b"}})
	page := func(query string) string {
		return ask(s, "GET", "/en/work/things"+query, "", "Cookie", "__Host-recourse=clerk").Body.String()
	}
	whole := page("")
	for _, want := range []string{`href="/en/work/things?due=late">Late ones</a>`, `href="/en/work/things?desk=second&amp;type=b">B &amp; &lt;b&gt;</a>`} {
		if !strings.Contains(whole, want) {
			t.Errorf("the list lacks %s\n%s", want, whole)
		}
	}
	for _, no := range []string{"Gone", "Foreign", "<details", "page=0"} {
		if strings.Contains(whole, no) {
			t.Errorf("the whole list has %q", no)
		}
	}
	if at := page("?due=late"); !strings.Contains(at, `aria-current="true">Late ones`) || strings.Contains(at, "<details") {
		t.Errorf("an open view is not marked, or offered to be saved again\n%s", at)
	}
	at := page("?type=b&due=week&page=2")
	for _, want := range []string{`name="filters" value="due=week&amp;type=b"`, `href="/en/work/things?due=week&amp;type=b"`, `href="/en/work/things?due=week&amp;page=3&amp;type=b"`, `href="/en/work/things?desk=second&amp;due=week&amp;type=b"`, `href="/en/work/things">Show all`} {
		if !strings.Contains(at, want) {
			t.Errorf("a narrowed list lacks %s\n%s", want, at)
		}
	}
	if none := ask(serveList(t, []Saved{}), "GET", "/en/work/things?type=b", "", "Cookie", "__Host-recourse=clerk").Body.String(); !strings.Contains(none, "none yet") {
		t.Errorf("nothing is said where no view is saved\n%s", none)
	}
}

func TestNarrowed_told(t *testing.T) {
	t.Parallel()
	v := Visit{w: new(shellWords)}
	n, ok := sampleList().Parse(v, "desk=second&type=a")
	if !ok || strings.Join(n.Told(), ",") != "Second,Type A" || n.At("", "") != "/work/things?desk=second&type=a" || n.Whole() {
		t.Errorf("%v %q %q", ok, n.Told(), n.At("", ""))
	}
	for _, bad := range []string{"type=a&desk=second", "desk=first", "type=a&type=b", "%zz", "type=c"} {
		if _, ok := sampleList().Parse(v, bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

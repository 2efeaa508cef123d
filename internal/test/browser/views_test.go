package browser

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"recourse/internal/kit/webkit"
)

// decides are the sample clerks who decide.
const decides = "Hubei Credit Information Centre"

// views saves what is chosen of a list, as one should not and as one may, and renames and
// removes it.
func (l *life) views() {
	const at = "/work/contests"
	o := l.all["decider"]
	l.get(o, webkit.ViewsPath)
	l.get(o, at+"?due=late&type=nurse-licence")
	save := func(name, filters string) string {
		return l.post(o, webkit.ViewsPath, "do", "save", "list", at, "name", name, "filters", filters)
	}
	save("", "due=week")
	for i := range 20 {
		save(fmt.Sprintf("示例 %d", i), "due=week&found=none")
	}
	save("示例 0", "due=week")
	save("示例 20", "due=week")
	view := l.find(l.get(o, webkit.ViewsPath), `name="view" value="([^"]*)"`)
	l.post(o, webkit.ViewsPath, "do", "rename", "view", view, "name", "示例 1")
	l.post(o, webkit.ViewsPath, "do", "rename", "view", view, "name", "示例：先办")
	l.post(o, webkit.ViewsPath, "do", "remove", "view", view)
	save("示例 20", "due=week")
	save("示例 0", "due=week")
}

// TestViews: a clerk narrows a list, saves that choice under a name and finds it as a
// link above the list, in either language; nobody else does.
func TestViews(t *testing.T) {
	t.Parallel()
	s := serveWhole(t)
	t.Run("kept", s.viewsKept)
	t.Run("mended", s.viewsMended)
}

func (s *served) viewsKept(t *testing.T) {
	o, other := s.clerkOf(t, decides), s.clerk(t, decides, url.Values{"second": {"yes"}})
	const at = "/work/contests"
	for _, path := range []string{at, "/work/repairs", "/work/complaints"} {
		says(t, o.get("/en"+path), "Saved views:", "none yet")
	}
	narrowed := o.get("/en" + at + "?due=late&found=none&desk=decide&type=")
	m := regexp.MustCompile(`name="filters" value="([^"]*)"`).FindStringSubmatch(narrowed)
	if m == nil || m[1] != "due=late&amp;found=none" {
		t.Fatalf("the page offers %q to be saved\n%s", m, narrowed)
	}
	form := url.Values{"do": {"save"}, "list": {at}, "filters": {"due=late&found=none"}, "name": {"Overdue, <b>nobody</b> yet"}}
	kept := o.post("/en"+webkit.ViewsPath, form)
	says(t, kept, "The view is saved", `value="late" selected`)
	for _, lang := range webkit.Langs() {
		says(t, o.get("/"+lang+at), `href="/`+lang+at+`?due=late&amp;found=none">Overdue, &lt;b&gt;nobody&lt;/b&gt; yet</a>`)
		says(t, o.get("/"+lang+at+"?due=late&found=none"), `aria-current="true">Overdue`)
	}
	for who, page := range map[string]string{"another clerk": other.get("/en" + at), "another's page of views": other.get("/en" + webkit.ViewsPath), "another list": o.get("/en/work/repairs")} {
		if strings.Contains(page, "Overdue, ") {
			t.Errorf("%s has the view\n%s", who, page)
		}
	}
	says(t, o.get("/en"+webkit.ViewsPath), "Contests to decide", "Over already", "None yet", "Overdue, &lt;b&gt;")
	says(t, o.get("/zh"+webkit.ViewsPath), "待决定", "已过期", "还没有")
}

// viewsMended: what cannot be saved is said at its field, and nothing but a choice
// that the list offers gets in.
func (s *served) viewsMended(t *testing.T) {
	o, other := s.clerkOf(t, decides), s.clerk(t, decides, url.Values{"second": {"yes"}})
	const at = "/work/contests"
	send := func(lang string, pairs ...string) (int, string) {
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return o.sent("/"+lang+webkit.ViewsPath, form)
	}
	if code, page := send("en", "do", "save", "list", at, "filters", "due=late", "name", " "); code != 422 || !strings.Contains(page, `id="view-name-wrong"`) || !strings.Contains(page, `value="due=late"`) {
		t.Errorf("without a name: %d\n%s", code, page)
	}
	for _, bad := range []string{"", "due=never", "type=x", "name=张三", "due=late&page=2", "found=none&due=late"} {
		if code, _ := send("en", "do", "save", "list", at, "filters", bad, "name", "示例"); code != 400 {
			t.Errorf("%q is kept: %d", bad, code)
		}
	}
	if code, _ := send("en", "do", "save", "list", "/me", "filters", "due=late", "name", "示例"); code != 400 {
		t.Errorf("of what is no list: %d", code)
	}
	send("en", "do", "save", "list", at, "filters", "due=late", "name", "一")
	send("en", "do", "save", "list", at, "filters", "due=week", "name", "二")
	if code, page := send("zh", "do", "save", "list", at, "filters", "found=one", "name", "一"); code != 422 || !strings.Contains(page, "已有同名视图") {
		t.Errorf("a name twice: %d\n%s", code, page)
	}
	view := regexp.MustCompile(`name="view" value="(VW-[^"]*)"`).FindStringSubmatch(o.get("/en" + webkit.ViewsPath))
	if view == nil {
		t.Fatal("no view can be renamed")
	}
	if code, page := send("en", "do", "rename", "view", view[1], "name", ""); code != 422 || !strings.Contains(page, `id="name-`+view[1]+`-wrong"`) {
		t.Errorf("renamed as nothing: %d\n%s", code, page)
	}
	if code, _ := other.sent("/en"+webkit.ViewsPath, url.Values{"do": {"remove"}, "view": {view[1]}}); code != 404 {
		t.Errorf("another removes it: %d", code)
	}
	if _, page := send("en", "do", "rename", "view", view[1], "name", "三"); !strings.Contains(page, "The view has another name.") || !strings.Contains(page, "<h2>三</h2>") {
		t.Errorf("renamed:\n%s", page)
	}
	if _, page := send("zh", "do", "remove", "view", view[1]); !strings.Contains(page, "视图已移除") || strings.Contains(page, "<h2>三</h2>") {
		t.Errorf("removed:\n%s", page)
	}
}

package browser

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// filling says what is sent of a field; nothing where sent is false.
type filling func(f form, of field) (value string, sent bool)

// untouched sends a form as nobody filled it in: what was hidden, what stood chosen,
// and every field empty.
func untouched(_ form, of field) (string, bool) {
	switch of.kind {
	case "hidden", "select":
		return of.value, true
	case "radio", "checkbox", "file":
		return "", false
	}
	return "", true
}

// mostPressed is how often one button of one row is pressed by one person.
const mostPressed = 2

// press sends each form of the pages that somebody meets, with each of its buttons, and
// lets see see what comes back. Nobody signs in or out by it.
func (o *office) press(w *whole, lang string, see func(string), fill filling, from ...string) {
	o.t.Helper()
	var pages []string
	o.walk(w, lang, func(page string) {
		if strings.HasPrefix(page, "<!") { // no download
			pages = append(pages, page)
		}
	}, from...)
	pressed := map[string]int{}
	for _, page := range pages {
		forms, err := formsOf(page)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, f := range forms {
			if f.method != http.MethodPost || strings.Contains(f.action, "sign-") || strings.Contains(f.action, "/sandbox/") {
				continue
			}
			for _, b := range f.ways() {
				key := w.row(http.MethodPost, strings.TrimPrefix(f.action, "/"+lang)) + " " + b.name + "=" + b.value
				if pressed[key]++; pressed[key] <= mostPressed {
					see(o.submit(f, b, fill))
				}
			}
		}
	}
}

// ways are the buttons of a form; one without a name where it has none.
func (f form) ways() []field {
	if len(f.buttons) == 0 {
		return []field{{kind: "button"}}
	}
	return f.buttons
}

// submit sends a form by a button, and returns the page that it leads to.
func (o *office) submit(f form, by field, fill filling) string {
	o.t.Helper()
	values := url.Values{}
	if by.name != "" {
		values.Set(by.name, by.value)
	}
	for _, of := range f.fields {
		if value, sent := fill(f, of); sent && of.name != "" && of.kind != "file" {
			values.Add(of.name, value)
		}
	}
	if !f.upload {
		return o.post(f.action, values)
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range values {
		for _, value := range all {
			_ = w.WriteField(name, value) // a buffer takes everything
		}
	}
	for _, of := range f.fields {
		if value, sent := fill(f, of); sent && of.kind == "file" {
			part, err := w.CreateFormFile(of.name, "sample.pdf")
			if err != nil {
				o.t.Fatal(err)
			}
			_, _ = io.WriteString(part, value)
		}
	}
	_ = w.Close()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.s.url+f.action, &body)
	if err == nil {
		req.Header.Set("Content-Type", w.FormDataContentType())
	}
	_, page := o.do(req, err)
	return page
}

// form returns the form of a page that is sent to an address, or fails.
func (o *office) form(page, to string) form {
	o.t.Helper()
	forms, err := formsOf(page)
	if err != nil {
		o.t.Fatal(err)
	}
	i := slices.IndexFunc(forms, func(f form) bool { return f.method == http.MethodPost && strings.HasSuffix(f.action, to) })
	if i < 0 {
		o.t.Fatalf("no form is sent to %s:\n%s", to, page)
	}
	return forms[i]
}

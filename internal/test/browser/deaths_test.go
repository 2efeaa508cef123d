package browser

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
)

// deaths enters the death of a person as one should not and as one may, looks at what they
// are told, and takes it back.
func (l *life) deaths() {
	const at, number = "/work/deaths", "999999198106181060"
	one, two, three := l.all["decider"], l.colleague(l.t, "Hubei Credit Information Centre"), l.all["source"]
	l.get(three, at)
	day := l.today(l.t).AddDays(-2).String()
	propose := func(number, day, file, post string) string {
		l.t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, f := range [][2]string{{"id_type", "cn-id"}, {"id_number", number}, {"died_on", day}, {"post", post}, {"language", "zh"}} {
			_ = w.WriteField(f[0], f[1]) // a buffer takes everything
		}
		part, err := w.CreateFormFile("file", "proof.pdf")
		if err != nil {
			l.t.Fatal(err)
		}
		_, _ = io.WriteString(part, file)
		_ = w.Close()
		req, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, l.url+"/en"+at, &body)
		if err == nil {
			req.Header.Set("Content-Type", w.FormDataContentType())
		}
		_, page := one.do(req, err)
		l.see(page)
		return page
	}
	propose("x", day, "%PDF-1.7", "")
	propose(number, "", "%PDF-1.7", "")
	propose(number, day, "", "")
	propose(number, day, "%PDF-1.7", "x")
	if page := propose(number, day, "%PDF-1.7", "样本继承人\n样本路 1 号"); !strings.Contains(page, "样本继承人") {
		l.t.Error("no death is proposed")
	}
	for _, m := range regexp.MustCompile(`/en(/work/deaths/DE-[0-9A-Z-]+)"`).FindAllStringSubmatch(l.get(two, at), -1) {
		page := l.get(two, m[1])
		if !strings.Contains(page, "样本继承人") {
			l.post(two, m[1], "do", "drop")
			continue
		}
		l.get(one, m[1])
		two.get("/en" + m[1] + "/proof")
		l.get(two, m[1])
		l.post(two, m[1], "do", "confirm", "id_type", "cn-id", "id_number", "x")
		l.post(two, m[1], "do", "confirm", "id_type", "cn-id", "id_number", number)
		l.get(two, at)
		l.get(two, m[1])
	}
}

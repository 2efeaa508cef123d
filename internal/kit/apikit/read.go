package apikit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
)

const (
	maxJSON   = 64 << 10 // bytes of a JSON body
	maxKey    = 255      // characters of an idempotency key
	keyHeader = "Idempotency-Key"
)

// bearer returns the token of a request (RFC 6750), or "" where there is none,
// more than one, or one that cannot be a token.
func bearer(h http.Header) string {
	lines := h.Values("Authorization")
	if len(lines) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	token = strings.TrimLeft(token, " ")
	if !strings.EqualFold(scheme, "Bearer") || len(token) > 512 || !visible(token) {
		return ""
	}
	return token
}

// visible reports whether s is one or more visible ASCII characters.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return s != ""
}

// admit checks what every call has: its query, and the key of a write.
func (c *Call) admit() error {
	if err := c.readQuery(); err != nil {
		return err
	}
	if c.route.Method != http.MethodPost {
		return nil
	}
	key, ok := readKey(c.r.Header.Values(keyHeader))
	if !ok {
		return errKey
	}
	c.Key = key
	return nil
}

func (c *Call) readQuery() error {
	got, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return errQuery
	}
	c.query = make(map[string]string, len(got))
	for name, values := range got {
		if len(values) != 1 || !c.route.asks(name) {
			return errQuery
		}
		c.query[name] = values[0]
	}
	for _, p := range c.route.Doc.Params {
		if p.Required && c.query[p.Name] == "" && !c.route.inPath(p.Name) {
			return errNoQuery.At(p.Name)
		}
	}
	return nil
}

// readKey reads the key as it stands or as the string of a structured field
// (draft-ietf-httpapi-idempotency-key-header): key and "key" are one key.
func readKey(lines []string) (string, bool) {
	if len(lines) != 1 {
		return "", false
	}
	key := lines[0]
	if strings.HasPrefix(key, `"`) {
		rest, text, ok := signkit.CutString(key)
		if !ok || rest != "" {
			return "", false
		}
		key = text
	}
	return key, len(key) <= maxKey && visible(key)
}

// JSON reads the body into a value of the type that the route's Doc names.
func (c *Call) JSON(into any) error {
	if !c.sent(mediaJSON) {
		return errMedia
	}
	if c.r.ContentLength > maxJSON {
		return errTooLarge
	}
	control := http.NewResponseController(c.w)
	_ = control.SetReadDeadline(clock.Stopwatch().Add(c.limit.whole)) // a recorder in a test has none
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxJSON))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return errTooLarge
	case err != nil:
		return errSlow.Because(err)
	}
	_ = control.SetReadDeadline(time.Time{})
	if c.claim != nil {
		if err := c.claim.Covers(sha256.Sum256(body)); err != nil {
			return err
		}
		c.body = body
	}
	return Decode(body, into)
}

// sent reports whether the body has a media type, in UTF-8 and not compressed.
func (c *Call) sent(mediaTypes ...string) bool {
	got, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	charset, said := params["charset"]
	return err == nil && slices.Contains(mediaTypes, got) && (!said || strings.EqualFold(charset, "utf-8")) && c.plain()
}

// plain reports whether the body is sent as it is.
func (c *Call) plain() bool {
	coding := c.r.Header.Get("Content-Encoding")
	return coding == "" || coding == "identity"
}

// takes are the media types of bodies that the route takes.
func (r Route) takes() []string {
	if r.Doc.Body != nil {
		return []string{mediaJSON}
	}
	return r.Doc.Stream.Types
}

// Decode reads one JSON value strictly: names must be known, stand once and be
// written as they are; null is refused. What is wrong is a fault that does not
// repeat the body.
func Decode(body []byte, into any) error {
	if bytes.Contains(body, []byte("null")) {
		if err := noNull(body); err != nil {
			return err
		}
	}
	err := json.Unmarshal(body, into, json.RejectUnknownMembers(true))
	var where *json.SemanticError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, json.ErrUnknownName):
		return errUnknown // its name may be anything
	case errors.As(err, &where):
		return errField.At(dotted(where.JSONPointer))
	}
	return errJSON
}

// noNull reads the body once for null, which would pass for a field that is not
// there.
func noNull(body []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	for {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errJSON
		case token.Kind() == 'n':
			return errField
		}
	}
}

func dotted(p jsontext.Pointer) string {
	var parts []string
	for name := range p.Tokens() {
		parts = append(parts, name)
	}
	return strings.Join(parts, ".")
}

// Rows returns the body of a stream. It has no limit; a piece that does not come
// within the time for one is an error of the reader. Where the media type is only
// a hint, all but a compressed body and a form are taken. Of a signed call it is
// read, and its digest checked, before the first piece is given.
func (c *Call) Rows() (io.Reader, error) {
	stream := c.route.Doc.Stream
	form := strings.HasPrefix(strings.ToLower(c.r.Header.Get("Content-Type")), "multipart/")
	if !(stream.Hint && c.plain() && !form) && !c.sent(stream.Types...) {
		return nil, errMedia
	}
	rows := &pieces{c.r.Body, http.NewResponseController(c.w), c.limit.chunk}
	if c.claim != nil {
		return c.checked(rows)
	}
	return rows, nil
}

type pieces struct {
	body    io.Reader
	control *http.ResponseController
	wait    time.Duration
}

// Read is io.Reader.
func (p *pieces) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(clock.Stopwatch().Add(p.wait)) // a recorder in a test has none
	n, err := p.body.Read(b)
	if errors.Is(err, io.EOF) {
		_ = p.control.SetReadDeadline(time.Time{}) // what is left to do has its own time
	}
	return n, err
}

// Accepts returns the first of the media types offered that the caller takes
// best; none asked for means the first.
func (c *Call) Accepts(offered ...string) (string, error) {
	lines := c.r.Header.Values("Accept")
	if len(lines) == 0 {
		return offered[0], nil
	}
	best, most := "", 0.0
	for _, o := range offered {
		if q := weight(strings.Join(lines, ","), o); q > most {
			best, most = o, q
		}
	}
	if best == "" {
		return "", errAccept
	}
	return best, nil
}

// weight returns how much a list of media ranges wants one media type: the
// weight of the most specific range that holds it (RFC 9110, 12.5.1).
func weight(ranges, mediaType string) float64 {
	q, fit := 0.0, 0
	kind, _, _ := strings.Cut(mediaType, "/")
	for _, one := range strings.Split(ranges, ",") {
		name, params, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		now := 0
		switch name {
		case mediaType:
			now = 3
		case kind + "/*":
			now = 2
		case "*/*":
			now = 1
		}
		if now > fit {
			fit, q = now, quality(params["q"])
		}
	}
	return q
}

// quality reads the weight of a media range; 1 where there is none, 0 where it
// cannot be read.
func quality(s string) float64 {
	if s == "" {
		return 1
	}
	q, err := strconv.ParseFloat(s, 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}

package apikit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"recourse/internal/kit/clock"
)

// mediaJSON is the media type of answers.
const mediaJSON = "application/json"

// JSON makes a reply of v: fields in the order of the type, keys of maps sorted,
// so that equal values are equal bytes.
func JSON(v any) (Reply, error) {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return Reply{}, fmt.Errorf("writing an answer: %w", err)
	}
	return Reply{Body: body}, nil
}

// Kept is JSON for what is public and changes rarely: the reply has an ETag.
func Kept(v any) (Reply, error) {
	reply, err := JSON(v)
	if err != nil {
		return Reply{}, err
	}
	reply.Tag = tagOf(reply.Body)
	return reply, nil
}

func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// harden sets the headers that every answer has.
func (a *API) harden(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if a.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// answer writes a reply, signed where the caller is known.
func (a *API) answer(c *Call, reply Reply) {
	h := c.w.Header()
	for name, values := range reply.Header {
		h[name] = values
	}
	h.Set("Cache-Control", "no-store")
	if reply.Tag != "" {
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", reply.Tag)
		if matches(c.r.Header.Values("If-None-Match"), reply.Tag) {
			c.w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if reply.Status == 0 {
		reply.Status = http.StatusOK
	}
	if reply.Type == "" {
		reply.Type = mediaJSON
	}
	h.Set("Content-Type", reply.Type)
	h.Set("Content-Length", strconv.Itoa(len(reply.Body)))
	if c.known && c.r.Method != http.MethodHead {
		a.Signer.Sign(h, reply.Status, reply.Body, c.Now)
	}
	// Whoever does not take the answer in time gets it again with the same key.
	_ = http.NewResponseController(c.w).SetWriteDeadline(clock.Stopwatch().Add(a.Deadline))
	c.w.WriteHeader(reply.Status)
	if c.r.Method != http.MethodHead {
		_, _ = bytes.NewReader(reply.Body).WriteTo(c.w)
	}
}

// matches compares tags weakly, as If-None-Match asks for (RFC 9110, 13.1.2).
func matches(lines []string, tag string) bool {
	for _, line := range lines {
		for _, one := range strings.Split(line, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}

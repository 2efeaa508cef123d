package redact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"recourse/internal/redact"
)

func TestValue_neverPrints(t *testing.T) {
	t.Parallel()
	const secret = "SYNTHETIC-PERSON"
	v := redact.Of(secret)
	type holder struct {
		Name redact.Value[string]
		p    redact.Value[string]
	}
	h := holder{v, v}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
		fmt.Fprintf(&out, verb+"\n", []any{h, &v, map[string]any{"k": v}})
	}
	fmt.Fprintln(&out, fmt.Errorf("failed: %v", h))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Error("constant", "value", v, "holder", h, "any", any(&h), "group", slog.GroupValue(slog.Any("v", v)))
	}
	if err := json.NewEncoder(&out).Encode(h); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Contains(s, secret) || strings.Contains(s, fmt.Sprintf("%x", secret)) {
		t.Errorf("it printed itself:\n%s", s)
	}
	if v.Reveal() != secret {
		t.Error("Reveal lost the value")
	}
}

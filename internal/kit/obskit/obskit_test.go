package obskit_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"recourse/internal/kit/obskit"
)

func TestMetrics_areServed(t *testing.T) {
	t.Parallel()
	m := obskit.New("test")
	m.Gauge("recourse_outbox_waiting", "Tasks that wait.", func(context.Context) (float64, bool) { return 3, true })
	m.Gauge("recourse_unknown", "Cannot be had.", func(context.Context) (float64, bool) { return 0, false })
	m.Request("GET /{lang}/me", "200", 3*time.Millisecond)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body := w.Body.String()
	for _, want := range []string{"recourse_outbox_waiting 3", `recourse_http_request_seconds_count{route="GET /{lang}/me",status="200"} 1`,
		`recourse_build_info{version="test"} 1`, "go_goroutines"} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %q", want)
		}
	}
	if strings.Contains(body, "recourse_unknown ") {
		t.Error("a figure that cannot be had was served")
	}
}

package inquiryapi_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"recourse/internal/ref"
	"recourse/internal/seal"
)

// nowhere takes an answer and forgets it.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header       { return n.h }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

// BenchmarkAsk is everything but the database and the network: token, body,
// decision, five records, the answer, its signature, the log line.
func BenchmarkAsk(b *testing.B) {
	d := newDesk(b, pack(b))
	d.Log = slog.New(slog.DiscardHandler)
	for range 5 {
		d.wall.put(ref.Person{0: 0xa}, "market-penalty", bodyID("wuhan-market"),
			map[string]string{"decided_by": "wuhan-market", "decision_number": "示例罚〔2026〕1号", "decided_on": "2026-03-10", "measure": "fine", "reason": "示例"})
	}
	body := market(personA)
	w := nowhere{http.Header{}}
	d.ask(b, marketToken, "k", body)
	b.ReportAllocs()
	for b.Loop() {
		clear(w.h)
		d.wall.rows = d.wall.rows[:0]
		delete(d.box.closed, seal.Leaf(len(d.box.closed))) // the trace of the last inquiry
		req, err := http.NewRequest(http.MethodPost, "/api/v1/inquiries", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer rct_" + marketToken}, "Idempotency-Key": {"k"}, "Content-Type": {"application/json"}}
		d.ServeHTTP(w, req)
	}
}

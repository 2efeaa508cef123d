package furnishpg_test

import (
	"fmt"
	"testing"

	"recourse/internal/furnish"
)

// BenchmarkDeliver sends rows of which none, or each, is here already.
func BenchmarkDeliver(b *testing.B) {
	const rows = 20_000
	d := open(b)
	send := func(name string) {
		_, err := d.Deliver(b.Context(), d.clerk, furnish.Request{Key: name, Type: "nurse-licence"}, (&child{Rows: rows}).generated(), d.Now())
		if err != nil {
			b.Fatal(err)
		}
	}
	send("first")
	b.Run("unchanged", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			send(fmt.Sprint(b.N, i))
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			d.Exec(b, "truncate dossier.record, dossier.source_ref, party.person, party.gate, party.token, furnish.delivery, furnish.finding, furnish.batch, ledger.outbox")
			b.StartTimer()
			send("first")
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

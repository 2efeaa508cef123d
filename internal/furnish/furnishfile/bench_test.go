package furnishfile_test

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"
	"time"

	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

// benchRows is how many rows a file of a benchmark has.
const benchRows = 20000

// sample is rows like those of a real delivery, about nobody.
func sample(n int) [][]string {
	rows := [][]string{{"id_type", "id_number", "name", "source_ref", "version", "decided_by", "decision_number", "decided_on", "measure", "fine", "place", "reason"}}
	for i := range n {
		rows = append(rows, []string{"cn-id", fmt.Sprintf("99999919800101%04d", i%10000), "示例" + string(rune('甲'+i%50)), fmt.Sprintf("S-%08d", i), "1", "wuhan-market",
			fmt.Sprintf("示例罚〔2026〕%d号", i), "2026-03-10", "fine", "500.00 CNY", "武汉", "示例，没有发生过。"})
	}
	return rows
}

func BenchmarkRead(b *testing.B) {
	for name, form := range map[string]furnish.Form{
		"CSV": {Format: furnish.CSV, Encoding: "UTF-8"}, "CSV-GB18030": {Format: furnish.CSV, Encoding: "GB18030"}, "CSV-UTF16": {Format: furnish.CSV, Encoding: "UTF-16LE"},
		"JSONL": {Format: furnish.JSONL}, "XLSX": {Format: furnish.XLSX},
	} {
		b.Run(name, func(b *testing.B) { benchRead(b, write(b, form, sample(benchRows)), benchRows) })
	}
	ascii := sample(benchRows)
	for _, row := range ascii[1:] {
		row[2], row[6], row[10], row[11] = "Sample Person", "SAMPLE-2026-1", "Wuhan", "made up, it did not happen"
	}
	b.Run("CSV-ASCII", func(b *testing.B) {
		benchRead(b, write(b, furnish.Form{Format: furnish.CSV, Encoding: "UTF-8"}, ascii), benchRows)
	})
	quoted := bytes.ReplaceAll(bytes.ReplaceAll(write(b, furnish.Form{Format: furnish.CSV, Encoding: "UTF-8"}, sample(benchRows)), []byte(","), []byte(`","`)), []byte("\n"), []byte("\"\n\""))
	b.Run("CSV-quoted", func(b *testing.B) { benchRead(b, append([]byte{'"'}, quoted[:len(quoted)-1]...), benchRows) })
	shared := manyStrings(benchRows)
	b.Run("XLSX-shared", func(b *testing.B) { benchRead(b, shared.book.zip(b), benchRows) })
}

func benchRead(b *testing.B, file []byte, rows int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	n, before := 0, spent(b)
	for b.Loop() {
		table, err := (&furnishfile.Opener{}).Open(b.Context(), bytes.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		got := 0
		if err := each(table, func(line *furnish.Line) {
			if line.Fault != nil {
				b.Fatalf("%+v", line.Fault)
			}
			got++
		}); err != nil || got != rows {
			b.Fatal(got, err)
		}
		if err := table.Close(); err != nil {
			b.Fatal(err)
		}
		n += got
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(n)/(spent(b)-before).Seconds(), "rows/cpu-s")
}

// spent is the time that processors gave to this process: on a machine that
// others use it says more than the time that passed.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkWrite(b *testing.B) {
	rows := sample(benchRows)
	for name, form := range map[string]furnish.Form{"CSV": {Format: furnish.CSV}, "JSONL": {Format: furnish.JSONL}, "XLSX": {Format: furnish.XLSX}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				write(b, form, rows)
				n += benchRows
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// Command bench measures Recourse beside a bare PostgreSQL that does the same
// physical work, in the same run, in turns (A B A B), and writes results.json.
//
// Only ratios are worth quoting: the load generator, the server and PostgreSQL
// share the machine's cores.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// result is one row of results.json.
type result struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Ours   float64 `json:"ours"`
	Bare   float64 `json:"bare"`
	Ratio  float64 `json:"ratio"`
	Bar    string  `json:"bar,omitempty"` // what must hold
	Held   *bool   `json:"held,omitempty"`
	P50    float64 `json:"p50_ms,omitempty"`
	P99    float64 `json:"p99_ms,omitempty"`
	BareP5 float64 `json:"bare_p50_ms,omitempty"`
	BareP9 float64 `json:"bare_p99_ms,omitempty"`
	Commit string  `json:"commit"`
	Note   string  `json:"note,omitempty"`
}

// report is results.json.
type report struct {
	Machine string   `json:"machine"`
	Commit  string   `json:"commit"`
	Rows    []result `json:"rows"`
}

// options is how long a run is.
type options struct {
	people int
	rows   int           // that are furnished
	due    int           // deadlines that are swept
	ends   int           // records that end
	leaves int           // of the log that are published
	cases  int           // that wait for a decision
	log    int           // how long the log is in which proofs are asked for
	each   time.Duration // of one turn
	turns  int
	only   string
	binary string
	dir    string
}

func main() {
	out := flag.String("out", "bench/results.json", "where to write the results")
	people := flag.Int("people", 20000, "people in the registry")
	each := flag.Duration("each", 6*time.Second, "length of one turn")
	turns := flag.Int("turns", 5, "turns of each side")
	only := flag.String("only", "", `some of starts, inquiries, page, queue, v, furnish, sweep, beside, erase and ledger, with commas between; "" for all`)
	due := flag.Int("due", 1_000_000, "deadlines that have run out and are swept")
	ends := flag.Int("ends", 1_000_000, "records that end")
	leaves := flag.Int("leaves", 400_000, "leaves that are published")
	log := flag.Int("log", 10_000_000, "leaves of the log in which proofs are asked for")
	cases := flag.Int("cases", 10_000, "contests that wait for a decision")
	rows := flag.Int("rows", 1_000_000, "rows that are furnished")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, options{people: *people, rows: *rows, due: *due, ends: *ends, leaves: *leaves, cases: *cases, log: *log, each: *each, turns: *turns, only: *only}, *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out string) error {
	dir, err := os.MkdirTemp("", "recourse-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o.dir, o.binary = dir, filepath.Join(dir, "recourse")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", o.binary, "./cmd/recourse")
	build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building: %w", err)
	}
	at := commit(ctx)
	for _, bench := range []struct {
		name string
		run  func(context.Context, options) ([]result, error)
	}{{"starts", starts}, {"inquiries", inquiries}, {"page", page}, {"queue", queue}, {"v", verifyPage}, {"furnish", bulk}, {"sweep", sweepAlone}, {"beside", sweepBeside}, {"erase", erase}, {"ledger", published}} {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), bench.name) {
			continue
		}
		rows, err := bench.run(ctx, o)
		if err != nil {
			return err
		}
		for i, row := range rows {
			fmt.Printf("%-34s %12.2f %-10s bare %12.2f   ratio %.3f   %s %s\n", row.Name, row.Ours, row.Unit, row.Bare, row.Ratio, row.Bar, row.verdict())
			rows[i].Commit = at
		}
		if err := keep(out, rows); err != nil {
			return err
		}
	}
	return nil
}

// keep writes rows to the results in place of those of the same names. What a run
// that is stopped has measured stays, and so does what a run of some parts did not
// measure, with the commit that it was measured of.
func keep(out string, rows []result) error {
	var r report
	raw, err := os.ReadFile(out)
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading %s: %w; move it away and measure again", out, err)
	}
	r.Machine = machine()
	for _, row := range rows {
		r.Commit = row.Commit
		if i := slices.IndexFunc(r.Rows, func(old result) bool { return old.Name == row.Name }); i >= 0 {
			r.Rows[i] = row
			continue
		}
		r.Rows = append(r.Rows, row)
	}
	if raw, err = json.MarshalIndent(r, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(out, append(raw, '\n'), 0o644)
}

func (r result) verdict() string {
	switch {
	case r.Held == nil:
		return ""
	case *r.Held:
		return "held"
	}
	return "NOT HELD"
}

// held notes whether what must hold does.
func (r result) held(bar string, ok bool) result {
	r.Bar, r.Held = bar, &ok
	return r
}

func machine() string {
	raw, _ := os.ReadFile("/proc/cpuinfo")
	model := "unknown processor"
	for line := range strings.Lines(string(raw)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores, %s, %s, %s; load generator on the same cores", runtime.NumCPU(), model, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
}

func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

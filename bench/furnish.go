package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
)

// shipment is one generated file: rows of one type, from one body.
type shipment struct {
	typ, body string
	rows      int
	header    []string
	row       func(i int) []string
}

// known is the share of people who are on file before the measured run.
const known = 0.7

// shipments are the fixed files: three people to ten rows, 40 % of a negative
// type, 5 % faulty, the same in every run.
func shipments(rows int) []shipment {
	people := max(10, rows*3/10)
	return []shipment{
		{typ: "nurse-licence", body: "hubei-health", rows: rows * 6 / 10,
			header: []string{"id_type", "id_number", "name", "version", "licence_number", "issued_by", "decision_number", "registered_on", "valid_until", "registration"},
			row: func(i int) []string {
				r := rand.New(rand.NewPCG(1, uint64(i)))
				begin := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(1500))
				who, version := faulty(r, number(r.IntN(people)), "1")
				return []string{"cn-id", who, "样本", version, fmt.Sprintf("2099%08d", i), "hubei-health", fmt.Sprintf("示例注〔2024〕%d号", i),
					begin.Format(time.DateOnly), begin.AddDate(5, 0, 0).Format(time.DateOnly), "首次注册"}
			}},
		{typ: "market-penalty", body: "wuhan-market", rows: rows - rows*6/10,
			header: []string{"id_type", "id_number", "name", "source_ref", "version", "decided_by", "decision_number", "decided_on", "measure", "fine", "place", "reason"},
			row: func(i int) []string {
				r := rand.New(rand.NewPCG(2, uint64(i)))
				begin := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(330))
				who, version := faulty(r, number(r.IntN(people)), "1")
				return []string{"cn-id", who, "样本", fmt.Sprintf("示例-%08d", i), version, "wuhan-market", fmt.Sprintf("武市监示例罚〔2026〕%d号", i), begin.Format(time.DateOnly), "fine",
					fmt.Sprintf("%d.00 CNY", 100+r.IntN(100000)), "武汉市", "示例：未按规定公示年报。"}
			}},
	}
}

// faulty spoils a row in twenty: a misread number, or no version.
func faulty(r *rand.Rand, who, version string) (string, string) {
	switch r.IntN(40) {
	case 0:
		return who[:17] + map[bool]string{true: "1", false: "0"}[who[17] == '0'], version
	case 1:
		return who, ""
	}
	return who, version
}

// write writes a file of the first n rows.
func (s shipment) write(path string, format furnish.Format, n int) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	form := furnish.Form{Format: format, Encoding: "UTF-8"}
	if format == furnish.CSV {
		form.Delimiter = ","
	}
	if format == furnish.XLSX {
		form = furnish.Form{Format: format, Sheet: "1"}
	}
	w, err := furnishfile.Creator{}.Create(f, form, s.header)
	if err != nil {
		return 0, err
	}
	for i := range n {
		if err := w.Write(s.row(i)); err != nil {
			return 0, err
		}
	}
	if err := w.End(); err != nil {
		return 0, err
	}
	at, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	return at, f.Close()
}

// sender uploads files to the running server.
type sender struct {
	s      *server
	tokens map[string]string
}

func newSender(ctx context.Context, o options, s *server) (*sender, error) {
	out := &sender{s: s, tokens: map[string]string{}}
	for _, body := range []string{"hubei-health", "wuhan-market"} {
		clerk, err := s.run(ctx, o, "clerk", "add", "--body", body, "--staff", "bench", "--trained-until", "2099-12-31")
		if err != nil {
			return nil, fmt.Errorf("adding a clerk: %w", err)
		}
		if out.tokens[body], err = s.run(ctx, o, "clerk", "token", clerk); err != nil {
			return nil, fmt.Errorf("giving a token: %w", err)
		}
	}
	return out, nil
}

// sent is what the bench reads of an answer.
type sent struct {
	State  string `json:"state"`
	Counts struct {
		Rows, New, Changed, Unchanged, Quarantined, Refused int64
	} `json:"counts"`
}

// send uploads one file and returns what became of it and how long that took.
func (c *sender) send(ctx context.Context, s shipment, path, key string) (sent, time.Duration, error) {
	f, err := os.Open(path)
	if err != nil {
		return sent{}, 0, err
	}
	defer func() { _ = f.Close() }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.s.at.URL+"/api/v1/deliveries?type="+s.typ, f)
	if err != nil {
		return sent{}, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+c.tokens[s.body])
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Idempotency-Key", key)
	begin := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return sent{}, 0, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	took := time.Since(begin)
	var out sent
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil || res.StatusCode != http.StatusOK || out.State != "done" {
		return out, took, fmt.Errorf("delivering %s: status %d, %.300s: %w", s.typ, res.StatusCode, raw, err)
	}
	return out, took, nil
}

// trial is what one side did.
type trial struct {
	took         time.Duration
	wal          float64
	used         usage
	rows         int64
	begun, ended time.Time // by the database's clock
}

func (t *trial) plus(o trial) {
	t.took, t.wal, t.used, t.rows = t.took+o.took, t.wal+o.wal, t.used.plus(o.used), t.rows+o.rows
}

func (t *trial) perSecond() float64 { return float64(t.rows) / t.took.Seconds() }

// measure notes what do takes.
func (t *trial) measure(ctx context.Context, s *server, owner *pgx.Conn, do func() error) error {
	before, err := walBytes(ctx, owner)
	if err != nil {
		return err
	}
	used, err := s.usage()
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := do(); err != nil {
		return err
	}
	t.took = time.Since(begin)
	now, err := s.usage()
	if err != nil {
		return err
	}
	t.used = now.minus(used)
	after, err := walBytes(ctx, owner)
	t.wal = after - before
	return err
}

// all sends the files of all shipments one after the other; owed is the same until
// no letter was owed any more.
func (c *sender) all(ctx context.Context, owner *pgx.Conn, list []shipment, paths []string, key string) (t, owed trial, err error) {
	if err := owner.QueryRow(ctx, "select now()").Scan(&t.begun); err != nil {
		return t, owed, err
	}
	err = owed.measure(ctx, c.s, owner, func() error {
		err := t.measure(ctx, c.s, owner, func() error {
			for i, s := range list {
				got, _, err := c.send(ctx, s, paths[i], key)
				if err != nil {
					return err
				}
				t.rows += got.Counts.Rows
			}
			return nil
		})
		if err != nil {
			return err
		}
		return drained(ctx, owner)
	})
	owed.rows = t.rows
	if err != nil {
		return t, owed, err
	}
	return t, owed, owner.QueryRow(ctx, "select now()").Scan(&t.ended)
}

// files writes the shipments in one format.
func files(dir string, list []shipment, format furnish.Format, name string) (paths []string, bytes int64, err error) {
	for i, s := range list {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.%s", name, i, format))
		n, err := s.write(path, format, s.rows)
		if err != nil {
			return nil, 0, fmt.Errorf("writing %s: %w", path, err)
		}
		paths, bytes = append(paths, path), bytes+n
	}
	return paths, bytes, nil
}

// drained waits until no letter is owed any more.
func drained(ctx context.Context, owner *pgx.Conn) error {
	for {
		var n int64
		if err := owner.QueryRow(ctx, "select count(*) from ledger.outbox").Scan(&n); err != nil || n == 0 {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

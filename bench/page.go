package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/packs"
)

// What a person's first page is measured with: each of the people has two hundred
// records, half of them negative with their letters, and as many look-ups.
const (
	visitors   = 20
	onFile     = 200
	lookedAt   = 200
	askedADay  = 200
	pagesRate  = 100 // a second
	pagesLimit = 80  // milliseconds, nine of ten and a half of the tenth
)

// page measures the first page of people with much on file, asked for at a fixed
// rate, beside a bare handler that reads the same rows with one query and
// sends the same bytes.
func page(ctx context.Context, o options) ([]result, error) {
	s, err := serve(ctx, o, filepath.Join(o.dir, "page"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	people, err := sampleNumbers()
	if err != nil {
		return nil, err
	}
	if err := fillPage(ctx, o, s, people); err != nil {
		return nil, err
	}
	owner, err := pgx.Connect(ctx, s.at.URLs.Owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = owner.Close(ctx) }()
	if err := drained(ctx, owner); err != nil {
		return nil, err
	}
	r := &reader{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}, url: s.at.URL + "/en/me"}
	for i := range visitors {
		if err := r.enter(ctx, s.at.URL, i); err != nil {
			return nil, err
		}
	}
	first, err := r.get(ctx, r.url)
	if err != nil {
		return nil, err
	}
	bare, address, err := barePage(ctx, s, owner, first)
	if err != nil {
		return nil, err
	}
	defer bare()
	ours, other, err := inTurns(ctx, o, s, r, address)
	if err != nil {
		return nil, err
	}
	row := besides("page.me.p95", ours, other)
	row.Note = fmt.Sprintf("the first page of %d people with %d records, %d letters and %d look-ups each, %d times a second, timed from the instant at which each was due, %d bytes as sent; ours opens the file under the person's own access row; bare reads the same records with one query and sends the same bytes from a net/http handler", visitors, onFile, onFile/2, lookedAt, pagesRate, len(first))
	return []result{row.held(fmt.Sprintf("<= %d ms", pagesLimit), row.Ours <= pagesLimit)}, nil
}

// fillPage files the records and asks about them.
func fillPage(ctx context.Context, o options, s *server, people [][]string) error {
	token := ""
	for _, f := range []struct {
		typ, body string
		header    []string
		row       func(i int) []string // without the first three columns
	}{
		{"market-penalty", "wuhan-market", []string{"id_type", "id_number", "name", "source_ref", "version", "decided_by", "decision_number", "decided_on", "measure", "fine", "place", "reason"},
			func(i int) []string {
				day := time.Now().AddDate(0, 0, -30-3*(i/visitors)).Format(time.DateOnly)
				return []string{fmt.Sprintf("样本-%d", i), "1", "wuhan-market", fmt.Sprintf("武市监示例罚〔2026〕%d号", i), day, "fine", fmt.Sprintf("%d.00 CNY", 100+i), "武汉市", "示例：未按规定公示年报。"}
			}},
		{"nurse-licence", "hubei-health", []string{"id_type", "id_number", "name", "version", "licence_number", "issued_by", "decision_number", "registered_on", "valid_until", "registration"},
			func(i int) []string {
				day := time.Now().AddDate(0, 0, -60-6*(i/visitors))
				return []string{"1", fmt.Sprintf("2099%08d", i), "hubei-health", fmt.Sprintf("示例注〔2024〕%d号", i), day.Format(time.DateOnly), day.AddDate(5, 0, 0).Format(time.DateOnly), "首次注册"}
			}},
	} {
		clerk, err := s.run(ctx, o, "clerk", "add", "--body", f.body, "--staff", "bench", "--trained-until", "2099-12-31")
		if err != nil {
			return err
		}
		if token, err = s.run(ctx, o, "clerk", "token", clerk); err != nil {
			return err
		}
		var table bytes.Buffer
		w := csv.NewWriter(&table)
		_ = w.Write(f.header) // a buffer takes everything
		for i := range onFile / 2 * visitors {
			_ = w.Write(append(slices.Clone(people[i%visitors]), f.row(i)...))
		}
		w.Flush()
		file, tokenFile := filepath.Join(o.dir, f.typ+".csv"), filepath.Join(o.dir, f.typ+".token")
		if err := errors.Join(os.WriteFile(file, table.Bytes(), 0o600), os.WriteFile(tokenFile, []byte(token+"\n"), 0o600)); err != nil {
			return err
		}
		said, err := s.run(ctx, o, "furnish", file, "--commit", "--type", f.typ, "--token-file", tokenFile)
		if err != nil {
			return fmt.Errorf("delivering %s: %w: %s", f.typ, err, said)
		}
	}
	for i := range lookedAt * visitors {
		if i > 0 && i%askedADay == 0 { // a body may ask for a purpose so often a day (rules B3)
			if _, err := s.run(ctx, o, "sandbox", "clock", "+1d"); err != nil {
				return err
			}
		}
		if err := askOnce(ctx, s.at.URL, token, people[i%visitors], i); err != nil {
			return err
		}
	}
	return nil
}

// sampleNumbers returns kind, number and name of the sample people, in the order
// in which they can be signed in as.
func sampleNumbers() ([][]string, error) {
	f, err := packs.FS.Open("cn-hubei/samples/people.csv")
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) <= visitors {
		return nil, fmt.Errorf("there are %d sample people, of %d", len(rows)-1, visitors)
	}
	for i := range rows {
		rows[i] = rows[i][:3:3]
	}
	return rows[1:], nil
}

// askOnce puts one inquiry of a case of its own.
func askOnce(ctx context.Context, address, token string, who []string, i int) error {
	body := fmt.Sprintf(`{"purpose":"nurse-registration-renewal","basis":"statute","case":"NR2026-%06d","reason":"bench","person":{"id_type":%q,"id_number":%q}}`, i, who[0], who[1])
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/api/v1/inquiries", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}, "Idempotency-Key": {fmt.Sprintf("bench-page-%d", i)}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if raw, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("asking: %s: %s", res.Status, raw))
	}
	return nil
}

// reader is the browsers of several people.
type reader struct {
	client  *http.Client
	url     string
	cookies []string
	next    atomic.Int64
}

// enter signs in as a sample person of the sandbox.
func (r *reader) enter(ctx context.Context, address string, who int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/en/sandbox/sign-in", strings.NewReader(url.Values{"person": {strconv.Itoa(who)}}.Encode()))
	if err != nil {
		return err
	}
	req.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {address}}
	res, err := r.client.Transport.RoundTrip(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	given := res.Cookies()
	if len(given) == 0 {
		return fmt.Errorf("signing in: %s", res.Status)
	}
	r.cookies = append(r.cookies, given[0].Name+"="+given[0].Value)
	req, err = http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	req.Header = http.Header{"Cookie": {r.cookies[who]}}
	page, err := r.send(req)
	if shown := len(regexp.MustCompile(`href="/en/me/records/`).FindAll(page, -1)); err == nil && shown < 20 {
		err = fmt.Errorf("the page shows %d records", shown)
	}
	return err
}

// get reads a page of the next person as it travels to a browser.
func (r *reader) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"Cookie": {r.cookies[int(r.next.Add(1))%len(r.cookies)]}, "Accept-Encoding": {"gzip"}}
	return r.send(req)
}

func (r *reader) send(req *http.Request) ([]byte, error) {
	res, err := r.client.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", req.URL.Path, res.Status)
	}
	return page, err
}

// barePage serves the same bytes after one query that reads the same records.
func barePage(ctx context.Context, s *server, owner *pgx.Conn, page []byte) (stop func(), address string, err error) {
	if _, err := owner.Exec(ctx, bareSchema); err != nil {
		return nil, "", fmt.Errorf("making the bare side: %w", err)
	}
	rows, err := owner.Query(ctx, "select person from bare.gate")
	if err != nil {
		return nil, "", err
	}
	people, err := pgx.CollectRows(rows, pgx.RowTo[[16]byte])
	if err != nil {
		return nil, "", err
	}
	var next atomic.Int64
	return bareServe(ctx, s, page, func(ctx context.Context, pool *pgxpool.Pool) error {
		return bareRead(ctx, pool, people[int(next.Add(1))%len(people)])
	})
}

// bareRead reads every record of a person.
func bareRead(ctx context.Context, pool *pgxpool.Pool, who [16]byte) error {
	rows, err := pool.Query(ctx, "select record, version, type, source, start_on, display_end, epoch, leaf, nonce, box from bare.record where person = $1", who)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var r bareRecord
		if err := rows.Scan(&r.record, &r.version, &r.kind, &r.source, &r.start, &r.end, &r.epoch, &r.leaf, &r.nonce, &r.box); err != nil {
			return err
		}
		n++
	}
	if rows.Err() == nil && n != onFile {
		return fmt.Errorf("bare read %d records", n)
	}
	return rows.Err()
}

// paced begins a request whenever one is due, whether or not the others have
// ended, and times each from the instant at which it was due.
func paced(ctx context.Context, perSecond int, each time.Duration, do func(context.Context) error) (load, error) {
	var mu sync.Mutex
	var all load
	var errs []error
	var wg sync.WaitGroup
	start, step := time.Now(), time.Second/time.Duration(perSecond)
	for due := start; due.Before(start.Add(each)) && ctx.Err() == nil; due = due.Add(step) {
		time.Sleep(time.Until(due))
		wg.Go(func() {
			err := do(ctx)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, took)
			if err != nil && len(errs) < 3 {
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	all.took = time.Since(start)
	return all, errors.Join(errs...)
}

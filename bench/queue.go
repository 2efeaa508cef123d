package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What the page of a clerk who decides may take, and the page on which receipts are
// checked, at pagesRate.
const (
	queueLimit  = 80 // milliseconds, nine of ten and a half of the tenth
	verifyLimit = 40
	onQueue     = 50 // cases on the page
)

// queue measures the list of contests of a clerk who decides, with many of them, beside a
// bare handler that reads the same rows with one query and sends the same bytes.
func queue(ctx context.Context, o options) ([]result, error) {
	s, err := serve(ctx, o, filepath.Join(o.dir, "queue"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	owner, err := pgx.Connect(ctx, s.at.URLs.Owner)
	if err != nil {
		return nil, err
	}
	defer func() { _ = owner.Close(ctx) }()
	r := &reader{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}, url: s.at.URL + "/en/work/contests"}
	if err := r.decides(ctx, o, s); err != nil {
		return nil, err
	}
	if err := waiting(ctx, owner, o.cases); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"Cookie": {r.cookies[0]}}
	page, err := r.send(req)
	if err != nil {
		return nil, err
	}
	if shown := len(regexp.MustCompile(`href="/en/work/contests/D-`).FindAll(page, -1)); shown != min(onQueue, o.cases) {
		return nil, fmt.Errorf("the list shows %d cases of %d", shown, o.cases)
	}
	sent, err := r.get(ctx, r.url)
	if err != nil {
		return nil, err
	}
	bare, address, err := bareServe(ctx, s, sent, func(ctx context.Context, pool *pgxpool.Pool) error {
		return bareQueue(ctx, pool, min(onQueue+1, o.cases))
	})
	if err != nil {
		return nil, err
	}
	defer bare()
	ours, other, err := inTurns(ctx, o, s, r, address)
	if err != nil {
		return nil, err
	}
	row := besides("page.queue.p95", ours, other)
	row.Note = fmt.Sprintf("the first %d of %d contests that wait for a decision, those due first, as a clerk who decides sees them, %d times a second, timed from the instant at which each was due, %d bytes as sent; bare reads the same rows from a copy with the same indexes with one query and sends the same bytes from a net/http handler", onQueue, o.cases, pagesRate, len(sent))
	return []result{row.held(fmt.Sprintf("<= %d ms", queueLimit), row.Ours <= queueLimit)}, nil
}

// verifyPage measures the page on which everybody checks receipts, which reads nothing,
// beside a bare handler that sends the same bytes.
func verifyPage(ctx context.Context, o options) ([]result, error) {
	s, err := serve(ctx, o, filepath.Join(o.dir, "v"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	r := &reader{client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}, url: s.at.URL + "/en/v", cookies: []string{""}}
	sent, err := r.get(ctx, r.url)
	if err != nil {
		return nil, err
	}
	bare, address, err := bareServe(ctx, s, sent, func(context.Context, *pgxpool.Pool) error { return nil })
	if err != nil {
		return nil, err
	}
	defer bare()
	ours, other, err := inTurns(ctx, o, s, r, address)
	if err != nil {
		return nil, err
	}
	row := besides("page.v.p95", ours, other)
	row.Note = fmt.Sprintf("the page on which receipts are checked, by who is not signed in, %d times a second, timed from the instant at which each was due, %d bytes as sent; it reads nothing from the database, and neither does bare, which sends the same bytes from a net/http handler", pagesRate, len(sent))
	return []result{row.held(fmt.Sprintf("<= %d ms", verifyLimit), row.Ours <= verifyLimit)}, nil
}

// besides is a row of two sides that were measured in turns.
func besides(name string, ours, bare load) result {
	return result{Name: name, Unit: "ms", Ours: ours.ms(0.95), Bare: bare.ms(0.95), Ratio: ours.ms(0.95) / bare.ms(0.95),
		P50: ours.ms(0.5), P99: ours.ms(0.99), BareP5: bare.ms(0.5), BareP9: bare.ms(0.99)}
}

// inTurns asks for a reader's page and for a bare side, one after the other.
func inTurns(ctx context.Context, o options, s *server, r *reader, bare string) (ours, other load, err error) {
	sides := []struct {
		url string
		all *load
	}{{r.url, &ours}, {bare, &other}}
	for turn := range o.turns + 1 {
		for _, side := range sides {
			began, err := s.usage()
			if err != nil {
				return ours, other, err
			}
			l, err := paced(ctx, pagesRate, o.each, func(ctx context.Context) error { _, err := r.get(ctx, side.url); return err })
			if err != nil {
				return ours, other, err
			}
			ended, err := s.usage()
			if err != nil {
				return ours, other, err
			}
			fmt.Printf("%s: p50 %.1f ms, p95 %.1f ms, processor time of each %s\n", side.url, l.ms(0.5), l.ms(0.95), ended.minus(began).per(len(l.times)))
			if turn > 0 { // the first turn warms up
				side.all.add(l)
			}
		}
	}
	return ours, other, nil
}

// bareServe sends the same bytes after what it reads.
func bareServe(ctx context.Context, s *server, page []byte, read func(context.Context, *pgxpool.Pool) error) (stop func(), address string, err error) {
	cfg, err := pgxpool.ParseConfig(s.at.URLs.App)
	if err != nil {
		return nil, "", err
	}
	cfg.MaxConns = clients
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		pool.Close()
		return nil, "", err
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := read(req.Context(), pool); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(page) // who has gone away is not counted
	})}
	go func() { _ = server.Serve(l) }()
	return func() { _ = server.Close(); pool.Close() }, "http://" + l.Addr().String() + "/", nil
}

// decides signs in as a clerk who decides contests.
func (r *reader) decides(ctx context.Context, o options, s *server) error {
	clerk, err := s.run(ctx, o, "clerk", "add", "--body", "hubei-credit-centre", "--staff", "bench", "--trained-until", "2099-12-31")
	if err != nil {
		return err
	}
	if _, err := s.run(ctx, o, "clerk", "appoint", clerk, "--desk", "decide", "--until", time.Now().AddDate(0, 6, 0).Format(time.DateOnly)); err != nil {
		return err
	}
	token, err := s.run(ctx, o, "clerk", "token", clerk)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at.URL+"/en/clerk/sign-in", strings.NewReader(url.Values{"token": {token}}.Encode()))
	if err != nil {
		return err
	}
	req.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {s.at.URL}}
	res, err := r.client.Transport.RoundTrip(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	given := res.Cookies()
	if len(given) == 0 {
		return fmt.Errorf("signing in as a clerk: %s", res.Status)
	}
	r.cookies = []string{given[0].Name + "=" + given[0].Value}
	return nil
}

// waiting puts contests beside each other that wait for a first decision, due on the days
// of the weeks to come, and a copy of them for the bare side.
func waiting(ctx context.Context, owner *pgx.Conn, n int) error {
	if _, err := owner.Exec(ctx, `insert into dispute.contest (person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by,
			clock_kind, clock_start, clock_n, clock_unit, clock_whole, clock_calendar, clock_overdue, due_on, twice_on)
		select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, (select body from party.body where code = 'wuhan-market'), 'market-penalty', 'bench', 'open', 'draft', '{wrong-fact}', now() - interval '3 days',
			now() - interval '3 days', current_date + 400, now() - interval '3 days', current_date + 7, 'contest-clock', current_date - 3, 20, 'working days', true, 'bench', 'hide', current_date + 1 + i % 25, current_date + 60
		from generate_series(1, $1) as g(i)`, n); err != nil {
		return err
	}
	for _, sql := range []string{
		"create schema bare_queue",
		"create table bare_queue.contest (like dispute.contest including indexes including storage including defaults)",
		"insert into bare_queue.contest select * from dispute.contest",
		"grant usage on schema bare_queue to recourse_app",
		"grant select on bare_queue.contest to recourse_app",
		"vacuum analyze dispute.contest", "vacuum analyze bare_queue.contest",
	} {
		if _, err := owner.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// bareQueue reads those due first.
func bareQueue(ctx context.Context, pool *pgxpool.Pool, want int) error {
	rows, err := pool.Query(ctx, "select * from bare_queue.contest where state = 'open' and state in ('open', 'in review') order by due_on, contest limit $1", onQueue+1)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		if _, err := rows.Values(); err != nil {
			return err
		}
		n++
	}
	if rows.Err() == nil && n != want {
		return fmt.Errorf("bare read %d cases", n)
	}
	return rows.Err()
}

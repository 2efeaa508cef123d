package wall_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// attempt is one trick, in words of SQL.
type attempt struct {
	name string
	sql  string
	copy copying
	// refused are the answers that a refusal may have, beside 42501: not allowed.
	refused []string
	// harmless: PostgreSQL lets everybody do this. It must show nothing, and is
	// rolled back.
	harmless bool
	// idle: it may be carried out, with a warning. It must show and change nothing;
	// the fingerprint tells.
	idle bool
	// control says what happens to somebody who holds the rights.
	control control
}

type copying int

const (
	noCopy copying = iota
	copyOut
	copyIn
)

type control int

const (
	shows control = iota // the content comes back, and the detector sees it
	works                // it is carried out
	none                 // it cannot be tried: it would leave something behind outside the database
)

// heard is everything that came back: rows, notices, messages, errors.
type heard struct {
	heard []byte
	err   error
}

// listening collects notices and messages of connections.
type listening struct {
	mu  sync.Mutex
	buf map[*pgconn.PgConn]*bytes.Buffer
}

func (l *listening) of(c *pgconn.PgConn) *bytes.Buffer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buf[c] == nil {
		l.buf[c] = &bytes.Buffer{}
	}
	return l.buf[c]
}

// ear hears what connections say besides answers.
var ear = &listening{buf: map[*pgconn.PgConn]*bytes.Buffer{}}

// open connects as a role, listening to notices and notifications.
func open(t *testing.T, url string) *pgconn.PgConn {
	t.Helper()
	cfg, err := pgconn.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.OnNotice = func(c *pgconn.PgConn, n *pgconn.Notice) {
		_, _ = fmt.Fprintln(ear.of(c), n.Severity, n.Message, n.Detail, n.Hint, n.Where, n.InternalQuery)
	}
	cfg.OnNotification = func(c *pgconn.PgConn, n *pgconn.Notification) { _, _ = fmt.Fprintln(ear.of(c), n.Channel, n.Payload) }
	conn, err := pgconn.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// say makes an attempt and returns everything that came back.
func say(ctx context.Context, conn *pgconn.PgConn, a attempt) (h heard) {
	var out bytes.Buffer
	switch a.copy {
	case copyOut:
		_, h.err = conn.CopyTo(ctx, &out, a.sql)
	case copyIn:
		_, h.err = conn.CopyFrom(ctx, strings.NewReader(""), a.sql)
	default:
		results, err := conn.Exec(ctx, a.sql).ReadAll()
		h.err = err
		for _, r := range results {
			h.err = errors.Join(h.err, r.Err)
			for _, row := range r.Rows {
				for _, cell := range row {
					out.Write(append(cell, '\n'))
				}
			}
		}
	}
	var pe *pgconn.PgError
	if errors.As(h.err, &pe) {
		_, _ = fmt.Fprintln(&out, pe.Message, pe.Detail, pe.Hint, pe.Where, pe.InternalQuery, pe.ColumnName, pe.DataTypeName)
	}
	extra := ear.of(conn)
	out.Write(extra.Bytes())
	extra.Reset()
	h.heard = out.Bytes()
	return h
}

// tried says what became of one attempt of a role: "" where it was refused.
func (p *planted) tried(ctx context.Context, conn *pgconn.PgConn, a attempt) string {
	sql := a
	if a.copy == noCopy && a.harmless {
		sql.sql = "begin; " + a.sql + "; rollback"
	}
	h := say(ctx, conn, sql)
	if _, err := conn.Exec(ctx, "rollback; reset session authorization; reset role; reset all; close all; deallocate all; unlisten *").ReadAll(); err != nil {
		return fmt.Sprintf("the connection is not usable after it: %v", err)
	}
	ear.of(conn).Reset()
	if seen := p.shows(h.heard); seen != "" {
		return "it shows " + seen
	}
	var pe *pgconn.PgError
	switch {
	case a.harmless, a.idle && h.err == nil:
		return ""
	case h.err == nil:
		return "it was carried out"
	case !errors.As(h.err, &pe):
		return "it failed for another reason: " + h.err.Error()
	case pe.Code == "42501" || slices.Contains(a.refused, pe.Code):
		return ""
	}
	return fmt.Sprintf("it failed for another reason (%s): %s", pe.Code, pe.Message)
}

// controlled says what is wrong with an attempt when it is made by somebody with
// all rights: "" where it works, and shows what it is said to show.
func (p *planted) controlled(ctx context.Context, conn *pgconn.PgConn, a attempt) string {
	if a.control == none {
		return ""
	}
	if _, err := conn.Exec(ctx, "begin").ReadAll(); err != nil {
		return err.Error()
	}
	h := say(ctx, conn, a)
	_, _ = conn.Exec(ctx, "rollback; reset session authorization; reset role; reset all; close all; deallocate all").ReadAll()
	seen := p.shows(h.heard)
	switch {
	case a.control == shows && seen == "":
		return fmt.Sprintf("it shows nothing to who holds the rights either (%v)", h.err)
	case a.control == works && h.err != nil:
		return fmt.Sprintf("it does not work for who holds the rights either: %v", h.err)
	}
	return ""
}

// run makes attempts as each running role, and their controls as the owner or,
// where that is not enough, as the superuser.
func (p *planted) run(t *testing.T, of func(role string) []attempt) (n figures) {
	t.Helper()
	owner, super := open(t, p.OwnerURL), open(t, p.SuperURL)
	done := map[string]bool{}
	for _, role := range running() {
		conn := open(t, urlOf(p.Fixture, role))
		for _, a := range of(role) {
			n.attempts++
			if wrong := p.tried(t.Context(), conn, a); wrong != "" {
				t.Errorf("%s, %s: %s\n%s", role, a.name, wrong, a.sql)
			}
			if done[a.sql] || a.control == none {
				continue
			}
			done[a.sql] = true
			n.controls++
			if p.controlled(t.Context(), owner, a) == "" {
				continue
			}
			// What belongs to the cluster is not the owner's either.
			if wrong := p.controlled(t.Context(), super, a); wrong != "" {
				t.Errorf("control of %s: %s\n%s", a.name, wrong, a.sql)
			}
		}
	}
	return n
}

// updatable returns the columns of a table that a role may change and read not
// only as sealed content, with their types.
func updatable(t *testing.T, conn *pgx.Conn, role, table string) (columns [][2]string) {
	t.Helper()
	for _, c := range all[struct{ Name, Type string }](t, conn, `select a.attname::text, format_type(a.atttypid, a.atttypmod) from pg_attribute a
		where a.attrelid = $2::regclass and a.attnum > 0 and not a.attisdropped and has_column_privilege($1, a.attrelid, a.attnum, 'UPDATE') order by a.attnum`, role, table) {
		columns = append(columns, [2]string{c.Name, c.Type})
	}
	return columns
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"recourse/internal/app"
)

// auditCmd looks through the whole log.
type auditCmd struct {
	app.Config `embed:""`
	JSON       bool `name:"json" help:"One JSON object a line."`
}

// audited prints an audit as it goes.
type audited struct {
	out        io.Writer
	json       bool
	bad, whole bool
}

func (a *audited) line(l app.AuditLine) {
	a.bad = a.bad || l.Found != "" || l.Error != "" || l.Disagreeing != ""
	a.whole = a.whole || l.Done != nil
	switch {
	case a.json:
		_ = json.NewEncoder(a.out).Encode(l)
	case l.Done != nil:
		_, _ = fmt.Fprintf(a.out, "%d entries compared, %d of them erased, %d rows unpublished, %d findings\n", l.Done.Entries, l.Done.Erased, l.Done.Unpublished, l.Done.Found)
		if l.Error != "" {
			_, _ = fmt.Fprintln(a.out, "ended early:", l.Error)
		}
	case l.Disagreeing != "":
		_, _ = fmt.Fprintln(a.out, l.Disagreeing, l.Text)
	default:
		_, _ = fmt.Fprintf(a.out, "entry %d %s: %s %s\n", l.Index, l.Found, l.Text, l.Event)
	}
}

// Run prints what is wrong, one line each, and what was looked at.
func (c *auditCmd) Run(s *session) error {
	report := audited{out: s.out, json: c.JSON}
	run, err := app.ReadRunning(c.DataDir)
	switch {
	case err != nil:
		err = app.Audit(s.ctx, c.Config, s.logger(false), report.line)
	case run.Ops == "":
		err = usageError("the registry is being served without --ops-listen: stop it to audit it, or serve it with an address for the operator")
	default:
		err = auditServed(s.ctx, run.Ops, report.line)
	}
	switch {
	case err != nil:
		return err
	case report.bad:
		return notVerified{errors.New("the log and the journals do not agree")}
	case !report.whole:
		return errors.New("the audit did not come to its end: see the log of the server")
	}
	return nil
}

// auditServed has the serving process do it: the vault is in its hands.
func auditServed(ctx context.Context, ops string, say func(app.AuditLine)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ops+app.AuditPath, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("reaching the server: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		var l app.AuditLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return fmt.Errorf("reading the audit: %w", err)
		}
		say(l)
	}
	return lines.Err()
}

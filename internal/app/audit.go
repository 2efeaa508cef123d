package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"recourse/internal/fault"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
)

// AuditLine is one line of an audit: a finding, or at the end what was looked at.
type AuditLine struct {
	Found       string          `json:"found,omitempty"` // one of ledger's words
	Index       uint64          `json:"index,omitempty"`
	Event       string          `json:"event,omitempty"` // hex
	Text        string          `json:"text,omitempty"`
	Error       string          `json:"error,omitempty"` // why it ended early
	Done        *ledger.Audited `json:"done,omitempty"`
	Disagreeing string          `json:"disagreeing,omitempty"` // code of how database and signed log disagree
}

// Audit compares the log of an installation that is not served with its journals,
// and tells each finding as it is made. It starts even where database and log
// disagree, and says so.
func Audit(ctx context.Context, c Config, log *slog.Logger, say func(AuditLine)) (err error) {
	c.auditing = true
	h, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(context.WithoutCancel(ctx))) }()
	h.audit(ctx, say)
	return nil
}

func (h *House) audit(ctx context.Context, say func(AuditLine)) {
	kept := ledgerpg.NewLog(h.db.keeper)
	if err := h.public.disagrees; err != nil {
		say(AuditLine{Disagreeing: fault.Of(err).Code, Text: fault.Of(err).Text})
	}
	a := &ledger.Auditor{Books: kept, Nonces: h.vault.keeperKeys}
	done, err := a.Audit(ctx, func(f ledger.Finding) {
		line := AuditLine{Found: f.What, Index: f.Index, Text: f.Text}
		if f.Event != ([16]byte{}) {
			line.Event = hex.EncodeToString(f.Event[:])
		}
		say(line)
	})
	last := AuditLine{Done: &done}
	if err != nil {
		last.Error = fault.Of(err).Code
		h.log.LogAttrs(ctx, slog.LevelError, "an audit ended early", slog.Any("error", err))
	}
	say(last)
}

// AuditPath is where an audit is asked for, on the address for the operator alone.
const AuditPath = "/audit"

func (h *House) serveAudit(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	enc := json.NewEncoder(w)
	h.audit(r.Context(), func(l AuditLine) { _ = enc.Encode(l) })
}

// disagreement is told by an audit and stops everything else.
func (h *House) disagreement(err error) error {
	if err != nil && h.cfg.auditing {
		h.public.disagrees = err
		return nil
	}
	if err != nil {
		return fmt.Errorf("comparing log and database: %w", err)
	}
	return nil
}

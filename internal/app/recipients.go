package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"time"

	"recourse/internal/dispute"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/notice/noticepg"
	"recourse/internal/notice/noticewebhook"
	"recourse/internal/ref"
)

// wireChanges gives bodies their inbox of changes, and what sends to their webhooks.
func (h *House) wireChanges(publisher pgkit.Publisher) error {
	key, err := h.answerKey()
	if err != nil {
		return err
	}
	roots, err := rootsWith(h.cfg.Webhook.CAFile)
	if err != nil {
		return err
	}
	if h.poster, err = noticewebhook.New(noticewebhook.Config{Key: key, Trust: h.cfg.Webhook.Trust, Roots: roots}); err != nil {
		return err
	}
	told := noticepg.NewChanges(h.db.app, publisher)
	h.changes = &notice.Inbox{Changes: told, Hooks: told, Secrets: hookSecrets(key.Seed()), Pseudonymer: h.vault.keys, Bodies: h.bodyCode, Checker: h.poster, Poster: h.poster}
	h.changeWork = noticepg.NewChanges(h.db.keeper, publisher)
	h.courier = &notice.Courier{Pushes: h.changeWork, Poster: h.poster, Inbox: h.changes}
	return nil
}

// rootsWith returns the system's certificates and those of a file; nil without a file,
// which stands for the system's.
func rootsWith(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading webhook-ca-file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("webhook-ca-file holds no certificate in PEM")
	}
	return roots, nil
}

// hookSecrets derives the secret of each webhook from the seed of the key of answers, so
// that none is kept: whoever copies the database can sign nothing.
type hookSecrets []byte

// Secret is notice.Secrets.Secret.
func (s hookSecrets) Secret(id ref.Hook) ([]byte, error) {
	return hkdf.Key(sha256.New, s, nil, "recourse/webhook/v1"+string(id[:]), 32)
}

// sendChanges begins to send what is due; slow receivers hold up nobody.
func (h *House) sendChanges(ctx context.Context) (bool, error) {
	return h.courier.Step(ctx, h.clock.Now(), func(err error) {
		h.log.LogAttrs(ctx, slog.LevelError, "sending changes failed", slog.Any("error", err))
	})
}

// tellRecipients tells those who were given records what became of these.
func (h *House) tellRecipients(ctx context.Context, t ledger.Task, now time.Time) error {
	list, err := dossier.ParseTold(t.Refs["records"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	became := map[string]notice.Became{dossier.ChangeCorrected: notice.WasCorrected, dossier.ChangeWithdrawn: notice.WasWithdrawn,
		dossier.ChangeEnded: notice.WasEnded, dossier.ChangeForeign: notice.NotThisPerson}[t.Refs["what"]]
	keys := make([]dossier.Key, len(list))
	for i, l := range list {
		keys[i] = dossier.Key{Person: l.Person, Record: l.Record}
	}
	return h.tell(ctx, t, keys, became, now)
}

// tellOfDecision tells of a record that stays and was found wrong, or that nobody can
// show to be right. One that goes is told of by its room.
func (h *House) tellOfDecision(ctx context.Context, t ledger.Task, now time.Time) error {
	became := map[dispute.Outcome]notice.Became{dispute.Corrected: notice.FoundWrong, dispute.Unverifiable: notice.Unverifiable}[dispute.Outcome(t.Refs["result"])]
	if became == "" {
		return nil
	}
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return h.tell(ctx, t, []dossier.Key{{Person: t.Stream, Record: record}}, became, now)
}

// tell tells everybody who was given records within the time for which the law looks
// back.
func (h *House) tell(ctx context.Context, t ledger.Task, keys []dossier.Key, became notice.Became, now time.Time) error {
	pack := h.Shelf.At(now)
	given, err := inquirypg.NewTraces(h.db.keeper).Recipients(ctx, keys, pack.LookBackFrom(pack.Today(now)).Start(pack.Zone).UTC())
	if err != nil || len(given) == 0 {
		return err
	}
	about, err := dossierpg.NewStore(h.db.keeper, nil).Summaries(ctx, keys)
	if err != nil {
		return err
	}
	of := make(map[dossier.Key]dossier.Summary, len(about))
	for _, s := range about {
		of[s.Key] = s
	}
	var changes []notice.Change
	for _, g := range given {
		s, there := of[g.Key]
		if !there || became == notice.Unverifiable && s.State == dossier.Withdrawn {
			continue
		}
		changes = append(changes, notice.Change{ID: notice.NumberOf(t.Event, g.Record, g.Body), Person: g.Person, Body: g.Body, Record: g.Record, Became: became,
			Type: s.Type, Source: s.Source, Start: s.Start, Inquiries: g.Inquiries, At: now})
	}
	return h.changeWork.Tell(ctx, changes)
}

package app

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/kit/apikit"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgkit"
	"recourse/internal/kit/webkit"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerapi"
	"recourse/internal/ledger/ledgerfile"
	"recourse/internal/ledger/ledgerhttp"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/ledger/ledgerweb"
	"recourse/internal/ledger/ledgerwitness"
	"recourse/internal/party"
	"recourse/internal/proof"
	"recourse/internal/when"
)

// LogC says how the public log is published.
type LogC struct {
	Witnesses string        `help:"File with the policy of witnesses (docs/reference/log.md): a checkpoint is published once it is satisfied. Empty for none." env:"RECOURSE_LOG_WITNESSES" placeholder:"FILE"`
	MaxLag    time.Duration `help:"How long publication may be stuck before nothing is disclosed any more." default:"10m" env:"RECOURSE_LOG_MAX_LAG"`
}

// openLog is the public log of an installation.
type openLog struct {
	folder    *ledgerfile.Folder
	press     *ledger.Press
	labeller  *ledger.Labeller
	yearly    *ledger.Yearly
	receipts  *ledger.Receipts
	stubs     *ledger.Stubs
	served    *ledgerpg.Log // on the serving pool
	key       string        // public
	policy    []byte        // of the witnesses; empty for none
	binary    string        // SHA-256 of this program, hex
	published atomic.Pointer[time.Time]
	most      time.Duration
	disagrees error // of an audit: how database and signed log disagree
}

// sandboxHost names the logs of sandboxes, which stand for nobody.
const sandboxHost = "sandbox.recourse.invalid"

// openLog compares the log with the database before anything is served, and makes
// ready to publish.
func (h *House) openLog(ctx context.Context, publisher *ledgerpg.Publisher) (err error) {
	l := &openLog{served: ledgerpg.NewLog(h.db.app), most: cmp.Or(h.cfg.LogC.MaxLag, 10*time.Minute)}
	h.public = l
	if l.folder, err = ledgerfile.Open(h.cfg.path("log")); err != nil {
		return err
	}
	host := sandboxHost
	if u, bad := url.Parse(h.cfg.BaseURL); h.cfg.Mode == Production && bad == nil {
		host = u.Host
	}
	secret, public, err := l.folder.Key("key", host+"/log", rand.Reader)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return fmt.Errorf("%s is damaged: give it back from a backup", h.cfg.path("log", "key"))
	}
	trust, err := h.trust(public)
	if err != nil {
		return err
	}
	kept := ledgerpg.NewLog(h.db.keeper)
	l.key = public
	l.press = &ledger.Press{
		Sequencer: &ledger.Sequencer{Journal: kept, Nonces: h.vault.keeperKeys, Hands: runtime.GOMAXPROCS(0), Ends: func(now time.Time) when.Date { return h.Shelf.At(now).AccessEnd(now) }},
		Read:      kept.Read, Heads: l.folder, Board: kept, Origin: signer.Name(), Trust: trust, Ran: h.ran, Again: witnessAge,
		Sign: func(text string) ([]byte, error) { return note.Sign(&note.Note{Text: text}, signer) },
	}
	l.labeller = &ledger.Labeller{Days: kept, Keys: h.vault.keeperKeys}
	l.yearly = &ledger.Yearly{Years: kept}
	l.receipts = &ledger.Receipts{Rows: l.served, Board: l.served, Nonces: h.vault.keys, Read: l.served.ReadAll}
	if trust.Policy != nil {
		l.press.Witnesses = &ledgerwitness.Asker{Trust: trust, Client: &http.Client{}}
	}
	if l.binary, err = programHash(); err != nil {
		return err
	}
	if err := h.disagreement(l.press.Compare(ctx)); err != nil || h.cfg.auditing {
		return err
	}
	under := &flights{}
	h.paces = newPaces(under)
	h.Inquiry.Store = measured{published{h.Inquiry.Store, l}, under}
	if l.stubs, err = h.stubs(); err != nil {
		return err
	}
	h.Inquiry.Stubs = l.stubs
	return h.noteProgram(ctx, publisher)
}

// stubs returns the stubs of this registry. Their secret comes from the key of answers,
// which all of its servers share.
func (h *House) stubs() (*ledger.Stubs, error) {
	key, err := h.answerKey()
	if err != nil {
		return nil, err
	}
	secret, err := hkdf.Key(sha256.New, key.Seed(), nil, "recourse/stubs/v1", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the secret of stubs: %w", err)
	}
	return ledger.NewStubs([32]byte(secret), rand.Reader), nil
}

// newest is the receipt of the newest event of a kind in a stream, as a text.
func (l *openLog) newest(ctx context.Context, stream [16]byte, kind string) (string, error) {
	r, err := l.receipts.Newest(ctx, stream, kind)
	return r.Text, err
}

// size is how many entries the log had when it was last signed; empty before.
func (l *openLog) size(ctx context.Context) (string, error) {
	p, err := l.served.Published(ctx)
	if err != nil || p.Size == 0 {
		return "", err
	}
	return strconv.FormatUint(p.Size, 10), nil
}

// logCalls are the calls of the log.
func (h *House) logCalls() ([]apikit.Route, error) {
	return ledgerapi.Routes(ledgerapi.Config{Receipts: h.public.receipts, Stubs: h.public.stubs,
		Authenticate: func(ctx context.Context, p apikit.Presented, now time.Time) (apikit.Caller, error) {
			c, err := h.Party.At(ctx, party.Asks, presented(p), now)
			return apikit.Caller{Clerk: c.ID, Body: c.Body.ID}, err
		}})
}

// witnessAge is how old the published checkpoint becomes, without news, before the
// witnesses are asked to look at it again.
const witnessAge = 5 * time.Minute

// trusted is what the page that checks receipts begins with.
func (h *House) trusted() (key, policy string) { return h.public.key, string(h.public.policy) }

func (h *House) trust(public string) (proof.Trust, error) {
	var policy []byte
	if file := h.cfg.LogC.Witnesses; file != "" {
		var err error
		if policy, err = os.ReadFile(file); err != nil {
			return proof.Trust{}, fmt.Errorf("reading log-witnesses: %w", err)
		}
	}
	t, err := proof.NewTrust(public, policy)
	if err != nil {
		return t, fmt.Errorf("log-witnesses or the log's key cannot be read: %w", err)
	}
	h.public.policy = policy
	return t, nil
}

// ran are the extension lines of a checkpoint: the pack in force and this program.
func (h *House) ran(now time.Time) []string {
	p := h.Shelf.At(now)
	return []string{"pack " + p.Version + " sha256:" + hex.EncodeToString(p.Hash[:]), "binary sha256:" + h.public.binary}
}

// programHash is the SHA-256 of the file of this program.
func programHash() (string, error) {
	file, err := os.Open("/proc/self/exe")
	if err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// programs is the stream of the programs that served.
func programs() [16]byte {
	sum := sha256.Sum256([]byte("recourse/programs/v1"))
	return [16]byte(sum[:16])
}

// noteProgram writes into the journal, and so into the log, that another program
// serves than did last, and says so to the operator.
func (h *House) noteProgram(ctx context.Context, publisher *ledgerpg.Publisher) error {
	last, err := h.public.served.LastFacts(ctx, programs(), ledger.KindRan)
	if err != nil || last["binary"] == h.public.binary {
		return err
	}
	if last != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "another program serves than before: compare its hash with what was released", slog.String("before", last["binary"]), slog.String("now", h.public.binary))
	}
	return pgkit.Tx(ctx, h.db.app, func(tx pgx.Tx) error {
		return publisher.Publish(ctx, tx, pgkit.Event{Stream: programs(), Kind: ledger.KindRan, At: h.clock.Now(), Refs: map[string]string{"binary": h.public.binary, "version": Version}})
	})
}

// publish takes what is new into the log and publishes it.
func (h *House) publish(ctx context.Context) (bool, error) {
	began := clock.Stopwatch()
	if _, err := h.public.labeller.Step(ctx, h.clock.Now()); err != nil {
		return false, err
	}
	n, more, err := h.public.press.Step(ctx, h.clock.Now())
	if err != nil {
		return false, err
	}
	if !more {
		h.public.good(began)
	}
	if err := h.public.yearly.Step(ctx, h.clock.Now()); err != nil {
		return false, err
	}
	return more || n > 0 && clock.Since(began) > publishEvery, nil
}

// publishEvery is how often new events are looked for: the merge delay is this and
// the time of a step.
const publishEvery = 100 * time.Millisecond

func (l *openLog) good(at time.Time) { l.published.Store(&at) }

// lag is for how long not everything has been published; it counts from when the
// workers began.
func (l *openLog) lag() time.Duration {
	if at := l.published.Load(); at != nil {
		return clock.Since(*at)
	}
	return 0
}

// ErrStuck is the answer while publication is stuck: what cannot be proven is not
// disclosed.
var ErrStuck = fault.New(fault.Unavailable, "E-LOG-STUCK",
	"Nothing has been published in the public log for longer than is allowed, so nothing is disclosed for now. Nothing was looked up or lost. The operator has to mend the log or its witnesses.")

// published stops disclosures while the log is stuck.
type published struct {
	inquiry.Store
	log *openLog
}

// Disclose is inquiry.Store.Disclose.
func (p published) Disclose(ctx context.Context, a inquiry.Ask) (inquiry.Told, error) {
	if p.log.lag() > p.log.most {
		return inquiry.Told{}, ErrStuck
	}
	return p.Store.Disclose(ctx, a)
}

func (h *House) logGauges() {
	l := h.public
	h.metrics.Gauge("recourse_log_lag_seconds", "For how long not everything has been published in the log.", func(context.Context) (float64, bool) { return l.lag().Seconds(), true })
	h.metrics.Gauge("recourse_log_entries", "Entries under the published checkpoint.", func(ctx context.Context) (float64, bool) {
		p, err := l.served.Published(ctx)
		return float64(p.Size), err == nil
	})
	h.metrics.Gauge("recourse_log_witness_age_seconds", "Age of the newest cosignature on the published checkpoint; absent without witnesses.", func(ctx context.Context) (float64, bool) {
		newest, err := l.witnessed(ctx)
		return h.clock.Now().Add(-h.clock.Shifted()).Sub(newest).Seconds(), err == nil && !newest.IsZero()
	})
}

// witnessed is when a witness last signed the published checkpoint, on its own clock; zero
// where none has.
func (l *openLog) witnessed(ctx context.Context) (newest time.Time, err error) {
	p, err := l.served.Published(ctx)
	if err != nil || len(p.Note) == 0 {
		return newest, err
	}
	seen, err := l.press.Trust.CheckLog(p.Note)
	for _, w := range seen.Witnesses {
		if w.At.After(newest) {
			newest = w.At
		}
	}
	return newest, err
}

// logHandler serves the log.
func (h *House) logHandler() http.Handler {
	l := h.public
	return ledgerhttp.Handler(ledgerhttp.Config{Board: l.served, Read: l.served.Read, Labels: (&ledger.Labels{Shelves: l.served, Receipts: l.receipts}).Text, Key: l.key,
		Year: func(ctx context.Context, year int) (ledger.Shard, error) { return ledger.YearEnd(ctx, l.served, year) }})
}

// logPages are the pages of the log, and what leads to them.
func (h *House) logPages() ([]webkit.Route, webkit.NavItem, error) {
	l := h.public
	f, err := ledgerweb.New(ledgerweb.Config{Receipts: l.receipts, Board: l.served, Keys: h.vault.keys, Trust: l.press.Trust, Key: l.key, Policy: string(l.policy), Most: l.most, Delay: 2 * time.Second})
	if err != nil {
		return nil, webkit.NavItem{}, err
	}
	return f.Routes(), f.NavItem(), nil
}

func (l *openLog) close() error {
	if l.folder == nil {
		return nil
	}
	return errors.Join(l.folder.Close())
}

package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"recourse/internal/consent"
	"recourse/internal/consent/consentpg"
	"recourse/internal/dispute"
	"recourse/internal/dispute/disputepg"
	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/estate"
	"recourse/internal/estate/estatepg"
	"recourse/internal/furnish"
	"recourse/internal/furnish/furnishfile"
	"recourse/internal/furnish/furnishpg"
	"recourse/internal/furnish/furnishweb"
	"recourse/internal/hold"
	"recourse/internal/hold/holdpg"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/obskit"
	"recourse/internal/kit/opkit"
	"recourse/internal/kit/spool"
	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/notice"
	"recourse/internal/notice/noticeemail"
	"recourse/internal/notice/noticepg"
	"recourse/internal/notice/noticewebhook"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
	"recourse/internal/repair"
	"recourse/internal/repair/repairpg"
	"recourse/internal/retention"
	"recourse/internal/vault"
	"recourse/internal/vault/vaultpg"
)

// Version is the version of the program.
const Version = "0.1.0"

// House is one installation, opened: its rooms with everything they need.
type House struct {
	Party     *party.Service
	Dossier   *dossier.Service
	Consent   *consent.Service
	Notice    *notice.Service
	Inquiry   *inquiry.Service
	Furnish   *furnish.Service
	Dispute   *dispute.Service
	Repair    *repair.Service
	Retention *retention.Service
	Hold      *hold.Service
	Estate    *estate.Service
	Shelf     law.Shelf

	shelf law.Live
	codes atomic.Pointer[map[ref.Body]string] // of bodies

	cfg     Config
	log     *slog.Logger
	clock   *clock.Clock
	metrics *obskit.Metrics
	db      *database
	vault   *openVault
	meter   *vault.Meter
	queue   ledger.Queue
	table   []reaction
	wake    chan struct{}
	keepers keepers
	paces   *paces
	states  jobStates

	noticeWork  *notice.Service   // on the keeper's pool
	dossierWork *dossier.Service  // on the keeper's pool
	changes     *notice.Inbox     // of bodies
	changeWork  *noticepg.Changes // on the keeper's pool
	courier     *notice.Courier
	poster      *noticewebhook.Poster
	announcer   *notice.Announcer
	post        *notice.Desk

	incidents      *oversight.Service // on the keeper's pool
	watch          *oversight.Watch
	inspector      *oversight.Inspector
	ombudsman      *oversight.Ombudsman
	hotline        *oversight.Hotline
	questions      *oversightpg.Questions // on the keeper's pool
	figures        *oversightpg.Figures   // on the keeper's pool
	shownElsewhere oversight.Store        // on the serving pool

	public *openLog

	keyring *party.Keyring // of bodies
	team    *party.Team

	spool  *spool.Spool     // of what is sent
	supply *furnishweb.Face // made with the pages
	pages  []webkit.Route

	doors    []partyweb.Door // at which people sign in
	provider *opkit.Provider // of a sandbox; nil where there is none

	full     atomic.Bool
	draining atomic.Bool
}

// Open opens an installation: it starts or reaches database and vault, compares
// them, and wires the rooms. Nothing listens and nothing runs in the background
// yet. On error everything that was opened is closed again.
func Open(ctx context.Context, c Config, log *slog.Logger) (*House, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if err := c.whole(); err != nil {
		return nil, err
	}
	pack, err := readPack(c.Pack)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.path(rolesFile)); errors.Is(err, fs.ErrNotExist) {
		if err := fitForMode(pack.Pack, c.Mode); err != nil {
			return nil, err // before anything is made
		}
	}
	h := &House{cfg: c, log: log, clock: &clock.Clock{}, metrics: obskit.New(Version), meter: vault.NewMeter(), wake: make(chan struct{}, 1)}
	if h.db, err = openDatabase(ctx, &c, pack, log); err != nil {
		return nil, err
	}
	h.Shelf = &h.shelf
	if err := h.open(ctx, pack); err != nil {
		return nil, errors.Join(err, h.Close(context.WithoutCancel(ctx)))
	}
	return h, nil
}

func (h *House) open(ctx context.Context, pack keptPack) error {
	if err := h.followClock(ctx); err != nil {
		return err
	}
	if err := h.openLaw(ctx, pack); err != nil {
		return err
	}
	if err := h.openVault(ctx); err != nil {
		return err
	}
	h.table = h.reactions()
	publisher := ledgerpg.NewPublisher(consumers(h.table), rand.Reader)
	if err := h.wire(publisher); err != nil {
		return err
	}
	if err := h.openKeepers(ctx, publisher); err != nil {
		return err
	}
	if err := h.openLog(ctx, publisher); err != nil {
		return err
	}
	h.logGauges()
	h.gauges()
	_, err := h.lookAtRoom(ctx)
	return err
}

// wire gives each room its adapters.
func (h *House) wire(publisher *ledgerpg.Publisher) error {
	keys, pool, keeper := h.vault.keys, h.db.app, h.db.keeper
	parties := partypg.NewStore(pool, publisher)
	records := dossierpg.NewStore(pool, publisher)
	deliveries := furnishpg.NewStore(pool, publisher)
	letters := noticepg.NewStore(keeper, publisher)
	version := func(now time.Time) string { return h.Shelf.At(now).Version }
	notary, err := h.notary()
	if err != nil {
		return err
	}
	if h.spool, err = openSpool(h.cfg.path("uploads")); err != nil {
		return err
	}

	sessions := partypg.NewSessions(pool)
	h.Party = &party.Service{Store: parties, Tokener: keys, Sealer: keys, Chance: rand.Reader, Zone: h.pack().Zone, Sessions: sessions, Knocks: sessions, Drafts: sessions, Passkeys: sessions, Limits: h.cfg.Session.limits()}
	mandates := partypg.NewMandates(pool, publisher)
	h.keyring = &party.Keyring{Store: partypg.NewKeyring(pool, publisher), Mandates: mandates, Zone: h.pack().Zone}
	h.team = &party.Team{Store: partypg.NewTeam(pool, publisher), Mandates: mandates, Chance: rand.Reader, Zone: h.pack().Zone, May: h.mayWork}
	h.Dossier = &dossier.Service{Store: records, Opener: keys, Chance: rand.Reader, Pack: version}
	consents := consentpg.NewStore(pool, publisher)
	h.Consent = &consent.Service{Store: consents, Requests: consents, Freezes: consents, Bodies: parties, Shelf: h.Shelf, Chance: rand.Reader}
	h.Notice = &notice.Service{Store: noticepg.NewStore(pool, publisher), Shelf: h.Shelf}
	desk := inquirypg.NewDesk(pool, publisher)
	h.Inquiry = &inquiry.Service{Store: inquirypg.NewStore(pool), Finder: h.Party, Sealer: keys, Pseudonymer: keys, Marker: keys,
		Quota: inquirypg.NewQuota(pool), Seconds: desk, Cases: desk, Uses: desk, Shelf: h.Shelf, Chance: rand.Reader}
	h.Furnish = &furnish.Service{Shelf: h.Shelf, Store: deliveries, Registrar: parties, Merger: records, Keys: keys, Unit: deliveries, Files: &furnishfile.Opener{Spool: h.spool}, Chance: rand.Reader,
		Notary: notary, Workers: runtime.GOMAXPROCS(0), TellAtOnce: h.tellAtOnce}

	contests, err := disputepg.NewStore(disputepg.Config{Pool: pool, Publisher: publisher, Records: records, Ender: dossierpg.NewEnder(records, keys), Forgetter: keys, Shelf: h.Shelf})
	if err != nil {
		return err
	}
	h.Dispute = &dispute.Service{Store: contests, Statements: contests, Complaints: contests, Finder: h.Furnish, BodyOf: parties.Body, Records: records, Sealer: keys, Scanner: h.scanner(), Mandates: mandates, Filers: deliveries, Shelf: h.Shelf, Chance: rand.Reader}
	early, err := repairpg.NewStore(repairpg.Config{Pool: pool, Publisher: publisher, Records: records, Ender: dossierpg.NewEnder(records, keys), Forgetter: keys, Shelf: h.Shelf})
	if err != nil {
		return err
	}
	h.Repair = &repair.Service{Store: early, Reliefs: early, Records: records, Began: records, Sealer: keys, Scanner: h.scanner(), Mandates: mandates, Filers: deliveries, Shelf: h.Shelf, Chance: rand.Reader}

	h.Retention = &retention.Service{Records: h.Dossier, Stones: records, Vault: vaultpg.NewStore(pool), Weak: h.weak, Shelf: h.Shelf, Bodies: h.bodyCode, Notary: notary}
	h.Hold = &hold.Service{Store: holdpg.NewStore(pool, publisher, keys), Finder: h.Furnish, Records: records, Sealer: keys, Mandates: mandates, Bodies: parties.Body, Shelf: h.Shelf, Chance: rand.Reader}
	h.Retention.Held = h.Hold.Last
	h.Estate = &estate.Service{Store: estatepg.NewStore(estatepg.Config{Pool: pool, Publisher: publisher, Forgetter: keys, Files: partypg.NewFiles(pool), Consents: consents}),
		Finder: h.Party, Sealer: keys, Scanner: h.scanner(), Mandates: mandates, Shelf: h.Shelf, Chance: rand.Reader}

	h.shownElsewhere = oversightpg.NewStore(pool, publisher)
	h.watch = &oversight.Watch{Store: oversightpg.NewQuestions(pool, publisher), Looks: ownLooks{h.Inquiry}, Shelf: h.Shelf, Chance: rand.Reader, Bodies: h.bodyCode, Body: parties.Body}
	h.questions = oversightpg.NewQuestions(keeper, publisher)
	h.figures = oversightpg.NewFigures(keeper)
	h.inspector = &oversight.Inspector{Store: oversightpg.NewInspections(pool, publisher), Sealer: keys, Shelf: h.Shelf, Chance: rand.Reader, Body: parties.Body, Key: inspectionKey(keys)}
	h.Inquiry.Watcher = watcher{h.inspector}
	h.ombudsman = &oversight.Ombudsman{Store: oversightpg.NewPleas(pool, publisher, records), Records: records, Finder: h.Furnish, Sealer: keys, Shelf: h.Shelf, Chance: rand.Reader, Body: parties.Body}
	h.hotline = &oversight.Hotline{Store: oversightpg.NewReports(pool, publisher), Sealer: keys, Shelf: h.Shelf, Chance: rand.Reader, Body: parties.Body, Count: func() error { return nil }}
	h.incidents = &oversight.Service{Store: oversightpg.NewStore(keeper, publisher), Looks: looks{inquirypg.NewTraces(keeper)}}
	h.queue = ledgerpg.NewQueue(keeper)
	h.noticeWork = &notice.Service{Store: letters, Shelf: h.Shelf}
	h.dossierWork = &dossier.Service{Store: dossierpg.NewStore(keeper, publisher), Chance: rand.Reader, Pack: version}
	sender, err := h.sender()
	if err != nil {
		return err
	}
	h.announcer = &notice.Announcer{Ways: letters, Opener: keys, Email: sender, Shelf: h.Shelf, BaseURL: h.cfg.BaseURL}
	h.post = &notice.Desk{Announcer: *h.announcer, Mandates: mandates}
	return h.wireChanges(publisher)
}

// sender is the channel for announcements: a mail server, or a folder of files in
// a sandbox without one.
func (h *House) sender() (notice.Sender, error) {
	s := h.cfg.SMTP
	if s.Host == "" {
		return noticeemail.Sink{Dir: h.cfg.path("mail")}, nil
	}
	return noticeemail.New(noticeemail.Config{Host: s.Host, Port: s.Port, From: s.From, Username: s.Username, PasswordFile: s.PasswordFile, Plain: s.Plain})
}

// gauges are the figures that an operator watches beside requests.
func (h *House) gauges() {
	h.metrics.Gauge("recourse_outbox_waiting", "Tasks that wait in the outbox.", func(ctx context.Context) (float64, bool) {
		n, _, err := h.queue.Waiting(ctx)
		return float64(n), err == nil
	})
	h.metrics.Gauge("recourse_outbox_oldest_seconds", "Age of the oldest task that waits.", func(ctx context.Context) (float64, bool) {
		n, oldest, err := h.queue.Waiting(ctx)
		if n == 0 {
			return 0, err == nil
		}
		return h.clock.Now().Sub(oldest).Seconds(), err == nil
	})
	h.metrics.Gauge("recourse_database_connections", "Connections of the serving pool in use.", func(context.Context) (float64, bool) {
		return float64(h.db.app.Stat().AcquiredConns()), true
	})
	h.metrics.Gauge("recourse_vault_keys_derived", "Keys that this process asked the vault for since it began.", func(context.Context) (float64, bool) {
		var n int64
		for _, u := range h.meter.Usage() {
			n += u.Derived
		}
		return float64(n), true
	})
	h.metrics.Gauge("recourse_disk_full", "1 while nothing is written because the disk is nearly full.", func(context.Context) (float64, bool) {
		if h.full.Load() {
			return 1, true
		}
		return 0, true
	})
}

// Now returns the instant that holds in this installation.
func (h *House) Now() time.Time { return h.clock.Now() }

// pack returns the version of the pack that is in force now.
func (h *House) pack() *law.Pack { return h.Shelf.At(h.Now()) }

// Close ends everything in the reverse order of its start.
func (h *House) Close(ctx context.Context) error {
	var errs []error
	if h.public != nil {
		errs = append(errs, h.public.close())
	}
	if h.vault != nil {
		errs = append(errs, h.vault.close())
	}
	if h.db != nil {
		errs = append(errs, h.db.close(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing: %w", err)
	}
	return nil
}

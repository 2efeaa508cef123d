package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"recourse/internal/inquiry"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/pgkit"
	"recourse/internal/kit/workkit"
	"recourse/internal/ledger"
)

// job is one thing that goes on in the background. Nothing waits for one to be
// true; they tell, tidy and erase.
type job struct {
	name  string
	every time.Duration
	why   string
	step  func(ctx context.Context) (more bool, err error)
}

// jobs is the table of everything that goes on.
func (h *House) jobs() []job {
	return []job{
		{"pump", 250 * time.Millisecond, "does what follows from events", h.pump},
		{"publish", publishEvery, "takes what was done into the public log and publishes it", h.publish},
		{"forget", time.Second, "punctures the leaves of contents that ended early", h.forget},
		{"tend", time.Hour, "re-seals identities, forgets epochs that are over, clears what they held", h.tend},
		{"contests", time.Minute, "tells of clocks that have run out, withdraws what nobody decided within twice its clock", h.tendContests},
		{"questions", time.Minute, "tells of questions about looks that no supervisor answered in time", h.tendQuestions},
		{"figures", time.Hour, "closes the figures of a quarter that is over", h.closeQuarter},
		{"webhooks", time.Second, "sends bodies what became of records that they were given", h.sendChanges},
		{"repairs", time.Minute, "ends records that end early by themselves or with their class, tells what opened and what is late", h.tendRepairs},
		{"law", time.Second, "takes up packs that were activated", h.takeLaw},
		{"calendar", 12 * time.Hour, "warns where the working days of a year that begins soon are missing", h.missCalendar},
		{"uploads", time.Minute, "forgets files that clerks tried and did not send", h.tidyUploads},
		{"room", 2 * time.Second, "looks at the free room on the disk", h.lookAtRoom},
	}
}

// missCalendar warns of a year that clocks will need and nobody has published.
func (h *House) missCalendar(ctx context.Context) (bool, error) {
	pack := h.pack()
	if y, missing := pack.Unpublished(pack.Today(h.clock.Now()), ahead); missing {
		h.log.LogAttrs(ctx, slog.LevelWarn, missingYear(y), slog.String("pack", pack.Version))
	}
	return false, nil
}

// pumpBatch is how many tasks are taken at once: few, because their rows stay
// locked while they are done. Where more wait they are taken part of the queue by
// part, several pumps at the same time; their reactions need as many connections of
// the keeper's pool.
const (
	pumpBatch = 64
	pumps     = 3
	pumpParts = 32
)

func (h *House) pump(ctx context.Context) (bool, error) {
	if err := h.followClock(ctx); err != nil {
		return false, err
	}
	return h.settle(ctx)
}

// settle does what waits, and reports whether there was any: more may follow from it.
func (h *House) settle(ctx context.Context) (bool, error) {
	take := func(ctx context.Context, low, high int16) (int, error) {
		return h.queue.Take(ctx, low, high, pumpBatch, h.clock.Now(), h.react)
	}
	n, err := take(ctx, 0, ledger.Slots-1)
	if err != nil || n < pumpBatch {
		return n > 0, err
	}
	const part = ledger.Slots / pumpParts
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pumps)
	for low := int16(0); low < ledger.Slots; low += part {
		g.Go(func() error {
			return h.paces.follows.Through(ctx, func() (bool, error) {
				n, err := take(ctx, low, low+part-1)
				return n == pumpBatch, err
			})
		})
	}
	return true, g.Wait()
}

// followClock makes the clock follow the sandbox's shift.
func (h *House) followClock(ctx context.Context) error {
	if h.cfg.Mode != Sandbox {
		return nil
	}
	shift, err := pgkit.Shift(ctx, h.db.app)
	if err != nil {
		return err
	}
	h.clock.Shift(shift)
	return nil
}

// work runs every job until ctx is done.
func (h *House) work(ctx context.Context) {
	h.public.good(clock.Stopwatch())
	var wg sync.WaitGroup
	for _, j := range h.jobs() {
		l := workkit.Loop{Name: j.name, Every: j.every, Step: h.states.watched(j, h.clock.Now), Logger: h.log}
		if j.name == "contests" { // a backlog of deadlines yields to answers, and so does one of what follows from them
			l.Pace = &h.paces.tells
		}
		if j.name == "pump" {
			l.Wake = h.wake
		}
		wg.Go(func() { l.Run(ctx) })
	}
	wg.Go(func() { h.supply.Work(ctx) })
	wg.Wait()
	h.courier.Wait()
	h.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelDebug, "workers stopped")
}

// paces are how what goes on in the background yields while inquiries are answered.
// What tells and what follows from it are apart, so that a long backlog of the one does
// not keep back the other; each backlog takes a fifth of one core and less.
type paces struct{ tells, follows, tends workkit.Pace }

func newPaces(f *flights) *paces {
	return &paces{tells: workkit.Pace{Waits: f.meter(), Share: 4}, follows: workkit.Pace{Waits: f.meter(), Share: 10}, tends: workkit.Pace{Waits: f.meter(), Share: 5}}
}

// flights measures how many inquiries are under way.
type flights struct {
	mu    sync.Mutex
	n     int
	total time.Duration // that all together took until since
	since time.Time     // of the stopwatch
}

// change notes that inquiries began or ended, and returns how long all of them took by now.
func (f *flights) change(by int) (total time.Duration, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now = clock.Stopwatch()
	if !f.since.IsZero() {
		f.total += time.Duration(f.n) * now.Sub(f.since)
	}
	f.since, f.n = now, f.n+by
	return f.total, now
}

// meter returns what says how many were under way on average since it was last asked.
func (f *flights) meter() func() float64 {
	var mu sync.Mutex
	last, at := f.change(0)
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		total, now := f.change(0)
		mean := float64(total-last) / float64(max(now.Sub(at), time.Microsecond))
		last, at = total, now
		return mean
	}
}

// measured is inquiry.Store, and measures how many inquiries are under way.
type measured struct {
	inquiry.Store
	flights *flights
}

// Disclose is inquiry.Store.Disclose.
func (m measured) Disclose(ctx context.Context, a inquiry.Ask) (inquiry.Told, error) {
	m.flights.change(1)
	defer m.flights.change(-1)
	return m.Store.Disclose(ctx, a)
}

package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

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
		{"forget", time.Second, "punctures the leaves of contents that ended early", h.forget},
		{"tend", time.Hour, "re-seals identities, forgets epochs that are over, clears what they held", h.tend},
		{"law", time.Second, "takes up packs that were activated", h.takeLaw},
		{"uploads", time.Minute, "forgets files that clerks tried and did not send", h.tidyUploads},
		{"room", 2 * time.Second, "looks at the free room on the disk", h.lookAtRoom},
	}
}

// pumpBatch is how many tasks are taken at once: few, because their rows stay
// locked while they are done.
const pumpBatch = 16

func (h *House) pump(ctx context.Context) (bool, error) {
	if err := h.followClock(ctx); err != nil {
		return false, err
	}
	n, err := h.queue.Take(ctx, 0, ledger.Slots-1, pumpBatch, h.clock.Now(), h.react)
	return n == pumpBatch, err
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
	var wg sync.WaitGroup
	for _, j := range h.jobs() {
		l := workkit.Loop{Name: j.name, Every: j.every, Step: j.step, Logger: h.log}
		if j.name == "pump" {
			l.Wake = h.wake
		}
		wg.Go(func() { l.Run(ctx) })
	}
	wg.Go(func() { h.supply.Work(ctx) })
	wg.Wait()
	h.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelDebug, "workers stopped")
}

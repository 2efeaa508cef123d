package app

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/codekit"
	"recourse/internal/kit/pgembed"
	"recourse/internal/kit/statekit"
	"recourse/internal/kit/webkit"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/party"
	"recourse/internal/when"
)

// jobStates knows how each job did. It is safe for concurrent use.
type jobStates struct {
	mu sync.Mutex
	of map[string]statekit.Job
}

// watched is the step of a job, with how it does noted. Only a code is kept of a fault: its
// text may quote what it was about.
func (s *jobStates) watched(j job, now func() time.Time) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		more, err := j.step(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.of == nil {
			s.of = map[string]statekit.Job{}
		}
		state := s.of[j.name]
		switch {
		case err == nil:
			state = statekit.Job{Done: now()}
		case ctx.Err() == nil:
			state.Failed, state.Code = state.Failed+1, fault.Of(err).Code
		}
		s.of[j.name] = state
		return more, err
	}
}

// all returns the jobs of a table as they do.
func (s *jobStates) all(table []job) (out []statekit.Job, failing int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range table {
		one := s.of[j.name]
		one.Name, one.Every = j.name, j.every
		if out = append(out, one); one.Failed > 0 {
			failing++
		}
	}
	return out, failing
}

// opsPages are the pages of who runs the registry.
func (h *House) opsPages() ([]webkit.Route, webkit.NavItem, error) {
	var names []string
	for _, j := range h.jobs() {
		names = append(names, j.name)
	}
	return statekit.Routes(statekit.Config{Desk: string(party.Operates), Jobs: names, Errors: codekit.Path, Look: h.state})
}

// state looks at everything that an operator has to know while the registry runs.
func (h *House) state(ctx context.Context, now time.Time) (statekit.Report, error) {
	r := statekit.Report{}
	jobs, failing := h.states.all(h.jobs())
	r.Jobs = jobs
	var err error
	if r.Stuck, err = h.stuck(ctx); err != nil {
		return r, err
	}
	r.Findings = []statekit.Finding{{About: "program", Found: "program", Level: statekit.Fine, Facts: statekit.Facts{"version": Version, "binary": h.public.binary}}, onJobs(len(jobs), failing)}
	for _, look := range []func(context.Context, time.Time) (statekit.Finding, error){
		h.onOutbox, h.onLog, h.onWitnesses, h.onVault, h.onErasure, h.onIndex, h.onDisk, h.onDatabase, h.onPack, h.onNextPack, h.onCalendar, h.onDesks, h.onMail, h.onSignIn, h.onFigures,
	} {
		f, err := look(ctx, now)
		if err != nil {
			return r, err
		}
		f.Level = cmp.Or(f.Level, statekit.Fine)
		r.Findings = append(r.Findings, f)
	}
	return r, nil
}

// stuck is what of the queue fails, by what should follow and why it does not.
func (h *House) stuck(ctx context.Context) (out []statekit.Stuck, err error) {
	list, err := h.queue.Stuck(ctx)
	for _, s := range list {
		out = append(out, statekit.Stuck{Consumer: s.Consumer, Code: s.Code, Rows: int(s.Rows)})
	}
	return out, err
}

func onJobs(n, failing int) statekit.Finding {
	f := statekit.Finding{About: "jobs", Found: "jobs", Level: statekit.Fine, Facts: statekit.Facts{"n": n, "failing": failing}}
	if failing > 0 {
		f.Level, f.Fix = statekit.Act, "jobs"
	}
	return f
}

// slow is how long something may wait or lag behind before it is worth a look.
const slow = time.Minute

func (h *House) onOutbox(ctx context.Context, now time.Time) (statekit.Finding, error) {
	rows, oldest, err := h.queue.Waiting(ctx)
	if err != nil {
		return statekit.Finding{}, err
	}
	list, err := h.queue.Stuck(ctx)
	failing := 0
	for _, s := range list {
		failing += int(s.Rows)
	}
	return onOutbox(int(rows), failing, now.Sub(oldest)), err
}

func onOutbox(rows, failing int, age time.Duration) statekit.Finding {
	f := statekit.Finding{About: "outbox", Found: "outbox none"}
	if rows == 0 {
		return f
	}
	f.Found, f.Facts = "outbox", statekit.Facts{"rows": rows, "age": max(age, 0), "failing": failing}
	switch {
	case failing > 0:
		f.Level, f.Fix = statekit.Act, "outbox failing"
	case age > slow:
		f.Level, f.Fix = statekit.Watch, "outbox slow"
	}
	return f
}

func (h *House) onLog(ctx context.Context, _ time.Time) (statekit.Finding, error) {
	p, err := h.public.served.Published(ctx)
	return onLog(int(p.Size), h.public.lag(), h.public.most), err
}

func onLog(entries int, lag, most time.Duration) statekit.Finding {
	f := statekit.Finding{About: "log", Found: "log", Facts: statekit.Facts{"entries": entries, "lag": lag, "most": most}}
	switch {
	case lag > most:
		f.Level, f.Fix = statekit.Act, "log stuck"
	case lag > slow:
		f.Level, f.Fix = statekit.Watch, "log slow"
	}
	return f
}

// longUnseen is how old the newest signature of a witness may be.
const longUnseen = 24 * time.Hour

func (h *House) onWitnesses(ctx context.Context, now time.Time) (statekit.Finding, error) {
	newest, err := h.public.witnessed(ctx)
	return onWitnesses(len(h.public.policy) > 0, newest, now.Add(-h.clock.Shifted())), err // witnesses have clocks of their own
}

func onWitnesses(asked bool, newest, now time.Time) statekit.Finding {
	f := statekit.Finding{About: "witnesses", Found: "witnesses"}
	switch {
	case !asked:
		f.Found, f.Fix, f.Level = "witnesses none", "witnesses none", statekit.Watch
		return f
	case newest.IsZero():
		f.Found, f.Fix, f.Level = "witnesses unseen", "witnesses old", statekit.Act
		return f
	}
	f.Facts = statekit.Facts{"age": max(now.Sub(newest), 0)}
	if now.Sub(newest) > longUnseen {
		f.Fix, f.Level = "witnesses old", statekit.Act
	}
	return f
}

func (h *House) onVault(ctx context.Context, _ time.Time) (statekit.Finding, error) {
	st, err := h.vault.State(ctx)
	f := statekit.Finding{About: "vault", Found: "vault", Facts: statekit.Facts{"root": st.Root, "seq": int(st.Seq), "fault": st.Fault}}
	switch {
	case st.Fault != "":
		f.Fix, f.Level = "vault fault", statekit.Act
	case st.Weak:
		f.Found, f.Fix, f.Level = "vault weak", "vault weak", statekit.Watch
	}
	return f, err
}

func (h *House) onErasure(ctx context.Context, now time.Time) (statekit.Finding, error) {
	st, err := h.vault.State(ctx)
	if err != nil {
		return statekit.Finding{}, err
	}
	epochs, err := h.vault.Epochs(ctx)
	return onErasure(st.Ended, h.pack().Today(now), len(epochs)), err
}

func onErasure(ended, today when.Date, epochs int) statekit.Finding {
	f := statekit.Finding{About: "erasure", Found: "erasure", Facts: statekit.Facts{"day": ended, "epochs": epochs}}
	if ended < today.AddDays(-1) {
		f.Fix, f.Level = "erasure late", statekit.Act
	}
	return f
}

func (h *House) onIndex(ctx context.Context, _ time.Time) (statekit.Finding, error) {
	st, err := h.vault.State(ctx)
	if err != nil || len(st.Generations) == 0 {
		return statekit.Finding{}, err
	}
	f := statekit.Finding{About: "index", Found: "index", Facts: statekit.Facts{"newest": int(st.Generations[0]), "live": len(st.Generations)}}
	if len(st.Generations) > 1 {
		f.Fix, f.Level = "index", statekit.Watch
	}
	return f, nil
}

func (h *House) onDisk(context.Context, time.Time) (statekit.Finding, error) {
	free, err := pgembed.FreeBytes(h.cfg.DataDir)
	return onDisk(int(free>>20), int(h.cfg.MinFreeMiB)), err
}

func onDisk(free, least int) statekit.Finding {
	f := statekit.Finding{About: "disk", Found: "disk", Facts: statekit.Facts{"free": free, "least": least}}
	if free < 2*least {
		f.Fix, f.Level = "disk", statekit.Act
	}
	return f
}

func (h *House) onDatabase(context.Context, time.Time) (statekit.Finding, error) {
	s := h.db.app.Stat()
	return onDatabase(int(s.AcquiredConns()), int(s.MaxConns())), nil
}

func onDatabase(used, most int) statekit.Finding {
	f := statekit.Finding{About: "database", Found: "database", Facts: statekit.Facts{"used": used, "most": most}}
	if 10*used >= 9*most {
		f.Fix, f.Level = "database", statekit.Watch
	}
	return f
}

func (h *House) onPack(context.Context, time.Time) (statekit.Finding, error) {
	p := h.pack()
	f := statekit.Finding{About: "pack", Found: "pack", Facts: statekit.Facts{"version": p.Version, "unverified": len(p.Unverified())}}
	if len(p.Unverified()) > 0 {
		f.Fix, f.Level = "pack", statekit.Watch
	}
	return f, nil
}

func (h *House) onNextPack(_ context.Context, now time.Time) (statekit.Finding, error) {
	last := h.shelf.Timeline().Last()
	if !last.From.After(now) {
		return statekit.Finding{About: "next pack", Found: "next pack none"}, nil
	}
	return statekit.Finding{About: "next pack", Found: "next pack", Facts: statekit.Facts{"version": last.Pack.Version, "from": last.From}}, nil
}

func (h *House) onCalendar(_ context.Context, now time.Time) (statekit.Finding, error) {
	p := h.pack()
	missing, is := p.Unpublished(p.Today(now), ahead)
	return onCalendar(p.Calendar().Years(), missing, is), nil
}

func onCalendar(years []int, missing int, is bool) statekit.Finding {
	f := statekit.Finding{About: "calendar", Found: "calendar none", Facts: statekit.Facts{"missing": strconv.Itoa(missing)}}
	if len(years) > 0 {
		f.Found, f.Facts["year"] = "calendar", strconv.Itoa(years[len(years)-1])
	}
	if is {
		f.Fix, f.Level = "calendar", statekit.Act
	}
	return f
}

func (h *House) onDesks(ctx context.Context, now time.Time) (statekit.Finding, error) {
	p := h.pack()
	seats, err := h.team.Mandates.Seats(ctx, p.Today(now))
	return onDesks(gaps(seats, *h.codes.Load(), p)), err
}

func onDesks(list []party.Gap) statekit.Finding {
	f := statekit.Finding{About: "desks", Found: "desks"}
	if len(list) == 0 {
		return f
	}
	var lacks []string
	for _, g := range list {
		lacks = append(lacks, string(g.Desk))
	}
	f.Found, f.Fix, f.Level, f.Facts = "desks lacking", "desks", statekit.Act, statekit.Facts{"desks": strings.Join(lacks, ", ")}
	return f
}

// mailWait is how long the mail server has to take a connection.
const mailWait = time.Second

func (h *House) onMail(ctx context.Context, _ time.Time) (statekit.Finding, error) {
	if h.cfg.SMTP.Host == "" {
		return statekit.Finding{About: "mail", Found: "mail folder"}, nil
	}
	at := net.JoinHostPort(h.cfg.SMTP.Host, strconv.Itoa(h.cfg.SMTP.Port))
	f := statekit.Finding{About: "mail", Found: "mail", Facts: statekit.Facts{"host": at}}
	conn, err := (&net.Dialer{Timeout: mailWait}).DialContext(ctx, "tcp", at)
	if err != nil {
		f.Fix, f.Level = "mail", statekit.Act
		return f, nil
	}
	return f, conn.Close()
}

func (h *House) onSignIn(context.Context, time.Time) (statekit.Finding, error) {
	return statekit.Finding{About: "sign-in", Found: "sign-in", Facts: statekit.Facts{"n": len(h.doors)}}, nil
}

func (h *House) onFigures(ctx context.Context, now time.Time) (statekit.Finding, error) {
	known, err := oversightpg.NewFigures(h.db.app).Quarters(ctx)
	return onFigures(known, h.pack().Today(now)), err
}

// onFigures: the quarter before this one is closed on the second day of this one.
func onFigures(known []oversight.Quarter, today when.Date) statekit.Finding {
	f := statekit.Finding{About: "figures", Found: "figures none"}
	if len(known) == 0 {
		return f
	}
	f.Found, f.Facts = "figures", statekit.Facts{"quarter": known[0].String()}
	if known[0].Last().AddMonths(3).AddDays(3) < today {
		f.Fix, f.Level = "figures", statekit.Watch
	}
	return f
}

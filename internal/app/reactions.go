package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/ledger"
	"recourse/internal/notice"
	"recourse/internal/ref"
)

// reaction is one thing that follows from an event. It must be idempotent by the
// event: it may be done twice, never not at all.
type reaction struct {
	on       string // kind of event
	consumer string // name in the queue; never changed while tasks may wait
	why      string
	do       func(ctx context.Context, t ledger.Task, now time.Time) error
}

// together are what several reactions of one consumer are done by at once, wholly or
// not at all.
func (h *House) together() map[string]func(ctx context.Context, tasks []ledger.Task, now time.Time) error {
	return map[string]func(context.Context, []ledger.Task, time.Time) error{"dossier.take-effect": h.takeEffects, "notice.clock": h.oweClocks}
}

// reactions is the one table that says what follows from what.
func (h *House) reactions() []reaction {
	return []reaction{
		{"dossier.noticed", "notice.owe", "a negative record is told before anybody else may see it (rules C)", h.oweBeforeEffect},
		{"dossier.readmitted", "notice.owe-again", "what was found wrong and is certified is told before anybody else may see it again (rules D1)", h.oweReadmitted},
		{"retention.offered", "notice.owe-copy", "thirty days before a content is erased its person can take a copy (rules E2)", h.oweCopies},
		{"dossier.withdrawn", "oversight.open", "a record that was another's opens an incident with the list of who was shown it (rules E4)", h.openIncident},
		{"dossier.silenced", "dispute.silence", "what a person said about a record ends with it (rules D6)", h.silence},
		{"dossier.refiled", "notice.owe-shown", "its right person is told to whom it was shown under another file", h.tellShownElsewhere},
		{"notice.to-announce", "notice.announce", "the person hears that a letter waits; the letter itself is in the inbox", h.announce},
		{"notice.opened", "dossier.take-effect", "the time to answer runs from the opening (rules C1)", h.takeEffect},
		{"notice.confirmed", "dossier.take-effect", "or from the day on which the post brought it", h.takeEffect},
		{"notice.handed", "dossier.take-effect", "or from the end of the service period, which nobody has to wait for", h.takeEffect},
		{"notice.returned", "dossier.take-back", "what came back was not delivered", h.takeBack},
		{"dossier.changed", "notice.recipients", "who was given what was corrected, withdrawn or ended is told (rules C4)", h.tellRecipients},
		{"dispute.decided", "notice.recipients", "who was given what was found wrong, or cannot be shown to be right, is told before its source mends it", h.tellOfDecision},
		{"dispute.decided", "notice.decision", "the person is written what was decided, why, on what, what changes, who was told, how to go on", h.oweDecision},
		{"dispute.lapsed", "notice.decision", "also where nobody decided, and the law did", h.oweDecision},
		{"dispute.extended", "notice.clock", "that a clock moved is told", h.oweClock},
		{"dispute.waits", "notice.clock", "also where it waits for the person's own evidence", h.oweClock},
		{"dispute.excused", "notice.clock", "or for the registry after an outage", h.oweClock},
		{"dispute.overdue", "notice.clock", "and that it has run out", h.oweClock},
		{"dispute.complaint-decided", "notice.words", "the person is written which words others are not given, why, how to write anew and how to ask for a review (rules D6)", h.oweWords},
		{"dispute.complaint-lapsed", "notice.words", "and that they are given again, where nobody decided on the review in time", h.oweWords},
		{"notice.opened", "dispute.letter", "the time to ask for a review runs from the delivery of the decision", h.letterReached},
		{"notice.confirmed", "dispute.letter", "or from the day on which the post brought it", h.letterReached},
		{"notice.handed", "dispute.letter", "or from the end of the service period", h.letterReached},
		{"notice.returned", "dispute.letter", "what came back was not delivered", h.letterReached},
		{"law.outage", "dispute.excuse", "the clocks that were due inside an outage are moved (rules D2)", h.excuseContests},
		{"law.outage", "repair.excuse", "also those of applications to end a record early", h.excuseRepairs},
		{"repair.restored", "notice.owe", "the person is told that a record of theirs has ended early", h.oweRestored},
		{"repair.opened-way", "notice.owe", "the person hears that a way to end a record early has opened, and what is missing (rules D8)", h.oweWayOpened},
		{"oversight.question-answered", "notice.answer", "who questioned a look is written what a supervisor found", h.oweAnswer},
		{"oversight.question-overdue", "notice.answer", "and that none answered in time", h.oweAnswer},
		{"oversight.plea-stayed", "notice.plea", "the person is told that the ombudsman hides a record of theirs (rules H1)", h.owePlea},
		{"oversight.plea-closed", "notice.plea", "and what the ombudsman found", h.owePlea},
		{"hold.placed", "notice.hold", "the person is told that a content of theirs is held for a court (rules E1)", h.oweHeld},
		{"dossier.withdrawn", "hold.end", "what was somebody else's is held no longer (rules E4)", h.endHeld},
		{"estate.entered", "notice.death", "the person is told by every way that their death was entered: it may be false (rules F4)", h.oweDeath},
		{"estate.reversed", "notice.death", "and that it was taken back", h.oweReversal},
		{"notice.returned", "notice.post", "what came back goes to the next channel", h.postLetter},
	}
}

// consumers is the table by kind of event, for the publisher.
func consumers(rs []reaction) map[string][]string {
	out := map[string][]string{}
	for _, r := range rs {
		out[r.on] = append(out[r.on], r.consumer)
	}
	return out
}

func (h *House) oweBeforeEffect(ctx context.Context, t ledger.Task, now time.Time) error {
	if t.Refs["at_once"] != "" {
		return h.oweFirst(ctx, t, law.AtOnce, now)
	}
	return h.oweFirst(ctx, t, law.BeforeEffect, now)
}

func (h *House) oweReadmitted(ctx context.Context, t ledger.Task, now time.Time) error {
	return h.oweFirst(ctx, t, law.Reinserted, now)
}

// oweFirst makes letters owed without which nothing takes effect.
func (h *House) oweFirst(ctx context.Context, t ledger.Task, kind string, now time.Time) error {
	list, err := dossier.ParseTold(t.Refs["records"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	letters := make([]notice.Owed, len(list))
	for i, told := range list {
		letters[i] = notice.Owed{Person: told.Person, Kind: kind, Record: told.Record, Version: told.Version}
	}
	owed, err := h.noticeWork.Owe(ctx, letters, now)
	if err != nil {
		return err
	}
	// Where no way out of the house is left to try, the end of the time to answer is
	// known already.
	ends := map[time.Time][]dossier.Told{}
	for _, o := range owed {
		if !o.AnswerUntil.IsZero() {
			ends[o.AnswerUntil] = append(ends[o.AnswerUntil], dossier.Told{Person: o.Person, Record: o.Record, Version: o.Version})
		}
	}
	for end, told := range ends {
		if err := h.dossierWork.TakeEffect(ctx, told, end, now); err != nil {
			return err
		}
	}
	return nil
}

// beforeEffect is the letter about a negative record; about one that has effect at
// once it says so.
func beforeEffect(t dossier.Told, atOnce bool) notice.Owed {
	o := notice.Owed{Person: t.Person, Kind: law.BeforeEffect, Record: t.Record, Version: t.Version}
	if atOnce {
		o.Kind = law.AtOnce
	}
	return o
}

// tellAtOnce owes letters in the unit of ctx: what has effect at once is told with the
// very transaction that lets others see it (rules C3).
func (h *House) tellAtOnce(ctx context.Context, list []dossier.Told, now time.Time) error {
	letters := make([]notice.Owed, len(list))
	for i, told := range list {
		letters[i] = beforeEffect(told, true)
	}
	_, err := h.Notice.Owe(ctx, letters, now)
	return err
}

func (h *House) oweCopies(ctx context.Context, t ledger.Task, now time.Time) error {
	list, err := dossier.ParseTold(t.Refs["records"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	letters := make([]notice.Owed, len(list))
	for i, told := range list {
		letters[i] = notice.Owed{Person: told.Person, Kind: law.BeforeErasure, Record: told.Record}
	}
	_, err = h.noticeWork.Owe(ctx, letters, now)
	return err
}

func (h *House) silence(ctx context.Context, t ledger.Task, now time.Time) error {
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return h.keepers.dispute.Silence(ctx, dossier.Key{Person: t.Stream, Record: record}, now)
}

func (h *House) announce(ctx context.Context, t ledger.Task, now time.Time) error {
	n, err := ref.Parse[ref.Notice](t.Refs["notice"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return h.announcer.Announce(ctx, t.Stream, n, now)
}

func (h *House) postLetter(ctx context.Context, t ledger.Task, now time.Time) error {
	n, err := ref.Parse[ref.Notice](t.Refs["notice"])
	if err != nil {
		return fmt.Errorf("event %s: %w", t.Kind, err)
	}
	return h.announcer.Post(ctx, t.Stream, n, now)
}

func (h *House) takeEffect(ctx context.Context, t ledger.Task, now time.Time) error {
	return h.takeEffects(ctx, []ledger.Task{t}, now)
}

func (h *House) takeEffects(ctx context.Context, tasks []ledger.Task, now time.Time) error {
	effects := make([]dossier.Effect, 0, len(tasks))
	for _, t := range tasks {
		if !law.BeginsAnswer(t.Refs["kind"]) {
			continue
		}
		told, err := toldBy(t)
		if err != nil {
			return err
		}
		effect, err := time.Parse(time.RFC3339Nano, t.Refs["answer_until"])
		if err != nil {
			return fmt.Errorf("event %s: answer_until: %w", t.Kind, err)
		}
		effects = append(effects, dossier.Effect{Told: told, At: effect})
	}
	return h.dossierWork.TakeEffects(ctx, effects, now)
}

func (h *House) takeBack(ctx context.Context, t ledger.Task, now time.Time) error {
	if !law.BeginsAnswer(t.Refs["kind"]) {
		return nil
	}
	told, err := toldBy(t)
	if err != nil {
		return err
	}
	return h.dossierWork.TakeBack(ctx, told, now)
}

// toldBy is what the letter of an event tells of.
func toldBy(t ledger.Task) (dossier.Told, error) {
	record, err := ref.Parse[ref.Record](t.Refs["record"])
	if err != nil {
		return dossier.Told{}, fmt.Errorf("event %s: %w", t.Kind, err)
	}
	version, err := strconv.ParseInt(t.Refs["version"], 10, 32)
	if err != nil {
		return dossier.Told{}, fmt.Errorf("event %s: version: %w", t.Kind, err)
	}
	return dossier.Told{Person: t.Stream, Record: record, Version: int32(version)}, nil
}

// react hands tasks to the reactions that they wait for. Where some that go together
// fail, each goes alone: one must not keep the others back.
func (h *House) react(ctx context.Context, tasks []ledger.Task) []error {
	now, out, alone := h.clock.Now(), make([]error, len(tasks)), make([]bool, len(tasks))
	all := h.together()
	some := map[string][]ledger.Task{}
	for i, t := range tasks {
		if alone[i] = all[t.Consumer] == nil; !alone[i] {
			some[t.Consumer] = append(some[t.Consumer], t)
		}
	}
	for consumer, list := range some {
		if len(list) > 1 && all[consumer](ctx, list, now) == nil {
			continue
		}
		for i, t := range tasks {
			alone[i] = alone[i] || t.Consumer == consumer
		}
	}
	for i, t := range tasks {
		if alone[i] {
			out[i] = h.reactTo(ctx, t, now)
		}
	}
	return out
}

func (h *House) reactTo(ctx context.Context, t ledger.Task, now time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, r := range h.table {
		if r.on == t.Kind && r.consumer == t.Consumer {
			return r.do(ctx, t, now)
		}
	}
	return fault.Newf(fault.Internal, "E-REACTION", "no reaction %s on %s: the program is older than the task", t.Consumer, t.Kind)
}

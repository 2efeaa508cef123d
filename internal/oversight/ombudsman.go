package oversight

import (
	"context"
	"regexp"
	"strings"
	"time"

	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/paper"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Records knows records without their content.
type Records interface {
	Summary(ctx context.Context, k dossier.Key) (dossier.Summary, bool, error)
}

// Finder finds the one record that a source filed under a number.
type Finder interface {
	Find(ctx context.Context, source ref.Body, typ, number string) (dossier.Key, bool, error)
}

// Ombudsman is how one record is looked into from outside.
type Ombudsman struct {
	Store   PleaStore
	Records Records
	Finder  Finder
	Sealer  paper.Sealer
	Shelf   law.Shelf
	Chance  ref.Minter
	Body    func(ctx context.Context, code string) (party.Body, error)
}

const mostPleas = 200

// logged is the form of a number of the ombudsman's log.
var logged = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z/-]{2,39}$`)

// office is the ombudsman of the pack; ErrNoOmbudsman where it has none.
func (o *Ombudsman) office(ctx context.Context, now time.Time) (party.Body, error) {
	code, ok := o.Shelf.At(now).Ombudsman()
	if !ok {
		return party.Body{}, ErrNoOmbudsman
	}
	return o.Body(ctx, code)
}

// Plead is how a person brings one record of theirs before the ombudsman. Where it is
// before them already nothing new begins.
func (o *Ombudsman) Plead(ctx context.Context, p ref.Person, r ref.Record, why Cause, now time.Time) (Plea, error) {
	if !known(why, Causes()) {
		return Plea{}, errCause
	}
	if p.IsZero() {
		return Plea{}, errPleaRecord
	}
	return o.begin(ctx, dossier.Key{Person: p, Record: r}, Plea{Why: why}, now)
}

// Begin is how the ombudsman begins by themselves.
func (o *Ombudsman) Begin(ctx context.Context, by party.Clerk, b Beginning, now time.Time) (Plea, error) {
	if err := o.of(ctx, by, now); err != nil {
		return Plea{}, err
	}
	if b.Logged = strings.TrimSpace(b.Logged); !logged.MatchString(b.Logged) {
		return Plea{}, errLogged
	}
	source, ok := o.Shelf.At(now).Body(b.Source)
	if !ok {
		return Plea{}, errPleaRecord
	}
	body, err := o.Body(ctx, source.Code)
	if err != nil {
		return Plea{}, err
	}
	k, found, err := o.Finder.Find(ctx, body.ID, b.Type, strings.TrimSpace(b.Number))
	if err != nil {
		return Plea{}, err
	}
	if !found {
		return Plea{}, errPleaRecord
	}
	return o.begin(ctx, k, Plea{Why: OwnAccord, Number: b.Logged, OpenedBy: by.ID}, now)
}

func (o *Ombudsman) begin(ctx context.Context, k dossier.Key, p Plea, now time.Time) (Plea, error) {
	office, err := o.office(ctx, now)
	if err != nil {
		return Plea{}, err
	}
	about, found, err := o.Records.Summary(ctx, k)
	if err != nil {
		return Plea{}, err
	}
	if !found || about.State.Empty() || about.Source == office.ID {
		return Plea{}, errPleaRecord
	}
	pack := o.Shelf.At(now)
	p.Person, p.Record, p.Source, p.Type, p.Ombudsman, p.OpenedAt = k.Person, k.Record, about.Source, about.Type, office.ID, now
	if p.Due, err = pack.QuestionBy(pack.Today(now)); err != nil {
		return Plea{}, err
	}
	if p.ID, err = ref.Mint[ref.Plea](o.Chance); err != nil {
		return Plea{}, err
	}
	return o.Store.Plead(ctx, p)
}

// of reports whether a clerk is of the ombudsman's staff.
func (o *Ombudsman) of(ctx context.Context, by party.Clerk, now time.Time) error {
	office, err := o.office(ctx, now)
	if err != nil {
		return err
	}
	if by.Body.ID != office.ID || !by.Desks.Has(party.Supervises) {
		return ErrNoPlea
	}
	return nil
}

// Mine returns the pleas about a record of a person.
func (o *Ombudsman) Mine(ctx context.Context, p ref.Person, r ref.Record) ([]Plea, error) {
	if p.IsZero() {
		return nil, nil
	}
	return o.Store.About(ctx, p, r)
}

// List returns what lies before the ombudsman. To every other body nothing does.
func (o *Ombudsman) List(ctx context.Context, by party.Clerk, now time.Time) ([]Plea, error) {
	if err := o.of(ctx, by, now); err != nil {
		if fault.Of(err).Kind == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	return o.Store.Open(ctx, by.Body.ID, mostPleas)
}

// One returns a plea to the ombudsman before whom it lies. Every other is not there.
func (o *Ombudsman) One(ctx context.Context, by party.Clerk, id ref.Plea) (Plea, error) {
	p, found, err := o.Store.Plea(ctx, id)
	if err == nil && (!found || p.Ombudsman != by.Body.ID || !by.Desks.Has(party.Supervises)) {
		return Plea{}, ErrNoPlea
	}
	return p, err
}

// Read gives the ombudsman the fields of the record, as long as the plea is open. The
// person sees that they looked.
func (o *Ombudsman) Read(ctx context.Context, by party.Clerk, p Plea, now time.Time) (map[string]string, error) {
	pack := o.Shelf.At(now)
	trace, err := paper.Drawer{Sealer: o.Sealer, Chance: o.Chance}.Trace(ctx, p.Person, by, p.ID.String(), pack.AccessEnd(now))
	if err != nil {
		return nil, err
	}
	box, version, err := o.Store.ReadRecord(ctx, PleaLook{Plea: p, Access: trace.Access, Pack: pack.Version, Clerk: by.ID, Body: by.Body.ID, Trace: trace.Box, Now: now})
	if err != nil || box.Data == nil {
		return nil, err
	}
	opened, err := o.Sealer.Open(ctx, []seal.Sealed{{Subject: dossier.RecordSubject(p.Person, p.Record, version), Box: box}})
	if err != nil || opened[0].Gone {
		return nil, err
	}
	return dossier.Content(opened[0].Plain)
}

// Stay hides the record at once, and asks who answers for it.
func (o *Ombudsman) Stay(ctx context.Context, by party.Clerk, id ref.Plea, order Order, now time.Time) (Plea, error) {
	p, err := o.One(ctx, by, id)
	if err != nil {
		return p, err
	}
	pack := o.Shelf.At(now)
	today := pack.Today(now)
	longest, err := pack.StayUntil(today)
	if err != nil {
		return p, err
	}
	if order.answerBy, err = pack.StayAnswerBy(today); err != nil {
		return p, err
	}
	operator, err := o.Body(ctx, pack.Operator)
	switch {
	case err != nil:
		return p, err
	case order.Until <= order.answerBy || order.Until > longest:
		return p, errStayUntil
	case order.Answers != p.Source && order.Answers != operator.ID:
		return p, errAnswers
	}
	order.until, order.ends, order.answerEnd = order.Until, order.Until.AddDays(1).Start(pack.Zone).UTC(), order.answerBy.AddDays(1).Start(pack.Zone).UTC()
	return o.Store.Change(ctx, id, "stayed", func(p Plea) (Plea, error) { return p.Stay(by, order, now) })
}

// Close ends a plea; where it has a stay that is lifted.
func (o *Ombudsman) Close(ctx context.Context, by party.Clerk, id ref.Plea, outcome Outcome, now time.Time) (Plea, error) {
	if _, err := o.One(ctx, by, id); err != nil {
		return Plea{}, err
	}
	return o.Store.Change(ctx, id, "closed", func(p Plea) (Plea, error) { return p.Close(by, outcome, now) })
}

// Asked returns the stays to which the body of a clerk has to answer.
func (o *Ombudsman) Asked(ctx context.Context, by party.Clerk) ([]Plea, error) {
	if !answers(by) {
		return nil, nil
	}
	return o.Store.Asked(ctx, by.Body.ID, mostPleas)
}

// answers reports whether a clerk may answer for their body: of a source those who send
// its records, of the registry those who decide.
func answers(by party.Clerk) bool {
	return by.Desks.Has(party.Furnishes) || by.Desks.Has(party.Decides)
}

// Reply answers a stay.
func (o *Ombudsman) Reply(ctx context.Context, by party.Clerk, id ref.Plea, r Reply, now time.Time) (Plea, error) {
	p, found, err := o.Store.Plea(ctx, id)
	if err != nil {
		return p, err
	}
	if !found || !answers(by) || p.StayedAt.IsZero() || p.Answers != by.Body.ID {
		return Plea{}, ErrNoPlea
	}
	return o.Store.Change(ctx, id, "answered", func(p Plea) (Plea, error) { return p.Reply(by, r, now) })
}

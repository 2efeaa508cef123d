package app

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"recourse/internal/app/world"
	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/inquiry"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
)

// The days before today on which the story of the written samples happens.
const (
	demoDelivered = 45
	demoOpened    = 44
	demoConsented = 21
	demoAsked     = 20
)

// atOnce is how many persons of the demo act at the same time.
const atOnce = 4

// deliverMade sends one file of the made-up world.
func (d *demo) deliverMade(ctx context.Context, f world.Delivery, nth int) (string, error) {
	form := world.Forms()[(f.Nth+nth)%len(world.Forms())]
	file, err := d.world.File(f, form)
	if err != nil {
		return "", err
	}
	report, err := d.Furnish.Deliver(ctx, d.clerks[f.Body], furnish.Request{Key: fmt.Sprintf("sample-%s-%d", f.Type.Code, f.Nth), Type: f.Type.Code},
		bytes.NewReader(file), d.Now())
	if err != nil {
		return "", fmt.Errorf("%s as %s: %w", f.Type.Code, form.Format, err)
	}
	return delivered(report, strings.TrimSpace(string(form.Format)+" "+form.Encoding)), nil
}

func written(typeCode string) string { return "samples/" + typeCode + ".csv" }

// deliverWritten sends the written sample of a type.
func (d *demo) deliverWritten(ctx context.Context, typeCode string) (string, error) {
	file, err := fs.ReadFile(d.files, written(typeCode))
	if err != nil {
		return "", err
	}
	clerk, err := d.furnisher(typeCode)
	if err != nil {
		return "", err
	}
	report, err := d.Furnish.Deliver(ctx, clerk, furnish.Request{Key: "written-" + typeCode, Type: typeCode}, bytes.NewReader(file), d.Now())
	if err != nil {
		return "", fmt.Errorf("the written sample of %s: %w", typeCode, err)
	}
	return delivered(report, "written sample"), nil
}

func delivered(r furnish.Report, form string) string {
	c := r.Delivery.Counts
	return fmt.Sprintf("%s delivered (%s): %d rows, %d new, %d changed, %d not taken", r.Delivery.Type, form, c.Done, c.New, c.Changed, c.Stale+c.Quarantined+c.Refused)
}

// openOf lets four of five persons of a month's negative records open what waits
// for them.
func (d *demo) openOf(ctx context.Context, files []world.Delivery) (string, error) {
	seen := map[string]bool{}
	var ids []party.Identity
	for _, f := range files {
		if !f.Type.Negative {
			continue
		}
		for row := range d.world.Rows(f) {
			id, faults := party.ParseIdentity(row[0], row[1], row[2], "", d.pack().Today(d.Now()))
			if len(faults) > 0 || seen[id.Number] {
				continue
			}
			seen[id.Number] = true
			if len(seen)%5 != 0 {
				ids = append(ids, id)
			}
		}
	}
	return d.openLetters(ctx, ids)
}

func (d *demo) openWritten(ctx context.Context) (string, error) {
	var ids []party.Identity
	for i, sample := range d.people {
		if i%5 == 4 {
			continue
		}
		id, err := d.identityOf(sample)
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	return d.openLetters(ctx, ids)
}

func (d *demo) openLetters(ctx context.Context, ids []party.Identity) (string, error) {
	var opened atomic.Int64
	err := d.eachOf(ctx, ids, func(ctx context.Context, _ int, p ref.Person) error {
		letters, err := d.Notice.List(ctx, p)
		if err != nil {
			return err
		}
		for _, n := range letters {
			if !n.OpenedAt.IsZero() {
				continue
			}
			if _, err := d.Notice.Open(ctx, p, n.ID, d.Now()); err != nil {
				return err
			}
			opened.Add(1)
		}
		return nil
	})
	return fmt.Sprintf("%d letters opened by %d persons", opened.Load(), len(ids)), err
}

// eachOf calls do, several at once, for everybody who has a file.
func (d *demo) eachOf(ctx context.Context, ids []party.Identity, do func(ctx context.Context, i int, p ref.Person) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, id := range ids {
		g.Go(func() error {
			p, found, err := d.Party.Find(ctx, id)
			if err != nil || !found {
				return err
			}
			return do(ctx, i, p)
		})
	}
	return g.Wait()
}

// some returns so many persons of the made-up world, other ones each month.
func (d *demo) some(n, ago int) ([]party.Identity, error) {
	var out []party.Identity
	for i := range n {
		p, ok := d.world.Person((ago*977 + i*131) % d.size.People)
		if !ok {
			return nil, nil
		}
		id, err := d.identityOf(partyweb.SamplePerson{IDType: p.IDType, IDNumber: p.Number, Name: p.Name})
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// How many persons give consents, and how many are asked about, in a month.
const (
	consentsAMonth = 60
	asksAMonth     = 6 // for each purpose
)

func (d *demo) consentsOf(ctx context.Context, ago int) (string, error) {
	ids, err := d.some(consentsAMonth, ago)
	if err != nil {
		return "", err
	}
	return d.consents(ctx, ids)
}

func (d *demo) consentsWritten(ctx context.Context) (string, error) {
	var ids []party.Identity
	for i, sample := range d.people {
		if i%2 == 1 {
			continue
		}
		id, err := d.identityOf(sample)
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	return d.consents(ctx, ids)
}

// consents are given to whoever may ask on consent.
func (d *demo) consents(ctx context.Context, ids []party.Identity) (string, error) {
	var given atomic.Int64
	for _, u := range d.pack().Purposes() {
		if u.Basis != law.Consent || len(u.Bodies) == 0 {
			continue
		}
		err := d.eachOf(ctx, ids, func(ctx context.Context, _ int, p ref.Person) error {
			given.Add(1)
			_, err := d.Consent.Give(ctx, p, u.Bodies[0], u.Code, d.pack().Today(d.Now()).AddDays(60), d.Now())
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d consents given", given.Load()), nil
}

func (d *demo) askAbout(ctx context.Context, ago int) (string, error) {
	ids, err := d.some(asksAMonth, ago)
	if err != nil {
		return "", err
	}
	return d.ask(ctx, ids, ago)
}

func (d *demo) askWritten(ctx context.Context) (string, error) {
	var ids []party.Identity
	for _, sample := range d.people {
		id, err := d.identityOf(sample)
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	return d.ask(ctx, ids, demoAsked)
}

// ask lets each purpose be asked about persons, with and without a consent.
func (d *demo) ask(ctx context.Context, ids []party.Identity, ago int) (string, error) {
	outcomes := map[inquiry.Outcome]int{}
	for n, u := range d.pack().Purposes() {
		if len(u.Bodies) == 0 {
			continue
		}
		for i, id := range ids {
			key := fmt.Sprintf("sample-%s-%d-%d", u.Code, ago, i)
			a, err := d.Inquiry.Ask(ctx, d.clerks[u.Bodies[(n+i)%len(u.Bodies)]], inquiry.Request{Key: key, Purpose: u.Code, Basis: inquiry.Basis(u.Basis),
				Case: world.Case(u, d.today.Year(), ago*1000+i), Reason: "sample inquiry", Person: id}, d.Now())
			if k := fault.Of(err).Kind; err != nil && (k == fault.Refused || k == fault.TooMany || k == fault.Conflict) {
				outcomes[inquiry.NotAnswered]++
				continue
			}
			if err != nil {
				return "", fmt.Errorf("asking for %s: %w", u.Code, err)
			}
			outcomes[a.Outcome]++
		}
	}
	return fmt.Sprintf("asked: %d answered with records, %d with nothing to show, %d not answered",
		outcomes[inquiry.Records], outcomes[inquiry.NothingToShow], outcomes[inquiry.NotAnswered]), nil
}

package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"recourse/internal/app/world"
	"recourse/internal/consent"
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
	report, err := d.Furnish.Deliver(ctx, d.staff[f.Body][0], furnish.Request{Key: fmt.Sprintf("sample-%s-%d", f.Type.Code, f.Nth), Type: f.Type.Code},
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
	bodies := d.pack().Furnishers(typeCode)
	if len(bodies) == 0 {
		return "", errors.New("no body of the pack may furnish " + typeCode)
	}
	clerk := d.staff[bodies[0].Code][0]
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

// openOf lets two of five persons of a month's negative records open what waits for
// them; the letters of the others count as delivered when their service period has run.
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
			if len(seen)%5 < 2 {
				ids = append(ids, id)
			}
		}
	}
	return d.openLetters(ctx, ids)
}

// opens reports whether a written sample opens their letters.
func opens(i int) bool { return i%5 != 4 }

func (d *demo) openWritten(ctx context.Context) (string, error) {
	ids, err := d.samples(opens)
	if err != nil {
		return "", err
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

// samples returns the written samples whose number is taken.
func (d *demo) samples(taken func(i int) bool) ([]party.Identity, error) {
	var out []party.Identity
	for i, sample := range d.people {
		if !taken(i) {
			continue
		}
		id, err := d.identityOf(sample)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
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
	ids, err := d.samples(func(i int) bool { return i%2 == 0 })
	if err != nil {
		return "", err
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
			_, err := d.Consent.Give(ctx, p, consent.Terms{Body: u.Bodies[0], Purpose: u.Code, Types: slices.Sorted(maps.Keys(u.Types())),
				Until: d.pack().Today(d.Now()).AddDays(60)}, d.Now())
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
	ids, err := d.samples(func(int) bool { return true })
	if err != nil {
		return "", err
	}
	return d.ask(ctx, ids, demoAsked)
}

// ask lets each purpose be asked about persons, with and without a consent.
func (d *demo) ask(ctx context.Context, ids []party.Identity, ago int) (string, error) {
	var mu sync.Mutex
	outcomes := map[inquiry.Outcome]int{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for n, u := range d.pack().Purposes() {
		if len(u.Bodies) == 0 {
			continue
		}
		g.Go(func() error {
			for i, id := range ids {
				key := fmt.Sprintf("sample-%s-%d-%d", u.Code, ago, i)
				o, err := d.askOne(ctx, u.Bodies[(n+i)%len(u.Bodies)], inquiry.Request{Key: key, Purpose: u.Code, Basis: inquiry.Basis(u.Basis),
					Case: world.Case(u, d.today.Year(), ago*1000+i), Reason: "sample inquiry", Person: id})
				if err != nil {
					return fmt.Errorf("asking for %s: %w", u.Code, err)
				}
				mu.Lock()
				outcomes[o]++
				mu.Unlock()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	return fmt.Sprintf("asked: %d answered with records, %d with nothing to show, %d not answered",
		outcomes[inquiry.Records], outcomes[inquiry.NothingToShow], outcomes[inquiry.NotAnswered]), nil
}

// askOne asks for a body; where it takes a second person, a colleague confirms.
func (d *demo) askOne(ctx context.Context, body string, r inquiry.Request) (inquiry.Outcome, error) {
	asks, colleague := d.staff[body][0], d.staff[body][1]
	a, err := d.Inquiry.Ask(ctx, asks, r, d.Now())
	if err != nil && fault.Of(err).Code == inquiry.Awaited {
		if err = d.Inquiry.Confirm(ctx, colleague, inquiry.NumberOf(asks.ID, r.Key), r, d.Now()); err == nil {
			a, err = d.Inquiry.Ask(ctx, asks, r, d.Now())
		}
	}
	if k := fault.Of(err).Kind; err != nil && (k == fault.Refused || k == fault.TooMany || k == fault.Conflict) {
		return inquiry.NotAnswered, nil
	}
	return a.Outcome, err
}

package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/furnish"
	"recourse/internal/inquiry"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/ref"
)

// demo brings a sandbox from 45 days ago to today through the use cases that real
// bodies and persons use; nothing is inserted around them.
type demo struct {
	*House
	files  fs.FS
	people []partyweb.SamplePerson
	clerks map[string]party.Clerk // by body code
	say    func(step string)
}

// The days before today on which the demo's story happens.
const (
	demoDelivered = 45
	demoOpened    = 44
	demoConsented = 21
	demoAsked     = 20
)

// LoadDemo fills an empty sandbox with its pack's samples. In one that has been
// filled it does nothing. say hears each step.
func (h *House) LoadDemo(ctx context.Context, say func(step string)) error {
	if h.cfg.Mode != Sandbox {
		return ErrNotSandbox
	}
	mark := h.cfg.path("demo.done")
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	files, err := packFiles(h.cfg.Pack)
	if err != nil {
		return err
	}
	people, err := samplePeople(files)
	if err != nil {
		return err
	}
	d := &demo{House: h, files: files, people: people, clerks: map[string]party.Clerk{}, say: say}
	for _, step := range []func(context.Context) error{d.clerksOfAll, d.deliver, d.openLetters, d.consents, d.ask} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("filling the sandbox: %w", err)
		}
	}
	if err := d.move(ctx, 0); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte("The samples are loaded. Delete the data folder to begin anew.\n"), 0o600)
}

// move sets the sandbox's clock to so many days before today.
func (d *demo) move(ctx context.Context, daysAgo int) error {
	owner, err := pgx.Connect(ctx, d.db.urls.Owner)
	if err != nil {
		return pgkit.Clean(err)
	}
	defer func() { _ = owner.Close(ctx) }()
	if err := pgkit.SetShift(ctx, owner, -time.Duration(daysAgo)*24*time.Hour); err != nil {
		return err
	}
	return d.followClock(ctx)
}

// settle does everything that follows from what was done.
func (d *demo) settle(ctx context.Context) error {
	for {
		n, err := d.queue.Take(ctx, 0, 4095, pumpBatch, d.Now(), d.react)
		if err != nil || n == 0 {
			return err
		}
	}
}

func (d *demo) clerksOfAll(ctx context.Context) error {
	if err := d.move(ctx, demoDelivered); err != nil {
		return err
	}
	for _, b := range d.pack().Bodies() {
		if !b.May(law.Furnisher) && !b.May(law.Inquirer) {
			continue
		}
		d.say("clerk of " + b.Code)
		c, err := d.Party.AddClerk(ctx, b.Code, partyweb.SampleStaff, d.pack().Today(d.Now()).AddYears(2), d.Now())
		if err != nil {
			return err
		}
		d.clerks[b.Code] = c
	}
	return nil
}

func (d *demo) deliver(ctx context.Context) error {
	for _, t := range d.pack().Types() {
		file, err := fs.ReadFile(d.files, "samples/"+t.Code+".csv")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		clerk, ok := d.furnisher(t.Code)
		if !ok {
			return fmt.Errorf("no body of the pack may furnish %s", t.Code)
		}
		report, err := d.Furnish.Deliver(ctx, clerk, furnish.Request{Key: "sample-" + t.Code, Type: t.Code}, bytes.NewReader(file), d.Now())
		if err != nil {
			return err
		}
		c := report.Delivery.Counts
		d.say(fmt.Sprintf("%s delivered %s: %d rows, %d new, %d not taken", clerk.Body.Code, t.Code, c.Done, c.New, c.Stale+c.Quarantined+c.Refused))
	}
	return d.settle(ctx)
}

func (d *demo) furnisher(typeCode string) (party.Clerk, bool) {
	for _, b := range d.pack().Bodies() {
		if d.pack().MayFurnish(b.Code, typeCode) {
			c, ok := d.clerks[b.Code]
			return c, ok
		}
	}
	return party.Clerk{}, false
}

// openLetters lets all but every fifth person open what waits for them.
func (d *demo) openLetters(ctx context.Context) error {
	if err := d.move(ctx, demoOpened); err != nil {
		return err
	}
	opened := 0
	err := d.each(ctx, func(i int, p ref.Person) error {
		if i%5 == 4 {
			return nil
		}
		letters, err := d.Notice.List(ctx, p)
		if err != nil {
			return err
		}
		for _, n := range letters {
			if _, err := d.Notice.Open(ctx, p, n.ID, d.Now()); err != nil {
				return err
			}
			opened++
		}
		return nil
	})
	d.say(fmt.Sprintf("%d letters opened by the persons", opened))
	return errors.Join(err, d.settle(ctx))
}

// each calls do for every sample person who has a file.
func (d *demo) each(ctx context.Context, do func(i int, p ref.Person) error) error {
	for i, sample := range d.people {
		id, err := d.identityOf(sample)
		if err != nil {
			return err
		}
		p, found, err := d.Party.Find(ctx, id)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := do(i, p); err != nil {
			return err
		}
	}
	return nil
}

// consents are given by every second person to whoever may ask on consent.
func (d *demo) consents(ctx context.Context) error {
	if err := d.move(ctx, demoConsented); err != nil {
		return err
	}
	given := 0
	for _, u := range d.pack().Purposes() {
		if u.Basis != law.Consent || len(u.Bodies) == 0 {
			continue
		}
		err := d.each(ctx, func(i int, p ref.Person) error {
			if i%2 == 1 {
				return nil
			}
			given++
			_, err := d.Consent.Give(ctx, p, u.Bodies[0], u.Code, d.pack().Today(d.Now()).AddDays(60), d.Now())
			return err
		})
		if err != nil {
			return err
		}
	}
	d.say(fmt.Sprintf("%d consents given", given))
	return nil
}

// ask lets each purpose be asked about some persons, with and without a consent.
func (d *demo) ask(ctx context.Context) error {
	if err := d.move(ctx, demoAsked); err != nil {
		return err
	}
	outcomes := map[inquiry.Outcome]int{}
	for n, u := range d.pack().Purposes() {
		if len(u.Bodies) == 0 {
			continue
		}
		clerk, ok := d.clerks[u.Bodies[0]]
		if !ok {
			continue
		}
		for i, sample := range d.people {
			if (i+n)%3 != 0 {
				continue
			}
			id, err := d.identityOf(sample)
			if err != nil {
				return err
			}
			key, err := ref.Mint[ref.Inquiry](rand.Reader)
			if err != nil {
				return err
			}
			a, err := d.Inquiry.Ask(ctx, clerk, inquiry.Request{Key: key.String(), Purpose: u.Code, Basis: inquiry.Basis(u.Basis),
				Case: sampleCase(u, i), Reason: "sample inquiry", Person: id}, d.Now())
			if fault.Of(err).Code == "E-CASE" {
				break // the case format of this purpose has no sample
			}
			if err != nil {
				return err
			}
			outcomes[a.Outcome]++
		}
	}
	d.say(fmt.Sprintf("asked: %d answered with records, %d with nothing to show, %d not answered",
		outcomes[inquiry.Records], outcomes[inquiry.NothingToShow], outcomes[inquiry.NotAnswered]))
	return d.settle(ctx)
}

// sampleCase makes a case reference from a format of the kind AA20[0-9]{2}-[0-9]{6}.
func sampleCase(u law.Purpose, n int) string {
	prefix, rest, found := strings.Cut(u.CaseFormat, "[")
	if !found || rest != "0-9]{2}-[0-9]{6}" {
		return ""
	}
	return fmt.Sprintf("%s26-%06d", prefix, 100+n)
}

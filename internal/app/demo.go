package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/app/world"
	"recourse/internal/kit/pgkit"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/party/partyweb"
	"recourse/internal/when"
)

// demo brings a sandbox from long ago to today through the use cases that real
// bodies and persons use; nothing is inserted around them.
type demo struct {
	*House
	files  fs.FS
	people []partyweb.SamplePerson // written samples, with whom one signs in
	world  *world.World            // the many others
	size   world.Size
	today  when.Date              // the day on which the demo was begun
	clerks map[string]party.Clerk // by body code
	say    func(Step)
}

// Step is one thing that the demo has done.
type Step struct {
	Text     string
	Done, Of int // parts of the demo
}

// DemoSize is the demo of the README: a town's worth of people, a bit more than a
// year.
func DemoSize() world.Size { return world.Size{People: 20_000, Records: 60_000, Days: 400} }

// event is what happens on one day of the demo's story.
type event struct {
	ago int // days before today
	do  func(context.Context) (string, error)
}

// LoadDemo fills an empty sandbox: a world of the given size made from its pack,
// and the pack's written samples. What was cut short goes on where it stopped; in
// a sandbox that has been filled it does nothing. say hears each step.
func (h *House) LoadDemo(ctx context.Context, size world.Size, say func(Step)) error {
	if h.cfg.Mode != Sandbox {
		return ErrNotSandbox
	}
	d, done, err := h.newDemo(size, say)
	if err != nil {
		return err
	}
	events := d.events()
	if done >= len(events) {
		return nil
	}
	if err := d.bodies(ctx); err != nil {
		return fmt.Errorf("filling the sandbox: %w", err)
	}
	for i, e := range events[done:] {
		if err := d.move(ctx, e.ago); err != nil {
			return err
		}
		text, err := e.do(ctx)
		if err != nil {
			return fmt.Errorf("filling the sandbox: %w", err)
		}
		if err := d.settle(ctx); err != nil {
			return err
		}
		say(Step{Text: text, Done: done + i + 1, Of: len(events)})
		if err := d.mark(done + i + 1); err != nil {
			return err
		}
	}
	return d.move(ctx, 0)
}

// markFile keeps how far the demo came, and the day on which it began.
const markFile = "demo.done"

func (h *House) newDemo(size world.Size, say func(Step)) (*demo, int, error) {
	files, err := PackFiles(h.cfg.Pack)
	if err != nil {
		return nil, 0, err
	}
	d := &demo{House: h, files: files, size: size, clerks: map[string]party.Clerk{}, say: say}
	if d.people, err = samplePeople(files); err != nil {
		return nil, 0, err
	}
	names, err := sampleNames(files)
	if err != nil {
		return nil, 0, err
	}
	done := 0
	d.today = d.pack().Today(h.Now())
	if raw, err := os.ReadFile(h.cfg.path(markFile)); err == nil {
		n, day, _ := strings.Cut(strings.TrimSpace(string(raw)), " ")
		if done, err = strconv.Atoi(n); err != nil {
			return nil, 0, fmt.Errorf("%s cannot be read; delete the data folder to begin anew: %w", markFile, err)
		}
		if d.today, err = when.Parse(day); err != nil {
			return nil, 0, fmt.Errorf("%s cannot be read; delete the data folder to begin anew: %w", markFile, err)
		}
	}
	d.world = world.New(d.pack(), names, size, d.today)
	return d, done, nil
}

func (d *demo) mark(done int) error {
	return os.WriteFile(d.cfg.path(markFile), fmt.Appendf(nil, "%d %s\n", done, d.today), 0o600)
}

// events is the story, oldest first.
func (d *demo) events() []event {
	var out []event
	monthly := map[int][]world.Delivery{}
	for _, f := range d.world.Deliveries() {
		monthly[f.DaysAgo] = append(monthly[f.DaysAgo], f)
	}
	for ago, files := range monthly {
		for i, f := range files {
			out = append(out, event{ago, func(ctx context.Context) (string, error) { return d.deliverMade(ctx, f, i) }})
		}
		out = append(out,
			event{ago - 1, func(ctx context.Context) (string, error) { return d.openOf(ctx, files) }},
			event{ago - 2, func(ctx context.Context) (string, error) { return d.consentsOf(ctx, ago) }},
			event{ago - 3, func(ctx context.Context) (string, error) { return d.askAbout(ctx, ago) }})
	}
	for _, t := range d.pack().Types() {
		if _, err := fs.Stat(d.files, written(t.Code)); err != nil {
			continue // most types have no written sample
		}
		out = append(out, event{demoDelivered, func(ctx context.Context) (string, error) { return d.deliverWritten(ctx, t.Code) }})
	}
	out = append(out, event{demoOpened, d.openWritten}, event{demoConsented, d.consentsWritten}, event{demoAsked, d.askWritten})
	slices.SortStableFunc(out, func(a, b event) int { return b.ago - a.ago })
	return out
}

// move sets the sandbox's clock to so many days before the demo's day.
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

// bodies gives each body a clerk.
func (d *demo) bodies(ctx context.Context) error {
	if err := d.move(ctx, d.size.Days+1); err != nil {
		return err
	}
	for _, b := range d.pack().Bodies() {
		if !b.May(law.Furnisher) && !b.May(law.Inquirer) {
			continue
		}
		c, err := d.Party.AddClerk(ctx, b.Code, partyweb.SampleStaff, d.pack().Today(d.Now()).AddYears(3), d.Now())
		if err != nil {
			return err
		}
		d.clerks[b.Code] = c
	}
	return nil
}

func (d *demo) furnisher(typeCode string) (party.Clerk, error) {
	for _, b := range d.pack().Bodies() {
		if d.pack().MayFurnish(b.Code, typeCode) {
			return d.clerks[b.Code], nil
		}
	}
	return party.Clerk{}, errors.New("no body of the pack may furnish " + typeCode)
}

package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"recourse/internal/app/world"
	"recourse/internal/fault"
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
	today  when.Date                 // the day on which the demo was begun
	staff  map[string][2]party.Clerk // of each body by its code: who files and asks, and a colleague
	owner  *pgx.Conn                 // moves the clock

	mu       sync.Mutex
	say      func(Step)
	done, of int // parts
}

// Step is one thing that the demo has done.
type Step struct {
	Text     string
	Done, Of int // parts of the demo
}

// DemoDays is how long the demo's story lasts: a bit more than a year.
const DemoDays = 400

// event is what happens on one day of the demo's story: parts that do not wait for
// each other. Each is begun anew where it was cut short.
type event struct {
	ago   int // days before today
	parts []part
}

// part is what somebody does, and says what they did.
type part func(context.Context) (string, error)

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
	events, err := d.events()
	if err != nil {
		return err
	}
	if done >= len(events) {
		return nil
	}
	if d.owner, err = pgx.Connect(ctx, h.db.urls.Owner); err != nil {
		return pgkit.Clean(err)
	}
	defer func() { _ = d.owner.Close(context.WithoutCancel(ctx)) }()
	for i, e := range events {
		if d.of += len(e.parts); i < done {
			d.done += len(e.parts)
		}
	}
	if err := d.live(ctx, events, done); err != nil {
		return fmt.Errorf("filling the sandbox: %w", err)
	}
	if err := d.move(ctx, 0); err != nil {
		return err
	}
	for more := true; more; { // the demo is longer than a quarter: there are figures at once
		if more, err = h.closeQuarter(ctx); err != nil {
			return err
		}
	}
	return nil
}

// live lives the events from the nth on, and all that follows from each.
func (d *demo) live(ctx context.Context, events []event, nth int) error {
	if err := d.bodies(ctx); err != nil {
		return err
	}
	for i, e := range events[nth:] {
		if err := d.move(ctx, e.ago); err != nil {
			return err
		}
		if err := d.all(ctx, e.parts); err != nil {
			return err
		}
		for more := true; more; {
			var err error
			if more, err = d.settle(ctx); err != nil {
				return err
			}
		}
		if err := d.mark(nth + i + 1); err != nil {
			return err
		}
	}
	return nil
}

// mostAgain is how often a part is begun anew where a busy machine held it up for so long
// that the database took its clock for a wrong one.
const mostAgain = 20

// all does the parts of an event, several at once.
func (d *demo) all(ctx context.Context, parts []part) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, do := range parts {
		g.Go(func() error {
			text, err := do(ctx)
			for again := 0; fault.Of(err).Code == pgkit.ClockCode && again < mostAgain; again++ {
				text, err = do(ctx) // what was done is found done
			}
			if err != nil {
				return err
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			d.done++
			d.say(Step{Text: text, Done: d.done, Of: d.of})
			return nil
		})
	}
	return g.Wait()
}

// markFile keeps how many events the demo has lived, and the day on which it began.
const markFile = "demo.done"

func (h *House) newDemo(size world.Size, say func(Step)) (*demo, int, error) {
	files, err := PackFiles(h.cfg.Pack)
	if err != nil {
		return nil, 0, err
	}
	d := &demo{House: h, files: files, size: size, staff: map[string][2]party.Clerk{}, say: say}
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
func (d *demo) events() ([]event, error) {
	out, err := d.matters()
	if err != nil {
		return nil, err
	}
	add := func(ago int, parts ...part) { out = append(out, event{ago, parts}) }
	monthly := map[int][]world.Delivery{}
	for _, f := range d.world.Deliveries() {
		monthly[f.DaysAgo] = append(monthly[f.DaysAgo], f)
	}
	for ago, files := range monthly {
		sent := make([]part, len(files))
		for i, f := range files {
			sent[i] = func(ctx context.Context) (string, error) { return d.deliverMade(ctx, f, i) }
		}
		add(ago, sent...)
		add(ago-1, func(ctx context.Context) (string, error) { return d.openOf(ctx, files) })
		add(ago-2, func(ctx context.Context) (string, error) { return d.consentsOf(ctx, ago) })
		add(ago-3, func(ctx context.Context) (string, error) { return d.askAbout(ctx, ago) })
	}
	var sent []part
	for _, t := range d.pack().Types() {
		if _, err := fs.Stat(d.files, written(t.Code)); err != nil {
			continue // most types have no written sample
		}
		sent = append(sent, func(ctx context.Context) (string, error) { return d.deliverWritten(ctx, t.Code) })
	}
	add(demoDelivered, sent...)
	add(demoOpened, d.openWritten)
	add(demoConsented, d.consentsWritten)
	add(demoAsked, d.askWritten)
	add(demoAsked-1, d.questionLooks, d.inspectLooks)
	add(demoAsked-2, d.holdWritten, d.pleadWritten, d.reportWritten)
	add(2, d.complainOfWords, d.proposeDeath)
	slices.SortStableFunc(out, func(a, b event) int { return b.ago - a.ago })
	return out, nil
}

// move sets the sandbox's clock to so many days before the demo's day.
func (d *demo) move(ctx context.Context, daysAgo int) error {
	if err := pgkit.SetShift(ctx, d.owner, -time.Duration(daysAgo)*24*time.Hour); err != nil {
		return err
	}
	return d.followClock(ctx)
}

// bodies gives each body its clerks, and those of the body that runs the registry and
// of its supervisors a desk.
func (d *demo) bodies(ctx context.Context) error {
	if err := d.move(ctx, d.size.Days+1); err != nil {
		return err
	}
	now, mandates := d.Now(), d.team.Mandates
	today := d.pack().Today(now)
	until := today.AddYears(3)
	for _, sample := range sampleClerks(d.pack()) {
		var both [2]party.Clerk
		for i, staff := range partyweb.SampleStaff() {
			c, err := d.Party.AddClerk(ctx, sample.Body, staff, until, now)
			if err != nil {
				return err
			}
			both[i] = c
			for _, desk := range d.desks(sample) {
				if err := party.Appoint(ctx, mandates, party.Mandate{Clerk: c.ID, Desk: desk, Until: until}, today, now); err != nil {
					return err
				}
			}
		}
		d.staff[sample.Body] = both
	}
	return nil
}

// desks are those of a body's clerks: of who runs the registry all of its work, of a
// source what ends its own records early.
func (d *demo) desks(sample partyweb.SampleClerk) []party.Desk {
	desks := append([]party.Desk{party.Heads}, sample.Desks...)
	if slices.Contains(sample.Desks, party.Decides) {
		desks = append(desks, party.Posts)
	}
	if b, _ := d.pack().Body(sample.Body); b.May(law.Furnisher) || slices.Contains(sample.Desks, party.Decides) {
		desks = append(desks, party.Repairs)
	}
	return desks
}

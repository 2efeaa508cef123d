package furnish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/dossier"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/merkle"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// Service is the room's use cases.
type Service struct {
	Shelf     law.Shelf
	Store     Store
	Registrar party.Registrar
	Merger    Merger
	Keys      Keys
	Unit      Unit
	Files     Opener
	Notary    Notary
	Chance    ref.Minter
	Workers   int    // how many goroutines share the work on one delivery; 0 means 2
	Trials    Trials // the zero value is ready
	// TellAtOnce owes the letters about what has effect at once (rules C3), in the unit of
	// ctx. Without it a row of such a type is an error, and nothing is kept.
	TellAtOnce func(ctx context.Context, list []dossier.Told, now time.Time) error
}

func (s *Service) workers() int { return cmp.Or(s.Workers, 2) }

// Request says what a delivery is. The callbacks may be nil; none is called after
// Deliver has returned, and no two at once.
type Request struct {
	Key  string // Idempotency-Key; none for a dry run
	Type string
	// DryRun does all but write: nothing is kept, not even that it was tried. Rows
	// are looked at against what the registry keeps, and not against each other.
	// Whether somebody has a file does not show: names are compared only where the
	// body's own record of the same ref is about the person, and decisions under
	// other types not at all.
	DryRun bool
	// Progress is told the counts after each transaction.
	Progress func(Counts)
	// Rejects is given each row that is not taken, in order, with its findings, once
	// what became of it is kept; also those that an earlier try of the delivery has
	// done. An error ends the delivery where it stands: it may be sent again.
	Rejects func(Line, []Finding) error
}

// Report is what became of a delivery. A dry run has no number.
type Report struct {
	Delivery Delivery
	Form     Form
	Replayed bool      // the delivery was here already; nothing was done again
	Findings []Finding // the first MaxFindings of this run; the rest by paging
}

// MaxFindings is how many findings a Report carries.
const MaxFindings = 200

// Deliver takes a delivery, streaming: memory does not grow with the file. A
// file that cannot be read to its end fails after the rows before it were taken;
// sending it again with the same key goes on where it stopped.
func (s *Service) Deliver(ctx context.Context, clerk party.Clerk, r Request, src io.Reader, now time.Time) (report Report, err error) {
	pack := s.Shelf.At(now)
	t, err := permit(pack, clerk, r)
	if err != nil {
		return Report{}, err
	}
	sum := sha256.New()
	in, err := s.open(ctx, io.TeeReader(src, sum), t)
	if err != nil {
		return Report{}, err
	}
	defer func() { report.Form, err = in.Form(), errors.Join(err, in.Close()) }()
	run := &run{Service: s, Pack: pack, t: t, clerk: clerk, now: now, today: pack.Today(now), dry: r.DryRun, progress: r.Progress, rejects: r.Rejects}
	for _, f := range t.Fields {
		run.fields = append(run.fields, f.Name)
	}
	slices.Sort(run.fields)
	fresh, err := run.begin(ctx, r)
	if err != nil {
		return Report{}, err
	}
	if !fresh && run.delivery.State != Running {
		return run.replay(ctx, in, src, sum)
	}
	if err := run.all(ctx, in); err != nil {
		return Report{Delivery: run.delivery, Findings: run.findings}, run.fail(ctx, err)
	}
	return run.end(ctx, sum)
}

func permit(p *law.Pack, clerk party.Clerk, r Request) (*catalogue.Type, error) {
	if n := len(r.Key); !r.DryRun && (n < 1 || n > 255) {
		return nil, ErrKey
	}
	t, ok := p.Type(r.Type)
	if !ok || !p.MayFurnish(clerk.Body.Code, r.Type) {
		return nil, ErrType
	}
	return t, nil
}

// open reads the header and checks it against the type's columns.
func (s *Service) open(ctx context.Context, src io.Reader, t *catalogue.Type) (Table, error) {
	in, err := s.Files.Open(ctx, src)
	if err != nil {
		return nil, told(err, "Nothing was kept.")
	}
	if findings := t.CheckHeader(sheetOf(in.Header()).columns()); len(findings) > 0 {
		f := findings[0]
		err := fault.New(fault.Invalid, f.Code, f.Text+" "+f.Fix+" Nothing was kept.").At(f.Field)
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// kept says what becomes of a delivery whose file cannot be read to its end.
func (r *run) kept(err error) string {
	if r.dry {
		return "Nothing was kept."
	}
	const taken = "Rows before that were taken and are counted."
	if fault.Of(err).Code == "E-FILE-CUT" {
		return taken
	}
	return taken + " Send the mended file with a new key: rows are matched, not doubled."
}

// told adds to a fault of a file what was kept of it.
func told(err error, kept string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	c := *f
	c.Text += " " + kept
	return &c
}

// replay answers a delivery that was ended before. The file must be the same;
// sum has seen what was read of it so far.
func (r *run) replay(ctx context.Context, in Table, src io.Reader, sum hash.Hash) (Report, error) {
	d := r.delivery
	for line := (Line{}); d.State == Done && r.rejects != nil; {
		err := in.Next(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.past.reject(ctx, line)
		}
		if err != nil {
			return Report{}, told(err, "Nothing was done again.")
		}
	}
	if _, err := io.Copy(sum, src); err != nil {
		return Report{}, told(fault.New(fault.Invalid, "E-FILE-CUT", "The file ended before it was whole. Send it again with the same key.").At("file").Because(err),
			"Nothing was done again.")
	}
	if d.State == Done && d.FileHash != [32]byte(sum.Sum(nil)) {
		return Report{}, ErrKeyUsed
	}
	findings, err := r.Findings(ctx, d, 0, MaxFindings)
	return Report{Delivery: d, Replayed: true, Findings: findings}, err
}

// ByID returns a delivery of the clerk's body, or ErrNotFound.
func (s *Service) ByID(ctx context.Context, clerk party.Clerk, id ref.Delivery) (Delivery, error) {
	d, found, err := s.Store.ByID(ctx, clerk.Body.ID, id)
	if err != nil {
		return Delivery{}, err
	}
	if !found {
		return Delivery{}, ErrNotFound
	}
	return d, nil
}

// Findings returns findings of a delivery after a row, in order of rows.
func (s *Service) Findings(ctx context.Context, d Delivery, after int64, limit int32) ([]Finding, error) {
	return s.Store.Findings(ctx, d.ID, after, limit)
}

// run is one delivery being taken.
type run struct {
	*Service
	Pack     *law.Pack // in force when the delivery came
	t        *catalogue.Type
	clerk    party.Clerk
	now      time.Time
	today    when.Date
	dry      bool
	progress func(Counts)
	rejects  func(Line, []Finding) error
	fields   []string // of the type's fields, in order

	skip     int64 // rows that an earlier try has done
	past     past  // what became of them
	delivery Delivery
	tree     merkle.Range // over the rows done
	grown    merkle.Range // and over those being written
	findings []Finding
}

func (r *run) begin(ctx context.Context, req Request) (fresh bool, err error) {
	d := Delivery{Body: r.clerk.Body.ID, Clerk: r.clerk.ID, Key: req.Key, Type: req.Type, Pack: r.Pack.Version, State: Running, BegunAt: r.now}
	if r.dry {
		r.delivery = d
		return true, nil
	}
	if d.ID, err = ref.Mint[ref.Delivery](r.Chance); err != nil {
		return false, err
	}
	got, fresh, err := r.Store.Begin(ctx, d)
	if err != nil {
		return false, err
	}
	if !fresh && got.Type != req.Type {
		return false, ErrKeyUsed
	}
	if r.tree, err = merkle.Open(uint64(got.Counts.Done), got.Tree); err != nil {
		return false, fmt.Errorf("going on with delivery %s: %w", got.ID, err)
	}
	r.delivery, r.skip = got, got.Counts.Done
	r.past = past{run: r}
	return fresh, nil
}

func (r *run) fail(ctx context.Context, cause error) error {
	f := fault.Of(cause)
	if r.dry || f.Kind != fault.Invalid || f.Code == "E-FILE-CUT" {
		return cause // may be sent again with the same key
	}
	d := r.delivery
	d.State, d.EndedAt, d.FileHash = Failed, r.now, [32]byte{}
	if err := r.Store.End(ctx, d); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

func (r *run) end(ctx context.Context, sum hash.Hash) (Report, error) {
	d := &r.delivery
	d.FileHash, d.State, d.EndedAt = [32]byte(sum.Sum(nil)), Done, r.now
	if !r.dry {
		if err := r.Store.End(ctx, *d); err != nil {
			return Report{}, fmt.Errorf("ending delivery %s: %w", d.ID, err)
		}
	}
	return Report{Delivery: *d, Findings: r.findings}, nil
}

// past hands out the findings of rows that are done, as their lines come by.
type past struct {
	*run
	page  []Finding
	after int64
	whole bool
}

// pastPage is how many findings are read at once; no row has as many.
const pastPage = 1000

// reject hands out a row that was not taken, with its findings.
func (p *past) reject(ctx context.Context, line Line) error {
	if p.run == nil || p.rejects == nil {
		return nil
	}
	for len(p.page) == 0 && !p.whole {
		page, err := p.Store.Findings(ctx, p.delivery.ID, p.after, pastPage)
		if err != nil {
			return err
		}
		p.whole = len(page) < pastPage
		if !p.whole { // the last row may go on
			last := page[len(page)-1].Row
			page = slices.DeleteFunc(page, func(f Finding) bool { return f.Row == last })
		}
		if p.page = page; len(page) > 0 {
			p.after = page[len(page)-1].Row
		}
	}
	n := 0
	for n < len(p.page) && p.page[n].Row == line.Number {
		n++
	}
	if n == 0 {
		return nil
	}
	findings := p.page[:n:n]
	p.page = p.page[n:]
	return p.rejects(line, findings)
}

package furnish

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"recourse/internal/catalogue"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
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
	Chance    ref.Minter
}

// Request says what a delivery is.
type Request struct {
	Key  string // Idempotency-Key
	Type string
}

// Report is what became of a delivery.
type Report struct {
	Delivery Delivery
	Replayed bool      // the delivery was here already; nothing was done again
	Findings []Finding // the first MaxFindings; the rest by paging
}

// MaxFindings is how many findings a Report carries.
const MaxFindings = 200

// batchRows is how many rows are written in one transaction.
const batchRows = 1000

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
	defer func() { err = errors.Join(err, in.Close()) }()
	run := &run{Service: s, Pack: pack, t: t, clerk: clerk, now: now}
	fresh, err := run.begin(ctx, r)
	if err != nil {
		return Report{}, err
	}
	if !fresh && run.delivery.State != Running {
		return s.replay(ctx, run.delivery, src, sum)
	}
	if err := run.all(ctx, in); err != nil {
		return Report{Delivery: run.delivery, Findings: run.findings}, run.fail(ctx, err)
	}
	return run.end(ctx, sum)
}

func permit(p *law.Pack, clerk party.Clerk, r Request) (*catalogue.Type, error) {
	if n := len(r.Key); n < 1 || n > 255 {
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
	if findings := t.CheckHeader(in.Header()); len(findings) > 0 {
		f := findings[0]
		err := fault.New(fault.Invalid, f.Code, f.Text+" "+f.Fix+" Nothing was kept.").At(f.Field)
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// kept says what becomes of a delivery whose file cannot be read to its end.
func kept(err error) string {
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
func (s *Service) replay(ctx context.Context, d Delivery, src io.Reader, sum hash.Hash) (Report, error) {
	if _, err := io.Copy(sum, src); err != nil {
		return Report{}, told(fault.New(fault.Invalid, "E-FILE-CUT", "The file ended before it was whole. Send it again with the same key.").At("file").Because(err),
			"Nothing was done again.")
	}
	if d.State == Done && d.FileHash != [32]byte(sum.Sum(nil)) {
		return Report{}, ErrKeyUsed
	}
	findings, err := s.Findings(ctx, d, 0, MaxFindings)
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
	skip     int64 // rows that an earlier try has done
	delivery Delivery
	findings []Finding
}

func (r *run) begin(ctx context.Context, req Request) (fresh bool, err error) {
	id, err := ref.Mint[ref.Delivery](r.Chance)
	if err != nil {
		return false, err
	}
	got, fresh, err := r.Store.Begin(ctx, Delivery{ID: id, Body: r.clerk.Body.ID, Clerk: r.clerk.ID, Key: req.Key, Type: req.Type,
		Pack: r.Pack.Version, State: Running, BegunAt: r.now})
	if err != nil {
		return false, err
	}
	if !fresh && got.Type != req.Type {
		return false, ErrKeyUsed
	}
	r.delivery, r.skip = got, got.Counts.Done
	return fresh, nil
}

// all takes the rows in batches. A ref that comes twice ends a batch, so that the
// second meets the first.
func (r *run) all(ctx context.Context, in Table) error {
	b, line := newBatch(), Line{}
	for {
		err := in.Next(&line)
		if errors.Is(err, io.EOF) {
			return r.flush(ctx, b)
		}
		if err != nil {
			return errors.Join(told(err, kept(err)), r.flush(ctx, b))
		}
		if line.Number <= r.skip {
			continue
		}
		item := r.check(in.Header(), line)
		if b.full() || b.holds(item.entry.Ref) {
			if err := r.flush(ctx, b); err != nil {
				return err
			}
			b = newBatch()
		}
		b.add(item)
	}
}

// check applies what can be said of a row by itself.
func (r *run) check(header []string, line Line) item {
	it := item{number: line.Number}
	if line.Fault != nil {
		it.refuse(*line.Fault)
		return it
	}
	row := make(map[string]string, len(header))
	for i, name := range header {
		row[name] = line.Cells[i]
	}
	id, faults := party.ParseIdentity(r.Pack.Scheme(row["id_type"]), row["id_number"], row["name"], row[catalogue.BirthColumn], r.Pack.Today(r.now))
	for _, f := range faults {
		it.quarantine(Finding{Field: f.Field, Code: f.Code, Rule: f.Rule, Text: f.Text, Fix: "Correct the identity and send the row again."})
	}
	entry, findings := r.t.Check(row)
	if len(findings) == 0 && len(faults) == 0 {
		findings = r.t.CheckDays(entry, id.Birth, r.Pack.Today(r.now))
	}
	for _, f := range findings {
		it.refuse(Finding{Field: f.Field, Code: f.Code, Rule: f.Rule, Text: f.Text, Fix: f.Fix})
	}
	it.identity, it.entry = id, entry
	if it.open() {
		it.ends(r)
	}
	return it
}

func (r *run) fail(ctx context.Context, cause error) error {
	f := fault.Of(cause)
	if f.Kind != fault.Invalid || f.Code == "E-FILE-CUT" {
		return cause // may be sent again with the same key
	}
	if err := r.Store.End(ctx, r.delivery, Failed, [32]byte{}, r.now); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

func (r *run) end(ctx context.Context, sum hash.Hash) (Report, error) {
	r.delivery.FileHash = [32]byte(sum.Sum(nil))
	if err := r.Store.End(ctx, r.delivery, Done, r.delivery.FileHash, r.now); err != nil {
		return Report{}, fmt.Errorf("ending delivery %s: %w", r.delivery.ID, err)
	}
	r.delivery.State, r.delivery.EndedAt = Done, r.now
	return Report{Delivery: r.delivery, Findings: r.findings}, nil
}

// note keeps the findings that a report carries.
func (r *run) note(fs []Finding) {
	if room := MaxFindings - len(r.findings); room > 0 {
		r.findings = append(r.findings, fs[:min(room, len(fs))]...)
	}
}

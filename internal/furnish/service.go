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
	Pack      *law.Pack
	Store     Store
	Registrar party.Registrar
	Merger    Merger
	Keys      Keys
	Unit      Unit
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

// Deliver takes a CSV delivery, streaming: memory does not grow with the file. A
// file that cannot be read to its end fails after the rows before it were taken;
// sending it again with the same key goes on where it stopped.
func (s *Service) Deliver(ctx context.Context, clerk party.Clerk, r Request, src io.Reader, now time.Time) (Report, error) {
	t, err := s.permit(clerk, r)
	if err != nil {
		return Report{}, err
	}
	sum := sha256.New()
	in, err := open(io.TeeReader(src, sum), t)
	if err != nil {
		return Report{}, err
	}
	run := &run{Service: s, t: t, clerk: clerk, now: now}
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

func (s *Service) permit(clerk party.Clerk, r Request) (*catalogue.Type, error) {
	if n := len(r.Key); n < 1 || n > 255 {
		return nil, ErrKey
	}
	t, ok := s.Pack.Type(r.Type)
	if !ok || !s.Pack.MayFurnish(clerk.Body.Code, r.Type) {
		return nil, ErrType
	}
	return t, nil
}

// replay answers a delivery that was ended before. The file must be the same;
// sum has seen what was read of it so far.
func (s *Service) replay(ctx context.Context, d Delivery, src io.Reader, sum hash.Hash) (Report, error) {
	if _, err := io.Copy(sum, src); err != nil {
		return Report{}, unreadable(err)
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
func (r *run) all(ctx context.Context, in *rows) error {
	b := newBatch()
	for {
		row, number, ok, err := in.next()
		if errors.Is(err, io.EOF) {
			return r.flush(ctx, b)
		}
		if err != nil {
			return errors.Join(err, r.flush(ctx, b))
		}
		if number <= r.skip {
			continue
		}
		item := r.check(row, number, ok)
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
func (r *run) check(row map[string]string, number int64, readable bool) item {
	it := item{number: number}
	if !readable {
		it.refuse(Finding{Code: "E-ROW", Rule: "form", Text: "The row cannot be read: wrong number of columns, a cell over 16 KiB, or not UTF-8.",
			Fix: "Mend the row; put cells with commas or line breaks in quotes."})
		return it
	}
	id, faults := party.ParseIdentity(row["id_type"], row["id_number"], row["name"], "", r.Pack.Today(r.now))
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

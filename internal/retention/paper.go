package retention

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
)

// Signed returns the receipt of one record's erasure as a signed note: ErrNone where
// nothing was erased, ErrEarly while the vault has not forgotten yet.
func (s *Service) Signed(ctx context.Context, p ref.Person, record ref.Record, now time.Time) (string, error) {
	if record.IsZero() {
		return "", ErrNone
	}
	list, err := s.Receipts(ctx, p, record, now)
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		return "", ErrNone
	case list[0].Unreadable == 0:
		return "", ErrEarly
	}
	return s.Notary.Note(s.text(list[0]))
}

// All returns every receipt of a person that can be given now, one signed note after
// the other.
func (s *Service) All(ctx context.Context, p ref.Person, now time.Time) (string, error) {
	list, err := s.Receipts(ctx, p, ref.Record{}, now)
	var out strings.Builder
	for _, r := range list {
		if r.Unreadable == 0 {
			continue
		}
		note, err := s.Notary.Note(s.text(r))
		if err != nil {
			return "", err
		}
		out.WriteString(note + "\n")
	}
	return out.String(), err
}

// text is what a receipt says, a line each.
func (s *Service) text(r Receipt) string {
	source, _ := s.Bodies(r.Source)
	var out strings.Builder
	fmt.Fprintf(&out, "%s/erasures/%s\nerasure v1\ntype %s\nsource %s\nstart %s\nwhy %s\nrule %s\n", s.Notary.Origin(), r.Record, r.Type, source, r.Start, r.Why, r.Rule)
	if r.Citation != "" {
		fmt.Fprintf(&out, "law %s\n", r.Citation)
	}
	if r.Held != 0 {
		fmt.Fprintf(&out, "kept for a court until %s\n", r.Held)
	}
	fmt.Fprintf(&out, "erased %s\nunreadable everywhere from %s\n", r.EndedAt.UTC().Format(time.RFC3339), r.Unreadable)
	if r.Weak {
		out.WriteString("bound: only if no other copy of the files with the root keys exists\n")
	}
	return out.String()
}

// Copy returns a signed copy of one record of the person's own file, by which they
// can prove what the register said of them when it is gone. The look leaves an access
// row. dossier.ErrNotFound where it is not theirs, ErrGone where its content is gone.
func (s *Service) Copy(ctx context.Context, p ref.Person, record ref.Record, now time.Time) (string, error) {
	r, err := s.Records.Record(ctx, p, record, now)
	if err != nil {
		return "", err
	}
	if r.State.Empty() || r.Fields == nil {
		return "", ErrGone
	}
	content, err := json.Marshal(r.Fields)
	if err != nil {
		return "", fmt.Errorf("copying record %s: %w", record, err)
	}
	source, _ := s.Bodies(r.Source)
	return s.Notary.Note(fmt.Sprintf("%s/records/%s\ncopy v1\nversion %d\ntype %s\nsource %s\npack %s\nreceived %s\nstart %s\nshown until %s\nkept until %s\nstate %s\ndisputed %t\ntaken %s\ncontent %s\n",
		s.Notary.Origin(), r.Record, r.Version, r.Type, source, r.Pack, r.ReceivedAt.UTC().Format(time.RFC3339), r.Start, r.DisplayEnd, r.RetainEnd,
		r.On(s.Shelf.At(now).Today(now)), r.Disputed(now), now.UTC().Format(time.RFC3339), base64.StdEncoding.EncodeToString(content)))
}

// ErrGone is returned for a copy of a content that was erased.
var ErrGone = fault.New(fault.Conflict, "E-COPY-GONE", "The content of this record was erased, and nobody can copy it any more. You can take the receipt of its erasure.")

package inquiry

import (
	"context"
	"crypto/sha256"
	"time"

	"recourse/internal/canon"
	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Matter is what an inquiry is asked in, as marks that only the vault's key makes:
// a case of a body for a purpose and, on consent, the person's application. The
// same matter is answered once for each person it names (rules B3, G3). Marks come
// from what was asked alone, so that they are there for an identifier without a
// file too.
type Matter struct {
	Mark    [16]byte // purpose and case; on consent with the identifier that is asked about
	Subject [16]byte // the same with the identifier
	Persons int      // how many persons the case may name (rules G3); 0 on consent, which is of one person
}

// Marker makes the marks of matters, for each body others.
type Marker interface {
	MatterMarks(ctx context.Context, body ref.Body, data [][]byte) ([][16]byte, error)
}

// Allowance is how often a body may ask for a purpose on a day.
type Allowance struct {
	Body    ref.Body
	Purpose string
	Day     when.Date
	Ceiling int
}

// Quota counts what bodies ask for.
type Quota interface {
	// Take takes one inquiry off an allowance, or reports that there is none left. It
	// never gives more than the ceiling, whatever fails and however many servers
	// there are; what a server took ahead and did not use is lost for the day.
	Take(ctx context.Context, a Allowance) (bool, error)
}

// ErrCeiling is returned where a body has asked as often as it may today (rules
// B3). It depends on what the body asked, and on nobody else.
var ErrCeiling = fault.New(fault.TooMany, "E-CEILING",
	"Your body has asked for this purpose as often today as the rules allow. Nothing was looked up. Ask tomorrow; if your work needs more each day, the ceiling stands in the pack, see /purposes.").By("B3")

// digest is what a mark of a request is made of: what for, about whom.
func (r Request) digest(what string, identified bool) []byte {
	var identity []byte
	if identified {
		identity = r.Person.TokenInput()
	}
	sum := sha256.Sum256(canon.Parts([]byte(what), []byte(r.Basis), []byte(r.Purpose), []byte(r.Case), identity))
	return sum[:]
}

// matter makes the marks of what a request is asked in.
func (s *Service) matter(ctx context.Context, body ref.Body, r Request, persons int) (Matter, error) {
	marks, err := s.Marker.MatterMarks(ctx, body, [][]byte{r.digest("matter", r.Basis == Consent), r.digest("subject", true)})
	if err != nil {
		return Matter{}, err
	}
	return Matter{Mark: marks[0], Subject: marks[1], Persons: persons}, nil
}

// Closing closes a case: nobody else is asked about in it.
type Closing struct {
	Mark    [16]byte
	Body    ref.Body
	Clerk   ref.Clerk
	Purpose string
	Now     time.Time
	Kept    seal.Epoch // as long as the sealed part of an inquiry of today
}

// Cases closes cases.
type Cases interface {
	// Close closes a case, with its event in the journal; a closed one stays as it is.
	// It is durable on return.
	Close(ctx context.Context, c Closing) error
}

// CloseCase closes a case of a clerk's body under a statute. It is not told whether
// the case was ever used.
func (s *Service) CloseCase(ctx context.Context, clerk party.Clerk, purposeCode, file string, now time.Time) error {
	r := Request{Key: "close", Purpose: purposeCode, Basis: Statute, Case: file}
	permit, err := Decide(s.Shelf.At(now), clerk.Body.Code, r, now)
	if err != nil {
		return err
	}
	if !permit.Right {
		return errNoCase
	}
	marks, err := s.Marker.MatterMarks(ctx, clerk.Body.ID, [][]byte{r.digest("matter", false)})
	if err != nil {
		return err
	}
	return s.Cases.Close(ctx, Closing{Mark: marks[0], Body: clerk.Body.ID, Clerk: clerk.ID, Purpose: purposeCode, Now: now,
		Kept: seal.NewEpoch(seal.Access, permit.pack.AccessEnd(now))})
}

var errNoCase = fault.New(fault.NotFound, "E-CASE-NONE",
	"Your body has no cases for this purpose. Nothing was changed. Choose a purpose under a statute that your body may ask for; see /purposes.").At("purpose")

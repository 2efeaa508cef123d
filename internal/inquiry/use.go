package inquiry

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"recourse/internal/fault"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Effect is what a body did with an answer: one of three, never in words (rules B5).
type Effect string

// The effects.
const (
	NoEffect   Effect = "no effect"
	Favourable Effect = "favourable"
	Adverse    Effect = "adverse"
)

// Effects returns every effect, in the order in which people read them.
func Effects() []Effect { return []Effect{NoEffect, Favourable, Adverse} }

// Use is what a body did with an answer, as its person sees it. It is sealed, and gone
// with the access row of the answer.
type Use struct {
	Effect Effect
	At     time.Time // when it was noted
	CopyBy when.Date // of an adverse one: last day on which the body gives the person a copy and the reason
	Given  time.Time // when it said that it gave them; zero where it did not
}

// Overdue reports whether the person should have got a copy and the reason by now.
func (u Use) Overdue(today when.Date) bool {
	return u.Effect == Adverse && u.Given.IsZero() && u.CopyBy < today
}

// useSize is the length of a use as it is sealed: one length for all, so that no seal
// tells which it holds.
const useSize = 1 + 8 + 4 + 8

// errUse is returned where what is sealed is no use.
var errUse = errors.New("what is sealed is no use of an answer")

func (u Use) encode() []byte {
	out := make([]byte, 0, useSize)
	for i, e := range Effects() {
		if e == u.Effect {
			out = append(out, byte(i))
		}
	}
	out = binary.BigEndian.AppendUint64(out, uint64(u.At.UnixMicro()))
	out = binary.BigEndian.AppendUint32(out, uint32(u.CopyBy))
	given := int64(0)
	if !u.Given.IsZero() {
		given = u.Given.UnixMicro()
	}
	return binary.BigEndian.AppendUint64(out, uint64(given))
}

func readUse(b []byte) (Use, error) {
	if len(b) != useSize || int(b[0]) >= len(Effects()) {
		return Use{}, errUse
	}
	u := Use{Effect: Effects()[b[0]], At: time.UnixMicro(int64(binary.BigEndian.Uint64(b[1:]))).UTC(), CopyBy: when.Date(int32(binary.BigEndian.Uint32(b[9:])))}
	if given := int64(binary.BigEndian.Uint64(b[13:])); given != 0 {
		u.Given = time.UnixMicro(given).UTC()
	}
	return u, nil
}

// UseSubject is what the use of an answer is sealed for.
func UseSubject(p ref.Person, access ref.Inquiry) seal.Subject {
	return seal.Subject{Person: p, Record: access, Version: 1}
}

// SealedUse is a use as it is kept.
type SealedUse struct {
	Person ref.Person
	Access ref.Inquiry
	Body   ref.Body
	At     time.Time
	Given  bool // in the place of what was noted
	Box    seal.Box
}

// Uses keeps uses of answers.
type Uses interface {
	// Answered returns the epoch of the sealed part of a look of a body; false where
	// there is none, or it has ended.
	Answered(ctx context.Context, body ref.Body, p ref.Person, access ref.Inquiry) (seal.Epoch, bool, error)
	// PutUse keeps a use with its event in the journal, which does not say what it was;
	// false where one is kept already and this is no Given. It is durable on return.
	PutUse(ctx context.Context, u SealedUse) (bool, error)
}

// Noting is what a body says of an answer, by its stub: whom it was about stands in
// nothing that is sent.
type Noting struct {
	Stub   string
	Effect Effect
	Given  bool // the person was given a copy and the reason
}

// Note keeps what a body did with an answer, once, within the days in which the answer
// may be relied on. That the person was given a copy may be added later.
func (s *Service) Note(ctx context.Context, clerk party.Clerk, n Noting, now time.Time) (Use, error) {
	if n.Effect != NoEffect && n.Effect != Favourable && n.Effect != Adverse || n.Given && n.Effect != Adverse {
		return Use{}, errEffect
	}
	if s.Stubs == nil {
		return Use{}, errNoAnswer
	}
	p, access, err := s.Stubs.Row(clerk.Body.ID, n.Stub, now)
	if err != nil {
		return Use{}, errNoAnswer.Because(err)
	}
	epoch, found, err := s.Uses.Answered(ctx, clerk.Body.ID, p, access)
	if err != nil {
		return Use{}, err
	}
	if !found {
		return Use{}, errNoAnswer
	}
	u := Use{Effect: n.Effect, At: now}
	pack := s.Shelf.At(now)
	if n.Effect == Adverse {
		if u.CopyBy, err = pack.CopyBy(pack.Today(now)); err != nil {
			return Use{}, err
		}
	}
	if n.Given {
		u.Given = now
	}
	boxes, err := s.Sealer.Close(ctx, []seal.Content{{Subject: UseSubject(p, access), Epoch: epoch, Plain: u.encode()}})
	if err != nil {
		return Use{}, err
	}
	kept, err := s.Uses.PutUse(ctx, SealedUse{Person: p, Access: access, Body: clerk.Body.ID, At: now, Given: n.Given, Box: boxes[0]})
	if err == nil && !kept {
		err = errNoted
	}
	return u, err
}

// The faults of uses. None depends on the person asked about: a stub says nothing of
// them, and there is a row for everybody who was asked about.
var (
	errEffect = fault.New(fault.Invalid, "E-USE",
		"What you did with the answer is one of: no effect, favourable, adverse; a copy is given of an adverse one. Nothing was changed.").At("effect").By("B5")
	errNoAnswer = fault.New(fault.NotFound, "E-USE-ANSWER",
		"Your body has no answer with this receipt, or it is older than the days in which it may be relied on. Nothing was changed. Send the receipt as it stood in the answer.").At("receipt").By("B5")
	errNoted = fault.New(fault.Conflict, "E-USE-NOTED",
		"It was noted already what your body did with this answer. Nothing was changed. What may still be added is that the person was given a copy and the reason.").By("B5")
)

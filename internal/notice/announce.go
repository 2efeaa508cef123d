package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/party"
	"recourse/internal/ref"
	"recourse/internal/seal"
)

// Sender is a channel that carries announcements out of the house. Send returns
// nil when the next hop has taken responsibility; a fault of kind Refused where
// it never will; any other error where it may later.
type Sender interface {
	Send(ctx context.Context, a Announcement) error
}

// Addresses gives the sealed contact for one letter through the read wall, after
// writing the attempt. found is false where the person gave no address.
type Addresses interface {
	Address(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) (box seal.Box, nth int32, found bool, err error)
	Ended(ctx context.Context, e End) error
}

// End says how one attempt ended.
type End struct {
	Person  ref.Person
	Notice  ref.Notice
	Channel string
	Nth     int32
	Outcome string
	At      time.Time
}

// Opener opens boxes; see seal.Sealed.
type Opener interface {
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

// Announcer tells persons that a letter waits, for the worker.
type Announcer struct {
	Addresses Addresses
	Opener    Opener
	Email     Sender
	Shelf     law.Shelf
	BaseURL   string
}

// ErrLater is returned where an announcement should be tried again.
var ErrLater = fault.New(fault.Unavailable, "E-MAIL-LATER", "The mail server cannot be reached or refused for now. The letter is in the inbox; the announcement will be tried again.")

// Announce sends the announcement of one letter by e-mail. It returns ErrLater
// where it should be tried again; the letter itself is in the inbox anyway.
func (a *Announcer) Announce(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) error {
	box, nth, found, err := a.Addresses.Address(ctx, p, n, now)
	if err != nil || !found {
		return err
	}
	opened, err := a.Opener.Open(ctx, []seal.Sealed{{Subject: party.ContactSubject(p), Box: box}})
	if err != nil {
		return err
	}
	if opened[0].Gone {
		return a.Addresses.Ended(ctx, End{Person: p, Notice: n, Channel: "email", Nth: nth, Outcome: NoAddress, At: now})
	}
	var c party.Contact
	if err := json.Unmarshal(opened[0].Plain, &c); err != nil {
		return fmt.Errorf("reading a contact: %w", err)
	}
	outcome, again := a.send(ctx, n, c, now)
	if err := a.Addresses.Ended(ctx, End{Person: p, Notice: n, Channel: "email", Nth: nth, Outcome: outcome, At: now}); err != nil {
		return err
	}
	return again
}

// send hands over one message and returns its outcome, and an error where it
// should be tried again.
func (a *Announcer) send(ctx context.Context, n ref.Notice, c party.Contact, now time.Time) (outcome string, again error) {
	m, err := a.message(n, c, now)
	if err != nil {
		return Unreachable, err
	}
	err = a.Email.Send(ctx, m)
	switch {
	case err == nil:
		return HandedOver, nil
	case fault.Of(err).Kind == fault.Refused:
		return RefusedBy, nil
	}
	return Unreachable, ErrLater
}

// message fills in the words of the pack.
func (a *Announcer) message(n ref.Notice, c party.Contact, now time.Time) (Announcement, error) {
	pack := a.Shelf.At(now)
	words, ok := pack.Wording(law.Announcement, c.Language)
	if !ok {
		return Announcement{}, fault.Newf(fault.Internal, "E-WORDING", "The pack has no wording for announcements in %q.", c.Language)
	}
	answer, _ := pack.Deadline(law.AnswerBeforeEffect) // a pack without it does not load
	subject, text, err := words.Fill(map[string]string{
		"registry": pack.Registry[c.Language], "contact": pack.Contact[c.Language], "home": a.BaseURL + "/" + c.Language + "/me/notices",
		"letter": n.String(), "received_on": pack.Today(now).String(), "answer_days": strconv.Itoa(answer.Term.LeastDays())})
	return Announcement{Notice: n, Address: c.Email, Language: c.Language, Subject: subject, Text: text}, err
}

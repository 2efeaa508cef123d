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

// Going is a letter on one way out of the house.
type Going struct {
	Person  ref.Person
	Notice  ref.Notice
	Channel string
	Nth     int32 // of the attempts on this channel; 0 where there was none
}

// Where is the sealed address of a letter: the person's own, or that of their estate.
type Where struct {
	Box    seal.Box
	Estate ref.Paper // the paper that holds it; zero for the person's own
}

// Waiting is a letter that waits to be printed.
type Waiting struct {
	Going
	Since time.Time
}

// Ways keeps how letters leave the house. Every write is durable on return and done
// once, however often it is asked for.
type Ways interface {
	// Address gives where one letter goes through the read wall, after writing the
	// attempt; a letter that waits to be printed has its attempt. found is false where there
	// is no address.
	Address(ctx context.Context, g Going, now time.Time) (w Where, nth int32, found bool, err error)
	// Ended notes how an attempt ended by which nothing was handed over.
	Ended(ctx context.Context, g Going, outcome string, now time.Time) error
	// Hand notes that a letter was handed over by an attempt, or, without one, that no
	// way is left to try, and publishes "notice.handed".
	Hand(ctx context.Context, g Going, now, served, until time.Time) error
	// Return notes that what was handed over came back. Unless the letter is delivered,
	// its service period has not run, and "notice.returned" is published.
	Return(ctx context.Context, g Going, now time.Time) error
	// Confirm notes that the post delivered a letter, and publishes "notice.confirmed".
	Confirm(ctx context.Context, g Going, at, until, now time.Time) error
	// Out finds the way that a letter is on, by its number alone.
	Out(ctx context.Context, n ref.Notice, channel string) (Going, bool, error)
	ToPrint(ctx context.Context, most int) ([]Waiting, error) // oldest first
	One(ctx context.Context, p ref.Person, n ref.Notice) (Owed, bool, error)
	Attempts(ctx context.Context, p ref.Person, n ref.Notice) ([]Attempt, error)
}

// Opener opens boxes; see seal.Sealed.
type Opener interface {
	Open(ctx context.Context, boxes []seal.Sealed) ([]seal.Opened, error)
}

// Announcer takes letters out of the house, for the worker: an announcement by
// e-mail, else the letter by post.
type Announcer struct {
	Ways    Ways
	Opener  Opener
	Email   Sender
	Shelf   law.Shelf
	BaseURL string
}

// ErrLater is returned where an announcement should be tried again.
var ErrLater = fault.New(fault.Unavailable, "E-MAIL-LATER", "The mail server cannot be reached or refused for now. The letter is in the inbox; the announcement will be tried again.")

// mostTries is how often an announcement is tried where the mail server cannot be
// reached: with the queue's pauses about five days (RFC 5321, 4.5.4.1).
const mostTries = 130

// Announce sends the announcement of one letter by e-mail, or lets it be printed
// where that is not to be done. It returns ErrLater where it should be tried again;
// the letter itself is in the inbox anyway.
func (a *Announcer) Announce(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) error {
	g := Going{Person: p, Notice: n, Channel: ByEmail}
	c, err := a.contact(ctx, &g, now)
	if err != nil {
		return err
	}
	outcome, again := NoAddress, error(nil)
	if c.Email != "" {
		outcome, again = a.send(ctx, n, c, now)
	}
	if outcome == HandedOver {
		return a.hand(ctx, g, now)
	}
	if err := a.Ways.Ended(ctx, g, outcome, now); err != nil {
		return err
	}
	if again != nil && g.Nth < mostTries {
		return again
	}
	return a.Post(ctx, p, n, now)
}

// Post lets a letter be printed, or finds that no way is left: then it counts as
// handed over, and is in the inbox and at the counter.
func (a *Announcer) Post(ctx context.Context, p ref.Person, n ref.Notice, now time.Time) error {
	g := Going{Person: p, Notice: n, Channel: ByPost}
	tried, err := a.Ways.Attempts(ctx, p, n)
	if err != nil {
		return err
	}
	for _, t := range tried {
		if t.Channel == ByPost && t.Outcome == Bounced {
			return a.hand(ctx, g, now)
		}
	}
	c, err := a.contact(ctx, &g, now)
	if err != nil || c.Post != "" {
		return err // it waits to be printed
	}
	if err := a.Ways.Ended(ctx, g, NoAddress, now); err != nil {
		return err
	}
	g.Nth = 0
	return a.hand(ctx, g, now)
}

// hand notes that a letter left the house, or that it cannot.
func (a *Announcer) hand(ctx context.Context, g Going, now time.Time) error {
	served, until, err := serve(a.Shelf.At(now), now)
	if err != nil {
		return err
	}
	return a.Ways.Hand(ctx, g, now, served, until)
}

// contact writes the attempt and opens the contact; an empty one where there is none.
func (a *Announcer) contact(ctx context.Context, g *Going, now time.Time) (c party.Contact, err error) {
	w, nth, found, err := a.Ways.Address(ctx, *g, now)
	if g.Nth = nth; err != nil || !found {
		return c, err
	}
	subject := party.ContactSubject(g.Person)
	if !w.Estate.IsZero() {
		subject = seal.Subject{Person: g.Person, Record: w.Estate}
	}
	opened, err := a.Opener.Open(ctx, []seal.Sealed{{Subject: subject, Box: w.Box}})
	if err != nil || opened[0].Gone {
		return c, err
	}
	plain := opened[0].Plain
	if !w.Estate.IsZero() {
		var sheet struct{ Text string }
		if err := json.Unmarshal(plain, &sheet); err != nil {
			return c, fmt.Errorf("reading the address of an estate: %w", err)
		}
		plain = []byte(sheet.Text)
	}
	if err := json.Unmarshal(plain, &c); err != nil {
		return c, fmt.Errorf("reading a contact: %w", err)
	}
	return c, nil
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

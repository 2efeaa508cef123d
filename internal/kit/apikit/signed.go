package apikit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
	"recourse/internal/kit/signkit"
	"recourse/internal/kit/spool"
)

// Presented is by what a caller is known: a bearer token, or the id of a key whose
// signature of this request holds. One of them is empty; both are where nothing was
// presented.
type Presented struct{ Token, Key string }

// Keys are the keys that callers sign with, and what they used.
type Keys interface {
	// Public returns the key of an id (RFC 7638). Whether it may still be used is
	// for the Authenticator to say.
	Public(ctx context.Context, id string) (ed25519.PublicKey, bool, error)
	// Spend remembers a nonce of a key until an instant of the machine's clock, or
	// reports that it was there. It is as durable as what is done after it.
	Spend(ctx context.Context, id, nonce string, until time.Time) (fresh bool, err error)
}

// present says by what the caller is known. The signature of a signed request was
// checked, but for its body, which is checked as it is read, and its nonce.
func (c *Call) present(ctx context.Context) (Presented, error) {
	if c.api.Keys == nil {
		return Presented{Token: c.token}, nil
	}
	claim, err := signkit.ReadClaim(c.r, c.api.origin(c.r))
	if err != nil || claim == nil {
		return Presented{Token: c.token}, err
	}
	if c.r.Header.Get("Authorization") != "" {
		return Presented{}, signkit.ErrTwoWays
	}
	// A sandbox's clock that was moved moves no signature: what is asked is whether
	// it was made just now.
	if err := claim.Fresh(clock.Stopwatch()); err != nil {
		return Presented{}, err
	}
	key, known, err := c.api.Keys.Public(ctx, claim.KeyID)
	switch {
	case err != nil:
		return Presented{}, err
	case !known:
		return Presented{}, signkit.ErrKey
	}
	if err := claim.Holds(key); err != nil {
		return Presented{}, err
	}
	c.claim = claim
	return Presented{Key: claim.KeyID}, nil
}

// enter lets in a caller who was found: a signature once, a caller as often as
// rates allow. Who sends a signature again is told nothing more, and not in a
// signed answer.
func (c *Call) enter(ctx context.Context, p Presented, who Caller) error {
	if p == (Presented{}) {
		return errOpenDoor
	}
	if c.claim != nil {
		fresh, err := c.api.Keys.Spend(ctx, c.claim.KeyID, c.claim.Nonce, c.claim.Expires)
		if err != nil {
			return err
		}
		if !fresh {
			return signkit.ErrReplay
		}
	}
	c.known = true
	return c.spend(who)
}

// Signed returns the signature of a signed call with the JSON body that it covers;
// false where a token was presented.
func (c *Call) Signed() (claim *signkit.Claim, body []byte, ok bool) {
	return c.claim, c.body, c.claim != nil
}

// origin is scheme and host as the caller wrote them. The Host of a request counts
// only where no address is set, and on this machine itself: elsewhere a request that
// was signed for another registry could be sent on to this one.
func (a *API) origin(r *http.Request) string {
	if a.Origin != "" && !loopback(r.Host) {
		return a.Origin
	}
	return "http://" + r.Host
}

func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// acceptSignature says what a signature must cover (RFC 9421, 5.1).
func acceptSignature(method string) string {
	return signkit.Label + `=("` + strings.Join(signkit.Covered(method, true), `" "`) + `");created;expires;nonce;keyid;alg="ed25519"`
}

var (
	errAside     = fault.New(fault.Unavailable, "E-ASIDE", "The registry has no room to set a signed body aside until its digest is checked. Nothing was done. Send it again later with the same Idempotency-Key.")
	errAsideLong = fault.New(fault.Invalid, "E-ASIDE-LONG", "The body is longer than a signed one may be. Nothing was done. Send it in parts.")
)

// checked reads a body to its end, compares it with what was signed, and gives it
// to be read again: of one that was changed on its way nothing is taken.
func (c *Call) checked(body io.Reader) (io.Reader, error) {
	if c.api.Aside == nil {
		return nil, errAside
	}
	f, err := c.api.Aside()
	if err != nil {
		return nil, errAside.Because(err)
	}
	c.aside = f
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), body)
	switch {
	case errors.Is(err, spool.ErrLong):
		return nil, errAsideLong
	case errors.Is(err, spool.ErrFull):
		return nil, errAside.Because(err)
	case err != nil:
		return nil, errSlow.Because(err)
	}
	if err := c.claim.Covers([32]byte(sum.Sum(nil))); err != nil {
		return nil, err
	}
	return f.Reader(), f.End()
}

// tidy removes what was set aside.
func (c *Call) tidy() {
	if c.aside != nil {
		_ = c.aside.Remove()
	}
}

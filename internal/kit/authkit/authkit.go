// Package authkit lets somebody prove who they are to an OpenID provider.
//
// It promises that
//   - an answer of a provider is taken only by the browser that asked, once, and only
//     from the provider that was asked (state, nonce, PKCE, RFC 9207);
//   - an ID token is taken only where it is signed with a key that the provider shows
//     now, by an algorithm with two keys, for this client, and for today;
//   - what a passkey signs is taken only for this site, in the browser that asked, and
//     where the passkey says that it made sure of its holder (user verification);
//   - what a browser holds for the way there and back is one random secret, from which
//     everything else is derived, so that nothing of it lies anywhere else.
//
// It does not know who somebody is: it returns what the provider claims.
package authkit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/kit/clock"
)

// NewSecret draws what a browser holds while it is under way: 256 random bits, and when
// they were drawn by the machine's clock.
func NewSecret(chance io.Reader) (string, error) {
	var raw [32]byte
	if _, err := io.ReadFull(chance, raw[:]); err != nil {
		return "", fmt.Errorf("drawing a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]) + "." + strconv.FormatInt(clock.Stopwatch().Unix(), 10), nil
}

// drawnAt is when a secret was drawn; long ago where it does not say.
func drawnAt(secret string) time.Time {
	_, at, _ := strings.Cut(secret, ".")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// derived is what one round to a provider uses for a purpose, from the secret that the
// browser holds for it.
func derived(secret, purpose string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(purpose))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// The faults of signing in. Nothing was opened where one of them is answered, and none
// repeats what came.
var (
	ErrAway    = fault.New(fault.Unavailable, "E-PROVIDER-AWAY", "The identity service cannot be reached, or it answers what no identity service does. Nobody was signed in and nothing was lost. Try again in a few minutes.")
	ErrAnswer  = fault.New(fault.Refused, "E-PROVIDER-ANSWER", "The answer of the identity service cannot be taken: it is not for this browser, was used before, is too old, or is not signed as it must be. Nobody was signed in. Begin again.")
	ErrDenied  = fault.New(fault.Refused, "E-PROVIDER-DENIED", "The identity service did not sign you in, or you broke it off there. Nobody was signed in. Begin again when you want to.")
	ErrStale   = fault.New(fault.Refused, "E-PROVIDER-STALE", "The identity service did not ask you anew who you are. Nothing was done. Begin again, and sign in there when it asks.")
	ErrPasskey = fault.New(fault.Refused, "E-PASSKEY-ANSWER", "What the passkey signed cannot be taken: it is not for this browser or this site, or was used before. Nobody was signed in and nothing was changed. Begin again.")
	ErrWeak    = fault.New(fault.Refused, "E-PROVIDER-WEAK", "You signed in at the identity service in a way that is not strong enough for this registry. Nobody was signed in. Begin again with a stronger way.")
)

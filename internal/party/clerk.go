package party

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"
)

// passPrefix marks a clerk's pass to the pages. A pass is no bearer token: it
// is hashed apart, so that neither opens the other's door.
const passPrefix = "rcp_"

// passLength is how long a clerk's sign-in to the pages lasts at most.
const passLength = 2 * time.Hour

// SignInClerk opens the pages for the holder of a bearer token. The pass ends
// with the token, after two hours, or when the clerk's tokens are revoked. The
// errors are those of Authenticate.
func (s *Service) SignInClerk(ctx context.Context, token string, now time.Time) (pass string, expires time.Time, err error) {
	if _, err := s.Authenticate(ctx, token, now); err != nil {
		return "", time.Time{}, err
	}
	secret, _, err := s.secret()
	if err != nil {
		return "", time.Time{}, err
	}
	expires, found, err := s.Store.PutPass(ctx, passHash(secret), hashOf(strings.TrimPrefix(token, tokenPrefix)), now, now.Add(passLength))
	if err == nil && !found {
		err = ErrToken
	}
	return passPrefix + secret, expires, err
}

// IsPass reports whether a session's secret is a clerk's pass.
func IsPass(secret string) bool { return strings.HasPrefix(secret, passPrefix) }

// ClerkSession returns the clerk who is signed in with a pass. ErrSession where
// it is not valid at now, or the training record is no longer current.
func (s *Service) ClerkSession(ctx context.Context, pass string, now time.Time) (Clerk, error) {
	secret, ok := strings.CutPrefix(pass, passPrefix)
	if !ok {
		return Clerk{}, ErrSession
	}
	c, found, err := s.Store.ClerkByCredential(ctx, passHash(secret), now)
	if err != nil {
		return Clerk{}, err
	}
	if !found || !s.trained(c, now) {
		return Clerk{}, ErrSession
	}
	return c, nil
}

// SignOutClerk ends a pass; an unknown one is no error.
func (s *Service) SignOutClerk(ctx context.Context, pass string, now time.Time) error {
	return s.Store.RevokePass(ctx, passHash(strings.TrimPrefix(pass, passPrefix)), now)
}

func passHash(secret string) [32]byte { return sha256.Sum256([]byte(passPrefix + secret)) }

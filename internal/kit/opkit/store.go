package opkit

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"maps"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"recourse/internal/kit/clock"
)

var errUnknown = errors.New("not known here")

// key signs ID tokens.
type key struct {
	id      string
	private *ecdsa.PrivateKey
}

// ID, SignatureAlgorithm and Key are op.SigningKey.
func (k key) ID() string                                  { return k.id }
func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k key) Key() any                                    { return k.private }

// shown is the public half of a key: op.Key.
type shown struct{ key }

func (k shown) Algorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k shown) Use() string                        { return "sig" }
func (k shown) Key() any                           { return &k.private.PublicKey }

// request is one sign-in under way: op.AuthRequest.
type request struct {
	*oidc.AuthRequest
	id      string
	at      time.Time
	done    bool
	subject string
	claims  map[string]any
	proved  time.Time
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetAMR() []string                   { return nil }
func (r *request) GetAudience() []string              { return []string{r.ClientID} }
func (r *request) GetAuthTime() time.Time             { return r.proved }
func (r *request) GetClientID() string                { return r.ClientID }
func (r *request) GetNonce() string                   { return r.Nonce }
func (r *request) GetRedirectURI() string             { return r.RedirectURI }
func (r *request) GetScopes() []string                { return r.Scopes }
func (r *request) GetState() string                   { return r.State }
func (r *request) GetSubject() string                 { return r.subject }
func (r *request) Done() bool                         { return r.done }
func (r *request) GetResponseType() oidc.ResponseType { return r.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }

// GetCodeChallenge is op.AuthRequest.
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}

// store is op.Storage: what is under way, in memory.
type store struct{ p *Provider }

// CreateAuthRequest takes a request up. Without PKCE by S256 there is none.
func (s store) CreateAuthRequest(_ context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is needed")
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	maps.DeleteFunc(s.p.requests, func(_ string, r *request) bool { return clock.Since(r.at) >= lasting })
	maps.DeleteFunc(s.p.codes, func(_, id string) bool { return s.p.requests[id] == nil })
	if len(s.p.requests) >= mostRequests {
		return nil, oidc.ErrServerError()
	}
	r := &request{AuthRequest: asked, id: rand.Text(), at: clock.Stopwatch()}
	s.p.requests[r.id] = r
	return r, nil
}

// AuthRequestByID finds a request.
func (s store) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if r, ok := s.p.requests[id]; ok {
		return r, nil
	}
	return nil, errUnknown
}

// AuthRequestByCode finds a request by its code, once.
func (s store) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	s.p.mu.Lock()
	id, ok := s.p.codes[code]
	delete(s.p.codes, code)
	s.p.mu.Unlock()
	if !ok {
		return nil, errUnknown
	}
	return s.AuthRequestByID(ctx, id)
}

// SaveAuthCode notes the code of a request.
func (s store) SaveAuthCode(_ context.Context, id, code string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.codes[code] = id
	return nil
}

// DeleteAuthRequest ends a request.
func (s store) DeleteAuthRequest(_ context.Context, id string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	delete(s.p.requests, id)
	return nil
}

// CreateAccessToken gives a token that opens nothing.
func (store) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return rand.Text(), clock.Stopwatch().Add(time.Minute), nil
}

// SigningKey is the key that signs now.
func (s store) SigningKey(context.Context) (op.SigningKey, error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.p.keys[0], nil
}

// SignatureAlgorithms is the one there is.
func (store) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.ES256}, nil
}

// KeySet is what the provider shows.
func (s store) KeySet(context.Context) (out []op.Key, _ error) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	for _, k := range s.p.keys {
		out = append(out, shown{k})
	}
	return out, nil
}

// GetClientByClientID finds the one client.
func (s store) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.p.c.Client {
		return nil, errUnknown
	}
	return client{s.p.c}, nil
}

// AuthorizeClientIDSecret checks the client's secret.
func (s store) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != s.p.c.Client || subtle.ConstantTimeCompare([]byte(secret), []byte(s.p.c.Secret)) != 1 {
		return errUnknown
	}
	return nil
}

// SetUserinfoFromScopes leaves the claims to SetUserinfoFromRequest.
func (store) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest puts who was chosen into the ID token.
func (s store) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, asked op.IDTokenRequest, scopes []string) error {
	r, ok := asked.(*request)
	if !ok {
		return errUnknown
	}
	info.Subject = r.subject
	for _, scope := range scopes {
		if scope == s.p.c.Scope {
			for name, value := range r.claims {
				info.AppendClaims(name, value)
			}
		}
	}
	return nil
}

// Health is op.Storage.
func (store) Health(context.Context) error { return nil }

// What follows is asked of a provider that does more than sign in.

func (store) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errUnknown
}
func (store) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errUnknown
}
func (store) TerminateSession(context.Context, string, string) error { return errUnknown }
func (store) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrInvalidRequest()
}
func (store) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}
func (store) SetUserinfoFromToken(context.Context, *oidc.UserInfo, string, string, string) error {
	return errUnknown
}
func (store) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnknown
}
func (store) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}
func (store) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnknown
}
func (store) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnknown
}

// client is the one client: op.Client.
type client struct{ c Config }

func (c client) GetID() string                                              { return c.c.Client }
func (c client) RedirectURIs() []string                                     { return []string{c.c.Redirect} }
func (client) PostLogoutRedirectURIs() []string                             { return nil }
func (client) ApplicationType() op.ApplicationType                          { return op.ApplicationTypeWeb }
func (client) ResponseTypes() []oidc.ResponseType                           { return []oidc.ResponseType{oidc.ResponseTypeCode} }
func (client) GrantTypes() []oidc.GrantType                                 { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c client) LoginURL(id string) string                                  { return c.c.Login(id) }
func (client) AccessTokenType() op.AccessTokenType                          { return op.AccessTokenTypeBearer }
func (client) IDTokenLifetime() time.Duration                               { return 5 * time.Minute }
func (client) DevMode() bool                                                { return true } // http on a loopback address
func (c client) IsScopeAllowed(scope string) bool                           { return scope == c.c.Scope }
func (client) IDTokenUserinfoClaimsAssertion() bool                         { return true }
func (client) ClockSkew() time.Duration                                     { return 0 }
func (client) RestrictAdditionalIdTokenScopes() func([]string) []string     { return same }
func (client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

// AuthMethod is op.Client.
func (c client) AuthMethod() oidc.AuthMethod {
	if c.c.Secret == "" {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

func same(scopes []string) []string { return scopes }

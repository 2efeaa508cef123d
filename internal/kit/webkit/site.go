package webkit

import (
	"context"
	"log/slog"
	"time"

	"recourse/internal/kit/clock"
	"recourse/internal/ref"
)

// Sessions finds who is signed in. An unknown or ended session is a fault of kind
// Unsigned.
type Sessions interface {
	Caller(ctx context.Context, secret string, now time.Time) (Caller, error)
}

// Config is what a site is made of.
type Config struct {
	Clock    *clock.Clock
	Chance   ref.Minter // for the reference numbers of requests
	Log      *slog.Logger
	Origin   string            // e.g. "https://registry.example.org"; plain http only on a loopback address
	Sandbox  bool              // says on every page that the people are made up
	Registry map[string]string // name of the registry, by language
	Contact  map[string]string // how to reach a person, by language
	Version  string            // of the pack in force, for prints
	Leave    string            // where "leave quickly" leads, an address elsewhere; empty: an empty page of this site
	Zone     *time.Location
	Sessions Sessions
	Nav      []NavItem // for the signed-in person, in order
	Routes   []Route
}

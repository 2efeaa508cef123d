package law

import "time"

// Waiting is how long a version waits between its activation and its effect where
// something in it is not in the person's favour (rules A9).
const Waiting = 30 * 24 * time.Hour

// Showing is how long an activation may take to reach the public log: the wait is
// counted from when it stands there at the latest.
const Showing = time.Hour

// Lead is how long before its effect a version is there to be seen, so that every
// server knows it in time. What takes effect at once does so after it.
const Lead = 5 * time.Second

// Origin says on whose word a version was activated.
type Origin string

// The origins of activations. All but the last are founding ones.
const (
	BuiltIn  Origin = "built in" // the program carries the pack
	InFolder Origin = "folder"   // a folder of the operator; where all people are made up only
	Signed   Origin = "signed"   // two officers
)

// Activation is one version taking its place.
type Activation struct {
	Activated
	At         time.Time
	Origin     Origin
	Favourable bool     // nothing in it had to wait
	Changes    []Change // against the version in force at At; none for the first
	Signed     []Signature
}

// Founding returns the activation of the first version: in force at once.
func Founding(p *Pack, o Origin, now time.Time) Activation {
	return Activation{Activated: Activated{Number: 1, Pack: p, From: now}, At: now, Origin: o, Favourable: true}
}

// Next returns the activation of p after those on the timeline, on the signatures
// of officers that were found good (Countersigned). Unless waits is false (nobody
// in the registry is real) a version waits, except one that changes nothing to
// anybody's disadvantage.
func Next(t *Timeline, p *Pack, signed []Signature, waits bool, now time.Time) (Activation, error) {
	before := t.At(now)
	if err := Succeeds(before, p); err != nil {
		return Activation{}, err
	}
	last := t.Last()
	if last.Pack.Version == p.Version {
		return Activation{}, refused("E-PACK-SAME", "Pack %s is the one that was activated last. There is nothing to activate.", p.Version)
	}
	a := Activation{Activated: Activated{Number: last.Number + 1, Pack: p, From: now.Add(Lead)}, At: now, Origin: Signed,
		Changes: Diff(before, p), Signed: signed}
	a.Favourable = Favourable(a.Changes)
	if waits && !a.Favourable {
		a.From = now.Add(Showing + Waiting)
	}
	return a, nil
}

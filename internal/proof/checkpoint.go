package proof

import (
	"errors"
	"strings"
	"time"

	logformat "github.com/transparency-dev/formats/log"
	cosign "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/witness"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Trust says whose word counts: the log, and a policy of witnesses.
type Trust struct {
	Log      note.Verifier
	Policy   *witness.Group           // nil where no witness is asked for
	Watching map[string]note.Verifier // witnesses of the policy, by where they are reached
}

// NewTrust reads a log's verifier key (C2SP signed-note) and a policy of witnesses in
// the form of sigsum, with verifier keys of type 4; an empty policy asks for none.
func NewTrust(logKey string, policy []byte) (Trust, error) {
	log, err := note.NewVerifier(strings.TrimSpace(logKey))
	if err != nil {
		return Trust{}, ErrForm
	}
	t := Trust{Log: log}
	if len(policy) == 0 {
		return t, nil
	}
	group, err := witness.ParsePolicy(policy)
	if err != nil {
		return Trust{}, err
	}
	t.Policy, t.Watching = &group, group.Endpoints()
	return t, nil
}

// Checkpoint is the log's statement of its size and root at one moment.
type Checkpoint struct {
	Origin     string
	Size       uint64
	Root       Hash
	Extensions []string // what the log ran under: versions of packs, hashes of programs
}

// Text is the body that is signed (C2SP tlog-checkpoint).
func (c Checkpoint) Text() string {
	out := string(logformat.Checkpoint{Origin: c.Origin, Size: c.Size, Hash: c.Root[:]}.Marshal())
	for _, line := range c.Extensions {
		out += line + "\n"
	}
	return out
}

// Seen is a checkpoint that holds.
type Seen struct {
	Checkpoint
	Witnesses []Witnessed // of those that are trusted
}

// Witnessed is the word of one witness: this was the log at that instant.
type Witnessed struct {
	Name string
	At   time.Time
}

// Fresh returns nil if a trusted witness saw the checkpoint since an instant, or
// ErrStale: who gets only old views is not told what was done since.
func (s Seen) Fresh(since time.Time) error {
	for _, w := range s.Witnesses {
		if !w.At.Before(since) {
			return nil
		}
	}
	return ErrStale
}

// Check returns the checkpoint in a signed note if the log signed it and the policy
// of witnesses is satisfied: ErrForm, ErrSignature or ErrWitness otherwise.
func (t Trust) Check(signed []byte) (Seen, error) {
	s, err := t.CheckLog(signed)
	if err == nil && t.Policy != nil && !t.Policy.Satisfied(signed) {
		err = ErrWitness
	}
	if err != nil {
		return Seen{}, err
	}
	return s, nil
}

// CheckLog is Check without the policy of witnesses.
func (t Trust) CheckLog(signed []byte) (Seen, error) {
	var watching []note.Verifier
	for _, v := range t.Watching {
		watching = append(watching, v)
	}
	n, err := note.Open(signed, note.VerifierList(append(watching, t.Log)...))
	if err != nil {
		var unknown *note.UnverifiedNoteError
		var wrong *note.InvalidSignatureError
		if errors.As(err, &unknown) || errors.As(err, &wrong) {
			return Seen{}, ErrSignature
		}
		return Seen{}, ErrForm
	}
	c, err := parseBody(n.Text)
	if err != nil {
		return Seen{}, err
	}
	s := Seen{Checkpoint: c}
	byLog := false
	for _, sig := range n.Sigs {
		if sig.Name == t.Log.Name() && sig.Hash == t.Log.KeyHash() {
			byLog = true
		} else if at, err := cosign.CoSigV1Timestamp(sig); err == nil {
			s.Witnesses = append(s.Witnesses, Witnessed{Name: sig.Name, At: at.UTC()})
		}
	}
	if !byLog || c.Origin != t.Log.Name() {
		return Seen{}, ErrSignature
	}
	return s, nil
}

// ParseCheckpoint reads the checkpoint in a signed note without looking at who
// signed it.
func ParseCheckpoint(signed []byte) (Checkpoint, error) {
	text, _, found := strings.Cut(string(signed), "\n\n")
	if !found {
		return Checkpoint{}, ErrForm
	}
	return parseBody(text + "\n")
}

func parseBody(text string) (Checkpoint, error) {
	var body logformat.Checkpoint
	rest, err := body.Unmarshal([]byte(text))
	if err != nil || len(body.Hash) != len(Hash{}) {
		return Checkpoint{}, ErrForm
	}
	c := Checkpoint{Origin: body.Origin, Size: body.Size, Root: Hash(body.Hash)}
	if len(rest) > 0 {
		c.Extensions = strings.Split(strings.TrimSuffix(string(rest), "\n"), "\n")
	}
	if c.Text() != text {
		return Checkpoint{}, ErrForm
	}
	return c, nil
}

// CheckConsistency returns nil if the way from an older to a newer checkpoint of one
// log shows that nothing was changed or removed: ErrRollback or ErrFork otherwise.
// Two of one size agree where their roots do.
func CheckConsistency(older, newer Checkpoint, way []Hash) error {
	switch {
	case older.Origin != newer.Origin:
		return ErrSignature
	case older.Size > newer.Size:
		return ErrRollback
	case older.Size == newer.Size && older.Root != newer.Root:
		return ErrFork
	case older.Size == newer.Size || older.Size == 0:
		return nil
	}
	proof := make(tlog.TreeProof, len(way))
	for i, h := range way {
		proof[i] = tlog.Hash(h)
	}
	if tlog.CheckTree(proof, int64(newer.Size), tlog.Hash(newer.Root), int64(older.Size), tlog.Hash(older.Root)) != nil {
		return ErrFork
	}
	return nil
}

package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
)

// What keeps a check from being made.
var (
	errTrust = fault.New(fault.Invalid, "E-VERIFY-TRUST", "The log's key or the policy of witnesses cannot be read.")
	errInput = fault.New(fault.NotFound, "E-VERIFY-INPUT", "A file cannot be read.")
	errReach = fault.New(fault.Unavailable, "E-VERIFY-REACH", "The log cannot be reached, or a part of it is not there.")
)

// trusted says whose word counts.
type trusted struct {
	Key    string        `help:"The log's public key, or a file with it. Have it from another day or way than what you check." required:"" env:"RECOURSE_LOG_KEY" placeholder:"KEY"`
	Policy string        `help:"File with the witnesses that you trust and how many of them must have signed; empty for none." env:"RECOURSE_LOG_POLICY" placeholder:"FILE"`
	Fresh  time.Duration `help:"How long ago a witness may have seen the checkpoint at the most, e.g. 24h; 0 for any time." default:"0"`
}

func (t trusted) open() (proof.Trust, error) {
	key := t.Key
	raw, err := os.ReadFile(t.Key)
	switch {
	case err == nil:
		key = string(raw)
	case !errors.Is(err, fs.ErrNotExist) || !strings.Contains(key, "+"):
		return proof.Trust{}, errTrust.At("--key").Because(err)
	}
	var policy []byte
	if t.Policy != "" {
		if policy, err = os.ReadFile(t.Policy); err != nil {
			return proof.Trust{}, errTrust.At("--policy").Because(err)
		}
		if strings.TrimSpace(string(policy)) == "" {
			return proof.Trust{}, errTrust.At("--policy")
		}
	}
	trust, err := proof.NewTrust(key, policy)
	if err != nil {
		return proof.Trust{}, errTrust.Because(err)
	}
	return trust, nil
}

// fresh returns nil where the user asked for no age, or the checkpoint is young
// enough.
func (t trusted) fresh(seen proof.Seen, now time.Time) error {
	if t.Fresh == 0 {
		return nil
	}
	return seen.Fresh(now.Add(-t.Fresh))
}

// longest is more than any file that is checked should have.
const longest = 256 << 20

// read reads a file of the user.
func read(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", errInput.At(name).Because(err)
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, longest+1))
	if err == nil && len(raw) > longest {
		err = errors.New("it is too long")
	}
	if err != nil {
		return "", errInput.At(name).Because(err)
	}
	return string(raw), nil
}

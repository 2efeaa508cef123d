package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"recourse/internal/kit/apikit"
)

// signer returns the signer of answers. Its key is drawn at first start and kept
// in the data folder, readable by its owner alone.
func (h *House) signer() (*apikit.Signer, error) {
	file := h.cfg.path("answers.key")
	seed, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		seed = make([]byte, ed25519.SeedSize)
		if _, err := rand.Read(seed); err != nil {
			return nil, fmt.Errorf("drawing the key of answers: %w", err)
		}
		if err := keep(file, seed); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("reading the key of answers: %w", err)
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is damaged: give it back from a backup, or delete it and answers are signed with a new key", file)
	}
	return apikit.NewSigner(ed25519.NewKeyFromSeed(seed))
}

// keep writes a file for its owner alone, whole or not at all.
func keep(file string, content []byte) error {
	part := file + ".part"
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return os.Rename(part, file)
}

package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"recourse/internal/kit/signkit"
)

// signer returns the signer of answers. Its key is drawn at first start and kept
// in the data folder, readable by its owner alone.
func (h *House) signer() (*signkit.Signer, error) {
	key, err := h.answerKey()
	if err != nil {
		return nil, err
	}
	return signkit.NewSigner(key)
}

// answerKey returns the key of answers and receipts.
func (h *House) answerKey() (ed25519.PrivateKey, error) {
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
	return ed25519.NewKeyFromSeed(seed), nil
}

// notary signs receipts as notes (C2SP signed-note). A note begins with its origin
// and can be taken for no answer, whose signed bytes begin with a quote.
type notary struct {
	name string
	key  ed25519.PrivateKey
}

// notary returns the notary of the registry, who signs with the key of answers.
func (h *House) notary() (notary, error) {
	key, err := h.answerKey()
	name := "recourse.invalid"
	if u, bad := url.Parse(h.cfg.BaseURL); bad == nil && u.Host != "" {
		name = u.Host
	}
	return notary{name: name, key: key}, err
}

// Origin is furnish.Notary.Origin.
func (n notary) Origin() string { return n.name }

// Note is furnish.Notary.Note. The number of the key is the beginning of the
// SHA-256 of name, line break, the algorithm's byte and public key.
func (n notary) Note(text string) (string, error) {
	id := sha256.Sum256(append([]byte(n.name+"\n\x01"), n.key.Public().(ed25519.PublicKey)...))
	signed := append(id[:4:4], ed25519.Sign(n.key, []byte(text))...)
	return text + "\n— " + n.name + " " + base64.StdEncoding.EncodeToString(signed) + "\n", nil
}

// keep writes a file for its owner alone, whole or not at all.
func keep(file string, content []byte) error {
	part := file + ".part"
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return os.Rename(part, file)
}

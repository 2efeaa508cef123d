package law

import (
	"crypto/sha256"
	"encoding/hex"

	"recourse/internal/when"
)

// Source is one text that the pack cites.
type Source struct {
	Name     string            // of its file in sources/, without the ending
	Kind     SourceKind        // law, or a policy of the registry
	Titles   map[string]string // by language
	Number   string            // e.g. 国务院令第631号
	InForce  when.Date         // first day in force
	Copy     string            // which copy was read; empty where the wording was not seen
	Articles map[string]Article
}

// SourceKind tells law from policy.
type SourceKind string

// The kinds of sources.
const (
	LawText    SourceKind = "law"
	PolicyText SourceKind = "policy"
)

// Article is one passage of a source.
type Article struct {
	Line    int    // in the file, from 1
	Wording string // empty where it was not seen
}

// Digest returns the SHA-256 of the wording in hex, as a citation gives it.
func (a Article) Digest() string {
	h := sha256.Sum256([]byte(a.Wording))
	return hex.EncodeToString(h[:])
}

// Package proof is what outsiders check of the public log: its entries, its
// checkpoints, receipts, the labels by which a person finds that nothing is
// withheld, and files of receipts.
//
// It promises that an entry tells nothing of its event to who lacks its nonce; that
// what holds under a Trust was signed by that log and seen by those witnesses; and
// that each way of not holding has a code of its own. It does no IO and reads no
// clock. The bytes are described in docs/reference/log.md; they never change under
// one version mark.
package proof

import (
	"crypto/sha256"

	"recourse/internal/fault"
	"recourse/internal/merkle"
)

// The ways in which something does not hold. Each is found by errors.As as a
// fault.Error with its code.
var (
	ErrForm        = fault.New(fault.Invalid, "E-PROOF-FORM", "This is not in the format of a receipt, checkpoint or file of receipts, or it was cut or altered.")
	ErrSignature   = fault.New(fault.Invalid, "E-PROOF-SIGNATURE", "The checkpoint is not signed by the log that is trusted here.")
	ErrWitness     = fault.New(fault.Invalid, "E-PROOF-WITNESS", "Too few of the witnesses that are trusted here have signed the checkpoint.")
	ErrInclusion   = fault.New(fault.Invalid, "E-PROOF-INCLUSION", "The event is not in the log where the receipt says, or receipt or event were altered.")
	ErrStream      = fault.New(fault.Invalid, "E-PROOF-STREAM", "The event is about somebody else.")
	ErrFork        = fault.New(fault.Invalid, "E-PROOF-FORK", "The two checkpoints are not of one history: the log was forked, reordered or rewritten between them.")
	ErrRollback    = fault.New(fault.Invalid, "E-PROOF-ROLLBACK", "The log is shorter than it was: entries were taken back.")
	ErrTile        = fault.New(fault.Invalid, "E-PROOF-TILE", "A tile or bundle of the log does not agree with its checkpoint.")
	ErrStale       = fault.New(fault.Invalid, "E-PROOF-STALE", "The checkpoint is older than may be: this may be an old view of the log.")
	ErrBucket      = fault.New(fault.Invalid, "E-PROOF-BUCKET", "The labels are not those that the log published for the day.")
	ErrWithheld    = fault.New(fault.Invalid, "E-PROOF-WITHHELD", "The log holds more about this person than there are receipts: something is withheld.")
	ErrUnlabelled  = fault.New(fault.Invalid, "E-PROOF-UNLABELLED", "There are more receipts for the day than labels of this person: a receipt does not count as it should, or the key is not the person's.")
	ErrDaysMissing = fault.New(fault.Invalid, "E-PROOF-DAYS", "The days do not follow on each other: labels of some entries of the log are missing.")
)

// mac is HMAC-SHA-256 under a key of at most 64 bytes over parts, one after another;
// only the last may vary in length. It is written out because the general one
// allocates, and this runs five times for each entry.
func mac(key []byte, parts ...[]byte) [sha256.Size]byte {
	const inner, outer = 0x36, 0x5c
	var around [sha256.BlockSize + sha256.Size]byte
	copy(around[:], key)
	for i := range around[:sha256.BlockSize] {
		around[i] ^= inner
	}
	var small [1024]byte // most events fit
	text := append(small[:0], around[:sha256.BlockSize]...)
	for _, p := range parts {
		text = append(text, p...)
	}
	sum := sha256.Sum256(text)
	for i := range around[:sha256.BlockSize] {
		around[i] ^= inner ^ outer
	}
	copy(around[sha256.BlockSize:], sum[:])
	return sha256.Sum256(around[:])
}

// Hash is a hash of the log's tree.
type Hash = merkle.Hash

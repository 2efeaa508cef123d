// Package seal closes and opens the box that personal content is kept in.
//
// It promises that a box opens only with the key of its own leaf and only for
// the person, record, version and epoch that it was closed for; that keys are
// never stored, only derived; and that the fingerprint of a content dies with
// the key of its leaf. It draws no chance and does no IO: nonces are given.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"recourse/internal/when"
)

// Class is a kind of content that ends together and under one rule. Classes
// are numbered for ever; a number is never used twice.
type Class uint16

// The classes in use.
const (
	Record   Class = 1 // content of a record, under the record's end of retention
	Identity Class = 2 // identity and contact of a person, under the quarter of live_until
	Access   Class = 3 // staff identity, case reference and reason of an access row
	Case     Class = 4 // papers of a contest: words, evidence, answers, reasons
)

// Epoch is one end day of one class: the unit that is forgotten at once. It is
// kept as class * 2^32 + day.
type Epoch int64

// NewEpoch returns the epoch of a class that ends with day end: content under it
// can be opened on that day and not after it.
func NewEpoch(c Class, end when.Date) Epoch { return Epoch(int64(c)<<32 | int64(uint32(end))) }

// Class returns the class of the epoch.
func (e Epoch) Class() Class { return Class(e >> 32) }

// End returns the last day on which content under the epoch can be opened.
func (e Epoch) End() when.Date { return when.Date(int32(uint32(e))) }

// String writes the epoch for an operator: class and end day.
func (e Epoch) String() string { return fmt.Sprintf("%d/%s", e.Class(), e.End()) }

// Leaf is one place in an epoch's tree. Each content that is sealed gets a leaf
// of its own, which is never used again.
type Leaf int64

// Subject says what a box holds: AES-GCM associated data, so that a box that
// was moved to another row does not open.
type Subject struct {
	Person  [16]byte // internal key of the person
	Record  [16]byte // what hangs on the person: record, access row, or zero for the identity
	Version int32    // version of the record, from 1; 0 where there are none
}

// Key is the 32-byte key of one leaf, bound to record and version:
// HKDF(GGM(seed, leaf), "recourse/rec/v1" ‖ record ‖ version). It is derived by
// the vault when needed and never stored.
type Key [32]byte

// String keeps keys out of logs.
func (Key) String() string { return "[key]" }

// GoString keeps keys out of debug output.
func (Key) GoString() string { return "[key]" }

// NonceSize is the size of a nonce in bytes (NIST SP 800-38D, 96 bits).
const NonceSize = 12

// Box is sealed content as it lies in the database.
type Box struct {
	Epoch Epoch
	Leaf  Leaf
	Nonce [NonceSize]byte
	Data  []byte // ciphertext with its 16-byte tag

	Weight []byte // of the content's load, where it has one; kept beside the box
}

// Boxed is a box as a row keeps it.
func Boxed(epoch, leaf int64, nonce, data []byte) Box {
	b := Box{Epoch: Epoch(epoch), Leaf: Leaf(leaf), Data: data}
	copy(b.Nonce[:], nonce)
	return b
}

// Slot is where a box will be closed: a leaf of an epoch that is used once.
type Slot struct {
	Epoch Epoch
	Leaf  Leaf
}

// Content is what a room hands over to be sealed under an epoch.
type Content struct {
	Subject Subject
	Epoch   Epoch
	Plain   []byte
	Load    Load // weighed where it is not zero
}

// Sealed is what a room hands over to be opened.
type Sealed struct {
	Subject Subject
	Box     Box
}

// Opened is what comes back: the content, or Gone where its key does not exist any
// more (ended, erased, never made: alike).
type Opened struct {
	Plain []byte
	Gone  bool
}

// Marking asks for the fingerprint of a content under the key of a slot.
type Marking struct {
	Subject Subject
	Slot    Slot
	Content []byte
	Mark    [16]byte // of what is in the slot; what has it is not worse
	Load    Load     // compared with Weight where it is not zero and Mark is another
	Weight  []byte   // of what is in the slot
}

// Marked is what comes back: the fingerprint, or Gone where there is no key.
type Marked struct {
	Mark       [16]byte
	Commitment Commitment // of which Mark is the beginning
	Worse      bool       // than Weight; see Worse
	Gone       bool
}

// Commitment binds to a content without telling it: HMAC-SHA-256 under a key that
// is derived from the key of a leaf. Who has that key (an Opening) and the content
// can check it; once it is gone nobody can.
type Commitment [32]byte

// Mark returns the fingerprint that begins a commitment.
func (c Commitment) Mark() [16]byte { return [16]byte(c[:16]) }

// Opening is what a commitment is checked with, or Gone. It is given to who sent
// the content: it opens no box.
type Opening struct {
	Key  [32]byte
	Gone bool
}

// Held is a row that holds a box, without the box.
type Held struct {
	Subject Subject
	Slot    Slot
}

// ErrOpen is returned where a box does not open: another key, another subject,
// or altered bytes. It does not say which.
var ErrOpen = errors.New("sealed content cannot be opened")

// Close seals plain for subject s in slot p with key k and a fresh nonce.
func Close(k Key, s Subject, p Slot, nonce [NonceSize]byte, plain []byte) (Box, error) {
	aead, err := sealer(k)
	if err != nil {
		return Box{}, err
	}
	ad := associated(s, p.Epoch)
	return Box{Epoch: p.Epoch, Leaf: p.Leaf, Nonce: nonce, Data: aead.Seal(nil, nonce[:], plain, ad[:])}, nil
}

// Open returns the content of b, or ErrOpen.
func Open(k Key, s Subject, b Box) ([]byte, error) {
	aead, err := sealer(k)
	if err != nil {
		return nil, err
	}
	ad := associated(s, b.Epoch)
	plain, err := aead.Open(nil, b.Nonce[:], b.Data, ad[:])
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Fingerprint returns a keyed mark of content: equal for equal content under one
// key, and worthless once the key is gone.
func Fingerprint(k Key, content []byte) (mark [16]byte, err error) {
	return Commit(k, content).Mark(), nil
}

// Commit returns the commitment to a content under the key of a leaf.
func Commit(k Key, content []byte) Commitment { return Check(OpeningKey(k), content) }

// OpeningKey returns the key that commitments under k are made with.
func OpeningKey(k Key) [32]byte { return expand(k, "recourse/fp/v1") }

// Check returns the commitment to a content under an opening's key:
// HMAC-SHA-256(key, content).
func Check(key [32]byte, content []byte) Commitment {
	var small [1024]byte // most contents fit: no garbage for each of a million rows
	inner := append(small[:0], key[:]...)
	inner = append(inner, make([]byte, sha256.BlockSize-len(key))...)
	for i := range inner {
		inner[i] ^= 0x36
	}
	sum := sha256.Sum256(append(inner, content...))
	var outer [sha256.BlockSize + sha256.Size]byte
	copy(outer[:], key[:])
	for i := range outer[:sha256.BlockSize] {
		outer[i] ^= 0x5c
	}
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

func sealer(k Key) (cipher.AEAD, error) {
	sub := expand(k, "recourse/seal/v1")
	block, err := aes.NewCipher(sub[:])
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return aead, nil
}

// expand separates the uses of one key: HKDF-Expand of RFC 5869 with SHA-256 and
// one block of output, HMAC(k, use ‖ 1). Extracting is not needed, k is uniform.
// It is written out because this is the path of every box of every answer, and
// the library's form allocates ten times.
func expand(k Key, use string) [sha256.Size]byte {
	var inner, outer [sha256.BlockSize]byte
	for i := range inner {
		inner[i], outer[i] = 0x36, 0x5c
		if i < len(k) {
			inner[i], outer[i] = inner[i]^k[i], outer[i]^k[i]
		}
	}
	var buf [sha256.BlockSize + 64]byte
	n := copy(buf[:], inner[:])
	n += copy(buf[n:len(buf)-1], use)
	buf[n] = 1
	sum := sha256.Sum256(buf[:n+1])
	n = copy(buf[:], outer[:])
	n += copy(buf[n:], sum[:])
	return sha256.Sum256(buf[:n])
}

// associated is person ‖ record ‖ version ‖ epoch, integers big-endian.
func associated(s Subject, e Epoch) (ad [44]byte) {
	copy(ad[0:], s.Person[:])
	copy(ad[16:], s.Record[:])
	binary.BigEndian.PutUint32(ad[32:], uint32(s.Version))
	binary.BigEndian.PutUint64(ad[36:], uint64(e))
	return ad
}

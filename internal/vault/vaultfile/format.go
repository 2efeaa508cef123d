package vaultfile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"recourse/internal/ref"
	"recourse/internal/vault"
)

// The store is a header and frames, one for each write. Both are padded to
// unit, so that the lead of a frame never lies in two sectors. The layout is in
// docs/reference/vault.md.
const (
	magic     = "recourse vault 1"
	unit      = 16
	sector    = 512
	leadSize  = 16
	nonceSize = 12
	tagSize   = 16
	padding   = 0xA5
	// maxSealed bounds the nonce, ciphertext and tag of one frame.
	maxSealed = 32 << 20
	maxHeader = 4 << 10
)

// header is what a store shows without a key.
type header struct {
	vault.Head
	made    time.Time
	root    string // root-key version
	wrapped []byte // data key, wrapped under it
}

// encode writes the header, padded, with its own SHA-256 at the end.
func (h *header) encode() []byte {
	b := append([]byte(magic), byte(h.Mode))
	b = append(b, h.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.made.UnixMicro()))
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(h.root))), h.root...)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(h.wrapped))), h.wrapped...)
	for len(b)%unit != 0 {
		b = append(b, 0)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

var (
	errNotOurs = errors.New("this is not a store of a vault, or of a newer version")
	errHeader  = errors.New("the header of the store is damaged")
)

// decodeHeader reads a header from the front of b and returns its size.
func decodeHeader(b []byte) (h header, size int, err error) {
	const fixed = len(magic) + 1 + 16 + 8
	if len(b) < fixed+4 || string(b[:len(magic)]) != magic {
		return h, 0, errNotOurs
	}
	h.Mode = vault.Mode(b[len(magic)])
	h.ID = ref.Vault(b[len(magic)+1 : len(magic)+17])
	h.made = time.UnixMicro(int64(binary.BigEndian.Uint64(b[fixed-8:]))).UTC()
	root, at, ok := short(b, fixed)
	if !ok {
		return h, 0, errHeader
	}
	wrapped, at, ok := short(b, at)
	if !ok {
		return h, 0, errHeader
	}
	at = (at + unit - 1) / unit * unit
	if at+sha256.Size > len(b) || sha256.Sum256(b[:at]) != [32]byte(b[at:at+sha256.Size]) {
		return h, 0, errHeader
	}
	h.root, h.wrapped = string(root), wrapped
	return h, at + sha256.Size, nil
}

// short reads bytes that follow their 2-byte length.
func short(b []byte, at int) (field []byte, next int, ok bool) {
	if at+2 > len(b) {
		return nil, 0, false
	}
	next = at + 2 + int(binary.BigEndian.Uint16(b[at:]))
	if next > len(b) || next > maxHeader {
		return nil, 0, false
	}
	return b[at+2 : next], next, true
}

// chain ties each frame to all before it.
type chain struct {
	aead  cipher.AEAD
	sum   [32]byte
	index uint64
}

// newChain begins at a header, with the data key of its store.
func newChain(header []byte, key [32]byte) (*chain, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return &chain{aead: aead, sum: sha256.Sum256(append([]byte("recourse/vault-file/v1"), header...))}, nil
}

// associated binds a frame to its place.
func (c *chain) associated() []byte {
	return binary.BigEndian.AppendUint64(c.sum[:len(c.sum):len(c.sum)], c.index)
}

// seal returns the next frame. The chain moves on only when moved tells it to:
// a frame that was not written is not part of it.
func (c *chain) seal(entry []byte, m ref.Minter) ([]byte, error) {
	n := nonceSize + len(entry) + tagSize
	if n > maxSealed {
		return nil, fmt.Errorf("an entry of %d bytes is too long", len(entry))
	}
	b := make([]byte, leadSize+nonceSize, total(n))
	copy(b, lead(n, c.index))
	nonce := b[leadSize:]
	if _, err := io.ReadFull(m, nonce); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	b = c.aead.Seal(b, nonce, entry, c.associated())
	for len(b) < total(n) {
		b = append(b, padding)
	}
	return b, nil
}

// moved puts a written frame behind the chain.
func (c *chain) moved(frame []byte) {
	c.sum = sha256.Sum256(append(c.sum[:len(c.sum):len(c.sum)], frame...))
	c.index++
}

// total returns the length of a frame with n sealed bytes.
func total(n int) int { return (leadSize + n + unit - 1) / unit * unit }

// lead is the length of what is sealed, the frame's index, and four bytes of the
// SHA-256 of both.
func lead(n int, index uint64) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, leadSize), uint32(n))
	b = binary.BigEndian.AppendUint64(b, index)
	sum := sha256.Sum256(b)
	return append(b, sum[:4]...)
}

// decodeLead reads a lead, if it is one.
func decodeLead(b []byte) (n int, index uint64, ok bool) {
	n, index = int(binary.BigEndian.Uint32(b)), binary.BigEndian.Uint64(b[4:])
	return n, index, string(lead(n, index)) == string(b[:leadSize]) && n >= nonceSize+tagSize && n <= maxSealed
}

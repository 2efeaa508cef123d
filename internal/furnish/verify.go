package furnish

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"recourse/internal/merkle"
	"recourse/internal/ref"
)

// Checked is what a receipt or a proof states, after it was checked.
type Checked struct {
	Origin   string
	Delivery string
	Rows     int64
	Facts    []string // what the receipt says further, a line each
	Row      int64    // of a proof; 0 of a receipt
	Outcome  Outcome  // of a proof
	root     merkle.Hash
}

// Stands reports whether an event of the public log is that of this delivery being done,
// under the root that was checked: what the log holds stands for each of its rows.
func (c Checked) Stands(kind string, stream [16]byte, root string) bool {
	id, err := ref.Parse[ref.Delivery](c.Delivery)
	return err == nil && kind == KindDelivered && stream == id && root == hex.EncodeToString(c.root[:])
}

// ErrReceipt says that a receipt or a proof does not hold.
var ErrReceipt = errors.New("this receipt does not hold: it was changed, cut, or signed by another registry")

// CheckReceipt checks the note of a receipt with the keys of its registry. It
// needs nothing else: no registry has to be reached.
func CheckReceipt(note string, keys []ed25519.PublicKey) (c Checked, err error) {
	text, signature, ok := strings.Cut(note, "\n\n— ")
	text += "\n"
	name, signed, fine := strings.Cut(strings.TrimSuffix(signature, "\n"), " ")
	raw, bad := base64.StdEncoding.DecodeString(signed)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if !ok || !fine || bad != nil || len(raw) != 4+ed25519.SignatureSize || len(lines) < 3 {
		return c, ErrReceipt
	}
	if !signedBy(name, text, raw, keys) {
		return c, ErrReceipt
	}
	origin, id, ok := strings.Cut(lines[0], "/deliveries/")
	root, bad := base64.StdEncoding.DecodeString(lines[2])
	if c.Rows, err = strconv.ParseInt(lines[1], 10, 64); err != nil || !ok || bad != nil || len(root) != len(c.root) || origin != name {
		return Checked{}, ErrReceipt
	}
	c.Origin, c.Delivery, c.Facts, c.root = origin, id, lines[3:], merkle.Hash(root)
	return c, nil
}

// signedBy reports whether one of the keys signed a note.
func signedBy(name, text string, signed []byte, keys []ed25519.PublicKey) bool {
	for _, key := range keys {
		id := sha256.Sum256(append([]byte(name+"\n\x01"), key...))
		if string(id[:4]) == string(signed[:4]) && ed25519.Verify(key, []byte(text), signed[4:]) {
			return true
		}
	}
	return false
}

// CheckProof checks what Proof.Text wrote with the keys of its registry.
func CheckProof(text string, keys []ed25519.PublicKey) (Checked, error) {
	head, note, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return Checked{}, ErrReceipt
	}
	c, err := CheckReceipt(note, keys)
	if err != nil {
		return c, err
	}
	kept, bad := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if bad != nil || err != nil || len(kept) != rowBytes || index < 0 || index >= c.Rows {
		return Checked{}, ErrReceipt
	}
	var path []merkle.Hash
	for _, l := range lines[3:] {
		h, err := base64.StdEncoding.DecodeString(l)
		if err != nil || len(h) != len(merkle.Hash{}) {
			return Checked{}, ErrReceipt
		}
		path = append(path, merkle.Hash(h))
	}
	c.Row, c.Outcome = index+1, outcomeOf(kept[0])
	if c.Outcome == "" || !merkle.Verify(leaf(c.Row, kept), uint64(index), uint64(c.Rows), path, c.root) {
		return Checked{}, fmt.Errorf("row %d: %w", c.Row, ErrReceipt)
	}
	return c, nil
}

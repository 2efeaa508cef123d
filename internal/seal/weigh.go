package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"slices"
)

// Load is what of a content weighs on a person: what may not change and numbers
// that may not grow without its being worse for them.
type Load struct {
	Same []byte
	Most []uint64
}

// IsZero reports whether there is nothing that could weigh.
func (l Load) IsZero() bool { return l.Same == nil && l.Most == nil }

const sameSize, mostSize = 16, 16 // bytes of a weight: of Same, and of each number

// Weigh returns the weight of a load under the key of a leaf: 16 bytes, and 16
// more for each number. With the key, and another load, it says whether that one
// is worse; without, nothing; and nothing to anybody once the key is gone. Numbers are
// written so that two under one key can be ordered (Chenette, Lewi, Weis, Wu:
// Practical Order-Revealing Encryption with Limited Leakage, FSE 2016): each bit
// is added, modulo three, to what a keyed function makes of the bits before it.
func Weigh(k Key, l Load) []byte {
	same := Check(expand(k, "recourse/weight-same/v1"), l.Same)
	out := append(make([]byte, 0, sameSize+len(l.Most)*mostSize), same[:sameSize]...)
	if len(l.Most) == 0 {
		return out
	}
	sub := expand(k, "recourse/weight-most/v1")
	block, err := aes.NewCipher(sub[:])
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	for i, n := range l.Most {
		out = append(out, make([]byte, mostSize)...)
		ordered(block, i, n, out[len(out)-mostSize:])
	}
	return out
}

// ordered writes the nth number as 64 symbols of two bits, the highest first.
func ordered(block cipher.Block, nth int, number uint64, out []byte) {
	var in, sum [aes.BlockSize]byte
	in[0] = byte(nth)
	for bit := range 64 {
		in[1] = byte(bit)
		before := number >> (63 - bit)
		binary.BigEndian.PutUint64(in[8:], before>>1)
		block.Encrypt(sum[:], in[:])
		symbol := (binary.BigEndian.Uint64(sum[:])%3 + before&1) % 3
		out[bit/4] |= byte(symbol) << (2 * (bit % 4))
	}
}

// Worse reports whether a load is worse than the one whose weight under the key is
// given, or cannot be compared with it.
func Worse(k Key, weight []byte, l Load) bool {
	now := Weigh(k, l)
	if len(weight) != len(now) || !slices.Equal(weight[:sameSize], now[:sameSize]) {
		return true
	}
	for at := sameSize; at < len(now); at += mostSize {
		if grown(weight[at:at+mostSize], now[at:at+mostSize]) {
			return true
		}
	}
	return false
}

// grown reports whether the first of two numbers is the smaller: where they
// differ first, the one with the bit is one more, modulo three.
func grown(old, now []byte) bool {
	for bit := range 64 {
		a, b := old[bit/4]>>(2*(bit%4))&3, now[bit/4]>>(2*(bit%4))&3
		if a != b {
			return b == (a+1)%3
		}
	}
	return false
}

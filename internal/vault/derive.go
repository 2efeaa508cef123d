package vault

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"recourse/internal/fault"
	"recourse/internal/seal"
)

// What each derivation is bound to. A text is never used for two things.
const (
	domainKey       = "recourse/rec/v1"
	domainToken     = "recourse/token/v1"
	domainPseudonym = "recourse/pseudonym/v1"
	domainSourceRef = "recourse/source-ref/v1"
	domainDecision  = "recourse/decision/v1"
	domainMatter    = "recourse/matter/v1"
	domainSeedMark  = "recourse/seed-mark/v1"
)

// leafKey returns HKDF-SHA-256(ikm, no salt, "recourse/rec/v1" ‖ record ‖
// version), 32 bytes: one round of expansion (RFC 5869).
func leafKey(ikm *[32]byte, p *Place) seal.Key {
	var info [len(domainKey) + 16 + 4 + 1]byte
	copy(info[:], domainKey)
	copy(info[len(domainKey):], p.Record[:])
	binary.BigEndian.PutUint32(info[len(domainKey)+16:], uint32(p.Version))
	info[len(info)-1] = 1 // the counter of the round
	var salt [32]byte     // no salt is a salt of zeros
	prk := shortMAC(&salt, ikm[:])
	return shortMAC(&prk, info[:])
}

// seedMark returns the first eight bytes, big-endian, of
// HMAC-SHA-256(seed, "recourse/seed-mark/v1").
func seedMark(seed *[32]byte) SeedMark {
	sum := shortMAC(seed, []byte(domainSeedMark))
	return SeedMark(binary.BigEndian.Uint64(sum[:]))
}

// shortMAC is HMAC-SHA-256 of at most 64 bytes under a 32-byte key. It is written
// out because the general one allocates, and this runs for each content opened.
func shortMAC(key *[32]byte, data []byte) [32]byte {
	const inner, outer = 0x36, 0x5c
	var b [128]byte
	copy(b[:], key[:])
	for i := range b[:64] {
		b[i] ^= inner
	}
	n := 64 + copy(b[64:], data)
	sum := sha256.Sum256(b[:n])
	for i := range b[:64] {
		b[i] ^= inner ^ outer
	}
	copy(b[64:], sum[:])
	return sha256.Sum256(b[:64+len(sum)])
}

// tokens returns HMAC-SHA-256(key, "recourse/token/v1" ‖ id), cut to 16 bytes,
// for each id, into the places that at returns.
func tokens(key *[32]byte, ids [][]byte, at func(i int) *[Size]byte) {
	m := hmac.New(sha256.New, key[:])
	var sum [sha256.Size]byte
	for i, id := range ids {
		m.Reset()
		m.Write([]byte(domainToken))
		m.Write(id)
		copy(at(i)[:], m.Sum(sum[:0]))
	}
}

// macs returns HMAC-SHA-256(HKDF-SHA-256(seed, no salt, domain ‖ body), datum),
// cut to 16 bytes, for each datum.
func (v *Vault) macs(seed *[32]byte, domain string, body [16]byte, data [][]byte) ([]Mac, error) {
	key, err := v.bodies.key(seed, domain, body)
	if err != nil {
		return nil, fault.Of(err)
	}
	out := make([]Mac, len(data))
	for i, datum := range data {
		var sum [32]byte
		if len(datum) <= sha256.BlockSize {
			sum = shortMAC(&key, datum)
		} else {
			m := hmac.New(sha256.New, key[:])
			m.Write(datum)
			m.Sum(sum[:0])
		}
		copy(out[i][:], sum[:])
	}
	return out, nil
}

// bodyKeys keeps the keys of bodies, which every answer with records needs. They
// live as long as the seeds that they are made of and tell nothing more.
type bodyKeys struct {
	mu   sync.RWMutex
	keys map[bodyKey][32]byte
}

type bodyKey struct {
	domain string
	body   [16]byte
}

// mostBodyKeys bounds what a caller with made-up bodies can fill.
const mostBodyKeys = 4096

func (b *bodyKeys) key(seed *[32]byte, domain string, body [16]byte) ([32]byte, error) {
	of := bodyKey{domain, body}
	b.mu.RLock()
	key, ok := b.keys[of]
	b.mu.RUnlock()
	if ok {
		return key, nil
	}
	made, err := hkdf.Key(sha256.New, seed[:], nil, domain+string(body[:]), len(key))
	if err != nil {
		return key, err
	}
	copy(key[:], made)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.keys == nil || len(b.keys) >= mostBodyKeys {
		b.keys = map[bodyKey][32]byte{}
	}
	b.keys[of] = key
	return key, nil
}

// bounds refuses a call that is too long, before anything is done.
func bounds(n int) error {
	if n > MaxBatch {
		return fault.Newf(fault.Invalid, "E-VAULT-BOUNDS",
			"The vault was asked for %d things in one call and takes at most %d. Nothing was done. Ask in smaller batches.", n, MaxBatch)
	}
	return nil
}

func boundsOf(data [][]byte) error {
	for _, d := range data {
		if len(d) > MaxBytes {
			return fault.Newf(fault.Invalid, "E-VAULT-BOUNDS",
				"The vault was given a value of %d bytes and takes at most %d. Nothing was done.", len(d), MaxBytes)
		}
	}
	return bounds(len(data))
}

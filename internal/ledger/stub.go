package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/when"
)

// ErrStub is returned for a stub that is none, that another body was given, or that
// is too old: alike.
var ErrStub = fault.New(fault.NotFound, "E-LOG-STUB", "There is no receipt for this. A stub is as the answer gave it, is taken from the same body only, and for fourteen days.")

// stubDays is how many days after its own a stub is taken. It ends while every row is
// still there, whomever it is about.
const stubDays = 14

// stubSize is a day, a nonce, a sealed key and its tag.
const stubSize = 4 + 12 + 32 + 16

// Stubs writes and reads stubs: what a body that asked gets the receipt of its answer
// for, once the answer's row is in the log. A stub is the key of the row, sealed for
// the body, under a key of its day: it costs no row, and is of one length and tells
// nothing whatever was answered. It is safe for concurrent use.
type Stubs struct {
	secret [32]byte
	chance io.Reader
	today  atomic.Pointer[stubDay]
}

// NewStubs returns the Stubs of a secret that all servers of a registry share.
func NewStubs(secret [32]byte, chance io.Reader) *Stubs {
	return &Stubs{secret: secret, chance: chance}
}

type stubDay struct {
	day  when.Date
	aead cipher.AEAD
}

// under returns the sealer of a day, which is kept for the newest day alone.
func (s *Stubs) under(day when.Date) (cipher.AEAD, error) {
	last := s.today.Load()
	if last != nil && last.day == day {
		return last.aead, nil
	}
	key, err := hkdf.Expand(sha256.New, s.secret[:], "recourse/stub/v1"+day.String(), 32)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of stubs: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of stubs: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of stubs: %w", err)
	}
	if last == nil || last.day < day {
		s.today.CompareAndSwap(last, &stubDay{day, aead})
	}
	return aead, nil
}

// Stub is inquiry.Stubs.Stub.
func (s *Stubs) Stub(b ref.Body, p ref.Person, row ref.Inquiry, now time.Time) (string, error) {
	day := dayOf(now)
	aead, err := s.under(day)
	if err != nil {
		return "", err
	}
	out := binary.BigEndian.AppendUint32(make([]byte, 0, stubSize), uint32(day))[:16]
	if _, err := io.ReadFull(s.chance, out[4:]); err != nil {
		return "", fmt.Errorf("writing a stub: %w", err)
	}
	plain := append(append(make([]byte, 0, 32), p[:]...), row[:]...)
	return base64.RawURLEncoding.EncodeToString(aead.Seal(out, out[4:], plain, b[:])), nil
}

// Row is inquiry.Stubs.Row.
func (s *Stubs) Row(b ref.Body, stub string, now time.Time) (ref.Person, ref.Inquiry, error) {
	k, err := s.Read(b, stub, now)
	return k.Stream, k.Event, err
}

// Read returns the row that a stub stands for, or ErrStub.
func (s *Stubs) Read(b ref.Body, stub string, now time.Time) (Key, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(stub)
	if err != nil || len(raw) != stubSize {
		return Key{}, ErrStub
	}
	day, today := when.Date(binary.BigEndian.Uint32(raw)), dayOf(now)
	if day > today || day.AddDays(stubDays) < today {
		return Key{}, ErrStub
	}
	aead, err := s.under(day)
	if err != nil {
		return Key{}, err
	}
	plain, err := aead.Open(nil, raw[4:16], raw[16:], b[:])
	if err != nil {
		return Key{}, ErrStub
	}
	return Key{Stream: [16]byte(plain[:16]), Event: [16]byte(plain[16:])}, nil
}

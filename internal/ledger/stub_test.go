package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"recourse/internal/ledger"
	"recourse/internal/ref"
)

// TestStubs: a stub is read by the body that it was written for, on any server of the
// registry, for fourteen days; by nobody else, and not altered. All are of one length.
func TestStubs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC)
	secret, body, person, look := [32]byte{1}, ref.Body{2}, ref.Person{3}, ref.Inquiry{4}
	row := ledger.Key{Stream: person, Event: look}
	one := ledger.NewStubs(secret, rand.Reader)
	stub, err := one.Stub(body, person, look, now)
	if err != nil || len(stub) != 86 {
		t.Fatalf("%d characters, %v", len(stub), err)
	}
	if again, err := one.Stub(body, person, look, now); err != nil || again == stub || len(again) != len(stub) {
		t.Errorf("two stubs of one row: %v", err)
	}
	other := ledger.NewStubs(secret, rand.Reader)
	for _, at := range []time.Time{now, now.Add(time.Second), now.AddDate(0, 0, 14)} {
		if got, err := other.Read(body, stub, at); err != nil || got != row {
			t.Errorf("%v: %v %v", at, got, err)
		}
	}
	flipped := func(i int) string {
		b := []byte(stub)
		b[i] ^= 1
		return string(b)
	}
	for name, read := range map[string]func() (ledger.Key, error){
		"another body":       func() (ledger.Key, error) { return one.Read(ref.Body{9}, stub, now) },
		"another registry":   func() (ledger.Key, error) { return ledger.NewStubs([32]byte{9}, rand.Reader).Read(body, stub, now) },
		"after fifteen days": func() (ledger.Key, error) { return one.Read(body, stub, now.AddDate(0, 0, 15)) },
		"before its day":     func() (ledger.Key, error) { return one.Read(body, stub, now.AddDate(0, 0, -1)) },
		"another day":        func() (ledger.Key, error) { return one.Read(body, flipped(4), now) },
		"a bit of it":        func() (ledger.Key, error) { return one.Read(body, flipped(40), now) },
		"cut":                func() (ledger.Key, error) { return one.Read(body, stub[:84], now) },
		"none":               func() (ledger.Key, error) { return one.Read(body, "", now) },
		"long":               func() (ledger.Key, error) { return one.Read(body, strings.Repeat(stub, 100), now) },
	} {
		if got, err := read(); !errors.Is(err, ledger.ErrStub) || got != (ledger.Key{}) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	if _, err := ledger.NewStubs(secret, bytes.NewReader(nil)).Stub(body, person, look, now); err == nil {
		t.Error("a stub without chance")
	}
}

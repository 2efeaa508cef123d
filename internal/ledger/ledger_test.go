package ledger_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/ledger"
)

func TestLater_growsAndIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	last := now
	for n := range int32(100) {
		at := ledger.Later(n, now)
		if at.Before(last) || at.After(now.Add(time.Hour)) || !at.After(now) {
			t.Errorf("after %d attempts: %v", n, at.Sub(now))
		}
		last = at
	}
}

func TestSlotOf_staysInRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s [16]byte
		copy(s[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "stream"))
		if n := ledger.SlotOf(s); n < 0 || n >= ledger.Slots {
			t.Fatalf("slot %d", n)
		}
	})
}

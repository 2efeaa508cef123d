package clock_test

import (
	"testing"
	"time"

	"recourse/internal/kit/clock"
)

func TestClock_shifts(t *testing.T) {
	t.Parallel()
	var c clock.Clock
	before := c.Now()
	c.Shift(48 * time.Hour)
	after := c.Now()
	if d := after.Sub(before); d < 48*time.Hour || d > 49*time.Hour {
		t.Errorf("the clock moved by %v", d)
	}
	if after.Location() != time.UTC || after.Nanosecond()%1000 != 0 {
		t.Errorf("%v is not UTC in microseconds", after)
	}
}

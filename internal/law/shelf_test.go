package law_test

import (
	"errors"
	"testing"
	"time"

	"recourse/internal/law"
)

func TestUnder_versionThenInForce(t *testing.T) {
	t.Parallel()
	p := &law.Pack{Version: "sample@1"}
	s := law.One(p)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if got := law.Under(s, "sample@1", now); got != p {
		t.Errorf("the version that was written: %v", got)
	}
	if _, known := s.Version("sample@0"); known {
		t.Error("a version that was never activated is known")
	}
	if got := law.Under(s, "sample@0", now); got != p {
		t.Errorf("a version that is not known, in place of the one in force: %v", got)
	}
}

func TestMade_oncePerPack(t *testing.T) {
	t.Parallel()
	var m law.Made[string]
	calls := 0
	from := func(p *law.Pack) (string, error) { calls++; return "of " + p.Version, nil }
	one, two := &law.Pack{Version: "1"}, &law.Pack{Version: "2"}
	for i, step := range []struct {
		p     *law.Pack
		want  string
		calls int
	}{{one, "of 1", 1}, {one, "of 1", 1}, {two, "of 2", 2}, {two, "of 2", 2}, {one, "of 1", 3}} {
		got, err := m.Of(step.p, from)
		if err != nil || got != step.want || calls != step.calls {
			t.Errorf("step %d: %q after %d calls, %v; want %q after %d", i, got, calls, err, step.want, step.calls)
		}
	}
	fails := func(*law.Pack) (string, error) { return "", errors.New("sample") }
	if _, err := m.Of(two, fails); err == nil {
		t.Error("the error is lost")
	}
	if got, err := m.Of(two, from); err != nil || got != "of 2" {
		t.Errorf("after an error: %q, %v", got, err)
	}
}

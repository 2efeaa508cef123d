package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"recourse/internal/fault"
)

func TestOf_hidesTheInside(t *testing.T) {
	t.Parallel()
	f := fault.Of(errors.New("password of the database"))
	if f.Kind != fault.Internal || strings.Contains(f.Text, "password") {
		t.Errorf("got kind %d, text %q", f.Kind, f.Text)
	}
}

func TestOf_findsTheFault(t *testing.T) {
	t.Parallel()
	base := fault.New(fault.Conflict, "E-KEY", "The key was used for something else.")
	err := fmt.Errorf("delivering: %w", base.At("Idempotency-Key").By("D4").Because(errors.New("cause")))
	f := fault.Of(err)
	if f.Field != "Idempotency-Key" || f.Rule != "D4" || !errors.Is(err, base) {
		t.Errorf("got %+v", f)
	}
	if base.Field != "" || base.Err != nil {
		t.Error("the original was changed")
	}
	if errors.Is(err, fault.New(fault.Conflict, "E-OTHER", "")) {
		t.Error("another code is not the same fault")
	}
}

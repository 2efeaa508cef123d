package party

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/internal/scheme"
	"recourse/internal/when"
)

func TestGenerationOn(t *testing.T) {
	t.Parallel()
	made := when.Of(2026, time.November, 22)
	for _, c := range []struct {
		today when.Date
		want  int32
	}{
		{made, 1},
		{when.Of(2026, time.December, 31), 1},
		{when.Of(2027, time.January, 1), 2},
		{when.Of(2027, time.December, 31), 2},
		{when.Of(2036, time.February, 29), 11},
		{when.Of(2025, time.December, 31), 1}, // a sandbox's clock may go back
	} {
		if got := GenerationOn(made, c.today); got != c.want {
			t.Errorf("on %s: %d, want %d", c.today, got, c.want)
		}
	}
}

func TestGenerationOn_oneAYear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		made := when.Date(rapid.Int32Range(0, 60_000).Draw(t, "made"))
		today := made + when.Date(rapid.Int32Range(0, 20_000).Draw(t, "later"))
		a, b := GenerationOn(made, today), GenerationOn(made, today.AddYears(1))
		if a < 1 || b != a+1 || GenerationOn(made, today+1) < a {
			t.Fatalf("%d, a year later %d", a, b)
		}
	})
}

func TestReadIdentity(t *testing.T) {
	t.Parallel()
	id, err := readIdentity([]byte(`{"id_type":"cn-id","id_number":"990000195001010016","name":"样本一","birth":"1950-01-01"}`))
	if err != nil || id.Type != scheme.CNID || id.Number != "990000195001010016" || id.Name != "样本一" {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{`{}`, `null`, `x`, `{"id_type":"cn-id","id_number":"990000195001010016"}`, `{"id_number":"1","name":"x"}`} {
		if _, err := readIdentity([]byte(bad)); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

package oversightweb_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"recourse/internal/kit/webkit"
	"recourse/internal/law"
	"recourse/internal/oversight"
	"recourse/internal/oversight/oversightpg"
	"recourse/internal/oversight/oversightweb"
	"recourse/internal/test/housetest"
	"recourse/internal/test/pgtest"
	"recourse/internal/when"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestFigures_beforeAnyQuarter: a registry that has closed none says so, and has no page and
// no file of one.
func TestFigures_beforeAnyQuarter(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	face, err := oversightweb.NewFigures(oversightpg.NewFigures(f.App), law.One(housetest.Pack(t)))
	if err != nil {
		t.Fatal(err)
	}
	serve := map[string]webkit.Handler{}
	for _, r := range face.Routes() {
		serve[r.Path] = r.Serve
	}
	for lang, want := range map[string]string{"en": "No quarter was published yet", "zh": "还没有公布过任何季度"} {
		v := webkit.Visit{Lang: lang, Now: f.Now(), Dates: webkit.Dates{Lang: lang, Zone: time.UTC}}
		reply, err := serve["/transparency"](t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := reply.(webkit.Page).Content.Render(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "<svg") {
			t.Errorf("in %s:\n%s", lang, out.String())
		}
	}
	if _, _, err := oversightpg.NewFigures(f.App).Figures(t.Context(), oversight.Quarter(when.Of(2026, 7, 1))); !errors.Is(err, oversight.ErrNoQuarter) {
		t.Errorf("a quarter that is not closed: %v", err)
	}
}

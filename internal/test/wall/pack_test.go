package wall_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"recourse/internal/fault"
	"recourse/internal/inquiry"
	"recourse/internal/law"
	"recourse/internal/law/lawpg"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/test/housetest"
)

// TestDisclose_underThePackInForce: of two servers one has not heard of the pack
// that was activated. Before its instant both answer under the old one; from the
// instant on the wall refuses the one that would still do so. An activation is
// there to be seen law.Lead before it, and a server that has seen it changes over
// by itself at the instant.
func TestDisclose_underThePackInForce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	if _, err := o.consent(t.Context(), o.people[0]); err != nil {
		t.Fatal(err)
	}
	desk := o.desk(t)
	first := law.Founding(o.pack, law.BuiltIn, o.Now().Add(-time.Hour))
	if err := desk.Activate(t.Context(), first, []byte("sample")); err != nil {
		t.Fatal(err)
	}
	line := timeline(t, first.Activated)
	deaf, heard := o.asking(o.App), o.asking(o.App)
	deaf.Shelf = line
	live := &law.Live{}
	live.Put(line)
	heard.Shelf = live

	next, err := law.Next(line, housetest.Pack(t, housetest.Reworded), nil, true, o.Now())
	if err != nil {
		t.Fatal(err)
	}
	next.From = o.Now().Add(time.Hour)
	if err := desk.Activate(t.Context(), next, []byte("sample")); err != nil {
		t.Fatal(err)
	}
	live.Put(timeline(t, first.Activated, next.Activated))

	ask := func(s *inquiry.Service, key string) (a inquiry.Answer, err error) {
		for range 20 { // a busy machine may take longer than the clock guard allows
			if a, err = s.Ask(t.Context(), o.bank, o.request(o.people[0], key), o.Now()); fault.Of(err).Code != "E-CLOCK" {
				break
			}
		}
		return a, err
	}
	for name, s := range map[string]*inquiry.Service{"deaf": deaf, "heard": heard} {
		if a, err := ask(s, "before "+name); err != nil || a.Pack != o.pack.Version || a.Outcome != inquiry.Records {
			t.Errorf("%s, before: %+v, %v", name, a, err)
		}
	}
	o.Move(t, 2*time.Hour)
	if a, err := ask(heard, "after heard"); err != nil || a.Pack != next.Pack.Version || a.Outcome != inquiry.Records {
		t.Errorf("heard, after: %+v, %v", a, err)
	}
	if a, err := ask(deaf, "after deaf"); fault.Of(err).Code != "E-PACK-OLD" || fault.Of(err).Kind != fault.Unavailable {
		t.Errorf("deaf, after: %+v, %v", a, err)
	}
	if n := housetest.Ask[int64](t, o.Fixture, "select count(*) from inquiry.access where pack = $1 and at >= $2", o.pack.Version, next.From); n != 0 {
		t.Errorf("%d access rows under the old pack after its end", n)
	}

	// Control: it is the newer activation that refuses, and nothing else.
	o.Exec(t, "delete from law.activation where number = 2")
	if a, err := ask(deaf, "control"); err != nil || a.Pack != o.pack.Version || a.Outcome != inquiry.Records {
		t.Errorf("control: %+v, %v", a, err)
	}
}

func timeline(t *testing.T, list ...law.Activated) *law.Timeline {
	t.Helper()
	line, err := law.NewTimeline(list)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// desk writes versions as the owner does.
func (o *office) desk(t *testing.T) *lawpg.Desk {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), o.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(t.Context()) })
	return lawpg.NewDesk(owner, ledgerpg.NewPublisher(nil, rand.Reader), rand.Reader)
}

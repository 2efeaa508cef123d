package dossierpg_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"recourse/internal/dossier"
	"recourse/internal/kit/pgkit"
	"recourse/internal/party"
	"recourse/internal/party/partypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
	"recourse/internal/when"
)

func TestErase_whenRetentionHasEnded(t *testing.T) {
	t.Parallel()
	h := open(t)
	noticed, shown := h.add(t, true), h.add(t, false)
	withdrawn := h.add(t, false)
	h.Exec(t, "update dossier.record set state = 'withdrawn', box = null, nonce = null, mark = null, weight = null where record = $1", withdrawn)
	other := h.register(t, housetest.Sample(t, 2), h.Today().AddYears(6))
	b, longer := h.batch(t, false), housetest.Mint[ref.Record](t)
	w := h.written(t, other, longer, 0)
	w.RetainEnd = w.RetainEnd.AddDays(5)
	b.New = []dossier.Written{h.sealed(t, w)}
	h.merge(t, b)
	last := h.Today().AddYears(3)
	h.tend(t, last)
	for _, r := range []ref.Record{noticed, shown, withdrawn, longer} {
		if got := h.row(t, r); got.Content != (r != withdrawn) || got.Erased {
			t.Errorf("erased on its last day: %v", got)
		}
	}
	h.tend(t, last+1)
	h.tend(t, last+1)
	for r, want := range map[ref.Record]string{noticed: "erased", shown: "erased", withdrawn: "erased", longer: "in force"} {
		if got := h.row(t, r); got.State != want || got.Content != (want != "erased") || got.Erased != (want == "erased") {
			t.Errorf("the day after: %v, want %s", got, want)
		}
	}
	if n := h.events(t, "dossier.erased"); n != 3 {
		t.Errorf("%d events of three erasures", n)
	}
	until, err := h.keeper.Until(t.Context(), []ref.Person{h.person, other})
	if diff := cmp.Diff(map[ref.Person]when.Date{other: last + 5}, until); diff != "" || err != nil {
		t.Errorf("what lasts: %v %s", err, diff)
	}
}

func TestErase_manyInBatches(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.batch(t, false)
	for range 2100 {
		b.New = append(b.New, h.written(t, h.person, housetest.Mint[ref.Record](t), 0))
	}
	h.merge(t, b)
	h.tend(t, h.Today().AddYears(3)+1)
	if n := h.count(t, "select count(*) from dossier.record where state = 'erased'"); n != 2100 || h.events(t, "dossier.erased") != 2100 {
		t.Errorf("%d erased of 2100, %d events", n, h.events(t, "dossier.erased"))
	}
}

// Erasing waits at the person's gate for an answer under way.
func TestErase_waitsForAnswers(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	h.MoveTo(t, h.Today().AddYears(3)+1)
	done := make(chan error, 1)
	err := pgx.BeginFunc(t.Context(), h.App, func(answer pgx.Tx) error {
		if _, err := answer.Exec(t.Context(), "select person from party.gate where person = $1 for share", h.person); err != nil {
			return err
		}
		go func() {
			_, err := h.ender.EraseOver(t.Context(), h.Today(), h.Now(), 10)
			done <- err
		}()
		h.keeperWaits(t)
		if !h.row(t, r).Content {
			t.Error("erased under an answer")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || h.row(t, r).Content {
		t.Errorf("%v, %v", err, h.row(t, r))
	}
}

func (h house) keeperWaits(t *testing.T) {
	t.Helper()
	eventually(t, "the keeper waits for a lock", func() bool {
		return h.count(t, "select count(*) from pg_stat_activity where datname = current_database() and usename = $1 and wait_event_type = 'Lock'", pgkit.Keeper) == 1
	})
}

func (h house) superExec(t *testing.T, sql string, args ...any) (string, error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), h.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	tag, err := conn.Exec(t.Context(), sql, args...)
	return tag.String(), err
}

func TestHolder_showsAndErases(t *testing.T) {
	t.Parallel()
	h := open(t)
	records := map[ref.Record]bool{}
	for range 5 {
		records[h.add(t, false)] = true
	}
	most, err := h.keeper.MaxLeaves(t.Context())
	if err != nil || len(most) != 1 || most[seal.NewEpoch(seal.Record, h.Today().AddYears(3))] < 4 {
		t.Errorf("highest leaves %v, %v", most, err)
	}
	var held []seal.Held
	for after := []byte(nil); ; {
		some, next, err := h.keeper.Held(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		held, after = append(held, some...), next
	}
	seen := map[ref.Record]bool{}
	for _, b := range held {
		if b.Subject.Person != h.person || b.Subject.Version != 1 {
			t.Errorf("held %v", b)
		}
		seen[ref.Record(b.Subject.Record)] = true
	}
	if diff := cmp.Diff(records, seen); diff != "" || len(held) != 5 {
		t.Fatalf("%d held: %s", len(held), diff)
	}
	other := held[1]
	other.Slot.Leaf += 1000 // another version took its place
	for range 2 {
		if err := h.keeper.Erase(t.Context(), []seal.Held{held[0], other}, h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if h.row(t, ref.Record(held[0].Subject.Record)).State != "erased" || h.row(t, ref.Record(held[1].Subject.Record)).State != "in force" {
		t.Error("erased what it should not, or did not erase what it should")
	}
	if left, _, err := h.keeper.Held(t.Context(), nil, 10); len(left) != 4 || err != nil {
		t.Errorf("%d held after one erasure, %v", len(left), err)
	}
	if n := h.events(t, "dossier.erased"); n != 1 {
		t.Errorf("%d events of one erasure", n)
	}
}

// A person's file ends at the moment in which a delivery brings a new record:
// behind the gate one of them comes first and the other sees it.
func TestEnd_againstMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		insert func(ctx context.Context, t *testing.T, h house, tx pgx.Tx, w dossier.Written)
		ended  bool
	}{
		{"a delivery", func(ctx context.Context, t *testing.T, h house, _ pgx.Tx, w dossier.Written) {
			b := h.batch(t, true)
			b.New = []dossier.Written{w}
			err := partypg.NewStore(h.App, housetest.Publisher(nil)).Register(ctx, nil, map[ref.Person]when.Date{w.Person: w.RetainEnd}, h.Now())
			if err := errors.Join(err, h.app.Merge(ctx, b)); err != nil {
				t.Error(err)
			}
		}, false},
		{"control: a record written without prolonging the file", func(ctx context.Context, t *testing.T, h house, tx pgx.Tx, w dossier.Written) {
			if _, err := tx.Exec(ctx, `insert into dossier.record (person, record, version, source, source_order, type, pack, negative, state, received_at, start_on, display_end, retain_end, epoch, leaf, mark, nonce, box)
				values ($1, $2, 1, $3, 1, 'sample', 'sample', true, 'noticed', now(), $4, $5, $6, $7, $8, $9, $10, $11)`, w.Person, w.Record, h.source,
				w.Start.Time(), w.DisplayEnd.Time(), w.RetainEnd.Time(), int64(w.Box.Epoch), int64(w.Box.Leaf), w.Mark[:], w.Box.Nonce[:], w.Box.Data); err != nil {
				t.Error(err)
			}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.MoveTo(t, h.Today().AddYears(6)+1)
			keeper := &party.Keeper{Store: partypg.NewKeeperStore(h.Keeper, housetest.Publisher(nil)), Sealer: h.keys, Tokener: h.keys, Forgetter: h.keys,
				Lasting: []party.Lasting{h.keeper}, Chance: rand.Reader}
			w := h.written(t, h.person, housetest.Mint[ref.Record](t), 0)
			end := make(chan error, 1)
			err := pgkit.Unit(t.Context(), h.App, func(ctx context.Context) error {
				return pgkit.Tx(ctx, h.App, func(tx pgx.Tx) error {
					c.insert(ctx, t, h, tx, w)
					go func() {
						_, err := keeper.End(t.Context(), h.Today(), h.Now())
						end <- err
					}()
					if c.ended {
						err := <-end // nothing holds it back
						end <- err
						return err
					}
					h.keeperWaits(t)
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-end; err != nil {
				t.Fatal(err)
			}
			if n := h.count(t, "select count(*) from party.person where person = $1", h.person); (n == 0) != c.ended {
				t.Errorf("%d files of a person with a new record", n)
			}
			if n := h.count(t, "select count(*) from dossier.record where person = $1", h.person); n != 1 {
				t.Errorf("%d records", n)
			}
		})
	}
}

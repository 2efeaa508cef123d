package dossierpg_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/internal/dossier"
	"recourse/internal/dossier/dossierpg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/test/housetest"
)

// show returns how the person sees one record.
func (h house) show(t *testing.T, r ref.Record) dossier.Shown {
	t.Helper()
	rows, err := h.app.Show(t.Context(), dossier.View{Person: h.person, Record: r, Part: dossier.Part{N: 1}, Access: housetest.Mint[ref.Inquiry](t), Pack: "sample", Now: h.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Record == r {
			return row.Shown
		}
	}
	t.Fatalf("record %s is not shown", r)
	return dossier.Shown{}
}

func TestShade(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.add(t, false)
	k := dossier.Key{Person: h.person, Record: r}
	due := h.Now().Add(time.Hour)
	shade := dossier.Shade{DisputedFrom: h.Now(), HideFrom: due, Why: dossier.Overdue}
	if there, err := h.app.Shade(t.Context(), k, shade); !there || err != nil {
		t.Fatal(there, err)
	}
	if got := h.show(t, r); !got.Visible || cmp.Diff(shade, got.Shade) != "" {
		t.Errorf("before its time: visible %v, %s", got.Visible, cmp.Diff(shade, got.Shade))
	}
	h.Move(t, 2*time.Hour)
	if got := h.show(t, r); got.Visible || !got.Hidden(h.Now()) {
		t.Error("when its time has come it is not hidden")
	}
	for _, c := range []struct {
		why  dossier.HideWhy
		want bool
	}{{dossier.Overdue, false}, {dossier.Correction, true}} {
		shade.Why = c.why
		if _, err := h.app.Shade(t.Context(), k, shade); err != nil {
			t.Fatal(err)
		}
		b := h.batch(t, false)
		b.Changed = []dossier.Written{h.written(t, h.person, r, h.show(t, r).Version)}
		h.merge(t, b)
		if got := h.show(t, r); got.Visible != c.want {
			t.Errorf("hidden because of %q, a new version is visible: %v", c.why, got.Visible)
		}
	}
	if there, err := h.app.Shade(t.Context(), dossier.Key{Person: h.person, Record: housetest.Mint[ref.Record](t)}, shade); there || err != nil {
		t.Error("what is not there was marked", err)
	}
}

// One function ends records before their day, for every reason: at once nobody sees
// them, the vault is asked for their leaves, and the refs stay blocked.
func TestEnd_early(t *testing.T) {
	t.Parallel()
	h := open(t)
	var list []dossier.Early
	for i, why := range []dossier.Why{dossier.TakenBack, dossier.Restored, dossier.OfAnother, dossier.ByOrder} {
		list = append(list, dossier.Early{Key: dossier.Key{Person: h.person, Record: h.add(t, i == 0)}, Why: why, Rule: "sample " + string(why)})
	}
	sum, found, err := h.app.Summary(t.Context(), list[0].Key)
	if err != nil || !found || sum.Source != h.source || sum.State != dossier.Noticed || sum.Version != 1 || !sum.Negative {
		t.Errorf("%+v %v %v", sum, found, err)
	}
	other := dossier.Early{Key: dossier.Key{Person: h.person, Record: housetest.Mint[ref.Record](t)}, Why: dossier.TakenBack, Rule: "sample"}
	for again, want := range []int{len(list), 0} {
		got, err := dossierpg.NewEnder(h.app, h.keys).End(t.Context(), append(slices.Clone(list), other), h.Now())
		if err != nil || len(got) != want {
			t.Fatalf("round %d: ended %d, %v", again, len(got), err)
		}
	}
	for _, one := range list {
		got := h.row(t, one.Record)
		if got.State != string(one.Why.State()) || got.Content || got.Erased {
			t.Errorf("%s: %+v", one.Why, got)
		}
		said := housetest.Ask[string](t, h.Fixture, "select ended_why || ', ' || ended_rule from dossier.record where record = $1", one.Record)
		if n := h.count(t, "select count(*) from vault.intent where reason = $1 and person = $2", string(one.Why), h.person); n != 1 || said != string(one.Why)+", "+one.Rule {
			t.Errorf("%s: %d leaves to forget, the row says %q", one.Why, n, said)
		}
	}
	if w, r := h.events(t, "dossier.withdrawn"), h.events(t, "dossier.repaired"); w != 3 || r != 1 {
		t.Errorf("%d and %d events", w, r)
	}
	if _, err := h.superExec(t, "update dossier.record set state = 'repaired', ended_why = 'withdrawn' where record = $1", list[1].Record); pgkit.Code(err) != pgkit.CheckViolation {
		t.Errorf("repaired for another reason: %v", err)
	}
}

package app_test

import (
	"context"
	"log/slog"
	"testing"

	"recourse/internal/app"
	"recourse/internal/fault"
	"recourse/internal/law"
	"recourse/internal/when"
)

// TestOffice_declares: an outage is declared for days on which the ledger shows nothing,
// once, and both who keep clocks are given it to do. A day on which something was done,
// here that the registry was founded, is refused.
func TestOffice_declares(t *testing.T) {
	t.Parallel()
	cfg := app.Config{DataDir: t.TempDir() + "/data", Mode: app.Sandbox, Listen: "127.0.0.1:0", Pack: "cn-hubei", Database: app.Database{NoSync: true}}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	h, err := app.Open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	founded := h.Shelf.At(h.Now()).Today(h.Now())
	h.Exec(t, "insert into house.clock_shift (mode, shift) values ('sandbox', '3 days')")
	if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	o, err := app.OpenOffice(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	declare := func(from, to when.Date) error {
		t.Helper()
		_, err := o.Declare(t.Context(), from, to, law.NoPower)
		if err != nil && fault.Of(err).Code != "E-OUTAGE" {
			t.Fatal(err)
		}
		return err
	}
	if declare(founded, founded) == nil {
		t.Error("on the day on which the registry was founded nobody could work")
	}
	took := founded - 9 // of the days before some were worked on
	for declare(took, took) != nil {
		if took++; took == founded {
			t.Fatal("none of nine days can be an outage")
		}
	}
	if declare(took, took) == nil {
		t.Error("it was declared twice")
	}
	list, err := o.Outages(t.Context())
	if err != nil || len(list) != 1 || list[0].From != took || list[0].To != took || list[0].Days != 1 || list[0].Cause != law.NoPower {
		t.Errorf("%+v %v", list, err)
	}
	if err := o.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	app.Repair(t, cfg, `do $$ begin
		if (select array_agg(consumer order by consumer) from ledger.outbox) is distinct from array['dispute.excuse', 'repair.excuse'] then raise 'what follows was not queued'; end if;
	end $$`)
}

package inquirypg_test

import (
	"sync"
	"testing"

	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// TestMisused_atOnce asks about many persons in one case at the same time, through two
// servers, and then once more by the same keys: the case names as many as it may, each
// other inquiry is one event of the journal, and a repeat is none.
func TestMisused_atOnce(t *testing.T) {
	t.Parallel()
	f := housetest.DB(t)
	const many, may = 24, 3
	servers := []*inquirypg.Store{inquirypg.NewStore(f.App), inquirypg.NewStore(f.App)}
	asks := make([]inquiry.Ask, many)
	for i := range asks {
		person := housetest.Mint[ref.Person](t)
		f.Exec(t, "insert into party.gate (person) values ($1)", person)
		asks[i] = inquiry.Ask{Person: person, Access: housetest.Mint[ref.Inquiry](t), Body: f.Bodies["hubei-health"].ID, Purpose: "sample", Basis: inquiry.Statute, Right: true,
			Pack: "sample", Types: []string{"sample"}, Matter: inquiry.Matter{Mark: [16]byte{1}, Subject: [16]byte(housetest.Mint[ref.Person](t)), Persons: may},
			Trace: seal.Box{Epoch: 1, Leaf: seal.Leaf(i), Data: []byte("sample")}}
	}
	round := func() (answered int) {
		outcomes := make([]inquiry.Told, many)
		var wg sync.WaitGroup
		for i, a := range asks {
			a.Spare, a.Now = housetest.Mint[ref.Inquiry](t), f.Now()
			wg.Go(func() {
				var err error
				for range many { // of those who meet on one case the others are asked anew; see Store.Disclose
					if outcomes[i], err = servers[i%len(servers)].Disclose(t.Context(), a); err == nil {
						return
					}
				}
				t.Error(err)
			})
		}
		wg.Wait()
		for _, told := range outcomes {
			if told.Outcome != inquiry.NotAnswered {
				answered++
			}
		}
		return answered
	}
	events := func() int {
		return housetest.Ask[int](t, f, "select count(*) from ledger.journal where kind = 'inquiry.case-misused' and stream = $1", f.Bodies["hubei-health"].ID)
	}
	if answered := round(); answered != may || events() != many-may {
		t.Errorf("%d are answered, and there are %d events of %d inquiries", answered, events(), many)
	}
	if answered := round(); answered != may || events() != many-may {
		t.Errorf("by the same keys %d are answered, and there are %d events", answered, events())
	}
	if n := housetest.Ask[int](t, f, "select count(*) from inquiry.matter"); n != may {
		t.Errorf("the case names %d persons", n)
	}
	if n := housetest.Ask[int](t, f, "select count(*) from inquiry.access"); n != 2*many {
		t.Errorf("%d rows of %d looks", n, 2*many)
	}
}

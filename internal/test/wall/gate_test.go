package wall_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"recourse/internal/consent"
	"recourse/internal/inquiry"
	"recourse/internal/inquiry/inquirypg"
	"recourse/internal/kit/pgkit"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/test/housetest"
)

// lane is one of several that race at the same time: a person, pools of its own
// that can be told apart in the catalogs, and a connection that looks.
type lane struct {
	*office
	person filed
	asks   *inquiry.Service
	stops  *consent.Service
	stop   *pgxpool.Pool
	name   string
	look   *pgx.Conn
}

func lanes(t *testing.T, o *office, n int) (all []*lane) {
	for i := range n {
		name := fmt.Sprintf("lane%d", i)
		l := &lane{office: o, person: o.people[i], name: name, stop: pool(t, o.Fixture, pgkit.App, name+"stop"), look: connect(t, o.Fixture, "")}
		l.asks, l.stops = o.asking(pool(t, o.Fixture, pgkit.App, name+"ask")), o.consenting(l.stop)
		all = append(all, l)
	}
	return all
}

// waits returns when a connection of this lane waits for a lock that another
// holds. It asks the catalogs and does not sleep.
func (l *lane) waits(ctx context.Context, part string) error {
	for {
		var is bool
		err := l.look.QueryRow(ctx, `select exists (select from pg_stat_activity a where a.application_name = $1 and a.datname = current_database()
			and a.wait_event_type = 'Lock' and cardinality(pg_blocking_pids(a.pid)) > 0)`, l.name+part).Scan(&is)
		if err != nil || is {
			return err
		}
	}
}

type answered struct {
	inquiry.Answer
	err error
}

func (l *lane) ask(ctx context.Context, key string) <-chan answered {
	out := make(chan answered, 1)
	go func() {
		a, err := l.asks.Ask(ctx, l.bank, l.request(l.person, key), l.Now())
		out <- answered{a, err}
	}()
	return out
}

// revokedWhileWaiting lets an inquiry arrive at the gate while a stop of the
// consent holds it, lets the stop commit, and returns what the inquiry answers.
func (l *lane) revokedWhileWaiting(t *testing.T, key string) (inquiry.Outcome, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	given, err := l.consent(ctx, l.person)
	if err != nil {
		return 0, err
	}
	var answer <-chan answered
	err = pgkit.Unit(ctx, l.stop, func(ctx context.Context) error {
		if err := l.stops.Stop(ctx, l.person.id, given, l.Now()); err != nil {
			return err
		}
		answer = l.ask(t.Context(), key)
		return l.waits(ctx, "ask")
	})
	if err != nil {
		return 0, err
	}
	a := <-answer
	return a.Outcome, a.err
}

// race runs rounds over several lanes at once and counts the outcomes.
func race(t *testing.T, o *office, rounds int) map[inquiry.Outcome]int {
	t.Helper()
	const width = 8
	var mu sync.Mutex
	got := map[inquiry.Outcome]int{}
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, l := range lanes(t, o, width) {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(rounds) && !t.Failed(); n = next.Add(1) {
				outcome, err := l.revokedWhileWaiting(t, fmt.Sprint("race-", n))
				if err != nil {
					t.Errorf("round %d: %v", n, err)
					return
				}
				mu.Lock()
				got[outcome]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return got
}

// rounds is how often a race is run.
const rounds = 1000

func TestGate_revokeWhileWaiting(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 8)
	before := housetest.Ask[int](t, o.Fixture, "select count(*)::int from inquiry.access")
	got := race(t, o, rounds)
	if got[inquiry.NotAnswered] != rounds {
		t.Errorf("of %d inquiries over which a revoke was committed: %v", rounds, got)
	}
	if rows := housetest.Ask[int](t, o.Fixture, "select count(*)::int from inquiry.access where outcome = 0") - before; rows != rounds {
		t.Errorf("%d access rows say that nothing was answered, want %d", rows, rounds)
	}
	t.Logf("%d of %d not answered", got[inquiry.NotAnswered], rounds)
	keepRace(t, "a revoke commits while an inquiry waits: not answered", rounds, got[inquiry.NotAnswered])
}

// oneStatement makes disclose read with the snapshot that it had when it began
// to wait: gate and reading in one statement.
func oneStatement(t *testing.T, f *housetest.Fixture) {
	t.Helper()
	def := housetest.Ask[string](t, f, "select pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = 'inquiry'::regnamespace and p.proname = 'disclose'")
	for _, r := range [][2]string{
		{"perform 1 from party.gate g where g.person = any (p_person) for share;", "null;"},
		{"with asked as materialized (", "with gate as materialized (select 1 from party.gate g where g.person = any (p_person) for share), asked as materialized ("},
		{"from house.mode m,", "from (select count(*) from gate) g, house.mode m,"},
	} {
		if strings.Count(def, r[0]) != 1 {
			t.Fatalf("disclose has %d times %q: mend the control", strings.Count(def, r[0]), r[0])
		}
		def = strings.Replace(def, r[0], r[1], 1)
	}
	f.Exec(t, def)
}

// The control: the same race, with gate and reading in one statement.
func TestGate_control(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 8)
	oneStatement(t, o.Fixture)
	const n = rounds
	got := race(t, o, n)
	if got[inquiry.Records] < n*9/10 {
		t.Errorf("with one statement %d of %d revoked inquiries are answered: the race does not happen", got[inquiry.Records], n)
	}
	t.Logf("control: %d of %d answered after the revoke", got[inquiry.Records], n)
	keepRace(t, "control, gate and reading in one statement: answered after the revoke", n, got[inquiry.Records])
}

// An inquiry that came first makes the revoke wait until its answer is committed.
func TestGate_inquiryFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 4)
	n := 100
	if os.Getenv("RECOURSE_LONG") != "" {
		n = rounds
	}
	var wg sync.WaitGroup
	for _, l := range lanes(t, o, 4) {
		wg.Go(func() {
			for i := range n / 4 {
				if err := l.inquiryFirst(t, i); err != nil {
					t.Errorf("round %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	keepRace(t, "an inquiry holds the gate: the revoke waits, then nothing is answered", 100, 100) // as often as make test
}

func (l *lane) inquiryFirst(t *testing.T, i int) error {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	given, err := l.consent(ctx, l.person)
	if err != nil {
		return err
	}
	tx, err := l.stop.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	arg := l.disclosing(ctx, l.person, fmt.Sprint("first-", i))
	got, err := inquirypg.New().Disclose(ctx, tx, arg)
	if err != nil || got[0].Outcome != int16(inquiry.Records) {
		return fmt.Errorf("the inquiry got %d rows, %w", len(got), err)
	}
	other := l.consenting(l.App)
	stopped := make(chan error, 1)
	go func() { stopped <- other.Stop(ctx, l.person.id, given, l.Now()) }()
	// The stop waits on the shared pool: whoever the inquiry's connection blocks.
	for is := false; !is; {
		if err := l.look.QueryRow(ctx, "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)))", tx.Conn().PgConn().PID()).Scan(&is); err != nil {
			return err
		}
	}
	select {
	case err := <-stopped:
		return fmt.Errorf("the revoke did not wait: %w", err)
	default:
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	if err := <-stopped; err != nil {
		return err
	}
	a := <-l.ask(ctx, fmt.Sprint("after-", i))
	if a.err != nil || a.Outcome != inquiry.NotAnswered {
		return fmt.Errorf("after the revoke: %v, %w", a.Outcome, a.err)
	}
	return nil
}

// disclosing is a call of the store's own statement.
func (l *lane) disclosing(ctx context.Context, p filed, key string) inquirypg.DiscloseParams {
	access, spare := ref.Inquiry{1}, ref.Inquiry{2}
	copy(access[1:], key+l.name)
	copy(spare[1:], key+l.name)
	return inquirypg.Disclosing([]inquiry.Ask{{Person: p.id, Access: access, Spare: spare, Now: l.Now(), Body: l.bank.Body.ID, Purpose: purpose, Basis: inquiry.Consent,
		Right: true, Pack: l.pack.Version, Types: []string{recordType}, Matter: inquiry.Matter{Mark: access, Subject: spare}, Trace: seal.Box{Epoch: 1, Leaf: 1, Data: []byte("x")}}}, true)
}

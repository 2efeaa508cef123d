package vault_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/vault"
	"recourse/internal/vault/vaulttest"
)

// book keeps leases and intents in memory and checks what it is told.
type book struct {
	t       testing.TB
	mu      sync.Mutex
	next    map[seal.Epoch]seal.Leaf
	leases  int
	intents []vault.Wanted
	fail    error
	entered func() // called in the middle of Leased
}

func (b *book) Leased(_ context.Context, list []vault.Counter, seq int64) error {
	if b.entered != nil {
		b.entered()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	for _, c := range list {
		if c.Next <= b.next[c.Epoch] || seq == 0 || c.Seed == 0 {
			b.t.Errorf("lease %+v at %d after %d", c, seq, b.next[c.Epoch])
		}
		b.next[c.Epoch] = c.Next
		b.leases++
	}
	return nil
}

func (b *book) Intend(_ context.Context, list []vault.Wanted) error {
	b.intents = append(b.intents, list...)
	return b.fail
}

func newSealer(t testing.TB, v vault.Deriver) (*vault.Sealer, *book) {
	t.Helper()
	b := &book{t: t, next: map[seal.Epoch]seal.Leaf{}}
	s, err := vault.NewSealer(vault.SealerConfig{Vault: v, Book: b, Intents: b, Minter: vaulttest.Seeded(3), First: 4, Most: 64})
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func content(i int, e seal.Epoch) seal.Content {
	return seal.Content{Subject: seal.Subject{Person: [16]byte{byte(i)}, Record: [16]byte{byte(i >> 8), byte(i)}, Version: int32(i%3 + 1)}, Epoch: e, Plain: fmt.Appendf(nil, "synthetic %d", i)}
}

func sealed(contents []seal.Content, boxes []seal.Box) []seal.Sealed {
	out := make([]seal.Sealed, len(boxes))
	for i := range boxes {
		out[i] = seal.Sealed{Subject: contents[i].Subject, Box: boxes[i]}
	}
	return out
}

func TestSealer_closesAndOpens(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	s, b := newSealer(t, v)
	var contents []seal.Content
	for i := range vault.MaxBatch + 500 { // more than the vault takes at once
		contents = append(contents, content(i, seal.NewEpoch(seal.Record, vaulttest.Today.AddDays(i%7/3))))
	}
	boxes, err := s.Close(t.Context(), contents)
	if err != nil {
		t.Fatal(err)
	}
	used := map[seal.Slot]bool{}
	for i, box := range boxes {
		slot := seal.Slot{Epoch: box.Epoch, Leaf: box.Leaf}
		if used[slot] || box.Epoch != contents[i].Epoch || box.Leaf >= b.next[box.Epoch] {
			t.Fatalf("box %d is in slot %v, leased up to %d", i, slot, b.next[box.Epoch])
		}
		used[slot] = true
	}
	opened, err := s.Open(t.Context(), sealed(contents, boxes))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range opened {
		if o.Gone || string(o.Plain) != string(contents[i].Plain) {
			t.Fatalf("box %d opened as %q", i, o.Plain)
		}
	}
	if b.leases > 200 { // 64 leaves at once, after a few smaller ones
		t.Errorf("%d leases for %d boxes", b.leases, len(boxes))
	}
	if none, err := s.Close(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("nothing closed as %v, %v", none, err)
	}
}

func TestSealer_whatIsGone(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	s, _ := newSealer(t, v)
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	contents := []seal.Content{content(1, e), content(2, e)}
	boxes, err := s.Close(t.Context(), contents)
	if err != nil {
		t.Fatal(err)
	}
	slot := seal.Slot{Epoch: e, Leaf: boxes[0].Leaf}
	if _, err := v.Puncture(t.Context(), []vault.Intent{{Seq: 1, Slot: slot}}); err != nil {
		t.Fatal(err)
	}
	opened, err := s.Open(t.Context(), sealed(contents, boxes))
	if err != nil || !opened[0].Gone || opened[0].Plain != nil || opened[1].Gone {
		t.Errorf("opened %v, %v", opened, err)
	}
	marks, err := s.Fingerprints(t.Context(), []seal.Marking{{Subject: contents[0].Subject, Slot: slot}, {Subject: contents[1].Subject, Slot: seal.Slot{Epoch: e, Leaf: boxes[1].Leaf}}})
	if err != nil || !marks[0].Gone || marks[1].Gone {
		t.Errorf("marked %v, %v", marks, err)
	}
	altered := sealed(contents, boxes)
	altered[1].Subject.Person[0]++ // moved to another person's row
	if _, err := s.Open(t.Context(), altered); fault.Of(err).Code != "E-VAULT-BOX" || !errors.Is(err, seal.ErrOpen) {
		t.Errorf("a row that was moved: %v", err)
	}
	// The day passes while leaves of it are still leased.
	if _, err := v.Expire(t.Context(), vaulttest.Today+1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Close(t.Context(), contents); fault.Of(err).Code != "E-VAULT-ENDED" {
		t.Errorf("closed under a day that has passed: %v", err)
	}
	if opened, err := s.Open(t.Context(), sealed(contents, boxes)); err != nil || !opened[1].Gone {
		t.Errorf("opened %v after its day, %v", opened, err)
	}
}

func TestSealer_fingerprints(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	s, _ := newSealer(t, v)
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	contents := []seal.Content{content(1, e), content(1, e)}
	boxes, err := s.Close(t.Context(), contents)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(i int, subject seal.Subject, plain string) seal.Marking {
		return seal.Marking{Subject: subject, Slot: seal.Slot{Epoch: e, Leaf: boxes[i].Leaf}, Content: []byte(plain)}
	}
	other := contents[0].Subject
	other.Version++
	got, err := s.Fingerprints(t.Context(), []seal.Marking{ask(0, contents[0].Subject, "a"), ask(0, contents[0].Subject, "a"),
		ask(0, contents[0].Subject, "b"), ask(1, contents[0].Subject, "a"), ask(0, other, "a")})
	if err != nil || got[0] != got[1] {
		t.Fatalf("the same content has marks %v and %v, %v", got[0], got[1], err)
	}
	for i, m := range got[2:] {
		if m == got[0] {
			t.Errorf("mark %d is the mark of something else", i+2)
		}
	}
}

func TestSealer_atOnce(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	s, _ := newSealer(t, v)
	var mu sync.Mutex
	used := map[seal.Slot]bool{}
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			for i := range 50 {
				e := seal.NewEpoch(seal.Record, vaulttest.Today.AddDays(i%3))
				contents := []seal.Content{content(c, e), content(i, e+1), content(i, e)}
				boxes, err := s.Close(t.Context(), contents)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, b := range boxes {
					slot := seal.Slot{Epoch: b.Epoch, Leaf: b.Leaf}
					if used[slot] {
						t.Errorf("%v was used twice", slot)
					}
					used[slot] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(used) != 8*50*3 {
		t.Errorf("%d slots", len(used))
	}
}

func TestSealer_whenLeasingFails(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	s, b := newSealer(t, v)
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	b.fail = errMedium
	if _, err := s.Close(t.Context(), []seal.Content{content(1, e)}); !errors.Is(err, errMedium) {
		t.Fatalf("closed without the book: %v", err)
	}
	b.fail = nil
	boxes, err := s.Close(t.Context(), []seal.Content{content(1, e)})
	if err != nil || boxes[0].Leaf != 4 {
		t.Fatalf("leaf %v, %v: those of the failed lease are wasted", boxes, err)
	}
	if _, err := s.Close(t.Context(), []seal.Content{content(1, seal.NewEpoch(seal.Record, vaulttest.Today-1))}); fault.Of(err).Code != "E-VAULT-ENDED" {
		t.Errorf("closed under a day that has passed: %v", err)
	}
	// A caller who gives up does not wait for another's lease.
	entered, release := make(chan struct{}), make(chan struct{})
	b.entered = func() { close(entered); <-release }
	far := seal.NewEpoch(seal.Record, vaulttest.Today+30)
	ended := make(chan error)
	go func() {
		_, err := s.Close(t.Context(), []seal.Content{content(1, far)})
		ended <- err
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Close(ctx, []seal.Content{content(2, far)}); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	close(release)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// away is a vault that cannot be reached.
type away struct{}

func (away) Tokens(context.Context, [][]byte) ([][]vault.Token, error) { return nil, errMedium }
func (away) Macs(context.Context, vault.Scope, [16]byte, [][]byte) ([]vault.Mac, error) {
	return nil, errMedium
}
func (away) Lease(context.Context, seal.Epoch, int) (vault.Lease, error) {
	return vault.Lease{}, errMedium
}
func (away) Derive(context.Context, []vault.Place) ([]vault.Derived, error) { return nil, errMedium }

func TestSealer_withoutItsParts(t *testing.T) {
	t.Parallel()
	s, b := newSealer(t, away{})
	ctx := t.Context()
	long := make([]seal.Sealed, vault.MaxBatch+1)
	for what, call := range map[string]func() error{
		"Close":        func() error { _, err := s.Close(ctx, make([]seal.Content, 1)); return err },
		"Open":         func() error { _, err := s.Open(ctx, make([]seal.Sealed, 1)); return err },
		"Open many":    func() error { _, err := s.Open(ctx, long); return err },
		"Fingerprints": func() error { _, err := s.Fingerprints(ctx, make([]seal.Marking, 1)); return err },
		"PersonTokens": func() error { _, err := s.PersonTokens(ctx, make([][]byte, 1)); return err },
		"RefMarks":     func() error { _, err := s.RefMarks(ctx, ref.Body{}, make([][]byte, 1)); return err },
		"Pseudonym":    func() error { _, err := s.Pseudonym(ctx, ref.Body{}, ref.Person{}); return err },
	} {
		if err := call(); !errors.Is(err, errMedium) {
			t.Errorf("%s without a vault: %v", what, err)
		}
	}
	v := open(t, &vaulttest.Memory{}, 1)
	dried, err := vault.NewSealer(vault.SealerConfig{Vault: v, Book: b, Intents: b, Minter: &dry{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dried.Close(ctx, []seal.Content{content(1, seal.NewEpoch(seal.Record, vaulttest.Today))}); err == nil {
		t.Error("closed without chance for a nonce")
	}
	if err := dried.Forget(ctx, ref.Person{1}, seal.Slot{}, "repaired", vaulttest.Now()); err == nil {
		t.Error("an intent without a name")
	}
	bad := vault.SealerConfig{Vault: v, Book: b, Intents: b, Minter: vaulttest.Seeded(1)}
	for what, change := range map[string]func(*vault.SealerConfig){
		"no vault": func(c *vault.SealerConfig) { c.Vault = nil }, "no book": func(c *vault.SealerConfig) { c.Book = nil },
		"no place for intents": func(c *vault.SealerConfig) { c.Intents = nil }, "no chance": func(c *vault.SealerConfig) { c.Minter = nil },
		"too much at once": func(c *vault.SealerConfig) { c.Most = vault.MaxLease + 1 }, "sizes crossed": func(c *vault.SealerConfig) { c.First = 5000 },
	} {
		c := bad
		change(&c)
		if _, err := vault.NewSealer(c); err == nil {
			t.Errorf("%s: made", what)
		}
	}
}

func TestSealer_namesAndIntents(t *testing.T) {
	t.Parallel()
	v := open(t, &vaulttest.Memory{}, 1)
	s, b := newSealer(t, v)
	ctx := t.Context()
	if err := v.NewGeneration(ctx, 2); err != nil {
		t.Fatal(err)
	}
	inputs := make([][]byte, vault.MaxBatch+3)
	for i := range inputs {
		inputs[i] = fmt.Append(nil, i)
	}
	tokens, err := s.PersonTokens(ctx, inputs)
	if err != nil || len(tokens) != len(inputs) || len(tokens[0]) != 2 || tokens[0][0].Generation != 2 || tokens[0][1].Generation != 1 {
		t.Fatalf("%d tokens, %v", len(tokens), err)
	}
	direct, err := v.Tokens(ctx, inputs[vault.MaxBatch:])
	if err != nil || direct[2][1].Mark != tokens[len(inputs)-1][1].MAC {
		t.Errorf("another token, %v", err)
	}
	marks, err := s.RefMarks(ctx, ref.Body{1}, inputs)
	if err != nil || len(marks) != len(inputs) || marks[0] == marks[vault.MaxBatch] {
		t.Errorf("%d marks, %v", len(marks), err)
	}
	one, err1 := s.Pseudonym(ctx, ref.Body{1}, ref.Person{5})
	two, err2 := s.Pseudonym(ctx, ref.Body{2}, ref.Person{5})
	if err1 != nil || err2 != nil || one == two {
		t.Errorf("two bodies call a person %x and %x, %v %v", one, two, err1, err2)
	}
	slot := seal.Slot{Epoch: 9, Leaf: 3}
	if err := s.Forget(ctx, ref.Person{5}, slot, "superseded", vaulttest.Now()); err != nil {
		t.Fatal(err)
	}
	want := vault.Wanted{Intent: b.intents[0].Intent, Person: ref.Person{5}, Slot: slot, Reason: vault.Superseded, At: vaulttest.Now()}
	if b.intents[0] != want || want.Intent.IsZero() {
		t.Errorf("intent %+v, want %+v", b.intents[0], want)
	}
}

func TestMeter_counts(t *testing.T) {
	t.Parallel()
	m := vault.NewMeter()
	v := open(t, &vaulttest.Memory{}, 1)
	ctx := t.Context()
	serving, again, other := m.For("serving", v), m.For("serving", v), m.For("another", v)
	e := seal.NewEpoch(seal.Record, vaulttest.Today)
	_, err1 := serving.Lease(ctx, e, 5)
	_, err2 := again.Derive(ctx, []vault.Place{{Slot: seal.Slot{Epoch: e}}, {Slot: seal.Slot{Epoch: e, Leaf: 5}}})
	_, err3 := serving.Tokens(ctx, make([][]byte, 3))
	_, err4 := serving.Macs(ctx, vault.Pseudonym, [16]byte{}, make([][]byte, 4))
	_, err5 := other.Puncture(ctx, make([]vault.Intent, 2))
	_, err6 := other.Lease(ctx, 0, 5) // refused: nothing was leased
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil || err6 == nil {
		t.Fatal(err, err6)
	}
	got := m.Usage()
	want := []vault.Usage{{Caller: "another", Punctured: 2}, {Caller: "serving", Derived: 2, Gone: 1, Tokens: 3, Macs: 4, Leased: 5}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

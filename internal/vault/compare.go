package vault

import (
	"context"
	"maps"
	"time"

	"recourse/internal/fault"
	"recourse/internal/ref"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// Comparison is what Compare needs. All fields are required.
type Comparison struct {
	Vault   Service
	Book    Book
	Holders []Holder
	Mode    Mode // of the database
	Minter  ref.Minter
	Now     time.Time
	Today   when.Date
}

// Report tells what Compare found and did.
type Report struct {
	First          bool           // the database belonged to no vault before
	VaultBehind    bool           // the vault was restored from an older copy
	DatabaseBehind bool           // the database was restored from an older copy
	Replayed       int            // intents that were carried out again
	Skipped        int            // epochs whose counter was moved forward
	Expired        int            // epochs that were forgotten again
	Erased         map[string]int // rows that were erased again, by holder
	// Retoken is above 0 where the database may hold tokens of index generations
	// up to this one, which the vault has destroyed: nobody is found by them. They
	// must be made anew from the sealed identities before anybody is looked up.
	Retoken uint32
}

// comparing is one run of Compare.
type comparing struct {
	Comparison
	st     State
	mark   Mark
	behind int64 // the number that the vault must get past, or 0
	used   map[seal.Epoch]seal.Leaf
	held   map[seal.Epoch]Epoch
	leases []Counter
	report Report
}

// Compare brings vault and database together, or refuses. It is called at each
// start, before anything is served, and may be repeated and broken off at any
// point.
//
// Vault behind: every intent is carried out again and every counter moved past
// the leaves that the database knows. Database behind: rows whose leaf is
// punctured or whose epoch is gone are erased again. Another vault, another
// mode, or epochs in use that the vault does not hold: refused, with counts, and
// nothing is changed.
func Compare(ctx context.Context, in Comparison) (Report, error) {
	c := &comparing{Comparison: in}
	for _, step := range []func(context.Context) error{
		c.read, c.begin, c.complete, c.announce, c.counters, c.replay, c.expire, c.generations, c.overtake, c.erase, c.finish,
	} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, nil
}

// read looks at both sides. The vault moves first and the database follows, so
// the mark to tell whether the vault is behind is read before the vault, and the
// one to tell whether the database is behind after it.
func (c *comparing) read(ctx context.Context) error {
	before, found, err := c.Book.Mark(ctx)
	if err != nil {
		return err
	}
	if c.st, err = c.Vault.State(ctx); err != nil {
		return err
	}
	if c.mark, _, err = c.Book.Mark(ctx); err != nil {
		return err
	}
	epochs, err := c.Vault.Epochs(ctx)
	if err != nil {
		return err
	}
	c.held = make(map[seal.Epoch]Epoch, len(epochs))
	for _, e := range epochs {
		c.held[e.Epoch] = e
	}
	c.used = map[seal.Epoch]seal.Leaf{}
	for _, h := range c.Holders {
		most, err := h.MaxLeaves(ctx)
		if err != nil {
			return err
		}
		for e, leaf := range most {
			c.used[e] = max(c.used[e], leaf+1)
		}
	}
	c.report.First = !found
	c.report.VaultBehind = found && c.st.Seq < before.Seq
	c.report.DatabaseBehind = found && (c.st.Applied > c.mark.IntentSeq || c.st.Ended > c.mark.ExpireBefore)
	return nil
}

// begin ties a new database to the vault, or checks that they belong together.
func (c *comparing) begin(ctx context.Context) error {
	switch {
	case c.st.Mode != c.Mode:
		return fault.Newf(fault.Refused, "E-VAULT-MODE",
			"The vault is for %s and the database for %s. Nothing was changed. Start each with its own.", c.st.Mode, c.Mode)
	case c.report.First && len(c.used) > 0:
		return fault.Newf(fault.Refused, "E-VAULT-UNKNOWN",
			"The database holds content sealed under %d epochs but does not say by which vault. Nothing was changed. Restore table vault.mark with the rest of the database.", len(c.used))
	case c.report.First:
		c.mark = Mark{Vault: c.st.ID, Mode: c.st.Mode, Seq: c.st.Seq, IntentSeq: c.st.Applied, ExpireBefore: c.st.Ended,
			Generation: c.st.Generations[0], Destroyed: c.oldest() - 1}
		return c.Book.Begin(ctx, c.mark)
	case c.mark.Vault != c.st.ID:
		return fault.Newf(fault.Refused, "E-VAULT-OTHER",
			"The database was sealed by vault %s, and this is vault %s: content of %d epochs could not be read. Nothing was changed. Start with the vault that belongs to the database.",
			c.mark.Vault, c.st.ID, len(c.used))
	case c.mark.Mode != c.st.Mode:
		return fault.Newf(fault.Refused, "E-VAULT-MODE",
			"The vault is for %s and the database was sealed for %s. Nothing was changed. Start each with its own.", c.st.Mode, c.mark.Mode)
	}
	return nil
}

// oldest returns the oldest live index generation.
func (c *comparing) oldest() uint32 { return c.st.Generations[len(c.st.Generations)-1] }

// ended returns the day before which epochs are gone or to be gone.
func (c *comparing) ended() when.Date { return max(c.st.Ended, c.mark.ExpireBefore) }

// complete refuses where the vault lacks the seed of an epoch that is in use and
// has not ended: going on would show its content as erased.
func (c *comparing) complete(ctx context.Context) (err error) {
	if c.leases, err = c.Book.Leases(ctx, c.ended()); err != nil {
		return err
	}
	other := map[seal.Epoch]bool{} // the vault has drawn it anew
	for _, l := range c.leases {
		held, there := c.held[l.Epoch]
		other[l.Epoch] = there && held.Seed != l.Seed
	}
	missing := 0
	var one seal.Epoch
	for e := range c.used {
		if _, there := c.held[e]; (!there || other[e]) && e.End() >= c.ended() {
			missing++
			one = e
		}
	}
	if missing == 0 {
		return nil
	}
	return fault.Newf(fault.Refused, "E-VAULT-LACKS",
		"The vault (at %d) does not hold the seeds of %d of the %d epochs that the database (knowing %d) has content under, such as %s, though they have not ended. Nothing was changed. Give back a newer copy of the vault.",
		c.st.Seq, missing, len(c.used), c.mark.Seq, one)
}

// leap is far more than the changes that one comparison makes, so that a vault
// stays behind until all of them are done.
const leap = 1 << 32

// announce keeps a vault that is behind recognisable as such, should the
// comparison be broken off.
func (c *comparing) announce(ctx context.Context) error {
	if !c.report.VaultBehind {
		return nil
	}
	c.behind = c.mark.Seq + leap
	return c.Book.Raise(ctx, Mark{Seq: c.behind})
}

// counters moves the vault's counters past all leaves that may be in use.
func (c *comparing) counters(ctx context.Context) error {
	want := maps.Clone(c.used)
	for _, l := range c.leases {
		want[l.Epoch] = max(want[l.Epoch], l.Next)
	}
	var list []Counter
	for e, next := range want {
		if e.End() >= c.ended() && next > c.held[e].Next {
			list = append(list, Counter{Epoch: e, Next: next})
		}
	}
	c.report.Skipped = len(list)
	for len(list) > 0 {
		n := min(len(list), MaxBatch)
		if err := c.Vault.Skip(ctx, Jump{Counters: list[:n]}); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// replay carries out every intent again, done or not, that has a number.
func (c *comparing) replay(ctx context.Context) error {
	if !c.report.VaultBehind {
		return nil
	}
	for after := (Numbered{}); ; {
		list, err := c.Book.All(ctx, after, perBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1]
		var intents []Intent
		for _, n := range list {
			if n.Seq > 0 {
				intents = append(intents, Intent{Seq: n.Seq, Slot: n.Slot})
			}
		}
		if _, err := c.Vault.Puncture(ctx, intents); err != nil {
			return err
		}
		c.report.Replayed += len(intents)
	}
}

// expire forgets what the database had already asked to forget.
func (c *comparing) expire(ctx context.Context) (err error) {
	if c.mark.ExpireBefore > c.st.Ended {
		c.report.Expired, err = c.Vault.Expire(ctx, c.mark.ExpireBefore)
	}
	return err
}

// generations begins and destroys the index generations that the database knows
// of. The key of the next one is drawn ahead, so an older copy has it too.
func (c *comparing) generations(ctx context.Context) error {
	newest := c.st.Generations[0]
	if c.mark.Generation > newest+1 {
		return fault.Newf(fault.Refused, "E-VAULT-LACKS",
			"The vault holds index generations up to %d and the database uses %d: nobody could be found. Nothing was changed. Give back a newer copy of the vault.", newest, c.mark.Generation)
	}
	if oldest := c.oldest(); c.mark.Destroyed+1 < oldest {
		c.report.Retoken = oldest - 1
	}
	// At most two live: what is to go goes before the next one comes, the rest after.
	if err := c.Vault.DestroyGeneration(ctx, min(c.mark.Destroyed, newest-1)); err != nil {
		return err
	}
	if c.mark.Generation <= newest {
		return nil
	}
	if err := c.Vault.NewGeneration(ctx, c.mark.Generation); err != nil {
		return err
	}
	return c.Vault.DestroyGeneration(ctx, c.mark.Destroyed)
}

// overtake moves the number of a vault that was behind past what the database
// knows, once everything else is done.
func (c *comparing) overtake(ctx context.Context) error {
	if c.behind == 0 {
		return nil
	}
	return c.Vault.Skip(ctx, Jump{Seq: c.behind})
}

// erase looks at every sealed row of a database that was behind, and erases
// those that the vault has forgotten.
func (c *comparing) erase(ctx context.Context) error {
	if !c.report.DatabaseBehind {
		return nil
	}
	c.report.Erased = map[string]int{}
	for _, h := range c.Holders {
		for after := []byte(nil); ; {
			list, next, err := h.Held(ctx, after, perBatch)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				break
			}
			n, err := c.eraseSome(ctx, h, list)
			if err != nil {
				return err
			}
			c.report.Erased[h.Name()] += n
			after = next
		}
	}
	return nil
}

// eraseSome erases the rows of a list whose key is gone, and writes the intents
// that the database had lost: without them a vault restored later would not
// learn of the punctures.
func (c *comparing) eraseSome(ctx context.Context, h Holder, list []HeldBox) (int, error) {
	places := make([]Place, len(list))
	for i, b := range list {
		places[i] = Place{Slot: b.Slot, Record: b.Record, Version: b.Version}
	}
	keys, err := c.Vault.Derive(ctx, places)
	if err != nil {
		return 0, err
	}
	defer clear(keys)
	var gone []HeldBox
	var found []Receipt
	for i, b := range list {
		if !keys[i].Gone {
			continue
		}
		gone = append(gone, b)
		if b.Slot.Epoch.End() < c.ended() {
			continue
		}
		id, err := ref.Mint[ref.Intent](c.Minter)
		if err != nil {
			return 0, err
		}
		w := Wanted{Intent: id, Person: b.Person, Slot: b.Slot, Reason: FoundErased, At: c.Now}
		found = append(found, NewReceipt(Numbered{Wanted: w, Seq: max(1, c.st.Applied)}, c.Now, c.Today, c.st.Weak))
	}
	if len(gone) == 0 {
		return 0, nil
	}
	if err := c.Book.Found(ctx, found); err != nil {
		return 0, err
	}
	return len(gone), h.Erase(ctx, gone, c.Now)
}

// finish tells the database what the vault knows now: its counters too, so that
// a database restored from an older copy knows again how far leaves are in use.
func (c *comparing) finish(ctx context.Context) error {
	st, err := c.Vault.State(ctx)
	if err != nil {
		return err
	}
	epochs, err := c.Vault.Epochs(ctx)
	if err != nil {
		return err
	}
	known := map[seal.Epoch]Counter{}
	for _, l := range c.leases {
		known[l.Epoch] = l
	}
	var ahead []Counter
	for _, e := range epochs {
		if k := known[e.Epoch]; e.Next > 0 && (k.Next < e.Next || k.Seed != e.Seed) {
			ahead = append(ahead, Counter{Epoch: e.Epoch, Next: e.Next, Seed: e.Seed})
		}
	}
	if len(ahead) > 0 {
		if err := c.Book.Leased(ctx, ahead, st.Seq); err != nil {
			return err
		}
	}
	return c.Book.Raise(ctx, Mark{Seq: st.Seq, IntentSeq: st.Applied, ExpireBefore: st.Ended,
		Generation: st.Generations[0], Destroyed: st.Generations[len(st.Generations)-1] - 1})
}

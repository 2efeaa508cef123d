package ledger

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/proof"
	"recourse/internal/seal"
	"recourse/internal/when"
)

// The faults of the log.
var (
	ErrMoved = fault.New(fault.Conflict, "E-LOG-MOVED", "Another process has written the log meanwhile. Nothing was published; what is there is read anew.")
	ErrTorn  = fault.New(fault.Internal, "E-LOG-TORN", "What the database holds of the log does not fit together: rows of the log were altered or are missing. Nothing was published. Give the database back from a backup.")
)

// Row is one row of a journal that is to become an entry of the log.
type Row struct {
	Added  uint64 // the transaction that wrote it
	Stream [16]byte
	Event  [16]byte
	Kind   string
	At     time.Time
	Facts  map[string]string
	Own    map[string]string // facts that only whom the event is about may know
	Number [16]byte          // what the event is called in the log, where that is not Event
	Slot   seal.Slot         // of the row itself; zero where it has none
}

func (r Row) key() Key { return Key{r.Stream, r.Event} }

// Place is up to where all rows are in the log: those of transactions before Low, of
// Low itself those up to After, and all that the snapshot Seen saw.
type Place struct {
	Low   uint64
	After [16]byte
	Seen  string // "" for none
}

// behind reports whether a row that transaction added wrote comes before the place.
func (p Place) behind(event [16]byte, added uint64) bool {
	return cmp.Or(cmp.Compare(added, p.Low), bytes.Compare(event[:], p.After[:])) < 0
}

// Window is what has been written and may not be in the log yet.
type Window struct {
	Rows   []Row  // in order of Added and Event
	Oldest uint64 // no transaction before it can still write
	Seen   string // the snapshot
	Whole  bool   // there was nothing more to see
}

// Entered is what is remembered of one entry: whose it is, and where its nonce comes
// from. A public one has no slot.
type Entered struct {
	Stream, Event [16]byte
	Public        bool
	Slot          seal.Slot
}

// Head is how far the log goes.
type Head struct {
	Size uint64
	Root proof.Hash
	Kept []byte // what the tree needs to grow
	Low  uint64 // rows added before it are all in the log
}

// State is what a sequencer begins with.
type State struct {
	Head
	Bundle []byte         // the entries of the last bundle, where it is not full
	Tiles  [][]byte       // the hashes of the last tile of each level above 0, where it is not full
	Day    when.Date      // of the last batch
	Taken  map[Key]uint64 // what is in the log already and may be seen again, and its Added at most
}

// Key is how a row is known: two access rows of two persons may have one id.
type Key struct{ Stream, Event [16]byte }

// Batch is what is added to the log at once. All of it is written, or nothing.
type Batch struct {
	From, To Head
	Lowest   uint64 // of Added
	Highest  uint64
	Day      when.Date
	Entered  []Entered
	Bundles  []Written
	Tiles    []Written
}

// Written is a bundle or tile as it is now.
type Written struct {
	Tile  proof.Tile // Width is how much of it there is
	Bytes []byte
}

// Journal is where events come from and the log is kept.
type Journal interface {
	// Load returns where the log stands.
	Load(ctx context.Context) (State, error)
	// Next returns at most limit rows behind a place, or at it, as one snapshot sees
	// them. It may be asked while Append is under way.
	Next(ctx context.Context, from Place, limit int) (Window, error)
	// Append writes a batch if the log still stands at its From, and is ErrMoved
	// otherwise. It is durable on return. An error may come after it was written.
	Append(ctx context.Context, b Batch) error
}

// Nonces is where nonces come from: a vault.
type Nonces interface {
	// Places returns n slots that nothing else uses.
	Places(ctx context.Context, epoch seal.Epoch, n int) ([]seal.Slot, error)
	// Openings returns what opens the commitments made in slots, or that it is gone.
	Openings(ctx context.Context, held []seal.Held) ([]seal.Opening, error)
}

// Sequencer takes rows of the journal into the log, each once, in an order that it
// fixes. The journal is the truth: what a crash leaves undone is done at the next
// step, and what was done is seen. It is used by one goroutine.
type Sequencer struct {
	Journal Journal
	Nonces  Nonces
	Ends    func(now time.Time) when.Date // until when an entry can be opened that has no slot of its own
	Most    int                           // entries at once; 0 means 4096
	Hands   int                           // how many goroutines make entries; 0 means one

	tree  *tree
	at    Place
	taken map[Key]uint64 // of rows that may be seen again
	ahead chan ahead     // the window after this one, where it is being read already
	day   when.Date
}

// ahead is a window that was read while the batch before it was written.
type ahead struct {
	from  Place
	limit int
	w     Window
	err   error
}

// Public reports whether events of a kind are written so that everybody can read
// them. They concern packs, programs, figures of a quarter and the log itself, and nobody.
func Public(kind string) bool {
	return slices.Contains([]string{"law.activated", "law.changed", "law.officer-added", "law.officer-ended", "law.outage", KindRan, KindFigures, proof.Labelled}, kind)
}

// KindRan is the event of a program beginning to serve, with the hash of its file.
const KindRan = "ledger.ran"

// KindFigures is the event of a quarter's figures, with the hash of their lines.
const KindFigures = "oversight.quarter-closed"

// Head returns where the log stands, reading it where that is not known.
func (s *Sequencer) Head(ctx context.Context) (Head, error) {
	if s.tree == nil {
		if err := s.load(ctx); err != nil {
			return Head{}, err
		}
	}
	return s.tree.head(s.at.Low), nil
}

func (s *Sequencer) load(ctx context.Context) error {
	st, err := s.Journal.Load(ctx)
	if err != nil {
		return err
	}
	t, err := newTree(st)
	if err != nil {
		return err
	}
	s.tree, s.at, s.taken, s.ahead, s.day = t, Place{Low: st.Low}, st.Taken, nil, st.Day
	return nil
}

// Step takes what is new into the log, as much as fits into one batch, and returns
// how many entries that made and whether there may be more. After an error nothing
// is assumed: the next step reads where the log stands.
func (s *Sequencer) Step(ctx context.Context, now time.Time) (n int, more bool, err error) {
	defer func() {
		if err != nil {
			s.tree = nil
		}
	}()
	from, err := s.Head(ctx)
	if err != nil {
		return 0, false, err
	}
	most := cmp.Or(s.Most, 4096)
	w, err := s.window(ctx, most+len(s.taken))
	if err != nil {
		return 0, false, err
	}
	fresh := slices.DeleteFunc(w.Rows, func(r Row) bool { _, is := s.taken[r.key()]; return is })
	if more = len(fresh) > most || !w.Whole; len(fresh) > most {
		fresh = fresh[:most]
	}
	for _, r := range fresh {
		s.taken[r.key()] = r.Added
	}
	s.pass(w, fresh, more)
	if len(fresh) == 0 {
		return 0, more, nil // how far rows have been seen is kept with the next batch
	}
	if more {
		s.readAhead(ctx, most+len(s.taken))
	}
	return len(fresh), more, s.add(ctx, from, fresh, now)
}

// window reads what comes next, or takes what was read already.
func (s *Sequencer) window(ctx context.Context, limit int) (Window, error) {
	if s.ahead != nil {
		got := <-s.ahead
		s.ahead = nil
		if got.err == nil && got.from == s.at && got.limit == limit {
			return got.w, nil
		}
	}
	return s.Journal.Next(ctx, s.at, limit)
}

// readAhead reads the next window while this batch is written: there is more, so it is
// not the older for it.
func (s *Sequencer) readAhead(ctx context.Context, limit int) {
	to, from := make(chan ahead, 1), s.at
	s.ahead = to
	go func() {
		w, err := s.Journal.Next(ctx, from, limit)
		to <- ahead{from, limit, w, err}
	}()
}

// pass moves the place to where everything has been taken: all that the snapshot saw
// where there is no more; otherwise no transaction before it is still under way, and of
// the one that it is in the rows up to After were taken. What is not seen again is
// forgotten.
func (s *Sequencer) pass(w Window, fresh []Row, more bool) {
	switch last := len(fresh) - 1; {
	case !more:
		if w.Oldest > s.at.Low {
			s.at.Low, s.at.After = w.Oldest, [16]byte{}
		}
		if w.Seen != "" {
			s.at.Seen = w.Seen
			clear(s.taken)
		}
	case last >= 0 && fresh[last].Added < w.Oldest:
		s.at.Low, s.at.After = fresh[last].Added, fresh[last].Event
	case w.Oldest > s.at.Low:
		s.at.Low, s.at.After = w.Oldest, [16]byte{}
	}
	for key, added := range s.taken {
		if s.at.behind(key.Event, added) {
			delete(s.taken, key)
		}
	}
}

func (s *Sequencer) add(ctx context.Context, from Head, rows []Row, now time.Time) error {
	entered, leaves, err := s.leaves(ctx, rows, now)
	if err != nil {
		return err
	}
	s.day = max(s.day, dayOf(now)) // days never go back
	b := Batch{From: from, Lowest: rows[0].Added, Highest: rows[len(rows)-1].Added, Day: s.day, Entered: entered}
	for _, l := range leaves {
		s.tree.add(l.entry, l.hash)
	}
	b.To, b.Bundles, b.Tiles = s.tree.head(s.at.Low), s.tree.bundles(), s.tree.tiles()
	return s.Journal.Append(ctx, b)
}

// dayOf is the day of the log: UTC.
func dayOf(now time.Time) when.Date { return when.In(now, time.UTC) }

// leaf is an entry with its hash in the tree.
type leaf struct {
	entry []byte
	hash  proof.Hash
}

// leaves makes the entries of rows.
func (s *Sequencer) leaves(ctx context.Context, rows []Row, now time.Time) ([]Entered, []leaf, error) {
	entered, openings, err := s.places(ctx, rows, now)
	if err != nil {
		return nil, nil, err
	}
	out := make([]leaf, len(rows))
	return entered, out, s.share(len(rows), func(from, until int) error {
		for i := from; i < until; i++ {
			entry, err := EntryOf(entered[i].of(rows[i]), openings[i])
			if err != nil {
				return err
			}
			out[i] = leaf{entry, proof.EntryHash(entry)}
		}
		return nil
	})
}

// share parts n of something among the hands and returns an error where one had one.
func (s *Sequencer) share(n int, do func(from, until int) error) error {
	hands := max(s.Hands, 1)
	each := (n + hands - 1) / hands
	if hands == 1 || each < fewest {
		return do(0, n)
	}
	var wait sync.WaitGroup
	errs := make([]error, hands)
	for i := range errs {
		from, until := min(i*each, n), min(i*each+each, n)
		wait.Go(func() { errs[i] = do(from, until) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// fewest is how many entries are worth a goroutine.
const fewest = 64

// places finds what each row's nonce comes from: its own slot, or one that is used
// for nothing else where it has none or its key is gone already.
func (s *Sequencer) places(ctx context.Context, rows []Row, now time.Time) ([]Entered, []seal.Opening, error) {
	entered, openings := make([]Entered, len(rows)), make([]seal.Opening, len(rows))
	own, lacking := make([]int, 0, len(rows)), []int(nil)
	for i := range rows {
		r := &rows[i]
		entered[i] = Entered{Stream: r.Stream, Event: r.Event, Public: Public(r.Kind), Slot: r.Slot}
		switch {
		case entered[i].Public:
			entered[i].Slot = seal.Slot{}
		case r.Slot != seal.Slot{}:
			own = append(own, i)
		default:
			lacking = append(lacking, i)
		}
	}
	gone, err := s.open(ctx, entered, openings, own)
	if err != nil {
		return nil, nil, err
	}
	if lacking = append(lacking, gone...); len(lacking) == 0 {
		return entered, openings, nil
	}
	slots, err := s.Nonces.Places(ctx, seal.NewEpoch(seal.Access, s.Ends(now)), len(lacking))
	if err != nil {
		return nil, nil, err
	}
	for n, i := range lacking {
		entered[i].Slot = slots[n]
	}
	if gone, err = s.open(ctx, entered, openings, lacking); err == nil && len(gone) > 0 {
		err = fault.New(fault.Internal, "E-LOG-NONCE", "The vault gives no keys for new entries of the log. Nothing was published; compare the clock with the pack.")
	}
	return entered, openings, err
}

// open derives the openings of some entries and returns those whose key is gone.
func (s *Sequencer) open(ctx context.Context, entered []Entered, openings []seal.Opening, which []int) (gone []int, err error) {
	err = s.share(len(which), func(from, until int) error {
		held := make([]seal.Held, until-from)
		for n, i := range which[from:until] {
			held[n] = entered[i].Held()
		}
		if len(held) == 0 {
			return nil
		}
		got, err := s.Nonces.Openings(ctx, held)
		if err != nil {
			return err
		}
		for n, i := range which[from:until] {
			openings[i] = got[n]
		}
		return nil
	})
	for _, i := range which {
		if openings[i].Gone {
			gone = append(gone, i)
		}
	}
	return gone, err
}

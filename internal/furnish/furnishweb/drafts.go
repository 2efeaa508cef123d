package furnishweb

import (
	"slices"
	"sync"
	"time"

	"recourse/internal/furnish"
	"recourse/internal/kit/spool"
	"recourse/internal/party"
	"recourse/internal/ref"
)

const (
	mostDrafts = 200 // of all bodies
	mostOwn    = 3   // of one clerk
)

// stage is where a draft stands.
type stage uint8

const (
	waits   stage = iota // for the clerk
	sending              // is being delivered
	sent                 // was delivered
	failed               // could not be delivered
)

// draft is a file that was tried and can be sent. What it is about is its trial.
type draft struct {
	id    ref.Trial
	clerk party.Clerk
	typ   string
	made  time.Time
	file  *spool.File
	hash  [32]byte
	at    time.Time // of the sending

	mu       sync.Mutex
	stage    stage
	counts   furnish.Counts
	delivery ref.Delivery
	replayed bool
	err      error
}

// standing is what a draft shows of itself.
type standing struct {
	stage    stage
	counts   furnish.Counts
	delivery ref.Delivery
	replayed bool
	err      error
}

func (d *draft) standing() standing {
	d.mu.Lock()
	defer d.mu.Unlock()
	return standing{d.stage, d.counts, d.delivery, d.replayed, d.err}
}

// begin marks a draft as being sent; false where it is already.
func (d *draft) begin(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stage == sending || d.stage == sent {
		return false
	}
	d.stage, d.at, d.err, d.counts = sending, now, nil, furnish.Counts{}
	return true
}

func (d *draft) progress(c furnish.Counts) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts = c
}

func (d *draft) end(r furnish.Report, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.delivery, d.replayed, d.err = r.Delivery.ID, r.Replayed, err
	if d.stage = sent; err != nil || r.Delivery.State == furnish.Failed {
		d.stage = failed
	}
}

// drafts are all drafts, in order of time.
type drafts struct {
	mu  sync.Mutex
	all []*draft
}

// put keeps a draft, and forgets the oldest of its clerk and of all where there
// are too many.
func (ds *drafts) put(d *draft) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	ds.all = append(ds.all, d)
	own := 0
	for i := len(ds.all) - 1; i >= 0; i-- {
		if ds.all[i].clerk.ID == d.clerk.ID {
			own++
		}
		if own > mostOwn && ds.all[i].clerk.ID == d.clerk.ID || len(ds.all)-i > mostDrafts {
			ds.drop(i)
		}
	}
}

// drop forgets one draft that is not being sent.
func (ds *drafts) drop(i int) {
	d := ds.all[i]
	if d.standing().stage == sending {
		return
	}
	_ = d.file.Remove() // a file without a name: there is nothing else to do about it
	ds.all = slices.Delete(ds.all, i, i+1)
}

// find returns a draft of a body.
func (ds *drafts) find(body ref.Body, id ref.Trial) (*draft, bool) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	for _, d := range ds.all {
		if d.id == id && d.clerk.Body.ID == body {
			return d, true
		}
	}
	return nil, false
}

// forget drops one draft.
func (ds *drafts) forget(d *draft) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if i := slices.Index(ds.all, d); i >= 0 {
		ds.drop(i)
	}
}

// tidy drops what is over.
func (ds *drafts) tidy(now time.Time) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	for i := len(ds.all) - 1; i >= 0; i-- {
		if !ds.all[i].made.Add(furnish.TrialKept).After(now) {
			ds.drop(i)
		}
	}
}

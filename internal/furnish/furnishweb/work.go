package furnishweb

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"recourse/internal/fault"
	"recourse/internal/furnish"
)

// senders is how many drafts are delivered at once.
const senders = 2

// Work delivers what clerks send, until ctx is done. A delivery that is cut by
// the end goes on where it stopped when the same file is sent again.
func (f *Face) Work(ctx context.Context) {
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case d := <-f.sends:
					f.deliver(ctx, d)
				}
			}
		})
	}
	wg.Wait()
}

func (f *Face) deliver(ctx context.Context, d *draft) {
	report, err := f.Service.Deliver(ctx, d.clerk, furnish.Request{Key: furnish.FileKey(d.typ, d.hash), Type: d.typ, Progress: d.progress}, d.file.Reader(), d.at)
	d.end(report, err)
	if err != nil && fault.Of(err).Kind == fault.Internal {
		f.Log.LogAttrs(ctx, slog.LevelError, "a delivery by page failed", slog.String("code", fault.Of(err).Code), slog.Any("error", err))
	}
}

// Tidy forgets the files that nobody has sent in their time.
func (f *Face) Tidy(now time.Time) { f.drafts.tidy(now) }

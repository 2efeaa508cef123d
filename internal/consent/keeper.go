package consent

import (
	"context"
	"sort"
	"time"

	"recourse/internal/law"
	"recourse/internal/when"
)

// Keeper removes what is over. What a person allowed and was asked for stays in their
// list as long as who looked does; a code goes as soon as nobody can enter it.
type Keeper struct {
	Store KeeperStore
	Shelf law.Shelf
}

// KeeperStore removes rows, up to a thousand of a kind at once, and says whether there
// may be more.
type KeeperStore interface {
	// SweepCodes removes codes that cannot be entered at now, whether or not they were.
	SweepCodes(ctx context.Context, now time.Time) (more bool, err error)
	// SweepEnded removes requests and consents that ended before an instant, the latter
	// with what was answered on them, and requests that nobody decided about and that
	// were for a time before it.
	SweepEnded(ctx context.Context, before time.Time, day when.Date) (more bool, err error)
}

// Sweep removes what is over; it is asked again while there is more.
func (k *Keeper) Sweep(ctx context.Context, now time.Time) (bool, error) {
	more, err := k.Store.SweepCodes(ctx, now)
	if err != nil || more {
		return more, err
	}
	pack := k.Shelf.At(now)
	day := keptFrom(pack, pack.Today(now))
	return k.Store.SweepEnded(ctx, day.Start(pack.Zone).UTC(), day)
}

// keptFrom is the first day of which a look-up is kept on a day.
func keptFrom(pack *law.Pack, today when.Date) when.Date {
	const longest = 200 * 366
	days := sort.Search(longest, func(n int) bool { return pack.AccessEnd(today.AddDays(-n).Start(pack.Zone)) < today })
	return today.AddDays(1 - days)
}

package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// load is what one side did.
type load struct {
	took  time.Duration
	times []time.Duration
}

func (l *load) add(o load) {
	l.took += o.took
	l.times = append(l.times, o.times...)
}

func (l *load) perSecond() float64 { return float64(len(l.times)) / l.took.Seconds() }

// ms returns a percentile in milliseconds.
func (l *load) ms(p float64) float64 {
	if len(l.times) == 0 {
		return 0
	}
	slices.Sort(l.times)
	i := min(len(l.times)-1, int(p*float64(len(l.times))))
	return float64(l.times[i].Microseconds()) / 1000
}

// drive runs do from c goroutines at once for a while and times each.
func drive(ctx context.Context, c int, each time.Duration, do func(ctx context.Context, worker int) error) (load, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	var all load
	var errs []error
	var wg sync.WaitGroup
	start := time.Now()
	end := start.Add(each)
	for w := range c {
		wg.Go(func() {
			var mine []time.Duration
			for time.Now().Before(end) {
				t := time.Now()
				if err := do(ctx, w); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					stop()
					break
				}
				mine = append(mine, time.Since(t))
			}
			mu.Lock()
			all.times = append(all.times, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	all.took = time.Since(start)
	return all, errors.Join(errs...)
}

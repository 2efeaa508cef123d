package app

import (
	"context"
	"crypto/rand"
	"time"

	"recourse/internal/kit/pgkit"
	"recourse/internal/law/lawpg"
	"recourse/internal/ledger/ledgerpg"
	"recourse/internal/notice"
	"recourse/internal/notice/noticepg"
)

// LetterDesk is where an operator notes what became of letters, in an installation
// that is being served. It holds no key of the vault: addresses are opened on the
// pages of the post desk alone. What follows from a note is done by the server.
type LetterDesk struct {
	Letters *notice.Desk

	desk  *Desk
	close []func()
}

// OpenLetterDesk connects to the installation that is being served from a data folder.
func OpenLetterDesk(ctx context.Context, dataDir string) (*LetterDesk, error) {
	desk, err := OpenDesk(ctx, dataDir)
	if err != nil {
		return nil, err
	}
	d := &LetterDesk{desk: desk, close: []func(){desk.Close}}
	r, err := ReadRunning(dataDir)
	if err != nil {
		d.Close()
		return nil, err
	}
	keeper, err := pgkit.Open(ctx, pgkit.PoolConfig{URL: r.URLs.Keeper, MaxSize: 1})
	if err != nil {
		d.Close()
		return nil, err
	}
	d.close = append(d.close, keeper.Close)
	packs, err := timeline(ctx, lawpg.NewStore(keeper), r.Mode)
	if err != nil {
		d.Close()
		return nil, err
	}
	publisher := ledgerpg.NewPublisher(consumers((&House{}).reactions()), rand.Reader)
	d.Letters = &notice.Desk{Announcer: notice.Announcer{Ways: noticepg.NewStore(keeper, publisher), Shelf: packs}}
	return d, nil
}

// Now returns the instant that holds in the installation.
func (d *LetterDesk) Now() time.Time { return d.desk.Now() }

// Close ends the connections.
func (d *LetterDesk) Close() {
	for _, end := range d.close {
		end()
	}
}

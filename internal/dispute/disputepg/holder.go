package disputepg

import "github.com/jackc/pgx/v5/pgxpool"

// Papers is what the vault and the end of a person need to know of papers: which
// leaves they hold, how long they last, and how to clear them.
type Papers struct{ Store }

// NewPapers returns the papers on a pool of recourse_keeper.
func NewPapers(pool *pgxpool.Pool) *Papers { return &Papers{Store{Config: Config{Pool: pool}}} }

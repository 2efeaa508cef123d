package ledgerpg

import (
	"context"

	"recourse/internal/kit/pgkit"
	"recourse/internal/ledger"
)

// Shards is ledger.Years.Shards.
func (l *Log) Shards(ctx context.Context) ([]ledger.Shard, error) {
	rows, err := l.q.Shards(ctx, l.pool)
	if err != nil {
		return nil, pgkit.Clean(err)
	}
	out := make([]ledger.Shard, len(rows))
	for i, r := range rows {
		out[i] = ledger.Shard{Year: int(r.Year), From: uint64(r.FromSize), Until: uint64(r.UntilSize), Note: []byte(r.Note), At: r.At}
	}
	return out, nil
}

// PutShard is ledger.Years.PutShard.
func (l *Log) PutShard(ctx context.Context, s ledger.Shard) error {
	return pgkit.Clean(l.q.PutShard(ctx, l.pool, PutShardParams{Year: int32(s.Year), FromSize: int64(s.From), UntilSize: int64(s.Until), Note: string(s.Note), At: s.At}))
}

-- name: Put :execrows
insert into retention.shortening (shortening, pack, made_at, due_at, records, state) values ($1, $2, $3, $4, $5, 'waiting') on conflict do nothing;

-- name: Change :many
update retention.shortening set state = sqlc.arg(state)::text, changed_at = sqlc.arg(now)::timestamptz where shortening = sqlc.arg(shortening) and state = 'waiting' returning pack;

-- name: Due :many
select shortening, pack, made_at, due_at, records, state from retention.shortening where state = 'waiting' and due_at <= sqlc.arg(now)::timestamptz order by due_at limit 10;

-- name: OfferedUntil :one
select until_on from retention.offered where only_row;

-- name: PutOffered :exec
insert into retention.offered as o (until_on) values (sqlc.arg(until_on)) on conflict (only_row) do update set until_on = greatest(o.until_on, excluded.until_on);

-- name: Begin :one
insert into furnish.delivery (delivery, body, clerk, idempotency_key, type, pack, state, begun_at)
values ($1, $2, $3, $4, $5, $6, 'running', $7) on conflict (body, idempotency_key) do nothing returning delivery;

-- name: ByKey :one
select delivery, body, clerk, type, pack, file_hash, state, begun_at, ended_at, rows_done, rows_new, rows_changed, rows_unchanged, rows_withdrawn, rows_stale, rows_quarantined, rows_refused, tree
from furnish.delivery where body = $1 and idempotency_key = $2;

-- name: ByID :one
select delivery, body, clerk, type, pack, file_hash, state, begun_at, ended_at, rows_done, rows_new, rows_changed, rows_unchanged, rows_withdrawn, rows_stale, rows_quarantined, rows_refused, tree
from furnish.delivery where body = $1 and delivery = $2;

-- name: Progress :execrows
update furnish.delivery set rows_done = rows_done + sqlc.arg(rows_done)::bigint, rows_new = rows_new + sqlc.arg(rows_new)::bigint, rows_changed = rows_changed + sqlc.arg(rows_changed)::bigint,
    rows_unchanged = rows_unchanged + sqlc.arg(rows_unchanged)::bigint, rows_stale = rows_stale + sqlc.arg(rows_stale)::bigint,
    rows_quarantined = rows_quarantined + sqlc.arg(rows_quarantined)::bigint, rows_refused = rows_refused + sqlc.arg(rows_refused)::bigint,
    rows_withdrawn = rows_withdrawn + sqlc.arg(rows_withdrawn)::bigint, tree = sqlc.arg(tree)::bytea
where delivery = sqlc.arg(delivery) and rows_done = sqlc.arg(before)::bigint and state = 'running';

-- name: End :execrows
update furnish.delivery set state = sqlc.arg(state)::text, file_hash = sqlc.narg(file_hash)::bytea, ended_at = sqlc.arg(now)::timestamptz where delivery = sqlc.arg(delivery) and state = 'running';

-- name: PutBatch :exec
insert into furnish.batch (delivery, first_row, rows) values ($1, $2, $3);

-- name: Batches :many
select first_row, rows from furnish.batch where delivery = $1 and first_row > $2 order by first_row limit 20;

-- name: Findings :many
select row_number, nth, outcome, coalesce(field, '') as field, code, coalesce(rule, '') as rule, text, fix from furnish.finding
where delivery = $1 and row_number > $2 order by row_number, nth limit $3;

-- name: List :many
-- Deliveries of one body, newest first, after a place in the list.
select delivery, body, clerk, type, pack, file_hash, state, begun_at, ended_at, rows_done, rows_new, rows_changed, rows_unchanged, rows_withdrawn, rows_stale, rows_quarantined, rows_refused, tree
from furnish.delivery where body = sqlc.arg(body) and (sqlc.arg(type)::text = '' or type = sqlc.arg(type)::text) and (sqlc.arg(state)::text = '' or state = sqlc.arg(state)::text)
    and begun_at >= sqlc.arg(since)::timestamptz and begun_at < sqlc.arg(until)::timestamptz
    and (begun_at, delivery) < (sqlc.arg(before_at)::timestamptz, sqlc.arg(before_id)::uuid)
order by begun_at desc, delivery desc limit sqlc.arg(most)::integer;

-- name: Filed :many
-- Who of a body sent records of a type that came in at an instant.
select distinct clerk from furnish.delivery where body = sqlc.arg(body) and type = sqlc.arg(type) and begun_at <= sqlc.arg(at)::timestamptz and coalesce(ended_at, 'infinity') >= sqlc.arg(at)::timestamptz order by clerk limit 100;

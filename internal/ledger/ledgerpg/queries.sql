-- name: Journal :exec
insert into ledger.journal (stream, event, at, kind, refs) values ($1, $2, $3, $4, $5);

-- name: Enqueue :exec
insert into ledger.outbox (stream, event, consumer, slot, at, nth, kind, refs, next_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $5);

-- name: Take :many
-- The oldest row of each stream and consumer that is due, in a range of slots. Rows under work elsewhere are passed over.
select o.stream, o.event, o.consumer, o.at, o.kind, o.refs, o.attempts from ledger.outbox o
where o.slot between sqlc.arg(low)::smallint and sqlc.arg(high)::smallint and o.next_at <= sqlc.arg(now)::timestamptz
and not exists (select 1 from ledger.outbox e where e.stream = o.stream and e.consumer = o.consumer and (e.at, e.nth, e.event) < (o.at, o.nth, o.event))
order by o.next_at, o.at, o.nth limit sqlc.arg(most) for update of o skip locked;

-- name: Done :exec
delete from ledger.outbox where stream = $1 and event = $2 and consumer = $3;

-- name: Later :exec
update ledger.outbox set attempts = attempts + 1, next_at = sqlc.arg(next_at)::timestamptz, last_code = sqlc.arg(code)::text where stream = sqlc.arg(stream) and event = sqlc.arg(event) and consumer = sqlc.arg(consumer);

-- name: Waiting :one
-- For the metric of lag: how many wait, and since when the oldest. "at" and "slot" only.
select count(*) as rows, coalesce(min(o.at), 'epoch'::timestamptz)::timestamptz as oldest from ledger.outbox o;

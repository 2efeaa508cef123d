-- name: Journal :exec
insert into ledger.journal (stream, event, at, kind, refs)
select unnest(sqlc.arg(streams)::uuid[]), unnest(sqlc.arg(events)::uuid[]), unnest(sqlc.arg(ats)::timestamptz[]), unnest(sqlc.arg(kinds)::text[]), unnest(sqlc.arg(refs)::text[])::jsonb;

-- name: Enqueue :exec
insert into ledger.outbox (stream, event, consumer, slot, at, nth, kind, refs, next_at)
select e.stream, e.event, e.consumer, e.slot, e.at, e.nth, e.kind, e.refs::jsonb, e.at
from (select unnest(sqlc.arg(streams)::uuid[]) as stream, unnest(sqlc.arg(events)::uuid[]) as event, unnest(sqlc.arg(consumers)::text[]) as consumer, unnest(sqlc.arg(slots)::smallint[]) as slot, unnest(sqlc.arg(ats)::timestamptz[]) as at,
    unnest(sqlc.arg(nths)::integer[]) as nth, unnest(sqlc.arg(kinds)::text[]) as kind, unnest(sqlc.arg(refs)::text[]) as refs) as e;

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

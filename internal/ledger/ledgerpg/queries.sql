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
delete from ledger.outbox o
using (select unnest(sqlc.arg(streams)::uuid[]) as stream, unnest(sqlc.arg(events)::uuid[]) as event, unnest(sqlc.arg(consumers)::text[]) as consumer) as d
where o.stream = d.stream and o.event = d.event and o.consumer = d.consumer;

-- name: Later :exec
update ledger.outbox set attempts = attempts + 1, next_at = sqlc.arg(next_at)::timestamptz, last_code = sqlc.arg(code)::text where stream = sqlc.arg(stream) and event = sqlc.arg(event) and consumer = sqlc.arg(consumer);

-- name: Waiting :one
-- For the metric of lag: how many wait, and since when the oldest. "at" and "slot" only.
select count(*) as rows, coalesce(min(o.at), 'epoch'::timestamptz)::timestamptz as oldest from ledger.outbox o;

-- name: Stuck :many
select o.consumer, coalesce(o.last_code, '')::text as code, count(*) as rows from ledger.outbox o where o.attempts > 0 group by 1, 2 order by 3 desc, 1, 2 limit 50;

-- name: LogHead :one
-- newest is the transaction that the database would begin next.
select h.size, h.root, h.kept, h.low::text::bigint as low, pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest from ledger.head h;

-- name: LastBatch :one
select b.first, b.count, b.low::text::bigint as low, b.high::text::bigint as high, b.day, b.rows from ledger.batch b order by b.first desc limit 1;

-- name: Recent :many
-- For the sequencer when it begins: what is in the log and may be seen again.
select b.high::text::bigint as high, b.rows from ledger.batch b where b.high >= (sqlc.arg(low)::bigint)::text::xid8 order by b.high limit 1000000;

-- name: Bundle :one
select b.entries from ledger.bundle b where b.n = $1;

-- name: Tiles :many
-- Some tiles at once: of level 0 the bundle, from which it follows. What is not there has no row. Key by key, as
-- without the limits a plan could read a whole table.
select k.nth::integer as nth, x.raw
from (select unnest(sqlc.arg(nths)::integer[]) as nth, unnest(sqlc.arg(levels)::smallint[]) as level, unnest(sqlc.arg(ns)::bigint[]) as n) k,
    lateral ((select b.entries as raw from ledger.bundle b where k.level = 0 and b.n = k.n limit 1)
        union all (select t.hashes from ledger.tile t where k.level > 0 and t.level = k.level and t.n = k.n limit 1)) x
limit 10000;

-- name: TileRow :one
select t.hashes from ledger.tile t where t.level = $1 and t.n = $2;

-- name: Next :many
-- What was added behind a place, in both journals, as one snapshot sees it, but for what an earlier one saw. Each journal's rows
-- are in order of added and event; the reader merges the two.
select x.added, x.stream, x.event, x.at, x.kind, x.refs, x.body, x.purpose, x.basis, x.pack, x.outcome, x.records, x.referred, x.replay_of, x.epoch, x.leaf, x.sealed,
    (select pg_current_snapshot()::text)::text as seen
from (
    (select j.added::text::bigint as added, j.stream, j.event, j.at, j.kind, j.refs, null::uuid as body, ''::text as purpose, ''::text as basis, ''::text as pack, (-1)::smallint as outcome, null::uuid[] as records, null::uuid[] as referred,
        null::uuid as replay_of, null::bigint as epoch, null::bigint as leaf, null::bytea as sealed
    from ledger.journal j where (j.added, j.event) >= ((sqlc.arg(low)::bigint)::text::xid8, sqlc.arg(after)::uuid) and not pg_visible_in_snapshot(j.added, (sqlc.arg(seen)::text)::pg_snapshot)
    order by j.added, j.event limit sqlc.arg(most))
    union all
    (select a.added::text::bigint, a.person, a.access, a.at, 'inquiry.answered', null::jsonb, a.body, a.purpose, a.basis::text, a.pack, a.outcome, a.records, a.referred, a.replay_of, a.epoch, a.leaf, a.sealed
    from inquiry.since((sqlc.arg(low)::bigint)::text::xid8, sqlc.arg(after)::uuid, (sqlc.arg(seen)::text)::pg_snapshot, sqlc.arg(most)::integer)
        as a(added, person, access, at, body, purpose, basis, pack, outcome, records, referred, replay_of, epoch, leaf, sealed))
) x;

-- name: MoveHead :execrows
update ledger.head set size = sqlc.arg(size), root = sqlc.arg(root), kept = sqlc.arg(kept), low = (sqlc.arg(low)::bigint)::text::xid8
where size = sqlc.arg(from_size) and root = sqlc.arg(from_root);

-- name: AddBatch :exec
insert into ledger.batch (first, count, low, high, day, rows)
values (sqlc.arg(first), sqlc.arg(count), (sqlc.arg(low)::bigint)::text::xid8, (sqlc.arg(high)::bigint)::text::xid8, sqlc.arg(day), sqlc.arg(rows));

-- name: PutBundles :exec
insert into ledger.bundle (n, entries) select unnest(sqlc.arg(ns)::bigint[]), unnest(sqlc.arg(entries)::bytea[])
on conflict (n) do update set entries = excluded.entries;

-- name: PutTiles :exec
insert into ledger.tile (level, n, hashes) select unnest(sqlc.arg(levels)::smallint[]), unnest(sqlc.arg(ns)::bigint[]), unnest(sqlc.arg(hashes)::bytea[])
on conflict (level, n) do update set hashes = excluded.hashes;

-- name: Batches :many
-- By place in the log: which rows became which entries.
select b.first, b.count, b.day, b.rows from ledger.batch b
where b.first >= coalesce((select max(s.first) from ledger.batch s where s.first <= sqlc.arg(low)), 0) and b.first < sqlc.arg(high)
order by b.first limit 1000000;

-- name: Published :one
select p.size, p.note, p.at from ledger.published p;

-- name: Publish :exec
insert into ledger.published (size, note, at) values (sqlc.arg(size), sqlc.arg(note), sqlc.arg(at))
on conflict (only_row) do update set size = excluded.size, note = excluded.note, at = excluded.at where ledger.published.size <= excluded.size;

-- name: LastRefs :one
-- The newest event of a kind in a stream that holds few.
select j.refs from ledger.journal j where j.stream = sqlc.arg(stream) and j.kind = sqlc.arg(kind)::text order by j.at desc, j.event limit 1;

-- name: FirstUnlabelled :one
-- The first batch of a day that has no labels yet.
select x.first, x.day from (
    select b.first, b.day from ledger.batch b where b.first >= coalesce((select max(d.until_index) from ledger.day d), 0) order by b.first limit 1
) x where x.day < sqlc.arg(before)::date;

-- name: EndOfDay :one
-- Where the entries of a day end: at the next day's, or at the end of the log.
select coalesce(min(b.first), (select h.size from ledger.head h))::bigint as until from ledger.batch b where b.first > sqlc.arg(first)::bigint and b.day > sqlc.arg(day)::date;

-- name: PutDay :exec
insert into ledger.day (day, from_index, until_index, bits, event) values ($1, $2, $3, $4, $5);

-- name: PutBuckets :exec
insert into ledger.bucket (day, bucket, labels) select sqlc.arg(day)::date, unnest(sqlc.arg(buckets)::integer[]), unnest(sqlc.arg(labels)::bytea[]);

-- name: LabelDays :many
select d.day, d.from_index, d.until_index, d.bits, d.event from ledger.day d order by d.day limit 100000;

-- name: LabelDay :one
select d.day, d.from_index, d.until_index, d.bits, d.event from ledger.day d where d.day = $1;

-- name: Buckets :many
select b.bucket, b.labels from ledger.bucket b where b.day = $1 order by b.bucket limit 65536;

-- name: Shards :many
-- One for each year of the log.
select s.year, s.from_size, s.until_size, s.note, s.at from ledger.shard s order by s.year limit 1000;

-- name: PutShard :exec
insert into ledger.shard (year, from_size, until_size, note, at) values ($1, $2, $3, $4, $5);

-- name: OneRow :one
-- One row of either journal.
select j.added::text::bigint as added, j.stream, j.event, j.at, j.kind, j.refs, null::uuid as body, ''::text as purpose, ''::text as basis, ''::text as pack, (-1)::smallint as outcome, null::uuid[] as records, null::uuid[] as referred,
    null::uuid as replay_of, null::bigint as epoch, null::bigint as leaf, null::bytea as sealed, ''::text as seen
from ledger.journal j where j.stream = sqlc.arg(stream) and j.event = sqlc.arg(event)
union all
select a.added::text::bigint, a.person, a.access, a.at, 'inquiry.answered', null::jsonb, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.referred, a.replay_of, a.epoch, a.leaf, inquiry.digest(a.person, a.access), ''::text
from inquiry.access a where a.person = sqlc.arg(stream) and a.access = sqlc.arg(event)
limit 1;

-- name: StreamRows :many
-- The rows of one stream in both journals, newest first.
select x.added, x.stream, x.event, x.at, x.kind, x.refs, x.body, x.purpose, x.basis, x.pack, x.outcome, x.records, x.referred, x.replay_of, x.epoch, x.leaf, x.sealed, ''::text as seen
from (
    select j.added::text::bigint as added, j.stream, j.event, j.at, j.kind, j.refs, null::uuid as body, ''::text as purpose, ''::text as basis, ''::text as pack, (-1)::smallint as outcome, null::uuid[] as records, null::uuid[] as referred,
        null::uuid as replay_of, null::bigint as epoch, null::bigint as leaf, null::bytea as sealed
    from ledger.journal j where j.stream = sqlc.arg(stream)
    union all
    select a.added::text::bigint, a.person, a.access, a.at, 'inquiry.answered', null::jsonb, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.referred, a.replay_of, a.epoch, a.leaf, inquiry.digest(a.person, a.access)
    from inquiry.access a where a.person = sqlc.arg(stream)
) x
where sqlc.narg(before_at)::timestamptz is null or (x.at, x.event) < (sqlc.narg(before_at)::timestamptz, sqlc.arg(before_event)::uuid)
order by x.at desc, x.event desc limit sqlc.arg(most);

-- name: BatchesOf :many
-- The batches that a row of one transaction can be in.
select b.first, b.rows from ledger.batch b
where b.high >= (sqlc.arg(added)::bigint)::text::xid8 and b.low <= (sqlc.arg(added)::bigint)::text::xid8 order by b.high limit 10000;

-- name: RowsByKey :many
-- For the audit: rows of either journal by their keys.
select j.added::text::bigint as added, j.stream, j.event, j.at, j.kind, j.refs, null::uuid as body, ''::text as purpose, ''::text as basis, ''::text as pack, (-1)::smallint as outcome, null::uuid[] as records, null::uuid[] as referred,
    null::uuid as replay_of, null::bigint as epoch, null::bigint as leaf, null::bytea as sealed, ''::text as seen
from (select unnest(sqlc.arg(streams)::uuid[]) as stream, unnest(sqlc.arg(events)::uuid[]) as event) k join ledger.journal j on j.stream = k.stream and j.event = k.event
union all
select a.added::text::bigint, a.person, a.access, a.at, 'inquiry.answered', null::jsonb, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.referred, a.replay_of, a.epoch, a.leaf, inquiry.digest(a.person, a.access), ''::text
from (select unnest(sqlc.arg(streams)::uuid[]) as stream, unnest(sqlc.arg(events)::uuid[]) as event) k join inquiry.access a on a.person = k.stream and a.access = k.event
limit 100000;

-- name: Acted :one
-- Reads both journals until the first: asked a few times a year. What a person looked at
-- of their own, and what the log says of itself, is no work of anybody's.
select exists (select 1 from ledger.journal j where j.at >= sqlc.arg(from_at)::timestamptz and j.at < sqlc.arg(to_at)::timestamptz and j.kind not like 'ledger.%')
    or exists (select 1 from inquiry.access a where a.at >= sqlc.arg(from_at)::timestamptz and a.at < sqlc.arg(to_at)::timestamptz and a.basis <> 'self') as acted;

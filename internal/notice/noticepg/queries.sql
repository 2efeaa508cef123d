-- name: Owe :many
-- Taken in the order of keys. Says of each new letter whether its person gave an address.
insert into notice.owed as o (person, notice, kind, record, version, pack, owed_at)
select l.person, l.notice, l.kind, l.record, l.version, l.pack, l.owed_at from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(notices)::uuid[]) as notice, unnest(sqlc.arg(kinds)::text[]) as kind, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(packs)::text[]) as pack, unnest(sqlc.arg(owed_ats)::timestamptz[]) as owed_at) as l
order by l.person, l.notice
on conflict (person, notice) do nothing
returning o.person, o.notice, exists (select 1 from party.contact c where c.person = o.person) as reachable;

-- name: NoAddress :exec
insert into notice.attempt (person, notice, channel, nth, meant_at, ended_at, outcome)
select unnest(sqlc.arg(persons)::uuid[]), unnest(sqlc.arg(notices)::uuid[]), 'email', 1, sqlc.arg(now)::timestamptz, sqlc.arg(now)::timestamptz, 'no address';

-- name: Open :execrows
update notice.owed set opened_at = sqlc.arg(now)::timestamptz, answer_until = sqlc.arg(answer_until)::timestamptz where person = sqlc.arg(person) and notice = sqlc.arg(notice) and opened_at is null;

-- name: One :one
select person, notice, kind, record, version, pack, owed_at, opened_at, answer_until from notice.owed where person = $1 and notice = $2;

-- name: List :many
select person, notice, kind, record, version, pack, owed_at, opened_at, answer_until from notice.owed where person = $1 order by owed_at desc, notice limit 500;

-- name: Attempts :many
select channel, nth, meant_at, ended_at, outcome from notice.attempt where person = $1 and notice = $2 order by meant_at, channel, nth limit 100;

-- name: Address :one
select t.nth::integer as nth, coalesce(t.epoch, 0)::bigint as epoch, coalesce(t.leaf, 0)::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from notice.address(sqlc.arg(person)::uuid, sqlc.arg(notice)::uuid, sqlc.arg(now)::timestamptz) as t(nth, epoch, leaf, nonce, box);

-- name: Ended :exec
update notice.attempt set ended_at = sqlc.arg(now)::timestamptz, outcome = sqlc.arg(outcome)::text
where person = sqlc.arg(person) and notice = sqlc.arg(notice) and channel = sqlc.arg(channel) and nth = sqlc.arg(nth) and ended_at is null;

-- name: Disclose :many
select t.outcome::smallint as outcome, t.replayed::boolean as replayed, t.record::uuid as record, coalesce(t.version, 0)::integer as version,
    coalesce(t.type, '')::text as type, t.source::uuid as source, t.start_on::date as start_on, t.display_end::date as display_end,
    coalesce(t.epoch, 0)::bigint as epoch, coalesce(t.leaf, 0)::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from inquiry.disclose(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(spare)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(body)::uuid,
    sqlc.arg(purpose)::text, sqlc.arg(basis)::text, sqlc.arg(has_right)::boolean, sqlc.arg(pack)::text, sqlc.arg(types)::text[], sqlc.arg(epoch)::bigint, sqlc.arg(leaf)::bigint, sqlc.arg(nonce)::bytea, sqlc.arg(box)::bytea)
    as t(outcome, replayed, record, version, type, source, start_on, display_end, epoch, leaf, nonce, box);

-- name: ShowLookups :many
select t.access::uuid as access, t.at::timestamptz as at, t.body::uuid as body, t.purpose::text as purpose, t.basis::text as basis, t.pack::text as pack, t.outcome::smallint as outcome,
    t.records::uuid[] as records, t.replay_of::uuid as replay_of, coalesce(t.epoch, 0)::bigint as epoch, coalesce(t.leaf, 0)::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from inquiry.show_lookups(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.narg(before)::timestamptz, sqlc.arg(most)::integer)
    as t(access, at, body, purpose, basis, pack, outcome, records, replay_of, epoch, leaf, nonce, box);

-- name: Recent :many
select access, at, body, purpose, basis::text as basis, pack, outcome::smallint as outcome, records, replay_of from inquiry.access
where person = sqlc.arg(person) and basis <> 'self' and (sqlc.narg(before)::timestamptz is null or at < sqlc.narg(before)::timestamptz)
order by at desc, access limit sqlc.arg(most);

-- name: CountSince :one
select count(*) filter (where outcome <> 0) as answered, count(*) filter (where outcome = 0) as refused
from inquiry.access where person = $1 and basis <> 'self' and at >= $2;

-- name: AccessLeaves :many
select epoch::bigint as epoch, max(leaf)::bigint as leaf from inquiry.access where epoch is not null group by epoch order by epoch limit 100000;

-- name: AccessesHeld :many
-- The keeper cannot see whether there is still a box; to clear one twice does no harm.
select person, access, replay_of, epoch::bigint as epoch, leaf::bigint as leaf from inquiry.access
where epoch is not null and (person, access) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_access)::uuid) order by person, access limit sqlc.arg(most);

-- name: ClearTrace :exec
-- What looked, when and why stays; who it was at the body and the case go.
update inquiry.access set nonce = null, box = null
where person = sqlc.arg(person) and (access = sqlc.arg(access) or replay_of = sqlc.arg(access)) and epoch = sqlc.arg(epoch)::bigint and leaf = sqlc.arg(leaf)::bigint;

-- name: LastingAccesses :many
-- Epochs of one class compare like their end days.
select person, max(epoch)::bigint as epoch from inquiry.access where person = any (sqlc.arg(persons)::uuid[]) and epoch is not null group by person;

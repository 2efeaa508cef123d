-- name: Disclose :many
select t.nth::integer as nth, t.outcome::smallint as outcome, t.replayed::boolean as replayed, t.refer::boolean as refer, t.record::uuid as record, coalesce(t.version, 0)::integer as version,
    coalesce(t.type, '')::text as type, t.source::uuid as source, t.start_on::date as start_on, t.display_end::date as display_end, coalesce(t.disputed, false)::boolean as disputed, coalesce(t.provisional, false)::boolean as provisional,
    coalesce(t.epoch, 0)::bigint as epoch, coalesce(t.leaf, 0)::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box, t.words::bytea as words
from inquiry.disclose(sqlc.arg(wait)::boolean, sqlc.arg(persons)::uuid[], sqlc.arg(accesses)::uuid[], sqlc.arg(spares)::uuid[], sqlc.arg(nows)::timestamptz[], sqlc.arg(bodies)::uuid[],
    sqlc.arg(purposes)::text[], sqlc.arg(bases)::text[], sqlc.arg(rights)::boolean[], sqlc.arg(packs)::text[], sqlc.arg(types)::text[], sqlc.arg(pass)::text[], sqlc.arg(against)::text[],
    sqlc.arg(matters)::uuid[], sqlc.arg(subjects)::uuid[], sqlc.arg(people)::integer[], sqlc.arg(epochs)::bigint[], sqlc.arg(leaves)::bigint[], sqlc.arg(nonces)::bytea[], sqlc.arg(boxes)::bytea[])
    as t(nth, outcome, replayed, refer, record, version, type, source, start_on, display_end, disputed, provisional, epoch, leaf, nonce, box, words);

-- name: ShowLookups :many
select t.access::uuid as access, t.at::timestamptz as at, t.body::uuid as body, t.purpose::text as purpose, t.basis::text as basis, t.pack::text as pack, t.outcome::smallint as outcome,
    t.records::uuid[] as records, t.referred::uuid[] as referred, t.replay_of::uuid as replay_of, coalesce(t.epoch, 0)::bigint as epoch, coalesce(t.leaf, 0)::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box,
    coalesce(t.use_epoch, 0)::bigint as use_epoch, coalesce(t.use_leaf, 0)::bigint as use_leaf, t.use_nonce::bytea as use_nonce, t.use_box::bytea as use_box
from inquiry.show_lookups(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.narg(before)::timestamptz, sqlc.arg(most)::integer)
    as t(access, at, body, purpose, basis, pack, outcome, records, referred, replay_of, epoch, leaf, nonce, box, use_epoch, use_leaf, use_nonce, use_box);

-- name: Recent :many
select access, at, body, purpose, basis::text as basis, pack, outcome::smallint as outcome, records, referred, replay_of from inquiry.access
where person = sqlc.arg(person) and basis <> 'self' and (sqlc.narg(before)::timestamptz is null or at < sqlc.narg(before)::timestamptz)
order by at desc, access limit sqlc.arg(most);

-- name: Lately :many
-- How many looks there were since an instant, and the newest of all. Where there are none, one row without a look. The rows are read once, for what they are counted by.
with l as materialized (select c.access, c.at, c.outcome from inquiry.access c where c.person = sqlc.arg(person) and c.basis <> 'self')
select n.answered::bigint as answered, n.refused::bigint as refused, a.access::uuid as access, coalesce(a.at, 'epoch')::timestamptz as at, a.body::uuid as body, coalesce(a.purpose, '')::text as purpose,
    coalesce(a.basis, '')::text as basis, coalesce(a.pack, '')::text as pack, coalesce(a.outcome, 0)::smallint as outcome, a.records::uuid[] as records, a.referred::uuid[] as referred, a.replay_of::uuid as replay_of
from (select count(*) filter (where l.outcome not in (0, 4)) as answered, count(*) filter (where l.outcome in (0, 4)) as refused from l where l.at >= sqlc.arg(since)::timestamptz) as n
left join (select x.access, x.at, x.body, x.purpose, x.basis::text as basis, x.pack, x.outcome::smallint as outcome, x.records, x.referred, x.replay_of
    from (select l.access, l.at from l order by l.at desc, l.access limit sqlc.arg(most)) as t join inquiry.access x on x.person = sqlc.arg(person) and x.access = t.access) as a on true
order by a.at desc, a.access;

-- name: LockGates :exec
-- Whoever asks who was given something waits for answers under way.
select g.person from party.gate g where g.person = any (sqlc.arg(persons)::uuid[]) order by g.person for update;

-- name: Recipients :many
-- Who was given a record in an answer since an instant, and in which inquiries. Person by person.
select l.person::uuid as person, l.record::uuid as record, a.body::uuid as body, array_agg(distinct coalesce(a.replay_of, a.access))::uuid[] as inquiries
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record) as l
cross join lateral (select x.body, x.access, x.replay_of from inquiry.access x
    where x.person = l.person and x.at >= sqlc.arg(since)::timestamptz and x.outcome = 1 and x.basis in ('consent', 'statute') and l.record = any (x.records) limit 100000) as a
group by l.person, l.record, a.body;

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

-- name: TakeQuota :one
-- A piece that no longer fits gives no row, and nothing is taken.
insert into inquiry.quota as q (body, purpose, day, taken) select sqlc.arg(body), sqlc.arg(purpose), sqlc.arg(day), sqlc.arg(piece)::integer
where sqlc.arg(piece)::integer <= sqlc.arg(ceiling)::integer
on conflict (body, purpose, day) do update set taken = q.taken + sqlc.arg(piece)::integer where q.taken + sqlc.arg(piece)::integer <= sqlc.arg(ceiling)::integer
returning taken;

-- name: AwaitSecond :execrows
insert into inquiry.second (access, body, purpose, question, clerk, staff_number, at, until_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (access) do nothing;

-- name: FindSecond :one
select access, body, purpose, question, clerk, staff_number, at, until_at, second_clerk, second_staff_number
from inquiry.second where access = $1 and body = $2;

-- name: ConfirmSecond :one
update inquiry.second set second_clerk = sqlc.arg(clerk)::uuid, second_staff_number = sqlc.arg(staff_number)::text, second_at = sqlc.arg(now)::timestamptz
where access = sqlc.arg(access) and body = sqlc.arg(body) and question = sqlc.arg(question) and clerk <> sqlc.arg(clerk)::uuid
and second_clerk is null and until_at > sqlc.arg(now)::timestamptz returning purpose;

-- name: WaitingSeconds :many
select access, body, purpose, question, clerk, staff_number, at, until_at, second_clerk, second_staff_number
from inquiry.second where body = $1 and until_at > $2 and second_clerk is null order by until_at, access limit $3;

-- name: SweepMatters :execrows
delete from inquiry.matter where (matter, nth) in (select m.matter, m.nth from inquiry.matter m where m.epoch < sqlc.arg(epoch) limit 1000);

-- name: SweepQuotas :execrows
delete from inquiry.quota where (body, purpose, day) in (select q.body, q.purpose, q.day from inquiry.quota q where q.day < $1 limit 1000);

-- name: SweepSeconds :execrows
delete from inquiry.second where access in (select s.access from inquiry.second s where s.until_at < $1 limit 1000);

-- name: CloseCase :execrows
insert into inquiry.matter (matter, nth, subject, access, at, epoch)
values (sqlc.arg(matter), 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', sqlc.arg(at), sqlc.arg(epoch)) on conflict do nothing;

-- name: ShownTo :many
-- The answers that gave a record of a person to a body.
select access, body, at from inquiry.access where person = sqlc.arg(person) and sqlc.arg(record)::uuid = any (records) and basis in ('consent', 'statute') order by at desc, access limit 10000;

-- name: AnsweredEpoch :one
select a.epoch::bigint as epoch from inquiry.access a where a.person = sqlc.arg(person) and a.access = sqlc.arg(access) and a.body = sqlc.arg(body)::uuid and a.epoch is not null;

-- name: PutUse :execrows
-- Once; that a copy was given stands in the place of what was noted.
insert into inquiry.use (person, access, body, noted_at, epoch, leaf, nonce, box)
select a.person, a.access, a.body, sqlc.arg(noted_at)::timestamptz, sqlc.arg(epoch)::bigint, sqlc.arg(leaf)::bigint, sqlc.arg(nonce)::bytea, sqlc.arg(box)::bytea
from inquiry.access a where a.person = sqlc.arg(person) and a.access = sqlc.arg(access) and a.body = sqlc.arg(body)::uuid
on conflict (person, access) do update set epoch = sqlc.arg(epoch)::bigint, leaf = sqlc.arg(leaf)::bigint, nonce = sqlc.arg(nonce)::bytea, box = sqlc.arg(box)::bytea where sqlc.arg(given)::boolean;

-- name: UseLeaves :many
select epoch, max(leaf)::bigint as leaf from inquiry.use group by epoch order by epoch limit 100000;

-- name: UsesHeld :many
select person, access, epoch, leaf from inquiry.use where (person, access) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_access)::uuid) order by person, access limit sqlc.arg(most);

-- name: RemoveUse :exec
delete from inquiry.use where person = sqlc.arg(person) and access = sqlc.arg(access) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

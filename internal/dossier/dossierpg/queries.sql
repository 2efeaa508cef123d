-- name: Show :many
-- What may be NULL comes as a type that knows it (uuid, date, bytea); of instants, the epoch stands for none.
select t.record::uuid as record, t.version::integer as version, t.type::text as type, t.source::uuid as source, t.pack::text as pack, t.negative::boolean as negative,
    t.state::text as state, t.visible::boolean as visible, t.received_at::timestamptz as received_at, t.start_on::date as start_on, t.display_end::date as display_end, t.retain_end::date as retain_end,
    coalesce(t.effect_at, 'epoch')::timestamptz as effect_at, coalesce(t.erased_at, 'epoch')::timestamptz as erased_at,
    t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from dossier.show(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.narg(record)::uuid)
    as t(record, version, type, source, pack, negative, state, visible, received_at, start_on, display_end, retain_end, effect_at, erased_at, epoch, leaf, nonce, box);

-- name: TakeEffect :execrows
update dossier.record set state = 'in force', effect_at = sqlc.arg(effect_at)::timestamptz
where person = sqlc.arg(person) and record = sqlc.arg(record) and state = 'noticed';

-- name: ReserveRefs :exec
-- A reservation whose person was swept away before a record was written is taken over.
insert into dossier.source_ref (source, ref_mac, person, record)
select sqlc.arg(source)::uuid, r.mac, r.person, r.record
from (select unnest(sqlc.arg(macs)::bytea[]) as mac, unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record) as r
order by r.mac
on conflict (source, ref_mac) do update set person = excluded.person, record = excluded.record
where not exists (select 1 from party.gate g where g.person = source_ref.person)
and not exists (select 1 from dossier.record d where d.person = source_ref.person and d.record = source_ref.record);

-- name: Heads :many
-- The heads of known refs: keys, order and fingerprint, never content. A reservation whose person was swept away is not known.
select s.ref_mac, s.person, s.record, r.version, r.source_order, r.state, r.retain_end, r.epoch, r.leaf, r.mark
from dossier.source_ref s left join dossier.record r on r.person = s.person and r.record = s.record
where s.source = sqlc.arg(source) and s.ref_mac = any (sqlc.arg(macs)::bytea[])
and (r.person is not null or exists (select 1 from party.gate g where g.person = s.person));

-- name: InsertRecords :many
-- Behind a gate that is there and stays: a person who ended meanwhile gets no record, and counts as lost.
insert into dossier.record (person, record, version, source, source_order, type, pack, negative, state, received_at, start_on, display_end, retain_end, effect_at, epoch, leaf, mark, nonce, box)
select r.person, r.record, 1, sqlc.arg(source)::uuid, r.source_order, sqlc.arg(type)::text, sqlc.arg(pack)::text, sqlc.arg(negative)::boolean, sqlc.arg(state)::text,
    sqlc.arg(now)::timestamptz, r.start_on, r.display_end, r.retain_end, sqlc.narg(effect_at)::timestamptz, r.epoch, r.leaf, r.mark, r.nonce, r.box
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(orders)::bigint[]) as source_order, unnest(sqlc.arg(starts)::date[]) as start_on, unnest(sqlc.arg(display_ends)::date[]) as display_end, unnest(sqlc.arg(retain_ends)::date[]) as retain_end, unnest(sqlc.arg(epochs)::bigint[]) as epoch, unnest(sqlc.arg(leaves)::bigint[]) as leaf, unnest(sqlc.arg(marks)::bytea[]) as mark, unnest(sqlc.arg(nonces)::bytea[]) as nonce, unnest(sqlc.arg(boxes)::bytea[]) as box) as r
join party.gate g on g.person = r.person
order by r.person for share of g
on conflict (person, record) do nothing
returning person, record;

-- name: UpdateRecords :many
-- A new version; it counts only where nobody was faster. Ends stay as they were fixed at first entry.
update dossier.record d set version = d.version + 1, source_order = r.source_order, pack = sqlc.arg(pack)::text, state = sqlc.arg(state)::text, effect_at = sqlc.narg(effect_at)::timestamptz,
    epoch = r.epoch, leaf = r.leaf, mark = r.mark, nonce = r.nonce, box = r.box
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(orders)::bigint[]) as source_order, unnest(sqlc.arg(epochs)::bigint[]) as epoch, unnest(sqlc.arg(leaves)::bigint[]) as leaf, unnest(sqlc.arg(marks)::bytea[]) as mark, unnest(sqlc.arg(nonces)::bytea[]) as nonce, unnest(sqlc.arg(boxes)::bytea[]) as box) as r
where d.person = r.person and d.record = r.record and d.version = r.version and d.state in ('noticed', 'in force')
returning d.person, d.record;

-- name: AdvanceOrders :exec
update dossier.record d set source_order = r.source_order
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(orders)::bigint[]) as source_order) as r
where d.person = r.person and d.record = r.record and d.source_order < r.source_order;

-- name: RecordLeaves :many
select epoch, max(leaf)::bigint as leaf from dossier.record group by epoch order by epoch limit 100000;

-- name: RecordsHeld :many
select person, record, version, epoch, leaf from dossier.record
where state <> 'erased' and (person, record) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_record)::uuid) order by person, record limit sqlc.arg(most);

-- name: LockGate :exec
-- Whoever erases waits for answers under way, and they for it.
select g.person from party.gate g where g.person = $1 for update;

-- name: OverRecords :many
-- What has passed its end of retention, oldest first. The vault forgets the epoch; the sweep clears what is left.
select person, record from dossier.record where retain_end < sqlc.arg(today)::date and state <> 'erased' order by retain_end, person limit sqlc.arg(most);

-- name: EraseOver :many
update dossier.record set state = 'erased', erased_at = sqlc.arg(now)::timestamptz, mark = null, nonce = null, box = null
where person = sqlc.arg(person) and record = any (sqlc.arg(records)::uuid[]) and retain_end < sqlc.arg(today)::date and state <> 'erased'
returning record, retain_end;

-- name: EraseIn :many
-- Only the version that was looked at: another may have taken its place.
update dossier.record set state = 'erased', erased_at = sqlc.arg(now)::timestamptz, mark = null, nonce = null, box = null
where person = sqlc.arg(person) and record = sqlc.arg(record) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf) and state <> 'erased'
returning record, retain_end;

-- name: LastingRecords :many
select person, max(retain_end)::date as until from dossier.record where person = any (sqlc.arg(persons)::uuid[]) and state <> 'erased' group by person;

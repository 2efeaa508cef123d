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
where person = sqlc.arg(person) and record = sqlc.arg(record) and version = sqlc.arg(version) and state = 'noticed';

-- name: Heads :many
-- The heads of known refs: keys, order and fingerprint, never content. Key by key: the limits keep the list outside, whatever is known of the tables.
select s.ref_mac, s.person, s.record, r.version, r.source_order, r.state, r.retain_end, r.epoch, r.leaf, r.mark
from (select unnest(sqlc.arg(macs)::bytea[]) as mac) as l
cross join lateral (select o.ref_mac, o.person, o.record from dossier.source_ref o where o.source = sqlc.arg(source) and o.ref_mac = l.mac limit 1) as s
cross join lateral (select o.version, o.source_order, o.state, o.retain_end, o.epoch, o.leaf, o.mark from dossier.record o where o.person = s.person and o.record = s.record limit 1) as r;

-- name: Elsewhere :many
-- Decisions that another type of the same person rests on: a person has few records, so the primary key finds them.
select d.person::uuid as person, d.mark::bytea as mark, r.type
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(marks)::bytea[]) as mark) as d
cross join lateral (select o.type from dossier.record o where o.person = d.person and o.decision = d.mark and o.type <> sqlc.arg(type)::text
    and o.state not in ('withdrawn', 'erased') limit 100) as r;

-- name: UpdateRecords :execrows
-- A new version; it counts only where nobody was faster. Ends stay as they were fixed at first entry. Taken in the order of keys.
update dossier.record d set version = d.version + 1, source_order = r.source_order, pack = sqlc.arg(pack)::text, state = sqlc.arg(state)::text, effect_at = sqlc.narg(effect_at)::timestamptz,
    epoch = r.epoch, leaf = r.leaf, mark = r.mark, decision = r.decision, nonce = r.nonce, box = r.box
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(orders)::bigint[]) as source_order, unnest(sqlc.arg(epochs)::bigint[]) as epoch, unnest(sqlc.arg(leaves)::bigint[]) as leaf, unnest(sqlc.arg(marks)::bytea[]) as mark, unnest(sqlc.arg(decisions)::bytea[]) as decision, unnest(sqlc.arg(nonces)::bytea[]) as nonce, unnest(sqlc.arg(boxes)::bytea[]) as box) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.version = r.version and d.state in ('noticed', 'in force');

-- name: WithdrawRecords :execrows
-- Content goes at once; what was sealed is forgotten by the vault. Only the version that was looked at.
update dossier.record d set state = 'withdrawn', source_order = greatest(d.source_order, r.source_order), mark = null, nonce = null, box = null
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(orders)::bigint[]) as source_order) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.version = r.version and d.state in ('noticed', 'in force');

-- name: AdvanceOrders :exec
update dossier.record d set source_order = r.source_order
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(orders)::bigint[]) as source_order) as r
where d.person = r.person and d.record = r.record and d.source_order < r.source_order;

-- name: RecordLeaves :many
select epoch, max(leaf)::bigint as leaf from dossier.record group by epoch order by epoch limit 100000;

-- name: RecordsHeld :many
select person, record, version, epoch, leaf from dossier.record
where state not in ('withdrawn', 'erased') and (person, record) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_record)::uuid) order by person, record limit sqlc.arg(most);

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

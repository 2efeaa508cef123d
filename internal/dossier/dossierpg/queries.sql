-- name: Show :many
-- What may be NULL comes as a type that knows it (uuid, date, bytea); of instants, the epoch stands for none.
select t.record::uuid as record, t.version::integer as version, t.type::text as type, t.source::uuid as source, t.pack::text as pack, t.negative::boolean as negative,
    t.state::text as state, t.visible::boolean as visible, t.received_at::timestamptz as received_at, t.start_on::date as start_on, t.display_end::date as display_end, t.retain_end::date as retain_end,
    coalesce(t.effect_at, 'epoch')::timestamptz as effect_at, coalesce(t.erased_at, 'epoch')::timestamptz as erased_at,
    coalesce(t.disputed_from, 'epoch')::timestamptz as disputed_from, coalesce(t.disputed_until, 'epoch')::timestamptz as disputed_until,
    coalesce(t.hide_from, 'epoch')::timestamptz as hide_from, coalesce(t.hide_until, 'epoch')::timestamptz as hide_until, coalesce(t.hide_why, '')::text as hide_why,
    coalesce(t.late_from, 'epoch')::timestamptz as late_from, coalesce(t.late_until, 'epoch')::timestamptz as late_until, t.at_once::boolean as at_once, t.unheard_until::date as unheard_until, t.extended::boolean as extended, t.provisional::boolean as provisional,
    t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from dossier.show(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.narg(record)::uuid, sqlc.arg(first)::integer, sqlc.arg(most)::integer)
    as t(record, version, type, source, pack, negative, state, visible, received_at, start_on, display_end, retain_end, effect_at, erased_at,
        disputed_from, disputed_until, hide_from, hide_until, hide_why, late_from, late_until, at_once, unheard_until, extended, provisional, epoch, leaf, nonce, box);

-- name: Outline :many
-- All records of a person without their content: how many there are, and those whose next day comes soonest. A file of which none has one gives one row without a record.
with r as (
    select d.record, d.type, d.pack, d.state, least(d.display_end, d.unheard_until) as display_end, d.retain_end < (sqlc.arg(now)::timestamptz at time zone m.zone)::date as past,
        d.state = 'in force' and d.effect_at > sqlc.arg(now)::timestamptz as soon, (d.effect_at at time zone m.zone)::date as effect_on,
        dossier.visible(d.state, d.effect_at, d.display_end, d.hide_from, d.hide_until, d.late_from, d.late_until, d.stay_from, d.stay_until, sqlc.arg(now)::timestamptz, (sqlc.arg(now)::timestamptz at time zone m.zone)::date)
            or dossier.at_once(d.at_once, d.state, d.display_end, d.unheard_until, d.hide_from, d.hide_until, d.late_from, d.late_until, d.stay_from, d.stay_until, sqlc.arg(now)::timestamptz, (sqlc.arg(now)::timestamptz at time zone m.zone)::date) as visible
    from dossier.record d, house.mode m where d.person = sqlc.arg(person)
)
select n.records::bigint as records, n.others::bigint as others, n.erased::bigint as erased,
    a.record::uuid as record, coalesce(a.type, '')::text as type, coalesce(a.pack, '')::text as pack, a.day::date as day, coalesce(a.soon, false)::boolean as begins
from (select count(*) as records, count(*) filter (where r.visible) as others, count(*) filter (where r.state = 'erased' or r.past) as erased from r) as n
left join (select r.record, r.type, r.pack, case when r.soon then r.effect_on else r.display_end end as day, r.soon from r where r.visible or r.soon order by 4, 1 limit sqlc.arg(most)) as a on true
order by a.day, a.record;

-- name: TakeEffect :many
-- What was told takes effect at an instant, or earlier than it would have; never later than was said before. A letter about another version than the
-- one that a record goes back to moves nothing, and a decision before its hearing takes no effect but the one at once (rules C3).
update dossier.record d set state = 'in force', effect_at = r.effect_at
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(effects)::timestamptz[]) as effect_at) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.told = r.version and (d.state = 'noticed' or d.state = 'in force' and d.effect_at > r.effect_at) and d.unheard_until is null
returning d.person, d.record, d.told, d.effect_at;

-- name: TakeBack :execrows
-- What was told by a way that failed after all waits again.
update dossier.record set state = 'noticed', effect_at = null
where person = sqlc.arg(person) and record = sqlc.arg(record) and told = sqlc.arg(version)::integer and state = 'in force';

-- name: Heads :many
-- The heads of known refs: keys, order and fingerprint, never content. Key by key: the limits keep the list outside, whatever is known of the tables.
select s.ref_mac, s.person, s.record, r.version, r.source_order, r.state, coalesce(r.ended_why, '')::text as why, r.retain_end, r.epoch, r.leaf, r.mark, r.weight, r.awaited, r.refuted, r.readmit_until, r.stated, r.at_once, r.unheard_until, r.extended
from (select unnest(sqlc.arg(macs)::bytea[]) as mac) as l
cross join lateral (select o.ref_mac, o.person, o.record from dossier.source_ref o where o.source = sqlc.arg(source) and o.ref_mac = l.mac limit 1) as s
cross join lateral (select o.version, o.source_order, o.state, o.ended_why, o.retain_end, o.epoch, o.leaf, o.mark, o.weight, coalesce(o.hide_why = 'correction', false)::boolean as awaited, o.refuted, o.readmit_until, o.stated, o.at_once, o.unheard_until, o.extended from dossier.record o where o.person = s.person and o.record = s.record limit 1) as r;

-- name: Elsewhere :many
-- Decisions that another type of the same person rests on, and those of the type of which a record was refuted: a person has few records, so the
-- primary key finds them.
select d.person::uuid as person, d.mark::bytea as mark, r.type, r.record
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(marks)::bytea[]) as mark) as d
cross join lateral (select o.type, o.record from dossier.record o where o.person = d.person and o.decision = d.mark
    and (o.type <> sqlc.arg(type)::text and o.state not in ('withdrawn', 'repaired', 'erased') or o.type = sqlc.arg(type)::text and o.refuted and o.ended_at is not null) limit 100) as r;

-- name: UpdateRecords :execrows
-- A new version; it counts only where nobody was faster. Ends stay as they were fixed at first entry, but that a status decision whose conditions of removal were met is shown no longer (rules A4). What begins anew is in the state that is
-- given; the rest stands where it stood, and inherits its letter (rules C2). Taken in the order of keys.
-- What is hidden stays hidden, but for what waits for this very correction.
update dossier.record d set version = d.version + 1, source_order = r.source_order, pack = sqlc.arg(pack)::text, display_end = greatest(d.start_on, least(d.display_end, r.display_end)),
    state = case when r.anew then sqlc.arg(state)::text else d.state end, effect_at = case when r.anew then sqlc.narg(effect_at)::timestamptz else d.effect_at end,
    told = case when not r.anew then d.told when sqlc.arg(state)::text = 'noticed' then d.version + 1 else 0 end,
    epoch = r.epoch, leaf = r.leaf, mark = r.mark, weight = r.weight, decision = r.decision, nonce = r.nonce, box = r.box, at_once = r.at_once, unheard_until = r.unheard_until, extended = r.extended,
    refuted = d.refuted or coalesce(d.hide_why = 'correction', false), readmit_until = case when not r.anew then d.readmit_until end,
    hide_from = case when d.hide_why <> 'correction' then d.hide_from end, hide_until = case when d.hide_why <> 'correction' then d.hide_until end, hide_why = case when d.hide_why <> 'correction' then d.hide_why end
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(orders)::bigint[]) as source_order, unnest(sqlc.arg(anew)::boolean[]) as anew, unnest(sqlc.arg(display_ends)::date[]) as display_end, unnest(sqlc.arg(at_once)::boolean[]) as at_once, unnest(sqlc.arg(unheard_untils)::date[]) as unheard_until, unnest(sqlc.arg(extended)::boolean[]) as extended, unnest(sqlc.arg(epochs)::bigint[]) as epoch, unnest(sqlc.arg(leaves)::bigint[]) as leaf, unnest(sqlc.arg(marks)::bytea[]) as mark, unnest(sqlc.arg(weights)::bytea[]) as weight, unnest(sqlc.arg(decisions)::bytea[]) as decision, unnest(sqlc.arg(nonces)::bytea[]) as nonce, unnest(sqlc.arg(boxes)::bytea[]) as box) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.version = r.version and d.state in ('noticed', 'in force');

-- name: WithdrawRecords :execrows
-- Content goes at once; what was sealed is forgotten by the vault. Only the version that was looked at.
update dossier.record d set state = 'withdrawn', ended_at = sqlc.arg(now)::timestamptz, ended_why = 'withdrawn', ended_rule = sqlc.arg(rule)::text, readmit_until = null,
    refuted = d.refuted or coalesce(d.hide_why = 'correction', false) or dossier.disputed(d.disputed_from, d.disputed_until, sqlc.arg(now)::timestamptz), source_order = greatest(d.source_order, r.source_order), mark = null, weight = null, nonce = null, box = null
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(orders)::bigint[]) as source_order) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.version = r.version and d.state in ('noticed', 'in force');

-- name: MoveRefs :execrows
-- What was filed under somebody else, and ended as that, is filed anew, and so is what was refuted and is certified: its ref leads to the new record. Nobody
-- else's ref moves.
update dossier.source_ref s set person = r.person, record = r.record
from (select unnest(sqlc.arg(macs)::bytea[]) as mac, unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(was)::uuid[]) as was) as r
where s.source = sqlc.arg(source) and s.ref_mac = r.mac and s.record = r.was
    and exists (select 1 from dossier.record o, house.mode m where o.person = s.person and o.record = s.record and o.state = 'withdrawn'
        and (o.ended_why = 'wrong person' and o.person <> r.person or o.person = r.person and o.readmit_until >= (sqlc.arg(now)::timestamptz at time zone m.zone)::date));

-- name: AdvanceOrders :exec
update dossier.record d set source_order = r.source_order
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(orders)::bigint[]) as source_order) as r
where d.person = r.person and d.record = r.record and d.source_order < r.source_order;

-- name: RecordLeaves :many
select epoch, max(leaf)::bigint as leaf from dossier.record group by epoch order by epoch limit 100000;

-- name: RecordsHeld :many
select person, record, version, epoch, leaf from dossier.record
where state not in ('withdrawn', 'repaired', 'erased') and (person, record) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_record)::uuid) order by person, record limit sqlc.arg(most);

-- name: Shade :execrows
-- What a contest makes of a record; behind the person's gate, which the contest holds.
update dossier.record set disputed_from = sqlc.narg(disputed_from)::timestamptz, disputed_until = sqlc.narg(disputed_until)::timestamptz,
    hide_from = sqlc.narg(hide_from)::timestamptz, hide_until = sqlc.narg(hide_until)::timestamptz, hide_why = sqlc.narg(hide_why)::text
where person = sqlc.arg(person) and record = sqlc.arg(record) and state not in ('withdrawn', 'repaired', 'erased');

-- name: Stated :execrows
-- Whether words of the person go with a record; behind the person's gate.
update dossier.record set stated = sqlc.arg(stated)::boolean where person = sqlc.arg(person) and record = sqlc.arg(record) and state in ('noticed', 'in force', 'expired');

-- name: Readmit :execrows
-- A record that was refuted may come back until a day; behind the person's gate, which the contest holds.
update dossier.record set readmit_until = sqlc.arg(until)::date
where person = sqlc.arg(person) and record = sqlc.arg(record) and state <> 'erased' and (refuted or hide_why = 'correction');

-- name: HeadOf :one
-- One record of a person, without content.
select version, source, type, pack, negative, state, received_at, start_on, display_end, retain_end, epoch, leaf from dossier.record where person = $1 and record = $2;

-- name: HeadsOf :many
-- Records of persons, without content. Key by key.
select r.person, r.record, r.version, r.source, r.type, r.pack, r.negative, r.state, r.received_at, r.start_on, r.display_end, r.retain_end
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record) as l
cross join lateral (select o.person, o.record, o.version, o.source, o.type, o.pack, o.negative, o.state, o.received_at, o.start_on, o.display_end, o.retain_end from dossier.record o where o.person = l.person and o.record = l.record limit 1) as r;

-- name: LockGates :exec
-- Whoever erases waits for answers under way, and they for it. In the order of keys, so that two who erase cannot wait for each other.
select count(*) from (select g.person from party.gate g where g.person = any (sqlc.arg(persons)::uuid[]) order by g.person for update) as locked;

-- name: EndEarly :many
-- The content goes at once; the vault is asked to forget the leaf. The ref stays blocked. Taken in the order of keys.
update dossier.record d set state = r.state, ended_at = sqlc.arg(now)::timestamptz, ended_why = r.why, ended_rule = r.rule, refuted = d.refuted or r.refuted, mark = null, weight = null, nonce = null, box = null
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(states)::text[]) as state, unnest(sqlc.arg(whys)::text[]) as why, unnest(sqlc.arg(rules)::text[]) as rule, unnest(sqlc.arg(refuted)::boolean[]) as refuted) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.state in ('noticed', 'in force', 'expired')
returning d.person, d.record, d.version, d.epoch, d.leaf, r.why::text as why, r.rule::text as rule, d.stated;

-- name: OverRecords :many
-- What has passed its end of retention, oldest first. The vault forgets the epoch; the sweep clears what is left.
select person, record from dossier.record where retain_end < sqlc.arg(today)::date and state <> 'erased' order by retain_end, person limit sqlc.arg(most);

-- name: EraseOver :many
-- In the order of keys. ended: the vault was asked before to forget it.
update dossier.record d set state = 'erased', erased_at = sqlc.arg(now)::timestamptz, mark = null, weight = null, nonce = null, box = null
from (select u.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(records)::uuid[]) as record) as u order by u.person, u.record) as r
where d.person = r.person and d.record = r.record and d.retain_end < sqlc.arg(today)::date and d.state <> 'erased'
returning d.person, d.record, d.version, d.epoch, d.leaf, d.retain_end, (d.ended_at is not null)::boolean as ended;

-- name: EraseIn :many
-- Only the version that was looked at: another may have taken its place.
update dossier.record set state = 'erased', erased_at = sqlc.arg(now)::timestamptz, mark = null, weight = null, nonce = null, box = null
where person = sqlc.arg(person) and record = sqlc.arg(record) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf) and state <> 'erased'
returning record, retain_end;

-- name: LastingRecords :many
select person, max(retain_end)::date as until from dossier.record where person = any (sqlc.arg(persons)::uuid[]) and state <> 'erased' group by person;

-- name: Tombstones :many
-- What is left of a person's records: no content, no mark.
select record, version, type, source, pack, start_on, retain_end, epoch, leaf, coalesce(ended_at, erased_at, received_at)::timestamptz as ended, coalesce(ended_why, '')::text as why, coalesce(ended_rule, '')::text as rule
from dossier.record where person = sqlc.arg(person) and state in ('withdrawn', 'repaired', 'erased') and (sqlc.narg(record)::uuid is null or record = sqlc.narg(record)::uuid)
order by ended desc, record limit 1000;

-- name: Ends :many
-- How many records end on which days, by type and start: for a retention that is to end earlier.
select type, start_on, display_end, retain_end, count(*) as records from dossier.record
where state in ('noticed', 'in force', 'expired') and retain_end >= sqlc.arg(today)::date group by type, start_on, display_end, retain_end order by type, start_on, retain_end, display_end;

-- name: Shorten :execrows
-- Ends only ever come forward. Some at a time, by the day on which they would have ended.
update dossier.record d set display_end = least(d.display_end, sqlc.arg(display)::date), retain_end = sqlc.arg(retain)::date
where (d.person, d.record) in (select o.person, o.record from dossier.record o where o.retain_end = sqlc.arg(was)::date and o.type = sqlc.arg(type)::text and o.start_on = sqlc.arg(start_on)::date
    and o.state in ('noticed', 'in force', 'expired') limit sqlc.arg(most)) and d.retain_end > sqlc.arg(retain)::date;

-- name: EndingOn :many
-- Records with content whose retention ends on a day, behind a key: their persons are offered a copy.
select person, record, version from dossier.record where retain_end = sqlc.arg(day)::date and state in ('noticed', 'in force', 'expired')
and (person, record) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_record)::uuid) order by person, record limit sqlc.arg(most);

-- name: EndingOf :many
select record, version, type, source, pack, start_on, retain_end, epoch, leaf from dossier.record
where person = sqlc.arg(person) and state in ('noticed', 'in force', 'expired') and retain_end between sqlc.arg(from_day)::date and sqlc.arg(until_day)::date order by retain_end, record limit 1000;

-- name: Late :exec
-- What an application to end a record early makes of it while nobody decides; behind the person's gate, which it holds.
update dossier.record set late_from = sqlc.narg(late_from)::timestamptz, late_until = sqlc.narg(late_until)::timestamptz
where person = sqlc.arg(person) and record = sqlc.arg(record) and state in ('noticed', 'in force', 'expired');

-- name: Stay :exec
-- What the ombudsman orders of a record, or ends; behind the person's gate, which the caller holds. Whatever has become of the record.
update dossier.record set stay_from = sqlc.arg(stay_from)::timestamptz, stay_until = sqlc.narg(stay_until)::timestamptz where person = sqlc.arg(person) and record = sqlc.arg(record);

-- name: BeganRecords :many
-- Negative records of some types by their start, for what ends or opens by a rule. Without content.
select person, record, version, source, type, pack, negative, state, received_at, start_on, display_end, retain_end from dossier.record
where negative and state in ('noticed', 'in force') and type = any (sqlc.arg(types)::text[]) and start_on between sqlc.arg(from_day)::date and sqlc.arg(to_day)::date
and (start_on, person, record) > (sqlc.arg(after_start)::date, sqlc.arg(after_person)::uuid, sqlc.arg(after_record)::uuid)
order by start_on, person, record limit sqlc.arg(most);

-- name: Favourable :one
-- Whether an act for a whole class would take a favourable record along (rules D4).
select exists (select 1 from dossier.record where type = any (sqlc.arg(types)::text[]) and start_on between sqlc.arg(from_day)::date and sqlc.arg(to_day)::date
    and not negative and state in ('noticed', 'in force')) as there;

-- name: OfPerson :many
select person, record, version, source, type, pack, negative, state, received_at, start_on, display_end, retain_end from dossier.record where person = $1 order by start_on, record limit 100000;

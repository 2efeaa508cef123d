-- name: Owe :many
-- Taken in the order of keys. Says of each new letter whether its person gave an address, or an estate of theirs has one; where not, there is no way out of the house to try.
insert into notice.owed as o (person, notice, kind, record, version, contest, pack, owed_at, handed_at, served_at, answer_until, reachable)
select l.person, l.notice, l.kind, l.record, l.version, l.contest, l.pack, l.owed_at, case when not c.way then l.owed_at end, case when not c.way then l.served_at end, case when not c.way then l.answer_until end, c.way
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(notices)::uuid[]) as notice, unnest(sqlc.arg(kinds)::text[]) as kind, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(versions)::integer[]) as version, unnest(sqlc.arg(contests)::uuid[]) as contest, unnest(sqlc.arg(packs)::text[]) as pack, unnest(sqlc.arg(owed_ats)::timestamptz[]) as owed_at, unnest(sqlc.arg(served_ats)::timestamptz[]) as served_at, unnest(sqlc.arg(answer_untils)::timestamptz[]) as answer_until) as l
cross join lateral (select exists (select 1 from party.contact a where a.person = l.person) or exists (select 1 from estate.paper e where e.person = l.person and e.what = 'address') as way) as c
order by l.person, l.notice
on conflict (person, notice) do nothing
returning o.person, o.notice, o.reachable;

-- name: Those :many
-- Letters by their keys. Key by key: the limit keeps the list outside, whatever is known of the table.
select o.* from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(notices)::uuid[]) as notice) as l
cross join lateral (select person, notice, kind, record, version, contest, pack, owed_at, reachable, opened_at, confirmed_at, handed_at, served_at, answer_until from notice.owed x where x.person = l.person and x.notice = l.notice limit 1) as o;

-- name: Open :one
update notice.owed set opened_at = sqlc.arg(now)::timestamptz, answer_until = least(answer_until, sqlc.arg(answer_until)::timestamptz) where person = sqlc.arg(person) and notice = sqlc.arg(notice) and opened_at is null
returning person, notice, kind, record, version, contest, pack, owed_at, reachable, opened_at, confirmed_at, handed_at, served_at, answer_until;

-- name: Hand :execrows
update notice.owed set handed_at = sqlc.arg(now)::timestamptz, served_at = sqlc.arg(served_at)::timestamptz, answer_until = least(answer_until, sqlc.arg(answer_until)::timestamptz)
where person = sqlc.arg(person) and notice = sqlc.arg(notice) and handed_at is null;

-- name: TakeBack :execrows
-- What came back was not handed over: its service period has not run. What was opened or confirmed stays delivered.
update notice.owed set handed_at = null, served_at = null, answer_until = null where person = sqlc.arg(person) and notice = sqlc.arg(notice) and handed_at is not null and opened_at is null and confirmed_at is null;

-- name: Confirm :execrows
update notice.owed set confirmed_at = sqlc.arg(now)::timestamptz, answer_until = least(answer_until, sqlc.arg(answer_until)::timestamptz)
where person = sqlc.arg(person) and notice = sqlc.arg(notice) and confirmed_at is null;

-- name: One :one
select person, notice, kind, record, version, contest, pack, owed_at, reachable, opened_at, confirmed_at, handed_at, served_at, answer_until from notice.owed where person = $1 and notice = $2;

-- name: List :many
select person, notice, kind, record, version, contest, pack, owed_at, reachable, opened_at, confirmed_at, handed_at, served_at, answer_until from notice.owed where person = $1 order by owed_at desc, notice limit 500;

-- name: Attempts :many
-- A letter to a person without an address has one that was not made. Of instants, the epoch stands for none.
select a.channel::text as channel, a.nth::integer as nth, a.meant_at::timestamptz as meant_at, a.ended_at::timestamptz as ended_at, a.outcome::text as outcome from (
    select t.channel, t.nth, t.meant_at, coalesce(t.ended_at, 'epoch') as ended_at, coalesce(t.outcome, '') as outcome from notice.attempt t where t.person = sqlc.arg(person) and t.notice = sqlc.arg(notice)
    union all
    select 'email', 1, o.owed_at, o.owed_at, 'no address' from notice.owed o where o.person = sqlc.arg(person) and o.notice = sqlc.arg(notice) and not o.reachable
) as a order by a.meant_at, a.channel, a.nth limit 100;

-- name: Address :one
select t.nth::integer as nth, t.paper::uuid as paper, coalesce(t.epoch, 0)::bigint as epoch, coalesce(t.leaf, 0)::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from notice.address(sqlc.arg(person)::uuid, sqlc.arg(notice)::uuid, sqlc.arg(channel)::text, sqlc.arg(now)::timestamptz) as t(nth, paper, epoch, leaf, nonce, box);

-- name: Ended :execrows
update notice.attempt set ended_at = sqlc.arg(now)::timestamptz, outcome = sqlc.arg(outcome)::text
where person = sqlc.arg(person) and notice = sqlc.arg(notice) and channel = sqlc.arg(channel) and nth = sqlc.arg(nth) and ended_at is null;

-- name: Turned :execrows
-- What was handed over came back, or arrived.
update notice.attempt set ended_at = sqlc.arg(now)::timestamptz, outcome = sqlc.arg(outcome)::text
where person = sqlc.arg(person) and notice = sqlc.arg(notice) and channel = sqlc.arg(channel) and nth = sqlc.arg(nth) and outcome = 'handed over';

-- name: OutOfHouse :one
-- The way that a letter is on, by its number.
select person, channel, nth from notice.attempt where notice = sqlc.arg(notice) and outcome = 'handed over' and channel = sqlc.arg(channel)::text order by nth desc limit 1;

-- name: ToPrint :many
-- What waits to be printed, oldest first.
select person, notice, nth, meant_at from notice.attempt where channel = 'post' and ended_at is null order by meant_at, notice limit sqlc.arg(most);

-- name: TellChanges :many
-- Each once. Where the body has a webhook, it is due at once. Taken in the order of keys.
insert into notice.change as c (person, change, body, record, what, type, source, start_on, inquiries, at, hook, send_from, next_at)
select l.person, l.change, l.body, l.record, l.what, l.type, l.source, l.start_on, string_to_array(l.inquiries, ',')::uuid[], l.at, h.hook, case when h.hook is not null then l.at end, case when h.hook is not null then l.at end
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(changes)::uuid[]) as change, unnest(sqlc.arg(bodies)::uuid[]) as body, unnest(sqlc.arg(records)::uuid[]) as record, unnest(sqlc.arg(whats)::text[]) as what,
    unnest(sqlc.arg(types)::text[]) as type, unnest(sqlc.arg(sources)::uuid[]) as source, unnest(sqlc.arg(starts)::date[]) as start_on, unnest(sqlc.arg(inquiries)::text[]) as inquiries, unnest(sqlc.arg(ats)::timestamptz[]) as at) as l
left join notice.hook h on h.body = l.body and h.ended_at is null
order by l.person, l.change
on conflict (person, change) do nothing
returning c.person, c.change, c.record, c.what;

-- name: Inbox :many
select person, change, body, record, what, type, source, start_on, inquiries, at, hook, send_from, tries, next_at, sent_at, dead_at, code, acked_at, acked_by from notice.change
where body = sqlc.arg(body) and (at, change) > (sqlc.arg(after_at)::timestamptz, sqlc.arg(after_change)::uuid) and (acked_at is null or not sqlc.arg(open)::boolean)
order by at, change limit sqlc.arg(most);

-- name: Latest :many
select person, change, body, record, what, type, source, start_on, inquiries, at, hook, send_from, tries, next_at, sent_at, dead_at, code, acked_at, acked_by from notice.change
where body = sqlc.arg(body) order by at desc, change desc limit sqlc.arg(most);

-- name: ChangesOf :many
select person, change, body, record, what, type, source, start_on, inquiries, at, hook, send_from, tries, next_at, sent_at, dead_at, code, acked_at, acked_by from notice.change
where person = $1 and record = $2 order by at, change limit 1000;

-- name: ChangeOf :one
select person, change, body, record, what, type, source, start_on, inquiries, at, hook, send_from, tries, next_at, sent_at, dead_at, code, acked_at, acked_by from notice.change
where change = $1 and body = $2;

-- name: Acknowledge :execrows
-- The first time counts. What was acknowledged need not be sent any more.
update notice.change set acked_at = sqlc.arg(now)::timestamptz, acked_by = sqlc.arg(clerk)::uuid, next_at = null
where person = sqlc.arg(person) and change = sqlc.arg(change) and acked_at is null;

-- name: PutHook :exec
insert into notice.hook (hook, body, url, made_at) values ($1, $2, $3, $4);

-- name: KnowsHook :one
select count(*) from notice.hook where hook = $1;

-- name: EndHook :execrows
update notice.hook set ended_at = sqlc.arg(now)::timestamptz where body = sqlc.arg(body) and ended_at is null;

-- name: Rehook :exec
-- What waits goes to another webhook, or to none.
update notice.change set hook = sqlc.narg(hook)::uuid, next_at = case when sqlc.narg(hook)::uuid is not null then next_at end where body = sqlc.arg(body) and next_at is not null;

-- name: HookOf :one
select h.hook, h.body, h.url, h.made_at,
    (select count(*) from notice.change c where c.body = h.body and c.next_at is not null) as waiting,
    (select count(*) from notice.change c where c.body = h.body and c.dead_at is not null and c.acked_at is null) as dead
from notice.hook h where h.body = $1 and h.ended_at is null;

-- name: Hooks :many
select h.hook, h.body, h.url, h.made_at,
    (select count(*) from notice.change c where c.body = h.body and c.next_at is not null) as waiting,
    (select count(*) from notice.change c where c.body = h.body and c.dead_at is not null and c.acked_at is null) as dead
from notice.hook h where h.ended_at is null order by h.made_at, h.hook limit 10000;

-- name: SendAgain :execrows
update notice.change c set dead_at = null, send_from = sqlc.arg(now)::timestamptz, tries = 0, next_at = sqlc.arg(now)::timestamptz, hook = h.hook
from notice.hook h where h.body = c.body and h.ended_at is null and c.body = sqlc.arg(body) and c.dead_at is not null and c.acked_at is null;

-- name: DueBodies :many
select c.body from notice.change c where c.next_at <= sqlc.arg(now)::timestamptz group by c.body order by min(c.next_at), c.body limit sqlc.arg(most);

-- name: ClaimPushes :many
-- Counts the try and keeps others off until the lease ends: written before anything leaves the house.
update notice.change c set tries = c.tries + 1, next_at = sqlc.arg(until)::timestamptz from notice.hook h
where h.hook = c.hook and (c.person, c.change) in (select p.person, p.change from notice.change p where p.body = sqlc.arg(body) and p.next_at <= sqlc.arg(now)::timestamptz
    order by p.next_at, p.change limit sqlc.arg(most) for update skip locked)
returning c.person, c.change, c.body, c.record, c.what, c.type, c.source, c.start_on, c.inquiries, c.at, c.hook, c.tries, h.url;

-- name: SentChange :execrows
update notice.change set sent_at = sqlc.arg(now)::timestamptz, next_at = null, dead_at = null, code = null where person = sqlc.arg(person) and change = sqlc.arg(change) and sent_at is null;

-- name: FailedChange :exec
-- Unless it was acknowledged, taken or given up meanwhile.
update notice.change set next_at = sqlc.arg(next)::timestamptz, code = sqlc.arg(code)::text where person = sqlc.arg(person) and change = sqlc.arg(change) and next_at is not null;

-- name: BuryChanges :many
update notice.change c set next_at = null, dead_at = sqlc.arg(now)::timestamptz
where (c.person, c.change) in (select b.person, b.change from notice.change b where b.next_at is not null and b.send_from < sqlc.arg(before)::timestamptz and b.tries > 0
    order by b.next_at limit sqlc.arg(most) for update skip locked)
returning c.person, c.change, c.body;

-- name: EndThatHook :exec
update notice.hook set ended_at = sqlc.arg(now)::timestamptz where hook = sqlc.arg(hook) and ended_at is null;

-- name: BuryHook :many
update notice.change c set next_at = null, dead_at = sqlc.arg(now)::timestamptz where c.body = sqlc.arg(body) and c.hook = sqlc.arg(hook)::uuid and c.next_at is not null
returning c.person, c.change, c.body;

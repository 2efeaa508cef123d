-- name: BodyByCode :one
select body, code from party.body where code = $1;

-- name: AllBodies :many
-- The table holds the responsible units of the packs: tens of rows.
select body, code from party.body order by code limit 10000;

-- name: PutBody :exec
insert into party.body (body, code) values ($1, $2) on conflict (code) do nothing;

-- name: PutClerk :one
insert into party.clerk (clerk, body, staff_number, trained_until, made_at) values ($1, $2, $3, $4, $5)
on conflict (body, staff_number) do update set trained_until = excluded.trained_until, ended_at = null, handed_to = null
returning clerk;

-- name: PutTraining :exec
insert into party.training (clerk, noted_at, until_on, noted_by, seconded_by) values ($1, $2, $3, $4, $5) on conflict do nothing;

-- name: Train :exec
update party.clerk set trained_until = $2 where clerk = $1;

-- name: PutCredential :exec
insert into party.credential (token_hash, clerk, made_at, expires_at) values ($1, $2, $3, $4);

-- name: EndClerk :exec
delete from party.session where clerk = $1;

-- name: RevokeCredentials :execrows
update party.credential set revoked_at = $2 where clerk = $1 and revoked_at is null;

-- name: ClerkByCredential :one
-- Who is away holds what was lent to them alone.
select c.clerk, c.body, b.code, c.staff_number, c.trained_until,
    array(select m.desk from party.mandate m where m.clerk = c.clerk and m.ended_at is null and m.from_on <= sqlc.arg(today)::date and m.until_on >= sqlc.arg(today)::date
        and (m.lent_by <> c.clerk or coalesce(sqlc.arg(today)::date < c.away_from or sqlc.arg(today)::date > c.away_until, true)))::text[] as desks
from party.credential k join party.clerk c on c.clerk = k.clerk join party.body b on b.body = c.body
where k.token_hash = $1 and k.revoked_at is null and k.made_at <= sqlc.arg(now)::timestamptz and k.expires_at > sqlc.arg(now)::timestamptz and c.ended_at is null;

-- name: ClerksAndPersons :many
-- Those who ask at the same time, side by side, with the desks that they may work at. Each person is looked for under the one or two live generations, by one index; that one MAC is another's under another generation does not happen (128 bits).
select l.nth::integer as nth, c.clerk, c.body, b.code, c.staff_number, c.trained_until, d.desks::text[] as desks,
    (select t.person from party.token t where t.generation = any (array[l.g1, l.g2]) and t.mac = any (array[l.m1, l.m2]) and c.trained_until >= l.today and 'ask' = any (d.desks) limit 1)::uuid as person
from (select unnest(sqlc.arg(nths)::integer[]) as nth, unnest(sqlc.arg(token_hashes)::bytea[]) as token_hash, unnest(sqlc.arg(nows)::timestamptz[]) as at, unnest(sqlc.arg(todays)::date[]) as today,
        unnest(sqlc.arg(g1)::integer[]) as g1, unnest(sqlc.arg(m1)::bytea[]) as m1, unnest(sqlc.arg(g2)::integer[]) as g2, unnest(sqlc.arg(m2)::bytea[]) as m2) as l
join party.credential k on k.token_hash = l.token_hash and k.revoked_at is null and k.made_at <= l.at and k.expires_at > l.at
join party.clerk c on c.clerk = k.clerk and c.ended_at is null join party.body b on b.body = c.body
cross join lateral (select array(select m.desk from party.mandate m where m.clerk = c.clerk and m.ended_at is null and m.from_on <= l.today and m.until_on >= l.today
        and (m.lent_by <> c.clerk or coalesce(l.today < c.away_from or l.today > c.away_until, true)))::text[] as desks) as d;

-- name: PersonByToken :one
-- At most two generations are live; a person found under either is the same.
select t.person from party.token t
where (t.generation = sqlc.arg(g1)::integer and t.mac = sqlc.arg(m1)::bytea) or (t.generation = sqlc.arg(g2)::integer and t.mac = sqlc.arg(m2)::bytea)
limit 1;

-- name: PutSession :one
-- One that was given for a token ends with it, or before. The token's row is locked: who revokes it meanwhile finds the sign-in, or it finds no token. A file that a death closed opens to nobody.
insert into party.session (session, token_hash, person, clerk, way, device, made_at, seen_at, proved_at, expires_at)
select sqlc.arg(session)::uuid, sqlc.arg(token_hash)::bytea, sqlc.narg(person)::uuid, sqlc.narg(clerk)::uuid, sqlc.arg(way)::text, sqlc.arg(device)::text,
    sqlc.arg(now)::timestamptz, sqlc.arg(now)::timestamptz, sqlc.arg(now)::timestamptz, least(sqlc.arg(expires_at)::timestamptz, l.until)
from (select (select k.expires_at from party.credential k where k.token_hash = sqlc.arg(token)::bytea and k.revoked_at is null and k.expires_at > sqlc.arg(now)::timestamptz for share) as until) as l
where (sqlc.arg(token)::bytea = ''::bytea or l.until is not null) and not exists (select 1 from estate.death z where z.person = sqlc.narg(person)::uuid and z.state = 'entered')
returning expires_at;

-- name: SessionByID :one
select s.person, s.clerk, s.way, s.device, s.made_at, s.seen_at, s.proved_at, s.expires_at, c.body, b.code, c.staff_number, c.trained_until,
    array(select m.desk from party.mandate m where m.clerk = c.clerk and m.ended_at is null and m.from_on <= sqlc.arg(today)::date and m.until_on >= sqlc.arg(today)::date
        and (m.lent_by <> c.clerk or coalesce(sqlc.arg(today)::date < c.away_from or sqlc.arg(today)::date > c.away_until, true)))::text[] as desks
from party.session s left join party.clerk c on c.clerk = s.clerk left join party.body b on b.body = c.body
where s.session = sqlc.arg(session) and s.token_hash = sqlc.arg(token_hash) and s.made_at <= sqlc.arg(now)::timestamptz and c.ended_at is null
and not exists (select 1 from estate.death z where z.person = s.person and z.state = 'entered');

-- name: TouchSession :exec
update party.session set seen_at = sqlc.arg(now)::timestamptz where session = sqlc.arg(session) and seen_at < sqlc.arg(now)::timestamptz;

-- name: ProveSession :execrows
-- With a new secret: the one before opens nothing any more.
update party.session set token_hash = sqlc.arg(new_hash)::bytea, way = sqlc.arg(way), seen_at = sqlc.arg(now)::timestamptz, proved_at = sqlc.arg(now)::timestamptz
where session = sqlc.arg(session) and token_hash = sqlc.arg(old_hash)::bytea;

-- name: SessionsOf :many
select session, way, device, made_at, seen_at, proved_at, expires_at from party.session
where (person = sqlc.narg(person)::uuid or clerk = sqlc.narg(clerk)::uuid) and made_at <= sqlc.arg(now)::timestamptz and expires_at > sqlc.arg(now)::timestamptz
order by seen_at desc, session limit 100;

-- name: DropSession :exec
delete from party.session where session = sqlc.arg(session) and token_hash = sqlc.arg(token_hash);

-- name: EndSession :execrows
delete from party.session where session = sqlc.arg(session) and (person = sqlc.narg(person)::uuid or clerk = sqlc.narg(clerk)::uuid);

-- name: EndOtherSessions :execrows
delete from party.session where session <> sqlc.arg(session) and (person = sqlc.narg(person)::uuid or clerk = sqlc.narg(clerk)::uuid);

-- name: ClerkOf :one
-- Who is away holds what was lent to them alone.
select c.clerk, c.body, b.code, c.staff_number, c.trained_until,
    array(select m.desk from party.mandate m where m.clerk = c.clerk and m.ended_at is null and m.from_on <= sqlc.arg(today)::date and m.until_on >= sqlc.arg(today)::date
        and (m.lent_by <> c.clerk or coalesce(sqlc.arg(today)::date < c.away_from or sqlc.arg(today)::date > c.away_until, true)))::text[] as desks
from party.clerk c join party.body b on b.body = c.body
where b.code = sqlc.arg(code) and c.staff_number = sqlc.arg(staff_number) and c.ended_at is null;

-- name: PutKnock :exec
insert into party.knock (knock, door, session, until_at) values ($1, $2, $3, $4);

-- name: TakeKnock :one
-- Once: whoever deletes the row has it.
delete from party.knock where knock = $1 returning door, session, until_at;

-- name: SweepKnocks :execrows
delete from party.knock where knock in (select k.knock from party.knock k where k.until_at < $1 limit 1000);

-- name: PutDraft :exec
insert into party.draft (draft, person, clerk, written, until_at) values (sqlc.arg(draft), sqlc.narg(person)::uuid, sqlc.narg(clerk)::uuid, sqlc.arg(written), sqlc.arg(until_at));

-- name: DraftOf :one
select written from party.draft where draft = sqlc.arg(draft) and (person = sqlc.narg(person)::uuid or clerk = sqlc.narg(clerk)::uuid) and until_at > sqlc.arg(now)::timestamptz;

-- name: PutPasskey :execrows
-- Behind the gate of a person, so that who has ended gets none. Two at once may make one more than there may be.
insert into party.passkey (passkey, person, clerk, credential, public_key, counter, device, made_at)
select sqlc.arg(passkey)::bytea, h.person, h.clerk, sqlc.arg(credential)::bytea, sqlc.arg(public_key)::bytea, sqlc.arg(counter)::bigint, sqlc.arg(device)::text, sqlc.arg(made_at)::timestamptz
from (select (select g.person from party.gate g where g.person = sqlc.narg(person)::uuid for share) as person, sqlc.narg(clerk)::uuid as clerk) as h
where (h.person is not null or h.clerk is not null)
    and (select count(*) from party.passkey k where k.person = h.person or k.clerk = h.clerk) < sqlc.arg(most)::bigint
on conflict (passkey) do nothing;

-- name: PasskeysOf :many
select passkey, credential, public_key, counter, device, made_at, used_at from party.passkey
where person = sqlc.narg(person)::uuid or clerk = sqlc.narg(clerk)::uuid order by made_at, passkey limit 100;

-- name: PasskeyByID :one
select k.person, k.clerk, k.credential, k.public_key, k.counter, k.device, k.made_at, k.used_at, c.body, b.code, c.staff_number, c.trained_until,
    array(select m.desk from party.mandate m where m.clerk = c.clerk and m.ended_at is null and m.from_on <= sqlc.arg(today)::date and m.until_on >= sqlc.arg(today)::date
        and (m.lent_by <> c.clerk or coalesce(sqlc.arg(today)::date < c.away_from or sqlc.arg(today)::date > c.away_until, true)))::text[] as desks
from party.passkey k left join party.clerk c on c.clerk = k.clerk left join party.body b on b.body = c.body
where k.passkey = sqlc.arg(passkey) and c.ended_at is null;

-- name: UsePasskey :execrows
-- A device that counts goes on counting; one that does not says 0 for ever.
update party.passkey set counter = sqlc.arg(counter)::bigint, used_at = sqlc.arg(now)::timestamptz
where passkey = sqlc.arg(passkey) and (counter < sqlc.arg(counter)::bigint or counter = 0 and sqlc.arg(counter)::bigint = 0);

-- name: RevokePasskey :execrows
delete from party.passkey where passkey = sqlc.arg(passkey) and (person = sqlc.narg(person)::uuid or clerk = sqlc.narg(clerk)::uuid);

-- name: RemovePasskeys :exec
delete from party.passkey where person = $1;

-- name: SweepDrafts :execrows
delete from party.draft where draft in (select d.draft from party.draft d where d.until_at < $1 limit 1000);

-- name: RemoveDrafts :exec
delete from party.draft where person = $1;

-- name: SweepSessions :execrows
delete from party.session where session in (select s.session from party.session s where s.expires_at < $1 limit 1000);

-- name: Shorten :one
-- What a file would have lived to, and to what it does.
with was as (select p.person, p.live_until from party.person p where p.person = sqlc.arg(person) for update)
update party.person p set live_until = least(p.live_until, sqlc.arg(until)::date) from was where p.person = was.person
returning was.live_until as was_until, p.live_until as is_until;

-- name: ClosedUntil :many
-- The last day of those whose file a death closed.
select d.person, d.ends_on::date as ends_on from estate.death d where d.person = any (sqlc.arg(persons)::uuid[]) and d.state = 'entered';

-- name: LiveUntil :one
select live_until from party.person where person = $1;

-- name: PutContact :exec
-- Behind the gate: a person who has ended gets no contact. The new values are parameters, not "excluded": the wall lets nobody read a box, and excluded.box would be a read.
insert into party.contact (person, set_at, epoch, leaf, nonce, box)
select g.person, sqlc.arg(set_at)::timestamptz, sqlc.arg(epoch)::bigint, sqlc.arg(leaf)::bigint, sqlc.arg(nonce)::bytea, sqlc.arg(box)::bytea from party.gate g where g.person = sqlc.arg(person) for share
on conflict (person) do update set set_at = sqlc.arg(set_at)::timestamptz, epoch = sqlc.arg(epoch)::bigint, leaf = sqlc.arg(leaf)::bigint, nonce = sqlc.arg(nonce)::bytea, box = sqlc.arg(box)::bytea;

-- name: DropContact :execrows
delete from party.contact where person = $1;

-- name: ContactSetAt :one
select set_at from party.contact where person = $1;

-- name: LockGate :exec
select person from party.gate where person = $1 for update;

-- name: Reseal :many
select t.person::uuid as person, t.live_until::date as live_until, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from party.reseal(sqlc.arg(event)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(what)::text, sqlc.arg(newest)::integer, sqlc.arg(skip)::integer, sqlc.arg(most)::integer) as t(person, live_until, epoch, leaf, nonce, box);

-- name: PutIdentityAnew :execrows
update party.person set epoch = sqlc.arg(epoch), leaf = sqlc.arg(leaf), nonce = sqlc.arg(nonce), box = sqlc.arg(box), name_mark = sqlc.arg(name_mark)
where person = sqlc.arg(person) and leaf = sqlc.arg(old_leaf) and epoch = sqlc.arg(old_epoch);

-- name: PutContactAnew :execrows
update party.contact set epoch = sqlc.arg(epoch), leaf = sqlc.arg(leaf), nonce = sqlc.arg(nonce), box = sqlc.arg(box)
where person = sqlc.arg(person) and leaf = sqlc.arg(old_leaf) and epoch = sqlc.arg(old_epoch);

-- name: PersonLeaves :many
select epoch, max(leaf)::bigint as leaf from party.person group by epoch order by epoch limit 100000;

-- name: PersonsHeld :many
select person, epoch, leaf from party.person where person > $1 order by person limit $2;

-- name: PersonsByTokens :many
-- Key by key: the limits keep the list outside, whatever is known of the tables.
select t.generation, t.mac, t.person, p.live_until, p.epoch, p.leaf, p.name_mark
from (select unnest(sqlc.arg(macs)::bytea[]) as mac, unnest(sqlc.arg(generations)::integer[]) as generation) as l
cross join lateral (select o.generation, o.mac, o.person from party.token o where o.generation = l.generation and o.mac = l.mac limit 1) as t
cross join lateral (select o.live_until, o.epoch, o.leaf, o.name_mark from party.person o where o.person = t.person limit 1) as p;

-- name: ProlongPersons :execrows
-- All of them are written, so that the count tells whether one has ended; who ends a person locks this row. Taken in the order of keys.
update party.person p set live_until = greatest(p.live_until, l.live_until)
from (select u.person, u.live_until from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(live_untils)::date[]) as live_until) as u order by u.person) as l
where p.person = l.person;

-- name: LengthenPersons :exec
update party.person p set live_until = l.live_until
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(live_untils)::date[]) as live_until) as l
where p.person = l.person and p.live_until < l.live_until;

-- name: ContactLeaves :many
select epoch, max(leaf)::bigint as leaf from party.contact group by epoch order by epoch limit 100000;

-- name: ContactsHeld :many
select person, epoch, leaf from party.contact where person > $1 order by person limit $2;

-- name: PutToken :exec
insert into party.token (generation, mac, person) values (sqlc.arg(generation), sqlc.arg(mac), sqlc.arg(person)) on conflict (generation, mac) do nothing;

-- name: ShareGate :one
-- Whoever writes what a person must not end under waits for the end, and it for them.
select g.person from party.gate g where g.person = $1 for share;

-- name: DropOlderTokens :exec
delete from party.token where person = sqlc.arg(person) and generation < sqlc.arg(newest)::integer;

-- name: OlderTokens :one
select exists (select 1 from party.token t where t.generation < sqlc.arg(newest)::integer);

-- name: EndingPersons :many
-- No seal of an identity ends after the quarter of its live_until, but for a file that a death closed: by_epoch lets the index of epochs find the few that end soon.
select e.person, e.live_until, e.epoch, e.leaf from (
    select p.person, p.live_until, p.epoch, p.leaf from party.person p where p.epoch <= sqlc.arg(by_epoch)::bigint
    union all
    select p.person, p.live_until, p.epoch, p.leaf from estate.death d join party.person p on p.person = d.person where d.state = 'entered' and d.ends_on < sqlc.arg(before)::date and p.epoch > sqlc.arg(by_epoch)::bigint) as e
where e.live_until < sqlc.arg(before)::date and e.person > sqlc.arg(after)::uuid order by e.person limit sqlc.arg(most);

-- name: HeldPerson :one
-- Locked: a delivery that lets the person live longer waits for the end, and it for the delivery.
select p.live_until, p.epoch, p.leaf, c.epoch as contact_epoch, c.leaf as contact_leaf
from party.person p left join party.contact c on c.person = p.person where p.person = $1 for update of p;

-- name: RemoveSessions :exec
delete from party.session where person = $1;

-- name: RemoveTokens :exec
delete from party.token where person = $1;

-- name: RemoveContact :exec
delete from party.contact where person = $1;

-- name: RemovePerson :exec
delete from party.person where person = $1;

-- name: RemoveGate :exec
delete from party.gate where person = $1;

-- name: RemoveContactIn :execrows
-- Only the contact that was looked at: the person may have given another.
delete from party.contact where person = sqlc.arg(person) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: PutMandate :exec
insert into party.mandate (clerk, desk, lent_by, from_on, until_on, made_at)
select sqlc.arg(clerk)::uuid, d.desk, sqlc.arg(lent_by)::uuid, sqlc.arg(from_on)::date, sqlc.arg(until_on)::date, sqlc.arg(made_at)::timestamptz from unnest(sqlc.arg(desks)::text[]) as d(desk)
on conflict (clerk, desk, lent_by) do update set from_on = excluded.from_on, until_on = excluded.until_on, made_at = excluded.made_at, ended_at = null;

-- name: LendMandates :exec
-- What somebody holds of their own is held for them while they are away, no longer than they hold it.
insert into party.mandate (clerk, desk, lent_by, from_on, until_on, made_at)
select sqlc.arg(stand_in)::uuid, m.desk, m.clerk, sqlc.arg(from_on)::date, least(sqlc.arg(until_on)::date, m.until_on), sqlc.arg(made_at)::timestamptz
from party.mandate m where m.clerk = sqlc.arg(clerk) and m.lent_by = m.clerk and m.ended_at is null and m.until_on >= sqlc.arg(from_on)::date
on conflict (clerk, desk, lent_by) do update set from_on = excluded.from_on, until_on = excluded.until_on, made_at = excluded.made_at, ended_at = null;

-- name: EndMandates :execrows
-- The clerk's own at some desks, or all, and what was lent of them.
update party.mandate set ended_at = sqlc.arg(now)::timestamptz
where lent_by = sqlc.arg(clerk) and desk = any (sqlc.arg(desks)::text[]) and ended_at is null;

-- name: EndLentTo :exec
update party.mandate set ended_at = sqlc.arg(now)::timestamptz where clerk = sqlc.arg(clerk) and ended_at is null;

-- name: EndLeave :execrows
update party.clerk set away_from = null, away_until = null where clerk = $1 and away_from is not null;

-- name: EndLent :exec
update party.mandate set ended_at = sqlc.arg(now)::timestamptz where lent_by = sqlc.arg(clerk) and clerk <> lent_by and ended_at is null;

-- name: HoldsMandate :one
select exists (select 1 from party.mandate m join party.clerk c on c.clerk = m.clerk
    where m.clerk = sqlc.arg(clerk) and m.desk = sqlc.arg(desk) and m.ended_at is null and m.from_on <= sqlc.arg(today)::date and m.until_on >= sqlc.arg(today)::date and c.ended_at is null
    and (m.lent_by <> c.clerk or coalesce(sqlc.arg(today)::date < c.away_from or sqlc.arg(today)::date > c.away_until, true))) as holds;

-- name: LockHeads :many
-- Whoever takes a head away looks at the others behind these locks: two cannot leave at once.
select m.clerk from party.mandate m join party.clerk c on c.clerk = m.clerk
where c.body = sqlc.arg(body) and m.desk = 'head' and m.lent_by = m.clerk and m.ended_at is null and m.until_on >= sqlc.arg(today)::date and c.ended_at is null
order by m.clerk for update of m;

-- name: Staff :many
-- The staff of a body; those who left last of all.
select c.clerk, c.staff_number, c.trained_until, c.made_at, c.ended_at, c.away_from, c.away_until, c.handed_to from party.clerk c
where c.body = $1 order by c.ended_at desc nulls first, c.staff_number limit $2;

-- name: OneOfStaff :one
select c.clerk, c.staff_number, c.trained_until, c.made_at, c.ended_at, c.away_from, c.away_until, c.handed_to from party.clerk c where c.body = $1 and c.clerk = $2;

-- name: MandatesOfStaff :many
select m.clerk, m.desk, m.lent_by, m.from_on, m.until_on from party.mandate m
where m.clerk = any (sqlc.arg(clerks)::uuid[]) and m.ended_at is null and m.until_on >= sqlc.arg(today)::date order by m.clerk, m.desk, m.lent_by limit 10000;

-- name: PutMotion :exec
insert into party.motion (motion, body, kind, clerk, staff_number, desks, stand_in, from_on, until_on, trained_until, put_by, put_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: OneMotion :one
select motion, body, kind, clerk, staff_number, desks, stand_in, from_on, until_on, trained_until, put_by, put_at, ended_by, ended_at, seconded
from party.motion where motion = $1 and body = $2;

-- name: WaitingMotions :many
select motion, body, kind, clerk, staff_number, desks, stand_in, from_on, until_on, trained_until, put_by, put_at, ended_by, ended_at, seconded
from party.motion where body = sqlc.arg(body) and ended_at is null and put_at > sqlc.arg(since)::timestamptz order by put_at, motion limit 200;

-- name: EndMotion :execrows
update party.motion set ended_by = sqlc.arg(by)::uuid, ended_at = sqlc.arg(at)::timestamptz, seconded = sqlc.arg(seconded)::boolean
where motion = sqlc.arg(motion) and body = sqlc.arg(body) and ended_at is null;

-- name: EndMotionsOf :exec
-- Of somebody who leaves: what they put, and what would give them something.
update party.motion set ended_by = sqlc.arg(by)::uuid, ended_at = sqlc.arg(at)::timestamptz
where body = sqlc.arg(body) and ended_at is null and (put_by = sqlc.arg(clerk)::uuid or clerk = sqlc.arg(clerk)::uuid or stand_in = sqlc.arg(clerk)::uuid);

-- name: SetLeave :exec
update party.clerk set away_from = $2, away_until = $3 where clerk = $1;

-- name: LetGo :execrows
update party.clerk set ended_at = sqlc.arg(now)::timestamptz, handed_to = sqlc.narg(handed_to)::uuid, away_from = null, away_until = null
where clerk = sqlc.arg(clerk) and body = sqlc.arg(body) and ended_at is null;

-- name: EndKeysOf :exec
update party.key set ended_by = sqlc.arg(by)::uuid, ended_at = sqlc.arg(at)::timestamptz where holder = sqlc.arg(holder)::uuid and body = sqlc.arg(body) and ended_by is null;

-- name: PutInvitation :exec
insert into party.invitation (code_hash, clerk, made_at, expires_at) values ($1, $2, $3, $4);

-- name: UseInvitation :one
-- Once, in its time, by who knows the staff number that it was made for.
update party.invitation i set used_at = sqlc.arg(now)::timestamptz from party.clerk c
where i.code_hash = sqlc.arg(code_hash)::bytea and i.used_at is null and i.made_at <= sqlc.arg(now)::timestamptz and i.expires_at > sqlc.arg(now)::timestamptz
and c.clerk = i.clerk and c.staff_number = sqlc.arg(staff_number)::text and c.ended_at is null returning c.clerk, c.body;

-- name: Seats :many
-- Who holds a desk: few hold one.
select m.desk, m.clerk, c.body from party.mandate m join party.clerk c on c.clerk = m.clerk
where m.ended_at is null and m.from_on <= sqlc.arg(today)::date and m.until_on >= sqlc.arg(today)::date and c.ended_at is null and c.trained_until >= sqlc.arg(today)::date order by m.desk, m.clerk limit 100000;

-- name: PutKey :execrows
-- Nobody registers a key for who is not on the body's staff, or has left.
insert into party.key (key, public_key, body, holder, until_on, asked_by, asked_at)
select sqlc.arg(key)::bytea, sqlc.arg(public_key)::bytea, c.body, c.clerk, sqlc.arg(until_on)::date, sqlc.arg(asked_by)::uuid, sqlc.arg(asked_at)::timestamptz
from party.clerk c where c.clerk = sqlc.arg(holder) and c.body = sqlc.arg(body) and c.ended_at is null
on conflict (key) do nothing;

-- name: AnyKey :one
select key, public_key, body, holder, until_on, asked_by, asked_at, confirmed_by, confirmed_at, ended_at from party.key where key = $1;

-- name: KeyOfBody :one
select key, public_key, body, holder, until_on, asked_by, asked_at, confirmed_by, confirmed_at, ended_at from party.key where key = $1 and body = $2;

-- name: KeysOfBody :many
select key, public_key, body, holder, until_on, asked_by, asked_at, confirmed_by, confirmed_at, ended_at from party.key where body = $1 order by asked_at desc, key limit $2;

-- name: ConfirmKey :execrows
update party.key set confirmed_by = sqlc.arg(by)::uuid, confirmed_at = sqlc.arg(at)::timestamptz
where key = sqlc.arg(key) and body = sqlc.arg(body) and confirmed_by is null and ended_by is null and asked_by <> sqlc.arg(by)::uuid;

-- name: EndKey :execrows
update party.key set ended_by = sqlc.arg(by)::uuid, ended_at = sqlc.arg(at)::timestamptz where key = sqlc.arg(key) and body = sqlc.arg(body) and ended_by is null;

-- name: RevokeCredential :exec
update party.credential set revoked_at = $2 where token_hash = $1 and revoked_at is null;

-- name: SpendNonces :many
-- Those that come at the same time. The commit does not wait for the disk: what is done after it and does wait lies behind it in the same log, so whoever was answered has spent their nonce.
with quick as materialized (select set_config('synchronous_commit', 'off', true) as off)
insert into party.nonce (mark, until_at)
select l.mark, l.until_at from quick, (select unnest(sqlc.arg(marks)::uuid[]) as mark, unnest(sqlc.arg(until_ats)::timestamptz[]) as until_at) as l
on conflict (mark) do nothing returning mark;

-- name: SweepNonces :execrows
delete from party.nonce where mark in (select n.mark from party.nonce n where n.until_at < clock_timestamp() - interval '1 minute' limit 10000);

-- name: Views :many
select view, list, name, filters, made_at from party.view where clerk = $1 order by list, name limit 100;

-- name: PutView :execrows
-- Nothing where the clerk has as many as they may.
insert into party.view (clerk, view, list, name, filters, made_at)
select sqlc.arg(clerk)::uuid, sqlc.arg(view)::uuid, sqlc.arg(list)::text, sqlc.arg(name)::text, sqlc.arg(filters)::text, sqlc.arg(made_at)::timestamptz
where (select count(*) from party.view v where v.clerk = sqlc.arg(clerk)::uuid) < sqlc.arg(most)::bigint;

-- name: RenameView :execrows
update party.view set name = sqlc.arg(name) where clerk = sqlc.arg(clerk) and view = sqlc.arg(view);

-- name: DropView :execrows
delete from party.view where clerk = $1 and view = $2;

-- name: DropViewsOf :exec
delete from party.view where clerk = $1;

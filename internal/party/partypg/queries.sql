-- name: BodyByCode :one
select body, code from party.body where code = $1;

-- name: AllBodies :many
-- The table holds the responsible units of the packs: tens of rows.
select body, code from party.body order by code limit 10000;

-- name: PutBody :exec
insert into party.body (body, code) values ($1, $2) on conflict (code) do nothing;

-- name: PutClerk :one
insert into party.clerk (clerk, body, staff_number, trained_until, made_at) values ($1, $2, $3, $4, $5)
on conflict (body, staff_number) do update set trained_until = excluded.trained_until, ended_at = null
returning clerk;

-- name: PutCredential :exec
insert into party.credential (token_hash, clerk, made_at, expires_at) values ($1, $2, $3, $4);

-- name: RevokeCredentials :execrows
update party.credential set revoked_at = $2 where clerk = $1 and revoked_at is null;

-- name: PutPass :one
-- A pass to the pages ends with the token that it was given for, or before.
insert into party.credential (token_hash, clerk, made_at, expires_at)
select sqlc.arg(pass)::bytea, k.clerk, sqlc.arg(now)::timestamptz, least(k.expires_at, sqlc.arg(until)::timestamptz) from party.credential k
where k.token_hash = sqlc.arg(token)::bytea and k.revoked_at is null and k.made_at <= sqlc.arg(now)::timestamptz and k.expires_at > sqlc.arg(now)::timestamptz
returning expires_at;

-- name: RevokePass :exec
update party.credential set revoked_at = $2 where token_hash = $1 and revoked_at is null;

-- name: ClerkByCredential :one
select c.clerk, c.body, b.code, c.staff_number, c.trained_until
from party.credential k join party.clerk c on c.clerk = k.clerk join party.body b on b.body = c.body
where k.token_hash = $1 and k.revoked_at is null and k.made_at <= sqlc.arg(now)::timestamptz and k.expires_at > sqlc.arg(now)::timestamptz and c.ended_at is null;

-- name: ClerkAndPerson :one
-- The person is looked for under the one or two live generations, by one index; that one MAC is another's under another generation does not happen (128 bits).
select c.clerk, c.body, b.code, c.staff_number, c.trained_until,
    (select t.person from party.token t where t.generation = any (array[sqlc.arg(g1)::integer, sqlc.arg(g2)::integer]) and t.mac = any (array[sqlc.arg(m1)::bytea, sqlc.arg(m2)::bytea]) and c.trained_until >= sqlc.arg(today)::date limit 1)::uuid as person
from party.credential k join party.clerk c on c.clerk = k.clerk join party.body b on b.body = c.body
where k.token_hash = sqlc.arg(token_hash) and k.revoked_at is null and k.made_at <= sqlc.arg(now)::timestamptz and k.expires_at > sqlc.arg(now)::timestamptz and c.ended_at is null;

-- name: PersonByToken :one
-- At most two generations are live; a person found under either is the same.
select t.person from party.token t
where (t.generation = sqlc.arg(g1)::integer and t.mac = sqlc.arg(m1)::bytea) or (t.generation = sqlc.arg(g2)::integer and t.mac = sqlc.arg(m2)::bytea)
limit 1;

-- name: PutSession :exec
insert into party.session (token_hash, person, made_at, expires_at) values ($1, $2, $3, $4);

-- name: SessionByHash :one
select person, expires_at from party.session where token_hash = $1 and made_at <= sqlc.arg(now)::timestamptz and expires_at > sqlc.arg(now)::timestamptz;

-- name: DropSession :exec
delete from party.session where token_hash = $1;

-- name: SweepSessions :execrows
delete from party.session where token_hash in (select s.token_hash from party.session s where s.expires_at < $1 limit 1000);

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
-- No seal of an identity ends after the quarter of its live_until: by_epoch lets the index of epochs find the few that end soon.
select person, live_until, epoch, leaf from party.person
where epoch <= sqlc.arg(by_epoch)::bigint and live_until < sqlc.arg(before)::date and person > sqlc.arg(after)::uuid order by person limit sqlc.arg(most);

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

-- name: LockGate :exec
-- Whoever changes what may be answered waits for answers under way, and they for it.
select g.person from party.gate g where g.person = $1 for update;

-- name: Put :exec
insert into consent.given (person, consent, body, purpose, types, single, started, crosses, given_at, usable_from, until_at)
values (sqlc.arg(person), sqlc.arg(consent), sqlc.arg(body), sqlc.arg(purpose), sqlc.arg(types)::text[], sqlc.arg(single), sqlc.arg(started), sqlc.arg(crosses), sqlc.arg(given_at), sqlc.arg(usable_from), sqlc.arg(until_at));

-- name: Stop :one
update consent.given set stopped_at = sqlc.arg(now)::timestamptz where person = sqlc.arg(person) and consent = sqlc.arg(consent) and stopped_at is null returning body;

-- name: StopAll :many
update consent.given set stopped_at = sqlc.arg(now)::timestamptz where person = sqlc.arg(person) and stopped_at is null and until_at > sqlc.arg(now)::timestamptz returning consent, body;

-- name: Confirm :one
update consent.given set usable_from = sqlc.arg(now)::timestamptz
where person = sqlc.arg(person) and consent = sqlc.arg(consent) and stopped_at is null and usable_from > sqlc.arg(now)::timestamptz returning body;

-- name: Narrow :one
-- Only ever less: types that were there, and the earlier end. One that would have no time left is stopped instead.
update consent.given set types = array(select t from unnest(types) as t where t = any (sqlc.arg(types)::text[])), until_at = least(until_at, sqlc.arg(until)::timestamptz)
where person = sqlc.arg(person) and consent = sqlc.arg(consent) and stopped_at is null and used_at is null and until_at > sqlc.arg(now)::timestamptz
and types && sqlc.arg(types)::text[] and sqlc.arg(until)::timestamptz > greatest(usable_from, sqlc.arg(now)::timestamptz)
returning body;

-- name: List :many
select consent, body, purpose, types, single, started, crosses, given_at, usable_from, until_at, stopped_at, used_at
from consent.given where person = $1 order by given_at desc, consent limit 500;

-- name: Uses :many
select access, at from consent.use where person = $1 and consent = $2 order by at desc, access limit 500;

-- name: PutCode :execrows
insert into consent.code (hash, request, body, purpose, types, single, until_on, asked_at, expires_at)
values (sqlc.arg(hash), sqlc.arg(request), sqlc.arg(body), sqlc.arg(purpose), sqlc.arg(types)::text[], sqlc.arg(single), sqlc.arg(until_on), sqlc.arg(asked_at), sqlc.arg(expires_at))
on conflict (hash) do nothing;

-- name: Enter :one
-- The first who enters a code has it; they may enter it again.
update consent.code set person = sqlc.arg(person)::uuid
where hash = sqlc.arg(hash) and expires_at > sqlc.arg(now)::timestamptz and (person is null or person = sqlc.arg(person)::uuid)
returning request, body, purpose, types, single, until_on, asked_at;

-- name: PutRequest :execrows
insert into consent.request (person, request, body, purpose, types, single, until_on, asked_at, opened_at)
values (sqlc.arg(person), sqlc.arg(request), sqlc.arg(body), sqlc.arg(purpose), sqlc.arg(types)::text[], sqlc.arg(single), sqlc.arg(until_on), sqlc.arg(asked_at), sqlc.arg(opened_at))
on conflict (person, request) do nothing;

-- name: EndRequest :one
update consent.request set ended_at = sqlc.arg(now)::timestamptz, ending = sqlc.arg(ending)::text
where person = sqlc.arg(person) and request = sqlc.arg(request) and ended_at is null returning body;

-- name: Requests :many
select request, body, purpose, types, single, until_on, asked_at, opened_at, ended_at, ending
from consent.request where person = $1 order by opened_at desc, request limit 500;

-- name: SweepCodes :execrows
delete from consent.code where hash in (select c.hash from consent.code c where c.expires_at <= sqlc.arg(now)::timestamptz order by c.expires_at limit 1000);

-- name: SweepDecided :execrows
delete from consent.request where (person, request) in (
    select r.person, r.request from consent.request r where r.ended_at < sqlc.arg(before)::timestamptz order by r.ended_at limit 1000);

-- name: SweepUndecided :execrows
delete from consent.request where (person, request) in (
    select r.person, r.request from consent.request r where r.ended_at is null and r.until_on < sqlc.arg(day)::date order by r.until_on limit 1000);

-- name: SweepGiven :many
delete from consent.given where (person, consent) in (
    select g.person, g.consent from consent.given g where least(g.stopped_at, g.used_at, g.until_at) < sqlc.arg(before)::timestamptz
    order by least(g.stopped_at, g.used_at, g.until_at) limit 1000) returning person, consent;

-- name: SweepUses :exec
-- What was answered on consents that go with it.
delete from consent.use u using (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(consents)::uuid[]) as consent) as l
where u.person = l.person and u.consent = l.consent;

-- name: Place :execrows
-- One freeze at a time.
insert into consent.freeze (person, number, placed_at) values ($1, $2, $3) on conflict (person) where lifted_at is null do nothing;

-- name: Freezes :many
select number, placed_at, lifted_at from consent.freeze where person = $1 order by placed_at desc, number limit 100;

-- name: LiftAll :one
update consent.freeze set lifted_at = sqlc.arg(now)::timestamptz where person = sqlc.arg(person) and lifted_at is null returning number;

-- name: UndoLift :one
-- The last one alone, while there is time: what was lifted stands again.
update consent.freeze f set lifted_at = null
where f.person = sqlc.arg(person) and f.lifted_at > sqlc.arg(after)::timestamptz and not exists (select 1 from consent.freeze o where o.person = f.person and (o.lifted_at is null or o.lifted_at > f.lifted_at))
returning f.number;

-- name: LiftFor :exec
insert into consent.lift (person, lift, body, given_at, until_at) values ($1, $2, $3, $4, $5);

-- name: StopLift :one
update consent.lift set stopped_at = sqlc.arg(now)::timestamptz where person = sqlc.arg(person) and lift = sqlc.arg(lift) and stopped_at is null and until_at > sqlc.arg(now)::timestamptz returning body;

-- name: Lifts :many
select lift, body, given_at, until_at, stopped_at from consent.lift where person = $1 order by given_at desc, lift limit 100;

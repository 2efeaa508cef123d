-- name: PutVersion :exec
-- A version that was activated before is activated again by the same row.
insert into law.version (version, code, hash, archive, kept_at) values ($1, $2, $3, $4, $5) on conflict (version) do nothing;

-- name: PutActivation :exec
-- Two at once get the same number, and the later one fails.
insert into law.activation (number, version, activated_at, in_force_from, origin, favourable, diff, event) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: PutSignature :exec
insert into law.signature (number, public_key, signature) values ($1, $2, $3);

-- name: Newest :one
-- Read once a second by every server.
select coalesce(max(a.number), 0)::integer as number from law.activation a;

-- name: Event :one
select a.event from law.activation a where a.number = $1;

-- name: Activations :many
-- All of them: a registry has a few a year.
select a.number, a.version, v.hash, v.archive, a.activated_at, a.in_force_from, a.origin, a.favourable, a.diff
from law.activation a join law.version v on v.version = a.version
order by a.number limit 10000;

-- name: Signatures :many
select s.number, s.public_key, s.signature from law.signature s order by s.number, s.public_key limit 100000;

-- name: Officers :many
select o.public_key, o.name, o.made_at, o.ended_at from law.officer o order by o.made_at, o.name limit 10000;

-- name: PutOfficer :exec
insert into law.officer (public_key, name, made_at) values ($1, $2, $3);

-- name: EndOfficer :execrows
update law.officer set ended_at = sqlc.arg(now)::timestamptz where name = sqlc.arg(name) and ended_at is null;

-- name: Outages :many
-- All of them: a registry has a few a year.
select o.from_on, o.to_on, o.cause, o.days, o.declared_at from law.outage o order by o.from_on limit 10000;

-- name: PutOutage :exec
insert into law.outage (from_on, to_on, cause, days, declared_at) values ($1, $2, $3, $4, $5);

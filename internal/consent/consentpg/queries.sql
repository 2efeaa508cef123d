-- name: LockGate :exec
-- Whoever changes what may be answered waits for answers under way, and they for it.
select g.person from party.gate g where g.person = $1 for update;

-- name: Put :exec
insert into consent.given (person, consent, body, purpose, given_at, usable_from, until_at) values ($1, $2, $3, $4, $5, $6, $7);

-- name: Stop :one
update consent.given set stopped_at = sqlc.arg(now)::timestamptz where person = sqlc.arg(person) and consent = sqlc.arg(consent) and stopped_at is null returning body;

-- name: List :many
select consent, body, purpose, given_at, usable_from, until_at, stopped_at from consent.given where person = $1 order by given_at desc, consent limit 500;

-- name: LockGate :exec
select 1 from party.gate where person = $1 for update;

-- name: Number :exec
insert into hold.number (hold, person) values ($1, $2);

-- name: PersonOf :one
select person from hold.number where hold = $1;

-- name: Put :exec
insert into hold.placed (person, hold, record, source, type, ground, court, pack, until_on, keep_until, state, proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'proposed', $11, $12);

-- name: Save :exec
update hold.placed set state = sqlc.arg(state)::text, confirmed_by = sqlc.narg(confirmed_by)::uuid, confirmed_at = sqlc.narg(confirmed_at)::timestamptz, version = sqlc.narg(version)::integer,
    lift_by = sqlc.narg(lift_by)::uuid, lifted_by = sqlc.narg(lifted_by)::uuid, ended_at = sqlc.narg(ended_at)::timestamptz
where person = sqlc.arg(person) and hold = sqlc.arg(hold);

-- name: One :one
select * from hold.placed where person = $1 and hold = $2;

-- name: Of :many
select * from hold.placed where person = $1 order by proposed_at desc, hold limit 200;

-- name: Running :many
-- What waits for a second person, then what is held; those that end first.
select * from hold.placed where state in ('proposed', 'held') and until_on >= sqlc.arg(today)::date and source <> sqlc.arg(body)::uuid and court <> sqlc.arg(body)::uuid
and (sqlc.arg(stands)::text = '' or state = sqlc.arg(stands)::text) and (sqlc.arg(type)::text = '' or type = sqlc.arg(type)::text)
order by state = 'held', until_on, proposed_at, hold limit sqlc.arg(most);

-- name: ForCourt :many
select * from hold.placed where court = sqlc.arg(court)::uuid and state = 'held' and until_on >= sqlc.arg(today)::date order by until_on, proposed_at, hold limit sqlc.arg(most);

-- name: AddPaper :exec
insert into hold.paper (person, paper, hold, what, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: DropPapers :many
delete from hold.paper where person = sqlc.arg(person) and hold = sqlc.arg(hold) returning paper, epoch, leaf;

-- name: Show :many
select t.hold::uuid as hold, t.paper::uuid as paper, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from hold.show(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text) as t(hold, paper, epoch, leaf, nonce, box);

-- name: Examine :many
select t.paper::uuid as paper, t.what::text as what, t.version::integer as version, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from hold.examine(sqlc.arg(person)::uuid, sqlc.arg(hold)::uuid, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea)
    as t(paper, what, version, epoch, leaf, nonce, box);

-- name: Over :many
-- Holds whose last day is over and that nobody wrote down as ended.
update hold.placed h set state = 'ended', ended_at = sqlc.arg(now)::timestamptz
where (h.person, h.hold) in (select o.person, o.hold from hold.placed o where o.state in ('proposed', 'held') and o.until_on < sqlc.arg(today)::date order by o.until_on, o.hold limit sqlc.arg(most) for update skip locked)
returning h.person, h.hold, h.record;

-- name: EndOf :many
-- What is held of one record.
update hold.placed set state = 'ended', ended_at = sqlc.arg(now)::timestamptz
where person = sqlc.arg(person) and record = sqlc.arg(record) and state in ('proposed', 'held') returning person, hold, record;

-- name: Sweep :many
-- Their papers went when they ended.
delete from hold.placed where (person, hold) in (select o.person, o.hold from hold.placed o where o.keep_until < sqlc.arg(today)::date and o.state not in ('proposed', 'held') order by o.keep_until limit sqlc.arg(most)) returning hold;

-- name: DropNumbers :exec
delete from hold.number where hold = any (sqlc.arg(holds)::uuid[]);

-- name: PaperLeaves :many
select epoch, max(leaf)::bigint as leaf from hold.paper group by epoch;

-- name: PapersHeld :many
select person, paper, epoch, leaf from hold.paper where (person, paper) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by person, paper limit sqlc.arg(most);

-- name: ClearPaper :exec
update hold.paper set nonce = null, box = null where person = sqlc.arg(person) and paper = sqlc.arg(paper) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: LastingHolds :many
select person, max(keep_until)::date as until from hold.placed where person = any (sqlc.arg(persons)::uuid[]) group by person;

-- name: LockGate :exec
select 1 from party.gate where person = $1 for update;

-- name: Number :exec
insert into estate.number (death, person) values ($1, $2);

-- name: PersonOf :one
select person from estate.number where death = $1;

-- name: Put :exec
insert into estate.death (person, death, body, died_on, pack, until_on, keep_until, state, proposed_by, proposed_at, seen)
values ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, '{}');

-- name: Save :exec
update estate.death set state = sqlc.arg(state)::text, keep_until = sqlc.arg(keep_until)::date, confirmed_by = sqlc.narg(confirmed_by)::uuid, confirmed_at = sqlc.narg(confirmed_at)::timestamptz,
    ends_on = sqlc.narg(ends_on)::date, was_until = sqlc.narg(was_until)::date, reverse_by = sqlc.narg(reverse_by)::uuid, reversed_by = sqlc.narg(reversed_by)::uuid, ended_at = sqlc.narg(ended_at)::timestamptz
where person = sqlc.arg(person) and death = sqlc.arg(death);

-- name: One :one
select * from estate.death where person = $1 and death = $2;

-- name: Running :many
-- What waits for a second officer, then what can be taken back, the newest first.
select * from estate.death where body = sqlc.arg(body)::uuid and (state = 'proposed' and until_on >= sqlc.arg(today)::date or state = 'entered' and confirmed_at > sqlc.arg(since)::timestamptz)
order by state = 'entered', proposed_at desc, death limit sqlc.arg(most);

-- name: AddPaper :exec
insert into estate.paper (person, paper, death, what, media, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: DropPapers :many
delete from estate.paper where person = sqlc.arg(person) and death = sqlc.arg(death) returning paper, epoch, leaf;

-- name: Examine :many
select t.paper::uuid as paper, t.what::text as what, t.media::text as media, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from estate.examine(sqlc.arg(person)::uuid, sqlc.arg(death)::uuid, sqlc.arg(proof)::boolean, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea)
    as t(paper, what, media, epoch, leaf, nonce, box);

-- name: Over :many
-- Proposals that nobody confirmed in time.
update estate.death d set state = 'dropped', ended_at = sqlc.arg(now)::timestamptz
where (d.person, d.death) in (select o.person, o.death from estate.death o where o.state = 'proposed' and o.until_on < sqlc.arg(today)::date order by o.until_on, o.death limit sqlc.arg(most) for update skip locked)
returning d.person, d.death, d.body;

-- name: Ended :many
select d.person from estate.death d join party.person p on p.person = d.person
where d.state = 'entered' and d.ends_on < sqlc.arg(today)::date and d.person > sqlc.arg(after)::uuid order by d.person limit sqlc.arg(most);

-- name: EndsOn :one
select ends_on::date as ends_on from estate.death where person = $1 and state = 'entered';

-- name: Sweep :many
-- Their papers went before. That a death was entered is kept as long as the file is there.
delete from estate.death where (person, death) in (select o.person, o.death from estate.death o where o.keep_until < sqlc.arg(today)::date and o.state <> 'proposed'
    and not exists (select 1 from estate.paper p where p.person = o.person and p.death = o.death) and (o.state <> 'entered' or not exists (select 1 from party.person h where h.person = o.person))
    order by o.keep_until limit sqlc.arg(most)) returning death;

-- name: DropNumbers :exec
delete from estate.number where death = any (sqlc.arg(deaths)::uuid[]);

-- name: PaperLeaves :many
select epoch, max(leaf)::bigint as leaf from estate.paper group by epoch;

-- name: PapersHeld :many
select person, paper, epoch, leaf from estate.paper where (person, paper) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by person, paper limit sqlc.arg(most);

-- name: RemovePaper :exec
delete from estate.paper where person = sqlc.arg(person) and paper = sqlc.arg(paper) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

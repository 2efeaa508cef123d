-- name: ReadMark :one
select vault, mode, seq, intent_seq, expire_before, generation, destroyed_generation
from vault.mark where only_row;

-- name: InsertMark :exec
insert into vault.mark (vault, mode, seq, intent_seq, expire_before, generation, destroyed_generation)
values (sqlc.arg(vault), sqlc.arg(mode), sqlc.arg(seq), sqlc.arg(intent_seq), sqlc.arg(expire_before), sqlc.arg(generation), sqlc.arg(destroyed_generation));

-- name: RaiseMark :exec
-- Numbers only grow: what the vault has reached is not taken back.
update vault.mark set seq = greatest(seq, sqlc.arg(seq)), intent_seq = greatest(intent_seq, sqlc.arg(intent_seq)),
    expire_before = greatest(expire_before, sqlc.arg(expire_before)),
    generation = greatest(generation, sqlc.arg(generation)), destroyed_generation = greatest(destroyed_generation, sqlc.arg(destroyed_generation))
where only_row;

-- name: RaiseSeq :exec
-- All that the serving role may change of the mark.
update vault.mark set seq = greatest(seq, sqlc.arg(seq)) where only_row;

-- name: PutLeases :exec
-- In the order of epochs, so that two processes cannot wait for each other.
insert into vault.lease as l (epoch, seed_mark, next)
select c.epoch, c.seed_mark, c.next from (select unnest(sqlc.arg(epochs)::bigint[]) as epoch, unnest(sqlc.arg(seed_marks)::bigint[]) as seed_mark, unnest(sqlc.arg(nexts)::bigint[]) as next) as c
order by c.epoch
on conflict (epoch) do update set next = greatest(l.next, excluded.next), seed_mark = excluded.seed_mark;

-- name: ListLeases :many
-- The lower half of an epoch is its end day.
select epoch, seed_mark, next from vault.lease where (epoch & 4294967295) >= sqlc.arg(from_day)::bigint order by epoch;

-- name: InsertIntents :exec
insert into vault.intent (person, intent, epoch, leaf, reason, created_at)
select unnest(sqlc.arg(persons)::uuid[]), unnest(sqlc.arg(intents)::uuid[]), unnest(sqlc.arg(epochs)::bigint[]), unnest(sqlc.arg(leaves)::bigint[]), unnest(sqlc.arg(reasons)::text[]), unnest(sqlc.arg(created_ats)::timestamptz[]);

-- name: LockOrder :one
-- Whoever numbers intents holds this row, so that numbers follow each other.
select intent_seq from vault.mark where only_row for update;

-- name: NumberIntents :many
update vault.intent i set vault_seq = sqlc.arg(last)::bigint + w.n
from (select x.person, x.intent, row_number() over (order by x.created_at, x.person, x.intent) as n
    from (select person, intent, created_at from vault.intent where done_at is null and vault_seq is null order by created_at limit sqlc.arg(most)) as x) as w
where i.person = w.person and i.intent = w.intent
returning i.person, i.intent, i.epoch, i.leaf, i.reason, i.created_at, i.vault_seq;

-- name: ListWaiting :many
select person, intent, epoch, leaf, reason, created_at, vault_seq from vault.intent
where done_at is null and vault_seq is not null order by vault_seq limit sqlc.arg(most);

-- name: MarkDone :exec
update vault.intent i set done_at = sqlc.arg(done_at)::timestamptz, unreadable_by = d.unreadable_by, weak = d.weak
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(intents)::uuid[]) as intent, unnest(sqlc.arg(unreadable_by)::date[]) as unreadable_by, unnest(sqlc.arg(weak)::boolean[]) as weak) as d
where i.person = d.person and i.intent = d.intent and i.done_at is null;

-- name: ListIntents :many
-- Every intent, in the order of the key: for a vault that was given back from a copy.
select person, intent, epoch, leaf, reason, created_at, vault_seq from vault.intent
where (person, intent) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_intent)::uuid) order by person, intent limit sqlc.arg(most);

-- name: InsertFound :exec
insert into vault.intent (person, intent, epoch, leaf, reason, created_at, vault_seq, done_at, unreadable_by, weak)
select f.person, f.intent, f.epoch, f.leaf, sqlc.arg(reason)::text, sqlc.arg(done_at)::timestamptz, f.vault_seq, sqlc.arg(done_at)::timestamptz, f.unreadable_by, f.weak
from (select unnest(sqlc.arg(persons)::uuid[]) as person, unnest(sqlc.arg(intents)::uuid[]) as intent, unnest(sqlc.arg(epochs)::bigint[]) as epoch, unnest(sqlc.arg(leaves)::bigint[]) as leaf, unnest(sqlc.arg(seqs)::bigint[]) as vault_seq, unnest(sqlc.arg(unreadable_by)::date[]) as unreadable_by, unnest(sqlc.arg(weak)::boolean[]) as weak) as f
on conflict (person, intent) do nothing;

-- name: DropIntents :exec
-- Their leaves are gone with the seeds of their epochs.
delete from vault.intent where done_at is not null and (epoch & 4294967295) < sqlc.arg(before_day)::bigint;

-- name: DropLeases :exec
delete from vault.lease where (epoch & 4294967295) < sqlc.arg(before_day)::bigint;

-- name: ListReceipts :many
-- What was made unreadable of one person, for the person's own page.
select intent, epoch, leaf, reason, created_at, vault_seq, done_at, unreadable_by, weak from vault.intent
where person = sqlc.arg(person) and done_at is not null order by done_at desc, intent limit sqlc.arg(most);

-- +goose Up
create schema vault;
grant usage on schema vault to recourse_app, recourse_keeper;

-- local: what this database knows of the vault that it belongs to. Compared with
-- the vault itself at each start, to see which of the two was restored.
create table vault.mark (
    only_row boolean primary key default true check (only_row),
    vault uuid not null,
    mode text not null check (mode in ('sandbox', 'production')),
    seq bigint not null check (seq >= 0),
    intent_seq bigint not null check (intent_seq >= 0),
    expire_before date not null,
    generation bigint not null check (generation >= 1),
    destroyed_generation bigint not null check (destroyed_generation >= 0 and destroyed_generation < generation)
);
grant select on vault.mark to recourse_app, recourse_keeper;
grant update (seq) on vault.mark to recourse_app;
grant insert, update (seq, intent_seq, expire_before, generation, destroyed_generation) on vault.mark to recourse_keeper;

-- local: the next leaf of each epoch that was not leased when this row was
-- written. Written after a lease is durable and before a leaf of it is used.
create table vault.lease (
    epoch bigint primary key check (epoch > 0),
    seed_mark bigint not null, -- tells whether the vault still has the seed that the leaves belong to
    next bigint not null check (next between 1 and 4294967296)
);
grant select, insert, update (seed_mark, next) on vault.lease to recourse_app;
grant select, insert, update (seed_mark, next), delete on vault.lease to recourse_keeper;

-- person: what is to be made unreadable before its day, and what was. A row is
-- committed with the change that causes it; the keeper numbers it, punctures
-- its leaf in the vault, then marks it done. Rows stay until the day of their
-- epoch has passed, so that a vault restored from an older copy learns them
-- again. A person's rows outlive the person: the key alone says nothing.
create table vault.intent (
    person uuid not null,
    intent uuid not null,
    epoch bigint not null check (epoch > 0),
    leaf bigint not null check (leaf between 0 and 4294967295),
    reason text not null check (reason in ('repaired', 'withdrawn', 'wrong person', 'superseded', 'sealed anew', 'person ended', 'under age', 'ordered', 'shortened', 'found erased')),
    created_at timestamptz not null,
    vault_seq bigint check (vault_seq >= 1),
    done_at timestamptz,
    unreadable_by date,
    weak boolean,
    primary key (person, intent),
    check (done_at is null or vault_seq is not null),
    check ((done_at is null) = (unreadable_by is null) and (done_at is null) = (weak is null))
);
-- read by: the keeper that applies intents
create index intent_waiting on vault.intent (vault_seq, created_at) where done_at is null;
-- read by: the keeper that drops intents of epochs that have passed
create index intent_end on vault.intent ((epoch & 4294967295)) where done_at is not null;
grant select, insert on vault.intent to recourse_app;
grant select, insert, delete, update (vault_seq, done_at, unreadable_by, weak) on vault.intent to recourse_keeper;

-- +goose Up
create schema ledger;
grant usage on schema ledger to recourse_app, recourse_keeper, recourse_watch;

-- person: what was done, once per event, in the transaction of the event. Append
-- only: nobody but the owner holds UPDATE or DELETE. stream is the person's key,
-- or the key of the body or delivery where the event concerns no person.
-- Inquiries are not here: an access row is its own journal row.
create table ledger.journal (
    stream uuid not null,
    event uuid not null,
    at timestamptz not null,
    kind text not null,
    refs jsonb not null,
    added xid8 not null default pg_current_xact_id(), -- the transaction that wrote it
    primary key (stream, event)
);
-- read by: the sequencer, which takes rows from the oldest transaction on that may still be under way,
-- and goes on within a transaction where its last batch ended
create index journal_added on ledger.journal (added, event);
grant insert on ledger.journal to recourse_app, recourse_keeper;
grant select on ledger.journal to recourse_app, recourse_keeper, recourse_watch;

-- person: the one queue of record. A row is what one consumer still has to do
-- for one event; done is deleted. In order per stream: (at, nth).
create table ledger.outbox (
    stream uuid not null,
    event uuid not null,
    consumer text not null,
    slot smallint not null check (slot between 0 and 4095),
    at timestamptz not null,
    nth integer not null,
    kind text not null,
    refs jsonb not null,
    attempts integer not null default 0,
    next_at timestamptz not null,
    last_code text,
    primary key (stream, event, consumer)
);
-- read by: the pumps, each over its range of slots
create index outbox_due on ledger.outbox (slot, next_at);
grant insert on ledger.outbox to recourse_app, recourse_keeper;
grant select, delete on ledger.outbox to recourse_keeper;
grant update (attempts, next_at, last_code) on ledger.outbox to recourse_keeper;
grant select (slot, at, attempts) on ledger.outbox to recourse_app, recourse_watch;

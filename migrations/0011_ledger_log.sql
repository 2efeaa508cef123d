-- +goose Up
-- The public log (docs/reference/log.md). An access row is its own journal row, so
-- the sequencer reads both tables: rows that no transaction before the oldest still
-- under way can have written are behind it, all others are looked at again.
alter table inquiry.access add column added xid8 not null default pg_current_xact_id();
-- read by: the sequencer, which goes on within a transaction where its last batch ended
create index access_added on inquiry.access (added, access);
grant select (added) on inquiry.access to recourse_app, recourse_keeper, recourse_watch;

-- What an access row seals is part of what its entry commits to, by its hash: no
-- content leaves, and nothing is kept for it (internal/arch/manifest_walls_test.go).
-- since is what the sequencer reads, digest the same of one row.
-- seen is a snapshot as of which all rows were taken.
create function inquiry.since(p_low xid8, p_after uuid, p_seen pg_snapshot, p_limit integer)
returns table (
    added xid8, person uuid, access uuid, at timestamptz, body uuid, purpose text, basis text, pack text, outcome smallint, records uuid[], referred uuid[],
    replay_of uuid, epoch bigint, leaf bigint, sealed bytea)
language sql stable security definer rows 1000
set search_path = pg_catalog, pg_temp
as $$
    select a.added, a.person, a.access, a.at, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.referred,
        a.replay_of, a.epoch, a.leaf, sha256(a.box)
    from inquiry.access a where (a.added, a.access) >= (p_low, p_after) and not pg_visible_in_snapshot(a.added, p_seen)
    order by a.added, a.access limit p_limit
$$;
revoke all on function inquiry.since(xid8, uuid, pg_snapshot, integer) from public;
grant execute on function inquiry.since(xid8, uuid, pg_snapshot, integer) to recourse_keeper;

create function inquiry.digest(p_person uuid, p_access uuid) returns bytea
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select sha256(a.box) from inquiry.access a where a.person = p_person and a.access = p_access
$$;
revoke all on function inquiry.digest(uuid, uuid) from public;
grant execute on function inquiry.digest(uuid, uuid) to recourse_app, recourse_keeper;

-- local: how far the log goes. Rows added before low are all in it. kept is what the
-- tree needs to grow (internal/merkle).
create table ledger.head (
    only_row boolean primary key default true check (only_row),
    size bigint not null check (size >= 0),
    root bytea not null check (length(root) = 32),
    kept bytea not null,
    low xid8 not null
);
insert into ledger.head (size, root, kept, low) values (0, sha256(''), '', '0');
grant select on ledger.head to recourse_app, recourse_keeper, recourse_watch;
grant update (size, root, kept, low) on ledger.head to recourse_keeper;

-- local: what was taken into the log at once. rows has 49 bytes for each entry: 0 for
-- a public one, 1 for a sealed one, then stream, event, epoch and leaf of its nonce.
create table ledger.batch (
    first bigint primary key check (first >= 0),
    count integer not null check (count > 0),
    low xid8 not null,
    high xid8 not null,
    day date not null, -- UTC, when it was taken
    rows bytea not null check (length(rows) = 49 * count)
);
alter table ledger.batch alter rows set storage external; -- random, it does not compress
-- read by: the sequencer when it begins, and who makes receipts
create index batch_high on ledger.batch (high);
grant select, insert on ledger.batch to recourse_keeper;
grant select on ledger.batch to recourse_app, recourse_watch;

-- local: the entries, 256 a row (C2SP tlog-tiles). Tiles of level 0 follow from them.
create table ledger.bundle (
    n bigint primary key check (n >= 0),
    entries bytea not null
);
alter table ledger.bundle alter entries set storage external;
grant select, insert, update (entries) on ledger.bundle to recourse_keeper;
grant select on ledger.bundle to recourse_app, recourse_watch;

-- local: the tiles of levels above 0.
create table ledger.tile (
    level smallint not null check (level between 1 and 7),
    n bigint not null check (n >= 0),
    hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
    primary key (level, n)
);
alter table ledger.tile alter hashes set storage external;
grant select, insert, update (hashes) on ledger.tile to recourse_keeper;
grant select on ledger.tile to recourse_app, recourse_watch;

-- local: the checkpoint that is published, signed by the log and by its witnesses.
create table ledger.published (
    only_row boolean primary key default true check (only_row),
    size bigint not null,
    note text not null,
    at timestamptz not null
);
grant select, insert, update (size, note, at) on ledger.published to recourse_keeper;
grant select on ledger.published to recourse_app, recourse_watch;

-- local: the labels of each day, in buckets.
create table ledger.day (
    day date primary key,
    from_index bigint not null unique,
    until_index bigint not null check (until_index > from_index),
    bits smallint not null check (bits between 0 and 16),
    event uuid not null
);
grant select, insert on ledger.day to recourse_keeper;
grant select on ledger.day to recourse_app, recourse_watch;

create table ledger.bucket (
    day date not null references ledger.day (day),
    bucket integer not null check (bucket between 0 and 65535),
    labels bytea not null check (length(labels) % 16 = 0),
    primary key (day, bucket)
);
alter table ledger.bucket alter labels set storage external;
grant select, insert on ledger.bucket to recourse_keeper;
grant select on ledger.bucket to recourse_app, recourse_watch;

-- local: the checkpoint at which each year ended, as it was published. Nothing is taken
-- out of the other tables with it: a shard is frozen as files (recourse log freeze).
create table ledger.shard (
    year integer primary key,
    from_size bigint not null unique check (from_size >= 0),
    until_size bigint not null check (until_size > from_size),
    note text not null,
    at timestamptz not null
);
grant select, insert on ledger.shard to recourse_keeper;
grant select on ledger.shard to recourse_app, recourse_watch;

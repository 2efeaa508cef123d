-- +goose Up
-- What of the law was in force when. Written by the owner alone, in the commands
-- of the operator; those who serve read it.
create schema law;
grant usage on schema law to recourse_app, recourse_keeper, recourse_watch;

-- reference: the pages of a pack as they were read, by the hash over all of them.
create table law.version (
    version text primary key,
    code text not null,
    hash bytea not null unique check (length(hash) = 32),
    archive bytea not null, -- its files, as a zip archive
    kept_at timestamptz not null
);
grant select on law.version to recourse_app, recourse_keeper, recourse_watch;

-- reference: who may sign packs. name is what the log calls them by: an office or
-- a number of staff. A key is never given to a second officer, nor back to one who
-- lost it.
create table law.officer (
    public_key bytea primary key check (length(public_key) = 32),
    name text not null check (length(name) between 1 and 64),
    made_at timestamptz not null,
    ended_at timestamptz check (ended_at >= made_at)
);
create unique index officer_name on law.officer (name) where ended_at is null;
grant select on law.officer to recourse_app, recourse_keeper, recourse_watch;

-- reference: activations, in order. The one in force at an instant is the last of
-- those whose in_force_from has come. The founding one has no signatures where
-- the program itself carries the pack, or where all people are made up.
create table law.activation (
    number integer primary key check (number >= 1),
    version text not null references law.version (version),
    activated_at timestamptz not null,
    in_force_from timestamptz not null check (in_force_from >= activated_at),
    origin text not null check (origin in ('built in', 'folder', 'signed')),
    favourable boolean not null, -- nothing in it had to wait
    diff jsonb not null, -- what it changes, in plain language
    event uuid not null unique,
    check (origin = 'signed' or number = 1)
);
grant select on law.activation to recourse_app, recourse_keeper, recourse_watch;

-- reference: on whose word.
create table law.signature (
    number integer not null references law.activation (number),
    public_key bytea not null references law.officer (public_key),
    signature bytea not null check (length(signature) = 64),
    primary key (number, public_key)
);
grant select on law.signature to recourse_app, recourse_keeper, recourse_watch;

-- reference: windows in which nobody could work, as they were declared: each moves the
-- clocks that were due inside it, once.
create table law.outage (
    from_on date primary key,
    to_on date not null check (to_on >= from_on),
    cause text not null check (cause in ('power', 'network', 'storage', 'building', 'software')),
    days smallint not null check (days between 1 and 5), -- working days that it gives
    declared_at timestamptz not null
);
grant select on law.outage to recourse_app, recourse_keeper, recourse_watch;

-- Says that an answer was refused because its pack is not the one in force at its
-- instant: a server that has not seen a newer one answers nothing. The statement
-- that answers checks the same; this names the reason. Called by the wall only.
-- +goose StatementBegin
create function law.check_in_force(p_pack text, p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_pack <> (select a.version from law.activation a where a.in_force_from <= p_now order by a.number desc limit 1) then
        raise exception 'another pack is in force' using errcode = 'RC002';
    end if;
end $$;
-- +goose StatementEnd
revoke all on function law.check_in_force(text, timestamptz) from public;

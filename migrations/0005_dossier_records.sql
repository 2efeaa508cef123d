-- +goose Up
create schema dossier;
grant usage on schema dossier to recourse_app, recourse_keeper, recourse_watch;

-- person: one record a source holds about a person. Plain: keys, type, source,
-- dates, state, pack. Sealed: the fields of the type.
create table dossier.record (
    person uuid not null,
    record uuid not null,
    version integer not null check (version >= 1),
    source uuid not null,
    source_order bigint not null,
    type text not null,
    pack text not null,
    negative boolean not null,
    state text not null check (state in ('noticed', 'in force', 'withdrawn', 'expired', 'erased')),
    received_at timestamptz not null,
    start_on date not null,
    display_end date not null,
    retain_end date not null,
    effect_at timestamptz,
    erased_at timestamptz,
    epoch bigint not null,
    leaf bigint not null,
    mark bytea check (length(mark) = 16),
    decision bytea check (length(decision) = 16), -- keyed mark of the decision it rests on, for this person alone (rules A3)
    nonce bytea check (length(nonce) = 12),
    box bytea,
    primary key (person, record),
    check (display_end >= start_on and retain_end >= display_end),
    -- the state machine: what takes effect has an instant, what is withdrawn or erased has no content
    check ((state = 'noticed') = (effect_at is null) or state in ('withdrawn', 'expired', 'erased')),
    check ((state = 'erased') = (erased_at is not null)),
    check ((state in ('withdrawn', 'erased')) = (box is null) and (box is null) = (nonce is null) and (box is null) = (mark is null))
);
-- read by: the sweep that ends records whose retention is over
create index record_retain_end on dossier.record (retain_end) where state <> 'erased';
grant select (person, record, version, source, source_order, type, pack, negative, state, received_at,
    start_on, display_end, retain_end, effect_at, erased_at, epoch, leaf, mark, decision) on dossier.record to recourse_app, recourse_keeper;
grant insert on dossier.record to recourse_app;
grant update (version, source_order, pack, state, start_on, effect_at, epoch, leaf, mark, decision, nonce, box) on dossier.record to recourse_app;
grant update (state, effect_at, erased_at, mark, nonce, box) on dossier.record to recourse_keeper;

-- directory: (source, HMAC of the source's ref) → person and record. Written in
-- the transaction of the record, and never after: what was withdrawn or has ended
-- is known by its ref for ever, and blocked.
create table dossier.source_ref (
    source uuid not null,
    ref_mac bytea not null check (length(ref_mac) = 16),
    person uuid not null,
    record uuid not null,
    primary key (source, ref_mac)
);
grant select, insert on dossier.source_ref to recourse_app;

-- The visibility rule, once: what may be disclosed to a body at an instant.
-- today is the legal day of that instant in the registry's zone.
-- +goose StatementBegin
create function dossier.visible(state text, effect_at timestamptz, display_end date, now timestamptz, today date)
returns boolean
language sql immutable
as $$ select state = 'in force' and effect_at <= now and display_end >= today $$;
-- +goose StatementEnd
revoke all on function dossier.visible(text, timestamptz, date, timestamptz, date) from public;
grant execute on function dossier.visible(text, timestamptz, date, timestamptz, date) to recourse_app, recourse_keeper;

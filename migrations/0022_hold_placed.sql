-- +goose Up
create schema hold;
grant usage on schema hold to recourse_app, recourse_keeper, recourse_watch;

-- directory: whose hold has a number, for those who work on it.
create table hold.number (
    hold uuid primary key,
    person uuid not null
);
grant select, insert on hold.number to recourse_app;
grant select, delete on hold.number to recourse_keeper;

-- person: the content of one record is kept for one court beyond its erasure, on the
-- word of two people (rules E1). Plain: keys, type, ground of the pack, court, dates,
-- state. Sealed, in hold.paper: the court's reference, and the content. The record
-- itself ends as if there were no hold, and nothing that answers reads this schema.
create table hold.placed (
    person uuid not null,
    hold uuid not null,
    record uuid not null,
    source uuid not null references party.body (body),
    type text not null,
    ground text not null,
    court uuid not null references party.body (body) check (court <> source),
    pack text not null,
    until_on date not null,
    keep_until date not null check (keep_until >= until_on), -- how long its person sees that there was one
    state text not null check (state in ('proposed', 'dropped', 'held', 'lifted', 'ended')),
    proposed_by uuid not null,
    proposed_at timestamptz not null,
    confirmed_by uuid check (confirmed_by <> proposed_by),
    confirmed_at timestamptz,
    version integer check (version >= 1), -- of the record, as it was taken
    lift_by uuid, -- who proposed that it ends before its day
    lifted_by uuid check (lifted_by <> lift_by),
    ended_at timestamptz,
    primary key (person, hold),
    check (until_on <= ((proposed_at at time zone 'UTC')::date + interval '12 months' + interval '1 day')::date),
    check ((confirmed_by is null) = (confirmed_at is null) and (confirmed_by is null) = (version is null)),
    check (state not in ('held', 'lifted') or confirmed_by is not null),
    check (state not in ('proposed', 'dropped') or confirmed_by is null),
    check ((state in ('proposed', 'held')) = (ended_at is null)),
    check ((state = 'lifted') = (lifted_by is not null))
);
-- One at a time of a record.
create unique index placed_running on hold.placed (person, record) where state in ('proposed', 'held');
-- read by: the sweep of holds whose day is over, and the page of those who decide
create index placed_until on hold.placed (until_on, hold) where state in ('proposed', 'held');
-- read by: the page of the court
create index placed_court on hold.placed (court, until_on) where state = 'held';
-- read by: the sweep of what nobody has to see any more
create index placed_keep on hold.placed (keep_until);
grant select, insert on hold.placed to recourse_app;
grant update (state, confirmed_by, confirmed_at, version, lift_by, lifted_by, ended_at) on hold.placed to recourse_app;
grant select, delete, update (state, ended_at) on hold.placed to recourse_keeper;

-- person: what is sealed of a hold until its last day.
create table hold.paper (
    person uuid not null,
    paper uuid not null,
    hold uuid not null,
    what text not null check (what in ('reference', 'content')),
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea check (length(nonce) = 12),
    box bytea,
    primary key (person, paper),
    foreign key (person, hold) references hold.placed (person, hold),
    check ((nonce is null) = (box is null))
);
-- read by: the pages of a hold
create index paper_hold on hold.paper (person, hold);
grant select (person, paper, hold, what, epoch, leaf), insert, delete on hold.paper to recourse_app;
grant select (person, paper, hold, what, epoch, leaf), delete on hold.paper to recourse_keeper;
grant update (nonce, box) on hold.paper to recourse_keeper; -- to clear what has ended

-- show gives a person the references of their own holds. The content it gives to nobody
-- but the court.
-- +goose StatementBegin
create function hold.show(p_person uuid, p_access uuid, p_now timestamptz, p_pack text)
returns table (hold uuid, paper uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: hold', 'self', p_pack, 2, '{}');
    return query
    select p.hold, p.paper, p.epoch, p.leaf, p.nonce, p.box from hold.paper p
    where p.person = p_person and p.what = 'reference';
end $$;
-- +goose StatementEnd
revoke all on function hold.show(uuid, uuid, timestamptz, text) from public;
grant execute on function hold.show(uuid, uuid, timestamptz, text) to recourse_app;

-- examine gives out a hold, and writes that somebody looked to the person's list of
-- look-ups. Those who decide get the reference, and the record (paper is NULL there) to
-- take its content, while the hold is proposed; the content goes to staff of the court
-- that it names and to nobody else, until its last day, whether or not anybody came to
-- end it.
-- +goose StatementBegin
create function hold.examine(p_person uuid, p_hold uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (paper uuid, what text, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    k hold.placed;
    today constant date := (select (p_now at time zone m.zone)::date from house.mode m);
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    perform 1 from party.gate g where g.person = p_person for share;
    select h.* into k from hold.placed h where h.person = p_person and h.hold = p_hold and h.state in ('proposed', 'held') and h.until_on >= today
        and p_body <> h.source and (h.state = 'held' or p_body <> h.court);
    if not found then
        raise exception 'there is no such hold' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'hold', 'case', p_pack, 1, array[k.record], p_epoch, p_leaf, p_nonce, p_box);
    return query
    select null::uuid, 'record', r.version, r.epoch, r.leaf, r.nonce, r.box
    from dossier.record r where r.person = p_person and r.record = k.record and r.box is not null and k.state = 'proposed'
    union all
    select p.paper, p.what, 0, p.epoch, p.leaf, p.nonce, p.box
    from hold.paper p where p.person = p_person and p.hold = p_hold and (p.what = 'reference' or k.state = 'held' and p_body = k.court);
end $$;
-- +goose StatementEnd
revoke all on function hold.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) from public;
grant execute on function hold.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) to recourse_app;

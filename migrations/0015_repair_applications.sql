-- +goose Up
create schema repair;
grant usage on schema repair to recourse_app, recourse_keeper, recourse_watch;

-- directory: whose application has a number, for those who work on it.
create table repair.number (
    application uuid primary key,
    person uuid not null
);
grant select, insert, delete on repair.number to recourse_app;
grant select, delete on repair.number to recourse_keeper;

-- person: one application to end a record early. Plain: keys, type, source, route,
-- state, dates. Sealed, in repair.paper: what anybody wrote or sent.
create table repair.application (
    person uuid not null,
    application uuid not null,
    record uuid not null,
    source uuid not null references party.body (body),
    type text not null,
    route text not null,
    decides text not null check (decides in ('source', 'registry')), -- whose two people
    pack text not null,
    state text not null,
    was text not null, -- the state before the last move
    made_at timestamptz not null,
    changed_at timestamptz not null, -- of a draft: when the person wrote last
    keep_until date not null, -- the end of its papers
    opened_at timestamptz,
    clock jsonb, -- of the stage that runs or ran last
    due_on date,
    twice_on date,
    back_at timestamptz, -- taken back
    final_at timestamptz, -- and for good
    decided_at timestamptz,
    late_from timestamptz, -- hidden as overdue since
    letter_at timestamptz,
    review_until timestamptz,
    review_at timestamptz,
    told_late date, -- of which last day it was told that it passed
    primary key (person, application),
    -- the state machine: each move that there is
    constraint application_moves check ((was, state) in (('', 'draft'), ('draft', 'open'), ('open', 'taken back'), ('taken back', 'open'), ('open', 'granted'), ('open', 'refused'), ('open', 'lapsed'),
        ('refused', 'in review'), ('in review', 'granted'), ('in review', 'confirmed'), ('in review', 'lapsed'))),
    check ((state = 'draft') = (opened_at is null) and (opened_at is null) = (due_on is null)),
    check ((due_on is null) = (clock is null) and (due_on is null) = (twice_on is null)),
    check ((state = 'taken back') = (back_at is not null) and (back_at is null) = (final_at is null) and final_at >= back_at + interval '10 minutes'),
    check (state not in ('granted', 'refused', 'in review', 'confirmed') or decided_at is not null),
    check (state not in ('in review', 'confirmed') or review_at is not null)
);
-- One at a time: of a record nobody decides twice at once.
create unique index application_running on repair.application (person, record) where state in ('draft', 'open', 'in review');
-- read by: the list of those who decide, and the sweep of what is overdue
create index application_due on repair.application (due_on, application) where state in ('open', 'in review');
-- read by: what nobody decided within twice its clock
create index application_twice on repair.application (twice_on, person, application) where state in ('open', 'in review');
-- read by: the sweep of drafts that were not sent
create index application_draft on repair.application (changed_at) where state = 'draft';
grant select, insert, delete on repair.application to recourse_app; -- a draft that the person throws away
grant update (state, was, pack, changed_at, opened_at, clock, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at) on repair.application to recourse_app, recourse_keeper;
grant update (told_late) on repair.application to recourse_keeper;
grant select, delete on repair.application to recourse_keeper;

-- person: what each of those who decide found. Append only; the last counts.
create table repair.finding (
    person uuid not null,
    application uuid not null,
    stage smallint not null check (stage in (1, 2)),
    clerk uuid not null,
    body uuid not null,
    at timestamptz not null,
    outcome text not null check (outcome in ('granted', 'refused')),
    primary key (person, application, stage, clerk, at),
    foreign key (person, application) references repair.application (person, application)
);
grant select, insert on repair.finding to recourse_app;
grant select on repair.finding to recourse_keeper;

-- person: everything that was written or sent, sealed. Files are shown one by one.
create table repair.paper (
    person uuid not null,
    paper uuid not null,
    application uuid not null,
    condition text not null,
    what text not null check (what in ('words', 'evidence', 'reasons', 'appeal')),
    stage smallint not null check (stage in (1, 2)),
    clerk uuid,
    media text not null,
    at timestamptz not null,
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea check (length(nonce) = 12),
    box bytea,
    primary key (person, paper),
    foreign key (person, application) references repair.application (person, application),
    check ((media <> '') = (what = 'evidence')),
    check ((clerk is null) = (what <> 'reasons')),
    check ((nonce is null) = (box is null))
);
-- read by: the page of an application
create index paper_application on repair.paper (person, application);
grant select (person, paper, application, condition, what, stage, clerk, media, at, epoch, leaf), insert, delete on repair.paper to recourse_app;
grant select (person, paper, application, condition, what, stage, clerk, media, at, epoch, leaf), delete on repair.paper to recourse_keeper;
grant update (nonce, box) on repair.paper to recourse_keeper; -- to clear what has ended

-- person: who on staff looked at the papers of an application, and when last.
-- Written where they are given out.
create table repair.look (
    person uuid not null,
    application uuid not null,
    clerk uuid not null,
    at timestamptz not null,
    primary key (person, application, clerk),
    foreign key (person, application) references repair.application (person, application)
);
grant select on repair.look to recourse_app, recourse_keeper;

-- person: what is left of a record that ended early. It holds no content, counts
-- nowhere, and goes when the record would have gone (rules E3). event is its row in
-- the journal, and its receipt.
create table repair.entry (
    person uuid not null,
    record uuid not null,
    type text not null,
    source uuid not null references party.body (body),
    route text not null, -- or the relief
    how text not null check (how in ('decided', 'lapsed', 'time', 'relief')),
    at timestamptz not null,
    ends_on date not null,
    event uuid not null,
    primary key (person, record)
);
-- read by: the sweep of entries whose time is over
create index entry_end on repair.entry (ends_on);
grant select, insert on repair.entry to recourse_app, recourse_keeper;
grant delete on repair.entry to recourse_keeper;

-- person: that a way to end a record early opened, and was told (rules D8).
create table repair.opening (
    person uuid not null,
    record uuid not null,
    route text not null,
    at timestamptz not null,
    primary key (person, record, route)
);
grant select on repair.opening to recourse_app;
grant select, insert, delete on repair.opening to recourse_keeper;

-- directory: reliefs of the pack that two people of the registry decide to carry out.
create table repair.relief (
    relief text primary key,
    pack text not null,
    proposed_by uuid not null,
    proposed_at timestamptz not null,
    confirmed_by uuid check (confirmed_by <> proposed_by),
    confirmed_at timestamptz,
    done_at timestamptz,
    ended integer not null default 0 check (ended >= 0), -- records
    check ((confirmed_by is null) = (confirmed_at is null)),
    check (done_at is null or confirmed_at is not null)
);
grant select, insert on repair.relief to recourse_app;
grant update (confirmed_by, confirmed_at) on repair.relief to recourse_app;
grant delete on repair.relief to recourse_app; -- a proposal that is taken back
grant select on repair.relief to recourse_keeper;
grant update (done_at, ended) on repair.relief to recourse_keeper;

-- show gives a person the papers of their own application: what is written, and of
-- files those that are asked for. What somebody found is given out when it was
-- decided.
-- +goose StatementBegin
create function repair.show(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_application uuid, p_file uuid)
returns table (paper uuid, condition text, what text, stage smallint, clerk uuid, media text, at timestamptz, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: repair', 'self', p_pack, 2, '{}');
    return query
    select p.paper, p.condition, p.what, p.stage, p.clerk, p.media, p.at, p.epoch, p.leaf,
        case when p.media = '' or p.paper = p_file then p.nonce end, case when p.media = '' or p.paper = p_file then p.box end
    from repair.paper p join repair.application a on a.person = p.person and a.application = p.application
    where p.person = p_person and p.application = p_application
    and (p.what <> 'reasons' or a.state in ('granted', 'refused', 'confirmed') or p.stage = 1 and a.review_at is not null);
end $$;
-- +goose StatementEnd
revoke all on function repair.show(uuid, uuid, timestamptz, text, uuid, uuid) from public;
grant execute on function repair.show(uuid, uuid, timestamptz, text, uuid, uuid) to recourse_app;

-- examine gives somebody on staff the papers of an application and the record that it
-- is about (paper is NULL there), and writes that they looked: to the person's list
-- of look-ups and to the application. What others found is given only to who found
-- something at that stage.
-- +goose StatementBegin
create function repair.examine(p_person uuid, p_application uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text, p_file uuid,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (paper uuid, condition text, what text, stage smallint, clerk uuid, media text, at timestamptz, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    k repair.application;
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    perform 1 from party.gate g where g.person = p_person for share;
    select a.* into k from repair.application a where a.person = p_person and a.application = p_application and a.state <> 'draft';
    if not found then
        raise exception 'there is no such application' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'repair', 'case', p_pack, 1, array[k.record], p_epoch, p_leaf, p_nonce, p_box);
    if p_file is null then
        insert into repair.look as l (person, application, clerk, at) values (p_person, p_application, p_clerk, p_now)
        on conflict (person, application, clerk) do update set at = excluded.at;
    end if;
    return query
    select null::uuid, '', '', 0::smallint, null::uuid, '', r.received_at, r.version, r.epoch, r.leaf, r.nonce, r.box
    from dossier.record r where r.person = p_person and r.record = k.record and r.box is not null and p_file is null
    union all
    select p.paper, p.condition, p.what, p.stage, p.clerk, p.media, p.at, 0, p.epoch, p.leaf,
        case when p.media = '' or p.paper = p_file then p.nonce end, case when p.media = '' or p.paper = p_file then p.box end
    from repair.paper p
    where p.person = p_person and p.application = p_application
    and (p.what <> 'reasons' or p.clerk = p_clerk or k.state in ('granted', 'refused', 'confirmed') or p.stage = 1 and k.review_at is not null
        or exists (select 1 from repair.finding f where f.person = p_person and f.application = p_application and f.stage = p.stage and f.clerk = p_clerk));
end $$;
-- +goose StatementEnd
revoke all on function repair.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, uuid, bigint, bigint, bytea, bytea) from public;
grant execute on function repair.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, uuid, bigint, bigint, bytea, bytea) to recourse_app;

-- +goose Up
create schema estate;
grant usage on schema estate to recourse_app, recourse_keeper, recourse_watch;

-- directory: whose death has a number, for those who work on it.
create table estate.number (
    death uuid primary key,
    person uuid not null
);
grant select, insert on estate.number to recourse_app;
grant select, delete on estate.number to recourse_keeper;

-- person: a death, as two officers of one body entered it with a proof, and as two people
-- took it back within a day (rules F4). Plain: keys, day of death, dates, state. Sealed, in
-- estate.paper: the proof, and where the estate is written to.
-- A row that says 'entered' is the rule itself: the person's file shows nothing and opens to
-- nobody, whoever is at work. was_until is what the file would have lived to.
create table estate.death (
    person uuid not null,
    death uuid not null,
    body uuid not null references party.body (body),
    died_on date not null,
    pack text not null,
    until_on date not null, -- last day to confirm it
    keep_until date not null check (keep_until >= until_on),
    state text not null check (state in ('proposed', 'dropped', 'entered', 'reversed')),
    proposed_by uuid not null,
    proposed_at timestamptz not null,
    seen uuid[] not null, -- who opened the proof
    confirmed_by uuid check (confirmed_by is null or confirmed_by <> proposed_by and confirmed_by = any (seen)),
    confirmed_at timestamptz,
    ends_on date, -- last day of the person's keys
    was_until date check (was_until >= ends_on),
    reverse_by uuid, -- who proposed to take it back
    reversed_by uuid check (reversed_by <> reverse_by),
    ended_at timestamptz,
    primary key (person, death),
    check ((confirmed_by is null) = (confirmed_at is null) and (confirmed_by is null) = (ends_on is null) and (confirmed_by is null) = (was_until is null)),
    check (ends_on <= ((confirmed_at at time zone 'UTC')::date + interval '12 months 1 day')::date),
    check ((state in ('entered', 'reversed')) = (confirmed_by is not null)),
    check ((state in ('dropped', 'reversed')) = (ended_at is not null)),
    check ((state = 'reversed') = (reversed_by is not null) and (reversed_by is null or reverse_by is not null)),
    check (reverse_by is null or confirmed_by is not null),
    check (state <> 'reversed' or ended_at <= confirmed_at + interval '24 hours'),
    check (reversed_by is null or reverse_by not in (proposed_by, confirmed_by) or reversed_by not in (proposed_by, confirmed_by))
);
-- One at a time of a person.
create unique index death_running on estate.death (person) where state in ('proposed', 'entered');
-- read by: the page of those who decide
create index death_body on estate.death (body, proposed_at) where state in ('proposed', 'entered');
-- read by: the sweep of proposals that nobody confirmed
create index death_until on estate.death (until_on, death) where state = 'proposed';
-- read by: the sweep that ends what is kept of the dead
create index death_ends on estate.death (ends_on, person) where state = 'entered';
-- read by: the sweep of what nobody has to see any more
create index death_keep on estate.death (keep_until);
grant select, insert on estate.death to recourse_app;
grant update (state, keep_until, confirmed_by, confirmed_at, ends_on, was_until, reverse_by, reversed_by, ended_at) on estate.death to recourse_app;
grant select, delete, update (state, ended_at) on estate.death to recourse_keeper;

-- person: what is sealed of a death.
create table estate.paper (
    person uuid not null,
    paper uuid not null,
    death uuid not null,
    what text not null check (what in ('proof', 'address')),
    media text not null,
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea not null check (length(nonce) = 12),
    box bytea not null,
    primary key (person, paper),
    foreign key (person, death) references estate.death (person, death)
);
-- read by: the pages of a death, and where letters go
create index paper_death on estate.paper (person, death);
grant select (person, paper, death, what, media, epoch, leaf), insert, delete on estate.paper to recourse_app;
grant select (person, paper, death, what, media, epoch, leaf), delete on estate.paper to recourse_keeper;

-- examine gives the papers of a death to staff of the body that entered it, and writes that
-- somebody looked to the person's list of look-ups. With p_proof it notes who saw the
-- proof: nobody confirms a death without.
-- +goose StatementBegin
create function estate.examine(p_person uuid, p_death uuid, p_proof boolean, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (paper uuid, what text, media text, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    perform 1 from party.gate g where g.person = p_person for share;
    update estate.death d set seen = case when p_proof and p_clerk <> all (d.seen) then d.seen || p_clerk else d.seen end
    where d.person = p_person and d.death = p_death and d.body = p_body and d.state in ('proposed', 'entered');
    if not found then
        raise exception 'there is no such death' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'death', 'case', p_pack, 2, '{}', p_epoch, p_leaf, p_nonce, p_box);
    return query select p.paper, p.what, p.media, p.epoch, p.leaf, p.nonce, p.box from estate.paper p
    where p.person = p_person and p.death = p_death and (p_proof or p.what = 'address');
end $$;
-- +goose StatementEnd
revoke all on function estate.examine(uuid, uuid, boolean, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) from public;
grant execute on function estate.examine(uuid, uuid, boolean, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) to recourse_app;

-- A letter about a death is about no record.
alter table notice.owed drop constraint owed_check;
alter table notice.owed add constraint owed_check check ((record is null) = (kind in ('look-answered', 'look-late', 'death-entered', 'death-reversed')));

-- What of a file is shown: as before, and of one that a death closed nothing (rules F4).
-- +goose StatementBegin
create or replace function dossier.answering(p_person uuid, p_types text[], p_marks text[], p_now timestamptz, p_today date)
returns table (
    record uuid, version integer, type text, source uuid, start_on date, display_end date, disputed boolean, provisional boolean, refer boolean,
    stated boolean, epoch bigint, leaf bigint, nonce bytea, box bytea)
language sql stable
as $$ select o.record, o.version, o.type, o.source, o.start_on, least(o.display_end, o.unheard_until), dossier.disputed(o.disputed_from, o.disputed_until, p_now),
    o.at_once and not dossier.visible(o.state, o.effect_at, o.display_end, o.hide_from, o.hide_until, o.late_from, o.late_until, o.stay_from, o.stay_until, p_now, p_today),
    p_marks is not null and (o.type || '@' || o.source = any (p_marks)
        or o.hide_why is not distinct from 'overdue' and not dossier.visible(o.state, o.effect_at, o.display_end, o.hide_from, o.hide_until, o.late_from, o.late_until, o.stay_from, o.stay_until, p_now, p_today)
        or exists (
            select 1 from dossier.record h
            where h.person = o.person and o.type || '>' || h.type = any (p_marks) and h.type <> o.type
            and dossier.stands(h.state, least(h.display_end, h.unheard_until), h.hide_why, h.hide_from, h.hide_until, p_now, p_today)
            and not (h.type = any (p_types) and (
                dossier.visible(h.state, h.effect_at, h.display_end, h.hide_from, h.hide_until, h.late_from, h.late_until, h.stay_from, h.stay_until, p_now, p_today)
                or '>' || h.type = any (p_marks) and dossier.at_once(h.at_once, h.state, h.display_end, h.unheard_until, h.hide_from, h.hide_until, h.late_from, h.late_until, h.stay_from, h.stay_until, p_now, p_today))))),
    o.stated, o.epoch, o.leaf, o.nonce, o.box
    from dossier.record o
    where o.person = p_person and o.type = any (p_types) and not exists (select 1 from estate.death z where z.person = p_person and z.state = 'entered')
    and (dossier.visible(o.state, o.effect_at, o.display_end, o.hide_from, o.hide_until, o.late_from, o.late_until, o.stay_from, o.stay_until, p_now, p_today)
        or o.at_once and '>' || o.type = any (p_marks)
            and dossier.at_once(o.at_once, o.state, o.display_end, o.unheard_until, o.hide_from, o.hide_until, o.late_from, o.late_until, o.stay_from, o.stay_until, p_now, p_today)
        or o.hide_why = 'overdue' and o.type || '>' || o.type = any (p_marks)
            and o.effect_at <= p_now and dossier.stands(o.state, o.display_end, o.hide_why, o.hide_from, o.hide_until, p_now, p_today)
            and (o.stay_from is null or p_now < o.stay_from or coalesce(o.stay_until <= p_now, false)))
    offset 0 $$; -- person by person, whatever is known of the table
-- +goose StatementEnd

-- address is as before; where a death closed the file, letters go to where the estate is
-- written to (paper is not NULL there), else to the person's own address, by post alone.
-- What tells of the death itself goes to the person: they may live.
-- +goose StatementBegin
drop function notice.address(uuid, uuid, text, timestamptz);
create function notice.address(p_person uuid, p_notice uuid, p_channel text, p_now timestamptz)
returns table (nth integer, paper uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    closed constant boolean := exists (select 1 from estate.death z where z.person = p_person and z.state = 'entered')
        and not exists (select 1 from notice.owed o where o.person = p_person and o.notice = p_notice and o.kind in ('death-entered', 'death-reversed'));
begin
    perform house.check_instant(p_now);
    return query
    with way as materialized (
        select e.* from (
            select p.paper, p.epoch, p.leaf, p.nonce, p.box from estate.death d join estate.paper p on p.person = d.person and p.death = d.death
            where closed and p_channel = 'post' and d.person = p_person and d.state = 'entered' and p.what = 'address'
            union all
            select null::uuid, c.epoch, c.leaf, c.nonce, c.box from party.contact c where c.person = p_person and (not closed or p_channel = 'post')) e
        order by e.paper nulls last limit 1
    ), meant as (
        insert into notice.attempt (person, notice, channel, nth, meant_at, ended_at, outcome)
        select p_person, p_notice, p_channel, 1 + coalesce((
                select max(a.nth) from notice.attempt a where a.person = p_person and a.notice = p_notice and a.channel = p_channel), 0),
            p_now, case when w.box is null then p_now end, case when w.box is null then 'no address' end
        from (select 1) one left join way w on true
        where not exists (select 1 from notice.attempt a
            where p_channel = 'post' and a.person = p_person and a.notice = p_notice and a.channel = p_channel and a.ended_at is null)
        returning notice.attempt.nth
    ), kept as (
        select a.nth from notice.attempt a
        where p_channel = 'post' and a.person = p_person and a.notice = p_notice and a.channel = p_channel and a.ended_at is null
        union all select m.nth from meant m
    )
    select k.nth, w.paper, w.epoch, w.leaf, w.nonce, w.box from kept k left join way w on true;
end $$;
-- +goose StatementEnd
revoke all on function notice.address(uuid, uuid, text, timestamptz) from public;
grant execute on function notice.address(uuid, uuid, text, timestamptz) to recourse_keeper;

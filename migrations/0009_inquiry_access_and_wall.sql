-- +goose Up
create schema inquiry;
grant usage on schema inquiry to recourse_app, recourse_keeper, recourse_watch;

-- What a value of one column may be is said by its type: a domain is checked from
-- memory, a check of the table is read anew at each insert. What several columns
-- may be together is held by those who write: the functions below, and nobody else.
create domain inquiry.outcome as smallint check (value between 0 and 2); -- not answered, records, nothing to show
create domain inquiry.basis as text check (value in ('consent', 'statute', 'self'));
create domain inquiry.nonce as bytea check (length(value) = 12);

-- person: who looked, when, for what purpose, on what basis and what came back.
-- The row is its own journal row. person is a random key where the identifier
-- that was asked for has no file, so that asking leaves a trace and takes the
-- same work either way. Sealed: staff identity, case reference, reason.
-- body is NULL where the person looked at their own file.
create table inquiry.access (
    person uuid not null,
    access uuid not null,
    at timestamptz not null,
    body uuid, -- null exactly where basis is 'self'
    purpose text not null,
    basis inquiry.basis not null,
    pack text not null,
    outcome inquiry.outcome not null,
    records uuid[] not null, -- none exactly where outcome is not 1
    replay_of uuid,
    epoch bigint,
    leaf bigint,
    nonce inquiry.nonce,
    box bytea, -- null where basis is 'self'
    primary key (person, access)
);
grant select (person, access, at, body, purpose, basis, pack, outcome, records, replay_of, epoch, leaf)
    on inquiry.access to recourse_app, recourse_keeper, recourse_watch;
grant update (nonce, box) on inquiry.access to recourse_keeper; -- to clear what has ended

-- The read wall. Each function below is owned by recourse_owner, runs with its
-- rights and under a fixed search_path, and is executable by exactly one role. They
-- are the only way in which sealed content leaves the database
-- (internal/arch/manifest_walls_test.go).
-- disclose has no SET clause, which costs a third of it: its first statement
-- refuses every other path, before a name is looked up. The role that calls it
-- has the path by its settings.

-- +goose StatementBegin
create function house.check_instant(p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(abs(extract(epoch from (clock_timestamp() + coalesce((select c.shift from house.clock_shift c), interval '0') - p_now))) > 2, true) then
        raise exception 'the instant is not now' using errcode = 'RC001';
    end if;
end $$;
-- +goose StatementEnd
revoke all on function house.check_instant(timestamptz) from public;

-- disclose answers a body. Its first statement that reads locks the person's gate;
-- only a later statement, with a snapshot of its own, reads consent and records and
-- writes the access row. As one statement it would read what held before a revoke
-- that it waited for. Consent is read before records, both behind the gate.
-- It takes an instant that is not now, or a pack that is not in force, for nothing:
-- no row, and then the refusal of the function that checks it.
-- p_access is made from the caller's idempotency key; where it exists already
-- the row is written as p_spare and marked as a replay.
-- +goose StatementBegin
create function inquiry.disclose(
    p_person uuid, p_access uuid, p_spare uuid, p_now timestamptz, p_body uuid, p_purpose text, p_basis text,
    p_right boolean, p_pack text, p_types text[], p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (
    outcome smallint, replayed boolean, record uuid, version integer, type text, source uuid, start_on date,
    display_end date, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
as $$
#variable_conflict use_column
declare
    began pg_catalog.timestamptz;
    answered pg_catalog.bool;
begin
    if pg_catalog.current_setting('search_path') operator(pg_catalog.<>) 'pg_catalog, pg_temp' then
        raise exception 'the search_path is not pg_catalog, pg_temp' using errcode = 'RC003';
    end if;
    if p_body is null or p_basis = 'self' then
        raise exception 'not what a body asks' using errcode = '23514';
    end if;
    began := clock_timestamp();
    perform 1 from party.gate g where g.person = p_person for share;
    answered := coalesce(p_right and p_basis = 'statute', false);
    if p_right and p_basis = 'consent' then
        answered := exists (
            select 1 from consent.given c
            where c.person = p_person and c.body = p_body and c.purpose = p_purpose
            and c.usable_from <= p_now and c.until_at > p_now and c.stopped_at is null);
    end if;
    return query
    with asked as (
        select (p_now at time zone m.zone)::date as today,
            exists (select 1 from inquiry.access a where a.person = p_person and a.access = p_access) as again
        from house.mode m
        where p_now - (began + coalesce((select c.shift from house.clock_shift c), interval '0')) between interval '-2 s' and interval '2 s'
        and p_pack = coalesce((select v.version from law.activation v where v.in_force_from <= p_now order by v.number desc limit 1), p_pack)
    ), shown as (
        select r.record, r.version, r.type, r.source, r.start_on, r.display_end, r.epoch, r.leaf, r.nonce, r.box
        from dossier.record r
        where answered and r.person = p_person and r.type = any (p_types)
        and dossier.visible(r.state, r.effect_at, r.display_end, p_now, (select q.today from asked q))
    ), trace as (
        insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, replay_of, epoch, leaf, nonce, box)
        select p_person, case when q.again then p_spare else p_access end, p_now, p_body, p_purpose, p_basis, p_pack,
            case when not answered then 0 when s.ids = '{}' then 2 else 1 end,
            s.ids, case when q.again then p_access end, p_epoch, p_leaf, p_nonce, p_box
        from asked q, (select array(select s.record from shown s) as ids) s
    )
    select (case when not answered then 0 when s.record is null then 2 else 1 end)::smallint, q.again,
        s.record, s.version, s.type, s.source, s.start_on, s.display_end, s.epoch, s.leaf, s.nonce, s.box
    from asked q left join shown s on true;
    if not found then
        perform law.check_in_force(p_pack, p_now);
        raise exception 'the instant is not now' using errcode = 'RC001';
    end if;
end $$;
-- +goose StatementEnd
revoke all on function inquiry.disclose(uuid, uuid, uuid, timestamptz, uuid, text, text, boolean, text, text[], bigint, bigint, bytea, bytea) from public;
grant execute on function inquiry.disclose(uuid, uuid, uuid, timestamptz, uuid, text, text, boolean, text, text[], bigint, bigint, bytea, bytea) to recourse_app;

-- show gives a person their own file: the identity (record is NULL) and every
-- record that is not erased, or the one asked for.
-- +goose StatementBegin
create function dossier.show(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_record uuid)
returns table (
    record uuid, version integer, type text, source uuid, pack text, negative boolean, state text, visible boolean, received_at timestamptz,
    start_on date, display_end date, retain_end date, effect_at timestamptz, erased_at timestamptz,
    epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    perform 1 from party.gate g where g.person = p_person for share;
    return query
    with shown as (
        select r.* from dossier.record r
        where r.person = p_person and (p_record is null or r.record = p_record)
    ), trace as (
        insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
        select p_person, p_access, p_now, 'self', 'self', p_pack,
            (case when s.ids is null then 2 else 1 end)::smallint, coalesce(s.ids, '{}')
        from (select array_agg(s.record) as ids from shown s) s
        returning inquiry.access.at
    )
    select null::uuid, 0, '', null::uuid, '', false, '', false, p.made_at, null::date, null::date, p.live_until, null::timestamptz, null::timestamptz,
        p.epoch, p.leaf, p.nonce, p.box
    from party.person p, trace t where p.person = p_person
    union all
    select s.record, s.version, s.type, s.source, s.pack, s.negative, s.state,
        dossier.visible(s.state, s.effect_at, s.display_end, p_now, (p_now at time zone m.zone)::date), s.received_at,
        s.start_on, s.display_end, s.retain_end, s.effect_at, s.erased_at, s.epoch, s.leaf, s.nonce, s.box
    from shown s, house.mode m, trace t;
end $$;
-- +goose StatementEnd
revoke all on function dossier.show(uuid, uuid, timestamptz, text, uuid) from public;
grant execute on function dossier.show(uuid, uuid, timestamptz, text, uuid) to recourse_app;

-- show_lookups gives a person the sealed part of who looked, newest first; their
-- own views are not among them.
-- +goose StatementBegin
create function inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_before timestamptz, p_limit integer)
returns table (
    access uuid, at timestamptz, body uuid, purpose text, basis text, pack text, outcome smallint, records uuid[], replay_of uuid,
    epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: look-ups', 'self', p_pack, 2, '{}');
    return query
    select a.access, a.at, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.replay_of, a.epoch, a.leaf, a.nonce::bytea, a.box
    from inquiry.access a
    where a.person = p_person and a.basis <> 'self' and (p_before is null or a.at < p_before)
    order by a.at desc, a.access
    limit least(p_limit, 1000);
end $$;
-- +goose StatementEnd
revoke all on function inquiry.show_lookups(uuid, uuid, timestamptz, text, timestamptz, integer) from public;
grant execute on function inquiry.show_lookups(uuid, uuid, timestamptz, text, timestamptz, integer) to recourse_app;

-- reseal gives the keeper what is to be made anew; one journal row per batch.
-- 'identity' and 'contact': seals that end within a hundred days and before the
-- quarter of the person's live_until. 'token': the identities of persons who
-- have a token under a generation older than p_newest, which must have begun.
-- p_skip passes over what the keeper could not do.
-- +goose StatementBegin
create function party.reseal(p_event uuid, p_now timestamptz, p_what text, p_newest integer, p_skip integer, p_limit integer)
returns table (person uuid, live_until date, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    identities constant bigint := 2::bigint << 32; -- seal.Identity
    most constant integer := least(p_limit, 1000);
    today constant date := (select (p_now at time zone m.zone)::date from house.mode m);
    soon constant bigint := identities + (today + 100 - date '1970-01-01');
    newest constant bigint := least(p_newest, (select m.generation from vault.mark m));
begin
    perform house.check_instant(p_now);
    return query
    with due as (
        (select p.person, p.live_until, p.epoch, p.leaf, p.nonce, p.box from party.person p
        where p_what = 'identity' and p.epoch < soon and p.live_until >= today
        and p.epoch < identities + ((date_trunc('quarter', p.live_until) + interval '3 months')::date - 1 - date '1970-01-01')
        order by p.epoch, p.person limit most offset p_skip)
        union all
        (select c.person, p.live_until, c.epoch, c.leaf, c.nonce, c.box from party.contact c join party.person p on p.person = c.person
        where p_what = 'contact' and c.epoch < soon and p.live_until >= today
        and c.epoch < identities + ((date_trunc('quarter', p.live_until) + interval '3 months')::date - 1 - date '1970-01-01')
        order by c.epoch, c.person limit most offset p_skip)
        union all
        (select p.person, p.live_until, p.epoch, p.leaf, p.nonce, p.box from party.token t join party.person p on p.person = t.person
        where p_what = 'token' and t.generation < newest and exists (select 1 from vault.mark)
        order by t.generation, t.mac limit most offset p_skip)
    ), noted as (
        insert into ledger.journal (stream, event, at, kind, refs)
        select p_event, p_event, p_now, 'party.resealed', jsonb_build_object('what', p_what, 'persons', count(*)) from due having count(*) > 0
        returning event
    )
    select d.person, d.live_until, d.epoch, d.leaf, d.nonce, d.box from due d, noted n;
end $$;
-- +goose StatementEnd
revoke all on function party.reseal(uuid, timestamptz, text, integer, integer, integer) from public;
grant execute on function party.reseal(uuid, timestamptz, text, integer, integer, integer) to recourse_keeper;

-- address gives the keeper the sealed contact to announce one letter to, and
-- writes the attempt first: intent before effect.
-- +goose StatementBegin
create function notice.address(p_person uuid, p_notice uuid, p_now timestamptz)
returns table (nth integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    return query
    with meant as (
        insert into notice.attempt (person, notice, channel, nth, meant_at, ended_at, outcome)
        select p_person, p_notice, 'email', 1 + coalesce((
                select max(a.nth) from notice.attempt a where a.person = p_person and a.notice = p_notice and a.channel = 'email'), 0),
            p_now, case when c.person is null then p_now end, case when c.person is null then 'no address' end
        from (select 1) one left join party.contact c on c.person = p_person
        returning notice.attempt.nth
    )
    select m.nth, c.epoch, c.leaf, c.nonce, c.box from meant m left join party.contact c on c.person = p_person;
end $$;
-- +goose StatementEnd
revoke all on function notice.address(uuid, uuid, timestamptz) from public;
grant execute on function notice.address(uuid, uuid, timestamptz) to recourse_keeper;

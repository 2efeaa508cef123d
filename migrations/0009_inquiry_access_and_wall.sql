-- +goose Up
create schema inquiry;
grant usage on schema inquiry to recourse_app, recourse_keeper, recourse_watch;

-- What a value of one column may be is said by its type: a domain is checked from
-- memory, a check of the table is read anew at each insert. What several columns
-- may be together is held by those who write: the functions below, and nobody else.
create domain inquiry.outcome as smallint check (value between 0 and 4); -- not answered, records, nothing to show, ask the issuing authority; stopped by the person's freeze
create domain inquiry.basis as text check (value in ('consent', 'statute', 'self', 'case')); -- case: by staff, in a contest
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
    referred uuid[], -- licences about which it was said whom to ask (rules B2)
    replay_of uuid,
    epoch bigint,
    leaf bigint,
    nonce inquiry.nonce,
    box bytea, -- null where basis is 'self'
    primary key (person, access)
);
grant select (person, access, at, body, purpose, basis, pack, outcome, records, referred, replay_of, epoch, leaf)
    on inquiry.access to recourse_app, recourse_keeper, recourse_watch;
grant update (nonce, box) on inquiry.access to recourse_keeper; -- to clear what has ended

-- person: what a body did with an answer (rules B5), once for each, sealed under the
-- epoch of the look's own sealed part.
create table inquiry.use (
    person uuid not null,
    access uuid not null,
    body uuid not null references party.body (body),
    noted_at timestamptz not null,
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea not null check (length(nonce) = 12),
    box bytea not null,
    primary key (person, access)
);
grant select (person, access, body, noted_at, epoch, leaf) on inquiry.use to recourse_app, recourse_keeper;
grant insert, update (epoch, leaf, nonce, box) on inquiry.use to recourse_app;
grant delete on inquiry.use to recourse_keeper;

-- directory: what bodies were answered in, by marks that only the vault's key makes:
-- a case of a body for a purpose names its persons here as it is first used for
-- each, and an application of a person names that person. subject is the mark of
-- identifier and matter, so it joins nobody to anybody and is there for an
-- identifier without a file too. nth 0 says that the case was closed. It is kept
-- as long as the sealed part of its inquiry, whose epoch it has.
create table inquiry.matter (
    matter uuid not null,
    nth smallint not null check (nth >= 0),
    subject uuid not null,
    access uuid not null, -- the inquiry that was answered, or zero
    at timestamptz not null,
    epoch bigint not null,
    primary key (matter, nth)
);
-- read by: the sweep that ends what has run out
create index matter_epoch on inquiry.matter using brin (epoch);
grant select, insert on inquiry.matter to recourse_app;
grant select, delete on inquiry.matter to recourse_keeper;

-- directory: how much of its daily ceiling a body was given for a purpose. Servers
-- take it in pieces, so that no inquiry waits for another here.
create table inquiry.quota (
    body uuid not null references party.body (body),
    purpose text not null,
    day date not null,
    taken integer not null check (taken >= 0),
    primary key (body, purpose, day)
);
-- read by: the sweep that removes days that are over
create index quota_day on inquiry.quota (day);
grant select, insert on inquiry.quota to recourse_app;
grant update (taken) on inquiry.quota to recourse_app;
grant select, delete on inquiry.quota to recourse_keeper;

-- directory: requests for sensitive types that wait for a second person of the
-- body (rules G4). question is a mark of what is asked and about whom: it is in no
-- column. access is the number that the inquiry will have.
create table inquiry.second (
    access uuid primary key,
    body uuid not null references party.body (body),
    purpose text not null,
    question uuid not null,
    clerk uuid not null,
    staff_number text not null,
    at timestamptz not null,
    until_at timestamptz not null check (until_at > at),
    second_clerk uuid check (second_clerk <> clerk),
    second_staff_number text,
    second_at timestamptz,
    check ((second_clerk is null) = (second_at is null) and (second_clerk is null) = (second_staff_number is null))
);
-- read by: the page of what waits for a second person
create index second_body on inquiry.second (body, until_at);
-- read by: the sweep that removes requests that have ended
create index second_until on inquiry.second (until_at);
grant select, insert on inquiry.second to recourse_app;
grant update (second_clerk, second_staff_number, second_at) on inquiry.second to recourse_app;
grant select, delete on inquiry.second to recourse_keeper;

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

-- disclose answers the inquiries that wait together, each as if it were alone: an
-- element of each array is one. Its first statement that reads locks the persons'
-- gates; only a later statement, with a snapshot of its own, reads consent and
-- records and writes one access row for each. As one statement it would read what
-- held before a revoke that it waited for. Without p_wait a gate that is taken
-- refuses them all (55P03): nobody waits for a gate of somebody else's.
-- It takes an instant that is not now, or a pack that is not in force, for nothing:
-- neither row nor answer, and where none is left the refusal of the function that
-- checks it.
-- p_access is made from the caller's idempotency key; where it exists already the
-- row is written as p_spare and marked as a replay. p_types holds codes with commas
-- between, p_against the marks of dossier.answering; on consent types are cut to what
-- consent.claim opens. Without one it is not called.
-- A matter is answered in once for each person: under a statute it names at most
-- p_persons of them (rules G3), on consent it is one person's and opens anew with
-- a new consent (rules B3). Whether it does depends on marks of what was asked, so it
-- is alike for an identifier without a file. Who asks for one person too many, or in
-- a closed case, is noted in the journal.
-- What a person froze is not answered on consent, as if there were none; under a
-- statute only the types of p_pass are seen, and where there is none the answer is the
-- one about a person of whom nothing may be shown (rules F2). The asker is told
-- neither; the row says that it was stopped.
-- What of a file is shown, and how, says dossier.answering: what is referred leaves as
-- a type and a source alone, to be asked for there (rules B2).
-- What a person says about a record goes with it (rules D6): it is looked up for a
-- record that says so, and for no other. Where two people withheld passages of it a cut
-- goes in its place: of several the one that is in force ends first.
-- +goose StatementBegin
create function inquiry.disclose(
    p_wait boolean, p_person uuid[], p_access uuid[], p_spare uuid[], p_now timestamptz[], p_body uuid[], p_purpose text[], p_basis text[],
    p_right boolean[], p_pack text[], p_types text[], p_pass text[], p_against text[], p_matter uuid[], p_subject uuid[], p_persons integer[],
    p_epoch bigint[], p_leaf bigint[], p_nonce bytea[], p_box bytea[])
returns table (
    nth integer, outcome smallint, replayed boolean, refer boolean, record uuid, version integer, type text, source uuid, start_on date,
    display_end date, disputed boolean, provisional boolean, epoch bigint, leaf bigint, nonce bytea, box bytea, words bytea)
language plpgsql volatile security definer
as $$
#variable_conflict use_column
declare
    began pg_catalog.timestamptz;
    opened pg_catalog._text;
begin
    if pg_catalog.current_setting('search_path') operator(pg_catalog.<>) 'pg_catalog, pg_temp' then
        raise exception 'the search_path is not pg_catalog, pg_temp' using errcode = 'RC003';
    end if;
    if coalesce(array_position(p_body, null), array_position(p_basis, null), array_position(p_basis, 'self'), array_position(p_basis, 'case')) is not null then
        raise exception 'not what a body asks' using errcode = '23514';
    end if;
    began := clock_timestamp();
    if p_wait then
        perform 1 from party.gate g where g.person = any (p_person) for share;
    else
        perform 1 from party.gate g where g.person = any (p_person) for share nowait;
    end if;
    if 'consent' = any (p_basis) then
        opened := consent.claim(began, p_person, p_access, p_now, p_body, p_purpose, p_basis, p_right, p_types, p_matter);
    end if;
    return query
    with asked as materialized (
        select l.nth::int as nth, l.person, l.access, l.spare, l.at, l.body, l.purpose, l.basis, l.pack, l.matter, l.subject, l.epoch, l.leaf, l.nonce, l.box,
            string_to_array(case when l.basis = 'consent' then opened[l.nth] when z.frozen then l.pass else l.types end, ',') as types,
            string_to_array(nullif(l.against, ''), ',') as against, (l.at at time zone m.zone)::date as today,
            case l.basis when 'statute' then coalesce(l.has_right, false) and (k.mine or k.people < l.persons and not k.known and not k.closed)
                when 'consent' then opened[l.nth] is not null else false end as answered,
            k.mine, k.people,
            l.basis = 'statute' and coalesce(l.has_right, false) and not k.mine and (k.closed or k.people >= l.persons and not k.known) as misused,
            coalesce(l.has_right, false) and z.frozen and (l.basis = 'consent' or l.pass = '') as stopped,
            coalesce((select true from inquiry.access a where a.person = l.person and a.access = l.access limit 1), false) as again -- key by key: the limit keeps the plan from reading the whole table
        from house.mode m, unnest(p_person, p_access, p_spare, p_now, p_body, p_purpose, p_basis, p_right, p_pack, p_types, p_pass, p_against, p_matter, p_subject, p_persons, p_epoch, p_leaf, p_nonce, p_box)
            with ordinality as l(person, access, spare, at, body, purpose, basis, has_right, pack, types, pass, against, matter, subject, persons, epoch, leaf, nonce, box, nth)
        cross join lateral (
            select coalesce(max(t.nth), 0) as people, coalesce(bool_or(t.nth = 0), false) as closed,
                coalesce(bool_or(t.subject = l.subject), false) as known, coalesce(bool_or(t.subject = l.subject and t.access = l.access), false) as mine
            from inquiry.matter t where t.matter = l.matter) k
        cross join lateral consent.frozen(l.person, l.body, l.at) z
        where l.at - (began + coalesce((select c.shift from house.clock_shift c), interval '0')) between interval '-2 s' and interval '2 s'
        and l.pack = coalesce((select v.version from law.activation v where v.in_force_from <= (select max(t) from unnest(p_now) t) order by v.number desc limit 1), l.pack)
    ), named as (
        insert into inquiry.matter (matter, nth, subject, access, at, epoch)
        select q.matter, q.people + 1, q.subject, q.access, q.at, q.epoch from asked q where q.answered and not q.mine
    ), signalled as (
        insert into ledger.journal (stream, event, at, kind, refs)
        select q.body, q.spare, q.at, 'inquiry.case-misused', jsonb_build_object('body', q.body, 'purpose', q.purpose, 'access', q.access)
        from asked q where q.misused and not q.again
    ), shown as materialized (
        select q.nth, r.* from asked q cross join lateral dossier.answering(q.person, q.types, q.against, q.at, q.today) r where q.answered
    ), trace as (
        insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, referred, replay_of, epoch, leaf, nonce, box)
        select q.person, case when q.again then q.spare else q.access end, q.at, q.body, q.purpose, q.basis, q.pack,
            case when q.stopped then 4 when not q.answered then 0 when s.ids is not null then 1 when s.referred is not null then 3 else 2 end,
            coalesce(s.ids, '{}'), s.referred, case when q.again then q.access end, q.epoch, q.leaf, q.nonce, q.box
        from asked q left join (
            select s.nth, array_agg(s.record) filter (where not s.refer) as ids, array_agg(s.record) filter (where s.refer) as referred
            from shown s group by s.nth) s on s.nth = q.nth
    )
    select q.nth, (case when not q.answered then 0 when s.record is null then 2 when s.refer then 3 else 1 end)::smallint, q.again, coalesce(s.refer, false),
        s.record, case when not s.refer then s.version end, s.type, s.source, case when not s.refer then s.start_on end, case when not s.refer then s.display_end end, case when not s.refer then s.disputed end,
        case when not s.refer then s.provisional end, case when not s.refer then s.epoch end, case when not s.refer then s.leaf end, case when not s.refer then s.nonce end, case when not s.refer then s.box end,
        case when s.stated and not s.refer then (
            select case when c.paper is null then uuid_send(w.record) || int8send(w.epoch) || int8send(w.leaf) || w.nonce || w.box else uuid_send(c.paper) || int8send(c.epoch) || int8send(c.leaf) || c.nonce || c.box end
            from dispute.statement w left join lateral (
                select p.paper, p.epoch, p.leaf, p.nonce, p.box from dispute.complaint_paper p
                where p.person = w.person and p.record = w.record and p.what = 'cut' and (p.cut_until is null or q.at < p.cut_until) order by p.cut_until nulls last limit 1) c on true
            where w.person = q.person and w.record = s.record) end
    from asked q left join shown s on s.nth = q.nth;
    if not found then
        perform law.check_in_force(p_pack[1], p_now[1]);
        raise exception 'the instant is not now' using errcode = 'RC001';
    end if;
end $$;
-- +goose StatementEnd
revoke all on function inquiry.disclose(boolean, uuid[], uuid[], uuid[], timestamptz[], uuid[], text[], text[], boolean[], text[], text[], text[], text[], uuid[], uuid[], integer[], bigint[], bigint[], bytea[], bytea[]) from public;
grant execute on function inquiry.disclose(boolean, uuid[], uuid[], uuid[], timestamptz[], uuid[], text[], text[], boolean[], text[], text[], text[], text[], uuid[], uuid[], integer[], bigint[], bigint[], bytea[], bytea[]) to recourse_app;

-- show gives a person their own file: the identity (record is NULL), and p_most of
-- their records, newest first, from the one at p_from on, or the one asked for. The
-- access row names those whose content leaves.
-- +goose StatementBegin
create function dossier.show(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_record uuid, p_from integer, p_most integer)
returns table (
    record uuid, version integer, type text, source uuid, pack text, negative boolean, state text, visible boolean, received_at timestamptz,
    start_on date, display_end date, retain_end date, effect_at timestamptz, erased_at timestamptz,
    disputed_from timestamptz, disputed_until timestamptz, hide_from timestamptz, hide_until timestamptz, hide_why text,
    late_from timestamptz, late_until timestamptz, at_once boolean, unheard_until date, extended boolean, provisional boolean,
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
        order by r.start_on desc, r.record offset p_from limit p_most
    ), trace as (
        insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
        select p_person, p_access, p_now, 'self', 'self', p_pack,
            (case when s.ids is null then 2 else 1 end)::smallint, coalesce(s.ids, '{}')
        from (select array_agg(s.record) as ids from shown s) s
        returning inquiry.access.at
    )
    select null::uuid, 0, '', null::uuid, '', false, '', false, p.made_at, null::date, null::date, p.live_until, null::timestamptz, null::timestamptz,
        null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz, null::text, null::timestamptz, null::timestamptz, false, null::date, false, false, p.epoch, p.leaf, p.nonce, p.box
    from party.person p, trace t where p.person = p_person
    union all
    select s.record, s.version, s.type, s.source, s.pack, s.negative, s.state,
        dossier.visible(s.state, s.effect_at, s.display_end, s.hide_from, s.hide_until, s.late_from, s.late_until, s.stay_from, s.stay_until, p_now, (p_now at time zone m.zone)::date), s.received_at,
        s.start_on, s.display_end, s.retain_end, s.effect_at, s.erased_at,
        s.disputed_from, s.disputed_until, s.hide_from, s.hide_until, s.hide_why, s.late_from, s.late_until, s.at_once, s.unheard_until, s.extended,
        dossier.at_once(s.at_once, s.state, s.display_end, s.unheard_until, s.hide_from, s.hide_until, s.late_from, s.late_until, s.stay_from, s.stay_until, p_now, (p_now at time zone m.zone)::date), s.epoch, s.leaf, s.nonce, s.box
    from shown s, house.mode m, trace t
    order by 10 desc nulls last, 1;
end $$;
-- +goose StatementEnd
revoke all on function dossier.show(uuid, uuid, timestamptz, text, uuid, integer, integer) from public;
grant execute on function dossier.show(uuid, uuid, timestamptz, text, uuid, integer, integer) to recourse_app;

-- show_lookups gives a person the sealed part of who looked and of what was done with the answer, newest first; their
-- own views are not among them.
-- +goose StatementBegin
create function inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_before timestamptz, p_limit integer)
returns table (
    access uuid, at timestamptz, body uuid, purpose text, basis text, pack text, outcome smallint, records uuid[], referred uuid[], replay_of uuid,
    epoch bigint, leaf bigint, nonce bytea, box bytea, use_epoch bigint, use_leaf bigint, use_nonce bytea, use_box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: look-ups', 'self', p_pack, 2, '{}');
    return query
    select a.access, a.at, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.referred, a.replay_of, a.epoch, a.leaf, a.nonce::bytea, a.box, u.epoch, u.leaf, u.nonce::bytea, u.box
    from inquiry.access a left join inquiry.use u on u.person = a.person and u.access = a.access
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

-- address gives the keeper the sealed contact to announce one letter to, or to send
-- it to, and writes the attempt first: intent before effect. A letter that waits to be
-- printed has its attempt.
-- +goose StatementBegin
create function notice.address(p_person uuid, p_notice uuid, p_channel text, p_now timestamptz)
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
        select p_person, p_notice, p_channel, 1 + coalesce((
                select max(a.nth) from notice.attempt a where a.person = p_person and a.notice = p_notice and a.channel = p_channel), 0),
            p_now, case when c.person is null then p_now end, case when c.person is null then 'no address' end
        from (select 1) one left join party.contact c on c.person = p_person
        where not exists (select 1 from notice.attempt a
            where p_channel = 'post' and a.person = p_person and a.notice = p_notice and a.channel = p_channel and a.ended_at is null)
        returning notice.attempt.nth
    ), kept as (
        select a.nth from notice.attempt a
        where p_channel = 'post' and a.person = p_person and a.notice = p_notice and a.channel = p_channel and a.ended_at is null
        union all select m.nth from meant m
    )
    select k.nth, c.epoch, c.leaf, c.nonce, c.box from kept k left join party.contact c on c.person = p_person;
end $$;
-- +goose StatementEnd
revoke all on function notice.address(uuid, uuid, text, timestamptz) from public;
grant execute on function notice.address(uuid, uuid, text, timestamptz) to recourse_keeper;

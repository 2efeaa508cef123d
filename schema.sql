-- The schema that the migrations make; written by make gen, kept by a test.

CREATE SCHEMA consent;

CREATE SCHEMA dispute;

CREATE SCHEMA dossier;

CREATE SCHEMA estate;

CREATE SCHEMA furnish;

CREATE SCHEMA hold;

CREATE SCHEMA house;

CREATE SCHEMA inquiry;

CREATE SCHEMA law;

CREATE SCHEMA ledger;

CREATE SCHEMA notice;

CREATE SCHEMA oversight;

CREATE SCHEMA party;

CREATE SCHEMA repair;

CREATE SCHEMA retention;

CREATE SCHEMA vault;

CREATE DOMAIN inquiry.basis AS text
	CONSTRAINT basis_check CHECK ((VALUE = ANY (ARRAY['consent'::text, 'statute'::text, 'self'::text, 'case'::text])));

CREATE DOMAIN inquiry.nonce AS bytea
	CONSTRAINT nonce_check CHECK ((length(VALUE) = 12));

CREATE DOMAIN inquiry.outcome AS smallint
	CONSTRAINT outcome_check CHECK (((VALUE >= 0) AND (VALUE <= 4)));

CREATE FUNCTION consent.claim(p_began timestamp with time zone, p_person uuid[], p_access uuid[], p_now timestamp with time zone[], p_body uuid[], p_purpose text[], p_basis text[], p_right boolean[], p_types text[], p_matter uuid[]) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    opened text[];
begin
    with asked as (
        select l.nth::int as nth, l.person, l.access, l.at, l.body, l.purpose, l.matter, string_to_array(l.types, ',') as types
        from unnest(p_person, p_access, p_now, p_body, p_purpose, p_basis, p_right, p_types, p_matter)
            with ordinality as l(person, access, at, body, purpose, basis, has_right, types, matter, nth)
        where l.basis = 'consent' and l.has_right
        and l.at - (p_began + coalesce((select c.shift from house.clock_shift c), interval '0')) between interval '-2 s' and interval '2 s'
    ), fit as (
        select distinct on (q.nth) q.nth, q.access, q.at, c.person, c.consent, c.single, q.types as asked, c.types
        from asked q join consent.given c on c.person = q.person and c.body = q.body and c.purpose = q.purpose
        where c.usable_from <= q.at and c.until_at > q.at and c.stopped_at is null and c.types && q.types
        and (c.used_by is null or c.used_by = q.access)
        and (not exists (select 1 from consent.freeze f where f.person = q.person and f.lifted_at is null)
            or exists (select 1 from consent.lift o where o.person = q.person and o.body = q.body and o.stopped_at is null and o.until_at > q.at))
        and not exists (select 1 from inquiry.matter t where t.matter = q.matter and t.access <> q.access and t.at >= c.given_at)
        order by q.nth, (c.used_by = q.access) desc nulls last, c.single, c.given_at desc, c.consent
    ), used as (
        update consent.given c set used_by = k.access, used_at = coalesce(c.used_at, k.at)
        from (select f.* from fit f where f.single order by f.person, f.consent) k
        where c.person = k.person and c.consent = k.consent and (c.used_by is null or c.used_by = k.access)
        returning k.nth
    ), stands as (
        select f.* from fit f where not f.single or f.nth in (select u.nth from used u)
    ), trail as (
        insert into consent.use (person, consent, access, at)
        select s.person, s.consent, s.access, s.at from stands s order by s.person, s.consent, s.access
        on conflict do nothing
    )
    select array_agg((select string_agg(t.type, ',') from unnest(s.asked) as t(type) where t.type = any (s.types)) order by i.nth)
    into opened
    from generate_series(1, cardinality(p_person)) as i(nth) left join stands s on s.nth = i.nth;
    return opened;
end $$;

CREATE FUNCTION consent.frozen(p_person uuid, p_body uuid, p_at timestamp with time zone) RETURNS TABLE(frozen boolean)
    LANGUAGE sql STABLE
    AS $$ select exists (select 1 from consent.freeze f where f.person = p_person and f.lifted_at is null)
    and not exists (select 1 from consent.lift o where o.person = p_person and o.body = p_body and o.stopped_at is null and o.until_at > p_at) offset 0 $$;

CREATE FUNCTION dispute.examine(p_person uuid, p_contest uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_file uuid, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(paper uuid, ground text, what text, stage smallint, clerk uuid, media text, at timestamp with time zone, aside boolean, copy_of uuid, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    k dispute.contest;
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    perform 1 from party.gate g where g.person = p_person for share;
    select c.* into k from dispute.contest c where c.person = p_person and c.contest = p_contest and c.state <> 'draft';
    if not found then
        raise exception 'there is no such contest' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'contest', 'case', p_pack, 1, array[k.record], p_epoch, p_leaf, p_nonce, p_box);
    if p_file is null then
        insert into dispute.look as l (person, contest, clerk, at) values (p_person, p_contest, p_clerk, p_now)
        on conflict (person, contest, clerk) do update set at = excluded.at;
    end if;
    return query
    select null::uuid, '', '', 0::smallint, null::uuid, '', r.received_at, false, null::uuid, r.version, r.epoch, r.leaf, r.nonce, r.box
    from dossier.record r where r.person = p_person and r.record = k.record and r.box is not null and p_file is null
    union all
    select p.paper, p.ground, p.what, p.stage, p.clerk, p.media, p.at, p.aside, p.copy_of, 0, p.epoch, p.leaf,
        case when g.given then p.nonce end, case when g.given then p.box end
    from dispute.paper p
    cross join lateral (select p.media = '' or p.paper = p_file and not (p.aside and p.what = 'evidence' and p_body = k.source)) as g(given)
    where p.person = p_person and p.contest = p_contest and (p.what <> 'help' or p_body <> k.source)
    and (p.what <> 'reasons' or p.clerk = p_clerk or k.state in ('decided', 'reviewed') or p.stage = 1 and k.review_at is not null
        or exists (select 1 from dispute.finding f where f.person = p_person and f.contest = p_contest and f.stage = p.stage and f.clerk = p_clerk));
end $$;

CREATE FUNCTION dispute.examine_statement(p_person uuid, p_beside uuid, p_complaint uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(paper uuid, complaint uuid, what text, stage smallint, nth smallint, clerk uuid, at timestamp with time zone, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    perform 1 from party.gate g where g.person = p_person for share;
    if not (case when p_complaint is null
        then exists (select 1 from dispute.statement s join dossier.record r on r.person = s.person and r.record = s.record where s.person = p_person and s.record = p_beside and r.source <> p_body)
        else exists (select 1 from dispute.complaint c where c.person = p_person and c.record = p_beside and c.complaint = p_complaint and c.source <> p_body) end) then
        raise exception 'there is no such complaint' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'statement', 'case', p_pack, 1, array[p_beside], p_epoch, p_leaf, p_nonce, p_box);
    return query
    select null::uuid, null::uuid, '', 0::smallint, 0::smallint, null::uuid, s.at, s.epoch, s.leaf, s.nonce, s.box
    from dispute.statement s where s.person = p_person and s.record = p_beside and s.box is not null
    union all
    select p.paper, p.complaint, p.what, p.stage, p.nth, p.clerk, p.at, p.epoch, p.leaf, p.nonce, p.box
    from dispute.complaint_paper p join dispute.complaint c on c.person = p.person and c.complaint = p.complaint
    where p.person = p_person and p.record = p_beside and p.box is not null
    and (p.what = 'passage' or p.complaint = p_complaint and (p.what <> 'reasons' or p.clerk = p_clerk
        or case p.stage when 1 then c.decided_at is not null else c.reviewed_at is not null end
        or exists (select 1 from dispute.complaint_finding f where f.person = p_person and f.complaint = p_complaint and f.stage = p.stage and f.clerk = p_clerk)));
end $$;

CREATE FUNCTION dispute.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_contest uuid, p_file uuid) RETURNS TABLE(paper uuid, ground text, what text, stage smallint, clerk uuid, media text, at timestamp with time zone, aside boolean, copy_of uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: contest', 'self', p_pack, 2, '{}');
    return query
    select p.paper, p.ground, p.what, p.stage, p.clerk, p.media, p.at, p.aside, p.copy_of, p.epoch, p.leaf,
        case when g.given then p.nonce end, case when g.given then p.box end
    from dispute.paper p join dispute.contest c on c.person = p.person and c.contest = p.contest
    cross join lateral (select p.media = '' or p.paper = p_file and not (p.aside and p.what = 'document')) as g(given)
    where p.person = p_person and p.contest = p_contest
    and (p.what <> 'reasons' or c.state in ('decided', 'reviewed') or p.stage = 1 and c.state in ('in review', 'lapsed') and c.review_at is not null);
end $$;

CREATE FUNCTION dispute.show_statement(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid) RETURNS TABLE(paper uuid, complaint uuid, what text, stage smallint, nth smallint, clerk uuid, at timestamp with time zone, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: statement', 'self', p_pack, 2, '{}');
    return query
    select null::uuid, null::uuid, '', 0::smallint, 0::smallint, null::uuid, s.at, s.epoch, s.leaf, s.nonce, s.box
    from dispute.statement s where s.person = p_person and (p_record is null or s.record = p_record) and s.box is not null
    union all
    select p.paper, p.complaint, p.what, p.stage, p.nth, p.clerk, p.at, p.epoch, p.leaf, p.nonce, p.box
    from dispute.complaint_paper p join dispute.complaint c on c.person = p.person and c.complaint = p.complaint
    where p.person = p_person and (p_record is null or p.record = p_record) and p.box is not null
    and (p.what in ('passage', 'appeal') or p.what = 'reasons' and (p.stage = 1 and c.decided_at is not null or c.reviewed_at is not null));
end $$;

CREATE FUNCTION dossier.answering(p_person uuid, p_types text[], p_marks text[], p_now timestamp with time zone, p_today date) RETURNS TABLE(record uuid, version integer, type text, source uuid, start_on date, display_end date, disputed boolean, provisional boolean, refer boolean, stated boolean, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE sql STABLE
    AS $$ select o.record, o.version, o.type, o.source, o.start_on, least(o.display_end, o.unheard_until), dossier.disputed(o.disputed_from, o.disputed_until, p_now),
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
    offset 0 $$;

CREATE FUNCTION dossier.at_once(at_once boolean, state text, display_end date, unheard_until date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ select at_once and state in ('noticed', 'in force')
    and dossier.visible('in force', now, least(display_end, unheard_until), hide_from, hide_until, late_from, late_until, stay_from, stay_until, now, today) $$;

CREATE FUNCTION dossier.disputed(disputed_from timestamp with time zone, disputed_until timestamp with time zone, now timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ select coalesce(disputed_from <= now and (disputed_until is null or now < disputed_until), false) $$;

CREATE FUNCTION dossier.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid, p_from integer, p_most integer) RETURNS TABLE(record uuid, version integer, type text, source uuid, pack text, negative boolean, state text, visible boolean, received_at timestamp with time zone, start_on date, display_end date, retain_end date, effect_at timestamp with time zone, erased_at timestamp with time zone, disputed_from timestamp with time zone, disputed_until timestamp with time zone, hide_from timestamp with time zone, hide_until timestamp with time zone, hide_why text, late_from timestamp with time zone, late_until timestamp with time zone, at_once boolean, unheard_until date, extended boolean, provisional boolean, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION dossier.stands(state text, display_end date, hide_why text, hide_from timestamp with time zone, hide_until timestamp with time zone, now timestamp with time zone, today date) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ select state in ('noticed', 'in force') and display_end >= today
    and not coalesce(hide_why = 'unverifiable' and hide_from <= now and (hide_until is null or now < hide_until), false) $$;

CREATE FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ select state = 'in force' and effect_at <= now and display_end >= today
    and (hide_from is null or now < hide_from or coalesce(hide_until <= now, false))
    and (late_from is null or now < late_from or coalesce(late_until <= now, false))
    and (stay_from is null or now < stay_from or coalesce(stay_until <= now, false)) $$;

CREATE FUNCTION estate.examine(p_person uuid, p_death uuid, p_proof boolean, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(paper uuid, what text, media text, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hold.examine(p_person uuid, p_hold uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(paper uuid, what text, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hold.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text) RETURNS TABLE(hold uuid, paper uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
begin
    perform house.check_instant(p_now);
    insert into inquiry.access (person, access, at, purpose, basis, pack, outcome, records)
    values (p_person, p_access, p_now, 'self: hold', 'self', p_pack, 2, '{}');
    return query
    select p.hold, p.paper, p.epoch, p.leaf, p.nonce, p.box from hold.paper p
    where p.person = p_person and p.what = 'reference';
end $$;

CREATE FUNCTION house.check_instant(p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if coalesce(abs(extract(epoch from (clock_timestamp() + coalesce((select c.shift from house.clock_shift c), interval '0') - p_now))) > 2, true) then
        raise exception 'the instant is not now' using errcode = 'RC001';
    end if;
end $$;

CREATE FUNCTION house.now() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$ select clock_timestamp() + coalesce((select c.shift from house.clock_shift c), interval '0') $$;

CREATE FUNCTION inquiry.digest(p_person uuid, p_access uuid) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select sha256(a.box) from inquiry.access a where a.person = p_person and a.access = p_access
$$;

CREATE FUNCTION inquiry.disclose(p_wait boolean, p_person uuid[], p_access uuid[], p_spare uuid[], p_now timestamp with time zone[], p_body uuid[], p_purpose text[], p_basis text[], p_right boolean[], p_pack text[], p_types text[], p_pass text[], p_against text[], p_matter uuid[], p_subject uuid[], p_persons integer[], p_epoch bigint[], p_leaf bigint[], p_nonce bytea[], p_box bytea[]) RETURNS TABLE(nth integer, outcome smallint, replayed boolean, refer boolean, record uuid, version integer, type text, source uuid, start_on date, display_end date, disputed boolean, provisional boolean, epoch bigint, leaf bigint, nonce bytea, box bytea, words bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
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

CREATE FUNCTION inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_before timestamp with time zone, p_limit integer) RETURNS TABLE(access uuid, at timestamp with time zone, body uuid, purpose text, basis text, pack text, outcome smallint, records uuid[], referred uuid[], replay_of uuid, epoch bigint, leaf bigint, nonce bytea, box bytea, use_epoch bigint, use_leaf bigint, use_nonce bytea, use_box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION inquiry.since(p_low xid8, p_after uuid, p_seen pg_snapshot, p_limit integer) RETURNS TABLE(added xid8, person uuid, access uuid, at timestamp with time zone, body uuid, purpose text, basis text, pack text, outcome smallint, records uuid[], referred uuid[], replay_of uuid, epoch bigint, leaf bigint, sealed bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select a.added, a.person, a.access, a.at, a.body, a.purpose, a.basis::text, a.pack, a.outcome::smallint, a.records, a.referred,
        a.replay_of, a.epoch, a.leaf, sha256(a.box)
    from inquiry.access a where (a.added, a.access) >= (p_low, p_after) and not pg_visible_in_snapshot(a.added, p_seen)
    order by a.added, a.access limit p_limit
$$;

CREATE FUNCTION law.check_in_force(p_pack text, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if p_pack <> (select a.version from law.activation a where a.in_force_from <= p_now order by a.number desc limit 1) then
        raise exception 'another pack is in force' using errcode = 'RC002';
    end if;
end $$;

CREATE FUNCTION notice.address(p_person uuid, p_notice uuid, p_channel text, p_now timestamp with time zone) RETURNS TABLE(nth integer, paper uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION oversight.close_quarter(p_event uuid, p_now timestamp with time zone, p_body uuid[], p_as text[]) RETURNS TABLE(quarter date)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    in_zone constant text := (select m.zone from house.mode m);
    first_day constant date := coalesce((select (max(q.quarter) + interval '3 months')::date from oversight.quarter q),
        -- in the order of writing, which is that of time but where a sandbox's clock was moved
        (select date_trunc('quarter', min(o.at) at time zone in_zone)::date from (select j.at from ledger.journal j order by j.added, j.event limit 1000) o));
    next_day constant date := (first_day + interval '3 months')::date;
    since constant timestamptz := first_day::timestamp at time zone in_zone;
    ends constant timestamptz := next_day::timestamp at time zone in_zone;
begin
    perform house.check_instant(p_now);
    if first_day is null or p_now < ends + interval '1 day' then
        return;
    end if;
    insert into oversight.quarter (quarter, closed_at) values (first_day, p_now) on conflict do nothing;
    if not found then
        return;
    end if;
    with found as materialized (
        select distinct on (f.person, f.contest, f.stage, f.ground, f.clerk) f.person, f.contest, f.stage, f.ground, f.outcome, f.at
        from dispute.finding f order by f.person, f.contest, f.stage, f.ground, f.clerk, f.at desc
    ), agreed as (
        select g.person, g.contest, g.stage, max(g.at) as at, bool_or(g.outcome in ('withdrawn', 'corrected', 'unverifiable')) as changed from (
            select f.person, f.contest, f.stage, f.ground, f.outcome, max(f.at) as at from found f group by 1, 2, 3, 4, 5 having count(*) >= 2) g
        group by 1, 2, 3
    ), contest as materialized (
        select c.person, c.source, c.state, c.answer_by, c.back_at, c.decided_at, c.late_from, o.at as decided_first, o.changed, r.changed as changed_anew,
            (c.answer_by + 1)::timestamp at time zone in_zone as answer_until, (c.due_on + 1)::timestamp at time zone in_zone as due_at,
            (select min(a.at) from dispute.answer a where a.person = c.person and a.contest = c.contest) as answered_at
        from dispute.contest c
        left join agreed o on o.person = c.person and o.contest = c.contest and o.stage = 1 and (c.state in ('decided', 'in review', 'reviewed') or c.was = 'in review')
        left join agreed r on r.person = c.person and r.contest = c.contest and r.stage = 2 and c.state = 'reviewed'
        where c.state <> 'draft'
    ), clock as (
        select c.person, c.decided_first, case when c.decided_first is not null then case when c.late_from <= c.decided_first then c.late_from end
            when c.due_at <= coalesce(c.back_at, p_now) then c.due_at end as late_at from contest c
    ), early as (
        select e.person, e.application, max(e.at) as at, bool_or(e.outcome = 'granted') as granted from (
            select f.person, f.application, f.outcome, max(f.at) as at from (
                select distinct on (f.person, f.application, f.clerk) f.person, f.application, f.outcome, f.at from repair.finding f
                where f.stage = 1 order by f.person, f.application, f.clerk, f.at desc) f
            group by 1, 2, 3 having count(*) >= 2) e
        group by 1, 2
    ), counted as materialized (
        select 'contest answers' as about, c.source as body, c.person as unit, coalesce(c.answered_at < c.answer_until, false) as hit
        from contest c where c.answer_by >= first_day and c.answer_by < next_day
            and (c.answered_at is not null or c.answer_until <= coalesce(least(c.back_at, c.decided_first), p_now))
        union all
        select 'contest decisions', null, k.person, k.late_at is null from clock k where coalesce(k.late_at, k.decided_first) >= since and coalesce(k.late_at, k.decided_first) < ends
        union all
        select 'contest outcomes', c.source, c.person, c.changed from contest c where c.decided_first >= since and c.decided_first < ends
        union all
        select 'reviews', null, c.person, c.changed_anew from contest c where c.state = 'reviewed' and c.decided_at >= since and c.decided_at < ends and c.changed_anew is not null
        union all
        select 'early ends', a.source, a.person, e.granted from repair.application a join early e on e.person = a.person and e.application = a.application
        where e.at >= since and e.at < ends
        union all
        select 'inquiries', a.body, a.access, a.outcome = 0 or a.outcome = 4 and a.basis = 'consent' from inquiry.access a
        where a.at >= since and a.at < ends and a.body is not null and a.basis in ('consent', 'statute') and a.replay_of is null
        union all
        select 'questions', q.supervisor, q.person, coalesce(q.found_at < q.due_at and q.found_for = q.supervisor, false) from oversight.question q
        where q.due_on >= first_day and q.due_on < next_day
        union all
        select 'deliveries', d.body, d.delivery, d.rows_quarantined + d.rows_refused > 0 from furnish.delivery d
        where d.state = 'done' and d.ended_at >= since and d.ended_at < ends
    ), grouped as materialized (
        select c.about, case when c.body is null then '*registry' else coalesce((select l.code from unnest(p_body, p_as) as l(body, code) where l.body = c.body), '*others') end as counted_for, c.unit, c.hit
        from counted c
    ), alone as (
        select g.about, g.counted_for, count(distinct g.unit) as units from grouped g group by 1, 2
    ), small as (
        select g.about, g.unit, g.hit from grouped g join alone a on a.about = g.about and a.counted_for = g.counted_for
        where a.units < 10 and a.counted_for <> '*registry'
    ), together as (
        select s.about from small s group by s.about
        having count(distinct s.unit) - (select max(a.units) from alone a where a.about = s.about and a.units < 10 and a.counted_for <> '*registry') >= 10
    ), shown as (
        select g.about, g.counted_for, g.unit, g.hit from grouped g join alone a on a.about = g.about and a.counted_for = g.counted_for
        where a.units >= 10 and a.counted_for <> '*others'
        union all
        select s.about, '*others', s.unit, s.hit from small s join together t on t.about = s.about
    ), judged as (
        select s.about, s.counted_for, count(*) as n, count(*) filter (where s.hit) as part,
            count(distinct s.unit) filter (where s.hit) as of_part, count(distinct s.unit) filter (where not s.hit) as of_rest
        from shown s group by 1, 2
    )
    insert into oversight.figure (quarter, about, counted_for, n, part, too_few)
    select first_day, j.about, j.counted_for, j.n, case when j.of_part >= 10 and j.of_rest >= 10 then j.part end,
        case when j.of_part < 10 then 'part' when j.of_rest < 10 then 'rest' end
    from judged j;
    insert into ledger.journal (stream, event, at, kind, refs)
    select '7265636f-7572-7365-2f66-696775726573', p_event, p_now, 'oversight.quarter-closed', jsonb_build_object(
        'quarter', to_char(first_day, 'YYYY"-Q"Q'), 'sha256', encode(sha256(convert_to('about,counted_for,n,part,too_few' || chr(10) || coalesce(string_agg(
            concat_ws(',', f.about, f.counted_for, f.n, coalesce(f.part::text, ''), coalesce(f.too_few, '')) || chr(10), '' order by f.about collate "C", f.counted_for collate "C"), ''), 'UTF8')), 'hex'))
    from oversight.figure f where f.quarter = first_day;
    return query select first_day;
end $$;

CREATE FUNCTION oversight.examine(p_person uuid, p_inspection uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    k oversight.inspection;
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    select i.* into k from oversight.inspection i where i.person = p_person and i.inspection = p_inspection and p_clerk <> i.clerk and i.box is not null
        and (p_body = i.supervisor or p_body = i.beyond and i.due_at <= p_now);
    if not found then
        raise exception 'there is no such inspection' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'inspection', 'case', p_pack, 2, '{}', p_epoch, p_leaf, p_nonce, p_box);
    return query select k.epoch, k.leaf, k.nonce, k.box;
end $$;

CREATE FUNCTION oversight.read_record(p_person uuid, p_plea uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    k oversight.plea;
begin
    perform house.check_instant(p_now);
    if p_body is null or p_clerk is null then
        raise exception 'nobody on staff looks' using errcode = '23514';
    end if;
    perform 1 from party.gate g where g.person = p_person for share;
    select l.* into k from oversight.plea l where l.person = p_person and l.plea = p_plea and l.ombudsman = p_body and l.outcome is null;
    if not found then
        raise exception 'there is no such plea' using errcode = 'no_data_found';
    end if;
    insert into inquiry.access (person, access, at, body, purpose, basis, pack, outcome, records, epoch, leaf, nonce, box)
    values (p_person, p_access, p_now, p_body, 'ombudsman', 'case', p_pack, 1, array[k.record], p_epoch, p_leaf, p_nonce, p_box);
    return query select r.version, r.epoch, r.leaf, r.nonce, r.box from dossier.record r where r.person = p_person and r.record = k.record and r.box is not null;
end $$;

CREATE FUNCTION oversight.read_report(p_report uuid, p_body uuid, p_event uuid, p_now timestamp with time zone) RETURNS TABLE(person uuid, paper uuid, what text, at timestamp with time zone, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    k oversight.report;
begin
    perform house.check_instant(p_now);
    select r.* into k from oversight.report r where r.report = p_report
        and (p_body is null or p_body = coalesce(r.closed_for, r.supervisor) or p_body = r.supervisor or p_body = r.beyond and r.due_at <= p_now);
    if not found then
        raise exception 'there is no such report' using errcode = 'no_data_found';
    end if;
    insert into ledger.journal (stream, event, at, kind, refs)
    values (k.person, p_event, p_now, 'oversight.report-read', jsonb_build_object('by', case when p_body is null then 'sender' else 'supervisor' end));
    return query select p.person, p.paper, p.what, p.at, p.epoch, p.leaf, p.nonce, p.box from oversight.report_paper p
    where p.person = k.person and p.report = k.report and (p_body is not null or p.what = 'answer') order by p.at, p.what;
end $$;

CREATE FUNCTION party.reseal(p_event uuid, p_now timestamp with time zone, p_what text, p_newest integer, p_skip integer, p_limit integer) RETURNS TABLE(person uuid, live_until date, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION repair.examine(p_person uuid, p_application uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_file uuid, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(paper uuid, condition text, what text, stage smallint, clerk uuid, media text, at timestamp with time zone, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION repair.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_application uuid, p_file uuid) RETURNS TABLE(paper uuid, condition text, what text, stage smallint, clerk uuid, media text, at timestamp with time zone, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE consent.code (
    hash bytea NOT NULL,
    request uuid NOT NULL,
    body uuid NOT NULL,
    purpose text NOT NULL,
    types text[] NOT NULL,
    single boolean NOT NULL,
    until_on date NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    person uuid,
    CONSTRAINT code_check CHECK ((expires_at > asked_at)),
    CONSTRAINT code_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT code_types_check CHECK ((cardinality(types) > 0))
);

CREATE TABLE consent."freeze" (
    person uuid NOT NULL,
    number uuid NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    CONSTRAINT freeze_check CHECK ((lifted_at >= placed_at))
);

CREATE TABLE consent.given (
    person uuid NOT NULL,
    consent uuid NOT NULL,
    body uuid NOT NULL,
    purpose text NOT NULL,
    types text[] NOT NULL,
    single boolean DEFAULT false NOT NULL,
    started boolean DEFAULT false NOT NULL,
    crosses boolean DEFAULT false NOT NULL,
    given_at timestamp with time zone NOT NULL,
    usable_from timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    used_at timestamp with time zone,
    used_by uuid,
    CONSTRAINT given_check CHECK (((usable_from >= given_at) AND (until_at > given_at))),
    CONSTRAINT given_check1 CHECK (((NOT crosses) OR (single AND started))),
    CONSTRAINT given_check2 CHECK ((((used_at IS NULL) = (used_by IS NULL)) AND (single OR (used_at IS NULL)))),
    CONSTRAINT given_types_check CHECK ((cardinality(types) > 0))
);

CREATE TABLE consent.lift (
    person uuid NOT NULL,
    lift uuid NOT NULL,
    body uuid NOT NULL,
    given_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    CONSTRAINT lift_check CHECK ((until_at > given_at))
);

CREATE TABLE consent.request (
    person uuid NOT NULL,
    request uuid NOT NULL,
    body uuid NOT NULL,
    purpose text NOT NULL,
    types text[] NOT NULL,
    single boolean NOT NULL,
    until_on date NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ending text,
    CONSTRAINT request_check CHECK (((ended_at IS NULL) = (ending IS NULL))),
    CONSTRAINT request_ending_check CHECK ((ending = ANY (ARRAY['given'::text, 'refused'::text, 'no right'::text]))),
    CONSTRAINT request_types_check CHECK ((cardinality(types) > 0))
);

CREATE TABLE consent.use (
    person uuid NOT NULL,
    consent uuid NOT NULL,
    access uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE dispute.answer (
    person uuid NOT NULL,
    contest uuid NOT NULL,
    ground text NOT NULL,
    at timestamp with time zone NOT NULL,
    clerk uuid NOT NULL,
    "position" text NOT NULL,
    key bytea,
    CONSTRAINT answer_key_check CHECK ((length(key) = 16)),
    CONSTRAINT answer_position_check CHECK (("position" = ANY (ARRAY['stands'::text, 'will mend'::text, 'takes back'::text, 'cannot show'::text])))
);

CREATE TABLE dispute.certificate (
    person uuid NOT NULL,
    contest uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    clerk uuid NOT NULL,
    second uuid,
    second_at timestamp with time zone,
    until_on date,
    CONSTRAINT certificate_check CHECK ((second <> clerk)),
    CONSTRAINT certificate_check1 CHECK ((second_at > at)),
    CONSTRAINT certificate_check2 CHECK ((((second IS NULL) = (second_at IS NULL)) AND ((second IS NULL) = (until_on IS NULL))))
);

CREATE TABLE dispute.complaint (
    person uuid NOT NULL,
    complaint uuid NOT NULL,
    record uuid NOT NULL,
    source uuid NOT NULL,
    type text NOT NULL,
    pack text NOT NULL,
    state text NOT NULL,
    turn integer NOT NULL,
    passages smallint NOT NULL,
    entered_by uuid NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    calendar text NOT NULL,
    due_on date NOT NULL,
    due_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    review_at timestamp with time zone,
    review_due_on date,
    review_due_at timestamp with time zone,
    reviewed_at timestamp with time zone,
    keep_until date NOT NULL,
    CONSTRAINT complaint_check CHECK ((due_at > entered_at)),
    CONSTRAINT complaint_check1 CHECK ((decided_at < due_at)),
    CONSTRAINT complaint_check2 CHECK ((review_at >= decided_at)),
    CONSTRAINT complaint_check3 CHECK ((review_due_at > review_at)),
    CONSTRAINT complaint_check4 CHECK ((reviewed_at < review_due_at)),
    CONSTRAINT complaint_check5 CHECK (((decided_at IS NULL) = ((state = 'open'::text) OR ((state = 'lapsed'::text) AND (review_at IS NULL))))),
    CONSTRAINT complaint_check6 CHECK ((((review_at IS NULL) = (review_due_on IS NULL)) AND ((review_at IS NULL) = (review_due_at IS NULL)))),
    CONSTRAINT complaint_check7 CHECK ((((review_at IS NULL) = (state = ANY (ARRAY['open'::text, 'stood'::text, 'withheld'::text]))) OR (state = 'lapsed'::text))),
    CONSTRAINT complaint_check8 CHECK (((reviewed_at IS NULL) = (state <> 'reviewed'::text))),
    CONSTRAINT complaint_passages_check CHECK (((passages >= 1) AND (passages <= 4))),
    CONSTRAINT complaint_state_check CHECK ((state = ANY (ARRAY['open'::text, 'stood'::text, 'withheld'::text, 'in review'::text, 'reviewed'::text, 'lapsed'::text]))),
    CONSTRAINT complaint_turn_check CHECK ((turn >= 1))
);

CREATE TABLE dispute.complaint_finding (
    person uuid NOT NULL,
    complaint uuid NOT NULL,
    stage smallint NOT NULL,
    nth smallint NOT NULL,
    clerk uuid NOT NULL,
    body uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    withhold boolean NOT NULL,
    CONSTRAINT complaint_finding_nth_check CHECK (((nth >= 1) AND (nth <= 4))),
    CONSTRAINT complaint_finding_stage_check CHECK ((stage = ANY (ARRAY[1, 2])))
);

CREATE TABLE dispute.complaint_number (
    complaint uuid NOT NULL,
    person uuid NOT NULL
);

CREATE TABLE dispute.complaint_paper (
    person uuid NOT NULL,
    paper uuid NOT NULL,
    record uuid NOT NULL,
    complaint uuid,
    what text NOT NULL,
    stage smallint NOT NULL,
    nth smallint NOT NULL,
    clerk uuid,
    at timestamp with time zone NOT NULL,
    cut_until timestamp with time zone,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea,
    box bytea,
    CONSTRAINT complaint_paper_check CHECK ((((complaint IS NULL) = (what = 'cut'::text)) AND ((cut_until IS NULL) OR (what = 'cut'::text)))),
    CONSTRAINT complaint_paper_check1 CHECK (((nth > 0) = (what = ANY (ARRAY['passage'::text, 'reasons'::text])))),
    CONSTRAINT complaint_paper_check2 CHECK (((clerk IS NULL) = (what = ANY (ARRAY['appeal'::text, 'cut'::text])))),
    CONSTRAINT complaint_paper_check3 CHECK (((nonce IS NULL) = (box IS NULL))),
    CONSTRAINT complaint_paper_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT complaint_paper_nth_check CHECK (((nth >= 0) AND (nth <= 4))),
    CONSTRAINT complaint_paper_stage_check CHECK ((stage = ANY (ARRAY[1, 2]))),
    CONSTRAINT complaint_paper_what_check CHECK ((what = ANY (ARRAY['complainant'::text, 'why'::text, 'passage'::text, 'reasons'::text, 'appeal'::text, 'cut'::text])))
);

CREATE TABLE dispute.contest (
    person uuid NOT NULL,
    contest uuid NOT NULL,
    record uuid NOT NULL,
    version integer NOT NULL,
    source uuid NOT NULL,
    type text NOT NULL,
    pack text NOT NULL,
    state text NOT NULL,
    was text NOT NULL,
    grounds text[] NOT NULL,
    made_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    keep_until date NOT NULL,
    opened_at timestamp with time zone,
    answer_by date,
    repeat_until timestamp with time zone,
    clock_kind text,
    clock_start date,
    clock_n integer,
    clock_unit text,
    clock_extension integer DEFAULT 0 NOT NULL,
    clock_paused integer DEFAULT 0 NOT NULL,
    clock_outage integer DEFAULT 0 NOT NULL,
    clock_whole boolean,
    clock_calendar text,
    clock_overdue text,
    due_on date,
    twice_on date,
    back_at timestamp with time zone,
    final_at timestamp with time zone,
    decided_at timestamp with time zone,
    late_from timestamp with time zone,
    letter_at timestamp with time zone,
    review_until timestamp with time zone,
    review_at timestamp with time zone,
    CONSTRAINT contest_check CHECK ((((state = 'draft'::text) = (opened_at IS NULL)) AND ((opened_at IS NULL) = (due_on IS NULL)))),
    CONSTRAINT contest_check1 CHECK (((due_on IS NULL) = ((clock_kind IS NULL) OR (clock_start IS NULL) OR (clock_n IS NULL) OR (clock_unit IS NULL) OR (clock_whole IS NULL) OR (clock_calendar IS NULL) OR (clock_overdue IS NULL) OR (twice_on IS NULL) OR (answer_by IS NULL)))),
    CONSTRAINT contest_check2 CHECK ((((state = 'taken back'::text) = (back_at IS NOT NULL)) AND ((back_at IS NULL) = (final_at IS NULL)) AND (final_at >= (back_at + '00:10:00'::interval)))),
    CONSTRAINT contest_check3 CHECK (((state <> ALL (ARRAY['decided'::text, 'in review'::text, 'reviewed'::text])) OR (decided_at IS NOT NULL))),
    CONSTRAINT contest_check4 CHECK ((((state = ANY (ARRAY['in review'::text, 'reviewed'::text])) = (review_at IS NOT NULL)) OR (state = 'lapsed'::text))),
    CONSTRAINT contest_check5 CHECK (((cardinality(grounds) > 0) OR (state = 'draft'::text))),
    CONSTRAINT contest_clock_extension_check CHECK ((clock_extension >= 0)),
    CONSTRAINT contest_clock_outage_check CHECK (((clock_outage >= 0) AND (clock_outage <= 5))),
    CONSTRAINT contest_clock_overdue_check CHECK ((clock_overdue = ANY (ARRAY['hide'::text, 'refer'::text]))),
    CONSTRAINT contest_clock_paused_check CHECK ((clock_paused >= 0)),
    CONSTRAINT contest_moves CHECK (((((((((((was = ''::text) AND (state = 'draft'::text)) OR ((was = 'draft'::text) AND (state = 'open'::text))) OR ((was = 'open'::text) AND (state = 'taken back'::text))) OR ((was = 'taken back'::text) AND (state = 'open'::text))) OR ((was = 'open'::text) AND (state = 'decided'::text))) OR ((was = 'open'::text) AND (state = 'lapsed'::text))) OR ((was = 'decided'::text) AND (state = 'in review'::text))) OR ((was = 'in review'::text) AND (state = 'reviewed'::text))) OR ((was = 'in review'::text) AND (state = 'lapsed'::text)))),
    CONSTRAINT contest_version_check CHECK ((version >= 1))
);

CREATE TABLE dispute.finding (
    person uuid NOT NULL,
    contest uuid NOT NULL,
    stage smallint NOT NULL,
    ground text NOT NULL,
    clerk uuid NOT NULL,
    body uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT finding_outcome_check CHECK ((outcome = ANY (ARRAY['corrected'::text, 'withdrawn'::text, 'upheld'::text, 'unverifiable'::text, 'by reference'::text]))),
    CONSTRAINT finding_stage_check CHECK ((stage = ANY (ARRAY[1, 2])))
);

CREATE TABLE dispute.look (
    person uuid NOT NULL,
    contest uuid NOT NULL,
    clerk uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE dispute.number (
    contest uuid NOT NULL,
    person uuid NOT NULL
);

CREATE TABLE dispute.paper (
    person uuid NOT NULL,
    paper uuid NOT NULL,
    contest uuid NOT NULL,
    ground text NOT NULL,
    what text NOT NULL,
    stage smallint NOT NULL,
    clerk uuid,
    media text NOT NULL,
    at timestamp with time zone NOT NULL,
    aside boolean DEFAULT false NOT NULL,
    copy_of uuid,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea,
    box bytea,
    CONSTRAINT paper_check CHECK (((NOT aside) OR (what = ANY (ARRAY['evidence'::text, 'document'::text])))),
    CONSTRAINT paper_check1 CHECK (((copy_of IS NULL) = (what <> 'copy'::text))),
    CONSTRAINT paper_check2 CHECK (((media <> ''::text) = (what = ANY (ARRAY['evidence'::text, 'proof'::text, 'document'::text, 'copy'::text])))),
    CONSTRAINT paper_check3 CHECK (((what = 'copy'::text) OR ((clerk IS NULL) = (what = ANY (ARRAY['words'::text, 'evidence'::text, 'appeal'::text, 'help'::text]))))),
    CONSTRAINT paper_check4 CHECK (((nonce IS NULL) = (box IS NULL))),
    CONSTRAINT paper_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT paper_stage_check CHECK ((stage = ANY (ARRAY[1, 2]))),
    CONSTRAINT paper_what_check CHECK ((what = ANY (ARRAY['words'::text, 'evidence'::text, 'reply'::text, 'proof'::text, 'reasons'::text, 'appeal'::text, 'certificate'::text, 'document'::text, 'copy'::text, 'help'::text])))
);

CREATE TABLE dispute.statement (
    person uuid NOT NULL,
    record uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    keep_until date NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea,
    box bytea,
    CONSTRAINT statement_check CHECK (((nonce IS NULL) = (box IS NULL))),
    CONSTRAINT statement_nonce_check CHECK ((length(nonce) = 12))
);

CREATE TABLE dispute.swept (
    only_row boolean DEFAULT true NOT NULL,
    due_on date NOT NULL,
    contest uuid NOT NULL,
    CONSTRAINT swept_only_row_check CHECK (only_row)
);

CREATE TABLE dossier.record (
    person uuid NOT NULL,
    record uuid NOT NULL,
    version integer NOT NULL,
    source uuid NOT NULL,
    source_order bigint NOT NULL,
    type text NOT NULL,
    pack text NOT NULL,
    negative boolean NOT NULL,
    state text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    start_on date NOT NULL,
    display_end date NOT NULL,
    retain_end date NOT NULL,
    effect_at timestamp with time zone,
    erased_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_why text,
    ended_rule text,
    stated boolean DEFAULT false NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    mark bytea,
    weight bytea,
    told integer DEFAULT 0 NOT NULL,
    decision bytea,
    refuted boolean DEFAULT false NOT NULL,
    readmit_until date,
    nonce bytea,
    box bytea,
    disputed_from timestamp with time zone,
    disputed_until timestamp with time zone,
    hide_from timestamp with time zone,
    hide_until timestamp with time zone,
    hide_why text,
    late_from timestamp with time zone,
    late_until timestamp with time zone,
    stay_from timestamp with time zone,
    stay_until timestamp with time zone,
    at_once boolean DEFAULT false NOT NULL,
    unheard_until date,
    extended boolean DEFAULT false NOT NULL,
    CONSTRAINT record_check CHECK (((weight IS NULL) OR ((length(weight) >= 16) AND (box IS NOT NULL)))),
    CONSTRAINT record_check1 CHECK (((told >= 0) AND (told <= version))),
    CONSTRAINT record_check10 CHECK (((state = 'erased'::text) = (erased_at IS NOT NULL))),
    CONSTRAINT record_check11 CHECK ((((ended_at IS NULL) = (ended_why IS NULL)) AND ((ended_at IS NULL) = (ended_rule IS NULL)) AND ((ended_at IS NULL) OR (box IS NULL)))),
    CONSTRAINT record_check12 CHECK (((state <> 'repaired'::text) OR (NOT (ended_why IS DISTINCT FROM 'repaired'::text)))),
    CONSTRAINT record_check13 CHECK ((((state = ANY (ARRAY['withdrawn'::text, 'repaired'::text, 'erased'::text])) = (box IS NULL)) AND ((box IS NULL) = (nonce IS NULL)) AND ((box IS NULL) = (mark IS NULL)))),
    CONSTRAINT record_check2 CHECK (((readmit_until IS NULL) OR refuted OR (hide_why = 'correction'::text))),
    CONSTRAINT record_check3 CHECK (((disputed_until >= disputed_from) AND ((disputed_until IS NULL) OR (disputed_from IS NOT NULL)))),
    CONSTRAINT record_check4 CHECK (((hide_until >= hide_from) AND ((hide_from IS NULL) = (hide_why IS NULL)) AND ((hide_until IS NULL) OR (hide_from IS NOT NULL)))),
    CONSTRAINT record_check5 CHECK (((late_until >= late_from) AND ((late_until IS NULL) OR (late_from IS NOT NULL)))),
    CONSTRAINT record_check6 CHECK (((stay_until >= stay_from) AND ((stay_until IS NULL) OR (stay_from IS NOT NULL)))),
    CONSTRAINT record_check7 CHECK (((display_end >= start_on) AND (retain_end >= display_end))),
    CONSTRAINT record_check8 CHECK (((unheard_until IS NULL) OR (at_once AND (state <> 'in force'::text)))),
    CONSTRAINT record_check9 CHECK ((((state = 'noticed'::text) = (effect_at IS NULL)) OR (state = ANY (ARRAY['withdrawn'::text, 'repaired'::text, 'expired'::text, 'erased'::text])))),
    CONSTRAINT record_decision_check CHECK ((length(decision) = 16)),
    CONSTRAINT record_ended_rule_check CHECK (((octet_length(ended_rule) >= 1) AND (octet_length(ended_rule) <= 200))),
    CONSTRAINT record_ended_why_check CHECK ((ended_why = ANY (ARRAY['withdrawn'::text, 'repaired'::text, 'wrong person'::text, 'ordered'::text]))),
    CONSTRAINT record_hide_why_check CHECK ((hide_why = ANY (ARRAY['overdue'::text, 'wrong person'::text, 'correction'::text, 'unverifiable'::text]))),
    CONSTRAINT record_mark_check CHECK ((length(mark) = 16)),
    CONSTRAINT record_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT record_state_check CHECK ((state = ANY (ARRAY['noticed'::text, 'in force'::text, 'withdrawn'::text, 'repaired'::text, 'expired'::text, 'erased'::text]))),
    CONSTRAINT record_version_check CHECK ((version >= 1))
);

CREATE TABLE dossier.source_ref (
    source uuid NOT NULL,
    ref_mac bytea NOT NULL,
    person uuid NOT NULL,
    record uuid NOT NULL,
    CONSTRAINT source_ref_ref_mac_check CHECK ((length(ref_mac) = 16))
);

CREATE TABLE estate.death (
    person uuid NOT NULL,
    death uuid NOT NULL,
    body uuid NOT NULL,
    died_on date NOT NULL,
    pack text NOT NULL,
    until_on date NOT NULL,
    keep_until date NOT NULL,
    state text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    seen uuid[] NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamp with time zone,
    ends_on date,
    was_until date,
    reverse_by uuid,
    reversed_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT death_check CHECK ((keep_until >= until_on)),
    CONSTRAINT death_check1 CHECK (((confirmed_by IS NULL) OR ((confirmed_by <> proposed_by) AND (confirmed_by = ANY (seen))))),
    CONSTRAINT death_check10 CHECK (((state <> 'reversed'::text) OR (ended_at <= (confirmed_at + '24:00:00'::interval)))),
    CONSTRAINT death_check11 CHECK (((reversed_by IS NULL) OR ((reverse_by <> proposed_by) AND (reverse_by <> confirmed_by)) OR ((reversed_by <> proposed_by) AND (reversed_by <> confirmed_by)))),
    CONSTRAINT death_check2 CHECK ((was_until >= ends_on)),
    CONSTRAINT death_check3 CHECK ((reversed_by <> reverse_by)),
    CONSTRAINT death_check4 CHECK ((((confirmed_by IS NULL) = (confirmed_at IS NULL)) AND ((confirmed_by IS NULL) = (ends_on IS NULL)) AND ((confirmed_by IS NULL) = (was_until IS NULL)))),
    CONSTRAINT death_check5 CHECK ((ends_on <= ((((confirmed_at AT TIME ZONE 'UTC'::text))::date + '1 year 1 day'::interval))::date)),
    CONSTRAINT death_check6 CHECK (((state = ANY (ARRAY['entered'::text, 'reversed'::text])) = (confirmed_by IS NOT NULL))),
    CONSTRAINT death_check7 CHECK (((state = ANY (ARRAY['dropped'::text, 'reversed'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT death_check8 CHECK ((((state = 'reversed'::text) = (reversed_by IS NOT NULL)) AND ((reversed_by IS NULL) OR (reverse_by IS NOT NULL)))),
    CONSTRAINT death_check9 CHECK (((reverse_by IS NULL) OR (confirmed_by IS NOT NULL))),
    CONSTRAINT death_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'dropped'::text, 'entered'::text, 'reversed'::text])))
);

CREATE TABLE estate.number (
    death uuid NOT NULL,
    person uuid NOT NULL
);

CREATE TABLE estate.paper (
    person uuid NOT NULL,
    paper uuid NOT NULL,
    death uuid NOT NULL,
    what text NOT NULL,
    media text NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea NOT NULL,
    box bytea NOT NULL,
    CONSTRAINT paper_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT paper_what_check CHECK ((what = ANY (ARRAY['proof'::text, 'address'::text])))
);

CREATE TABLE furnish.batch (
    delivery uuid NOT NULL,
    first_row bigint NOT NULL,
    rows bytea NOT NULL,
    CONSTRAINT batch_first_row_check CHECK ((first_row >= 1)),
    CONSTRAINT batch_rows_check CHECK (((length(rows) > 0) AND ((length(rows) % 33) = 0)))
);
ALTER TABLE ONLY furnish.batch ALTER COLUMN rows SET STORAGE EXTERNAL;

CREATE TABLE furnish.delivery (
    delivery uuid NOT NULL,
    body uuid NOT NULL,
    clerk uuid NOT NULL,
    idempotency_key text NOT NULL,
    type text NOT NULL,
    pack text NOT NULL,
    file_hash bytea,
    state text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    rows_done bigint DEFAULT 0 NOT NULL,
    rows_new bigint DEFAULT 0 NOT NULL,
    rows_changed bigint DEFAULT 0 NOT NULL,
    rows_unchanged bigint DEFAULT 0 NOT NULL,
    rows_withdrawn bigint DEFAULT 0 NOT NULL,
    rows_stale bigint DEFAULT 0 NOT NULL,
    rows_quarantined bigint DEFAULT 0 NOT NULL,
    rows_refused bigint DEFAULT 0 NOT NULL,
    tree bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT delivery_check CHECK (((state = 'running'::text) = (ended_at IS NULL))),
    CONSTRAINT delivery_check1 CHECK ((rows_done = ((((((rows_new + rows_changed) + rows_unchanged) + rows_withdrawn) + rows_stale) + rows_quarantined) + rows_refused))),
    CONSTRAINT delivery_file_hash_check CHECK ((length(file_hash) = 32)),
    CONSTRAINT delivery_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255))),
    CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])))
);

CREATE TABLE furnish.finding (
    delivery uuid NOT NULL,
    row_number bigint NOT NULL,
    nth integer NOT NULL,
    outcome text NOT NULL,
    field text,
    code text NOT NULL,
    rule text,
    text text NOT NULL,
    fix text NOT NULL,
    CONSTRAINT finding_nth_check CHECK ((nth >= 1)),
    CONSTRAINT finding_outcome_check CHECK ((outcome = ANY (ARRAY['stale'::text, 'quarantined'::text, 'refused'::text]))),
    CONSTRAINT finding_row_number_check CHECK ((row_number >= 1))
);

CREATE TABLE hold.number (
    hold uuid NOT NULL,
    person uuid NOT NULL
);

CREATE TABLE hold.paper (
    person uuid NOT NULL,
    paper uuid NOT NULL,
    hold uuid NOT NULL,
    what text NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea,
    box bytea,
    CONSTRAINT paper_check CHECK (((nonce IS NULL) = (box IS NULL))),
    CONSTRAINT paper_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT paper_what_check CHECK ((what = ANY (ARRAY['reference'::text, 'content'::text])))
);

CREATE TABLE hold.placed (
    person uuid NOT NULL,
    hold uuid NOT NULL,
    record uuid NOT NULL,
    source uuid NOT NULL,
    type text NOT NULL,
    ground text NOT NULL,
    court uuid NOT NULL,
    pack text NOT NULL,
    until_on date NOT NULL,
    keep_until date NOT NULL,
    state text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamp with time zone,
    version integer,
    lift_by uuid,
    lifted_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT placed_check CHECK ((court <> source)),
    CONSTRAINT placed_check1 CHECK ((keep_until >= until_on)),
    CONSTRAINT placed_check2 CHECK ((confirmed_by <> proposed_by)),
    CONSTRAINT placed_check3 CHECK ((lifted_by <> lift_by)),
    CONSTRAINT placed_check4 CHECK ((until_on <= (((((proposed_at AT TIME ZONE 'UTC'::text))::date + '1 year'::interval) + '1 day'::interval))::date)),
    CONSTRAINT placed_check5 CHECK ((((confirmed_by IS NULL) = (confirmed_at IS NULL)) AND ((confirmed_by IS NULL) = (version IS NULL)))),
    CONSTRAINT placed_check6 CHECK (((state <> ALL (ARRAY['held'::text, 'lifted'::text])) OR (confirmed_by IS NOT NULL))),
    CONSTRAINT placed_check7 CHECK (((state <> ALL (ARRAY['proposed'::text, 'dropped'::text])) OR (confirmed_by IS NULL))),
    CONSTRAINT placed_check8 CHECK (((state = ANY (ARRAY['proposed'::text, 'held'::text])) = (ended_at IS NULL))),
    CONSTRAINT placed_check9 CHECK (((state = 'lifted'::text) = (lifted_by IS NOT NULL))),
    CONSTRAINT placed_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'dropped'::text, 'held'::text, 'lifted'::text, 'ended'::text]))),
    CONSTRAINT placed_version_check CHECK ((version >= 1))
);

CREATE TABLE house.clock_shift (
    only_row boolean DEFAULT true NOT NULL,
    mode text NOT NULL,
    shift interval NOT NULL,
    CONSTRAINT clock_shift_mode_check CHECK ((mode = 'sandbox'::text)),
    CONSTRAINT clock_shift_only_row_check CHECK (only_row)
);

CREATE TABLE house.mode (
    only_row boolean DEFAULT true NOT NULL,
    mode text NOT NULL,
    zone text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT mode_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'production'::text]))),
    CONSTRAINT mode_only_row_check CHECK (only_row)
);

CREATE TABLE inquiry.access (
    person uuid NOT NULL,
    access uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    body uuid,
    purpose text NOT NULL,
    basis inquiry.basis NOT NULL,
    pack text NOT NULL,
    outcome inquiry.outcome NOT NULL,
    records uuid[] NOT NULL,
    referred uuid[],
    replay_of uuid,
    epoch bigint,
    leaf bigint,
    nonce inquiry.nonce,
    box bytea,
    added xid8 DEFAULT pg_current_xact_id() NOT NULL
);

CREATE TABLE inquiry.matter (
    matter uuid NOT NULL,
    nth smallint NOT NULL,
    subject uuid NOT NULL,
    access uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    epoch bigint NOT NULL,
    CONSTRAINT matter_nth_check CHECK ((nth >= 0))
);

CREATE TABLE inquiry.quota (
    body uuid NOT NULL,
    purpose text NOT NULL,
    day date NOT NULL,
    taken integer NOT NULL,
    CONSTRAINT quota_taken_check CHECK ((taken >= 0))
);

CREATE TABLE inquiry.second (
    access uuid NOT NULL,
    body uuid NOT NULL,
    purpose text NOT NULL,
    question uuid NOT NULL,
    clerk uuid NOT NULL,
    staff_number text NOT NULL,
    at timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    second_clerk uuid,
    second_staff_number text,
    second_at timestamp with time zone,
    CONSTRAINT second_check CHECK ((until_at > at)),
    CONSTRAINT second_check1 CHECK ((second_clerk <> clerk)),
    CONSTRAINT second_check2 CHECK ((((second_clerk IS NULL) = (second_at IS NULL)) AND ((second_clerk IS NULL) = (second_staff_number IS NULL))))
);

CREATE TABLE inquiry.use (
    person uuid NOT NULL,
    access uuid NOT NULL,
    body uuid NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea NOT NULL,
    box bytea NOT NULL,
    CONSTRAINT use_nonce_check CHECK ((length(nonce) = 12))
);

CREATE TABLE law.activation (
    number integer NOT NULL,
    version text NOT NULL,
    activated_at timestamp with time zone NOT NULL,
    in_force_from timestamp with time zone NOT NULL,
    origin text NOT NULL,
    favourable boolean NOT NULL,
    diff jsonb NOT NULL,
    event uuid NOT NULL,
    CONSTRAINT activation_check CHECK ((in_force_from >= activated_at)),
    CONSTRAINT activation_check1 CHECK (((origin = 'signed'::text) OR (number = 1))),
    CONSTRAINT activation_number_check CHECK ((number >= 1)),
    CONSTRAINT activation_origin_check CHECK ((origin = ANY (ARRAY['built in'::text, 'folder'::text, 'signed'::text])))
);

CREATE TABLE law.officer (
    public_key bytea NOT NULL,
    name text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT officer_check CHECK ((ended_at >= made_at)),
    CONSTRAINT officer_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
    CONSTRAINT officer_public_key_check CHECK ((length(public_key) = 32))
);

CREATE TABLE law.outage (
    from_on date NOT NULL,
    to_on date NOT NULL,
    cause text NOT NULL,
    days smallint NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    CONSTRAINT outage_cause_check CHECK ((cause = ANY (ARRAY['power'::text, 'network'::text, 'storage'::text, 'building'::text, 'software'::text]))),
    CONSTRAINT outage_check CHECK ((to_on >= from_on)),
    CONSTRAINT outage_days_check CHECK (((days >= 1) AND (days <= 5)))
);

CREATE TABLE law.signature (
    number integer NOT NULL,
    public_key bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT signature_signature_check CHECK ((length(signature) = 64))
);

CREATE TABLE law.version (
    version text NOT NULL,
    code text NOT NULL,
    hash bytea NOT NULL,
    archive bytea NOT NULL,
    kept_at timestamp with time zone NOT NULL,
    CONSTRAINT version_hash_check CHECK ((length(hash) = 32))
);

CREATE TABLE ledger.batch (
    first bigint NOT NULL,
    count integer NOT NULL,
    low xid8 NOT NULL,
    high xid8 NOT NULL,
    day date NOT NULL,
    rows bytea NOT NULL,
    CONSTRAINT batch_check CHECK ((length(rows) = (49 * count))),
    CONSTRAINT batch_count_check CHECK ((count > 0)),
    CONSTRAINT batch_first_check CHECK ((first >= 0))
);
ALTER TABLE ONLY ledger.batch ALTER COLUMN rows SET STORAGE EXTERNAL;

CREATE TABLE ledger.bucket (
    day date NOT NULL,
    bucket integer NOT NULL,
    labels bytea NOT NULL,
    CONSTRAINT bucket_bucket_check CHECK (((bucket >= 0) AND (bucket <= 65535))),
    CONSTRAINT bucket_labels_check CHECK (((length(labels) % 16) = 0))
);
ALTER TABLE ONLY ledger.bucket ALTER COLUMN labels SET STORAGE EXTERNAL;

CREATE TABLE ledger.bundle (
    n bigint NOT NULL,
    entries bytea NOT NULL,
    CONSTRAINT bundle_n_check CHECK ((n >= 0))
);
ALTER TABLE ONLY ledger.bundle ALTER COLUMN entries SET STORAGE EXTERNAL;

CREATE TABLE ledger.day (
    day date NOT NULL,
    from_index bigint NOT NULL,
    until_index bigint NOT NULL,
    bits smallint NOT NULL,
    event uuid NOT NULL,
    CONSTRAINT day_bits_check CHECK (((bits >= 0) AND (bits <= 16))),
    CONSTRAINT day_check CHECK ((until_index > from_index))
);

CREATE TABLE ledger.head (
    only_row boolean DEFAULT true NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    kept bytea NOT NULL,
    low xid8 NOT NULL,
    CONSTRAINT head_only_row_check CHECK (only_row),
    CONSTRAINT head_root_check CHECK ((length(root) = 32)),
    CONSTRAINT head_size_check CHECK ((size >= 0))
);

CREATE TABLE ledger.journal (
    stream uuid NOT NULL,
    event uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    refs jsonb NOT NULL,
    added xid8 DEFAULT pg_current_xact_id() NOT NULL
);

CREATE TABLE ledger.outbox (
    stream uuid NOT NULL,
    event uuid NOT NULL,
    consumer text NOT NULL,
    slot smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    nth integer NOT NULL,
    kind text NOT NULL,
    refs jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone NOT NULL,
    last_code text,
    CONSTRAINT outbox_slot_check CHECK (((slot >= 0) AND (slot <= 4095)))
);

CREATE TABLE ledger.published (
    only_row boolean DEFAULT true NOT NULL,
    size bigint NOT NULL,
    note text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT published_only_row_check CHECK (only_row)
);

CREATE TABLE ledger.shard (
    year integer NOT NULL,
    from_size bigint NOT NULL,
    until_size bigint NOT NULL,
    note text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT shard_check CHECK ((until_size > from_size)),
    CONSTRAINT shard_from_size_check CHECK ((from_size >= 0))
);

CREATE TABLE ledger.tile (
    level smallint NOT NULL,
    n bigint NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT tile_hashes_check CHECK ((((length(hashes) >= 32) AND (length(hashes) <= 8192)) AND ((length(hashes) % 32) = 0))),
    CONSTRAINT tile_level_check CHECK (((level >= 1) AND (level <= 7))),
    CONSTRAINT tile_n_check CHECK ((n >= 0))
);
ALTER TABLE ONLY ledger.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE notice.attempt (
    person uuid NOT NULL,
    notice uuid NOT NULL,
    channel text NOT NULL,
    nth integer NOT NULL,
    meant_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    outcome text,
    CONSTRAINT attempt_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT attempt_nth_check CHECK ((nth >= 1)),
    CONSTRAINT attempt_outcome_check CHECK ((outcome = ANY (ARRAY['handed over'::text, 'refused'::text, 'unreachable'::text, 'no address'::text, 'bounced'::text, 'confirmed'::text, 'moot'::text])))
);

CREATE TABLE notice.change (
    person uuid NOT NULL,
    change uuid NOT NULL,
    body uuid NOT NULL,
    record uuid NOT NULL,
    what text NOT NULL,
    type text NOT NULL,
    source uuid NOT NULL,
    start_on date NOT NULL,
    inquiries uuid[] NOT NULL,
    at timestamp with time zone NOT NULL,
    hook uuid,
    send_from timestamp with time zone,
    tries integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone,
    sent_at timestamp with time zone,
    dead_at timestamp with time zone,
    code text,
    acked_at timestamp with time zone,
    acked_by uuid,
    CONSTRAINT change_check CHECK (((next_at IS NULL) OR ((hook IS NOT NULL) AND (send_from IS NOT NULL)))),
    CONSTRAINT change_check1 CHECK (((acked_at IS NULL) = (acked_by IS NULL))),
    CONSTRAINT change_check2 CHECK (((next_at IS NULL) OR ((sent_at IS NULL) AND (dead_at IS NULL)))),
    CONSTRAINT change_inquiries_check CHECK ((cardinality(inquiries) > 0)),
    CONSTRAINT change_tries_check CHECK ((tries >= 0)),
    CONSTRAINT change_what_check CHECK ((what = ANY (ARRAY['found wrong'::text, 'corrected'::text, 'withdrawn'::text, 'ended'::text, 'not this person'::text, 'unverifiable'::text])))
);

CREATE TABLE notice.hook (
    hook uuid NOT NULL,
    body uuid NOT NULL,
    url text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT hook_check CHECK ((ended_at >= made_at)),
    CONSTRAINT hook_url_check CHECK (((length(url) >= 10) AND (length(url) <= 500)))
);

CREATE TABLE notice.owed (
    person uuid NOT NULL,
    notice uuid NOT NULL,
    kind text NOT NULL,
    record uuid,
    version integer NOT NULL,
    contest uuid,
    pack text NOT NULL,
    owed_at timestamp with time zone NOT NULL,
    reachable boolean DEFAULT true NOT NULL,
    opened_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    handed_at timestamp with time zone,
    served_at timestamp with time zone,
    answer_until timestamp with time zone,
    CONSTRAINT owed_check CHECK (((record IS NULL) = (kind = ANY (ARRAY['look-answered'::text, 'look-late'::text, 'death-entered'::text, 'death-reversed'::text])))),
    CONSTRAINT owed_check1 CHECK ((((handed_at IS NULL) = (served_at IS NULL)) AND (served_at > handed_at))),
    CONSTRAINT owed_check2 CHECK (((LEAST(opened_at, confirmed_at, served_at) IS NULL) = (answer_until IS NULL))),
    CONSTRAINT owed_check3 CHECK ((answer_until > LEAST(opened_at, confirmed_at, served_at)))
);

CREATE TABLE oversight.affected (
    incident uuid NOT NULL,
    access uuid NOT NULL,
    body uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE oversight.figure (
    quarter date NOT NULL,
    about text NOT NULL,
    counted_for text NOT NULL,
    n bigint NOT NULL,
    part bigint,
    too_few text,
    CONSTRAINT figure_about_check CHECK ((about = ANY (ARRAY['contest answers'::text, 'contest decisions'::text, 'contest outcomes'::text, 'reviews'::text, 'early ends'::text, 'inquiries'::text, 'questions'::text, 'deliveries'::text]))),
    CONSTRAINT figure_check CHECK (((part >= 10) AND ((n - part) >= 10))),
    CONSTRAINT figure_check1 CHECK (((part IS NULL) = (too_few IS NOT NULL))),
    CONSTRAINT figure_n_check CHECK ((n >= 10)),
    CONSTRAINT figure_too_few_check CHECK ((too_few = ANY (ARRAY['part'::text, 'rest'::text])))
);

CREATE TABLE oversight.habit (
    clerk uuid NOT NULL,
    purpose text NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    CONSTRAINT habit_check CHECK ((last_on >= first_on))
);

CREATE TABLE oversight.incident (
    incident uuid NOT NULL,
    kind text NOT NULL,
    person uuid NOT NULL,
    record uuid NOT NULL,
    aware_at timestamp with time zone NOT NULL,
    open_at timestamp with time zone NOT NULL,
    refiled_person uuid,
    refiled uuid,
    CONSTRAINT incident_check CHECK ((open_at >= aware_at)),
    CONSTRAINT incident_check1 CHECK (((refiled IS NULL) = (refiled_person IS NULL))),
    CONSTRAINT incident_kind_check CHECK ((kind = 'wrong person'::text))
);

CREATE TABLE oversight.inspection (
    person uuid NOT NULL,
    access uuid NOT NULL,
    inspection uuid NOT NULL,
    body uuid NOT NULL,
    clerk uuid NOT NULL,
    purpose text NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    rules text[] NOT NULL,
    reason_on date NOT NULL,
    reason_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    due_at timestamp with time zone NOT NULL,
    keep_until date NOT NULL,
    supervisor uuid NOT NULL,
    beyond uuid NOT NULL,
    given_at timestamp with time zone,
    epoch bigint,
    leaf bigint,
    nonce bytea,
    box bytea,
    finding text,
    found_by uuid,
    found_for uuid,
    found_at timestamp with time zone,
    CONSTRAINT inspection_check CHECK ((due_on >= reason_on)),
    CONSTRAINT inspection_check1 CHECK ((supervisor <> body)),
    CONSTRAINT inspection_check2 CHECK ((beyond <> body)),
    CONSTRAINT inspection_check3 CHECK ((found_by <> clerk)),
    CONSTRAINT inspection_check4 CHECK (((found_for = supervisor) OR (found_for = beyond))),
    CONSTRAINT inspection_check5 CHECK ((((given_at IS NULL) = (epoch IS NULL)) AND ((given_at IS NULL) = (leaf IS NULL)) AND ((nonce IS NULL) = (box IS NULL)))),
    CONSTRAINT inspection_check6 CHECK ((((finding IS NULL) = (found_by IS NULL)) AND ((finding IS NULL) = (found_for IS NULL)) AND ((finding IS NULL) = (found_at IS NULL)))),
    CONSTRAINT inspection_finding_check CHECK ((finding = ANY (ARRAY['lawful'::text, 'mistaken'::text, 'unshown'::text, 'unlawful'::text]))),
    CONSTRAINT inspection_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT inspection_rules_check CHECK ((cardinality(rules) > 0))
);

CREATE TABLE oversight.plea (
    person uuid NOT NULL,
    plea uuid NOT NULL,
    record uuid NOT NULL,
    source uuid NOT NULL,
    type text NOT NULL,
    ombudsman uuid NOT NULL,
    why text NOT NULL,
    number text NOT NULL,
    opened_by uuid,
    opened_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    stayed_at timestamp with time zone,
    stay_until date,
    stay_ends timestamp with time zone,
    answers uuid,
    answer_by date,
    answer_end timestamp with time zone,
    answer text,
    answered_at timestamp with time zone,
    answered_by uuid,
    outcome text,
    closed_at timestamp with time zone,
    closed_by uuid,
    CONSTRAINT plea_answer_check CHECK ((answer = ANY (ARRAY['stands'::text, 'mended'::text, 'unknown'::text]))),
    CONSTRAINT plea_check CHECK ((ombudsman <> source)),
    CONSTRAINT plea_check1 CHECK (((octet_length(number) <= 40) AND ((number = ''::text) = (why <> 'own accord'::text)))),
    CONSTRAINT plea_check2 CHECK (((opened_by IS NULL) = (why <> 'own accord'::text))),
    CONSTRAINT plea_check3 CHECK ((answers <> ombudsman)),
    CONSTRAINT plea_check4 CHECK ((answer_end < stay_ends)),
    CONSTRAINT plea_check5 CHECK ((((stayed_at IS NULL) = (stay_until IS NULL)) AND ((stayed_at IS NULL) = (stay_ends IS NULL)) AND ((stayed_at IS NULL) = (answers IS NULL)) AND ((stayed_at IS NULL) = (answer_by IS NULL)) AND ((stayed_at IS NULL) = (answer_end IS NULL)))),
    CONSTRAINT plea_check6 CHECK ((((answer IS NULL) = (answered_at IS NULL)) AND ((answer IS NULL) = (answered_by IS NULL)) AND ((answer IS NULL) OR (stayed_at IS NOT NULL)))),
    CONSTRAINT plea_check7 CHECK ((((outcome IS NULL) = (closed_at IS NULL)) AND ((outcome IS NULL) = (closed_by IS NULL)))),
    CONSTRAINT plea_outcome_check CHECK ((outcome = ANY (ARRAY['founded'::text, 'unfounded'::text, 'referred'::text]))),
    CONSTRAINT plea_why_check CHECK ((why = ANY (ARRAY['not heard'::text, 'not told'::text, 'no law'::text, 'harm'::text, 'own accord'::text])))
);

CREATE TABLE oversight.quarter (
    quarter date NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    CONSTRAINT quarter_quarter_check CHECK (((EXTRACT(day FROM quarter) = (1)::numeric) AND (EXTRACT(month FROM quarter) = ANY (ARRAY[(1)::numeric, (4)::numeric, (7)::numeric, (10)::numeric]))))
);

CREATE TABLE oversight.question (
    person uuid NOT NULL,
    access uuid NOT NULL,
    question uuid NOT NULL,
    body uuid NOT NULL,
    purpose text NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    why text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    due_at timestamp with time zone NOT NULL,
    supervisor uuid NOT NULL,
    beyond uuid NOT NULL,
    finding text,
    found_by uuid,
    found_for uuid,
    found_at timestamp with time zone,
    told_at timestamp with time zone,
    CONSTRAINT question_check CHECK ((supervisor <> body)),
    CONSTRAINT question_check1 CHECK ((beyond <> body)),
    CONSTRAINT question_check2 CHECK (((found_for = supervisor) OR (found_for = beyond))),
    CONSTRAINT question_check3 CHECK ((((finding IS NULL) = (found_by IS NULL)) AND ((finding IS NULL) = (found_for IS NULL)) AND ((finding IS NULL) = (found_at IS NULL)))),
    CONSTRAINT question_finding_check CHECK ((finding = ANY (ARRAY['lawful'::text, 'mistaken'::text, 'unshown'::text, 'unlawful'::text]))),
    CONSTRAINT question_why_check CHECK ((why = ANY (ARRAY['unknown body'::text, 'nothing asked'::text, 'no consent'::text, 'too much'::text, 'somebody else'::text, 'for no reason'::text])))
);

CREATE TABLE oversight.report (
    person uuid NOT NULL,
    report uuid NOT NULL,
    cause text NOT NULL,
    from_whom text NOT NULL,
    body uuid,
    sent_at timestamp with time zone NOT NULL,
    due_on date NOT NULL,
    due_at timestamp with time zone NOT NULL,
    keep_until date NOT NULL,
    supervisor uuid NOT NULL,
    beyond uuid NOT NULL,
    answered_at timestamp with time zone,
    outcome text,
    closed_at timestamp with time zone,
    closed_by uuid,
    closed_for uuid,
    CONSTRAINT report_cause_check CHECK ((cause = ANY (ARRAY['collection'::text, 'sale'::text, 'alteration'::text, 'demand'::text]))),
    CONSTRAINT report_check CHECK ((supervisor <> body)),
    CONSTRAINT report_check1 CHECK ((beyond <> body)),
    CONSTRAINT report_check2 CHECK (((closed_for = supervisor) OR (closed_for = beyond))),
    CONSTRAINT report_check3 CHECK ((((outcome IS NULL) = (closed_at IS NULL)) AND ((outcome IS NULL) = (closed_by IS NULL)) AND ((outcome IS NULL) = (closed_for IS NULL)) AND ((outcome IS NULL) OR (answered_at IS NOT NULL)))),
    CONSTRAINT report_from_whom_check CHECK ((from_whom = ANY (ARRAY['person'::text, 'staff'::text, 'other'::text]))),
    CONSTRAINT report_outcome_check CHECK ((outcome = ANY (ARRAY['founded'::text, 'unfounded'::text, 'referred'::text])))
);

CREATE TABLE oversight.report_paper (
    person uuid NOT NULL,
    paper uuid NOT NULL,
    report uuid NOT NULL,
    what text NOT NULL,
    at timestamp with time zone NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea NOT NULL,
    box bytea NOT NULL,
    CONSTRAINT report_paper_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT report_paper_what_check CHECK ((what = ANY (ARRAY['words'::text, 'contact'::text, 'answer'::text])))
);

CREATE TABLE party.body (
    body uuid NOT NULL,
    code text NOT NULL
);

CREATE TABLE party.clerk (
    clerk uuid NOT NULL,
    body uuid NOT NULL,
    staff_number text NOT NULL,
    trained_until date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    away_from date,
    away_until date,
    handed_to uuid,
    CONSTRAINT clerk_check CHECK ((away_until >= away_from)),
    CONSTRAINT clerk_check1 CHECK ((((away_from IS NULL) = (away_until IS NULL)) AND ((handed_to IS NULL) OR (ended_at IS NOT NULL)))),
    CONSTRAINT clerk_staff_number_check CHECK (((length(staff_number) >= 1) AND (length(staff_number) <= 64)))
);

CREATE TABLE party.contact (
    person uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea NOT NULL,
    box bytea NOT NULL,
    CONSTRAINT contact_nonce_check CHECK ((length(nonce) = 12))
);

CREATE TABLE party.credential (
    token_hash bytea NOT NULL,
    clerk uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT credential_check CHECK ((expires_at > made_at)),
    CONSTRAINT credential_token_hash_check CHECK ((length(token_hash) = 32))
);

CREATE TABLE party.draft (
    draft bytea NOT NULL,
    person uuid,
    clerk uuid,
    written bytea NOT NULL,
    until_at timestamp with time zone NOT NULL,
    CONSTRAINT draft_check CHECK (((person IS NULL) <> (clerk IS NULL))),
    CONSTRAINT draft_draft_check CHECK ((length(draft) = 32))
);

CREATE TABLE party.gate (
    person uuid NOT NULL
);

CREATE TABLE party.invitation (
    code_hash bytea NOT NULL,
    clerk uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT invitation_check CHECK ((expires_at > made_at)),
    CONSTRAINT invitation_code_hash_check CHECK ((length(code_hash) = 32))
);

CREATE TABLE party.key (
    key bytea NOT NULL,
    public_key bytea NOT NULL,
    body uuid NOT NULL,
    holder uuid NOT NULL,
    until_on date NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamp with time zone,
    ended_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT key_check CHECK ((confirmed_by <> asked_by)),
    CONSTRAINT key_check1 CHECK ((((confirmed_by IS NULL) = (confirmed_at IS NULL)) AND ((ended_by IS NULL) = (ended_at IS NULL)))),
    CONSTRAINT key_key_check CHECK ((length(key) = 32)),
    CONSTRAINT key_public_key_check CHECK ((length(public_key) = 32))
);

CREATE TABLE party.knock (
    knock bytea NOT NULL,
    door text NOT NULL,
    session uuid,
    until_at timestamp with time zone NOT NULL,
    CONSTRAINT knock_door_check CHECK (((length(door) >= 1) AND (length(door) <= 64))),
    CONSTRAINT knock_knock_check CHECK ((length(knock) = 32))
);

CREATE TABLE party.mandate (
    clerk uuid NOT NULL,
    desk text NOT NULL,
    lent_by uuid NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT mandate_desk_check CHECK ((desk = ANY (ARRAY['furnish'::text, 'ask'::text, 'decide'::text, 'review'::text, 'repair'::text, 'post'::text, 'head'::text, 'supervise'::text, 'operate'::text])))
);

CREATE TABLE party.motion (
    motion uuid NOT NULL,
    body uuid NOT NULL,
    kind text NOT NULL,
    clerk uuid,
    staff_number text,
    desks text[] NOT NULL,
    stand_in uuid,
    from_on date NOT NULL,
    until_on date NOT NULL,
    trained_until date,
    put_by uuid NOT NULL,
    put_at timestamp with time zone NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone,
    seconded boolean DEFAULT false NOT NULL,
    CONSTRAINT motion_check CHECK (((clerk IS NULL) = (kind = 'invite'::text))),
    CONSTRAINT motion_check1 CHECK (((stand_in IS NOT NULL) = (kind = 'leave'::text))),
    CONSTRAINT motion_check2 CHECK ((until_on >= from_on)),
    CONSTRAINT motion_check3 CHECK (((NOT seconded) OR ((ended_by IS NOT NULL) AND (ended_by <> put_by)))),
    CONSTRAINT motion_check4 CHECK ((((ended_by IS NULL) = (ended_at IS NULL)) AND ((staff_number IS NULL) = (kind <> 'invite'::text)))),
    CONSTRAINT motion_kind_check CHECK ((kind = ANY (ARRAY['invite'::text, 'appoint'::text, 'train'::text, 'leave'::text]))),
    CONSTRAINT motion_staff_number_check CHECK (((length(staff_number) >= 1) AND (length(staff_number) <= 64)))
);

CREATE TABLE party.nonce (
    mark uuid NOT NULL,
    until_at timestamp with time zone NOT NULL
);

CREATE TABLE party.passkey (
    passkey bytea NOT NULL,
    person uuid,
    clerk uuid,
    credential bytea NOT NULL,
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    device text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT passkey_check CHECK (((person IS NULL) <> (clerk IS NULL))),
    CONSTRAINT passkey_counter_check CHECK (((counter >= 0) AND (counter <= '4294967295'::bigint))),
    CONSTRAINT passkey_credential_check CHECK (((length(credential) >= 1) AND (length(credential) <= 1023))),
    CONSTRAINT passkey_device_check CHECK ((length(device) <= 64)),
    CONSTRAINT passkey_passkey_check CHECK ((length(passkey) = 32)),
    CONSTRAINT passkey_public_key_check CHECK (((length(public_key) >= 1) AND (length(public_key) <= 2048)))
);

CREATE TABLE party.person (
    person uuid NOT NULL,
    live_until date NOT NULL,
    made_at timestamp with time zone NOT NULL,
    name_mark bytea NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea NOT NULL,
    box bytea NOT NULL,
    CONSTRAINT person_name_mark_check CHECK ((length(name_mark) = 16)),
    CONSTRAINT person_nonce_check CHECK ((length(nonce) = 12))
);

CREATE TABLE party.session (
    session uuid NOT NULL,
    token_hash bytea NOT NULL,
    person uuid,
    clerk uuid,
    way text NOT NULL,
    device text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT session_check CHECK ((expires_at > made_at)),
    CONSTRAINT session_check1 CHECK (((person IS NULL) OR (clerk IS NULL))),
    CONSTRAINT session_device_check CHECK ((length(device) <= 64)),
    CONSTRAINT session_token_hash_check CHECK ((length(token_hash) = 32)),
    CONSTRAINT session_way_check CHECK ((way = ANY (ARRAY['provider'::text, 'passkey'::text, 'token'::text, 'sample'::text])))
);

CREATE TABLE party.token (
    generation integer NOT NULL,
    mac bytea NOT NULL,
    person uuid NOT NULL,
    CONSTRAINT token_mac_check CHECK ((length(mac) = 16))
);

CREATE TABLE party.training (
    clerk uuid NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    until_on date NOT NULL,
    noted_by uuid,
    seconded_by uuid,
    CONSTRAINT training_check CHECK ((seconded_by <> noted_by))
);

CREATE TABLE party.view (
    clerk uuid NOT NULL,
    view uuid NOT NULL,
    list text NOT NULL,
    name text NOT NULL,
    filters text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT view_filters_check CHECK (((length(filters) >= 1) AND (length(filters) <= 400))),
    CONSTRAINT view_list_check CHECK (((length(list) >= 1) AND (length(list) <= 100))),
    CONSTRAINT view_name_check CHECK (((length(name) >= 1) AND (length(name) <= 40)))
);

CREATE TABLE repair.application (
    person uuid NOT NULL,
    application uuid NOT NULL,
    record uuid NOT NULL,
    source uuid NOT NULL,
    type text NOT NULL,
    route text NOT NULL,
    decides text NOT NULL,
    pack text NOT NULL,
    state text NOT NULL,
    was text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    keep_until date NOT NULL,
    opened_at timestamp with time zone,
    clock jsonb,
    due_on date,
    twice_on date,
    back_at timestamp with time zone,
    final_at timestamp with time zone,
    decided_at timestamp with time zone,
    late_from timestamp with time zone,
    letter_at timestamp with time zone,
    review_until timestamp with time zone,
    review_at timestamp with time zone,
    told_late date,
    CONSTRAINT application_check CHECK ((((state = 'draft'::text) = (opened_at IS NULL)) AND ((opened_at IS NULL) = (due_on IS NULL)))),
    CONSTRAINT application_check1 CHECK ((((due_on IS NULL) = (clock IS NULL)) AND ((due_on IS NULL) = (twice_on IS NULL)))),
    CONSTRAINT application_check2 CHECK ((((state = 'taken back'::text) = (back_at IS NOT NULL)) AND ((back_at IS NULL) = (final_at IS NULL)) AND (final_at >= (back_at + '00:10:00'::interval)))),
    CONSTRAINT application_check3 CHECK (((state <> ALL (ARRAY['granted'::text, 'refused'::text, 'in review'::text, 'confirmed'::text])) OR (decided_at IS NOT NULL))),
    CONSTRAINT application_check4 CHECK (((state <> ALL (ARRAY['in review'::text, 'confirmed'::text])) OR (review_at IS NOT NULL))),
    CONSTRAINT application_decides_check CHECK ((decides = ANY (ARRAY['source'::text, 'registry'::text]))),
    CONSTRAINT application_moves CHECK (((((((((((((was = ''::text) AND (state = 'draft'::text)) OR ((was = 'draft'::text) AND (state = 'open'::text))) OR ((was = 'open'::text) AND (state = 'taken back'::text))) OR ((was = 'taken back'::text) AND (state = 'open'::text))) OR ((was = 'open'::text) AND (state = 'granted'::text))) OR ((was = 'open'::text) AND (state = 'refused'::text))) OR ((was = 'open'::text) AND (state = 'lapsed'::text))) OR ((was = 'refused'::text) AND (state = 'in review'::text))) OR ((was = 'in review'::text) AND (state = 'granted'::text))) OR ((was = 'in review'::text) AND (state = 'confirmed'::text))) OR ((was = 'in review'::text) AND (state = 'lapsed'::text))))
);

CREATE TABLE repair.entry (
    person uuid NOT NULL,
    record uuid NOT NULL,
    type text NOT NULL,
    source uuid NOT NULL,
    route text NOT NULL,
    how text NOT NULL,
    at timestamp with time zone NOT NULL,
    ends_on date NOT NULL,
    event uuid NOT NULL,
    CONSTRAINT entry_how_check CHECK ((how = ANY (ARRAY['decided'::text, 'lapsed'::text, 'time'::text, 'relief'::text])))
);

CREATE TABLE repair.finding (
    person uuid NOT NULL,
    application uuid NOT NULL,
    stage smallint NOT NULL,
    clerk uuid NOT NULL,
    body uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT finding_outcome_check CHECK ((outcome = ANY (ARRAY['granted'::text, 'refused'::text]))),
    CONSTRAINT finding_stage_check CHECK ((stage = ANY (ARRAY[1, 2])))
);

CREATE TABLE repair.look (
    person uuid NOT NULL,
    application uuid NOT NULL,
    clerk uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE repair.number (
    application uuid NOT NULL,
    person uuid NOT NULL
);

CREATE TABLE repair.opening (
    person uuid NOT NULL,
    record uuid NOT NULL,
    route text NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE repair.paper (
    person uuid NOT NULL,
    paper uuid NOT NULL,
    application uuid NOT NULL,
    condition text NOT NULL,
    what text NOT NULL,
    stage smallint NOT NULL,
    clerk uuid,
    media text NOT NULL,
    at timestamp with time zone NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    nonce bytea,
    box bytea,
    CONSTRAINT paper_check CHECK (((media <> ''::text) = (what = 'evidence'::text))),
    CONSTRAINT paper_check1 CHECK (((clerk IS NULL) = (what <> 'reasons'::text))),
    CONSTRAINT paper_check2 CHECK (((nonce IS NULL) = (box IS NULL))),
    CONSTRAINT paper_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT paper_stage_check CHECK ((stage = ANY (ARRAY[1, 2]))),
    CONSTRAINT paper_what_check CHECK ((what = ANY (ARRAY['words'::text, 'evidence'::text, 'reasons'::text, 'appeal'::text])))
);

CREATE TABLE repair.relief (
    relief text NOT NULL,
    pack text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamp with time zone,
    done_at timestamp with time zone,
    ended integer DEFAULT 0 NOT NULL,
    CONSTRAINT relief_check CHECK ((confirmed_by <> proposed_by)),
    CONSTRAINT relief_check1 CHECK (((confirmed_by IS NULL) = (confirmed_at IS NULL))),
    CONSTRAINT relief_check2 CHECK (((done_at IS NULL) OR (confirmed_at IS NOT NULL))),
    CONSTRAINT relief_ended_check CHECK ((ended >= 0))
);

CREATE TABLE retention.offered (
    only_row boolean DEFAULT true NOT NULL,
    until_on date NOT NULL,
    CONSTRAINT offered_only_row_check CHECK (only_row)
);

CREATE TABLE retention.shortening (
    shortening uuid NOT NULL,
    pack text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    records bigint NOT NULL,
    state text NOT NULL,
    changed_at timestamp with time zone,
    CONSTRAINT shortening_check CHECK ((due_at >= (made_at + '7 days'::interval))),
    CONSTRAINT shortening_check1 CHECK (((state = 'waiting'::text) = (changed_at IS NULL))),
    CONSTRAINT shortening_check2 CHECK (((state <> 'done'::text) OR (changed_at >= due_at))),
    CONSTRAINT shortening_records_check CHECK ((records > 0)),
    CONSTRAINT shortening_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'stopped'::text, 'done'::text])))
);

CREATE TABLE vault.intent (
    person uuid NOT NULL,
    intent uuid NOT NULL,
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    vault_seq bigint,
    done_at timestamp with time zone,
    unreadable_by date,
    weak boolean,
    CONSTRAINT intent_check CHECK (((done_at IS NULL) OR (vault_seq IS NOT NULL))),
    CONSTRAINT intent_check1 CHECK ((((done_at IS NULL) = (unreadable_by IS NULL)) AND ((done_at IS NULL) = (weak IS NULL)))),
    CONSTRAINT intent_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT intent_leaf_check CHECK (((leaf >= 0) AND (leaf <= '4294967295'::bigint))),
    CONSTRAINT intent_reason_check CHECK ((reason = ANY (ARRAY['repaired'::text, 'withdrawn'::text, 'wrong person'::text, 'superseded'::text, 'sealed anew'::text, 'person ended'::text, 'under age'::text, 'ordered'::text, 'shortened'::text, 'found erased'::text]))),
    CONSTRAINT intent_vault_seq_check CHECK ((vault_seq >= 1))
);

CREATE TABLE vault.lease (
    epoch bigint NOT NULL,
    seed_mark bigint NOT NULL,
    next bigint NOT NULL,
    CONSTRAINT lease_epoch_check CHECK ((epoch > 0)),
    CONSTRAINT lease_next_check CHECK (((next >= 1) AND (next <= '4294967296'::bigint)))
);

CREATE TABLE vault.mark (
    only_row boolean DEFAULT true NOT NULL,
    vault uuid NOT NULL,
    mode text NOT NULL,
    seq bigint NOT NULL,
    intent_seq bigint NOT NULL,
    expire_before date NOT NULL,
    generation bigint NOT NULL,
    destroyed_generation bigint NOT NULL,
    CONSTRAINT mark_check CHECK (((destroyed_generation >= 0) AND (destroyed_generation < generation))),
    CONSTRAINT mark_generation_check CHECK ((generation >= 1)),
    CONSTRAINT mark_intent_seq_check CHECK ((intent_seq >= 0)),
    CONSTRAINT mark_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'production'::text]))),
    CONSTRAINT mark_only_row_check CHECK (only_row),
    CONSTRAINT mark_seq_check CHECK ((seq >= 0))
);

ALTER TABLE ONLY consent.code
    ADD CONSTRAINT code_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY consent."freeze"
    ADD CONSTRAINT freeze_pkey PRIMARY KEY (person, number);

ALTER TABLE ONLY consent.given
    ADD CONSTRAINT given_pkey PRIMARY KEY (person, consent);

ALTER TABLE ONLY consent.lift
    ADD CONSTRAINT lift_pkey PRIMARY KEY (person, lift);

ALTER TABLE ONLY consent.request
    ADD CONSTRAINT request_pkey PRIMARY KEY (person, request);

ALTER TABLE ONLY consent.use
    ADD CONSTRAINT use_pkey PRIMARY KEY (person, consent, access);

ALTER TABLE ONLY dispute.answer
    ADD CONSTRAINT answer_pkey PRIMARY KEY (person, contest, ground, at);

ALTER TABLE ONLY dispute.certificate
    ADD CONSTRAINT certificate_pkey PRIMARY KEY (person, contest, at);

ALTER TABLE ONLY dispute.complaint_finding
    ADD CONSTRAINT complaint_finding_pkey PRIMARY KEY (person, complaint, stage, nth, clerk);

ALTER TABLE ONLY dispute.complaint_number
    ADD CONSTRAINT complaint_number_pkey PRIMARY KEY (complaint);

ALTER TABLE ONLY dispute.complaint_paper
    ADD CONSTRAINT complaint_paper_pkey PRIMARY KEY (person, paper);

ALTER TABLE ONLY dispute.complaint
    ADD CONSTRAINT complaint_pkey PRIMARY KEY (person, complaint);

ALTER TABLE ONLY dispute.contest
    ADD CONSTRAINT contest_pkey PRIMARY KEY (person, contest);

ALTER TABLE ONLY dispute.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (person, contest, stage, ground, clerk, at);

ALTER TABLE ONLY dispute.look
    ADD CONSTRAINT look_pkey PRIMARY KEY (person, contest, clerk);

ALTER TABLE ONLY dispute.number
    ADD CONSTRAINT number_pkey PRIMARY KEY (contest);

ALTER TABLE ONLY dispute.paper
    ADD CONSTRAINT paper_pkey PRIMARY KEY (person, paper);

ALTER TABLE ONLY dispute.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (person, record);

ALTER TABLE ONLY dispute.swept
    ADD CONSTRAINT swept_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY dossier.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (person, record);

ALTER TABLE ONLY dossier.source_ref
    ADD CONSTRAINT source_ref_pkey PRIMARY KEY (source, ref_mac);

ALTER TABLE ONLY estate.death
    ADD CONSTRAINT death_pkey PRIMARY KEY (person, death);

ALTER TABLE ONLY estate.number
    ADD CONSTRAINT number_pkey PRIMARY KEY (death);

ALTER TABLE ONLY estate.paper
    ADD CONSTRAINT paper_pkey PRIMARY KEY (person, paper);

ALTER TABLE ONLY furnish.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (delivery, first_row);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_body_idempotency_key_key UNIQUE (body, idempotency_key);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (delivery);

ALTER TABLE ONLY furnish.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (delivery, row_number, nth);

ALTER TABLE ONLY hold.number
    ADD CONSTRAINT number_pkey PRIMARY KEY (hold);

ALTER TABLE ONLY hold.paper
    ADD CONSTRAINT paper_pkey PRIMARY KEY (person, paper);

ALTER TABLE ONLY hold.placed
    ADD CONSTRAINT placed_pkey PRIMARY KEY (person, hold);

ALTER TABLE ONLY house.clock_shift
    ADD CONSTRAINT clock_shift_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY house.mode
    ADD CONSTRAINT mode_mode_key UNIQUE (mode);

ALTER TABLE ONLY house.mode
    ADD CONSTRAINT mode_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY inquiry.access
    ADD CONSTRAINT access_pkey PRIMARY KEY (person, access);

ALTER TABLE ONLY inquiry.matter
    ADD CONSTRAINT matter_pkey PRIMARY KEY (matter, nth);

ALTER TABLE ONLY inquiry.quota
    ADD CONSTRAINT quota_pkey PRIMARY KEY (body, purpose, day);

ALTER TABLE ONLY inquiry.second
    ADD CONSTRAINT second_pkey PRIMARY KEY (access);

ALTER TABLE ONLY inquiry.use
    ADD CONSTRAINT use_pkey PRIMARY KEY (person, access);

ALTER TABLE ONLY law.activation
    ADD CONSTRAINT activation_event_key UNIQUE (event);

ALTER TABLE ONLY law.activation
    ADD CONSTRAINT activation_pkey PRIMARY KEY (number);

ALTER TABLE ONLY law.officer
    ADD CONSTRAINT officer_pkey PRIMARY KEY (public_key);

ALTER TABLE ONLY law.outage
    ADD CONSTRAINT outage_pkey PRIMARY KEY (from_on);

ALTER TABLE ONLY law.signature
    ADD CONSTRAINT signature_pkey PRIMARY KEY (number, public_key);

ALTER TABLE ONLY law.version
    ADD CONSTRAINT version_hash_key UNIQUE (hash);

ALTER TABLE ONLY law.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (version);

ALTER TABLE ONLY ledger.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (first);

ALTER TABLE ONLY ledger.bucket
    ADD CONSTRAINT bucket_pkey PRIMARY KEY (day, bucket);

ALTER TABLE ONLY ledger.bundle
    ADD CONSTRAINT bundle_pkey PRIMARY KEY (n);

ALTER TABLE ONLY ledger.day
    ADD CONSTRAINT day_from_index_key UNIQUE (from_index);

ALTER TABLE ONLY ledger.day
    ADD CONSTRAINT day_pkey PRIMARY KEY (day);

ALTER TABLE ONLY ledger.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY ledger.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (stream, event);

ALTER TABLE ONLY ledger.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (stream, event, consumer);

ALTER TABLE ONLY ledger.published
    ADD CONSTRAINT published_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY ledger.shard
    ADD CONSTRAINT shard_from_size_key UNIQUE (from_size);

ALTER TABLE ONLY ledger.shard
    ADD CONSTRAINT shard_pkey PRIMARY KEY (year);

ALTER TABLE ONLY ledger.tile
    ADD CONSTRAINT tile_pkey PRIMARY KEY (level, n);

ALTER TABLE ONLY notice.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (person, notice, channel, nth);

ALTER TABLE ONLY notice.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (person, change);

ALTER TABLE ONLY notice.hook
    ADD CONSTRAINT hook_pkey PRIMARY KEY (hook);

ALTER TABLE ONLY notice.owed
    ADD CONSTRAINT owed_pkey PRIMARY KEY (person, notice);

ALTER TABLE ONLY oversight.affected
    ADD CONSTRAINT affected_pkey PRIMARY KEY (incident, access);

ALTER TABLE ONLY oversight.figure
    ADD CONSTRAINT figure_pkey PRIMARY KEY (quarter, about, counted_for);

ALTER TABLE ONLY oversight.habit
    ADD CONSTRAINT habit_pkey PRIMARY KEY (clerk, purpose);

ALTER TABLE ONLY oversight.incident
    ADD CONSTRAINT incident_pkey PRIMARY KEY (incident);

ALTER TABLE ONLY oversight.incident
    ADD CONSTRAINT incident_record_key UNIQUE (record);

ALTER TABLE ONLY oversight.incident
    ADD CONSTRAINT incident_refiled_key UNIQUE (refiled);

ALTER TABLE ONLY oversight.inspection
    ADD CONSTRAINT inspection_pkey PRIMARY KEY (person, access);

ALTER TABLE ONLY oversight.plea
    ADD CONSTRAINT plea_pkey PRIMARY KEY (person, plea);

ALTER TABLE ONLY oversight.quarter
    ADD CONSTRAINT quarter_pkey PRIMARY KEY (quarter);

ALTER TABLE ONLY oversight.question
    ADD CONSTRAINT question_pkey PRIMARY KEY (person, access);

ALTER TABLE ONLY oversight.report_paper
    ADD CONSTRAINT report_paper_pkey PRIMARY KEY (person, paper);

ALTER TABLE ONLY oversight.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (person, report);

ALTER TABLE ONLY party.body
    ADD CONSTRAINT body_code_key UNIQUE (code);

ALTER TABLE ONLY party.body
    ADD CONSTRAINT body_pkey PRIMARY KEY (body);

ALTER TABLE ONLY party.clerk
    ADD CONSTRAINT clerk_body_staff_number_key UNIQUE (body, staff_number);

ALTER TABLE ONLY party.clerk
    ADD CONSTRAINT clerk_pkey PRIMARY KEY (clerk);

ALTER TABLE ONLY party.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (person);

ALTER TABLE ONLY party.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY party.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (draft);

ALTER TABLE ONLY party.gate
    ADD CONSTRAINT gate_pkey PRIMARY KEY (person);

ALTER TABLE ONLY party.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY party.key
    ADD CONSTRAINT key_pkey PRIMARY KEY (key);

ALTER TABLE ONLY party.knock
    ADD CONSTRAINT knock_pkey PRIMARY KEY (knock);

ALTER TABLE ONLY party.mandate
    ADD CONSTRAINT mandate_pkey PRIMARY KEY (clerk, desk, lent_by);

ALTER TABLE ONLY party.motion
    ADD CONSTRAINT motion_pkey PRIMARY KEY (motion);

ALTER TABLE ONLY party.nonce
    ADD CONSTRAINT nonce_pkey PRIMARY KEY (mark);

ALTER TABLE ONLY party.passkey
    ADD CONSTRAINT passkey_pkey PRIMARY KEY (passkey);

ALTER TABLE ONLY party.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (person);

ALTER TABLE ONLY party.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (session);

ALTER TABLE ONLY party.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (generation, mac);

ALTER TABLE ONLY party.training
    ADD CONSTRAINT training_pkey PRIMARY KEY (clerk, noted_at);

ALTER TABLE ONLY party.view
    ADD CONSTRAINT view_clerk_list_name_key UNIQUE (clerk, list, name);

ALTER TABLE ONLY party.view
    ADD CONSTRAINT view_pkey PRIMARY KEY (clerk, view);

ALTER TABLE ONLY repair.application
    ADD CONSTRAINT application_pkey PRIMARY KEY (person, application);

ALTER TABLE ONLY repair.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (person, record);

ALTER TABLE ONLY repair.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (person, application, stage, clerk, at);

ALTER TABLE ONLY repair.look
    ADD CONSTRAINT look_pkey PRIMARY KEY (person, application, clerk);

ALTER TABLE ONLY repair.number
    ADD CONSTRAINT number_pkey PRIMARY KEY (application);

ALTER TABLE ONLY repair.opening
    ADD CONSTRAINT opening_pkey PRIMARY KEY (person, record, route);

ALTER TABLE ONLY repair.paper
    ADD CONSTRAINT paper_pkey PRIMARY KEY (person, paper);

ALTER TABLE ONLY repair.relief
    ADD CONSTRAINT relief_pkey PRIMARY KEY (relief);

ALTER TABLE ONLY retention.offered
    ADD CONSTRAINT offered_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY retention.shortening
    ADD CONSTRAINT shortening_pkey PRIMARY KEY (shortening);

ALTER TABLE ONLY vault.intent
    ADD CONSTRAINT intent_pkey PRIMARY KEY (person, intent);

ALTER TABLE ONLY vault.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (epoch);

ALTER TABLE ONLY vault.mark
    ADD CONSTRAINT mark_pkey PRIMARY KEY (only_row);

CREATE INDEX code_expires ON consent.code USING btree (expires_at);

CREATE UNIQUE INDEX freeze_stands ON consent."freeze" USING btree (person) WHERE (lifted_at IS NULL);

CREATE INDEX given_ended ON consent.given USING btree (LEAST(stopped_at, used_at, until_at));

CREATE INDEX request_ended ON consent.request USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX request_until ON consent.request USING btree (until_on) WHERE (ended_at IS NULL);

CREATE INDEX complaint_due ON dispute.complaint USING btree (due_on, complaint) WHERE (state = 'open'::text);

CREATE INDEX complaint_entered ON dispute.complaint USING btree (entered_by, entered_at);

CREATE INDEX complaint_keep ON dispute.complaint USING btree (keep_until);

CREATE INDEX complaint_paper_cut ON dispute.complaint_paper USING btree (person, record, cut_until) WHERE (what = 'cut'::text);

CREATE INDEX complaint_paper_record ON dispute.complaint_paper USING btree (person, record);

CREATE INDEX complaint_review_due ON dispute.complaint USING btree (review_due_on, complaint) WHERE (state = 'in review'::text);

CREATE INDEX contest_draft ON dispute.contest USING btree (changed_at) WHERE (state = 'draft'::text);

CREATE INDEX contest_due ON dispute.contest USING btree (due_on, contest) INCLUDE (person, record, source) WHERE (state = ANY (ARRAY['open'::text, 'in review'::text]));

CREATE INDEX contest_refuted ON dispute.contest USING btree (source, changed_at) WHERE (state = ANY (ARRAY['decided'::text, 'reviewed'::text, 'lapsed'::text]));

CREATE UNIQUE INDEX contest_running ON dispute.contest USING btree (person, record) WHERE (state = ANY (ARRAY['draft'::text, 'open'::text, 'in review'::text]));

CREATE INDEX contest_source ON dispute.contest USING btree (source, due_on) WHERE (state = 'open'::text);

CREATE INDEX contest_twice ON dispute.contest USING btree (twice_on, person, contest) WHERE (state = ANY (ARRAY['open'::text, 'in review'::text]));

CREATE INDEX paper_contest ON dispute.paper USING btree (person, contest);

CREATE UNIQUE INDEX paper_copy ON dispute.paper USING btree (person, copy_of);

CREATE UNIQUE INDEX paper_help ON dispute.paper USING btree (person, contest) WHERE (what = 'help'::text);

CREATE INDEX record_retain_end ON dossier.record USING btree (retain_end) WHERE (state <> 'erased'::text);

CREATE INDEX record_start ON dossier.record USING btree (type, start_on) WHERE (negative AND (state = ANY (ARRAY['noticed'::text, 'in force'::text])));

CREATE INDEX death_body ON estate.death USING btree (body, proposed_at) WHERE (state = ANY (ARRAY['proposed'::text, 'entered'::text]));

CREATE INDEX death_ends ON estate.death USING btree (ends_on, person) WHERE (state = 'entered'::text);

CREATE INDEX death_keep ON estate.death USING btree (keep_until);

CREATE UNIQUE INDEX death_running ON estate.death USING btree (person) WHERE (state = ANY (ARRAY['proposed'::text, 'entered'::text]));

CREATE INDEX death_until ON estate.death USING btree (until_on, death) WHERE (state = 'proposed'::text);

CREATE INDEX paper_death ON estate.paper USING btree (person, death);

CREATE INDEX delivery_list ON furnish.delivery USING btree (body, begun_at, delivery);

CREATE INDEX paper_hold ON hold.paper USING btree (person, hold);

CREATE INDEX placed_court ON hold.placed USING btree (court, until_on) WHERE (state = 'held'::text);

CREATE INDEX placed_keep ON hold.placed USING btree (keep_until);

CREATE UNIQUE INDEX placed_running ON hold.placed USING btree (person, record) WHERE (state = ANY (ARRAY['proposed'::text, 'held'::text]));

CREATE INDEX placed_until ON hold.placed USING btree (until_on, hold) WHERE (state = ANY (ARRAY['proposed'::text, 'held'::text]));

CREATE INDEX access_added ON inquiry.access USING btree (added, access);

CREATE INDEX matter_epoch ON inquiry.matter USING brin (epoch);

CREATE INDEX quota_day ON inquiry.quota USING btree (day);

CREATE INDEX second_body ON inquiry.second USING btree (body, until_at);

CREATE INDEX second_until ON inquiry.second USING btree (until_at);

CREATE UNIQUE INDEX officer_name ON law.officer USING btree (name) WHERE (ended_at IS NULL);

CREATE INDEX batch_high ON ledger.batch USING btree (high);

CREATE INDEX journal_added ON ledger.journal USING btree (added, event);

CREATE INDEX outbox_due ON ledger.outbox USING btree (slot, next_at);

CREATE INDEX attempt_of_letter ON notice.attempt USING btree (notice) WHERE (outcome = 'handed over'::text);

CREATE INDEX attempt_to_print ON notice.attempt USING btree (meant_at) WHERE ((channel = 'post'::text) AND (ended_at IS NULL));

CREATE INDEX change_due ON notice.change USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX change_inbox ON notice.change USING btree (body, at, change);

CREATE INDEX change_number ON notice.change USING btree (change);

CREATE UNIQUE INDEX hook_live ON notice.hook USING btree (body) WHERE (ended_at IS NULL);

CREATE INDEX habit_last ON oversight.habit USING btree (last_on);

CREATE INDEX inspection_clerk ON oversight.inspection USING btree (clerk, looked_at);

CREATE INDEX inspection_due ON oversight.inspection USING btree (due_at, inspection) WHERE (finding IS NULL);

CREATE INDEX inspection_found ON oversight.inspection USING btree (found_for, found_at, inspection) WHERE (finding IS NOT NULL);

CREATE INDEX inspection_keep ON oversight.inspection USING btree (keep_until);

CREATE INDEX inspection_number ON oversight.inspection USING btree (inspection);

CREATE INDEX plea_answer ON oversight.plea USING btree (answers, answer_end) WHERE ((outcome IS NULL) AND (answer IS NULL) AND (stayed_at IS NOT NULL));

CREATE INDEX plea_due ON oversight.plea USING btree (ombudsman, due_on) WHERE (outcome IS NULL);

CREATE INDEX plea_number ON oversight.plea USING btree (plea);

CREATE UNIQUE INDEX plea_open ON oversight.plea USING btree (person, record) WHERE (outcome IS NULL);

CREATE INDEX question_due ON oversight.question USING btree (due_at) WHERE (finding IS NULL);

CREATE INDEX question_found ON oversight.question USING btree (found_at) WHERE (finding IS NOT NULL);

CREATE INDEX question_number ON oversight.question USING btree (question);

CREATE INDEX report_beyond ON oversight.report USING btree (beyond, due_at) WHERE (outcome IS NULL);

CREATE INDEX report_due ON oversight.report USING btree (supervisor, due_at) WHERE (outcome IS NULL);

CREATE INDEX report_keep ON oversight.report USING btree (keep_until);

CREATE INDEX report_number ON oversight.report USING btree (report);

CREATE INDEX report_paper_report ON oversight.report_paper USING btree (person, report);

CREATE INDEX contact_epoch ON party.contact USING btree (epoch);

CREATE INDEX credential_clerk ON party.credential USING btree (clerk);

CREATE INDEX draft_person ON party.draft USING btree (person) WHERE (person IS NOT NULL);

CREATE INDEX draft_until ON party.draft USING btree (until_at);

CREATE INDEX key_body ON party.key USING btree (body, asked_at);

CREATE INDEX knock_until ON party.knock USING btree (until_at);

CREATE INDEX mandate_lent ON party.mandate USING btree (lent_by, desk);

CREATE INDEX motion_body ON party.motion USING btree (body, put_at);

CREATE INDEX nonce_until ON party.nonce USING brin (until_at);

CREATE INDEX passkey_clerk ON party.passkey USING btree (clerk) WHERE (clerk IS NOT NULL);

CREATE INDEX passkey_person ON party.passkey USING btree (person) WHERE (person IS NOT NULL);

CREATE INDEX person_epoch ON party.person USING btree (epoch);

CREATE INDEX session_clerk ON party.session USING btree (clerk) WHERE (clerk IS NOT NULL);

CREATE INDEX session_end ON party.session USING btree (expires_at);

CREATE INDEX session_person ON party.session USING btree (person) WHERE (person IS NOT NULL);

CREATE INDEX token_person ON party.token USING btree (person);

CREATE INDEX application_draft ON repair.application USING btree (changed_at) WHERE (state = 'draft'::text);

CREATE INDEX application_due ON repair.application USING btree (due_on, application) WHERE (state = ANY (ARRAY['open'::text, 'in review'::text]));

CREATE UNIQUE INDEX application_running ON repair.application USING btree (person, record) WHERE (state = ANY (ARRAY['draft'::text, 'open'::text, 'in review'::text]));

CREATE INDEX application_twice ON repair.application USING btree (twice_on, person, application) WHERE (state = ANY (ARRAY['open'::text, 'in review'::text]));

CREATE INDEX entry_end ON repair.entry USING btree (ends_on);

CREATE INDEX paper_application ON repair.paper USING btree (person, application);

CREATE UNIQUE INDEX shortening_waiting ON retention.shortening USING btree (state) WHERE (state = 'waiting'::text);

CREATE INDEX intent_end ON vault.intent USING btree (((epoch & '4294967295'::bigint))) WHERE (done_at IS NOT NULL);

CREATE INDEX intent_waiting ON vault.intent USING btree (vault_seq, created_at) WHERE (done_at IS NULL);

ALTER TABLE ONLY consent.code
    ADD CONSTRAINT code_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY consent.given
    ADD CONSTRAINT given_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY consent.lift
    ADD CONSTRAINT lift_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY consent.request
    ADD CONSTRAINT request_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY dispute.answer
    ADD CONSTRAINT answer_person_contest_fkey FOREIGN KEY (person, contest) REFERENCES dispute.contest(person, contest);

ALTER TABLE ONLY dispute.certificate
    ADD CONSTRAINT certificate_person_contest_fkey FOREIGN KEY (person, contest) REFERENCES dispute.contest(person, contest);

ALTER TABLE ONLY dispute.complaint_finding
    ADD CONSTRAINT complaint_finding_person_complaint_fkey FOREIGN KEY (person, complaint) REFERENCES dispute.complaint(person, complaint);

ALTER TABLE ONLY dispute.complaint_paper
    ADD CONSTRAINT complaint_paper_person_complaint_fkey FOREIGN KEY (person, complaint) REFERENCES dispute.complaint(person, complaint);

ALTER TABLE ONLY dispute.complaint
    ADD CONSTRAINT complaint_source_fkey FOREIGN KEY (source) REFERENCES party.body(body);

ALTER TABLE ONLY dispute.contest
    ADD CONSTRAINT contest_source_fkey FOREIGN KEY (source) REFERENCES party.body(body);

ALTER TABLE ONLY dispute.finding
    ADD CONSTRAINT finding_person_contest_fkey FOREIGN KEY (person, contest) REFERENCES dispute.contest(person, contest);

ALTER TABLE ONLY dispute.look
    ADD CONSTRAINT look_person_contest_fkey FOREIGN KEY (person, contest) REFERENCES dispute.contest(person, contest);

ALTER TABLE ONLY dispute.paper
    ADD CONSTRAINT paper_person_contest_fkey FOREIGN KEY (person, contest) REFERENCES dispute.contest(person, contest);

ALTER TABLE ONLY dispute.paper
    ADD CONSTRAINT paper_person_copy_of_fkey FOREIGN KEY (person, copy_of) REFERENCES dispute.paper(person, paper);

ALTER TABLE ONLY estate.death
    ADD CONSTRAINT death_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY estate.paper
    ADD CONSTRAINT paper_person_death_fkey FOREIGN KEY (person, death) REFERENCES estate.death(person, death);

ALTER TABLE ONLY furnish.batch
    ADD CONSTRAINT batch_delivery_fkey FOREIGN KEY (delivery) REFERENCES furnish.delivery(delivery);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY furnish.finding
    ADD CONSTRAINT finding_delivery_fkey FOREIGN KEY (delivery) REFERENCES furnish.delivery(delivery);

ALTER TABLE ONLY hold.paper
    ADD CONSTRAINT paper_person_hold_fkey FOREIGN KEY (person, hold) REFERENCES hold.placed(person, hold);

ALTER TABLE ONLY hold.placed
    ADD CONSTRAINT placed_court_fkey FOREIGN KEY (court) REFERENCES party.body(body);

ALTER TABLE ONLY hold.placed
    ADD CONSTRAINT placed_source_fkey FOREIGN KEY (source) REFERENCES party.body(body);

ALTER TABLE ONLY house.clock_shift
    ADD CONSTRAINT clock_shift_mode_fkey FOREIGN KEY (mode) REFERENCES house.mode(mode);

ALTER TABLE ONLY inquiry.quota
    ADD CONSTRAINT quota_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY inquiry.second
    ADD CONSTRAINT second_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY inquiry.use
    ADD CONSTRAINT use_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY law.activation
    ADD CONSTRAINT activation_version_fkey FOREIGN KEY (version) REFERENCES law.version(version);

ALTER TABLE ONLY law.signature
    ADD CONSTRAINT signature_number_fkey FOREIGN KEY (number) REFERENCES law.activation(number);

ALTER TABLE ONLY law.signature
    ADD CONSTRAINT signature_public_key_fkey FOREIGN KEY (public_key) REFERENCES law.officer(public_key);

ALTER TABLE ONLY ledger.bucket
    ADD CONSTRAINT bucket_day_fkey FOREIGN KEY (day) REFERENCES ledger.day(day);

ALTER TABLE ONLY notice.attempt
    ADD CONSTRAINT attempt_person_notice_fkey FOREIGN KEY (person, notice) REFERENCES notice.owed(person, notice);

ALTER TABLE ONLY notice.change
    ADD CONSTRAINT change_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY notice.hook
    ADD CONSTRAINT hook_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.affected
    ADD CONSTRAINT affected_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.affected
    ADD CONSTRAINT affected_incident_fkey FOREIGN KEY (incident) REFERENCES oversight.incident(incident);

ALTER TABLE ONLY oversight.figure
    ADD CONSTRAINT figure_quarter_fkey FOREIGN KEY (quarter) REFERENCES oversight.quarter(quarter);

ALTER TABLE ONLY oversight.inspection
    ADD CONSTRAINT inspection_beyond_fkey FOREIGN KEY (beyond) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.inspection
    ADD CONSTRAINT inspection_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.inspection
    ADD CONSTRAINT inspection_found_for_fkey FOREIGN KEY (found_for) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.inspection
    ADD CONSTRAINT inspection_supervisor_fkey FOREIGN KEY (supervisor) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.plea
    ADD CONSTRAINT plea_answers_fkey FOREIGN KEY (answers) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.plea
    ADD CONSTRAINT plea_ombudsman_fkey FOREIGN KEY (ombudsman) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.plea
    ADD CONSTRAINT plea_source_fkey FOREIGN KEY (source) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.question
    ADD CONSTRAINT question_beyond_fkey FOREIGN KEY (beyond) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.question
    ADD CONSTRAINT question_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.question
    ADD CONSTRAINT question_found_for_fkey FOREIGN KEY (found_for) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.question
    ADD CONSTRAINT question_supervisor_fkey FOREIGN KEY (supervisor) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.report
    ADD CONSTRAINT report_beyond_fkey FOREIGN KEY (beyond) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.report
    ADD CONSTRAINT report_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.report
    ADD CONSTRAINT report_closed_for_fkey FOREIGN KEY (closed_for) REFERENCES party.body(body);

ALTER TABLE ONLY oversight.report_paper
    ADD CONSTRAINT report_paper_person_report_fkey FOREIGN KEY (person, report) REFERENCES oversight.report(person, report);

ALTER TABLE ONLY oversight.report
    ADD CONSTRAINT report_supervisor_fkey FOREIGN KEY (supervisor) REFERENCES party.body(body);

ALTER TABLE ONLY party.clerk
    ADD CONSTRAINT clerk_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY party.clerk
    ADD CONSTRAINT clerk_handed_to_fkey FOREIGN KEY (handed_to) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.credential
    ADD CONSTRAINT credential_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.draft
    ADD CONSTRAINT draft_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.invitation
    ADD CONSTRAINT invitation_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.key
    ADD CONSTRAINT key_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.key
    ADD CONSTRAINT key_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY party.key
    ADD CONSTRAINT key_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.key
    ADD CONSTRAINT key_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.key
    ADD CONSTRAINT key_holder_fkey FOREIGN KEY (holder) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.mandate
    ADD CONSTRAINT mandate_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.mandate
    ADD CONSTRAINT mandate_lent_by_fkey FOREIGN KEY (lent_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.motion
    ADD CONSTRAINT motion_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY party.motion
    ADD CONSTRAINT motion_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.motion
    ADD CONSTRAINT motion_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.motion
    ADD CONSTRAINT motion_put_by_fkey FOREIGN KEY (put_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.motion
    ADD CONSTRAINT motion_stand_in_fkey FOREIGN KEY (stand_in) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.passkey
    ADD CONSTRAINT passkey_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.session
    ADD CONSTRAINT session_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.training
    ADD CONSTRAINT training_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.training
    ADD CONSTRAINT training_noted_by_fkey FOREIGN KEY (noted_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.training
    ADD CONSTRAINT training_seconded_by_fkey FOREIGN KEY (seconded_by) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY party.view
    ADD CONSTRAINT view_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY repair.application
    ADD CONSTRAINT application_source_fkey FOREIGN KEY (source) REFERENCES party.body(body);

ALTER TABLE ONLY repair.entry
    ADD CONSTRAINT entry_source_fkey FOREIGN KEY (source) REFERENCES party.body(body);

ALTER TABLE ONLY repair.finding
    ADD CONSTRAINT finding_person_application_fkey FOREIGN KEY (person, application) REFERENCES repair.application(person, application);

ALTER TABLE ONLY repair.look
    ADD CONSTRAINT look_person_application_fkey FOREIGN KEY (person, application) REFERENCES repair.application(person, application);

ALTER TABLE ONLY repair.paper
    ADD CONSTRAINT paper_person_application_fkey FOREIGN KEY (person, application) REFERENCES repair.application(person, application);

GRANT USAGE ON SCHEMA consent TO recourse_app;
GRANT USAGE ON SCHEMA consent TO recourse_keeper;
GRANT USAGE ON SCHEMA consent TO recourse_watch;

GRANT USAGE ON SCHEMA dispute TO recourse_app;
GRANT USAGE ON SCHEMA dispute TO recourse_keeper;
GRANT USAGE ON SCHEMA dispute TO recourse_watch;

GRANT USAGE ON SCHEMA dossier TO recourse_app;
GRANT USAGE ON SCHEMA dossier TO recourse_keeper;
GRANT USAGE ON SCHEMA dossier TO recourse_watch;

GRANT USAGE ON SCHEMA estate TO recourse_app;
GRANT USAGE ON SCHEMA estate TO recourse_keeper;
GRANT USAGE ON SCHEMA estate TO recourse_watch;

GRANT USAGE ON SCHEMA furnish TO recourse_app;
GRANT USAGE ON SCHEMA furnish TO recourse_keeper;
GRANT USAGE ON SCHEMA furnish TO recourse_watch;

GRANT USAGE ON SCHEMA hold TO recourse_app;
GRANT USAGE ON SCHEMA hold TO recourse_keeper;
GRANT USAGE ON SCHEMA hold TO recourse_watch;

GRANT USAGE ON SCHEMA house TO recourse_app;
GRANT USAGE ON SCHEMA house TO recourse_keeper;
GRANT USAGE ON SCHEMA house TO recourse_watch;

GRANT USAGE ON SCHEMA inquiry TO recourse_app;
GRANT USAGE ON SCHEMA inquiry TO recourse_keeper;
GRANT USAGE ON SCHEMA inquiry TO recourse_watch;

GRANT USAGE ON SCHEMA law TO recourse_app;
GRANT USAGE ON SCHEMA law TO recourse_keeper;
GRANT USAGE ON SCHEMA law TO recourse_watch;

GRANT USAGE ON SCHEMA ledger TO recourse_app;
GRANT USAGE ON SCHEMA ledger TO recourse_keeper;
GRANT USAGE ON SCHEMA ledger TO recourse_watch;

GRANT USAGE ON SCHEMA notice TO recourse_app;
GRANT USAGE ON SCHEMA notice TO recourse_keeper;
GRANT USAGE ON SCHEMA notice TO recourse_watch;

GRANT USAGE ON SCHEMA oversight TO recourse_app;
GRANT USAGE ON SCHEMA oversight TO recourse_keeper;
GRANT USAGE ON SCHEMA oversight TO recourse_watch;

GRANT USAGE ON SCHEMA party TO recourse_app;
GRANT USAGE ON SCHEMA party TO recourse_keeper;
GRANT USAGE ON SCHEMA party TO recourse_watch;

GRANT USAGE ON SCHEMA repair TO recourse_app;
GRANT USAGE ON SCHEMA repair TO recourse_keeper;
GRANT USAGE ON SCHEMA repair TO recourse_watch;

GRANT USAGE ON SCHEMA retention TO recourse_app;
GRANT USAGE ON SCHEMA retention TO recourse_keeper;
GRANT USAGE ON SCHEMA retention TO recourse_watch;

GRANT USAGE ON SCHEMA vault TO recourse_app;
GRANT USAGE ON SCHEMA vault TO recourse_keeper;

REVOKE ALL ON FUNCTION consent.claim(p_began timestamp with time zone, p_person uuid[], p_access uuid[], p_now timestamp with time zone[], p_body uuid[], p_purpose text[], p_basis text[], p_right boolean[], p_types text[], p_matter uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION consent.frozen(p_person uuid, p_body uuid, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION dispute.examine(p_person uuid, p_contest uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_file uuid, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION dispute.examine(p_person uuid, p_contest uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_file uuid, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION dispute.examine_statement(p_person uuid, p_beside uuid, p_complaint uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION dispute.examine_statement(p_person uuid, p_beside uuid, p_complaint uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION dispute.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_contest uuid, p_file uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION dispute.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_contest uuid, p_file uuid) TO recourse_app;

REVOKE ALL ON FUNCTION dispute.show_statement(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION dispute.show_statement(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid) TO recourse_app;

REVOKE ALL ON FUNCTION dossier.answering(p_person uuid, p_types text[], p_marks text[], p_now timestamp with time zone, p_today date) FROM PUBLIC;

REVOKE ALL ON FUNCTION dossier.at_once(at_once boolean, state text, display_end date, unheard_until date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.at_once(at_once boolean, state text, display_end date, unheard_until date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) TO recourse_app;
GRANT ALL ON FUNCTION dossier.at_once(at_once boolean, state text, display_end date, unheard_until date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) TO recourse_keeper;

REVOKE ALL ON FUNCTION dossier.disputed(disputed_from timestamp with time zone, disputed_until timestamp with time zone, now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.disputed(disputed_from timestamp with time zone, disputed_until timestamp with time zone, now timestamp with time zone) TO recourse_app;
GRANT ALL ON FUNCTION dossier.disputed(disputed_from timestamp with time zone, disputed_until timestamp with time zone, now timestamp with time zone) TO recourse_keeper;

REVOKE ALL ON FUNCTION dossier.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid, p_from integer, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid, p_from integer, p_most integer) TO recourse_app;

REVOKE ALL ON FUNCTION dossier.stands(state text, display_end date, hide_why text, hide_from timestamp with time zone, hide_until timestamp with time zone, now timestamp with time zone, today date) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.stands(state text, display_end date, hide_why text, hide_from timestamp with time zone, hide_until timestamp with time zone, now timestamp with time zone, today date) TO recourse_app;
GRANT ALL ON FUNCTION dossier.stands(state text, display_end date, hide_why text, hide_from timestamp with time zone, hide_until timestamp with time zone, now timestamp with time zone, today date) TO recourse_keeper;

REVOKE ALL ON FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) TO recourse_app;
GRANT ALL ON FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, hide_from timestamp with time zone, hide_until timestamp with time zone, late_from timestamp with time zone, late_until timestamp with time zone, stay_from timestamp with time zone, stay_until timestamp with time zone, now timestamp with time zone, today date) TO recourse_keeper;

REVOKE ALL ON FUNCTION estate.examine(p_person uuid, p_death uuid, p_proof boolean, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION estate.examine(p_person uuid, p_death uuid, p_proof boolean, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION hold.examine(p_person uuid, p_hold uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION hold.examine(p_person uuid, p_hold uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION hold.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text) FROM PUBLIC;
GRANT ALL ON FUNCTION hold.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text) TO recourse_app;

REVOKE ALL ON FUNCTION house.check_instant(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION house.now() FROM PUBLIC;
GRANT ALL ON FUNCTION house.now() TO recourse_app;
GRANT ALL ON FUNCTION house.now() TO recourse_keeper;
GRANT ALL ON FUNCTION house.now() TO recourse_watch;

REVOKE ALL ON FUNCTION inquiry.digest(p_person uuid, p_access uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION inquiry.digest(p_person uuid, p_access uuid) TO recourse_app;
GRANT ALL ON FUNCTION inquiry.digest(p_person uuid, p_access uuid) TO recourse_keeper;

REVOKE ALL ON FUNCTION inquiry.disclose(p_wait boolean, p_person uuid[], p_access uuid[], p_spare uuid[], p_now timestamp with time zone[], p_body uuid[], p_purpose text[], p_basis text[], p_right boolean[], p_pack text[], p_types text[], p_pass text[], p_against text[], p_matter uuid[], p_subject uuid[], p_persons integer[], p_epoch bigint[], p_leaf bigint[], p_nonce bytea[], p_box bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION inquiry.disclose(p_wait boolean, p_person uuid[], p_access uuid[], p_spare uuid[], p_now timestamp with time zone[], p_body uuid[], p_purpose text[], p_basis text[], p_right boolean[], p_pack text[], p_types text[], p_pass text[], p_against text[], p_matter uuid[], p_subject uuid[], p_persons integer[], p_epoch bigint[], p_leaf bigint[], p_nonce bytea[], p_box bytea[]) TO recourse_app;

REVOKE ALL ON FUNCTION inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_before timestamp with time zone, p_limit integer) TO recourse_app;

REVOKE ALL ON FUNCTION inquiry.since(p_low xid8, p_after uuid, p_seen pg_snapshot, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION inquiry.since(p_low xid8, p_after uuid, p_seen pg_snapshot, p_limit integer) TO recourse_keeper;

REVOKE ALL ON FUNCTION law.check_in_force(p_pack text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION notice.address(p_person uuid, p_notice uuid, p_channel text, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION notice.address(p_person uuid, p_notice uuid, p_channel text, p_now timestamp with time zone) TO recourse_keeper;

REVOKE ALL ON FUNCTION oversight.close_quarter(p_event uuid, p_now timestamp with time zone, p_body uuid[], p_as text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION oversight.close_quarter(p_event uuid, p_now timestamp with time zone, p_body uuid[], p_as text[]) TO recourse_keeper;

REVOKE ALL ON FUNCTION oversight.examine(p_person uuid, p_inspection uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION oversight.examine(p_person uuid, p_inspection uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION oversight.read_record(p_person uuid, p_plea uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION oversight.read_record(p_person uuid, p_plea uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION oversight.read_report(p_report uuid, p_body uuid, p_event uuid, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION oversight.read_report(p_report uuid, p_body uuid, p_event uuid, p_now timestamp with time zone) TO recourse_app;

REVOKE ALL ON FUNCTION party.reseal(p_event uuid, p_now timestamp with time zone, p_what text, p_newest integer, p_skip integer, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION party.reseal(p_event uuid, p_now timestamp with time zone, p_what text, p_newest integer, p_skip integer, p_limit integer) TO recourse_keeper;

REVOKE ALL ON FUNCTION repair.examine(p_person uuid, p_application uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_file uuid, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION repair.examine(p_person uuid, p_application uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_file uuid, p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION repair.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_application uuid, p_file uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION repair.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_application uuid, p_file uuid) TO recourse_app;

GRANT SELECT,INSERT ON TABLE consent.code TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent.code TO recourse_keeper;

GRANT UPDATE(person) ON TABLE consent.code TO recourse_app;

GRANT SELECT,INSERT ON TABLE consent."freeze" TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent."freeze" TO recourse_keeper;

GRANT UPDATE(lifted_at) ON TABLE consent."freeze" TO recourse_app;

GRANT SELECT,INSERT ON TABLE consent.given TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent.given TO recourse_keeper;

GRANT UPDATE(types) ON TABLE consent.given TO recourse_app;

GRANT UPDATE(usable_from) ON TABLE consent.given TO recourse_app;

GRANT UPDATE(until_at) ON TABLE consent.given TO recourse_app;

GRANT UPDATE(stopped_at) ON TABLE consent.given TO recourse_app;

GRANT SELECT,INSERT ON TABLE consent.lift TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent.lift TO recourse_keeper;

GRANT UPDATE(stopped_at) ON TABLE consent.lift TO recourse_app;

GRANT SELECT,INSERT ON TABLE consent.request TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent.request TO recourse_keeper;

GRANT UPDATE(ended_at) ON TABLE consent.request TO recourse_app;

GRANT UPDATE(ending) ON TABLE consent.request TO recourse_app;

GRANT SELECT ON TABLE consent.use TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent.use TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE dispute.answer TO recourse_app;
GRANT SELECT ON TABLE dispute.answer TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE dispute.certificate TO recourse_app;
GRANT SELECT ON TABLE dispute.certificate TO recourse_keeper;

GRANT UPDATE(second) ON TABLE dispute.certificate TO recourse_app;

GRANT UPDATE(second_at) ON TABLE dispute.certificate TO recourse_app;

GRANT UPDATE(until_on) ON TABLE dispute.certificate TO recourse_app;

GRANT SELECT,INSERT ON TABLE dispute.complaint TO recourse_app;
GRANT SELECT,DELETE ON TABLE dispute.complaint TO recourse_keeper;

GRANT UPDATE(state) ON TABLE dispute.complaint TO recourse_app;
GRANT UPDATE(state) ON TABLE dispute.complaint TO recourse_keeper;

GRANT UPDATE(turn) ON TABLE dispute.complaint TO recourse_app;
GRANT UPDATE(turn) ON TABLE dispute.complaint TO recourse_keeper;

GRANT UPDATE(calendar) ON TABLE dispute.complaint TO recourse_app;

GRANT UPDATE(decided_at) ON TABLE dispute.complaint TO recourse_app;

GRANT UPDATE(review_at) ON TABLE dispute.complaint TO recourse_app;

GRANT UPDATE(review_due_on) ON TABLE dispute.complaint TO recourse_app;

GRANT UPDATE(review_due_at) ON TABLE dispute.complaint TO recourse_app;

GRANT UPDATE(reviewed_at) ON TABLE dispute.complaint TO recourse_app;

GRANT SELECT,INSERT ON TABLE dispute.complaint_finding TO recourse_app;
GRANT SELECT,DELETE ON TABLE dispute.complaint_finding TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE dispute.complaint_number TO recourse_app;
GRANT SELECT,DELETE ON TABLE dispute.complaint_number TO recourse_keeper;

GRANT INSERT,DELETE ON TABLE dispute.complaint_paper TO recourse_app;
GRANT DELETE ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(person) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(person) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(paper) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(paper) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(record) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(record) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(complaint) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(complaint) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(what) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(what) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(stage) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(stage) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(nth) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(nth) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(clerk) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(clerk) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(at) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(at) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(cut_until) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(cut_until) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(epoch) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE dispute.complaint_paper TO recourse_app;
GRANT SELECT(leaf) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT UPDATE(box) ON TABLE dispute.complaint_paper TO recourse_keeper;

GRANT SELECT,INSERT,DELETE ON TABLE dispute.contest TO recourse_app;
GRANT SELECT,DELETE ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(pack) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(pack) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(state) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(state) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(was) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(was) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(grounds) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(grounds) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(changed_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(changed_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(opened_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(opened_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(answer_by) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(answer_by) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(repeat_until) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(repeat_until) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_kind) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_kind) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_start) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_start) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_n) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_n) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_unit) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_unit) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_extension) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_extension) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_paused) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_paused) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_outage) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_outage) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_whole) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_whole) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_calendar) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_calendar) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(clock_overdue) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(clock_overdue) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(due_on) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(due_on) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(twice_on) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(twice_on) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(back_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(back_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(final_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(final_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(decided_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(decided_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(late_from) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(late_from) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(letter_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(letter_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(review_until) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(review_until) ON TABLE dispute.contest TO recourse_keeper;

GRANT UPDATE(review_at) ON TABLE dispute.contest TO recourse_app;
GRANT UPDATE(review_at) ON TABLE dispute.contest TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE dispute.finding TO recourse_app;
GRANT SELECT ON TABLE dispute.finding TO recourse_keeper;

GRANT SELECT ON TABLE dispute.look TO recourse_app;
GRANT SELECT ON TABLE dispute.look TO recourse_keeper;

GRANT SELECT,INSERT,DELETE ON TABLE dispute.number TO recourse_app;
GRANT SELECT,DELETE ON TABLE dispute.number TO recourse_keeper;

GRANT INSERT,DELETE ON TABLE dispute.paper TO recourse_app;
GRANT DELETE ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(person) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(person) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(paper) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(paper) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(contest) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(contest) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(ground) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(ground) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(what) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(what) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(stage) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(stage) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(clerk) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(clerk) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(media) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(media) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(at) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(at) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(aside),UPDATE(aside) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(aside) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(copy_of) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(copy_of) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(epoch) ON TABLE dispute.paper TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE dispute.paper TO recourse_app;
GRANT SELECT(leaf) ON TABLE dispute.paper TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE dispute.paper TO recourse_keeper;

GRANT UPDATE(box) ON TABLE dispute.paper TO recourse_keeper;

GRANT INSERT,DELETE ON TABLE dispute.statement TO recourse_app;
GRANT DELETE ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT(person) ON TABLE dispute.statement TO recourse_app;
GRANT SELECT(person) ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT(record) ON TABLE dispute.statement TO recourse_app;
GRANT SELECT(record) ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT(at),UPDATE(at) ON TABLE dispute.statement TO recourse_app;
GRANT SELECT(at) ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT(keep_until),UPDATE(keep_until) ON TABLE dispute.statement TO recourse_app;
GRANT SELECT(keep_until) ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT(epoch),UPDATE(epoch) ON TABLE dispute.statement TO recourse_app;
GRANT SELECT(epoch) ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT(leaf),UPDATE(leaf) ON TABLE dispute.statement TO recourse_app;
GRANT SELECT(leaf) ON TABLE dispute.statement TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE dispute.statement TO recourse_app;
GRANT UPDATE(nonce) ON TABLE dispute.statement TO recourse_keeper;

GRANT UPDATE(box) ON TABLE dispute.statement TO recourse_app;
GRANT UPDATE(box) ON TABLE dispute.statement TO recourse_keeper;

GRANT SELECT ON TABLE dispute.swept TO recourse_keeper;

GRANT UPDATE(due_on) ON TABLE dispute.swept TO recourse_keeper;

GRANT UPDATE(contest) ON TABLE dispute.swept TO recourse_keeper;

GRANT INSERT ON TABLE dossier.record TO recourse_app;

GRANT SELECT(person) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(person) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(record) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(record) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(version),UPDATE(version) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(version) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(source) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(source) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(source_order),UPDATE(source_order) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(source_order) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(type) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(type) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(pack),UPDATE(pack) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(pack) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(negative) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(negative) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(state),UPDATE(state) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(state),UPDATE(state) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(received_at) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(received_at) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(start_on),UPDATE(start_on) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(start_on) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(display_end),UPDATE(display_end) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(display_end),UPDATE(display_end) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(retain_end) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(retain_end),UPDATE(retain_end) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(effect_at),UPDATE(effect_at) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(effect_at),UPDATE(effect_at) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(erased_at) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(erased_at),UPDATE(erased_at) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(ended_at),UPDATE(ended_at) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(ended_at),UPDATE(ended_at) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(ended_why),UPDATE(ended_why) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(ended_why),UPDATE(ended_why) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(ended_rule),UPDATE(ended_rule) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(ended_rule),UPDATE(ended_rule) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(stated),UPDATE(stated) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(stated),UPDATE(stated) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(epoch),UPDATE(epoch) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(epoch) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(leaf),UPDATE(leaf) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(leaf) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(mark),UPDATE(mark) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(mark),UPDATE(mark) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(weight),UPDATE(weight) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(weight),UPDATE(weight) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(told),UPDATE(told) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(told) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(decision),UPDATE(decision) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(decision) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(refuted),UPDATE(refuted) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(refuted),UPDATE(refuted) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(readmit_until),UPDATE(readmit_until) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(readmit_until) ON TABLE dossier.record TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE dossier.record TO recourse_app;
GRANT UPDATE(nonce) ON TABLE dossier.record TO recourse_keeper;

GRANT UPDATE(box) ON TABLE dossier.record TO recourse_app;
GRANT UPDATE(box) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(disputed_from),UPDATE(disputed_from) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(disputed_from),UPDATE(disputed_from) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(disputed_until),UPDATE(disputed_until) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(disputed_until),UPDATE(disputed_until) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(hide_from),UPDATE(hide_from) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(hide_from),UPDATE(hide_from) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(hide_until),UPDATE(hide_until) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(hide_until),UPDATE(hide_until) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(hide_why),UPDATE(hide_why) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(hide_why),UPDATE(hide_why) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(late_from),UPDATE(late_from) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(late_from),UPDATE(late_from) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(late_until),UPDATE(late_until) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(late_until),UPDATE(late_until) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(stay_from),UPDATE(stay_from) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(stay_from) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(stay_until),UPDATE(stay_until) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(stay_until) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(at_once),UPDATE(at_once) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(at_once) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(unheard_until),UPDATE(unheard_until) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(unheard_until) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(extended),UPDATE(extended) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(extended) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE dossier.source_ref TO recourse_app;

GRANT UPDATE(person) ON TABLE dossier.source_ref TO recourse_app;

GRANT UPDATE(record) ON TABLE dossier.source_ref TO recourse_app;

GRANT SELECT,INSERT ON TABLE estate.death TO recourse_app;
GRANT SELECT,DELETE ON TABLE estate.death TO recourse_keeper;

GRANT UPDATE(keep_until) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(state) ON TABLE estate.death TO recourse_app;
GRANT UPDATE(state) ON TABLE estate.death TO recourse_keeper;

GRANT UPDATE(confirmed_by) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(confirmed_at) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(ends_on) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(was_until) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(reverse_by) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(reversed_by) ON TABLE estate.death TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE estate.death TO recourse_app;
GRANT UPDATE(ended_at) ON TABLE estate.death TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE estate.number TO recourse_app;
GRANT SELECT,DELETE ON TABLE estate.number TO recourse_keeper;

GRANT INSERT,DELETE ON TABLE estate.paper TO recourse_app;
GRANT DELETE ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(person) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(person) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(paper) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(paper) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(death) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(death) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(what) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(what) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(media) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(media) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(epoch) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE estate.paper TO recourse_app;
GRANT SELECT(leaf) ON TABLE estate.paper TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE furnish.batch TO recourse_app;

GRANT SELECT,INSERT ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(file_hash) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(state) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_done) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_new) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_changed) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_unchanged) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_withdrawn) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_stale) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_quarantined) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(rows_refused) ON TABLE furnish.delivery TO recourse_app;

GRANT UPDATE(tree) ON TABLE furnish.delivery TO recourse_app;

GRANT SELECT,INSERT ON TABLE furnish.finding TO recourse_app;

GRANT SELECT,INSERT ON TABLE hold.number TO recourse_app;
GRANT SELECT,DELETE ON TABLE hold.number TO recourse_keeper;

GRANT INSERT,DELETE ON TABLE hold.paper TO recourse_app;
GRANT DELETE ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT(person) ON TABLE hold.paper TO recourse_app;
GRANT SELECT(person) ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT(paper) ON TABLE hold.paper TO recourse_app;
GRANT SELECT(paper) ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT(hold) ON TABLE hold.paper TO recourse_app;
GRANT SELECT(hold) ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT(what) ON TABLE hold.paper TO recourse_app;
GRANT SELECT(what) ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE hold.paper TO recourse_app;
GRANT SELECT(epoch) ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE hold.paper TO recourse_app;
GRANT SELECT(leaf) ON TABLE hold.paper TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE hold.paper TO recourse_keeper;

GRANT UPDATE(box) ON TABLE hold.paper TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE hold.placed TO recourse_app;
GRANT SELECT,DELETE ON TABLE hold.placed TO recourse_keeper;

GRANT UPDATE(state) ON TABLE hold.placed TO recourse_app;
GRANT UPDATE(state) ON TABLE hold.placed TO recourse_keeper;

GRANT UPDATE(confirmed_by) ON TABLE hold.placed TO recourse_app;

GRANT UPDATE(confirmed_at) ON TABLE hold.placed TO recourse_app;

GRANT UPDATE(version) ON TABLE hold.placed TO recourse_app;

GRANT UPDATE(lift_by) ON TABLE hold.placed TO recourse_app;

GRANT UPDATE(lifted_by) ON TABLE hold.placed TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE hold.placed TO recourse_app;
GRANT UPDATE(ended_at) ON TABLE hold.placed TO recourse_keeper;

GRANT SELECT ON TABLE house.clock_shift TO recourse_app;
GRANT SELECT ON TABLE house.clock_shift TO recourse_keeper;
GRANT SELECT ON TABLE house.clock_shift TO recourse_watch;

GRANT SELECT ON TABLE house.mode TO recourse_app;
GRANT SELECT ON TABLE house.mode TO recourse_keeper;
GRANT SELECT ON TABLE house.mode TO recourse_watch;

GRANT SELECT(person) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(person) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(person) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(access) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(access) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(access) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(at) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(at) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(at) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(body) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(body) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(body) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(purpose) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(purpose) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(purpose) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(basis) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(basis) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(basis) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(pack) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(pack) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(pack) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(outcome) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(outcome) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(outcome) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(records) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(records) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(records) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(referred) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(referred) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(referred) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(replay_of) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(replay_of) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(replay_of) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(epoch) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(epoch) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(epoch) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT(leaf) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(leaf) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(leaf) ON TABLE inquiry.access TO recourse_watch;

GRANT UPDATE(nonce) ON TABLE inquiry.access TO recourse_keeper;

GRANT UPDATE(box) ON TABLE inquiry.access TO recourse_keeper;

GRANT SELECT(added) ON TABLE inquiry.access TO recourse_app;
GRANT SELECT(added) ON TABLE inquiry.access TO recourse_keeper;
GRANT SELECT(added) ON TABLE inquiry.access TO recourse_watch;

GRANT SELECT,INSERT ON TABLE inquiry.matter TO recourse_app;
GRANT SELECT,DELETE ON TABLE inquiry.matter TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE inquiry.quota TO recourse_app;
GRANT SELECT,DELETE ON TABLE inquiry.quota TO recourse_keeper;

GRANT UPDATE(taken) ON TABLE inquiry.quota TO recourse_app;

GRANT SELECT,INSERT ON TABLE inquiry.second TO recourse_app;
GRANT SELECT,DELETE ON TABLE inquiry.second TO recourse_keeper;

GRANT UPDATE(second_clerk) ON TABLE inquiry.second TO recourse_app;

GRANT UPDATE(second_staff_number) ON TABLE inquiry.second TO recourse_app;

GRANT UPDATE(second_at) ON TABLE inquiry.second TO recourse_app;

GRANT INSERT ON TABLE inquiry.use TO recourse_app;
GRANT DELETE ON TABLE inquiry.use TO recourse_keeper;

GRANT SELECT(person) ON TABLE inquiry.use TO recourse_app;
GRANT SELECT(person) ON TABLE inquiry.use TO recourse_keeper;

GRANT SELECT(access) ON TABLE inquiry.use TO recourse_app;
GRANT SELECT(access) ON TABLE inquiry.use TO recourse_keeper;

GRANT SELECT(body) ON TABLE inquiry.use TO recourse_app;
GRANT SELECT(body) ON TABLE inquiry.use TO recourse_keeper;

GRANT SELECT(noted_at) ON TABLE inquiry.use TO recourse_app;
GRANT SELECT(noted_at) ON TABLE inquiry.use TO recourse_keeper;

GRANT SELECT(epoch),UPDATE(epoch) ON TABLE inquiry.use TO recourse_app;
GRANT SELECT(epoch) ON TABLE inquiry.use TO recourse_keeper;

GRANT SELECT(leaf),UPDATE(leaf) ON TABLE inquiry.use TO recourse_app;
GRANT SELECT(leaf) ON TABLE inquiry.use TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE inquiry.use TO recourse_app;

GRANT UPDATE(box) ON TABLE inquiry.use TO recourse_app;

GRANT SELECT ON TABLE law.activation TO recourse_app;
GRANT SELECT ON TABLE law.activation TO recourse_keeper;
GRANT SELECT ON TABLE law.activation TO recourse_watch;

GRANT SELECT ON TABLE law.officer TO recourse_app;
GRANT SELECT ON TABLE law.officer TO recourse_keeper;
GRANT SELECT ON TABLE law.officer TO recourse_watch;

GRANT SELECT ON TABLE law.outage TO recourse_app;
GRANT SELECT ON TABLE law.outage TO recourse_keeper;
GRANT SELECT ON TABLE law.outage TO recourse_watch;

GRANT SELECT ON TABLE law.signature TO recourse_app;
GRANT SELECT ON TABLE law.signature TO recourse_keeper;
GRANT SELECT ON TABLE law.signature TO recourse_watch;

GRANT SELECT ON TABLE law.version TO recourse_app;
GRANT SELECT ON TABLE law.version TO recourse_keeper;
GRANT SELECT ON TABLE law.version TO recourse_watch;

GRANT SELECT,INSERT ON TABLE ledger.batch TO recourse_keeper;
GRANT SELECT ON TABLE ledger.batch TO recourse_app;
GRANT SELECT ON TABLE ledger.batch TO recourse_watch;

GRANT SELECT,INSERT ON TABLE ledger.bucket TO recourse_keeper;
GRANT SELECT ON TABLE ledger.bucket TO recourse_app;
GRANT SELECT ON TABLE ledger.bucket TO recourse_watch;

GRANT SELECT,INSERT ON TABLE ledger.bundle TO recourse_keeper;
GRANT SELECT ON TABLE ledger.bundle TO recourse_app;
GRANT SELECT ON TABLE ledger.bundle TO recourse_watch;

GRANT UPDATE(entries) ON TABLE ledger.bundle TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE ledger.day TO recourse_keeper;
GRANT SELECT ON TABLE ledger.day TO recourse_app;
GRANT SELECT ON TABLE ledger.day TO recourse_watch;

GRANT SELECT ON TABLE ledger.head TO recourse_app;
GRANT SELECT ON TABLE ledger.head TO recourse_keeper;
GRANT SELECT ON TABLE ledger.head TO recourse_watch;

GRANT UPDATE(size) ON TABLE ledger.head TO recourse_keeper;

GRANT UPDATE(root) ON TABLE ledger.head TO recourse_keeper;

GRANT UPDATE(kept) ON TABLE ledger.head TO recourse_keeper;

GRANT UPDATE(low) ON TABLE ledger.head TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE ledger.journal TO recourse_app;
GRANT SELECT,INSERT ON TABLE ledger.journal TO recourse_keeper;
GRANT SELECT ON TABLE ledger.journal TO recourse_watch;

GRANT INSERT ON TABLE ledger.outbox TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE ledger.outbox TO recourse_keeper;

GRANT SELECT(slot) ON TABLE ledger.outbox TO recourse_app;
GRANT SELECT(slot) ON TABLE ledger.outbox TO recourse_watch;

GRANT SELECT(at) ON TABLE ledger.outbox TO recourse_app;
GRANT SELECT(at) ON TABLE ledger.outbox TO recourse_watch;

GRANT UPDATE(attempts) ON TABLE ledger.outbox TO recourse_keeper;
GRANT SELECT(attempts) ON TABLE ledger.outbox TO recourse_app;
GRANT SELECT(attempts) ON TABLE ledger.outbox TO recourse_watch;

GRANT UPDATE(next_at) ON TABLE ledger.outbox TO recourse_keeper;

GRANT UPDATE(last_code) ON TABLE ledger.outbox TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE ledger.published TO recourse_keeper;
GRANT SELECT ON TABLE ledger.published TO recourse_app;
GRANT SELECT ON TABLE ledger.published TO recourse_watch;

GRANT UPDATE(size) ON TABLE ledger.published TO recourse_keeper;

GRANT UPDATE(note) ON TABLE ledger.published TO recourse_keeper;

GRANT UPDATE(at) ON TABLE ledger.published TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE ledger.shard TO recourse_keeper;
GRANT SELECT ON TABLE ledger.shard TO recourse_app;
GRANT SELECT ON TABLE ledger.shard TO recourse_watch;

GRANT SELECT,INSERT ON TABLE ledger.tile TO recourse_keeper;
GRANT SELECT ON TABLE ledger.tile TO recourse_app;
GRANT SELECT ON TABLE ledger.tile TO recourse_watch;

GRANT UPDATE(hashes) ON TABLE ledger.tile TO recourse_keeper;

GRANT SELECT ON TABLE notice.attempt TO recourse_app;
GRANT SELECT,INSERT ON TABLE notice.attempt TO recourse_keeper;

GRANT UPDATE(ended_at) ON TABLE notice.attempt TO recourse_keeper;

GRANT UPDATE(outcome) ON TABLE notice.attempt TO recourse_keeper;

GRANT SELECT ON TABLE notice.change TO recourse_app;
GRANT SELECT,INSERT ON TABLE notice.change TO recourse_keeper;

GRANT UPDATE(hook) ON TABLE notice.change TO recourse_app;

GRANT UPDATE(send_from) ON TABLE notice.change TO recourse_app;

GRANT UPDATE(tries) ON TABLE notice.change TO recourse_keeper;
GRANT UPDATE(tries) ON TABLE notice.change TO recourse_app;

GRANT UPDATE(next_at) ON TABLE notice.change TO recourse_keeper;
GRANT UPDATE(next_at) ON TABLE notice.change TO recourse_app;

GRANT UPDATE(sent_at) ON TABLE notice.change TO recourse_keeper;

GRANT UPDATE(dead_at) ON TABLE notice.change TO recourse_keeper;
GRANT UPDATE(dead_at) ON TABLE notice.change TO recourse_app;

GRANT UPDATE(code) ON TABLE notice.change TO recourse_keeper;

GRANT UPDATE(acked_at) ON TABLE notice.change TO recourse_app;

GRANT UPDATE(acked_by) ON TABLE notice.change TO recourse_app;

GRANT SELECT,INSERT ON TABLE notice.hook TO recourse_app;
GRANT SELECT ON TABLE notice.hook TO recourse_keeper;

GRANT UPDATE(ended_at) ON TABLE notice.hook TO recourse_app;
GRANT UPDATE(ended_at) ON TABLE notice.hook TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE notice.owed TO recourse_app;
GRANT SELECT,INSERT ON TABLE notice.owed TO recourse_keeper;

GRANT UPDATE(opened_at) ON TABLE notice.owed TO recourse_app;

GRANT UPDATE(confirmed_at) ON TABLE notice.owed TO recourse_keeper;

GRANT UPDATE(handed_at) ON TABLE notice.owed TO recourse_keeper;

GRANT UPDATE(served_at) ON TABLE notice.owed TO recourse_keeper;

GRANT UPDATE(answer_until) ON TABLE notice.owed TO recourse_app;
GRANT UPDATE(answer_until) ON TABLE notice.owed TO recourse_keeper;

GRANT SELECT ON TABLE oversight.affected TO recourse_app;
GRANT SELECT,INSERT ON TABLE oversight.affected TO recourse_keeper;
GRANT SELECT ON TABLE oversight.affected TO recourse_watch;

GRANT SELECT ON TABLE oversight.figure TO recourse_app;
GRANT SELECT ON TABLE oversight.figure TO recourse_keeper;
GRANT SELECT ON TABLE oversight.figure TO recourse_watch;

GRANT SELECT,INSERT ON TABLE oversight.habit TO recourse_app;
GRANT SELECT,DELETE ON TABLE oversight.habit TO recourse_keeper;

GRANT UPDATE(last_on) ON TABLE oversight.habit TO recourse_app;

GRANT SELECT ON TABLE oversight.incident TO recourse_app;
GRANT SELECT,INSERT ON TABLE oversight.incident TO recourse_keeper;
GRANT SELECT ON TABLE oversight.incident TO recourse_watch;

GRANT UPDATE(refiled_person) ON TABLE oversight.incident TO recourse_keeper;

GRANT UPDATE(refiled) ON TABLE oversight.incident TO recourse_keeper;

GRANT INSERT ON TABLE oversight.inspection TO recourse_app;
GRANT DELETE ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(person) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(person) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(access) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(access) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(inspection) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(inspection) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(body) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(body) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(clerk) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(clerk) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(purpose) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(purpose) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(looked_at) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(looked_at) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(rules) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(rules) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(reason_on) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(reason_on) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(reason_at) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(reason_at) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(due_on) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(due_on) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(due_at) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(due_at) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(keep_until) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(keep_until) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(supervisor) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(supervisor) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(beyond) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(beyond) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(given_at),UPDATE(given_at) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(given_at) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(epoch),UPDATE(epoch) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(epoch) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(leaf),UPDATE(leaf) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(leaf) ON TABLE oversight.inspection TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE oversight.inspection TO recourse_app;
GRANT UPDATE(nonce) ON TABLE oversight.inspection TO recourse_keeper;

GRANT UPDATE(box) ON TABLE oversight.inspection TO recourse_app;
GRANT UPDATE(box) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(finding),UPDATE(finding) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(finding) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(found_by),UPDATE(found_by) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(found_by) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(found_for),UPDATE(found_for) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(found_for) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT(found_at),UPDATE(found_at) ON TABLE oversight.inspection TO recourse_app;
GRANT SELECT(found_at) ON TABLE oversight.inspection TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE oversight.plea TO recourse_app;
GRANT SELECT,DELETE ON TABLE oversight.plea TO recourse_keeper;

GRANT UPDATE(stayed_at) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(stay_until) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(stay_ends) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(answers) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(answer_by) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(answer_end) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(answer) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(answered_at) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(answered_by) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(outcome) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(closed_at) ON TABLE oversight.plea TO recourse_app;

GRANT UPDATE(closed_by) ON TABLE oversight.plea TO recourse_app;

GRANT SELECT ON TABLE oversight.quarter TO recourse_app;
GRANT SELECT ON TABLE oversight.quarter TO recourse_keeper;
GRANT SELECT ON TABLE oversight.quarter TO recourse_watch;

GRANT SELECT,INSERT ON TABLE oversight.question TO recourse_app;
GRANT SELECT,DELETE ON TABLE oversight.question TO recourse_keeper;

GRANT UPDATE(finding) ON TABLE oversight.question TO recourse_app;

GRANT UPDATE(found_by) ON TABLE oversight.question TO recourse_app;

GRANT UPDATE(found_for) ON TABLE oversight.question TO recourse_app;

GRANT UPDATE(found_at) ON TABLE oversight.question TO recourse_app;

GRANT UPDATE(told_at) ON TABLE oversight.question TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE oversight.report TO recourse_app;
GRANT SELECT,DELETE ON TABLE oversight.report TO recourse_keeper;

GRANT UPDATE(answered_at) ON TABLE oversight.report TO recourse_app;

GRANT UPDATE(outcome) ON TABLE oversight.report TO recourse_app;

GRANT UPDATE(closed_at) ON TABLE oversight.report TO recourse_app;

GRANT UPDATE(closed_by) ON TABLE oversight.report TO recourse_app;

GRANT UPDATE(closed_for) ON TABLE oversight.report TO recourse_app;

GRANT INSERT ON TABLE oversight.report_paper TO recourse_app;
GRANT DELETE ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(person) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(person) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(paper) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(paper) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(report) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(report) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(what) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(what) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(at) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(at) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(epoch) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE oversight.report_paper TO recourse_app;
GRANT SELECT(leaf) ON TABLE oversight.report_paper TO recourse_keeper;

GRANT SELECT ON TABLE party.body TO recourse_app;
GRANT SELECT ON TABLE party.body TO recourse_keeper;
GRANT SELECT ON TABLE party.body TO recourse_watch;

GRANT SELECT,INSERT ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(trained_until) ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(away_from) ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(away_until) ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(handed_to) ON TABLE party.clerk TO recourse_app;

GRANT INSERT,DELETE,UPDATE ON TABLE party.contact TO recourse_app;
GRANT DELETE ON TABLE party.contact TO recourse_keeper;

GRANT SELECT(person) ON TABLE party.contact TO recourse_app;
GRANT SELECT(person) ON TABLE party.contact TO recourse_keeper;

GRANT SELECT(set_at) ON TABLE party.contact TO recourse_app;
GRANT SELECT(set_at) ON TABLE party.contact TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE party.contact TO recourse_app;
GRANT SELECT(epoch),UPDATE(epoch) ON TABLE party.contact TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE party.contact TO recourse_app;
GRANT SELECT(leaf),UPDATE(leaf) ON TABLE party.contact TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE party.contact TO recourse_keeper;

GRANT UPDATE(box) ON TABLE party.contact TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE party.credential TO recourse_app;

GRANT UPDATE(revoked_at) ON TABLE party.credential TO recourse_app;

GRANT SELECT,INSERT,DELETE ON TABLE party.draft TO recourse_app;
GRANT DELETE ON TABLE party.draft TO recourse_keeper;

GRANT SELECT(draft) ON TABLE party.draft TO recourse_keeper;

GRANT SELECT(person) ON TABLE party.draft TO recourse_keeper;

GRANT SELECT(until_at) ON TABLE party.draft TO recourse_keeper;

GRANT SELECT,INSERT,UPDATE ON TABLE party.gate TO recourse_app;
GRANT SELECT,DELETE,UPDATE ON TABLE party.gate TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE party.invitation TO recourse_app;

GRANT UPDATE(used_at) ON TABLE party.invitation TO recourse_app;

GRANT SELECT,INSERT ON TABLE party.key TO recourse_app;

GRANT UPDATE(confirmed_by) ON TABLE party.key TO recourse_app;

GRANT UPDATE(confirmed_at) ON TABLE party.key TO recourse_app;

GRANT UPDATE(ended_by) ON TABLE party.key TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE party.key TO recourse_app;

GRANT SELECT,INSERT,DELETE ON TABLE party.knock TO recourse_app;
GRANT DELETE ON TABLE party.knock TO recourse_keeper;

GRANT SELECT(knock) ON TABLE party.knock TO recourse_keeper;

GRANT SELECT(until_at) ON TABLE party.knock TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE party.mandate TO recourse_app;

GRANT UPDATE(from_on) ON TABLE party.mandate TO recourse_app;

GRANT UPDATE(until_on) ON TABLE party.mandate TO recourse_app;

GRANT UPDATE(made_at) ON TABLE party.mandate TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE party.mandate TO recourse_app;

GRANT SELECT,INSERT ON TABLE party.motion TO recourse_app;

GRANT UPDATE(ended_by) ON TABLE party.motion TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE party.motion TO recourse_app;

GRANT UPDATE(seconded) ON TABLE party.motion TO recourse_app;

GRANT SELECT,INSERT ON TABLE party.nonce TO recourse_app;
GRANT SELECT,DELETE ON TABLE party.nonce TO recourse_keeper;

GRANT SELECT,INSERT,DELETE ON TABLE party.passkey TO recourse_app;
GRANT DELETE ON TABLE party.passkey TO recourse_keeper;

GRANT SELECT(person) ON TABLE party.passkey TO recourse_keeper;

GRANT UPDATE(counter) ON TABLE party.passkey TO recourse_app;

GRANT UPDATE(used_at) ON TABLE party.passkey TO recourse_app;

GRANT INSERT ON TABLE party.person TO recourse_app;
GRANT DELETE ON TABLE party.person TO recourse_keeper;

GRANT SELECT(person) ON TABLE party.person TO recourse_app;
GRANT SELECT(person) ON TABLE party.person TO recourse_keeper;

GRANT SELECT(live_until),UPDATE(live_until) ON TABLE party.person TO recourse_app;
GRANT SELECT(live_until),UPDATE(live_until) ON TABLE party.person TO recourse_keeper;

GRANT SELECT(made_at) ON TABLE party.person TO recourse_app;
GRANT SELECT(made_at) ON TABLE party.person TO recourse_keeper;

GRANT SELECT(name_mark) ON TABLE party.person TO recourse_app;
GRANT SELECT(name_mark),UPDATE(name_mark) ON TABLE party.person TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE party.person TO recourse_app;
GRANT SELECT(epoch),UPDATE(epoch) ON TABLE party.person TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE party.person TO recourse_app;
GRANT SELECT(leaf),UPDATE(leaf) ON TABLE party.person TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE party.person TO recourse_keeper;

GRANT UPDATE(box) ON TABLE party.person TO recourse_keeper;

GRANT SELECT,INSERT,DELETE ON TABLE party.session TO recourse_app;
GRANT DELETE ON TABLE party.session TO recourse_keeper;

GRANT SELECT(session) ON TABLE party.session TO recourse_keeper;

GRANT UPDATE(token_hash) ON TABLE party.session TO recourse_app;

GRANT SELECT(person) ON TABLE party.session TO recourse_keeper;

GRANT UPDATE(way) ON TABLE party.session TO recourse_app;

GRANT UPDATE(seen_at) ON TABLE party.session TO recourse_app;

GRANT UPDATE(proved_at) ON TABLE party.session TO recourse_app;

GRANT SELECT(expires_at) ON TABLE party.session TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE party.token TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE party.token TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE party.training TO recourse_app;

GRANT SELECT,INSERT,DELETE ON TABLE party.view TO recourse_app;

GRANT UPDATE(name) ON TABLE party.view TO recourse_app;

GRANT SELECT,INSERT,DELETE ON TABLE repair.application TO recourse_app;
GRANT SELECT,DELETE ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(pack) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(pack) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(state) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(state) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(was) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(was) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(changed_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(changed_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(opened_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(opened_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(clock) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(clock) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(due_on) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(due_on) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(twice_on) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(twice_on) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(back_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(back_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(final_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(final_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(decided_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(decided_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(late_from) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(late_from) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(letter_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(letter_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(review_until) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(review_until) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(review_at) ON TABLE repair.application TO recourse_app;
GRANT UPDATE(review_at) ON TABLE repair.application TO recourse_keeper;

GRANT UPDATE(told_late) ON TABLE repair.application TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE repair.entry TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE repair.entry TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE repair.finding TO recourse_app;
GRANT SELECT ON TABLE repair.finding TO recourse_keeper;

GRANT SELECT ON TABLE repair.look TO recourse_app;
GRANT SELECT ON TABLE repair.look TO recourse_keeper;

GRANT SELECT,INSERT,DELETE ON TABLE repair.number TO recourse_app;
GRANT SELECT,DELETE ON TABLE repair.number TO recourse_keeper;

GRANT SELECT ON TABLE repair.opening TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE repair.opening TO recourse_keeper;

GRANT INSERT,DELETE ON TABLE repair.paper TO recourse_app;
GRANT DELETE ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(person) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(person) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(paper) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(paper) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(application) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(application) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(condition) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(condition) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(what) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(what) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(stage) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(stage) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(clerk) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(clerk) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(media) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(media) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(at) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(at) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(epoch) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(epoch) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT(leaf) ON TABLE repair.paper TO recourse_app;
GRANT SELECT(leaf) ON TABLE repair.paper TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE repair.paper TO recourse_keeper;

GRANT UPDATE(box) ON TABLE repair.paper TO recourse_keeper;

GRANT SELECT,INSERT,DELETE ON TABLE repair.relief TO recourse_app;
GRANT SELECT ON TABLE repair.relief TO recourse_keeper;

GRANT UPDATE(confirmed_by) ON TABLE repair.relief TO recourse_app;

GRANT UPDATE(confirmed_at) ON TABLE repair.relief TO recourse_app;

GRANT UPDATE(done_at) ON TABLE repair.relief TO recourse_keeper;

GRANT UPDATE(ended) ON TABLE repair.relief TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE retention.offered TO recourse_keeper;

GRANT UPDATE(until_on) ON TABLE retention.offered TO recourse_keeper;

GRANT SELECT ON TABLE retention.shortening TO recourse_app;
GRANT SELECT,INSERT ON TABLE retention.shortening TO recourse_keeper;
GRANT SELECT ON TABLE retention.shortening TO recourse_watch;

GRANT UPDATE(state) ON TABLE retention.shortening TO recourse_keeper;

GRANT UPDATE(changed_at) ON TABLE retention.shortening TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE vault.intent TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE vault.intent TO recourse_keeper;

GRANT UPDATE(vault_seq) ON TABLE vault.intent TO recourse_keeper;

GRANT UPDATE(done_at) ON TABLE vault.intent TO recourse_keeper;

GRANT UPDATE(unreadable_by) ON TABLE vault.intent TO recourse_keeper;

GRANT UPDATE(weak) ON TABLE vault.intent TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE vault.lease TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE vault.lease TO recourse_keeper;

GRANT UPDATE(seed_mark) ON TABLE vault.lease TO recourse_app;
GRANT UPDATE(seed_mark) ON TABLE vault.lease TO recourse_keeper;

GRANT UPDATE(next) ON TABLE vault.lease TO recourse_app;
GRANT UPDATE(next) ON TABLE vault.lease TO recourse_keeper;

GRANT SELECT ON TABLE vault.mark TO recourse_app;
GRANT SELECT,INSERT ON TABLE vault.mark TO recourse_keeper;

GRANT UPDATE(seq) ON TABLE vault.mark TO recourse_app;
GRANT UPDATE(seq) ON TABLE vault.mark TO recourse_keeper;

GRANT UPDATE(intent_seq) ON TABLE vault.mark TO recourse_keeper;

GRANT UPDATE(expire_before) ON TABLE vault.mark TO recourse_keeper;

GRANT UPDATE(generation) ON TABLE vault.mark TO recourse_keeper;

GRANT UPDATE(destroyed_generation) ON TABLE vault.mark TO recourse_keeper;

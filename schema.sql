-- The schema that the migrations make; written by make gen, kept by a test.

CREATE SCHEMA consent;

CREATE SCHEMA dossier;

CREATE SCHEMA furnish;

CREATE SCHEMA house;

CREATE SCHEMA inquiry;

CREATE SCHEMA law;

CREATE SCHEMA ledger;

CREATE SCHEMA notice;

CREATE SCHEMA party;

CREATE SCHEMA vault;

CREATE DOMAIN inquiry.basis AS text
	CONSTRAINT basis_check CHECK ((VALUE = ANY (ARRAY['consent'::text, 'statute'::text, 'self'::text])));

CREATE DOMAIN inquiry.nonce AS bytea
	CONSTRAINT nonce_check CHECK ((length(VALUE) = 12));

CREATE DOMAIN inquiry.outcome AS smallint
	CONSTRAINT outcome_check CHECK (((VALUE >= 0) AND (VALUE <= 2)));

CREATE FUNCTION dossier.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid) RETURNS TABLE(record uuid, version integer, type text, source uuid, pack text, negative boolean, state text, visible boolean, received_at timestamp with time zone, start_on date, display_end date, retain_end date, effect_at timestamp with time zone, erased_at timestamp with time zone, epoch bigint, leaf bigint, nonce bytea, box bytea)
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

CREATE FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, now timestamp with time zone, today date) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ select state = 'in force' and effect_at <= now and display_end >= today $$;

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

CREATE FUNCTION inquiry.disclose(p_person uuid, p_access uuid, p_spare uuid, p_now timestamp with time zone, p_body uuid, p_purpose text, p_basis text, p_right boolean, p_pack text, p_types text[], p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) RETURNS TABLE(outcome smallint, replayed boolean, record uuid, version integer, type text, source uuid, start_on date, display_end date, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    AS $$
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

CREATE FUNCTION inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_before timestamp with time zone, p_limit integer) RETURNS TABLE(access uuid, at timestamp with time zone, body uuid, purpose text, basis text, pack text, outcome smallint, records uuid[], replay_of uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION law.check_in_force(p_pack text, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if p_pack <> (select a.version from law.activation a where a.in_force_from <= p_now order by a.number desc limit 1) then
        raise exception 'another pack is in force' using errcode = 'RC002';
    end if;
end $$;

CREATE FUNCTION notice.address(p_person uuid, p_notice uuid, p_now timestamp with time zone) RETURNS TABLE(nth integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE TABLE consent.given (
    person uuid NOT NULL,
    consent uuid NOT NULL,
    body uuid NOT NULL,
    purpose text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    usable_from timestamp with time zone NOT NULL,
    until_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    CONSTRAINT given_check CHECK (((usable_from >= given_at) AND (until_at > given_at)))
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
    epoch bigint NOT NULL,
    leaf bigint NOT NULL,
    mark bytea,
    decision bytea,
    nonce bytea,
    box bytea,
    CONSTRAINT record_check CHECK (((display_end >= start_on) AND (retain_end >= display_end))),
    CONSTRAINT record_check1 CHECK ((((state = 'noticed'::text) = (effect_at IS NULL)) OR (state = ANY (ARRAY['withdrawn'::text, 'expired'::text, 'erased'::text])))),
    CONSTRAINT record_check2 CHECK (((state = 'erased'::text) = (erased_at IS NOT NULL))),
    CONSTRAINT record_check3 CHECK ((((state = ANY (ARRAY['withdrawn'::text, 'erased'::text])) = (box IS NULL)) AND ((box IS NULL) = (nonce IS NULL)) AND ((box IS NULL) = (mark IS NULL)))),
    CONSTRAINT record_decision_check CHECK ((length(decision) = 16)),
    CONSTRAINT record_mark_check CHECK ((length(mark) = 16)),
    CONSTRAINT record_nonce_check CHECK ((length(nonce) = 12)),
    CONSTRAINT record_state_check CHECK ((state = ANY (ARRAY['noticed'::text, 'in force'::text, 'withdrawn'::text, 'expired'::text, 'erased'::text]))),
    CONSTRAINT record_version_check CHECK ((version >= 1))
);

CREATE TABLE dossier.source_ref (
    source uuid NOT NULL,
    ref_mac bytea NOT NULL,
    person uuid NOT NULL,
    record uuid NOT NULL,
    CONSTRAINT source_ref_ref_mac_check CHECK ((length(ref_mac) = 16))
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
    replay_of uuid,
    epoch bigint,
    leaf bigint,
    nonce inquiry.nonce,
    box bytea
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

CREATE TABLE ledger.journal (
    stream uuid NOT NULL,
    event uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    refs jsonb NOT NULL
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
    CONSTRAINT attempt_outcome_check CHECK ((outcome = ANY (ARRAY['handed over'::text, 'refused'::text, 'unreachable'::text, 'no address'::text])))
);

CREATE TABLE notice.owed (
    person uuid NOT NULL,
    notice uuid NOT NULL,
    kind text NOT NULL,
    record uuid NOT NULL,
    version integer NOT NULL,
    pack text NOT NULL,
    owed_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone,
    answer_until timestamp with time zone,
    CONSTRAINT owed_check CHECK (((opened_at IS NULL) = (answer_until IS NULL))),
    CONSTRAINT owed_check1 CHECK ((answer_until > opened_at))
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

CREATE TABLE party.gate (
    person uuid NOT NULL
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
    token_hash bytea NOT NULL,
    person uuid,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT session_check CHECK ((expires_at > made_at)),
    CONSTRAINT session_token_hash_check CHECK ((length(token_hash) = 32))
);

CREATE TABLE party.token (
    generation integer NOT NULL,
    mac bytea NOT NULL,
    person uuid NOT NULL,
    CONSTRAINT token_mac_check CHECK ((length(mac) = 16))
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
    CONSTRAINT intent_reason_check CHECK ((reason = ANY (ARRAY['repaired'::text, 'withdrawn'::text, 'wrong person'::text, 'superseded'::text, 'sealed anew'::text, 'person ended'::text, 'under age'::text, 'ordered'::text, 'found erased'::text]))),
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

ALTER TABLE ONLY consent.given
    ADD CONSTRAINT given_pkey PRIMARY KEY (person, consent);

ALTER TABLE ONLY dossier.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (person, record);

ALTER TABLE ONLY dossier.source_ref
    ADD CONSTRAINT source_ref_pkey PRIMARY KEY (source, ref_mac);

ALTER TABLE ONLY furnish.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (delivery, first_row);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_body_idempotency_key_key UNIQUE (body, idempotency_key);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (delivery);

ALTER TABLE ONLY furnish.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (delivery, row_number, nth);

ALTER TABLE ONLY house.clock_shift
    ADD CONSTRAINT clock_shift_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY house.mode
    ADD CONSTRAINT mode_mode_key UNIQUE (mode);

ALTER TABLE ONLY house.mode
    ADD CONSTRAINT mode_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY inquiry.access
    ADD CONSTRAINT access_pkey PRIMARY KEY (person, access);

ALTER TABLE ONLY law.activation
    ADD CONSTRAINT activation_event_key UNIQUE (event);

ALTER TABLE ONLY law.activation
    ADD CONSTRAINT activation_pkey PRIMARY KEY (number);

ALTER TABLE ONLY law.officer
    ADD CONSTRAINT officer_pkey PRIMARY KEY (public_key);

ALTER TABLE ONLY law.signature
    ADD CONSTRAINT signature_pkey PRIMARY KEY (number, public_key);

ALTER TABLE ONLY law.version
    ADD CONSTRAINT version_hash_key UNIQUE (hash);

ALTER TABLE ONLY law.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (version);

ALTER TABLE ONLY ledger.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (stream, event);

ALTER TABLE ONLY ledger.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (stream, event, consumer);

ALTER TABLE ONLY notice.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (person, notice, channel, nth);

ALTER TABLE ONLY notice.owed
    ADD CONSTRAINT owed_pkey PRIMARY KEY (person, notice);

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

ALTER TABLE ONLY party.gate
    ADD CONSTRAINT gate_pkey PRIMARY KEY (person);

ALTER TABLE ONLY party.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (person);

ALTER TABLE ONLY party.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY party.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (generation, mac);

ALTER TABLE ONLY vault.intent
    ADD CONSTRAINT intent_pkey PRIMARY KEY (person, intent);

ALTER TABLE ONLY vault.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (epoch);

ALTER TABLE ONLY vault.mark
    ADD CONSTRAINT mark_pkey PRIMARY KEY (only_row);

CREATE INDEX record_retain_end ON dossier.record USING btree (retain_end) WHERE (state <> 'erased'::text);

CREATE INDEX delivery_list ON furnish.delivery USING btree (body, begun_at, delivery);

CREATE UNIQUE INDEX officer_name ON law.officer USING btree (name) WHERE (ended_at IS NULL);

CREATE INDEX outbox_due ON ledger.outbox USING btree (slot, next_at);

CREATE INDEX contact_epoch ON party.contact USING btree (epoch);

CREATE INDEX credential_clerk ON party.credential USING btree (clerk);

CREATE INDEX person_epoch ON party.person USING btree (epoch);

CREATE INDEX session_end ON party.session USING btree (expires_at);

CREATE INDEX session_person ON party.session USING btree (person);

CREATE INDEX token_person ON party.token USING btree (person);

CREATE INDEX intent_end ON vault.intent USING btree (((epoch & '4294967295'::bigint))) WHERE (done_at IS NOT NULL);

CREATE INDEX intent_waiting ON vault.intent USING btree (vault_seq, created_at) WHERE (done_at IS NULL);

ALTER TABLE ONLY consent.given
    ADD CONSTRAINT given_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY furnish.batch
    ADD CONSTRAINT batch_delivery_fkey FOREIGN KEY (delivery) REFERENCES furnish.delivery(delivery);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY furnish.delivery
    ADD CONSTRAINT delivery_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

ALTER TABLE ONLY furnish.finding
    ADD CONSTRAINT finding_delivery_fkey FOREIGN KEY (delivery) REFERENCES furnish.delivery(delivery);

ALTER TABLE ONLY house.clock_shift
    ADD CONSTRAINT clock_shift_mode_fkey FOREIGN KEY (mode) REFERENCES house.mode(mode);

ALTER TABLE ONLY law.activation
    ADD CONSTRAINT activation_version_fkey FOREIGN KEY (version) REFERENCES law.version(version);

ALTER TABLE ONLY law.signature
    ADD CONSTRAINT signature_number_fkey FOREIGN KEY (number) REFERENCES law.activation(number);

ALTER TABLE ONLY law.signature
    ADD CONSTRAINT signature_public_key_fkey FOREIGN KEY (public_key) REFERENCES law.officer(public_key);

ALTER TABLE ONLY notice.attempt
    ADD CONSTRAINT attempt_person_notice_fkey FOREIGN KEY (person, notice) REFERENCES notice.owed(person, notice);

ALTER TABLE ONLY party.clerk
    ADD CONSTRAINT clerk_body_fkey FOREIGN KEY (body) REFERENCES party.body(body);

ALTER TABLE ONLY party.credential
    ADD CONSTRAINT credential_clerk_fkey FOREIGN KEY (clerk) REFERENCES party.clerk(clerk);

GRANT USAGE ON SCHEMA consent TO recourse_app;
GRANT USAGE ON SCHEMA consent TO recourse_keeper;
GRANT USAGE ON SCHEMA consent TO recourse_watch;

GRANT USAGE ON SCHEMA dossier TO recourse_app;
GRANT USAGE ON SCHEMA dossier TO recourse_keeper;
GRANT USAGE ON SCHEMA dossier TO recourse_watch;

GRANT USAGE ON SCHEMA furnish TO recourse_app;
GRANT USAGE ON SCHEMA furnish TO recourse_keeper;
GRANT USAGE ON SCHEMA furnish TO recourse_watch;

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

GRANT USAGE ON SCHEMA party TO recourse_app;
GRANT USAGE ON SCHEMA party TO recourse_keeper;
GRANT USAGE ON SCHEMA party TO recourse_watch;

GRANT USAGE ON SCHEMA vault TO recourse_app;
GRANT USAGE ON SCHEMA vault TO recourse_keeper;

REVOKE ALL ON FUNCTION dossier.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.show(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_record uuid) TO recourse_app;

REVOKE ALL ON FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, now timestamp with time zone, today date) FROM PUBLIC;
GRANT ALL ON FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, now timestamp with time zone, today date) TO recourse_app;
GRANT ALL ON FUNCTION dossier.visible(state text, effect_at timestamp with time zone, display_end date, now timestamp with time zone, today date) TO recourse_keeper;

REVOKE ALL ON FUNCTION house.check_instant(p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION house.now() FROM PUBLIC;
GRANT ALL ON FUNCTION house.now() TO recourse_app;
GRANT ALL ON FUNCTION house.now() TO recourse_keeper;
GRANT ALL ON FUNCTION house.now() TO recourse_watch;

REVOKE ALL ON FUNCTION inquiry.disclose(p_person uuid, p_access uuid, p_spare uuid, p_now timestamp with time zone, p_body uuid, p_purpose text, p_basis text, p_right boolean, p_pack text, p_types text[], p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION inquiry.disclose(p_person uuid, p_access uuid, p_spare uuid, p_now timestamp with time zone, p_body uuid, p_purpose text, p_basis text, p_right boolean, p_pack text, p_types text[], p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea) TO recourse_app;

REVOKE ALL ON FUNCTION inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION inquiry.show_lookups(p_person uuid, p_access uuid, p_now timestamp with time zone, p_pack text, p_before timestamp with time zone, p_limit integer) TO recourse_app;

REVOKE ALL ON FUNCTION law.check_in_force(p_pack text, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION notice.address(p_person uuid, p_notice uuid, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION notice.address(p_person uuid, p_notice uuid, p_now timestamp with time zone) TO recourse_keeper;

REVOKE ALL ON FUNCTION party.reseal(p_event uuid, p_now timestamp with time zone, p_what text, p_newest integer, p_skip integer, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION party.reseal(p_event uuid, p_now timestamp with time zone, p_what text, p_newest integer, p_skip integer, p_limit integer) TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE consent.given TO recourse_app;
GRANT SELECT,DELETE ON TABLE consent.given TO recourse_keeper;

GRANT UPDATE(stopped_at) ON TABLE consent.given TO recourse_app;

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

GRANT SELECT(display_end) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(display_end) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(retain_end) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(retain_end) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(effect_at),UPDATE(effect_at) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(effect_at),UPDATE(effect_at) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(erased_at) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(erased_at),UPDATE(erased_at) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(epoch),UPDATE(epoch) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(epoch) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(leaf),UPDATE(leaf) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(leaf) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(mark),UPDATE(mark) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(mark),UPDATE(mark) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT(decision),UPDATE(decision) ON TABLE dossier.record TO recourse_app;
GRANT SELECT(decision) ON TABLE dossier.record TO recourse_keeper;

GRANT UPDATE(nonce) ON TABLE dossier.record TO recourse_app;
GRANT UPDATE(nonce) ON TABLE dossier.record TO recourse_keeper;

GRANT UPDATE(box) ON TABLE dossier.record TO recourse_app;
GRANT UPDATE(box) ON TABLE dossier.record TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE dossier.source_ref TO recourse_app;

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

GRANT SELECT ON TABLE law.activation TO recourse_app;
GRANT SELECT ON TABLE law.activation TO recourse_keeper;
GRANT SELECT ON TABLE law.activation TO recourse_watch;

GRANT SELECT ON TABLE law.officer TO recourse_app;
GRANT SELECT ON TABLE law.officer TO recourse_keeper;
GRANT SELECT ON TABLE law.officer TO recourse_watch;

GRANT SELECT ON TABLE law.signature TO recourse_app;
GRANT SELECT ON TABLE law.signature TO recourse_keeper;
GRANT SELECT ON TABLE law.signature TO recourse_watch;

GRANT SELECT ON TABLE law.version TO recourse_app;
GRANT SELECT ON TABLE law.version TO recourse_keeper;
GRANT SELECT ON TABLE law.version TO recourse_watch;

GRANT INSERT ON TABLE ledger.journal TO recourse_app;
GRANT INSERT ON TABLE ledger.journal TO recourse_keeper;
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

GRANT SELECT ON TABLE notice.attempt TO recourse_app;
GRANT SELECT,INSERT ON TABLE notice.attempt TO recourse_keeper;

GRANT UPDATE(ended_at) ON TABLE notice.attempt TO recourse_keeper;

GRANT UPDATE(outcome) ON TABLE notice.attempt TO recourse_keeper;

GRANT SELECT ON TABLE notice.owed TO recourse_app;
GRANT SELECT,INSERT ON TABLE notice.owed TO recourse_keeper;

GRANT UPDATE(opened_at) ON TABLE notice.owed TO recourse_app;

GRANT UPDATE(answer_until) ON TABLE notice.owed TO recourse_app;

GRANT SELECT ON TABLE party.body TO recourse_app;
GRANT SELECT ON TABLE party.body TO recourse_keeper;
GRANT SELECT ON TABLE party.body TO recourse_watch;

GRANT SELECT,INSERT ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(trained_until) ON TABLE party.clerk TO recourse_app;

GRANT UPDATE(ended_at) ON TABLE party.clerk TO recourse_app;

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

GRANT SELECT,INSERT,UPDATE ON TABLE party.gate TO recourse_app;
GRANT SELECT,DELETE,UPDATE ON TABLE party.gate TO recourse_keeper;

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

GRANT SELECT(token_hash) ON TABLE party.session TO recourse_keeper;

GRANT SELECT(person) ON TABLE party.session TO recourse_keeper;

GRANT SELECT(expires_at) ON TABLE party.session TO recourse_keeper;

GRANT SELECT,INSERT ON TABLE party.token TO recourse_app;
GRANT SELECT,INSERT,DELETE ON TABLE party.token TO recourse_keeper;

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

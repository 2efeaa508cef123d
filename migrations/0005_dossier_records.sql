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
    state text not null check (state in ('noticed', 'in force', 'withdrawn', 'repaired', 'expired', 'erased')),
    received_at timestamptz not null,
    start_on date not null,
    display_end date not null,
    retain_end date not null,
    effect_at timestamptz,
    erased_at timestamptz,
    -- what ended before its day: when, why, and the rule or decision that it rests on, for the receipt
    ended_at timestamptz,
    ended_why text check (ended_why in ('withdrawn', 'repaired', 'wrong person', 'ordered')),
    ended_rule text check (octet_length(ended_rule) between 1 and 200),
    stated boolean not null default false, -- the person says something about it, which goes with it (dispute.statement)
    epoch bigint not null,
    leaf bigint not null,
    mark bytea check (length(mark) = 16),
    weight bytea check (weight is null or length(weight) >= 16 and box is not null), -- of a negative content; says under the key of its leaf whether another is worse (rules C2)
    told integer not null default 0 check (told between 0 and version), -- the version that the letter is about which this one inherits; 0 where none is owed
    decision bytea check (length(decision) = 16), -- keyed mark of the decision it rests on, for this person alone (rules A3)
    -- found wrong on a contest, not decided in twice the clock, or taken back while it was contested: what weighs on the person comes back
    -- on certificate alone, until that day (rules D1)
    refuted boolean not null default false,
    readmit_until date check (readmit_until is null or refuted or hide_why = 'correction'),
    nonce bytea check (length(nonce) = 12),
    box bytea,
    -- a contest: from when to when the record is marked as disputed, and from when to when it is hidden
    disputed_from timestamptz,
    disputed_until timestamptz,
    hide_from timestamptz,
    hide_until timestamptz,
    hide_why text check (hide_why in ('overdue', 'wrong person', 'correction', 'unverifiable')),
    -- an application to end it early: from when to when it is hidden because nobody decided
    late_from timestamptz,
    late_until timestamptz,
    -- a stay of the ombudsman: from when to when it is hidden, without end until it was answered in time or is lifted (rules H1)
    stay_from timestamptz,
    stay_until timestamptz,
    -- effect at once, for danger to life or health (rules C3): shown to whom the statute names from the first, until it takes effect like any other. What
    -- came before the hearing is shown until unheard_until alone, and takes no other effect; whether that day was put off once
    at_once boolean not null default false,
    unheard_until date,
    extended boolean not null default false,
    primary key (person, record),
    check (disputed_until >= disputed_from and (disputed_until is null or disputed_from is not null)),
    check (hide_until >= hide_from and (hide_from is null) = (hide_why is null) and (hide_until is null or hide_from is not null)),
    check (late_until >= late_from and (late_until is null or late_from is not null)),
    check (stay_until >= stay_from and (stay_until is null or stay_from is not null)),
    check (display_end >= start_on and retain_end >= display_end),
    check (unheard_until is null or at_once and state <> 'in force'),
    -- the state machine: what takes effect has an instant, what is withdrawn or erased has no content
    check ((state = 'noticed') = (effect_at is null) or state in ('withdrawn', 'repaired', 'expired', 'erased')),
    check ((state = 'erased') = (erased_at is not null)),
    check ((ended_at is null) = (ended_why is null) and (ended_at is null) = (ended_rule is null) and (ended_at is null or box is null)),
    check (state <> 'repaired' or ended_why is not distinct from 'repaired'),
    check ((state in ('withdrawn', 'repaired', 'erased')) = (box is null) and (box is null) = (nonce is null) and (box is null) = (mark is null))
);
-- read by: the sweep that ends records whose retention is over
create index record_retain_end on dossier.record (retain_end) where state <> 'erased';
-- read by: the sweep that ends records early by a rule, and tells when a way to end them opens
create index record_start on dossier.record (type, start_on) where negative and state in ('noticed', 'in force');
grant select (person, record, version, source, source_order, type, pack, negative, state, received_at,
    start_on, display_end, retain_end, effect_at, erased_at, ended_at, ended_why, ended_rule, epoch, leaf, mark, weight, told, decision, refuted, readmit_until, stated,
    disputed_from, disputed_until, hide_from, hide_until, hide_why, late_from, late_until, stay_from, stay_until, at_once, unheard_until, extended) on dossier.record to recourse_app, recourse_keeper;
grant insert on dossier.record to recourse_app;
grant update (version, source_order, pack, state, start_on, display_end, effect_at, ended_at, ended_why, ended_rule, epoch, leaf, mark, weight, told, decision, refuted, readmit_until, stated, nonce, box, at_once, unheard_until, extended) on dossier.record to recourse_app;
grant update (stay_from, stay_until) on dossier.record to recourse_app; -- no worker ends a stay
-- ends only ever come forward
grant update (display_end, retain_end, state, effect_at, erased_at, ended_at, ended_why, ended_rule, refuted, stated, mark, weight, nonce, box) on dossier.record to recourse_keeper;
grant update (disputed_from, disputed_until, hide_from, hide_until, hide_why, late_from, late_until) on dossier.record to recourse_app, recourse_keeper;

-- directory: (source, HMAC of the source's ref) → person and record. Written in
-- the transaction of the record, and never after: what was withdrawn or has ended
-- is known by its ref for ever, and blocked. What two people found to be another's
-- is filed under that person with the same ref, which then leads there (rules E4).
create table dossier.source_ref (
    source uuid not null,
    ref_mac bytea not null check (length(ref_mac) = 16),
    person uuid not null,
    record uuid not null,
    primary key (source, ref_mac)
);
grant select, insert, update (person, record) on dossier.source_ref to recourse_app;

-- The visibility rule, once: what may be disclosed to a body at an instant.
-- today is the legal day of that instant in the registry's zone. What is hidden is
-- so from the instant at which a clock runs out (rules D1), written down when the
-- clock starts: no worker has to come for it.
-- +goose StatementBegin
create function dossier.visible(state text, effect_at timestamptz, display_end date, hide_from timestamptz, hide_until timestamptz, late_from timestamptz, late_until timestamptz, stay_from timestamptz, stay_until timestamptz, now timestamptz, today date)
returns boolean
language sql immutable
as $$ select state = 'in force' and effect_at <= now and display_end >= today
    and (hide_from is null or now < hide_from or coalesce(hide_until <= now, false))
    and (late_from is null or now < late_from or coalesce(late_until <= now, false))
    and (stay_from is null or now < stay_from or coalesce(stay_until <= now, false)) $$;
-- +goose StatementEnd
revoke all on function dossier.visible(text, timestamptz, date, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, date) from public;
grant execute on function dossier.visible(text, timestamptz, date, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, date) to recourse_app, recourse_keeper;

-- Whether a record has not ended, whether or not it may be shown yet or still: what
-- takes a licence away counts while it stands (rules B2). One of which nobody can
-- show whether it is right does not.
-- +goose StatementBegin
create function dossier.stands(state text, display_end date, hide_why text, hide_from timestamptz, hide_until timestamptz, now timestamptz, today date)
returns boolean
language sql immutable
as $$ select state in ('noticed', 'in force') and display_end >= today
    and not coalesce(hide_why = 'unverifiable' and hide_from <= now and (hide_until is null or now < hide_until), false) $$;
-- +goose StatementEnd
revoke all on function dossier.stands(text, date, text, timestamptz, timestamptz, timestamptz, date) from public;
grant execute on function dossier.stands(text, date, text, timestamptz, timestamptz, timestamptz, date) to recourse_app, recourse_keeper;

-- Whether a record is marked as disputed in an answer at an instant.
-- +goose StatementBegin
create function dossier.disputed(disputed_from timestamptz, disputed_until timestamptz, now timestamptz)
returns boolean
language sql immutable
as $$ select coalesce(disputed_from <= now and (disputed_until is null or now < disputed_until), false) $$;
-- +goose StatementEnd
revoke all on function dossier.disputed(timestamptz, timestamptz, timestamptz) from public;
grant execute on function dossier.disputed(timestamptz, timestamptz, timestamptz) to recourse_app, recourse_keeper;

-- Whether a record that has effect at once is shown for it: until the day on which it
-- ends by itself, nobody coming for it, or until it takes effect like any other. To
-- whom says who asks: nobody but the bodies that the statute names (rules C3).
-- +goose StatementBegin
create function dossier.at_once(at_once boolean, state text, display_end date, unheard_until date, hide_from timestamptz, hide_until timestamptz, late_from timestamptz, late_until timestamptz, stay_from timestamptz, stay_until timestamptz, now timestamptz, today date)
returns boolean
language sql immutable
as $$ select at_once and state in ('noticed', 'in force')
    and dossier.visible('in force', now, least(display_end, unheard_until), hide_from, hide_until, late_from, late_until, stay_from, stay_until, now, today) $$;
-- +goose StatementEnd
revoke all on function dossier.at_once(boolean, text, date, date, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, date) from public;
grant execute on function dossier.at_once(boolean, text, date, date, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, date) to recourse_app, recourse_keeper;

-- What an answer about a person shows of their file, once: which records of p_types,
-- whether whole or only by whom to ask (refer), and whether for the time being
-- (provisional). p_marks is what is true of who asks, and may be null: licence>decision,
-- a licence that is not shown while such a decision stands that this answer does not
-- show (rules B2); type>type, one that refers while its contest is overdue; >type, a
-- decision that has effect at once towards who asks (rules C3); licence@source, one of
-- a source that is late (rules B2).
-- +goose StatementBegin
create function dossier.answering(p_person uuid, p_types text[], p_marks text[], p_now timestamptz, p_today date)
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
    where o.person = p_person and o.type = any (p_types)
    and (dossier.visible(o.state, o.effect_at, o.display_end, o.hide_from, o.hide_until, o.late_from, o.late_until, o.stay_from, o.stay_until, p_now, p_today)
        or o.at_once and '>' || o.type = any (p_marks)
            and dossier.at_once(o.at_once, o.state, o.display_end, o.unheard_until, o.hide_from, o.hide_until, o.late_from, o.late_until, o.stay_from, o.stay_until, p_now, p_today)
        or o.hide_why = 'overdue' and o.type || '>' || o.type = any (p_marks)
            and o.effect_at <= p_now and dossier.stands(o.state, o.display_end, o.hide_why, o.hide_from, o.hide_until, p_now, p_today)
            and (o.stay_from is null or p_now < o.stay_from or coalesce(o.stay_until <= p_now, false)))
    offset 0 $$; -- person by person, whatever is known of the table
-- +goose StatementEnd
revoke all on function dossier.answering(uuid, text[], text[], timestamptz, date) from public;

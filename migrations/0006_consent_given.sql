-- +goose Up
create schema consent;
grant usage on schema consent to recourse_app, recourse_keeper, recourse_watch;

-- person: one body, one purpose, named types, until a day. usable_from is the end of
-- the ten minutes in which it can be undone (rules G2), or when the person confirmed it.
create table consent.given (
    person uuid not null,
    consent uuid not null,
    body uuid not null references party.body (body),
    purpose text not null,
    types text[] not null check (cardinality(types) > 0),
    single boolean not null default false, -- used up by the first answer
    started boolean not null default false, -- for a matter that the person says they started
    crosses boolean not null default false, -- names a type of another sector (rules G1)
    given_at timestamptz not null,
    usable_from timestamptz not null,
    until_at timestamptz not null,
    stopped_at timestamptz,
    used_at timestamptz,
    used_by uuid, -- the inquiry that used it up
    primary key (person, consent),
    check (usable_from >= given_at and until_at > given_at),
    check (not crosses or single and started),
    check ((used_at is null) = (used_by is null) and (single or used_at is null))
);
-- read by: the sweep that removes what ended long ago
create index given_ended on consent.given (least(stopped_at, used_at, until_at));
grant select, insert on consent.given to recourse_app;
grant update (types, usable_from, until_at, stopped_at) on consent.given to recourse_app;
grant select, delete on consent.given to recourse_keeper;

-- person: what was answered on a consent.
create table consent.use (
    person uuid not null,
    consent uuid not null,
    access uuid not null,
    at timestamptz not null,
    primary key (person, consent, access)
);
grant select on consent.use to recourse_app;
grant select, delete on consent.use to recourse_keeper;

-- directory: what a body wants to be allowed, under the hash of a code that it hands to
-- the person. It is about nobody until somebody enters the code.
create table consent.code (
    hash bytea not null check (length(hash) = 32),
    request uuid not null,
    body uuid not null references party.body (body),
    purpose text not null,
    types text[] not null check (cardinality(types) > 0),
    single boolean not null,
    until_on date not null,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    person uuid, -- who entered it
    primary key (hash),
    check (expires_at > asked_at)
);
-- read by: the sweep that removes codes that cannot be entered any more
create index code_expires on consent.code (expires_at);
grant select, insert on consent.code to recourse_app;
grant update (person) on consent.code to recourse_app;
grant select, delete on consent.code to recourse_keeper;

-- person: what a body asked them for, and what they decided. The body is told nothing
-- of it: refusing and not answering are alike (rules G1).
create table consent.request (
    person uuid not null,
    request uuid not null,
    body uuid not null references party.body (body),
    purpose text not null,
    types text[] not null check (cardinality(types) > 0),
    single boolean not null,
    until_on date not null,
    asked_at timestamptz not null,
    opened_at timestamptz not null,
    ended_at timestamptz,
    ending text check (ending in ('given', 'refused', 'no right')),
    primary key (person, request),
    check ((ended_at is null) = (ending is null))
);
-- read by: the sweep that removes what was decided long ago
create index request_ended on consent.request (ended_at) where ended_at is not null;
-- read by: the sweep that removes what nobody decided about
create index request_until on consent.request (until_on) where ended_at is null;
grant select, insert on consent.request to recourse_app;
grant update (ended_at, ending) on consent.request to recourse_app;
grant select, delete on consent.request to recourse_keeper;

-- person: the stop for inquiries on consent, and under a statute but where the pack says
-- that one passes (rules F2). It stands while it was not lifted.
create table consent.freeze (
    person uuid not null,
    number uuid not null,
    placed_at timestamptz not null,
    lifted_at timestamptz check (lifted_at >= placed_at),
    primary key (person, number)
);
create unique index freeze_stands on consent.freeze (person) where lifted_at is null;
grant select, insert on consent.freeze to recourse_app;
grant update (lifted_at) on consent.freeze to recourse_app;
grant select, delete on consent.freeze to recourse_keeper;

-- person: for whom a freeze is lifted, and until when.
create table consent.lift (
    person uuid not null,
    lift uuid not null,
    body uuid not null references party.body (body),
    given_at timestamptz not null,
    until_at timestamptz not null check (until_at > given_at),
    stopped_at timestamptz,
    primary key (person, lift)
);
grant select, insert on consent.lift to recourse_app;
grant update (stopped_at) on consent.lift to recourse_app;
grant select, delete on consent.lift to recourse_keeper;

-- Whether a person's freeze stands towards a body at an instant (rules F2).
-- +goose StatementBegin
create function consent.frozen(p_person uuid, p_body uuid, p_at timestamptz) returns table (frozen boolean)
language sql stable
as $$ select exists (select 1 from consent.freeze f where f.person = p_person and f.lifted_at is null)
    and not exists (select 1 from consent.lift o where o.person = p_person and o.body = p_body and o.stopped_at is null and o.until_at > p_at) offset 0 $$;
-- +goose StatementEnd
revoke all on function consent.frozen(uuid, uuid, timestamptz) from public;

-- claim says, for each of the inquiries that wait together, what a consent opens: the
-- codes of types with commas between, in the place of the inquiry, or NULL. It is part of
-- inquiry.disclose, after the persons' gates, and nobody else may call it. A consent for
-- one use is used up by the row's own lock: of two that want it at once the second waits,
-- and then finds it used. The inquiry that used it may be repeated. A matter that was
-- answered since the consent was given is not opened by it again (rules B3).
-- +goose StatementBegin
create function consent.claim(p_began timestamptz, p_person uuid[], p_access uuid[], p_now timestamptz[], p_body uuid[], p_purpose text[], p_basis text[],
    p_right boolean[], p_types text[], p_matter uuid[])
returns text[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
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
-- +goose StatementEnd
revoke all on function consent.claim(timestamptz, uuid[], uuid[], timestamptz[], uuid[], text[], text[], boolean[], text[], uuid[]) from public;

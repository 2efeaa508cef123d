-- +goose Up
create schema oversight;
grant usage on schema oversight to recourse_app, recourse_keeper, recourse_watch;

-- directory: what went wrong, once for each record. refiled is the record of the
-- person whom it is about, once it was filed under them.
create table oversight.incident (
    incident uuid primary key,
    kind text not null check (kind in ('wrong person')),
    person uuid not null,
    record uuid not null unique,
    aware_at timestamptz not null,
    open_at timestamptz not null check (open_at >= aware_at),
    refiled_person uuid,
    refiled uuid unique,
    check ((refiled is null) = (refiled_person is null))
);
grant select on oversight.incident to recourse_app, recourse_keeper, recourse_watch;
grant insert, update (refiled_person, refiled) on oversight.incident to recourse_keeper;

-- directory: the answers that showed it to a body. Append only.
create table oversight.affected (
    incident uuid not null references oversight.incident (incident),
    access uuid not null,
    body uuid not null references party.body (body),
    at timestamptz not null,
    primary key (incident, access)
);
grant select on oversight.affected to recourse_app, recourse_keeper, recourse_watch;
grant insert on oversight.affected to recourse_keeper;

-- person: looks that their person questions, one question about each look: which
-- supervisor answers by when, who takes over what is overdue, and what was found.
create table oversight.question (
    person uuid not null,
    access uuid not null,
    question uuid not null,
    body uuid not null references party.body (body),
    purpose text not null,
    looked_at timestamptz not null,
    why text not null check (why in ('unknown body', 'nothing asked', 'no consent', 'too much', 'somebody else', 'for no reason')),
    asked_at timestamptz not null,
    due_on date not null,
    due_at timestamptz not null,
    supervisor uuid not null references party.body (body) check (supervisor <> body),
    beyond uuid not null references party.body (body) check (beyond <> body),
    finding text check (finding in ('lawful', 'mistaken', 'unshown', 'unlawful')),
    found_by uuid,
    found_for uuid references party.body (body) check (found_for in (supervisor, beyond)),
    found_at timestamptz,
    told_at timestamptz, -- that it is overdue
    primary key (person, access),
    check ((finding is null) = (found_by is null) and (finding is null) = (found_for is null) and (finding is null) = (found_at is null))
);
-- read by: the page of a supervisor, by number
create index question_number on oversight.question (question);
-- read by: the page of what waits for a supervisor, and the sweep that tells of overdue ones
create index question_due on oversight.question (due_at) where finding is null;
-- read by: the sweep that removes old findings
create index question_found on oversight.question (found_at) where finding is not null;
grant select, insert on oversight.question to recourse_app;
grant update (finding, found_by, found_for, found_at) on oversight.question to recourse_app;
grant select, delete, update (told_at) on oversight.question to recourse_keeper;

-- directory: since when, and when last, a member of staff asked for a purpose: days
-- alone, nothing of whom. Written once a day at most.
create table oversight.habit (
    clerk uuid not null,
    purpose text not null,
    first_on date not null,
    last_on date not null check (last_on >= first_on),
    primary key (clerk, purpose)
);
-- read by: the sweep of what is a year old
create index habit_last on oversight.habit (last_on);
grant select, insert on oversight.habit to recourse_app;
grant update (last_on) on oversight.habit to recourse_app;
grant select, delete on oversight.habit to recourse_keeper;

-- person: looks of staff that were picked, at random or by the published rules (rules
-- H4), one inspection of each look: who asked says why by a day, sealed; which
-- supervisor looks into it by another, who takes over what is overdue, and what was
-- found. Nothing that answers reads it, and all of it goes after two years at most.
-- person is a key that names nobody where the look was at no file.
create table oversight.inspection (
    person uuid not null,
    access uuid not null,
    inspection uuid not null,
    body uuid not null references party.body (body),
    clerk uuid not null,
    purpose text not null,
    looked_at timestamptz not null,
    rules text[] not null check (cardinality(rules) > 0),
    reason_on date not null,
    reason_at timestamptz not null,
    due_on date not null check (due_on >= reason_on),
    due_at timestamptz not null,
    keep_until date not null,
    supervisor uuid not null references party.body (body) check (supervisor <> body),
    beyond uuid not null references party.body (body) check (beyond <> body),
    given_at timestamptz,
    epoch bigint,
    leaf bigint,
    nonce bytea check (length(nonce) = 12),
    box bytea,
    finding text check (finding in ('lawful', 'mistaken', 'unshown', 'unlawful')),
    found_by uuid check (found_by <> clerk),
    found_for uuid references party.body (body) check (found_for in (supervisor, beyond)),
    found_at timestamptz,
    primary key (person, access),
    check ((given_at is null) = (epoch is null) and (given_at is null) = (leaf is null) and (nonce is null) = (box is null)),
    check ((finding is null) = (found_by is null) and (finding is null) = (found_for is null) and (finding is null) = (found_at is null))
);
-- read by: the pages of one inspection, by number
create index inspection_number on oversight.inspection (inspection);
-- read by: the page of who asked
create index inspection_clerk on oversight.inspection (clerk, looked_at);
-- read by: the page of what waits for a supervisor
create index inspection_due on oversight.inspection (due_at, inspection) where finding is null;
-- read by: the page of what a supervisor found
create index inspection_found on oversight.inspection (found_for, found_at, inspection) where finding is not null;
-- read by: the sweep of what is kept no longer
create index inspection_keep on oversight.inspection (keep_until);
grant select (person, access, inspection, body, clerk, purpose, looked_at, rules, reason_on, reason_at, due_on, due_at, keep_until, supervisor, beyond, given_at, epoch, leaf, finding, found_by, found_for, found_at)
    on oversight.inspection to recourse_app, recourse_keeper;
grant insert, update (given_at, epoch, leaf, nonce, box, finding, found_by, found_for, found_at) on oversight.inspection to recourse_app;
grant delete, update (nonce, box) on oversight.inspection to recourse_keeper; -- to clear what has ended

-- examine gives the reason of an inspection to staff of the supervisor before which it
-- lies, never to the body that asked, and writes to the person's list that they looked
-- into a look at their file.
-- +goose StatementBegin
create function oversight.examine(p_person uuid, p_inspection uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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
-- +goose StatementEnd
revoke all on function oversight.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) from public;
grant execute on function oversight.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) to recourse_app;

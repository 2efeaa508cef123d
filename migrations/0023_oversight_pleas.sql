-- +goose Up
-- person: one record that the ombudsman looks into, on its person's plea or by
-- themselves on a number of their own log, and the stay that they order on it (rules
-- H1). That a stay hides the record stands in dossier.record and holds with nobody at
-- work: without end, until it was answered in time or is lifted.
create table oversight.plea (
    person uuid not null,
    plea uuid not null,
    record uuid not null,
    source uuid not null references party.body (body),
    type text not null,
    ombudsman uuid not null references party.body (body) check (ombudsman <> source),
    why text not null check (why in ('not heard', 'not told', 'no law', 'harm', 'own accord')),
    number text not null check (octet_length(number) <= 40 and (number = '') = (why <> 'own accord')),
    opened_by uuid check ((opened_by is null) = (why <> 'own accord')),
    opened_at timestamptz not null,
    due_on date not null,
    stayed_at timestamptz,
    stay_until date,
    stay_ends timestamptz,
    answers uuid references party.body (body) check (answers <> ombudsman),
    answer_by date,
    answer_end timestamptz check (answer_end < stay_ends),
    answer text check (answer in ('stands', 'mended', 'unknown')),
    answered_at timestamptz,
    answered_by uuid,
    outcome text check (outcome in ('founded', 'unfounded', 'referred')),
    closed_at timestamptz,
    closed_by uuid,
    primary key (person, plea),
    check ((stayed_at is null) = (stay_until is null) and (stayed_at is null) = (stay_ends is null) and (stayed_at is null) = (answers is null)
        and (stayed_at is null) = (answer_by is null) and (stayed_at is null) = (answer_end is null)),
    check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null) and (answer is null or stayed_at is not null)),
    check ((outcome is null) = (closed_at is null) and (outcome is null) = (closed_by is null))
);
-- One at a time about a record.
create unique index plea_open on oversight.plea (person, record) where outcome is null;
-- read by: the pages of one plea, by number
create index plea_number on oversight.plea (plea);
-- read by: the page of what lies before the ombudsman
create index plea_due on oversight.plea (ombudsman, due_on) where outcome is null;
-- read by: the page of who has to answer
create index plea_answer on oversight.plea (answers, answer_end) where outcome is null and answer is null and stayed_at is not null;
grant select, insert on oversight.plea to recourse_app;
grant update (stayed_at, stay_until, stay_ends, answers, answer_by, answer_end, answer, answered_at, answered_by, outcome, closed_at, closed_by) on oversight.plea to recourse_app;
grant select, delete on oversight.plea to recourse_keeper;

-- read_record gives the ombudsman the record of an open plea that lies before them, and
-- writes to the person's list that they looked.
-- +goose StatementBegin
create function oversight.read_record(p_person uuid, p_plea uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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
-- +goose StatementEnd
revoke all on function oversight.read_record(uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) from public;
grant execute on function oversight.read_record(uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) to recourse_app;

-- +goose Up
-- person: what somebody reports about collection, sale, alteration, or a demand for a file
-- (rules H2). person is a key of its own for each report: it joins to nobody, whoever sent
-- it, and no clerk and no sign-in is kept. body is whom it is about, where that was said.
create table oversight.report (
    person uuid not null,
    report uuid not null,
    cause text not null check (cause in ('collection', 'sale', 'alteration', 'demand')),
    from_whom text not null check (from_whom in ('person', 'staff', 'other')), -- as they say
    body uuid references party.body (body),
    sent_at timestamptz not null,
    due_on date not null,
    due_at timestamptz not null,
    keep_until date not null,
    supervisor uuid not null references party.body (body) check (supervisor <> body),
    beyond uuid not null references party.body (body) check (beyond <> body),
    answered_at timestamptz, -- the last time
    outcome text check (outcome in ('founded', 'unfounded', 'referred')),
    closed_at timestamptz,
    closed_by uuid,
    closed_for uuid references party.body (body) check (closed_for in (supervisor, beyond)),
    primary key (person, report),
    check ((outcome is null) = (closed_at is null) and (outcome is null) = (closed_by is null) and (outcome is null) = (closed_for is null) and (outcome is null or answered_at is not null))
);
-- read by: the pages of one report, by number
create index report_number on oversight.report (report);
-- read by: the page of a supervisor
create index report_due on oversight.report (supervisor, due_at) where outcome is null;
-- read by: the page of who takes over what another left lying
create index report_beyond on oversight.report (beyond, due_at) where outcome is null;
-- read by: the sweep of what is kept no longer
create index report_keep on oversight.report (keep_until);
grant select, insert on oversight.report to recourse_app;
grant update (answered_at, outcome, closed_at, closed_by, closed_for) on oversight.report to recourse_app;
grant select, delete on oversight.report to recourse_keeper;

-- person: what is sealed of a report: the words, how to reach who sent it, and what was
-- answered.
create table oversight.report_paper (
    person uuid not null,
    paper uuid not null,
    report uuid not null,
    what text not null check (what in ('words', 'contact', 'answer')),
    at timestamptz not null,
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea not null check (length(nonce) = 12),
    box bytea not null,
    primary key (person, paper),
    foreign key (person, report) references oversight.report (person, report)
);
-- read by: the pages of a report
create index report_paper_report on oversight.report_paper (person, report);
grant select (person, paper, report, what, at, epoch, leaf), insert on oversight.report_paper to recourse_app;
grant select (person, paper, report, what, at, epoch, leaf), delete on oversight.report_paper to recourse_keeper;

-- read_report gives out what is sealed of a report and notes that in the journal: all of it
-- to a supervisor before whom it lies, p_body; without one what was answered, to who knows
-- its number.
-- +goose StatementBegin
create function oversight.read_report(p_report uuid, p_body uuid, p_event uuid, p_now timestamptz)
returns table (person uuid, paper uuid, what text, at timestamptz, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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
-- +goose StatementEnd
revoke all on function oversight.read_report(uuid, uuid, uuid, timestamptz) from public;
grant execute on function oversight.read_report(uuid, uuid, uuid, timestamptz) to recourse_app;

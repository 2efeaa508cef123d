-- +goose Up
create schema dispute;
grant usage on schema dispute to recourse_app, recourse_keeper, recourse_watch;

-- directory: whose contest has a number, for those who work on it.
create table dispute.number (
    contest uuid primary key,
    person uuid not null
);
grant select, insert, delete on dispute.number to recourse_app;
grant select, delete on dispute.number to recourse_keeper;

-- person: one contest of one record. Plain: keys, type, source, grounds, state,
-- dates. Sealed, in dispute.paper: what anybody wrote or sent.
create table dispute.contest (
    person uuid not null,
    contest uuid not null,
    record uuid not null,
    version integer not null check (version >= 1),
    source uuid not null references party.body (body),
    type text not null,
    pack text not null,
    state text not null,
    was text not null, -- the state before the last move
    grounds text[] not null,
    made_at timestamptz not null,
    changed_at timestamptz not null, -- of a draft: when the person wrote last
    keep_until date not null, -- the end of its papers
    opened_at timestamptz,
    answer_by date, -- last day of the source
    repeat_until timestamptz, -- a repeat may be answered by reference until then
    -- the clock of the stage that runs or ran last; due_on is counted from the rest, with that version of the calendar
    clock_kind text,
    clock_start date,
    clock_n integer,
    clock_unit text,
    clock_extension integer not null default 0 check (clock_extension >= 0),
    clock_paused integer not null default 0 check (clock_paused >= 0),
    clock_outage integer not null default 0 check (clock_outage between 0 and 5),
    clock_whole boolean,
    clock_calendar text,
    clock_overdue text check (clock_overdue in ('hide', 'refer')),
    due_on date,
    twice_on date,
    back_at timestamptz, -- taken back
    final_at timestamptz, -- and for good
    decided_at timestamptz,
    late_from timestamptz, -- hidden as overdue since
    letter_at timestamptz,
    review_until timestamptz,
    review_at timestamptz,
    primary key (person, contest),
    -- the state machine: each move that there is
    constraint contest_moves check ((was, state) in (('', 'draft'), ('draft', 'open'), ('open', 'taken back'), ('taken back', 'open'), ('open', 'decided'), ('open', 'lapsed'),
        ('decided', 'in review'), ('in review', 'reviewed'), ('in review', 'lapsed'))),
    check ((state = 'draft') = (opened_at is null) and (opened_at is null) = (due_on is null)),
    check ((due_on is null) = (clock_kind is null or clock_start is null or clock_n is null or clock_unit is null or clock_whole is null or clock_calendar is null
        or clock_overdue is null or twice_on is null or answer_by is null)),
    check ((state = 'taken back') = (back_at is not null) and (back_at is null) = (final_at is null) and final_at >= back_at + interval '10 minutes'),
    check (state not in ('decided', 'in review', 'reviewed') or decided_at is not null),
    check ((state in ('in review', 'reviewed')) = (review_at is not null) or state = 'lapsed'),
    check (cardinality(grounds) > 0 or state = 'draft')
);
-- One at a time: of a record nobody decides twice at once.
create unique index contest_running on dispute.contest (person, record) where state in ('draft', 'open', 'in review');
-- read by: the list of those who decide, and the sweep of what is overdue, which finds in it all that it tells
create index contest_due on dispute.contest (due_on, contest) include (person, record, source) where state in ('open', 'in review');
-- read by: what nobody decided within twice its clock
create index contest_twice on dispute.contest (twice_on, person, contest) where state in ('open', 'in review');
-- read by: the list of a source's questions
create index contest_source on dispute.contest (source, due_on) where state = 'open';
-- read by: the list of what a source may certify
create index contest_refuted on dispute.contest (source, changed_at) where state in ('decided', 'reviewed', 'lapsed');
-- read by: the sweep of drafts that were not sent
create index contest_draft on dispute.contest (changed_at) where state = 'draft';
grant select, insert on dispute.contest to recourse_app;
grant update (state, was, grounds, pack, changed_at, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage,
    clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at) on dispute.contest to recourse_app, recourse_keeper;
grant select, delete on dispute.contest to recourse_keeper;
grant delete on dispute.contest to recourse_app; -- a draft that the person throws away

-- local: up to where in the order of (due_on, contest) it was told that clocks have
-- run out. A last day lies ahead when it is written, so nothing appears behind.
create table dispute.swept (
    only_row boolean primary key default true check (only_row),
    due_on date not null,
    contest uuid not null
);
insert into dispute.swept (due_on, contest) values ('0001-01-01', '00000000-0000-0000-0000-000000000000');
grant select, update (due_on, contest) on dispute.swept to recourse_keeper;

-- person: what the source says on each ground. Append only; the last counts.
create table dispute.answer (
    person uuid not null,
    contest uuid not null,
    ground text not null,
    at timestamptz not null,
    clerk uuid not null,
    position text not null check (position in ('stands', 'will mend', 'takes back', 'cannot show')),
    key bytea check (length(key) = 16), -- of the call that said so: one that comes again says nothing again
    primary key (person, contest, ground, at),
    foreign key (person, contest) references dispute.contest (person, contest)
);
grant select, insert on dispute.answer to recourse_app;
grant select on dispute.answer to recourse_keeper;

-- person: what each of those who decide found on each ground. Append only.
create table dispute.finding (
    person uuid not null,
    contest uuid not null,
    stage smallint not null check (stage in (1, 2)),
    ground text not null,
    clerk uuid not null,
    body uuid not null,
    at timestamptz not null,
    outcome text not null check (outcome in ('corrected', 'withdrawn', 'upheld', 'unverifiable', 'by reference')),
    primary key (person, contest, stage, ground, clerk, at),
    foreign key (person, contest) references dispute.contest (person, contest)
);
grant select, insert on dispute.finding to recourse_app;
grant select on dispute.finding to recourse_keeper;

-- person: what a source certified of a record that was refuted: that it is right and
-- whole, by one officer, confirmed by another (rules D1). Its words and document are
-- papers.
create table dispute.certificate (
    person uuid not null,
    contest uuid not null,
    at timestamptz not null,
    clerk uuid not null,
    second uuid check (second <> clerk),
    second_at timestamptz check (second_at > at),
    until_on date, -- last day on which the record is sent again
    primary key (person, contest, at),
    foreign key (person, contest) references dispute.contest (person, contest),
    check ((second is null) = (second_at is null) and (second is null) = (until_on is null))
);
grant select, insert on dispute.certificate to recourse_app;
grant update (second, second_at, until_on) on dispute.certificate to recourse_app;
grant select on dispute.certificate to recourse_keeper;

-- person: everything that was written or sent, sealed. files are shown one by one.
create table dispute.paper (
    person uuid not null,
    paper uuid not null,
    contest uuid not null,
    ground text not null,
    what text not null check (what in ('words', 'evidence', 'reply', 'proof', 'reasons', 'appeal', 'certificate', 'document', 'copy')),
    stage smallint not null check (stage in (1, 2)),
    clerk uuid,
    media text not null,
    at timestamptz not null,
    -- it names third persons: the other side is given nothing of it but its copy, in which they cannot be read (rules D7)
    aside boolean not null default false check (not aside or what in ('evidence', 'document')),
    copy_of uuid,
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea check (length(nonce) = 12),
    box bytea,
    primary key (person, paper),
    foreign key (person, contest) references dispute.contest (person, contest),
    foreign key (person, copy_of) references dispute.paper (person, paper),
    check ((copy_of is null) = (what <> 'copy')),
    check ((media <> '') = (what in ('evidence', 'proof', 'document', 'copy'))),
    check (what = 'copy' or (clerk is null) = (what in ('words', 'evidence', 'appeal'))),
    check ((nonce is null) = (box is null))
);
-- read by: the page of a contest
create index paper_contest on dispute.paper (person, contest);
-- One copy at a time.
create unique index paper_copy on dispute.paper (person, copy_of);
grant select (person, paper, contest, ground, what, stage, clerk, media, at, aside, copy_of, epoch, leaf), insert, delete on dispute.paper to recourse_app;
grant update (aside) on dispute.paper to recourse_app;
grant select (person, paper, contest, ground, what, stage, clerk, media, at, aside, copy_of, epoch, leaf), delete on dispute.paper to recourse_keeper;
grant update (nonce, box) on dispute.paper to recourse_keeper; -- to clear what has ended

-- person: what a person says about a record of theirs, sealed for that record: one
-- statement, which goes with the record wherever it goes (rules D6) and leaves the
-- database through inquiry.disclose and dispute.show_statement alone.
create table dispute.statement (
    person uuid not null,
    record uuid not null,
    at timestamptz not null,
    keep_until date not null, -- the end of the record
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea check (length(nonce) = 12),
    box bytea,
    primary key (person, record),
    check ((nonce is null) = (box is null))
);
grant select (person, record, at, keep_until, epoch, leaf), insert, delete on dispute.statement to recourse_app;
grant update (at, keep_until, epoch, leaf, nonce, box) on dispute.statement to recourse_app;
grant select (person, record, at, keep_until, epoch, leaf), delete on dispute.statement to recourse_keeper;
grant update (nonce, box) on dispute.statement to recourse_keeper; -- to clear what has ended

-- directory: beside whose record the words stand that a complaint is about.
create table dispute.complaint_number (
    complaint uuid primary key,
    person uuid not null
);
grant select, insert on dispute.complaint_number to recourse_app;
grant select, delete on dispute.complaint_number to recourse_keeper;

-- person: somebody else complains about passages of what a person says beside a record
-- (rules D6). Plain: keys, type, state, dates, keys of staff. Sealed, in
-- dispute.complaint_paper: who complains, about which words, and all reasons. What is
-- not decided by the end of its clock stands: the database takes no later decision.
create table dispute.complaint (
    person uuid not null,
    complaint uuid not null,
    record uuid not null,
    source uuid not null references party.body (body),
    type text not null,
    pack text not null,
    state text not null check (state in ('open', 'stood', 'withheld', 'in review', 'reviewed', 'lapsed')),
    turn integer not null check (turn >= 1), -- how often it was written
    passages smallint not null check (passages between 1 and 4),
    entered_by uuid not null,
    entered_at timestamptz not null,
    calendar text not null, -- version that its clocks were counted with
    due_on date not null, -- last day for the decision
    due_at timestamptz not null check (due_at > entered_at), -- when that day is over
    decided_at timestamptz check (decided_at < due_at),
    review_at timestamptz check (review_at >= decided_at), -- the person asked for a review
    review_due_on date,
    review_due_at timestamptz check (review_due_at > review_at),
    reviewed_at timestamptz check (reviewed_at < review_due_at),
    keep_until date not null, -- the end of the record
    primary key (person, complaint),
    check ((decided_at is null) = (state = 'open' or state = 'lapsed' and review_at is null)),
    check ((review_at is null) = (review_due_on is null) and (review_at is null) = (review_due_at is null)),
    check ((review_at is null) = (state in ('open', 'stood', 'withheld')) or state = 'lapsed'),
    check ((reviewed_at is null) = (state <> 'reviewed'))
);
-- read by: the list of those who decide, and the sweep of what nobody decided
create index complaint_due on dispute.complaint (due_on, complaint) where state = 'open';
-- read by: the list of those who review, and the same sweep
create index complaint_review_due on dispute.complaint (review_due_on, complaint) where state = 'in review';
-- read by: who entered a complaint, and tells who complained how it went
create index complaint_entered on dispute.complaint (entered_by, entered_at);
-- read by: the sweep of complaints about words that are gone
create index complaint_keep on dispute.complaint (keep_until);
grant select, insert on dispute.complaint to recourse_app;
grant update (state, turn, calendar, decided_at, review_at, review_due_on, review_due_at, reviewed_at) on dispute.complaint to recourse_app;
grant select, delete, update (state, turn) on dispute.complaint to recourse_keeper;

-- person: what each of those who decide found on each passage, once. Append only.
create table dispute.complaint_finding (
    person uuid not null,
    complaint uuid not null,
    stage smallint not null check (stage in (1, 2)),
    nth smallint not null check (nth between 1 and 4),
    clerk uuid not null,
    body uuid not null,
    at timestamptz not null,
    withhold boolean not null,
    primary key (person, complaint, stage, nth, clerk),
    foreign key (person, complaint) references dispute.complaint (person, complaint)
);
grant select, insert on dispute.complaint_finding to recourse_app;
grant select, delete on dispute.complaint_finding to recourse_keeper;

-- person: what is sealed of complaints about the words beside a record. A cut is those
-- words without the passages that two people withheld: it leaves the house in their
-- place, until an instant or for good. The words themselves stay as they are.
create table dispute.complaint_paper (
    person uuid not null,
    paper uuid not null,
    record uuid not null,
    complaint uuid,
    what text not null check (what in ('complainant', 'why', 'passage', 'reasons', 'appeal', 'cut')),
    stage smallint not null check (stage in (1, 2)),
    nth smallint not null check (nth between 0 and 4), -- of a passage, and of reasons
    clerk uuid,
    at timestamptz not null,
    cut_until timestamptz, -- until when others are given it; for good where it is NULL
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea check (length(nonce) = 12),
    box bytea,
    primary key (person, paper),
    foreign key (person, complaint) references dispute.complaint (person, complaint),
    check ((complaint is null) = (what = 'cut') and (cut_until is null or what = 'cut')),
    check ((nth > 0) = (what in ('passage', 'reasons'))),
    check ((clerk is null) = (what in ('appeal', 'cut'))),
    check ((nonce is null) = (box is null))
);
-- read by: every answer in which the record stands
create index complaint_paper_cut on dispute.complaint_paper (person, record, cut_until) where what = 'cut';
-- read by: the pages of a statement and of complaints about it
create index complaint_paper_record on dispute.complaint_paper (person, record);
grant select (person, paper, record, complaint, what, stage, nth, clerk, at, cut_until, epoch, leaf), insert, delete on dispute.complaint_paper to recourse_app;
grant select (person, paper, record, complaint, what, stage, nth, clerk, at, cut_until, epoch, leaf), delete on dispute.complaint_paper to recourse_keeper;
grant update (nonce, box) on dispute.complaint_paper to recourse_keeper; -- to clear what has ended

-- person: who on staff looked at the papers of a contest, and when last. Written
-- where they are given out.
create table dispute.look (
    person uuid not null,
    contest uuid not null,
    clerk uuid not null,
    at timestamptz not null,
    primary key (person, contest, clerk),
    foreign key (person, contest) references dispute.contest (person, contest)
);
grant select on dispute.look to recourse_app, recourse_keeper;

-- show gives a person the papers of their own contest: what is written, and of
-- files those that are asked for. What somebody found is given out when it was
-- decided. Of a file of the source that names third persons the copy is given out
-- alone (rules D7).
-- +goose StatementBegin
create function dispute.show(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_contest uuid, p_file uuid)
returns table (paper uuid, ground text, what text, stage smallint, clerk uuid, media text, at timestamptz, aside boolean, copy_of uuid, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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
-- +goose StatementEnd
revoke all on function dispute.show(uuid, uuid, timestamptz, text, uuid, uuid) from public;
grant execute on function dispute.show(uuid, uuid, timestamptz, text, uuid, uuid) to recourse_app;

-- show_statement gives a person what they say about a record, or about each of theirs
-- (paper is NULL there), and what became of complaints about it: the passages, the
-- reasons of what was decided, what they wrote themselves. Who complained, and why, it
-- gives to no person.
-- +goose StatementBegin
create function dispute.show_statement(p_person uuid, p_access uuid, p_now timestamptz, p_pack text, p_record uuid)
returns table (paper uuid, complaint uuid, what text, stage smallint, nth smallint, clerk uuid, at timestamptz, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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
-- +goose StatementEnd
revoke all on function dispute.show_statement(uuid, uuid, timestamptz, text, uuid) from public;
grant execute on function dispute.show_statement(uuid, uuid, timestamptz, text, uuid) to recourse_app;

-- examine_statement gives somebody on staff what a person says about a record (paper is
-- NULL there), and what is written in a complaint about it, and writes that they looked
-- to the person's list of look-ups. Of other complaints about the same words they are
-- given the passages alone; what others found only when they found something at that
-- stage themselves, or when it is decided. The source is given nothing.
-- +goose StatementBegin
create function dispute.examine_statement(p_person uuid, p_beside uuid, p_complaint uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (paper uuid, complaint uuid, what text, stage smallint, nth smallint, clerk uuid, at timestamptz, epoch bigint, leaf bigint, nonce bytea, box bytea)
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
-- +goose StatementEnd
revoke all on function dispute.examine_statement(uuid, uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) from public;
grant execute on function dispute.examine_statement(uuid, uuid, uuid, uuid, uuid, uuid, timestamptz, text, bigint, bigint, bytea, bytea) to recourse_app;

-- examine gives somebody on staff the papers of a contest and the record that it is
-- about (paper is NULL there), and writes that they looked: to the person's list of
-- look-ups and to the contest. What others found is given only to who found
-- something at that stage. Of a file of the person that names third persons the
-- source is given the copy alone (rules D7).
-- +goose StatementBegin
create function dispute.examine(p_person uuid, p_contest uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text, p_file uuid,
    p_epoch bigint, p_leaf bigint, p_nonce bytea, p_box bytea)
returns table (paper uuid, ground text, what text, stage smallint, clerk uuid, media text, at timestamptz, aside boolean, copy_of uuid, version integer, epoch bigint, leaf bigint, nonce bytea, box bytea)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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
    where p.person = p_person and p.contest = p_contest
    and (p.what <> 'reasons' or p.clerk = p_clerk or k.state in ('decided', 'reviewed') or p.stage = 1 and k.review_at is not null
        or exists (select 1 from dispute.finding f where f.person = p_person and f.contest = p_contest and f.stage = p.stage and f.clerk = p_clerk));
end $$;
-- +goose StatementEnd
revoke all on function dispute.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, uuid, bigint, bigint, bytea, bytea) from public;
grant execute on function dispute.examine(uuid, uuid, uuid, uuid, uuid, timestamptz, text, uuid, bigint, bigint, bytea, bytea) to recourse_app;

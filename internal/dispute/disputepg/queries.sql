-- name: LockGate :exec
-- A contest waits for answers under way, and they for it.
select g.person from party.gate g where g.person = $1 for update;

-- name: Begin :execrows
insert into dispute.contest (person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until)
values ($1, $2, $3, $4, $5, $6, $7, 'draft', '', '{}', sqlc.arg(made_at), sqlc.arg(made_at), $8)
on conflict (person, record) where state in ('draft', 'open', 'in review') do nothing;

-- name: Number :exec
insert into dispute.number (contest, person) values ($1, $2);

-- name: PersonOf :one
select person from dispute.number where contest = $1;

-- name: One :one
select person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at from dispute.contest where person = $1 and contest = $2;

-- name: RunningOf :one
-- The one contest of a record that is being written or decided.
select person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at from dispute.contest where person = $1 and record = $2 and state in ('draft', 'open', 'in review');

-- name: Of :many
select person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at from dispute.contest where person = $1 order by made_at desc, contest limit 200;

-- name: Running :many
-- What waits at a stage, without what somebody may not decide; narrowed by what is given.
select person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at from dispute.contest c
where c.state = sqlc.arg(state) and c.state in ('open', 'in review') and c.source <> sqlc.arg(body)::uuid
and (sqlc.arg(type)::text = '' or c.type = sqlc.arg(type)::text)
and (sqlc.narg(due_from)::date is null or c.due_on >= sqlc.narg(due_from)::date) and (sqlc.narg(due_to)::date is null or c.due_on <= sqlc.narg(due_to)::date)
and not exists (select 1 from dispute.answer a where a.person = c.person and a.contest = c.contest and a.clerk = sqlc.arg(clerk)::uuid)
and not exists (select 1 from dispute.finding f where f.person = c.person and f.contest = c.contest and f.stage < sqlc.arg(stage)::smallint and (f.body = sqlc.arg(body)::uuid or f.clerk = sqlc.arg(clerk)::uuid))
and (sqlc.narg(found)::boolean is null or sqlc.narg(found)::boolean = exists (select 1 from dispute.finding f where f.person = c.person and f.contest = c.contest and f.stage = sqlc.arg(stage)::smallint))
order by c.due_on, c.contest offset sqlc.arg(skip)::integer limit sqlc.arg(most)::integer;

-- name: Asked :many
select person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at from dispute.contest where source = sqlc.arg(source) and state = 'open' order by due_on, contest limit sqlc.arg(most);

-- name: AnswersOf :many
select contest, ground, at, clerk, position, key from dispute.answer where person = any (sqlc.arg(persons)::uuid[]) and contest = any (sqlc.arg(contests)::uuid[]) order by at, ground limit 100000;

-- name: FindingsOf :many
select contest, stage, ground, clerk, body, at, outcome from dispute.finding where person = any (sqlc.arg(persons)::uuid[]) and contest = any (sqlc.arg(contests)::uuid[]) order by at, ground limit 100000;

-- name: Settled :many
-- What was decided about records of a source, or lapsed, latest first.
select person, contest, record, version, source, type, pack, state, was, grounds, made_at, changed_at, keep_until, opened_at, answer_by, repeat_until, clock_kind, clock_start, clock_n, clock_unit, clock_extension, clock_paused, clock_outage, clock_whole, clock_calendar, clock_overdue, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at from dispute.contest where source = sqlc.arg(source) and state in ('decided', 'reviewed', 'lapsed') order by changed_at desc, contest limit sqlc.arg(most);

-- name: CertificatesOf :many
select contest, at, clerk, second, second_at, until_on from dispute.certificate where person = any (sqlc.arg(persons)::uuid[]) and contest = any (sqlc.arg(contests)::uuid[]) order by at limit 100000;

-- name: AddCertificate :exec
insert into dispute.certificate (person, contest, at, clerk) values ($1, $2, $3, $4);

-- name: ConfirmCertificate :exec
update dispute.certificate set second = sqlc.arg(second)::uuid, second_at = sqlc.arg(second_at)::timestamptz, until_on = sqlc.arg(until_on)::date
where person = sqlc.arg(person) and contest = sqlc.arg(contest) and at = sqlc.arg(at) and second is null;

-- name: Save :exec
update dispute.contest set state = sqlc.arg(state), was = sqlc.arg(was), grounds = sqlc.arg(grounds)::text[], pack = sqlc.arg(pack), changed_at = sqlc.arg(changed_at)::timestamptz,
    opened_at = sqlc.narg(opened_at), answer_by = sqlc.narg(answer_by), repeat_until = sqlc.narg(repeat_until), clock_kind = sqlc.narg(clock_kind), clock_start = sqlc.narg(clock_start),
    clock_n = sqlc.narg(clock_n), clock_unit = sqlc.narg(clock_unit), clock_extension = sqlc.arg(clock_extension), clock_paused = sqlc.arg(clock_paused), clock_outage = sqlc.arg(clock_outage),
    clock_whole = sqlc.narg(clock_whole), clock_calendar = sqlc.narg(clock_calendar), clock_overdue = sqlc.narg(clock_overdue), due_on = sqlc.narg(due_on), twice_on = sqlc.narg(twice_on),
    back_at = sqlc.narg(back_at), final_at = sqlc.narg(final_at), decided_at = sqlc.narg(decided_at), late_from = sqlc.narg(late_from), letter_at = sqlc.narg(letter_at),
    review_until = sqlc.narg(review_until), review_at = sqlc.narg(review_at)
where person = sqlc.arg(person) and contest = sqlc.arg(contest);

-- name: Discard :execrows
delete from dispute.contest where person = $1 and contest = $2 and state = 'draft';

-- name: DropNumber :exec
delete from dispute.number where contest = $1;

-- name: AddAnswer :exec
insert into dispute.answer (person, contest, ground, at, clerk, position, key) values ($1, $2, $3, $4, $5, $6, $7);

-- name: AddFinding :exec
insert into dispute.finding (person, contest, stage, ground, clerk, body, at, outcome) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: AddPaper :exec
insert into dispute.paper (person, paper, contest, ground, what, stage, clerk, media, at, aside, copy_of, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: DropPapers :many
-- What is replaced goes, papers and copies of papers, and the vault forgets its leaf.
delete from dispute.paper where person = sqlc.arg(person) and contest = sqlc.arg(contest) and (paper = any (sqlc.arg(papers)::uuid[]) or copy_of = any (sqlc.arg(copied)::uuid[]) or sqlc.arg(whole)::boolean) returning paper, epoch, leaf;

-- name: SetAside :execrows
-- A file that one side sent: the other is given its copy from now on.
update dispute.paper set aside = true where person = $1 and contest = $2 and paper = $3 and what in ('evidence', 'document');

-- name: Show :many
select t.paper::uuid as paper, t.ground::text as ground, t.what::text as what, t.stage::smallint as stage, t.clerk::uuid as clerk, t.media::text as media, t.at::timestamptz as at, t.aside::boolean as aside, t.copy_of::uuid as copy_of,
    t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from dispute.show(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.arg(contest)::uuid, sqlc.narg(file)::uuid)
    as t(paper, ground, what, stage, clerk, media, at, aside, copy_of, epoch, leaf, nonce, box);

-- name: Examine :many
select t.paper::uuid as paper, t.ground::text as ground, t.what::text as what, t.stage::smallint as stage, t.clerk::uuid as clerk, t.media::text as media, t.at::timestamptz as at, t.aside::boolean as aside, t.copy_of::uuid as copy_of,
    t.version::integer as version, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from dispute.examine(sqlc.arg(person)::uuid, sqlc.arg(contest)::uuid, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.narg(file)::uuid,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea)
    as t(paper, ground, what, stage, clerk, media, at, aside, copy_of, version, epoch, leaf, nonce, box);

-- name: Looked :one
select exists (select 1 from dispute.look l where l.person = sqlc.arg(person) and l.contest = sqlc.arg(contest) and l.clerk = sqlc.arg(clerk)
    and l.at >= coalesce((select max(p.at) from dispute.paper p where p.person = sqlc.arg(person) and p.contest = sqlc.arg(contest) and p.what not in ('reasons', 'copy', 'help')), '-infinity')) as looked;

-- name: CountFiles :one
select count(*) from dispute.paper where person = $1 and contest = $2 and what = 'evidence';

-- name: Twice :many
-- What nobody decided within twice its clock.
select person, contest from dispute.contest where state in ('open', 'in review') and twice_on < sqlc.arg(today)::date order by twice_on, person, contest limit sqlc.arg(most);

-- name: Swept :one
-- Up to where was told. Held, so that two servers tell of nothing twice.
select due_on, contest from dispute.swept for update;

-- name: Late :many
-- Whose clock has run out, behind a place in the order of their last days: read from the index alone.
select person, contest, record, source, due_on from dispute.contest where state in ('open', 'in review') and due_on < sqlc.arg(today)::date
and (due_on, contest) > (sqlc.arg(after_day)::date, sqlc.arg(after_contest)::uuid) order by due_on, contest limit sqlc.arg(most);

-- name: DueWithin :many
-- Whose clock was due within a window, behind a place in the order of their last days.
select person, contest, due_on from dispute.contest where state in ('open', 'in review') and due_on between sqlc.arg(from_on)::date and sqlc.arg(to_on)::date
and (due_on, contest) > (sqlc.arg(after_day)::date, sqlc.arg(after_contest)::uuid) order by due_on, contest limit sqlc.arg(most);

-- name: SweptTo :exec
update dispute.swept set due_on = sqlc.arg(due_on)::date, contest = sqlc.arg(contest)::uuid;

-- name: StaleDrafts :many
select person, contest from dispute.contest where state = 'draft' and changed_at < sqlc.arg(before)::timestamptz order by changed_at limit sqlc.arg(most);

-- name: PaperLeaves :many
-- Of papers, statements, and what is written in complaints about them.
select l.epoch::bigint as epoch, max(l.leaf)::bigint as leaf from (select epoch, leaf from dispute.paper union all select epoch, leaf from dispute.statement union all select epoch, leaf from dispute.complaint_paper) as l group by l.epoch order by l.epoch limit 100000;

-- name: PapersHeld :many
-- Of papers, statements, and what is written in complaints about them; a statement has the number of its record.
select h.person::uuid as person, h.paper::uuid as paper, h.epoch::bigint as epoch, h.leaf::bigint as leaf from (
    (select p.person, p.paper, p.epoch, p.leaf from dispute.paper p where (p.person, p.paper) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by p.person, p.paper limit sqlc.arg(most))
    union all
    (select s.person, s.record, s.epoch, s.leaf from dispute.statement s where (s.person, s.record) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by s.person, s.record limit sqlc.arg(most))
    union all
    (select c.person, c.paper, c.epoch, c.leaf from dispute.complaint_paper c where (c.person, c.paper) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by c.person, c.paper limit sqlc.arg(most))
) as h order by h.person, h.paper limit sqlc.arg(most);

-- name: ClearPaper :exec
update dispute.paper set nonce = null, box = null where person = sqlc.arg(person) and paper = sqlc.arg(paper) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: ClearStatement :exec
update dispute.statement set nonce = null, box = null where person = sqlc.arg(person) and record = sqlc.arg(record) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: PutStatement :exec
insert into dispute.statement (person, record, at, keep_until, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: DropStatement :one
delete from dispute.statement where person = $1 and record = $2 returning epoch, leaf;

-- name: StatedAt :one
select at from dispute.statement where person = $1 and record = $2;

-- name: StatementSlot :one
select epoch, leaf from dispute.statement where person = $1 and record = $2;

-- name: ShowStatement :many
select t.paper::uuid as paper, t.complaint::uuid as complaint, t.what::text as what, t.stage::smallint as stage, t.nth::smallint as nth, t.clerk::uuid as clerk, t.at::timestamptz as at,
    t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from dispute.show_statement(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.arg(record)::uuid)
    as t(paper, complaint, what, stage, nth, clerk, at, epoch, leaf, nonce, box);

-- name: ExamineStatement :many
select t.paper::uuid as paper, t.complaint::uuid as complaint, t.what::text as what, t.stage::smallint as stage, t.nth::smallint as nth, t.clerk::uuid as clerk, t.at::timestamptz as at,
    t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from dispute.examine_statement(sqlc.arg(person)::uuid, sqlc.arg(record)::uuid, sqlc.narg(complaint)::uuid, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea)
    as t(paper, complaint, what, stage, nth, clerk, at, epoch, leaf, nonce, box);

-- name: EnterComplaint :exec
insert into dispute.complaint (person, complaint, record, source, type, pack, state, turn, passages, entered_by, entered_at, calendar, due_on, due_at, keep_until)
values ($1, $2, $3, $4, $5, $6, 'open', 1, $7, $8, $9, $10, $11, $12, $13);

-- name: NumberComplaint :exec
insert into dispute.complaint_number (complaint, person) values ($1, $2);

-- name: ComplaintOf :one
select n.person, c.record from dispute.complaint_number n join dispute.complaint c on c.person = n.person and c.complaint = n.complaint where n.complaint = $1;

-- name: ComplaintsAbout :many
select * from dispute.complaint where person = $1 and record = $2 order by entered_at, complaint limit 1000;

-- name: ComplaintTurns :one
select coalesce(sum(turn), 0)::bigint as turns from dispute.complaint where person = $1 and record = $2;

-- name: ComplaintFindings :many
select complaint, stage, nth, clerk, body, at, withhold from dispute.complaint_finding where person = any (sqlc.arg(persons)::uuid[]) and complaint = any (sqlc.arg(complaints)::uuid[]) order by at, nth limit 100000;

-- name: ComplaintsOpen :many
-- Those that wait for a first decision, without what somebody may not decide.
select * from dispute.complaint c where c.state = 'open' and c.due_at > sqlc.arg(now)::timestamptz and c.source <> sqlc.arg(body)::uuid and c.entered_by <> sqlc.arg(clerk)::uuid
and (sqlc.arg(type)::text = '' or c.type = sqlc.arg(type)::text) and (sqlc.narg(due_to)::date is null or c.due_on <= sqlc.narg(due_to)::date)
order by c.due_on, c.complaint offset sqlc.arg(skip)::integer limit sqlc.arg(most)::integer;

-- name: ComplaintsInReview :many
-- Those that wait for a review, without what a body decided itself.
select * from dispute.complaint c where c.state = 'in review' and c.review_due_at > sqlc.arg(now)::timestamptz and c.source <> sqlc.arg(body)::uuid and c.entered_by <> sqlc.arg(clerk)::uuid
and not exists (select 1 from dispute.complaint_finding f where f.person = c.person and f.complaint = c.complaint and f.stage = 1 and (f.body = sqlc.arg(body)::uuid or f.clerk = sqlc.arg(clerk)::uuid))
and (sqlc.arg(type)::text = '' or c.type = sqlc.arg(type)::text) and (sqlc.narg(due_to)::date is null or c.review_due_on <= sqlc.narg(due_to)::date)
order by c.review_due_on, c.complaint offset sqlc.arg(skip)::integer limit sqlc.arg(most)::integer;

-- name: ComplaintsEntered :many
select * from dispute.complaint where entered_by = sqlc.arg(clerk)::uuid and (sqlc.arg(type)::text = '' or type = sqlc.arg(type)::text)
and (sqlc.narg(due_to)::date is null or coalesce(review_due_on, due_on) <= sqlc.narg(due_to)::date) order by entered_at desc, complaint offset sqlc.arg(skip)::integer limit sqlc.arg(most)::integer;

-- name: SaveComplaint :exec
update dispute.complaint set state = sqlc.arg(state), turn = sqlc.arg(turn), calendar = sqlc.arg(calendar), decided_at = sqlc.narg(decided_at), review_at = sqlc.narg(review_at),
    review_due_on = sqlc.narg(review_due_on), review_due_at = sqlc.narg(review_due_at), reviewed_at = sqlc.narg(reviewed_at)
where person = sqlc.arg(person) and complaint = sqlc.arg(complaint);

-- name: LapseComplaint :exec
update dispute.complaint set state = 'lapsed', turn = turn + 1 where person = $1 and complaint = $2;

-- name: AddComplaintFinding :exec
insert into dispute.complaint_finding (person, complaint, stage, nth, clerk, body, at, withhold) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: AddComplaintPaper :exec
insert into dispute.complaint_paper (person, paper, record, complaint, what, stage, nth, clerk, at, cut_until, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: DropCuts :many
-- What others were given of the words before.
delete from dispute.complaint_paper where person = $1 and record = $2 and what = 'cut' returning paper, epoch, leaf;

-- name: DropEndedCuts :many
delete from dispute.complaint_paper where person = sqlc.arg(person) and record = sqlc.arg(record) and what = 'cut' and cut_until <= sqlc.arg(now)::timestamptz returning paper, epoch, leaf;

-- name: DropComplaintPapers :many
-- All of a record that is gone.
delete from dispute.complaint_paper where person = $1 and record = $2 returning paper, epoch, leaf;

-- name: DropComplaintFindings :exec
delete from dispute.complaint_finding f using dispute.complaint c where c.person = f.person and c.complaint = f.complaint and c.person = sqlc.arg(person) and c.record = sqlc.arg(record);

-- name: DropComplaints :many
delete from dispute.complaint where person = $1 and record = $2 returning complaint;

-- name: DropComplaintNumbers :exec
delete from dispute.complaint_number where complaint = any (sqlc.arg(complaints)::uuid[]);

-- name: UnheardComplaints :many
-- What nobody decided, or reviewed, by the end of its clock.
select u.person::uuid as person, u.complaint::uuid as complaint, u.record::uuid as record from (
    (select o.person, o.complaint, o.record from dispute.complaint o where o.state = 'open' and o.due_on < sqlc.arg(today)::date order by o.due_on, o.complaint limit sqlc.arg(most))
    union all
    (select r.person, r.complaint, r.record from dispute.complaint r where r.state = 'in review' and r.review_due_on < sqlc.arg(today)::date order by r.review_due_on, r.complaint limit sqlc.arg(most))
) as u limit sqlc.arg(most);

-- name: EndedComplaints :many
-- About words beside records whose content is gone by now.
select person, record from dispute.complaint where keep_until < sqlc.arg(today)::date group by person, record order by min(keep_until) limit sqlc.arg(most);

-- name: ClearComplaintPaper :exec
update dispute.complaint_paper set nonce = null, box = null where person = sqlc.arg(person) and paper = sqlc.arg(paper) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: LastingContests :many
select person, max(keep_until)::date as until from dispute.contest where person = any (sqlc.arg(persons)::uuid[]) group by person;

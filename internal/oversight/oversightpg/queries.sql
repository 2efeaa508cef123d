-- name: Open :execrows
insert into oversight.incident (incident, kind, person, record, aware_at, open_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing;

-- name: AddAffected :exec
insert into oversight.affected (incident, access, body, at)
select sqlc.arg(incident)::uuid, l.access, l.body, l.at from (select unnest(sqlc.arg(accesses)::uuid[]) as access, unnest(sqlc.arg(bodies)::uuid[]) as body, unnest(sqlc.arg(ats)::timestamptz[]) as at) as l;

-- name: Refile :many
update oversight.incident i set refiled_person = sqlc.arg(person)::uuid, refiled = sqlc.arg(record)::uuid where i.record = sqlc.arg(was) returning i.incident;

-- name: CountAffected :one
select count(*) from oversight.affected where incident = $1;

-- name: ShownElsewhere :many
-- To whom a record was shown under another file: nothing of whose.
select a.access, a.body, a.at from oversight.incident i join oversight.affected a on a.incident = i.incident
where i.refiled = sqlc.arg(record)::uuid and i.refiled_person = sqlc.arg(person)::uuid order by a.at desc, a.access limit 1000;

-- name: ListAffected :many
select a.access, a.body, a.at from oversight.incident i join oversight.affected a on a.incident = i.incident where i.record = sqlc.arg(record) order by a.at desc, a.access limit 10000;

-- name: AskQuestion :execrows
insert into oversight.question (person, access, question, body, purpose, looked_at, why, asked_at, due_on, due_at, supervisor, beyond)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (person, access) do nothing;

-- name: QuestionAbout :one
select person, access, question, body, purpose, looked_at, why, asked_at, due_on, due_at, supervisor, beyond, finding, found_by, found_for, found_at, told_at
from oversight.question where person = $1 and access = $2;

-- name: QuestionByNumber :one
select person, access, question, body, purpose, looked_at, why, asked_at, due_on, due_at, supervisor, beyond, finding, found_by, found_for, found_at, told_at
from oversight.question where question = $1 limit 1;

-- name: WaitingQuestions :many
-- What lies before a supervisor: its own, and what another left lying.
select person, access, question, body, purpose, looked_at, why, asked_at, due_on, due_at, supervisor, beyond, finding, found_by, found_for, found_at, told_at
from oversight.question where finding is null and (supervisor = sqlc.arg(supervisor) or beyond = sqlc.arg(supervisor) and due_at <= sqlc.arg(now)::timestamptz) order by due_at, question limit sqlc.arg(most);

-- name: AnswerQuestion :execrows
update oversight.question set finding = sqlc.arg(finding)::text, found_by = sqlc.arg(found_by)::uuid, found_for = sqlc.arg(found_for)::uuid, found_at = sqlc.arg(found_at)::timestamptz
where person = sqlc.arg(person) and access = sqlc.arg(access) and finding is null;

-- name: OverdueQuestions :many
update oversight.question q set told_at = sqlc.arg(now)::timestamptz from (select o.person, o.access from oversight.question o
    where o.finding is null and o.due_at <= sqlc.arg(now)::timestamptz and o.told_at is null order by o.due_at limit 100 for update skip locked) as l
where q.person = l.person and q.access = l.access returning q.person, q.question;

-- name: SweepQuestions :execrows
delete from oversight.question where (person, access) in (select q.person, q.access from oversight.question q where q.found_at < sqlc.arg(before)::timestamptz limit 1000);

-- name: LongStatements :exec
-- Counting a quarter reads whole tables, once in three months.
select set_config('statement_timeout', '900s', true);

-- name: CloseQuarter :many
select t.quarter::date from oversight.close_quarter(sqlc.arg(event)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(bodies)::uuid[], sqlc.arg(counted_for)::text[]) as t(quarter);

-- name: Quarters :many
select quarter from oversight.quarter order by quarter desc limit 400;

-- name: ClosedAt :one
select closed_at from oversight.quarter where quarter = $1;

-- name: Figures :many
select about, counted_for, n, part, too_few from oversight.figure where quarter = $1 order by about, counted_for limit 10000;
-- name: Habit :one
-- Since when a clerk asks, whatever for, and whether for this purpose not in a year: what is older was swept. What is written is not seen by what reads.
with own as (
    insert into oversight.habit as h (clerk, purpose, first_on, last_on) values (sqlc.arg(clerk), sqlc.arg(purpose), sqlc.arg(today)::date, sqlc.arg(today)::date)
    on conflict (clerk, purpose) do update set last_on = greatest(h.last_on, sqlc.arg(today)::date))
select coalesce(min(k.first_on) <= sqlc.arg(since)::date, false)::boolean as asks_long, coalesce(bool_or(k.purpose = sqlc.arg(purpose) and k.last_on > sqlc.arg(year_ago)::date), false)::boolean as known
from oversight.habit k where k.clerk = sqlc.arg(clerk);

-- name: SweepHabits :execrows
delete from oversight.habit where (clerk, purpose) in (select h.clerk, h.purpose from oversight.habit h where h.last_on <= sqlc.arg(before)::date limit 1000);

-- name: PickInspection :execrows
insert into oversight.inspection (person, access, inspection, body, clerk, purpose, looked_at, rules, reason_on, reason_at, due_on, due_at, keep_until, supervisor, beyond)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (person, access) do nothing;

-- name: InspectionByNumber :one
select person, access, inspection, body, clerk, purpose, looked_at, rules, reason_on, reason_at, due_on, due_at, keep_until, supervisor, beyond, given_at, finding, found_by, found_for, found_at
from oversight.inspection where inspection = $1 limit 1;

-- name: OwnInspections :many
-- What waits for a reason first.
select person, access, inspection, body, clerk, purpose, looked_at, rules, reason_on, reason_at, due_on, due_at, keep_until, supervisor, beyond, given_at, finding, found_by, found_for, found_at
from oversight.inspection where clerk = sqlc.arg(clerk) order by (given_at is null and finding is null) desc, looked_at desc, inspection limit sqlc.arg(most);

-- name: WaitingInspections :many
-- What lies before a supervisor: its own, and what another left lying.
select i.person, i.access, i.inspection, i.body, i.clerk, i.purpose, i.looked_at, i.rules, i.reason_on, i.reason_at, i.due_on, i.due_at, i.keep_until, i.supervisor, i.beyond, i.given_at, i.finding, i.found_by, i.found_for, i.found_at
from oversight.inspection i left join oversight.inspection a on a.inspection = sqlc.arg(after)::uuid
where i.finding is null and (i.supervisor = sqlc.arg(supervisor) or i.beyond = sqlc.arg(supervisor) and i.due_at <= sqlc.arg(now)::timestamptz)
and (a.inspection is null or (i.due_at, i.inspection) > (a.due_at, a.inspection)) and (sqlc.narg(body)::uuid is null or i.body = sqlc.narg(body)::uuid) and (sqlc.arg(rule)::text = '' or sqlc.arg(rule)::text = any (i.rules))
order by i.due_at, i.inspection limit sqlc.arg(most);

-- name: FoundInspections :many
select i.person, i.access, i.inspection, i.body, i.clerk, i.purpose, i.looked_at, i.rules, i.reason_on, i.reason_at, i.due_on, i.due_at, i.keep_until, i.supervisor, i.beyond, i.given_at, i.finding, i.found_by, i.found_for, i.found_at
from oversight.inspection i left join oversight.inspection a on a.inspection = sqlc.arg(after)::uuid
where i.finding is not null and i.found_for = sqlc.arg(supervisor)
and (a.found_at is null or (i.found_at, i.inspection) < (a.found_at, a.inspection)) and (sqlc.narg(body)::uuid is null or i.body = sqlc.narg(body)::uuid) and (sqlc.arg(rule)::text = '' or sqlc.arg(rule)::text = any (i.rules))
order by i.found_at desc, i.inspection desc limit sqlc.arg(most);

-- name: GiveReason :execrows
update oversight.inspection set given_at = sqlc.arg(given_at)::timestamptz, epoch = sqlc.arg(epoch)::bigint, leaf = sqlc.arg(leaf)::bigint, nonce = sqlc.arg(nonce)::bytea, box = sqlc.arg(box)::bytea
where person = sqlc.arg(person) and access = sqlc.arg(access) and given_at is null and finding is null;

-- name: FindInspection :execrows
update oversight.inspection set finding = sqlc.arg(finding)::text, found_by = sqlc.arg(found_by)::uuid, found_for = sqlc.arg(found_for)::uuid, found_at = sqlc.arg(found_at)::timestamptz
where person = sqlc.arg(person) and access = sqlc.arg(access) and finding is null;

-- name: ExamineInspection :many
select t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from oversight.examine(sqlc.arg(person)::uuid, sqlc.arg(inspection)::uuid, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea) as t(epoch, leaf, nonce, box);

-- name: SweepInspections :execrows
delete from oversight.inspection where (person, access) in (select i.person, i.access from oversight.inspection i where i.keep_until < sqlc.arg(today)::date limit 1000);

-- name: ReasonLeaves :many
select epoch::bigint as epoch, max(leaf)::bigint as leaf from oversight.inspection where epoch is not null group by epoch order by epoch limit 100000;

-- name: ReasonsHeld :many
select person, access, inspection, epoch::bigint as epoch, leaf::bigint as leaf from oversight.inspection
where epoch is not null and (person, access) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_access)::uuid) order by person, access limit sqlc.arg(most);

-- name: ClearReason :exec
update oversight.inspection set nonce = null, box = null
where person = sqlc.arg(person) and inspection = sqlc.arg(inspection) and epoch = sqlc.arg(epoch)::bigint and leaf = sqlc.arg(leaf)::bigint;

-- name: LockGate :exec
select 1 from party.gate where person = $1 for update;

-- name: PutPlea :execrows
insert into oversight.plea (person, plea, record, source, type, ombudsman, why, number, opened_by, opened_at, due_on)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (person, record) where outcome is null do nothing;

-- name: OpenPleaAbout :one
select * from oversight.plea where person = $1 and record = $2 and outcome is null;

-- name: PleaByNumber :one
select * from oversight.plea where plea = $1 limit 1;

-- name: PleasAbout :many
select * from oversight.plea where person = $1 and record = $2 order by opened_at desc, plea limit 20;

-- name: OpenPleas :many
select * from oversight.plea where ombudsman = sqlc.arg(ombudsman)::uuid and outcome is null order by due_on, opened_at, plea limit sqlc.arg(most);

-- name: AskedPleas :many
select * from oversight.plea where answers = sqlc.arg(answers)::uuid and outcome is null and answer is null and stayed_at is not null order by answer_end, plea limit sqlc.arg(most);

-- name: SavePlea :exec
update oversight.plea set stayed_at = sqlc.narg(stayed_at)::timestamptz, stay_until = sqlc.narg(stay_until)::date, stay_ends = sqlc.narg(stay_ends)::timestamptz, answers = sqlc.narg(answers)::uuid,
    answer_by = sqlc.narg(answer_by)::date, answer_end = sqlc.narg(answer_end)::timestamptz, answer = sqlc.narg(answer)::text, answered_at = sqlc.narg(answered_at)::timestamptz, answered_by = sqlc.narg(answered_by)::uuid,
    outcome = sqlc.narg(outcome)::text, closed_at = sqlc.narg(closed_at)::timestamptz, closed_by = sqlc.narg(closed_by)::uuid
where person = sqlc.arg(person) and plea = sqlc.arg(plea);

-- name: ReadRecord :many
select t.version::integer as version, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from oversight.read_record(sqlc.arg(person)::uuid, sqlc.arg(plea)::uuid, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea) as t(version, epoch, leaf, nonce, box);

-- name: PutReport :exec
insert into oversight.report (person, report, cause, from_whom, body, sent_at, due_on, due_at, keep_until, supervisor, beyond)
values ($1, $2, $3, $4, sqlc.narg(body)::uuid, $5, $6, $7, $8, $9, $10);

-- name: AddReportPaper :exec
insert into oversight.report_paper (person, paper, report, what, at, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ReportByNumber :one
select person, report, cause, from_whom, body, sent_at, due_on, due_at, keep_until, supervisor, beyond, answered_at, outcome, closed_at, closed_by, closed_for
from oversight.report where report = $1 limit 1;

-- name: LockReport :one
select person, report, cause, from_whom, body, sent_at, due_on, due_at, keep_until, supervisor, beyond, answered_at, outcome, closed_at, closed_by, closed_for
from oversight.report where person = $1 and report = $2 for update;

-- name: WaitingReports :many
-- What lies before a supervisor: its own, and what another left lying.
select person, report, cause, from_whom, body, sent_at, due_on, due_at, keep_until, supervisor, beyond, answered_at, outcome, closed_at, closed_by, closed_for
from oversight.report where outcome is null and (supervisor = sqlc.arg(supervisor) or beyond = sqlc.arg(supervisor) and due_at <= sqlc.arg(now)::timestamptz) order by due_at, report limit sqlc.arg(most);

-- name: SaveReport :exec
update oversight.report set answered_at = sqlc.narg(answered_at)::timestamptz, outcome = sqlc.narg(outcome)::text, closed_at = sqlc.narg(closed_at)::timestamptz, closed_by = sqlc.narg(closed_by)::uuid, closed_for = sqlc.narg(closed_for)::uuid
where person = sqlc.arg(person) and report = sqlc.arg(report);

-- name: ReadReport :many
select t.person::uuid as person, t.paper::uuid as paper, t.what::text as what, t.at::timestamptz as at, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from oversight.read_report(sqlc.arg(report)::uuid, sqlc.narg(body)::uuid, sqlc.arg(event)::uuid, sqlc.arg(now)::timestamptz) as t(person, paper, what, at, epoch, leaf, nonce, box);

-- name: ReportLeaves :many
select epoch, max(leaf)::bigint as leaf from oversight.report_paper group by epoch;

-- name: ReportsHeld :many
select person, paper, epoch, leaf from oversight.report_paper where (person, paper) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by person, paper limit sqlc.arg(most);

-- name: RemoveReportPaper :exec
delete from oversight.report_paper where person = sqlc.arg(person) and paper = sqlc.arg(paper) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: SweepReportPapers :exec
-- Their keys went with the same day.
delete from oversight.report_paper p using (select r.person from oversight.report r where r.keep_until < sqlc.arg(today)::date limit 1000) as l where p.person = l.person;

-- name: SweepReports :execrows
delete from oversight.report where (person, report) in (select r.person, r.report from oversight.report r where r.keep_until < sqlc.arg(today)::date
    and not exists (select 1 from oversight.report_paper p where p.person = r.person) limit 1000);

-- name: LockGate :exec
-- An application waits for answers under way, and they for it.
select g.person from party.gate g where g.person = $1 for update;

-- name: Begin :execrows
insert into repair.application (person, application, record, source, type, route, decides, pack, state, was, made_at, changed_at, keep_until)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', '', sqlc.arg(made_at), sqlc.arg(made_at), $9)
on conflict (person, record) where state in ('draft', 'open', 'in review') do nothing;

-- name: Number :exec
insert into repair.number (application, person) values ($1, $2);

-- name: PersonOf :one
select person from repair.number where application = $1;

-- name: One :one
select person, application, record, source, type, route, decides, pack, state, was, made_at, changed_at, keep_until, opened_at, clock, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at, told_late from repair.application where person = $1 and application = $2;

-- name: RunningOf :one
-- The one application about a record that is being written or decided.
select person, application, record, source, type, route, decides, pack, state, was, made_at, changed_at, keep_until, opened_at, clock, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at, told_late from repair.application where person = $1 and record = $2 and state in ('draft', 'open', 'in review');

-- name: Of :many
select person, application, record, source, type, route, decides, pack, state, was, made_at, changed_at, keep_until, opened_at, clock, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at, told_late from repair.application where person = $1 order by made_at desc, application limit 200;

-- name: Waiting :many
-- What people of a body may decide: their own records where the source decides, else those of others,
-- and at a review none that their body decided; narrowed by what is given.
select person, application, record, source, type, route, decides, pack, state, was, made_at, changed_at, keep_until, opened_at, clock, due_on, twice_on, back_at, final_at, decided_at, late_from, letter_at, review_until, review_at, told_late from repair.application a
where a.state = sqlc.arg(state) and a.state in ('open', 'in review') and (a.state = 'open' and a.decides = 'source') = (a.source = sqlc.arg(body))
and (sqlc.arg(type)::text = '' or a.type = sqlc.arg(type)::text)
and (sqlc.narg(due_from)::date is null or a.due_on >= sqlc.narg(due_from)::date) and (sqlc.narg(due_to)::date is null or a.due_on <= sqlc.narg(due_to)::date)
and not exists (select 1 from repair.finding f where f.person = a.person and f.application = a.application and f.stage < sqlc.arg(stage)::smallint and (f.body = sqlc.arg(body)::uuid or f.clerk = sqlc.arg(clerk)::uuid))
and (sqlc.narg(found)::boolean is null or sqlc.narg(found)::boolean = exists (select 1 from repair.finding f where f.person = a.person and f.application = a.application and f.stage = sqlc.arg(stage)::smallint))
order by a.due_on, a.application offset sqlc.arg(skip)::integer limit sqlc.arg(most)::integer;

-- name: FindingsOf :many
select application, stage, clerk, body, at, outcome from repair.finding where person = any (sqlc.arg(persons)::uuid[]) and application = any (sqlc.arg(applications)::uuid[]) order by at, clerk limit 100000;

-- name: Save :exec
update repair.application set state = sqlc.arg(state), was = sqlc.arg(was), pack = sqlc.arg(pack), changed_at = sqlc.arg(changed_at)::timestamptz, opened_at = sqlc.narg(opened_at), clock = sqlc.narg(clock),
    due_on = sqlc.narg(due_on), twice_on = sqlc.narg(twice_on), back_at = sqlc.narg(back_at), final_at = sqlc.narg(final_at), decided_at = sqlc.narg(decided_at), late_from = sqlc.narg(late_from),
    letter_at = sqlc.narg(letter_at), review_until = sqlc.narg(review_until), review_at = sqlc.narg(review_at)
where person = sqlc.arg(person) and application = sqlc.arg(application);

-- name: Discard :execrows
delete from repair.application where person = $1 and application = $2 and state = 'draft';

-- name: DropNumber :exec
delete from repair.number where application = $1;

-- name: AddFinding :exec
insert into repair.finding (person, application, stage, clerk, body, at, outcome) values ($1, $2, $3, $4, $5, $6, $7);

-- name: AddPaper :exec
insert into repair.paper (person, paper, application, condition, what, stage, clerk, media, at, epoch, leaf, nonce, box) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: DropPapers :many
-- What is replaced goes, and the vault forgets its leaf.
delete from repair.paper where person = sqlc.arg(person) and application = sqlc.arg(application) and (paper = any (sqlc.arg(papers)::uuid[]) or sqlc.arg(whole)::boolean) returning paper, epoch, leaf;

-- name: AddEntry :execrows
insert into repair.entry (person, record, type, source, route, how, at, ends_on, event) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing;

-- name: Entries :many
select record, type, source, route, how, at, ends_on, event from repair.entry where person = $1 order by at desc, record limit 200;

-- name: Show :many
select t.paper::uuid as paper, t.condition::text as condition, t.what::text as what, t.stage::smallint as stage, t.clerk::uuid as clerk, t.media::text as media, t.at::timestamptz as at,
    t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from repair.show(sqlc.arg(person)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.arg(application)::uuid, sqlc.narg(file)::uuid)
    as t(paper, condition, what, stage, clerk, media, at, epoch, leaf, nonce, box);

-- name: Examine :many
select t.paper::uuid as paper, t.condition::text as condition, t.what::text as what, t.stage::smallint as stage, t.clerk::uuid as clerk, t.media::text as media, t.at::timestamptz as at,
    t.version::integer as version, t.epoch::bigint as epoch, t.leaf::bigint as leaf, t.nonce::bytea as nonce, t.box::bytea as box
from repair.examine(sqlc.arg(person)::uuid, sqlc.arg(application)::uuid, sqlc.arg(clerk)::uuid, sqlc.arg(body)::uuid, sqlc.arg(access)::uuid, sqlc.arg(now)::timestamptz, sqlc.arg(pack)::text, sqlc.narg(file)::uuid,
    sqlc.arg(trace_epoch)::bigint, sqlc.arg(trace_leaf)::bigint, sqlc.arg(trace_nonce)::bytea, sqlc.arg(trace_box)::bytea)
    as t(paper, condition, what, stage, clerk, media, at, version, epoch, leaf, nonce, box);

-- name: Looked :one
select exists (select 1 from repair.look l where l.person = sqlc.arg(person) and l.application = sqlc.arg(application) and l.clerk = sqlc.arg(clerk)
    and l.at >= coalesce((select max(p.at) from repair.paper p where p.person = sqlc.arg(person) and p.application = sqlc.arg(application) and p.what <> 'reasons'), '-infinity')) as looked;

-- name: Twice :many
-- What nobody decided within twice its clock.
select person, application from repair.application where state in ('open', 'in review') and twice_on < sqlc.arg(today)::date order by twice_on, person, application limit sqlc.arg(most);

-- name: DueWithin :many
-- Whose clock was due within a window, behind a place in the order of their last days.
select person, application, due_on from repair.application where state in ('open', 'in review') and due_on between sqlc.arg(from_on)::date and sqlc.arg(to_on)::date
and (due_on, application) > (sqlc.arg(after_day)::date, sqlc.arg(after_application)::uuid) order by due_on, application limit sqlc.arg(most);

-- name: TellLate :many
-- Whose clock has run out and nobody was told.
update repair.application a set told_late = a.due_on
where (a.person, a.application) in (select l.person, l.application from repair.application l where l.state in ('open', 'in review') and l.due_on < sqlc.arg(today)::date and l.told_late is distinct from l.due_on
    order by l.due_on, l.application limit sqlc.arg(most) for update skip locked)
returning a.person, a.application, a.record, a.source, a.route, a.due_on;

-- name: StaleDrafts :many
select person, application from repair.application where state = 'draft' and changed_at < sqlc.arg(before)::timestamptz order by changed_at limit sqlc.arg(most);

-- name: Open :many
-- Ways that opened; of those that were told before there is no row.
insert into repair.opening (person, record, route, at)
select unnest(sqlc.arg(persons)::uuid[]), unnest(sqlc.arg(records)::uuid[]), unnest(sqlc.arg(routes)::text[]), sqlc.arg(at)::timestamptz
on conflict do nothing returning person, record, route;

-- name: SweepEntries :many
delete from repair.entry e where (e.person, e.record) in (select x.person, x.record from repair.entry x where x.ends_on < sqlc.arg(today)::date order by x.ends_on limit sqlc.arg(most))
returning e.person, e.record;

-- name: SweepOpenings :exec
delete from repair.opening where person = any (sqlc.arg(persons)::uuid[]) and record = any (sqlc.arg(records)::uuid[]);

-- name: Reliefs :many
select relief, pack, proposed_by, proposed_at, confirmed_by, confirmed_at, done_at, ended from repair.relief order by proposed_at, relief limit 1000;

-- name: ProposeRelief :execrows
insert into repair.relief (relief, pack, proposed_by, proposed_at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: ConfirmRelief :execrows
update repair.relief set confirmed_by = sqlc.arg(clerk), confirmed_at = sqlc.arg(now)::timestamptz where relief = sqlc.arg(relief) and confirmed_by is null and proposed_by <> sqlc.arg(clerk);

-- name: WithdrawRelief :execrows
delete from repair.relief where relief = $1 and confirmed_by is null;

-- name: DoneRelief :exec
update repair.relief set done_at = sqlc.arg(now)::timestamptz, ended = ended + sqlc.arg(more)::integer where relief = sqlc.arg(relief) and done_at is null;

-- name: PaperLeaves :many
select epoch, max(leaf)::bigint as leaf from repair.paper group by epoch order by epoch limit 100000;

-- name: PapersHeld :many
select person, paper, epoch, leaf from repair.paper where (person, paper) > (sqlc.arg(after_person)::uuid, sqlc.arg(after_paper)::uuid) order by person, paper limit sqlc.arg(most);

-- name: ClearPaper :exec
update repair.paper set nonce = null, box = null where person = sqlc.arg(person) and paper = sqlc.arg(paper) and epoch = sqlc.arg(epoch) and leaf = sqlc.arg(leaf);

-- name: LastingRepairs :many
-- Until when anything is kept of a person here.
select l.person::uuid as person, max(l.until)::date as until from (
    select a.person, a.keep_until as until from repair.application a where a.person = any (sqlc.arg(persons)::uuid[])
    union all select e.person, e.ends_on from repair.entry e where e.person = any (sqlc.arg(persons)::uuid[])) as l group by l.person;

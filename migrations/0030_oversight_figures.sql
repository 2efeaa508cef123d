-- +goose Up
-- reference: the quarters whose figures are closed, each once and for good.
create table oversight.quarter (
    quarter date primary key check (extract(day from quarter) = 1 and extract(month from quarter) in (1, 4, 7, 10)),
    closed_at timestamptz not null
);
grant select on oversight.quarter to recourse_app, recourse_keeper, recourse_watch;

-- reference: how bodies dealt with people in a quarter (rules I4). What is here may be read by
-- everybody: nothing that concerns fewer than ten, neither as a whole nor as a part. counted_for is the
-- code of a body, '*registry' for all who decide, '*others' for bodies that stand together.
create table oversight.figure (
    quarter date not null references oversight.quarter (quarter),
    about text not null check (about in ('contest answers', 'contest decisions', 'contest outcomes', 'reviews', 'early ends', 'inquiries', 'questions', 'deliveries')),
    counted_for text not null,
    n bigint not null check (n >= 10),
    part bigint check (part >= 10 and n - part >= 10),
    too_few text check (too_few in ('part', 'rest')), -- what of the two concerns so few that neither is here
    primary key (quarter, about, counted_for),
    check ((part is null) = (too_few is not null))
);
grant select on oversight.figure to recourse_app, recourse_keeper, recourse_watch;

-- close_quarter writes the figures of the oldest quarter that is over and not closed, once and for
-- good, and gives its first day; no row where there is none. What is counted cannot be chosen: the
-- quarter is the next one, a day after its end, and a quarter that is closed is never counted again.
-- Only what may be published is written; the hash of its lines goes into the public log with it.
-- p_as is for each of p_body the code that it is counted under, so that nothing is told below a city.
-- Of a group, n, the part and the rest each concern ten persons or more. Inquiries are counted
-- themselves and not the persons: an identifier without a file has a person of its own in each, and a
-- body that asked ten times about one identifier would learn whether that is one. They come out as the
-- body saw them: what a freeze stopped is where its answer was. Bodies with fewer stand together where
-- without the largest of them ten are left, so that none can take its own away and see another's.
-- +goose StatementBegin
create function oversight.close_quarter(p_event uuid, p_now timestamptz, p_body uuid[], p_as text[]) returns table (quarter date)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    in_zone constant text := (select m.zone from house.mode m);
    first_day constant date := coalesce((select (max(q.quarter) + interval '3 months')::date from oversight.quarter q),
        -- in the order of writing, which is that of time but where a sandbox's clock was moved
        (select date_trunc('quarter', min(o.at) at time zone in_zone)::date from (select j.at from ledger.journal j order by j.added, j.event limit 1000) o));
    next_day constant date := (first_day + interval '3 months')::date;
    since constant timestamptz := first_day::timestamp at time zone in_zone;
    ends constant timestamptz := next_day::timestamp at time zone in_zone;
begin
    perform house.check_instant(p_now);
    if first_day is null or p_now < ends + interval '1 day' then
        return;
    end if;
    insert into oversight.quarter (quarter, closed_at) values (first_day, p_now) on conflict do nothing;
    if not found then
        return;
    end if;
    with found as materialized (
        select distinct on (f.person, f.contest, f.stage, f.ground, f.clerk) f.person, f.contest, f.stage, f.ground, f.outcome, f.at
        from dispute.finding f order by f.person, f.contest, f.stage, f.ground, f.clerk, f.at desc
    ), agreed as (
        select g.person, g.contest, g.stage, max(g.at) as at, bool_or(g.outcome in ('withdrawn', 'corrected', 'unverifiable')) as changed from (
            select f.person, f.contest, f.stage, f.ground, f.outcome, max(f.at) as at from found f group by 1, 2, 3, 4, 5 having count(*) >= 2) g
        group by 1, 2, 3
    ), contest as materialized (
        select c.person, c.source, c.state, c.answer_by, c.back_at, c.decided_at, c.late_from, o.at as decided_first, o.changed, r.changed as changed_anew,
            (c.answer_by + 1)::timestamp at time zone in_zone as answer_until, (c.due_on + 1)::timestamp at time zone in_zone as due_at,
            (select min(a.at) from dispute.answer a where a.person = c.person and a.contest = c.contest) as answered_at
        from dispute.contest c
        left join agreed o on o.person = c.person and o.contest = c.contest and o.stage = 1 and (c.state in ('decided', 'in review', 'reviewed') or c.was = 'in review')
        left join agreed r on r.person = c.person and r.contest = c.contest and r.stage = 2 and c.state = 'reviewed'
        where c.state <> 'draft'
    ), clock as (
        select c.person, c.decided_first, case when c.decided_first is not null then case when c.late_from <= c.decided_first then c.late_from end
            when c.due_at <= coalesce(c.back_at, p_now) then c.due_at end as late_at from contest c
    ), early as (
        select e.person, e.application, max(e.at) as at, bool_or(e.outcome = 'granted') as granted from (
            select f.person, f.application, f.outcome, max(f.at) as at from (
                select distinct on (f.person, f.application, f.clerk) f.person, f.application, f.outcome, f.at from repair.finding f
                where f.stage = 1 order by f.person, f.application, f.clerk, f.at desc) f
            group by 1, 2, 3 having count(*) >= 2) e
        group by 1, 2
    ), counted as materialized (
        select 'contest answers' as about, c.source as body, c.person as unit, coalesce(c.answered_at < c.answer_until, false) as hit
        from contest c where c.answer_by >= first_day and c.answer_by < next_day
            and (c.answered_at is not null or c.answer_until <= coalesce(least(c.back_at, c.decided_first), p_now))
        union all
        select 'contest decisions', null, k.person, k.late_at is null from clock k where coalesce(k.late_at, k.decided_first) >= since and coalesce(k.late_at, k.decided_first) < ends
        union all
        select 'contest outcomes', c.source, c.person, c.changed from contest c where c.decided_first >= since and c.decided_first < ends
        union all
        select 'reviews', null, c.person, c.changed_anew from contest c where c.state = 'reviewed' and c.decided_at >= since and c.decided_at < ends and c.changed_anew is not null
        union all
        select 'early ends', a.source, a.person, e.granted from repair.application a join early e on e.person = a.person and e.application = a.application
        where e.at >= since and e.at < ends
        union all
        select 'inquiries', a.body, a.access, a.outcome = 0 or a.outcome = 4 and a.basis = 'consent' from inquiry.access a
        where a.at >= since and a.at < ends and a.body is not null and a.basis in ('consent', 'statute') and a.replay_of is null
        union all
        select 'questions', q.supervisor, q.person, coalesce(q.found_at < q.due_at and q.found_for = q.supervisor, false) from oversight.question q
        where q.due_on >= first_day and q.due_on < next_day
        union all
        select 'deliveries', d.body, d.delivery, d.rows_quarantined + d.rows_refused > 0 from furnish.delivery d
        where d.state = 'done' and d.ended_at >= since and d.ended_at < ends
    ), grouped as materialized (
        select c.about, case when c.body is null then '*registry' else coalesce((select l.code from unnest(p_body, p_as) as l(body, code) where l.body = c.body), '*others') end as counted_for, c.unit, c.hit
        from counted c
    ), alone as (
        select g.about, g.counted_for, count(distinct g.unit) as units from grouped g group by 1, 2
    ), small as (
        select g.about, g.unit, g.hit from grouped g join alone a on a.about = g.about and a.counted_for = g.counted_for
        where a.units < 10 and a.counted_for <> '*registry'
    ), together as (
        select s.about from small s group by s.about
        having count(distinct s.unit) - (select max(a.units) from alone a where a.about = s.about and a.units < 10 and a.counted_for <> '*registry') >= 10
    ), shown as (
        select g.about, g.counted_for, g.unit, g.hit from grouped g join alone a on a.about = g.about and a.counted_for = g.counted_for
        where a.units >= 10 and a.counted_for <> '*others'
        union all
        select s.about, '*others', s.unit, s.hit from small s join together t on t.about = s.about
    ), judged as (
        select s.about, s.counted_for, count(*) as n, count(*) filter (where s.hit) as part,
            count(distinct s.unit) filter (where s.hit) as of_part, count(distinct s.unit) filter (where not s.hit) as of_rest
        from shown s group by 1, 2
    )
    insert into oversight.figure (quarter, about, counted_for, n, part, too_few)
    select first_day, j.about, j.counted_for, j.n, case when j.of_part >= 10 and j.of_rest >= 10 then j.part end,
        case when j.of_part < 10 then 'part' when j.of_rest < 10 then 'rest' end
    from judged j;
    insert into ledger.journal (stream, event, at, kind, refs)
    select '7265636f-7572-7365-2f66-696775726573', p_event, p_now, 'oversight.quarter-closed', jsonb_build_object(
        'quarter', to_char(first_day, 'YYYY"-Q"Q'), 'sha256', encode(sha256(convert_to('about,counted_for,n,part,too_few' || chr(10) || coalesce(string_agg(
            concat_ws(',', f.about, f.counted_for, f.n, coalesce(f.part::text, ''), coalesce(f.too_few, '')) || chr(10), '' order by f.about collate "C", f.counted_for collate "C"), ''), 'UTF8')), 'hex'))
    from oversight.figure f where f.quarter = first_day;
    return query select first_day;
end $$;
-- +goose StatementEnd
revoke all on function oversight.close_quarter(uuid, timestamptz, uuid[], text[]) from public;
grant execute on function oversight.close_quarter(uuid, timestamptz, uuid[], text[]) to recourse_keeper;

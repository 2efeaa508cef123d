-- +goose Up
-- What help a person asks for in a contest: an interpreter, sign language, somebody who reads
-- aloud. It is sealed like all that they write, at most one at a time, and read by the person
-- and by those who decide.
alter table dispute.paper drop constraint paper_what_check;
alter table dispute.paper add constraint paper_what_check check (what in ('words', 'evidence', 'reply', 'proof', 'reasons', 'appeal', 'certificate', 'document', 'copy', 'help'));
alter table dispute.paper drop constraint paper_check3;
alter table dispute.paper add constraint paper_check3 check (what = 'copy' or (clerk is null) = (what in ('words', 'evidence', 'appeal', 'help')));
create unique index paper_help on dispute.paper (person, contest) where what = 'help';

-- examine gives somebody on staff the papers of a contest and the record that it is
-- about (paper is NULL there), and writes that they looked: to the person's list of
-- look-ups and to the contest. What others found is given only to who found
-- something at that stage. Of a file of the person that names third persons the
-- source is given the copy alone (rules D7), and of what help they asked for nothing.
-- +goose StatementBegin
create or replace function dispute.examine(p_person uuid, p_contest uuid, p_clerk uuid, p_body uuid, p_access uuid, p_now timestamptz, p_pack text, p_file uuid,
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
    where p.person = p_person and p.contest = p_contest and (p.what <> 'help' or p_body <> k.source)
    and (p.what <> 'reasons' or p.clerk = p_clerk or k.state in ('decided', 'reviewed') or p.stage = 1 and k.review_at is not null
        or exists (select 1 from dispute.finding f where f.person = p_person and f.contest = p_contest and f.stage = p.stage and f.clerk = p_clerk));
end $$;
-- +goose StatementEnd

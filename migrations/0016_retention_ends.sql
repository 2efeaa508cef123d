-- +goose Up
create schema retention;
grant usage on schema retention to recourse_app, recourse_keeper, recourse_watch;

-- local: a retention that is to end earlier under a version of the pack. It waits
-- seven days from the day on which somebody saw how many records it concerns (rules E1).
create table retention.shortening (
    shortening uuid primary key,
    pack text not null,
    made_at timestamptz not null,
    due_at timestamptz not null check (due_at >= made_at + interval '7 days'),
    records bigint not null check (records > 0),
    state text not null check (state in ('waiting', 'stopped', 'done')),
    changed_at timestamptz,
    check ((state = 'waiting') = (changed_at is null)),
    check (state <> 'done' or changed_at >= due_at)
);
-- One at a time.
create unique index shortening_waiting on retention.shortening (state) where state = 'waiting';
grant select on retention.shortening to recourse_app, recourse_keeper, recourse_watch;
grant insert, update (state, changed_at) on retention.shortening to recourse_keeper;

-- local: the last day of retention whose records were offered as copies (rules E2).
create table retention.offered (
    only_row boolean primary key default true check (only_row),
    until_on date not null
);
grant select, insert, update (until_on) on retention.offered to recourse_keeper;

-- +goose Up
create schema notice;
grant usage on schema notice to recourse_app, recourse_keeper, recourse_watch;

-- person: what must be told. The words are the pack's; the content is the
-- record's, at the version told.
create table notice.owed (
    person uuid not null,
    notice uuid not null,
    kind text not null,
    record uuid not null,
    version integer not null,
    pack text not null,
    owed_at timestamptz not null,
    opened_at timestamptz,
    answer_until timestamptz,
    primary key (person, notice),
    -- the time to answer runs from the opening (rules C1)
    check ((opened_at is null) = (answer_until is null)),
    check (answer_until > opened_at)
);
grant select on notice.owed to recourse_app, recourse_keeper;
grant insert on notice.owed to recourse_keeper;
grant update (opened_at, answer_until) on notice.owed to recourse_app;

-- person: each way a letter was announced; written before it leaves the house.
create table notice.attempt (
    person uuid not null,
    notice uuid not null,
    channel text not null,
    nth integer not null check (nth >= 1),
    meant_at timestamptz not null,
    ended_at timestamptz,
    outcome text check (outcome in ('handed over', 'refused', 'unreachable', 'no address')),
    primary key (person, notice, channel, nth),
    foreign key (person, notice) references notice.owed (person, notice),
    check ((ended_at is null) = (outcome is null))
);
grant select on notice.attempt to recourse_app;
grant select, insert on notice.attempt to recourse_keeper;
grant update (ended_at, outcome) on notice.attempt to recourse_keeper;

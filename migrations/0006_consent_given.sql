-- +goose Up
create schema consent;
grant usage on schema consent to recourse_app, recourse_keeper, recourse_watch;

-- person: one body, one purpose, until a day. usable_from is the end of the ten
-- minutes in which it can be undone (rules G2).
create table consent.given (
    person uuid not null,
    consent uuid not null,
    body uuid not null references party.body (body),
    purpose text not null,
    given_at timestamptz not null,
    usable_from timestamptz not null,
    until_at timestamptz not null,
    stopped_at timestamptz,
    primary key (person, consent),
    check (usable_from >= given_at and until_at > given_at)
);
grant select, insert on consent.given to recourse_app;
grant update (stopped_at) on consent.given to recourse_app;
grant select, delete on consent.given to recourse_keeper;

-- +goose Up
-- directory: what clerks call the choices by which they narrow a list of work. Choices are of
-- fixed sets; nothing here is about a person, and nobody but the clerk sees it.
create table party.view (
    clerk uuid not null references party.clerk (clerk),
    view uuid not null,
    list text not null check (length(list) between 1 and 100),
    name text not null check (length(name) between 1 and 40),
    filters text not null check (length(filters) between 1 and 400),
    made_at timestamptz not null,
    primary key (clerk, view),
    unique (clerk, list, name)
);
grant select, insert, update (name), delete on party.view to recourse_app;

-- +goose Up
-- The roles recourse_app, recourse_keeper and recourse_watch are made before
-- the first migration runs (kit/pgkit), because a role belongs to the cluster.

create schema house;
grant usage on schema house to recourse_app, recourse_keeper, recourse_watch;

-- One row, written at first start and never changed: nobody holds UPDATE or
-- DELETE but the owner, whose connection is closed before the listener opens.
create table house.mode (
    only_row boolean primary key default true check (only_row),
    mode text not null unique check (mode in ('sandbox', 'production')),
    zone text not null,
    made_at timestamptz not null
);
grant select on house.mode to recourse_app, recourse_keeper, recourse_watch;

-- How far the sandbox's clock is from the database's. In production there is
-- no row with mode = 'sandbox' to refer to, so no such row can exist.
create table house.clock_shift (
    only_row boolean primary key default true check (only_row),
    mode text not null check (mode = 'sandbox') references house.mode (mode),
    shift interval not null
);
grant select on house.clock_shift to recourse_app, recourse_keeper, recourse_watch;

-- The instant that holds: the database's clock plus the sandbox's shift.
-- +goose StatementBegin
create function house.now() returns timestamptz
language sql volatile
as $$ select clock_timestamp() + coalesce((select c.shift from house.clock_shift c), interval '0') $$;
-- +goose StatementEnd
revoke all on function house.now() from public;
grant execute on function house.now() to recourse_app, recourse_keeper, recourse_watch;

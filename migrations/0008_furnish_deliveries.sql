-- +goose Up
create schema furnish;
grant usage on schema furnish to recourse_app, recourse_keeper, recourse_watch;

-- directory: what a body sent. (body, idempotency_key) finds it again.
create table furnish.delivery (
    delivery uuid primary key,
    body uuid not null references party.body (body),
    clerk uuid not null references party.clerk (clerk),
    idempotency_key text not null check (length(idempotency_key) between 1 and 255),
    type text not null,
    pack text not null,
    file_hash bytea check (length(file_hash) = 32), -- known when the file was read to its end
    state text not null check (state in ('running', 'done', 'failed')),
    begun_at timestamptz not null,
    ended_at timestamptz,
    rows_done bigint not null default 0,
    rows_new bigint not null default 0,
    rows_changed bigint not null default 0,
    rows_unchanged bigint not null default 0,
    rows_withdrawn bigint not null default 0,
    rows_stale bigint not null default 0,
    rows_quarantined bigint not null default 0,
    rows_refused bigint not null default 0,
    tree bytea not null default '', -- what a tree over the rows so far needs to grow (internal/merkle)
    unique (body, idempotency_key),
    check ((state = 'running') = (ended_at is null)),
    check (rows_done = rows_new + rows_changed + rows_unchanged + rows_withdrawn + rows_stale + rows_quarantined + rows_refused)
);
-- read by: a body's list of its deliveries
create index delivery_list on furnish.delivery (body, begun_at, delivery);
grant select, insert on furnish.delivery to recourse_app;
grant update (state, ended_at, file_hash, rows_done, rows_new, rows_changed, rows_unchanged, rows_withdrawn, rows_stale, rows_quarantined, rows_refused, tree)
    on furnish.delivery to recourse_app;

-- directory: what a delivery's receipt says of each row: its outcome in one byte
-- and the commitment to its content in 32 (zero where nothing was kept), for the
-- rows of one transaction. A commitment opens only with a key of the vault.
create table furnish.batch (
    delivery uuid not null references furnish.delivery (delivery),
    first_row bigint not null check (first_row >= 1),
    rows bytea not null check (length(rows) > 0 and length(rows) % 33 = 0),
    primary key (delivery, first_row)
);
alter table furnish.batch alter rows set storage external; -- it does not compress
grant select, insert on furnish.batch to recourse_app;

-- directory: rows that were not taken. No content: the source has it.
create table furnish.finding (
    delivery uuid not null references furnish.delivery (delivery),
    row_number bigint not null check (row_number >= 1),
    nth integer not null check (nth >= 1),
    outcome text not null check (outcome in ('stale', 'quarantined', 'refused')),
    field text,
    code text not null,
    rule text,
    text text not null, -- what is wrong and what to do; never a value of the row
    fix text not null,
    primary key (delivery, row_number, nth)
);
grant select, insert on furnish.finding to recourse_app;

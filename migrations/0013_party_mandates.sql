-- +goose Up
-- directory: at which desk somebody may work, until a day: send records or ask for
-- their own body, say as a head who else may, and for the registry decide contests,
-- review decisions, decide on repair, print letters, supervise bodies, or read how the registry runs; also of
-- another body's staff by a dated mandate (rules D5). Without a mandate that holds
-- a clerk is let in nowhere. lent_by is who is away where it is held for them, else
-- the clerk.
create table party.mandate (
    clerk uuid not null references party.clerk (clerk),
    desk text not null check (desk in ('furnish', 'ask', 'decide', 'review', 'repair', 'post', 'head', 'supervise', 'operate')),
    lent_by uuid not null references party.clerk (clerk),
    from_on date not null,
    until_on date not null,
    made_at timestamptz not null,
    ended_at timestamptz,
    primary key (clerk, desk, lent_by)
);
-- read by: the end of a mandate, which ends what was lent of it
create index mandate_lent on party.mandate (lent_by, desk);
grant select, insert on party.mandate to recourse_app;
grant update (from_on, until_on, made_at, ended_at) on party.mandate to recourse_app;

-- directory: the training records of staff. Append only.
create table party.training (
    clerk uuid not null references party.clerk (clerk),
    noted_at timestamptz not null,
    until_on date not null,
    noted_by uuid references party.clerk (clerk), -- null: the operator
    seconded_by uuid references party.clerk (clerk) check (seconded_by <> noted_by),
    primary key (clerk, noted_at)
);
grant select, insert on party.training to recourse_app;

-- directory: what heads want to give somebody of their body. One puts a motion and
-- another seconds it; only then anything changes.
create table party.motion (
    motion uuid primary key,
    body uuid not null references party.body (body),
    kind text not null check (kind in ('invite', 'appoint', 'train', 'leave')),
    clerk uuid references party.clerk (clerk) check ((clerk is null) = (kind = 'invite')),
    staff_number text check (length(staff_number) between 1 and 64),
    desks text[] not null,
    stand_in uuid references party.clerk (clerk) check ((stand_in is not null) = (kind = 'leave')),
    from_on date not null,
    until_on date not null check (until_on >= from_on),
    trained_until date,
    put_by uuid not null references party.clerk (clerk),
    put_at timestamptz not null,
    ended_by uuid references party.clerk (clerk),
    ended_at timestamptz,
    seconded boolean not null default false check (not seconded or ended_by is not null and ended_by <> put_by),
    check ((ended_by is null) = (ended_at is null) and (staff_number is null) = (kind <> 'invite'))
);
-- read by: the page of a body's staff
create index motion_body on party.motion (body, put_at);
grant select, insert on party.motion to recourse_app;
grant update (ended_by, ended_at, seconded) on party.motion to recourse_app;

-- directory: codes by which new staff sign in for the first time, once. Only the
-- SHA-256 of the 256 random bits is kept.
create table party.invitation (
    code_hash bytea primary key check (length(code_hash) = 32),
    clerk uuid not null references party.clerk (clerk),
    made_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > made_at),
    used_at timestamptz
);
grant select, insert on party.invitation to recourse_app;
grant update (used_at) on party.invitation to recourse_app;

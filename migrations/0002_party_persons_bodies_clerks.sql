-- +goose Up
create schema party;
grant usage on schema party to recourse_app, recourse_keeper, recourse_watch;

-- reference: bodies of the pack in force, copied at start.
create table party.body (
    body uuid primary key,
    code text not null unique
);
grant select on party.body to recourse_app, recourse_keeper, recourse_watch;

-- directory: staff of bodies. staff_number is the body's own number for the
-- person on its staff; their name stays with the body.
create table party.clerk (
    clerk uuid primary key,
    body uuid not null references party.body (body),
    staff_number text not null check (length(staff_number) between 1 and 64),
    trained_until date not null,
    made_at timestamptz not null,
    ended_at timestamptz,
    unique (body, staff_number)
);
grant select, insert on party.clerk to recourse_app;
grant update (trained_until, ended_at) on party.clerk to recourse_app;

-- directory: bearer tokens of clerks. Only the SHA-256 of the 256 random bits is kept.
create table party.credential (
    token_hash bytea primary key check (length(token_hash) = 32),
    clerk uuid not null references party.clerk (clerk),
    made_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > made_at),
    revoked_at timestamptz
);
-- read by: revoking all tokens of one clerk
create index credential_clerk on party.credential (clerk);
grant select, insert on party.credential to recourse_app;
grant update (revoked_at) on party.credential to recourse_app;

-- person: identity, sealed under the quarter in which live_until lies. name_mark
-- is a fingerprint under the identity's own leaf: names are compared, not read.
create table party.person (
    person uuid primary key,
    live_until date not null,
    made_at timestamptz not null,
    name_mark bytea not null check (length(name_mark) = 16),
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea not null check (length(nonce) = 12),
    box bytea not null
);
-- read by: the sweep that re-seals identities before their epoch ends
create index person_epoch on party.person (epoch);
grant select (person, live_until, made_at, name_mark, epoch, leaf) on party.person to recourse_app, recourse_keeper;
grant insert on party.person to recourse_app;
grant update (live_until) on party.person to recourse_app;
grant update (live_until, epoch, leaf, nonce, box, name_mark) on party.person to recourse_keeper;
grant delete on party.person to recourse_keeper;

-- person: the gate. An answer takes it FOR SHARE, and so does whoever writes what
-- a person must not end under; a revoke, contest, freeze, erasure or the end of
-- the person takes it FOR UPDATE. A delivery does not: it writes new persons with
-- their gates, and lets others live longer, which whoever ends them waits for.
create table party.gate (
    person uuid primary key
);
grant select, insert on party.gate to recourse_app;
grant update on party.gate to recourse_app, recourse_keeper; -- row locks need it; there is nothing to change
grant select, delete on party.gate to recourse_keeper;

-- person: where letters are announced. Sealed: e-mail address and language.
create table party.contact (
    person uuid primary key,
    set_at timestamptz not null,
    epoch bigint not null,
    leaf bigint not null,
    nonce bytea not null check (length(nonce) = 12),
    box bytea not null
);
-- read by: the sweep that re-seals contacts before their epoch ends
create index contact_epoch on party.contact (epoch);
grant select (person, set_at, epoch, leaf) on party.contact to recourse_app, recourse_keeper;
grant insert, update, delete on party.contact to recourse_app;
grant update (epoch, leaf, nonce, box) on party.contact to recourse_keeper;
grant delete on party.contact to recourse_keeper;

-- directory: keyed tokens of official identifiers, under the live index generations.
create table party.token (
    generation integer not null,
    mac bytea not null check (length(mac) = 16),
    person uuid not null,
    primary key (generation, mac)
);
-- read by: the sweep that moves tokens to a new generation, and erasure of a person
create index token_person on party.token (person);
grant select, insert on party.token to recourse_app;
grant select, insert, delete on party.token to recourse_keeper;

-- directory: sign-ins of persons. person is NULL where the identifier has no
-- file: such a person sees an empty file like everyone without records.
create table party.session (
    token_hash bytea primary key check (length(token_hash) = 32),
    person uuid,
    made_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > made_at)
);
-- read by: the sweep that removes ended sign-ins
create index session_end on party.session (expires_at);
-- read by: the end of a person
create index session_person on party.session (person);
grant select, insert, delete on party.session to recourse_app;
grant select (token_hash, person, expires_at), delete on party.session to recourse_keeper;

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
    away_from date, -- on leave: own mandates rest
    away_until date check (away_until >= away_from),
    handed_to uuid references party.clerk (clerk), -- who took over when they left
    unique (body, staff_number),
    check ((away_from is null) = (away_until is null) and (handed_to is null or ended_at is not null))
);
grant select, insert on party.clerk to recourse_app;
grant update (trained_until, ended_at, away_from, away_until, handed_to) on party.clerk to recourse_app;

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

-- directory: public keys by which the programs of clerks sign requests. A head of the
-- body asks for one and another confirms it; only then there is a credential for it.
-- Rows stay: what a key signed can be checked as long as anything of it is kept.
create table party.key (
    key bytea primary key check (length(key) = 32), -- its thumbprint (RFC 7638)
    public_key bytea not null check (length(public_key) = 32),
    body uuid not null references party.body (body),
    holder uuid not null references party.clerk (clerk),
    until_on date not null,
    asked_by uuid not null references party.clerk (clerk),
    asked_at timestamptz not null,
    confirmed_by uuid references party.clerk (clerk) check (confirmed_by <> asked_by),
    confirmed_at timestamptz,
    ended_by uuid references party.clerk (clerk),
    ended_at timestamptz,
    check ((confirmed_by is null) = (confirmed_at is null) and (ended_by is null) = (ended_at is null))
);
-- read by: the list of a body's keys
create index key_body on party.key (body, asked_at);
grant select, insert on party.key to recourse_app;
grant update (confirmed_by, confirmed_at, ended_by, ended_at) on party.key to recourse_app;

-- directory: marks of key and nonce of signed requests, until the signature is over:
-- none is taken twice.
create table party.nonce (
    mark uuid primary key,
    until_at timestamptz not null
);
-- read by: the sweep that removes those that are over
create index nonce_until on party.nonce using brin (until_at);
grant select, insert on party.nonce to recourse_app;
grant select, delete on party.nonce to recourse_keeper;

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

-- directory: sign-ins to the pages, of persons and of clerks. Of the secret that the
-- browser holds only the SHA-256 is kept. Both person and clerk are NULL where the
-- identifier has no file: such a person sees an empty file like everyone without
-- records. device is the family of browser and system: no address, no version.
create table party.session (
    session uuid primary key,
    token_hash bytea not null check (length(token_hash) = 32),
    person uuid,
    clerk uuid references party.clerk (clerk),
    way text not null check (way in ('provider', 'passkey', 'token', 'sample')),
    device text not null check (length(device) <= 64),
    made_at timestamptz not null,
    seen_at timestamptz not null,
    proved_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > made_at),
    check (person is null or clerk is null)
);
-- read by: the sweep that removes ended sign-ins
create index session_end on party.session (expires_at);
-- read by: the person's list of sign-ins, and the end of a person
create index session_person on party.session (person) where person is not null;
-- read by: the clerk's list of sign-ins, and the end of a clerk's tokens
create index session_clerk on party.session (clerk) where clerk is not null;
grant select, insert, delete on party.session to recourse_app;
grant update (token_hash, way, seen_at, proved_at) on party.session to recourse_app;
grant select (session, person, expires_at), delete on party.session to recourse_keeper;

-- +goose Up
-- directory: who is under way to a provider, and comes back once. The
-- browser holds the secret from which state, nonce and verifier are made; here lies its
-- SHA-256. session is set where somebody proves anew who they are.
create table party.knock (
    knock bytea primary key check (length(knock) = 32),
    door text not null check (length(door) between 1 and 64),
    session uuid,
    until_at timestamptz not null
);
-- read by: the sweep that removes those who never came back
create index knock_until on party.knock (until_at);
grant select, insert, delete on party.knock to recourse_app;
grant select (knock, until_at), delete on party.knock to recourse_keeper;

-- directory: what somebody had written into a form when their sign-in ended or a proof
-- was asked for. The key is in the browser alone; whoever signs in there gets it only if
-- they are the same.
create table party.draft (
    draft bytea primary key check (length(draft) = 32),
    person uuid,
    clerk uuid references party.clerk (clerk),
    written bytea not null,
    until_at timestamptz not null,
    check ((person is null) <> (clerk is null))
);
-- read by: the end of a person
create index draft_person on party.draft (person) where person is not null;
-- read by: the sweep that removes drafts that nobody came back for
create index draft_until on party.draft (until_at);
grant select, insert, delete on party.draft to recourse_app;
grant select (draft, person, until_at), delete on party.draft to recourse_keeper;

-- directory: public keys of who signs in with a device of theirs, by the hash of the name that
-- the device has for the key. Nothing of it is a secret, and nothing of it says who somebody is.
create table party.passkey (
    passkey bytea primary key check (length(passkey) = 32),
    person uuid,
    clerk uuid references party.clerk (clerk),
    credential bytea not null check (length(credential) between 1 and 1023),
    public_key bytea not null check (length(public_key) between 1 and 2048),
    counter bigint not null check (counter between 0 and 4294967295),
    device text not null check (length(device) <= 64),
    made_at timestamptz not null,
    used_at timestamptz,
    check ((person is null) <> (clerk is null))
);
-- read by: the page of sign-ins, and the end of a person
create index passkey_person on party.passkey (person) where person is not null;
-- read by: the page of sign-ins of staff
create index passkey_clerk on party.passkey (clerk) where clerk is not null;
grant select, insert, update (counter, used_at), delete on party.passkey to recourse_app;
grant select (person), delete on party.passkey to recourse_keeper;

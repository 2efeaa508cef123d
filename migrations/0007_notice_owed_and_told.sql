-- +goose Up
create schema notice;
grant usage on schema notice to recourse_app, recourse_keeper, recourse_watch;

-- person: what must be told. The words are the pack's; the content is the
-- record's, at the version told.
create table notice.owed (
    person uuid not null,
    notice uuid not null,
    kind text not null,
    record uuid, -- none where the letter is about a look
    version integer not null, -- of the record; of a letter about a contest, which of them it is
    contest uuid, -- where the letter is about a contest, or a question of a look
    pack text not null,
    owed_at timestamptz not null,
    reachable boolean not null default true, -- whether the person gave an address by then; where not, there is nothing to announce
    opened_at timestamptz,
    confirmed_at timestamptz, -- the post brought it into the person's hands
    handed_at timestamptz, -- a way out of the house took it, or none is left to try: the service period runs from it
    served_at timestamptz, -- when that period is over
    answer_until timestamptz,
    primary key (person, notice),
    check ((record is null) = (kind in ('look-answered', 'look-late'))),
    check ((handed_at is null) = (served_at is null) and served_at > handed_at),
    -- the time to answer runs from the delivery, whichever comes first (rules C1)
    check ((least(opened_at, confirmed_at, served_at) is null) = (answer_until is null)),
    check (answer_until > least(opened_at, confirmed_at, served_at))
);
grant select on notice.owed to recourse_app, recourse_keeper;
grant insert on notice.owed to recourse_app, recourse_keeper; -- the app: of what has effect at once, with what lets others see it (rules C3)
grant update (opened_at, answer_until) on notice.owed to recourse_app;
grant update (confirmed_at, handed_at, served_at, answer_until) on notice.owed to recourse_keeper;

-- person: each way a letter was announced or sent; written before it leaves the
-- house. A row of the channel 'post' that has not ended waits to be printed.
create table notice.attempt (
    person uuid not null,
    notice uuid not null,
    channel text not null,
    nth integer not null check (nth >= 1),
    meant_at timestamptz not null,
    ended_at timestamptz,
    outcome text check (outcome in ('handed over', 'refused', 'unreachable', 'no address', 'bounced', 'confirmed', 'moot')),
    primary key (person, notice, channel, nth),
    foreign key (person, notice) references notice.owed (person, notice),
    check ((ended_at is null) = (outcome is null))
);
grant select on notice.attempt to recourse_app;
grant select, insert on notice.attempt to recourse_keeper;
grant update (ended_at, outcome) on notice.attempt to recourse_keeper;
-- read by: who prints letters for the post
create index attempt_to_print on notice.attempt (meant_at) where channel = 'post' and ended_at is null;
-- read by: who notes what became of a letter, by the number that is printed on it
create index attempt_of_letter on notice.attempt (notice) where outcome = 'handed over';

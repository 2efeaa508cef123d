-- +goose Up
-- directory: where a body wants changes to be sent. Its secret is derived and kept
-- nowhere. One at a time; those before it stay as they ended.
create table notice.hook (
    hook uuid primary key,
    body uuid not null references party.body (body),
    url text not null check (length(url) between 10 and 500),
    made_at timestamptz not null,
    ended_at timestamptz check (ended_at >= made_at)
);
create unique index hook_live on notice.hook (body) where ended_at is null;
grant select on notice.hook to recourse_app, recourse_keeper;
grant insert, update (ended_at) on notice.hook to recourse_app;
grant update (ended_at) on notice.hook to recourse_keeper; -- a receiver that says it is gone

-- person: what a body that was given a record is told of it afterwards (rules C4): that
-- it was corrected, withdrawn or ended, in which of the body's inquiries it was, never
-- what it says. The body's inbox has it from at on. next_at is when its webhook is tried
-- next: null where nothing is to be sent, was taken, or is given up.
create table notice.change (
    person uuid not null,
    change uuid not null,
    body uuid not null references party.body (body),
    record uuid not null,
    what text not null check (what in ('found wrong', 'corrected', 'withdrawn', 'ended', 'not this person', 'unverifiable')),
    type text not null,
    source uuid not null,
    start_on date not null,
    inquiries uuid[] not null check (cardinality(inquiries) > 0),
    at timestamptz not null,
    hook uuid,
    send_from timestamptz, -- since when it is to be sent there
    tries integer not null default 0 check (tries >= 0),
    next_at timestamptz check (next_at is null or hook is not null and send_from is not null),
    sent_at timestamptz, -- a webhook took it
    dead_at timestamptz, -- no webhook took it in its time
    code text, -- of the last try that failed
    acked_at timestamptz, -- the body says that it took note
    acked_by uuid,
    primary key (person, change),
    check ((acked_at is null) = (acked_by is null)),
    check (next_at is null or sent_at is null and dead_at is null)
);
-- read by: a body's inbox, those first that wait longest
create index change_inbox on notice.change (body, at, change);
-- read by: who acknowledges, by the number that a body has
create index change_number on notice.change (change);
-- read by: the worker that sends to webhooks
create index change_due on notice.change (next_at) where next_at is not null;
grant select on notice.change to recourse_app, recourse_keeper;
grant insert on notice.change to recourse_keeper;
grant update (tries, next_at, sent_at, dead_at, code) on notice.change to recourse_keeper;
grant update (hook, send_from, tries, next_at, dead_at, acked_at, acked_by) on notice.change to recourse_app; -- to acknowledge, and to send again

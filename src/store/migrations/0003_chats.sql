-- What the chats need: platforms send events twice, limit what may be sent, and messages change after they were posted.

-- Events, commands and clicks of a platform, so that one that comes again is handled once. Kept for a day.
create table hygge.seen (
  surface text not null,
  key text not null,
  at timestamptz not null default now(),
  -- Until then whoever took it is at work on it; null: it is done.
  until timestamptz,
  primary key (surface, key)
);
create index seen_at on hygge.seen (at);

-- Messages on a platform. The row is written before the message is sent: without a reference, nobody knows
-- whether it was.
create table hygge.posts (
  surface text not null,
  -- Which message of ours it is: a delivery's id, "<id>/2" for its second part.
  key text not null,
  thread text not null,
  ref text,
  -- Hash of what it shows, so that it isn't sent again unchanged.
  digest text,
  tried_at timestamptz not null default now(),
  posted_at timestamptz,
  primary key (surface, key)
);
create index posts_ref on hygge.posts (surface, ref);
create index posts_thread on hygge.posts (surface, thread);
create index briefs_thread on hygge.briefs (surface, thread);

-- What a platform lets all processes together send: the moment up to which each allowance is used.
create table hygge.budgets (
  key text primary key,
  used_until timestamptz not null
);

-- A request can be announced by a message of its own, and posted messages are redrawn when they no longer show
-- what the store knows: `changes` counts up, `drawn` is how many of them the message shows.
alter table hygge.deliveries drop constraint deliveries_kind_check;
alter table hygge.deliveries add constraint deliveries_kind_check
  check (kind in ('request', 'drafts', 'failed', 'cancelled'));
alter table hygge.deliveries add column changes int not null default 0;
alter table hygge.deliveries add column drawn int not null default 0;
create index deliveries_changed on hygge.deliveries (surface, thread) where changes > drawn;
create index deliveries_generation on hygge.deliveries (generation_id);
create index deliveries_brief on hygge.deliveries (brief_id);

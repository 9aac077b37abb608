-- Append-only: never edit a migration that has landed, add the next one.
create table hygge.people (
  id text primary key,
  surface text not null,
  name text not null,
  locale text not null default 'de',
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

create table hygge.briefs (
  id text primary key,
  person_id text not null references hygge.people (id),
  surface text not null,
  thread text not null,
  brand text not null,
  text text not null,
  channel text not null,
  tone text not null,
  length text not null,
  variants int not null default 1,
  parsed jsonb not null,
  idempotency_key text unique,
  created_at timestamptz not null default now()
);
create index briefs_person on hygge.briefs (person_id, created_at desc);

-- One row for each time that the model is asked: the first draft, each revision. The truth behind a queue job.
create table hygge.generations (
  id text primary key,
  brief_id text not null references hygge.briefs (id),
  person_id text not null references hygge.people (id),
  parent_id text,
  wish text,
  channel text not null,
  tone text not null,
  length text not null,
  variants int not null default 1,
  status text not null default 'queued' check (status in ('queued', 'writing', 'done', 'failed', 'cancelled')),
  -- Start-time fair queueing: lower goes first (store/generations.ts).
  tag int not null,
  -- Claims so far, and model processes that died while on it.
  attempts int not null default 0,
  crashes int not null default 0,
  -- The worker that writes it, and until when it may be trusted to be alive.
  worker text,
  lease_until timestamptz,
  error jsonb,
  idempotency_key text unique,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index generations_brief on hygge.generations (brief_id, queued_at);
create index generations_open on hygge.generations (tag, queued_at) where status in ('queued', 'writing');

create table hygge.drafts (
  id text primary key,
  brief_id text not null references hygge.briefs (id),
  generation_id text references hygge.generations (id),
  parent_id text references hygge.drafts (id),
  version int not null,
  kind text not null check (kind in ('generated', 'edited')),
  person_id text not null references hygge.people (id),
  wish text,
  text text not null,
  channel text not null,
  tone text not null,
  length text not null,
  gates jsonb not null,
  score jsonb not null,
  facts jsonb not null,
  model jsonb,
  prompt_hash text,
  seed bigint,
  sampling jsonb,
  timings jsonb,
  state text not null default 'draft' check (state in ('draft', 'requested', 'approved', 'rejected')),
  decided_by text references hygge.people (id),
  decided_at timestamptz,
  decision_note text,
  created_at timestamptz not null default now(),
  posted_at timestamptz,
  unique (brief_id, version)
);
create index drafts_recent on hygge.drafts (created_at desc);

create table hygge.candidates (
  generation_id text not null references hygge.generations (id),
  round int not null,
  index int not null,
  text text not null,
  gates jsonb not null,
  score jsonb not null,
  seed bigint not null,
  tokens int not null,
  stop text not null,
  ms int not null,
  draft_id text references hygge.drafts (id),
  primary key (generation_id, round, index)
);

create table hygge.ratings (
  draft_id text not null references hygge.drafts (id),
  person_id text not null references hygge.people (id),
  value text not null check (value in ('up', 'down')),
  reasons jsonb not null default '[]',
  comment text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (draft_id, person_id)
);

create table hygge.picks (
  generation_id text not null references hygge.generations (id),
  person_id text not null references hygge.people (id),
  draft_id text not null references hygge.drafts (id),
  created_at timestamptz not null default now(),
  primary key (generation_id, person_id)
);

-- What is to be posted where, in the order of `seq` within a thread.
create table hygge.deliveries (
  id text primary key,
  surface text not null,
  thread text not null,
  seq int not null,
  kind text not null check (kind in ('drafts', 'failed', 'cancelled')),
  brief_id text not null references hygge.briefs (id),
  generation_id text not null references hygge.generations (id),
  status text not null default 'open' check (status in ('open', 'posted', 'dead')),
  ref text,
  attempts int not null default 0,
  error text,
  not_before timestamptz not null default now(),
  created_at timestamptz not null default now(),
  posted_at timestamptz,
  unique (surface, thread, seq)
);
create index deliveries_open on hygge.deliveries (surface, thread, seq) where status = 'open';

-- Leases on threads, so that two processes never drain one at once.
create table hygge.thread_leases (
  surface text not null,
  thread text not null,
  holder text not null,
  until timestamptz not null,
  primary key (surface, thread)
);

create table hygge.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  person_id text not null,
  action text not null,
  brief_id text,
  draft_id text,
  data jsonb not null default '{}'
);
create index audit_draft on hygge.audit (draft_id);

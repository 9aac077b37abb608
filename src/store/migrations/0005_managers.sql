-- The managers' side: exact prompts for training data, rules that edits taught, and (in a schema of its own, since
-- none of it belongs into a backup) logins and the read model of the dashboard.

-- Every prompt as the model had it, once; drafts name it by prompt_hash.
create table hygge.prompts (
  hash text primary key,
  prompt jsonb not null,
  created_at timestamptz not null default now()
);

-- Rules that managers accepted: they lie over the brand's YAML on every worker, until undone.
create table hygge.brand_rules (
  id text primary key,
  brand text not null,
  kind text not null check (kind in ('replace', 'delete', 'price')),
  -- The word or phrase; for price "start" or "end".
  pattern text not null,
  replacement text,
  -- What spoke for it when it was accepted.
  evidence jsonb not null default '{}',
  accepted_by text not null,
  accepted_at timestamptz not null default now(),
  undone_by text,
  undone_at timestamptz
);
create unique index brand_rules_open on hygge.brand_rules (brand, kind, pattern) where undone_at is null;

-- Restoring a backup drops hygge alone.
drop schema if exists hygge_local cascade;
create schema hygge_local;

-- Keys that the program makes for itself.
create table hygge_local.keys (
  name text primary key,
  key text not null
);

-- One-time links and the sessions that they open. Ids are hashes of what only the person has.
create table hygge_local.login_links (
  id text primary key,
  person_id text not null,
  name text not null,
  surface text not null,
  locale text not null,
  role text not null,
  expires_at timestamptz not null
);
create table hygge_local.sessions (
  id text primary key,
  person_id text not null,
  name text not null,
  surface text not null,
  locale text not null,
  role text not null,
  csrf text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_person on hygge_local.sessions (person_id);

-- One narrow row for each draft: what the dashboard filters, sorts and counts by. Drafts themselves are some kB
-- each; reading 200,000 of them for one number would take seconds.
create table hygge_local.facts (
  no int generated always as identity primary key,
  draft_id text not null unique references hygge.drafts (id) on delete cascade,
  brief_id text not null,
  -- The generated draft that an edit goes back to; a generated draft's own id.
  origin_id text not null,
  at timestamptz not null,
  brand text not null,
  channel text not null,
  person_id text not null,
  -- "hygge v0 Q4_0" of the origin.
  model text not null,
  kind text not null,
  state text not null,
  decided_at timestamptz,
  score real not null,
  -- Bits in the order of the program's own lists: failed gates, reasons of votes.
  failed int not null,
  reasons int not null,
  up smallint not null,
  down smallint not null,
  comments smallint not null,
  -- Share of the origin's characters that an edit changed, 0..1; null for generated ones.
  distance real,
  -- Seconds from the request to the post; null for edits and before the post.
  wait real,
  -- The most similar earlier draft of another brief of the brand, and how similar (0..1).
  twin_id text,
  twin real
);
create index facts_at on hygge_local.facts (at, no);
create index facts_brand on hygge_local.facts (brand, at, no);
create index facts_channel on hygge_local.facts (channel, at, no);
create index facts_person on hygge_local.facts (person_id, at, no);
create index facts_model on hygge_local.facts (model, at, no);
create index facts_score on hygge_local.facts (score, no);
create index facts_distance on hygge_local.facts (distance desc nulls last, no desc);
create index facts_wait on hygge_local.facts (wait desc nulls last, no desc);
create index facts_decided on hygge_local.facts (decided_at) where decided_at is not null;
create index facts_state on hygge_local.facts (state, at, no) where state <> 'draft';
create index facts_brief on hygge_local.facts (brief_id);
create index facts_up on hygge_local.facts (up, no);
create index facts_down on hygge_local.facts (down, no);
create index facts_reasons on hygge_local.facts (at) include (reasons) where reasons <> 0;
create index facts_failed on hygge_local.facts (at) include (failed) where failed <> 0;
create index facts_trouble on hygge_local.facts (at) where down > 0 or state = 'rejected' or failed <> 0;
create index facts_edited on hygge_local.facts (at) where kind = 'edited';
create index facts_twin on hygge_local.facts (at, no) where twin_id is not null;

-- Full-text search without an extension: the words of all texts, and which draft has which. "sofa" is looked up in
-- the words (some ten thousand), which gives "ecksofa" and "sofas" too; their drafts come from the index.
create table hygge_local.words (
  id int generated always as identity primary key,
  word text collate "C" not null unique
);
create table hygge_local.draft_words (
  no int primary key references hygge_local.facts (no) on delete cascade,
  words int[] not null
);
create index draft_words_words on hygge_local.draft_words using gin (words) with (gin_pending_list_limit = 512);

-- What people changed: the parts of each edit.
create table hygge_local.changes (
  no int not null references hygge_local.facts (no) on delete cascade,
  brand text not null,
  kind text not null check (kind in ('replace', 'delete', 'price')),
  -- As it stands in the text, and as word stems, so that "gemütliche" and "gemütlichen" count together.
  pattern text not null,
  replacement text not null,
  stems text not null,
  replacement_stems text not null
);
create index changes_no on hygge_local.changes (no);
create index changes_brand on hygge_local.changes (brand, kind, stems, replacement_stems);

-- Sketches of texts (min-hash bands) for near duplicates.
create table hygge_local.bands (
  band int not null,
  no int not null references hygge_local.facts (no) on delete cascade,
  primary key (band, no)
);
create index bands_no on hygge_local.bands (no);

-- Drafts whose rows above are out of date. Only ever added to by writers, so that no mark is lost to one that is
-- being worked off, and nobody waits.
create table hygge_local.stale (
  id bigint generated always as identity primary key,
  draft_id text not null
);
create function hygge_local.mark_draft() returns trigger language plpgsql as $$
begin
  insert into hygge_local.stale (draft_id) values (new.id);
  return null;
end $$;
create function hygge_local.mark_about() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' then
    insert into hygge_local.stale (draft_id) values (new.draft_id);
  else
    insert into hygge_local.stale (draft_id) values (old.draft_id);
  end if;
  return null;
end $$;
create trigger drafts_stale after insert or update on hygge.drafts
  for each row execute function hygge_local.mark_draft();
create trigger ratings_stale after insert or update or delete on hygge.ratings
  for each row execute function hygge_local.mark_about();
insert into hygge_local.stale (draft_id) select id from hygge.drafts order by created_at, id;

-- Prompts go with the last draft that was written from them.
create index drafts_prompt on hygge.drafts (prompt_hash);
-- Deleting a draft asks each of these whether somebody still points to it; without an index each answer is a look
-- at the whole table.
create index drafts_parent on hygge.drafts (parent_id) where parent_id is not null;
create index candidates_draft on hygge.candidates (draft_id) where draft_id is not null;
create index picks_draft on hygge.picks (draft_id);
-- Read by person, for access and erasure, and by time, for retention.
create index briefs_created on hygge.briefs (created_at);
create index audit_at on hygge.audit (at);

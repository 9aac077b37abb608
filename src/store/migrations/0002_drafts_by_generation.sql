-- Views ask for a generation's drafts, and count them to tell variants.
create index drafts_generation on hygge.drafts (generation_id);

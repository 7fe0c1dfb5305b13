-- The reading asked for, or the current one.
select reading_id, model, model_sha, codebook_version, lexicon_version
from reading
where reading_id = coalesce($reading_id, (select max(reading_id) from reading where is_current));

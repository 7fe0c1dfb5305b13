-- Texts of a spool. A text seen again keeps its first sight, and takes ETag and archive place of the last.
insert into version by name
with placed as (
    select
        *,
        min(fetched_at) over (partition by version_id) as seen_at,
        row_number() over (partition by version_id order by fetched_at desc, source_id, url) as place
    from incoming_articles
)
select
    version_id,
    article_id,
    title,
    body,
    content_hash,
    seen_at,
    fetched_at as last_seen_at,
    etag,
    last_modified,
    warc_file,
    warc_offset,
    extractor
from placed
where place = 1
order by article_id, version_id
on conflict (version_id) do update set
    seen_at = least(version.seen_at, excluded.seen_at),
    last_seen_at = greatest(version.last_seen_at, excluded.last_seen_at),
    etag = case when excluded.last_seen_at > version.last_seen_at then excluded.etag else version.etag end,
    last_modified = case when excluded.last_seen_at > version.last_seen_at
        then excluded.last_modified else version.last_modified end,
    warc_file = case when excluded.last_seen_at > version.last_seen_at
        then excluded.warc_file else version.warc_file end,
    warc_offset = case when excluded.last_seen_at > version.last_seen_at
        then excluded.warc_offset else version.warc_offset end
where excluded.seen_at < version.seen_at or excluded.last_seen_at > version.last_seen_at;

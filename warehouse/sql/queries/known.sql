select
    article.canonical_url,
    article.article_id,
    article.url,
    article.source_id,
    version.content_hash,
    version.etag,
    version.last_modified,
    article.first_seen_at,
    article.first_seen_day >= $night::date - $recheck_days::integer and article.first_seen_day < $night::date as recheck
from article
join version on version.version_id = article.latest_version_id
order by article.canonical_url

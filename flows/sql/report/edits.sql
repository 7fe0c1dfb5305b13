-- Headlines whose change was seen during the night's own crawl.
with hours as (
    select min(fetched_at) as first, max(fetched_at) as last from "fetch" where night = $night::date
)
select
    edited_headlines.article_id, edited_headlines.source_id, article.canonical_url as url,
    edited_headlines.old_title, edited_headlines.title, edited_headlines.old_seen_at, edited_headlines.seen_at
from edited_headlines
join article on article.article_id = edited_headlines.article_id
join hours on edited_headlines.seen_at between hours.first and hours.last
order by edited_headlines.source_id, edited_headlines.article_id, edited_headlines.seen_at;

select
    article.article_id,
    version.title,
    version.body,
    article.first_seen_day,
    article.published_at,
    article.source_id
from article
join version on version.version_id = article.latest_version_id
where article.article_id not in (select article_id from story_member)
order by article.first_seen_at, article.published_at nulls last, article.source_id, article.article_id

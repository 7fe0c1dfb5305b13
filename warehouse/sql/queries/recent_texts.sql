select
    article.article_id,
    version.title,
    version.body,
    article.first_seen_day,
    article.published_at,
    article.source_id,
    story_member.story_id
from article
join version on version.version_id = article.latest_version_id
join story_member on story_member.article_id = article.article_id
where article.first_seen_day >= $since_day::date
order by article.first_seen_at, article.published_at nulls last, article.source_id, article.article_id

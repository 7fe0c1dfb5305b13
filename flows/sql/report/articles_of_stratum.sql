-- The articles behind a stratum's counts: with a fitting sentence, in a story whose origin belongs to the stratum
-- and was first seen in the days asked for.
with hit as (
    select article_id, max(p_securitizing) as p
    from current_act
    where move = 'securitizing'
        and ($target = '*' or list_contains(targets, $target))
        and ($frame = '*' or list_contains(frames, $frame))
    group by article_id
),
told as (
    select story_id, origin_article_id
    from story_origin
    where first_seen_day between $since::date and $until::date
        and ($language = '*' or language::varchar = $language)
        and ($ownership = '*' or ownership::varchar = $ownership)
)
select
    told.story_id,
    told.origin_article_id = article.article_id as is_origin,
    article.article_id,
    article.source_id,
    article.language,
    article.canonical_url as url,
    article.first_seen_day,
    article.first_seen_at,
    case when article.date_status = 'ok' then article.published_at end as published_at,
    version.title,
    coalesce(ownership_period.class, 'unknown')::varchar as ownership,
    hit.p
from hit
join article on article.article_id = hit.article_id
join article_story on article_story.article_id = hit.article_id
join told on told.story_id = article_story.story_id
join version on version.version_id = article.latest_version_id
left join ownership_period
    on ownership_period.source_id = article.source_id
    and article.first_seen_day >= ownership_period.since
    and article.first_seen_day < ownership_period.until
order by article.first_seen_day, coalesce(published_at, article.first_seen_at), article.source_id, article.article_id;

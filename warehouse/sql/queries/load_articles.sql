-- Articles of a spool. First sight gives an article its facts; later ones may only move its first and last sight, its
-- latest version, and give it a trusted date where it had none. The outcome does not depend on the order of loads.
insert into article by name
with placed as (
    select
        *,
        row_number() over (partition by article_id order by fetched_at, source_id, url, version_id) as place,
        row_number() over (
            partition by article_id order by date_status = 'ok' desc, fetched_at, source_id, url, version_id
        ) as date_place,
        row_number() over (partition by article_id order by fetched_at desc, version_id desc) as latest_place
    from incoming_articles
),
nights as (
    select article_id, min(night::date) as night from incoming_fetches where kind = 'article' group by article_id
)
select
    first.article_id,
    first.source_id,
    first.canonical_url,
    first.url,
    first.section,
    coalesce(first.authors, []) as authors,
    coalesce(first.tags, []) as tags,
    coalesce(try_cast(first.edition_language as language), source.language) as language,
    dated.published_at,
    dated.published_day::date as published_day,
    dated.date_rule::date_rule as date_rule,
    dated.date_status::date_status as date_status,
    first.fetched_at as first_seen_at,
    coalesce($night::date, nights.night, (first.fetched_at at time zone 'Asia/Almaty')::date) as first_seen_day,
    latest.fetched_at as last_seen_at,
    latest.version_id as latest_version_id
from placed as first
join placed as dated on dated.article_id = first.article_id and dated.date_place = 1
join placed as latest on latest.article_id = first.article_id and latest.latest_place = 1
join source on source.source_id = first.source_id
left join nights on nights.article_id = first.article_id
where first.place = 1
order by first.source_id, first.article_id
on conflict (article_id) do update set
    first_seen_at = least(article.first_seen_at, excluded.first_seen_at),
    first_seen_day = least(article.first_seen_day, excluded.first_seen_day),
    last_seen_at = greatest(article.last_seen_at, excluded.last_seen_at),
    latest_version_id = case
        when (excluded.last_seen_at, excluded.latest_version_id) > (article.last_seen_at, article.latest_version_id)
        then excluded.latest_version_id else article.latest_version_id end,
    published_at = case when article.date_status <> 'ok' and excluded.date_status = 'ok'
        then excluded.published_at else article.published_at end,
    published_day = case when article.date_status <> 'ok' and excluded.date_status = 'ok'
        then excluded.published_day else article.published_day end,
    date_rule = case when article.date_status <> 'ok' and excluded.date_status = 'ok'
        then excluded.date_rule else article.date_rule end,
    date_status = case when article.date_status <> 'ok' and excluded.date_status = 'ok'
        then excluded.date_status else article.date_status end
where
    excluded.first_seen_at < article.first_seen_at
    or excluded.first_seen_day < article.first_seen_day
    or (excluded.last_seen_at, excluded.latest_version_id) > (article.last_seen_at, article.latest_version_id)
    or (article.date_status <> 'ok' and excluded.date_status = 'ok');

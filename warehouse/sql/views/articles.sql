create or replace view articles as
with acts as (
    select
        article_id,
        count(*) as on_target,
        count(*) filter (where move = 'securitizing') as securitizing,
        count(*) filter (where move = 'desecuritizing') as desecuritizing
    from current_act
    group by article_id
),
texts as (
    select article_id, count(*) as versions from version group by article_id
)
select
    article.article_id,
    article.source_id,
    source.outlet,
    source.country,
    article.language,
    coalesce(ownership_period.class, 'unknown') as ownership,
    version.title,
    article.canonical_url,
    article.section,
    article.authors,
    article.tags,
    article.published_at,
    article.published_day,
    article.date_rule,
    article.date_status,
    article.first_seen_at,
    article.first_seen_day,
    article.latest_version_id,
    texts.versions,
    article_story.story_id,
    coalesce(story.origin_article_id, article.article_id) = article.article_id as is_origin,
    coalesce(article_reading.sentences, 0) as sentences,
    coalesce(article_reading.read, 0) as read,
    coalesce(acts.on_target, 0) as on_target,
    coalesce(acts.securitizing, 0) as securitizing,
    coalesce(acts.desecuritizing, 0) as desecuritizing
from article
join source on source.source_id = article.source_id
join version on version.version_id = article.latest_version_id
join texts on texts.article_id = article.article_id
join article_story on article_story.article_id = article.article_id
left join story on story.story_id = article_story.story_id
left join article_reading on article_reading.article_id = article.article_id
left join acts on acts.article_id = article.article_id
left join ownership_period
    on ownership_period.source_id = article.source_id
    and article.first_seen_day >= ownership_period.since
    and article.first_seen_day < ownership_period.until;
comment on view articles is 'Every article with its outlet, latest headline, story and counts of speech acts.';
comment on column articles.article_id is 'The article.';
comment on column articles.source_id is 'The source on which it was first seen.';
comment on column articles.outlet is 'Its outlet.';
comment on column articles.country is 'Country of the outlet.';
comment on column articles.language is 'Language of the edition.';
comment on column articles.ownership is 'Ownership class on the day it was first seen.';
comment on column articles.title is 'Latest headline.';
comment on column articles.canonical_url is 'Canonical URL.';
comment on column articles.section is 'Section of the outlet.';
comment on column articles.authors is 'Authors as printed.';
comment on column articles.tags is 'The outlet''s own tags.';
comment on column articles.published_at is 'Publication time (UTC).';
comment on column articles.published_day is 'Publication day.';
comment on column articles.date_rule is 'Where the publication time was found.';
comment on column articles.date_status is 'Whether it can be trusted; only ok counts in trends.';
comment on column articles.first_seen_at is 'When it was first fetched (UTC).';
comment on column articles.first_seen_day is 'Night on which it was first fetched.';
comment on column articles.latest_version_id is 'The version seen last.';
comment on column articles.versions is 'Number of texts seen.';
comment on column articles.story_id is 'The story it belongs to.';
comment on column articles.is_origin is 'Whether it is the first of its story.';
comment on column articles.sentences is 'Sentences of the latest version, headline included.';
comment on column articles.read is 'Of these, read under the current reading.';
comment on column articles.on_target is 'Sentences about a target.';
comment on column articles.securitizing is 'Securitizing sentences.';
comment on column articles.desecuritizing is 'Desecuritizing sentences.';

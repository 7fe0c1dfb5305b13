create or replace view stories as
with members as (
    select
        article_story.story_id,
        count(*) as articles,
        count(distinct source.outlet) as outlets,
        max(article.first_seen_day) as last_seen_day
    from article_story
    join article on article.article_id = article_story.article_id
    join source on source.source_id = article.source_id
    group by article_story.story_id
),
acts as (
    select
        article_story.story_id,
        count(*) filter (where current_act.move = 'securitizing') as securitizing,
        count(distinct current_act.article_id) filter (where current_act.move = 'securitizing') as securitizing_articles
    from current_act
    join article_story on article_story.article_id = current_act.article_id
    group by article_story.story_id
)
select
    story_origin.story_id,
    story_origin.origin_article_id,
    story_origin.source_id,
    story_origin.outlet,
    story_origin.country,
    story_origin.language,
    story_origin.ownership,
    version.title,
    story_origin.first_seen_day,
    members.last_seen_day,
    story_origin.published_day,
    members.articles,
    members.outlets,
    coalesce(acts.securitizing, 0) as securitizing,
    coalesce(acts.securitizing_articles, 0) as securitizing_articles
from story_origin
join members on members.story_id = story_origin.story_id
join article on article.article_id = story_origin.origin_article_id
join version on version.version_id = article.latest_version_id
left join acts on acts.story_id = story_origin.story_id;
comment on view stories is 'Clusters of reprints: what is counted in every share.';
comment on column stories.story_id is 'The story.';
comment on column stories.origin_article_id is 'Its first article.';
comment on column stories.source_id is 'First publisher.';
comment on column stories.outlet is 'Outlet of the first publisher.';
comment on column stories.country is 'Country of the first publisher.';
comment on column stories.language is 'Language of the first article.';
comment on column stories.ownership is 'Ownership class of the first publisher.';
comment on column stories.title is 'Latest headline of the first article.';
comment on column stories.first_seen_day is 'Night on which the first article was first seen.';
comment on column stories.last_seen_day is 'Night on which the latest copy was first seen.';
comment on column stories.published_day is 'Day the first article was published; null if quarantined.';
comment on column stories.articles is 'Articles in the story, the first included.';
comment on column stories.outlets is 'Outlets that carried it.';
comment on column stories.securitizing is 'Securitizing sentences in all its articles.';
comment on column stories.securitizing_articles is 'Articles with a securitizing sentence.';

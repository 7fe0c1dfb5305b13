create or replace view story_place as
select
    coalesce(story_member.story_id, article.article_id) as story_id,
    article.article_id as origin_article_id,
    article.source_id,
    article.language,
    article.first_seen_day,
    case when article.date_status = 'ok'::date_status then article.published_day end as published_day
from article
left join story_member on story_member.article_id = article.article_id
left join story on story.story_id = story_member.story_id
where story_member.article_id is null or story.origin_article_id = article.article_id;
comment on view story_place is 'Every story with the source and days of its origin; story_origin adds outlet and ownership.';
comment on column story_place.story_id is 'The story.';
comment on column story_place.origin_article_id is 'Its first article.';
comment on column story_place.source_id is 'First publisher.';
comment on column story_place.language is 'Language of the first article.';
comment on column story_place.first_seen_day is 'Day on which it was first seen.';
comment on column story_place.published_day is 'Day on which it was published; null if quarantined.';

create or replace view story_origin as
select
    story_place.story_id,
    story_place.origin_article_id,
    story_place.source_id,
    source.outlet,
    source.country,
    story_place.language,
    coalesce(ownership_period.class, 'unknown') as ownership,
    story_place.first_seen_day,
    story_place.published_day
from story_place
join source on source.source_id = story_place.source_id
left join ownership_period
    on ownership_period.source_id = story_place.source_id
    and story_place.first_seen_day >= ownership_period.since
    and story_place.first_seen_day < ownership_period.until;
comment on view story_origin is 'Every story with what it inherits from its origin: the facts all counts are split by.';
comment on column story_origin.story_id is 'The story.';
comment on column story_origin.origin_article_id is 'Its first article.';
comment on column story_origin.source_id is 'First publisher.';
comment on column story_origin.outlet is 'Outlet of the first publisher.';
comment on column story_origin.country is 'Country of the first publisher.';
comment on column story_origin.language is 'Language of the first article.';
comment on column story_origin.ownership is 'Ownership class of the first publisher on the day it was first seen.';
comment on column story_origin.first_seen_day is 'Day on which it was first seen; alerts count by it.';
comment on column story_origin.published_day is 'Day on which it was published; trends count by it; null if quarantined.';

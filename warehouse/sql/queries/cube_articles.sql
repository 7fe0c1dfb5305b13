-- Which articles to read off again, and (before anything changes) which days of the cube they touch.
create or replace temp table cube_article as
select article_id from stale
union
select article_id from article where published_day in (select day from asked) or first_seen_day in (select day from asked);

create or replace temp table cube_day as
select day from asked
union
select story_day from stale where story_day is not null
union
select published_day from article_reading
where published_day is not null and article_id in (select article_id from cube_article)
union
select published_day from article
where date_status = 'ok'::date_status and article_id in (select article_id from cube_article)
union
select story_place.published_day
from cube_article
join article_story on article_story.article_id = cube_article.article_id
join story_place on story_place.story_id = article_story.story_id
where story_place.published_day is not null;

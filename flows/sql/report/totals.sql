-- The night in numbers, by first-seen day.
with fresh as (
    select article_id, date_status from article where first_seen_day = $night::date
),
told as (
    select story_id from story_origin where first_seen_day = $night::date
),
threat as (
    select distinct article_story.story_id
    from current_act
    join article_story on article_story.article_id = current_act.article_id
    where current_act.move = 'securitizing'
),
acts as (
    select
        count(*) as on_target,
        count(*) filter (where current_act.move = 'securitizing') as securitizing
    from current_act
    semi join fresh on fresh.article_id = current_act.article_id
),
sources as (
    select
        count(*) as editions,
        count(*) filter (where status = 'complete') as complete,
        count(*) filter (where status = 'partial') as partial,
        count(*) filter (where status = 'missing') as missing
    from coverage
    where day = $night::date
)
select
    sources.*,
    (select count(*) from fresh) as articles,
    (select count(*) from told) as stories,
    (select count(*) from told semi join threat on threat.story_id = told.story_id) as securitizing_stories,
    (select coalesce(sum(read), 0)::bigint from article_reading
        semi join fresh on fresh.article_id = article_reading.article_id) as sentences,
    acts.on_target,
    acts.securitizing,
    (select count(*) from fresh where date_status <> 'ok') as quarantined
from sources
cross join acts;

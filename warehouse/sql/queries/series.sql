-- Daily series of every stratum up to a day, by the day a story was first seen. The family of strata follows from the
-- registry and the codebook, not from what was found, so that testing all of them stays honest.
with span as (
    select ($until::date - ($days::integer - 1))::date as first, $until::date as last
),
told as (
    -- Numbers instead of keys: counting them apart is several times cheaper.
    select
        row_number() over () as story, story_id, language::varchar as language, ownership::varchar as ownership,
        first_seen_day as day
    from story_origin
    where first_seen_day between $until::date - ($days::integer - 1) and $until::date
),
printed as (
    select
        article.article_id,
        row_number() over () as copy,
        told.story,
        article.first_seen_day between span.first and span.last as seen,
        article.first_seen_day as day,
        article.language::varchar as language,
        article.source_id
    from article
    join article_story on article_story.article_id = article.article_id
    cross join span
    left join told on told.story_id = article_story.story_id
    where told.story_id is not null or article.first_seen_day between span.first and span.last
),
labelled as (
    select
        printed.* exclude (article_id),
        unnest(current_act.targets) as target,
        case when len(current_act.frames) = 0 then ['none'] else current_act.frames end as frames
    from current_act
    join printed on printed.article_id = current_act.article_id
    where current_act.move = 'securitizing'::move
),
act as (
    select distinct * exclude (frames), unnest(frames) as frame from labelled
),
hit as (
    -- Stories under what they inherit from their origin, copies under what they are themselves.
    select told.language, told.ownership, told.day, act.target, act.frame, act.story, null as copy
    from act
    join told on told.story = act.story
    union
    select
        act.language, coalesce(ownership_period.class, 'unknown')::varchar, act.day, act.target, act.frame,
        null, act.copy
    from act
    left join ownership_period
        on ownership_period.source_id = act.source_id
        and act.day >= ownership_period.since and act.day < ownership_period.until
    where act.seen
),
of_target as (
    select distinct * exclude (frame) from hit
),
of_any as (
    select distinct * exclude (target) from of_target
),
counted as (
    -- Each level is without doubles, so that plain counts do; counting distinct ones costs three times as much.
    select
        coalesce(language, '*') as language, '*' as ownership, target, frame, day,
        count(story) as count, count(copy) as copies
    from hit
    group by grouping sets ((language, target, frame, day), (target, frame, day))
    union all
    select coalesce(language, '*'), coalesce(ownership, '*'), target, '*', day, count(story), count(copy)
    from of_target
    group by grouping sets (
        (language, target, day), (target, day), (language, ownership, target, day), (ownership, target, day))
    union all
    select coalesce(language, '*'), coalesce(ownership, '*'), '*', '*', day, count(story), count(copy)
    from of_any
    group by grouping sets ((language, day), (day), (language, ownership, day), (ownership, day))
),
total as (
    select coalesce(language, '*') as language, coalesce(ownership, '*') as ownership, day, count(*) as total
    from told
    group by grouping sets ((language, day), (day), (language, ownership, day), (ownership, day))
),
looked as (
    select
        coalesce(language::varchar, '*') as language,
        coalesce(ownership::varchar, '*') as ownership,
        day,
        well_covered(sum(lost), sum(usual), count(*) filter (where status <> 'complete')) as complete
    from coverage_by_source
    where day between $until::date - ($days::integer - 1) and $until::date
    group by grouping sets ((language, day), (day), (language, ownership, day), (ownership, day))
),
part as (
    -- Languages and ownerships that exist: from the registry, and from what was seen under an ownership of the past.
    select distinct language, ownership from total
    union
    select distinct language, ownership from looked
),
target_name as (
    select name as target from target union select distinct target from hit
),
frame_name as (
    select name as frame from frame where not counter union select distinct frame from hit where frame <> 'none'
),
stratum as (
    select language, ownership, '*' as target, '*' as frame from part
    union all
    select part.language, part.ownership, target_name.target, '*' from part cross join target_name
    union all
    select part.language, '*', target_name.target, frame_name.frame
    from part cross join target_name cross join frame_name
    where part.ownership = '*'
),
day as (
    select unnest(generate_series(span.first::timestamp, span.last::timestamp, interval 1 day))::date as day from span
)
select
    stratum.language,
    stratum.ownership,
    stratum.target,
    stratum.frame,
    day.day,
    coalesce(counted.count, 0)::integer as count,
    coalesce(counted.copies, 0)::integer as copies,
    coalesce(total.total, 0)::integer as total,
    coalesce(looked.complete, false) as complete
from stratum
cross join day
left join counted
    on counted.language = stratum.language and counted.ownership = stratum.ownership
    and counted.target = stratum.target and counted.frame = stratum.frame and counted.day = day.day
left join total
    on total.language = stratum.language and total.ownership = stratum.ownership and total.day = day.day
left join looked
    on looked.language = stratum.language and looked.ownership = stratum.ownership and looked.day = day.day
order by stratum.language, stratum.ownership, stratum.target, stratum.frame, day.day

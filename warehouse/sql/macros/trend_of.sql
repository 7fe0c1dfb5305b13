-- The one calculation behind the ten trend views. Stories count once, in the week their origin was published.
-- A source dimension (language, ownership, outlet) divides the stories; a label dimension leaves the total whole.
create or replace macro trend_of(dim) as table
with book as (
    select
        map(coalesce(list(name order by name), []), coalesce(list(sector::varchar order by name), [])) as sectors,
        map(coalesce(list(name order by name), []), coalesce(list(weiner::varchar order by name), [])) as weiners
    from frame
),
told as (
    select
        story_id,
        published_day as day,
        date_trunc('week', published_day)::date as week,
        case dim when 'language' then language::varchar when 'ownership' then ownership::varchar
            when 'outlet' then outlet else '*' end as part
    from story_origin
    where published_day is not null
),
marked as (
    select
        told.week,
        told.part,
        told.story_id,
        current_act.article_id,
        unnest(case dim
            when 'target' then current_act.targets
            when 'frame' then current_act.frames
            when 'sector' then list_transform(current_act.frames, lambda f: book.sectors[f])
            when 'weiner' then list_transform(current_act.frames, lambda f: book.weiners[f])
            when 'voice' then [current_act.voice::varchar]
            when 'referent' then current_act.referents::varchar[]
            when 'measure' then [current_act.measure::varchar]
            else [told.part] end) as value
    from current_act
    join article_story on article_story.article_id = current_act.article_id
    join told on told.story_id = article_story.story_id
    cross join book
    where current_act.move = 'securitizing'::move
),
hit as (
    select week, part, value, count(distinct story_id) as stories, count(distinct article_id) as articles
    from marked
    where value is not null
    group by all
),
total as (
    select week, part, count(*) as total from told group by all
),
looked as (
    select
        date_trunc('week', day)::date as week,
        part,
        count(*) filter (where good) as good_days
    from (
        select
            day,
            case dim when 'language' then language::varchar when 'ownership' then ownership::varchar
                when 'outlet' then outlet else '*' end as part,
            well_covered(sum(lost), sum(usual), count(*) filter (where status <> 'complete')) as good
        from coverage_by_source
        group by all
    )
    group by all
),
weeks as (
    select unnest(generate_series(min(week), max(week), interval 7 day))::date as week
    from (select week from total union all select week from looked)
),
lines as (
    select distinct part, value from hit
    union
    select part, part from total where part <> '*'
    union
    select part, part from looked where part <> '*'
)
select
    weeks.week,
    lines.value,
    coalesce(hit.stories, 0)::bigint as stories,
    coalesce(total.total, 0)::bigint as total,
    case when coalesce(looked.good_days, 0) > 0 and total.total > 0
        then coalesce(hit.stories, 0) / total.total end as share,
    case when looked.good_days > 0 then wilson_low(coalesce(hit.stories, 0), total.total) end as low,
    case when looked.good_days > 0 then wilson_high(coalesce(hit.stories, 0), total.total) end as high,
    coalesce(hit.articles, 0)::bigint as articles,
    7 - coalesce(looked.good_days, 0)::integer as days_missing
from weeks
cross join lines
left join hit on hit.week = weeks.week and hit.part = lines.part and hit.value = lines.value
left join total on total.week = weeks.week and total.part = lines.part
left join looked on looked.week = weeks.week and looked.part = lines.part
order by weeks.week, lines.value;
comment on macro table trend_of is 'Weekly share of stories with a securitizing sentence, by one dimension: language, ownership, outlet, target, frame, sector, weiner, voice, referent or measure.';

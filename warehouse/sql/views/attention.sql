-- Shares, not counts: what part of all stories is about a target at all, whatever the move.
create or replace view attention as
with weekly as (
    select
        date_trunc('week', daily_cube.day)::date as week,
        source.language,
        daily_cube.target,
        sum(daily_cube.stories) as stories
    from daily_cube
    join source on source.source_id = daily_cube.source_id
    where daily_cube.frame = '*' and daily_cube.move = '*' and daily_cube.voice = '*'
    group by all
),
everything as (
    select week, language, stories as total from weekly where target = '*'
),
names as (
    select name as target from target union select distinct target from weekly where target <> '*'
)
select
    everything.week,
    everything.language,
    names.target,
    coalesce(weekly.stories, 0)::bigint as stories,
    everything.total::bigint as total,
    coalesce(weekly.stories, 0) / everything.total as share,
    wilson_low(coalesce(weekly.stories, 0), everything.total) as low,
    wilson_high(coalesce(weekly.stories, 0), everything.total) as high
from everything
cross join names
left join weekly
    on weekly.week = everything.week and weekly.language = everything.language and weekly.target = names.target
order by everything.week, everything.language, names.target;
comment on view attention is 'Share of all stories that are about a target, by week and language, whatever they say of it.';
comment on column attention.week is 'Monday of the week of publication.';
comment on column attention.language is 'Language of the edition.';
comment on column attention.target is 'The target; any is at least one of them.';
comment on column attention.stories is 'Stories with a sentence about it.';
comment on column attention.total is 'All stories.';
comment on column attention.share is 'Stories about it divided by all stories.';
comment on column attention.low is 'Lower end of the 95 % Wilson interval.';
comment on column attention.high is 'Upper end of the 95 % Wilson interval.';

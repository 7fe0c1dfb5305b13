-- The cells of the days in the temporary table `cube_chunk`. Articles and sentences count under their own source and day,
-- stories under their origin's.
create or replace temp table cube_story as
select story_id, source_id, published_day as day
from story_place
where published_day in (select day from cube_chunk);

create or replace temp table cube_own as
select article_id, source_id, published_day as day
from article
where date_status = 'ok'::date_status and published_day in (select day from cube_chunk);

create or replace temp table cube_member as
select article_story.article_id, article_story.story_id
from article_story
left join cube_own on cube_own.article_id = article_story.article_id
left join cube_story on cube_story.story_id = article_story.story_id
where cube_own.article_id is not null or cube_story.story_id is not null;

delete from daily_cube where day in (select day from cube_chunk);

insert into daily_cube
with act as (
    select
        current_act.article_id,
        cube_member.story_id,
        current_act.sentence_id,
        current_act.move::varchar as move,
        coalesce(current_act.voice::varchar, 'none') as voice,
        unnest(case when len(current_act.targets) = 0 then ['none'] else current_act.targets end) as target,
        case when len(current_act.frames) = 0 then ['none'] else current_act.frames end as frames
    from current_act
    join cube_member on cube_member.article_id = current_act.article_id
),
flat as (
    select * exclude (frames), unnest(frames) as frame from act
),
kind (by_target, by_frame, by_move, by_voice) as (
    -- The kinds of cell there are; a star stands where a kind does not tell apart. See the comment on the table.
    values
        (true, true, true, true),
        (true, true, true, false),
        (true, false, true, false),
        (true, false, false, false),
        (false, true, true, false),
        (false, false, true, true),
        (false, false, true, false),
        (false, false, false, false)
),
cell as (
    select distinct
        flat.article_id,
        flat.story_id,
        flat.sentence_id,
        case when kind.by_target then flat.target when kind.by_move then '*' else 'any' end as target,
        case when kind.by_frame then flat.frame else '*' end as frame,
        case when kind.by_move then flat.move else '*' end as move,
        case when kind.by_voice then flat.voice else '*' end as voice
    from flat
    cross join kind
),
told as (
    select
        cube_story.source_id, cube_story.day, cell.target, cell.frame, cell.move, cell.voice,
        count(distinct cell.story_id) as stories, 0 as articles, 0 as sentences
    from cell
    join cube_story on cube_story.story_id = cell.story_id
    group by all
),
written as (
    select
        cube_own.source_id, cube_own.day, cell.target, cell.frame, cell.move, cell.voice,
        0 as stories, count(distinct cell.article_id) as articles, count(*) as sentences
    from cell
    join cube_own on cube_own.article_id = cell.article_id
    group by all
),
everything as (
    select source_id, day, '*' as target, '*' as frame, '*' as move, '*' as voice,
        count(*) as stories, 0 as articles, 0 as sentences
    from cube_story group by all
    union all
    select cube_own.source_id, cube_own.day, '*', '*', '*', '*', 0, count(*), coalesce(sum(article_reading.read), 0)
    from cube_own
    left join article_reading on article_reading.article_id = cube_own.article_id
    group by all
)
select source_id, day, target, frame, move, voice, sum(stories), sum(articles), sum(sentences)
from (from told union all from written union all from everything)
group by all
order by day, source_id;

drop table cube_story;
drop table cube_own;
drop table cube_member;

-- How many sentences may be drawn of each stratum, and the keys of the first $n of them: in an order that the seed alone
-- decides, the most doubtful first where doubt is asked for. A sentence that is printed several times stands once: under
-- the first publisher of its story, and there under its least key.
with drawn as (
    select md5_number_lower(unnest($texts::varchar[])) as print
    union
    select md5_number_lower(text) from sentence
    semi join (select unnest($ids::varchar[]) as sentence_id) as given on given.sentence_id = sentence.sentence_id
),
place as (
    select
        article.latest_version_id as version_id,
        case $by
            when 'ownership' then coalesce(ownership_period.class::varchar, 'unknown')
            when 'source' then article.source_id
        end as part
    from story_place
    join article on article.article_id = story_place.origin_article_id
    left join ownership_period
        on ownership_period.source_id = article.source_id
        and article.first_seen_day >= ownership_period.since
        and article.first_seen_day < ownership_period.until
    where ($since::date is null or story_place.published_day >= $since::date)
        and ($until::date is null or story_place.published_day <= $until::date)
),
printed as (
    select sentence.sentence_id, sentence.lang, md5_number_lower(sentence.text) as print, place.part
    from sentence
    join place on place.version_id = sentence.version_id
    where list_contains($languages::varchar[], sentence.lang::varchar)
),
act as (
    select
        printed.*,
        speech_act.move,
        case when $doubt is not null
            then list_transform(enum_range(null::move), lambda name: speech_act.scores['move:' || name::varchar])
        end as shares
    from speech_act
    join printed on printed.sentence_id = speech_act.sentence_id
    where speech_act.reading_id = (select reading_id from reading where is_current)
),
once as (
    select lang, print, min({
        'sentence_id': sentence_id,
        'stratum': case when part is null then '*' else concat_ws(' ', lang, coalesce(move::varchar, 'unread'), part) end,
        'doubt': case
            when $doubt is null or list_contains(list_transform(shares, lambda p: p is null), true) then null
            when $doubt = 'margin' then 1 - (list_sort(shares, 'desc')[1] - list_sort(shares, 'desc')[2])
            else list_sum(list_transform(shares, lambda p: case when p > 0 then -p * ln(p) else 0 end))
        end
    }) as sentence
    from act
    group by lang, print
),
fresh as (
    select unnest(once.sentence) from once anti join drawn on drawn.print = once.print
)
select
    stratum,
    count(*) as size,
    arg_min(
        sentence_id,
        {'doubt': -coalesce(doubt, 0), 'number': md5_number_lower($seed || ' draw ' || sentence_id)},
        $n::bigint
    ) as first
from fresh
where $doubt is null or doubt is not null
group by stratum
order by stratum

-- Coverage of the days in `wanted`. See warehouse/coverage.py for the rules; the numbers stand here.
insert into coverage by name
with span as (
    select min(day) - 56 as first, max(day) as last from wanted
),
life as (
    select
        "fetch".source_id,
        min("fetch".night) as born,
        max("fetch".night) as last_night,
        bool_and("fetch".kind = 'article') as archive,
        any_value(source.enabled) as enabled
    from "fetch"
    join source on source.source_id = "fetch".source_id
    group by "fetch".source_id
),
nights as (
    select life.source_id, life.archive, unnest(generate_series(
        greatest(life.born, span.first)::timestamp,
        least(case when life.archive or not life.enabled then life.last_night else span.last end, span.last)::timestamp,
        interval 1 day))::date as day
    from life
    cross join span
),
page as (
    select
        "fetch".source_id,
        "fetch".night as day,
        "fetch".kind,
        "fetch".status,
        coalesce(by_id.article_id, by_url.article_id) as article_id,
        coalesce(by_id.first_seen_day, by_url.first_seen_day) as first_seen_day
    from "fetch"
    cross join span
    left join article as by_id on by_id.article_id = "fetch".article_id
    left join article as by_url
        on by_url.canonical_url = case when "fetch".article_id is null then "fetch".url end
    where "fetch".night between span.first and span.last
),
fresh as (
    -- A page that was known before that night is asked for again to see whether it was edited: it is no news.
    select *
    from page
    where kind = 'article'
        and status not in ('not_article', 'off_host', 'duplicate', 'not_modified')
        and (first_seen_day is null or first_seen_day >= day)
),
counted as (
    select
        source_id,
        day,
        count(*) as seen,
        count(*) filter (where status in ('ok', 'undated', 'paywalled', 'bad_encoding', 'parse_failed', 'empty_body'))
            as fetched,
        count(*) filter (where status in ('ok', 'undated')) as parsed,
        -- Refusals by rule (robots.txt, paywall, size) are the same every night; they lose a night only if they leave
        -- nothing at all.
        case when count(*) filter (where status in ('ok', 'undated')) = 0
            then count(*) filter (where status not in ('not_found', 'gone'))
            else count(*) filter (where status in (
                'challenged', 'forbidden', 'rate_limited', 'server_error', 'timeout', 'dns', 'tls', 'connection',
                'bad_encoding', 'parse_failed', 'empty_body', 'budget_exhausted'))
        end as failed
    from fresh
    group by all
),
answered as (
    select
        source_id,
        day,
        bool_or(kind in ('feed', 'sitemap', 'listing') and status in ('ok', 'not_modified')) as listed
    from page
    group by all
),
own as (
    select article.article_id, sentence.sentence_id
    from article
    join sentence on sentence.version_id = article.latest_version_id
    where article.first_seen_day in (select day from wanted)
),
done as (
    select own.article_id, count(*) as sentences
    from speech_act
    join own on own.sentence_id = speech_act.sentence_id
    where speech_act.reading_id = (select reading_id from reading where is_current)
    group by own.article_id
),
whole as (
    -- Articles of the wanted days whose every sentence has been read under the current reading.
    select own.article_id
    from own
    join done on done.article_id = own.article_id
    group by own.article_id
    having count(*) = any_value(done.sentences)
),
reads as (
    select fresh.source_id, fresh.day, count(distinct fresh.article_id) as read
    from fresh
    join whole on whole.article_id = fresh.article_id
    where fresh.status in ('ok', 'undated')
    group by all
),
facts as (
    select
        nights.source_id,
        nights.day,
        coalesce(counted.seen, 0) as seen,
        coalesce(counted.fetched, 0) as fetched,
        coalesce(counted.parsed, 0) as parsed,
        coalesce(counted.failed, 0) as failed,
        coalesce(reads.read, 0) as read,
        case
            when nights.archive then 'archive'
            when answered.source_id is null then 'not_crawled'
            when not answered.listed and coalesce(counted.parsed, 0) = 0 then 'discovery_failed'
            when not answered.listed then 'articles_failed'
            when counted.failed > 0.2 * counted.seen then 'articles_failed'
            else 'crawled'
        end as reason
    from nights
    left join counted on counted.source_id = nights.source_id and counted.day = nights.day
    left join answered on answered.source_id = nights.source_id and answered.day = nights.day
    left join reads on reads.source_id = nights.source_id and reads.day = nights.day
),
usual as (
    select
        *,
        case when reason in ('crawled', 'archive') then parsed end as known,
        sum((parsed > 0)::integer) over (partition by source_id order by day rows unbounded preceding) as streak
    from facts
),
started as (
    select *, min(day) over (partition by source_id, streak, parsed = 0) as since from usual
),
history as (
    -- A silent night is judged by the 28 nights before the silence began, so that a long one does not excuse itself.
    select
        today.source_id,
        today.day,
        median(past.known) filter (where past.day >= today.day - 28) as expected,
        count(past.known) filter (where past.day >= today.day - 28) as known_days,
        count(past.known) filter (where past.day < today.since and past.day >= today.since - 28) as before_days,
        count(past.known) filter (where past.known = 0 and past.day < today.since and past.day >= today.since - 28)
            as silent_days
    from started as today
    join wanted on wanted.day = today.day
    left join usual as past on past.source_id = today.source_id and past.day < today.day
    group by all
),
judged as (
    select
        started.source_id,
        started.day,
        case when history.known_days >= 3 then history.expected end as expected,
        started.seen,
        started.fetched,
        started.parsed,
        started.failed,
        started.read,
        case
            -- Rule of succession: a silent night has a chance of (silent + 1) / (days + 2); under 5 % it is not believed.
            when started.reason = 'crawled' and started.parsed = 0
                and (history.silent_days + 1) / (history.before_days + 2) < 0.05 then 'silent'
            else started.reason
        end as reason
    from started
    join history on history.source_id = started.source_id and history.day = started.day
)
select
    source_id,
    day,
    expected,
    seen,
    fetched,
    parsed,
    failed,
    read,
    case
        when reason in ('crawled', 'archive') then 'complete'
        when reason in ('not_crawled', 'discovery_failed') then 'missing'
        when reason = 'articles_failed' and parsed = 0 then 'missing'
        else 'partial'
    end as status,
    reason
from judged
order by source_id, day
on conflict (source_id, day) do update set
    expected = excluded.expected, seen = excluded.seen, fetched = excluded.fetched, parsed = excluded.parsed,
    failed = excluded.failed, read = excluded.read, status = excluded.status, reason = excluded.reason
where row(coverage.expected, coverage.seen, coverage.fetched, coverage.parsed, coverage.failed, coverage.read,
        coverage.status, coverage.reason)
    is distinct from row(excluded.expected, excluded.seen, excluded.fetched, excluded.parsed, excluded.failed,
        excluded.read, excluded.status, excluded.reason);

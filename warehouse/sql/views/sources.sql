create or replace view sources as
with owner as (
    select source_id, class, confidence from ownership
    qualify row_number() over (partition by source_id order by since desc) = 1
),
texts as (
    select
        source_id,
        count(*) as articles,
        count(*) filter (where date_status <> 'ok') as quarantined,
        min(first_seen_day) as first_day,
        max(first_seen_day) as last_day
    from article
    group by source_id
),
nights as (
    select
        source_id,
        count(*) as nights,
        count(*) filter (where status = 'missing') as missing,
        count(*) filter (where status = 'partial') as partial,
        arg_max(status, day) as last_status,
        arg_max(reason, day) as last_reason,
        arg_max(expected, day) as expected
    from coverage
    group by source_id
)
select
    source.source_id,
    source.outlet,
    source.outlet_name,
    source.country,
    source.language,
    source.media_type,
    coalesce(owner.class, 'unknown') as ownership,
    owner.confidence,
    source.tier,
    source.enabled,
    source.base_url,
    coalesce(texts.articles, 0) as articles,
    coalesce(texts.quarantined, 0) as quarantined,
    texts.first_day,
    texts.last_day,
    coalesce(nights.nights, 0) as nights,
    coalesce(nights.missing, 0) as missing,
    coalesce(nights.partial, 0) as partial,
    nights.expected,
    nights.last_status,
    nights.last_reason
from source
left join owner on owner.source_id = source.source_id
left join texts on texts.source_id = source.source_id
left join nights on nights.source_id = source.source_id
order by source.source_id;
comment on view sources is 'Every source with its present owner, its yield and its health.';
comment on column sources.source_id is 'The source.';
comment on column sources.outlet is 'Its outlet.';
comment on column sources.outlet_name is 'Name of the outlet.';
comment on column sources.country is 'Country.';
comment on column sources.language is 'Language of the edition.';
comment on column sources.media_type is 'Kind of medium.';
comment on column sources.ownership is 'Present class of the owner.';
comment on column sources.confidence is 'How sure the registry is of it.';
comment on column sources.tier is 'How well it can be crawled.';
comment on column sources.enabled is 'Whether the nightly crawls it.';
comment on column sources.base_url is 'Front page.';
comment on column sources.articles is 'Articles stored.';
comment on column sources.quarantined is 'Of these, without a trusted date.';
comment on column sources.first_day is 'First night with an article.';
comment on column sources.last_day is 'Last night with an article.';
comment on column sources.nights is 'Nights in coverage.';
comment on column sources.missing is 'Of these, missing.';
comment on column sources.partial is 'Of these, partial.';
comment on column sources.expected is 'Articles usually stored in a night.';
comment on column sources.last_status is 'Coverage of the last night.';
comment on column sources.last_reason is 'Why.';

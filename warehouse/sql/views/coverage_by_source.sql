create or replace view coverage_by_source as
select
    coverage.day,
    coverage.source_id,
    source.outlet,
    source.country,
    source.language,
    coalesce(ownership_period.class, 'unknown') as ownership,
    coverage.expected,
    coverage.seen,
    coverage.fetched,
    coverage.parsed,
    coverage.failed,
    coverage.read,
    coverage.status,
    coverage.reason,
    greatest(coalesce(coverage.expected, 0), coverage.parsed)::double as usual,
    case coverage.status
        when 'complete' then 0
        when 'missing' then greatest(coalesce(coverage.expected, 0), coverage.parsed)
        else greatest(coverage.failed, coalesce(coverage.expected, 0) - coverage.parsed)
    end::double as lost
from coverage
join source on source.source_id = coverage.source_id
left join ownership_period
    on ownership_period.source_id = coverage.source_id
    and coverage.day >= ownership_period.since
    and coverage.day < ownership_period.until;
comment on view coverage_by_source is 'Coverage of each source and night, with what a group of sources needs to judge its own.';
comment on column coverage_by_source.day is 'The night.';
comment on column coverage_by_source.source_id is 'The source.';
comment on column coverage_by_source.outlet is 'Its outlet.';
comment on column coverage_by_source.country is 'Country of the outlet.';
comment on column coverage_by_source.language is 'Its language.';
comment on column coverage_by_source.ownership is 'Its ownership class on that day.';
comment on column coverage_by_source.expected is 'Articles usually stored in a night; null while too new.';
comment on column coverage_by_source.seen is 'New article URLs discovered.';
comment on column coverage_by_source.fetched is 'Of these, pages received.';
comment on column coverage_by_source.parsed is 'Of these, articles stored.';
comment on column coverage_by_source.failed is 'Of seen, lost to a fault of that night.';
comment on column coverage_by_source.read is 'Of parsed, articles read whole.';
comment on column coverage_by_source.status is 'complete, partial or missing.';
comment on column coverage_by_source.reason is 'Why.';
comment on column coverage_by_source.usual is 'Volume the source stands for: the larger of expected and parsed.';
comment on column coverage_by_source.lost is 'Articles that must be taken as lost that night.';

create or replace view episodes as
with shown as (
    select episode_id, count(*) as evidence from episode_evidence group by episode_id
)
select
    episode.episode_id,
    episode.language,
    episode.ownership,
    episode.target,
    episode.frame,
    episode.onset,
    episode.peak,
    episode.last_alarm,
    episode.state,
    episode.severity,
    episode.alarms,
    episode.count,
    episode.copies,
    episode.total,
    episode.expected,
    episode.rate_ratio,
    episode.p_value,
    episode.q_value,
    episode.parent_id,
    episode.first_source_id,
    source.outlet_name as first_outlet,
    version.title as first_title,
    article.canonical_url as first_url,
    coalesce(shown.evidence, 0) as evidence
from episode
left join source on source.source_id = episode.first_source_id
left join article on article.article_id = episode.first_article_id
left join version on version.version_id = article.latest_version_id
left join shown on shown.episode_id = episode.episode_id
order by episode.onset, episode.episode_id;
comment on view episodes is 'Episodes of unusual securitization, with their first publisher.';
comment on column episodes.episode_id is 'The episode.';
comment on column episodes.language is 'Language of the stratum, or star.';
comment on column episodes.ownership is 'Ownership class of the stratum, or star.';
comment on column episodes.target is 'Target of the stratum, or star.';
comment on column episodes.frame is 'Frame of the stratum, or star.';
comment on column episodes.onset is 'Night of the first alarm.';
comment on column episodes.peak is 'Night of the strongest alarm.';
comment on column episodes.last_alarm is 'Night of the last alarm so far.';
comment on column episodes.state is 'open or closed.';
comment on column episodes.severity is 'Highest severity reached.';
comment on column episodes.alarms is 'Nights with an alarm.';
comment on column episodes.count is 'Stories with a securitizing sentence.';
comment on column episodes.copies is 'Articles with a securitizing sentence, reprints included.';
comment on column episodes.total is 'All stories of the language and ownership.';
comment on column episodes.expected is 'Stories expected.';
comment on column episodes.rate_ratio is 'Highest ratio of count to expected.';
comment on column episodes.p_value is 'Lowest p-value.';
comment on column episodes.q_value is 'Lowest q-value.';
comment on column episodes.parent_id is 'Wider episode it is folded into.';
comment on column episodes.first_source_id is 'First publisher.';
comment on column episodes.first_outlet is 'Name of the first publisher''s outlet.';
comment on column episodes.first_title is 'Headline of the first article.';
comment on column episodes.first_url is 'Address of the first article.';
comment on column episodes.evidence is 'Sentences shown as evidence.';
